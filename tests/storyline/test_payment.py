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

    def test_24_handed_over_the_same_day(self):
        """The deposit reaches finance the same day; the second receipt a day later: a breach."""
        self.at("2026-03-11 10:00")
        order = self.confirm(self.quotation(), "A")
        self.at("2026-03-12 11:00")
        deposit = self.receipt(order, 325_440.00)
        # only finance says that it has the money, and only then it counts
        for step in ("action_take_over", "action_register_payment", "action_confirm"):
            with self.A.refused(error="AccessError"):
                self.A.call("sale.receipt", step, deposit.ids)
        self.assertEqual(order.regulation_paid, 0.0)
        self.at("2026-03-12 17:00")
        self.take_over(deposit)
        self.assertEqual(deposit.state, "confirmed")
        self.assertEqual(deposit.confirmed_by_id, self.users["fin"])
        self.assertEqual(deposit.allocation_ids.confirmed_by_id, self.users["fin"])
        self.assertEqual(order.regulation_paid, 325_440.00)
        self.assertEqual(order.regulation_paid_percent, 30.00)
        self.assertEqual(self.deadline(deposit, "remittance").state, "kept")

        self.at("2026-03-13 16:00")
        second = self.receipt(order, 100_000.00, "TT 4712")
        self.assertEqual(self.local(self.deadline(second, "remittance").due_at)[:10], "2026-03-13")
        # whoever was late does not date it back
        for values in ({"received_at": "2026-03-14 01:00:00"}, {"is_late": False}):
            for person in (self.A, self.FIN):
                with person.refused(error="AccessError"):
                    person.write("sale.receipt", second.ids, **values)
        self.at("2026-03-14 09:30")
        self.take_over(second)
        self.assertTrue(second.is_late)
        clock = self.deadline(second, "remittance")
        self.assertEqual((clock.state, clock.user_id), ("breached", self.users["a"]))
        row = self.events("deadline_breached", second)
        self.assertEqual((row.code, row.subject_id), ("remittance", self.users["a"]))
        self.assertIn("S4-157", row.clauses)
        self.assertFalse(self.events("deadline_breached", deposit))
        self.assertEqual(self.events("receipt_taken_over", deposit).code, "same_day")
        self.assertEqual(self.events("receipt_taken_over", second).code, "late")
        # late money is money
        self.assertEqual(order.regulation_paid, 425_440.00)

    def test_27_ship_due_and_invoice(self):
        """Paid on 03-19: due on Saturday 03-21, invoiced, and paid from both receipts."""
        self.at("2026-03-11 10:00")
        order = self.confirm(self.quotation(), "A")
        self.at("2026-03-12 11:00")
        deposit = self.take_over(self.receipt(order, 325_440.00))
        self.assertFalse(self.deadline(order, "ship_promptly"))
        self.at("2026-03-19 10:00")
        balance = self.take_over(self.receipt(order, 759_360.00, "TT 4800"))
        clock = self.deadline(order, "ship_promptly")
        self.assertEqual(clock.state, "open")
        self.assertEqual(self.local(clock.due_at)[:10], "2026-03-21")
        self.assertEqual(clock.due_at.weekday(), 5)
        [task] = self.tasks(order, "payment_complete")
        self.run_triggered("sales_regulation.ir_cron_handover")
        self.assertEqual(task.user_id, self.users["clk"])

        invoice = self.invoice(order, "2026-03-19")
        self.assertEqual(str(invoice.invoice_date), "2026-03-19")
        self.assertEqual(
            (invoice.amount_untaxed, invoice.amount_tax, invoice.amount_total),
            (960_000.00, 124_800.00, 1_084_800.00),
        )
        self.assertEqual((invoice.state, invoice.amount_residual), ("posted", 1_084_800.00))
        for receipt, residual in ((deposit, 759_360.00), (balance, 0.00)):
            [line] = receipt.payment_id.move_id.line_ids.filtered(
                lambda line: line.account_id.account_type == "asset_receivable"
            ).ids
            self.FIN.call("account.move", "js_assign_outstanding_line", invoice.ids, line_id=line)
            self.assertEqual(invoice.amount_residual, residual)
        self.assertIn(invoice.payment_state, ("paid", "in_payment"))
        self.assertEqual(
            set(invoice._get_reconciled_payments().ids),
            {deposit.payment_id.id, balance.payment_id.id},
        )
        # each amount is allocated once, before as after the invoice
        self.FIN.call("sale.payment.allocation", "action_propose")
        self.assertEqual(order._regulation_paid(), {order.id: 1_084_800.00})
        self.assertEqual(len(order.regulation_allocation_ids), 2)

        self.at("2026-03-21 16:00")
        self.release_dispatch(order)
        picking = self.to_ship(order)
        self.carrier(picking)
        self.ship(picking)
        self.run_triggered("sales_regulation.ir_cron_deadline_settle")
        self.assertEqual(clock.state, "kept")
        self.assertFalse(self.events("deadline_breached", order))

    def test_27_shipped_late(self):
        self.at("2026-03-19 10:00")
        order = self.confirm(self.quotation(), "A")
        self.pay(order, 1_084_800.00)
        self.at("2026-03-22 08:00")
        self.cron("sales_regulation.ir_cron_deadline")
        clock = self.deadline(order, "ship_promptly")
        self.assertEqual(clock.state, "overdue")
        self.assertEqual(len(self.events("deadline_breached", order, code="ship_promptly")), 1)

    def test_27_one_cent_short_in_one_payment(self):
        self.at("2026-03-19 10:00")
        order = self.confirm(self.quotation(), "A")
        self.pay(order, 1_084_799.99)
        self.assertEqual(order.regulation_short, 0.01)
        self.assertFalse(self.deadline(order, "ship_promptly"))
        picking = self.to_ship(order)
        self.carrier(picking)
        with self.WH.refused("0.01", "1,084,800.00", "1,084,799.99"):
            self.ship(picking)
        note = self.check_dispatch(order)
        with self.CLK.refused("0.01"):
            self.CLK.call("dispatch.notice", "action_issue", note.ids)
        self.assertEqual(order.order_line.qty_delivered, 0)

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
        self.assertEqual(order.order_line.qty_delivered, 0)
        self.assertNotEqual(picking.state, "done")
