# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
import logging

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError, ValidationError

from ...tools import Refusal, engine, given_record, is_engine

_logger = logging.getLogger(__name__)

#: states in which the notice lets goods leave, or has let them leave
RELEASED = ("released", "shipped", "informed", "received")
SHIPPED = ("shipped", "informed", "received")
CLOSED = ("refused", "cancelled")

#: who may take each step: the field of the profile that names the roles
STEP_ROLES = {
    "submitted": "dispatch_request_role_ids",
    "returned": "dispatch_check_role_ids",
    "refused": "dispatch_check_role_ids",
    "verified": "dispatch_check_role_ids",
    "checked": "dispatch_check_role_ids",
    "issued": "dispatch_issue_role_ids",
    "finance": "dispatch_finance_role_ids",
    "released": "dispatch_release_role_ids",
    "informed": "dispatch_inform_role_ids",
    "received": "dispatch_receipt_role_ids",
    "copy": "dispatch_receipt_role_ids",
    "cancelled": "dispatch_issue_role_ids",
}
#: clocks of the regulation that a step ends, and the one that it begins
STEP_CLOCKS = {
    "submitted": ((), "dispatch_check"),
    "checked": (("dispatch_check",), "dispatch_issue"),
    "issued": (("dispatch_check", "dispatch_issue"), "dispatch_release"),
    "released": (("dispatch_release",), "dispatch_ship"),
    "shipped": (("dispatch_ship",), "dispatch_inform"),
    "informed": (("dispatch_inform",), None),
    # The clock of the copy begins with the day of the signature, see _expect_copy
    "received": (("dispatch_inform",), None),
    "copy": (("dispatch_copy",), None),
}
#: whose clock it is: the field of the profile that names the roles
NEXT_ROLES = {
    "dispatch_check": "dispatch_check_role_ids",
    "dispatch_issue": "dispatch_issue_role_ids",
    "dispatch_release": "dispatch_release_role_ids",
    "dispatch_ship": "dispatch_ship_role_ids",
    "dispatch_inform": "dispatch_inform_role_ids",
    "dispatch_copy": "dispatch_receipt_role_ids",
}
#: steps that the applicant may take beside the role
APPLICANT_STEPS = ("cancelled", "informed", "received", "copy")


