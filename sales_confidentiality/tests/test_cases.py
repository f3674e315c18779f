# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from datetime import date, datetime

from odoo import SUPERUSER_ID, Command
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import tagged
from odoo.tools import SQL, mute_logger

from odoo.addons.sales_regulation.tests.screens import show, specification

from .common import ConfidentialityCommon

OFFICER = "sales_confidentiality.group_confidentiality_officer"
LEAK = {
    "kind": "leak",
    "description": "The price list lies in a chat group",
    "records": "Price list of March",
}


class CaseCommon(ConfidentialityCommon):
    """Two officers, the general manager and legal, so that one of them can be reported."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.users["leg"].group_ids |= cls.env.ref(OFFICER)
        cls.profile = cls._profile(publish=False)
        cls.env["regulation.deadline.rule"].create(
            {
                "profile_id": cls.profile.id,
                "code": "leak_answer",
                "name": "Answer a leak report",
                "unit": "hours",
                "value": 24,
            }
        )
        cls._add_parts()
        cls.profile.with_user(cls.users["gm"])._publish("active")

    @classmethod
    def _add_parts(cls):
        """What else the regulation of a class of tests says."""

    @classmethod
    def _report(cls, login="t", anonymous=False, people=(), **values):
        """Somebody reports; the case, as nobody reads it."""
        known = cls.env["confidentiality.case"].sudo().search([])
        cls.env["confidentiality.case"].with_user(cls.users[login]).action_report(
            {**LEAK, "person_ids": [cls.users[one].id for one in people], **values}, anonymous
        )
        return cls.env["confidentiality.case"].sudo().search([]) - known

    def people(self, case):
        return set(case._people().mapped("login"))

    def tasks(self, case):
        return {
            (task.user_id.login, task.date_deadline, task.create_uid.id)
            for task in case.sudo().activity_ids
        }


@tagged("post_install", "-at_install")
class TestLeakReport(CaseCommon):
    """Any employee reports; superior and officer are told at once (C56, S4-020, S4-039)."""

    def test_alert(self):
        """The officer and the superior of the reported person have a task of today."""
        case = self._report(people=["b"])
        self.assertEqual(self.people(case), {"reg_gm", "reg_leg", "reg_km"})
        today = self.company._regulation_today()
        self.assertLessEqual(
            {
                ("reg_km", today, SUPERUSER_ID),
                (case.user_id.login, today, SUPERUSER_ID),
            },
            self.tasks(case),
        )
        clock = self.env["regulation.deadline"].search(
            [("res_model", "=", case._name), ("res_id", "=", case.id)]
        )
        self.assertEqual((clock.code, clock.state, clock.user_id), ("leak_answer", "open", case.user_id))
        case.with_user(case.user_id).action_investigate()
        self.assertEqual((clock.state, clock.done_by_id), ("kept", case.user_id))

    def test_nobody_named(self):
        """Without a reported person the superior of the reporter is told (S4-039)."""
        self.assertEqual(self.people(self._report("t")), {"reg_gm", "reg_leg", "reg_tm"})

    def test_superior_reported_too(self):
        """Who is reported himself is passed over: the next one up the line is told."""
        case = self._report(people=["b", "km"])
        self.assertEqual(self.people(case), {"reg_gm", "reg_leg", "reg_rm"})

    def test_officer_reported(self):
        case = self._report(people=["leg"])
        self.assertEqual(self.people(case), {"reg_gm"})
        self.assertEqual(case.user_id, self.users["gm"])

    def test_all_officers_reported(self):
        """Nobody of them works on it: who answers for the company does, else audit."""
        case = self._report(people=["leg", "gm"])
        self.assertEqual(self.people(case), {"reg_aud"})

    def test_report_of_nothing(self):
        with self.assertRaises(UserError):
            self._report(description="  ")
        for wrong in ({"kind": "theft"}, {"person_ids": "all"}, {"happened_on": "yesterday"}):
            with self.assertRaises(UserError), self.cr.savepoint():
                self._report(**wrong)

    def test_what_a_client_may_not_say(self):
        """Only what belongs to a report is taken over."""
        case = self._report(state="closed", user_id=self.users["t"].id, damage=5, is_anonymous=True)
        self.assertEqual((case.state, case.damage, case.is_anonymous), ("reported", 0, False))
        self.assertNotEqual(case.user_id, self.users["t"])

    def test_outsider(self):
        portal = self.env["res.users"].create(
            {
                "name": "Guest",
                "login": "reg_guest",
                "group_ids": [Command.set(self.env.ref("base.group_portal").ids)],
            }
        )
        with self.assertRaises(AccessError):
            self.env["confidentiality.case"].with_user(portal).action_report(LEAK)

    def test_reporter_reads_his_report_and_the_outcome(self):
        case = self._report("t", people=["b"])
        mine = self.env["confidentiality.report"].with_user(self.users["t"]).search([])
        self.assertEqual(mine.mapped("description"), [LEAK["description"]])
        self.assertEqual(mine.state, "reported")
        with self.assertRaises(AccessError):
            case.with_user(self.users["t"]).read(["findings"])
        officer = case.with_user(case.user_id)
        officer.action_investigate()
        officer.write({"findings": "It was b", "decision": "Talk", "outcome": "It was stopped"})
        self.assertFalse(mine.outcome)
        officer.action_decide()
        with self.assertRaises(UserError):
            officer.action_close()
        officer.lessons = "Chat groups are closed"
        officer.action_close()
        self.assertEqual((mine.state, mine.outcome), ("closed", "It was stopped"))
        self.assertNotIn("case_id", mine._fields)
        for login in ("b", "km", "gm", "leg"):
            reports = self.env["confidentiality.report"].with_user(self.users[login])
            self.assertFalse(reports.search([]), login)
        for operation, values in (("write", {"outcome": "x"}), ("create", {"kind": "leak"})):
            with self.assertRaises(AccessError), self.cr.savepoint():
                getattr(mine, operation)(values)

    def test_mail_of_somebody_else(self):
        """Nobody calls the mail gateway to report in another's name."""
        for login in ("a", "adm"):
            with self.assertRaises(AccessError):
                self.env["confidentiality.case"].with_user(self.users[login]).message_new(
                    {"subject": "x", "author_id": self.users["b"].partner_id.id}
                )

    def test_mail(self):
        """A mail to the alias is a report of its sender (C56)."""
        sender = self.users["t"]
        sender.email = "t@hx.example.com"
        case = self.env["confidentiality.case"].sudo().message_new(
            {"subject": "Price list", "body": "<p>in a chat</p>", "author_id": sender.partner_id.id}
        )
        self.assertEqual(case.report_id.user_id, sender)
        self.assertIn("in a chat", case.description)
        # What Odoo does next: the mail itself, and its author as a follower
        case.message_post(
            body="in a chat",
            author_id=sender.partner_id.id,
            message_type="email",
            subtype_xmlid="mail.mt_comment",
        )
        self.assertNotIn(sender.partner_id, case.message_partner_ids)
        self.assertFalse(self.env["confidentiality.case"].with_user(sender).search([]))


