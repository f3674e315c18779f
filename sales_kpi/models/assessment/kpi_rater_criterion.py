# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import fields, models


class KpiRaterCriterion(models.Model):
    """What raters of a group look at, with its weight: attitude, cooperation (C44, S0-54).

    A rater gives a figure for each; the rating is their sum by weight. A group without criteria is
    asked for one figure.
    """

    _name = "kpi.rater.criterion"
    _description = "Criterion of Raters"
    _inherit = ["regulation.profile.part"]
    _order = "group_id, sequence, id"

    _figures = models.Constraint(
        "CHECK(weight > 0 AND weight <= 100)", "The weight of a criterion is more than 0, at most 100."
    )

    profile_id = fields.Many2one(
        related="group_id.profile_id", store=True, precompute=True, required=False
    )
    group_id = fields.Many2one(
        comodel_name="kpi.rater.group",
        string="Raters",
        required=True,
        ondelete="cascade",
        index=True,
    )
    sequence = fields.Integer(default=10)
    name = fields.Char(string="Criterion", required=True, translate=True)
    hint = fields.Char(
        string="What is Meant", translate=True, help="Shown to who rates: what is good, what is not."
    )
    weight = fields.Float(
        string="Weight (%)", digits=(16, 2), required=True, help="The criteria of a group make 100."
    )
