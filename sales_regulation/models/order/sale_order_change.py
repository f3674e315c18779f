# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Command

from ...tools import engine
from ..engine.regulation_submittable import KEPT_ENDS
from .sale_order_lock import APPLYING, order_flow


class SaleOrderChange(models.Model):
    """A change asked for on a confirmed order; once approved it carries itself out (C23).

    What results is judged once more when it is carried out: prices by the authority of
    whoever approved it or what the order had been granted already, and the customer's credit.
    """

    _name = "sale.order.change"
    _description = "Order Change Request"
    _inherit = [
        "regulation.submittable",
        "regulation.checked",
        "regulation.sourced",
        "regulation.protected",
        "regulation.scored",
        "mail.thread",
        "mail.activity.mixin",
    ]
    _order = "id desc"
    _check_company_auto = True

    _sealed_fields = frozenset(
        {"name", "state", "user_id", "applied_at", "applied_by_id", "amount_before", "amount_after"}
    )
    _source_fields = ("order_id",)
    _approval_kinds = frozenset({"order_change"})
    _approval_content_fields = ("reason", "requirement", "department_ids", "line_ids")
    _approval_fallbacks = {"order_change": "team_leader"}
    _submittable_fields = ("order_id",)
    _submittable_open = frozenset({"draft", "returned", "withdrawn"})
    _submittable_ends = KEPT_ENDS

    name = fields.Char(string="Number", readonly=True, copy=False, index="trigram")
    order_id = fields.Many2one(
        comodel_name="sale.order",
        required=True,
        index=True,
        check_company=True,
        ondelete="restrict",
        domain="[('state', '=', 'sale')]",
        tracking=True,
    )
    # Stored for the company rule. Not related: writing an order would look for its changes
    company_id = fields.Many2one(
        comodel_name="res.company", compute="_compute_company_id", store=True, precompute=True
    )
    partner_id = fields.Many2one(related="order_id.partner_id", string="Customer")
    currency_id = fields.Many2one(related="order_id.currency_id")
    team_id = fields.Many2one(related="order_id.team_id")
    user_id = fields.Many2one(
        comodel_name="res.users",
        string="Asked by",
        readonly=True,
        copy=False,
        index=True,
        default=lambda self: self.env.user,
    )
    reason = fields.Text(
        required=True, tracking=True, help="Why the order has to change (變更原因)."
    )
    requirement = fields.Text(help="What the customer demands, in his words.")
    department_ids = fields.Many2many(
        comodel_name="hr.department",
        string="Departments Affected",
        help="Their managers get a task when it is carried out.",
    )
    line_ids = fields.One2many(
        comodel_name="sale.order.change.line", inverse_name="change_id", string="Changes", copy=True
    )
    state = fields.Selection(
        selection=[
            ("draft", "Draft"),
            ("submitted", "Submitted"),
            ("applied", "Carried out"),
            ("returned", "Returned"),
            ("refused", "Refused"),
            ("withdrawn", "Withdrawn"),
        ],
        default="draft",
        required=True,
        readonly=True,
        copy=False,
        index=True,
        tracking=True,
    )
    amount_before = fields.Monetary(string="Untaxed before", readonly=True, copy=False)
    amount_after = fields.Monetary(string="Untaxed after", readonly=True, copy=False)
    applied_at = fields.Datetime(string="Carried out at", readonly=True, copy=False)
    applied_by_id = fields.Many2one(
        comodel_name="res.users", string="Carried out by", readonly=True, copy=False
    )

    # === COMPUTE METHODS === #

    @api.depends("order_id")
    def _compute_company_id(self):
        for change in self:
            change.company_id = change.order_id.company_id

    # === CRUD METHODS === #

    @api.model_create_multi
    def create(self, vals_list):
        changes = super().create(vals_list)
        changes.order_id.check_access("read")
        for change in changes:
            if change.order_id.sudo().state != "sale":
                raise UserError(
                    self.env._("Only a confirmed order needs a change request: edit the quotation.")
                )
            engine(change.sudo()).name = (
                self.env["ir.sequence"].sudo().next_by_code("sale.order.change")
            )
        return changes

    # === ACTION METHODS === #

    def action_submit(self):
        """Submit the change for approval."""
        return self.action_request_approval("order_change")

    def action_open_order(self):
        """Open the order."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "res_model": "sale.order",
            "res_id": self.order_id.id,
            "view_mode": "form",
        }

    # === REGULATION === #

    def _regulation_owners(self):
        return super()._regulation_owners() | self.order_id.sudo()._regulation_owners()

    def _regulation_teams(self):
        return self.order_id.sudo().team_id

    # === APPROVAL === #

    def _approval_content(self, kind):
        contents = self.order_id.sudo()._regulation_content(agreed_only=True)
        return {
            change.id: {
                "order": contents.get(change.order_id.id, {}),
                "requirement": change.requirement or "",
                "lines": [line._content() for line in change.line_ids.sorted("id")],
                # Named only where there are: without any the content is what it always was
                **({"departments": change.department_ids} if change.department_ids else {}),
            }
            for change in self
        }

    def _approval_facts(self, kind):
        result = {}
        for change in self:
            after = change._resulting_order()
            result[change.id] = {
                "amount": after._review_amounts()[after.id],
                "currency": change.company_id.currency_id,
                "deviation": after._price_facts()[after.id].deviation,
            }
        return result

    def _approval_submit_check(self, kind):
        self._check_open()
        for change in self:
            if not change.line_ids:
                raise UserError(self.env._("Say what is to change: add a line."))
            if change.order_id.sudo().state != "sale":
                raise UserError(self.env._("The order is not confirmed any more."))
            change.line_ids._check_complete()

    def _request_approval(self, kind, reason=""):
        approvals = super()._request_approval(kind, reason or self[:1].reason)
        if not self._approval_moves(kind):
            return approvals
        for change in self:
            amount = change.order_id.sudo().amount_untaxed
            after = change.sudo()._resulting_order()
            engine(change.sudo()).write(
                {
                    "state": "submitted",
                    "amount_before": amount,
                    "amount_after": sum(
                        line.product_uom_qty * line.price_unit * (1 - line.discount / 100)
                        for line in after.order_line
                        if not line.display_type
                    ),
                }
            )
        # A profile may ask for no step: then it was granted when it was submitted
        for change, approval in zip(self, approvals, strict=True):
            if approval.state == "approved" and change.sudo().state == "submitted":
                change.sudo()._apply()
        return approvals

    def _approval_granted(self, approval):
        super()._approval_granted(approval)
        if self.state == "submitted":
            self._apply()

    def _approval_summary(self, approval):
        return self.env["ir.qweb"]._render(
            "sales_regulation.order_change_summary", {"change": self}, minimal_qcontext=True
        )

    # === REVIEW OF WHAT RESULTS === #

    def _checklist_approval(self, kind):
        return "order_change" if kind == "order_review" else super()._checklist_approval(kind)

    def _checklist_kinds(self):
        submitted = self.filtered(lambda change: change.state == "submitted")
        return {"order_review": submitted.filtered(lambda change: change._review_due())}

    def _review_due(self):
        """Whether who decides on the request may have to review what results, see the gate."""
        self.ensure_one()
        order = self.order_id.sudo()
        policies = order._regulation_policies()
        policy = policies[order.id]
        if policy.mode("order_review") == "off":
            return False
        before = order._review_amounts()
        after = self.sudo()._resulting_order()
        amount = after._review_amounts()[after.id]
        return bool(
            amount > before[order.id]
            # Others may count with it
            and (amount >= policy.get("order_review_min_amount") or policy.get("order_split_days"))
            and order._below_review(policies, before)
        )

    # === BUSINESS METHODS === #

    def _apply(self):
        """Carry the approved change out, all of it or nothing.

        :raise UserError: if the resulting order exceeds a price authority or the credit
        """
        for change in self.sudo():
            order = change.order_id
            if order.state != "sale":
                raise UserError(self.env._("The order is not confirmed any more."))
            before = order._change_facts()[order.id]
            unticked = change._checklist_missing("order_review")[change.id]
            header, updates, additions = change._values()
            flow = order_flow(order, APPLYING)
            if header:
                flow.write(header)
            for line, vals in updates.items():
                order_flow(line, APPLYING).write(vals)
            if additions:
                order_flow(self.env["sale.order.line"].sudo(), APPLYING).create(additions)
            order.invalidate_recordset()
            order._gate_pass("amend", **change._amend_facts(before, unticked))
            if order._takes_more_credit(before):
                order._gate_pass("increase")
            if order.regulation_fingerprint:
                order._store_fingerprints(order._confirmed_digests())
            engine(change).write(
                {
                    "state": "applied",
                    "applied_at": fields.Datetime.now(),
                    "applied_by_id": self.env.uid,
                }
            )
            self.env["regulation.register"]._record(
                "order_changed",
                order,
                code=change.name or "",
                amount=order.amount_untaxed - change.amount_before,
                currency_id=order.currency_id.id,
            )
            order.message_post(
                body=self.env._("Change request %s carried out.", change.name),
                subtype_xmlid="mail.mt_note",
            )
            change._tell_departments()
        # Whoever works on the order already has to know; each order once
        self.env["regulation.handover"]._queue("order_changed", self.sudo().order_id)

    def _amend_facts(self, before, unticked):
        """What the gates of the step have to know of this change.

        :param before: the ``ChangeFacts`` of its order
        :param list unticked: what the review of the request lacks
        """
        order = self.order_id
        grown = order._review_amounts()[order.id] > before.amount
        return {
            "authorised": {order.id: (before.price, self._authorised())},
            "grown": {order.id: (before.amount, unticked)} if grown else {},
        }

    def _tell_departments(self):
        """A task on the order for the managers of the departments who may read it."""
        for user in self.department_ids.manager_id.user_id.filtered("active"):
            companies = user.company_ids.ids
            order = self.order_id.with_user(user).with_context(allowed_company_ids=companies)
            if order.has_access("read"):
                self.order_id.activity_schedule(
                    "sales_regulation.mail_activity_type_handover",
                    user_id=user.id,
                    summary=self.with_context(lang=user.lang).env._(
                        "Order changed: %s", self.name
                    ),
                )

    def _authorised(self):
        """How far from the reference prices the approver may go: ``(discount, surcharge)``."""
        order = self.order_id
        policy = order._regulation_policies()[order.id]
        return order._price_authority_of(self.env.user, order.company_id, policy, {})

    def _values(self):
        """What is to be written: ``(order values, {line: values}, [values of new lines])``."""
        self.ensure_one()
        header, updates, additions = {}, {}, []
        for line in self.line_ids:
            name, value = line._new_value()
            if line.action == "add":
                additions.append({**value, "order_id": self.order_id.id})
            elif line.order_line_id:
                target = line.order_line_id
                # Odoo reprices a line when its quantity changes: the agreed price stays
                updates.setdefault(
                    target, {"price_unit": target.price_unit, "discount": target.discount}
                )[name] = value
            else:
                header[name] = value
        return header, updates, additions

    def _resulting_order(self):
        """The order as it would be, in memory only."""
        self.ensure_one()
        order = self.order_id.sudo()
        header, updates, additions = self._values()
        result = order.new(origin=order)
        if header:
            result.update(header)
        for line in result.order_line:
            if vals := updates.get(line._origin):
                # The price last: a new quantity makes Odoo reprice the line
                last = {name: vals[name] for name in ("price_unit", "discount")}
                line.update({name: vals[name] for name in vals if name not in last})
                line.update(last)
        if additions:
            result.update({"order_line": [Command.create(vals) for vals in additions]})
        return result
