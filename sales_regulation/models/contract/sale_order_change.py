# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import fields, models

from ..order.sale_order_change import SaleOrderChange as Base


class SaleOrderChange(models.Model):
    _inherit = "sale.order.change"

    _sealed_fields = Base._sealed_fields | {"regulation_contract_id"}

    regulation_contract_id = fields.Many2one(
        comodel_name="sales.contract",
        string="By Contract",
        readonly=True,
        copy=False,
        index="btree_not_null",
        ondelete="restrict",
        help="The signed amendment or termination that carried it out.",
    )

    def _amend_facts(self, before, unticked):
        facts = super()._amend_facts(before, unticked)
        if self.regulation_contract_id:
            # Its own reviews have seen what results
            facts["grown"] = {}
        return {**facts, "by_contract": self.regulation_contract_id, "agreed": True}

    def _authorised(self):
        """What was reviewed in an amendment is authorised by its reviewers."""
        limits = super()._authorised()
        contract = self.regulation_contract_id
        if not contract:
            return limits
        order = self.order_id
        policy = order._regulation_policies()[order.id]
        deciders = contract.approval_ids.filtered(
            lambda approval: approval.state == "approved"
        ).step_ids.decided_by_id
        for user in deciders:
            own = order._price_authority_of(user, order.company_id, policy, {})
            limits = tuple(max(pair) for pair in zip(limits, own, strict=True))
        return limits
