# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
import unittest

from odoo import SUPERUSER_ID, api
from odoo.exceptions import UserError
from odoo.tests import BaseCase, get_db_name, tagged

from .parallel import ParallelWorld

DAY = "2036-03-01"
#: plan: (kind, written by, approved by, sales amount)
PLANS = {
    "a": ("month_user", "a", "km", 2_000_000),
    "b": ("month_user", "b", "km", 1_500_000),
    "t": ("month_user", "t", "tm", 1_500_000),
    "ka": ("month_team", "km", "rm", 3_500_000),
    "tele": ("month_team", "tm", "sgm", 1_500_000),
    "company": ("month_company", "dgm", "gm", 5_000_000),
}


class PlanWorld(ParallelWorld):
    gates = ("plan_parent", "plan_adds_up")


@tagged("post_install", "-at_install")
class TestPlanParallel(BaseCase):
    """The targets in force add up when several people act at the same moment (C36)."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        source = PlanWorld.source_of(get_db_name())
        if not source:
            raise unittest.SkipTest("needs a database to copy: run the tests with ./dev test")
        cls.world = PlanWorld(source)
        cls.addClassCleanup(cls.world.drop)
        cls.world.build()
        cls.plans = {}
        for code, (kind, writer, approver, amount) in PLANS.items():
            [cls.plans[code]] = cls.world.call(
                writer, "sales.plan", "create", [{"type_id": cls.kind(kind), "day": DAY}]
            )
            cls.target(writer, cls.plans[code], amount)
            cls.submitted(writer, cls.plans[code])
            cls.world.call(
                approver, "regulation.approval", "action_approve", cls.pending(cls.plans[code])
            )

    @classmethod
    def kind(cls, code):
        with cls.world.registry.cursor() as cr:
            env = api.Environment(cr, SUPERUSER_ID, {})
            return (
                env["regulation.plan.type"]
                .search(
                    [
                        ("code", "=", code),
                        ("profile_id.assignment_ids.company_id", "=", cls.world.company_id),
                    ]
                )
                .id
            )

    @classmethod
    def target(cls, writer, plan, amount):
        rows = cls.world.rows("SELECT id FROM sales_plan_line WHERE plan_id = %s", plan)
        cls.world.call(writer, "sales.plan.line", "write", [rows[0][0]], {"target": amount})

    @classmethod
    def submitted(cls, writer, plan):
        cls.world.call(writer, "sales.plan", "action_submit", [plan])

    @classmethod
    def pending(cls, plan):
        return [
            row[0]
            for row in cls.world.rows(
                "SELECT id FROM regulation_approval WHERE res_id = %s AND state = 'pending'"
                " AND res_model = 'sales.plan'",
                plan,
            )
        ]

    def states(self, *plans):
        return [
            self.world.rows("SELECT state FROM sales_plan WHERE id = %s", plan)[0][0]
            for plan in plans
        ]

    def in_force(self):
        """The targets of the people in force, as the tables have them."""
        return dict(
            self.world.rows(
                """
                SELECT plan.team_id, SUM(line.target)
                  FROM sales_plan plan JOIN sales_plan_line line ON line.plan_id = plan.id
                 WHERE plan.state = 'released' AND plan.level = 'user' AND plan.company_id = %s
                 GROUP BY 1
                """,
                self.world.company_id,
            )
        )

    def revised(self, login, plan, amount):
        revision = self.world.call(login, "sales.plan", "action_revise", [plan])["res_id"]
        self.world.call(
            login, "sales.plan", "write", [revision], {"revision_reason": "Nanfeng goes over"}
        )
        self.target(login, revision, amount)
        self.submitted(login, revision)
        return revision

    def test_two_parts_at_once(self):
        """Each alone leaves a gap: approved at one moment, both are in force, nobody waits."""
        self.assertEqual(self.states(*self.plans.values()), ["released"] * 6)
        now = {"a": self.plans["a"], "b": self.plans["b"]}
        for more in (100_000, -100_000, 50_000):
            current = {
                code: self.world.rows(
                    "SELECT SUM(target) FROM sales_plan_line WHERE plan_id = %s", plan
                )[0][0]
                for code, plan in now.items()
            }
            revisions = {
                "a": self.revised("a", now["a"], float(current["a"]) + more),
                "b": self.revised("b", now["b"], float(current["b"]) - more),
            }
            self.world.together(
                *[
                    ("km", "regulation.approval", "action_approve", self.pending(plan))
                    for plan in revisions.values()
                ]
            )
            self.assertEqual(self.states(*revisions.values()), ["released"] * 2)
            self.assertEqual(self.states(*now.values()), ["superseded"] * 2)
            self.assertEqual(sorted(self.in_force().values()), [1_500_000, 3_500_000])
            now = revisions

    def test_two_revisions(self):
        """A plan has one revision, whoever begins it first."""
        plan = self.plans["t"]
        results = self.world.together(*[("t", "sales.plan", "action_revise", [plan])] * 3)
        self.assertEqual(len([one for one in results if isinstance(one, UserError)]), 2)
