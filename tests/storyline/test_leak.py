# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
import unittest
from datetime import date

from odoo.tests import tagged

from .common import StorylineCase
from .rpc import RpcError

try:
    from odoo.addons.sales_confidentiality.tests.common import ConfidentialWorld
except ImportError:
    ConfidentialWorld = object

LEAK = {"kind": "leak", "description": "The contract of Xinghai was seen in a chat group"}


@tagged("post_install", "-at_install")
class TestLeak(ConfidentialWorld, StorylineCase):
    """A leak report on 03-20, from the first word to the sanction (C56, S4-020, S4-039, S4-058)."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        if "confidentiality.case" not in cls.env:
            raise unittest.SkipTest("sales_confidentiality is not installed")
        cls._build_secrets()

    def setUp(self):
        super().setUp()
        self.at("2026-03-20 15:00")

    def report(self, who="T", people=(), anonymous=False):
        known = self.env["confidentiality.case"].search([])
        self.person(who).call(
            "confidentiality.case",
            "action_report",
            values={**LEAK, "person_ids": [self.users[one].id for one in people]},
            anonymous=anonymous,
        )
        case = self.env["confidentiality.case"].search([]) - known
        self.assertEqual(len(case), 1)
        return case

    def alerted(self, case):
        return {(task.user_id.login, task.date_deadline) for task in case.activity_ids}

    def test_alert_the_same_day(self):
        """Superior and officer have a task of 03-20; the answer is due on Monday at 18:00."""
        case = self.report(people=["b"])
        day = date(2026, 3, 20)
        self.assertEqual(self.alerted(case), {("reg_km", day), ("reg_gm", day)})
        clock = self.deadline(case, "leak_answer")
        self.assertEqual(self.local(clock.due_at), "2026-03-23 18:00")
        self.at("2026-03-23 09:30")
        self.GM.call("confidentiality.case", "action_investigate", case.ids)
        self.assertEqual(clock.state, "kept")

    def test_reporter_and_case(self):
        """T reads his report and later the outcome; the case he does not open."""
        case = self.report(people=["b"])
        [mine] = self.T.search("confidentiality.report")
        self.assertEqual(self.T.read("confidentiality.report", mine, "state"), "reported")
        for who in ("T", "B", "A", "ADM", "AUD"):
            person = self.person(who)
            self.assertEqual(person.count("confidentiality.case"), 0, who)
            with person.refused(error="AccessError"):
                person.read("confidentiality.case", case.id, "description")

    def test_reported_himself(self):
        """T is the reported person: by no channel does he learn of the case."""
        case = self.report(people=["t"])
        self.assertEqual({login for login, _day in self.alerted(case)}, {"reg_tm", "reg_gm"})
        self.GM.call(
            "confidentiality.case", "message_post", case.ids, body="He has sent it himself"
        )
        for model, domain in (
            ("confidentiality.case", ["id", "=", case.id]),
            ("confidentiality.case.member", ["case_id", "=", case.id]),
            ("mail.message", ["model", "=", case._name]),
            ("mail.activity", ["res_model", "=", case._name]),
            ("ir.attachment", ["res_model", "=", case._name]),
        ):
            self.assertEqual(self.T.count(model, domain), 0, model)
        self.assertFalse(self.T.call("confidentiality.case", "name_search", name=case.name))
        groups = self.T.call(
            "confidentiality.case",
            "formatted_read_group",
            domain=[],
            groupby=["state"],
            aggregates=["__count"],
        )
        self.assertFalse(sum(group["__count"] for group in groups))
        for method in ("read", "export_data", "action_investigate", "copy"):
            arguments = {
                "read": {"fields": ["name"]},
                "export_data": {"fields_to_export": ["name"]},
            }
            # Who may not export at all is told so first
            error = None if method == "export_data" else "AccessError"
            with self.T.refused(error=error):
                self.T.call("confidentiality.case", method, case.ids, **arguments.get(method, {}))

    def test_without_a_name(self):
        """Neither T nor the time of day is kept; his superior is not told."""
        case = self.report(people=["b"], anonymous=True)
        self.assertEqual(case.create_uid, self.env.ref("base.user_root"))
        self.assertEqual(self.local(case.create_date), "2026-03-20 00:00")
        self.assertEqual(self.local(self.deadline(case, "leak_answer").started_at), "2026-03-20 00:00")
        self.assertFalse(self.T.search("confidentiality.report"))
        self.assertFalse(case.report_id)
        self.assertEqual({login for login, _day in self.alerted(case)}, {"reg_km", "reg_gm"})

    def test_measures_at_once(self):
        """A sees Xinghai and works by his key; after the officer's buttons neither."""
        case = self.report(people=["a"])
        self.assertEqual(self.A.count("res.partner", ["id", "=", self.xinghai.id]), 1)
        with self.A.refused(error="AccessError"):
            self.A.call("confidentiality.case", "action_suspend", case.ids)
        self.GM.call("confidentiality.case", "action_suspend", case.ids)
        self.assertEqual(self.A.count("res.partner", ["id", "=", self.xinghai.id]), 0)
        self.assertEqual(self.B.count("res.partner", ["id", "=", self.xinghai.id]), 1)
        [row] = self.GM.search("confidentiality.suspension")
        self.GM.call("confidentiality.suspension", "action_lift", row)
        self.assertEqual(self.A.count("res.partner", ["id", "=", self.xinghai.id]), 1)
        self.GM.call("confidentiality.case", "action_end_access", case.ids)
        with self.assertRaises(RpcError) as refused:
            self.A.count("res.partner")
        self.assertEqual(refused.exception.status, 401)
        self.assertTrue(self.B.count("res.partner"))

    def test_to_the_end(self):
        """Findings, who answers and his manager, damage, demerit by HR, lessons, outcome (S4-059)."""
        case = self.report(people=["b"])
        step = lambda name: self.GM.call("confidentiality.case", name, case.ids)  # noqa: E731
        step("action_investigate")
        with self.GM.refused("Findings"):
            step("action_decide")
        self.GM.write(
            "confidentiality.case",
            case.ids,
            findings="B has forwarded it",
            decision="Demerit",
            responsible_id=self.users["b"].id,
            responsible_manager_id=self.users["km"].id,
            damage=12_000,
            legal_stage="review",
        )
        step("action_decide")
        measure = self.GM.call(
            "confidentiality.case",
            "action_propose_sanction",
            case.ids,
            user_id=self.users["b"].id,
            grade="demerit",
            reason="Secrecy broken on 03-20",
        )
        with self.GM.refused("once"):
            self.GM.call(
                "confidentiality.case",
                "action_propose_sanction",
                case.ids,
                user_id=self.users["b"].id,
                grade="termination",
                reason="Again",
            )
        with self.KM.refused("HR decides"):
            self.KM.call("regulation.measure", "action_decide", measure)
        self.HR.call("regulation.measure", "action_decide", measure)
        self.B.call("regulation.measure", "action_state", measure, statement="I regret it")
        self.HR.call("regulation.measure", "action_effect", measure)
        self.assertEqual(self.B.read("regulation.measure", measure, "sanction_grade"), "demerit")
        with self.GM.refused("Lessons Learned"):
            step("action_close")
        self.GM.write(
            "confidentiality.case",
            case.ids,
            lessons="Contracts go by links that expire",
            outcome="It was found out and stopped",
        )
        step("action_close")
        [mine] = self.T.search("confidentiality.report")
        self.assertEqual(
            self.T.read("confidentiality.report", mine, "outcome"), "It was found out and stopped"
        )
