# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import models


class MailComposeMessage(models.TransientModel):
    _inherit = "mail.compose.message"

    def _action_send_mail_comment(self, res_ids):
        self._gate_quotations(res_ids)
        return super()._action_send_mail_comment(res_ids)

    def _action_send_mail_mass_mail(self, res_ids, auto_commit=False):
        self._gate_quotations(res_ids)
        return super()._action_send_mail_mass_mail(res_ids, auto_commit=auto_commit)

    def _gate_quotations(self, res_ids):
        """A quotation leaves the house through the composer too."""
        self.ensure_one()
        if self.model == "sale.order":
            self.env["sale.order"].browse(res_ids)._gate_quotations("send")
