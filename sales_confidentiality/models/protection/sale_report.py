# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import fields, models


class SaleReport(models.Model):
    """The analysis of orders carries the label of the order."""

    _name = "sale.report"
    _inherit = ["sale.report", "confidentiality.masked"]

    _masked_rights = {"margin": "cost"}

    confidentiality_label_id = fields.Many2one(
        comodel_name="confidentiality.label", string="Confidentiality", readonly=True
    )

    def _select_additional_fields(self):
        return {
            **super()._select_additional_fields(),
            "confidentiality_label_id": "s.confidentiality_label_id",
        }

    def _group_by_sale(self):
        return f"""{super()._group_by_sale()},
            s.confidentiality_label_id"""
