# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import fields, models


class RegulationProfile(models.Model):
    """How people are scored is part of the regulation (C41): fixed with it, copied with it."""

    _inherit = "regulation.profile"

    scheme_ids = fields.One2many(
        comodel_name="kpi.scheme", inverse_name="profile_id", string="Score Schemes", copy=True
    )

    def _check_complete(self):
        """A scheme whose weights are not 100, or whose rules do not work, is not published."""
        super()._check_complete()
        self.sudo().scheme_ids._check_sound()
