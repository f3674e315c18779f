# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""What the guard of shipments passes on to the gates."""

from dataclasses import dataclass, field

from .running import innermost


@dataclass(frozen=True)
class Leaving:
    """Goods that leave to a customer now, on one move line."""

    #: stock.move
    move: object
    #: product.product
    product: object
    #: in the unit of the product
    quantity: float
    #: sale.order they belong to, empty if they belong to none
    order: object
    #: sale.order.line, empty if they are on none
    line: object


@dataclass(eq=False)
class ShipmentFrame:
    """One running call of a guarded method, so that a call inside it is not judged twice."""

    judged: dict = field(default_factory=dict)


def running_frame(env):
    """The frame of the guarded call that this one runs in, None if it is the outermost."""
    return innermost(env, ShipmentFrame)
