# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import api, fields, models


class RegulationProfile(models.Model):
    _inherit = "regulation.profile"

    training_entry = fields.Boolean(
        string="Entry Course",
        help="Whoever joins under this regulation owes a course on secrecy (入职保密培训), until"
        " he attended one. How soon, the deadline confidentiality_entry says.",
    )

    @api.model
    def _strictness(self):
        return {**super()._strictness(), "training_entry": any}
