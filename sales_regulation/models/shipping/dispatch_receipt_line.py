# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import fields, models

#: what may be wrong with a delivery
CAUSES = [
    ("short", "Short delivery"),
    ("damaged", "Damaged"),
    ("wrong", "Wrong goods"),
    ("quality", "Quality"),
    ("late", "Too late"),
    ("papers", "Labels or papers"),
    ("other", "Other"),
]


class DispatchReceiptLine(models.Model):
    """What of a line the customer accepted, refused or missed (驗收數量, S0-39).

    Part of the receipt, and as little changed as it. Lines that were accepted in full are
    not written.
    """

    _name = "dispatch.receipt.line"
    _description = "Line of a Receipt"
    _inherit = ["regulation.sealed"]
    _order = "receipt_id, id"
    _rec_name = "product_id"

    _append_only = True

    receipt_id = fields.Many2one(
        comodel_name="dispatch.receipt",
        required=True,
        readonly=True,
        ondelete="restrict",
        index=True,
    )
    notice_id = fields.Many2one(
        comodel_name="dispatch.notice",
        required=True,
        readonly=True,
        ondelete="restrict",
        index=True,
    )
    company_id = fields.Many2one(comodel_name="res.company", readonly=True, index=True)
    notice_line_id = fields.Many2one(
        comodel_name="dispatch.notice.line", required=True, readonly=True, ondelete="restrict"
    )
    product_id = fields.Many2one(
        comodel_name="product.product", required=True, readonly=True, ondelete="restrict"
    )
    product_uom_id = fields.Many2one(comodel_name="uom.uom", string="Unit", readonly=True)
    shipped_qty = fields.Float(string="Shipped", readonly=True, digits="Product Unit")
    accepted_qty = fields.Float(string="Accepted", readonly=True, digits="Product Unit")
    refused_qty = fields.Float(
        string="Refused", readonly=True, digits="Product Unit", help="Handed back to the carrier."
    )
    missing_qty = fields.Float(
        string="Missing", readonly=True, digits="Product Unit", help="Shipped, but not arrived."
    )
    cause = fields.Selection(selection=CAUSES, readonly=True)
    note = fields.Char(string="Remarks", readonly=True)
