# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from datetime import datetime

import pytz
from freezegun import freeze_time

from odoo import Command
from odoo.tests import HttpCase

from odoo.addons.sales_regulation.tests.common import SCAN, RegulationCompany

from .rpc import Person

SHANGHAI = pytz.timezone("Asia/Shanghai")


class StorylineCase(RegulationCompany, HttpCase):
    """The company of the storyline under the profile COMPOSITE-DEMO, on trial from March 2026.

    Everything a person does goes through the server as that person. What the tests look at
    afterwards is read from the database.
    """

    profile_code = "COMPOSITE-DEMO"
    company_built_at = "2026-02-20 01:00:00"

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._clock = freeze_time(cls.company_built_at)
        cls._frozen = cls._clock.start()
        cls.addClassCleanup(cls._clock.stop)
        cls._build_company()
        # who is not in the mail of a company of tests
        cls.env["ir.config_parameter"].set_param("mail.catchall.domain", "example.com")
        cls.bank = cls.env["account.journal"].search(
            [("company_id", "=", cls.company.id), ("type", "=", "bank")], limit=1
        )
        cls._publish_profile()

    def setUp(self):
        super().setUp()
        self.people = {}
        self.at("2026-03-05 10:00")

    @classmethod
    def _publish_profile(cls):
        """Adopt the shipped profile for the company and publish it as its director."""
        if not cls.profile_code:
            cls.profile = cls.env["regulation.profile"]
            return
        template = cls.env["regulation.profile"].search(
            [("code", "=", cls.profile_code), ("is_template", "=", True)], limit=1
        )
        assert template, f"the profile {cls.profile_code} does not ship"
        cls.profile = template.copy(
            {
                "version": "1.0",
                "date_from": "2026-03-01",
                "assignment_ids": [Command.create({"company_id": cls.company.id})],
            }
        )
        cls._adjust_profile()
        cls.profile.with_user(cls.users["gm"]).action_publish_trial()
        cls.env.flush_all()

    @classmethod
    def _adjust_profile(cls):
        """What a class of tests sets differently before the profile is published."""

    # === CLOCK === #

    def at(self, moment):
        """It is this wall clock time in Shanghai now."""
        local = SHANGHAI.localize(datetime.fromisoformat(moment))
        self._frozen.move_to(local.astimezone(pytz.utc).replace(tzinfo=None))

    # === PEOPLE === #

    def __getattr__(self, name):
        if name in _LOGINS:
            return self.person(name)
        raise AttributeError(name)

    def person(self, login):
        """Somebody of the storyline: A, B, T, KM, DGM, GM, FIN, CLK, WH..."""
        login = login.lower()
        if login not in self.people:
            self.people[login] = Person(self, self.users[login])
        return self.people[login]

    # === CUSTOMERS === #

    def score(self, customer, points, who="A", manager="KM"):
        """The tier of a customer: his owner scores, the manager confirms."""
        person = self.person(who)
        sheet = self.env["ka.tier.score"].browse(
            person.create("ka.tier.score", partner_id=self.customers[customer].id)
        )
        for code, value in zip(("scale", "influence", "potential"), points, strict=True):
            line = sheet.line_ids.filtered(lambda row, code=code: row.code == code)
            person.write("ka.tier.score.line", line.ids, points=value)
        person.call("ka.tier.score", "action_submit", sheet.ids)
        self.decide(sheet, "ka_tier", manager)
        return sheet

    # === THE ORDER === #

    def quotation(self, who="A", customer="xinghai", quantity=10_000, price=96.0):
        """A quotation made by a rep, through the server."""
        person = self.person(who)
        order = person.create(
            "sale.order",
            partner_id=self.customers[customer].id,
            payment_term_id=self.env.ref("account.account_payment_term_immediate").id,
            order_line=[
                Command.create({"product_id": self.product.id, "product_uom_qty": quantity})
            ],
        )
        if price is not None:
            [line] = person.read("sale.order", order, "order_line")
            person.write("sale.order.line", line, price_unit=price)
        return self.env["sale.order"].browse(order)

    def confirm(self, order, who="A", manager="KM"):
        """Ask for what the regulation demands, let the manager decide, and confirm."""
        self.approve_price(order, who, manager)
        if self.refusal(order, "contract_signed"):
            self.contract(order, who, manager)
        self.review(order, who, manager)
        self.person(who).call("sale.order", "action_confirm", order.ids)
        self.assertEqual(order.state, "sale")
        return order

    def approve_price(self, order, who="A", manager="KM"):
        """The price is approved if it is beyond the authority of the rep."""
        if self.refusal(order, "price_authority"):
            self.person(who).call(
                "sale.order", "action_request_price_approval", order.ids, reason="Volume"
            )
            self.decide(order, "price", manager)

    def review(self, order, who="A", manager="KM", ticks=4):
        """The order is submitted, ticked and approved if it has to be reviewed."""
        if self.refusal(order, "order_review"):
            self.person(who).call("sale.order", "action_request_review", order.ids)
            self.tick(order, manager, ticks)
            self.decide(order, "order_review", manager)

    def tick(self, document, who, number=None, kind="order_review"):
        person = self.person(who)
        items = document._checklist_items(kind)[document.id].ids[:number]
        for item in items:
            person.call(document._name, "action_tick", document.ids, item_id=item)

    # === THE CONTRACT === #

    def draft_contract(self, order, who="A", **terms):
        """The contract of a quotation as the button of the order makes it."""
        action = self.person(who).call("sale.order", "action_create_contract", order.ids)
        contract = self.env["sales.contract"].browse(action["res_id"])
        if terms:
            self.person(who).write("sales.contract", contract.ids, **terms)
        return contract

    def review_contract(self, contract, who="A", manager="KM"):
        """Submitted, and approved by manager and legal with all their ticks."""
        self.person(who).call("sales.contract", "action_submit", contract.ids)
        for state, reviewer in (("business", manager), ("legal", "LEG")):
            if contract.state == state:
                self.decide_contract(contract, f"contract_{state}", reviewer)

    def decide_contract(self, contract, kind, who):
        self.tick(contract, who, kind=kind)
        return self.decide(contract, kind, who)

    def contract(self, order, who="A", manager="KM", **terms):
        """The signed contract of a quotation."""
        terms = {"delivery_date": "2026-03-31", **terms}
        contract = self.draft_contract(order, who, **terms)
        self.review_contract(contract, who, manager)
        self.sign(contract, who)
        return contract

    def sign(self, contract, who="A"):
        """Sent, reconfirmed and signed on paper."""
        person = self.person(who)
        person.call("sales.contract", "action_mark_sent", contract.ids)
        person.call(
            "sales.contract", "action_reconfirm", contract.ids, values={"with": "Ms. Lin, by phone"}
        )
        person.call(
            "sales.contract",
            "action_sign",
            contract.ids,
            values={"signer_name": "Lin Hai", "scan": SCAN, "scan_name": "signed contract.pdf"},
        )
        self.assertEqual(contract.state, "signed")

    def decide(self, document, kind, who, verdict="action_approve", **kwargs):
        """Somebody decides on the pending approval of this kind."""
        approval = self.env["regulation.approval"].search(
            [
                ("res_model", "=", document._name),
                ("res_id", "=", document.id),
                ("kind_id.code", "=", kind),
                ("state", "=", "pending"),
            ]
        )
        self.assertEqual(len(approval), 1, f"no pending approval {kind} of {document}")
        self.person(who).call("regulation.approval", verdict, approval.ids, **kwargs)
        return approval

    def refusal(self, record, gate, stage="confirm"):
        """What a gate says to a record now, None if it lets it pass."""
        found = [r for r in record._gate_refusals(stage) if r.gate == gate]
        return found[0] if found else None

    # === MONEY === #

    def pay(self, order, amount, confirm=True):
        """Money arrives; FIN books it, allocates it to the order and confirms."""
        payment = self.FIN.create(
            "account.payment",
            payment_type="inbound",
            partner_type="customer",
            partner_id=order.partner_id.id,
            amount=amount,
            journal_id=self.bank.id,
        )
        self.FIN.call("account.payment", "action_post", payment)
        allocation = self.FIN.create(
            "sale.payment.allocation", order_id=order.id, payment_id=payment, amount=amount
        )
        if confirm:
            self.FIN.call("sale.payment.allocation", "action_confirm", allocation)
        return self.env["sale.payment.allocation"].browse(allocation)

    def receipt(self, order, amount, reference="TT 4711"):
        """A takes money from the customer and tells finance."""
        receipt = self.A.create(
            "sale.receipt",
            order_id=order.id,
            amount=amount,
            journal_id=self.bank.id,
            reference=reference,
        )
        self.A.call("sale.receipt", "action_hand_over", receipt)
        return self.env["sale.receipt"].browse(receipt)

    def take_over(self, receipt):
        """FIN takes the money over, books it and confirms it for the order."""
        for step in ("action_take_over", "action_register_payment", "action_confirm"):
            self.FIN.call("sale.receipt", step, receipt.ids)
        return receipt

    def invoice(self, order, date):
        """A makes the invoice of the order, FIN dates and posts it."""
        wizard = self.A.call(
            "sale.advance.payment.inv",
            "create",
            vals_list=[{"advance_payment_method": "delivered"}],
            context={"active_model": "sale.order", "active_ids": order.ids},
        )
        self.A.call("sale.advance.payment.inv", "create_invoices", wizard)
        invoice = order.invoice_ids.filtered(lambda move: move.state == "draft")
        self.FIN.write("account.move", invoice.ids, invoice_date=date)
        self.FIN.call("account.move", "action_post", invoice.ids)
        return invoice

    # === GOODS === #

    def request_dispatch(self, order, who="A", quantity=None, **values):
        """A dispatch request as the button of the order makes it."""
        action = self.person(who).call("sale.order", "action_request_dispatch", order.ids)
        notice = self.env["dispatch.notice"].browse(action["res_id"])
        self.person(who).write(
            "dispatch.notice",
            notice.ids,
            **{
                "requested_arrival_at": "2026-03-23 01:00:00",
                "contact_name": "Ms. Lin",
                **values,
            },
        )
        if quantity is not None:
            self.person(who).write("dispatch.notice.line", notice.line_ids.ids, quantity=quantity)
        return notice

    def check_dispatch(self, order, who="A", quantity=None, **values):
        """A request that the clerk has verified and checked: the notice may be issued."""
        notice = self.request_dispatch(order, who, quantity, **values)
        self.person(who).call("dispatch.notice", "action_submit", notice.ids)
        if notice.profile_verify:
            self.CLK.call("dispatch.notice", "action_verify", notice.ids)
        self.CLK.call("dispatch.notice", "action_check", notice.ids)
        return notice

    def release_dispatch(self, order, who="A", quantity=None, **values):
        """The request goes through all hands until the warehouse may ship."""
        return self.hand_over(self.check_dispatch(order, who, quantity, **values))

    def hand_over(self, notice):
        """A checked notice is issued, its papers are checked, the warehouse gets it."""
        self.CLK.call("dispatch.notice", "action_issue", notice.ids)
        if notice.profile_finance and notice.state == "issued":
            self.FIN.call("dispatch.notice", "action_check_papers", notice.ids)
        if notice.state != "released":
            self.FIN.call("dispatch.notice", "action_release", notice.ids)
        return notice

    def carrier(self, picking, number="SF1001"):
        """WH names carrier and tracking number."""
        self.WH.write(
            "stock.picking",
            picking.ids,
            carrier_id=self._sf_express().id,
            carrier_tracking_ref=number,
        )

    def _sf_express(self):
        name = "SF Express"
        found = self.env["delivery.carrier"].search(
            [("name", "=", name), ("company_id", "=", self.company.id)], limit=1
        )
        return found or self.env["delivery.carrier"].create(
            {
                "name": name,
                "delivery_type": "fixed",
                "company_id": self.company.id,
                "product_id": self.env["product.product"]
                .create({"name": "Freight", "type": "service"})
                .id,
            }
        )

    def ship(self, picking, quantity=None, who="WH"):
        """The keeper validates a transfer, or a part of it with the rest as a backorder."""
        person = self.person(who)
        for move in picking.move_ids:
            person.write(
                "stock.move",
                move.ids,
                quantity=move.product_uom_qty if quantity is None else quantity,
                picked=True,
            )
        person.call(
            "stock.picking", "button_validate", picking.ids, context={"skip_backorder": True}
        )
        self.assertEqual(picking.state, "done")

    def to_ship(self, order):
        """The delivery of the order that still waits."""
        return order.picking_ids.filtered(lambda one: one.state not in ("done", "cancel"))

    # === THE CLOCKWORK === #

    def cron(self, xmlid):
        """A scheduled job runs now."""
        with self.enter_registry_test_mode():
            self.env.ref(xmlid).method_direct_trigger()
        self.env.invalidate_all()

    def run_triggered(self, xmlid):
        """A job runs because it was asked to, not because its hour has come."""
        job = self.env.ref(xmlid)
        triggers = self.env["ir.cron.trigger"].search([("cron_id", "=", job.id)])
        self.assertTrue(triggers, f"nobody has woken up {xmlid}")
        self.cron(xmlid)

    def local(self, moment):
        """A moment of the database as the wall clock in Shanghai shows it."""
        return f"{pytz.utc.localize(moment).astimezone(SHANGHAI):%Y-%m-%d %H:%M}"

    def tasks(self, record, event):
        """The hand-over tasks that an event has caused."""
        return self.env["regulation.handover"].search(
            [
                ("event", "=", event),
                ("res_model", "=", record._name),
                ("res_id", "in", record.ids),
            ]
        )

    def deadline(self, record, code):
        """The clock that runs, or has run, on a document."""
        return self.env["regulation.deadline"].search(
            [("code", "=", code), ("res_model", "=", record._name), ("res_id", "in", record.ids)]
        )

    # === EVIDENCE === #

    def events(self, event, record, **values):
        """Rows of the register on a document."""
        # What was stopped is written when the request has ended
        domain = [
            ("event", "=", event),
            ("res_model", "=", record._name),
            ("res_id", "in", record.ids),
            *((name, "=", value) for name, value in values.items()),
        ]
        return self.env["regulation.register"].search(domain)


_LOGINS = frozenset(
    [
        "A",
        "B",
        "T",
        "KM",
        "RM",
        "DGM",
        "GM",
        "SGM",
        "TM",
        "FIN",
        "LEG",
        "CLK",
        "WH",
        "PLN",
        "HR",
        "AUD",
        "ADM",
    ]
)
