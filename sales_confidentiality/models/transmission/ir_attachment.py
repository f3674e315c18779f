# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import api, models
from odoo.exceptions import UserError

#: what the file says, as bytes or as the text that was found in it
_CONTENT = frozenset({"raw", "datas", "db_datas", "index_content"})
_OUTSIDE = ("http://", "https://", "ftp://")


class IrAttachment(models.Model):
    """Files of labelled records: their content is read on record, and never put elsewhere."""

    _inherit = "ir.attachment"

    def _read_format(self, fnames, load="_classic_read"):
        if _CONTENT.intersection(fnames):
            self._check_content_read()
        return super()._read_format(fnames, load)

    def _export_rows(self, fields, *, _is_toplevel_call=True):
        if any(path and path[0].split(":")[0].split(".")[0] in _CONTENT for path in fields):
            self._check_content_read()
        return super()._export_rows(fields, _is_toplevel_call=_is_toplevel_call)

    def _check_content_read(self):
        """Judge and note what leaves by a read; the server itself reads as superuser: to send
        a mail, to make a PDF."""
        if not self.env.su:
            self.env["confidentiality.model"]._check_files(self)
            self._check_case_file()

    def _inaccessible_comodel_records(self, model_and_ids, operation):
        """The files of a record are beyond its base card."""
        yield from super()._inaccessible_comodel_records(model_and_ids, operation)
        if operation != "read" or self._concealing() is None:
            return
        for name, ids in model_and_ids.items():
            records = self.env[name].browse(filter(None, ids)) if name in self.env else ()
            for record in records and records.exists() - records._with_history():
                yield name, record.id

    @api.model_create_multi
    def create(self, vals_list):
        attachments = super().create(vals_list)
        attachments._check_stored_here()
        return attachments

    def write(self, vals):
        moved = not self.env.su and {"res_model", "res_id"}.intersection(vals)
        before = self._confidentiality_ranks() if moved else {}
        result = super().write(vals)
        if before:
            self._check_not_detached(before)
        if {"type", "url", "res_model", "res_id"} & set(vals):
            self._check_stored_here()
        return result

    def _confidentiality_ranks(self):
        """``{id: rank}`` of what the files belong to, where that is enforced."""
        found = self.env["confidentiality.model"]._classified_files(self)
        return {
            attachment_id: max(label.rank for label, _record in places)
            for attachment_id, places in found.items()
            if any(label.mode == "enforce" for label, _record in places)
        }

    def _check_not_detached(self, before):
        """Raise UserError if a file of a classified record would become anybody's (S4-048)."""
        after = self._confidentiality_ranks()
        if any(after.get(attachment_id, -1) < rank for attachment_id, rank in before.items()):
            raise UserError(
                self.env._(
                    "A file of a classified record stays with it (S4-048). %s can help.",
                    self.env["confidentiality.model"]._helpers(),
                )
            )

    def _check_stored_here(self):
        """Raise UserError if the file of a classified record would lie somewhere else (S4-049).

        Cloud storage, and a link to a file somewhere on the net; for the superuser too.
        """
        registry = self.env["confidentiality.model"]
        if not registry._protection().guarded:
            return
        elsewhere = self.sudo().filtered(
            lambda file: file.type != "binary"
            and (file.type != "url" or (file.url or "").startswith(_OUTSIDE))
        )
        found = registry._classified_files(elsewhere) if elsewhere else {}
        if any(label.mode == "enforce" for places in found.values() for label, _record in places):
            raise UserError(
                self.env._(
                    "Files of classified records are kept in this system only, not in a cloud and"
                    " not behind a link (S4-049). Attach the file itself. %s can help.",
                    registry._helpers(),
                )
            )
