# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from datetime import datetime, time, timedelta

from odoo.exceptions import UserError

_CHUNK = 62
#: beyond this many days without a working day the calendar is taken for empty
_HORIZON = 400


class WorkDays:
    """The working days of a company: its calendar, less its holidays, plus its make-up days.

    Looked up in stretches of two months and kept, so that the due dates of many documents
    cost the same few queries as one. ``resource.calendar.plan_days`` counts otherwise: it
    takes the start day in and ends in the middle of a day.
    """

    def __init__(self, company):
        self.company = company.sudo()
        self.tz = self.company._regulation_tz()
        self._days = {}

    def span(self, day):
        """``(first, last)`` working moment of a date, aware; None if it is not a working day."""
        if day not in self._days:
            self._load(day)
        return self._days[day]

    def is_working(self, day):
        return self.span(day) is not None

    def roll(self, day, step):
        """The nearest working day from ``day`` on, forwards (1) or backwards (-1)."""
        for offset in range(_HORIZON):
            candidate = day + timedelta(days=offset * step)
            if self.is_working(candidate):
                return candidate
        raise UserError(
            self.company.env._(
                "The working calendar of %s has no working day. Check its working hours.",
                self.company.name,
            )
        )

    def add(self, day, count):
        """The ``count``-th working day after ``day``, which does not count itself.

        A start on a non-working day counts from the next working day. A negative count
        goes back.
        """
        step = 1 if count >= 0 else -1
        day = self.roll(day, step)
        for _number in range(abs(count)):
            day = self.roll(day + timedelta(days=step), step)
        return day

    def end(self, day):
        """End of work on a working day, aware."""
        return self.span(day)[1]

    def _load(self, day):
        first = day - timedelta(days=_CHUNK // 2)
        last = day + timedelta(days=_CHUNK)
        days = {first + timedelta(days=n): None for n in range((last - first).days + 1)}
        days.update(self.company._regulation_work_spans(first, last))
        self._days.update(days)

    def midnight(self, day):
        """The last second of a date, aware."""
        return self.tz.localize(datetime.combine(day, time(23, 59, 59)))
