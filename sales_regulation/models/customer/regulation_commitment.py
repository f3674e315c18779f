# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import api, models


class RegulationCommitment(models.AbstractModel):
    _inherit = "regulation.commitment"

    @api.model
    def _commitment_credit(self, keys):
        """Credit of customers: keys are ``(company id, commercial partner id)``."""
        return self.env["res.partner"]._credit_lines(keys)
