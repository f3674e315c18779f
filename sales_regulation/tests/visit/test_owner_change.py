# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo.exceptions import UserError
from odoo.tests import tagged

from .common import VisitCommon
from .test_plan import PlanCommon


class OwnerChangeCommon(PlanCommon):
    """Xinghai is A's and visited weekly; whoever does not contact him for seven days loses him."""

    settings = {"visit_plan_approval": False, "ownership_mode": "keep", "ownership_days": 7}

    def setUp(self):
        super().setUp()
        self.xinghai = self.customers["xinghai"]
        with self.at("2026-03-02 00:30"):
            self._commit_and_follow("ir_cron_recycle")

    def instances(self, moment):
        duty = self.duties.filtered(lambda duty: duty.code == "key")
        with self.at(moment):
            duty._create_instances()
            self.env["regulation.duty.instance"]._judge_ended()
        return duty.instance_ids.sorted("period_start")

    def taken_over(self, moment="2026-03-18 10:00"):
        with self.at(moment):
            self.xinghai.with_user(self.users["b"]).action_register_customer()
        self.assertEqual(self.xinghai.user_id, self.users["b"])


@tagged("post_install", "-at_install")
class TestOwnerChange(OwnerChangeCommon):
    """C09, C10: only periods wholly in one hand are judged; the old plan ends."""

    def test_duty_of_the_week_is_void(self):
        """B takes over on Wednesday: this week is nobody's, the next is B's."""
        weeks = self.instances("2026-03-09 01:00") | self.instances("2026-03-16 01:00")
        self.assertEqual(weeks.mapped("state"), ["missed", "missed", "open"])
        self.assertTrue(weeks[2].activity_ids)
        self.taken_over()
        self.assertEqual(weeks.mapped("state"), ["missed", "missed", "void"])
        self.assertFalse(weeks[2].activity_ids)
        self.assertEqual(self.instances("2026-03-19 01:00"), weeks, "B owes nothing this week")
        week = self.instances("2026-03-23 01:00") - weeks
        self.assertEqual((week.user_id, week.state), (self.users["b"], "open"))

    def test_a_visit_in_the_void_week(self):
        """It closes nothing, neither for A nor for B."""
        week = self.instances("2026-03-16 01:00")[-1:]
        self.taken_over()
        with self.at("2026-03-19 11:00"):
            self.contact("b", channel="visit").action_hand_in()
        self.assertEqual(week.state, "void")

    def test_done_stays_done(self):
        with self.at("2026-03-16 00:30"):
            week = self.instances("2026-03-16 01:00")[-1:]
        with self.at("2026-03-16 11:00"):
            self.contact("a", channel="visit").action_hand_in()
        self.assertEqual(week.state, "done")
        with self.at("2026-03-17 10:00"):
            self.env["customer.registration"]._transfer(self.xinghai, self.users["b"], "override")
        self.assertEqual(week.state, "done")

    def test_not_in_the_compliance(self):
        """The report judges it for nobody, the duty does not count it."""
        weeks = self.instances("2026-03-09 01:00") | self.instances("2026-03-16 01:00")
        self.taken_over()
        self.env.flush_all()
        with self.at("2026-03-24 10:00"):
            rows = self.env["visit.compliance.report"].search(
                [("partner_id", "=", self.xinghai.id), ("kind", "=", "frequency")]
            )
        self.assertEqual(
            sorted(rows.mapped("day")), [week.period_start for week in weeks if week.state != "void"]
        )
        self.assertEqual(len(rows), 2)
        self.assertEqual(weeks.duty_id.open_count, 0)

    def test_given_up(self):
        week = self.instances("2026-03-16 01:00")[-1:]
        with self.at("2026-03-17 10:00"):
            self.xinghai.with_user(self.users["a"]).action_give_up_customer()
        self.assertEqual(week.state, "void")

    def test_planned_visits_end(self):
        """What is over stays; what is to come is not asked for, in the calendar neither."""
        with self.at("2026-03-02 10:00"):
            plan = self.plan(
                month="2026-03-01",
                line_ids=[
                    self.line("2026-03-10 10:00"),
                    self.line("2026-03-18 09:30"),
                    self.line("2026-03-24 10:00"),
                    self.line("2026-03-25 10:00", "beihe"),
                ],
            )
            plan.action_submit()
        past, running, ahead, other = plan.line_ids.sorted("start")
        with self.at("2026-03-02 10:00"):
            managers = self.plan("km", month="2026-03-01", line_ids=[self.line("2026-03-24 14:00")])
            managers.action_submit()
        self.taken_over()
        self.assertEqual(plan.line_ids.filtered("ended_on"), ahead)
        self.assertEqual(str(ahead.ended_on), "2026-03-18")
        self.assertFalse(ahead.event_id.active)
        self.assertEqual(ahead.event_id.visit_state, "cancelled")
        self.assertFalse(self.clock(ahead.event_id, "visit_record"))
        for line in (past, running, other):
            self.assertTrue(line.event_id.active)
        self.assertFalse(managers.line_ids.ended_on, "the manager visits him all the same")
        rows = self.env["regulation.register"].search(
            [("event", "=", "visit_cancelled"), ("res_id", "=", ahead.event_id.id)]
        )
        self.assertEqual((rows.user_id, rows.subject_id), (self.users["b"], self.users["a"]))
        for record in (ahead, ahead.sudo()):
            with self.assertRaises(UserError):
                record.write({"ended_on": False})

    def test_draft_plan_of_the_former_owner(self):
        """Its line does not go into the calendar, and its approval is not asked for again."""
        with self.at("2026-03-17 10:00"):
            plan = self.plan(line_ids=[self.line(), self.line("2026-04-03 10:00", "beihe")])
            self.assertGreater(plan.coverage_due, 0)
        self.taken_over()
        lost = plan.line_ids.filtered("ended_on")
        self.assertEqual(lost.partner_id, self.xinghai)
        with self.at("2026-03-19 10:00"):
            plan.action_submit()
        self.assertEqual(plan.state, "approved")
        self.assertFalse(lost.event_id)
        self.assertTrue((plan.line_ids - lost).event_id)

    def test_coverage_of_the_new_owner(self):
        """The cadence asks B from the first period that is wholly his."""
        with self.at("2026-03-18 09:00"):
            before = self.plan("b")
            self.assertEqual(before.coverage_due, 0)
            march = self.plan("a", month="2026-03-01")
            weeks = march.coverage_due
        self.assertEqual(weeks, 6, "four weeks of March and two blocks")
        self.taken_over()
        with self.at("2026-03-18 11:00"):
            self.env.invalidate_all()
            self.assertEqual(before.coverage_due, 5, "all weeks of April")
            self.assertEqual(march.coverage_due, 2, "the blocks of Beihe")
            mine = self.plan("b", month="2026-03-01")
            self.assertEqual(mine.coverage_due, 1, "the last week of March")
            before.action_propose()
        self.assertEqual(before.coverage, 100.0)

    def test_in_a_constant_number_of_queries(self):
        many = self.env["res.partner"].create(
            [{"name": f"Many {n}", "company_id": self.company.id, "ref": "key"} for n in range(82)]
        )
        with self.at("2026-03-02 10:00"):
            many.write({"user_id": self.users["a"].id})
            self.instances("2026-03-16 01:00")

        def count(partners):
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            self.env["customer.registration"]._leave(partners, self.users["a"])
            self.env.flush_all()
            return self.env.cr.sql_log_count - before

        with self.at("2026-03-18 10:00"):
            count(many[:1])  # what is asked once for all
            self.assertEqual(count(many[1:2]), count(many[2:]))


