# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import fields, models


class RegulationTierCriterion(models.Model):
    """A criterion of the scoring sheet and its weight in percent (S3-17)."""

    _name = "regulation.tier.criterion"
    _description = "Criterion of the Scoring Sheet"
    _inherit = ["regulation.profile.part"]
    _order = "profile_id, sequence, id"

    _code_uniq = models.Constraint(
        "UNIQUE(profile_id, code)", "A regulation has one criterion of a code."
    )
    _weight = models.Constraint(
        "CHECK(weight > 0 AND weight <= 100)", "A weight is more than 0 and at most 100 percent."
    )

    sequence = fields.Integer(default=10)
    name = fields.Char(required=True, translate=True)
    code = fields.Char(required=True)
    weight = fields.Float(string="Weight (%)", digits=(16, 2), required=True)
