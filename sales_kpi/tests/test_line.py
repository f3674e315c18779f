# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from .test_assessment import UNRATED, AssessmentCommon


@tagged("post_install", "-at_install")
class TestLine(AssessmentCommon):
    """C44: raters, teams and readers follow the line as it stood when the period had ended."""

    def test_raters_of_then(self):
        """A goes to another superior and team in April: March is rated by those of March."""
        cycle = self.cycle(at="2026-04-01 09:00")
        self.at("2026-04-02 09:00")
        self.employees["a"].parent_id = self.employees["tm"]
        self.teams["ka"].member_ids -= self.users["a"]
        self.teams["tele"].member_ids |= self.users["a"]
        cycle.action_compute()
        self.assertEqual(self.sheet(cycle).team_id, self.teams["ka"])
        self.assertIn(self.users["km"], self.sheet(cycle).viewer_ids)
        self.assertNotIn(self.users["tm"], self.sheet(cycle).viewer_ids)
        cycle.action_ask_raters()
        self.assertEqual(self.request(cycle, "a", "superior").rater_id, self.users["km"])
        self.assertEqual(self.request(cycle, "a", "peer").rater_id, self.users["b"])
        self.assertEqual(
            set(cycle.sudo()._reports([self.users["km"].id])[self.users["km"].id]),
            {self.users["a"].id, self.users["b"].id},
        )
        with self.assertRaisesRegex(UserError, "no superior"):
            self.ask(cycle, "a", "superior", rater_id=self.users["tm"].id)
        april = self.cycle(day="2026-04-30", at="2026-05-04 09:00")
        self.assertEqual(
            april.sudo()._superiors({self.users["a"].id}), {self.users["a"].id: self.users["tm"].id}
        )

    def test_today_while_it_runs(self):
        """Until the period has ended the line is that of today; then it is kept, once."""
        cycle = self.cycle(at="2026-03-20 09:00")
        self.assertFalse(cycle.line_at or cycle.sudo().stood_ids)
        self.employees["a"].parent_id = self.employees["tm"]
        self.at("2026-04-01 09:00")
        cycle.action_compute()
        self.assertTrue(cycle.line_at)
        [row] = cycle.sudo().stood_ids.filtered(lambda one: one.user_id == self.users["a"])
        self.assertEqual((row.superior_id, row.team_id), (self.users["tm"], self.teams["ka"]))
        self.assertIn(self.users["tm"], self.sheet(cycle).viewer_ids)

    def test_leads_one_team_and_is_in_another(self):
        """Who leads one team and sells in another belongs to the one he sells in."""
        self.env["ir.config_parameter"].set_param("sales_team.membership_multi", True)
        second = self.env["crm.team"].create(
            {"name": "Abroad", "company_id": self.company.id, "user_id": self.users["clk"].id}
        )
        Member = self.env["crm.team.member"]
        Member.create({"crm_team_id": second.id, "user_id": self.users["km"].id})
        Member.create({"crm_team_id": second.id, "user_id": self.users["a"].id})
        teams = self.cycle().sudo()._memberships()
        self.assertEqual(teams[self.users["km"].id], (second.id, False))
        self.assertEqual(teams[self.users["a"].id], (self.teams["ka"].id, False))
        self.assertEqual(teams[self.users["tm"].id], (self.teams["tele"].id, True))

    def test_who_left_is_not_asked(self):
        cycle = self.cycle()
        self.users["km"].active = False
        cycle.action_ask_raters()
        self.assertFalse(self.request(cycle, "a", "superior"))

    def test_taken_anew(self):
        """A line that was entered too late: HR takes that of today, before raters are asked."""
        cycle = self.cycle()
        self.employees["a"].parent_id = self.employees["tm"]
        with self.assertRaises(AccessError):
            cycle.with_user(self.users["km"]).action_refresh_line()
        cycle.action_refresh_line()
        self.assertIn(self.users["tm"], self.sheet(cycle).viewer_ids)
        self.assertIn("as they stand today", cycle.message_ids[0].body)
        cycle.action_ask_raters()
        self.assertEqual(self.request(cycle, "a", "superior").rater_id, self.users["tm"])
        with self.assertRaisesRegex(UserError, "not after"):
            cycle.action_refresh_line()

    def test_revision(self):
        """A reopened month keeps its line and its readers."""
        cycle = self.cycle()
        cycle.action_publish(UNRATED)
        self.at("2026-04-20 09:00")
        cycle.action_lock()
        self.employees["a"].parent_id = self.employees["tm"]
        revision = cycle.browse(cycle.action_reopen("A figure was wrong")["res_id"])
        revision.action_compute()
        self.assertEqual(self.sheet(revision).viewer_ids, self.sheet(cycle).viewer_ids)
        revision.action_compute()
        self.assertEqual(self.sheet(revision).viewer_ids, self.sheet(cycle).viewer_ids)
        self.assertEqual(
            revision.sudo()._nearest_superiors(self.users["a"].ids),
            {self.users["a"].id: [self.users["km"].id]},
        )
        revision.action_refresh_line()
        self.assertIn(self.users["tm"], self.sheet(revision).viewer_ids)
        self.assertNotIn(self.users["tm"], self.sheet(cycle).viewer_ids)

    def test_who_was_entered_late(self):
        """Somebody who was in no row of the line is added by a revision, as he stands."""
        self.teams["ka"].member_ids -= self.users["b"]
        cycle = self.cycle()
        cycle.action_publish(UNRATED)
        self.at("2026-04-20 09:00")
        cycle.action_lock()
        row = cycle.sudo().stood_ids.filtered(lambda one: one.user_id == self.users["b"])
        self.env.flush_all()
        self.env.cr.execute("DELETE FROM kpi_cycle_line WHERE id = %s", [row.id])
        self.env.invalidate_all()
        self.teams["ka"].member_ids |= self.users["b"]
        revision = cycle.browse(cycle.action_reopen("Somebody was missing")["res_id"])
        revision.action_compute()
        self.assertEqual(
            revision.sudo()._memberships()[self.users["b"].id], (self.teams["ka"].id, False)
        )

    def test_sealed(self):
        """Nobody writes the line that was kept; people read it who see all scores."""
        cycle = self.cycle()
        row = cycle.sudo().stood_ids[0]
        for login in ("a", "km", "hr", "gm", "adm"):
            with self.assertRaises(AccessError):
                row.with_user(self.users[login]).write({"superior_id": self.users["b"].id})
            with self.assertRaises(AccessError):
                cycle.with_user(self.users[login]).write({"line_at": False})
        with self.assertRaises(AccessError):
            row.with_user(self.users["a"]).read(["superior_id"])
        row.with_user(self.users["hr"]).read(["superior_id"])
        row.with_user(self.users["aud"]).read(["superior_id"])


