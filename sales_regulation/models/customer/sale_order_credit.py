# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import models


class SaleOrder(models.Model):
    _inherit = "sale.order"

    def _after_confirmation(self):
        super()._after_confirmation()
        self._credit_owners(self.order_line)

    def _credit_owners(self, lines):
        """Store to whom the result counts: the owner inside his protection, else who sells it.

        S4-090, S4-091. Stored at the confirmation and never asked again.
        """
        orders = lines.order_id.sudo()
        credited = self.env["customer.registration"]._credited_users(orders.partner_id)
        lines._store_credit(
            {
                line.id: credited.get(line.order_id.partner_id.id) or line.order_id.user_id.id
                for line in lines.sudo()
            }
        )
