# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Calendar periods of recurring duties, as plain dates."""
from datetime import date, timedelta

from dateutil.relativedelta import relativedelta

WEEK = timedelta(days=7)


def period_of(frequency, day, anchor=None):
    """``(first day, last day)`` of the period that contains ``day``.

    Weeks begin on Monday. A two-week block is counted from the Monday ``anchor``.
    """
    if frequency == "daily":
        return day, day
    if frequency == "weekly":
        first = day - timedelta(days=day.weekday())
        return first, first + WEEK - timedelta(days=1)
    if frequency == "biweekly":
        anchor -= timedelta(days=anchor.weekday())
        blocks = (day - anchor).days // 14
        first = anchor + 2 * blocks * WEEK
        return first, first + 2 * WEEK - timedelta(days=1)
    if frequency == "monthly":
        first = day.replace(day=1)
        return first, first + relativedelta(months=1, days=-1)
    if frequency == "quarterly":
        first = date(day.year, 3 * ((day.month - 1) // 3) + 1, 1)
        return first, first + relativedelta(months=3, days=-1)
    if frequency == "yearly":
        return date(day.year, 1, 1), date(day.year, 12, 31)
    raise ValueError(frequency)


def periods_between(frequency, first, last, anchor=None):
    """All periods that begin from ``first`` to ``last``."""
    day = first
    while True:
        begin, end = period_of(frequency, day, anchor)
        if begin > last:
            return
        if begin >= first:
            yield begin, end
        day = end + timedelta(days=1)


def month_of(frequency, first, last):
    """First day of the month to which a period belongs.

    A week belongs to the month of its Thursday (ISO), a two-week block to that of its
    second Thursday; a longer period to the month in which it ends.
    """
    if frequency == "weekly":
        first += timedelta(days=3)
    elif frequency == "biweekly":
        first += timedelta(days=10)
    elif frequency != "daily":
        first = last
    return first.replace(day=1)


def first_monday(day):
    """The Monday on or after ``day``."""
    return day + timedelta(days=-day.weekday() % 7)
