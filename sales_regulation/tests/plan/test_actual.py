# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from datetime import date

from odoo import Command
from odoo.tests import tagged

from .common import PlanCommon

MARCH = (date(2026, 3, 1), date(2026, 3, 31))
Q1 = (date(2026, 1, 1), date(2026, 3, 31))


@tagged("post_install", "-at_install")
class TestActual(PlanCommon):
    """What was reached, and what others read of targets (S2-13, S4-105)."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.eur = cls.env.ref("base.EUR")
        cls.bank = cls.env["account.journal"].search(
            [("company_id", "=", cls.company.id), ("type", "=", "bank")], limit=1
        )

    def sold(self, login, amount, day="2026-03-10", invoiced=True):
        """An order of that untaxed amount, confirmed and invoiced on the day."""
        self.at(f"{day} 10:00")
        order = self._order(login, quantity=1, price=amount)
        order.action_confirm()
        if invoiced:
            order.sudo()._create_invoices().write({"invoice_date": day})
            order.sudo().invoice_ids.action_post()
        return order

    def actuals(self, code, people=None, periods=(MARCH,)):
        return self.env["sales.plan"]._actuals(code, people, list(periods), self.company)

    def test_invoiced_by_whom_it_is_credited_to(self):
        """By invoice date, less credit notes; today's salesperson is not asked."""
        order = self.sold("a", 1_000)
        self.sold("a", 500, "2026-02-27")
        self.sold("b", 300)
        self.sold("b", 40, invoiced=False)
        a, b = self.users["a"], self.users["b"]
        self.assertEqual(self.actuals("sales_amount"), {(a.id, MARCH): 1_000, (b.id, MARCH): 300})
        self.assertEqual(
            self.actuals("sales_amount", a, (MARCH, Q1)),
            {(a.id, MARCH): 1_000, (a.id, Q1): 1_500},
        )
        order.sudo().user_id = b
        note = order.sudo().invoice_ids._reverse_moves([{"invoice_date": "2026-03-20"}])
        note.invoice_line_ids.quantity = 0.25
        note.action_post()
        self.assertEqual(self.actuals("sales_amount", a), {(a.id, MARCH): 750})
        self.assertEqual(self.actuals("quantity", a), {(a.id, MARCH): 0.75})

    def test_ordered_and_borders(self):
        """23:59 of the last day counts, 0:00 of the next does not (time of the company)."""
        self.sold("a", 100, invoiced=False)
        self.at("2026-03-31 23:59")
        late = self._order("a", quantity=1, price=20)
        late.action_confirm()
        self.at("2026-04-01 00:00")
        self._order("a", quantity=1, price=3).action_confirm()
        self.assertEqual(
            self.actuals("ordered_amount", self.users["a"]), {(self.users["a"].id, MARCH): 120}
        )

    def test_collected(self):
        """Confirmed money in the untaxed share; what is proposed only does not count."""
        order = self.sold("a", 1_000, "2026-03-10")
        for amount, confirmed in ((565, True), (113, False)):
            payment = (
                self.env["account.payment"]
                .with_user(self.users["fin"])
                .create(
                    {
                        "payment_type": "inbound",
                        "partner_type": "customer",
                        "partner_id": order.partner_id.id,
                        "amount": amount,
                        "journal_id": self.bank.id,
                        "date": "2026-03-12",
                    }
                )
            )
            payment.action_post()
            allocation = (
                self.env["sale.payment.allocation"]
                .with_user(self.users["fin"])
                .create({"order_id": order.id, "payment_id": payment.id, "amount": amount})
            )
            if confirmed:
                allocation.action_confirm()
        [(key, amount)] = self.actuals("collection").items()
        self.assertEqual(key, (self.users["a"].id, MARCH))
        self.assertAlmostEqual(amount, 500.0, 2)

    def test_nothing_counts_it(self):
        """Empty is not zero."""
        self.assertIsNone(self.actuals("market_share"))
        self.assertEqual(self.actuals("sales_amount"), {})

    def test_stored_on_plans(self):
        """Of the person, of the team with its people, of the company with what is nobody's."""
        plans = self.march()
        self.agree(*plans.values())
        self.sold("a", 500_000)
        self.sold("b", 250_000)
        self.sold("km", 100_000)
        self.sold("t", 150_000)
        self.at("2026-03-31 20:00")
        with self.enter_registry_test_mode():
            self.env.ref("sales_regulation.ir_cron_plan_count").method_direct_trigger()
        self.env.invalidate_all()

        def reached(code, indicator="sales_amount"):
            line = plans[code].line_ids.filtered(lambda row: row.indicator_id.code == indicator)
            return line.actual, round(line.attainment, 2), line.has_actual

        self.assertEqual(reached("a"), (500_000, 25, True))
        self.assertEqual(reached("b"), (250_000, 16.67, True))
        self.assertEqual(reached("ka"), (850_000, 24.29, True))
        self.assertEqual(reached("tele"), (150_000, 10, True))
        self.assertEqual(reached("company"), (1_000_000, 20, True))
        self.assertEqual(reached("ka", "profit"), (0, 0, False))
        # Who had his target in the other team counts there
        self.teams["tele"].member_ids |= self.users["a"]
        plans["tele"].with_user(self.users["tm"]).action_count()
        self.assertEqual(reached("tele"), (150_000, 10, True))

    def test_released_targets(self):
        """The version in force only, one query whoever and how many."""
        plans = self.march()
        people = self.users["a"] | self.users["b"] | self.users["t"]
        Plan = self.env["sales.plan"]

        def targets(records, codes=("sales_amount",), periods=(MARCH,)):
            return Plan._released_targets(records, list(periods), codes, self.company)

        self.assertEqual(targets(people), {})
        self.agree(plans["company"], plans["ka"], plans["tele"])
        self.agree(plans["a"])
        self.assertEqual(targets(people), {}, "approved is not in force")
        self.agree(plans["b"], plans["t"])
        self.assertEqual(
            targets(people),
            {
                (self.users["a"].id, MARCH, "sales_amount"): 2_000_000,
                (self.users["b"].id, MARCH, "sales_amount"): 1_500_000,
                (self.users["t"].id, MARCH, "sales_amount"): 1_500_000,
            },
        )
        self.assertEqual(
            targets(self.users["a"], None),
            {
                (self.users["a"].id, MARCH, "sales_amount"): 2_000_000,
                (self.users["a"].id, MARCH, "profit"): 300_000,
                (self.users["a"].id, MARCH, "external_sales"): 500_000,
            },
        )
        self.assertEqual(
            targets(self.teams["ka"]), {(self.teams["ka"].id, MARCH, "sales_amount"): 3_500_000}
        )
        self.assertEqual(
            targets(self.company), {(self.company.id, MARCH, "sales_amount"): 5_000_000}
        )
        self.assertEqual(targets(people, periods=(Q1,)), {})
        self.env.flush_all()
        for records, periods in ((people, (MARCH, Q1)), (self.users["a"], (MARCH,))):
            with self.assertQueryCount(1):
                targets(records, periods=periods)

    def test_counting_takes_as_many_queries_for_many(self):
        plans = self.march()
        self.agree(*plans.values())
        everything = self.env["sales.plan"].browse([plan.id for plan in plans.values()])

        def counted(records):
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            records._reached()
            return self.env.cr.sql_log_count - before

        counted(everything)
        people = everything.filtered(lambda plan: plan.level == "user")
        self.assertEqual(counted(people), counted(people[0]))

    def test_other_currency(self):
        """In the company's currency, at the rate of the document."""
        self.env["res.currency.rate"].create(
            {
                "currency_id": self.eur.id,
                "company_id": self.company.id,
                "name": "2026-01-01",
                "inverse_company_rate": 8.0,
            }
        )
        self.eur.active = True
        pricelist = self.env["product.pricelist"].create(
            {"name": "EUR", "currency_id": self.eur.id, "company_id": self.company.id}
        )
        self.at("2026-03-10 10:00")
        order = (
            self.env["sale.order"]
            .with_user(self.users["a"])
            .create(
                {
                    "partner_id": self.customers["xinghai"].id,
                    "pricelist_id": pricelist.id,
                    "order_line": [
                        Command.create(
                            {
                                "product_id": self.product.id,
                                "product_uom_qty": 1,
                                "price_unit": 100.0,
                            }
                        )
                    ],
                }
            )
        )
        order.action_confirm()
        order.sudo()._create_invoices().write({"invoice_date": "2026-03-10"})
        order.sudo().invoice_ids.action_post()
        a = self.users["a"]
        self.assertAlmostEqual(self.actuals("ordered_amount", a)[a.id, MARCH], 800.0, 2)
        self.assertAlmostEqual(self.actuals("sales_amount", a)[a.id, MARCH], 800.0, 2)
