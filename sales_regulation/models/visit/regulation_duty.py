# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import api, fields, models
from odoo.exceptions import ValidationError


class RegulationDuty(models.Model):
    _inherit = "regulation.duty"

    contact_kind = fields.Selection(
        selection=[("visit", "A visit"), ("any", "Any contact that counts")],
        string="Fulfilled by",
        help="What fulfils a duty on customers: visits or contacts recorded by the owner of the"
        " customer or his delegate (拜访频率). Empty: its own documents.",
    )

    @api.constrains("contact_kind", "subject_model")
    def _check_contact_kind(self):
        for duty in self:
            if duty.contact_kind and duty.subject_model != "res.partner":
                raise ValidationError(
                    self.env._("%s: contacts fulfil duties on customers only.", duty.name)
                )

    @api.model
    def _contact_codes(self, kinds):
        """Codes of the duties of published regulations that contacts of these kinds fulfil."""
        duties = self.sudo().search(
            [
                ("contact_kind", "in", kinds),
                ("profile_id.state", "in", ("trial", "active", "retired")),
            ]
        )
        return sorted(set(duties.mapped("code")))
