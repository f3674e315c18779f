# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import models


class MailMessage(models.Model):
    """A message is named after its document: hidden from whom Odoo itself does not show it."""

    _inherit = "mail.message"

    def _concealed(self):
        if self._concealing() is None or not self:
            return frozenset()
        real = self.browse(id_ for id_ in self._ids if id_)
        return frozenset(real._ids) - frozenset(real._filtered_access("read")._ids)


class MailMail(models.Model):
    _inherit = "mail.mail"

    def _concealed(self):
        if self._concealing() is None or not self:
            return frozenset()
        mails = self.sudo()
        hidden = mails.mail_message_id.with_env(self.env)._concealed()
        return frozenset(mail.id for mail in mails if mail.mail_message_id.id in hidden)
