# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import fields, models


class DispatchReceipt(models.Model):
    """The customer's signed receipt, or the return of the third copy (第三聯).

    A statement that is never changed: a mistake is corrected by a counter entry, which
    names the row it replaces and why.
    """

    _name = "dispatch.receipt"
    _description = "Signed Receipt"
    _inherit = ["regulation.sealed"]
    _order = "id desc"
    _rec_name = "notice_id"
    _check_company_auto = True

    _append_only = True

    notice_id = fields.Many2one(
        comodel_name="dispatch.notice",
        required=True,
        readonly=True,
        ondelete="restrict",
        index=True,
        check_company=True,
    )
    company_id = fields.Many2one(comodel_name="res.company", readonly=True, index=True)
    kind = fields.Selection(
        selection=[("receipt", "Signed receipt"), ("copy", "Third copy back")],
        required=True,
        readonly=True,
    )
    date = fields.Date(required=True, readonly=True, help="Date on the paper.")
    receiver_name = fields.Char(string="Received by", readonly=True)
    acceptance = fields.Selection(
        selection=[
            ("accepted", "Accepted"),
            ("remarks", "Accepted with remarks"),
            ("objection", "Objection"),
            ("refused", "Refused"),
        ],
        readonly=True,
    )
    line_ids = fields.One2many(
        comodel_name="dispatch.receipt.line",
        inverse_name="receipt_id",
        string="Quantities",
        readonly=True,
        help="What was refused or missing; everything else was accepted.",
    )
    note = fields.Text(string="Remarks", readonly=True)
    signature = fields.Image(readonly=True, max_width=1024, max_height=1024)
    scan = fields.Binary(readonly=True, attachment=True)
    scan_name = fields.Char(readonly=True)
    corrects_id = fields.Many2one(
        comodel_name="dispatch.receipt", readonly=True, ondelete="restrict", index="btree_not_null"
    )
    reason = fields.Char(string="Reason of the Correction", readonly=True)
    corrected_ids = fields.One2many(
        comodel_name="dispatch.receipt", inverse_name="corrects_id", string="Corrected by"
    )
