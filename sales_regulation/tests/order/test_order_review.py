# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from .common import OrderCommon


@tagged("post_install", "-at_install")
class TestOrderReview(OrderCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.profile = cls._order_profile(order_review_min_amount=5000)

    def test_only_from_the_amount(self):
        order = self._order("a", quantity=49)
        order.action_confirm()
        self.assertEqual(order.state, "sale")
        order = self._order("a", quantity=50)
        with self.assertRaisesRegex(UserError, "not reviewed"):
            order.action_confirm()

    def test_without_a_minimum_every_order(self):
        """A negative line brings no order below nothing, and past its review."""
        self.profile.sudo()._write({"order_review_min_amount": 0.0})
        self.env.invalidate_all()
        self.profile._clear_policy_cache()
        order = self._order("a", quantity=1)
        order.order_line.copy({"order_id": order.id, "product_uom_qty": -2})
        self.assertLess(order._review_amounts()[order.id], 0)
        with self.assertRaisesRegex(UserError, "not reviewed"):
            order.action_confirm()

    def test_amount_in_company_currency(self):
        usd = self.env.ref("base.USD")
        usd.active = True
        usd.rate_ids.unlink()
        self.env["res.currency.rate"].create(
            {
                "name": "2020-01-01",
                "currency_id": usd.id,
                "company_id": self.company.id,
                "inverse_company_rate": 7.0,
            }
        )
        pricelist = self.env["product.pricelist"].create(
            {"name": "USD", "currency_id": usd.id, "company_id": self.company.id}
        )
        order = self._order("a", quantity=50, price=14.29, pricelist_id=pricelist.id)
        self.assertEqual(order.currency_id, usd)
        self.assertEqual(order._review_amounts()[order.id], 5001.5)
        with self.assertRaisesRegex(UserError, "not reviewed"):
            order.action_confirm()

    def test_rep_neither_ticks_for_the_manager_nor_approves(self):
        order = self._order("a", quantity=50)
        order.action_request_review()
        with self.assertRaises(AccessError):
            self._pending(order, "order_review").with_user(self.users["a"]).action_approve()
        with self.assertRaises(AccessError):
            self._pending(order, "order_review").with_user(self.users["tm"]).action_approve()

    def test_content_changed_after_the_review(self):
        order = self._order("a", quantity=50)
        self._review(order)
        order.order_line.product_uom_qty = 60
        with self.assertRaisesRegex(UserError, "not reviewed"):
            order.action_confirm()
        order.order_line.product_uom_qty = 50
        order.order_line = [Command.create({"product_id": self.product.id, "product_uom_qty": 1})]
        with self.assertRaisesRegex(UserError, "not reviewed"):
            order.action_confirm()

    def test_worklist_of_the_manager(self):
        order = self._order("a", quantity=50)
        order.action_request_review()
        Order = self.env["sale.order"]
        domain = [("regulation_to_review", "=", True)]
        self.assertIn(order, Order.with_user(self.users["km"]).search(domain))
        self.assertNotIn(order, Order.with_user(self.users["a"]).search(domain))

    def test_constant_queries(self):
        def evaluate(count):
            orders = self.env["sale.order"].union(
                *(self._order("a", quantity=60 + number) for number in range(count))
            )
            orders.with_user(self.users["a"])._request_approval("order_review")
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            self.assertEqual(len(orders._gate_refusals("confirm")), count)
            return self.env.cr.sql_log_count - before

        evaluate(1)
        self.assertEqual(evaluate(1), evaluate(30))

    def test_without_profile_no_review(self):
        self.profile.with_user(self.users["gm"]).sudo().action_retire()
        order = self._order("a", quantity=5000)
        order.action_confirm()
        self.assertEqual(order.state, "sale")
