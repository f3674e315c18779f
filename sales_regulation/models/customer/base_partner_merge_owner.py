# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import fields, models
from odoo.exceptions import AccessError

from ...tools import engine


class BasePartnerMergeAutomaticWizard(models.TransientModel):
    _inherit = "base.partner.merge.automatic.wizard"

    def _update_foreign_keys(self, src_partners, dst_partner):
        """A merge gives no customer to another, and loses neither owners nor tiers."""
        if self.env["regulation.profile"]._regulated_companies():
            self._merge_tiers(src_partners, dst_partner)
        if self.env["regulation.profile"]._companies_owning():
            self._merge_owners(src_partners, dst_partner)
        return super()._update_foreign_keys(src_partners, dst_partner)

    def _merge_owners(self, src_partners, dst_partner):
        """Whoever merges nobody's customer into an owned one claims him for the owner."""
        Registration = self.env["customer.registration"]
        owning = self.env["regulation.profile"]._companies_owning()
        entity = dst_partner.sudo().commercial_partner_id
        sources = src_partners.sudo().filtered(lambda p: p.commercial_partner_id == p)
        everyone = sources | entity
        if not any(partner._is_regulated_customer(owning) for partner in everyone):
            return
        self.env["regulation.commitment"]._lock([("owner", one) for one in everyone.ids])
        everyone.invalidate_recordset(["user_id"])
        company = Registration._owning_company(entity)
        may = Registration._may_override(self.env.user, company)
        if len(everyone.user_id) > 1 and not may:
            raise AccessError(
                self.env._(
                    "These customers belong to different people: a manager merges them, or ask"
                    " for a change of owner first."
                )
            )
        owner = entity.user_id or sources.user_id[:1]
        free = everyone.filtered(lambda p: not p.user_id) if owner else everyone.browse()
        if free and not may:
            Registration._check_claim(free, owner)
        Registration._end(sources, "merged")
        Registration._leave(sources - entity, sources.user_id)
        if not entity.user_id and owner:
            Registration._transfer(entity, owner, "merged")
        self.env["regulation.register"]._record(
            "customer_registered",
            free,
            code="assigned" if may else "joined",
            subject_id=owner.id,
            company_id=company.id,
        )
        engine(sources).write({"user_id": entity.user_id.id})

    def _merge_tiers(self, src_partners, dst_partner):
        """One tier at a time: that of the contact which stays."""
        Assignment = self.env["ka.tier.assignment"].sudo()
        kept = Assignment.search([("partner_id", "=", dst_partner.id), ("date_to", "=", False)])
        open_rows = Assignment.search(
            [("partner_id", "in", src_partners.ids), ("date_to", "=", False)], order="id desc"
        )
        companies = kept.company_id
        for row in open_rows:
            if row.company_id in companies:
                engine(row).write({"date_to": fields.Date.today(), "end_reason": "changed"})
            companies |= row.company_id
        Assignment.flush_model()
