# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import fields, models


class CrmLead(models.Model):
    _inherit = "crm.lead"

    regulation_contacted = fields.Boolean(
        compute="_compute_sales_contact_count",
        help="Contacts are recorded: a regulation is in force.",
    )
    sales_contact_count = fields.Integer(
        string="Customer Contacts", compute="_compute_sales_contact_count"
    )

    def _compute_sales_contact_count(self):
        """Contacts about each lead, as far as one may read them."""
        self.sales_contact_count = 0
        self.regulation_contacted = False
        Contact = self.env["sales.contact"]
        regulated = self.env["regulation.profile"]._regulated_companies()
        if not regulated or not Contact.has_access("read"):
            return
        counts = dict(
            Contact._read_group([("lead_id", "in", self.ids)], ["lead_id"], ["quantity:sum"])
        )
        for lead in self:
            lead.regulation_contacted = True
            lead.sales_contact_count = counts.get(lead, 0)

    def action_view_sales_contacts(self):
        """Open the contacts about this lead; a new one is about it (S3-33, S4-286)."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "sales_regulation.sales_contact_action"
        )
        return {
            **action,
            "domain": [("lead_id", "=", self.id)],
            "context": {"default_lead_id": self.id, "default_partner_id": self.partner_id.id},
        }
