# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import models
from odoo.tools.misc import verify_limited_field_access_token

#: business partners show what they are, on the website and on the portal
_OWN = ("res.partner", "res.users")


class IrBinary(models.AbstractModel):
    """Every file that leaves as a download passes here: by id, by field, by token, zipped."""

    _inherit = "ir.binary"

    def _find_record(
        self, xmlid=None, res_model="ir.attachment", res_id=None, access_token=None, field=None
    ):
        record = super()._find_record(xmlid, res_model, res_id, access_token, field=field)
        # Odoo shows everybody the pictures of what is sold at a till: not of what is hidden
        if record.env.su and not self.env.su and record._name not in _OWN:
            asked = record.sudo(False)
            signed = access_token and verify_limited_field_access_token(
                asked, field, access_token, scope="binary"
            )
            if not signed and self._is_hidden(asked):
                raise self.env["ir.rule"]._make_access_error("read", asked)
        return record

    def _is_hidden(self, record):
        """From the person; from the public whatever is withheld from anybody."""
        if not self.env.user.share:
            return bool(record._concealed())
        labels = self.env["confidentiality.model"].sudo()._classified(record)
        return any(label.mode == "enforce" for label in labels)

    def _record_to_stream(self, record, field_name):
        self.env["confidentiality.model"]._check_download(record, field_name)
        return super()._record_to_stream(record, field_name)
