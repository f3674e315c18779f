# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from datetime import timedelta

from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from odoo.addons.sales_regulation.tests.common import RegulationCommon
from odoo.addons.sales_regulation.tools import engine

from .common import NdaWorld


@tagged("post_install", "-at_install")
class TestTraining(NdaWorld, RegulationCommon):
    """Entry course, refreshers, the education plan (C54, S4-009, S4-027, S4-028, S4-056)."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._build_ndas()

    def course(self, kind="refresher", *logins, user="hr", **values):
        training = (
            self.env["confidentiality.training"]
            .with_user(self.users[user])
            .create({"name": "Secrecy", "kind": kind, "company_id": self.company.id, **values})
        )
        for login in logins:
            training.attendance_ids.create(
                {"training_id": training.id, "user_id": self.users[login].id}
            )
        return training

    def rows(self, login, *states):
        rows = self.env["confidentiality.attendance"].search(
            [("user_id", "=", self.users[login].id)]
        )
        return rows.filtered(lambda row: not states or row.state in states)

    def newcomers(self):
        self.env["confidentiality.attendance"]._cron_newcomers()
        self.env.invalidate_all()

    def test_newcomers_owe_the_entry_course(self):
        """S4-009, S4-027: from the first night on, once, until it was attended."""
        profile = self._regulate(publish=False)
        self.env["regulation.deadline.rule"].create(
            {
                "profile_id": profile.id,
                "code": "confidentiality_entry",
                "name": "Entry course",
                "unit": "calendar_days",
                "value": 30,
            }
        )
        profile.with_user(self.users["gm"]).action_publish()
        self.newcomers()
        self.newcomers()
        row = self.rows("a")
        self.assertEqual((row.kind, row.state), ("entry", "due"))
        clock = self.env["regulation.deadline"].search(
            [("res_model", "=", row._name), ("res_id", "=", row.id)]
        )
        self.assertEqual(clock.user_id, self.users["a"])
        training = self.course("entry")
        training.action_invite_covered()
        self.assertEqual((row.state, row.training_id), ("invited", training))
        row.with_user(self.users["hr"]).attended = True
        training.action_hold()
        self.assertEqual(row.state, "attended")
        self.assertTrue(clock.done_at)
        self.assertEqual(row.qualification_id.kind, "course")
        self.assertTrue(self._has("a", "course"))
        self.newcomers()
        self.assertEqual(self.rows("a"), row)

    def test_other_courses_meanwhile(self):
        """Whoever owes the entry course may be asked to any other."""
        self._regulate()
        self.newcomers()
        self.course("refresher", "a")
        self.assertEqual(set(self.rows("a").mapped("state")), {"due", "invited"})

    def test_who_missed_it_owes_it_again(self):
        self._regulate()
        self.newcomers()
        training = self.course("entry")
        training.action_invite_covered()
        training.action_hold()
        self.assertEqual(self.rows("b").mapped("state"), ["missed"])
        self.assertFalse(self._has("b", "course"))
        self.newcomers()
        self.assertEqual(set(self.rows("b").mapped("state")), {"missed", "due"})

    def test_who_was_there_before_the_regulation_owes_nothing(self):
        self._regulate(date_from=self.company._regulation_today())
        employee = self.employees["a"]
        self.env.cr.execute(
            "UPDATE hr_employee SET create_date = create_date - interval '400 days' WHERE id = %s",
            employee.ids,
        )
        employee.invalidate_recordset()
        self.newcomers()
        self.assertFalse(self.rows("a"))
        self.assertTrue(self.rows("b", "due"))

    def test_without_the_switch(self):
        self._regulate(training_entry=False)
        self.newcomers()
        self.assertFalse(self.rows("a"))

    def test_a_cancelled_course(self):
        """The entry course is owed as before."""
        self._regulate()
        self.newcomers()
        training = self.course("entry")
        training.action_invite_covered()
        training.action_cancel()
        self.assertEqual(self.rows("a").mapped("state"), ["due"])
        self.newcomers()
        self.assertEqual(len(self.rows("a")), 1)

    def test_a_refresher_closes_the_duty(self):
        """S4-028: the yearly duty is closed by who was there, and by nobody else."""
        profile = self._regulate(
            publish=False, date_from=self.company._regulation_today() - timedelta(days=800)
        )
        duty = self.env["regulation.duty"].create(
            {
                "profile_id": profile.id,
                "code": "confidentiality_refresher",
                "name": "Refresher",
                "frequency": "yearly",
            }
        )
        profile.with_user(self.users["gm"]).action_publish()
        engine(profile).published_at = self.env.cr.now() - timedelta(days=800)
        duty._create_instances()
        this_year = duty.instance_ids.filtered(
            lambda row: row.period_start.year == self.company._regulation_today().year
        )
        training = self.course("refresher", "a", "b")
        self.rows("a").with_user(self.users["hr"]).action_toggle()
        training.action_hold()
        states = {row.user_id: row.state for row in this_year}
        self.assertEqual(states[self.users["a"]], "done")
        self.assertEqual(states[self.users["b"]], "open")

    def test_a_plan_of_a_year(self):
        today = self.company._regulation_today()
        training = self.course("awareness", "a", "b", "t", date=today)
        self.assertEqual(training.year, str(today.year))
        self.rows("a").with_user(self.users["hr"]).attended = True
        training.action_hold()
        self.assertRecordValues(
            training, [{"invited_count": 3, "attended_count": 1, "held_by_id": self.users["hr"].id}]
        )
        self.assertEqual(training.attended_share, 33.33)

    def test_what_was_held_is_closed(self):
        training = self.course("refresher", "a")
        training.action_hold()
        hr = self.users["hr"]
        for vals in ({"date": "2020-01-01"}, {"name": "Other"}, {"kind": "entry"}):
            with self.subTest(vals), self.assertRaises(UserError):
                training.write(vals)
        with self.assertRaises(UserError):
            self.rows("a").with_user(hr).attended = True
        with self.assertRaises(UserError):
            self.rows("a").with_user(hr).unlink()
        with self.assertRaises(UserError):
            self.course_row(training, "b")
        with self.assertRaises(UserError):
            training.unlink()
        with self.assertRaises(UserError):
            training.action_hold()
        for vals in ({"state": "planned"}, {"held_at": False}):
            with self.subTest(vals), self.assertRaises(AccessError):
                training.write(vals)

    def course_row(self, training, login, user="hr"):
        return (
            self.env["confidentiality.attendance"]
            .with_user(self.users[user])
            .create({"training_id": training.id, "user_id": self.users[login].id})
        )

    def test_nobody_confirms_himself(self):
        """HR keeps the lists, also of colleagues; not his own line."""
        training = self.course("refresher", "a", "hr")
        with self.assertRaises(AccessError):
            self.rows("hr").with_user(self.users["hr"]).attended = True
        with self.assertRaises(AccessError):
            self.rows("hr").with_user(self.users["hr"]).action_toggle()
        with self.assertRaises(AccessError):
            self.env["confidentiality.attendance"].with_user(self.users["hr"]).create(
                {
                    "training_id": self.course().id,
                    "user_id": self.users["hr"].id,
                    "attended": True,
                }
            )
        self.rows("hr").with_user(self.officer).attended = True
        training.action_hold()
        self.assertTrue(self._has("hr", "course"))

    def test_who_may(self):
        training = self.course("refresher", "a")
        row = self.rows("a")
        for login in ("a", "km", "aud", "t"):
            with self.subTest(login):
                with self.assertRaises(AccessError):
                    training.with_user(self.users[login]).action_hold()
                with self.assertRaises(AccessError):
                    row.with_user(self.users[login]).attended = True
                with self.assertRaises(AccessError):
                    self.course(user=login)
        for user in (self.users["hr"], self.officer, self.env.user):
            for vals in ({"state": "attended"}, {"qualification_id": 1}):
                with self.subTest(f"{user.login} {vals}"), self.assertRaises(AccessError):
                    row.with_user(user).write(vals)
            with self.subTest(user.login), self.assertRaises(UserError):
                row.with_user(user).write({"user_id": self.users["b"].id})
        seen = {
            login
            for login in self.users
            if row.with_user(self.users[login]).search_count([("id", "=", row.id)])
        }
        self.assertEqual(seen, {"a", "gm", "hr", "aud"})

    def test_not_before_its_day(self):
        later = self.company._regulation_today() + timedelta(days=2)
        training = self.course("refresher", "a", date=later)
        with self.assertRaisesRegex(UserError, "not taken place"):
            training.action_hold()
        with self.assertRaisesRegex(UserError, "Nobody is on the list"):
            self.course().action_hold()

    def test_the_entry_course_is_not_struck_off(self):
        self._regulate()
        self.newcomers()
        with self.assertRaisesRegex(UserError, "S4-009"):
            self.rows("a").with_user(self.users["hr"]).unlink()
