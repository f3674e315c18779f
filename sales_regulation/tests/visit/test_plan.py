# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from datetime import date

from psycopg2 import IntegrityError

from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, tagged
from odoo.tools import mute_logger

from .common import REFUSED, VisitCommon


class PlanCommon(VisitCommon):
    """Xinghai is to be visited weekly, Beihe every two weeks."""

    settings = {"visit_plan_approval": True}

    @classmethod
    def _prepare_profile(cls):
        cls._rule("visit_plan", unit="calendar_days", value=-1, roll="previous")
        duties = (
            {
                "code": "visit_plan",
                "name": "Plan the visits",
                "frequency": "monthly",
                "who": "role",
                "role_id": cls.roles["ka_rep"].id,
                "lead_days": 20,
                "counted_from": "start",
                "deadline_code": "visit_plan",
            },
            *(
                {
                    "code": code,
                    "name": code,
                    "frequency": frequency,
                    "who": "owner",
                    "subject_model": "res.partner",
                    "subject_domain": f"[('ref', '=', '{code}')]",
                    "contact_kind": "visit",
                }
                for code, frequency in (("key", "weekly"), ("secondary", "biweekly"))
            ),
        )
        cls.duties = cls.env["regulation.duty"].create(
            [{"profile_id": cls.profile.id, **values} for values in duties]
        )
        cls.customers["xinghai"].ref = "key"
        cls.customers["beihe"].ref = "secondary"

    def plan(self, login="a", **values):
        values.setdefault("month", "2026-04-01")
        return self.env["visit.plan"].with_user(self.users[login]).create(values)

    def line(self, start="2026-04-02 10:00", customer="xinghai", **values):
        return Command.create(
            {
                "partner_id": self.customers[customer].id,
                "start": self.utc(start),
                "purpose": "New product",
                **values,
            }
        )

    def approval(self, plan):
        return plan.sudo().approval_ids.filtered(lambda row: row.state == "pending")


