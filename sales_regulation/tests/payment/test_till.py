# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from datetime import timedelta

from odoo import Command, fields
from odoo.tests import tagged

from .common import PaymentCommon


@tagged("post_install", "-at_install")
class TestTill(PaymentCommon):
    """Goods sold and paid at a till leave freely, and nothing else does by its means."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        if "pos.order" not in cls.env:
            return
        cls._payment_profile()
        cash = cls.env["account.journal"].create(
            {"name": "Till", "type": "cash", "code": "TILL", "company_id": cls.company.id}
        )
        method = cls.env["pos.payment.method"].create(
            {"name": "Cash", "journal_id": cash.id, "company_id": cls.company.id}
        )
        cls.config = cls.env["pos.config"].create(
            {
                "name": "Shop",
                "company_id": cls.company.id,
                "payment_method_ids": [Command.set(method.ids)],
                "picking_type_id": cls.warehouse.pos_type_id.id,
            }
        )
        cls.config.open_ui()
        cls.session = cls.config.current_session_id
        cls.method = method

    def setUp(self):
        super().setUp()
        if "pos.order" not in self.env:
            self.skipTest("Point of Sale is not installed.")

    def _till_order(self, quantity, state="paid"):
        return self.env["pos.order"].create(
            {
                "session_id": self.session.id,
                "company_id": self.company.id,
                "partner_id": self.customers["beihe"].id,
                "amount_tax": 0,
                "amount_total": 113 * quantity,
                "amount_paid": 113 * quantity,
                "amount_return": 0,
                "state": state,
                "lines": [
                    Command.create(
                        {
                            "name": "Line",
                            "product_id": self.product.id,
                            "qty": quantity,
                            "price_unit": 100,
                            "price_subtotal": 100 * quantity,
                            "price_subtotal_incl": 113 * quantity,
                            "tax_ids": [Command.set(self.vat.ids)],
                        }
                    )
                ],
            }
        )

    def test_paid_at_the_till(self):
        order = self._till_order(2)
        order._create_order_picking()
        self.assertEqual(order.picking_ids.state, "done")

    def test_nothing_else_by_the_till(self):
        self._till_order(2)._create_order_picking()
        unpaid = self._till_order(1, state="draft")
        unpaid._create_order_picking()
        self.assertNotEqual(unpaid.picking_ids.state, "done")
        picking = self.env["stock.picking"].create(
            {
                "picking_type_id": self.warehouse.pos_type_id.id,
                "partner_id": self.customers["xinghai"].id,
                "location_id": self.warehouse.lot_stock_id.id,
                "location_dest_id": self.customer_location.id,
                "move_ids": [
                    Command.create(
                        {
                            "product_id": self.product.id,
                            "product_uom_qty": 1,
                            "location_id": self.warehouse.lot_stock_id.id,
                            "location_dest_id": self.customer_location.id,
                        }
                    )
                ],
            }
        )
        picking.action_confirm()
        self.assertHeld("belong to no order", self._deliver, picking)
        paid = self._till_order(1)
        paid._create_order_picking()
        picking.pos_order_id = paid
        self.assertHeld("belong to no order", self._deliver, picking)

    def test_what_has_left_is_not_hidden_by_its_date(self):
        """Dates of a done move may be written, and a clock may be set back."""
        paid = self._till_order(2)
        paid._create_order_picking()
        yesterday = fields.Datetime.now() - timedelta(days=1)
        paid.picking_ids.move_ids.with_user(self.users["wh"]).date = yesterday
        paid.picking_ids.pos_session_id = False
        unpaid = self._till_order(1, state="draft")
        unpaid._create_order_picking()
        self.assertNotEqual(unpaid.picking_ids.state, "done")

    def test_a_sales_order_is_not_paid_by_naming_a_till_order(self):
        """The keeper may write the link: what a sales order names is judged by it."""
        paid = self._till_order(5)
        order = self._confirmed(quantity=5, price=100.0)
        order.picking_ids.pos_order_id = paid
        self.assertHeld("short of", self._deliver, order.picking_ids)

    def test_session_that_ships_when_it_is_closed(self):
        """What was sold leaves once, with the session: not on a transfer that names the order."""
        self.session.update_stock_at_closing = True
        paid = self._till_order(5)
        picking = self.env["stock.picking"].create(
            {
                "picking_type_id": self.warehouse.out_type_id.id,
                "partner_id": self.customers["xinghai"].id,
                "location_id": self.warehouse.lot_stock_id.id,
                "location_dest_id": self.customer_location.id,
                "pos_order_id": paid.id,
                "move_ids": [
                    Command.create(
                        {
                            "product_id": self.product.id,
                            "product_uom_qty": 5,
                            "location_id": self.warehouse.lot_stock_id.id,
                            "location_dest_id": self.customer_location.id,
                        }
                    )
                ],
            }
        )
        picking.action_confirm()
        self.assertHeld("belong to no order", self._deliver, picking)
