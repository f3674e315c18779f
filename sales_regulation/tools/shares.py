# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Amounts divided so that the parts make up the whole to the last digit."""

from decimal import ROUND_FLOOR, Decimal


def shares(total, weights, digits=2):
    """``total`` divided by ``weights``, each part rounded, all of them adding up to it.

    Largest remainder: every part is rounded down, and what is left goes, one unit of the last
    digit each, to the parts that lost most; on a tie to the first. Without any weight the parts
    are equal.

    >>> shares(100, [1, 1, 1])
    [33.34, 33.33, 33.33]
    >>> shares(10, [0, 0], 0)
    [5.0, 5.0]
    """
    if not weights:
        return []
    unit = Decimal(1).scaleb(-digits)
    whole = Decimal(str(total)).quantize(unit)
    given = [Decimal(str(weight)) for weight in weights]
    if not sum(given):
        given = [Decimal(1)] * len(given)
    exact = [whole * weight / sum(given) for weight in given]
    parts = [part.quantize(unit, rounding=ROUND_FLOOR) for part in exact]
    left = int((whole - sum(parts)) / unit)
    order = sorted(range(len(parts)), key=lambda index: (parts[index] - exact[index], index))
    for index in order[:left]:
        parts[index] += unit
    return [float(part) for part in parts]
