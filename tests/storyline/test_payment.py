# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo.tests import tagged

from .common import StorylineCase


@tagged("post_install", "-at_install")
class TestStorylinePayment(StorylineCase):
    """Steps 24, 25, 27 and 28: no goods before the money, to the cent."""

    def test_24_to_27_deposit_gate_balance(self):
        self.at("2026-03-11 10:00")
        order = self.confirm(self.quotation(), "A")
        self.assertEqual(order.amount_untaxed, 960_000.00)
        self.assertEqual(order.amount_tax, 124_800.00)
        self.assertEqual(order.amount_total, 1_084_800.00)

        # 24: deposit 30 %
        self.at("2026-03-12 11:00")
        self.pay(order, 325_440.00)
        self.assertEqual(order._regulation_paid(), {order.id: 325_440.00})
        self.assertEqual(order.regulation_paid_percent, 30.00)

        # 25: dispatch on 03-18, the transfer is stopped at the warehouse too
        self.at("2026-03-18 09:30")
        picking = self.to_ship(order)
        self.carrier(picking)
        with self.WH.refused("759,360.00", "1,084,800.00", "325,440.00"):
            self.ship(picking)
        self.assertEqual(picking.state, "assigned")
        self.assertTrue(picking.payment_hold)
        self.assertEqual(len(self.events("blocked", picking, gate="payment_before_shipment")), 1)
        for values in ({"state": "done"}, {"quantity": 10_000, "picked": True, "state": "done"}):
            with self.WH.refused():
                self.WH.write("stock.move", picking.move_ids.ids, **values)

        # 27: the balance, first one cent short
        self.at("2026-03-19 10:00")
        self.pay(order, 759_359.99)
        with self.WH.refused("0.01"):
            self.ship(picking)
        self.pay(order, 0.01)
        self.assertFalse(self.refusal(picking, "payment_before_shipment", "ship"))
        self.release_dispatch(order)
        self.ship(picking)
        self.assertEqual(order.order_line.qty_delivered, 10_000)

        # the invoice, paid from both receipts
        [invoice] = order._create_invoices()
        invoice.invoice_date = "2026-03-19"
        self.FIN.call("account.move", "action_post", invoice.ids)
        self.assertEqual((invoice.amount_untaxed, invoice.amount_tax), (960_000.00, 124_800.00))
        self.assertEqual(order._regulation_paid(), {order.id: 1_084_800.00})

    def test_28_special_release_of_the_general_manager(self):
        self.at("2026-03-16 10:00")
        order = self.confirm(self.quotation(customer="dongfang", quantity=2_000, price=None), "A")
        self.assertEqual(order.amount_total, 226_000.00)
        first = self.to_ship(order)
        self.carrier(first)
        with self.WH.refused("226,000.00"):
            self.ship(first, 1_000)
        note = self.check_dispatch(order, quantity=1_000)
        with self.CLK.refused("226,000.00"):
            self.CLK.call("dispatch.notice", "action_issue", note.ids)
        release = self.CLK.create(
            "regulation.release",
            gate_id=self.env.ref("sales_regulation.gate_payment_before_shipment").id,
            res_model="dispatch.notice",
            res_id=note.id,
            reason="The customer's line stands still",
        )
        for nobody in (self.KM, self.CLK, self.FIN, self.ADM):
            with nobody.refused(error="AccessError"):
                nobody.call("regulation.release", "action_grant", release)
        self.GM.call("regulation.release", "action_grant", release)
        self.hand_over(note)
        self.ship(first, 1_000)
        released = self.events("released", note) + self.events("released", first)
        self.assertEqual(released.mapped("gate"), ["payment_before_shipment"])
        self.assertEqual(self.env["regulation.release"].browse(release).state, "used")
        # note 2 of the same order needs its own
        second = self.to_ship(order)
        self.carrier(second)
        with self.WH.refused("226,000.00"):
            self.ship(second)
        note = self.check_dispatch(order, quantity=1_000)
        with self.CLK.refused("226,000.00"):
            self.CLK.call("dispatch.notice", "action_issue", note.ids)


@tagged("post_install", "-at_install")
class TestStorylineDelivered(StorylineCase):
    """Step 26, mode "value of what is delivered"."""

    @classmethod
    def _adjust_profile(cls):
        cls.profile.payment_mode = "delivered"

    def test_26_delivered_value(self):
        self.at("2026-03-18 09:30")
        order = self.confirm(self.quotation(), "A")
        self.pay(order, 325_440.00)
        picking = self.to_ship(order)
        self.carrier(picking)
        with self.CLK.refused("108.48"):
            self.release_dispatch(order, quantity=3_001)
        self.release_dispatch(order, quantity=3_000)
        with self.WH.refused("108.48"):
            self.ship(picking, 3_001)
        self.ship(picking, 3_000)
        self.assertEqual(order.order_line.qty_delivered, 3_000)


@tagged("post_install", "-at_install")
class TestStorylineWholeOrder(StorylineCase):
    """Step 26, mode "whole order"."""

    def test_26_whole_order(self):
        self.at("2026-03-18 09:30")
        order = self.confirm(self.quotation(), "A")
        self.pay(order, 325_440.00)
        picking = self.to_ship(order)
        self.carrier(picking)
        with self.WH.refused("759,360.00"):
            self.ship(picking, 3_000)
