# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import api, models


class MailMessage(models.Model):
    """A message is named after its document: hidden from whom Odoo itself does not show it."""

    _inherit = "mail.message"

    def _filter_records_for_message_operation(self, doc_model, doc_res_ids, operation):
        """The history and the activities of a record say more than its base card: they are for
        who reads it in full, beside those who wrote them or are told by them."""
        allowed = super()._filter_records_for_message_operation(doc_model, doc_res_ids, operation)
        if operation == "read" and self._concealing() is not None:
            allowed = allowed._with_history()
        return allowed

    @api.model
    def _get_with_access(self, message_id, mode="read", **kwargs):
        message = super()._get_with_access(message_id, mode=mode, **kwargs)
        if not message or mode != "read" or self._concealing() is None:
            return message
        document = message.sudo()
        about = self.env.get(document.model)
        if about is None or message.sudo(False).has_access("read"):
            return message
        # Odoo is content with the record: its base card is not enough
        return message if about.browse(document.res_id)._with_history() else self.browse()

    # === THE NAME OF THE DOCUMENT === #

    def _told_documents(self):
        """``[(document, name to tell)]`` of those whose name may not be told as it is: Odoo reads
        it as superuser, and it may be made of the names of hidden records."""
        told = []
        for model, messages in self.sudo().grouped("model").items():
            if model and model in self.env and not self.env[model]._abstract:
                ids = {message.res_id for message in messages if message.res_id}
                documents = self.env[model].sudo(False).browse(ids).exists()
                labels = documents._concealed_labels()
                told += [
                    (document, labels[document.id])
                    for document in documents
                    if document.id in labels
                ]
        return told

    def _read_format(self, fnames, load="_classic_read"):
        rows = super()._read_format(fnames, load)
        if "record_name" not in fnames or self._concealing() is None:
            return rows
        told = {(record._name, record.id): name for record, name in self._told_documents()}
        for row, message in zip(rows, self.sudo().browse(row["id"] for row in rows), strict=True):
            row["record_name"] = told.get((message.model, message.res_id), row["record_name"])
        return rows

    def _to_store(self, store, fields, **kwargs):
        super()._to_store(store, fields, **kwargs)
        if self and self.sudo(False)._concealing() is not None:
            for document, name in self._told_documents():
                store.add(document.sudo(), {"display_name": name}, as_thread=True)

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