@tagged("post_install", "-at_install")
class TestAnonymousReport(CaseCommon):
    """No author, no follower, no trace of who or when, but the day (decisions: anonymous input)."""

    def test_no_trace(self):
        self.env.flush_all()
        reporter = self.users["t"]
        tables = self._tables_naming_users()
        before = self._named(tables, reporter)
        case = self._report("t", anonymous=True, people=["b"])
        self.env.flush_all()
        self.assertEqual(self._named(tables, reporter), before)
        self.assertTrue(case.is_anonymous)
        self.assertFalse(case.report_id)
        self.assertLessEqual(case.message_partner_ids, case._people().partner_id)
        self.assertFalse(case.message_ids)
        reports = self.env["confidentiality.report"]
        self.assertFalse(reports.search([("company_id", "=", self.company.id)]))
        midnight = self.company._regulation_utc(case.reported_on, datetime.min.time())
        clock = self.env["regulation.deadline"].search(
            [("res_model", "=", case._name), ("res_id", "=", case.id)]
        )
        self.assertEqual(clock.started_at, midnight)
        for records in (case, case.member_ids, case.activity_ids, clock):
            self.assertTrue(records)
            self.assertEqual(set(records.mapped("create_date")), {midnight}, records)
            self.assertEqual(set(records.mapped("create_uid.id")), {SUPERUSER_ID}, records)
            self.assertEqual(set(records.mapped("write_uid.id")), {SUPERUSER_ID}, records)
        self.assertFalse(
            self.env["regulation.register"].search(
                [("res_model", "=", case._name), ("res_id", "=", case.id)]
            )
        )

    def test_named_report_leaves_one(self):
        """The check above finds what is there to be found."""
        self.env.flush_all()
        tables = self._tables_naming_users()
        before = self._named(tables, self.users["t"])
        self._report("t")
        self.env.flush_all()
        self.assertNotEqual(self._named(tables, self.users["t"]), before)

    def test_superior_of_the_reporter_is_not_told(self):
        """Whose superior is told would say whose report it is."""
        self.assertEqual(self.people(self._report("t", anonymous=True)), {"reg_gm", "reg_leg"})

    def test_order_tells_nothing(self):
        ids = [self._report("t", anonymous=True).id for _number in range(8)]
        self.assertNotEqual(ids, sorted(ids))
        self.assertGreater(max(ids), 1000)

    def _tables_naming_users(self):
        """Every column that refers to a user."""
        return self.env.execute_query(
            SQL(
                """
                SELECT source.relname, attribute.attname
                  FROM pg_constraint found
                  JOIN pg_class source ON source.oid = found.conrelid
                  JOIN pg_class target ON target.oid = found.confrelid
                  JOIN pg_attribute attribute
                    ON attribute.attrelid = source.oid AND attribute.attnum = found.conkey[1]
                 WHERE found.contype = 'f' AND target.relname IN ('res_users', 'res_partner')
                """
            )
        )

    def _named(self, tables, user):
        """How often each column names the person."""
        parts = [
            SQL(
                "SELECT %s, COUNT(*) FROM %s WHERE %s IN %s",
                f"{table}.{column}",
                SQL.identifier(table),
                SQL.identifier(column),
                # of a column of partners and of one of users
                (user.id, user.partner_id.id),
            )
            for table, column in tables
        ]
        return dict(self.env.execute_query(SQL(" UNION ALL ").join(parts)))


