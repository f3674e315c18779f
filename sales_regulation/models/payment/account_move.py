# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import models


class AccountMove(models.Model):
    _inherit = "account.move"

    def write(self, vals):
        if (
            vals.get("state") not in ("draft", "cancel")
            or not self.env["regulation.profile"]._regulated_companies()
        ):
            return super().write(vals)
        posted = self.filtered(lambda move: move.state == "posted")
        result = super().write(vals)
        # A payment that is set back itself has put it on record already
        posted.origin_payment_id.filtered(
            lambda payment: payment.state in ("in_process", "paid")
        )._regulation_lost()
        lines = posted.statement_line_id.sudo()
        allocations = lines.regulation_allocation_ids.filtered(
            lambda allocation: allocation.state == "confirmed" and allocation.amount > 0
        ).with_env(self.env)
        allocations._note("payment_lost")
        allocations.order_id._after_payment_lost()
        return result
