# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from datetime import date

from odoo import Command
from odoo.exceptions import AccessError
from odoo.tests import new_test_user, tagged

from .common import PlanCommon


@tagged("post_install", "-at_install")
class TestPlanRights(PlanCommon):
    """A rep his own, a leader his team, superiors those below them, directors all; two companies."""

    def setUp(self):
        super().setUp()
        self.plans = self.march()
        self.agree(self.plans["company"], self.plans["ka"], self.plans["tele"])
        self.agree(self.plans["a"], self.plans["b"], self.plans["t"])

    def seen(self, login):
        env = self.env["sales.plan"].with_user(self.users[login]).env
        plans = {
            code for code, plan in self.plans.items() if plan.with_env(env)._filtered_access("read")
        }
        found = env["sales.plan"].search([("id", "in", [plan.id for plan in self.plans.values()])])
        self.assertEqual({code for code, plan in self.plans.items() if plan.id in found.ids}, plans)
        lines = env["sales.plan.line"].search(
            [("plan_id", "in", [plan.id for plan in self.plans.values()])]
        )
        self.assertEqual(lines.sudo().plan_id, found.sudo())
        return plans

    def test_who_reads_what(self):
        everything = set(self.plans)
        for login, expected in (
            ("a", {"a"}),
            ("b", {"b"}),
            ("t", {"t"}),
            ("km", {"ka", "a", "b"}),
            ("tm", {"tele", "t"}),
            ("rm", {"ka", "a", "b"}),
            ("sgm", {"tele", "t"}),
            ("dgm", {"company", "ka", "a", "b"}),
            ("gm", everything),
            ("aud", everything),
            ("fin", set()),
            ("clk", set()),
            ("adm", set()),
        ):
            with self.subTest(login=login):
                self.assertEqual(self.seen(login), expected)

    def test_no_other_way_to_the_figures(self):
        """Neither by group, nor by the plan above, nor by what was reached."""
        a = self.users["a"]
        Line = self.env["sales.plan.line"].with_user(a)
        groups = Line.formatted_read_group([], ["team_id"], ["target:sum"])
        self.assertEqual([row["target:sum"] for row in groups], [2_800_000])
        with self.assertRaises(AccessError):
            self.plans["ka"].with_user(a).line_ids.mapped("target")
        with self.assertRaises(AccessError):
            self.plans["b"].with_user(a).read(["line_ids"])
        with self.assertRaises(AccessError):
            self.plans["b"].with_user(a).action_count()
        with self.assertRaises(AccessError):
            self.env["sales.plan.split"].with_user(a).create({"plan_id": self.plans["ka"].id})
        self.assertFalse(Line.search([("plan_id.parent_id.line_ids.target", ">", 0)]))

    def test_who_plans_for_whom(self):
        Plan = self.env["sales.plan"]
        for login, code, values, allowed in (
            ("km", "person", {"user_id": self.users["a"].id}, True),
            ("rm", "person", {"user_id": self.users["a"].id}, True),
            ("gm", "person", {"user_id": self.users["t"].id}, True),
            ("b", "person", {"user_id": self.users["a"].id}, False),
            ("km", "person", {"user_id": self.users["t"].id}, False),
            ("a", "team", {"team_id": self.teams["ka"].id}, False),
            ("km", "team", {"team_id": self.teams["tele"].id}, False),
            ("a", "month", {}, False),
        ):
            with self.subTest(login=login, code=code), self.env.cr.savepoint() as savepoint:
                vals = {"type_id": self.types[code].id, "day": "2026-09-01", **values}
                if allowed:
                    Plan.with_user(self.users[login]).create(vals)
                else:
                    with self.assertRaises(AccessError):
                        Plan.with_user(self.users[login]).create(vals)
                savepoint.rollback()

    def test_written_for_somebody(self):
        """The leader writes it; the person reads it, hands it in; the leader does not approve it."""
        plan = (
            self.env["sales.plan"]
            .with_user(self.users["km"])
            .create(
                {
                    "type_id": self.types["person"].id,
                    "day": "2026-04-01",
                    "user_id": self.users["a"].id,
                    "line_ids": [
                        Command.create(
                            {"indicator_id": self.indicators["sales_amount"].id, "target": 7}
                        )
                    ],
                }
            )
        )
        plan.with_user(self.users["a"]).action_submit()
        self.assertNotIn(self.users["km"], plan.sudo().approval_ids.step_ids.user_ids)

    def test_lines_of_others(self):
        draft = self.plan("person", "b", 1, "2026-04-01")
        for vals in (
            {"plan_id": draft.id, "indicator_id": self.indicators["quantity"].id},
            {"plan_id": self.plans["company"].id, "indicator_id": self.indicators["quantity"].id},
        ):
            with self.assertRaises(AccessError):
                self.env["sales.plan.line"].with_user(self.users["a"]).create(vals)
        mine = self.plan("person", "a", None, "2026-04-01", quantity=3)
        line = mine.line_ids.filtered(lambda row: row.indicator_id.code == "quantity")
        with self.assertRaises(AccessError):
            line.plan_id = draft.with_user(self.users["a"])

    def test_a_superior_no_more(self):
        """Whoever does not lead any more sees no more at the next request."""
        self.assertIn("a", self.seen("rm"))
        self.employees["km"].parent_id = self.employees["gm"]
        self.env.invalidate_all()
        self.assertEqual(self.seen("rm"), set())
        self.assertFalse(self.plans["a"].with_user(self.users["rm"]).visible)

    def test_two_companies(self):
        other = self.env["res.company"].create({"name": "Branch elsewhere"})
        stranger = new_test_user(
            self.env,
            login="reg_stranger",
            groups="sales_regulation.group_regulation_manager",
            company_id=other.id,
            company_ids=[Command.set(other.ids)],
            email="stranger@example.com",
        )
        self.env["regulation.role.assignment"].create(
            {
                "role_id": self.roles["general_manager"].id,
                "company_id": other.id,
                "user_id": stranger.id,
                "date_from": date(2020, 1, 1),
            }
        )
        Plan = (
            self.env["sales.plan"].with_user(stranger).with_context(allowed_company_ids=other.ids)
        )
        self.assertFalse(Plan.search([]))
        self.assertFalse(Plan.env["sales.plan.line"].search([]))
        with self.assertRaises(AccessError):
            self.plans["a"].with_env(Plan.env).read(["state"])

    def test_auditor_writes_nothing(self):
        for model, vals in (
            ("sales.plan", {"type_id": self.types["person"].id, "day": "2026-09-01"}),
            ("sales.plan.indicator", {"name": "x", "code": "x"}),
        ):
            with self.assertRaises(AccessError):
                self.env[model].with_user(self.users["aud"]).create(vals)

    def test_list_costs_the_same(self):
        """As A, one plan and eighty; the rule asks once for a list."""
        days = [date(2027 + n // 12, n % 12 + 1, 1) for n in range(80)]
        plans = (
            self.env["sales.plan"]
            .with_user(self.users["a"])
            .create([{"type_id": self.types["person"].id, "day": day} for day in days])
        )
        spec = {"type_id": {"fields": {"display_name": {}}}, "state": {}, "display_name": {}}

        def shown(records):
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            records.web_search_read([("id", "in", records.ids)], spec)
            return self.env.cr.sql_log_count - before

        shown(plans)
        self.assertEqual(shown(plans), shown(plans[:1]))
