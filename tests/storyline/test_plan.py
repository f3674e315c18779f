# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from datetime import date

from odoo import Command
from odoo.tests import tagged

from .common import StorylineCase

MARCH = (date(2026, 3, 1), date(2026, 3, 31))


class PlanStoryline(StorylineCase):
    """What people do with plans, through the server."""

    @classmethod
    def _build_company(cls):
        super()._build_company()
        # The teams were there before the regulation
        teams = tuple(team.id for team in cls.teams.values())
        cls.env.flush_all()
        cls.env.cr.execute(
            "UPDATE crm_team SET create_date = '2026-01-01' WHERE id IN %s", (teams,)
        )
        cls.env.invalidate_all()

    def plan(self, who, code, day, **targets):
        """A plan with its targets, written by somebody."""
        person = self.person(who)
        kind = self.profile.plan_type_ids.filtered(lambda row: row.code == code)
        plan = person.create("sales.plan", type_id=kind.id, day=day)
        for indicator, target in targets.items():
            self.target(who, plan, indicator, target)
        return self.env["sales.plan"].browse(plan)

    def target(self, who, plan, indicator, target):
        person = self.person(who)
        row = self.env.ref(f"sales_regulation.plan_indicator_{indicator}")
        lines = person.call(
            "sales.plan.line",
            "search",
            domain=[("plan_id", "=", plan), ("indicator_id", "=", row.id)],
        )
        if lines:
            person.write("sales.plan.line", lines, target=target)
        else:
            person.create("sales.plan.line", plan_id=plan, indicator_id=row.id, target=target)

    def agree(self, plan, who, approver):
        self.person(who).call("sales.plan", "action_submit", plan.ids)
        self.decide(plan, "sales_plan", approver)

    def night(self, day):
        self.at(f"{day} 01:00")
        self.cron("sales_regulation.ir_cron_duty")


@tagged("post_install", "-at_install")
class TestPlans(PlanStoryline):
    """Storyline 3 and 4: the targets of March, and the monthly plan of April."""

    def test_step_3(self):
        """3,400,000 <> 3,500,000, gap 100,000; with B 1,500,000 it passes."""
        day = "2026-03-01"
        plans = {
            "company": self.plan("DGM", "month_company", day, sales_amount=5_000_000),
            "ka": self.plan(
                "KM",
                "month_team",
                day,
                sales_amount=3_500_000,
                profit=500_000,
                external_sales=800_000,
            ),
            "tele": self.plan("TM", "month_team", day, sales_amount=1_500_000),
            "t": self.plan("T", "month_user", day, sales_amount=1_500_000),
            "a": self.plan(
                "A",
                "month_user",
                day,
                sales_amount=2_000_000,
                profit=300_000,
                external_sales=500_000,
            ),
            "b": self.plan(
                "B",
                "month_user",
                day,
                sales_amount=1_400_000,
                profit=200_000,
                external_sales=300_000,
            ),
        }
        for code, who, approver in (
            ("a", "A", "KM"),
            ("b", "B", "KM"),
            ("t", "T", "TM"),
            ("tele", "TM", "SGM"),
            ("ka", "KM", "RM"),
            ("company", "DGM", "GM"),
        ):
            self.agree(plans[code], who, approver)
        with self.GM.refused("3,400,000.00", "3,500,000.00", "100,000.00", "Sales amount"):
            self.GM.call("sales.plan", "action_release", plans["company"].ids)
        [blocked] = self.events("blocked", plans["ka"], gate="plan_adds_up")
        self.assertEqual(blocked.user_id, self.users["gm"])
        with self.A.refused():
            self.A.read("sales.plan", plans["ka"].ids, "line_ids")

        self.B.call("sales.plan", "action_take_back", plans["b"].ids)
        self.target("B", plans["b"].id, "sales_amount", 1_500_000)
        self.agree(plans["b"], "B", "KM")
        self.assertEqual({plan.state for plan in plans.values()}, {"released"})
        self.assertEqual(
            self.env["sales.plan"]._released_targets(
                self.users["a"] | self.users["b"], [MARCH], ["sales_amount"], self.company
            ),
            {
                (self.users["a"].id, MARCH, "sales_amount"): 2_000_000,
                (self.users["b"].id, MARCH, "sales_amount"): 1_500_000,
            },
        )
        with self.A.refused():
            self.target("A", plans["a"].id, "sales_amount", 1)
        self.check_scores_read_them()

    def check_scores_read_them(self):
        """Where scores are installed the sheets of March are measured by what is in force."""
        if "kpi.cycle" not in self.env:
            return
        self.at("2026-04-01 09:00")
        cycle = self.HR.create("kpi.cycle", frequency="monthly", day="2026-03-31")
        self.HR.call("kpi.cycle", "action_compute", cycle)
        sheets = self.env["kpi.cycle"].browse(cycle).sheet_ids
        targets = {
            sheet.user_id: line.target
            for sheet in sheets
            for line in sheet.line_ids
            if line.indicator_id.code == "sales_amount"
        }
        self.assertEqual(targets[self.users["a"]], 2_000_000)
        self.assertEqual(targets[self.users["b"]], 1_500_000)
        target = self.HR.search("kpi.target", ["user_id", "=", self.users["b"].id])
        with self.HR.refused(error="AccessError"):
            self.HR.write("kpi.target", target, amount=1)

    def test_step_4(self):
        """Due ten days before 04-01, a Sunday: rolled back to Friday 03-20."""
        self.night("2026-03-02")
        instance = self.env["regulation.duty.instance"].search(
            [
                ("duty_id.code", "=", "month_user"),
                ("company_id", "=", self.company.id),
                ("period_start", "=", "2026-04-01"),
            ]
        )
        self.assertEqual(instance.user_id, self.users["a"] | self.users["b"])
        self.assertEqual({self.local(row.due_at) for row in instance}, {"2026-03-20 23:59"})
        april = "2026-04-01"
        self.at("2026-03-20 17:00")
        punctual = self.plan("A", "month_user", april, sales_amount=2_100_000)
        self.A.call("sales.plan", "action_submit", punctual.ids)
        self.at("2026-03-21 09:00")
        self.cron("sales_regulation.ir_cron_deadline")
        late = self.plan("B", "month_user", april, sales_amount=1_500_000)
        self.B.call("sales.plan", "action_submit", late.ids)
        self.assertEqual((punctual.is_late, late.is_late), (False, True))
        self.assertEqual(
            [
                self.deadline(row, "plan_month").state
                for row in instance.sorted(lambda row: row.user_id != self.users["a"])
            ],
            ["kept", "breached"],
        )
        [event] = self.env["regulation.register"].search(
            [
                ("event", "=", "deadline_breached"),
                ("code", "=", "plan_month"),
                ("res_model", "=", "regulation.duty.instance"),
                ("res_id", "in", instance.ids),
            ]
        )
        self.assertEqual(event.subject_id, self.users["b"])
        # The superior's list, and what he reads of it
        found = self.KM.call("sales.plan", "search", domain=[("is_late", "=", True)])
        self.assertEqual(found, late.ids)
        # The team's plan is owed by its leader
        team = self.env["regulation.duty.instance"].search(
            [("duty_id.code", "=", "month_team"), ("company_id", "=", self.company.id)]
        )
        self.assertEqual(team.user_id, self.users["km"] | self.users["tm"])


