# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from datetime import date, datetime, time, timedelta

import pytz

from odoo import api, models

from ...tools import RegulatedOne2many, WorkDays


class ResCompany(models.Model):
    _inherit = "res.company"

    regulation_extra_day_ids = RegulatedOne2many(
        comodel_name="regulation.extra.day",
        inverse_name="company_id",
        string="Make-up Working Days",
        help="Days that are worked although the calendar says otherwise (调休).",
    )

    # === WORKING DAYS === #

    def _regulation_add_working_days(self, start, count):
        """End of the ``count``-th working day after the day of ``start`` (both naive UTC).

        The start day does not count; a start on a non-working day counts from the next one.
        """
        self.ensure_one()
        workdays = WorkDays(self)
        day = workdays.add(self._regulation_local(start).date(), count)
        return workdays.end(day).astimezone(pytz.utc).replace(tzinfo=None)

    def _regulation_count_working_days(self, first, last):
        """Number of working days from ``first`` to ``last``, both included."""
        self.ensure_one()
        return len(self._regulation_work_spans(first, last))

    def _regulation_work_spans(self, first, last):
        """``{date: (begin, end) of work}`` of the working days between two dates, aware."""
        self.ensure_one()
        tz = self._regulation_tz()
        begin = tz.localize(datetime.combine(first, time.min))
        end = tz.localize(datetime.combine(last + timedelta(days=1), time.min))
        spans = {}
        for start, stop in self._regulation_work_intervals(begin, end):
            day = start.date()
            known = spans.get(day)
            spans[day] = (min(known[0], start), max(known[1], stop)) if known else (start, stop)
        for extra in self.sudo().regulation_extra_day_ids:
            if first <= extra.date <= last:
                spans[extra.date] = extra._span(tz)
        return spans

    def _regulation_work_intervals(self, begin, end):
        tz = self._regulation_tz()
        calendar = self.sudo().resource_calendar_id
        if not calendar:
            # Without a calendar every day is one, until its end
            day = begin
            while day < end:
                stop = tz.localize(datetime.combine(day.date(), time(23, 59, 59)))
                yield day, stop
                day = tz.localize(datetime.combine(day.date() + timedelta(days=1), time.min))
            return
        intervals = calendar._work_intervals_batch(
            begin,
            end,
            # Holidays of a sister company are none of ours
            domain=[("time_type", "=", "leave"), ("company_id", "in", [False, self.id])],
            tz=tz,
        )[False]
        for start, stop, _attendance in intervals:
            yield start.astimezone(tz), stop.astimezone(tz)

    # === HOLIDAY REMINDER === #

    @api.model
    def _cron_regulation_holidays(self):
        """In December: whose holidays of the next year are not in the calendar yet?"""
        for company in self.sudo().search(
            [("id", "in", list(self.env["regulation.profile"]._regulated_companies()))]
        ):
            today = company._regulation_today()
            if today.month == 12 and not company._regulation_has_holidays(today.year + 1):
                company._regulation_ask_holidays(today.year + 1)

    def _regulation_has_holidays(self, year):
        self.ensure_one()
        return bool(
            self.env["resource.calendar.leaves"]
            .sudo()
            .search_count(
                [
                    ("resource_id", "=", False),
                    ("company_id", "in", [False, self.id]),
                    ("calendar_id", "in", [False, self.resource_calendar_id.id]),
                    ("time_type", "=", "leave"),
                    ("date_to", ">=", self._regulation_utc(date(year, 1, 1), time.min)),
                    ("date_from", "<", self._regulation_utc(date(year + 1, 1, 1), time.min)),
                ],
                limit=1,
            )
        )

    def _regulation_ask_holidays(self, year):
        """One activity on the company's contact for the one who keeps the calendar."""
        self.ensure_one()
        role = self.env["regulation.role"]._code("hr")
        user = (role._holders(self) if role else role.env["res.users"])[:1]
        user = user or self.env.ref("base.user_admin", raise_if_not_found=False)
        # In the language of the one who gets it, not of the cron
        self = self.with_context(lang=user.lang)
        summary = self.env._("Enter the public holidays and make-up days of %s", year)
        partner = self.partner_id
        if user and not partner.activity_ids.filtered(lambda act: act.summary == summary):
            partner.activity_schedule(
                "mail.mail_activity_data_todo",
                user_id=user.id,
                summary=summary,
                note=self.env._(
                    "Deadlines in working days count every weekday of %(year)s as worked until"
                    " the holidays of %(company)s are in its working calendar.",
                    year=year,
                    company=self.name,
                ),
            )
