# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import models


class ConfidentialityFile(models.Model):
    """What a person signed, learned, uses and asked to disclose (C57, S4-040)."""

    _inherit = "confidentiality.file"

    def _confidentiality_file_parts(self):
        _ = self.env._
        mine = [("user_id", "=", self.user_id.id), ("company_id", "=", self.company_id.id)]
        parts = super()._confidentiality_file_parts()
        # After the qualifications, which are made of them
        parts[1:1] = [
            {
                "code": "agreements",
                "title": _("Agreements"),
                "model": "confidentiality.nda",
                "domain": mine,
                "columns": [
                    (_("Number"), "name"),
                    (_("Wording"), "template_id"),
                    (_("Signed on"), "signed_at"),
                    (_("Valid until"), "valid_until"),
                    (_("Status"), "state"),
                ],
                "sudo": True,
            },
            {
                "code": "attendance",
                "title": _("Courses"),
                "model": "confidentiality.attendance",
                "domain": mine,
                "columns": [
                    (_("Course"), "kind"),
                    (_("Date"), "date"),
                    (_("Was There"), "attended"),
                    (_("Status"), "state"),
                ],
                "sudo": True,
            },
        ]
        return [
            *parts,
            {
                "code": "devices",
                "title": _("Devices"),
                "model": "confidentiality.device",
                "domain": mine,
                "columns": [
                    (_("Device"), "name"),
                    (_("System"), "platform"),
                    (_("From"), "date_from"),
                    (_("To"), "date_to"),
                    (_("Status"), "state"),
                ],
                "sudo": False,
            },
            {
                "code": "disclosures",
                "title": _("Disclosures"),
                "model": "confidentiality.disclosure",
                "domain": mine,
                "columns": [
                    (_("Number"), "name"),
                    (_("Disclosed to"), "partner_id"),
                    (_("From"), "date_from"),
                    (_("Status"), "state"),
                ],
                "sudo": False,
            },
        ]
