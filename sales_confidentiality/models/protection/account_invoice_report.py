# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import api, fields, models
from odoo.tools import SQL


class AccountInvoiceReport(models.Model):
    """The analysis of invoices carries the label of the invoice."""

    _name = "account.invoice.report"
    _inherit = ["account.invoice.report", "confidentiality.masked"]

    _depends = {"account.move.line": ["confidentiality_label_id"]}
    _masked_rights = dict.fromkeys(("inventory_value", "price_margin"), "cost")

    confidentiality_label_id = fields.Many2one(
        comodel_name="confidentiality.label", string="Confidentiality", readonly=True
    )

    @api.model
    def _select(self):
        return SQL("%s, line.confidentiality_label_id", super()._select())
