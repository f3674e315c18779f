# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ...tools.policy import strictest_nonzero_min, union_ids


class RegulationProfile(models.Model):
    _inherit = "regulation.profile"

    plan_type_ids = fields.One2many(
        comodel_name="regulation.plan.type",
        inverse_name="profile_id",
        string="Kinds of Plan",
        copy=True,
    )
    plan_tolerance = fields.Float(
        string="Tolerance of the Sum",
        digits=(16, 2),
        help="By how much the targets of the parts may differ from that of the whole, in the unit"
        " of the indicator.",
    )
    plan_with_children = fields.Boolean(
        string="Whole only with its Parts",
        help="A plan that has to be divided among teams or persons is released only together with"
        " theirs. Otherwise it may go ahead, and its parts follow.",
    )
    plan_deviation = fields.Float(
        string="Deviation allowed (%)",
        digits=(16, 2),
        help="So many percent below the plan are still in order at a checkpoint; beyond, a"
        " corrective note is demanded. 0: none is demanded.",
    )

    @api.constrains("plan_tolerance", "plan_deviation")
    def _check_plan_figures(self):
        if any(profile.plan_tolerance < 0 or profile.plan_deviation < 0 for profile in self):
            raise ValidationError(
                self.env._("Tolerance and allowed deviation of plans cannot be negative.")
            )

    @api.model
    def _strictness(self):
        return {
            **super()._strictness(),
            "plan_type_ids": union_ids,
            "plan_tolerance": min,
            "plan_with_children": any,
            "plan_deviation": strictest_nonzero_min,
        }
