# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import models


class ResPartner(models.Model):
    _inherit = "res.partner"

    def _confidentiality_with_nda(self, company=None):
        """Those of these partners whose company has signed an NDA that is valid today (C53)."""
        company = company or self.env.company
        return self.env["confidentiality.nda"]._valid_partners(self, company)
