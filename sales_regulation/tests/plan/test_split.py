# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo.exceptions import AccessError, UserError
from odoo.tests import BaseCase, Form, tagged

from odoo.addons.sales_regulation.tools import shares

from .common import PlanCommon


@tagged("post_install", "-at_install")
class TestShares(BaseCase):
    """Largest remainder: the parts make up the whole to the last digit."""

    def test_shares(self):
        for total, weights, digits, expected in (
            (100, (1, 1, 1), 2, [33.34, 33.33, 33.33]),
            (200_000, (1_592_736, 1_445_850, 538_552), 2, [89_050.86, 80_838.37, 30_110.77]),
            (10, (1, 1, 1), 0, [4, 3, 3]),
            (0.05, (1, 1), 2, [0.03, 0.02]),
            (7, (0, 0), 0, [4, 3]),
            (5, (0, 1), 2, [0, 5]),
            (5, (), 2, []),
        ):
            with self.subTest(total=total, weights=weights):
                self.assertEqual(shares(total, weights, digits), expected)

    def test_adds_up(self):
        for total in (0.01, 1.0, 999_999.99, 1_000_000_000.01):
            for number in (1, 3, 7, 12, 97):
                weights = [(index * 7919) % 101 + 0.37 for index in range(number)]
                parts = shares(total, weights, 2)
                self.assertEqual(
                    round(sum(round(part * 100) for part in parts)), round(total * 100)
                )


@tagged("post_install", "-at_install")
class TestSplit(PlanCommon):
    """A year by season, a company by teams, a team by people (S0-15, S4-123, S4-227)."""

    def split(self, plan, login, basis="equal", **values):
        return (
            self.env["sales.plan.split"]
            .with_user(self.users[login])
            .create({"plan_id": plan.id, "basis": basis, **values})
        )

    def parts(self, plan):
        return plan.search([("parent_id", "=", plan.id)], order="period_start, team_id, user_id")

    def test_equal_quarters(self):
        year = self.plan("year", "dgm", 1_000_000.01)
        split = self.split(year, "dgm")
        self.assertEqual(split.type_id.code, "quarter")
        split.action_apply()
        quarters = self.parts(year)
        self.assertEqual(
            quarters.line_ids.mapped("target"), [250_000.01, 250_000.0, 250_000.0, 250_000.0]
        )
        self.assertEqual(quarters.mapped("state"), ["draft"] * 4)
        # Once more: what is being written is written again, nothing twice
        year._set_target(self.indicators["sales_amount"], 8)
        self.split(year, "dgm").action_apply()
        self.assertEqual(self.parts(year).line_ids.mapped("target"), [2.0] * 4)
        self.agree(quarters[0])
        with self.assertRaisesRegex(UserError, "handed in already"):
            self.split(year, "dgm").action_apply()

    def test_season_of_last_year(self):
        """What was invoiced in the same months a year ago."""
        for amount, day in ((300, "2026-04-10"), (100, "2026-05-10"), (200, "2026-06-30")):
            self.at(f"{day} 10:00")
            order = self._order("a", quantity=1, price=amount)
            order.action_confirm()
            order.sudo()._create_invoices().write({"invoice_date": day})
            order.sudo().invoice_ids.action_post()
        self.at("2026-12-01 10:00")
        quarter = self.plan("quarter", "dgm", 1_000_000, "2027-04-01")
        split = self.split(quarter, "dgm", "last_year")
        self.assertEqual(split.line_ids.mapped("percent"), [50.0, 16.6667, 33.3333])
        split.action_apply()
        self.assertEqual(
            self.parts(quarter).line_ids.mapped("target"), [500_000.0, 166_667.0, 333_333.0]
        )

    def test_typed(self):
        team = self.plan("team", "km", 3_500_000)
        split = self.split(team, "km", "typed")
        self.assertEqual(split.line_ids.user_id, self.users["a"] | self.users["b"])
        with Form(split) as form:
            for index, percent in enumerate((60, 39)):
                with form.line_ids.edit(index) as line:
                    line.percent = percent
        with self.assertRaisesRegex(UserError, "99"):
            split.action_apply()
        split.line_ids[1].percent = 40
        split.action_apply()
        parts = self.parts(team)
        self.assertEqual(parts.user_id, self.users["a"] | self.users["b"])
        self.assertEqual(sorted(parts.line_ids.mapped("target")), [1_400_000, 2_100_000])

    def test_teams(self):
        month = self.plan("month", "dgm", 5_000_000)
        self.split(month, "gm").action_apply()
        self.assertEqual(self.parts(month.sudo()).team_id, self.teams["ka"] | self.teams["tele"])

    def test_whose(self):
        """A rep divides nothing, and reads nothing of last year by it."""
        team = self.plan("team", "km", 3_500_000)
        with self.assertRaises(AccessError):
            self.split(team, "a", "last_year")
        with self.assertRaises(AccessError):
            team.with_user(self.users["a"]).action_split()
        mine = self.plan("person", "a", 1)
        with self.assertRaisesRegex(UserError, "no plans below"):
            mine.action_split()
