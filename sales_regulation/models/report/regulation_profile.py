# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import api, fields, models

from ...tools.policy import union_ids


class RegulationProfile(models.Model):
    _inherit = "regulation.profile"

    report_type_ids = fields.One2many(
        comodel_name="regulation.report.type",
        inverse_name="profile_id",
        string="Kinds of Report",
        copy=True,
    )

    @api.model
    def _strictness(self):
        return {**super()._strictness(), "report_type_ids": union_ids}
