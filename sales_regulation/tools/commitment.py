# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from dataclasses import dataclass


@dataclass(frozen=True)
class Commitment:
    """How much of a limit is taken: a credit line, a budget, the money on an order."""

    limit: float
    used: float
    #: res.currency, None for a count
    currency: object = None

    @property
    def left(self):
        """What may still be taken; negative when the limit is exceeded already."""
        left = self.limit - self.used
        return self.currency.round(left) if self.currency else left

    def fits(self, amount):
        """Whether ``amount`` (in the currency of the commitment) may be taken."""
        if self.currency:
            return self.currency.compare_amounts(amount, self.left) <= 0
        return amount <= self.left

    def short(self, amount):
        """By how much ``amount`` exceeds what is left, 0 if it fits."""
        short = max(amount - self.left, 0.0)
        return self.currency.round(short) if self.currency else short