@tagged("post_install", "-at_install")
class TestVisitPlan(PlanCommon):
    """C09: planned for a month, reviewed, and then in the calendar (S3-25 to S3-27)."""

    def test_proposed_from_the_cadence(self):
        """Weeks of April 2026: 03-30, 04-06, 13, 20, 27; blocks 03-30 and 04-13 (05-03 ends in April's)."""
        with self.at("2026-03-20 10:00"):
            plan = self.plan()
            self.assertEqual(plan.coverage, 0.0)
            self.assertIn("Xinghai", plan.coverage_missing)
            plan.action_propose()
        weekly = plan.line_ids.filtered(lambda line: line.partner_id == self.customers["xinghai"])
        days = [self.local(line.start)[:10] for line in weekly.sorted("start")]
        self.assertEqual(len(days), 5)
        self.assertEqual(days[0], "2026-04-01", "not before the month")
        self.assertEqual(plan.coverage, 100.0)
        self.assertFalse(plan.coverage_missing)
        before = plan.line_ids
        with self.at("2026-03-20 10:00"):
            plan.action_propose()
        self.assertEqual(plan.line_ids, before, "proposed once")
        calendar = {self.local(line.start)[:16] for line in before}
        self.assertEqual(len(calendar), len(before), "no two visits at one hour")

    def test_only_own_customers(self):
        with self.at("2026-03-20 10:00"):
            plan = self.plan("b")
            plan.action_propose()
        self.assertFalse(plan.line_ids)
        self.assertEqual(plan.coverage_due, 0)

    def test_running_contracts_are_proposed(self):
        with self.at("2026-03-05 10:00"):
            self._sign_contract(self._order("a", "nanfeng"))
        with self.at("2026-03-20 10:00"):
            plan = self.plan()
            plan.action_propose()
        self.assertIn(self.customers["nanfeng"], plan.line_ids.partner_id)

    def test_approved_plan_is_in_the_calendar(self):
        with self.at("2026-03-20 10:00"):
            plan = self.plan(line_ids=[self.line(), self.line("2026-04-09 14:00", "beihe")])
            plan.action_submit()
            self.assertEqual(plan.state, "submitted")
            self.assertFalse(plan.line_ids.event_id)
            approval = self.approval(plan)
            self.assertEqual(approval.step_ids.user_ids, self.users["km"])
            self._as(approval, "km").action_approve("Take the technician along")
        self.assertEqual(plan.state, "approved")
        self.assertEqual(plan.guidance, "Take the technician along")
        event = plan.line_ids.sorted("start")[0].event_id
        self.assertEqual(event.user_id, self.users["a"])
        self.assertEqual(event.visit_partner_id, self.customers["xinghai"])
        self.assertEqual(event.start, self.utc("2026-04-02 10:00"))
        self.assertTrue(event.visit_planned)
        self.assertEqual(event.visit_state, "planned")
        self.assertEqual(self.local(self.clock(event, "visit_record").due_at), "2026-04-03 11:00")

    def test_returned_with_guidance(self):
        """S3-27: the manager reviews the plan and advises."""
        with self.at("2026-03-20 10:00"):
            plan = self.plan(line_ids=[self.line()])
            plan.action_submit()
            self._as(self.approval(plan), "km").action_return("Beihe is missing")
            self.assertEqual(plan.state, "returned")
            self.assertEqual(plan.guidance, "Beihe is missing")
            plan.line_ids = [self.line("2026-04-09 14:00", "beihe")]
            plan.action_submit()
            self._as(self.approval(plan), "km").action_approve()
        self.assertEqual(len(plan.line_ids.event_id), 2)

    def test_nobody_approves_his_own(self):
        with self.at("2026-03-20 10:00"):
            plan = self.plan(line_ids=[self.line()])
            plan.action_submit()
            with self.assertRaises(REFUSED):
                self._as(self.approval(plan), "a").action_approve()

    def test_managers_plan_too(self):
        """S2-18, S4-253: their superior decides."""
        with self.at("2026-03-20 10:00"):
            plan = self.plan("km", line_ids=[self.line()])
            plan.action_submit()
            self.assertEqual(self.approval(plan).step_ids.user_ids, self.users["rm"])

    def test_handed_in_is_closed(self):
        with self.at("2026-03-20 10:00"):
            plan = self.plan(line_ids=[self.line()])
            plan.action_submit()
            line = plan.line_ids
            for act in (
                lambda: plan.write({"line_ids": [self.line("2026-04-03 10:00")]}),
                lambda: line.write({"start": self.utc("2026-04-03 10:00")}),
                lambda: line.unlink(),
                lambda: line.create(
                    {
                        "plan_id": plan.id,
                        "partner_id": self.customers["beihe"].id,
                        "start": self.utc("2026-04-03 10:00"),
                    }
                ),
                lambda: plan.write({"month": "2026-05-01"}),
                lambda: plan.unlink(),
                lambda: plan.write({"state": "approved"}),
                lambda: line.write({"event_id": 1}),
                lambda: plan.action_submit(),
            ):
                with self.assertRaises(REFUSED), self.cr.savepoint():
                    act()
                self.env.invalidate_all()

    def test_appointments_are_confirmed_any_time(self):
        """S3-26: what the customer has agreed to is ticked on the running plan."""
        with self.at("2026-03-20 10:00"):
            plan = self.plan(line_ids=[self.line()])
            plan.action_submit()
            self._as(self.approval(plan), "km").action_approve()
            line = plan.line_ids
            plan.write({"line_ids": [Command.update(line.id, {"appointment": True})]})
        self.assertTrue(line.event_id.visit_appointment)
        self.assertEqual(plan.state, "approved")

    def test_changed_plan_updates_the_calendar(self):
        with self.at("2026-03-20 10:00"):
            plan = self.plan(line_ids=[self.line(), self.line("2026-04-09 14:00", "beihe")])
            plan.action_submit()
            self._as(self.approval(plan), "km").action_approve()
            first, second = plan.line_ids.sorted("start")
            events = first.event_id | second.event_id
            plan.action_revise()
            self.assertEqual(plan.state, "draft")
            first.start = self.utc("2026-04-03 10:00")
            second.unlink()
            self.assertEqual(events[1].visit_state, "cancelled")
            plan.action_submit()
            self._as(self.approval(plan), "km").action_approve()
        self.assertEqual(first.event_id, events[0])
        self.assertEqual(events[0].start, self.utc("2026-04-03 10:00"))
        self.assertEqual(self.local(self.clock(events[0], "visit_record").due_at), "2026-04-04 11:00")

    def test_what_is_over_stays(self):
        with self.at("2026-03-20 10:00"):
            plan = self.plan(line_ids=[self.line()])
            plan.action_submit()
            self._as(self.approval(plan), "km").action_approve()
        with self.at("2026-04-02 12:00"):
            plan.action_revise()
            line = plan.line_ids
            with self.assertRaises(UserError):
                line.start = self.utc("2026-04-20 10:00")
            with self.assertRaises(UserError):
                line.unlink()

    def test_changed_while_it_waits(self):
        """An approval counts for the content that was seen (invariant 3)."""
        with self.at("2026-03-20 10:00"):
            plan = self.plan(line_ids=[self.line()])
            plan.action_submit()
            approval = self.approval(plan)
            plan.action_revise()
            self.assertEqual(approval.state, "withdrawn")
            self.assertEqual(plan.state, "draft")
            with self.assertRaises(REFUSED):
                self._as(approval, "km").action_approve()

    def test_what_a_line_needs(self):
        with self.at("2026-03-20 10:00"):
            empty = self.plan()
            with self.assertRaisesRegex(UserError, "at least one"):
                empty.action_submit()
            empty.line_ids = [self.line("2026-05-01 10:00")]
            with self.assertRaisesRegex(UserError, "month of the plan"):
                empty.action_submit()
            empty.line_ids = [Command.clear(), self.line(purpose=False)]
            with self.assertRaisesRegex(UserError, "what is the visit for"):
                empty.action_submit()

    def test_borders_of_the_month_are_the_companys(self):
        """00:30 on 04-01 in Shanghai is 03-31 in London."""
        with self.at("2026-03-20 10:00"):
            plan = self.plan(line_ids=[self.line("2026-04-01 00:30")])
            plan.action_submit()
        self.assertEqual(plan.state, "submitted")

    def test_due_before_the_month(self):
        """Due on the last day of March; a plan handed in then is in time."""
        with self.at("2026-03-15 10:00"):
            self.duties[0]._create_instances()
        instance = self.duties[0].instance_ids.filtered(
            lambda row: row.user_id == self.users["a"] and row.period_start == date(2026, 4, 1)
        )
        self.assertEqual(self.local(instance.due_at), "2026-03-31 23:59")
        with self.at("2026-03-31 23:00"):
            self.plan(line_ids=[self.line()]).action_submit()
        self.assertEqual(instance.state, "done")
        self.assertEqual(self.clock(instance, "visit_plan").state, "kept")

    def test_one_plan_a_month_and_for_oneself(self):
        plan = self.plan(month="2026-04-17")
        self.assertEqual(plan.month, date(2026, 4, 1))
        with self.assertRaises(IntegrityError), mute_logger("odoo.sql_db"), self.cr.savepoint():
            self.plan()
        with self.assertRaises(AccessError):
            self.plan("b", month="2026-05-01", user_id=self.users["a"].id)
        self.assertFalse(self._as(plan, "b").has_access("read"))
        self.assertTrue(self._as(plan, "km").has_access("read"))
        self.assertFalse(self._as(plan, "km").has_access("write"))

    def test_customer_of_another_company(self):
        other = self.env["res.company"].create({"name": "Sister"})
        theirs = self.env["res.partner"].create({"name": "Theirs", "company_id": other.id})
        with self.assertRaises(REFUSED):
            self.plan(
                line_ids=[
                    Command.create({"partner_id": theirs.id, "start": self.utc("2026-04-02 10:00")})
                ]
            )

    def test_closed_after_the_month(self):
        with self.at("2026-03-20 10:00"):
            plan = self.plan(line_ids=[self.line()])
            plan.action_submit()
            self._as(self.approval(plan), "km").action_approve()
            with self.assertRaises(UserError):
                plan.action_close()
        with self.at("2026-05-01 00:10"):
            plan.action_close()
        self.assertEqual(plan.state, "closed")

    def test_form(self):
        with self.at("2026-03-20 10:00"), Form(
            self.env["visit.plan"].with_user(self.users["a"])
        ) as form:
            with form.line_ids.new() as line:
                line.partner_id = self.customers["xinghai"]
                line.start = self.utc("2026-04-02 10:00")
                line.purpose = "New product"
            plan = form.save()
        self.assertEqual(plan.month, date(2026, 4, 1))
        self.assertEqual(plan.line_count, 1)

    def test_calendar_costs_the_same_for_many(self):
        def approve(month, number):
            plan = self.plan(
                month=f"{month}-01",
                line_ids=[self.line(f"{month}-{day:02} 10:00") for day in range(1, number + 1)],
            )
            plan.action_submit()
            self.env.flush_all()
            before = self.cr.sql_log_count
            plan.sudo().line_ids.filtered(lambda line: not line.event_id)
            self._as(self.approval(plan), "km").action_approve()
            self.env.flush_all()
            return self.cr.sql_log_count - before

        def create(month, number):
            """What the events alone cost: Odoo invites attendees and sets alarms one by one."""
            self.env.flush_all()
            before = self.cr.sql_log_count
            self.env["calendar.event"].with_context(
                dont_notify=True, no_mail_to_attendees=True
            ).create(
                [
                    {
                        "name": "Visit",
                        "start": f"{month}-{day:02} 02:00:00",
                        "stop": f"{month}-{day:02} 03:00:00",
                        "user_id": self.users["a"].id,
                        "partner_ids": [Command.set(self.users["a"].partner_id.ids)],
                        "visit_partner_id": self.customers["xinghai"].id,
                    }
                    for day in range(1, number + 1)
                ]
            )
            self.env.flush_all()
            return self.cr.sql_log_count - before

        with self.at("2026-03-20 10:00"):
            approve("2026-04", 2)
            few, many = approve("2026-05", 2), approve("2026-06", 25)
            create("2026-07", 2)
            alone = create("2026-09", 25) - create("2026-08", 2)
        self.assertLessEqual(many - few, alone)

    def test_coverage_costs_the_same_for_many(self):
        plans = (
            self.env["visit.plan"]
            .with_user(self.users["a"])
            .create([{"month": f"{2027 + n // 12}-{n % 12 + 1:02}-01"} for n in range(80)])
        )

        def count(some):
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.cr.sql_log_count
            due = some.sudo().mapped("coverage_due")
            return self.cr.sql_log_count - before, due

        with self.at("2026-03-20 10:00"):
            count(plans)
            few, many = count(plans[:1]), count(plans)
        self.assertEqual(many[0], few[0])
        self.assertTrue(all(many[1]))

    def test_only_the_customers_of_the_person_are_read(self):
        duty = self.duties[1]
        for who in ("owner", "role", "covered"):
            # What belongs to nobody of the role lies on its first holder
            self.cr.execute(
                "UPDATE regulation_duty SET who = %s, role_id = %s WHERE id = %s",
                [who, self.roles["general_manager"].id, duty.id],
            )
            self.env.invalidate_all()
            with self.at("2026-03-20 10:00"):
                everything = duty._subjects(self.company)
            self.assertTrue(everything, who)
            for login in ("a", "b", "km", "gm"):
                user = self.users[login]
                with self.subTest(who=who, login=login), self.at("2026-03-20 10:00"):
                    self.assertEqual(
                        duty._subjects(self.company, user),
                        [row for row in everything if row[0] == user],
                    )


