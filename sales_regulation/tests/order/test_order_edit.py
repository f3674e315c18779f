# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from ...models.order.sale_order_lock import STOCK_FLOW, order_flow
from ...tools import engine
from .common import OrderCommon

MODES = ("off", "observe", "enforce")


class Edited(OrderCommon):
    """Steps as a client takes them: with what comes at the commit."""

    def _commit(self):
        self.env.flush_all()
        self.env.cr.precommit.run()

    def _tried(self, step):
        """The text of the refusal, empty if the step passes; it leaves nothing behind."""
        text = ""
        savepoint = self.cr.savepoint()
        try:
            step()
            self._commit()
        except UserError as refusal:
            text = str(refusal)
        self.cr.precommit.clear()
        savepoint.close(rollback=True)
        self.env.invalidate_all()
        return text


@tagged("post_install", "-at_install")
class TestOrderEdit(Edited):
    """Where confirmed orders may be edited, prices and credit hold all the same (C17, C32)."""

    def _observed(self, gate):
        """How many refusals of the gate are noted; the rows are written after the commit."""
        rows = self.cr.postcommit.data.get("regulation.register", ())
        return sum(row["event"] == "observed" and row["gate"] == gate for row in rows)

    def _set_modes(self, **modes):
        for line in self.profile.gate_ids:
            if mode := modes.get(line.gate_id.code):
                line.with_user(self.users["gm"]).sudo()._set_mode(mode)

    def test_every_pair_of_modes(self):
        """The price holds in its own mode, whatever the mode of the change itself."""
        modes = {"price_authority": "enforce", "order_change": "enforce"}
        self.profile = self._price_profile(gates=modes)
        order = self._order("a", quantity=10)
        order.action_confirm()
        self._commit()
        line = order.order_line
        for price in MODES:
            for change in MODES:
                self._set_modes(price_authority=price, order_change=change)
                self._end_request()
                with self.subTest(price=price, change=change):
                    self.cr.postcommit.data.pop("regulation.register", None)
                    text = self._tried(lambda: line.write({"price_unit": 75}))
                    if change == "enforce":
                        self.assertIn("its content is fixed", text)
                    elif price == "enforce":
                        self.assertIn("25.00 % below", text)
                        self.assertIn("change request", text)
                    else:
                        self.assertFalse(text)
                    noted = price == "observe" and change != "enforce"
                    self.assertEqual(self._observed("price_authority"), noted)

    def test_observed_price_is_on_record(self):
        self.profile = self._price_profile(gates={"price_authority": "observe"})
        order = self._order("a", quantity=10)
        order.action_confirm()
        self.cr.postcommit.data.pop("regulation.register", None)
        order.order_line.price_unit = 1
        self._commit()
        self.assertEqual(self._observed("price_authority"), 1)

    def test_every_way_to_lower_a_price(self):
        self.profile = self._price_profile()
        order = self._order("a", quantity=10)
        order.action_confirm()
        self._commit()
        discount = self.env["product.product"].create(
            {"name": "Discount", "type": "service", "list_price": 0, "taxes_id": False}
        )
        self.assertTrue(order.regulation_under_change)
        minus = {"product_id": discount.id, "product_uom_qty": 1, "price_unit": -900}
        for step in (
            lambda: order.order_line.write({"discount": 1}),
            lambda: order.write({"order_line": [Command.create(minus)]}),
            lambda: order.write({"order_line": [Command.create({**minus, "is_expense": True})]}),
            lambda: order.order_line.with_context(default_order_id=order.id).create(minus),
            lambda: order.with_user(self.users["km"]).order_line.write({"price_unit": 96}),
        ):
            self.assertRegex(self._tried(step), "below the reference price")
        for step in (
            lambda: order.order_line.write({"product_uom_qty": 1000}),
            lambda: order.write({"commitment_date": "2036-01-01"}),
            lambda: (
                order.order_line.write({"price_unit": 1})
                and order.order_line.write({"price_unit": 100})
            ),
        ):
            self.assertFalse(self._tried(step))

    def test_reinvoiced_lines(self):
        """What Odoo re-invoices is not ordered, until somebody changes it."""
        self.profile = self._price_profile()
        order = self._order("a", quantity=10)
        order.action_confirm()
        ticket = self.env["product.product"].create(
            {"name": "Train ticket", "type": "service", "list_price": 0}
        )
        values = {
            "order_id": order.id,
            "product_id": ticket.id,
            "product_uom_qty": 1,
            "price_unit": 80,
            "is_expense": True,
            "regulation_reinvoiced": True,
        }
        Line = order.order_line.browse()
        with self.assertRaisesRegex(AccessError, "computed"):
            Line.create(values)
        line = order_flow(Line, STOCK_FLOW).create(values).with_env(order.env)
        self.assertTrue(line.regulation_reinvoiced)
        self.assertNotIn(line, order._contract_goods_lines())
        line.price_unit = 90
        self.assertFalse(line.regulation_reinvoiced)
        self.assertIn(line, order._contract_goods_lines())

    def test_what_was_granted_stays(self):
        """An order at an approved price may be edited otherwise; its price may go up."""
        self.profile = self._price_profile()
        order = self._order("a", quantity=10, price=75)
        order.action_request_price_approval()
        self._approve(order, "price", "gm")
        order.action_confirm()
        self._commit()
        line = order.order_line
        self.assertFalse(self._tried(lambda: order.write({"commitment_date": "2036-01-01"})))
        self.assertFalse(self._tried(lambda: line.write({"product_uom_qty": 9, "price_unit": 75})))
        self.assertFalse(self._tried(lambda: line.write({"price_unit": 100})))
        for step in (
            lambda: line.write({"product_uom_qty": 1000, "price_unit": 75}),
            lambda: line.write({"price_unit": 74}),
            lambda: line.copy({"order_id": order.id, "price_unit": 75}),
        ):
            self.assertRegex(self._tried(step), "below the reference price")

    def test_credit(self):
        """More than was confirmed has to fit into the credit, as if it were confirmed now."""
        for change in ("off", "observe"):
            self.profile = self._price_profile(gates={"credit": "enforce", "order_change": change})
            customer = self.customers["xinghai"].with_company(self.company)
            engine(customer).credit_limit = 2000
            order = self._order("a", quantity=10)
            order.action_confirm()
            self._commit()
            line = order.order_line
            self.assertFalse(self._tried(lambda line=line: line.write({"product_uom_qty": 11})))
            self.assertTrue(self._tried(lambda line=line: line.write({"product_uom_qty": 1000})))
            # Already above the limit: less of it may be ordered, and its terms change
            engine(customer).credit_limit = 1
            self.assertFalse(self._tried(lambda line=line: line.write({"product_uom_qty": 9})))
            order.sudo()._action_cancel()
            self.profile.with_user(self.users["gm"]).sudo().action_retire()


