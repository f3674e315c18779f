# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import api, models


class Base(models.AbstractModel):
    """The two doors that every model has: export and duplicate (S4-048)."""

    _inherit = "base"

    @api.private
    def copy_data(self, default=None):
        # True values, beyond every mask, of files their content: for the duplicate itself, which
        # the server makes. No client of Odoo's asks for them
        return super().copy_data(default)

    def export_data(self, fields_to_export):
        self.env["confidentiality.model"]._check_export(self, fields_to_export)
        return super().export_data(fields_to_export)

    def copy(self, default=None):
        self.env["confidentiality.model"]._check_copy(self)
        return super().copy(default)
