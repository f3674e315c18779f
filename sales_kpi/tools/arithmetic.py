# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""How points are computed: exact numbers, free of the database.

Figures are fractions until the moment they are written down, so that 8 full percent are never
7.999. What is written down is rounded half up, as people do.
"""

from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from functools import lru_cache
from math import ceil, floor

#: no figure of a company is larger
LIMIT = Fraction(10) ** 15
#: how a deduction counts the percent below the target
ROUNDINGS = ("full", "started", "pro_rata")


def to_number(value):
    """An exact number of what the database or a person gives. None stays None: no data.

    A float is taken as people read it, 0.1 as a tenth.
    """
    if value is None or isinstance(value, Fraction):
        return value
    if isinstance(value, float):
        return _of_text(repr(value))
    return Fraction(value)


@lru_cache(maxsize=4096)
def _of_text(text):
    """The figures of a scheme are asked for with each line of each person."""
    return Fraction(text)


def half_up(value, digits=2):
    """``value`` rounded half up (away from zero), as a Decimal with ``digits`` decimals.

    >>> half_up(Fraction("91.275")), half_up(Fraction("-0.005")), half_up(Fraction(2, 3))
    (Decimal('91.28'), Decimal('-0.01'), Decimal('0.67'))
    """
    value = to_number(value)
    above, below = abs(value.numerator) * 10**digits, value.denominator
    number = (2 * above + below) // (2 * below)
    result = Decimal(number).scaleb(-digits)
    return -result if value < 0 and number else result


def plain(value, least=0, digits=2):
    """A number as people write it: at most ``digits`` decimals, at least ``least``.

    >>> plain(Fraction(94), 1), plain(Fraction("4.25")), plain(Fraction(1, 3)), plain(8)
    ('94.0', '4.25', '0.33', '8')
    """
    text = f"{half_up(value, digits):f}"
    whole, _dot, decimals = text.partition(".")
    decimals = decimals.rstrip("0").ljust(least, "0")
    return f"{whole}.{decimals}" if decimals else whole


def with_unit(value, unit, currency):
    """A figure as people read it: money with its currency, percent with the sign.

    >>> with_unit(91.5, "percent", None), with_unit(12, "number", None)
    ('91.5 %', '12')
    """
    if unit == "money" and currency:
        return currency.format(value)
    return f"{plain(value)} %" if unit == "percent" else plain(value)


@dataclass(frozen=True)
class PercentDeduction:
    """So many points for each ``step`` percent below the target (S2-55 to S2-57).

    >>> rule = PercentDeduction(points=Fraction("0.5"), step=Fraction(1), rounding="full")
    >>> rule.units(Fraction("8.5")), rule.points_for(Fraction("8.5"))
    (Fraction(8, 1), Fraction(4, 1))
    """

    points: Fraction
    step: Fraction = Fraction(1)
    rounding: str = "full"
    #: the most that this rule takes, 0: no limit
    limit: Fraction = Fraction(0)

    def units(self, below):
        """The steps that count of ``below`` percent."""
        steps = max(to_number(below), Fraction(0)) / self.step
        if self.rounding == "full":
            return Fraction(floor(steps))
        if self.rounding == "started":
            return Fraction(ceil(steps))
        return steps

    def points_for(self, below):
        return limited(self.units(below) * self.points, self.limit)


@dataclass(frozen=True)
class EventDeduction:
    """So many points for each event, beyond ``free`` of them (S2-58 to S2-60).

    ``repeats`` is a table ``((from so many events, multiplier), ...)``: the events from there on
    weigh so many times as much. It ships empty.

    >>> EventDeduction(points=Fraction(5), repeats=((3, Fraction(2)),)).points_for(4)
    Fraction(30, 1)
    """

    points: Fraction
    free: Fraction = Fraction(0)
    limit: Fraction = Fraction(0)
    repeats: tuple = ()

    def points_for(self, events):
        counted = max(to_number(events) - self.free, Fraction(0))
        total = counted
        before = Fraction(1)
        for start, multiplier in sorted(self.repeats):
            total += max(counted - (start - 1), Fraction(0)) * (multiplier - before)
            before = multiplier
        return limited(total * self.points, self.limit)


@dataclass(frozen=True)
class Bands:
    """A table: from so much on, so many points. Below the first row nothing.

    >>> Bands(((Fraction(80), Fraction(60)), (Fraction(100), Fraction(100)))).points_for(99)
    Fraction(60, 1)
    """

    rows: tuple

    def points_for(self, value):
        reached = [points for start, points in sorted(self.rows) if to_number(value) >= start]
        return reached[-1] if reached else Fraction(0)


def limited(points, limit):
    """``points``, at most ``limit``; a limit of 0 is none."""
    return min(points, limit) if limit else points


def spread(parts, total=Fraction(100), least=Fraction(50)):
    """The weighted result of ``parts``, and the weight that has data.

    The weight of a part without data is spread over the others in proportion; below
    ``least`` percent of the weight there is no result.

    :param parts: ``[(weight, points from 0 to 100, None: no data), ...]``
    :return: ``(result or None, weight with data)``

    >>> spread([(50, 94), (30, 80), (20, None)])
    (Fraction(355, 4), Fraction(80, 1))
    """
    known = [(to_number(weight), to_number(value)) for weight, value in parts if value is not None]
    present = sum((weight for weight, _value in known), Fraction(0))
    if not present or present * 100 < least * total:
        return None, present
    return sum((weight * value for weight, value in known), Fraction(0)) / present, present
