# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import models
from odoo.fields import Domain


class SalesContact(models.Model):
    """An opportunity that a contact brought up has the contact for its source (C05); whoever
    is interested is answered by a proposal too (S4-286)."""

    _inherit = "sales.contact"

    def _prepare_opportunity(self):
        source = self.env.ref("sales_regulation.utm_source_contact", raise_if_not_found=False)
        return {**super()._prepare_opportunity(), "source_id": source.id if source else False}

    def _interest_answers(self):
        proposals = (
            self.env["solution.proposal"]
            .sudo()
            .search(
                Domain("submitted_at", ">", min(self.mapped("handed_in_at")))
                & (
                    Domain("partner_id.commercial_partner_id", "in", self.commercial_partner_id.ids)
                    | Domain("lead_id", "in", self.lead_id.ids)
                )
            )
        )
        return super()._interest_answers() + [
            (proposal.submitted_at, proposal.partner_id.commercial_partner_id, proposal.lead_id)
            for proposal in proposals
        ]
