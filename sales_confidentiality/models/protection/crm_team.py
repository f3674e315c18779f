# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import api, fields, models
from odoo.fields import Domain


class CrmTeam(models.Model):
    _inherit = "crm.team"

    @api.depends_context("uid")
    def _compute_invoiced(self):
        """Odoo adds up the month's invoices of a team in the database: for a person, those that
        he may see."""
        access = self._concealing()
        moves = self.env["account.move"].sudo()
        visible = access and self.env["confidentiality.model"]._label_domain(moves._name, access)
        if not access or visible is None:
            return super()._compute_invoiced()
        today = fields.Date.today()
        domain = visible & Domain(
            [
                ("move_type", "in", ("out_invoice", "out_refund", "out_receipt")),
                ("payment_state", "in", ("in_payment", "paid", "reversed")),
                ("state", "=", "posted"),
                ("team_id", "in", self.ids),
                ("date", ">=", today.replace(day=1)),
                ("date", "<=", today),
            ]
        )
        sums = dict(moves._read_group(domain, ["team_id"], ["amount_untaxed_signed:sum"]))
        for team in self:
            team.invoiced = sums.get(team._origin, 0.0)
        return None
