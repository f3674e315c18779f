# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from datetime import time, timedelta

from freezegun import freeze_time

from odoo import Command, fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged
from odoo.tools import mute_logger

from .test_cases import CaseCommon


class FileCommon(CaseCommon):
    """TM inspects his team once a quarter by two items; T belongs to it."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        # As if the regulation and the team had been there when the quarter began
        cls.env.cr.execute(
            "UPDATE regulation_profile SET published_at = '2020-01-01' WHERE id = %s",
            [cls.profile.id],
        )
        cls.env.cr.execute("UPDATE crm_team SET create_date = '2020-01-01'")
        cls.env.invalidate_all()

    @classmethod
    def _add_parts(cls):
        cls.env["regulation.duty"].create(
            {
                "profile_id": cls.profile.id,
                "code": "secrecy_inspection",
                "name": "Secrecy inspection",
                "frequency": "quarterly",
                "who": "owner",
                "subject_model": "crm.team",
            }
        )
        cls.env["regulation.checklist.item"].create(
            [
                {
                    "profile_id": cls.profile.id,
                    "kind": "secrecy_inspection",
                    "code": code,
                    "name": code,
                }
                for code in ("secrecy_desks", "secrecy_screens")
            ]
        )

    def inspection(self, login="tm", **values):
        return (
            self.env["confidentiality.inspection"]
            .with_user(self.users[login])
            .create({"people_ids": [Command.set(self.users["t"].ids)], **values})
        )

    def finding(self, inspection, **values):
        return inspection.env["confidentiality.inspection.finding"].create(
            {
                "inspection_id": inspection.id,
                "name": "Paper at the printer",
                "user_id": self.users["t"].id,
                "due_on": fields.Date.today() + timedelta(days=5),
                **values,
            }
        )

    def tick(self, inspection):
        for item in inspection.sudo()._checklist_items("secrecy_inspection")[inspection.id]:
            inspection.action_tick(item.id)


@tagged("post_install", "-at_install")
class TestInspection(FileCommon):
    """Managers inspect on schedule, findings are followed up, overdue is shown (C57, S4-040)."""

    def test_duty(self):
        """The duty of the quarter is open until the inspection is handed in."""
        duty = self.env["regulation.duty"].search([("profile_id", "=", self.profile.id)])
        duty._create_instances()
        mine = self.env["regulation.duty.instance"].search(
            [("duty_id", "=", duty.id), ("user_id", "=", self.users["tm"].id)], order="id desc"
        )
        current = mine.filtered(
            lambda row: row.period_start <= fields.Date.today() <= row.period_end
        )
        self.assertEqual(current.state, "open")
        inspection = self.inspection()
        self.assertEqual(inspection.team_id, self.teams["tele"])
        with self.assertRaisesRegex(UserError, "secrecy_desks"):
            inspection.action_hand_in()
        self.tick(inspection)
        inspection.action_hand_in()
        self.assertEqual(inspection.state, "closed")
        self.assertEqual((current.state, current.document_id), ("done", inspection.id))
        action = self.env.ref("sales_confidentiality.confidentiality_inspection_duty_action")
        due = self.env["regulation.duty.instance"].search(
            [("duty_id.code", "=", "secrecy_inspection"), ("state", "in", ("open", "missed"))]
        )
        self.assertTrue(action)
        self.assertNotIn(current, due)

    def test_findings(self):
        """Who corrects says what he did, who inspected verifies; a task until then."""
        inspection = self.inspection()
        finding = self.finding(inspection)
        self.tick(inspection)
        inspection.action_hand_in()
        self.assertEqual(inspection.state, "follow_up")
        self.assertEqual(inspection.activity_ids.user_id, self.users["t"])
        theirs = finding.with_user(self.users["t"])
        with self.assertRaises(UserError):
            theirs.action_done()
        with self.assertRaises(AccessError):
            theirs.due_on = fields.Date.today() + timedelta(days=50)
        theirs.action = "Printer with code"
        with self.assertRaises(AccessError):
            finding.action_done()
        theirs.action_done()
        with self.assertRaises(AccessError):
            theirs.action_verify()
        finding.action_reject()
        self.assertEqual(finding.state, "open")
        theirs.action_done()
        finding.action_verify()
        self.assertEqual((finding.state, inspection.state), ("verified", "closed"))

    def test_overdue(self):
        inspection = self.inspection()
        late = self.finding(inspection, due_on=fields.Date.today() - timedelta(days=1))
        self.finding(inspection)
        self.assertTrue(late.is_overdue)
        self.assertEqual((inspection.open_findings, inspection.late_findings), (2, 1))
        self.assertEqual(late.search([("is_overdue", "=", True)]), late)

    def test_who_may(self):
        """Nobody inspects in another's name, changes what was handed in, or sees others'."""
        inspection = self.inspection()
        for vals in ({"user_id": self.users["km"].id}, {"state": "closed"}):
            with self.assertRaises(UserError), self.cr.savepoint():
                inspection.write(vals)
        with self.assertRaises(AccessError), self.cr.savepoint():
            self.inspection("a")
        with self.assertRaises(AccessError), self.cr.savepoint():
            self.inspection("tm", user_id=self.users["km"].id)
        for login, seen in (("km", False), ("t", False), ("gm", True), ("aud", True)):
            found = inspection.with_user(self.users[login]).search([("id", "=", inspection.id)])
            self.assertEqual(bool(found), seen, login)
        self.tick(inspection)
        inspection.action_hand_in()
        with self.assertRaises(UserError):
            inspection.inspected_on = "2020-01-01"
        with self.assertRaises(UserError):
            inspection.unlink()
        with self.assertRaises(UserError):
            inspection.action_hand_in()

    def test_future(self):
        inspection = self.inspection(inspected_on=fields.Date.today() + timedelta(days=40))
        self.tick(inspection)
        with self.assertRaises(UserError):
            inspection.action_hand_in()


@tagged("post_install", "-at_install")
class TestFile(FileCommon):
    """One page per employee, each part with its own rights (C57, S4-055)."""

    def file(self, login, who="t"):
        return (
            self.env["confidentiality.file"]
            .with_user(self.users[login])
            .search([("user_id", "=", self.users[who].id), ("company_id", "=", self.company.id)])
        )

    def parts(self, login, who="t"):
        return {part["code"]: part for part in self.file(login, who)._parts()}

    def test_who_reads_whose(self):
        """Oneself, the direct superior, officer, HR and audit."""
        for login, seen in (
            ("t", True),
            ("tm", True),
            ("gm", True),
            ("leg", True),
            ("hr", True),
            ("aud", True),
            ("a", False),
            ("km", False),
            ("sgm", False),
        ):
            with self.subTest(login):
                self.assertEqual(bool(self.file(login)), seen)

    def test_what_is_in_it(self):
        self._qualify("t")
        self._grant("t", "customer")
        inspection = self.inspection()
        self.finding(inspection)
        file = self.file("leg")
        self.assertTrue(file.has_nda and file.has_exam)
        self.assertEqual(file.grant_count, 1)
        parts = self.parts("leg")
        self.assertEqual(
            {code: part["number"] for code, part in parts.items() if part["number"]},
            {"qualifications": 2, "grants": 1, "inspections": 1, "findings": 1},
        )
        self.assertIn("Paper at the printer", file.parts)
        # The superior reads the clearance of his people without rights on grants
        self.assertEqual(self.parts("tm")["grants"]["number"], 1)

    def test_valid_on_the_day_of_the_company(self):
        """As the guards judge it: whoever reads it elsewhere, where it is still yesterday."""
        today = self.company._regulation_today()
        rows = self._qualify("t")
        self.env.cr.execute(
            "UPDATE regulation_qualification SET date = %s WHERE id IN %s", [today, rows._ids]
        )
        rows.invalidate_recordset()
        self._grant("t", "customer", date_from=today)
        midnight = self.company._regulation_utc(today, time(0, 30))
        with freeze_time(midnight):
            file = self.file("leg").with_context(tz="America/Los_Angeles")
            self.assertLess(fields.Date.context_today(file), today)
            self.assertTrue(file.has_nda and file.has_exam)
            self.assertEqual(file.grant_count, 1)
            self.assertEqual(rows.with_context(tz="America/Los_Angeles").mapped("is_valid"), [True] * 2)

    def test_what_he_signed_learned_and_uses(self):
        """Agreements and courses by the rights of the file, devices by the reader's own (S4-040)."""
        self.env["confidentiality.device"].with_user(self.users["t"]).with_company(
            self.company
        ).create({"name": "My phone", "platform": "android"})
        template = (
            self.env["confidentiality.nda.template"]
            .with_user(self.users["gm"])
            .create(
                {
                    "name": "NDA of the tests",
                    "kind": "employee",
                    "company_id": self.company.id,
                    "body": "<p>I keep silent.</p>",
                    "liability": "<p>I answer for the damage.</p>",
                }
            )
        )
        template.action_publish()
        self.env["confidentiality.nda"].with_user(self.users["gm"]).create(
            {
                "user_id": self.users["t"].id,
                "template_id": template.id,
                "company_id": self.company.id,
            }
        )
        mine = self.parts("t")
        self.assertEqual([mine[code]["number"] for code in ("agreements", "devices")], [1, 1])
        self.assertIn("My phone", self.file("t").parts)
        theirs = self.parts("aud")
        self.assertEqual(theirs["agreements"]["number"], 1)
        self.assertNotIn("My phone", self.file("km").parts or "")
        self.assertEqual(self.parts("tm")["attendance"]["number"], 0)

    def test_breaches_only_for_who_is_on_the_case(self):
        """Nor the person himself, nor HR, nor his superior's superior (C56)."""
        case = self._report("a", people=["t"])
        self.assertEqual(self.parts("leg")["cases"]["number"], 1)
        self.assertEqual(self.parts("tm")["cases"]["number"], 1)
        for login in ("t", "hr", "aud"):
            with self.subTest(login):
                self.assertFalse(self.parts(login).get("cases", {}).get("number"))
                self.assertNotIn(case.name, self.file(login).parts)
        case.with_user(self.users["leg"]).action_suspend()
        self.assertTrue(self.file("leg").is_suspended)
        self.assertFalse(self.file("t").is_suspended)
        self.assertFalse(self.file("hr").is_suspended)

    def test_department(self):
        """Grouped by department it is the department's file."""
        sales = self.env["hr.department"].create(
            {"name": "Telemarketing", "company_id": self.company.id}
        )
        for login in ("t", "tm"):
            self.employees[login].department_id = sales
        self.env.flush_all()
        files = self.env["confidentiality.file"].with_user(self.users["leg"])
        groups = files.formatted_read_group(
            [("department_id", "=", sales.id)], ["department_id"], ["__count"]
        )
        self.assertEqual([group["__count"] for group in groups], [2])

    def test_rewards(self):
        """The officer or the superior proposes, HR decides; nobody for himself (S4-043)."""
        for login in ("t", "hr"):
            with self.assertRaises(AccessError), self.cr.savepoint():
                self.file(login).action_propose_reward("Kept it all")
        for wrong in ((" ", 0), ("x", -1), ("x", "much"), ("x", float("nan")), ("x", float("inf"))):
            with self.assertRaises(UserError), self.cr.savepoint():
                self.file("tm").action_propose_reward(*wrong)
        wizard = (
            self.env["confidentiality.reward"]
            .with_user(self.users["tm"])
            .with_context(**self.file("tm").action_open_reward()["context"])
            .create({"reason": "Reported a gap", "amount": 200})
        )
        wizard.action_propose()
        measure = self.env["regulation.measure"].search([("user_id", "=", self.users["t"].id)])
        self.assertEqual(
            (measure.kind, measure.amount, measure.state, measure.proposed_by_id),
            ("reward", 200, "proposed", self.users["tm"]),
        )
        self.assertEqual(self.parts("tm")["measures"]["number"], 1)

    def test_print(self):
        html, _kind = self.env["ir.actions.report"].with_user(self.users["leg"])._render_qweb_html(
            "sales_confidentiality.report_file", self.file("leg").ids
        )
        self.assertIn(b"Zhao Min", html)
        with self.assertRaises(AccessError), mute_logger("odoo.addons.base.models.ir_rule"):
            self.file("leg").with_user(self.users["a"]).action_print()

    def test_open_part(self):
        self._qualify("t")
        action = self.file("leg").with_context(part="qualifications").action_open_part()
        found = self.env[action["res_model"]].search_count(action["domain"])
        self.assertEqual(found, 2)
        self.assertFalse(self.file("leg").with_context(part="other").action_open_part())

    def test_button_of_the_employee(self):
        action = self.employees["t"].with_user(self.users["hr"]).action_confidentiality_file()
        self.assertEqual(action["res_id"], self.file("hr").id)

    def test_queries_of_the_list(self):
        names = ["has_nda", "nda_until", "has_exam", "grant_count", "is_suspended"]

        def queries(files):
            self.env.invalidate_all()
            count = self.env.cr.sql_log_count
            files.read(names)
            return self.env.cr.sql_log_count - count

        one = self.file("leg", "a")
        many = self.env["confidentiality.file"].with_user(self.users["leg"]).search([])
        queries(many)
        self.assertEqual(queries(one), queries(many))


