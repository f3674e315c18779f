# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from datetime import date, datetime, timedelta
from unittest.mock import patch

from freezegun import freeze_time

from odoo import Command
from odoo.exceptions import AccessError, ConcurrencyError, UserError, ValidationError
from odoo.tests import tagged, users
from odoo.tools import mute_logger

from odoo.addons.sales_regulation.tests.common import RegulationCommon

RULES = {
    # code: values
    "contact": {"unit": "hours", "value": 24},
    "answer": {"unit": "working_days", "value": 3},
    "answer_major": {"unit": "working_days", "value": 7},
    "manager_reply": {"unit": "working_days", "value": 1},
    "original_back": {"unit": "working_days", "value": 5},
    "log": {"unit": "cutoff", "cutoff_hour": 9, "cutoff_day": "next_working"},
    "plan": {"unit": "calendar_days", "value": -10, "roll": "previous"},
    "inquiry": {"unit": "calendar_days", "value": 1, "day_end": "same_time"},
    "quality": {"unit": "calendar_days", "value": 2, "day_end": "same_time"},
    "ship": {"unit": "calendar_days", "value": 2},
    "remit": {"unit": "same_day"},
    "soon": {"unit": "promptly"},
}


class DeadlineCommon(RegulationCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.profile = cls._profile(publish=False)
        for code, values in RULES.items():
            cls._rule(code, **values)
        cls.profile.with_user(cls.users["gm"])._publish("active")
        cls.Deadline = cls.env["regulation.deadline"]

    @classmethod
    def _rule(cls, code, profile=None, **values):
        return cls.env["regulation.deadline.rule"].create(
            {
                "profile_id": (profile or cls.profile).id,
                "code": code,
                "name": code.title(),
                **values,
            }
        )

    def at(self, text):
        moment = datetime.fromisoformat(text)
        return self.company._regulation_utc(moment.date(), moment.time())

    def local(self, moment):
        return self.company._regulation_local(moment).strftime("%Y-%m-%d %H:%M")

    def start(self, code, start, login="a", record=None):
        record = record if record is not None else self.customers["xinghai"]
        return self.Deadline._start(
            record, code, start=self.at(start), user=self.users[login]
        )

    def retire_all(self):
        """No regulation in force anywhere, not even in the demo company."""
        self.env.flush_all()
        self.cr.execute("UPDATE regulation_profile SET state = 'retired'")
        self.env.invalidate_all()
        self.registry.clear_cache("stable")
        self.env["regulation.profile"]._regulated_companies()
        self.env.company.resource_calendar_id.mapped("tz")
        self.customers["xinghai"].mapped("name")

    def due(self, code, start):
        rule = self.profile.deadline_rule_ids.filtered(lambda rule: rule.code == code)
        return self.local(self.Deadline._due_at(self.company, rule, self.at(start)))

    def watch(self, moment):
        with freeze_time(self.at(moment)), self.enter_registry_test_mode():
            self.env.ref("sales_regulation.ir_cron_deadline").method_direct_trigger()
        self.env.invalidate_all()


@tagged("post_install", "-at_install")
class TestUnits(DeadlineCommon):
    """The figures of the storyline."""

    def test_step_4_monthly_plan_rolls_back(self):
        """Ten days before 04-01 is Sunday 03-22: due Friday 03-20."""
        self.assertEqual(self.due("plan", "2026-04-01 00:00"), "2026-03-20 23:59")
        for handed_in, state in (("2026-03-20 17:00", "kept"), ("2026-03-21 09:00", "breached")):
            self.start("plan", "2026-04-01 00:00")
            ended = self.Deadline._done(
                self.customers["xinghai"], "plan", at=self.at(handed_in)
            )
            self.assertEqual(ended.state, state)

    def test_step_6_log_before_nine(self):
        for handed_in, state in (("2026-03-03 08:55", "kept"), ("2026-03-03 09:05", "breached")):
            self.start("log", "2026-03-02 18:00")
            ended = self.Deadline._done(self.customers["xinghai"], "log", at=self.at(handed_in))
            self.assertEqual((self.local(ended.due_at), ended.state), ("2026-03-03 09:00", state))

    def test_step_6_manager_replies_within_a_working_day(self):
        self.assertEqual(self.due("manager_reply", "2026-03-06 17:30"), "2026-03-09 18:00")

    def test_step_13_visit_record(self):
        for end, entered, state, late in (
            ("2026-03-03 16:00", "2026-03-04 15:30", "kept", 0),
            ("2026-03-12 11:00", "2026-03-13 11:20", "breached", 20),
        ):
            self.start("contact", end)
            ended = self.Deadline._done(self.customers["xinghai"], "contact", at=self.at(entered))
            self.assertEqual((ended.state, ended.breach_minutes), (state, late))

    def test_step_14_customer_change(self):
        self.assertEqual(self.due("contact", "2026-03-10 09:00"), "2026-03-11 09:00")

    def test_step_21_original_back(self):
        """12, 13, 16, 17, 18 March."""
        self.assertEqual(self.due("original_back", "2026-03-11 10:00"), "2026-03-18 18:00")

    def test_step_27_ship_in_two_calendar_days(self):
        self.assertEqual(self.due("ship", "2026-03-19 11:00"), "2026-03-21 23:59")

    def test_step_33_complaint_has_three_clocks(self):
        self.start("contact", "2026-03-06 14:00")
        ended = self.Deadline._done(
            self.customers["xinghai"], "contact", at=self.at("2026-03-09 09:10")
        )
        self.assertEqual(self.local(ended.due_at), "2026-03-07 14:00")
        self.assertEqual(ended.breach_minutes, 43 * 60 + 10)
        self.assertEqual(self.due("answer", "2026-03-06 14:00"), "2026-03-11 18:00")
        self.assertEqual(self.due("answer_major", "2026-03-06 14:00"), "2026-03-17 18:00")

    def test_step_35_inquiry_and_quality(self):
        self.assertEqual(self.due("inquiry", "2026-03-16 15:00"), "2026-03-17 15:00")
        self.assertEqual(self.due("quality", "2026-03-16 15:00"), "2026-03-18 15:00")

    def test_step_24_same_day(self):
        self.assertEqual(self.due("remit", "2026-03-13 16:00"), "2026-03-13 23:59")

    def test_promptly_is_the_profile_s_figure(self):
        self.assertEqual(self.due("soon", "2026-03-06 14:00"), "2026-03-07 14:00")

    def test_a_start_after_the_same_day_cut_off_counts_for_the_next_day(self):
        draft = self.profile.copy()
        rule = self._rule("order", profile=draft, unit="cutoff", cutoff_hour=15, cutoff_day="same")
        due = self.Deadline._due_at
        for start, expected in (("10:00", "2026-03-06 15:00"), ("16:00", "2026-03-07 15:00")):
            found = due(self.company, rule, self.at(f"2026-03-06 {start}"))
            self.assertEqual(self.local(found), expected)
        rule.roll = "next"
        found = due(self.company, rule, self.at("2026-03-06 16:00"))
        self.assertEqual(self.local(found), "2026-03-09 15:00")

    def test_exactly_on_time_is_kept(self):
        self.start("contact", "2026-03-06 14:00")
        ended = self.Deadline._done(
            self.customers["xinghai"], "contact", at=self.at("2026-03-07 14:00")
        )
        self.assertEqual(ended.state, "kept")

    def test_elapsed_hours_over_the_change_of_the_clock(self):
        """Berlin: 24 hours over the short night end an hour later on the clock."""
        self.calendar.tz = "Europe/Berlin"
        self.assertEqual(self.due("contact", "2026-03-28 14:00"), "2026-03-29 15:00")
        self.assertEqual(self.due("inquiry", "2026-03-28 14:00"), "2026-03-29 14:00")

    def test_rules_are_checked(self):
        draft = self.profile.copy()
        for values in (
            {"unit": "hours", "value": 0},
            {"unit": "working_days", "value": 1.5},
            {"unit": "hours", "value": 1, "escalate_to": "role"},
        ):
            with self.assertRaises(ValidationError), self.cr.savepoint():
                self._rule("x", profile=draft, **values)


@tagged("post_install", "-at_install")
class TestDeadline(DeadlineCommon):
    def test_without_regulation_nothing_happens_and_costs_nothing(self):
        self.retire_all()
        with self.assertQueryCount(0):
            self.assertFalse(self.start("contact", "2026-03-06 14:00"))
            self.assertFalse(self.Deadline._done(self.customers["xinghai"], "contact"))

    def test_unknown_code_starts_nothing(self):
        self.assertFalse(self.start("nonsense", "2026-03-06 14:00"))

    def test_a_running_clock_is_not_started_again(self):
        first = self.start("contact", "2026-03-06 14:00")
        self.assertFalse(self.start("contact", "2026-03-07 14:00"))
        self.assertEqual(self.local(first.due_at), "2026-03-07 14:00")

    def test_two_who_start_the_same_clock_at_once(self):
        """The second saw no running clock: its request is replayed, and then sees it."""
        self.start("contact", "2026-03-06 14:00")
        stale = self.Deadline.browse()
        with (
            patch.object(self.registry["regulation.deadline"], "_running", lambda *_a: stale),
            mute_logger("odoo.sql_db"),
            self.assertRaises(ConcurrencyError),
            self.cr.savepoint(),
        ):
            self.start("contact", "2026-03-06 14:00")

    def test_stricter_rule_of_the_same_code(self):
        """24 hours and one day, both about the same step (decisions, T1)."""
        draft = self.profile.copy()
        self._rule("contact", profile=draft, unit="calendar_days", value=1)
        self._rule("contact", profile=draft, unit="hours", value=2)
        draft.assignment_ids = [Command.create({"company_id": self.company.id})]
        draft.date_from = date(2021, 1, 1)
        draft.with_user(self.users["gm"])._publish("active")
        self.assertEqual(
            self.local(self.start("contact", "2026-03-06 14:00").due_at), "2026-03-06 16:00"
        )

    def test_result_is_frozen(self):
        """A new version judges new deadlines; what runs keeps the one it began under."""
        running = self.start("contact", "2026-03-06 14:00")
        draft = self.profile.copy()
        draft.deadline_rule_ids.filtered(lambda rule: rule.code == "contact").value = 100
        draft.assignment_ids = [Command.create({"company_id": self.company.id})]
        draft.date_from = date(2021, 1, 1)
        draft.with_user(self.users["gm"])._publish("active")
        self.assertEqual(self.local(running.due_at), "2026-03-07 14:00")
        self.assertEqual(running.profile_id, self.profile)
        ended = self.Deadline._done(
            self.customers["xinghai"], "contact", at=self.at("2026-03-07 14:10")
        )
        self.assertEqual((ended.state, ended.breach_minutes), ("breached", 10))

    def test_rule_of_a_published_regulation_is_fixed(self):
        rule = self.profile.deadline_rule_ids[0]
        with self.assertRaises(UserError):
            rule.value = 99

    def test_cron_notes_a_breach_once_and_tells_the_superior(self):
        deadline = self.start("contact", "2026-03-06 14:00")
        self.watch("2026-03-07 13:00")
        self.assertEqual(deadline.state, "open")
        self.watch("2026-03-07 14:15")
        self.assertEqual(deadline.state, "overdue")
        self.watch("2026-03-07 15:15")
        rows = self.env["regulation.register"].search(
            [("event", "=", "deadline_breached"), ("res_id", "=", self.customers["xinghai"].id)]
        )
        self.assertEqual(rows.mapped("code"), ["contact"])
        self.assertEqual(rows.subject_id, self.users["a"])
        self.assertEqual(deadline.escalated_to_id, self.users["km"])
        task = self.customers["xinghai"].activity_ids
        self.assertEqual(task.user_id, self.users["km"])
        # Done at last: the minutes are fixed, no second row, the task is gone
        with freeze_time(self.at("2026-03-09 09:10")):
            self.Deadline.with_user(self.users["a"])._done(self.customers["xinghai"], "contact")
        self.assertEqual((deadline.state, deadline.breach_minutes), ("breached", 2590))
        self.assertEqual(deadline.done_by_id, self.users["a"])
        self.assertEqual(len(rows.search([("id", "in", rows.ids)])), 1)
        self.assertFalse(task.exists())

    def test_cron_warns_in_time(self):
        draft = self.profile.copy()
        self._rule("bill", profile=draft, unit="hours", value=24, warn_before=4)
        draft.assignment_ids = [Command.create({"company_id": self.company.id})]
        draft.date_from = date(2021, 1, 1)
        draft.with_user(self.users["gm"])._publish("active")
        deadline = self.start("bill", "2026-03-06 14:00")
        self.watch("2026-03-07 09:59")
        self.assertFalse(deadline.warned_at)
        self.watch("2026-03-07 10:00")
        self.assertTrue(deadline.warned_at)
        self.assertEqual(self.customers["xinghai"].activity_ids.user_id, self.users["a"])

    def test_escalation_to_a_role(self):
        draft = self.profile.copy()
        self._rule(
            "bill",
            profile=draft,
            unit="hours",
            value=1,
            escalate_to="role",
            escalation_role_id=self.roles["director"].id,
        )
        draft.assignment_ids = [Command.create({"company_id": self.company.id})]
        draft.date_from = date(2021, 1, 1)
        draft.with_user(self.users["gm"])._publish("active")
        deadline = self.start("bill", "2026-03-06 14:00")
        self.watch("2026-03-06 16:00")
        self.assertEqual(deadline.escalated_to_id, self.users["gm"])

    def test_document_that_is_gone(self):
        partner = self.env["res.partner"].create({"name": "Short-lived"})
        deadline = self.start("contact", "2026-03-06 14:00", record=partner)
        partner.unlink()
        self.watch("2026-03-09 09:00")
        self.assertEqual(deadline.state, "cancelled")

    def test_one_bad_record_does_not_stop_the_others(self):
        bad = self.start("contact", "2026-03-06 14:00")
        good = self.start("contact", "2026-03-06 14:00", record=self.customers["beihe"])
        cls = self.registry["regulation.deadline"]
        original = cls._note_overdue

        def note(records):
            if bad in records:
                raise ValueError("bad record")
            return original(records)

        self.patch(cls, "_note_overdue", note)
        with self.assertLogs("odoo.addons.sales_regulation.models.engine.regulation_deadline"):
            self.watch("2026-03-09 09:00")
        self.assertEqual((bad.state, good.state), ("open", "overdue"))

    def test_batches(self):
        partners = self.env["res.partner"].create([{"name": str(number)} for number in range(7)])
        self.start("contact", "2026-03-06 14:00", record=partners)
        self.patch(self.registry["ir.cron"], "_commit_progress", lambda *_args, **_kwargs: 60.0)
        with freeze_time(self.at("2026-03-09 09:00")):
            self.Deadline._cron_watch(batch=3)
        states = self.Deadline.search([("res_id", "in", partners.ids)]).mapped("state")
        self.assertEqual(states, ["overdue"] * 7)

    def test_a_planned_start_moves_only_before_it_has_come(self):
        with freeze_time(self.at("2026-03-05 09:00")):
            self.start("contact", "2026-03-06 14:00")
            moved = self.Deadline._move(
                self.customers["xinghai"], "contact", self.at("2026-03-09 14:00")
            )
            self.assertEqual(self.local(moved.due_at), "2026-03-10 14:00")
            self.assertEqual(moved.user_id, self.users["a"])
        with freeze_time(self.at("2026-03-09 15:00")), self.assertRaises(UserError):
            self.Deadline._move(self.customers["xinghai"], "contact", self.at("2026-03-10 14:00"))

    def test_nobody_writes_a_deadline(self):
        deadline = self.start("contact", "2026-03-06 14:00")
        later = deadline.due_at + timedelta(days=30)
        for user in (self.users["a"], self.users["adm"], self.env.user):
            row = deadline.with_user(user).with_context(regulation_engine=True)
            for attack in (
                lambda row=row: row.write({"due_at": later}),
                lambda row=row: row.sudo().write({"state": "kept"}),
                lambda row=row: row.sudo().unlink(),
                lambda row=row: row.sudo().create({"code": "x"}),
            ):
                with self.assertRaises(AccessError), self.cr.savepoint():
                    attack()

    @users("reg_a")
    def test_everybody_sees_his_own(self):
        mine = self.start("contact", "2026-03-06 14:00", login="a")
        other = self.start("contact", "2026-03-06 14:00", login="t", record=self.customers["beihe"])
        self.assertEqual(self.env["regulation.deadline"].search([]), mine)
        with self.assertRaises(AccessError):
            other.with_env(self.env).read(["due_at"])
        km = self.users["km"]
        self.assertEqual(
            self.env["regulation.deadline"].with_user(km).search_count([("id", "in", (mine | other).ids)]), 2
        )

    def test_starting_and_ending_many_costs_as_much_as_one(self):
        partners = self.env["res.partner"].create([{"name": str(n)} for n in range(82)])
        with freeze_time(self.at("2026-03-06 14:00")):
            self.start("contact", "2026-03-06 14:00", record=partners[0])
            counts = []
            for batch in (partners[1], partners[2:]):
                self.env.invalidate_all()
                before = self.cr.sql_log_count
                self.start("contact", "2026-03-06 14:00", record=batch)
                self.Deadline._done(batch, "contact")
                self.env.flush_all()
                counts.append(self.cr.sql_log_count - before)
        self.assertLessEqual(counts[1], counts[0] + 2, "a constant number of queries")

    def test_list_costs_the_same_for_1_and_80(self):
        partners = self.env["res.partner"].create([{"name": str(n)} for n in range(81)])
        deadlines = self.start("contact", "2026-03-06 14:00", record=partners)
        rep = deadlines.with_user(self.users["a"])
        names = ["name", "display_name", "state", "is_late", "user_id", "due_at"]
        rep[0].read(names)
        counts = []
        for batch in (rep[0], rep[1:]):
            self.env.invalidate_all()
            before = self.cr.sql_log_count
            batch.read(names)
            counts.append(self.cr.sql_log_count - before)
        self.assertLessEqual(counts[1], counts[0])
