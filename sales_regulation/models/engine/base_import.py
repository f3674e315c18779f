# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import models


class Base_ImportImport(models.TransientModel):
    _inherit = "base_import.import"

    def execute_import(self, fields, columns, options, dryrun=False):
        """A test run is no attempt to take a step: nothing of it is recorded."""
        result = super().execute_import(fields, columns, options, dryrun=dryrun)
        if dryrun:
            self.env["regulation.register"]._discard_attempts()
        return result