@tagged("post_install", "-at_install")
class TestInspectionHostile(FileCommon):
    """Who has to correct something does not write what was found (C57, S4-040)."""

    def test_who_corrects(self):
        """KM, a manager, has to correct: he reads the inspection and writes his action only."""
        inspection = self.inspection(summary="Papers lie about")
        finding = self.finding(inspection, user_id=self.users["km"].id)
        self.env.flush_all()
        theirs = inspection.with_user(self.users["km"])
        self.assertEqual(theirs.summary, "Papers lie about")
        for attack in (
            lambda: theirs.write({"summary": "All is well"}),
            lambda: theirs.write({"people_ids": [Command.clear()]}),
            lambda: theirs.write({"finding_ids": [Command.delete(finding.id)]}),
            lambda: theirs.write({"finding_ids": [Command.clear()]}),
            lambda: finding.with_user(self.users["km"]).unlink(),
            lambda: finding.with_user(self.users["km"]).write({"severity": "minor"}),
            lambda: theirs.unlink(),
        ):
            with self.assertRaises(AccessError), self.cr.savepoint():
                attack()
        finding.with_user(self.users["km"]).action = "Locked away"
        finding.unlink()
        inspection.unlink()

    def test_handed_in(self):
        """Whom it concerned and when stays; the summary of the follow-up goes on."""
        inspection = self.inspection()
        self.finding(inspection)
        self.tick(inspection)
        inspection.action_hand_in()
        for vals in ({"people_ids": [Command.clear()]}, {"inspected_on": "2020-01-01"}):
            with self.assertRaises(UserError), self.cr.savepoint():
                inspection.write(vals)
        inspection.summary = "Followed up"
