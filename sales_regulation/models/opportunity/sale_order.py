# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import api, models


class SaleOrder(models.Model):
    """Quotations come from opportunities that are far enough, and after the proposal (C05, C16)."""

    _inherit = "sale.order"

    @api.model_create_multi
    def create(self, vals_list):
        orders = super().create(vals_list)
        if self.env["regulation.profile"]._regulated_companies():
            orders._guard_opportunity()
            orders.filtered("regulation_contract_id")._gate_pass("contract")
        return orders

    def write(self, vals):
        regulated = self.env["regulation.profile"]._regulated_companies()
        if regulated and vals.get("regulation_contract_id"):
            # What is judged is the content with which the step would be taken
            self._under_regulation().filtered(
                lambda order: order.regulation_contract_id.id != vals["regulation_contract_id"]
            )._gate_pass("contract")
        moved = self.browse()
        if regulated and vals.get("opportunity_id"):
            moved = self.filtered(
                lambda order: order.sudo().opportunity_id.id != vals["opportunity_id"]
            )
        result = super().write(vals)
        moved._guard_opportunity()
        return result

    def _guard_opportunity(self):
        """Judge the opportunities that these quotations were made from.

        :raise AccessError: nobody uses the opportunity, and the proposal, of somebody else
        """
        if leads := self._under_regulation().sudo().opportunity_id.sudo(self.env.su):
            leads.check_access("read")
            leads._pass_quotation()

    def _gate_proposal_approved(self, policies, **facts):
        """Before it leaves the house a quotation follows an approved proposal (S3-47)."""
        Proposal = self.env["solution.proposal"]
        demand = Proposal._demand(policies, self)
        due = self.filtered(lambda order: demand[order.id] != "none")
        if not due:
            return {}
        approved = due.opportunity_id._proposals_approved()
        return {
            order.id: Proposal._proposal_refusal(demand[order.id])
            for order in due
            if not any(
                proposal.partner_id == order.partner_id.commercial_partner_id
                for proposal in approved.get(order.opportunity_id.id, ())
            )
        }
