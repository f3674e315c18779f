# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from datetime import time, timedelta

from odoo import Command, fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import HttpCase, tagged
from odoo.tools import mute_logger

from odoo.addons.sales_regulation.tests.common import PREFIX

from .test_cases import OFFICER, CaseCommon

RULES = ("odoo.addons.base.models.ir_rule", "odoo.addons.base.models.ir_model")


class HostileCase(CaseCommon):
    """RM is reported; he is manager, auditor, officer and administrator at once."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        groups = (
            "base.group_system",
            "sales_regulation.group_regulation_audit",
            "sales_regulation.group_regulation_manager",
            OFFICER,
        )
        cls.users["rm"].group_ids = [Command.link(cls.env.ref(one).id) for one in groups]
        cls.case = cls._report("t", people=["rm"])
        cls.env.flush_all()

    def refusal(self, call, *args):
        """The text of the refusal."""
        with mute_logger(*RULES), self.assertRaises(UserError) as refused, self.cr.savepoint():
            call(*args)
            self.env.flush_all()
        return refused.exception


@tagged("post_install", "-at_install")
class TestCaseOracles(HostileCase):
    """What refusals, clocks and leftovers tell somebody who is not on the case (C56, S4-039)."""

    def test_refusals_are_all_the_same(self):
        """Whoever has the number of a case learns from no refusal who is reported or on it."""
        members = self.env["confidentiality.case.member"].with_user(self.users["rm"])
        texts = set()
        for login in ("rm", self.case.user_id.login.removeprefix(PREFIX), "b"):
            values = {"case_id": self.case.id, "user_id": self.users[login].id}
            error = self.refusal(members.create, values)
            self.assertIsInstance(error, AccessError, login)
            self.assertNotIn(self.users[login].name, str(error))
            texts.add(str(error))
        self.assertEqual(len(texts), 1)

    def test_refusal_names_no_case(self):
        """Developer mode tells more of a refusal: not of this one."""
        case = self.case.with_user(self.users["rm"])
        with self.debug_mode():
            error = self.refusal(case.read, ["description"])
        self.assertNotIn(self.case.name, str(error))

    def debug_mode(self):
        self.users["rm"].group_ids = [Command.link(self.env.ref("base.group_no_one").id)]
        self.env.flush_all()
        return mute_logger(*RULES)

    def test_clock(self):
        """Managers and auditors read clocks, not those of a case that they are not on."""
        mine = [("res_model", "=", self.case._name)]
        for login in ("rm", "aud", "km"):
            env = self.env(user=self.users[login])
            self.assertFalse(env["regulation.deadline"].search(mine), login)
        holder = self.case.user_id
        self.assertTrue(self.env["regulation.deadline"].with_user(holder).search(mine))

    def test_breach_in_the_register(self):
        """A case that was answered late is a late officer to its readers, and no case."""
        clock = self.env["regulation.deadline"].search(
            [("res_model", "=", self.case._name), ("res_id", "=", self.case.id)]
        )
        clock._note_breach()
        self.env.flush_all()
        mine = [("res_model", "=", self.case._name)]
        for login in ("rm", "aud", "km"):
            env = self.env(user=self.users[login])
            self.assertFalse(env["regulation.register"].search(mine), login)

    def test_task_that_was_done(self):
        """A task that is done is archived, and still names the case to whom it was for."""
        case = self._report("t", people=["b"])
        superior = self.users["km"]
        task = case.activity_ids.filtered(lambda one: one.user_id == superior)
        task.with_user(superior).action_feedback("Seen")
        self.env.flush_all()
        officer = case.with_user(self.users["leg"])
        officer.write({"reported_ids": [Command.link(superior.id)]})
        self.env.flush_all()
        left = (
            self.env["mail.activity"]
            .with_user(superior)
            .with_context(active_test=False)
            .search([("res_model", "=", case._name)])
        )
        self.assertFalse(left)

    def test_sanction_by_hand(self):
        """Nobody forges the sanction of a case, nor keeps the true one out by a false one."""
        measures = self.env["regulation.measure"].with_user(self.users["km"])
        values = {"name": "x", "kind": "penalty", "user_id": self.users["b"].id}
        for forged in (
            {"sanction_grade": "termination"},
            {"res_model": self.case._name, "res_id": self.case.id},
        ):
            self.assertIsInstance(self.refusal(measures.create, {**values, **forged}), AccessError)
        measure = measures.create(values)
        self.refusal(measure.write, {"res_model": self.case._name, "res_id": self.case.id})


@tagged("post_install", "-at_install")
class TestCaseEvidence(HostileCase):
    """What was said, found and decided stays as it was (C56)."""

    def test_report_by_mail(self):
        """A mail of an unknown sender is a report too, and no draft of the officer."""
        case = self.env["confidentiality.case"].sudo().message_new(
            {"subject": "Price list", "body": "<p>in a chat</p>"}
        )
        officer = case.with_user(case.user_id)
        self.assertIsInstance(self.refusal(officer.write, {"description": "nothing"}), UserError)

    def test_decided(self):
        """Findings and decision bear the name of who decided: reopen the case to change them."""
        case = self._report("t", people=["b"])
        first, second = case.with_user(self.users["gm"]), case.with_user(self.users["leg"])
        first.action_investigate()
        first.write({"findings": "b has sent it", "decision": "A demerit"})
        first.action_decide()
        for values in ({"findings": "nobody did"}, {"decision": "nothing"}):
            self.refusal(second.write, values)
        second.write({"legal_stage": "notice", "lessons": "Closed groups", "outcome": "Stopped"})
        second.action_reopen()
        second.findings = "km has sent it"
        second.action_decide()
        second.action_close()
        for values in ({"findings": "x"}, {"lessons": "x"}, {"outcome": "x"}, {"kind": "risk"}):
            self.refusal(first.write, values)
        second.legal_stage = "ended"

    def test_anonymous_after_the_commit(self):
        """What is made with the commit tells no time of day either."""
        case = self._report("t", anonymous=True, people=["b"])
        self.env.flush_all()
        self.env.cr.precommit.run()
        self.env.flush_all()
        midnight = self.company._regulation_utc(case.reported_on, time.min)
        messages = self.env["mail.message"].search(
            [("model", "=", case._name), ("res_id", "=", case.id)]
        )
        self.assertFalse(messages.filtered(lambda one: one.create_date != midnight))
        self.assertEqual(set(case.activity_ids.mapped("create_date")), {midnight})


@tagged("post_install", "-at_install")
class TestCaseLog(HostileCase, HttpCase):
    """Who read a case is on record, for those who are on it (C52, C56)."""

    def rows(self, user):
        self.logged("read")
        logs = self.env["confidentiality.log"].with_user(user)
        return logs.search([("model", "=", self.case._name)])

    def test_reads(self):
        """Read, exported, refused: who, when, which case; the reported officer sees none of it."""
        officer, reader = self.case.user_id, self.users["leg"]
        self.assertNotEqual(officer, self.users["rm"])
        self.case.with_user(reader).web_read({"description": {}})
        self.refusal(self.case.with_user(self.users["rm"]).read, ["name"])
        rows = self.rows(officer)
        self.assertEqual(
            {(row.user_id, row.channel, row.outcome, row.res_id) for row in rows},
            {
                (reader, "read", "allowed", self.case.id),
                (self.users["rm"], "read", "denied", self.case.id),
            },
        )
        for login in ("rm", "aud"):
            user = self.users[login]
            self.assertFalse(self.rows(user), login)
            logs = self.env["confidentiality.log"].with_user(user)
            domain = [("model", "=", self.case._name)]
            self.assertEqual(logs.search_count(domain), 0)
            [group] = logs.formatted_read_group(domain, [], ["__count"])
            self.assertEqual(group["__count"], 0)
            self.refusal(rows.with_user(user).read, ["user_id"])
        if reader in self.case._people():
            self.case.member_ids.filtered(lambda one: one.user_id == reader).with_user(
                officer
            ).action_end()
            self.assertFalse(self.rows(reader))

    def test_export_and_parts(self):
        """Taking the texts out as a table, and what was read by way of a part of the case."""
        officer = self.case.with_user(self.case.user_id)
        self.case.user_id.group_ids |= self.env.ref("base.group_allow_export")
        officer.export_data(["description"])
        officer.member_ids.web_read({"case_id": {"fields": {"description": {}}}})
        rows = self.rows(self.case.user_id)
        self.assertEqual({row.channel for row in rows}, {"export", "read"})

    def test_own_report_is_no_read(self):
        """Reporting leaves no row: an anonymous reporter would be named in it."""
        case = self._report("t", anonymous=True)
        self.logged("read")
        rows = self.env["confidentiality.log"].search([("model", "=", case._name)])
        self.assertFalse(rows.filtered(lambda row: row.res_id == case.id))

    def test_other_rows_stay(self):
        """The rest of the log is read as before."""
        self._as(self.xinghai, "km").read(["name"])
        self.logged("read")
        logs = self.env["confidentiality.log"].with_user(self.users["rm"])
        self.assertTrue(logs.search([("model", "=", "res.partner")]))

    def test_file_by_token(self):
        """A file of a case is opened by those on the case, whatever token goes round."""
        file = self.env["ir.attachment"].create(
            {
                "name": "proof.txt",
                "raw": b"proof",
                "res_model": self.case._name,
                "res_id": self.case.id,
            }
        )
        [token] = file.generate_access_token()
        officer = self.case.user_id.login.removeprefix(PREFIX)
        for login, status in ((officer, 200), ("rm", 404), ("t", 404), (None, 404)):
            if login:
                self.authenticate(PREFIX + login, PREFIX + login)
            else:
                self.authenticate(None, None)
            for path in (f"/web/content/{file.id}?access_token={token}", f"/web/content/{file.id}"):
                self.assertEqual(self.url_open(path, allow_redirects=False).status_code, status, login)
        with self.assertRaises(UserError):
            file.public = True
        with self.assertRaises(AccessError):
            file.with_user(self.users["rm"]).read(["raw"])
        with self.assertRaises(AccessError):
            file.with_user(self.users["rm"]).read(["index_content"])


@tagged("post_install", "-at_install")
class TestClockOfCase(HostileCase):
    """The clock of a case reaches nobody by way of its superior."""

    def test_overdue(self):
        """The superior of the officer, to whom it is escalated, is not on the case."""
        rule = self.env["regulation.deadline.rule"].search([("code", "=", "leak_answer")])
        self.env.cr.execute(
            "UPDATE regulation_deadline_rule SET escalate_to = 'superior' WHERE id IN %s", [rule._ids]
        )
        later = fields.Datetime.now() - timedelta(days=3)
        self.env.cr.execute(
            "UPDATE regulation_deadline SET due_at = %s, superior_id = %s"
            " WHERE res_model = %s AND res_id = %s",
            [later, self.users["rm"].id, self.case._name, self.case.id],
        )
        self.env.invalidate_all()
        clock = self.env["regulation.deadline"].search(
            [("res_model", "=", self.case._name), ("res_id", "=", self.case.id)]
        )
        clock._note_overdue()
        self.assertEqual(clock.state, "overdue")
        self.assertNotIn(self.users["rm"], self.case.activity_ids.user_id)
        env = self.env(user=self.users["rm"])
        self.assertFalse(env["regulation.deadline"].search([("res_model", "=", self.case._name)]))
        self.assertFalse(env["mail.activity"].search([("res_model", "=", self.case._name)]))
