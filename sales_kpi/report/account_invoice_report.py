# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import api, fields, models
from odoo.tools import SQL


class AccountInvoiceReport(models.Model):
    """The analysis of invoices by whom they are credited to (C49, S4-257)."""

    _inherit = "account.invoice.report"

    credited_user_id = fields.Many2one(
        comodel_name="res.users",
        string="Credited Person",
        readonly=True,
        help="For whom the invoice counts in scores.",
    )

    _depends = {"account.move.line": ["credited_user_id"]}

    @api.model
    def _select(self):
        return SQL("%s, line.credited_user_id AS credited_user_id", super()._select())
