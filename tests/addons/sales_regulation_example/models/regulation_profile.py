# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import api, fields, models

from odoo.addons.sales_regulation.tools.policy import strictest_nonzero_min, union_ids


class RegulationProfile(models.Model):
    _inherit = "regulation.profile"

    sample_limit = fields.Float(
        string="Samples for a Customer",
        digits=(16, 2),
        help="Value that a customer may get in all, in the company's currency. Zero: no limit.",
    )
    sample_role_ids = fields.Many2many(
        comodel_name="regulation.role",
        relation="regulation_profile_sample_role_rel",
        string="Samples Given Out by",
        help="Empty: by everybody.",
    )

    @api.model
    def _strictness(self):
        return super()._strictness() | {
            "sample_limit": strictest_nonzero_min,
            "sample_role_ids": union_ids,
        }
