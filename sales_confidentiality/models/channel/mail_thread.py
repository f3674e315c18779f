# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import api, models

from .mail_tracking_value import TO_OTHERS


class MailThread(models.AbstractModel):
    """What Odoo tells of a document beside its fields: mails of changes."""

    _inherit = "mail.thread"

    # === MAILS OF CHANGES === #

    def _notify_by_email_prepare_rendering_context(self, *args, **kwargs):
        # One text for all who follow, some of whom may know less than the author
        told = self.with_context(confidentiality_mail=TO_OTHERS)
        return super(MailThread, told)._notify_by_email_prepare_rendering_context(*args, **kwargs)

    @api.model
    def _generate_tracking_message(self, message, return_line="\n"):
        values = message.sudo().tracking_value_ids.with_context(confidentiality_mail=TO_OTHERS)
        by_model = values.grouped(lambda value: value.field_id.model)
        if any(theirs._told_values(name) for name, theirs in by_model.items()):
            return f"{return_line}{self._concealed_name()}{return_line}"
        return super()._generate_tracking_message(message, return_line=return_line)
