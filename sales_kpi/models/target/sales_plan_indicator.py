# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import fields, models


class SalesPlanIndicator(models.Model):
    """By which indicator of the scores a target of plans is counted (C36)."""

    _inherit = "sales.plan.indicator"

    kpi_indicator_id = fields.Many2one(
        comodel_name="kpi.indicator",
        string="Indicator of Scores",
        ondelete="restrict",
        index="btree_not_null",
        help="Targets of plans in force are targets of this indicator.",
    )
