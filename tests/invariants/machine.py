# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Sequences of calls that nobody has thought of, and what must hold after each of them."""

import copy
import functools
import random
from contextlib import contextmanager

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, rule

from odoo import Command

from .world import AUTHORITY, LIMIT_OF_NANFENG

ANYBODY = ["a", "b", "t", "km", "clk", "wh", "fin", "gm", "adm", "aud"]
REPS = ["a", "b", "t", "km"]
CUSTOMERS = ["xinghai", "nanfeng", "dongfang"]
INDEX = range(6)
PRICES = [None, 100.0, 120.0, 97.0, 92.0, 50.0, 0.01]
QUANTITIES = [1, 10, 300]
CHANGES = [
    {"action": "quantity", "quantity": 20},
    {"action": "quantity", "quantity": 5000},
    {"action": "price", "price_unit": 50.0},
    {"action": "price", "price_unit": 97.0},
    {"action": "remove"},
]


def deed(method, /, **choices):
    """A rule that lets somebody do something; who and what is drawn evenly by the machine.

    Hypothesis chooses the order of the deeds. It prefers small and repeated arguments,
    with which sequences would hardly leave the first branch of each choice.
    """

    @functools.wraps(method)
    def step(self):
        drawn = {name: self.rng.choice(values) for name, values in choices.items()}
        self.reached("steps")
        return method(self, **drawn)

    del step.__wrapped__  # its signature is the machine alone
    return rule()(step)


def add_note(failure, note):
    """What Python has by itself since 3.11."""
    if hasattr(failure, "add_note"):
        failure.add_note(note)
    else:
        failure.args = (f"{failure}\n{note}",)


