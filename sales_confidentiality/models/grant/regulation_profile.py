# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import fields, models


class RegulationProfile(models.Model):
    _inherit = "regulation.profile"

    cost_role_ids = fields.Many2many(
        comodel_name="regulation.role",
        relation="regulation_profile_cost_role_rel",
        string="Cost is Known to",
        help="Who has one of these roles in his main company reads cost and margin without a"
        " grant (成本知悉範圍); NDA and examination have to be valid as with a grant. Empty: by"
        " grant only.",
    )
