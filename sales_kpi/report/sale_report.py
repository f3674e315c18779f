# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import fields, models


class SaleReport(models.Model):
    """The analysis of orders by whom they are credited to (C49, S4-083)."""

    _inherit = "sale.report"

    credited_user_id = fields.Many2one(
        comodel_name="res.users",
        string="Credited Person",
        readonly=True,
        help="For whom the order counts in scores.",
    )

    def _select_additional_fields(self):
        return {
            **super()._select_additional_fields(),
            "credited_user_id": "l.credited_user_id",
        }

    def _group_by_sale(self):
        return f"""{super()._group_by_sale()},
            l.credited_user_id"""
