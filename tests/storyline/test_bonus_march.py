# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import Command
from odoo.tests import tagged

from odoo.addons.sales_regulation.tools import engine

from . import test_kpi_march
from .quotas import Quotas


@tagged("post_install", "-at_install")
class TestStorylineBonusMarch(Quotas, test_kpi_march.TestStorylineKpiMarch):
    """Bonus March, steps 32 (the sanction) and 39: from the orders of March to what is paid (C45, C46)."""

    test_march = None  # that of the scores

    @classmethod
    def _build_people(cls):
        """Stock lets cancel an order with its delivery who may work in the warehouse."""
        super()._build_people()
        cls.users["a"].group_ids = [Command.link(cls.env.ref("stock.group_stock_user").id)]

    @classmethod
    def _adjust_profile(cls):
        """Who reached his target has the uncapped bonus: the 5,100.00 of B alone.

        The shipped scheme has no threshold, and would pay A 4,700.00 for his 94 %.
        """
        super()._adjust_profile()
        cls.profile.bonus_scheme_ids.filtered(lambda one: one.mode == "individual").least = 100

    def scheme_of(self, mode):
        return engine(self.profile.bonus_scheme_ids.filtered(lambda one: one.mode == mode))

    def lines(self, sheet, mode):
        """{login: amount}."""
        rows = self.HR.call(
            "kpi.bonus.line",
            "search_read",
            domain=[("sheet_id", "=", sheet), ("mode", "=", mode)],
            fields=["user_id", "amount"],
        )
        logins = {user.id: login for login, user in self.users.items()}
        return {logins[row["user_id"][0]]: row["amount"] for row in rows}

    def pool(self, sheet):
        return self.HR.read("kpi.bonus.sheet", [sheet], "pool_amount")

    # === BONUS MARCH === #

    def test_bonus_march(self):
        self.march_of_t()
        self.complain("2026-03-06 14:00", "ordinary")
        self.complain("2026-03-20 10:00", "major")
        self.march()
        self.at("2026-03-01 09:00")
        for login, amount, profit, abroad in (
            ("a", 2_000_000, 300_000, 500_000),
            ("b", 1_500_000, 200_000, 300_000),
        ):
            self.target(login, "sales_amount", amount)
            self.target(login, "profit", profit)
            self.target(login, "sales_external", abroad)
        cycle = self.compute()
        quota = self.line(self.sheet(cycle, "t"), "quota")
        self.assertEqual(quota.points, 98.25, "of signed logs, from nothing that is typed")
        self.assess(cycle.ids, "abt")
        self.assertEqual(
            [self.sheet(cycle, login).score for login in "abt"], [84.72, 94.50, 91.28]
        )
        sheet = self.HR.create("kpi.bonus.sheet", day="2026-03-31")
        with self.HR.refused(error="UserError"):
            self.HR.call("kpi.bonus.sheet", "action_compute", [sheet])
        self.HR.call("kpi.cycle", "action_publish", cycle.ids)
        with self.HR.refused(error="UserError"):
            self.HR.call("kpi.cycle", "action_lock", cycle.ids)
        self.at("2026-04-21 09:00")
        self.HR.call("kpi.cycle", "action_lock", cycle.ids)
        self.HR.call("kpi.bonus.sheet", "action_compute", [sheet])
        self.check_pool(sheet)
        self.check_cap(sheet)
        self.check_paid(sheet)
        self.check_honour()

    def check_pool(self, sheet):
        """200,000.00 by score, by sales x score; 220,000.00 ordered, 180,000.00 collected."""
        self.assertEqual(self.pool(sheet), 200_000)
        self.assertEqual(
            self.lines(sheet, "pool"), {"a": 62639.56, "b": 69870.61, "t": 67489.83}
        )
        for basis, amount in (("ordered", 220_000), ("collected", 180_000), ("invoiced", 200_000)):
            self.scheme_of("pool").write({"basis": basis})
            self.HR.call("kpi.bonus.sheet", "action_compute", [sheet])
            self.assertEqual(self.pool(sheet), amount, basis)
        self.scheme_of("pool").write({"distribution": "sales_score"})
        self.HR.call("kpi.bonus.sheet", "action_compute", [sheet])
        amounts = self.lines(sheet, "pool")
        self.assertEqual(amounts, {"a": 89050.86, "b": 80838.37, "t": 30110.77})
        self.assertEqual(round(sum(amounts.values()), 2), 200_000)

    def check_cap(self, sheet):
        """B's 102 % are 5,100.00 beyond the pool: a warning, with the ceiling a refusal."""
        self.assertEqual(
            {login: amount for login, amount in self.lines(sheet, "individual").items() if amount},
            {"b": 5100},
        )
        warning = self.HR.read("kpi.bonus.sheet", [sheet], "warning")
        self.assertRegex(warning, r"Exceeds pool by .*5,100\.00")
        engine(self.profile).write({"bonus_hard_cap": True})
        with self.HR.refused("5,100.00", error="UserError"):
            self.HR.call("kpi.bonus.sheet", "action_submit", [sheet])
        engine(self.profile).write({"bonus_hard_cap": False})

    def check_paid(self, sheet):
        """Draft > HR > finance > paid; A sees his own when it is approved, nobody writes it."""
        with self.A.refused(error="AccessError"):
            self.A.call("kpi.bonus.sheet", "action_submit", [sheet])
        self.HR.call("kpi.bonus.sheet", "action_submit", [sheet])
        self.assertFalse(self.A.search("kpi.bonus.line", ["sheet_id", "=", sheet]))
        self.decide(self.env["kpi.bonus.sheet"].browse(sheet), "kpi_bonus", "FIN")
        mine = self.A.search("kpi.bonus.line", ["sheet_id", "=", sheet])
        rows = self.A.call("kpi.bonus.line", "read", mine, fields=["user_id"], load=None)
        self.assertEqual({row["user_id"] for row in rows}, {self.users["a"].id})
        self.FIN.call("kpi.bonus.sheet", "action_pay", [sheet], reference="Payroll 2026-04")
        with self.HR.refused("handed in"):
            self.HR.write("kpi.bonus.line", mine, adjustment=-1.0, adjust_reason="x")

    def check_honour(self):
        """Sales Champion by revenue is A; HR decides, then A has the badge."""
        badge = self.env.ref("sales_kpi.badge_sales_champion")
        [measure] = self.HR.search("regulation.measure", ["badge_id", "=", badge.id])
        self.assertEqual(
            self.HR.read("regulation.measure", [measure], "user_id"), self.users["a"].id
        )
        for step in ("action_decide", "action_effect"):
            self.HR.call("regulation.measure", step, [measure])
        held = self.env["gamification.badge.user"].search([("badge_id", "=", badge.id)])
        self.assertIn(self.users["a"], held.user_id)

    def test_commission(self):
        """960,000 at 1 %: 9,600.00 from 03-12 on; cancelled 03-15 it stays, or not. The sale
        leaves the scores in both cases."""
        order = self.quotation()
        self.at("2026-03-11 10:00")
        self.confirm(order)

        def ordered():
            indicator = self.env.ref("sales_kpi.indicator_sales_ordered")
            cycle = self.env["kpi.cycle"].new(
                {"company_id": self.company.id, "frequency": "monthly", "day": "2026-03-31"}
            )
            user = self.users["a"].id
            figures = indicator._facts(cycle._request([user]))[indicator].figures
            return figures[user, 0].numerator if (user, 0) in figures else 0

        self.assertEqual(ordered(), 960_000)
        self.at("2026-03-12 10:00")
        self.pay(order, 100_000)
        [one] = self.A.search("kpi.commission", ["order_id", "=", order.id])
        self.assertEqual(self.A.read("kpi.commission", [one], "amount"), 9600)
        self.assertEqual(self.A.read("kpi.commission", [one], "entitled_on"), "2026-03-12")
        with self.A.refused(error="AccessError"):
            self.A.write("kpi.commission", [one], amount=96_000)
        self.at("2026-03-15 10:00")
        with self.B.refused(error="AccessError"):
            self.B.call("sale.order", "action_cancel", order.ids)
        self.A.call("sale.order", "action_cancel", order.ids)
        self.assertEqual(order.state, "cancel")
        self.assertEqual(self.A.read("kpi.commission", [one], "amount"), 9600)
        self.assertEqual(self.A.read("kpi.commission", [one], "state"), "kept")
        self.assertEqual(ordered(), 0)
        self.scheme_of("commission").write({"keep_cancelled": False})
        self.env["kpi.commission"]._follow(order)
        self.assertEqual(self.A.read("kpi.commission", [one], "amount"), 0)
        self.assertEqual(ordered(), 0)

    def test_cancelled_after_computing(self):
        """A cancels the 960,000 when March is computed: they are gone from what is computed next,
        and not from what is locked; reopened they are gone there too."""
        scheme = self.profile.scheme_ids.filtered(lambda one: one.role_id == self.roles["ka_rep"])
        engine(scheme.line_ids.filtered(lambda one: one.indicator_id.code == "sales_amount")).write(
            {"indicator_id": self.env.ref("sales_kpi.indicator_sales_ordered").id}
        )
        orders = []
        for day in ("2026-03-11", "2026-03-12"):
            self.at(f"{day} 10:00")
            orders.append(self.confirm(self.quotation()))
        self.target("a", "sales_ordered", 2_000_000)
        cycle = self.compute()

        def ordered(cycle):
            return self.line(self.sheet(cycle, "a"), "sales_ordered").actual

        self.assertEqual(ordered(cycle), 1_920_000)
        self.at("2026-04-02 09:00")
        self.A.call("sale.order", "action_cancel", orders[0].ids)
        self.assertEqual(ordered(cycle), 1_920_000)
        self.HR.call("kpi.cycle", "action_compute", cycle.ids)
        self.assertEqual(ordered(cycle), 960_000)
        self.HR.call("kpi.cycle", "action_publish", cycle.ids, reason="Nobody was at work")
        self.at("2026-04-13 09:00")
        self.HR.call("kpi.cycle", "action_lock", cycle.ids)
        self.at("2026-04-14 09:00")
        self.A.call("sale.order", "action_cancel", orders[1].ids)
        with self.HR.refused("reopen", error="UserError"):
            self.HR.call("kpi.cycle", "action_compute", cycle.ids)
        self.assertEqual(ordered(cycle), 960_000)
        self.HR.call("kpi.cycle", "action_verify", cycle.ids)
        action = self.HR.call("kpi.cycle", "action_reopen", cycle.ids, reason="A cancelled it")
        revision = self.env["kpi.cycle"].browse(action["res_id"])
        self.HR.call("kpi.cycle", "action_compute", revision.ids)
        self.assertEqual((ordered(cycle), ordered(revision)), (960_000, 0))

    # === STEPS 32 AND 39 === #

    def test_step_32(self):
        """A fine of 350 is refused, 200 accepted; with the freight of 480 it is 680.00; HR decides."""
        self.at("2026-03-20 10:00")
        values = {
            "name": "SO2 wrong model",
            "kind": "penalty",
            "grade": "money",
            "user_id": self.users["wh"].id,
            "rule_id": self.profile.sanction_rule_ids.filtered(
                lambda one: one.clause_codes == "S4-359,S4-360"
            ).id,
            "currency_id": self.company.currency_id.id,
            "date": "2026-03-20",
            "loss": 480,
        }
        with self.KM.refused("350", error="ValidationError"):
            self.KM.create("regulation.measure", fine=350, **values)
        measure = self.KM.create("regulation.measure", fine=200, **values)
        self.assertEqual(self.KM.read("regulation.measure", [measure], "amount"), 680)
        with self.KM.refused(error="AccessError"):
            self.KM.call("regulation.measure", "action_decide", [measure])
        self.HR.call("regulation.measure", "action_decide", [measure])
        self.assertEqual(self.HR.read("regulation.measure", [measure], "state"), "decided")

    def test_step_39(self):
        """Late 03-04, 03-11, 03-18: a proposal on 03-18; leaving early four times: none."""
        found = []
        for day, kinds in (
            ("2026-03-04", ("late", "early")),
            ("2026-03-11", ("late", "early")),
            ("2026-03-18", ("late", "early")),
            ("2026-03-25", ("early",)),
        ):
            self.at(f"{day} 17:00")
            for kind in kinds:
                self.TM.create(
                    "kpi.conduct.event",
                    user_id=self.users["t"].id,
                    kind_id=self.env.ref(f"sales_kpi.conduct_kind_{kind}").id,
                    occasion="meeting",
                    day=day,
                )
            found.append(
                len(self.HR.search("regulation.measure", ["user_id", "=", self.users["t"].id]))
            )
        self.assertEqual(found, [0, 0, 1, 1])
        [measure] = self.HR.search("regulation.measure", ["user_id", "=", self.users["t"].id])
        self.assertEqual(self.T.read("regulation.measure", [measure], "date"), "2026-03-18")
        with self.T.refused(error="AccessError"):
            self.T.create(
                "kpi.conduct.event",
                user_id=self.users["t"].id,
                kind_id=self.env.ref("sales_kpi.conduct_kind_late").id,
                day="2026-03-25",
            )