@tagged("post_install", "-at_install")
class TestPlanWithoutApproval(PlanCommon):
    """Only S3 and S4 want the plan approved: elsewhere handing it in is enough (C09)."""

    settings = {"visit_plan_approval": False}

    def test_handed_in_is_in_the_calendar(self):
        with self.at("2026-03-20 10:00"):
            plan = self.plan(line_ids=[self.line()])
            plan.action_submit()
        self.assertEqual(plan.state, "approved")
        self.assertTrue(plan.line_ids.event_id.visit_planned)
        self.assertFalse(plan.approval_ids)

    def test_unplanned_visits_are_marked(self):
        with self.at("2026-03-20 10:00"):
            event = self.visit("2026-04-02 14:00", "2026-04-02 15:00")
            self.assertFalse(event.visit_planned)
            with self.assertRaises(AccessError):
                event.visit_planned = True

    def test_urgent_visits_need_no_plan(self):
        """S3-33: customers of urgent opportunities are visited at any time. The mark is the
        system's, of the priority when the visit is made."""
        leads = self.env["crm.lead"].with_user(self.users["a"]).create(
            [
                {
                    "name": f"Priority {priority}",
                    "partner_id": self.customers["xinghai"].id,
                    "priority": priority,
                    "user_id": self.users["a"].id,
                }
                for priority in ("1", "2")
            ]
        )
        with self.at("2026-03-20 10:00"):
            ordinary, urgent = (
                self.visit("2026-04-02 14:00", "2026-04-02 15:00", opportunity_id=lead.id)
                for lead in leads
            )
            leads[0].priority = "3"
            with self.assertRaises(AccessError):
                ordinary.visit_urgent = True
            with self.assertRaises(AccessError):
                self.visit("2026-04-02 16:00", "2026-04-02 17:00", visit_urgent=True)
        self.assertEqual((ordinary.visit_urgent, urgent.visit_urgent), (False, True))

    def test_month_of_a_line(self):
        with self.assertRaises(IntegrityError), mute_logger("odoo.sql_db"), self.cr.savepoint():
            self.plan(line_ids=[self.line(duration=0)])
