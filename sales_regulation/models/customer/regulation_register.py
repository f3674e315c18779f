# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import fields, models


class RegulationRegister(models.Model):
    _inherit = "regulation.register"

    event = fields.Selection(
        selection_add=[
            ("tier_changed", "Customer tier changed"),
            ("customer_registered", "Customer registered"),
            ("owner_changed", "Owner of a customer changed"),
            ("owner_released", "Customer released to the pool"),
            ("owner_warned", "Warned before a customer is released"),
            ("customer_changed", "Change at the customer entered"),
            ("dossier_reviewed", "Dossier reviewed"),
            ("customers_related", "Customers related"),
            ("deal_credited", "Deal credited to another than who closed it"),
        ],
        ondelete={
            "tier_changed": "cascade",
            "customer_registered": "cascade",
            "owner_changed": "cascade",
            "owner_released": "cascade",
            "owner_warned": "cascade",
            "customer_changed": "cascade",
            "dossier_reviewed": "cascade",
            "customers_related": "cascade",
            "deal_credited": "cascade",
        },
    )