@tagged("post_install", "-at_install")
class TestGrantedDeviation(Edited):
    """What was granted for one line is granted for no other one (C17, C23)."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.profile = cls._order_profile()
        cls.order = cls._order("a", quantity=1, price=75)
        cls.sample = cls.order.order_line
        cls.order.order_line = [
            Command.create({"product_id": cls.product.id, "product_uom_qty": 1000})
        ]
        cls.bulk = cls.order.order_line - cls.sample
        cls.order.action_request_price_approval()
        cls._approve(cls.order, "price", "gm")
        cls._review(cls.order)
        cls.order.action_confirm()

    def _ask(self, *lines, approver="km"):
        """A change request up to its approval."""
        change = (
            self.env["sale.order.change"]
            .with_user(self.users["a"])
            .create(
                {
                    "order_id": self.order.id,
                    "reason": "The customer asks for it",
                    "line_ids": [Command.create(line) for line in lines],
                }
            )
        )
        change.action_submit()
        self._approve(change, "order_change", approver)
        return change

    def test_another_line(self):
        price = {"order_line_id": self.bulk.id, "action": "price", "price_unit": 75}
        with self.assertRaisesRegex(UserError, "25.00 % below"), self.cr.savepoint():
            self._ask(price)
        change = self._ask({**price, "price_unit": 95})
        self.assertEqual(change.state, "applied")
        self.assertEqual(self.bulk.price_unit, 95)

    def test_a_new_line(self):
        line = {"action": "add", "product_id": self.product.id, "quantity": 500, "price_unit": 75}
        with self.assertRaisesRegex(UserError, "25.00 % below"), self.cr.savepoint():
            self._ask(line)

    def test_more_of_the_same_line(self):
        line = {"order_line_id": self.sample.id, "action": "quantity", "quantity": 5000}
        with self.assertRaisesRegex(UserError, "25.00 % below"), self.cr.savepoint():
            self._ask(line)

    def test_the_line_itself_stays(self):
        """Other changes do not ask for it again, even if it is all that is left."""
        change = self._ask(
            {"order_line_id": self.bulk.id, "action": "remove"},
            {"action": "date", "date": "2036-01-01 08:00:00"},
        )
        self.assertEqual(change.state, "applied")
        self.assertEqual(self.sample.price_unit, 75)

    def test_deduction_from_the_whole(self):
        """A deduction that was granted for a large order does not become that of a small one."""
        discount = self.env["product.product"].create(
            {"name": "Discount", "type": "service", "list_price": 0, "taxes_id": False}
        )
        order = self._order("a", quantity=100)
        order.order_line = [
            Command.create({"product_id": discount.id, "product_uom_qty": 1, "price_unit": -2000})
        ]
        order.action_request_price_approval()
        self._approve(order, "price", "gm")
        self._review(order)
        order.action_confirm()
        self.order = order
        goods, minus = order.order_line
        for line in (
            {"order_line_id": goods.id, "action": "quantity", "quantity": 30},
            {"order_line_id": minus.id, "action": "price", "price_unit": -2600},
        ):
            with self.assertRaisesRegex(UserError, "below the reference"), self.cr.savepoint():
                self._ask(line)
        self.assertEqual(
            self._ask({"order_line_id": goods.id, "action": "quantity", "quantity": 120}).state,
            "applied",
        )

    def test_released_change_keeps_the_price(self):
        """A release of the change is none of the price."""
        order = self._confirmed("a", quantity=10)
        self._commit()
        release = (
            self.env["regulation.release"]
            .with_user(self.users["a"])
            .create(
                {
                    "gate_id": self.env.ref("sales_regulation.gate_order_change").id,
                    "res_model": "sale.order",
                    "res_id": order.id,
                    "reason": "Typing error",
                }
            )
        )
        release.with_user(self.users["gm"]).action_grant()
        self.assertIn(
            "99.00 % below", self._tried(lambda: order.order_line.write({"price_unit": 1}))
        )
        order.order_line.product_uom_qty = 11
        self._commit()
        self.assertEqual(release.state, "used")


@tagged("post_install", "-at_install")
class TestReviewOfChange(OrderCommon):
    """No change takes an order past the amount from which it is reviewed (C23)."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.profile = cls._order_profile(order_review_min_amount=50_000)
        cls.order = cls._order("a", quantity=1)
        cls.order.action_confirm()

    def _ask(self, quantity, order=None, **values):
        order = order or self.order
        change = (
            self.env["sale.order.change"]
            .with_user(self.users["a"])
            .create(
                {
                    "order_id": order.id,
                    "reason": "The customer asks for it",
                    "line_ids": [
                        Command.create(
                            {
                                "order_line_id": order.order_line.id,
                                "action": "quantity",
                                "quantity": quantity,
                            }
                        )
                    ],
                    **values,
                }
            )
        )
        change.action_submit()
        return change

    def test_what_results_is_reviewed(self):
        change = self._ask(50_000)
        self.assertEqual(len(change.checklist_display_ids), len(self.TICKS))
        with self.assertRaisesRegex(UserError, "not reviewed"), self.cr.savepoint():
            self._approve(change, "order_change", "km")
        with self.assertRaises(AccessError):
            self._tick(change, "b", ("legality",))
        self._tick(change, "km", self.TICKS[1:])
        with self.assertRaisesRegex(UserError, "Legality"), self.cr.savepoint():
            self._approve(change, "order_change", "km")
        self._tick(change, "km", self.TICKS[:1])
        self._approve(change, "order_change", "km")
        self.assertEqual(change.state, "applied")
        self.assertEqual(self.order.order_line.product_uom_qty, 50_000)

    def test_below_the_amount(self):
        change = self._ask(499)
        self.assertFalse(change.checklist_display_ids)
        self._approve(change, "order_change", "km")
        self.assertEqual(change.state, "applied")

    def test_reviewed_before(self):
        """An order that was reviewed for such an amount changes by its request alone."""
        order = self._confirmed("a", quantity=600)
        change = self._ask(700, order)
        self.assertFalse(change.checklist_display_ids)
        self._approve(change, "order_change", "km")
        self.assertEqual(change.state, "applied")
        # A review for less is none for so much
        small = self._confirmed("a", quantity=1)
        change = self._ask(700, small)
        with self.assertRaisesRegex(UserError, "not reviewed"), self.cr.savepoint():
            self._approve(change, "order_change", "km")

    def test_edited_past_the_amount(self):
        """Where orders may be edited, this change is still one by request."""
        line = self.profile.gate_ids.filtered(lambda line: line.gate_id.code == "order_change")
        line.with_user(self.users["gm"]).sudo()._set_mode("off")
        with self.assertRaisesRegex(UserError, "not reviewed"), self.cr.savepoint():
            self.order.order_line.product_uom_qty = 50_000
            self.env.flush_all()
            self.env.cr.precommit.run()
        self.env.cr.precommit.clear()
        self.env.invalidate_all()
        self.order.order_line.product_uom_qty = 10
        self.env.cr.precommit.run()
        self.assertEqual(self.order.order_line.product_uom_qty, 10)

    def test_departments_are_told(self):
        """Who is affected is part of what is decided, and hears of it (S3-56)."""
        manager = self.env["hr.employee"].search(
            [("user_id", "=", self.users["wh"].id), ("company_id", "=", self.company.id)], limit=1
        ) or self.env["hr.employee"].create(
            {"name": "WH Zheng", "user_id": self.users["wh"].id, "company_id": self.company.id}
        )
        store, office = self.env["hr.department"].create(
            [
                {"name": "Store", "manager_id": manager.id, "company_id": self.company.id},
                {"name": "Office", "company_id": self.company.id},
            ]
        )
        departments = [Command.set((store | office).ids)]
        change = self._ask(20, department_ids=departments)
        with self.assertRaisesRegex(UserError, "handed in"):
            change.department_ids = store
        self.assertIn("departments", change._approval_content("order_change")[change.id])
        self._approve(change, "order_change", "km")
        tasks = self.order.sudo().activity_ids.filtered(
            lambda task: task.user_id == self.users["wh"]
        )
        self.assertEqual(tasks.summary, f"Order changed: {change.name}")
