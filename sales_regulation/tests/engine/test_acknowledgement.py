# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from datetime import date, datetime

from freezegun import freeze_time

from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import new_test_user, tagged
from odoo.tools import mute_logger

from ..common import RegulationCommon

COVERED = ("a", "b", "t", "tm", "km", "rm", "dgm", "clk", "wh", "fin")


@tagged("post_install", "-at_install")
class TestAcknowledgement(RegulationCommon):
    """Publishing asks everybody covered to confirm that he has read it (C01, storyline 1)."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.department = cls.env["hr.department"].create(
            {"name": "Sales", "company_id": cls.company.id}
        )
        for login in COVERED:
            cls.employees[login].department_id = cls.department

    def _publish(self, at="2026-03-02 01:00:00", **values):
        profile = self._profile(
            publish=False, assign={"department_id": self.department.id},
            **{"date_from": date(2026, 3, 1), **values},
        )
        with freeze_time(at):
            self._as(profile, "gm").action_publish()
        return profile

    def _cron(self, cron, at):
        with freeze_time(at), self.enter_registry_test_mode():
            self.env.ref(f"sales_regulation.{cron}").method_direct_trigger()

    @freeze_time("2026-03-02 01:00:00")
    def test_storyline_1(self):
        """10 covered, 9 acknowledge: 90.0 %, one reminder; a non-director cannot publish."""
        draft = self._profile(publish=False, assign={"department_id": self.department.id})
        with self.assertRaises(AccessError):
            self._as(draft, "km").action_publish()
        profile = self._publish()
        approval = profile.acknowledgement_id
        self.assertEqual(len(approval.step_ids), 10)
        self.assertEqual(
            approval.step_ids.user_ids,
            self.env["res.users"].union(*(self.users[login] for login in COVERED)),
        )
        self.assertEqual(approval.submitted_by_id, self.users["gm"])
        self.assertEqual(profile.acknowledgement_rate, 0.0)
        self._cron("ir_cron_notify_approvers", "2026-03-02 01:05:00")
        self.assertEqual(len(approval.activity_ids.user_id), 10)
        for login in COVERED[1:]:
            mine = self._as(profile, login)
            self.assertTrue(mine.acknowledgement_mine)
            mine.action_acknowledge()
            mine.invalidate_recordset()
            self.assertFalse(mine.acknowledgement_mine)
        profile.invalidate_recordset()
        self.assertEqual(round(profile.acknowledgement_rate, 1), 90.0)
        self.assertEqual(approval.activity_ids.user_id, self.users["a"])
        # two working days: by the end of Wednesday 03-04
        self._cron("ir_cron_follow_up_approvals", "2026-03-04 08:00:00")
        self.assertEqual(profile.acknowledgement_reminders, 0)
        self._cron("ir_cron_follow_up_approvals", "2026-03-05 01:00:00")
        profile.invalidate_recordset()
        self.assertEqual(profile.acknowledgement_reminders, 1)
        reminded = self.env["regulation.register"].search(
            [("event", "=", "reminded"), ("company_id", "=", self.company.id)]
        )
        self.assertEqual(reminded.subject_id, self.users["a"])
        self._as(profile, "a").action_acknowledge()
        self.assertEqual(approval.state, "approved")
        rows = self.env["regulation.register"].search_count(
            [
                ("event", "=", "acknowledged"),
                ("res_model", "=", "regulation.profile"),
                ("res_id", "=", profile.id),
            ]
        )
        self.assertEqual(rows, 10)

    def test_reminders_go_on_until_done(self):
        profile = self._publish()
        self._cron("ir_cron_follow_up_approvals", "2026-03-05 01:00:00")
        self._cron("ir_cron_follow_up_approvals", "2026-03-05 02:00:00")
        self.assertEqual(profile.acknowledgement_reminders, 10)
        self._cron("ir_cron_follow_up_approvals", "2026-03-06 01:00:00")
        profile.invalidate_recordset()
        self.assertEqual(profile.acknowledgement_reminders, 20)

    def test_without_any_group_of_ours(self):
        """A plain employee is asked, sees the statement and confirms."""
        user = new_test_user(
            self.env, login="reg_plain", groups="base.group_user",
            company_id=self.company.id, company_ids=[Command.set(self.company.ids)],
        )
        self.env["hr.employee"].create(
            {"name": "Plain", "user_id": user.id, "company_id": self.company.id,
             "department_id": self.department.id}
        )
        profile = self._publish(statement="<p>Pay before shipment.</p>")
        approval = self.env["regulation.approval"].with_user(user).search([("can_decide", "=", True)])
        self.assertEqual(approval, profile.acknowledgement_id)
        self.assertIn("Pay before shipment", approval.summary)
        approval.read(["name", "done_rate", "step_ids"])
        approval.action_approve()
        self.assertFalse(approval.can_decide)
        with self.assertRaises(UserError):
            approval.action_approve()

    def test_neither_returned_nor_for_others(self):
        profile = self._publish()
        approval = profile.acknowledgement_id
        with self.assertRaises(UserError):
            self._as(approval, "a").action_return("no")
        with self.assertRaises(AccessError):
            self._as(approval, "leg").action_approve()
        with self.assertRaises(AccessError), mute_logger("odoo.models"):
            self._as(profile, "a").action_request_approval("acknowledge")
        with self.assertRaises(AccessError):
            self._as(approval, "gm").action_withdraw()
        self.env["regulation.delegation"].with_user(self.users["a"]).create(
            {"user_id": self.users["a"].id, "delegate_id": self.users["leg"].id, "reason": "away",
             "date_from": date(2020, 1, 1), "date_to": date(2100, 1, 1)}
        )
        with self.assertRaises(AccessError):  # nobody reads it for another
            self._as(approval, "leg").action_approve()

    def test_more_specific_regulation_wins(self):
        """The KA team has its own: its members acknowledge that one only."""
        self._profile(assign={"team_id": self.teams["ka"].id}, acknowledgement=False)
        company = self._profile(acknowledgement=False)
        covered = company._covered_users()
        self.assertNotIn(self.users["a"], covered)
        self.assertIn(self.users["t"], covered)

    def test_who_comes_later_is_asked(self):
        profile = self._publish()
        for login in COVERED:
            self._as(profile, login).action_acknowledge()
        approval = profile.acknowledgement_id
        self.assertEqual(approval.state, "approved")
        self.employees["pln"].department_id = self.department
        self.employees["a"].department_id = False
        self._cron("ir_cron_follow_up_approvals", "2026-03-03 01:00:00")
        self.assertEqual(approval.state, "pending")
        self.assertTrue(self._as(approval, "pln").can_decide)
        self._as(approval, "pln").action_approve()
        self.assertEqual(approval.state, "approved")

    def test_new_version_is_acknowledged_anew(self):
        profile = self._publish()
        self._as(profile, "a").action_acknowledge()
        first = profile.acknowledgement_id
        # the administrator of the regulation needs no right in accounting for it
        action = self._as(profile, "adm").action_new_version()
        draft = self.env["regulation.profile"].browse(action["res_id"])
        draft.assignment_ids = [
            Command.create({"company_id": self.company.id, "department_id": self.department.id})
        ]
        with freeze_time(datetime(2026, 3, 10, 1, 0)):
            draft.date_from = date(2026, 3, 10)
            self._as(draft, "gm").action_publish()
        self.assertEqual(first.state, "withdrawn")
        self.assertTrue(self._as(draft.acknowledgement_id, "a").can_decide)

    def test_covered_in_a_constant_number_of_queries(self):
        def count(profile):
            profile._covered_users()
            self.env.flush_all()
            self.env.invalidate_all()
            start = self.env.cr.sql_log_count
            found = len(profile._covered_users())
            return found, self.env.cr.sql_log_count - start

        profile = self._publish()
        few, queries = count(profile)
        people = self.env["res.users"].with_context(no_reset_password=True).create(
            [
                {
                    "name": f"Rep {number}",
                    "login": f"reg_many_{number}",
                    "company_id": self.company.id,
                    "company_ids": [Command.set(self.company.ids)],
                }
                for number in range(40)
            ]
        )
        self.env["hr.employee"].create(
            [
                {
                    "name": user.name,
                    "user_id": user.id,
                    "company_id": self.company.id,
                    "department_id": self.department.id,
                }
                for user in people
            ]
        )
        many, more = count(profile)
        self.assertEqual(many, few + 40)
        self.assertLessEqual(more, queries + 1)
