# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import fields, models


class SaleOrder(models.Model):
    _inherit = "sale.order"

    def _credit_owners(self, lines):
        super()._credit_owners(lines)
        lines._stamp_credit(fields.Datetime.now())
