# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import api, models


class ResUsers(models.Model):
    """Archiving or deleting a user meets the same check-out as the departure wizard (C57)."""

    _inherit = "res.users"

    def write(self, vals):
        if "active" in vals and not vals["active"]:
            self.filtered("active")._guard_leaving()
        result = super().write(vals)
        if "lang" in vals and self.env["regulation.profile"]._regulated_companies():
            self._say_statements_anew()
        return result

    def _say_statements_anew(self):
        """What is not signed yet speaks the new language. No dependency of the text: without a
        regulation nobody looks for check-outs."""
        checkouts = self.env["confidentiality.checkout"].sudo()
        theirs = checkouts.search([("user_id", "in", self.ids), ("statement_signed_on", "=", False)])
        self.env.add_to_compute(checkouts._fields["statement_text"], theirs)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_check_out(self):
        self._guard_leaving()

    def _guard_leaving(self):
        """Raise UserError for employees among them whose check-out is not complete."""
        if not self or not self.env["regulation.profile"]._regulated_companies():
            return
        staff = self.sudo().filtered(lambda user: not user.share)
        employees = (
            self.env["hr.employee"]
            .sudo()
            .with_context(active_test=False)
            .search([("user_id", "in", staff.ids)])
        )
        by_user = employees.grouped("user_id")
        people = []
        for user in staff:
            mine = by_user.get(user, employees.browse())
            mine = mine.filtered(lambda one, u=user: one.active or one.company_id == u.company_id)
            if mine:
                people += [(one, user, one.company_id) for one in mine]
            else:
                people.append((employees.browse(), user, user.company_id))
        self.env["confidentiality.checkout"]._guard_leaving(people)
