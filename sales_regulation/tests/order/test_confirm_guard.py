# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from .common import OrderCommon


@tagged("post_install", "-at_install")
class TestConfirmGuard(OrderCommon):
    """An order becomes confirmed through one place, whoever asks (odoo19 2.1)."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.profile = cls._price_profile()

    def test_write_of_the_state(self):
        for login in ("a", "km", "wh", "fin"):
            order = self._order("a", quantity=10, price=50)
            with self.assertRaises(UserError):
                order.with_user(self.users[login]).write({"state": "sale"})
        with self.assertRaises(UserError):
            order.sudo().write({"state": "sale"})

    def test_create_with_the_state(self):
        with self.assertRaises(UserError):
            self._order("a", quantity=10, price=50, state="sale")
        with self.assertRaises(UserError):
            self.env["sale.order"].with_user(self.users["a"]).with_context(
                default_state="sale"
            ).create(
                {
                    "partner_id": self.customers["xinghai"].id,
                    "order_line": [
                        Command.create({"product_id": self.product.id, "price_unit": 50})
                    ],
                }
            )

    def test_price_and_state_in_one_write(self):
        order = self._order("a", quantity=10)
        with self.assertRaises(UserError):
            order.write(
                {
                    "order_line": [Command.update(order.order_line.id, {"price_unit": 50})],
                    "state": "sale",
                }
            )

    def test_context_keys_open_nothing(self):
        order = self._order("a", quantity=10, price=50)
        with self.assertRaises(UserError):
            order.with_context(
                regulation_engine=True, skip_validation_check=True, bypass_risk=True
            ).action_confirm()

    def test_batch_is_all_or_none(self):
        orders = self._order("a") | self._order("a", price=50)
        with self.assertRaises(UserError):
            orders.action_confirm()

    def test_import(self):
        order = self._order("a", quantity=10, price=50)
        order._BaseModel__ensure_xml_id() if hasattr(order, "_BaseModel__ensure_xml_id") else None
        result = (
            self.env["sale.order"]
            .with_user(self.users["a"])
            .load([".id", "state"], [[str(order.id), "sale"]])
        )
        self.assertFalse(result["ids"])
        self.assertIn("reference price", result["messages"][0]["message"])
        self.assertEqual(order.state, "draft")

    def test_stock_figures_are_not_typed(self):
        order = self._order("a", quantity=10)
        for values in ({"amount_total": 1}, {"currency_rate": 9}, {"margin": 5}):
            with self.assertRaises(AccessError):
                order.write(values)
        with self.assertRaises(AccessError):
            order.order_line.write({"price_subtotal": 1})
        with self.assertRaises(AccessError):
            order.write({"order_line": [Command.update(order.order_line.id, {"qty_invoiced": 1})]})
        with self.assertRaises(AccessError):
            self._order("a", amount_total=1)
        with self.assertRaises(AccessError):
            order.write({"regulation_waiting": "paid"})

    def test_no_profile_stock(self):
        self.profile.with_user(self.users["gm"]).sudo().action_retire()
        order = self._order("a", quantity=10, price=50)
        order.action_confirm()
        self.assertEqual(order.state, "sale")
        order.write({"amount_total": 1})

    def test_another_company_stays_stock(self):
        other = self.env["res.company"].create({"name": "No rules Ltd"})
        self.env.user.company_ids |= other
        order = (
            self.env["sale.order"]
            .with_company(other)
            .create(
                {
                    "partner_id": self.env["res.partner"].create({"name": "X"}).id,
                    "company_id": other.id,
                    "order_line": [
                        Command.create(
                            {
                                "name": "free",
                                "product_id": self.env["product.product"]
                                .create({"name": "P", "type": "service"})
                                .id,
                                "price_unit": 0.5,
                            }
                        )
                    ],
                }
            )
        )
        order.action_confirm()
        self.assertEqual(order.state, "sale")
        order.write({"amount_total": 1})

    def test_confirmed_in_another_company_and_moved(self):
        """Confirming where no regulation holds and moving the order here opens nothing."""
        other = self.env["res.company"].create({"name": "No rules Ltd"})
        self.env.user.company_ids |= other
        shared = self.env["product.product"].create(
            {"name": "Advice", "type": "service", "list_price": 100, "company_id": False}
        )
        customer = self.env["res.partner"].create({"name": "Customer of both"})
        orders = self.env["sale.order"]
        for price in (50, 100):
            orders |= orders.with_company(other).create(
                {
                    "partner_id": customer.id,
                    "company_id": other.id,
                    "pricelist_id": False,
                    "order_line": [
                        Command.create(
                            {
                                "product_id": shared.id,
                                "price_unit": price,
                                "tax_ids": [Command.clear()],
                            }
                        )
                    ],
                }
            )
        orders.write({"state": "sale"})
        here = {
            "company_id": self.company.id,
            "warehouse_id": self.env["stock.warehouse"]
            .search([("company_id", "=", self.company.id)], limit=1)
            .id,
        }
        cheap, fair = orders.with_context(allowed_company_ids=[self.company.id, other.id])
        with self.assertRaisesRegex(UserError, "below the reference"), self.env.cr.savepoint():
            cheap.write(here)
        fair.write(here)
        self.assertEqual(fair.company_id, self.company)

    def test_portal_signature_waits(self):
        order = self._order("a", quantity=10, require_signature=True)
        order.action_quotation_sent()
        self.assertTrue(order._has_to_be_signed())
        order.order_line.price_unit = 50
        self.assertFalse(order._has_to_be_signed())
        public = self.env.ref("base.public_user")
        order.with_user(public).sudo()._validate_order()
        self.assertEqual(order.state, "sent")
        self.assertEqual(order.regulation_waiting, "signed")
        self.assertIn(self.users["a"], order.activity_ids.user_id)
