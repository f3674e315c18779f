# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import api, models


class RegulationQualification(models.Model):
    """An NDA or an examination that ends takes its holder's rights along (C53, C54)."""

    _inherit = "regulation.qualification"

    @api.model_create_multi
    def create(self, vals_list):
        self.env["confidentiality.grant"]._forget()
        return super().create(vals_list)

    def write(self, vals):
        self.env["confidentiality.grant"]._forget()
        return super().write(vals)
