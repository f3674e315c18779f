# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import fields, models


class SalesCustomerLetterLine(models.Model):
    """That a letter went to a customer: append-only."""

    _name = "sales.customer.letter.line"
    _description = "Letter Sent"
    _inherit = ["regulation.sealed"]
    _order = "id"
    _rec_name = "partner_id"

    _append_only = True

    letter_id = fields.Many2one(
        comodel_name="sales.customer.letter",
        required=True,
        readonly=True,
        index=True,
        ondelete="cascade",
    )
    company_id = fields.Many2one(comodel_name="res.company", readonly=True, index=True)
    partner_id = fields.Many2one(
        comodel_name="res.partner",
        string="Customer",
        readonly=True,
        index=True,
        ondelete="restrict",
    )
    user_id = fields.Many2one(comodel_name="res.users", readonly=True, ondelete="restrict")
    sent_at = fields.Datetime(readonly=True)
    by_mail = fields.Boolean(readonly=True, help="Otherwise printed and sent by post.")
