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

        S4-090, S4-091. Stored at the confirmation and never asked again. Whose result it is
        although a colleague sells it is on record.
        """
        credited = {}
        for company, orders in lines.order_id.sudo().grouped("company_id").items():
            users = self.env["customer.registration"]._credited_users(orders.partner_id, company)
            credited |= {order.id: users.get(order.partner_id.id) for order in orders}
        if others := lines.order_id.sudo().filtered(
            lambda order: credited[order.id] not in (None, order.user_id.id)
        ):
            self.env["regulation.register"]._record(
                "deal_credited", others, subject_id=lambda order: credited[order.id]
            )
        lines._store_credit(
            {
                line.id: credited[line.order_id.id] or line.order_id.user_id.id
                for line in lines.sudo()
            }
        )
