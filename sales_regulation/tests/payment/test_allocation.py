# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from datetime import date

from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from .common import PaymentCommon


@tagged("post_install", "-at_install")
class TestAllocation(PaymentCommon):
    """What counts as paid (C26)."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._payment_profile()
        cls.order = cls._confirmed(quantity=1, price=100)  # 113.00

    def _paid(self, order=None):
        order = order or self.order
        return order._regulation_paid()[order.id]

    def _confirm_proposals(self):
        proposals = self._propose()
        proposals.with_user(self.fin).action_confirm()
        return proposals

    # === ONCE, AND NEVER MORE THAN THE PAYMENT === #

    def test_only_finance(self):
        payment = self._payment(113)
        Allocation = self.env["sale.payment.allocation"]
        vals = {"order_id": self.order.id, "payment_id": payment.id, "amount": 113}
        for login in ("a", "km", "gm", "wh"):
            with self.assertRaises(AccessError), self.env.cr.savepoint():
                Allocation.with_user(self.users[login]).create(vals)
        # The group alone does not make finance
        clerk = self.users["clk"]
        clerk.sudo().group_ids += self.env.ref("sales_regulation.group_regulation_finance")
        with self.assertRaises(AccessError), self.env.cr.savepoint():
            Allocation.with_user(clerk).create(vals)
        for forged in ({"state": "confirmed"}, {"order_amount": 113}, {"confirmed_by_id": 1}):
            with self.assertRaises(AccessError), self.env.cr.savepoint():
                Allocation.with_user(self.fin).create({**vals, **forged})
        with self.assertRaises(AccessError), self.env.cr.savepoint():
            Allocation.with_user(self.users["a"]).with_context(regulation_engine=True).create(vals)

    def test_confirmed_is_fixed(self):
        allocation = self._pay(self.order, 113)
        self.assertEqual(allocation.confirmed_by_id, self.fin)
        for vals in ({"amount": 1}, {"order_id": self._confirmed().id}, {"state": "proposed"}):
            with self.assertRaises(AccessError), self.env.cr.savepoint():
                allocation.with_user(self.fin).write(vals)
        with self.assertRaises(UserError), self.env.cr.savepoint():
            allocation.with_user(self.fin).unlink()
        with self.assertRaises(AccessError), self.env.cr.savepoint():
            allocation.sudo().write({"amount": 1})

    def test_never_more_than_the_payment(self):
        payment = self._payment(150)
        other = self._confirmed(quantity=1, price=100)
        self._allocate(self.order, payment, 100)
        proposal = self._allocate(other, payment, 50.01, confirm=False)
        self.assertHeld("50.00", proposal.action_confirm)
        proposal.amount = 50
        proposal.action_confirm()
        self.assertEqual(payment.regulation_left, 0)
        self.assertEqual(
            self.env["account.payment"]
            .search([("regulation_left", ">", 0), ("id", "=", payment.id)])
            .ids,
            [],
        )

    def test_two_proposals_at_once(self):
        payment = self._payment(113)
        first = self._allocate(self.order, payment, 113, confirm=False)
        second = self._allocate(self.order, payment, 113, confirm=False)
        self.assertHeld("is too much", (first | second).action_confirm)
        first.action_confirm()
        self.assertHeld("is too much", second.action_confirm)
        second.action_cancel()
        self.assertEqual(self._paid(), 113)

    def test_default_amount(self):
        payment = self._payment(500)
        self.assertEqual(self._allocate(self.order, payment, confirm=False).amount, 113)
        payment = self._payment(50)
        self.assertEqual(self._allocate(self.order, payment, confirm=False).amount, 50)

    def test_counter_entry(self):
        allocation = self._pay(self.order, 113)
        allocation.with_user(self.fin).action_counter("Wrong order")
        self.assertEqual(self._paid(), 0)
        self.assertEqual(allocation.payment_id.regulation_left, 113)
        self.assertEqual(len(self._events("payment_countered", self.order)), 1)
        self.assertHeld("already", allocation.with_user(self.fin).action_counter)
        self._allocate(self.order, allocation.payment_id, 113)
        self.assertEqual(self._paid(), 113)

    # === A PAYMENT THAT DOES NOT COUNT ANY MORE === #

    def test_payment_lost(self):
        for booked in (False, True):
            for method in ("action_draft", "action_cancel", "action_reject"):
                with self.subTest(booked=booked, method=method):
                    order = self._confirmed(quantity=1, price=100)
                    payment = self._payment(113, booked=booked)
                    self._allocate(order, payment, 113)
                    self.assertEqual(self._paid(order), 113)
                    getattr(payment, method)()
                    self.assertEqual(self._paid(order), 0)
                    self.assertTrue(self._events("payment_lost", order))
                    self.assertHeld("113.00", self._deliver, order.picking_ids)

    def test_lowered_afterwards(self):
        payment = self._payment(113)
        self._allocate(self.order, payment, 113)
        payment.action_draft()
        payment.amount = 10
        payment.action_post()
        self.assertEqual(self._paid(), 10)

    def test_draft_payment_does_not_count(self):
        payment = self.env["account.payment"].create(
            {"partner_id": self.order.partner_id.id, "amount": 113, "journal_id": self.bank.id}
        )
        self.assertHeld("is too much", self._allocate, self.order, payment, 113)

    def test_reversed_entry(self):
        payment = self._payment(113, booked=True)
        self._allocate(self.order, payment, 113)
        payment.move_id._reverse_moves(cancel=True)
        self.assertEqual(self._paid(), 0)

    def test_paid_back_directly(self):
        payment = self._payment(113, booked=True)
        self._allocate(self.order, payment, 113)
        refund = self._payment(40, booked=True, kind="outbound")
        lines = (payment.move_id | refund.move_id).line_ids
        lines.filtered(lambda line: line.account_id.account_type == "asset_receivable").reconcile()
        self.assertEqual(self._paid(), 73)

    def test_paid_back_allocated(self):
        self._pay(self.order, 113)
        refund = self._payment(40, kind="outbound")
        allocation = self._allocate(self.order, refund, -40)
        self.assertEqual(self._paid(), 73)
        refund.action_draft()
        self.assertEqual(self._paid(), 113)
        self.assertHeld("is too much", self._allocate, self.order, self._payment(5), -5)
        self.assertEqual(allocation.state, "confirmed")

    def test_bank_matched_only(self):
        profiles = self.env["regulation.profile"].search([("state", "=", "active")])
        profiles.filtered(lambda one: self.company in one.company_ids).with_user(
            self.users["gm"]
        ).sudo(False).action_retire()
        self._payment_profile(payment_bank_matched=True)
        allocation = self._pay(self.order, 113, booked=False)
        self.assertEqual(self._paid(), 0)
        allocation.payment_id.action_validate()
        self.assertEqual(self._paid(), 113)

    # === PROPOSED FROM RECONCILIATION === #

    def test_nothing_is_proposed_without_money(self):
        self.assertFalse(self._propose())
        invoice = self._invoice(self.order)
        self.assertFalse(self._propose())
        credit = invoice._reverse_moves(cancel=True)
        self.assertTrue(credit)
        self.assertFalse(self._propose())

    def test_partial_payment(self):
        invoice = self._invoice(self.order)
        self._register_payment(invoice, 40)
        self._confirm_proposals()
        self._register_payment(invoice, 40)
        self._confirm_proposals()
        self.assertEqual(self._paid(), 80)
        self.assertFalse(self._propose())

    def test_payments_without_journal_entry(self):
        """Where the bank has no outstanding account a payment only names its invoice."""
        invoice = self._invoice(self.order)
        payment = self._payment(113, booked=False, invoice_ids=[Command.set(invoice.ids)])
        self.assertFalse(payment.move_id)
        self._confirm_proposals()
        self.assertEqual(self._paid(), 113)
        self.assertFalse(self._propose())
        payment.action_reject()
        self.assertEqual(self._paid(), 0)

    def test_down_payment(self):
        invoice = self._invoice(self.order, amount=30)
        self.assertEqual(self._paid(), 0)
        self._register_payment(invoice)
        proposals = self._confirm_proposals()
        self.assertEqual(proposals.mapped("amount"), [invoice.amount_total])
        self.assertEqual(self._paid(), invoice.amount_total)

    def test_overpaid(self):
        self._register_payment(self._invoice(self.order), 200)
        self._confirm_proposals()
        self.assertEqual(self._paid(), 113)

    def test_write_off_is_no_money(self):
        invoice = self._invoice(self.order)
        account = self.env["account.account"].search(
            [("company_ids", "=", self.company.id), ("account_type", "=", "expense")], limit=1
        )
        self._register_payment(
            invoice,
            107,
            payment_difference_handling="reconcile",
            writeoff_account_id=account.id,
        )
        self.assertEqual(invoice.payment_state, "paid")
        self._confirm_proposals()
        self.assertEqual(self._paid(), 107)

    def test_credit_note_is_no_money(self):
        """A credit note of one order pays another invoice: nothing was paid."""
        other = self._confirmed(quantity=1, price=100)
        credit = self._invoice(self.order)._reverse_moves()
        credit.reversed_entry_id = False
        credit.action_post()
        invoice = self._invoice(other)
        (credit | invoice).line_ids.filtered(
            lambda line: line.account_id.account_type == "asset_receivable"
        ).reconcile()
        self.assertFalse(self._propose())
        self.assertEqual((self._paid(), self._paid(other)), (0, 0))

    def test_credit_note_open_and_paid_out(self):
        invoice = self._invoice(self.order)
        self._register_payment(invoice)
        self._confirm_proposals()
        self.assertEqual(self._paid(), 113)
        credit = invoice._reverse_moves()
        credit.invoice_line_ids.price_unit = 40
        credit.action_post()
        self.assertEqual(self._paid(), 113)
        self._register_payment(credit)
        # It counts at once, and once: before and after finance allocates it
        self.assertEqual(self._paid(), 67.8)
        self._confirm_proposals()
        self.assertEqual(self._paid(), 67.8)

    def test_two_orders_one_invoice(self):
        """113 + 339 = 452, of which 226 is paid: in proportion 56.50 and 169.50."""
        other = self._confirmed(quantity=3, price=100)
        invoice = (self.order | other)._create_invoices()
        invoice.action_post()
        self.assertEqual(len(invoice), 1)
        self._register_payment(invoice, 226)
        self._confirm_proposals()
        self.assertEqual((self._paid(), self._paid(other)), (56.5, 169.5))

    def test_manual_line_on_the_invoice(self):
        invoice = self.order._create_invoices()
        invoice.invoice_line_ids = [
            Command.create(
                {"name": "Extra", "price_unit": 100, "tax_ids": [Command.set(self.vat.ids)]}
            )
        ]
        invoice.action_post()
        self._register_payment(invoice, 113)
        self._confirm_proposals()
        self.assertEqual(self._paid(), 56.5)

    def test_instalments(self):
        self.order.payment_term_id = self.env["account.payment.term"].create(
            {
                "name": "Half and half",
                "line_ids": [
                    Command.create({"value": "percent", "value_amount": 50, "nb_days": days})
                    for days in (0, 30)
                ],
            }
        )
        invoice = self._invoice(self.order)
        self._register_payment(invoice, 56.5)
        self._confirm_proposals()
        self.assertEqual(self._paid(), 56.5)
        self._register_payment(invoice, 56.5)
        self._confirm_proposals()
        self.assertEqual(self._paid(), 113)

    def test_bank_line(self):
        invoice = self._invoice(self.order)
        line = self.env["account.bank.statement.line"].create(
            {
                "journal_id": self.bank.id,
                "payment_ref": "TT",
                "amount": 60,
                "partner_id": self.order.partner_id.id,
            }
        )
        _liquidity, suspense, _other = line._seek_for_lines()
        receivable = invoice.line_ids.filtered(
            lambda one: one.account_id.account_type == "asset_receivable"
        )
        suspense.account_id = receivable.account_id
        (suspense | receivable).reconcile()
        proposals = self._confirm_proposals()
        self.assertEqual(proposals.statement_line_id, line)
        self.assertEqual(self._paid(), 60)
        line.move_id.button_draft()
        self.assertEqual(self._paid(), 0)

    def _transaction(self):
        """An online payment of the order, authorised but not collected."""
        method = self.env["payment.method"].with_context(active_test=False).search([], limit=1)
        provider = self.env["payment.provider"].create(
            {"name": "Online", "company_id": self.company.id, "code": "none", "state": "test"}
        )
        transaction = self.env["payment.transaction"].create(
            {
                "provider_id": provider.id,
                "payment_method_id": method.id,
                "reference": "TX-1",
                "amount": 113,
                "currency_id": self.cny.id,
                "partner_id": self.order.partner_id.id,
                "sale_order_ids": [Command.set(self.order.ids)],
            }
        )
        self.env.flush_all()
        # Not every provider can authorise; what is read is the status
        self.env.cr.execute(
            "UPDATE payment_transaction SET state = 'authorized' WHERE id = %s", [transaction.id]
        )
        transaction.invalidate_recordset()
        return transaction

    def test_online_payment(self):
        """A payment made online names its order, whether that is invoiced or not."""
        transaction = self._transaction()
        self.assertFalse(self._propose())
        transaction.write({"state": "done", "payment_id": self._payment(113).id})
        self.assertEqual(self._confirm_proposals().order_id, self.order)
        self.assertEqual(self._paid(), 113)
        self.assertFalse(self._propose())

    def test_authorised_only_if_the_profile_says_so(self):
        self._transaction()
        self.assertEqual(self._paid(), 0)
        profiles = self.env["regulation.profile"].search([("state", "=", "active")])
        profiles.filtered(lambda one: self.company in one.company_ids).with_user(
            self.users["gm"]
        ).sudo(False).action_retire()
        self._payment_profile(payment_authorized=True)
        self.assertEqual(self._paid(), 113)

    def test_foreign_currency(self):
        """An order in euro paid in yuan counts at the rate of the payment's date."""
        euro = self.env.ref("base.EUR")
        euro.active = True
        for day, rate in ((date(2026, 3, 1), 0.125), (date(2026, 3, 20), 0.2)):
            self.env["res.currency.rate"].create(
                {"currency_id": euro.id, "name": day, "rate": rate, "company_id": self.company.id}
            )
        pricelist = self.env["product.pricelist"].create(
            {"name": "Euro", "currency_id": euro.id, "company_id": self.company.id}
        )
        order = self._confirmed(quantity=1, price=100, pricelist_id=pricelist.id)
        self.assertEqual(order.currency_id, euro)
        payment = self._payment(400, date=date(2026, 3, 12))
        self._allocate(order, payment, 400)
        self.assertEqual(self._paid(order), 50)
        self.assertEqual(order._payment_shortage()[order.id][2], 63)

    def test_credit_note_lowers_what_is_required(self):
        order = self._confirmed(quantity=2, price=100)  # 226.00
        invoice = self._invoice(order)
        self._register_payment(invoice, 186)
        self._confirm_proposals()
        self.assertEqual(order._payment_shortage()[order.id][2], 40)
        credit = invoice._reverse_moves()
        credit.invoice_line_ids.price_unit = 35.4 / 2
        credit.action_post()
        self.assertEqual(credit.amount_total, 40.0)
        self.assertEqual(order._payment_shortage()[order.id][2], 0)
        self._deliver(order.picking_ids)

    def test_cancelled_invoice_makes_nothing_free(self):
        invoice = self._invoice(self.order)
        invoice._reverse_moves(cancel=True)
        self.assertEqual(self.order._payment_shortage()[self.order.id][2], 113)
        self.assertHeld("113.00", self._deliver, self.order.picking_ids)

    # === MANY === #

    def test_queries_do_not_grow(self):
        orders = self.order.union(*(self._confirmed(quantity=1, price=100) for _n in range(11)))
        for order in orders:
            self._pay(order, 50)
        self.env.invalidate_all()
        counts = []
        for some in (orders[:2], orders):
            self.env.flush_all()
            self.env.invalidate_all()
            some._payment_shortage()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            some._payment_shortage()
            counts.append(self.env.cr.sql_log_count - before)
            self.env.invalidate_all()
            some.picking_ids.mapped("payment_hold")
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            held = some.picking_ids.mapped("payment_hold")
            counts.append(self.env.cr.sql_log_count - before)
            self.assertEqual(held, [True] * len(some))
        self.assertEqual(counts[:2], counts[2:])