@tagged("post_install", "-at_install")
class TestCaseChannels(CaseCommon):
    """Who is not on the case, and above all who is reported, learns nothing by any channel."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        # The reported person has every right that there is
        groups = ("base.group_system", "sales_regulation.group_regulation_audit", OFFICER)
        cls.users["rm"].group_ids = [Command.link(cls.env.ref(one).id) for one in groups]
        cls.case = cls._report("t", people=["rm"])
        officer = cls.case.with_user(cls.case.user_id)
        officer.message_post(body="He has sold the list", subtype_xmlid="mail.mt_comment")
        cls.file = cls.env["ir.attachment"].create(
            {
                "name": "proof.txt",
                "raw": b"proof",
                "res_model": cls.case._name,
                "res_id": cls.case.id,
            }
        )
        cls.env["confidentiality.case.item"].create(
            {"case_id": cls.case.id, "document": f"res.partner,{cls.xinghai.id}"}
        )
        cls.env.flush_all()

    def test_reported_and_others(self):
        """Administrator, auditor, officer who is reported; a colleague; the reporter; his own HR."""
        for login in ("rm", "a", "t", "adm", "hr", "aud"):
            env = self.env(user=self.users[login])
            for model, domain in (
                ("confidentiality.case", [("id", "=", self.case.id)]),
                ("confidentiality.case.member", [("case_id", "=", self.case.id)]),
                ("confidentiality.case.item", [("case_id", "=", self.case.id)]),
                ("mail.message", [("model", "=", self.case._name), ("res_id", "=", self.case.id)]),
                ("mail.activity", [("res_model", "=", self.case._name)]),
                ("ir.attachment", [("res_model", "=", self.case._name)]),
            ):
                with self.subTest(login=login, model=model):
                    self.assertFalse(env[model].search(domain))
                    self.assertEqual(env[model].search_count(domain), 0)
            case = env["confidentiality.case"]
            with self.subTest(login=login):
                self.assertFalse(case.name_search(self.case.name))
                self.assertFalse(case.search([("description", "ilike", "price list")]))
                [row] = case.formatted_read_group([], [], ["__count", "damage:sum"])
                self.assertEqual(row["__count"], 0)
                self.assertFalse(case.web_search_read([], {"name": {}})["records"])
                for name, call in self._calls(env).items():
                    with self.subTest(call=name), mute_logger("odoo.addons.base.models.ir_rule"):
                        with self.assertRaises(UserError), self.cr.savepoint():
                            call()
                            env.flush_all()

    def _calls(self, env):
        """What a person could try with the number of the case."""
        case = self.case.with_env(env)
        mine = {"case_id": self.case.id, "user_id": env.uid}
        return {
            "read": lambda: case.read(["name"]),
            "web_read": lambda: case.web_read({"name": {}}),
            "export": lambda: case.export_data(["name"]),
            "write": lambda: case.write({"damage": 1}),
            "post": lambda: case.message_post(body="x"),
            "copy": lambda: case.copy(),
            "step": lambda: case.action_investigate(),
            "file": lambda: self.file.with_env(env).read(["raw"]),
            "messages": lambda: self.case.message_ids.with_env(env).read(["body"]),
            "join": lambda: env["confidentiality.case.member"].create(mine),
            "dialog": lambda: env["confidentiality.case.sanction"].create({**mine, "reason": "x"}),
        }

    def test_deadline_and_register_name_nothing(self):
        """The clock of the case is a row that managers do not see: it would be its number."""
        clock = self.env["regulation.deadline"].search(
            [("res_model", "=", self.case._name), ("res_id", "=", self.case.id)]
        )
        self.assertTrue(clock)
        with self.assertRaises(AccessError), mute_logger("odoo.addons.base.models.ir_rule"):
            clock.with_user(self.users["rm"]).sudo(False).read(["name"])

    def test_those_on_it(self):
        """Superior and second officer read it, the superior does not write in it."""
        case = self._report("t", people=["b"])
        superior = case.with_user(self.users["km"])
        self.assertEqual(superior.description, LEAK["description"])
        self.assertFalse(superior.is_editor)
        with self.assertRaises(AccessError), mute_logger("odoo.addons.base.models.ir_rule"):
            superior.write({"findings": "nothing"})
        with self.assertRaises(AccessError), mute_logger("odoo.addons.base.models.ir_rule"):
            superior.action_investigate()
        superior.message_post(body="I know of it")
        second = case.with_user(self.users["leg"])
        self.assertTrue(second.is_editor)
        second.write({"findings": "something"})

    def test_who_becomes_reported_loses_everything(self):
        """Reported later: off the case, without task, copy or following; the next in line is told."""
        case = self._report("t", people=["b"])
        superior = self.users["km"]
        case.with_user(superior).message_subscribe(superior.partner_id.ids)
        self.assertIn(superior.partner_id, case.message_partner_ids)
        officer = case.with_user(self.users["leg"])
        officer.message_post(body="See this", partner_ids=superior.partner_id.ids)
        officer.write({"reported_ids": [Command.link(superior.id)]})
        self.env.flush_all()
        self.assertFalse(case.with_user(superior).search([("id", "=", case.id)]))
        self.assertNotIn(superior.partner_id, case.message_partner_ids)
        self.assertNotIn(superior, case.activity_ids.user_id)
        told = self.env["mail.message"].with_user(superior).search(
            [("model", "=", case._name), ("res_id", "=", case.id)]
        )
        self.assertFalse(told)
        self.assertIn(self.users["rm"], case._people())
        with self.assertRaises(ValidationError):
            case.user_id = superior

    def test_messages_stay_on_the_case(self):
        """Nobody off the case is addressed, follows it or gets a task on it."""
        officer = self.case.with_user(self.case.user_id)
        stranger = self.users["a"].partner_id
        message = officer.message_post(
            body="x", partner_ids=stranger.ids, subtype_xmlid="mail.mt_comment"
        )
        self.assertFalse(message.partner_ids)
        self.assertNotIn(stranger, message.notified_partner_ids)
        officer.message_subscribe(stranger.ids)
        self.assertNotIn(stranger, self.case.message_partner_ids)
        with self.assertRaises(AccessError):
            officer.activity_schedule("mail.mail_activity_data_todo", user_id=self.users["a"].id)

    def test_added_and_taken_off(self):
        officer = self.case.with_user(self.case.user_id)
        member = officer.env["confidentiality.case.member"].create(
            {"case_id": self.case.id, "user_id": self.users["fin"].id, "role": "reader"}
        )
        reader = self.case.with_user(self.users["fin"])
        self.assertEqual(reader.records, LEAK["records"])
        member.action_end()
        self.assertFalse(reader.search([("id", "=", self.case.id)]))
        self.assertTrue(member.ended_at)
        for vals in ({"ended_at": False}, {"role": "officer"}):
            with self.assertRaises(UserError), self.cr.savepoint():
                member.write(vals)


@tagged("post_install", "-at_install")
class TestCaseSteps(CaseCommon):
    """From the report to its end: findings, who answers, damage, sanctions, lessons (C56)."""

    def setUp(self):
        super().setUp()
        self.case = self._report("t", people=["b"])
        self.officer = self.case.with_user(self.users["leg"])

    def decide(self):
        self.officer.action_investigate()
        self.officer.write(
            {
                "findings": "b has sent it",
                "decision": "A demerit",
                "responsible_id": self.users["b"].id,
                "responsible_manager_id": self.users["km"].id,
                "damage": 12_000,
            }
        )
        self.officer.action_decide()

    def test_sealed(self):
        for vals in (
            {"state": "closed"},
            {"is_anonymous": True},
            {"report_id": False},
            {"reported_on": date(2020, 1, 1)},
            {"description": "nothing"},
            {"decided_by_id": self.users["leg"].id},
        ):
            with self.assertRaises(UserError), self.cr.savepoint():
                self.officer.write(vals)
        with self.assertRaises(UserError):
            self.case.unlink()

    def test_own_case_of_the_officer(self):
        """What nobody has reported, the officer opens himself; nobody else can."""
        case = self.officer.create({"kind": "loss", "description": "A laptop in a taxi"})
        self.assertEqual(case.user_id, self.users["leg"])
        self.assertTrue(case.is_editor)
        case.description = "A laptop in a train"
        for login in ("a", "km", "hr"):
            with self.assertRaises(AccessError), self.cr.savepoint():
                self.officer.with_user(self.users[login]).create({"kind": "loss"})
        with self.assertRaises(AccessError), self.cr.savepoint():
            self.officer.create({"kind": "loss", "state": "closed"})
        forged = self.officer.create(
            {"kind": "loss", "member_ids": [Command.create({"user_id": self.users["a"].id})]}
        )
        self.assertNotIn(self.users["a"], forged._people())

    def test_order_of_steps(self):
        with self.assertRaises(UserError):
            self.officer.action_decide()
        self.officer.action_investigate()
        with self.assertRaises(UserError):
            self.officer.action_investigate()
        with self.assertRaisesRegex(UserError, "Findings"):
            self.officer.action_decide()

    def test_grades(self):
        """Warning, demerit, demotion, termination; HR decides, once for a person (S4-059)."""
        with self.assertRaises(UserError):
            self.officer.action_propose_sanction(self.users["b"].id, "warning", "x")
        self.decide()
        with self.assertRaises(UserError):
            self.officer.action_propose_sanction(self.users["a"].id, "warning", "Not concerned")
        with self.assertRaises(UserError):
            self.officer.action_propose_sanction(self.users["b"].id, "lashes", "x")
        measure = self.env["regulation.measure"].browse(
            self.officer.action_propose_sanction(self.users["b"].id, "demerit", "Secrecy broken")
        )
        self.assertEqual(
            (measure.state, measure.kind, measure.sanction_grade, measure.proposed_by_id),
            ("proposed", "penalty", "demerit", self.users["leg"]),
        )
        with self.assertRaisesRegex(UserError, "once"):
            self.officer.action_propose_sanction(self.users["b"].id, "warning", "Again")
        # His manager answers for himself (S4-041)
        self.officer.action_propose_sanction(self.users["km"].id, "warning", "No supervision")
        human = self.users["hr"]
        self.assertIn(human, self.case._people(("hr",)))
        self.assertEqual(self.case.with_user(human).findings, "b has sent it")
        with self.assertRaises(AccessError):
            measure.with_user(self.users["leg"]).sudo(False).action_decide()
        for user in (human, self.users["km"]):
            with self.assertRaises(AccessError), self.cr.savepoint():
                measure.with_user(user).write({"sanction_grade": "warning"})
        measure.with_user(human).action_decide()
        measure.with_user(human).action_effect()
        self.assertEqual(measure.state, "effective")
        self.assertEqual(self.case._next_grade(self.users["b"]), "demotion")
        self.assertEqual(self.case._next_grade(self.users["a"]), "warning")
        self.assertEqual(self.officer.measure_ids.user_id, self.users["b"] | self.users["km"])

    def test_everybody_on_it_opens_the_form(self):
        """Officer, superior and HR, each with his own rights, once everything is in it."""
        self.decide()
        self.officer.action_suspend()
        self.officer.action_propose_sanction(self.users["b"].id, "demerit", "Secrecy broken")
        for login in ("leg", "gm", "km", "hr"):
            with self.subTest(login):
                self.env.invalidate_all()
                case = self.case.with_user(self.users[login]).sudo(False)
                [shown] = show(case, "form", specification(case, "form"), case)
                self.assertEqual(shown["sanctions"], "Li Qiang: Demerit, Proposed")

    def test_refused_sanction_makes_room(self):
        self.decide()
        measure = self.env["regulation.measure"].browse(
            self.officer.action_propose_sanction(self.users["b"].id, "termination", "Too much")
        )
        measure.with_user(self.users["hr"]).action_refuse()
        self.assertTrue(
            self.officer.action_propose_sanction(self.users["b"].id, "warning", "Enough")
        )

    def test_dialog(self):
        self.decide()
        action = self.officer.action_open_sanction()
        wizard = (
            self.env["confidentiality.case.sanction"]
            .with_user(self.users["leg"])
            .with_context(**action["context"])
            .create({"reason": "Secrecy broken"})
        )
        wizard.action_propose()
        self.assertEqual(self.case.measure_ids.sanction_grade, "warning")

    def test_damage(self):
        with self.assertRaises(ValidationError):
            self.officer.damage = -1


@tagged("post_install", "-at_install")
class TestMeasuresAtOnce(CaseCommon):
    """Suspended clearance: at the next request, for what he owns too (C56, S4-058)."""

    def setUp(self):
        super().setUp()
        self.case = self._report("t", people=["a"])
        self.officer = self.case.with_user(self.users["leg"])

    def test_suspended(self):
        self.assertTrue(self.sees("a", self.xinghai))
        self.officer.action_suspend()
        self.env.invalidate_all()
        self.assertFalse(self.sees("a", self.xinghai), "owner")
        self.assertTrue(self.sees("b", self.xinghai), "a colleague")
        self.assertTrue(self.sees("a", self.customers["beihe"]), "what is not confidential")
        row = self.case.suspension_ids
        self.assertEqual((row.user_id, row.suspended_by_id), (self.users["a"], self.users["leg"]))
        with self.assertRaises(AccessError), mute_logger("odoo.addons.base.models.ir_model"):
            row.with_user(self.users["a"]).action_lift()
        with self.assertRaises(AccessError):
            row.with_user(self.users["gm"]).write({"lifted_at": "2026-01-01"})
        row.with_user(self.users["gm"]).action_lift()
        self.env.invalidate_all()
        self.assertTrue(self.sees("a", self.xinghai))
        events = self.env["regulation.register"].search(
            [("res_model", "=", row._name), ("res_id", "=", row.id)]
        )
        self.assertEqual(
            sorted(events.mapped("event")), ["clearance_restored", "clearance_suspended"]
        )
        self.assertEqual(events.subject_id, self.users["a"])

    def test_rights_to_figures_rest_too(self):
        """Who holds cost and credit by grant reads them not while he is suspended."""
        for code in ("cost", "credit"):
            self.env.ref(f"sales_confidentiality.category_{code}").mode = "enforce"
        grants = self.env["confidentiality.grant"]
        self.assertNotIn("cost", grants._access_of(self.users["km"]).closed)
        self.officer.action_suspend([self.users["km"].id])
        access = grants._access_of(self.users["km"])
        self.assertLessEqual({"cost", "credit"}, access.closed)
        self.assertFalse(access.own)
        reasons = {reason for _label, full, reason in self.users["km"]._confidentiality_reasons() if not full}
        self.assertEqual(reasons, {"Nothing: the clearance is suspended"})

    def test_twice(self):
        self.officer.action_suspend()
        self.officer.action_suspend()
        self.assertEqual(len(self.case.suspension_ids), 1)

    def test_who_may(self):
        for login in ("a", "b", "km", "hr"):
            with self.assertRaises(AccessError), self.cr.savepoint():
                self.case.with_user(self.users[login]).action_suspend()
        with self.assertRaises(AccessError):
            self.officer.action_suspend([self.users["leg"].id])
        with self.assertRaises(UserError):
            self.officer.action_end_access(["a"])

    def test_sessions_and_keys(self):
        """The token of every session changes, the keys are gone; others keep theirs."""
        victim, other = self.users["a"], self.users["b"]
        sids = {victim: "v" * 84, other: "o" * 84}
        tokens = {user: user.sudo()._compute_session_token(sid) for user, sid in sids.items()}
        keys = self.env["res.users.apikeys"]
        made = {
            user: keys.with_user(user).sudo()._generate(None, "test", "2036-01-01")
            for user in (victim, other)
        }
        self.officer.action_end_access()
        self.env.flush_all()
        self.assertNotEqual(victim.sudo()._compute_session_token(sids[victim]), tokens[victim])
        self.assertEqual(other.sudo()._compute_session_token(sids[other]), tokens[other])
        self.assertFalse(keys._check_credentials(scope="rpc", key=made[victim]))
        self.assertEqual(keys._check_credentials(scope="rpc", key=made[other]), other.id)

    def test_field_of_the_token_is_nobodys(self):
        with self.assertRaises(AccessError):
            self.users["a"].with_user(self.users["a"]).sessions_ended_at  # noqa: B018
        with self.assertRaises(AccessError):
            self.users["a"].with_user(self.users["adm"]).write({"sessions_ended_at": False})
