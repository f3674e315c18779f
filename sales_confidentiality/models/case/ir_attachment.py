# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import api, models
from odoo.exceptions import UserError

from .confidentiality_case_row import CASE


class IrAttachment(models.Model):
    """A file of a case is read by the people on the case, on record (C56)."""

    _inherit = "ir.attachment"

    @api.model_create_multi
    def create(self, vals_list):
        files = super().create(vals_list)
        files._check_case_not_public()
        return files

    def write(self, vals):
        result = super().write(vals)
        if {"public", "res_model"}.intersection(vals):
            self._check_case_not_public()
        return result

    def _check_case_not_public(self):
        if any(file.public and file.res_model == CASE for file in self.sudo()):
            raise UserError(self.env._("A file of a case is for the people on it: not public."))

    def _check_case_file(self):
        """Note who reads the content, and refuse it to whoever is not on the case.

        Whatever token came along: it would work for ever, also for who was taken off.

        :raise AccessError: for anybody but the people on the case
        """
        if self.env.user._is_superuser():
            return
        for file in self.sudo():
            if file.res_model == CASE and file.res_id:
                case = self.env[CASE].sudo(False).browse(file.res_id)
                case.check_access("read")
                case._log_case("allowed", "download", note=file.name)


class IrBinary(models.AbstractModel):
    _inherit = "ir.binary"

    def _record_to_stream(self, record, field_name):
        if record._name == "ir.attachment":
            record._check_case_file()
        return super()._record_to_stream(record, field_name)
