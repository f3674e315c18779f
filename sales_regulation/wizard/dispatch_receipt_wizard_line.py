# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import fields, models

from ..models.shipping.dispatch_receipt_line import CAUSES


class DispatchReceiptWizardLine(models.TransientModel):
    """What of a line was refused or missing."""

    _name = "dispatch.receipt.wizard.line"
    _description = "Line of a Receipt to Record"

    wizard_id = fields.Many2one(
        comodel_name="dispatch.receipt.wizard", required=True, ondelete="cascade"
    )
    notice_line_id = fields.Many2one(comodel_name="dispatch.notice.line", required=True)
    product_id = fields.Many2one(related="notice_line_id.product_id")
    product_uom_id = fields.Many2one(related="notice_line_id.product_uom_id")
    shipped_qty = fields.Float(related="notice_line_id.shipped_qty")
    refused_qty = fields.Float(string="Refused", digits="Product Unit")
    missing_qty = fields.Float(string="Missing", digits="Product Unit")
    cause = fields.Selection(selection=CAUSES)
    note = fields.Char(string="Remarks")
