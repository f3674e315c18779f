# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import api, models


class SalesContract(models.Model):
    """A contract is drafted after the proposal to the customer is approved (C16: S3-47)."""

    _inherit = "sales.contract"

    @api.model_create_multi
    def create(self, vals_list):
        contracts = super().create(vals_list)
        if self.env["regulation.profile"]._regulated_companies():
            contracts.filtered(lambda contract: not contract.parent_id)._gate_pass("draft")
        return contracts

    def write(self, vals):
        before = {}
        if "partner_id" in vals and self.env["regulation.profile"]._regulated_companies():
            before = {contract.id: contract.partner_id for contract in self}
        result = super().write(vals)
        changed = self.browse(before).filtered(
            lambda contract: (
                not contract.parent_id and contract.partner_id != before[contract.id]
            )
        )
        changed._gate_pass("draft")
        return result

    def _gate_proposal_approved(self, policies, **facts):
        """The customer has a proposal that is approved; the orders linked say which."""
        Proposal = self.env["solution.proposal"]
        demand = Proposal._demand(policies, self)
        due = self.filtered(lambda contract: demand[contract.id] != "none")
        if not due:
            return {}
        approved = Proposal.sudo()._approved_by("partner_id", due.partner_id.ids)
        return {
            contract.id: Proposal._proposal_refusal(demand[contract.id])
            for contract in due
            if not approved.get(contract.partner_id.id)
        }
