# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import api, models


class IrModuleModule(models.Model):
    _inherit = "ir.module.module"

    @api.model
    def _load_module_terms(self, modules, langs, overwrite=False):
        """A language that was loaded, or new terms: adopted regulations get them as well."""
        result = super()._load_module_terms(modules, langs, overwrite=overwrite)
        if modules:
            self.env["regulation.profile"].sudo()._translate_adopted()
        return result
