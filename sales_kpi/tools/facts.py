# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""What a provider is asked, and what it answers."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, time, timedelta
from fractions import Fraction

from odoo.tools import SQL

from .arithmetic import to_number


@dataclass(frozen=True)
class Period:
    """``first`` to ``last`` day, both included, in the time zone of the company."""

    key: int
    first: date
    last: date


@dataclass(frozen=True)
class Figure:
    """What was counted for one person in one period.

    ``denominator`` is None where the figure is a plain sum. ``count`` is the number of records
    behind it; no record is not the same as zero.
    """

    numerator: Fraction
    denominator: Fraction | None = None
    count: int = 0

    @classmethod
    def of(cls, numerator, denominator=None, count=0):
        return cls(to_number(numerator), to_number(denominator), int(count or 0))


@dataclass(frozen=True)
class Facts:
    """The answer of a provider for everybody and all periods.

    ``figures`` is ``{(user id, period key): Figure}``; who is not in it has nothing.
    ``evidence(user id, period)`` is the domain of the records of ``model`` that were counted.
    """

    figures: dict
    model: str = ""
    evidence: Callable = field(default=lambda user_id, period: [])


@dataclass(frozen=True)
class Provider:
    """A way to count something, registered in ``kpi.provider._providers``.

    ``kind`` says what the figure is: ``sum`` the numerator, ``ratio`` the numerator in percent
    of the denominator, ``mean`` the numerator by the denominator. ``parameters`` are the
    fields of the indicator that it reads.
    """

    #: shown to people; a translated text
    label: str
    kind: str = "sum"
    parameters: tuple = ()
    #: made of what not everybody may see, such as cost
    confidential: bool = False
    #: what people say of people, seen by the person and his superiors only
    personal: bool = False


class Request:
    """For whom and when: a company, people and periods.

    ``days`` and ``moments`` are tables of a query: ``period(key, first, last)`` with dates, both
    included, and with moments in UTC, the last one excluded.

    ``indicators`` are all that are asked for together: a provider may count several of them in
    one query, and keep the answers of the others in ``kept`` until they are asked for.
    """

    def __init__(self, company, user_ids, periods, indicators=(), kept=None):
        self.company = company.sudo()
        self.user_ids = tuple(user_ids)
        self.periods = tuple(periods)
        self.indicators = tuple(indicators)
        self.kept = {} if kept is None else kept
        self._bounds = {}

    def over(self, periods):
        """The same people in other periods."""
        return Request(self.company, self.user_ids, periods, self.indicators, self.kept)

    def asking(self, indicators):
        """The same people and periods, for these indicators; nothing is kept yet."""
        return Request(self.company, self.user_ids, self.periods, indicators)

    @property
    def users(self):
        return SQL("%s", self.user_ids or (0,))

    @property
    def currency(self):
        return self.company.currency_id

    def days(self):
        return SQL(
            "(VALUES %s) AS period(key, first, last)",
            SQL(", ").join(
                SQL("(%s, %s::date, %s::date)", one.key, one.first, one.last)
                for one in self.periods
            ),
        )

    def moments(self):
        return SQL(
            "(VALUES %s) AS period(key, first, last)",
            SQL(", ").join(
                SQL("(%s, %s::timestamp, %s::timestamp)", one.key, *self.bounds(one))
                for one in self.periods
            ),
        )

    def bounds(self, period):
        """First moment of the period, and first moment after it, as stored."""
        if period not in self._bounds:
            utc = self.company._regulation_utc
            self._bounds[period] = (
                utc(period.first, time.min),
                utc(period.last + timedelta(days=1), time.min),
            )
        return self._bounds[period]
