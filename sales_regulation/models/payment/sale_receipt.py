# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError, ValidationError

from ...tools import engine, is_engine


class SaleReceipt(models.Model):
    """Money that a salesperson took from a customer, on its way to finance (C26, 繳款單).

    It reaches finance, and a designated account, on the day it was received; finance stamps
    the hand-over, links the payment and so allocates it to the order (S4-157, S4-158). When
    it was received is said once and not changed afterwards.
    """

    _name = "sale.receipt"
    _description = "Receipt"
    _inherit = ["regulation.sealed", "regulation.sourced", "mail.thread", "mail.activity.mixin"]
    _order = "received_at desc, id desc"
    _check_company_auto = True

    _sealed_fields = frozenset(
        {
            "name",
            "state",
            "handed_over_at",
            "taken_over_by_id",
            "is_late",
            "confirmed_by_id",
            "confirmed_at",
            "cancel_reason",
        }
    )
    _source_fields = ("order_id",)
    #: what the salesperson states, until finance has taken it over
    _stated_fields = frozenset(
        {"order_id", "amount", "currency_id", "journal_id", "reference", "photo", "note"}
    )

    _amount_positive = models.Constraint("CHECK(amount > 0)", "A receipt needs an amount.")

    name = fields.Char(string="Number", readonly=True, copy=False)
    order_id = fields.Many2one(
        comodel_name="sale.order",
        required=True,
        index=True,
        ondelete="restrict",
        check_company=True,
        tracking=True,
    )
    partner_id = fields.Many2one(related="order_id.partner_id", string="Customer")
    company_id = fields.Many2one(
        comodel_name="res.company",
        compute="_compute_company_id",
        store=True,
        precompute=True,
        index=True,
    )
    user_id = fields.Many2one(
        comodel_name="res.users",
        string="Received by",
        required=True,
        readonly=True,
        index=True,
        default=lambda self: self.env.user,
        copy=False,
    )
    salesperson_id = fields.Many2one(related="order_id.user_id")
    received_at = fields.Datetime(
        string="Received at",
        required=True,
        default=fields.Datetime.now,
        copy=False,
        tracking=True,
        help="When the customer paid. It is not changed afterwards: the same day counts.",
    )
    amount = fields.Monetary(required=True, tracking=True)
    currency_id = fields.Many2one(
        comodel_name="res.currency",
        compute="_compute_currency_id",
        store=True,
        readonly=False,
        precompute=True,
        required=True,
    )
    journal_id = fields.Many2one(
        comodel_name="account.journal",
        string="Paid into",
        required=True,
        check_company=True,
        ondelete="restrict",
        domain="[('type', 'in', ('bank', 'cash', 'credit'))]",
        tracking=True,
        help="The account of the company that took the money (指定賬戶).",
    )
    reference = fields.Char(help="Number of the transfer, cheque or voucher.", tracking=True)
    photo = fields.Image(
        string="Photo of the Slip", max_width=1920, max_height=1920, attachment=True
    )
    note = fields.Text()
    state = fields.Selection(
        selection=[
            ("open", "With sales"),
            ("announced", "Handed over, to check"),
            ("taken", "Taken over"),
            ("confirmed", "Confirmed"),
            ("cancelled", "Cancelled"),
        ],
        default="open",
        required=True,
        readonly=True,
        copy=False,
        index=True,
        tracking=True,
    )
    handed_over_at = fields.Datetime(
        readonly=True, copy=False, help="Stamped when finance has taken the money over."
    )
    taken_over_by_id = fields.Many2one(comodel_name="res.users", readonly=True, copy=False)
    is_late = fields.Boolean(
        string="Not the Same Day",
        readonly=True,
        copy=False,
        help="It reached finance later than on the day it was received.",
    )
    payment_id = fields.Many2one(
        comodel_name="account.payment",
        check_company=True,
        copy=False,
        index="btree_not_null",
        ondelete="restrict",
        domain="[('partner_type', '=', 'customer'), ('payment_type', '=', 'inbound')]",
    )
    allocation_ids = fields.One2many(
        comodel_name="sale.payment.allocation", inverse_name="receipt_id", string="Allocations"
    )
    confirmed_by_id = fields.Many2one(comodel_name="res.users", readonly=True, copy=False)
    confirmed_at = fields.Datetime(readonly=True, copy=False)
    cancel_reason = fields.Char(readonly=True, copy=False)

    _name_uniq = models.UniqueIndex(
        "(company_id, name) WHERE name IS NOT NULL", "Two receipts cannot have one number."
    )

    # === COMPUTE METHODS === #

    @api.depends("order_id")
    def _compute_company_id(self):
        for receipt in self:
            receipt.company_id = receipt.order_id.company_id

    @api.depends("order_id")
    def _compute_currency_id(self):
        for receipt in self:
            receipt.currency_id = (
                receipt.order_id.currency_id or receipt.currency_id or self.env.company.currency_id
            )

    # === CONSTRAINT METHODS === #

    @api.constrains("journal_id", "order_id")
    def _check_journal(self):
        """Money goes to a designated account only (S4-158)."""
        policies = self.order_id._payment_policies()
        for receipt in self:
            permitted = policies[receipt.order_id.id].get("payment_journal_ids") or ()
            journals = (
                self.env["account.journal"]
                .sudo()
                .browse(permitted)
                .filtered(lambda journal, one=receipt: journal.company_id == one.company_id)
            )
            if receipt.journal_id.type not in ("bank", "cash", "credit") or (
                permitted and receipt.journal_id not in journals
            ):
                raise ValidationError(
                    self.env._(
                        "%(journal)s is no designated account. Money may be paid into: %(permitted)s",
                        journal=receipt.journal_id.display_name,
                        permitted=", ".join(journals.mapped("display_name")) or "-",
                    )
                )

    @api.constrains("received_at")
    def _check_received_at(self):
        for receipt in self:
            if receipt.received_at > fields.Datetime.now():
                raise ValidationError(self.env._("Money cannot have been received in the future."))

    # === CRUD METHODS === #

    @api.model_create_multi
    def create(self, vals_list):
        receipts = super().create(vals_list)
        # Whatever the values or the defaults of some context say
        if not is_engine(self.env) and receipts.user_id - self.env.user:
            raise AccessError(self.env._("A receipt names the person who writes it."))
        for receipt in receipts:
            # Whoever may read the order may say that it was paid
            receipt.order_id.check_access("read")
            engine(receipt.sudo()).name = (
                self.env["ir.sequence"]
                .sudo()
                .with_company(receipt.company_id)
                .next_by_code("sale.receipt", sequence_date=receipt.received_at.date())
            )
        receipts._start_remittance()
        return receipts

    def write(self, vals):
        if not is_engine(self.env):
            if {"received_at", "user_id"} & set(vals):
                raise AccessError(
                    self.env._("When and by whom money was received is not changed afterwards.")
                )
            if self._stated_fields & set(vals):
                self._check_stated()
            if "payment_id" in vals:
                self._check_finance()
                if any(receipt.state == "confirmed" for receipt in self):
                    raise UserError(self.env._("The receipt is confirmed already."))
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_written(self):
        raise UserError(self.env._("A receipt is kept: finance cancels it, with a reason."))

    # === ACTION METHODS === #

    def action_hand_over(self):
        """Tell finance that the money has been handed over or paid in."""
        self.check_access("write")
        self._check_state("open")
        engine(self.sudo()).write({"state": "announced"})
        self._ask_finance()

    def action_take_over(self):
        """Finance has the money: the moment counts as the hand-over (S4-157)."""
        self.check_access("write")
        self._check_finance()
        self._check_state("open", "announced")
        self._check_not_own()
        now = fields.Datetime.now()
        for receipt in self:
            local = receipt.company_id._regulation_local
            engine(receipt.sudo()).write(
                {
                    "state": "taken",
                    "handed_over_at": now,
                    "taken_over_by_id": self.env.uid,
                    "is_late": local(now).date() > local(receipt.received_at).date(),
                }
            )
        self.env["regulation.deadline"]._done(self, "remittance", at=now)
        self.sudo().activity_unlink(["mail.mail_activity_data_todo"])
        self.env["regulation.register"]._record(
            "receipt_taken_over",
            self,
            code=lambda receipt: "late" if receipt.is_late else "same_day",
            subject_id=lambda receipt: receipt.user_id.id,
            amount=lambda receipt: receipt.amount,
            currency_id=lambda receipt: receipt.currency_id.id,
        )

    def action_register_payment(self):
        """Enter the money in the books as a customer payment on account."""
        self.ensure_one()
        self._check_finance()
        self._check_state("taken")
        if self.payment_id:
            raise UserError(self.env._("A payment is linked already."))
        payment = self.env["account.payment"].create(self._prepare_payment_values())
        payment.action_post()
        self.payment_id = payment

    def action_confirm(self):
        """Confirm the money: allocate the linked payment to the order (S4-329)."""
        self.check_access("write")
        self._check_finance()
        self._check_state("taken")
        for receipt in self:
            if not receipt.payment_id:
                raise UserError(
                    self.env._("%s: link the payment, or enter it, first.", receipt.display_name)
                )
            receipt._allocate()
        engine(self.sudo()).write(
            {
                "state": "confirmed",
                "confirmed_by_id": self.env.uid,
                "confirmed_at": fields.Datetime.now(),
            }
        )

    def action_cancel(self, reason=""):
        """The receipt was wrong. Only finance may say so, with a reason."""
        self.check_access("write")
        self._check_finance()
        self._check_state("open", "announced", "taken")
        if not (reason or "").strip():
            raise UserError(self.env._("Say why the receipt is cancelled."))
        engine(self.sudo()).write({"state": "cancelled", "cancel_reason": reason})
        self.env["regulation.deadline"]._cancel(self, "remittance")
        self.sudo().activity_unlink(["mail.mail_activity_data_todo"])
        self.env["regulation.register"]._record("withdrawn", self, code="receipt")

    # === BUSINESS METHODS === #

    def _check_stated(self):
        if any(receipt.state not in ("open", "announced") for receipt in self):
            raise UserError(self.env._("Finance has taken the money over: the receipt is fixed."))

    def _check_sealed_file(self, name):
        super()._check_sealed_file(name)
        if name in self._stated_fields:
            self._check_stated()

    def _check_state(self, *states):
        for receipt in self:
            if receipt.state not in states:
                raise UserError(
                    self.env._(
                        "%(receipt)s is %(state)s.",
                        receipt=receipt.display_name,
                        state=dict(self._fields["state"]._description_selection(self.env))[
                            receipt.state
                        ],
                    )
                )

    def _check_finance(self):
        self.env["sale.payment.allocation"]._check_finance_of(self.company_id)

    def _check_not_own(self):
        """Nobody takes over from himself where a deputy is named."""
        own = self.filtered(lambda receipt: receipt.user_id == self.env.user)
        policies = own.order_id.sudo()._payment_policies() if own else {}
        for receipt in own:
            policy = policies[receipt.order_id.id]
            if policy.get("deputy_role_id"):
                raise AccessError(
                    self.env._("A colleague of finance takes over what you received yourself.")
                )
            if policy:
                self.env["regulation.register"]._record("self_decided", receipt, code="receipt")

    def _start_remittance(self):
        self.env["regulation.deadline"]._start(
            self,
            "remittance",
            start=lambda receipt: receipt.received_at,
            user=lambda receipt: receipt.user_id,
        )

    def _ask_finance(self):
        role = self.env["regulation.role"]._code("finance")
        for receipt in self:
            for user in role._holders(receipt.company_id)[:1]:
                receipt.sudo().activity_schedule(
                    "mail.mail_activity_data_todo",
                    user_id=user.id,
                    summary=self.env._("Take over a receipt"),
                )

    def _prepare_payment_values(self):
        return {
            "payment_type": "inbound",
            "partner_type": "customer",
            "partner_id": self.partner_id.commercial_partner_id.id,
            "amount": self.amount,
            "currency_id": self.currency_id.id,
            "journal_id": self.journal_id.id,
            "date": self.company_id._regulation_local(self.received_at).date(),
            "memo": self.reference or self.name,
        }

    def _allocate(self):
        payment = self.payment_id
        date = self.company_id._regulation_local(self.received_at).date()
        allocation = self.env["sale.payment.allocation"].create(
            {
                "payment_id": payment.id,
                "order_id": self.order_id.id,
                "amount": self.currency_id._convert(
                    self.amount, payment.currency_id, self.company_id, date
                ),
                "date": date,
                "receipt_id": self.id,
            }
        )
        allocation.action_confirm()