class DispatchNotice(models.Model):
    """From the request to ship to the customer's signature: one document.

    The applicant asks, the clerk checks and issues the numbered notice, finance checks the
    papers, the warehouse ships, the customer is informed and signs. Which of these steps are
    separate and who takes them is said by the profile; each is stamped by the server.
    """

    _name = "dispatch.notice"
    _description = "Dispatch Notice"
    _inherit = [
        "regulation.sealed",
        "regulation.sourced",
        "regulation.gated",
        "regulation.checked",
        "regulation.protected",
        "regulation.scored",
        "mail.thread",
        "mail.activity.mixin",
    ]
    _order = "id desc"
    _check_company_auto = True

    _regulation_owner_fields = ("applicant_id", "create_uid")
    # Nobody learns an address through a notice that he may not read himself
    _source_fields = ("order_id", "partner_shipping_id")

    #: what the request says: fixed when it is submitted
    _content_fields = frozenset(
        {
            "order_id",
            "partner_shipping_id",
            "contact_name",
            "contact_phone",
            "channel",
            "applicant_id",
            "requested_ship_at",
            "requested_arrival_at",
            "special_demand",
            "line_ids",
            "company_id",
        }
    )
    _stamped_steps = (
        "submitted",
        "verified",
        "checked",
        "issued",
        "finance",
        "released",
        "shipped",
        "informed",
        "received",
    )
    _sealed_fields = frozenset(
        {
            "name",
            "state",
            "picking_id",
            "ship_name",
            "ship_contact",
            "ship_phone",
            "ship_address",
            "last_step_at",
            "hand_over_due",
            "shipping_priority",
            "reason",
            "carrier_name",
            "tracking_ref",
            "on_time",
            "feedback_at",
            "receiver_name",
            "signed_on",
            "acceptance",
            "copy_returned_on",
            "copy_days",
            "step_ids",
            "receipt_ids",
            *(f"{step}_{part}" for step in _stamped_steps for part in ("at", "by_id")),
        }
    )

    name = fields.Char(
        string="Number", readonly=True, copy=False, index="trigram", help="Given when it is issued."
    )
    company_id = fields.Many2one(
        comodel_name="res.company",
        compute="_compute_from_order",
        store=True,
        precompute=True,
        required=True,
        index=True,
    )
    order_id = fields.Many2one(
        comodel_name="sale.order",
        required=True,
        ondelete="restrict",
        index=True,
        check_company=True,
        tracking=True,
    )
    order_date = fields.Datetime(related="order_id.date_order", string="Order Time")
    state = fields.Selection(
        selection=[
            ("draft", "Draft request"),
            ("submitted", "To check"),
            ("checked", "To issue"),
            ("issued", "Issued"),
            ("finance", "Papers checked"),
            ("released", "To ship"),
            ("shipped", "Shipped"),
            ("informed", "Customer informed"),
            ("received", "Received"),
            ("refused", "Refused"),
            ("cancelled", "Cancelled"),
        ],
        default="draft",
        required=True,
        readonly=True,
        copy=False,
        index=True,
    )
    applicant_id = fields.Many2one(
        comodel_name="res.users",
        required=True,
        default=lambda self: self.env.user,
        index=True,
        domain="[('share', '=', False)]",
        ondelete="restrict",
        help="Who asks for the shipment and follows it (發貨申請人).",
    )
    channel = fields.Selection(
        selection=[
            ("form", "This form"),
            ("phone", "Phone"),
            ("sms", "Text message"),
            ("mail", "Mail"),
            ("paper", "Paper"),
        ],
        default="form",
        required=True,
        help="How the request came in.",
    )
    requested_ship_at = fields.Datetime(string="Ship at", help="When the goods have to leave.")
    requested_arrival_at = fields.Datetime(
        string="Arrive at",
        compute="_compute_from_order",
        store=True,
        readonly=False,
        precompute=True,
        help="When the goods have to be with the customer.",
    )
    planned_ship_at = fields.Datetime(
        string="Shipping Time",
        copy=False,
        help="The exact time named on the notice; set by whoever issues it.",
    )
    special_demand = fields.Text(help="What the warehouse has to observe (特殊要求).")
    line_ids = fields.One2many(
        comodel_name="dispatch.notice.line", inverse_name="notice_id", string="Goods", copy=True
    )

    # Where to: chosen in the request, copied as plain text when it is submitted
    partner_shipping_id = fields.Many2one(
        comodel_name="res.partner",
        string="Delivery Address",
        compute="_compute_from_order",
        store=True,
        readonly=False,
        precompute=True,
        index="btree_not_null",
        ondelete="restrict",
    )
    contact_name = fields.Char(
        string="Site Contact", help="Only if somebody else than the address's contact receives."
    )
    contact_phone = fields.Char(string="Site Phone")
    ship_name = fields.Char(string="Consignee", readonly=True, copy=False)
    ship_contact = fields.Char(string="Contact", readonly=True, copy=False)
    ship_phone = fields.Char(string="Phone", readonly=True, copy=False)
    ship_address = fields.Text(string="Address", readonly=True, copy=False)

    # The transfer
    picking_id = fields.Many2one(
        comodel_name="stock.picking",
        string="Transfer",
        readonly=True,
        copy=False,
        index="btree_not_null",
        ondelete="set null",
    )
    carrier_name = fields.Char(string="Carrier", readonly=True, copy=False)
    tracking_ref = fields.Char(string="Tracking Number", readonly=True, copy=False)
    on_time = fields.Float(
        string="On Time",
        readonly=True,
        copy=False,
        aggregator="avg",
        help="1 if the goods left at the shipping time or before, 0 if later.",
    )

    # Stamps
    last_step_at = fields.Datetime(readonly=True, copy=False)
    hand_over_due = fields.Boolean(
        readonly=True,
        copy=False,
        help="Clocks and tasks of the shipment are set by the system in a moment.",
    )
    submitted_at = fields.Datetime(string="Submitted at", readonly=True, copy=False)
    submitted_by_id = fields.Many2one(comodel_name="res.users", readonly=True, copy=False)
    verified_at = fields.Datetime(string="Verified at", readonly=True, copy=False)
    verified_by_id = fields.Many2one(comodel_name="res.users", readonly=True, copy=False)
    checked_at = fields.Datetime(string="Checked at", readonly=True, copy=False)
    checked_by_id = fields.Many2one(comodel_name="res.users", readonly=True, copy=False)
    issued_at = fields.Datetime(string="Issued at", readonly=True, copy=False)
    issued_by_id = fields.Many2one(
        comodel_name="res.users", string="Handler", readonly=True, copy=False
    )
    finance_at = fields.Datetime(string="Papers checked at", readonly=True, copy=False)
    finance_by_id = fields.Many2one(
        comodel_name="res.users", string="Papers checked by", readonly=True, copy=False
    )
    released_at = fields.Datetime(string="Released at", readonly=True, copy=False)
    released_by_id = fields.Many2one(comodel_name="res.users", readonly=True, copy=False)
    shipped_at = fields.Datetime(string="Shipped at", readonly=True, copy=False)
    shipped_by_id = fields.Many2one(comodel_name="res.users", readonly=True, copy=False)
    informed_at = fields.Datetime(string="Informed at", readonly=True, copy=False)
    informed_by_id = fields.Many2one(comodel_name="res.users", readonly=True, copy=False)
    received_at = fields.Datetime(string="Receipt recorded at", readonly=True, copy=False)
    received_by_id = fields.Many2one(comodel_name="res.users", readonly=True, copy=False)
    feedback_at = fields.Datetime(
        string="Fed back at",
        readonly=True,
        copy=False,
        help="When clerk and applicant were told of the shipment.",
    )
    reason = fields.Text(
        string="Reason",
        readonly=True,
        copy=False,
        help="Why it was sent back, refused or cancelled.",
    )
    step_ids = fields.One2many(
        comodel_name="dispatch.notice.step", inverse_name="notice_id", string="Steps", readonly=True
    )

    # Receipt
    receipt_ids = fields.One2many(
        comodel_name="dispatch.receipt", inverse_name="notice_id", string="Receipts", readonly=True
    )
    receiver_name = fields.Char(string="Received by", readonly=True, copy=False)
    signed_on = fields.Date(string="Signed on", readonly=True, copy=False)
    acceptance = fields.Selection(
        selection=[
            ("accepted", "Accepted"),
            ("remarks", "Accepted with remarks"),
            ("objection", "Objection"),
        ],
        readonly=True,
        copy=False,
        tracking=True,
    )
    copy_returned_on = fields.Date(string="Third Copy back on", readonly=True, copy=False)
    copy_days = fields.Integer(
        string="Copy open (days)",
        readonly=True,
        copy=False,
        aggregator="avg",
        help="Days between the signature and the return of the third copy.",
    )
    copy_open_days = fields.Integer(
        string="Third Copy open (days)", compute="_compute_copy_open_days", aggregator=None
    )

    # What the form shows
    profile_separate = fields.Boolean(compute="_compute_profile", compute_sudo=True)
    profile_verify = fields.Boolean(compute="_compute_profile", compute_sudo=True)
    profile_finance = fields.Boolean(compute="_compute_profile", compute_sudo=True)
    profile_release = fields.Boolean(compute="_compute_profile", compute_sudo=True)

    _number_uniq = models.UniqueIndex(
        "(company_id, name) WHERE name IS NOT NULL", "Two dispatch notices cannot have one number."
    )
    _worklist_idx = models.Index("(company_id, state)")

    # === COMPUTE METHODS === #

    @api.depends("order_id")
    def _compute_from_order(self):
        for notice in self:
            order = notice.order_id.sudo()
            notice.company_id = order.company_id or notice.company_id or self.env.company
            notice.partner_shipping_id = order.partner_shipping_id or notice.partner_shipping_id
            notice.requested_arrival_at = order.commitment_date or notice.requested_arrival_at

    @api.depends("name", "order_id")
    def _compute_display_name(self):
        for notice in self:
            notice.display_name = notice.name or self.env._(
                "Request for %s", notice.order_id.sudo().name or ""
            )

    @api.depends("signed_on", "copy_returned_on")
    def _compute_copy_open_days(self):
        for notice in self:
            days = 0
            if notice.signed_on:
                end = notice.copy_returned_on or notice.company_id._regulation_today()
                days = max((end - notice.signed_on).days, 0)
            notice.copy_open_days = days

    @api.depends("state", "order_id")
    def _compute_profile(self):
        policies = self._regulation_policies()
        for notice in self:
            policy = policies[notice.id]
            notice.profile_separate = policy.get("dispatch_request_separate")
            notice.profile_verify = policy.get("dispatch_verify")
            notice.profile_finance = policy.get("dispatch_finance_check")
            notice.profile_release = bool(policy.get("dispatch_release_role_ids"))

    # === CONSTRAINT METHODS === #

    @api.constrains("order_id", "company_id")
    def _check_order_company(self):
        for notice in self:
            if notice.company_id != notice.order_id.sudo().company_id:
                raise ValidationError(
                    self.env._("A dispatch notice belongs to the company of its order.")
                )

    # === CRUD METHODS === #

    @api.model_create_multi
    def create(self, vals_list):
        notices = super().create(vals_list)
        # Entered on the way, with the order only: what is left of it
        for notice, vals in zip(notices, vals_list, strict=True):
            if "line_ids" not in vals:
                notice.line_ids = notice.order_id.sudo()._prepare_dispatch_lines()
        return notices

    def write(self, vals):
        if not is_engine(self.env):
            if self._content_fields.intersection(vals) and any(
                notice.state != "draft" for notice in self
            ):
                raise UserError(
                    self.env._(
                        "The request is submitted: what it says changes only after it is sent back."
                    )
                )
            if "planned_ship_at" in vals:
                self._check_planning()
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_submitted(self):
        if any(notice.state != "draft" or notice.step_ids for notice in self):
            raise UserError(
                self.env._("A request that was once submitted is kept: cancel it instead.")
            )

    def _check_planning(self):
        later = self.filtered(lambda notice: notice.state != "draft")
        if any(notice.state not in ("submitted", "checked") for notice in later):
            raise UserError(self.env._("The shipping time is fixed when the notice is issued."))
        later._check_step_role("issued")

    @api.onchange("order_id")
    def _onchange_order_id(self):
        self.order_id._origin.check_access("read")
        order = self.order_id.sudo()
        self.line_ids = [fields.Command.clear(), *order._prepare_dispatch_lines()]

    # === ACTION METHODS === #

    def action_submit(self):
        """Hand the request in: it is complete, and says where to from now on (S4-344, S4-345)."""
        self._check_step("submitted", "draft")
        self._submit()

    def action_verify(self):
        """Note that the request was verified once more with the applicant (S4-333)."""
        self._check_step("verified", "submitted")
        self._advance("verified")

    def action_check(self):
        """The clerk has checked the request and the stock (S4-348)."""
        self._check_step("checked", "submitted")
        policies = self._regulation_policies()
        for notice in self:
            if policies[notice.id].get("dispatch_verify") and not notice.verified_at:
                raise UserError(
                    self.env._(
                        "%s: verify the request with the applicant first.", notice.display_name
                    )
                )
        self._check_not_own("checked", policies)
        self._advance("checked", state="checked")

    def action_issue(self):
        """Issue the numbered notice (發貨通知單)."""
        policies = self._regulation_policies()
        drafts = self.filtered(
            lambda notice: (
                notice.state in ("draft", "submitted")
                and not policies[notice.id].get("dispatch_request_separate")
            )
        )
        (self - drafts)._check_step("issued", "checked")
        drafts._check_step("issued", "draft", "submitted")
        drafts.filtered(lambda notice: notice.state == "draft")._submit()
        # Nor are two notices issued on the same money
        self._lock_orders("payment")
        self._gate_pass("issue")
        self._issue(policies)

    def action_check_papers(self):
        """Finance has checked the papers (S4-384)."""
        self._check_step("finance", "issued")
        self._checklist_require("dispatch_papers")
        self._advance("finance", state="finance")
        self._release_at_once(self._regulation_policies())

    def action_release(self):
        """Hand the notice to the warehouse (S4-385)."""
        policies = self._regulation_policies()
        for notice in self:
            checked = policies[notice.id].get("dispatch_finance_check")
            notice._check_state("released", *(("finance",) if checked else ("issued", "finance")))
        self._check_step_role("released")
        self.check_access("write")
        self._release(policies)

    def action_informed(self):
        """The customer knows of the shipment."""
        self._check_step("informed", "shipped")
        self._advance("informed", state="informed")
        self.sudo().activity_unlink(["mail.mail_activity_data_todo"])

    def action_return(self, reason):
        """Send the request back to the applicant, who corrects it.

        :param str reason: what has to change
        """
        self._check_step("returned", "submitted", "checked")
        reason = self._check_reason(reason)
        self._advance(
            "returned",
            state="draft",
            reason=reason,
            **{
                f"{step}_{part}": False
                for step in ("submitted", "verified", "checked")
                for part in ("at", "by_id")
            },
        )
        self._tell_applicant(self.env._("The dispatch request was sent back"), reason)

    def action_refuse(self, reason):
        """Refuse the request.

        :param str reason: why
        """
        self._check_step("refused", "submitted", "checked")
        reason = self._check_reason(reason)
        self._advance("refused", state="refused", reason=reason)
        self._tell_applicant(self.env._("The dispatch request was refused"), reason)

    def action_cancel(self, reason):
        """Cancel a request or a notice whose goods have not left.

        :param str reason: why
        """
        self._check_step(
            "cancelled", "draft", "submitted", "checked", "issued", "finance", "released"
        )
        reason = self._check_reason(reason)
        self._advance("cancelled", state="cancelled", reason=reason, picking_id=False)

    def action_link_transfer(self, picking_id):
        """Name the transfer that this notice is for, where the order has several.

        :param int picking_id: an open delivery of the order
        """
        self.ensure_one()
        self._check_step("issued", "issued", "finance", "released")
        picking = given_record(self.env["stock.picking"], picking_id)
        picking.check_access("read")
        if not picking or picking not in self._open_transfers():
            raise UserError(self.env._("Choose an open delivery of this order."))
        engine(self.sudo()).write({"picking_id": picking.id})

    def action_open_reason(self):
        """Ask for the reason of the step named in the button's context."""
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Reason"),
            "res_model": "dispatch.reason.wizard",
            "view_mode": "form",
            "target": "new",
            "context": {
                "default_notice_ids": [(6, 0, self.ids)],
                "default_step": self.env.context.get("dispatch_step", "cancel"),
            },
        }

    def action_open_receipt(self):
        """Record the signed receipt, the third copy, or a correction."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Receipt"),
            "res_model": "dispatch.receipt.wizard",
            "view_mode": "form",
            "target": "new",
            "context": {
                "default_notice_id": self.id,
                "default_kind": "copy" if self.signed_on else "receipt",
            },
        }

    def action_open_transfer(self):
        """Open the transfer."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "res_model": "stock.picking",
            "res_id": self.picking_id.id,
            "view_mode": "form",
        }

    def action_record_receipt(self, values):
        """Record that the customer signed, or that the third copy is back (S2-49, S2-50).

        :param dict values: ``kind`` (receipt, copy), ``date``, and for a receipt
            ``receiver_name``, ``acceptance``, ``note``, ``signature``, ``scan``;
            ``corrects_id`` with ``reason`` makes it a counter entry
        """
        self.ensure_one()
        values = self._check_receipt_values(values)
        kind = values["kind"]
        step = "received" if kind == "receipt" else "copy"
        self._check_step(step, *SHIPPED)
        return self._record_receipt(kind, step, values)

    # === GATES === #

    def _gate_stages(self):
        stages = {}
        if drafts := self.filtered(lambda notice: notice.state == "draft"):
            stages["submit"] = drafts
        if ready := self.filtered(lambda notice: notice.state in ("submitted", "checked")):
            stages["issue"] = ready
        return stages

    def _gate_orders(self):
        return {notice.id: notice.order_id for notice in self}

    def _release_content(self):
        """Whose goods, how much of them and where to: what a release lets leave."""
        return {
            notice.id: {
                "order": notice.order_id,
                "receiver": notice.partner_shipping_id,
                "goods": [
                    [line.order_line_id, line.product_id, line._product_qty()]
                    for line in notice.line_ids.sorted(lambda line: (line.product_id.id, line.id))
                ],
            }
            for notice in self.sudo()
        }

    def _gate_remedies(self):
        self.ensure_one()
        remedies = self.sudo().order_id.with_env(self.env)._shipment_remedies()
        remedies.pop("dispatch_notice", None)  # this is one
        return super()._gate_remedies() | remedies

    def _checklist_kinds(self):
        kinds = {}
        if issued := self.filtered(lambda notice: notice.state == "issued"):
            kinds["dispatch_papers"] = issued
        if packed := self.filtered(lambda notice: notice.state in RELEASED):
            kinds["packaging"] = packed
        return kinds

    def _regulation_owners(self):
        return super()._regulation_owners() | self._regulation_staff(self.order_id.user_id)

    def _regulation_teams(self):
        return self.order_id.team_id

    def _gate_dispatch_request(self, policies, **facts):
        """A request is complete: goods, quantities, time, address, contact, phone."""
        left = self._left_to_dispatch()
        refusals = {}
        for notice in self:
            missing = notice._missing(policies[notice.id], left)
            if missing:
                refusals[notice.id] = Refusal(
                    reason=self.env._("the request is not complete"), missing=tuple(missing)
                )
        return refusals

    def _gate_payment_before_shipment(self, policies, **facts):
        """No notice while the money is missing (S4-337), see the same gate of the transfer.

        What other issued notices of the order are still going to take counts as well.
        """
        notices = self.sudo()
        orders = notices.order_id
        positions = orders._payment_positions()
        pending = self.search(
            [("order_id", "in", orders.ids), ("state", "in", ("issued", "finance", "released"))]
        )
        role = self.env["regulation.role"]._code("finance")
        refusals = {}
        for notice in notices:
            order = notice.order_id
            taken = notice | pending.filtered(lambda other, order=order: other.order_id == order)
            value = sum(line._payment_value(positions[order.id].values) for line in taken.line_ids)
            position = positions[order.id]
            required, covered, short = position.judge(value)
            # As on the transfer: what costs nothing on its order is paid with the rest of it
            if not short or (
                value <= 0
                and all(
                    line.product_id._payment_worthless(notice.company_id) for line in taken.line_ids
                )
            ):
                continue
            money = self._gate_money
            currency = position.currency
            refusals[notice.id] = Refusal(
                reason=self.env._(
                    "%(order)s is short of %(short)s.",
                    order=order.name,
                    short=money(short, currency),
                ),
                missing=(
                    self.env._(
                        "Confirmed payment: %(paid)s of the required %(required)s.",
                        paid=money(covered, currency),
                        required=money(required, currency),
                    ),
                ),
                amount=short,
                currency=currency,
                helper_ids=tuple(role._holders(notice.company_id).ids) if role else (),
            )
        return refusals

    def _missing(self, policy, left):
        """What the request does not say yet, one sentence each."""
        self.ensure_one()
        _ = self.env._
        missing = []
        if self.order_id.state != "sale":
            missing.append(_("The order is not confirmed."))
        if not self.line_ids:
            missing.append(_("Goods and quantities are missing."))
        if policy.get("dispatch_need_time") and not (
            self.requested_ship_at or self.requested_arrival_at or self.planned_ship_at
        ):
            missing.append(_("The shipping or arrival time is missing."))
        snapshot = self._address_snapshot()
        if not snapshot["ship_address"]:
            missing.append(_("The delivery address is missing: street and city."))
        if policy.get("dispatch_need_contact") and not snapshot["ship_contact"]:
            missing.append(_("The contact person is missing."))
        if policy.get("dispatch_need_phone") and not snapshot["ship_phone"]:
            missing.append(_("The contact's phone number is missing."))
        for order_line, quantity in self._named_by_order_line().items():
            if order_line not in left:
                continue
            uom = order_line.product_uom_id
            if uom.compare(quantity, left[order_line]) > 0:
                missing.append(
                    _(
                        "%(product)s: %(quantity)s named, only %(left)s left of the order.",
                        product=order_line.product_id._name_in_sentence(),
                        quantity=f"{quantity:g}",
                        left=f"{max(left[order_line], 0.0):g}",
                    )
                )
        return missing

    # === BUSINESS METHODS === #

    def _submit(self):
        # Two requests at the same moment do not both name the last pieces
        self._lock_orders("dispatch")
        self._gate_pass("submit")
        if any(not notice.line_ids for notice in self):
            raise UserError(self.env._("Goods and quantities are missing."))
        for notice in self:
            notice._advance("submitted", state="submitted", **notice.sudo()._address_snapshot())

    def _lock_orders(self, key):
        if self and self._regulated():
            orders = self.sudo().order_id
            self.env["regulation.commitment"]._lock([(key, order.id) for order in orders])

    def _issue(self, policies):
        transfers = self.sudo()._transfers_to_link()
        for company, notices in self.grouped("company_id").items():
            sequence = self._sequence(company)
            for notice in notices:
                planned = notice.planned_ship_at or notice.requested_ship_at
                notice._advance(
                    "issued",
                    state="issued",
                    name=sequence.next_by_id(),
                    picking_id=transfers.get(notice.id, False),
                )
                if planned and not notice.planned_ship_at:
                    engine(notice.sudo()).planned_ship_at = planned
        self.filtered(
            lambda notice: not policies[notice.id].get("dispatch_finance_check")
        )._release_at_once(policies)

    def _release_at_once(self, policies):
        """Where no role is named for the release, it follows the step before."""
        self.filtered(
            lambda notice: not policies[notice.id].get("dispatch_release_role_ids")
        )._release(policies)

    def _release(self, policies):
        if self:
            self._gate_pass("release")
            self._advance("released", state="released")

    def _ship(self, pickings):
        """The goods left; called inside the validation, in a constant number of queries.

        Clocks, tasks and messages follow after the commit, see ``_cron_feed_back``.

        :param dict pickings: ``{notice id: transfer}`` under which the goods of each leave
        """
        now = fields.Datetime.now()
        self._log_step("shipped", now)
        stamp = {
            "state": "shipped",
            "shipped_at": now,
            "shipped_by_id": self.env.uid,
            "last_step_at": now,
            "hand_over_due": True,
        }
        for notice in engine(self):
            picking = pickings[notice.id]
            due = notice.planned_ship_at or notice.requested_ship_at
            notice.write(
                {
                    **stamp,
                    "picking_id": picking.id,
                    "carrier_name": picking.carrier_id.name,
                    "tracking_ref": picking.carrier_tracking_ref,
                    "on_time": 1.0 if not due or now <= due else 0.0,
                }
            )
        self.env["regulation.deadline"]._touch(self, "dispatch_ship")
        self.env["ir.cron"]._regulation_wake("sales_regulation.ir_cron_dispatch_feedback")

    def _advance(self, step, state=None, reason="", **values):
        """Take a step: stamp it, log it with the time it waited."""
        now = fields.Datetime.now()
        notices = self.sudo()
        notices._hand_over_shipped()
        notices._log_step(step, now, reason)
        values["last_step_at"] = now
        if state:
            values["state"] = state
        if reason:
            values["reason"] = reason
        if step in self._stamped_steps:
            values[f"{step}_at"] = now
            values[f"{step}_by_id"] = self.env.uid
        engine(notices).write(values)
        notices._hand_over(step)

    def _log_step(self, step, now, reason=""):
        notices = self.sudo()
        engine(notices.env["dispatch.notice.step"]).create(
            [
                {
                    "notice_id": notice.id,
                    "company_id": notice.company_id.id,
                    "step": step,
                    "user_id": self.env.uid,
                    "at": now,
                    "hours": (
                        (now - notice.last_step_at).total_seconds() / 3600
                        if notice.last_step_at
                        else 0.0
                    ),
                    "reason": reason or False,
                }
                for notice in notices
            ]
        )

    @api.model
    def _check_receipt_values(self, values):
        """The values of a receipt as they may be used, whatever a client sends."""
        names = ("kind", "date", "receiver_name", "acceptance", "note", "signature", "scan")
        names += ("scan_name", "corrects_id", "reason")
        values = dict(values) if isinstance(values, dict) else {}
        if unknown := set(values) - set(names):
            raise UserError(self.env._("A receipt has no %s.", ", ".join(sorted(unknown))))
        Receipt = self.env["dispatch.receipt"]
        values["kind"] = values.get("kind") or "receipt"
        for name in ("kind", "acceptance"):
            field = Receipt._fields[name]
            if values.get(name) and values[name] not in field.get_values(self.env):
                raise UserError(
                    self.env._(
                        "%(value)s is no %(field)s of a receipt.",
                        value=values[name],
                        field=field._description_string(self.env),
                    )
                )
        if values.get("corrects_id"):
            values["corrects_id"] = given_record(Receipt, values["corrects_id"]).id
            if not values["corrects_id"]:
                raise UserError(self.env._("Only the valid entry of this notice can be corrected."))
        try:
            values["date"] = fields.Date.to_date(values.get("date") or None)
        except (TypeError, ValueError) as error:
            raise UserError(
                self.env._("%s is not a date: write it as 2026-03-21.", values["date"])
            ) from error
        return values

    def _deadlines_ended(self, code):
        """Those whose clock ``code`` has ended with the step that was taken."""
        return self.filtered(lambda notice: notice.state in SHIPPED)

    def _hand_over_shipped(self):
        """What follows the shipment, put off until after its commit: as of its moment, in the
        name of whoever shipped."""
        for notice in self.filtered("hand_over_due"):
            engine(notice).hand_over_due = False
            shipper = notice.shipped_by_id or notice.env.user
            notice.with_user(shipper).sudo()._hand_over("shipped", at=notice.shipped_at)

    def _hand_over(self, step, at=None):
        """Stop and start the clocks of the steps, and tell the next role (S4-358).

        :param at: when the step was taken (naive UTC); now if not given
        """
        if "regulation.deadline" not in self.env or not self._regulated():
            return
        Deadline = self.env["regulation.deadline"]
        policies = self._regulation_policies()
        if step in ("returned", "refused", "cancelled"):
            for code in dict.fromkeys(code for _ends, code in STEP_CLOCKS.values() if code):
                Deadline._cancel(self, code)
        ends, begins = STEP_CLOCKS.get(step, ((), None))
        for code in ends:
            Deadline._done(self, code, at=at)
        if begins:
            waiting = self._who_is_next(begins, policies)
            Deadline._start(
                self, begins, start=at, user=lambda notice: waiting[notice.id], policies=policies
            )
        self.env["regulation.handover"]._queue(f"dispatch_{step}", self, policies=policies, at=at)

    def _who_is_next(self, clock, policies):
        """``{id: res.users}``: the first holder of the role that the clock waits for."""
        field = NEXT_ROLES[clock]
        Role = self.env["regulation.role"].sudo()
        holders = {}
        result = {}
        for notice in self:
            role_ids = policies[notice.id].get(field) or ()
            key = (tuple(role_ids), notice.company_id)
            if key not in holders:
                roles = Role.browse(role_ids)
                if not roles and clock == "dispatch_ship":
                    roles = Role._code("warehouse")
                holders[key] = roles._holders(notice.company_id)[:1] if roles else None
            result[notice.id] = holders[key] or notice.applicant_id
        return result

    def _regulated(self):
        return bool(self.env["regulation.profile"]._regulated_companies())

    def _record_receipt(self, kind, step, values):
        today = self.company_id._regulation_today()
        date = values["date"] or today
        if date > today:
            raise UserError(self.env._("A receipt cannot be dated in the future."))
        notice = self.sudo()
        earlier = notice.receipt_ids.filtered(
            lambda row: row.kind == kind and not row.corrected_ids
        )
        corrected = notice.receipt_ids.browse(values.get("corrects_id") or [])
        if corrected:
            if corrected not in earlier:
                raise UserError(self.env._("Only the valid entry of this notice can be corrected."))
            self._check_reason(values.get("reason"))
        elif earlier:
            raise UserError(
                self.env._("This is recorded already: a mistake is corrected by a counter entry.")
            )
        if kind == "receipt" and not values.get("receiver_name"):
            raise UserError(self.env._("Who received the goods? Enter the name on the paper."))
        if kind == "copy" and not notice.signed_on:
            raise UserError(self.env._("Record the signed receipt first."))
        if kind == "copy" and date < notice.signed_on:
            raise UserError(self.env._("The third copy cannot be back before it was signed."))
        receipt = engine(notice.env["dispatch.receipt"]).create(
            {
                "notice_id": notice.id,
                "company_id": notice.company_id.id,
                "kind": kind,
                "date": date,
                "corrects_id": corrected.id,
                **{
                    name: values.get(name) or False
                    for name in (
                        "receiver_name",
                        "acceptance",
                        "note",
                        "signature",
                        "scan",
                        "scan_name",
                        "reason",
                    )
                },
            }
        )
        if kind == "receipt":
            facts = {
                "receiver_name": receipt.receiver_name,
                "signed_on": date,
                "acceptance": receipt.acceptance or "accepted",
            }
            if notice.copy_returned_on:
                facts["copy_days"] = max((notice.copy_returned_on - date).days, 0)
        else:
            facts = {"copy_returned_on": date, "copy_days": (date - notice.signed_on).days}
        self._advance(
            step,
            state="received" if kind == "receipt" else None,
            reason=values.get("reason") or "",
            **facts,
        )
        if facts.get("acceptance") == "objection":
            self._tell_objection()
        return receipt

    # === ROLES === #

    def _check_step(self, step, *states):
        """Raise unless the caller may take the step, and the notices are where it begins."""
        self.check_access("write")
        self._check_state(step, *states)
        self._check_step_role(step)

    def _check_state(self, step, *states):
        labels = dict(self._fields["state"]._description_selection(self.env))
        steps = dict(
            self.env["dispatch.notice.step"]._fields["step"]._description_selection(self.env)
        )
        for notice in self:
            if notice.state not in states:
                raise UserError(
                    self.env._(
                        "%(notice)s is at “%(state)s”: the step “%(step)s” is not next.",
                        notice=notice.display_name,
                        state=labels[notice.state],
                        step=steps[step],
                    )
                )

    def _check_step_role(self, step):
        """Raise AccessError unless the profile lets this user take the step in the company."""
        policies = self._regulation_policies()
        groups = {}
        for notice in self:
            if step in APPLICANT_STEPS and notice.applicant_id == self.env.user:
                continue
            if (
                step == "cancelled"
                and notice.state == "draft"
                and notice.create_uid == self.env.user
            ):
                continue
            role_ids = tuple(policies[notice.id].get(STEP_ROLES[step]) or ())
            if role_ids:
                groups.setdefault((role_ids, notice.company_id), notice)
        for (role_ids, company), notice in groups.items():
            roles = self.env["regulation.role"].sudo().browse(role_ids)
            if not roles._held_by(self.env.user, company):
                steps = dict(
                    self.env["dispatch.notice.step"]
                    ._fields["step"]
                    ._description_selection(self.env)
                )
                raise AccessError(
                    self.env._(
                        "%(notice)s: the step “%(step)s” is taken by %(roles)s (%(holders)s).",
                        notice=notice.display_name,
                        step=steps[step],
                        roles=", ".join(roles.mapped("name")),
                        holders=", ".join(roles._holders(company).mapped("name")) or "-",
                    )
                )

    def _check_not_own(self, step, policies):
        """Nobody checks his own request, unless he is the only holder: then it is on record.

        A request may be written and handed in for a colleague: it is the request of both.
        """
        for notice in self.filtered(lambda notice: self.env.user in notice._requesters()):
            roles = (
                self.env["regulation.role"]
                .sudo()
                .browse(policies[notice.id].get(STEP_ROLES[step]) or ())
            )
            if not roles:
                continue
            others = roles._holders(notice.company_id) - notice._requesters()
            if others:
                raise AccessError(
                    self.env._(
                        "%(notice)s is your own request: %(others)s checks it.",
                        notice=notice.display_name,
                        others=", ".join(others.mapped("name")),
                    )
                )
            self.env["regulation.register"]._record("self_decided", notice, code=f"dispatch_{step}")

    def _requesters(self):
        """Whose request it is: who is named, and who wrote and handed it in by the server's
        own record."""
        self.ensure_one()
        return self.applicant_id | self.create_uid | self.submitted_by_id

    def _check_reason(self, reason):
        reason = str(reason or "").strip()
        if not reason:
            raise UserError(self.env._("Say why: the reason is missing."))
        return reason

    # === TRANSFERS AND QUANTITIES === #

    def _open_transfers(self):
        """Deliveries to a customer, not done, of the orders of these notices."""
        return (
            self.env["stock.picking"]
            .sudo()
            .search(
                [
                    ("move_ids.sale_line_id.order_id", "in", self.order_id.ids),
                    ("state", "not in", ("done", "cancel")),
                    ("location_dest_id.usage", "in", ("customer", "transit")),
                ],
                order="id",
            )
        )

    def _transfers_to_link(self):
        """``{notice id: picking id}`` where an order has one delivery that no notice has yet."""
        transfers = self._open_transfers()
        taken = self.search(
            [("picking_id", "in", transfers.ids), ("state", "not in", CLOSED)]
        ).picking_id
        by_order = {}
        for transfer in transfers - taken:
            for order in transfer._dispatch_orders():
                by_order.setdefault(order.id, []).append(transfer.id)
        result = {}
        for notice in self:
            free = by_order.get(notice.order_id.id, [])
            if len(free) == 1:
                result[notice.id] = free.pop()
        return result

    def _state_label(self):
        self.ensure_one()
        return dict(self._fields["state"]._description_selection(self.env))[self.state]

    def _named_by_order_line(self):
        """``{order line: quantity in its unit}`` of these notices."""
        named = {}
        for line in self.line_ids:
            order_line = line.order_line_id
            if order_line:
                quantity = line.product_uom_id._compute_quantity(
                    line.quantity, order_line.product_uom_id
                )
                named[order_line] = named.get(order_line, 0.0) + quantity
        return named

    def _left_to_dispatch(self):
        """``{order line: quantity}`` not delivered and not named by another open notice."""
        return self.order_id.order_line._dispatch_left(excluded=self)

    def _address_snapshot(self):
        """Name, contact, phone and address as plain text: what clerk and warehouse need."""
        self.ensure_one()
        partner = self.partner_shipping_id
        ordered_by = self.order_id.partner_id
        contact = partner
        if partner.is_company:
            contact = (
                ordered_by
                if not ordered_by.is_company and ordered_by.commercial_partner_id == partner
                else partner.child_ids.filtered(lambda child: child.type == "contact")[:1]
            )
        address = ""
        if partner.street and partner.city:
            address = partner._display_address(without_company=True).strip()
        return {
            "ship_name": partner.commercial_partner_id.name or partner.name,
            "ship_contact": self.contact_name or contact.name or False,
            "ship_phone": self.contact_phone or partner.phone or contact.phone or False,
            "ship_address": address or False,
        }

    def _sequence(self, company):
        """The company's own number range, made when its first notice is issued."""
        Sequence = self.env["ir.sequence"].sudo()
        sequence = Sequence.search(
            [("code", "=", "dispatch.notice"), ("company_id", "=", company.id)], limit=1
        )
        if not sequence:
            self.env["regulation.commitment"]._lock([("dispatch_number", company.id)])
        return sequence or Sequence.create(
            {
                "name": f"Dispatch notice {company.name}",
                "code": "dispatch.notice",
                "company_id": company.id,
                "prefix": "DN/%(year)s/",
                "padding": 5,
                "use_date_range": True,
            }
        )

    # === FEEDBACK === #

    def _tell_applicant(self, summary, note=""):
        for notice in self.sudo():
            notice.activity_schedule(
                "mail.mail_activity_data_todo",
                user_id=notice.applicant_id.id,
                summary=summary,
                note=note,
            )

    def _tell_objection(self):
        """The customer objects: whoever handles the order hears of it."""
        for notice in self.sudo():
            for user in notice.issued_by_id | notice.order_id.user_id:
                notice.activity_schedule(
                    "mail.mail_activity_data_todo",
                    user_id=user.id,
                    summary=self.env._("The customer objects to the delivery"),
                )

    def _feed_back(self):
        """Warehouse > clerk > applicant > customer (S4-343), after the shipment."""
        template = self.env.ref("sales_regulation.mail_template_dispatch_shipped")
        policies = self._regulation_policies()
        for notice in self:
            notice._hand_over_shipped()
            picking = notice.picking_id
            # An integrated carrier gives its number after the validation
            values = {"feedback_at": fields.Datetime.now()}
            if picking.carrier_tracking_ref and not notice.tracking_ref:
                values["tracking_ref"] = picking.carrier_tracking_ref
                values["carrier_name"] = picking.carrier_id.name
            engine(notice).write(values)
            notice.message_post(
                body=self.env._(
                    "Shipped: %(carrier)s, tracking number %(tracking)s.",
                    carrier=notice.carrier_name or "-",
                    tracking=notice.tracking_ref or "-",
                ),
                partner_ids=(notice.issued_by_id | notice.applicant_id).partner_id.ids,
                subtype_xmlid="mail.mt_note",
            )
            customer = notice.order_id.partner_id
            by_mail = policies[notice.id].get("dispatch_inform_mail") and customer.email
            if by_mail:
                template.send_mail(notice.id)
                notice.filtered(lambda notice: notice.state == "shipped")._advance(
                    "informed", state="informed"
                )
            notice._tell_applicant(
                self.env._("Shipped: follow the goods until they are received")
                if by_mail
                else self.env._("Shipped: inform the customer")
            )

    @api.model
    def _cron_feed_back(self, limit=200):
        domain = [("state", "in", SHIPPED), ("feedback_at", "=", False)]
        notices = self.search(domain, limit=limit, order="id")
        cron = self.env["ir.cron"]
        cron._commit_progress(remaining=self.search_count(domain))
        for notice in notices:
            notice = notice.browse(notice.id)
            try:
                with self.env.cr.savepoint():
                    if notice.try_lock_for_update():
                        notice._feed_back()
            except Exception:  # one bad address must not stop the others
                _logger.exception("No feedback on the shipment of notice %s", notice.id)
            if not cron._commit_progress(1):
                break
