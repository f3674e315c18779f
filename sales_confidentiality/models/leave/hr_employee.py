# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import api, models


class HrEmployee(models.Model):
    """Nobody leaves before his check-out is complete, whichever way he goes (C57)."""

    _inherit = "hr.employee"

    def write(self, vals):
        if "active" in vals and not vals["active"]:
            self.filtered("active")._guard_leaving()
        elif vals.get("active"):
            self.env["confidentiality.checkout"]._forget_left()
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_check_out(self):
        self._guard_leaving()

    # === ACTION METHODS === #

    def action_confidentiality_checkout(self):
        """Open the check-out of the employee, a new one if there is none."""
        self.ensure_one()
        self.check_access("read")
        checkout = self.env["confidentiality.checkout"].search(
            [("employee_id", "=", self.id), ("state", "!=", "cancelled")], limit=1
        )
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Check-out"),
            "res_model": "confidentiality.checkout",
            "res_id": checkout.id,
            "view_mode": "form",
            "views": [(False, "form")],
            "context": {} if checkout else {"default_employee_id": self.id},
        }

    # === BUSINESS METHODS === #

    def _guard_leaving(self):
        """Raise UserError for those whose check-out is not complete."""
        if not self or not self.env["regulation.profile"]._regulated_companies():
            return
        self.env["confidentiality.checkout"]._guard_leaving(
            [(one, one.user_id, one.company_id) for one in self.sudo()]
        )
