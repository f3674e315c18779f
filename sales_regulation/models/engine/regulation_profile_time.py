# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import fields, models

from ...tools.policy import strictest_nonzero_min, union_ids


class RegulationProfile(models.Model):
    _inherit = "regulation.profile"

    deadline_rule_ids = fields.One2many(
        comodel_name="regulation.deadline.rule",
        inverse_name="profile_id",
        string="Deadlines",
        copy=True,
    )
    duty_ids = fields.One2many(
        comodel_name="regulation.duty",
        inverse_name="profile_id",
        string="Recurring Duties",
        copy=True,
    )
    handover_rule_ids = fields.One2many(
        comodel_name="regulation.handover.rule",
        inverse_name="profile_id",
        string="Hand-over Tasks",
        copy=True,
    )
    promptly_hours = fields.Float(
        string="Promptly Means (hours)",
        default=24.0,
        help="What the regulation calls promptly (及时) without a figure.",
    )
    anchor_monday = fields.Date(
        string="Two-week Blocks from",
        help="The Monday from which blocks of two weeks are counted. Empty: the first Monday"
        " from the day on which the profile takes effect.",
    )

    retention_months = fields.Integer(
        string="Keep the Register (months)",
        help="Rows of the register older than this are removed by the system, which is a row"
        " itself. 0: they are kept for ever.",
    )

    _retention = models.Constraint(
        "CHECK(retention_months >= 0)", "The register is kept for 0 or more months."
    )
    _promptly = models.Constraint(
        "CHECK(promptly_hours > 0)", "Promptly is a number of hours above 0."
    )

    def _strictness(self):
        return {
            **super()._strictness(),
            "promptly_hours": strictest_nonzero_min,
            "retention_months": longest,
            "deadline_rule_ids": union_ids,
            "duty_ids": union_ids,
            "handover_rule_ids": union_ids,
        }


def longest(values):
    """The longest time; 0 is for ever."""
    return 0 if not all(values) else max(values)
