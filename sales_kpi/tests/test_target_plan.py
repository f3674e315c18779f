# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from datetime import date

from odoo import Command
from odoo.exceptions import AccessError
from odoo.tests import tagged

from odoo.addons.sales_regulation.tests.plan.common import PlanCommon


@tagged("post_install", "-at_install")
class TestPlanTargets(PlanCommon):
    """C36: scores read the released version of a plan, and nothing else."""

    with_children = True

    def targets(self, login=None, team=None):
        """``{indicator: amount}`` of March of a person, a team or the company."""
        rows = self.env["kpi.target"].search(
            [
                ("company_id", "=", self.company.id),
                ("date_from", "=", "2026-03-01"),
                ("frequency", "=", "monthly"),
                ("user_id", "=", self.users[login].id if login else False),
                *([] if login else [("team_id", "=", self.teams[team].id if team else False)]),
            ]
        )
        return {row.indicator_id.code: row.amount for row in rows}

    def test_release(self):
        """Storyline 3: nothing while the sum is short; the targets of March when it passes."""
        plans = self.march(b=1_400_000)
        self.agree(*plans.values())
        self.assertFalse(self.env["kpi.target"].search([("company_id", "=", self.company.id)]))
        plans["b"].action_take_back()
        plans["b"]._set_target(self.indicators["sales_amount"], 1_500_000)
        self.agree(plans["b"])
        self.assertEqual(set(self.states(plans).values()), {"released"})
        self.assertEqual(
            self.targets("a"),
            {"sales_amount": 2_000_000, "profit": 300_000, "sales_external": 500_000},
        )
        self.assertEqual(self.targets("b")["sales_amount"], 1_500_000)
        self.assertEqual(
            self.targets(team="ka"),
            {"sales_amount": 3_500_000, "profit": 500_000, "sales_external": 800_000},
        )
        self.assertEqual(self.targets(), {"sales_amount": 5_000_000})
        self.assertEqual(
            self.env["kpi.target"].search([("user_id", "=", self.users["a"].id)]).team_id,
            self.teams["ka"],
        )

    def test_revision(self):
        """The next version takes the place; what it does not name any more is no target."""
        plan = self.plan("person", "a", 1_000, day="2026-03-01", profit=100)
        self.agree(plan)
        self.assertEqual(self.targets("a"), {"sales_amount": 1_000, "profit": 100})
        second = plan.browse(plan.action_revise()["res_id"])
        second._set_target(self.indicators["sales_amount"], 1_200)
        second.line_ids.filtered(lambda line: line.indicator_id.code == "profit").unlink()
        second.revision_reason = "A competitor has left"
        self.assertEqual(self.targets("a")["sales_amount"], 1_000)
        self.agree(second)
        self.assertEqual(self.targets("a"), {"sales_amount": 1_200})
        self.assertEqual(
            self.env["kpi.target"].search([("user_id", "=", self.users["a"].id)]).plan_id, second
        )

    def test_takes_the_place_of_what_was_entered(self):
        entered = (
            self.env["kpi.target"]
            .with_user(self.users["hr"])
            .create(
                {
                    "indicator_id": self.env.ref("sales_kpi.indicator_sales_amount").id,
                    "user_id": self.users["a"].id,
                    "day": "2026-03-10",
                    "amount": 5,
                    "company_id": self.company.id,
                }
            )
        )
        self.agree(self.plan("person", "a", 1_000))
        self.assertEqual((entered.amount, entered.plan_id.state), (1_000, "released"))
        self.assertEqual(len(self.targets("a")), 1)

    def test_nobody_edits(self):
        self.agree(self.plan("person", "a", 1_000))
        target = self.env["kpi.target"].search([("user_id", "=", self.users["a"].id)])
        plan = target.plan_id
        for login in ("a", "km", "hr", "gm", "adm"):
            for record in (target.with_user(self.users[login]), target.with_user(self.users[login]).sudo()):
                for values in ({"amount": 1}, {"plan_id": False}, {"user_id": self.users["b"].id}):
                    with self.subTest(login=login, values=values), self.assertRaises(AccessError):
                        record.write(values)
                with self.subTest(login=login), self.assertRaises(AccessError):
                    record.unlink()
        with self.assertRaises(AccessError):
            self.env["kpi.target"].with_user(self.users["hr"]).create(
                {
                    "indicator_id": target.indicator_id.id,
                    "user_id": self.users["b"].id,
                    "day": "2026-03-10",
                    "amount": 5,
                    "company_id": self.company.id,
                    "plan_id": plan.id,
                }
            )
        self.assertEqual(target.amount, 1_000)

    def test_counted_for_plans(self):
        """New customers and sales abroad of a plan are counted by the scores; profit is not shown."""
        march = (date(2026, 3, 1), date(2026, 3, 31))
        self.at("2026-03-10 10:00")
        self.customers["xinghai"].country_id = self.env.ref("base.de")
        order = (
            self.env["sale.order"]
            .with_user(self.users["a"])
            .create(
                {
                    "partner_id": self.customers["xinghai"].id,
                    "order_line": [
                        Command.create({"product_id": self.product.id, "price_unit": 700.0})
                    ],
                }
            )
        )
        order.action_confirm()
        invoice = order.sudo()._create_invoices()
        invoice.invoice_date = "2026-03-20"
        invoice.action_post()
        Plan = self.env["sales.plan"]
        a = self.users["a"]
        for code, amount in (("external_sales", 700.0), ("new_customers", 1.0)):
            for people in (a, None):
                found = Plan._actuals(code, people, [march], self.company)
                self.assertEqual(found.get((a.id, march)), amount, code)
        self.assertIsNone(Plan._actuals("profit", a, [march], self.company))
        self.assertIsNone(Plan._actuals("market_share", a, [march], self.company))
