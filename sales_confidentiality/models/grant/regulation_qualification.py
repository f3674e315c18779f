# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import api, fields, models


class RegulationQualification(models.Model):
    """An NDA or an examination that ends takes its holder's rights along (C53, C54).

    Days of grace stand for both until a date: for people who work with confidential records
    when these come to be guarded.
    """

    _inherit = "regulation.qualification"

    kind = fields.Selection(
        selection_add=[("grace", "Days of Grace")], ondelete={"grace": "cascade"}
    )

    _grace = models.Constraint(
        "CHECK(kind <> 'grace' OR valid_until IS NOT NULL)", "Days of grace have an end."
    )

    @api.model_create_multi
    def create(self, vals_list):
        self.env["confidentiality.grant"]._forget()
        return super().create(vals_list)

    def write(self, vals):
        self.env["confidentiality.grant"]._forget()
        return super().write(vals)
