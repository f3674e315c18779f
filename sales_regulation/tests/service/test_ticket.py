# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from freezegun import freeze_time

from odoo import fields
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import tagged

from odoo.addons.sales_regulation.tools import engine

from ..common import RegulationCommon
from .common import ServiceProfiles


@tagged("post_install", "-at_install")
class TestTicket(ServiceProfiles, RegulationCommon):
    """C11: from the complaint to the satisfied customer."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.profile = cls._service_profile()
        cls.customers["xinghai"].user_id = cls.users["a"]
        cls.env.flush_all()

    def test_registered_at_once(self):
        """S3-34, S3-35: number, owner, coordinator and his task, clocks, register."""
        ticket = self._ticket("b")
        self.assertTrue(ticket.name.startswith("TK/"))
        # The customer's salesperson owns it, whoever took the call
        self.assertEqual(ticket.sudo().user_id, self.users["a"])
        self.assertEqual(ticket.sudo().coordinator_id, self.users["km"])
        self.assertEqual(ticket.sudo().team_id, self.teams["ka"])
        tasks = ticket.sudo().activity_ids
        self.assertEqual(tasks.user_id, self.users["km"])
        self.assertEqual(set(self._clock(ticket, "ticket_contact").mapped("state")), {"open"})
        self.assertEqual(self._clock(ticket, "ticket_answer").user_id, self.users["a"])
        self.assertFalse(self._clock(ticket, "ticket_answer_major"))
        row = self._rows("ticket", ticket)
        self.assertEqual((row.user_id, row.subject_id), (self.users["b"], self.users["a"]))

    def test_satisfaction_loop(self):
        """S3-39 to S3-41: not satisfied opens it again, as often as it takes."""
        ticket = self._ticket()
        department = self._as(ticket, "km")
        for loop in (0, 1, 2):
            self.assertEqual(ticket.loops, loop)
            department.action_answer(f"Answer {loop}", "Replaced")
            with self.assertRaises(UserError) as refused:
                ticket.action_close()
            self.assertIn("satisfied", str(refused.exception))
            self.assertEqual(ticket.state, "answered")
            if loop < 2:
                ticket.action_record_satisfaction(False, "phone", feedback="Ms. Lin: again bent")
                self.assertEqual(ticket.state, "reopened")
        self.assertEqual(len(self._clock(ticket, "ticket_answer")), 3)
        ticket.action_record_satisfaction(True, "phone", score=90, feedback="Ms. Lin: fine now")
        self.assertRecordValues(
            ticket,
            [{"state": "closed", "result": "satisfied", "result_source": "phone", "loops": 2}],
        )
        self.assertEqual(ticket.result_by_id, self.users["a"])
        answers = self.env["sales.satisfaction"].search([("ticket_id", "=", ticket.id)], order="id")
        self.assertEqual(answers.mapped("score"), [0, 0, 90])
        self.assertEqual(answers.user_id, self.users["a"])
        self.assertEqual(len(self._rows("ticket_reopened", ticket)), 2)
        self.assertFalse(
            self.env["regulation.deadline"].search(
                [
                    ("res_model", "=", "sales.ticket"),
                    ("res_id", "=", ticket.id),
                    ("state", "in", ("open", "overdue")),
                ]
            )
        )

    def test_whoever_answered_does_not_judge(self):
        """Nobody says of his own work that the customer is satisfied, not in a later round either."""
        ticket = self._ticket()
        ticket.action_answer("We look at it")
        with self.assertRaises(AccessError):
            ticket.action_record_satisfaction(True, "phone", feedback="He said so")
        km = self._as(ticket, "km")
        km.action_record_satisfaction(False, "visit", feedback="Not yet")
        km.action_answer("Replaced")
        for person in (ticket, km):
            with self.assertRaises(AccessError):
                person.action_record_satisfaction(True, "phone", feedback="He said so")
        with self.assertRaises(UserError):
            self._as(ticket, "rm").action_record_satisfaction(True, "portal", feedback="x")
        with self.assertRaises(UserError):
            self._as(ticket, "rm").action_record_satisfaction(True, "phone", feedback=" ")
        for score in (101, -1, "many"):
            with self.assertRaises(UserError):
                self._as(ticket, "rm").action_record_satisfaction(True, "phone", score, "said")
        self._as(ticket, "rm").action_record_satisfaction(True, "phone", feedback="Ms. Lin")
        self.assertEqual(ticket.result, "satisfied")

    def test_no_reply(self):
        """The customer never answers: a manager closes after the days, counted separately."""
        ticket = self._ticket()
        ticket.action_answer("Replaced")
        km = self._as(ticket, "km")
        with self.assertRaises(UserError) as refused:
            km.action_close_no_reply("No answer to three calls")
        self.assertIn("7 days", str(refused.exception))
        with freeze_time(self._later(days=7, minutes=1)):
            for login in ("a", "b", "tm"):
                with self.subTest(login=login), self.assertRaises(AccessError):
                    self._as(ticket, login).action_close_no_reply("Please")
            with self.assertRaises(UserError):
                km.action_close_no_reply("")
            km.action_close_no_reply("No answer to three calls")
        self.assertRecordValues(ticket, [{"state": "closed", "result": "no_reply"}])
        self.assertFalse(self._rows("ticket_satisfied", ticket))
        self.assertTrue(self._rows("ticket_no_reply", ticket))
        self.assertFalse(self.env["sales.satisfaction"].search([("ticket_id", "=", ticket.id)]))

    def test_answerer_does_not_close_without_reply(self):
        ticket = self._ticket()
        self._as(ticket, "km").action_answer("Replaced")
        with freeze_time(self._later(days=8)), self.assertRaises(AccessError):
            self._as(ticket, "km").action_close_no_reply("Nothing heard")

    def test_modes(self):
        """Observe lets it close and notes it; kinds without satisfaction just close."""
        inquiry = self._ticket(kind="inquiry")
        inquiry.action_answer("Four weeks")
        inquiry.action_close()
        self.assertRecordValues(inquiry, [{"state": "closed", "result": "done"}])
        self.profile.with_user(self.users["gm"]).action_retire()
        self._service_profile(mode="observe")
        ticket = self._ticket()
        ticket.action_answer("Replaced")
        self.assertIn("satisfied", ticket.regulation_notice)
        ticket.action_close()
        self.assertEqual((ticket.state, ticket.result), ("closed", "done"))

    def test_severity(self):
        """Raised with a reason; lowered by the role, never by the owner; on record."""
        ticket = self._ticket()
        with self.assertRaises(UserError):
            ticket.action_set_severity("major", "")
        with self.assertRaises(UserError):
            ticket.action_set_severity("terrible", "x")
        ticket.action_set_severity("major", "The line stands still")
        self.assertEqual(ticket.severity, "major")
        self.assertEqual(self._clock(ticket, "ticket_answer").state, "cancelled")
        major = self._clock(ticket, "ticket_answer_major")
        self.assertEqual((major.state, major.started_at), ("open", ticket.received_at))
        for login in ("a", "b", "tm"):
            with self.subTest(login=login), self.assertRaises(AccessError):
                self._as(ticket, login).action_set_severity("ordinary", "Not so bad")
        self._as(ticket, "km").action_set_severity("ordinary", "One box only")
        self.assertEqual(ticket.severity, "ordinary")
        self.assertEqual(
            self._rows("ticket_severity", ticket).mapped("code"), ["ordinary", "major"]
        )
        self.assertEqual(self._clock(ticket, "ticket_answer")[0].state, "open")

    def test_severity_is_no_way_out(self):
        """What is overdue stays overdue when the severity is raised."""
        ticket = self._ticket()
        with freeze_time(self._later(days=9)):
            ticket.action_set_severity("major", "Very serious")
            self.assertIn(self._clock(ticket, "ticket_answer").state, ("open", "overdue"))
            ticket.action_answer("Replaced")
        self.assertEqual(self._clock(ticket, "ticket_answer").state, "breached")
        self.assertTrue(self._clock(ticket, "ticket_answer").breach_minutes > 0)

    def test_kind_and_owner(self):
        """Another kind or owner is the manager's, with a reason, and never the owner's own."""
        ticket = self._ticket()
        inquiry = self._kind("inquiry")
        with self.assertRaises(AccessError):
            ticket.action_set_kind(inquiry.id, "Only a question")
        with self.assertRaises(AccessError):
            ticket.action_assign(self.users["b"].id)
        km = self._as(ticket, "km")
        km.action_set_kind(inquiry.id, "Only a question")
        self.assertEqual(ticket.kind_id, inquiry)
        self.assertEqual(self._clock(ticket, "ticket_contact").state, "cancelled")
        self.assertEqual(self._clock(ticket, "ticket_inquiry").started_at, ticket.received_at)
        km.action_assign(self.users["b"].id)
        self.assertEqual(ticket.sudo().user_id, self.users["b"])
        with self.assertRaises(UserError):
            km.action_assign(self._portal_user().id)
        self.assertTrue(self._rows("ticket_owner", ticket))
        self.assertTrue(self._rows("ticket_kind", ticket))

    def test_clocks_pass_to_the_new_owner(self):
        """What runs in time is the new owner's; the register keeps who had it."""
        ticket = self._ticket()
        contact, answer = (self._clock(ticket, f"ticket_{code}") for code in ("contact", "answer"))
        due = answer.due_at
        self.assertEqual((contact | answer).user_id, self.users["a"])
        self._as(ticket, "km").action_assign(self.users["sgm"].id)
        self.assertEqual((contact | answer).user_id, self.users["sgm"])
        self.assertEqual((contact | answer).superior_id, self.users["gm"])
        self.assertEqual((answer.due_at, answer.started_at), (due, ticket.received_at))
        rows = self._rows("deadline_passed_on", ticket)
        self.assertEqual(set(rows.mapped("code")), {"ticket_contact", "ticket_answer"})
        self.assertEqual(rows.subject_id, self.users["a"])
        self.assertEqual(rows.user_id, self.users["km"])

    def test_a_late_clock_stays(self):
        """What is due already is his under whom it was late; the rest passes on."""
        ticket = self._ticket()
        with freeze_time(self._later(hours=24, minutes=1)):
            self._as(ticket, "km").action_assign(self.users["b"].id)
        self.assertEqual(self._clock(ticket, "ticket_contact").user_id, self.users["a"])
        self.assertEqual(self._clock(ticket, "ticket_answer").user_id, self.users["b"])
        self.assertEqual(self._rows("deadline_passed_on", ticket).code, "ticket_answer")

    def test_warning_passes_with_its_clock(self):
        ticket = self._ticket()
        clock = self._clock(ticket, "ticket_answer")
        engine(clock).write({"warn_at": fields.Datetime.now()})
        clock._warn()
        task = clock.warning_activity_id
        self.assertEqual(task.user_id, self.users["a"])
        self._as(ticket, "km").action_assign(self.users["b"].id)
        self.assertEqual(task.user_id, self.users["b"])

    def test_void(self):
        ticket = self._ticket()
        with self.assertRaises(AccessError):
            ticket.action_void("Was a joke")
        self._as(ticket, "km").action_void("Registered twice")
        self.assertEqual(ticket.state, "void")
        self.assertEqual(set(self._clock(ticket, "ticket_answer").mapped("state")), {"cancelled"})
        with self.assertRaises(UserError):
            ticket.action_answer("Too late")

    def test_mandatory(self):
        """What the kind demands is named when it is registered."""
        with self.assertRaises(ValidationError):
            self._ticket(partner_id=False)
        with self.assertRaises(ValidationError):
            self._ticket(kind="quality")
        ticket = self._ticket(kind="quality", product_id=self.product.id)
        self.assertTrue(self._clock(ticket, "ticket_dispatch"))
        with self.assertRaises(UserError):
            ticket.action_dispatch("")
        ticket.action_dispatch("TEC sends Mr. Hu")
        self.assertEqual(self._clock(ticket, "ticket_dispatch").state, "kept")
        with self.assertRaises(UserError):
            ticket.action_dispatch("again")

    def test_department(self):
        """The responsible department works on it, others do not."""
        department = self.env["hr.department"].create(
            {"name": "Quality", "company_id": self.company.id}
        )
        self.employees["pln"].department_id = department
        ticket = self._ticket()
        with self.assertRaises(AccessError):
            self._as(ticket, "pln").action_contact("Called")
        self._as(ticket, "km").action_assign(department_id=department.id)
        self._as(ticket, "pln").action_contact("Called")
        self._as(ticket, "pln").action_answer("Replaced")
        self.assertEqual(ticket.contacted_by_id, self.users["pln"])
        # S3-40: the representative tells the result and records the satisfaction
        ticket.action_record_satisfaction(True, "phone", feedback="Ms. Lin is content")
        self.assertEqual(ticket.result, "satisfied")

    def test_without_profile(self):
        """No regulation: a plain list of tickets, nothing runs and nothing is gated."""
        self.profile.with_user(self.users["gm"]).action_retire()
        ticket = self._ticket()
        ticket.action_answer("Replaced")
        ticket.action_close()
        self.assertEqual(ticket.state, "closed")
        self.assertFalse(self._clock(ticket, "ticket_contact"))
        self.assertFalse(self._rows("ticket", ticket))
        self.assertFalse(self.customers["xinghai"].regulation_ticket_count)

    def test_batch(self):
        """A dozen tickets at once: each has its steps and its clocks."""
        Deadline = self.env["regulation.deadline"]
        tickets = self.env["sales.ticket"].with_user(self.users["a"])
        for _number in range(12):
            tickets |= self._ticket()
        tickets.action_contact("Called all")
        tickets.action_answer("Replaced")
        self.assertEqual(set(tickets.mapped("state")), {"answered"})
        self.assertEqual(
            Deadline.search_count(
                [
                    ("res_model", "=", "sales.ticket"),
                    ("res_id", "in", tickets.ids),
                    ("state", "=", "kept"),
                ]
            ),
            24,
        )
