# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""What has to be paid before goods leave: the arithmetic, free of the database."""

from dataclasses import dataclass, field


@dataclass(frozen=True)
class Terms:
    """One demand: a mode of the regulation, of a payment term or of an agreement."""

    mode: str
    percent: float = 0.0


#: the strictest demand there is: whoever meets it meets every other
PAID_IN_FULL = Terms("full")


@dataclass(frozen=True)
class PaymentPosition:
    """What one order owes before more of it leaves.

    Amounts are in ``currency``, taxes included.
    """

    #: res.currency
    currency: object
    #: whole order
    total: float
    #: confirmed money that counts
    paid: float
    #: credit notes that lower what is owed
    credited: float
    #: goods that have left, net of what came back
    delivered: float
    #: goods that came back
    returned: float
    #: goods ordered that have not left
    rest: float
    terms: tuple
    tolerance: float = 0.0
    #: by how much the customer exceeds his credit limit, this order included
    over_credit: float = 0.0
    #: totals of the order's lines by id
    values: dict = field(default_factory=dict)

    def judge(self, leaving):
        """``(required, covered, shortage)`` if goods worth ``leaving`` left now.

        Of several demands the one that leaves most uncovered decides.
        """
        return max((self._judge(terms, leaving) for terms in self.terms), key=lambda one: one[2])

    def _judge(self, terms, leaving):
        # A credit note for goods that came back does not pay for goods that leave again
        goods = max(self.delivered + leaving - max(self.credited - self.returned, 0.0), 0.0)
        owed = max(self.total - self.credited, 0.0, goods)
        required = {
            "none": 0.0,
            "deposit": owed * terms.percent / 100,
            "delivered": goods,
            "credit": goods,
            "full": owed,
        }[terms.mode]
        required = self.currency.round(required)
        covered = self.paid
        if terms.mode == "credit":
            # Credit covers the goods as far as the customer does not exceed his limit
            covered += max(required - self.paid - self.over_credit, 0.0)
        short = self.currency.round(max(required - covered, 0.0))
        if self.currency.compare_amounts(short, self.tolerance) <= 0:
            short = 0.0
        return required, covered, short
