# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from datetime import date, datetime

from freezegun import freeze_time

from odoo.tests import tagged

from ..common import RegulationCommon


class PolicyCase(RegulationCommon):
    """Shortcuts of the tests of policies."""

    def _policy(self, login="a", teams="", company=None):
        """The policy for a document of that user, of that team."""
        users = self.env["res.users"]
        for name in login.split():
            users |= self.users[name]
        team = self.env["crm.team"]
        for name in teams.split():
            team |= self.teams[name]
        return self.env["regulation.profile"]._resolve(
            {"document": (company or self.company, users, team)}
        )["document"]

    def _team_profile(self, team, **settings):
        return self._profile(assign={"team_id": self.teams[team].id}, **settings)


@tagged("post_install", "-at_install")
class TestResolution(PolicyCase):
    """C01: company > sales team > department > job, the most specific wins.

    S0-01, S1-02, S3-01, S4-001, S4-323: whom a regulation covers.
    """

    def test_without_profile_there_is_no_policy(self):
        policy = self._policy()
        self.assertFalse(policy)
        self.assertEqual(policy.mode("price_authority"), "off")

    def test_the_most_specific_assignment_wins(self):
        department = self.env["hr.department"].create(
            {"name": "KA department", "company_id": self.company.id}
        )
        job = self.env["hr.job"].create({"name": "KA rep", "company_id": self.company.id})
        whole = self._profile()
        self.assertEqual(self._policy().profile_ids, (whole.id,))
        by_team = self._team_profile("ka")
        self.assertEqual(self._policy().profile_ids, (by_team.id,))
        self.assertEqual(self._policy("t").profile_ids, (whole.id,), "another team")
        by_department = self._profile(assign={"department_id": department.id})
        self.employees["a"].department_id = department
        self.assertEqual(self._policy().profile_ids, (by_department.id,))
        self.assertEqual(self._policy("b").profile_ids, (by_team.id,), "no such department")
        by_job = self._profile(assign={"job_id": job.id})
        self.employees["a"].job_id = job
        self.assertEqual(self._policy().profile_ids, (by_job.id,))

    def test_two_teams_the_stricter_value_of_each_setting(self):
        """A member of two teams: the smaller authority, the higher deposit, the stricter mode."""
        self.env["ir.config_parameter"].sudo().set_param("sales_team.membership_multi", True)
        self.teams["tele"].member_ids |= self.users["a"]
        loose = self._team_profile(
            "ka",
            gates={"price_authority": "observe"},
            order_review_min_amount=500.0,
            payment_deposit_percent=30.0,
        )
        strict = self._team_profile(
            "tele",
            gates={"price_authority": "enforce"},
            order_review_min_amount=1000.0,
            payment_deposit_percent=50.0,
        )
        policy = self._policy()
        self.assertEqual(set(policy.profile_ids), {loose.id, strict.id})
        self.assertEqual(policy.mode("price_authority"), "enforce")
        self.assertEqual(policy.get("order_review_min_amount"), 500.0)
        self.assertEqual(policy.get("payment_deposit_percent"), 50.0)

    def test_a_team_he_is_no_member_of_does_not_loosen(self):
        """Decisions: writing another team on the document adds its rules, never removes his."""
        own = self._team_profile("ka", gates={"price_authority": "enforce"})
        other = self._team_profile("tele", gates={"price_authority": "off"})
        policy = self._policy("a", "tele")
        self.assertEqual(set(policy.profile_ids), {own.id, other.id})
        self.assertEqual(policy.mode("price_authority"), "enforce")

    def test_handing_the_document_over_does_not_loosen(self):
        """The creator counts beside the salesperson."""
        self._team_profile("ka", gates={"price_authority": "enforce"})
        order = self._order("a")
        order.sudo().write({"user_id": self.users["t"].id, "team_id": self.teams["tele"].id})
        policy = order._regulation_policies()[order.id]
        self.assertEqual(policy.mode("price_authority"), "enforce")

    def test_no_owner_falls_to_the_company(self):
        whole = self._profile(gates={"price_authority": "enforce"})
        self._team_profile("ka")
        self.assertEqual(self._policy("").profile_ids, (whole.id,))

    def test_a_branch_follows_its_parent_until_it_has_its_own(self):
        branch = self.env["res.company"].create(
            {"name": "Branch", "parent_id": self.company.id, "currency_id": self.cny.id}
        )
        whole = self._profile()
        self.assertEqual(self._policy(company=branch).profile_ids, (whole.id,))
        self.assertIn(branch.id, self.env["regulation.profile"]._regulated_companies())
        own = self._profile(assign={"company_id": branch.id}, publish=False)
        own._check_complete()
        self.env["regulation.role.assignment"].create(
            {
                "role_id": self.roles["director"].id,
                "company_id": branch.id,
                "user_id": self.env.uid,
                "date_from": date(2020, 1, 1),
            }
        )
        own.action_publish()
        self.assertEqual(self._policy(company=branch).profile_ids, (own.id,))
        self.assertEqual(self._policy().profile_ids, (whole.id,), "the parent keeps its own")

    def test_another_company_is_not_regulated(self):
        self._profile()
        other = self.env["res.company"].create({"name": "Other"})
        self.assertNotIn(other.id, self.env["regulation.profile"]._regulated_companies())
        self.assertFalse(self._policy(company=other))

    def test_many_subjects_in_a_constant_number_of_queries(self):
        """Two queries at most, for one document and for eighty."""
        self._team_profile("ka")
        Profile = self.env["regulation.profile"]
        users = [self.users[login] for login in ("a", "b", "t", "km")]

        def resolve(count):
            Profile._resolve(
                {
                    number: (self.company, users[number % 4], self.env["crm.team"])
                    for number in range(count)
                }
            )

        resolve(80)  # warm
        with self.assertQueryCount(2):
            resolve(1)
        with self.assertQueryCount(2):
            resolve(80)

    def test_no_query_without_an_active_profile(self):
        """Installing changes nothing and costs nothing."""
        Profile = self.env["regulation.profile"]
        Profile._regulated_companies()
        with self.assertQueryCount(0):
            self.assertNotIn(self.company.id, Profile._regulated_companies())

    def test_few_queries_for_a_profile_that_is_warm(self):
        """Asking whether there is one costs nothing; the places of a user at most two."""
        self._profile()
        self._policy()
        self.env["regulation.profile"]._regulated_companies()
        with self.assertQueryCount(0):
            self.env["regulation.profile"]._regulated_companies()
        with self.assertQueryCount(2):
            self._policy()


