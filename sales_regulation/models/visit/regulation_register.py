# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import fields, models


class RegulationRegister(models.Model):
    _inherit = "regulation.register"

    event = fields.Selection(
        selection_add=[
            ("contact_corrected", "Contact corrected"),
            ("contact_signed", "Contact signed"),
            ("visit_moved", "Visit moved"),
            ("visit_cancelled", "Visit cancelled"),
            ("check_in_consent", "Consent to check-in"),
        ],
        ondelete={
            "contact_corrected": "cascade",
            "contact_signed": "cascade",
            "visit_moved": "cascade",
            "visit_cancelled": "cascade",
            "check_in_consent": "cascade",
        },
    )
