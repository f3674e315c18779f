# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import fields, models


class RegulationRegister(models.Model):
    _inherit = "regulation.register"

    event = fields.Selection(
        selection_add=[
            ("payment_confirmed", "Payment confirmed"),
            ("payment_countered", "Payment taken back by counter-entry"),
            ("payment_lost", "Payment no longer counts"),
            ("receipt_taken_over", "Receipt taken over"),
        ],
        ondelete={
            "payment_confirmed": "cascade",
            "payment_countered": "cascade",
            "payment_lost": "cascade",
            "receipt_taken_over": "cascade",
        },
    )
