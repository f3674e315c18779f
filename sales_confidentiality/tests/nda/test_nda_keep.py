# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from datetime import timedelta

from freezegun import freeze_time

from odoo.tests import new_test_user, tagged

from odoo.addons.sales_regulation.tests.common import RegulationCommon

from .common import NdaWorld

STAFF = {"gm", "dgm", "rm", "km", "a", "b", "sgm", "tm", "t", "fin", "leg", "clk", "wh"}


@tagged("post_install", "-at_install")
class TestNdaKeep(NdaWorld, RegulationCommon):
    """Asking, renewing, new versions, expiry: the nightly job (C53)."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._build_ndas()

    def keep(self):
        self.env["confidentiality.nda"]._cron_keep()
        self.env.invalidate_all()

    def later(self, days):
        return freeze_time(self.env.cr.now() + timedelta(days=days))

    def test_nobody_is_asked_without_a_regulation(self):
        self.keep()
        self.assertFalse(self._ndas("a"))

    def test_nobody_is_asked_unless_the_switch_is_on(self):
        self._regulate(nda_staff=False)
        self.keep()
        self.assertFalse(self._ndas("a"))

    def test_publishing_asks_everybody_covered(self):
        """S4-010: the regulation is published, everybody has a task; once."""
        self._regulate()
        asked = {login for login in self.users if self._ndas(login, "sent")}
        self.assertLessEqual(STAFF, asked)
        self.assertEqual(len(self._ndas("a")), 1)
        self.assertEqual(self._ndas("a").activity_ids.user_id, self.users["a"])
        self.keep()
        self.keep()
        self.assertEqual(len(self._ndas("a")), 1)

    def test_a_newcomer_is_asked_by_the_job(self):
        self._regulate()
        user = new_test_user(
            self.env,
            login="reg_new",
            groups="sales_regulation.group_regulation_user",
            company_id=self.company.id,
            company_ids=[(6, 0, self.company.ids)],
        )
        self.env["hr.employee"].create(
            {"name": "New", "user_id": user.id, "company_id": self.company.id}
        )
        self.keep()
        self.users["new"] = user
        self.addCleanup(self.users.pop, "new")
        self.assertEqual(self._ndas("new").state, "sent")

    def test_who_has_one_is_not_asked(self):
        """Neither who signed before the regulation came, nor whose paper HR recorded."""
        self._sign(self._nda("a"), "a")
        self.env["regulation.qualification"].with_user(self.users["hr"]).create(
            {"name": "Paper", "kind": "nda", "user_id": self.users["b"].id}
        )
        self._regulate()
        self.assertEqual(self._ndas("a").state, "signed")
        self.assertFalse(self._ndas("b"))

    def test_who_was_revoked_is_not_asked_by_a_job(self):
        self._regulate()
        self._sign(self._ndas("a"), "a")
        self._ndas("a").with_user(self.officer).action_revoke("A leak")
        self.keep()
        self.assertEqual(self._ndas("a").mapped("state"), ["revoked"])
        self._sign(self._nda("a"), "a")
        self.assertTrue(self._has("a"))

    def test_renewal(self):
        """Thirty days before the end the person is asked again; signing extends."""
        nda = self._sign(self._nda("a"), "a")
        with self.later(300):
            self.keep()
            self.assertFalse(self._ndas("a", "sent"))
        with self.later(340):
            self.keep()
            self.keep()
            renewal = self._ndas("a", "sent")
            self.assertEqual(len(renewal), 1)
            self.assertEqual(nda.state, "signed")
            self.assertTrue(self._has("a"))
            self._sign(renewal, "a")
            self.assertEqual(nda.state, "superseded")
        with self.later(400):
            self.keep()
            self.assertTrue(self._has("a"))
            self.assertEqual(renewal.state, "signed")

    def test_expiry(self):
        nda = self._sign(self._nda("a"), "a")
        with self.later(364):
            self.assertTrue(self._has("a"))
        with self.later(367):
            # The right is gone whether or not the job has run
            self.assertFalse(self._has("a"))
            self.keep()
            self.assertEqual(nda.state, "expired")
            self.assertEqual(self._events("nda_expired", nda), 1)

    def test_a_new_version_asks_everybody_again(self):
        """C53: what was signed before counts for the days of grace."""
        nda = self._sign(self._nda("a"), "a")
        waiting = self._nda("b")
        new = self._wording(version="2.0", grace_days=14)
        self.assertEqual(self.template.state, "retired")
        self.assertEqual(waiting.state, "superseded")
        for login in ("a", "b"):
            self.assertEqual(self._ndas(login, "sent").template_id, new)
        self.assertTrue(self._has("a"))
        with self.later(13):
            self.keep()
            self.assertEqual(nda.state, "signed")
        with self.later(16):
            self.keep()
            self.assertEqual(nda.state, "superseded")
            self.assertFalse(self._has("a"))
            self._sign(self._ndas("a", "sent"), "a")
            self.assertTrue(self._has("a"))

    def test_a_new_version_without_grace(self):
        nda = self._sign(self._nda("a"), "a")
        self._wording(version="2.0", grace_days=0)
        self.assertEqual(nda.state, "superseded")
        self.assertFalse(self._has("a"))

    def test_a_version_for_later(self):
        """Effective from its date: until then nobody is asked, the old one is signed."""
        nda = self._sign(self._nda("a"), "a")
        day = self.company._regulation_today() + timedelta(days=20)
        new = self._wording(version="2.0", date_from=day)
        self.assertEqual(self.template.state, "published")
        self.assertFalse(self._ndas("a", "sent"))
        self.assertEqual(
            self.template._current("employee", self.company), self.template
        )
        with self.later(21):
            self.keep()
            self.assertEqual(self._ndas("a", "sent").template_id, new)
            self.assertTrue(nda.grace_until)

    def test_another_kind_is_not_concerned(self):
        nda = self._sign(self._nda("a"), "a")
        self._wording("partner", version="2.0", grace_days=0)
        self.assertEqual(nda.state, "signed")

    def test_a_new_regulation_asks_again_if_it_says_so(self):
        profile = self._regulate()
        self._sign(self._ndas("a"), "a")
        action = profile.action_new_version()
        draft = self.env["regulation.profile"].browse(action["res_id"])
        draft.nda_resign = True
        draft.date_from = self.company._regulation_today()
        draft.with_user(self.users["gm"]).action_publish()
        self.assertTrue(self._ndas("a", "signed").grace_until)
        self.assertEqual(len(self._ndas("a", "sent")), 1)
        self.assertTrue(self._has("a"))

    def test_a_new_regulation_alone_asks_nobody_again(self):
        profile = self._regulate()
        self._sign(self._ndas("a"), "a")
        action = profile.action_new_version()
        draft = self.env["regulation.profile"].browse(action["res_id"])
        draft.with_user(self.users["gm"]).action_publish()
        self.assertEqual(self._ndas("a").mapped("state"), ["signed"])

    def test_the_deadline(self):
        """A clock runs from the request to the signature, if the regulation has one."""
        profile = self._regulate(publish=False)
        self.env["regulation.deadline.rule"].create(
            {
                "profile_id": profile.id,
                "code": "nda_sign",
                "name": "Sign",
                "unit": "working_days",
                "value": 5,
            }
        )
        profile.with_user(self.users["gm"]).action_publish()
        nda = self._ndas("a")
        clock = self.env["regulation.deadline"].search(
            [("res_model", "=", nda._name), ("res_id", "=", nda.id), ("code", "=", "nda_sign")]
        )
        self.assertEqual(clock.user_id, self.users["a"])
        self.assertFalse(clock.done_at)
        self.assertEqual(
            nda.activity_ids.date_deadline, self.company._regulation_local(clock.due_at).date()
        )
        self._sign(nda, "a")
        self.assertTrue(clock.done_at)

    def test_asking_many(self):
        """One statement for all: the queries do not grow with the people."""
        ndas = self.env["confidentiality.nda"].sudo()
        people = [self.users[login] for login in sorted(STAFF)]
        counts = []
        for some in (people[:2], people[2:]):
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            ndas._ask_new(self.template, self.company, [{"user_id": user.id} for user in some])
            self.env.flush_all()
            counts.append(self.env.cr.sql_log_count - before)
        per_person = (counts[1] - counts[0]) / (len(people) - 4)
        # The number of each agreement comes from a sequence, a task is told to its person
        self.assertLess(per_person, 12, counts)

    def test_work_list(self):
        """Whoever is asked finds it on his work list; whoever is not sees nothing."""
        queue = self.env.ref("sales_confidentiality.work_queue_nda_sign")
        self.assertFalse(queue.with_user(self.users["a"]).shown)
        self._nda("a")
        self.env.invalidate_all()
        self.assertEqual(queue.with_user(self.users["a"]).count, 1)
        self.assertFalse(queue.with_user(self.users["b"]).shown)
        self._regulate(nda_staff=False)
        self._sign(self._ndas("a"), "a")
        self.env.invalidate_all()
        self.assertFalse(queue.with_user(self.users["a"]).shown)
        exam = self.env.ref("sales_confidentiality.work_queue_nda_exam")
        self.assertEqual(exam.with_user(self.users["a"]).count, 1)
