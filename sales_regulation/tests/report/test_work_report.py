# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from datetime import date, datetime, timedelta

from freezegun import freeze_time
from psycopg2 import IntegrityError

from odoo import Command
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import Form, tagged
from odoo.tools import mute_logger

from odoo.addons.sales_regulation.tools import engine

from ..common import RegulationCommon


class ReportCommon(RegulationCommon):
    """A regulation with daily logs of telemarketers and monthly reports of everybody."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        kind = cls.env.ref("sales_regulation.approval_kind_work_report")
        cls.profile = cls._profile(
            publish=False,
            date_from=date(2026, 1, 1),
            report_type_ids=[
                Command.create(
                    {
                        "code": "log",
                        "name": "Log",
                        "template": "<h3>Calls</h3>",
                        "with_contacts": True,
                        "approval_kind_id": kind.id,
                    }
                ),
                Command.create({"code": "month", "name": "Month", "with_sales": True}),
            ],
            duty_ids=[
                Command.create(
                    {
                        "code": "log",
                        "name": "Log",
                        "frequency": "daily",
                        "who": "role",
                        "role_id": cls.roles["telemarketer"].id,
                        "deadline_code": "log",
                        "counted_from": "start",
                    }
                ),
                Command.create({"code": "month", "name": "Month", "frequency": "monthly"}),
            ],
            deadline_rule_ids=[
                Command.create(
                    {"code": "log", "name": "Log", "unit": "cutoff", "cutoff_day": "next_working"}
                ),
                Command.create(
                    {"code": "approval_work_report", "name": "Answer", "unit": "working_days"}
                ),
            ],
            approval_rule_ids=[Command.create({"kind_id": kind.id, "approver_type": "manager"})],
        )
        with freeze_time("2026-01-01 01:00:00"):
            cls.profile.with_user(cls.users["gm"])._publish("active")
        cls.log_type, cls.month_type = cls.profile.report_type_ids

    def at(self, moment):
        """Wall clock of the company."""
        day, clock = datetime.fromisoformat(moment).date(), datetime.fromisoformat(moment).time()
        frozen = freeze_time(self.company._regulation_utc(day, clock))
        frozen.start()
        self.addCleanup(frozen.stop)

    def report(self, login="t", kind=None, day="2026-03-02", **values):
        return (
            self.env["work.report"]
            .with_user(self.users[login])
            .create(
                {
                    "type_id": (kind or self.log_type).id,
                    "day": day,
                    "content": "<p>Called around.</p>",
                    **values,
                }
            )
        )

    def answer(self, report, login="tm", opinion="Good"):
        report.approval_ids.filtered(lambda row: row.state == "pending").with_user(
            self.users[login]
        ).action_approve(opinion)

    def contact(self, login="t", customer="xinghai", at="2026-03-02 02:00:00", **values):
        return (
            self.env["sales.contact"]
            .with_user(self.users[login])
            .create(self._contact_values(customer, at) | values)
        )

    def _contact_values(self, customer, at):
        return {
            "partner_id": self.customers[customer].id,
            "channel": "call",
            "happened_at": at,
            "content": "Wants an offer",
        }


@tagged("post_install", "-at_install")
class TestWorkReport(ReportCommon):
    """Daily logs and periodic reports (C37, S4-063..068, S4-237, S4-278..280)."""

    def setUp(self):
        super().setUp()
        self.at("2026-03-02 17:00")

    def test_period_follows_from_kind_and_day(self):
        log, month = self.report(), self.report("a", self.month_type, "2026-02-17")
        self.assertEqual((log.period_start, log.period_end), (date(2026, 3, 2),) * 2)
        self.assertEqual(
            (month.period_start, month.period_end), (date(2026, 2, 1), date(2026, 2, 28))
        )
        with (
            mute_logger("odoo.sql_db"),
            self.assertRaises(IntegrityError),
            self.env.cr.savepoint(),
        ):
            self.report()  # one of a period

    def test_form_offers_what_the_person_owes(self):
        form = Form(self.env["work.report"].with_user(self.users["t"]))
        self.assertEqual(form.type_id, self.log_type)
        self.assertIn("Calls", form.content)
        report = form.save()
        with self.assertRaises(UserError):
            report.action_hand_in()  # nothing but headings
        report.content = "<h3>Calls</h3><p>Forty-seven.</p>"
        report.action_hand_in()
        self.assertEqual(report.state, "handed_in")

    def test_what_is_handed_in_is_fixed(self):
        report = self.report()
        report.action_hand_in()
        for values in (
            {"content": "<p>More</p>"},
            {"day": "2026-03-03"},
            {"type_id": self.month_type.id},
        ):
            with self.subTest(values=values), self.assertRaises(UserError):
                report.write(values)
        with self.assertRaises(UserError):
            report.action_hand_in()
        with self.assertRaises(UserError):
            report.unlink()

    def test_only_the_writer_writes(self):
        report = self.report()
        for login in ("tm", "gm", "adm"):
            with self.subTest(login=login):
                with self.assertRaises(UserError):
                    self._as(report, login).write({"content": "<p>Nothing</p>"})
                with self.assertRaises(UserError):
                    self._as(report, login).action_hand_in()
                with self.assertRaises(UserError):
                    self._as(report, login).unlink()

    def test_nobody_reports_for_somebody_else(self):
        with self.assertRaises(AccessError):
            self.report("t", user_id=self.users["a"].id)
        report = self.report()
        with self.assertRaises(AccessError):
            report.user_id = self.users["a"]

    def test_facts_are_not_written_by_hand(self):
        forged = {
            "state": "answered",
            "handed_in_at": "2026-03-01 01:00:00",
            "is_late": False,
            "late_minutes": 1,
            "contact_count": 99,
            "interested_count": 9,
            "answer": "Well done",
            "answered_by_id": self.users["tm"].id,
            "period_start": "2026-03-01",
            "code": "other",
        }
        report = self.report()
        for name, value in forged.items():
            with self.subTest(field=name), self.assertRaises(AccessError):
                # also for the superuser, and also when created or imported
                report.sudo().write({name: value if value is not False else True})
            with self.subTest(field=name, create=True), self.assertRaises(AccessError):
                self.report(day="2026-02-27", **{name: value or True})
        result = (
            self.env["work.report"]
            .with_user(self.users["t"])
            .load([".id", "state"], [[str(report.id), "answered"]])
        )
        self.assertTrue(result["messages"])
        self.assertEqual(report.state, "draft")

    def test_a_period_that_has_not_begun(self):
        report = self.report(day="2026-03-05")
        with self.assertRaises(UserError):
            report.action_hand_in()

    def test_a_kind_of_another_regulation(self):
        other = self._profile(
            publish=False,
            report_type_ids=[Command.create({"code": "log", "name": "Foreign log"})],
        )
        with self.assertRaises(ValidationError):
            self.report(kind=other.report_type_ids)
        with self.assertRaises(ValidationError):
            self.report(kind=self.env.ref("sales_regulation.profile_s4_report_call_log"))

    def test_kinds_are_those_of_ones_roles(self):
        """A rep is offered his own report first, not the log of the telemarketers."""
        rep = self.env["work.report"].with_user(self.users["a"])
        form = Form(rep)
        self.assertEqual(form.type_id, self.month_type)
        self.assertEqual(
            self.env["regulation.report.type"]._of(self.users["a"], self.company), self.month_type
        )
        with self.assertRaises(ValidationError):
            self.report("a")
        # What was laid on him while he held the role he still owes when it has passed on
        instance = self._owe("2026-03-02")
        self.roles["telemarketer"].assignment_ids.filtered(
            lambda row: row.user_id == self.users["t"]
        ).sudo().date_to = "2026-03-02"
        self.at("2026-03-03 08:00")
        self.assertNotIn(self.users["t"], self.roles["telemarketer"]._holders(self.company))
        report = self.report()
        report.action_hand_in()
        self.assertEqual(instance.state, "done")

    def test_no_regulation_no_report(self):
        self.profile.with_user(self.users["gm"]).action_retire()
        with self.assertRaises(ValidationError):
            self.report()

    def test_the_superior_answers_and_nobody_else(self):
        report = self.report()
        report.action_hand_in()
        for login in ("t", "km", "sgm"):
            with self.subTest(login=login), self.assertRaises(AccessError):
                self.answer(report, login)
        self.answer(report)
        self.assertEqual(report.state, "answered")
        self.assertEqual(report.answered_by_id, self.users["tm"])

    def test_returned_it_is_completed_and_late_stays_late(self):
        self._owe("2026-03-02")
        report = self.report()
        self.at("2026-03-03 10:00")
        report.action_hand_in()
        self.assertEqual(report.late_minutes, 60)
        report.approval_ids.with_user(self.users["tm"]).action_return("Which companies?")
        self.assertEqual(report.state, "returned")
        report.content = "<p>Xinghai and Beihe.</p>"
        with self.assertRaises(UserError):
            report.unlink()
        self.at("2026-03-04 10:00")
        report.action_hand_in()
        self.assertEqual(report.late_minutes, 60)
        self.answer(report)
        self.assertEqual(report.state, "answered")

    def test_who_may_read(self):
        report = self.report()
        for login, seen in (("t", 1), ("tm", 1), ("gm", 1), ("aud", 1), ("a", 0), ("fin", 0)):
            with self.subTest(login=login):
                count = self._as(self.env["work.report"], login).search_count(
                    [("id", "=", report.id)]
                )
                self.assertEqual(count, seen)

    def test_companies_are_apart(self):
        report = self.report()
        other = self.env["res.company"].create({"name": "Other"})
        self.users["gm"].company_ids |= other
        gm = self._as(self.env["work.report"], "gm").with_context(allowed_company_ids=other.ids)
        self.assertFalse(gm.search([("id", "=", report.id)]))
        with self.assertRaises(UserError):
            self.report(company_id=other.id)

    def test_contacts_stand_in_the_log(self):
        first = self.contact(interested=True)
        second = self.contact(customer="beihe", at="2026-03-02 03:00:00")
        other_day = self.contact(customer="beihe", at="2026-02-27 03:00:00")
        foreign = self.contact("a", "beihe")
        report = self.report()
        self.assertEqual(report.listed_contact_ids, first | second)
        report.action_hand_in()
        self.assertEqual((report.contact_count, report.interested_count), (2, 1))
        self.assertEqual(report.contact_ids, first | second)
        self.assertNotIn("draft", (first | second).mapped("state"))
        self.assertFalse((other_day | foreign).report_id)
        self.assertFalse(first.signed_at)
        self.answer(report)
        self.assertEqual((first | second).signed_by_id, self.users["tm"])
        with self.assertRaises(AccessError):
            first.with_user(self.users["t"]).write({"report_id": False})

    def test_a_contact_that_comes_in_after_its_log(self):
        """Storylines 6 and 13: Tuesday's log is due at nine, the visit of Tuesday 16:00 is
        recorded on Wednesday 15:30, within its 24 hours. Wednesday's log has it."""
        tuesday = self.report(day="2026-03-03")
        self.at("2026-03-04 08:55")
        tuesday.action_hand_in()
        self.answer(tuesday)
        self.at("2026-03-04 15:30")
        visit = self.contact(channel="visit", at="2026-03-03 08:00:00")
        visit.action_hand_in()
        typed = self.contact(customer="beihe", at="2026-03-03 03:00:00")
        before = self.contact(customer="beihe", at="2026-02-27 03:00:00")
        before.action_hand_in()
        foreign = self.contact("a", "beihe", at="2026-03-03 08:00:00")
        foreign.action_hand_in()
        taken_back = self.contact(at="2026-03-03 04:00:00")
        taken_back.action_hand_in()
        entry = visit.browse(taken_back.action_correct("Twice entered"))
        wednesday = self.report(day="2026-03-04")
        late = visit | taken_back
        self.assertEqual(wednesday.listed_contact_ids, late)
        wednesday.action_hand_in()
        self.assertEqual(wednesday.contact_ids, late)
        self.assertFalse(visit.signed_at)
        self.answer(wednesday)
        self.assertEqual(late.signed_by_id, self.users["tm"])
        self.assertEqual(typed.state, "draft", "he may still be at it")
        others = (before | foreign).sudo()
        self.assertFalse(others.report_id, "before his first log, and somebody else's")
        self.assertFalse(entry.report_id or entry.signed_by_id)

    def test_a_late_contact_stands_in_one_report(self):
        """That of its day while it is being written, else the first that is handed in."""
        self.report().action_hand_in()
        self.at("2026-03-06 17:00")
        tuesday, wednesday, thursday = (self.report(day=f"2026-03-0{day}") for day in (3, 4, 5))
        contact = self.contact(at="2026-03-03 08:00:00")
        self.assertEqual(tuesday.listed_contact_ids, contact)
        self.assertFalse((wednesday | thursday).listed_contact_ids)
        tuesday.action_hand_in()
        self.assertEqual(contact.report_id, tuesday)
        late = self.contact(customer="beihe", at="2026-03-03 09:00:00")
        late.action_hand_in()
        (wednesday | thursday).action_hand_in()
        self.assertEqual(late.report_id, wednesday)
        self.assertEqual((wednesday.contact_count, thursday.contact_count), (1, 0))

    def test_a_log_of_contacts_alone(self):
        self.contact()
        report = self.report(content="<h3>Calls</h3>")
        report.action_hand_in()
        self.assertEqual(report.contact_count, 1)

    def test_time_zone_border(self):
        """23:30 in Shanghai belongs to that day, half past midnight to the next."""
        late = self.contact(at="2026-03-02 15:30:00")
        self.at("2026-03-03 08:00")
        next_day = self.contact(at="2026-03-02 16:30:00")
        report = self.report()
        self.assertIn(late, report.listed_contact_ids)
        self.assertNotIn(next_day, report.listed_contact_ids)

    def test_sales_are_stated_by_the_system(self):
        medium = self.env["utm.medium"].create({"name": "Fair"})
        order = self._order("a", quantity=3, medium_id=medium.id)
        order.action_confirm()
        self._order("a", quantity=2).action_confirm()
        self._order("b", quantity=9).action_confirm()
        self.at("2026-03-31 17:00")
        report = self.report("a", self.month_type, "2026-03-15")
        report.action_hand_in()
        rows = {row.channel: (row.order_count, row.quantity, row.amount) for row in report.sales_ids}
        self.assertEqual(rows, {"Fair": (1, 3.0, 300.0), False: (1, 2.0, 200.0)})
        self.assertEqual(report.state, "answered", "nobody has to answer it")
        with self.assertRaises(AccessError):
            report.sales_ids[0].with_user(self.users["a"]).sudo().amount = 1

    def test_duty_opens_its_report(self):
        instance = self._owe("2026-03-02")
        action = instance.with_user(self.users["t"]).action_open_document()
        self.assertEqual(action["res_model"], "work.report")
        report = self.env["work.report"].browse(action["res_id"])
        self.assertEqual((report.user_id, report.code), (self.users["t"], "log"))
        again = instance.with_user(self.users["t"]).action_open_document()
        self.assertEqual(again["res_id"], report.id)

    def test_missing_logs_are_counted(self):
        instance = self._owe("2026-03-02")
        self.at("2026-03-04 08:00")
        self.env["regulation.duty.instance"]._judge_ended()
        self.assertEqual(instance.state, "missed")

    def _owe(self, day):
        with self.enter_registry_test_mode():
            self.env.ref("sales_regulation.ir_cron_duty").method_direct_trigger()
        self.env.invalidate_all()
        return self.env["regulation.duty.instance"].search(
            [
                ("duty_id.code", "=", "log"),
                ("user_id", "=", self.users["t"].id),
                ("period_start", "=", day),
            ]
        )

    def test_lists_cost_the_same_for_one_and_eighty(self):
        start = date(2026, 1, 5)
        for number in range(60):
            self.contact(at=f"{start + timedelta(days=number)} 02:00:00")
        reports = self.env["work.report"].concat(
            *(self.report(day=str(start + timedelta(days=number))) for number in range(57))
        )
        user = self.users["t"]

        def queries(records):
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            records.with_user(user).read(
                ["period_start", "type_id", "contact_count", "state", "listed_contact_ids"]
            )
            return self.env.cr.sql_log_count - before

        queries(reports[:1])
        self.assertEqual(queries(reports[:1]), queries(reports))

    def test_sealed_for_the_engine_only(self):
        report = self.report()
        engine(report.sudo()).write({"late_minutes": 3})
        self.assertEqual(report.late_minutes, 3)
