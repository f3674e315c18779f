# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import fields, models


class RegulationRegister(models.Model):
    _inherit = "regulation.register"

    event = fields.Selection(
        selection_add=[("order_changed", "Order changed"), ("price_changed", "Price changed")],
        ondelete={"order_changed": "cascade", "price_changed": "cascade"},
    )
