# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo.tests import tagged

from .common import StorylineCase


@tagged("post_install", "-at_install")
class TestStorylineWorkReport(StorylineCase):
    """Step 6: the log of a day, handed in by nine, answered within a working day."""

    def owe(self, moment):
        """The morning of that day: the duties of the day are laid on people."""
        self.at(moment)
        with self.enter_registry_test_mode():
            self.env.ref("sales_regulation.ir_cron_duty").method_direct_trigger()
        self.env.invalidate_all()

    def log(self, day, who="T"):
        """The log of a day as the button of the list makes it."""
        person = self.person(who)
        report = person.create("work.report", day=day)
        person.write("work.report", report, content="<p>47 calls, three are interested.</p>")
        return self.env["work.report"].browse(report)

    def hand_in(self, report, moment):
        self.at(moment)
        self.T.call("work.report", "action_hand_in", report.ids)
        return report

    def test_06_on_time_at_0855(self):
        self.owe("2026-03-02 08:00")
        report = self.hand_in(self.log("2026-03-02"), "2026-03-03 08:55")
        self.assertEqual(report.type_id.code, "call_log")
        self.assertFalse(report.is_late)
        self.assertEqual(report.state, "handed_in")
        instance = self.env["regulation.duty.instance"].search(
            [("document_model", "=", "work.report"), ("document_id", "=", report.id)]
        )
        self.assertEqual((instance.state, instance.user_id), ("done", self.users["t"]))

    def test_06_late_at_0905(self):
        self.owe("2026-03-02 08:00")
        report = self.hand_in(self.log("2026-03-02"), "2026-03-03 09:05")
        self.assertTrue(report.is_late)
        self.assertEqual(report.late_minutes, 5)
        deadline = self.env["regulation.deadline"].search(
            [("code", "=", "call_log"), ("user_id", "=", self.users["t"].id)]
        )
        self.assertEqual((deadline.state, deadline.breach_minutes), ("breached", 5))
        breach = self.env["regulation.register"].search(
            [("event", "=", "deadline_breached"), ("code", "=", "call_log")]
        )
        self.assertEqual(breach.subject_id.id, self.users["t"].id)

    def test_06_exactly_at_nine_is_on_time(self):
        self.owe("2026-03-02 08:00")
        report = self.hand_in(self.log("2026-03-02"), "2026-03-03 09:00")
        self.assertFalse(report.is_late)

    def test_06_the_manager_answers_until_monday_evening(self):
        """Friday's log, handed in on Friday 17:30: due at the end of Monday 03-09."""
        self.owe("2026-03-06 08:00")
        report = self.hand_in(self.log("2026-03-06"), "2026-03-06 17:30")
        [deadline] = self.env["regulation.deadline"].search(
            [("code", "=", "approval_work_report"), ("res_id", "=", report.id)]
        )
        due = self.company._regulation_local(deadline.due_at)
        self.assertEqual(due.strftime("%Y-%m-%d %H:%M"), "2026-03-09 18:00")
        with self.KM.refused(error="AccessError"):
            self.KM.call("regulation.approval", "action_approve", report.approval_ids.ids)
        self.at("2026-03-09 17:00")
        self.TM.call(
            "regulation.approval",
            "action_approve",
            report.approval_ids.ids,
            opinion="Call the three again on Tuesday.",
        )
        self.assertEqual(report.state, "answered")
        self.assertEqual(report.answer, "Call the three again on Tuesday.")
        self.assertEqual(report.answered_by_id, self.users["tm"])
        self.assertEqual(deadline.state, "kept")
