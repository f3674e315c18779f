# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from .common import OrderCommon


@tagged("post_install", "-at_install")
class TestOrderChange(OrderCommon):
    """A confirmed order is fixed; an approved request carries the change out (C23)."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.profile = cls._order_profile()
        cls.order = cls._confirmed("a", quantity=10)
        cls.line = cls.order.order_line

    def _change(self, login="a", order=None, **line):
        order = order or self.order
        return (
            self.env["sale.order.change"]
            .with_user(self.users[login])
            .create(
                {
                    "order_id": order.id,
                    "reason": "The customer asks for it",
                    "line_ids": [
                        Command.create({"order_line_id": order.order_line[:1].id, **line})
                    ],
                }
            )
        )

    def _refused(self, call):
        with self.assertRaisesRegex(UserError, "its content is fixed"):
            call()

    def test_lines_are_fixed(self):
        line, order = self.line, self.order
        for values in (
            {"product_uom_qty": 11},
            {"price_unit": 1},
            {"discount": 50},
            {"tax_ids": [Command.clear()]},
            {"is_downpayment": True},
            {"is_expense": True},
        ):
            self._refused(lambda values=values: line.write(values))
            self._refused(lambda values=values: line.with_user(self.users["wh"]).write(values))
            self._refused(lambda values=values: line.sudo().write(values))
            self._refused(
                lambda values=values: order.write({"order_line": [Command.update(line.id, values)]})
            )
        line.write({"product_uom_qty": 10, "price_unit": 100})  # no change
        line.write({"name": "Other words"})

    def test_no_line_is_added_or_moved(self):
        other = self._order("a", quantity=5)
        Line = self.env["sale.order.line"].with_user(self.users["a"])
        vals = {"order_id": self.order.id, "product_id": self.product.id}
        for extra in (
            {},
            {"product_uom_qty": 3, "is_expense": True},
            {"product_uom_qty": 3, "is_downpayment": True},
            {"product_uom_qty": 3, "is_delivery": True, "price_unit": 1},
            {"product_uom_qty": 0, "price_unit": 1},
        ):
            self._refused(lambda extra=extra: Line.create({**vals, **extra}))
            self._refused(
                lambda extra=extra: Line.with_context(
                    **{f"default_{name}": value for name, value in {**vals, **extra}.items()}
                ).create({})
            )
        self._refused(lambda: other.order_line.write({"order_id": self.order.id}))
        self._refused(lambda: self.line.write({"order_id": other.id}))

    def test_no_default_adds_a_line(self):
        """Neither a key of the context nor a default that a user saved for himself says less
        than a value."""
        Line = self.env["sale.order.line"].with_user(self.users["a"])
        discount = self.env["product.product"].create(
            {"name": "Discount", "type": "service", "list_price": 0, "taxes_id": False}
        )
        carrier = self.env["delivery.carrier"].create(
            {"name": "SF", "delivery_type": "fixed", "product_id": discount.id}
        )
        order = {"default_order_id": self.order.id}
        minus = {"product_id": discount.id, "product_uom_qty": 3, "price_unit": -100}
        self._refused(lambda: Line.with_context(**order).create({**minus, "is_expense": True}))
        self.assertTrue(carrier)
        self._refused(lambda: Line.with_context(**order).create({**minus, "is_delivery": True}))
        # What is delivered beyond the order goes out at the price of such a line
        added = {"product_id": self.product.id, "product_uom_qty": 0}
        for cheap in ({"default_price_unit": 0.01}, {"default_discount": 99}):
            self._refused(
                lambda cheap=cheap: Line.with_context(**cheap).create(
                    {**added, "order_id": self.order.id}
                )
            )
        with self.assertRaisesRegex(AccessError, "computed"):
            Line.with_context(**order).create({**added, "price_total": 1})
        self.env["ir.default"].with_user(self.users["a"]).set(
            "sale.order.line", "discount", 99.0, user_id=True
        )
        self._refused(lambda: Line.create({**added, "order_id": self.order.id}))

    def test_no_default_forges_a_total(self):
        """Figures that are computed do not begin with a default either."""
        self.env["ir.default"].with_user(self.users["a"]).set(
            "sale.order", "amount_total", 1.0, user_id=True
        )
        order = self._order("a", quantity=10)
        self.assertEqual(order.amount_untaxed, 1000)
        self.assertGreater(order.amount_total, 999)

    def test_terms_are_fixed(self):
        for values in (
            {"partner_id": self.customers["beihe"].id},
            {"partner_shipping_id": self.customers["beihe"].id},
            {"commitment_date": "2030-01-01 00:00:00"},
            {"date_order": "2020-01-01 00:00:00"},
            {"state": "draft"},
        ):
            self._refused(lambda values=values: self.order.write(values))
        self._refused(lambda: self.order.action_update_prices() or self._reprice())

    def _reprice(self):
        self.product.sudo().list_price = 50
        self.order.action_update_prices()

    def test_locked_orders_stay_locked(self):
        self.order.action_lock()
        self._refused(self.order.action_unlock)
        self._refused(lambda: self.order.write({"locked": False}))

    def test_cancel_as_stock(self):
        # as superuser: with Purchase installed Odoo itself stops a plain salesperson here
        self.order.sudo().action_cancel()
        self.order.action_draft()
        self.line.product_uom_qty = 11
        with self.assertRaisesRegex(UserError, "not reviewed"):
            self.order.action_confirm()

    def test_change_is_carried_out(self):
        change = self._change(action="quantity", quantity=12)
        change.action_submit()
        self.assertEqual(self.line.product_uom_qty, 10)
        self._approve(change, "order_change", "km")
        self.assertEqual(change.state, "applied")
        self.assertEqual(self.line.product_uom_qty, 12)
        self.assertEqual(self.line.price_unit, 100)
        self.assertEqual(sum(self.line.move_ids.mapped("product_uom_qty")), 12)
        self.env.cr.precommit.run()
        self._refused(lambda: self.line.write({"product_uom_qty": 10}))

    def test_change_adds_and_moves_date(self):
        change = self._change(
            action="add", order_line_id=False, product_id=self.product.id, quantity=2
        )
        self.env["sale.order.change.line"].with_user(self.users["a"]).create(
            {"change_id": change.id, "action": "date", "date": "2030-01-01 08:00:00"}
        )
        change.action_submit()
        self._approve(change, "order_change", "km")
        self.assertEqual(len(self.order.order_line), 2)
        self.assertEqual(str(self.order.commitment_date), "2030-01-01 08:00:00")

    def test_price_of_the_result_is_judged(self):
        change = self._change(action="price", price_unit=92)
        change.action_submit()
        approval = self._pending(change, "order_change")
        self.assertEqual(approval.deviation, 8)
        with self.assertRaisesRegex(UserError, "8.00 % below"), self.cr.savepoint():
            approval.with_user(self.users["km"]).action_approve()
        self.assertEqual(self.line.price_unit, 100)
        change = self._change(order=self._confirmed("a", quantity=5), action="price", price_unit=96)
        change.action_submit()
        self._approve(change, "order_change", "km")
        self.assertEqual(change.state, "applied")

    def test_request_is_not_forged(self):
        change = self._change(action="quantity", quantity=12)
        for values in ({"state": "applied"}, {"amount_after": 1}, {"user_id": self.users["km"].id}):
            with self.assertRaises(AccessError):
                change.write(values)
        change.action_submit()
        with self.assertRaises(UserError):
            change.line_ids.quantity = 100
        with self.assertRaises(UserError):
            change.reason = "Other"
        with self.assertRaises(AccessError):
            self._pending(change, "order_change").with_user(self.users["a"]).action_approve()

    def test_not_for_an_order_of_somebody_else(self):
        """A default of the context names no order that the person may not read."""
        order = self._confirmed("b")
        Change = self.env["sale.order.change"].with_user(self.users["a"])
        with self.assertRaises(AccessError):
            Change.create({"order_id": order.id, "reason": "Mine"})
        with self.assertRaises(AccessError):
            Change.with_context(default_order_id=order.id).create({"reason": "Mine"})

    def test_no_line_moves_into_a_submitted_request(self):
        first = self._change(action="quantity", quantity=12)
        second = self._change(action="quantity", quantity=20)
        first.action_submit()
        with self.assertRaises(UserError):
            second.line_ids.change_id = first

    def test_stock_flows_go_on(self):
        self.users["a"].sudo().group_ids |= self.env.ref("stock.group_stock_user")
        order = self.order
        # more is delivered than ordered, another product with it
        extra = self.env["product.product"].create(
            {"name": "Extra", "is_storable": True, "list_price": 7, "company_id": self.company.id}
        )
        self._stock(extra, 10)
        # Odoo creates the extra line with the rights of who validates: a salesperson's
        picking = order.picking_ids
        picking.move_ids.quantity = 10
        picking.move_ids.picked = True
        self.env["stock.move"].create(
            {
                "product_id": extra.id,
                "product_uom_qty": 1,
                "quantity": 1,
                "picked": True,
                "picking_id": picking.id,
                "location_id": picking.location_id.id,
                "location_dest_id": picking.location_dest_id.id,
            }
        )
        picking.button_validate()
        self.assertEqual(picking.state, "done")
        self.assertEqual(order.order_line.mapped("product_uom_qty"), [10, 0])
        # down payment, then the final invoice
        wizard = (
            self.env["sale.advance.payment.inv"]
            .with_user(self.users["a"])
            .with_context(active_model="sale.order", active_ids=order.ids)
            .create({"advance_payment_method": "percentage", "amount": 30})
        )
        wizard.create_invoices()
        order.invoice_ids.with_user(self.users["fin"]).action_post()
        self.env.cr.precommit.run()
        order._create_invoices(final=True).with_user(self.users["fin"]).action_post()
        self.env.cr.precommit.run()
        self.assertIn(order.invoice_status, ("invoiced", "upselling"))

    def test_backstop_without_the_guard(self):
        self.line._write({"price_unit": 1})
        self.order._content_touched()
        with self.assertRaisesRegex(UserError, "its content is fixed"):
            self.env.cr.precommit.run()

    def test_observe_passes(self):
        self.profile.gate_ids.filtered(lambda line: line.gate_id.code == "order_change").with_user(
            self.users["gm"]
        ).sudo()._set_mode("observe")
        self.line.product_uom_qty = 11
        self.env.cr.precommit.run()
        self.assertEqual(self.line.product_uom_qty, 11)

    def test_confirmed_before_the_regulation(self):
        self.profile.with_user(self.users["gm"]).sudo().action_retire()
        old = self._order("a", quantity=3)
        old.action_confirm()
        profile = self._order_profile()
        self.assertTrue(old.regulation_exempt)
        self._refused(lambda: old.order_line.write({"product_uom_qty": 4}))
        self.assertFalse(self.order.regulation_exempt)
        self.assertTrue(profile)

    def test_special_release_lets_one_change_pass(self):
        release = (
            self.env["regulation.release"]
            .with_user(self.users["a"])
            .create(
                {
                    "gate_id": self.env.ref("sales_regulation.gate_order_change").id,
                    "res_model": "sale.order",
                    "res_id": self.order.id,
                    "reason": "Typing error",
                }
            )
        )
        release.with_user(self.users["gm"]).action_grant()
        self.line.product_uom_qty = 11
        self.env.cr.precommit.run()
        self._refused(lambda: self.line.write({"product_uom_qty": 12}))
