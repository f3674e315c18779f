# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import models


class MailComposeMessage(models.TransientModel):
    _inherit = "mail.compose.message"

    def _action_send_mail_comment(self, res_ids):
        self._gate_leaving(res_ids)
        return super()._action_send_mail_comment(res_ids)

    def _action_send_mail_mass_mail(self, res_ids, auto_commit=False):
        self._gate_leaving(res_ids)
        return super()._action_send_mail_mass_mail(res_ids, auto_commit=auto_commit)

    def _gate_leaving(self, res_ids):
        """A quotation or a contract leaves the house through the composer too."""
        self.ensure_one()
        if hasattr(self.env.get(self.model), "_gate_leaving"):
            self.env[self.model].browse(res_ids)._gate_leaving()
