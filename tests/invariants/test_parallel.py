# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
import contextlib
import unittest

from odoo import SUPERUSER_ID, Command, api
from odoo.exceptions import UserError
from odoo.tests import BaseCase, get_db_name, tagged

from .parallel import ParallelWorld


@tagged("post_install", "-at_install")
class TestParallel(BaseCase):
    """Invariants 1, 2, 4, 5 and 10 when several people act at the same moment."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        source = ParallelWorld.source_of(get_db_name())
        if not source:
            raise unittest.SkipTest("needs a database to copy: run the tests with ./dev test")
        cls.world = ParallelWorld(source)
        cls.addClassCleanup(cls.world.drop)
        cls.world.build()

    # === TOOLS === #

    def order(self, customer="xinghai", quantity=10, price=100.0, login="a"):
        return self.world.call(
            login,
            "sale.order",
            "create",
            [
                {
                    "partner_id": self.world.customer_ids[customer],
                    "order_line": [
                        Command.create(
                            {
                                "product_id": self.world.product_id,
                                "product_uom_qty": quantity,
                                "price_unit": price,
                            }
                        )
                    ],
                }
            ],
        )[0]

    def reviewed(self, **values):
        order = self.order(**values)
        self.approve(order)
        return order

    def approve(self, order):
        world = self.world
        if not world.rows("SELECT 1 FROM regulation_gate WHERE code = 'order_review'"):
            return
        world.call("a", "sale.order", "action_request_approval", [order], "order_review", "")
        for item in self.review_items(order):
            world.call("km", "sale.order", "action_tick", [order], item)
        [(approval,)] = self.pending(order)
        world.call("km", "regulation.approval", "action_approve", [approval])

    def review_items(self, order):
        with self.world.registry.cursor() as cr:
            env = api.Environment(cr, SUPERUSER_ID, {})
            return env["sale.order"].browse(order)._checklist_items("order_review")[order].ids

    def pending(self, order):
        return self.world.rows(
            "SELECT id FROM regulation_approval WHERE res_id = %s AND state = 'pending'"
            " AND res_model = 'sale.order'",
            order,
        )

    def confirmed(self, **values):
        order = self.reviewed(**values)
        self.world.call("a", "sale.order", "action_confirm", [order])
        return order

    def pay(self, order, amount, confirm=True):
        world = self.world
        [(partner,)] = world.rows("SELECT partner_id FROM sale_order WHERE id = %s", order)
        [payment] = world.call(
            "fin",
            "account.payment",
            "create",
            [
                {
                    "payment_type": "inbound",
                    "partner_type": "customer",
                    "partner_id": partner,
                    "amount": amount,
                    "journal_id": world.bank_id,
                }
            ],
        )
        world.call("fin", "account.payment", "action_post", [payment])
        if confirm:
            [allocation] = world.call(
                "fin",
                "sale.payment.allocation",
                "create",
                [{"order_id": order, "payment_id": payment, "amount": amount}],
            )
            world.call("fin", "sale.payment.allocation", "action_confirm", [allocation])
        return payment

    def dispatch(self, order, quantity=None):
        world = self.world
        action = world.call("a", "sale.order", "action_request_dispatch", [order])
        notice = [action["res_id"]]
        world.call("a", "dispatch.notice", "write", notice, {"requested_arrival_at": "2030-01-01"})
        if quantity:
            lines = world.rows(
                "SELECT id FROM dispatch_notice_line WHERE notice_id = %s", notice[0]
            )
            world.call("a", "dispatch.notice.line", "write", [lines[0][0]], {"quantity": quantity})
        world.call("a", "dispatch.notice", "action_submit", notice)
        for method in ("action_verify", "action_check", "action_issue"):
            world.call("clk", "dispatch.notice", method, notice)
        for method in ("action_check_papers", "action_release"):
            world.call("fin", "dispatch.notice", method, notice)
        return notice[0]

    def transfers(self, order):
        rows = self.world.rows(
            """
            SELECT DISTINCT picking_id FROM stock_move
             WHERE state NOT IN ('done', 'cancel')
               AND sale_line_id IN (SELECT id FROM sale_order_line WHERE order_id = %s)
            """,
            order,
        )
        return [row[0] for row in rows]

    def pick(self, transfer, quantity=None):
        for move, wanted in self.world.rows(
            "SELECT id, product_uom_qty FROM stock_move WHERE picking_id = %s", transfer
        ):
            self.world.call(
                "wh",
                "stock.move",
                "write",
                [move],
                {"quantity": float(wanted) if quantity is None else quantity, "picked": True},
            )

    def passed(self, results):
        return sum(not isinstance(result, UserError) for result in results)

    def events(self, event, model, ids):
        return self.world.rows(
            "SELECT res_id FROM regulation_register"
            " WHERE event = %s AND res_model = %s AND res_id = ANY(%s)",
            event,
            model,
            list(ids),
        )

    # === TESTS === #

    def test_one_limit_two_confirmations(self):
        """Limit 50,000: of six orders of 30,000 at the same moment one is confirmed."""
        orders = [self.reviewed(customer="nanfeng", quantity=300) for _number in range(6)]
        results = self.world.together(
            *(("a", "sale.order", "action_confirm", [order]) for order in orders)
        )
        self.assertEqual(self.passed(results), 1, results)
        rows = self.world.rows(
            "SELECT id FROM sale_order WHERE id = ANY(%s) AND state = 'sale'", orders
        )
        self.assertEqual(len(rows), 1)
        for result in results:
            if isinstance(result, UserError):
                self.assertIn("50,000.00", str(result))
        # those who were stopped are on record, once each
        blocked = [row[0] for row in self.events("blocked", "sale.order", orders)]
        self.assertEqual(sorted(blocked), sorted(set(orders) - {rows[0][0]}))

    def test_batches_do_not_deadlock(self):
        orders = [
            self.reviewed(customer=customer, quantity=1)
            for _number in range(4)
            for customer in ("dongfang", "xinghai")
        ]
        half = len(orders) // 2
        results = self.world.together(
            ("a", "sale.order", "action_confirm", orders[:half]),
            ("a", "sale.order", "action_confirm", list(reversed(orders[half:]))),
        )
        self.assertEqual(self.passed(results), 2, results)

    def test_one_payment_two_allocations(self):
        first, second = self.confirmed(quantity=1), self.confirmed(quantity=1)
        payment = self.pay(first, 113.0, confirm=False)
        allocations = [
            self.world.call(
                "fin",
                "sale.payment.allocation",
                "create",
                [{"order_id": order, "payment_id": payment, "amount": 113.0}],
            )
            for order in (first, second)
        ]
        results = self.world.together(
            *(("fin", "sale.payment.allocation", "action_confirm", one) for one in allocations)
        )
        self.assertEqual(self.passed(results), 1, results)
        [(amount,)] = self.world.rows(
            "SELECT SUM(amount) FROM sale_payment_allocation"
            " WHERE payment_id = %s AND state = 'confirmed'",
            payment,
        )
        self.assertEqual(float(amount), 113.0)

    def test_goods_leave_and_the_payment_bounces(self):
        """Either the goods leave on money that is there, or they do not leave."""
        order = self.confirmed(quantity=1)
        payment = self.pay(order, 113.0)
        self.dispatch(order)
        [transfer] = self.transfers(order)
        self.pick(transfer)
        results = self.world.together(
            ("wh", "stock.picking", "button_validate", [transfer]),
            ("fin", "account.payment", "action_draft", [payment]),
        )
        [(state,)] = self.world.rows("SELECT state FROM stock_picking WHERE id = %s", transfer)
        self.assertEqual(state == "done", not isinstance(results[0], UserError))

    def test_one_payment_two_shipments(self):
        """Two halves of an order are ready, the money is left for one: one of them leaves."""
        order = self.confirmed(customer="dongfang", quantity=10)
        self.pay(order, 565.0)
        lost = self.pay(order, 565.0)
        [first] = self.transfers(order)
        self.pick(first, 5)
        self.world.call("wh", "stock.picking", "action_split_transfer", [first])
        transfers = self.transfers(order)
        self.assertEqual(len(transfers), 2)
        for transfer in transfers:
            self.dispatch(order, 5)
            self.pick(transfer)
        self.world.call("fin", "account.payment", "action_draft", [lost])
        results = self.world.together(
            *(("wh", "stock.picking", "button_validate", [transfer]) for transfer in transfers)
        )
        self.assertEqual(self.passed(results), 1, results)
        self.assertEqual(self.shipped(order), 5)
        [refused] = [result for result in results if isinstance(result, UserError)]
        self.assertIn("565.00", str(refused))

    def shipped(self, order):
        [(quantity,)] = self.world.rows(
            """
            SELECT COALESCE(SUM(move.quantity), 0) FROM stock_move move
              JOIN sale_order_line line ON line.id = move.sale_line_id
             WHERE move.state = 'done' AND line.order_id = %s
            """,
            order,
        )
        return float(quantity)

    def test_goods_leave_and_the_money_is_taken_back(self):
        """The counter-entry comes first and the goods stay, or the next shipment is stopped."""
        for _number in range(3):
            order = self.confirmed(quantity=2)
            self.pay(order, 226.0)
            self.dispatch(order)
            [transfer] = self.transfers(order)
            self.pick(transfer)
            [(allocation,)] = self.world.rows(
                "SELECT id FROM sale_payment_allocation WHERE order_id = %s", order
            )
            goods, money = self.world.together(
                ("wh", "stock.picking", "button_validate", [transfer]),
                ("fin", "sale.payment.allocation", "action_counter", [allocation], "Bounced"),
            )
            self.assertNotIsInstance(money, UserError)
            self.assertEqual(self.shipped(order), 0 if isinstance(goods, UserError) else 2)
            if isinstance(goods, UserError):
                with self.assertRaisesRegex(UserError, "226.00"):
                    self.world.call("wh", "stock.picking", "button_validate", [transfer])
            countered = self.world.rows(
                "SELECT id FROM sale_payment_allocation WHERE counters_id = %s", allocation
            )
            self.assertEqual(len(countered), 1)

    def test_money_taken_back_twice(self):
        order = self.confirmed(quantity=1)
        self.pay(order, 113.0)
        [(allocation,)] = self.world.rows(
            "SELECT id FROM sale_payment_allocation WHERE order_id = %s", order
        )
        results = self.world.together(
            *(
                ("fin", "sale.payment.allocation", "action_counter", [allocation], "Bounced")
                for _number in range(3)
            )
        )
        self.assertEqual(self.passed(results), 1, results)
        [(amount,)] = self.world.rows(
            "SELECT SUM(amount) FROM sale_payment_allocation"
            " WHERE order_id = %s AND state = 'confirmed'",
            order,
        )
        self.assertEqual(float(amount), 0.0)

    def test_one_release_two_changes(self):
        """Two people change a confirmed order on the one release that there is."""
        order = self.confirmed(quantity=4)
        [(line,)] = self.world.rows("SELECT id FROM sale_order_line WHERE order_id = %s", order)
        gate = self.world.rows("SELECT id FROM regulation_gate WHERE code = 'order_change'")[0][0]
        [release] = self.world.call(
            "a",
            "regulation.release",
            "create",
            [
                {
                    "gate_id": gate,
                    "res_model": "sale.order",
                    "res_id": order,
                    "reason": "Typing error",
                }
            ],
        )
        self.world.call("gm", "regulation.release", "action_grant", [release])
        results = self.world.together(
            ("a", "sale.order.line", "write", [line], {"product_uom_qty": 5}),
            ("km", "sale.order.line", "write", [line], {"product_uom_qty": 6}),
        )
        self.assertEqual(self.passed(results), 1, results)
        self.assertEqual(len(self.events("released", "sale.order", [order])), 1)
        [(quantity,)] = self.world.rows(
            "SELECT product_uom_qty FROM sale_order_line WHERE id = %s", line
        )
        self.assertEqual(float(quantity), 6.0 if isinstance(results[0], UserError) else 5.0)

    def test_one_release_two_uses(self):
        """A release for one order is used once, whoever comes first."""
        order = self.reviewed(customer="nanfeng", quantity=600)
        gate = self.world.rows("SELECT id FROM regulation_gate WHERE code = 'credit'")[0][0]
        [release] = self.world.call(
            "a",
            "regulation.release",
            "create",
            [
                {
                    "gate_id": gate,
                    "res_model": "sale.order",
                    "res_id": order,
                    "reason": "Old customer",
                }
            ],
        )
        results = self.world.together(
            ("gm", "regulation.release", "action_grant", [release]),
            ("gm", "regulation.release", "action_refuse", [release]),
        )
        self.assertEqual(self.passed(results), 1, results)
        decided = self.world.rows("SELECT state FROM regulation_release WHERE id = %s", release)
        if decided[0][0] != "granted":
            return
        self.world.together(
            *(("a", "sale.order", "action_confirm", [order]) for _number in range(2))
        )
        self.assertEqual(len(self.events("released", "sale.order", [order])), 1)

    def test_two_decisions_on_one_step(self):
        order = self.order(quantity=7)
        if not self.world.rows("SELECT 1 FROM regulation_gate WHERE code = 'order_review'"):
            self.skipTest("no review")
        self.world.call("a", "sale.order", "action_request_approval", [order], "order_review", "")
        [(approval,)] = self.pending(order)
        results = self.world.together(
            ("km", "regulation.approval", "action_return", [approval], "Not so"),
            ("km", "regulation.approval", "action_refuse", [approval], "No"),
        )
        self.assertEqual(self.passed(results), 1, results)
        decisions = self.world.rows(
            "SELECT verdict FROM regulation_approval_decision"
            " WHERE approval_id = %s AND verdict <> 'submitted'",
            approval,
        )
        self.assertEqual(len(decisions), 1)

    def test_two_deciders_of_one_approval(self):
        """Chen Gang approves, his colleague refuses: one of the two has decided."""
        for _number in range(3):
            order = self.order(quantity=8)
            self.world.call(
                "a", "sale.order", "action_request_approval", [order], "order_review", ""
            )
            [(approval,)] = self.pending(order)
            for item in self.review_items(order):
                self.world.call("km", "sale.order", "action_tick", [order], item)
            results = self.world.together(
                ("km", "regulation.approval", "action_approve", [approval]),
                ("sgm", "regulation.approval", "action_refuse", [approval], "Not so"),
            )
            self.assertEqual(self.passed(results), 1, results)
            decisions = self.world.rows(
                "SELECT verdict, user_id FROM regulation_approval_decision"
                " WHERE approval_id = %s AND verdict <> 'submitted'",
                approval,
            )
            [(state,)] = self.world.rows(
                "SELECT state FROM regulation_approval WHERE id = %s", approval
            )
            who = "sgm" if isinstance(results[0], UserError) else "km"
            verdict = "refused" if who == "sgm" else "approved"
            self.assertEqual(decisions, [(verdict, self.world.uids[who])])
            self.assertEqual(state, verdict)

    def test_approved_while_it_is_changed(self):
        """The approver sees 10 pieces at 100.00; meanwhile the rep makes it 60.00."""
        for _number in range(3):
            order = self.order(quantity=10)
            [(line,)] = self.world.rows("SELECT id FROM sale_order_line WHERE order_id = %s", order)
            self.world.call(
                "a", "sale.order", "action_request_approval", [order], "order_review", ""
            )
            [(approval,)] = self.pending(order)
            for item in self.review_items(order):
                self.world.call("km", "sale.order", "action_tick", [order], item)
            self.world.together(
                ("km", "regulation.approval", "action_approve", [approval]),
                ("a", "sale.order.line", "write", [line], {"product_uom_qty": 11}),
            )
            with contextlib.suppress(UserError):
                self.world.call("a", "sale.order", "action_confirm", [order])
            [(state, quantity)] = self.world.rows(
                """
                SELECT sale.state, line.product_uom_qty FROM sale_order sale
                  JOIN sale_order_line line ON line.order_id = sale.id WHERE sale.id = %s
                """,
                order,
            )
            self.assertFalse(state == "sale" and float(quantity) == 11, "approved at 10")

    def test_confirmed_while_it_is_changed(self):
        """What is confirmed is what was approved, whoever comes first."""
        for _number in range(3):
            order = self.reviewed(quantity=10)
            [(line,)] = self.world.rows("SELECT id FROM sale_order_line WHERE order_id = %s", order)
            self.world.together(
                ("a", "sale.order", "action_confirm", [order]),
                ("km", "sale.order.line", "write", [line], {"price_unit": 55.0}),
            )
            [(state, price)] = self.world.rows(
                """
                SELECT sale.state, line.price_unit FROM sale_order sale
                  JOIN sale_order_line line ON line.order_id = sale.id WHERE sale.id = %s
                """,
                order,
            )
            self.assertFalse(state == "sale" and float(price) == 55, "approved at 100.00")

    def test_a_killed_confirmation_leaves_nothing(self):
        """Invariant 10: the connection dies before the commit."""
        order = self.reviewed(quantity=2)
        before = self.world.rows("SELECT COUNT(*) FROM regulation_register")
        cr = self.world.registry.cursor()
        env = api.Environment(cr, self.world.uids["a"], {})
        env["sale.order"].browse(order).action_confirm()
        env.flush_all()
        self.assertEqual(env["sale.order"].browse(order).state, "sale")
        pid = cr._cnx.get_backend_pid()
        self.world.rows("SELECT pg_terminate_backend(%s)", pid)
        with contextlib.suppress(Exception):  # nothing is left to be closed
            cr.close()
        [(state,)] = self.world.rows("SELECT state FROM sale_order WHERE id = %s", order)
        self.assertEqual(state, "draft")
        self.assertFalse(self.transfers(order))
        self.assertEqual(self.world.rows("SELECT COUNT(*) FROM regulation_register"), before)
        # and nothing is in the way afterwards
        self.world.call("a", "sale.order", "action_confirm", [order])
