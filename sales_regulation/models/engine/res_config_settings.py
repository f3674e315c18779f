# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import fields, models


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    regulation_extra_day_count = fields.Integer(compute="_compute_regulation_extra_day_count")

    def _compute_regulation_extra_day_count(self):
        for settings in self:
            settings.regulation_extra_day_count = self.env["regulation.extra.day"].search_count(
                [("company_id", "=", settings.company_id.id)]
            )