@tagged("post_install", "-at_install")
class TestPlanMonth(PlanCommon):
    """A month is read as a month, in the reader's language."""

    def test_in_words(self):
        self.env["res.lang"]._activate_lang("zh_CN")
        plan = self.plan(month="2026-12-01")
        self.assertEqual(plan.month_name, "December 2026")
        self.assertEqual(plan.with_context(lang="zh_CN").month_name, "2026年12月")
        self.assertEqual(plan.display_name, "December 2026 Wang Fang")


@tagged("post_install", "-at_install")
class TestInterest(VisitCommon):
    """S4-286: whoever is interested is followed up without delay."""

    @classmethod
    def _prepare_profile(cls):
        cls._rule("interest", unit="hours", value=24)

    def interested(self, **values):
        with self.at("2026-03-03 10:00"):
            contact = self.contact(interested=True, **values)
            contact.action_hand_in()
        return contact

    def test_next_contact_ends_it(self):
        contact = self.interested()
        clock = self.clock(contact, "interest")
        self.assertEqual(self.local(clock.due_at), "2026-03-04 10:00")
        with self.at("2026-03-03 15:00"):
            self.contact(outcome="no_answer").action_hand_in()
        self.assertEqual(clock.state, "open", "nobody was reached")
        with self.at("2026-03-04 10:00"):
            self.contact().action_hand_in()
        self.assertEqual((clock.state, clock.user_id), ("kept", self.users["a"]))

    def test_proposal_ends_it(self):
        contact = self.interested()
        with self.at("2026-03-04 10:01"):
            lead = self.env["crm.lead"].with_user(self.users["a"]).create(
                {"name": "New line", "partner_id": self.customers["xinghai"].id}
            )
            lead.env["solution.proposal"].create({"lead_id": lead.id}).action_submit()
        clock = self.clock(contact, "interest")
        self.assertEqual((clock.state, clock.breach_minutes), ("breached", 1))

    def test_taken_back(self):
        contact = self.interested()
        with self.at("2026-03-03 11:00"):
            contact.action_correct("Another customer")
        self.assertFalse(self.clock(contact, "interest"))

    def test_the_answer_is_taken_back(self):
        """Whom a contact had answered waits again; a proposal meanwhile answers as well."""
        contact = self.interested()
        clock = self.clock(contact, "interest")
        with self.at("2026-03-03 15:00"):
            fake = self.contact()
            fake.action_hand_in()
        self.assertEqual(clock.state, "kept")
        with self.at("2026-03-03 16:00"):
            fake.action_correct("Never happened")
        self.assertEqual((clock.state, clock.done_at), ("open", False))
        with self.at("2026-03-03 17:00"):
            fake = self.contact()
            fake.action_hand_in()
        with self.at("2026-03-04 10:01"):
            lead = self.env["crm.lead"].with_user(self.users["a"]).create(
                {"name": "New line", "partner_id": self.customers["xinghai"].id}
            )
            lead.env["solution.proposal"].create({"lead_id": lead.id}).action_submit()
        self.assertEqual(clock.state, "kept")
        with self.at("2026-03-05 10:00"):
            fake.action_correct("Never happened")
        self.assertEqual((clock.state, clock.breach_minutes), ("breached", 1))
        self.assertEqual(clock.done_at, self.utc("2026-03-04 10:01"))

    def test_without_interest(self):
        with self.at("2026-03-03 10:00"):
            contact = self.contact()
            contact.action_hand_in()
        self.assertFalse(self.clock(contact, "interest"))
