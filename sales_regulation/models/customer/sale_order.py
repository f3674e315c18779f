# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import models


class SaleOrder(models.Model):
    _name = "sale.order"
    _inherit = ["sale.order", "regulation.gated"]

    # === GATE: CREDIT === #

    def _gate_locks(self, stage):
        """Lock the credit of the customers before anything of it is read.

        Two confirmations at the same moment cannot both take what only one may have.
        """
        locks = super()._gate_locks(stage)
        if stage in ("confirm", "increase"):
            policies = self._regulation_policies()
            locks.extend(
                ("credit", *key)
                for order in self.sudo()
                if policies[order.id].mode("credit") == "enforce"
                for key in order._credit_keys()
            )
        return locks

    def _gate_credit(self, policies, passing=False, **facts):
        """Credit limit and overdue rules of the customer (S4-263, S4-264).

        Orders confirmed together count together, in the order in which they come; in a list
        each stands for itself.
        """
        keys = {order.id: order._credit_keys() for order in self}
        lines = self.env["res.partner"]._credit_lines(
            [key for order in self for key in keys[order.id]],
            orders=self,
            overdue_days=self.env["res.partner"]._credit_overdue_days(self, policies, keys),
        )
        Partner = self.env["res.partner"].sudo()
        taken = dict.fromkeys(lines, 0.0)
        refusals = {}
        for order in self:
            for key in keys[order.id]:
                line = lines[key]
                amount = line.orders.get(order._origin.id, 0.0)
                taken[key] = amount + (taken[key] if passing else 0.0)
                refusal = Partner.browse(key[1])._credit_refusal(
                    policies[order.id], line, taken[key], amount
                )
                if refusal and order.id not in refusals:
                    refusals[order.id] = refusal
        return refusals

    def _gate_remedies(self):
        self.ensure_one()
        remedies = super()._gate_remedies()
        if self.env["sale.credit.request"].has_access("create"):
            remedies["credit"] = (
                self.env._("Ask for a Credit Limit"),
                self.partner_id.commercial_partner_id,
                "action_regulation_credit_request",
            )
        return remedies

    # === CREDIT === #

    def _credit_keys(self):
        """Whose credit the order takes: the customer's, and the payer's where he is another."""
        self.ensure_one()
        partners = (self.partner_invoice_id | self.partner_id).commercial_partner_id
        return [(self.company_id.id, partner.id) for partner in partners._origin]
