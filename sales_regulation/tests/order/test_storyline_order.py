# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from .common import OrderCommon


@tagged("post_install", "-at_install")
class TestStorylineOrder(OrderCommon):
    """Storyline 17, 22 and 23 with the exact figures, as the real people."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.profile = cls._order_profile()

    def test_17_price(self):
        order = self._order("a", quantity=10000, price=92)
        with self.assertRaisesRegex(UserError, "8.00 % below"):
            order.action_quotation_sent()
        # 92.00 is below the 95.00 of the key-account manager: the deputy GM decides
        order.action_request_price_approval("Large first order")
        approval = self._pending(order, "price")
        self.assertEqual(approval.deviation, 8.0)
        self.assertEqual(approval.step_ids.user_ids, self.users["dgm"])
        with self.assertRaises(AccessError):
            approval.with_user(self.users["km"]).action_approve()
        approval.with_user(self.users["dgm"]).action_return("At most 4 %")
        # 96.00 is within 5 % of the key-account manager and beyond 0 % of the rep
        order.order_line.price_unit = 96
        with self.assertRaises(UserError):
            order.action_quotation_sent()
        order.action_request_price_approval()
        approval = self._pending(order, "price")
        self.assertEqual(approval.step_ids.user_ids, self.users["km"])
        with self.assertRaises(AccessError):
            approval.with_user(self.users["a"]).action_approve()
        approval.with_user(self.users["km"]).action_approve()
        order.action_quotation_sent()
        self.assertEqual(order.state, "sent")
        self.assertRecordValues(
            order,
            [{"amount_untaxed": 960000.0, "amount_tax": 124800.0, "amount_total": 1084800.0}],
        )
        self.assertEqual(order.order_line.purchase_price, 78.0)
        self.assertEqual(order.margin, 180000.0)
        self.assertEqual(round(order.margin_percent * 100, 2), 18.75)
        # approved, then edited: not approved any more
        order.order_line.product_uom_qty = 9000
        with self.assertRaises(UserError):
            order.with_context(mark_so_as_sent=True).action_quotation_send()

    def _agreed(self):
        order = self._order("a", quantity=10000, price=96)
        order.action_request_price_approval()
        self._approve(order, "price", "km")
        order.action_quotation_sent()
        return order

    def test_22_review(self):
        order = self._agreed()
        with self.assertRaisesRegex(UserError, "not reviewed"):
            order.action_confirm()
        order.action_request_review()
        self._tick(order, "km", self.TICKS[:3])
        with self.assertRaisesRegex(UserError, "Conformity"):
            self._approve(order, "order_review", "km")
        with self.assertRaisesRegex(UserError, "Conformity"):
            order.action_confirm()
        self._tick(order, "km", self.TICKS[3:])
        self._approve(order, "order_review", "km")
        order.action_confirm()
        self.assertEqual(order.state, "sale")
        self.assertEqual(order.amount_total, 1084800.0)

    def test_23_change_refused(self):
        order = self._agreed()
        self._review(order)
        order.action_confirm()
        line = order.order_line
        for values in (
            {"order_line": [Command.update(line.id, {"product_uom_qty": 10500})]},
            {"payment_term_id": self.env.ref("account.account_payment_term_30days").id},
        ):
            with self.assertRaisesRegex(UserError, "its content is fixed"):
                order.write(values)
        with self.assertRaisesRegex(UserError, "its content is fixed"):
            line.product_uom_qty = 10500
        change = (
            self.env["sale.order.change"]
            .with_user(self.users["a"])
            .create(
                {
                    "order_id": order.id,
                    "reason": "The customer needs 500 more",
                    "line_ids": [
                        Command.create(
                            {"action": "quantity", "order_line_id": line.id, "quantity": 10500}
                        )
                    ],
                }
            )
        )
        self.assertEqual(
            (change.line_ids.old_value, change.line_ids.new_value), ("10,000", "10,500")
        )
        change.action_submit()
        self.assertEqual(change.amount_after, 1008000.0)
        # The agreed price stays, for the approver too: not 10,500 at the list price
        request = self._pending(change, "order_change")
        self.assertRecordValues(request, [{"amount": 1008000.0, "deviation": 4.0}])
        request.with_user(self.users["km"]).action_refuse("No stock")
        self.assertEqual(change.state, "refused")
        self.assertEqual(line.product_uom_qty, 10000)
        with self.assertRaises(UserError):
            line.product_uom_qty = 10500
