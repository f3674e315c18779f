# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from datetime import date

from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from .common import PlanCommon


@tagged("post_install", "-at_install")
class TestCheckpoint(PlanCommon):
    """Plan and result are compared; too far below, a note is demanded (S2-16, S4-209, S4-245)."""

    @classmethod
    def setUpClass(cls):
        cls.settings = {
            "deadline_rule_ids": [
                Command.create(
                    {"code": "plan_correction", "name": "Note", "unit": "working_days", "value": 3}
                )
            ]
        }
        super().setUpClass()

    def setUp(self):
        super().setUp()
        self.mine = self.plan("person", "a", 220_000)
        self.mine.checkpoint_ids = [
            Command.create({"date": "2026-03-13", "name": "Half of the month"}),
            Command.create({"date": "2026-03-31", "name": "Framework contract signed"}),
        ]
        self.agree(self.mine)
        self.half, self.end = self.mine.checkpoint_ids

    def sell(self, amount, day):
        self.at(f"{day} 10:00")
        order = self._order("a", quantity=1, price=amount)
        order.action_confirm()
        order.sudo()._create_invoices().write({"invoice_date": day})
        order.sudo().invoice_ids.action_post()

    def night(self, day):
        self.at(f"{day} 02:00")
        with self.enter_registry_test_mode():
            self.env.ref("sales_regulation.ir_cron_plan_count").method_direct_trigger()
        self.env.invalidate_all()

    def test_on_plan(self):
        """13 March: 10 of 22 working days, 100,000 of 220,000; 90,000 is 10 % below: allowed."""
        self.sell(90_000, "2026-03-12")
        self.night("2026-03-13")
        self.assertEqual(self.half.state, "open", "the day is not over")
        self.night("2026-03-14")
        self.assertEqual((self.half.state, self.half.worst), ("kept", -10.0))
        [line] = self.half.line_ids
        self.assertEqual((line.planned, line.actual), (100_000, 90_000))
        self.assertEqual(self.end.state, "open")

    def test_note(self):
        """A cent below what is allowed: note, clock, answer."""
        self.sell(89_000, "2026-03-12")
        self.night("2026-03-14")
        self.assertEqual((self.half.state, self.half.worst), ("deviating", -11.0))
        self.assertIn(self.users["a"], self.half.activity_ids.user_id)
        clock = self.env["regulation.deadline"].search(
            [("code", "=", "plan_correction"), ("res_id", "=", self.half.id)]
        )
        self.assertEqual(clock.user_id, self.users["a"])
        # Saturday 14: counted from Monday, three working days
        self.assertEqual(str(self.company._regulation_local(clock.due_at))[:16], "2026-03-19 18:00")

        note = self.half.with_user(self.users["a"])
        with self.assertRaises(UserError):
            note.action_submit()
        with self.assertRaises(AccessError):
            self.half.with_user(self.users["km"]).note = "He is lazy"
        note.note = "Two customers moved to April; visits on 16 and 17"
        self.at("2026-03-16 10:00")
        note.action_submit()
        self.assertEqual((self.half.state, clock.state), ("submitted", "kept"))
        self.assertFalse(self.half.activity_ids.filtered("automated"))
        with self.assertRaises(UserError):
            note.note = "All is well"
        with self.assertRaises(AccessError):
            self.half.approval_ids.with_user(self.users["a"]).action_approve()
        approval = self.half.approval_ids.with_user(self.users["km"])
        self.assertIn("100,000", approval.summary)
        approval.action_return("Which customers?")
        self.assertEqual(self.half.state, "deviating")
        note.note = "Beihe and Nanfeng moved to April"
        note.action_submit()
        self.half.approval_ids.filtered(lambda row: row.state == "pending").with_user(
            self.users["km"]
        ).action_approve("I come along on the 17th")
        self.assertEqual(
            (self.half.state, self.half.answer), ("answered", "I come along on the 17th")
        )

    def test_sealed(self):
        """Neither dates, nor results, nor states, by whomever."""
        self.night("2026-03-14")
        a = self.users["a"]
        for attempt in (
            lambda: self.half.with_user(a).write({"state": "kept"}),
            lambda: self.half.sudo().write({"worst": 0}),
            lambda: self.half.with_user(a).write({"date": "2026-03-30"}),
            lambda: self.half.with_user(a).unlink(),
            lambda: self.half.line_ids.with_user(a).write({"actual": 1_000_000}),
            lambda: self.half.line_ids.sudo().unlink(),
            lambda: self.end.with_user(a).write({"note": "early"}),
            lambda: self.end.with_user(a).action_submit(),
            lambda: self.half.with_user(self.users["b"]).read(["state"]),
            lambda: self.half.create({"plan_id": self.mine.id, "date": "2026-03-20"}),
        ):
            with self.assertRaises(UserError):
                with self.env.cr.savepoint():
                    attempt()

    def test_of_the_kind(self):
        """The regulation's own days come with the release; a revision takes over what is to come."""
        draft = self.profile.browse(self.profile.action_new_version()["res_id"])
        draft.plan_type_ids.filtered(
            lambda kind: kind.code == "year"
        ).checkpoint_frequency = "quarterly"
        draft.date_from = date(2026, 2, 20)
        draft.with_user(self.users["gm"])._publish("active")
        self.types = {kind.code: kind for kind in draft.plan_type_ids}
        year = self.plan("year", "dgm", 60_000_000)
        self.agree(year)
        self.assertEqual(
            [str(row.date) for row in year.checkpoint_ids],
            ["2026-03-31", "2026-06-30", "2026-09-30", "2026-12-31"],
        )
        self.night("2026-04-01")
        self.assertEqual(year.checkpoint_ids.mapped("state"), ["deviating", "open", "open", "open"])
        second = year.browse(year.action_revise()["res_id"])
        second.revision_reason = "The market has turned"
        self.agree(second)
        self.assertEqual(year.checkpoint_ids.mapped("state"), ["deviating", *["cancelled"] * 3])
        self.assertEqual(second.checkpoint_ids.mapped("state"), ["open"] * 3)

    def test_outside_the_period(self):
        plan = self.plan("person", "a", 1, "2026-05-01")
        with self.assertRaises(UserError):
            plan.checkpoint_ids = [Command.create({"date": "2026-04-30", "name": "x"})]
