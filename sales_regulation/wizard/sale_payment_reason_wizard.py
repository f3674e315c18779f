# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import fields, models


class SalePaymentReasonWizard(models.TransientModel):
    """Asks why a receipt is cancelled or a confirmed allocation taken back."""

    _name = "sale.payment.reason.wizard"
    _description = "Reason of a Payment Step"

    receipt_ids = fields.Many2many(comodel_name="sale.receipt", string="Receipts")
    allocation_ids = fields.Many2many(comodel_name="sale.payment.allocation", string="Allocations")
    reason = fields.Text(required=True)

    def action_apply(self):
        """Take the step; the documents check who may."""
        self.ensure_one()
        if self.receipt_ids:
            self.receipt_ids.action_cancel(self.reason)
        if self.allocation_ids:
            return self.allocation_ids.action_counter(self.reason)
        return {"type": "ir.actions.act_window_close"}
