# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import fields, models


class ResPartner(models.Model):
    _inherit = "res.partner"

    regulation_ticket_count = fields.Integer(
        string="Tickets", compute="_compute_regulation_ticket_count"
    )

    def _compute_regulation_ticket_count(self):
        """Tickets of the company that the partner belongs to, as far as one may read them."""
        self.regulation_ticket_count = 0
        Ticket = self.env["sales.ticket"]
        regulated = self.env["regulation.profile"]._regulated_companies()
        if not regulated or not Ticket.has_access("read"):
            return
        counts = dict(
            Ticket._read_group(
                [("partner_id", "in", self.commercial_partner_id.ids)], ["partner_id"], ["__count"]
            )
        )
        for partner in self:
            partner.regulation_ticket_count = counts.get(partner.commercial_partner_id, 0)

    def action_view_tickets(self):
        """Open the tickets of this customer."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "sales_regulation.sales_ticket_action"
        )
        return {
            **action,
            "domain": [("partner_id", "=", self.commercial_partner_id.id)],
            "context": {"default_partner_id": self.commercial_partner_id.id},
        }
