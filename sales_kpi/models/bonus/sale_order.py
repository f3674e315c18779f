# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import models


class SaleOrder(models.Model):
    """Where a right to commission begins and ends (S4-096, S4-097)."""

    _inherit = "sale.order"

    def _credit_owners(self, lines):
        super()._credit_owners(lines)
        self.env["kpi.commission"]._follow(lines.order_id)

    def _after_payment(self):
        super()._after_payment()
        self.env["kpi.commission"]._follow(self)

    def _after_payment_lost(self):
        super()._after_payment_lost()
        self.env["kpi.commission"]._follow(self)

    def write(self, vals):
        result = super().write(vals)
        if vals.get("state") in ("cancel", "draft"):
            self.env["kpi.commission"]._follow(self)
        return result
