# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from dataclasses import dataclass, field

from .commitment import Commitment


@dataclass(frozen=True)
class CreditLine(Commitment):
    """What a customer owes and may owe: the commitment of kind "credit"."""

    #: posted receivables less money received
    receivable: float = 0.0
    #: confirmed orders, tax included, as far as no posted invoice covers them
    ordered: float = 0.0
    #: overdue longer than asked for, never more than what is owed in all
    overdue: float = 0.0
    #: whether a limit was agreed and is still valid
    agreed: bool = False
    #: date on which the agreed limit ended, if it did
    expired_on: object = None
    #: {order id: open amount} of the orders that were named, not part of ``used``
    orders: dict = field(default_factory=dict)
