# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import models


class PaymentTransaction(models.Model):
    _inherit = "payment.transaction"

    def _check_amount_and_confirm_order(self):
        """A payment for an order that a gate stops is kept, and the order waits."""
        if not self.env["regulation.profile"]._regulated_companies():
            return super()._check_amount_and_confirm_order()
        single = self.filtered(lambda tx: len(tx.sale_order_ids) == 1)
        due = single.sale_order_ids.filtered(
            lambda order: (
                order.state in ("draft", "sent") and order._is_confirmation_amount_reached()
            )
        )
        held = due._gate_would_refuse("confirm")
        held._wait_in_review()
        free = self.filtered(lambda tx: not tx.sale_order_ids & held)
        return super(PaymentTransaction, free)._check_amount_and_confirm_order()
