# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import fields, models


class KpiImprovementGoal(models.Model):
    """What a regulation expects to get better, and by how much (S1-28, S1-29)."""

    _name = "kpi.improvement.goal"
    _description = "Improvement Goal"
    _inherit = ["regulation.profile.part"]
    _order = "profile_id, sequence, id"

    _goal = models.Constraint("CHECK(goal > 0)", "A goal is more than 0.")

    name = fields.Char(required=True, translate=True)
    sequence = fields.Integer(default=10)
    indicator_id = fields.Many2one(
        comodel_name="kpi.indicator", required=True, ondelete="restrict", index=True
    )
    kind = fields.Selection(
        selection=[("relative", "Percent of the baseline"), ("points", "Units of the indicator")],
        string="Goal in",
        required=True,
        default="relative",
        help="15 percent of a baseline of 20 is 23; 15 units more are 35.",
    )
    goal = fields.Float(required=True, digits=(16, 2), help="By how much it is to get better.")
