# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import fields, models


class SaleOrder(models.Model):
    _inherit = "sale.order"

    regulation_ticket_count = fields.Integer(
        string="Tickets", compute="_compute_regulation_ticket_count"
    )

    def _compute_regulation_ticket_count(self):
        """Tickets about the order, as far as one may read them."""
        self.regulation_ticket_count = 0
        regulated = self.env["regulation.profile"]._regulated_companies()
        Ticket = self.env["sales.ticket"]
        if not regulated or not Ticket.has_access("read"):
            return
        counts = dict(Ticket._read_group([("order_id", "in", self.ids)], ["order_id"], ["__count"]))
        for order in self:
            order.regulation_ticket_count = counts.get(order._origin, 0)

    def action_view_tickets(self):
        """Open the tickets about this order."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "sales_regulation.sales_ticket_action"
        )
        return {
            **action,
            "domain": [("order_id", "=", self.id)],
            "context": {
                "default_partner_id": self.partner_id.commercial_partner_id.id,
                "default_order_id": self.id,
            },
        }
