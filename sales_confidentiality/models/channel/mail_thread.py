# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import api, models

from .mail_tracking_value import TO_OTHERS

#: an object does not travel over RPC: only the sending of a text message carries it
_SEND = object()


class MailThread(models.AbstractModel):
    """What Odoo tells of a document beside its fields: mails of changes, numbers for messages."""

    _inherit = "mail.thread"

    # === MAILS OF CHANGES === #

    def _notify_by_email_prepare_rendering_context(self, *args, **kwargs):
        # One text for all who follow, some of whom may know less than the author
        told = self.with_context(confidentiality_mail=TO_OTHERS)
        values = super(MailThread, told)._notify_by_email_prepare_rendering_context(*args, **kwargs)
        if names := self._enforced_names():
            values["record_name"] = self._without_names(values["record_name"] or "", names)
            values["subtitles"] = [
                self._without_names(each or "", names) for each in values["subtitles"]
            ]
        return values

    def _enforced_names(self):
        """The names of classified records of which the name of an open one may be made: who reads
        a classified one himself gets its mails only if he may."""
        registry = self.env["confidentiality.model"].sudo()
        if len(self) != 1 or not registry._protection().guarded or registry._classified(self):
            return set()
        named = [self.sudo()[name] for name in self._concealed_many2ones()]
        return {
            record.display_name
            for records in named
            for label, found in registry._classified(records).items()
            for record in found
            if label.mode == "enforce"
        }

    def _message_compute_subject(self):
        """Asked for as superuser, for the same person."""
        subject = super()._message_compute_subject()
        names = self.sudo(False)._concealed_names().get(self.id, ())
        return self._without_names(subject or "", names) if names else subject

    @api.model
    def _generate_tracking_message(self, message, return_line="\n"):
        if not self.env["confidentiality.model"].sudo()._protection().guarded:
            return super()._generate_tracking_message(message, return_line=return_line)
        values = message.sudo().tracking_value_ids.with_context(confidentiality_mail=TO_OTHERS)
        by_model = values.grouped(lambda value: value.field_id.model)
        if any(theirs._told_values(name) for name, theirs in by_model.items()):
            return f"{return_line}{self._concealed_name()}{return_line}"
        return super()._generate_tracking_message(message, return_line=return_line)

    # === TEXT MESSAGES === #

    def _message_sms(self, *args, **kwargs):
        told = self.with_context(confidentiality_sms=_SEND)
        return super(MailThread, told)._message_sms(*args, **kwargs)

    def _sms_get_recipients_info(self, *args, **kwargs):
        """The composer shows the numbers to whoever opens it; the sending itself needs the true
        ones."""
        found = super()._sms_get_recipients_info(*args, **kwargs)
        if self.env.context.get("confidentiality_sms") is _SEND or self._concealing() is None:
            return found
        partners = self.env["res.partner"].union(*(info["partner"] for info in found.values()))
        masked = partners.sudo(False) - partners.sudo(False)._legible_to_person()
        for record in self:
            info = found[record.id]
            if info["partner"] in masked and (
                info["partner_store"] or record._name == "res.partner"
            ):
                number = masked._masked_value("phone", info["number"])
                info.update(sanitized=False, number=number)
        return found
