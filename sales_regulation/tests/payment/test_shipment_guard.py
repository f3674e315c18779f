# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import Command
from odoo.exceptions import AccessError
from odoo.tests import tagged

from .common import PaymentCommon


@tagged("post_install", "-at_install")
class TestShipmentGuard(PaymentCommon):
    """Wherever goods leave to a customer, and only there (C27)."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.stock = cls.warehouse.lot_stock_id
        cls.shelf = cls.env["stock.location"].create(
            {"name": "Shelf", "location_id": cls.stock.id, "company_id": cls.company.id}
        )
        cls._payment_profile()

    def _transfer(self, source, dest, quantity=1, partner="xinghai", code="outgoing", done=False):
        picking = self.env["stock.picking"].create(
            {
                "picking_type_id": {
                    "outgoing": self.warehouse.out_type_id,
                    "incoming": self.warehouse.in_type_id,
                    "internal": self.warehouse.int_type_id,
                }[code].id,
                "partner_id": self.customers[partner].id if partner else False,
                "location_id": source.id,
                "location_dest_id": dest.id,
                "move_ids": [
                    Command.create(
                        {
                            "product_id": self.product.id,
                            "product_uom_qty": quantity,
                            "location_id": source.id,
                            "location_dest_id": dest.id,
                        }
                    )
                ],
            }
        )
        picking.action_confirm()
        picking.action_assign()
        if done:
            self._deliver(picking)
        return picking

    # === GOODS LEAVE: JUDGED === #

    def test_one_step(self):
        order = self._confirmed(quantity=2)
        self.assertHeld("216.96", self._deliver, order.picking_ids)

    def test_only_the_last_step(self):
        for steps, number in (("pick_ship", 2), ("pick_pack_ship", 3)):
            self.warehouse.delivery_steps = steps
            order = self._confirmed(quantity=2)
            for _step in range(number - 1):
                self._deliver(order.picking_ids.filtered(lambda one: one.state == "assigned"))
            last = order.picking_ids.filtered(lambda one: one.state == "assigned")
            self.assertEqual(last.move_ids.location_dest_id.usage, "customer")
            self.assertHeld("216.96", self._deliver, last)
            self._pay(order, 216.96)
            self._deliver(last)
            self.assertEqual(last.state, "done")

    def test_batch(self):
        orders = [self._confirmed(quantity=1) for _number in range(3)]
        for order in orders[:2]:
            self._pay(order, 108.48)
        pickings = self.env["stock.picking"].union(*(order.picking_ids for order in orders))
        batch = self.env["stock.picking.batch"].create(
            {"picking_ids": [Command.set(pickings.ids)], "company_id": self.company.id}
        )
        batch.action_confirm()
        for move in pickings.move_ids:
            move.quantity, move.picked = 1, True
        self.assertHeld(orders[2].name, batch.action_done)
        self._pay(orders[2], 108.48)
        batch.action_done()
        self.assertEqual(set(pickings.mapped("state")), {"done"})

    def test_dropship(self):
        if "stock_dropshipping" not in self.env.registry._init_modules:
            self.skipTest("Dropshipping is not installed.")
        supplier = self.env.ref("stock.stock_location_suppliers")
        order = self._confirmed(quantity=1)
        picking = self._transfer(supplier, self.customer_location, code="incoming")
        picking.move_ids.sale_line_id = order.order_line
        self.assertHeld("108.48", self._deliver, picking)

    def test_without_order(self):
        picking = self._transfer(self.stock, self.customer_location, 2)
        self.assertHeld("belong to no order", self._deliver, picking)
        picking = self._transfer(self.stock, self.customer_location, 2, partner=None)
        self.assertHeld("226.00", self._deliver, picking)

    def test_goods_without_value_pass(self):
        sample = self.env["product.product"].create(
            {"name": "Sample", "type": "consu", "list_price": 0, "company_id": self.company.id}
        )
        order = self._order(quantity=1).sudo()
        order.order_line = [Command.create({"product_id": sample.id, "price_unit": 0})]
        order.action_confirm()
        picking = order.picking_ids
        picking.move_ids.filtered(lambda move: move.product_id == self.product).picked = False
        move = picking.move_ids.filtered(lambda move: move.product_id == sample)
        move.write({"quantity": 1, "picked": True})
        picking._action_done()
        self.assertEqual(move.state, "done")

    def test_goods_without_price_wait_for_the_rest(self):
        """What costs nothing on the order is paid with the package that costs all."""
        package = self.env["product.product"].create(
            {"name": "Package", "type": "service", "taxes_id": [Command.set(self.vat.ids)]}
        )
        order = self._order(quantity=5, price=0.0).sudo()
        order.order_line = [Command.create({"product_id": package.id, "price_unit": 1000.0})]
        order.action_confirm()
        self.assertTrue(order.picking_ids.payment_hold)
        self.assertHeld("short of", self._deliver, order.picking_ids)
        notice = self.env["dispatch.notice"].create(order._prepare_dispatch_notice_values())
        self.assertIn(
            notice.id, notice._gate_payment_before_shipment(notice._regulation_policies())
        )
        self._pay(order, order.amount_total)
        self._deliver(order.picking_ids)
        self.assertEqual(order.picking_ids.state, "done")

    def test_gifts_of_an_order_without_value(self):
        """Nothing is demanded for an order that costs nothing."""
        order = self._confirmed(quantity=5, price=0.0)
        self._deliver(order.picking_ids)
        self.assertEqual(order.picking_ids.state, "done")

    def test_internal_type_to_a_customer(self):
        picking = self._transfer(self.stock, self.customer_location, code="internal")
        self.assertHeld("belong to no order", self._deliver, picking)

    def test_destination_of_the_line_only(self):
        picking = self._transfer(self.stock, self.shelf, code="internal")
        picking.move_ids.move_line_ids.location_dest_id = self.customer_location
        self.assertHeld("belong to no order", self._deliver, picking)

    def test_destination_changed_afterwards(self):
        picking = self._transfer(self.stock, self.shelf, code="internal", done=True)
        goes = {"location_dest_id": self.customer_location.id}
        self.assertHeld("belong to no order", picking.move_ids.move_line_ids.write, goes)
        self.assertHeld("belong to no order", picking.write, goes)

    def test_quantity_raised_afterwards(self):
        order = self._confirmed(quantity=2)
        self._pay(order, 216.96)
        self._deliver(order.picking_ids)
        line = order.picking_ids.move_line_ids
        self.assertHeld("108.48", line.write, {"quantity": 3})
        self.assertHeld("108.48", order.picking_ids.move_ids.write, {"quantity": 3})
        dozen = self.env.ref("uom.product_uom_dozen")
        self.assertHeld("short of", line.write, {"product_uom_id": dozen.id})
        self.assertHeld(
            "short of",
            self.env["stock.move.line"].create,
            {
                "picking_id": order.picking_ids.id,
                "move_id": order.picking_ids.move_ids.id,
                "product_id": self.product.id,
                "quantity": 1,
                "location_id": self.stock.id,
                "location_dest_id": self.customer_location.id,
            },
        )
        self.assertHeld(
            "short of",
            order.picking_ids.write,
            {
                "move_ids": [
                    Command.create(
                        {
                            "product_id": self.product.id,
                            "quantity": 1,
                            "location_id": self.stock.id,
                            "location_dest_id": self.customer_location.id,
                        }
                    )
                ]
            },
        )
        line.write({"quantity": 1})
        line.write({"quantity": 2})

    def test_written_to_done(self):
        order = self._confirmed(quantity=2)
        move = order.picking_ids.move_ids
        move.write({"quantity": 2, "picked": True})
        self.assertHeld("216.96", move.write, {"state": "done"})
        self.assertHeld("216.96", move.move_line_ids.write, {"state": "done"})
        self.assertHeld("216.96", move._action_done)

    def test_created_done(self):
        order = self._confirmed(quantity=2)
        vals = {
            "product_id": self.product.id,
            "product_uom_qty": 2,
            "location_id": self.stock.id,
            "location_dest_id": self.customer_location.id,
            "sale_line_id": order.order_line.id,
            "company_id": self.company.id,
            "state": "done",
            "picked": True,
            "move_line_ids": [
                Command.create(
                    {
                        "product_id": self.product.id,
                        "quantity": 2,
                        "location_id": self.stock.id,
                        "location_dest_id": self.customer_location.id,
                        "company_id": self.company.id,
                    }
                )
            ],
        }
        # Neither partner nor reference says whose goods these are
        self.assertHeld("belong to no order", self.env["stock.move"].create, vals)

    def test_scrapped_to_a_customer(self):
        scrap = self.env["stock.scrap"].create(
            {
                "product_id": self.product.id,
                "scrap_qty": 1,
                "location_id": self.stock.id,
                "scrap_location_id": self.customer_location.id,
                "company_id": self.company.id,
            }
        )
        self.assertHeld("belong to no order", scrap.do_scrap)

    def test_relocated_to_a_customer(self):
        quant = self.env["stock.quant"].search(
            [("product_id", "=", self.product.id), ("location_id", "=", self.stock.id)], limit=1
        )
        wizard = self.env["stock.quant.relocate"].create(
            {"quant_ids": [Command.set(quant.ids)], "dest_location_id": self.customer_location.id}
        )
        self.assertHeld("belong to no order", wizard.action_relocate_quants)

    def test_sister_company(self):
        transit = self.env.ref("stock.stock_location_inter_company")
        transit.active = True
        sister = self.env["res.company"].create({"name": "Sister"})
        self.customers["sister"] = sister.partner_id
        sister.partner_id.with_company(self.company).property_stock_customer = transit
        order = self._confirmed(quantity=1, customer="sister")
        self.assertEqual(order.picking_ids.move_ids.location_dest_id, transit)
        self.assertHeld("108.48", self._deliver, order.picking_ids)

    def test_returned_and_sent_again(self):
        order = self._confirmed(quantity=2)
        payment = self._pay(order, 216.96).payment_id
        self._deliver(order.picking_ids)
        back = self._return(order.picking_ids)
        self._deliver(back)
        again = self._return(back)
        payment.sudo().action_draft()
        self.assertHeld("216.96", self._deliver, again)
        payment.sudo().action_post()
        self._deliver(again)
        self.assertEqual(again.state, "done")

    def _return(self, picking):
        wizard = (
            self.env["stock.return.picking"]
            .with_context(
                active_id=picking.id, active_ids=picking.ids, active_model="stock.picking"
            )
            .create({})
        )
        for line in wizard.product_return_moves:
            line.quantity = picking.move_ids.quantity
        return self.env["stock.picking"].browse(wizard.action_create_returns()["res_id"])

    # === GOODS STAY: NOT JUDGED === #

    def test_nothing_else_is_stopped(self):
        supplier = self.env.ref("stock.stock_location_suppliers")
        receipt = self._transfer(supplier, self.stock, code="incoming", done=True)
        self.assertEqual(receipt.state, "done")
        inside = self._transfer(self.stock, self.shelf, code="internal", done=True)
        self.assertEqual(inside.state, "done")
        out = self._transfer(self.stock, self.customer_location)
        out.move_line_ids.location_dest_id = self.shelf
        self._deliver(out)
        self.assertEqual(out.state, "done")
        scrap = self.env["stock.scrap"].create(
            {
                "product_id": self.product.id,
                "scrap_qty": 1,
                "location_id": self.stock.id,
                "company_id": self.company.id,
            }
        )
        scrap.do_scrap()
        self.assertEqual(scrap.state, "done")
        back = self._transfer(self.customer_location, self.stock, code="incoming", done=True)
        self.assertEqual(back.state, "done")
        self._stock(self.product, 500)

    # === LINKS CUT === #

    def test_link_cut(self):
        """Without its order line the delivery is judged by its reference, without that by
        what the customer still waits for; without a customer it is stopped."""
        order = self._confirmed(quantity=2)
        picking = order.picking_ids
        picking.move_ids.sale_line_id = False
        self.assertHeld("216.96", self._deliver, picking)
        picking.move_ids.reference_ids = False
        picking.reference_ids = False
        self.assertHeld(f"{order.name} is short of", self._deliver, picking)
        picking.write({"partner_id": False})
        self.assertFalse(picking.move_ids.partner_id)
        self.assertHeld("belong to no order", self._deliver, picking)

    def test_link_cut_afterwards(self):
        """In delivered-value mode what left counts although its link was cut since."""
        self._retire()
        self._payment_profile(mode="delivered")
        order = self._confirmed(quantity=2)
        self._pay(order, 108.48)
        picking = order.picking_ids
        self._deliver(picking, 1)
        picking.move_ids.sale_line_id = False
        rest = order.picking_ids - picking
        self.assertTrue(rest)
        self.assertHeld("108.48", self._deliver, rest)

    def test_moved_to_another_order(self):
        paid, unpaid = self._confirmed(quantity=1), self._confirmed(quantity=1)
        self._pay(paid, 108.48)
        gone, waiting = paid.picking_ids, unpaid.picking_ids
        self._deliver(gone)
        gone.move_ids.sale_line_id = unpaid.order_line
        self.assertEqual(gone.move_ids.regulation_order_id, paid)
        self.assertHeld("108.48", self._deliver, waiting)

    def test_named_on_the_paid_order_of_another_customer(self):
        paid = self._confirmed(quantity=1, customer="beihe")
        self._pay(paid, 108.48)
        unpaid = self._confirmed(quantity=1)
        picking = unpaid.picking_ids
        self._as(picking.move_ids, "wh").sale_line_id = paid.order_line
        self.assertHeld(f"{unpaid.name} is short of", self._deliver, picking)
        picking.move_ids.reference_ids = paid.picking_ids.move_ids.reference_ids
        self.assertHeld("short of", self._deliver, picking)

    def _retire(self):
        profiles = self.env["regulation.profile"].search([("state", "=", "active")])
        profiles.filtered(lambda one: self.company in one.company_ids).with_user(
            self.users["gm"]
        ).sudo(False).action_retire()

    # === HOSTILE === #

    def test_forged_by_a_stock_user(self):
        order = self._confirmed(quantity=2)
        move = order.picking_ids.move_ids.with_user(self.users["wh"])
        move.write({"quantity": 2, "picked": True})
        token = {"regulation_shipment": True, "regulation_engine": True, "skip_gate": True}
        self.assertHeld("216.96", move.with_context(**token).write, {"state": "done"})
        self.assertHeld(
            "216.96",
            move.with_context(regulation_shipment={"judged": {}}).move_line_ids.write,
            {"state": "done"},
        )
        with self.assertRaises(AccessError), self.env.cr.savepoint():
            move.write({"regulation_order_id": self._confirmed().id})
        with self.assertRaises(AccessError), self.env.cr.savepoint():
            move.move_line_ids.write({"quantity_product_uom": 0})

    def test_forged_by_defaults(self):
        """Neither the order nor the quantity that left comes from the context of a client."""
        paid = self._confirmed(quantity=1)
        values = {
            "product_id": self.product.id,
            "product_uom_qty": 1,
            "location_id": self.stock.id,
            "location_dest_id": self.env.ref("stock.stock_location_customers").id,
        }
        Move = self.env["stock.move"].with_user(self.users["wh"])
        with self.assertRaises(AccessError), self.env.cr.savepoint():
            Move.with_context(default_regulation_order_id=paid.id).create(values)
        move = Move.create(values)
        line = {
            name: values[name] for name in ("product_id", "location_id", "location_dest_id")
        } | {"move_id": move.id, "quantity": 1}
        Line = self.env["stock.move.line"].with_user(self.users["wh"])
        with self.assertRaises(AccessError), self.env.cr.savepoint():
            Line.with_context(default_quantity_product_uom=0.0).create(line)
        self.assertEqual(Line.create(line).quantity_product_uom, 1)

    def test_shipped_order_is_not_unlinked(self):
        """The order on which goods have left stays on their move."""
        order = self._confirmed(quantity=1)
        self._pay(order, 108.48)
        self._deliver(order.picking_ids)
        move = order.picking_ids.move_ids.with_user(self.users["wh"])
        self.assertEqual(move.regulation_order_id, order)
        with self.assertRaises(AccessError), self.env.cr.savepoint():
            move.write({"regulation_order_id": False})

    def test_shelf_made_a_customer(self):
        """Stock itself keeps goods from leaving by renaming the place where they are."""
        self._transfer(self.stock, self.shelf, 5, code="internal", done=True)
        self.assertHeld("can't be converted", self.shelf.write, {"usage": "customer"})

    def test_forged_delivered_quantity(self):
        self._retire()
        self._payment_profile(mode="delivered")
        order = self._confirmed(quantity=2)
        self._pay(order, 108.48)
        self._deliver(order.picking_ids, 1)
        order.order_line.qty_delivered = 0
        rest = order.picking_ids.filtered(lambda one: one.state != "done")
        self.assertHeld("108.48", self._deliver, rest)