@tagged("post_install", "-at_install")
class TestVersions(PolicyCase):
    """C01: versions and effective dates, counted where the company is (S4-100)."""

    def test_effective_dates_in_the_company_s_time_zone(self):
        """2026-03-01 in Shanghai begins on 2026-02-28 16:00 UTC."""
        with freeze_time(datetime(2026, 2, 20, 8)):
            profile = self._profile(date_from=date(2026, 3, 1), date_to=date(2026, 3, 31))
        for moment, in_force in (
            (datetime(2026, 2, 28, 15, 59), False),
            (datetime(2026, 2, 28, 16, 1), True),
            (datetime(2026, 3, 31, 15, 59), True),
            (datetime(2026, 3, 31, 16, 1), False),
        ):
            with self.subTest(moment=moment), freeze_time(moment):
                self.assertEqual(self._policy().profile_ids, (profile.id,) if in_force else ())

    def test_the_version_in_force_at_the_step_judges(self):
        first = self._profile(order_review_min_amount=100.0, date_from=date(2026, 1, 1))
        action = first.with_user(self.users["adm"]).action_new_version()
        second = first.browse(action["res_id"])
        self.assertEqual(second.previous_id, first)
        self.assertEqual((second.state, second.version), ("draft", "1.1"))
        self.assertEqual(second.company_ids, self.company)
        second.write({"date_from": date(2026, 4, 1), "order_review_min_amount": 200.0})
        second.with_user(self.users["gm"]).action_publish()
        with freeze_time(datetime(2026, 3, 31, 10)):
            self.assertEqual(self._policy().get("order_review_min_amount"), 100.0)
        with freeze_time(datetime(2026, 4, 1, 10)):
            self.assertEqual(self._policy().get("order_review_min_amount"), 200.0)

    def test_trial_is_in_force_and_retired_is_not(self):
        """S4-099: a trial version binds."""
        profile = self._profile(publish=False)
        self._as(profile, "gm").action_publish_trial()
        self.assertEqual(profile.state, "trial")
        self.assertEqual(self._policy().profile_ids, (profile.id,))
        self._as(profile, "gm").action_retire()
        self.assertFalse(self._policy())
        events = self.env["regulation.register"].search(
            [("res_model", "=", profile._name), ("res_id", "=", profile.id)]
        )
        self.assertLessEqual({"profile_published", "profile_retired"}, set(events.mapped("event")))
        self.assertEqual(events.user_id, self.users["gm"])

    def test_changes_between_versions(self):
        """Setting by setting, gate by gate, clause by clause."""
        first = self._profile(
            gates={"price_authority": "observe"}, publish=False, order_review_min_amount=100.0
        )
        self.env["regulation.clause"].create(
            [
                {"profile_id": first.id, "code": "1", "wording": "One"},
                {"profile_id": first.id, "code": "2", "wording": "Two"},
            ]
        )
        self._as(first, "gm").action_publish()
        second = first.browse(first.action_new_version()["res_id"])
        self.assertFalse(second._changes_since(first))
        second.order_review_min_amount = 200.0
        second.gate_ids.mode = "enforce"
        second.clause_ids.filtered(lambda clause: clause.code == "1").unlink()
        second.clause_ids.wording = "Two, and more"
        changes = second._changes_since(first)
        self.assertEqual(
            [(section, item) for section, item, _before, _now in changes],
            [
                ("Settings", "Review from Amount"),
                ("Gates", "Price authority"),
                ("Clauses", "1"),
                ("Clauses", "2"),
            ],
        )
        amount, gate, removed, reworded = changes
        self.assertEqual(amount[2:], ("100.00", "200.00"))
        self.assertIn("Observe", gate[2])
        self.assertIn("Enforce", gate[3])
        self.assertEqual(removed[3], "")
        self.assertIn("Two, and more", reworded[3])
        self.assertIn("Two, and more", second.changes)

    def test_conflicts_of_assignments_are_shown(self):
        first = self._profile()
        second = self._profile(publish=False)
        self.assertIn(first.display_name, second.conflict_notice)
        elsewhere = self._profile(publish=False, assign={"team_id": self.teams["ka"].id})
        self.assertFalse(elsewhere.conflict_notice)

    def test_whom_it_covers(self):
        team = self._team_profile("ka", publish=False)
        self.assertEqual(team._people(), self.users["a"] | self.users["b"] | self.users["km"])
        whole = self._profile()
        self.assertIn(self.users["t"], whole._people())
        self.assertIn(self.users["a"], whole._people())
        self._as(team, "gm").action_publish()
        self.assertIn(self.users["a"], team._people())
        self.assertNotIn(self.users["a"], whole._people(), "his team's regulation counts")
        self.assertEqual(whole.covered_count, len(whole._people()))

    def test_review_date_reaches_the_director(self):
        """S1-38: a regulation is reviewed at intervals; asked once."""
        with freeze_time(datetime(2026, 3, 1, 10)):
            profile = self._profile(review_date=date(2026, 3, 10))
            later = self._profile(
                review_date=date(2026, 6, 10), assign={"team_id": self.teams["ka"].id}
            )
            for _run in range(2):
                self.env["regulation.profile"]._cron_review()
            self.assertEqual(profile.activity_ids.user_id, self.users["gm"])
            self.assertEqual(len(profile.activity_ids), 1)
            self.assertFalse(later.activity_ids)
