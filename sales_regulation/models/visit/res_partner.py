# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import fields, models

from .sales_contact import NUMBER_TAIL


class ResPartner(models.Model):
    _inherit = "res.partner"

    regulation_contacted = fields.Boolean(
        compute="_compute_sales_contact_count",
        help="Contacts with customers are recorded: a regulation is in force.",
    )
    sales_contact_count = fields.Integer(
        string="Customer Contacts", compute="_compute_sales_contact_count"
    )

    # What a customer is found by whose number is typed: without it each number reads all of them
    _regulation_number_idx = models.Index(f"({NUMBER_TAIL}) WHERE phone IS NOT NULL")

    def _compute_sales_contact_count(self):
        """Contacts with the company of each partner, as far as one may read them."""
        self.sales_contact_count = 0
        self.regulation_contacted = False
        Contact = self.env["sales.contact"]
        regulated = self.env["regulation.profile"]._regulated_companies()
        if not regulated or not Contact.has_access("read"):
            return
        counts = dict(
            Contact._read_group(
                [("commercial_partner_id", "in", self.commercial_partner_id.ids)],
                ["commercial_partner_id"],
                ["quantity:sum"],
            )
        )
        for partner in self:
            partner.regulation_contacted = True
            partner.sales_contact_count = counts.get(partner.commercial_partner_id, 0)

    def action_view_sales_contacts(self):
        """Open the contacts with this customer; a new one is with him."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "sales_regulation.sales_contact_action"
        )
        return {
            **action,
            "domain": [("commercial_partner_id", "=", self.commercial_partner_id.id)],
            "context": {"default_partner_id": self.id},
        }
