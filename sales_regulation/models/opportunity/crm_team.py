# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import models
from odoo.fields import Domain


class CrmTeam(models.Model):
    _inherit = "crm.team"

    def _assign_and_convert_leads(self, force_quota=False):
        """Rules of assignment distribute what belongs to nobody (C06)."""
        if self.env["regulation.profile"]._companies_owning():
            self._assign_owned_leads()
        return super()._assign_and_convert_leads(force_quota=force_quota)

    def _assign_owned_leads(self):
        """Leads of an owned customer go to his owner before the others are shared out."""
        leads = self.env["crm.lead"].search(
            Domain(self._get_lead_to_assign_domain()) & Domain("partner_id", "!=", False)
        )
        owners = leads._customer_owners()
        owned = leads.filtered(lambda lead: lead.id in owners)
        for owner, group in owned.grouped(lambda lead: owners[lead.id]).items():
            group.convert_opportunity(self.env["res.partner"], user_ids=owner.ids)
