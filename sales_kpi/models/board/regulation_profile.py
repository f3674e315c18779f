# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import fields, models


class RegulationProfile(models.Model):
    _inherit = "regulation.profile"

    improvement_goal_ids = fields.One2many(
        comodel_name="kpi.improvement.goal",
        inverse_name="profile_id",
        string="Improvement Goals",
        copy=True,
    )
