# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import api, models


class IrAttachment(models.Model):
    """The files of binary fields of our documents are sealed with the documents.

    Odoo lets whoever may write a document write and delete the attachment in which a field of
    it keeps its file. What the document itself writes comes here as superuser.
    """

    _inherit = "ir.attachment"

    @api.model_create_multi
    def create(self, vals_list):
        attachments = super().create(vals_list)
        attachments._check_sealed_files()
        return attachments

    def write(self, vals):
        self._check_sealed_files()
        result = super().write(vals)
        if {"res_model", "res_id", "res_field"}.intersection(vals):
            self._check_sealed_files()
        return result

    def unlink(self):
        self._check_sealed_files()
        return super().unlink()

    def _check_sealed_files(self):
        if self.env.su or not self.env["regulation.profile"]._regulated_companies():
            return
        for attachment in self.sudo():
            model = self.env.get(attachment.res_model) if attachment.res_field else None
            if model is not None and hasattr(model, "_check_sealed_file"):
                model.browse(attachment.res_id)._check_sealed_file(attachment.res_field)
