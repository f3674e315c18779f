# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import api, models
from odoo.fields import Domain


class IrRule(models.Model):
    """Who may not see a regulation sees no part of it either, whichever addon defines the part."""

    _inherit = "ir.rule"

    @api.model
    def _compute_domain(self, model_name, mode="read"):
        domain = super()._compute_domain(model_name, mode)
        if not getattr(self.env.registry[model_name], "_part_of_profile", False):
            return domain
        profiles = self._compute_domain("regulation.profile", mode)
        return (domain & Domain("profile_id", "any!", profiles)).optimize(self.env[model_name])
