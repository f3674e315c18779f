# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
import unittest

from odoo import Command
from odoo.tests import new_test_user, tagged

from odoo.addons.sales_regulation.tests.common import PREFIX

from .common import StorylineCase
from .rpc import RpcError

try:
    from odoo.addons.sales_confidentiality.tests.common import CLEARED, ConfidentialWorld
    from odoo.addons.sales_confidentiality.tests.nda.common import SIGNATURE, NdaWorld, SitsExam
except ImportError:
    ConfidentialWorld = NdaWorld = SitsExam = object
    CLEARED, SIGNATURE = {}, ""

#: who signs on 27 February and passes the examination, and with how many points
PASSES = {"a": 85, "km": 82, "dgm": 100, "rm": 85, "gm": 82, "leg": 80, "fin": 85, "off": 82, "aud": 80}
#: who signs and is not examined: internal matters only
SIGNS = ("clk", "wh", "tec", "hr")


@tagged("post_install", "-at_install")
class TestStorylineNda(SitsExam, NdaWorld, ConfidentialWorld, StorylineCase):
    """Step 2: NDA and examination decide who sees what is confidential (C53, C54).

    The officer Tang publishes the wording, people sign over JSON-2 with their own keys, and
    sit the examination on the pages of the survey (S4-010, S4-054, S4-057).
    """

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        if "confidentiality.nda" not in cls.env:
            raise unittest.SkipTest("sales_confidentiality is not installed")
        for login, name in (("off", "OFF Tang"), ("tec", "TEC Lu")):
            cls.users[login] = new_test_user(
                cls.env,
                login=PREFIX + login,
                name=name,
                groups="sales_regulation.group_regulation_user",
                company_id=cls.company.id,
                company_ids=[Command.set(cls.company.ids)],
                tz="Asia/Shanghai",
            )
            cls.env["hr.employee"].create(
                {"name": name, "user_id": cls.users[login].id, "company_id": cls.company.id}
            )
        cls.users["off"].group_ids |= cls.env.ref(
            "sales_confidentiality.group_confidentiality_officer"
        )
        cls.xinghai = cls.customers["xinghai"]
        cls.xinghai.user_id = cls.users["a"]
        cls.xinghai.confidentiality_label_id = cls._label("confidential", "customer")
        for login, categories in {**CLEARED, "off": CLEARED["gm"]}.items():
            for category, extent in categories.items():
                cls._grant(login, category, extent=extent)
        cls.exam = cls.env.ref("sales_confidentiality.survey_confidentiality")

    @classmethod
    def _adjust_profile(cls):
        """In force before the people sign: the composite holds from March on."""
        cls.profile.date_from = "2026-02-20"

    def wording(self, **values):
        template = self.person("off").create(
            "confidentiality.nda.template",
            name="Confidentiality pledge",
            kind="employee",
            company_id=self.company.id,
            body="<p>I keep silent.</p>",
            liability="<p>I answer for the damage.</p>",
            **values,
        )
        self.person("off").call("confidentiality.nda.template", "action_publish", template)
        return self.env["confidentiality.nda.template"].browse(template)

    def sign(self, login):
        person = self.person(login)
        mine = ["user_id", "=", person.uid]
        [nda] = person.search("confidentiality.nda", ["state", "=", "sent"], mine)
        person.call(
            "confidentiality.nda",
            "action_sign",
            nda,
            values={"signer_name": self.users[login].name, "signature": SIGNATURE},
        )
        return self.env["confidentiality.nda"].browse(nda)

    def confidential(self, login):
        """How many confidential customers somebody finds."""
        label = ["confidentiality_label_id", "=", self.xinghai.confidentiality_label_id.id]
        return self.person(login).count("res.partner", label)

    def test_step_2(self):
        self.at("2026-02-26 09:00")
        self.wording()
        asked = {login for login in self.users if self._ndas(login, "sent")}
        self.assertEqual(asked, set(self.users))
        self.at("2026-02-27 10:00")
        for login in (*PASSES, "b", *SIGNS):
            with self.subTest(login):
                nda = self.sign(login)
                self.assertEqual(str(nda.valid_from), "2026-02-27")
                self.assertEqual(str(nda.valid_until), "2027-02-26")
        for login, score in PASSES.items():
            self._sit(login, score)
        self._sit("b", 75)
        for code in ("customer", "contract"):
            category = self.env.ref(f"sales_confidentiality.category_{code}").id
            self.person("off").write("confidentiality.category", category, mode="enforce")

        # B has failed, T has not signed, the others have not been examined
        self.at("2026-03-02 10:00")
        for login in PASSES:
            with self.subTest(login):
                self.assertEqual(self.confidential(login), 1)
        for login in ("b", "t", *SIGNS):
            with self.subTest(login):
                self.assertEqual(self.confidential(login), 0)
        with self.B.refused(error="AccessError"):
            self.B.read("res.partner", self.xinghai.id, "name")

        # The re-sit opens what the team shares: the base card, the rest masked
        self.at("2026-03-03 09:00")
        self.assertEqual(self.confidential("b"), 0)
        self._sit("b", 82)
        self.assertEqual(self.confidential("b"), 1)
        self.assertEqual(self.B.read("res.partner", self.xinghai.id, "name"), "Xinghai Electronics")
        self.assertEqual(self.B.read("res.partner", self.xinghai.id, "phone"), "075****0001")
        self.assertEqual(self.A.read("res.partner", self.xinghai.id, "phone"), "0755 1111 0001")
        self.assertEqual(self.confidential("t"), 0)

        results = self.env["confidentiality.exam.result"].search(
            [("user_id", "=", self.users["b"].id)], order="id"
        )
        self.assertEqual(
            [(str(row.date), row.score, row.passed) for row in results],
            [("2026-02-27", 75.0, False), ("2026-03-03", 82.0, True)],
        )
        self.assertEqual(str(results[1].valid_until), "2027-03-02")

    def test_an_owner_without_them_sees_nothing(self):
        """S4-054: both conditions hold for the owner too; each alone opens nothing."""
        self.at("2026-02-26 09:00")
        self.wording()
        self.enforce()
        self.assertEqual(self.confidential("a"), 0)
        self._sit("a", 85)
        self.assertEqual(self.confidential("a"), 0)
        nda = self.sign("a")
        self.assertEqual(self.confidential("a"), 1)
        with self.A.refused("officer", error="AccessError"):
            self.A.call("confidentiality.nda", "action_revoke", nda.ids, reason="Not I")
        self.person("off").call("confidentiality.nda", "action_revoke", nda.ids, reason="A leak")
        self.assertEqual(self.confidential("a"), 0)
        self.assertTrue(self.events("nda_revoked", nda))

    def test_over_rpc(self):
        """Nobody signs for B, nobody writes what B has reached."""
        self.at("2026-02-26 09:00")
        self.wording()
        [nda] = self._ndas("b").ids
        values = {"signer_name": "Li Qiang", "signature": SIGNATURE}
        for login in ("a", "km", "off"):
            with self.subTest(login), self.person(login).refused(error="AccessError"):
                self.person(login).call("confidentiality.nda", "action_sign", nda, values=values)
        with self.B.refused(error="AccessError"):
            self.B.write("confidentiality.nda", nda, state="signed")
        with self.B.refused(error="AccessError"):
            self.B.create(
                "regulation.qualification", name="NDA", kind="nda", user_id=self.users["b"].id
            )
        attempt = self._begin("b")
        self.authenticate(None, None)
        for model, record, vals in (
            ("survey.user_input", attempt, {"scoring_percentage": 100, "state": "done"}),
            ("survey.survey", self.exam, {"scoring_success_min": 0}),
        ):
            for login in ("b", "off"):
                # The officer keeps the examination, not what people answer
                if login == "off" and model == "survey.survey":
                    continue
                with self.subTest(f"{login} {model}"), self.person(login).refused(
                    error="AccessError"
                ):
                    self.person(login).write(model, record.ids, **vals)
        for method in ("_mark_done", "_examined", "_conclude"):
            with self.assertRaises(RpcError):
                self.B.call("survey.user_input", method, attempt.ids)
        self.assertFalse(self._has("b", "exam"))

    def test_a_new_version(self):
        """Everybody signs again; after the days of grace the old one opens nothing."""
        self.at("2026-02-26 09:00")
        self.wording()
        self.enforce()
        nda = self.sign("a")
        self._sit("a", 85)
        self.at("2026-03-10 09:00")
        self.wording(version="2.0", grace_days=5)
        self.assertEqual(str(nda.grace_until), "2026-03-15")
        self.assertEqual(self.confidential("a"), 1)
        self.at("2026-03-16 09:00")
        self.cron("sales_confidentiality.ir_cron_confidentiality_nda")
        self.assertEqual(nda.state, "superseded")
        self.assertEqual(self.confidential("a"), 0)
        self.sign("a")
        self.assertEqual(self.confidential("a"), 1)

    def test_the_deadline_of_the_signature(self):
        """Five working days from Thursday 26 February: Thursday 5 March, end of work."""
        self.at("2026-02-26 09:00")
        self.wording()
        nda = self._ndas("t", "sent")
        clock = self.deadline(nda, "nda_sign")
        self.assertEqual(self.local(clock.due_at), "2026-03-05 18:00")
        self.assertEqual(str(nda.activity_ids.date_deadline), "2026-03-05")
        self.at("2026-03-05 18:05")
        self.cron("sales_regulation.ir_cron_deadline")
        self.assertEqual(clock.state, "overdue")

    def enforce(self):
        """Who has to be cleared before a category can be enforced is."""
        for login in ("off", "gm", "fin", "leg"):
            self._qualify(login)
        for code in ("customer", "contract"):
            self.env.ref(f"sales_confidentiality.category_{code}").mode = "enforce"
