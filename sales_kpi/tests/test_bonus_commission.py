# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo.exceptions import AccessError
from odoo.tests import tagged

from odoo.addons.sales_regulation.tools import engine

from .bonus_common import BonusCommon


@tagged("post_install", "-at_install")
class TestCommission(BonusCommon):
    """C45, S4-090, S4-096, S4-097: commission begins with the deposit, and may survive."""

    bonus_schemes = ({"name": "Commission", "mode": "commission", "percent": 1},)

    def commission(self, order):
        return self.env["kpi.commission"].search([("order_id", "=", order.id)])

    def keep(self, **values):
        engine(self.schemes).write(values)

    def test_deposit(self):
        """Not with the order: with the confirmed deposit, once, of the untaxed amount."""
        order = self.sell(amount=960_000, at="2026-03-11 10:00")
        self.assertFalse(self.commission(order))
        self.at("2026-03-12 10:00")
        self.deposit(order, 100)
        one = self.commission(order)
        self.assertEqual((one.user_id, one.amount), (self.users["a"], 9600))
        self.assertEqual(str(one.entitled_on), "2026-03-12")
        self.at("2026-03-13 10:00")
        self.deposit(order, 200)
        self.assertEqual(len(self.commission(order)), 1)
        self.assertEqual(str(one.entitled_on), "2026-03-12")

    def test_deposit_percent(self):
        self.keep(deposit_percent=30)
        order = self.sell(amount=1000)
        self.deposit(order, 300)
        self.assertFalse(self.commission(order))
        self.deposit(order, 39)
        self.assertTrue(self.commission(order))

    def test_cancelled(self):
        """With the flag it stays 9,600.00, without it is nothing; the sale counts in neither case."""
        for keep, amount, state in ((True, 9600, "kept"), (False, 0, "lost")):
            with self.subTest(keep=keep):
                self.keep(keep_cancelled=keep)
                order = self.sell(amount=960_000, at="2026-03-11 10:00")
                self.at("2026-03-12 10:00")
                self.deposit(order, 100)
                self.at("2026-03-15 10:00")
                order.sudo()._action_cancel()
                one = self.commission(order)
                self.assertEqual((one.amount, one.state), (amount, state))
                self.assertIn("cancelled", one.explanation)
                request = self.env["kpi.cycle"].new(
                    {"company_id": self.company.id, "frequency": "monthly", "day": "2026-03-31"}
                )._request([self.users["a"].id])
                indicator = self._indicator("sales_ordered")
                figure = indicator._facts(request)[indicator].figures.get((self.users["a"].id, 0))
                self.assertFalse(figure and figure.numerator)

    def test_paid_then_cancelled(self):
        """A cancellation after the payment comes with the next sheet, with its reason, once."""
        order = self.sell(amount=1000, at="2026-03-11 10:00")
        self.deposit(order, 100)
        self.at("2026-04-01 09:00")
        march = self.bonus()
        self.assertEqual(self.amounts(march, "commission"), {"a": 10})
        self.pay(march)
        self.at("2026-04-10 10:00")
        order.sudo()._action_cancel()
        self.at("2026-05-01 10:00")
        april = self.bonus(day="2026-04-30")
        line = april.line_ids
        self.assertEqual((line.amount, line.late_reason, line.settled), (-10, "cancelled", 10))
        self.assertIn("The order was cancelled", line.explanation)
        self.assertEqual(line.action_open_evidence()["res_model"], "sale.order")
        self.pay(april)
        self.at("2026-06-01 10:00")
        self.assertFalse(self.bonus(day="2026-05-31").line_ids)
        self.assertEqual(march.total, 10)

    def test_late_deposit(self):
        """Entitled in March, but the March sheet was paid: it comes with April."""
        self.at("2026-03-20 10:00")
        self.sell(amount=500)
        order = self.sell(amount=1000, at="2026-03-30 10:00")
        self.at("2026-03-31 10:00")
        march = self.bonus()
        self.pay(march)
        self.at("2026-03-31 16:00")
        self.deposit(order, 100)
        self.at("2026-05-01 10:00")
        line = self.bonus(day="2026-04-30").line_ids
        self.assertEqual((line.amount, line.late_reason), (10, "late"))

    def test_hold(self):
        """Held until the customer has paid everything, then paid with the next sheet."""
        self.keep(hold=True)
        order = self.sell(amount=1000, at="2026-03-11 10:00")
        self.deposit(order, 100)
        self.at("2026-04-01 09:00")
        march = self.bonus()
        self.assertEqual((march.total, march.payable, march.line_ids.held), (10, 0, True))
        self.pay(march)
        self.at("2026-05-01 09:00")
        april = self.bonus(day="2026-04-30")
        self.assertFalse(april.line_ids)
        self.deposit(order, 1030)
        april.action_compute()
        line = april.line_ids
        self.assertEqual((line.payable, line.late_reason), (10, "collected"))
        self.pay(april)
        self.at("2026-06-01 09:00")
        self.assertFalse(self.bonus(day="2026-05-31").line_ids)

    def test_deposit_paid_back(self):
        order = self.sell(amount=1000)
        allocation = self.deposit(order, 100)
        allocation.action_counter("Bounced")
        one = self.commission(order)
        self.assertEqual((one.state, one.amount), ("unpaid", 0))
        self.deposit(order, 100)
        self.assertEqual((one.state, one.amount), ("entitled", 10))

    def test_foreign_currency(self):
        """In the currency of the company, at the rate of the order."""
        usd = self.env.ref("base.USD")
        usd.active = True
        self.env["res.currency.rate"].create(
            {"currency_id": usd.id, "company_id": self.company.id, "name": "2026-01-01", "rate": 0.125}
        )
        pricelist = self.env["product.pricelist"].create(
            {"name": "USD", "currency_id": usd.id, "company_id": self.company.id}
        )
        order = self.sell(amount=1000, pricelist_id=pricelist.id)
        self.deposit(order, 100)
        self.assertEqual(self.commission(order).amount, 80)

    def test_rights(self):
        order = self.sell(amount=1000)
        self.deposit(order, 100)
        one = self.commission(order)
        for login in ("a", "hr", "fin", "aud"):
            self.assertEqual(one.with_user(self.users[login]).amount, 10)
        for login in ("b", "km", "wh"):
            self.assertFalse(
                self.env["kpi.commission"].with_user(self.users[login]).search([("id", "=", one.id)])
            )
        for record in (one, one.with_user(self.users["hr"])):
            with self.assertRaises(AccessError):
                record.write({"amount": 99})
            with self.assertRaises(AccessError):
                record.unlink()
            with self.assertRaises(AccessError):
                record.create({"order_id": order.id, "user_id": self.users["b"].id})

    def test_two_companies(self):
        """The sheet of another company holds nothing of this one, and HR here does not see it."""
        order = self.sell(amount=1000, at="2026-03-11 10:00")
        self.deposit(order, 100)
        other = self.env["res.company"].create({"name": "Elsewhere", "currency_id": self.env.ref("base.EUR").id})
        with self.assertRaises(AccessError):
            self.bonus(company_id=other.id)
        foreign = engine(self.env["kpi.bonus.sheet"].sudo()).create({"day": "2026-03-31", "company_id": other.id})
        foreign.action_compute()
        self.assertFalse(foreign.line_ids)
        self.assertEqual(foreign.currency_id, self.env.ref("base.EUR"))
        self.assertFalse(
            self.env["kpi.bonus.sheet"].with_user(self.users["hr"]).search([("id", "=", foreign.id)])
        )

    def test_queries(self):
        """One order costs as much as twenty."""
        orders = self.env["sale.order"]
        for number in range(20):
            orders |= self.sell(amount=100 + number)
        for order in orders[:3]:
            self.deposit(order, 50)
        Commission = self.env["kpi.commission"]
        counts = []
        for some in (orders[:1], orders):
            Commission._follow(some)
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.cr.sql_log_count
            Commission._follow(some)
            self.env.flush_all()
            counts.append(self.cr.sql_log_count - before)
        self.assertLessEqual(counts[1], counts[0] + 1)
