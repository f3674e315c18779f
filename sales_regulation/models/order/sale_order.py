# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import SUPERUSER_ID, api, fields, models

from ...tools import engine, judging

_CONFIRMED = "regulation.order.confirmed"


class SaleOrder(models.Model):
    """The one place where an order is confirmed, whoever asks for it (C23).

    Button, portal, online payment, import, server action, create with a state: all of them
    write ``state``, and pass here. The domains add gates to the stages "send" and "confirm";
    nobody else guards the state of an order.
    """

    _name = "sale.order"
    _inherit = [
        "sale.order",
        "regulation.gated",
        "regulation.sealed",
        "regulation.stock.sealed",
    ]

    _sealed_fields = frozenset(
        {"regulation_waiting", "regulation_fingerprint", "regulation_confirmed_at"}
    )
    _stock_sealed_fields = frozenset(
        {
            "amount_untaxed",
            "amount_tax",
            "amount_total",
            "currency_rate",
            "invoice_status",
            "delivery_status",
            "effective_date",
            "margin",
            "margin_percent",
        }
    )

    regulation_waiting = fields.Selection(
        selection=[("signed", "Signed, in review"), ("paid", "Paid, in review")],
        string="Customer is waiting",
        readonly=True,
        copy=False,
        tracking=True,
        help="The customer has signed or paid while the regulation stops the confirmation:"
        " what arrived is kept, the order waits.",
    )
    regulation_fingerprint = fields.Char(
        string="Confirmed Content",
        readonly=True,
        copy=False,
        groups="base.group_system",
        help="Hash of the content at the confirmation or at the last approved change.",
    )

    # === CONSTRAINT METHODS === #

    @api.constrains("state")
    def _check_confirmation_passed(self):
        """Backstop: an order that became confirmed without the guard is judged at the end."""
        if not self.env["regulation.profile"]._regulated_companies():
            return
        confirmed = self._under_regulation().filtered(lambda order: order.state == "sale")
        if not confirmed:
            return
        pending = self._confirmations()
        pending["seen"].update(confirmed.ids)

    # === CRUD METHODS === #

    @api.model_create_multi
    def create(self, vals_list):
        companies = self.env["regulation.profile"]._regulated_companies()
        if not companies:
            return super().create(vals_list)
        for vals in vals_list:
            if (vals.get("company_id") or self.env.company.id) in companies:
                self._check_stock_sealed(vals)
        orders = super().create(vals_list)
        regulated = orders._under_regulation()
        regulated.filtered(lambda order: order.state == "sent")._gate_pass("send")
        confirmed = regulated.filtered(lambda order: order.state == "sale")
        with judging(self.env):
            confirmed._pass_confirmation()
            confirmed._after_confirmation()
        return orders

    def write(self, vals):
        companies = self.env["regulation.profile"]._regulated_companies()
        if not companies:
            return super().write(vals)
        regulated = self._under_regulation(vals.get("company_id"))
        if not regulated:
            return super().write(vals)
        regulated._check_stock_sealed(vals)
        regulated._guard_content(vals)
        state = vals.get("state")
        # Confirmed elsewhere, it comes under the regulation with the company
        arriving = regulated.filtered(
            lambda order: (
                vals.get("company_id")
                and order.state == "sale" == (state or "sale")
                and (order.company_id or order.env.company).id not in companies
            )
        )
        confirming = regulated.filtered(lambda order: state == "sale" != order.state)
        sending = regulated.filtered(lambda order: state == "sent" and order.state != "sent")
        if confirming or sending:
            # What is judged is the content with which the step would be taken
            content = {name: vals[name] for name in vals if name not in ("state", "date_order")}
            if content:
                super().write(content)
                vals = {name: vals[name] for name in vals if name not in content}
            sending._gate_pass("send")
        with judging(self.env) as frame:
            confirming._pass_confirmation()
        result = super().write(vals)
        with judging(self.env, frame):
            arriving._pass_confirmation()
            (confirming | arriving)._after_confirmation()
        return result

    # === ACTION METHODS === #

    def action_quotation_send(self):
        self._gate_quotations("send")
        return super().action_quotation_send()

    # === GUARD === #

    def _under_regulation(self, company_id=False):
        """Those of these orders in whose company a regulation may be in force."""
        companies = self.env["regulation.profile"]._regulated_companies()
        if not companies:
            return self.browse()
        if company_id in companies:
            return self
        return self.filtered(lambda order: (order.company_id or order.env.company).id in companies)

    def _gate_stages(self):
        quotations = self._under_regulation().filtered(
            lambda order: isinstance(order.id, int) and order.state in ("draft", "sent")
        )
        drafts = quotations.filtered(lambda order: order.state == "draft")
        return {"send": drafts, "confirm": quotations}

    def _gate_orders(self):
        return {order.id: order for order in self}

    def _gate_next_refusals(self):
        # A gate that stands before sending and before confirming is named once
        seen = {}
        for refusal in super()._gate_next_refusals():
            seen.setdefault((refusal.record.id, refusal.gate), refusal)
        return list(seen.values())

    def _gate_quotations(self, stage):
        """Pass the gates of ``stage`` with those of these orders that are quotations."""
        quotations = self._under_regulation().filtered(
            lambda order: order.state in ("draft", "sent")
        )
        if quotations:
            quotations._gate_pass(stage)

    def _gate_leaving(self):
        """Before a quotation leaves the house: by mail, printed, downloaded."""
        self._gate_quotations("send")

    def _gate_would_refuse(self, *stages):
        """Those of these quotations that a gate of the next steps would stop now."""
        quotations = self._under_regulation().filtered(
            lambda order: order.state in ("draft", "sent")
        )
        held = set()
        for stage in stages if quotations else ():
            held.update(
                refusal.record.id
                for refusal in quotations._gate_refusals(stage)
                if refusal.mode == "enforce" and not refusal.release_id
            )
        return quotations.filtered(lambda order: order.id in held)

    def _pass_confirmation(self):
        """Let these orders become confirmed, all or none."""
        if self:
            self._gate_pass("confirm", together=self._ids)
            self._confirmations()["passed"].update(self.ids)

    def _confirmations(self):
        """What happened to confirmations in this transaction; judged at its end."""
        precommit = self.env.cr.precommit
        pending = precommit.data.get(_CONFIRMED)
        if pending is None:
            pending = precommit.data[_CONFIRMED] = {"seen": set(), "passed": set()}
            env = self.env

            @precommit.add
            def check():
                data = precommit.data.pop(_CONFIRMED, pending)
                missed = env["sale.order"].sudo().browse(data["seen"] - data["passed"]).exists()
                missed.filtered(lambda order: order.state == "sale")._gate_pass("confirm")

        return pending

    def _after_confirmation(self):
        """What follows a confirmation under regulation; extended by the domains.

        Tasks for planner, warehouse and finance are only queued here: a cron makes them
        after the commit, so that confirming stays as fast as it was.
        """
        if self and "regulation.handover" in self.env:
            self.env["regulation.handover"]._queue("order_confirmed", self)
        waiting = self.filtered("regulation_waiting")
        if waiting:
            engine(waiting.sudo()).write({"regulation_waiting": False})

    # === PORTAL === #

    def _has_to_be_signed(self):
        return super()._has_to_be_signed() and not self._gate_would_refuse("send", "confirm")

    def _has_to_be_paid(self):
        return super()._has_to_be_paid() and not self._gate_would_refuse("send", "confirm")

    def _could_be_signed(self):
        """Whether the customer could sign, were there no regulation."""
        self.ensure_one()
        return (
            self.state in ("draft", "sent")
            and self.require_signature
            and not self.is_expired
            and not self.signature
        )

    def _validate_order(self):
        held = self._gate_would_refuse("confirm")
        held._wait_in_review()
        free = self - held
        return super(SaleOrder, free)._validate_order() if free else None

    def _wait_in_review(self):
        """Keep what the customer has sent, and tell the owner; nobody reads an error.

        The customer's step stands: it is his, whatever is still missing on our side.
        """
        for order in self:
            paid = order.transaction_ids.filtered(lambda tx: tx.state in ("authorized", "done"))
            engine(order.sudo()).write({"regulation_waiting": "paid" if paid else "signed"})
            order.sudo().with_user(SUPERUSER_ID).message_post(
                body=self.env._(
                    "The customer has %(what)s, the order waits for: %(reasons)s",
                    what=self.env._("paid") if paid else self.env._("signed"),
                    reasons="; ".join(
                        refusal.reason for refusal in order._gate_refusals("confirm")
                    ),
                ),
            )
            if order.user_id:
                order.sudo().activity_schedule(
                    "mail.mail_activity_data_todo",
                    user_id=order.user_id.id,
                    summary=self.env._("The customer is waiting for the order's confirmation"),
                )
