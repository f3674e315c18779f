# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from freezegun import freeze_time

from odoo import fields
from odoo.exceptions import AccessError
from odoo.tests import tagged

from .common import PaymentCommon


@tagged("post_install", "-at_install")
class TestStoryline(PaymentCommon):
    """Steps 24 to 28 of the storyline, to the cent."""

    def test_deposit_is_30_percent(self):
        self._payment_profile()
        order = self._confirmed()
        self.assertEqual(order.amount_total, 1084800.00)
        self._pay(order, 325440.00)
        self.assertEqual(order._regulation_paid(), {order.id: 325440.00})
        self.assertEqual(order.regulation_paid_percent, 30.0)

    def test_gate_names_what_is_short(self):
        self._payment_profile()
        order = self._confirmed()
        self._pay(order, 325440.00)
        self.assertEqual(
            order._payment_shortage()[order.id],
            (1084800.00, 325440.00, 759360.00, self.cny),
        )
        self.assertHeld("759,360.00", self._deliver, order.picking_ids)
        self.assertEqual(order.picking_ids.state, "assigned")
        self.assertIn("759,360.00", order.picking_ids.regulation_notice)
        self.assertTrue(order.picking_ids.regulation_held)
        self.assertTrue(order.picking_ids.payment_hold)

    def test_last_cent(self):
        """With 759,359.99 the order is still short of 0.01; with the cent it ships."""
        self._payment_profile()
        order = self._confirmed()
        self._pay(order, 325440.00)
        self._pay(order, 759359.99)
        self.assertEqual(order.regulation_short, 0.01)
        self.assertHeld("0.01", self._deliver, order.picking_ids)
        self._pay(order, 0.01)
        self.assertFalse(order.picking_ids.payment_hold)
        self._deliver(order.picking_ids)
        self.assertEqual(order.picking_ids.state, "done")

    def test_ship_promptly(self):
        """The balance confirmed on 03-19: ship by the end of Saturday 03-21."""
        self._payment_profile()
        with freeze_time("2026-03-12 02:00:00"):
            order = self._confirmed()
            self._pay(order, 325440.00)
        self.assertFalse(self._deadline(order, "ship_promptly"))
        with freeze_time("2026-03-19 02:00:00"):
            self._pay(order, 759360.00)
            deadline = self._deadline(order, "ship_promptly")
            due = self.company._regulation_local(deadline.due_at)
            self.assertEqual((due.month, due.day, due.weekday()), (3, 21, 5))
            picking = order.picking_ids
            self._deliver(picking, 4000)
            self._commit_and_follow("ir_cron_deadline_settle")
            self.assertEqual((deadline.state, deadline.touched_at), ("open", False))
        with freeze_time("2026-03-21 10:00:00"):
            self._deliver(order.picking_ids - picking)
            self._commit_and_follow()
        with freeze_time("2026-03-23 10:00:00"):
            # However late the jobs run: what counts is when the goods left
            self.assertFalse(deadline.is_late)
            self._commit_and_follow("ir_cron_deadline", "ir_cron_deadline_settle")
        self.assertEqual(deadline.state, "kept")
        self.assertEqual(deadline.done_at, fields.Datetime.to_datetime("2026-03-21 10:00:00"))

    def test_clock_stops_when_the_money_is_gone(self):
        self._payment_profile()
        order = self._confirmed(quantity=1, price=100)
        payment = self._pay(order, 113).payment_id
        deadline = self._deadline(order, "ship_promptly")
        self.assertEqual(deadline.state, "open")
        payment.action_draft()
        self.assertEqual(deadline.state, "cancelled")

    def test_delivered_value(self):
        """3,000 pieces are worth 325,440.00: allowed; 3,001 are not; whole order: blocked."""
        self._payment_profile(mode="delivered")
        order = self._confirmed()
        self._pay(order, 325440.00)
        self.assertHeld("108.48", self._deliver, order.picking_ids, 3001)
        self._deliver(order.picking_ids, 3000)
        done = order.picking_ids.filtered(lambda picking: picking.state == "done")
        self.assertEqual(done.move_ids.quantity, 3000)
        self.assertHeld("759,360.00", self._deliver, order.picking_ids - done)
        self.assertHeld("108.48", self._deliver, order.picking_ids - done, 1)

    def test_whole_order_blocks_a_part(self):
        self._payment_profile(mode="full")
        order = self._confirmed()
        self._pay(order, 325440.00)
        self.assertHeld("759,360.00", self._deliver, order.picking_ids, 3000)

    def test_release_of_the_general_manager(self):
        """SO2, 226,000.00 unpaid: one note passes by the GM's release, the next is stopped."""
        self._payment_profile()
        order = self._confirmed(quantity=2000, price=100.0, customer="dongfang")
        self.assertEqual(order.amount_total, 226000.00)
        picking = order.picking_ids
        self.assertHeld("226,000.00", self._deliver, picking, 1000)
        release = (
            self.env["regulation.release"]
            .with_user(self.users["wh"])
            .create(
                {
                    "gate_id": self.gate.id,
                    "res_model": "stock.picking",
                    "res_id": picking.id,
                    "reason": "Line down at the customer",
                }
            )
        )
        with self.assertRaises(AccessError):
            release.with_user(self.users["km"]).action_grant()
        release.with_user(self.users["gm"]).action_grant()
        self._deliver(picking, 1000)
        self.assertEqual(picking.state, "done")
        self.assertEqual(release.sudo().state, "used")
        self.assertEqual(len(self._events("released", picking)), 1)
        rest = order.picking_ids - picking
        self.assertHeld("226,000.00", self._deliver, rest)

    def test_release_is_for_the_goods_that_were_read(self):
        """Neither for another order on the same transfer, nor for more, nor for others."""
        self._payment_profile()
        order = self._confirmed(quantity=2000, price=100.0, customer="dongfang")
        other = self._confirmed(quantity=10000, price=96.0, customer="dongfang")
        picking = order.picking_ids
        release = (
            self.env["regulation.release"]
            .with_user(self.users["wh"])
            .create(
                {
                    "gate_id": self.gate.id,
                    "res_model": "stock.picking",
                    "res_id": picking.id,
                    "reason": "Line down at the customer",
                }
            )
        )
        release.with_user(self.users["gm"]).action_grant()

        def more():
            picking.move_ids.product_uom_qty = 2001

        changes = (
            lambda: other.picking_ids.move_ids.write({"picking_id": picking.id}),
            lambda: other.picking_ids.move_ids.copy({"picking_id": picking.id}),
            more,
            lambda: picking.write({"partner_id": self.customers["xinghai"].id}),
        )
        for change in changes:
            savepoint = self.cr.savepoint()
            change()
            picking.action_assign()
            self.assertHeld("short of", self._deliver, picking)
            savepoint.close(rollback=True)
            self.env.invalidate_all()
        self._deliver(picking)
        self.assertEqual((picking.state, release.sudo().state), ("done", "used"))

    def test_help_proposes_what_is_short(self):
        """Whoever asks for a release asks for the shortage, unless he says otherwise."""
        self._payment_profile()
        order = self._confirmed(quantity=2000, price=100.0, customer="dongfang")
        action = order.picking_ids.with_user(self.users["wh"]).action_regulation_help()
        wizard = self.env[action["res_model"]].browse(action["res_id"])
        self.assertEqual(wizard.amount, 226000.0)

    def test_only_s4_stops_it(self):
        """Ship with 0 paid: stopped under S4, not where the mode is none, the gate off, or
        no regulation is in force."""
        order = self._confirmed(quantity=4, price=100)
        self._deliver(order.picking_ids, 1)
        profile = self._payment_profile(mode="none")
        self._deliver(order.picking_ids.filtered(lambda one: one.state != "done"), 1)
        profile.with_user(self.users["gm"]).sudo(False).action_retire()
        profile = self._payment_profile(gate="off")
        self._deliver(order.picking_ids.filtered(lambda one: one.state != "done"), 1)
        profile.with_user(self.users["gm"]).sudo(False).action_retire()
        self._payment_profile()
        self.assertHeld(
            "452.00", self._deliver, order.picking_ids.filtered(lambda one: one.state != "done")
        )

    def test_observe_lets_it_pass(self):
        self._payment_profile(gate="observe")
        order = self._confirmed(quantity=1, price=100)
        self.assertFalse(order.picking_ids.payment_hold)
        self.assertIn("113.00", order.picking_ids.regulation_notice)
        self._deliver(order.picking_ids)
        self.assertEqual(order.picking_ids.state, "done")
