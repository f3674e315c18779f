# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import models
from odoo.exceptions import AccessError

from ...tools import engine


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
        for order in orders:
            user = credited.get(order.partner_id.id) or order.user_id.id
            rows = lines.filtered(lambda line, order=order: line.order_id == order).sudo()
            if user and rows:
                engine(rows).write({"credited_user_id": user})

    def _refuse_credit(self):
        """Nobody types to whom a result counts."""
        raise AccessError(
            self.env._("To whom a result counts is stored by the system at the confirmation.")
        )