@tagged("post_install", "-at_install")
class TestCanLock(AssessmentCommon):
    """The button is there when it works, and the form says until when it does not."""

    def test_published(self):
        cycle = self.cycle(at="2026-03-20 09:00")
        self.assertFalse(cycle.can_lock, "the period runs")
        self.at("2026-04-01 09:00")
        cycle.action_compute()
        self.assertFalse(cycle.can_lock, "people may rate and appeal first")
        cycle.action_publish(UNRATED)
        self.assertEqual((cycle.can_lock, cycle.appeals_run), (False, True))
        appeal = self.env["kpi.appeal"].browse(
            self.sheet(cycle).with_user(self.users["a"]).action_appeal("I sold more")
        )
        self.at("2026-04-20 09:00")
        self.env.invalidate_all()
        self.assertEqual((cycle.can_lock, cycle.appeals_run, cycle.appeal_open), (False, False, 1))
        with self.assertRaisesRegex(UserError, "wait for an answer"):
            cycle.action_lock()
        appeal.with_user(self.users["hr"]).action_refuse("No")
        cycle.invalidate_recordset()
        self.assertTrue(cycle.can_lock)
        self.assertFalse(cycle.with_user(self.users["km"]).can_lock)
        cycle.action_lock()
        cycle.invalidate_recordset()
        self.assertFalse(cycle.can_lock)
