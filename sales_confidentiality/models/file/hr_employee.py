# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import models


class HrEmployee(models.Model):
    _inherit = "hr.employee"

    def action_confidentiality_file(self):
        """Open the confidentiality file of the employee."""
        self.ensure_one()
        self.check_access("read")
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Confidentiality File"),
            "res_model": "confidentiality.file",
            "res_id": self.id,
            "view_mode": "form",
            "views": [(False, "form")],
        }
