# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import api, fields, models
from odoo.exceptions import UserError

from ...tools import Refusal
from .sale_order_content import HEADER_FIELDS, LINE_FIELDS


class SaleOrder(models.Model):
    """Approvals of an order: its price (C17) and its review before confirmation (C23)."""

    _name = "sale.order"
    _inherit = ["sale.order", "regulation.approvable", "regulation.checked"]

    _approval_content_fields = HEADER_FIELDS

    regulation_ask_price = fields.Boolean(compute="_compute_regulation_ask", compute_sudo=True)
    regulation_ask_review = fields.Boolean(compute="_compute_regulation_ask", compute_sudo=True)
    regulation_to_review = fields.Boolean(
        string="To review",
        compute="_compute_regulation_to_review",
        search="_search_regulation_to_review",
        help="Its review waits for the current user.",
    )

    # === COMPUTE METHODS === #

    def _compute_approval_count(self):
        # Without a regulation the form of an order costs nothing more
        if self.env["regulation.profile"]._regulated_companies():
            return super()._compute_approval_count()
        self.approval_count = 0
        self.approval_pending = False
        return None

    @api.depends_context("uid")
    def _compute_regulation_ask(self):
        """Which approval would open the next step and is not asked for yet."""
        self.regulation_ask_price = False
        self.regulation_ask_review = False
        asked = {}
        for refusal in self._origin._gate_banner_refusals():
            asked.setdefault(refusal.record.id, set()).add(refusal.approval)
        if not asked:
            return
        waiting = self.browse(asked)._approvals_waiting()
        for order in self:
            kinds = asked.get(order._origin.id, set()) - waiting.get(order._origin.id, set())
            order.regulation_ask_price = "price" in kinds
            order.regulation_ask_review = "order_review" in kinds

    def _approvals_waiting(self):
        """Codes of the approvals that wait for a decision: ``{order id: {code, ...}}``."""
        waiting = {}
        rows = (
            self.env["regulation.approval"]
            .sudo()
            ._read_group(
                [
                    ("res_model", "=", self._name),
                    ("res_id", "in", self.ids),
                    ("state", "=", "pending"),
                ],
                ["res_id", "kind_id"],
            )
        )
        for res_id, kind in rows:
            waiting.setdefault(res_id, set()).add(kind.code)
        return waiting

    @api.depends_context("uid")
    def _compute_regulation_to_review(self):
        self.regulation_to_review = False
        if not self._under_regulation():
            return
        mine = set(self._reviews_of_user().mapped("res_id"))
        for order in self:
            order.regulation_to_review = order.id in mine

    def _search_regulation_to_review(self, operator, value):
        if operator != "in":
            return NotImplemented
        ids = self._reviews_of_user().mapped("res_id")
        return [("id", "in" if True in value else "not in", ids)]

    def _reviews_of_user(self):
        return self.env["regulation.approval"].search(
            [
                ("res_model", "=", self._name),
                ("kind_id.code", "in", ("order_review", "price")),
                ("state", "=", "pending"),
                ("can_decide", "=", True),
            ]
        )

    # === ACTION METHODS === #

    def action_request_price_approval(self, reason=""):
        """Ask for the price to be approved by the lowest role whose authority suffices."""
        return self.action_request_approval("price", reason)

    def action_request_review(self, reason=""):
        """Submit the order for its review."""
        return self.action_request_approval("order_review", reason)

    # === GATE === #

    def _gate_order_review(self, policies, grown=None, **facts):
        """Orders are reviewed before they are confirmed, from an amount on (S0-31, S0-33).

        :param dict grown: of orders that come to more by a change after their confirmation:
            ``{order id: (amount before, names of what is not ticked on the change request)}``,
            the latter None without a request
        """
        if grown is not None:
            orders = self.filtered(lambda order: order.id in grown)
            return orders._gate_review_of_change(policies, grown, facts)
        reached = self._due_from("order_review_min_amount", policies, **facts)
        if not reached:
            return {}
        due = self.browse(reached)
        approved = due._approvals_valid("order_review")
        missing = due._checklist_missing("order_review")
        refusals = {}
        for order in due:
            if approved.get(order.id) and not missing[order.id]:
                continue
            refusals[order.id] = Refusal(
                reason=self.env._("The order is not reviewed."),
                missing=(
                    *missing[order.id],
                    *(() if approved.get(order.id) else (self.env._("Approval of the review"),)),
                ),
                approval="order_review",
                helper_ids=tuple(order.team_id.user_id.ids),
            )
        return self._with_others(refusals, reached)

    def _gate_review_of_change(self, policies, grown, facts):
        """A change takes no order past the amount from which it is reviewed: who decides on the
        request reviews what results, item by item. One that had reached it was reviewed then."""
        reached = self._due_from("order_review_min_amount", policies, **facts)
        due = self.browse(reached)._below_review(
            policies, {order_id: before for order_id, (before, _unticked) in grown.items()}
        )
        refusals = {}
        for order in due:
            unticked = grown[order.id][1]
            if unticked == []:
                continue
            refusals[order.id] = Refusal(
                reason=self.env._("The order is not reviewed."),
                missing=(self._change_needed(),) if unticked is None else tuple(unticked),
                approval="order_change" if unticked is None else "",
                helper_ids=tuple(order.team_id.user_id.ids),
            )
        return self._with_others(refusals, reached)

    def _below_review(self, policies, amounts):
        """Those of these orders that at ``amounts`` did not need their review yet.

        :param dict amounts: ``{order id: untaxed amount in company currency}``
        """
        below = self.filtered(
            lambda order: (
                amounts[order.id] < (policies[order.id].get("order_review_min_amount") or 0.0)
            )
        )
        # Below the amount, other orders may have counted with it
        split = below.filtered(lambda order: policies[order.id].get("order_split_days"))
        if not split:
            return below
        reviewed = (
            self.env["regulation.approval"]
            .sudo()
            .search(
                [
                    ("res_model", "=", self._name),
                    ("res_id", "in", split.ids),
                    ("kind_id.code", "=", "order_review"),
                    ("state", "=", "approved"),
                ]
            )
        )
        return below - split.browse(reviewed.mapped("res_id"))

    def _review_amounts(self):
        """Untaxed amounts in company currency, from what was entered: ``{order id: amount}``."""
        today = fields.Date.today()
        result = {}
        for order in self.sudo():
            amount = sum(
                line.product_uom_qty * line.price_unit * (1 - line.discount / 100)
                for line in order.order_line
                if not line.display_type
            )
            company = order.company_id
            if order.currency_id and order.currency_id != company.currency_id:
                amount = order.currency_id._convert(amount, company.currency_id, company, today)
            result[order.id] = company.currency_id.round(amount)
        return result

    # === APPROVAL === #

    def _approval_content(self, kind):
        contents = self._regulation_content()
        if kind == "price":
            # The approver has seen a deviation: it is part of what he has approved
            for order_id, price in self._price_facts().items():
                contents[order_id]["price"] = [price.discount, price.surcharge]
        return contents

    def _approval_facts(self, kind):
        facts = {
            order_id: {"amount": amount, "currency": self.browse(order_id).company_id.currency_id}
            for order_id, amount in self._review_amounts().items()
        }
        if kind == "price":
            for order_id, price in self._price_facts().items():
                facts[order_id]["deviation"] = price.deviation
        return facts

    def _approval_steps(self, kind, facts):
        if kind == "price":
            return self._price_steps(facts)
        if kind == "order_review":
            return self._steps_or_leader(kind, facts)
        return super()._approval_steps(kind, facts)

    def _price_steps(self, facts):
        """The profile's steps if it names some (finance prepares, ...), then the lowest role
        whose authority suffices."""
        rules = self._approval_rules("price")
        ruled = self.filtered(lambda order: rules[order.id])
        steps = super(SaleOrder, ruled)._approval_steps("price", facts) if ruled else {}
        policies = self._regulation_policies()
        for order_id, price in self._price_facts().items():
            order = self.browse(order_id)
            approver = order._price_approver(price, policies[order_id])
            if not approver:
                raise UserError(
                    self.env._(
                        "%(order)s: no role has the authority for %(deviation).2f %%. Change the"
                        " price.",
                        order=order.display_name,
                        deviation=price.deviation,
                    )
                )
            before = steps.get(order_id, [])
            role = approver[0]
            if not any(step["role_id"] == role.id for step in before):
                last = max((step["sequence"] for step in before), default=0)
                before = [*before, _step(last + 10, role.name, "role", role)]
            steps[order_id] = before
        return steps

    def _steps_or_leader(self, kind, facts):
        """The profile's steps; without any, the leader of the sales team decides."""
        rules = self._approval_rules(kind)
        ruled = self.filtered(lambda order: rules[order.id])
        steps = super(SaleOrder, ruled)._approval_steps(kind, facts) if ruled else {}
        for order in self - ruled:
            steps[order.id] = [_step(10, self.env._("Sales team leader"), "team_leader")]
        return steps

    def _approval_submit_check(self, kind):
        super()._approval_submit_check(kind)
        if kind in ("price", "order_review"):
            for order in self:
                if order.state not in ("draft", "sent"):
                    raise UserError(self.env._("Only a quotation is submitted."))
                if not order.order_line.filtered(lambda line: not line.display_type):
                    raise UserError(self.env._("There is nothing to decide on yet: add lines."))

    def _approval_check(self, approval, verdict):
        super()._approval_check(approval, verdict)
        if approval.kind_id.code == "order_review" and verdict == "approved":
            missing = self._checklist_missing("order_review")[self.id]
            if missing:
                raise UserError(
                    self.env._(
                        "%(order)s cannot be approved, not ticked: %(missing)s",
                        order=self.display_name,
                        missing=", ".join(missing),
                    )
                )

    def _approval_summary(self, approval):
        if approval.kind_id.code not in ("price", "order_review"):
            return super()._approval_summary(approval)
        price = self._price_facts()[self.id]
        return self.env["ir.qweb"]._render(
            "sales_regulation.order_approval_summary",
            {
                "order": self,
                "price": price,
                "money": lambda amount: self._gate_money(amount, self.currency_id),
                # Cost and margin only for those who may see them (C51)
                "cost_visible": self.env.user.has_groups(
                    "sales_team.group_sale_manager,stock.group_stock_manager"
                ),
            },
            minimal_qcontext=True,
        )

    # === CHECKLIST === #

    def _checklist_kinds(self):
        return {"order_review": self.filtered(lambda order: order.state in ("draft", "sent"))}


class SaleOrderLine(models.Model):
    _name = "sale.order.line"
    _inherit = ["sale.order.line", "regulation.approvable.line"]

    _approval_document_field = "order_id"
    _approval_content_fields = (*LINE_FIELDS, "is_expense", "is_delivery", "display_type")


def _step(sequence, name, approver_type, role=None):
    return {
        "sequence": sequence,
        "name": name,
        "approver_type": approver_type,
        "role_id": role.id if role else False,
        "candidate_ids": [],
        "days_allowed": 0,
        "opinion": "return",
        "clause_codes": False,
    }