@tagged("post_install", "-at_install")
class TestPlansOfProfiles(PlanStoryline):
    """The table: the monthly plan due for April under each shipped profile."""

    profile_code = None

    def due(self, code):
        """``(kinds of plan, {duty: wall clock of plans of April})`` under a shipped profile."""
        template = self.env["regulation.profile"].search(
            [("code", "=", code), ("is_template", "=", True)], limit=1
        )
        profile = template.copy(
            {
                "version": "T",
                "date_from": "2026-03-01",
                "assignment_ids": [Command.create({"company_id": self.company.id})],
            }
        )
        self.at("2026-02-20 09:00")
        profile.with_user(self.users["gm"])._publish("trial")
        self.at("2026-03-20 01:00")
        plans = {*profile.plan_type_ids.mapped("code"), "visit_plan"}
        duties = profile.duty_ids.filtered(lambda duty: duty.code in plans)
        for duty in duties:
            duty._create_instances()
        instances = duties.instance_ids.filtered(lambda row: str(row.period_start) == "2026-04-01")
        return profile.plan_type_ids, {
            row.duty_id.code: self.local(row.due_at) for row in instances
        }

    def test_table(self):
        for code, expected in (
            ("S0", {}),
            ("S1", {}),
            ("S2", {}),
            ("S3", {"visit_plan": "2026-03-31 23:59"}),
            (
                "S4",
                {
                    "month_team": "2026-03-20 23:59",
                    "quarter_team": "2026-03-20 23:59",
                    "visit_plan": "2026-03-31 23:59",
                },
            ),
        ):
            with self.subTest(code=code), self.env.cr.savepoint() as savepoint:
                kinds, due = self.due(code)
                self.assertEqual(due, expected)
                if code == "S2":
                    self.assertEqual(set(kinds.mapped("checkpoint_frequency")), {"monthly"})
                savepoint.rollback()
                self.env.registry.clear_all_caches()
                self.env.invalidate_all()