class Regulation(RuleBasedStateMachine):
    """People of a company under regulation do whatever the server lets them call."""

    case = None  # the running test, see World
    #: whether the content of a confirmed order changes by request only
    fixed = True

    #: what is known of what a machine before this one began with, see ``begun``
    beginning = None

    def __init__(self):
        super().__init__()
        self.savepoint = self.case.env.cr.savepoint(flush=False)
        self.not_of_the_company = frozenset(vars(self)) | {"not_of_the_company"}
        if self.beginning:
            vars(self).update(copy.deepcopy(self.beginning))
            return
        self.log = []
        self.base = {
            table: self.case.rows(f"SELECT COALESCE(MAX(id), 0) FROM {table}")[0][0]
            for table in (
                "sale_order",
                "regulation_register",
                "regulation_approval",
                "regulation_approval_decision",
                "regulation_release",
                "stock_move_line",
                "account_payment",
                "sale_payment_allocation",
                "dispatch_notice",
            )
        }
        self.confirmed = {}
        self.applied = {}
        self.left = {}
        self.loose = 0.0
        self.used = {}
        self.consumed = {}
        self.approvals = {}
        self.money = {}
        self.seen = {}
        self.evidence = {}
        self.releases = {}

    def teardown(self):
        self.savepoint.close(rollback=True)
        self.case.env.transaction.clear()

    @classmethod
    @contextmanager
    def begun(cls, number):
        """The attributes of machines that go on from one beginning, which is rolled back after.

        What comes before a sequence takes as many calls as the sequence: some have it in common.
        """
        machine = cls()
        try:
            machine.begin(random.Random(number))
            known = vars(machine).keys() - machine.not_of_the_company
            yield {"beginning": {name: getattr(machine, name) for name in known}}
        finally:
            machine.teardown()

    # === TOOLS === #

    def call(self, login, model, method, *args, **kwargs):
        result, error = self.case.rpc(login, model, method, *args, **kwargs)
        self.log.append((login, model, method, args, error))
        self.case.tally[f"{model}.{method}", "refused" if error else "done"] += 1
        if error:
            self.case.refusals.setdefault(f"{model}.{method}", str(error)[:200])
        try:
            self.what_must_hold()
        except AssertionError as failure:
            add_note(failure, "\n".join(self._told()))
            raise
        return result

    def _told(self):
        """The calls so far, for whoever reads a failure."""
        return [
            f"{login}: {model}.{method}{args} -> {str(error)[:80] if error else 'done'}"
            for login, model, method, args, error in self.log
        ]

    def ids(self, table, where="TRUE"):
        rows = self.case.rows(
            f"SELECT id FROM {table} WHERE id > %s AND {where} ORDER BY id", self.base.get(table, 0)
        )
        return [row[0] for row in rows]

    def order(self, index):
        orders = self.ids("sale_order")
        return orders[index % len(orders)] if orders else 0

    def sold(self, index):
        """A confirmed order; a quotation if there is none."""
        orders = self.ids("sale_order", "state = 'sale'")
        return orders[index % len(orders)] if orders else self.order(index)

    def order_lines(self, order):
        rows = self.case.rows(
            "SELECT id FROM sale_order_line WHERE order_id = %s ORDER BY id", order
        )
        return [row[0] for row in rows]

    def transfers(self, order):
        rows = self.case.rows(
            """
            SELECT DISTINCT picking_id FROM stock_move
             WHERE picking_id IS NOT NULL AND state NOT IN ('done', 'cancel')
               AND sale_line_id IN (SELECT id FROM sale_order_line WHERE order_id = %s)
            """,
            order,
        )
        return [row[0] for row in rows]

    def reached(self, what, number=1):
        """Something came to pass: sequences that get nowhere prove nothing."""
        self.case.reach[what] += number

    # === WHAT PEOPLE DO === #

    @initialize(seed=st.lists(st.integers(0, 255), min_size=8, max_size=8))
    def first_order(self, seed):
        rng = random.Random(bytes(seed))
        if not self.beginning:
            self.begin(rng)
        self.rng = rng

    def begin(self, rng):
        """Orders that have come some way."""
        self.rng = rng
        self.quote("a", "xinghai", 10, None, {})
        # What happens to an order that has come far is the more interesting part
        for _number in range(self.rng.choice([0, 1, 1, 2])):
            order = len(self.ids("sale_order")) - 1
            self.properly(order, self.rng.choice([1, 2, 2, 3, 4]))
            customer, quantity = self.rng.choice(
                [("xinghai", 5), ("nanfeng", 300), ("nanfeng", 300), ("dongfang", 7)]
            )
            self.quote(self.rng.choice(["a", "b"]), customer, quantity, None, {})

    def quote(self, who, customer, quantity, price, forged):
        line = {"product_id": self.case.product.id, "product_uom_qty": quantity}
        if price is not None:
            line["price_unit"] = price
        self.call(
            who,
            "sale.order",
            "create",
            [
                {
                    "partner_id": self.case.customers[customer].id,
                    "order_line": [Command.create(line)],
                    **forged,
                }
            ],
        )

    do_quote = deed(
        quote,
        who=REPS,
        customer=CUSTOMERS,
        quantity=QUANTITIES,
        price=PRICES,
        forged=[{}, {}, {}, {"state": "sale"}, {"locked": True}, {"amount_total": 1.0}],
    )

    def write_order(self, who, index, what):
        case = self.case
        values = [
            {"state": "sale"},
            {"state": "draft"},
            {"state": "cancel"},
            {"state": "sent"},
            {"locked": False},
            {"amount_total": 1.0, "amount_untaxed": 1.0},
            {"user_id": case.users["b"].id},
            {"team_id": case.teams["tele"].id},
            {"partner_id": case.customers["dongfang"].id},
            {"partner_invoice_id": case.customers["dongfang"].id},
            {"pricelist_id": case.cheap.id},
            {"state": "sale", "user_id": case.users["gm"].id},
            {
                "order_line": [
                    Command.create(
                        {
                            "product_id": case.product.id,
                            "product_uom_qty": 5,
                            "price_unit": 1.0,
                        }
                    )
                ]
            },
            {"date_order": "2020-01-01 00:00:00"},
            {"currency_rate": 50.0},
            {"regulation_waiting": "paid"},
        ][what]
        self.call(who, "sale.order", "write", [self.order(index)], values)

    do_write_order = deed(write_order, who=ANYBODY, index=INDEX, what=range(16))

    def write_line(self, who, index, what):
        lines = self.order_lines(self.sold(index) if index % 2 else self.order(index))
        if not lines:
            return
        if what == 12:
            self.call(who, "sale.order.line", "unlink", lines[:1])
            return
        values = [
            {"price_unit": 90.0},
            {"price_unit": 0.5},
            {"discount": 30.0},
            {"product_uom_qty": 1000},
            {"product_uom_qty": 0},
            {"price_total": 1.0, "price_subtotal": 1.0},
            {"qty_delivered": 10},
            {"product_id": self.case.gift.id},
            {"tax_ids": [Command.clear()]},
            {"order_id": self.order(index + 1)},
            {"is_downpayment": True},
            {"qty_invoiced": 1000, "invoice_status": "invoiced"},
        ][what]
        self.call(who, "sale.order.line", "write", lines[:1], values)

    do_write_line = deed(write_line, who=ANYBODY, index=INDEX, what=range(13))

    def add_by_default(self, who, index, what):
        """A line is added to a confirmed order, and it is the context that says so."""
        case = self.case
        order = {"default_order_id": self.sold(index)}
        minus = {"product_uom_qty": 1, "price_unit": -500.0}
        extra = {"product_id": case.gift.id, "product_uom_qty": 0, "order_id": self.sold(index)}
        context, values = [
            (order, {"product_id": case.product.id, "product_uom_qty": 5, "price_unit": 1.0}),
            (order, {"product_id": case.package.id, **minus, "is_expense": True}),
            (order, {"product_id": case.carrier.product_id.id, **minus, "is_delivery": True}),
            ({"default_price_unit": 0.01}, extra),
            ({"default_discount": 99.0}, extra),
            (order | {"default_product_uom_qty": 50.0}, {"product_id": case.gift.id}),
        ][what]
        self.call(who, "sale.order.line", "create", [values], context=context)

    do_add_by_default = deed(add_by_default, who=ANYBODY, index=INDEX, what=range(6))

    def press(self, who, index, method):
        self.call(who, "sale.order", method, [self.order(index)])

    do_press = deed(
        press,
        who=ANYBODY,
        index=INDEX,
        method=[
            "action_confirm",
            "action_confirm",
            "action_cancel",
            "action_draft",
            "action_lock",
            "action_unlock",
            "action_quotation_sent",
            "action_update_prices",
        ],
    )

    def press_for_all(self, who, method):
        orders = self.ids("sale_order")
        if orders:
            self.call(who, "sale.order", method, orders)

    do_press_for_all = deed(
        press_for_all,
        who=["a", "b", "km", "clk", "adm"],
        method=["action_confirm", "action_confirm", "action_quotation_sent", "action_cancel"],
    )

    def import_file(self, who, index, what):
        """A file is imported: rows of it may be refused without an error."""
        order = str(self.order(index))
        lines = self.order_lines(self.sold(index))
        line = str(lines[0]) if lines else "0"
        model, columns, row = [
            ("sale.order", [".id", "state"], [order, "sale"]),
            ("sale.order", [".id", "order_line/.id", "order_line/price_unit"], [order, line, "1"]),
            ("sale.order.line", [".id", "product_uom_qty"], [line, "777"]),
            ("sale.order.line", [".id", "discount"], [line, "60"]),
            ("stock.move", [".id", "sale_line_id/.id"], ["0", line]),
        ][what]
        self.call(who, model, "load", columns, [row])

    do_import_file = deed(import_file, who=ANYBODY, index=INDEX, what=range(5))

    def write_customer(self, who, what):
        partner = self.case.customers["nanfeng"].id
        values = [
            {"credit_limit": 1e9},
            {"use_partner_credit_limit": False},
            {"property_payment_term_id": False, "comment": "Pays later"},
        ][what]
        self.call(who, "res.partner", "write", [partner], values)

    do_write_customer = deed(write_customer, who=ANYBODY, what=range(3))

    def discount_wizard(self, who, index, kind, share):
        wizard = self.call(
            who,
            "sale.order.discount",
            "create",
            [
                {
                    "sale_order_id": self.order(index),
                    "discount_type": kind,
                    "discount_percentage": share,
                    "discount_amount": share * 1000,
                }
            ],
        )
        if wizard:
            self.call(who, "sale.order.discount", "action_apply_discount", wizard)

    do_discount_wizard = deed(
        discount_wizard,
        who=REPS,
        index=INDEX,
        kind=["sol_discount", "so_discount", "amount"],
        share=[0.03, 0.4],
    )

    # -- approvals

    def ask(self, who, index, kind):
        self.call(who, "sale.order", "action_request_approval", [self.order(index)], kind, "Please")

    do_ask = deed(ask, who=ANYBODY, index=INDEX, kind=["price", "order_review"])

    def tick(self, who, index, number):
        order = self.case.env["sale.order"].browse(self.order(index))
        if not self.case.reviewed:
            return
        items = order._checklist_items("order_review")[order.id].ids
        self.case.env.transaction.clear()
        for item in items[:number]:
            self.call(who, "sale.order", "action_tick", order.ids, item)

    do_tick = deed(tick, who=["km", "km", "a", "gm"], index=INDEX, number=range(1, 3))

    def decide(self, who, index, verdict):
        approvals = self.ids("regulation_approval", "state = 'pending'")
        if approvals:
            arguments = [] if verdict == "action_withdraw" else ["Opinion"]
            approval = approvals[index % len(approvals)]
            self.call(who, "regulation.approval", verdict, [approval], *arguments)

    do_decide = deed(
        decide,
        who=ANYBODY,
        index=INDEX,
        verdict=[
            "action_approve",
            "action_approve",
            "action_return",
            "action_refuse",
            "action_withdraw",
        ],
    )

    def forge(self, who, index, what):
        """Write what only the system writes."""
        tables = {
            "regulation.approval": "regulation_approval",
            "regulation.approval.step": "regulation_approval_step",
            "regulation.approval.decision": "regulation_approval_decision",
            "regulation.register": "regulation_register",
            "regulation.release": "regulation_release",
            "sale.payment.allocation": "sale_payment_allocation",
            "dispatch.notice": "dispatch_notice",
        }
        model, method, values = [
            ("regulation.approval", "write", {"state": "approved"}),
            ("regulation.approval", "write", {"fingerprint": "x"}),
            ("regulation.approval", "unlink", None),
            ("regulation.approval.step", "write", {"state": "approved"}),
            ("regulation.approval.decision", "write", {"verdict": "approved"}),
            ("regulation.approval.decision", "unlink", None),
            ("regulation.register", "write", {"event": "released"}),
            ("regulation.register", "unlink", None),
            ("regulation.release", "write", {"state": "granted"}),
            ("regulation.release", "write", {"amount": 0, "reason": "other"}),
            ("sale.payment.allocation", "write", {"amount": 1e6, "state": "confirmed"}),
            ("sale.payment.allocation", "write", {"order_id": self.order(index)}),
            ("dispatch.notice", "write", {"state": "released"}),
            ("regulation.register", "create", {"event": "released"}),
        ][what]
        if method == "create":
            self.call(who, model, "create", [values])
            return
        ids = self.ids(tables[model])
        if ids:
            arguments = [values] if values is not None else []
            self.call(who, model, method, [ids[index % len(ids)]], *arguments)

    do_forge = deed(forge, who=ANYBODY, index=INDEX, what=range(14))

    # -- special releases

    def ask_release(self, who, index, gate, state):
        self._ask_release(who, gate, "sale.order", self.order(index), state)

    do_ask_release = deed(
        ask_release,
        who=ANYBODY,
        index=INDEX,
        gate=["price_authority", "order_review", "credit"],
        state=["requested", "requested", "granted"],
    )

    def ask_release_of_goods(self, who, index, gate):
        for transfer in self.transfers(self.sold(index))[:1]:
            self._ask_release(who, gate, "stock.picking", transfer, "requested")

    do_ask_release_of_goods = deed(
        ask_release_of_goods,
        who=ANYBODY,
        index=INDEX,
        gate=["payment_before_shipment", "dispatch_notice"],
    )

    def _ask_release(self, who, gate, model, res_id, state):
        values = {
            "gate_id": self.case.env.ref(f"sales_regulation.gate_{gate}").id,
            "res_model": model,
            "res_id": res_id,
            "reason": "Urgent",
        }
        if state != "requested":
            values["state"] = state
        self.call(who, "regulation.release", "create", [values])

    def decide_release(self, who, index, verdict):
        releases = self.ids("regulation_release")
        if releases:
            self.call(who, "regulation.release", verdict, [releases[index % len(releases)]])

    do_decide_release = deed(
        decide_release,
        who=["gm", "gm", "km", "a", "adm", "dgm"],
        index=INDEX,
        verdict=["action_grant", "action_grant", "action_refuse", "action_revoke"],
    )

    # -- changes of confirmed orders

    def ask_change(self, who, index, change):
        order = self.sold(index)
        lines = self.order_lines(order)
        if not lines:
            return
        created = self.call(
            who,
            "sale.order.change",
            "create",
            [
                {
                    "order_id": order,
                    "reason": "The customer asks",
                    "line_ids": [Command.create({"order_line_id": lines[0], **change})],
                }
            ],
        )
        if created:
            self.call(who, "sale.order.change", "action_submit", created)

    do_ask_change = deed(
        ask_change,
        who=REPS,
        index=INDEX,
        change=CHANGES,
    )

    # -- money

    def pay(self, who, index, share, confirm):
        order = self.order(index)
        [(partner, total)] = self.case.rows(
            "SELECT partner_id, amount_total FROM sale_order WHERE id = %s", order
        )
        payment = self.call(
            who,
            "account.payment",
            "create",
            [
                {
                    "payment_type": "inbound",
                    "partner_type": "customer",
                    "partner_id": partner,
                    "amount": round(float(total) * share, 2),
                    "journal_id": self.case.bank.id,
                }
            ],
        )
        if not payment:
            return
        self.call(who, "account.payment", "action_post", payment)
        allocation = self.call(
            who,
            "sale.payment.allocation",
            "create",
            [{"order_id": order, "payment_id": payment[0]}],
        )
        if allocation and confirm:
            self.call(who, "sale.payment.allocation", "action_confirm", allocation)

    do_pay = deed(
        pay,
        who=["fin", "fin", "fin", "a", "clk"],
        index=INDEX,
        share=[0.3, 0.9999, 1.0, 2.0],
        confirm=(True, False),
    )

    def move_money(self, who, index, what):
        payments = self.ids("account_payment")
        if not payments:
            return
        payment = payments[index % len(payments)]
        if what < 3:
            method = ["action_draft", "action_cancel", "action_post"][what]
            self.call(who, "account.payment", method, [payment])
        elif what == 3:
            self.call(who, "account.payment", "write", [payment], {"amount": 1e7})
        elif what == 4:
            self.call(
                who,
                "sale.payment.allocation",
                "create",
                [{"order_id": self.order(index), "payment_id": payment, "amount": 1e5}],
            )
        elif what == 5:
            self.call(who, "sale.payment.allocation", "action_propose")
        else:
            allocations = self.ids("sale_payment_allocation")
            if allocations:
                method = ["action_confirm", "unlink", "action_counter", "action_cancel"][what - 6]
                chosen = allocations[index % len(allocations)]
                self.call(who, "sale.payment.allocation", method, [chosen])

    do_move_money = deed(move_money, who=["fin", *ANYBODY], index=INDEX, what=range(10))

    def lose_money(self, index, what):
        """Finance takes back what it had confirmed, or the payment itself bounces."""
        allocations = self.ids(
            "sale_payment_allocation", "state = 'confirmed' AND counters_id IS NULL"
        )
        if not allocations:
            return
        chosen = allocations[index % len(allocations)]
        if what == "counter":
            self.call("fin", "sale.payment.allocation", "action_counter", [chosen], "Bounced")
        else:
            [(payment,)] = self.case.rows(
                "SELECT payment_id FROM sale_payment_allocation WHERE id = %s", chosen
            )
            self.call("fin", "account.payment", what, [payment])

    do_lose_money = deed(lose_money, index=INDEX, what=["counter", "action_draft", "action_cancel"])

    # -- goods

    def ship(self, who, index, share):
        for transfer in self.transfers(self.sold(index)):
            moves = self.case.rows(
                "SELECT id, product_uom_qty FROM stock_move WHERE picking_id = %s", transfer
            )
            for move, quantity in moves:
                self.call(
                    who,
                    "stock.move",
                    "write",
                    [move],
                    {"quantity": float(quantity) * share, "picked": True},
                )
            self.call(
                who,
                "stock.picking",
                "button_validate",
                [transfer],
                context={"skip_backorder": True},
            )

    do_ship = deed(
        ship,
        who=["wh", "wh", "a", "clk"],
        index=INDEX,
        share=[0.5, 1.0, 1.0, 1.5],
    )

    def send_back(self, who, index):
        """Goods that left come back; what leaves again is judged anew."""
        pickings = self.case.rows(
            """
            SELECT DISTINCT move.picking_id FROM stock_move move
             WHERE move.state = 'done' AND move.origin_returned_move_id IS NULL
               AND move.sale_line_id IN (SELECT id FROM sale_order_line WHERE order_id = %s)
            """,
            self.sold(index),
        )
        for (picking,) in pickings[:1]:
            wizard = self.call(
                who,
                "stock.return.picking",
                "create",
                [{}],
                context={"active_model": "stock.picking", "active_id": picking},
            )
            if wizard:
                action = self.call(who, "stock.return.picking", "action_create_returns_all", wizard)
                if action and action.get("res_id"):
                    self.call(who, "stock.picking", "button_validate", [action["res_id"]])

    do_send_back = deed(send_back, who=["wh", "clk", "a"], index=INDEX)

    def sneak_goods_out(self, who, index, what):
        case = self.case
        moves = case.rows(
            """
            SELECT id, picking_id FROM stock_move
             WHERE sale_line_id IN (SELECT id FROM sale_order_line WHERE order_id = %s)
             ORDER BY id
            """,
            self.sold(index),
        )
        stock = case.warehouse.lot_stock_id.id
        customer = case.customer_location.id
        if what == 0:
            picking = self.call(
                who,
                "stock.picking",
                "create",
                [
                    {
                        "picking_type_id": case.warehouse.out_type_id.id,
                        "partner_id": case.customers["xinghai"].id,
                        "location_id": stock,
                        "location_dest_id": customer,
                        "move_ids": [
                            Command.create(
                                {
                                    "product_id": case.product.id,
                                    "product_uom_qty": 3,
                                    "location_id": stock,
                                    "location_dest_id": customer,
                                }
                            )
                        ],
                    }
                ],
            )
            if picking:
                self.call(who, "stock.picking", "action_confirm", picking)
                self.call(who, "stock.picking", "button_validate", picking)
            return
        if what == 1:
            self.call(
                who,
                "stock.move.line",
                "create",
                [
                    {
                        "product_id": case.product.id,
                        "quantity": 2,
                        "location_id": stock,
                        "location_dest_id": customer,
                        "state": "done",
                        "company_id": case.company.id,
                    }
                ],
            )
            return
        if not moves:
            return
        move, picking = moves[index % len(moves)]
        if what == 2:
            self.call(who, "stock.move", "write", [move], {"state": "done"})
        elif what == 3:
            self.call(who, "stock.move", "write", [move], {"sale_line_id": False})
        elif what == 4:
            self.call(who, "stock.move", "write", [move], {"quantity": 1000, "picked": True})
        elif what == 5:
            self.call(who, "stock.move", "write", [move], {"location_dest_id": stock})
        elif what == 6 and picking:
            self.call(who, "stock.picking", "write", [picking], {"location_dest_id": customer})
        elif what == 7 and picking:
            self.call(
                who,
                "stock.picking",
                "write",
                [picking],
                {"partner_id": case.customers["dongfang"].id},
            )

    do_sneak_goods_out = deed(
        sneak_goods_out, who=["wh", "a", "clk", "adm"], index=INDEX, what=range(8)
    )

    def dispatch(self, who, index, honest):
        action = self.call(who, "sale.order", "action_request_dispatch", [self.sold(index)])
        if not action or not action.get("res_id"):
            return
        notice = [action["res_id"]]
        self.call(who, "dispatch.notice", "write", notice, {"requested_arrival_at": "2030-01-01"})
        self.call(who, "dispatch.notice", "action_submit", notice)
        clerk, finance = ("clk", "fin") if honest else (who, who)
        for method in ("action_verify", "action_check", "action_issue"):
            self.call(clerk, "dispatch.notice", method, notice)
        for method in ("action_check_papers", "action_release"):
            self.call(finance, "dispatch.notice", method, notice)

    do_dispatch = deed(dispatch, who=["a", "b"], index=INDEX, honest=(True, False))

    # -- the proper way, so that sequences get far

    def properly(self, index, steps):
        """A rep's order goes the proper way, up to some step."""
        order = self.order(index)
        [(user, state)] = self.case.rows(
            "SELECT user_id, state FROM sale_order WHERE id = %s", order
        )
        logins = {person.id: login for login, person in self.case.users.items()}
        rep = logins.get(user, "a")
        if state in ("draft", "sent"):
            self.ask_and_decide(rep, order)
            self.call(rep, "sale.order", "action_confirm", [order])
        sold = self.ids("sale_order", "state = 'sale'")
        if order not in sold:
            return
        if steps > 1:
            self.pay("fin", self.ids("sale_order").index(order), 1.0, True)
        if steps > 2:
            self.dispatch(rep, sold.index(order), True)
        if steps > 3:
            self.ship("wh", sold.index(order), 1.0)

    do_properly = deed(properly, index=INDEX, steps=range(1, 6))

    def properly_on_a_release(self, index):
        """What stops an order is released by the general manager, gate by gate."""
        order = self.order(index)
        gates = ["price_authority", "order_review", "credit"]
        self._release_and("sale.order", order, gates, "a", "sale.order", "action_confirm", order)

    do_properly_on_a_release = deed(properly_on_a_release, index=INDEX)

    def ship_on_a_release(self, index):
        for transfer in self.transfers(self.sold(index))[:1]:
            for (move,) in self.case.rows(
                "SELECT id FROM stock_move WHERE picking_id = %s", transfer
            ):
                self.call("wh", "stock.move", "write", [move], {"picked": True})
            gates = ["payment_before_shipment", "dispatch_notice"]
            self._release_and(
                "stock.picking", transfer, gates, "wh", "stock.picking", "button_validate", transfer
            )

    do_ship_on_a_release = deed(ship_on_a_release, index=INDEX)

    def _release_and(self, model, res_id, gates, who, called, method, argument):
        for gate in gates:
            self._ask_release(who, gate, model, res_id, "requested")
        for release in self.ids("regulation_release", "state = 'requested'"):
            self.call("gm", "regulation.release", "action_grant", [release])
        for _twice in range(2):
            self.call(who, called, method, [argument])

    def change_properly(self, index, change):
        """A confirmed order is changed by a request that the manager approves."""
        sold = self.ids("sale_order", "state = 'sale'")
        if not sold:
            return
        self.ask_change("a", index, change)
        for approval in self.ids("regulation_approval", "state = 'pending'"):
            for decider in ("km", "dgm", "gm"):
                self.call(decider, "regulation.approval", "action_approve", [approval])

    do_change_properly = deed(change_properly, index=INDEX, change=CHANGES)

    def price_properly(self, index, price):
        """A price beyond the rep's authority is approved before the order is confirmed."""
        self.quote("a", "dongfang", 4, price, {})
        self.properly(len(self.ids("sale_order")) - 1, 1)

    do_price_properly = deed(price_properly, index=INDEX, price=[97.0, 92.0, 50.0])

    def sell_a_package(self, customer, goods, steps):
        """Goods that cost nothing beside a service that costs all."""
        case = self.case
        lines = [
            {"product_id": getattr(case, goods).id, "product_uom_qty": 5, "price_unit": 0.0},
            {"product_id": case.package.id, "product_uom_qty": 1, "price_unit": 500.0},
        ]
        values = {
            "partner_id": case.customers[customer].id,
            "order_line": [Command.create(line) for line in lines],
        }
        self.call("a", "sale.order", "create", [values])
        number = len(self.ids("sale_order")) - 1
        self.properly(number, 1)
        sold = self.ids("sale_order", "state = 'sale'")
        order = self.order(number)
        if order in sold and steps:
            self.dispatch("a", sold.index(order), True)
            self.ship("wh", sold.index(order), 1.0)

    do_sell_a_package = deed(
        sell_a_package,
        customer=["xinghai", "dongfang"],
        goods=["product", "gift"],
        steps=(True, True, False),
    )

    def sell_on_credit(self, who, quantity):
        """One order after the other, without paying, to a customer with a limit."""
        self.quote(who, "nanfeng", quantity, None, {})
        self.properly(len(self.ids("sale_order")) - 1, 1)

    do_sell_on_credit = deed(sell_on_credit, who=["a", "b"], quantity=[100, 300, 500])

    def allocate_again(self, index, share):
        """Money that is allocated already is allocated once more."""
        payments = self.ids("account_payment", "state IN ('in_process', 'paid')")
        if not payments:
            return
        payment = payments[index % len(payments)]
        [(amount,)] = self.case.rows("SELECT amount FROM account_payment WHERE id = %s", payment)
        values = {"order_id": self.sold(index), "payment_id": payment}
        allocation = self.call(
            "fin",
            "sale.payment.allocation",
            "create",
            [{**values, "amount": round(float(amount) * share, 2)}],
        )
        if allocation:
            self.call("fin", "sale.payment.allocation", "action_confirm", allocation)

    do_allocate_again = deed(allocate_again, index=INDEX, share=[0.01, 0.5, 1.0])

    # -- the proper way, and then something else

    def approve_and_change(self, index, changes):
        """What was approved is not what is confirmed."""
        order = self.order(index)
        [(state,)] = self.case.rows("SELECT state FROM sale_order WHERE id = %s", order)
        if state not in ("draft", "sent"):
            self.quote("a", "dongfang", 6, None, {})
            order = self.ids("sale_order")[-1]
        self.ask_and_decide("a", order)
        for line in self.order_lines(order)[:1]:
            self.call("a", "sale.order.line", "write", [line], changes)
        self.call("a", "sale.order", "action_confirm", [order])

    do_approve_and_change = deed(
        approve_and_change,
        index=INDEX,
        changes=[
            {"price_unit": 100.0},
            {"price_unit": 99.0},
            {"price_unit": 40.0},
            {"product_uom_qty": 9},
            {"product_uom_qty": 2000},
        ],
    )

    def approve_own(self, who, price):
        """Managers sell too, and would approve themselves if they could."""
        self.quote(who, "dongfang", 3, price, {})
        order = self.ids("sale_order")[-1]
        for kind in ("price", "order_review"):
            self.call(who, "sale.order", "action_request_approval", [order], kind, "Mine")
            if kind == "order_review":
                self.tick("km", self.ids("sale_order").index(order), 2)
            for approval in self.pending(order):
                self.call(who, "regulation.approval", "action_approve", [approval], "Fine")
        self.call(who, "sale.order", "action_confirm", [order])

    do_approve_own = deed(approve_own, who=["km", "dgm", "gm"], price=[100.0, 97.0, 80.0])

    def confirm_again(self, index):
        """Cancelled and confirmed again: what was used up is used up."""
        order = self.sold(index)
        # the clerk: with Purchase installed Odoo itself stops a plain salesperson
        for who, method in (("clk", "action_cancel"), ("a", "action_draft")):
            self.call(who, "sale.order", method, [order])
        self.call("a", "sale.order", "action_confirm", [order])

    do_confirm_again = deed(confirm_again, index=INDEX)

    def ask_and_decide(self, rep, order):
        for kind, deciders in (("price", ("km", "dgm", "gm")), ("order_review", ("km", "gm"))):
            if kind == "price" and self.discount(order) < 0.01:
                continue
            self.call(rep, "sale.order", "action_request_approval", [order], kind, "Please")
            if kind == "order_review" and self.pending(order):
                self.tick("km", self.ids("sale_order").index(order), 2)
            for decider in deciders:
                for approval in self.pending(order):
                    self.call(decider, "regulation.approval", "action_approve", [approval])

    def pending(self, order):
        return self.ids(
            "regulation_approval",
            f"state = 'pending' AND res_model = 'sale.order' AND res_id = {int(order)}",
        )

    # === WHAT MUST HOLD === #

    def what_must_hold(self):
        """After every call."""
        self.note_what_was_submitted()
        self.releases_are_used_once()
        self.orders_are_confirmed_and_changed_as_the_profile_allows()
        self.goods_leave_when_they_are_paid()
        self.money_is_allocated_once()
        self.evidence_is_only_added()
        self.releases_are_decided_once_by_who_may()
        self.nobody_approves_his_own()

    def content(self, order):
        """What was agreed, from the rows; lines without quantity are no part of it."""
        return self.contents([order])[order]

    def contents(self, orders):
        """``{order id: (header, lines)}`` of these orders."""
        headers = {
            order: tuple(header)
            for order, *header in self.case.rows(
                """
                SELECT id, partner_id, partner_invoice_id, partner_shipping_id, currency_id,
                       payment_term_id, company_id
                  FROM sale_order WHERE id = ANY(%s)
                """,
                list(orders),
            )
        }
        lines = {order: [] for order in headers}
        for order, *line, taxes in self.case.rows(
            """
            SELECT line.order_id, line.product_id, line.product_uom_id, line.product_uom_qty,
                   line.price_unit, COALESCE(line.discount, 0),
                   ARRAY(SELECT account_tax_id FROM account_tax_sale_order_line_rel rel
                          WHERE rel.sale_order_line_id = line.id ORDER BY 1)
              FROM sale_order_line line
             WHERE line.order_id = ANY(%s) AND line.display_type IS NULL
               AND line.product_uom_qty <> 0
               AND (line.is_delivery IS NOT TRUE OR line.price_unit < 0)
             ORDER BY 1, 2, 3, 4, 5, 6
            """,
            list(orders),
        ):
            lines[order].append((*line, tuple(taxes)))
        return {order: (headers[order], tuple(lines[order])) for order in headers}

    def total(self, order):
        """What the order costs with tax, from quantities and prices."""
        return self.cost(self.content(order))

    def cost(self, content):
        amount = 0.0
        for _product, _uom, quantity, price, discount, taxes in content[1]:
            net = round(float(quantity) * float(price) * (1 - float(discount) / 100), 2)
            amount += net * (1.13 if self.case.vat.id in taxes else 1.0)
        return round(amount, 2)

    def discount(self, order):
        """How far the order is below the list prices, in %: the worst line or the whole."""
        listed = self.listed()
        worst = reference = net = 0.0
        for product, _uom, quantity, price, discount, _taxes in self.content(order)[1]:
            unit = float(price) * (1 - float(discount) / 100)
            base = listed.get(product, 0.0)
            reference += base * float(quantity)
            net += unit * float(quantity)
            if base:
                worst = max(worst, (1 - unit / base) * 100)
        whole = (1 - net / reference) * 100 if reference else 0.0
        return max(worst, whole)

    def releases_are_used_once(self):
        """Invariant 2: each release opened one gate of one document once.

        Leaves in ``consumed`` how many were used up by the present step.
        """
        used = {
            tuple(key): number
            for *key, number in self.case.rows(
                """
                SELECT release.res_model, release.res_id, gate.code, COUNT(*)
                  FROM regulation_release release
                  JOIN regulation_gate gate ON gate.id = release.gate_id
                 WHERE release.state = 'used' AND release.id > %s
                 GROUP BY 1, 2, 3
                """,
                self.base["regulation_release"],
            )
        }
        passed = {
            tuple(key): number
            for *key, number in self.case.rows(
                """
                SELECT res_model, res_id, gate, COUNT(*) FROM regulation_register
                 WHERE event = 'released' AND id > %s GROUP BY 1, 2, 3
                """,
                self.base["regulation_register"],
            )
        }
        assert passed == used, f"passed on a release: {passed}, releases used: {used}"
        self.consumed = {key: number - self.used.get(key, 0) for key, number in used.items()}
        self.used = used
        self.reached("releases used", sum(self.consumed.values()))

    def releases_used(self, model, res_id, gate):
        """How many releases the present step has used up."""
        return self.consumed.get((model, res_id, gate), 0)

    def approved(self, order, kind):
        """Approvals in force whose submitted content is what the order says now."""
        content = self.content(order)
        return [
            (approval, deviation)
            for approval, deviation in self.case.rows(
                """
                SELECT approval.id, approval.deviation FROM regulation_approval approval
                  JOIN regulation_approval_kind kind ON kind.id = approval.kind_id
                 WHERE approval.res_model = 'sale.order' AND approval.res_id = %s
                   AND approval.state = 'approved' AND kind.code = %s
                """,
                order,
                kind,
            )
            if self.seen.get(approval) == content
        ]

    def note_what_was_submitted(self):
        """The content that each approval was submitted for, when it appears."""
        for approval, order in self.case.rows(
            """
            SELECT id, res_id FROM regulation_approval
             WHERE id > %s AND res_model = 'sale.order' ORDER BY id
            """,
            self.base["regulation_approval"],
        ):
            if approval not in self.seen:
                self.seen[approval] = self.content(order)
        for approval, kind, state in self.case.rows(
            """
            SELECT approval.id, kind.code, approval.state FROM regulation_approval approval
              JOIN regulation_approval_kind kind ON kind.id = approval.kind_id
             WHERE approval.id > %s
            """,
            self.base["regulation_approval"],
        ):
            if self.approvals.get(approval) != state:
                self.reached(f"approvals {state}: {kind}")
                self.approvals[approval] = state

    def orders_are_confirmed_and_changed_as_the_profile_allows(self):
        """Invariants 1 and 3."""
        confirmed = {}
        owners = {
            order: {user, creator}
            for order, user, creator in self.case.rows(
                "SELECT id, user_id, create_uid FROM sale_order WHERE id > %s AND state = 'sale'",
                self.base["sale_order"],
            )
        }
        changes = self.changes_applied()
        for order, content in (self.contents(owners) if owners else {}).items():
            applied = changes.get(order, 0)
            confirmed[order] = content
            if order not in self.confirmed:
                self.check_confirmation(order, owners[order])
                self.reached("orders confirmed")
            elif self.applied.get(order) == applied and not self.fixed:
                if content != self.confirmed[order]:
                    self.check_edit(order, owners[order], self.confirmed[order], content)
                    self.reached("orders edited")
            elif self.applied.get(order) == applied:
                assert content == self.confirmed[order], (
                    f"order {order} changed after its confirmation: {self.confirmed[order]}"
                    f" -> {content}"
                )
            else:
                self.check_edit(order, owners[order], self.confirmed[order], content)
                self.reached("orders changed by request")
            self.applied[order] = applied
        self.confirmed = confirmed

    def changes_applied(self):
        """``{order id: how many approved changes were carried out}``."""
        return dict(
            self.case.rows(
                """
                SELECT order_id, COUNT(*) FROM sale_order_change
                 WHERE state = 'applied' GROUP BY order_id
                """
            )
        )

    def check_confirmation(self, order, owners):
        case = self.case
        logins = {person.id: login for login, person in case.users.items()}
        discount = self.discount(order)
        if discount > 0.01 and not self.releases_used("sale.order", order, "price_authority"):
            people = owners | {case.actor}
            own = max(AUTHORITY.get(logins.get(person), 0.0) for person in people)
            granted = [deviation for _id, deviation in self.approved(order, "price")]
            assert discount <= own + 0.01 or any(
                deviation >= discount - 0.01 for deviation in granted
            ), f"order {order} confirmed {discount:.2f} % below list, granted {granted}"
        if case.reviewed and not self.releases_used("sale.order", order, "order_review"):
            assert self.approved(order, "order_review"), f"order {order} confirmed without review"
        self.check_credit(order)

    def check_edit(self, order, owners, before, after):
        """What changes after the confirmation keeps to authority and credit (invariant 1).

        A line stays below its list price as it was and as far as it was; what is new or lower
        is within the authority of the people concerned, and so is the whole.
        """
        case = self.case
        logins = {person.id: login for login, person in case.users.items()}
        own = max(AUTHORITY.get(logins.get(person), 0.0) for person in owners | {case.actor})
        if (
            "price_authority" in case.gates
            and not self.releases_used("sale.order", order, "price_authority")
            and not any(
                deviation >= self.discount(order) - 0.01
                for _id, deviation in self.approved(order, "price")
            )
        ):
            granted = {}
            for product, uom, quantity, *terms in before[1]:
                key = (product, uom, *terms)
                granted[key] = granted.get(key, 0.0) + float(quantity)
            for product, uom, quantity, *terms in after[1]:
                base = self.listed().get(product, 0.0)
                unit = float(terms[0]) * (1 - float(terms[1]) / 100)
                discount = (1 - unit / base) * 100 if base else 0.0
                assert (
                    discount <= own + 0.01
                    or float(quantity) <= granted.get((product, uom, *terms), 0.0) + 1e-6
                ), f"order {order} changed, a line {discount:.2f} % below list: {before} -> {after}"
            short, _reference = self.shortage(before[1])
            now, reference = self.shortage(after[1])
            assert now <= max(short, 0.0) + reference * own / 100 + 0.05, (
                f"order {order} changed, {now:.2f} below list: {before} -> {after}"
            )
        header, old = after[0], before[0]
        if "credit" not in case.gates:
            return
        if (header[0], header[1], header[3]) != (old[0], old[1], old[3]) or (
            self.cost(after) > self.cost(before) + 0.05
        ):
            self.check_credit(order)

    def listed(self):
        return {self.case.product.id: 100.0, self.case.gift.id: 1.0}

    def shortage(self, lines):
        """``(what is lacking to the list prices, list prices)`` of the whole."""
        reference = net = 0.0
        for product, _uom, quantity, price, discount, _taxes in lines:
            base = self.listed().get(product, 0.0) * float(quantity)
            value = float(price) * (1 - float(discount) / 100) * float(quantity)
            reference += max(base, 0.0)
            # What has no list price adds nothing, it may take away
            net += value if base > 0 else min(value, 0.0)
        return reference - net, reference

    def check_credit(self, confirmed):
        """A further order leaves what Nanfeng owes within the limit, unless it is released."""
        nanfeng = self.case.customers["nanfeng"]
        orders = [
            row[0]
            for row in self.case.rows(
                """
                SELECT sale.id FROM sale_order sale
                  JOIN res_partner payer ON payer.id = sale.partner_invoice_id
                 WHERE sale.state = 'sale' AND payer.commercial_partner_id = %s
                """,
                nanfeng.id,
            )
        ]
        # Somebody else's order is no matter of Nanfeng's, who may be above it by a release
        if confirmed not in orders or any(
            self.releases_used("sale.order", order, "credit") for order in orders
        ):
            return
        [(received,)] = self.case.rows(
            """
            SELECT COALESCE(SUM(payment.amount), 0) FROM account_payment payment
              JOIN res_partner payer ON payer.id = payment.partner_id
             WHERE payment.state IN ('in_process', 'paid') AND payer.commercial_partner_id = %s
            """,
            nanfeng.id,
        )
        owed = sum(self.total(order) for order in orders) - float(received)
        assert owed <= LIMIT_OF_NANFENG + 0.05, f"Nanfeng owes {owed}"

    def goods_leave_when_they_are_paid(self):
        """Invariant 2: judged when they leave; later events do not undo it."""
        left = {}
        loose = 0.0
        for order, quantity in self.case.rows(
            """
            SELECT COALESCE(line.order_id, move.regulation_order_id),
                   SUM(CASE WHEN dest.usage = 'customer' THEN 1 ELSE -1 END * moved.quantity)
              FROM stock_move_line moved
              JOIN stock_location source ON source.id = moved.location_id
              JOIN stock_location dest ON dest.id = moved.location_dest_id
              LEFT JOIN stock_move move ON move.id = moved.move_id
              LEFT JOIN sale_order_line line ON line.id = move.sale_line_id
             WHERE moved.id > %s AND moved.state = 'done' AND moved.company_id = %s
               AND (dest.usage = 'customer') <> (source.usage = 'customer')
             GROUP BY 1
            """,
            self.base["stock_move_line"],
            self.case.company.id,
        ):
            if order:
                left[order] = float(quantity)
            else:
                loose = float(quantity)
        released = any(
            number
            for (_model, _id, gate), number in self.consumed.items()
            if gate == "payment_before_shipment"
        )
        for order, quantity in left.items():
            if quantity > self.left.get(order, 0.0) + 1e-6:
                self.reached("deliveries on a release" if released else "deliveries")
                if not released:
                    paid, total = self.paid(order), self.total(order)
                    assert paid >= total - 0.05, (
                        f"{quantity} of order {order}: paid {paid} of {total}"
                    )
            elif quantity < self.left.get(order, 0.0) - 1e-6:
                self.reached("returns")
        if not released:
            assert loose <= self.loose + 1e-6, f"{loose} left unpaid, without an order"
        self.left, self.loose = left, loose

    def money_is_allocated_once(self):
        """Invariant 2: no payment covers more than it is worth."""
        money = {}
        for payment, amount, allocated, confirmed, countered in self.case.rows(
            """
            SELECT payment.id, payment.amount, SUM(allocation.amount),
                   COUNT(*) FILTER (WHERE allocation.counters_id IS NULL),
                   COUNT(allocation.counters_id)
              FROM sale_payment_allocation allocation
              JOIN account_payment payment ON payment.id = allocation.payment_id
             WHERE allocation.id > %s AND allocation.state = 'confirmed'
             GROUP BY 1, 2
            """,
            self.base["sale_payment_allocation"],
        ):
            assert float(allocated) <= float(amount) + 0.005, (
                f"{allocated} of payment {payment} allocated, it is worth {amount}"
            )
            before = self.money.get(payment, (0, 0))
            self.reached("allocations confirmed", confirmed - before[0])
            self.reached("allocations taken back", countered - before[1])
            money[payment] = (confirmed, countered)
        self.money = money

    def paid(self, order):
        [(amount,)] = self.case.rows(
            """
            SELECT COALESCE(SUM(allocation.order_amount), 0)
              FROM sale_payment_allocation allocation
              JOIN account_payment payment ON payment.id = allocation.payment_id
             WHERE allocation.order_id = %s AND allocation.state = 'confirmed'
               AND payment.state IN ('in_process', 'paid')
            """,
            order,
        )
        return float(amount)

    def evidence_is_only_added(self):
        """Invariant 4: no row changes or disappears, and the actor is the actor."""
        for table in ("regulation_register", "regulation_approval_decision"):
            rows = dict(
                self.case.rows(
                    f"SELECT id, md5(t::text) FROM {table} t WHERE id > %s", self.base[table]
                )
            )
            before = self.evidence.get(table, {})
            for row, digest in before.items():
                assert rows.get(row) == digest, f"{table} {row} was changed or deleted"
            for row in rows.keys() - before.keys():
                [(user,)] = self.case.rows(f"SELECT user_id FROM {table} WHERE id = %s", row)
                assert user == self.case.actor, f"{table} {row} names {user}, not {self.case.actor}"
            self.evidence[table] = rows

    def releases_are_decided_once_by_who_may(self):
        """Invariants 4 and 5 for special releases."""
        manager = self.case.users["gm"].id
        now = {}
        for row in self.case.rows(
            """
            SELECT id, state, reason, amount, res_model, res_id, gate_id, decided_by_id
              FROM regulation_release WHERE id > %s
            """,
            self.base["regulation_release"],
        ):
            now[row[0]] = row[1:]
            state, *facts = row[1:]
            if state in ("granted", "used", "revoked"):
                assert row[7] == manager, f"release {row[0]} granted by {row[7]}"
            old = self.releases.get(row[0])
            if not old or old[0] != state:
                self.reached(f"releases {state}")
            if old and old[0] != "requested":
                assert list(old[1:]) == facts, f"release {row[0]} was changed"
                assert old[0] == state or (old[0], state) in (
                    ("granted", "used"),
                    ("granted", "revoked"),
                ), f"release {row[0]}: {old[0]} -> {state}"
        for release, old in self.releases.items():
            assert release in now or old[0] == "requested", f"release {release} is gone"
        self.releases = now

    def nobody_approves_his_own(self):
        """Invariant 5: the profile names a deputy, so there is no self-decision."""
        own = self.case.rows(
            """
            SELECT decision.id FROM regulation_approval_decision decision
              JOIN regulation_approval approval ON approval.id = decision.approval_id
             WHERE decision.id > %s AND decision.verdict = 'approved'
               AND decision.user_id = approval.submitted_by_id
            """,
            self.base["regulation_approval_decision"],
        )
        assert not own, f"own document approved: {own}"
        undecided = self.case.rows(
            """
            SELECT approval.id FROM regulation_approval approval
              JOIN regulation_approval_kind kind ON kind.id = approval.kind_id
             WHERE approval.id > %s AND approval.state = 'approved'
               AND kind.code IN ('price', 'order_review')
               AND NOT EXISTS (SELECT 1 FROM regulation_approval_decision decision
                                WHERE decision.approval_id = approval.id
                                  AND decision.verdict = 'approved')
            """,
            self.base["regulation_approval"],
        )
        assert not undecided, f"approved by nobody: {undecided}"
