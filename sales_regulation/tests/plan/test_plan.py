# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from datetime import date

from psycopg2 import IntegrityError

from odoo import Command
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import Form, tagged
from odoo.tools import mute_logger

from .common import PlanCommon


@tagged("post_install", "-at_install")
class TestPlan(PlanCommon):
    """Plans are written, handed in, approved and revised (C36, S0-09, S2-07, S2-17, S4-394)."""

    def test_place_follows_from_kind_and_day(self):
        plan = self.plan("quarter", "dgm", 9_000_000, "2026-05-17")
        self.assertEqual(
            (plan.code, plan.period_start, plan.period_end),
            ("quarter", date(2026, 4, 1), date(2026, 6, 30)),
        )
        mine = self.plan("person", "a", 1)
        self.assertEqual(mine.team_id, self.teams["ka"])
        self.assertEqual(mine.line_ids.indicator_id, self.indicators["sales_amount"])

    def test_one_of_a_kind_and_period(self):
        self.plan("person", "a", 1)
        with mute_logger("odoo.sql_db"), self.assertRaises(IntegrityError):
            with self.env.cr.savepoint():
                self.plan("person", "a", 2)
        self.plan("person", "b", 1)
        self.plan("person", "a", 1, "2026-04-01")

    def test_form_offers_what_the_regulation_knows(self):
        form = Form(self.env["sales.plan"].with_user(self.users["a"]))
        self.assertEqual(form.type_id, self.types["person"])
        self.assertEqual(str(form.day), "2026-03-01")
        plan = form.save()
        self.assertEqual(plan.period_start, date(2026, 3, 1))

    def test_other_regulation(self):
        """A kind of plan of a regulation that is not the person's is refused."""
        foreign = self.env["regulation.plan.type"].create(
            {
                "profile_id": self._profile(publish=False).id,
                "code": "person",
                "name": "Of another regulation",
            }
        )
        with self.assertRaises(ValidationError):
            self.env["sales.plan"].with_user(self.users["a"]).create(
                {"type_id": foreign.id, "day": "2026-03-01"}
            )

    def test_parts_find_their_whole(self):
        """Whichever is written first."""
        month = self.plan("month", "dgm", 1)
        person, team = self.plan("person", "a", 1), self.plan("team", "km", 1)
        quarter, year = self.plan("quarter", "dgm", 1), self.plan("year", "dgm", 1)
        for part, whole in ((person, team), (team, month), (month, quarter), (quarter, year)):
            self.assertEqual(part.sudo().parent_id, whole)
        self.assertFalse(self.plan("person", "t", 1).sudo().parent_id)

    def test_incomplete(self):
        plan = self.plan("person", "a")
        with self.assertRaisesRegex(UserError, "Sales amount"):
            plan.action_submit()
        plan._set_target(self.indicators["sales_amount"], 5)
        plan.action_submit()
        self.assertEqual(plan.state, "submitted")

    def test_sections_and_strategy(self):
        """The sections that a kind of plan asks for are there, and filled in (S4-130, S4-114)."""
        sections = self.env["sales.plan.section.kind"].search(
            [("code", "in", ("pricing", "strategy"))]
        )
        draft = self.profile.browse(self.profile.action_new_version()["res_id"])
        draft.plan_type_ids.filtered(lambda kind: kind.code == "person").section_ids = sections
        draft.date_from = date(2026, 2, 20)
        draft.with_user(self.users["gm"])._publish("active")
        self.types = {kind.code: kind for kind in draft.plan_type_ids}
        plan = self.plan("person", "a", 1_000)
        self.assertEqual(plan.section_ids.kind_id, sections)
        with self.assertRaisesRegex(UserError, "Pricing, type of strategy"):
            plan.action_submit()
        plan.section_ids.filtered(lambda row: row.kind_id.code == "pricing").content = "List price"
        plan.strategy = "segment"
        plan.action_submit()
        with self.assertRaises(UserError):
            plan.section_ids[0].content = "Another"
        with self.assertRaises(UserError):
            plan.strategy = "gap"

    def test_handed_in_is_fixed(self):
        """By form, by lines, by import, after the fact, as superuser too."""
        plan = self.plan("person", "a", 1_000)
        plan.checkpoint_ids = [Command.create({"date": "2026-03-15", "name": "Fair"})]
        plan.action_submit()
        line, point = plan.line_ids, plan.checkpoint_ids
        indicator = self.indicators["quantity"].id
        for attempt in (
            lambda: plan.write({"line_ids": [Command.update(line.id, {"target": 1})]}),
            lambda: line.write({"target": 1}),
            lambda: line.sudo().write({"target": 1}),
            lambda: line.unlink(),
            lambda: line.create({"plan_id": plan.id, "indicator_id": indicator, "target": 1}),
            lambda: plan.write({"day": "2026-05-01"}),
            lambda: plan.write({"user_id": self.users["b"].id}),
            lambda: point.write({"date": "2026-03-20"}),
            lambda: point.unlink(),
            lambda: point.create({"plan_id": plan.id, "date": "2026-03-21"}),
            lambda: plan.unlink(),
        ):
            with self.assertRaises(UserError):
                with self.env.cr.savepoint():
                    attempt()
        self.assertEqual(line.target, 1_000)

    def test_sealed(self):
        """What the system writes is written by nobody else."""
        plan = self.plan("person", "a", 1_000)
        for vals in (
            {"state": "released"},
            {"version": 7},
            {"period_start": "2026-01-01"},
            {"chain_id": False},
            {"parent_id": plan.id},
            {"handed_in_at": "2026-01-01 00:00:00"},
            {"is_late": False},
            {"subject_key": "0/0"},
        ):
            with self.assertRaises(AccessError, msg=str(vals)):
                plan.write(vals)
            with self.assertRaises(AccessError, msg=str(vals)):
                plan.sudo().write(vals)
        for vals in ({"actual": 9}, {"attainment": 100}, {"state": "released"}, {"code": "x"}):
            with self.assertRaises(AccessError, msg=str(vals)):
                plan.line_ids.write(vals)
        with self.assertRaises(AccessError):
            plan.create(
                {"type_id": self.types["person"].id, "day": "2026-04-01", "state": "released"}
            )
        forged = plan.with_context(default_state="released").create(
            {"type_id": self.types["person"].id, "day": "2026-06-01"}
        )
        self.assertEqual(forged.state, "draft")
        result = plan.load(
            ["type_id/.id", "day", "state"],
            [[str(self.types["person"].id), "2026-07-01", "In force"]],
        )
        self.assertFalse(result["ids"])

    def test_approval_decides(self):
        plan = self.plan("person", "a", 1_000)
        plan.action_submit()
        with self.assertRaises(AccessError):
            plan.approval_ids.with_user(self.users["a"]).action_approve()
        self.decide(plan, "km", "action_return", "Too low")
        self.assertEqual(plan.state, "draft")
        plan._set_target(self.indicators["sales_amount"], 2_000)
        plan.action_submit()
        self.decide(plan, "km")
        self.assertEqual(plan.state, "released", "nobody has begun the whole: it waits for nobody")

    def test_steps_of_the_kind(self):
        """The company's plan is the general manager's, a person's his superior's."""
        plan = self.plan("month", "dgm", 1_000)
        plan.action_submit()
        self.assertEqual(plan.approval_ids.step_ids.user_ids, self.users["gm"])
        mine = self.plan("person", "t", 1_000)
        mine.action_submit()
        self.assertEqual(mine.approval_ids.step_ids.user_ids, self.users["tm"])

    def test_taken_back(self):
        plan = self.plan("person", "a", 1_000)
        plan.action_submit()
        plan.action_take_back()
        self.assertEqual(plan.state, "draft")
        self.assertEqual(plan.approval_ids.mapped("state"), ["withdrawn"])
        with self.assertRaises(UserError):
            plan.action_take_back()
        with self.assertRaises(UserError):
            plan.unlink()

    def test_revision(self):
        """A new version goes the same way; the one in force stays so until then (S2-17)."""
        plan = self.plan("person", "a", 1_000)
        self.agree(plan)
        with self.assertRaises(UserError):
            plan.line_ids.target = 900
        with self.assertRaises(UserError):
            plan.action_take_back()
        second = plan.browse(plan.action_revise()["res_id"])
        self.assertEqual(
            (second.version, second.state, second.line_ids.target), (2, "draft", 1_000)
        )
        self.assertEqual(plan.state, "released")
        with mute_logger("odoo.sql_db"), self.assertRaises(IntegrityError):
            with self.env.cr.savepoint():
                plan.action_revise()
        second._set_target(self.indicators["sales_amount"], 1_200)
        with self.assertRaisesRegex(UserError, "reason of the revision"):
            second.action_submit()
        second.revision_reason = "A competitor has left"
        with self.assertRaises(UserError):
            second.day = "2026-04-01"
        self.agree(second)
        self.assertEqual((plan.state, second.state), ("superseded", "released"))
        with self.assertRaises(UserError):
            plan.action_revise()
        targets = self.env["sales.plan"]._released_targets(
            self.users["a"], [(date(2026, 3, 1), date(2026, 3, 31))], company=self.company
        )
        self.assertEqual(list(targets.values()), [1_200])

    def test_a_name_under_another(self):
        """Whose plan it is stays with whom it was handed in by."""
        plan = self.plan("person", "a", 1_000)
        with self.assertRaises(AccessError):
            plan.user_id = self.users["b"]
        with self.assertRaises(ValidationError):
            plan.team_id = self.teams["tele"]

    def test_without_regulation(self):
        """No regulation, no kind of plan: nothing can be begun."""
        other = self.env["res.company"].create({"name": "Unregulated"})
        self.env.user.company_ids |= other
        kinds = self.env["regulation.plan.type"]._of(self.env.user, other)
        self.assertFalse(kinds)
