# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import models


class IrBinary(models.AbstractModel):
    """Every file that leaves as a download passes here: by id, by field, by token, zipped."""

    _inherit = "ir.binary"

    def _record_to_stream(self, record, field_name):
        self.env["confidentiality.model"]._check_download(record, field_name)
        return super()._record_to_stream(record, field_name)
