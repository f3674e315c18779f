# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from datetime import date
from unittest.mock import patch

from freezegun import freeze_time

from odoo import Command
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import tagged

from odoo.addons.sales_regulation.models.engine.regulation_duty import LOOKED_AT
from odoo.addons.sales_regulation.tools import engine

from .test_deadline import DeadlineCommon


@tagged("post_install", "-at_install")
class TestDuty(DeadlineCommon):
    """Recurring duties in March 2026; the composite's anchor is Monday 03-02."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.profile.with_user(cls.users["gm"]).action_retire()
        cls.march = cls._profile(
            publish=False,
            date_from=date(2026, 3, 1),
            anchor_monday=date(2026, 3, 2),
        )
        cls._rule(
            "plan", profile=cls.march, unit="calendar_days", value=-10, roll="previous"
        )
        cls.plan = cls._duty("plan", deadline_code="plan", counted_from="start", lead_days=20)
        cls.visit = cls._duty(
            "visit",
            frequency="weekly",
            who="owner",
            subject_model="res.partner",
            subject_domain="[('ref', '=', 'KEY')]",
        )
        cls.check = cls._duty("check", frequency="quarterly", who="role", role_id=cls.roles["audit"].id)
        with freeze_time("2026-03-01 01:00:00"):
            cls.march.with_user(cls.users["gm"])._publish("trial")
        cls.xinghai = cls.customers["xinghai"]
        cls.xinghai.write({"ref": "KEY", "user_id": cls.users["a"].id})
        cls.cr.execute(
            "UPDATE res_partner SET create_date = '2026-01-01' WHERE id = %s", [cls.xinghai.id]
        )
        cls.xinghai.invalidate_recordset()

    @classmethod
    def _duty(cls, code, **values):
        return cls.env["regulation.duty"].create(
            {
                "profile_id": cls.march.id,
                "code": code,
                "name": code.title(),
                "frequency": "monthly",
                **values,
            }
        )

    def run_at(self, moment):
        with freeze_time(self.at(moment)), self.enter_registry_test_mode():
            self.env.ref("sales_regulation.ir_cron_duty").method_direct_trigger()
        self.env.invalidate_all()

    def test_instances_are_made_once(self):
        for moment in ("2026-03-04 09:00", "2026-03-04 10:00", "2026-03-06 10:00"):
            self.run_at(moment)
        instance = self.visit.instance_ids
        self.assertEqual(instance.user_id, self.users["a"])
        self.assertEqual((instance.period_start, instance.period_end), (date(2026, 3, 2), date(2026, 3, 8)))
        self.assertEqual(instance.activity_ids.user_id, self.users["a"])

    def test_a_faulty_duty_stops_no_other(self):
        """What others made stays, every duty is counted; a night without anything hardly commits."""
        Duty, Cron = (self.env.registry[name] for name in ("regulation.duty", "ir.cron"))
        create_instances, counted = Duty._create_instances, []

        def create(duty):
            if duty == self.plan:
                raise ValueError("Out of order")
            return create_instances(duty)

        def commit(cron, processed=0, *, remaining=None):
            counted.append(processed)
            return 60.0

        duties = self.env["regulation.duty"].search([("profile_id.state", "in", ("trial", "active"))])
        self.assertLessEqual(self.plan | self.visit, duties)
        mine = [("duty_id", "in", (self.plan | self.visit).ids)]
        Instance = self.env["regulation.duty.instance"]
        with freeze_time("2026-03-04 01:00:00"), patch.object(Cron, "_commit_progress", commit):
            with (
                patch.object(Duty, "_create_instances", create),
                self.assertLogs("odoo.addons.sales_regulation", "ERROR") as logged,
            ):
                self.env["regulation.duty"]._cron_create()
            self.assertIn(str(self.plan.id), logged.output[0])
            self.assertEqual(Instance.search(mine).duty_id, self.visit, "the one after it")
            self.assertEqual(sum(counted), len(duties))
            self.env["regulation.duty"]._cron_create()
            self.assertEqual(Instance.search(mine).duty_id, self.plan | self.visit)
            known = Instance.search_count([])
            counted.clear()
            self.env["regulation.duty"]._cron_create()
            self.assertEqual(Instance.search_count([]), known)
            self.assertEqual(sum(counted), len(duties))
            commits = len([number for number in counted if number])
            self.assertEqual(commits, -(-len(duties) // LOOKED_AT), "not one for each duty")

    def test_step_12_weekly_visits(self):
        """Visits on 03-03, 03-12 and 03-26: three of four weeks, 75 %."""
        visits = {"2026-03-03 16:00": 1, "2026-03-12 11:00": 1, "2026-03-26 10:00": 1}
        for day in range(2, 31):
            now = f"2026-03-{day:02} 23:00"
            self.run_at(now)
            for moment in visits:
                if moment.startswith(now[:10]):
                    with freeze_time(self.at(moment)):
                        self.env["regulation.duty"]._close(
                            self.xinghai, "visit", subject=self.xinghai, user=self.users["a"]
                        )
        march = self.visit.instance_ids.filtered(lambda row: row.month == date(2026, 3, 1))
        self.assertEqual(
            march.sorted("period_start").mapped("state"), ["done", "done", "missed", "done"]
        )
        self.assertEqual(sum(march.mapped("coverage")) / len(march), 75.0)
        april = self.visit.instance_ids - march
        self.assertEqual(april.month, date(2026, 4, 1))

    def test_step_4_plan_is_due_before_the_month(self):
        self.run_at("2026-03-12 09:00")
        april = self.plan.instance_ids.filtered(
            lambda row: row.user_id == self.users["a"] and row.period_start == date(2026, 4, 1)
        )
        self.assertEqual(self.local(april.due_at), "2026-03-20 23:59")
        with freeze_time(self.at("2026-03-20 17:00")):
            closed = self.env["regulation.duty"]._close(
                self.customers["beihe"], "plan", user=self.users["a"], day=date(2026, 4, 1)
            )
        self.assertEqual(closed, april)
        deadline = self.Deadline.search(
            [("res_model", "=", april._name), ("res_id", "=", april.id)]
        )
        self.assertEqual(deadline.state, "kept")

    def test_step_40_quarterly_check_opens_once(self):
        """The profile began in March: the first whole quarter is the second."""
        for moment in ("2026-03-31 09:00", "2026-04-01 09:00", "2026-05-05 09:00"):
            self.run_at(moment)
        instance = self.check.instance_ids
        self.assertEqual(instance.user_id, self.users["aud"])
        self.assertEqual((instance.period_start, instance.period_end), (date(2026, 4, 1), date(2026, 6, 30)))
        self.assertEqual(len(instance.activity_ids), 1)

    def test_step_40_coverage(self):
        """40 users, 30 visited: 75.0 %, 10 open."""
        partners = self.env["res.partner"].create(
            [{"name": str(n), "ref": "KEY", "user_id": self.users["b"].id} for n in range(39)]
        )
        self.env.flush_all()
        self.cr.execute(
            "UPDATE res_partner SET create_date = '2026-01-01' WHERE id = ANY(%s)", [partners.ids]
        )
        partners.invalidate_recordset()
        self.run_at("2026-03-04 09:00")
        with freeze_time(self.at("2026-03-05 09:00")):
            self.env["regulation.duty"]._close(
                partners[:30], "visit", subject=lambda partner: partner, user=self.users["b"]
            )
        self.visit.invalidate_recordset()
        self.assertEqual(self.visit.instance_count, 40)
        self.assertEqual(self.visit.open_count, 10)
        self.assertEqual(self.visit.coverage, 75.0)

    def test_a_period_that_had_begun_before_the_publication_is_not_owed(self):
        engine(self.march).published_at = self.at("2026-03-04 10:00")
        self.run_at("2026-03-06 09:00")
        self.assertFalse(self.visit.instance_ids)
        self.run_at("2026-03-09 09:00")
        self.assertEqual(self.visit.instance_ids.period_start, date(2026, 3, 9))

    def test_new_customer_does_not_owe_the_week_in_which_he_came(self):
        self.cr.execute(
            "UPDATE res_partner SET create_date = '2026-03-04' WHERE id = %s", [self.xinghai.id]
        )
        self.xinghai.invalidate_recordset()
        self.run_at("2026-03-06 09:00")
        self.assertFalse(self.visit.instance_ids)
        self.run_at("2026-03-09 09:00")
        self.assertEqual(self.visit.instance_ids.period_start, date(2026, 3, 9))

    def test_change_of_owner_does_not_double_the_duty(self):
        self.run_at("2026-03-03 09:00")
        self.xinghai.user_id = self.users["b"]
        self.run_at("2026-03-04 09:00")
        self.assertEqual(len(self.visit.instance_ids), 1)

    def test_the_condition_is_data(self):
        draft = self.march.copy()
        for domain in ("__import__('os').getcwd()", "[('nonsense', '=', 1)]", "[('name', '=', user.name)]"):
            with self.assertRaises(ValidationError), self.cr.savepoint():
                self.env["regulation.duty"].create(
                    {
                        "profile_id": draft.id,
                        "code": "x",
                        "name": "X",
                        "who": "owner",
                        "subject_model": "res.partner",
                        "subject_domain": domain,
                    }
                )

    def test_only_listed_models(self):
        draft = self.march.copy()
        with self.assertRaises(ValidationError), self.cr.savepoint():
            self.env["regulation.duty"].create(
                {"profile_id": draft.id, "code": "x", "name": "X", "subject_model": "res.users"}
            )

    def test_nobody_ticks_his_duty_off(self):
        self.run_at("2026-03-03 09:00")
        instance = self.visit.instance_ids
        for values in ({"state": "done"}, {"period_end": date(2026, 12, 31)}, {"coverage": 100}):
            with self.assertRaises(AccessError), self.cr.savepoint():
                instance.with_user(self.users["adm"]).sudo().write(values)
        with self.assertRaises(AccessError), self.cr.savepoint():
            instance.sudo().unlink()


@tagged("post_install", "-at_install")
class TestHandover(DeadlineCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.profile.with_user(cls.users["gm"]).action_retire()
        cls.new = cls._profile(publish=False)
        cls._rule("takeover", profile=cls.new, unit="working_days", value=1)
        for role, summary in (("planner", "Plan"), ("warehouse", "Pick"), ("finance", "Collect")):
            cls.env["regulation.handover.rule"].create(
                {
                    "profile_id": cls.new.id,
                    "event": "order_confirmed",
                    "role_id": cls.roles[role].id,
                    "summary": summary,
                    "deadline_code": "takeover",
                }
            )
        cls.new.with_user(cls.users["gm"])._publish("active")
        cls.Handover = cls.env["regulation.handover"]

    def queue(self, records, moment="2026-03-11 10:00"):
        with freeze_time(self.at(moment)):
            return self.Handover.with_user(self.users["a"])._queue("order_confirmed", records)

    def hand_over(self, moment="2026-03-11 10:05"):
        with freeze_time(self.at(moment)), self.enter_registry_test_mode():
            self.env.ref("sales_regulation.ir_cron_handover").method_direct_trigger()
        self.env.invalidate_all()

    def test_step_22_tasks_after_the_commit(self):
        """Order confirmed: tasks for planner, warehouse and finance (C23)."""
        order = self._order()
        rows = self.queue(order)
        self.assertEqual(len(rows), 3)
        self.assertFalse(order.sudo().activity_ids, "nothing in the step itself")
        self.env.cr.precommit.run()
        self.assertTrue(
            self.env["ir.cron.trigger"].search(
                [("cron_id", "=", self.env.ref("sales_regulation.ir_cron_handover").id)]
            )
        )
        self.hand_over()
        self.assertEqual(
            rows.mapped("user_id.login"), ["reg_pln", "reg_wh", "reg_fin"]
        )
        self.assertEqual(set(rows.mapped("state")), {"open"})
        self.assertEqual(order.sudo().activity_ids.user_id, rows.user_id)
        # The clock began with the confirmation, not with the cron
        self.assertEqual(set(rows.mapped(lambda row: self.local(row.due_at))), {"2026-03-12 18:00"})
        self.hand_over("2026-03-11 11:00")
        self.assertEqual(len(order.sudo().activity_ids), 3, "made once")

    def test_ticking_the_task_off_is_taking_over(self):
        order = self._order()
        rows = self.queue(order)
        self.hand_over()
        pick = rows.filtered(lambda row: row.role_id.code == "warehouse")
        activity = order.sudo().activity_ids.filtered(lambda act: act.user_id == self.users["wh"])
        with freeze_time(self.at("2026-03-12 09:00")):
            activity.with_user(self.users["wh"]).action_done()
        self.assertEqual((pick.state, pick.done_by_id), ("done", self.users["wh"]))
        self.assertEqual(pick.deadline_id.state, "kept")
        self.assertEqual((rows - pick).mapped("state"), ["open", "open"])

    def test_button_is_for_the_role_only(self):
        rows = self.queue(self._order())
        self.hand_over()
        pick = rows.filtered(lambda row: row.role_id.code == "warehouse")
        for login in ("a", "km", "adm"):
            with self.assertRaises(AccessError), self.cr.savepoint():
                pick.with_user(self.users[login]).action_done()
        pick.with_user(self.users["wh"]).action_done()
        self.assertEqual((pick.state, pick.done_by_id), ("done", self.users["wh"]))

    def test_own_activity_does_not_tick_off_another_s_task(self):
        rows = self.queue(self._order())
        self.hand_over()
        with self.assertRaises(AccessError), self.cr.savepoint():
            rows[0].with_user(self.users["a"]).sudo().write({"state": "done"})

    def test_the_task_is_ticked_off_by_the_role_only(self):
        """Whoever may write on the order may tick off its activities, but not this one."""
        order = self._order()
        rows = self.queue(order)
        self.hand_over()
        pick = rows.filtered(lambda row: row.role_id.code == "warehouse")
        Activity = self.env["mail.activity"]
        task = order.sudo().activity_ids.filtered(lambda act: act.user_id == self.users["wh"])
        attacks = {
            "done": lambda act: act.action_done(),
            "feedback": lambda act: act.action_feedback("done"),
            "done and next": lambda act: act.action_done_schedule_next(),
            "feedback and next": lambda act: act.action_feedback_schedule_next("done"),
            "through the order": lambda act: (
                self.env["sale.order"]
                .browse(order.id)
                .with_env(act.env)
                .activity_feedback(
                    ["sales_regulation.mail_activity_type_handover"], only_automated=False
                )
            ),
            "archived": lambda act: act.action_archive(),
            "date done": lambda act: act.write({"date_done": "2026-03-11", "active": False}),
            "reassigned": lambda act: act.write({"user_id": act.env.uid}),
            "moved away": lambda act: act.write({"res_id": self._order().id}),
            "put off": lambda act: act.write({"date_deadline": "2030-01-01"}),
            "postponed": lambda act: act.action_reschedule_nextweek(),
            "cancelled": lambda act: act.action_cancel(),
            "deleted": lambda act: act.unlink(),
            "through its list": lambda act: (
                self.env["sale.order"]
                .browse(order.id)
                .with_env(act.env)
                .write({"activity_ids": [Command.delete(act.id)]})
            ),
        }
        for login in ("a", "km", "pln"):
            for name, attack in attacks.items():
                with self.subTest(login=login, attack=name):
                    with self.assertRaises(AccessError), self.cr.savepoint():
                        attack(task.with_user(self.users[login]))
                    self.env.invalidate_all()
                    self.assertEqual((pick.state, task.active), ("open", True))
        result = (
            Activity.with_user(self.users["a"]).load([".id", "active"], [[str(task.id), "False"]])
        )
        self.assertFalse(result["ids"])
        # Whoever holds the role may move it, and take over
        task.with_user(self.users["wh"]).action_reschedule_nextweek()
        task.with_user(self.users["wh"]).action_feedback("picked")
        self.assertEqual((pick.state, pick.done_by_id), ("done", self.users["wh"]))

    def test_who_held_the_role_once_sees_nothing_more(self):
        rows = self.queue(self._order())
        self.hand_over()
        pick = rows.filtered(lambda row: row.role_id.code == "warehouse")
        Handover = self.env["regulation.handover"]

        def sees(login):
            return bool(Handover.with_user(self.users[login]).search([("id", "=", pick.id)]))

        def hold(login, **values):
            self.env["regulation.role.assignment"].create(
                {
                    "role_id": self.roles["warehouse"].id,
                    "company_id": self.company.id,
                    "user_id": self.users[login].id,
                    "date_from": date(2020, 1, 1),
                    **values,
                }
            )

        hold("hr", date_to=date(2021, 1, 1))
        self.assertFalse(sees("hr"))
        hold("clk")
        self.assertTrue(sees("clk"))
        self.assertIn(self.users["clk"], pick.taker_ids)
        job = self.env["hr.job"].create({"name": "Keeper", "company_id": self.company.id})
        self.employees["t"].job_id = job
        self.assertFalse(sees("t"))
        hold("t", user_id=False, job_id=job.id)
        self.assertTrue(sees("t"), "by his job")

    def test_a_step_of_the_document_leaves_the_task(self):
        order = self._order()
        self.queue(order)
        self.hand_over()
        order.sudo().activity_unlink(["mail.mail_activity_data_todo"])
        self.assertEqual(len(order.sudo().activity_ids), 3)

    def test_absent_holder(self):
        """The keeper is on leave: his superior gets the task."""
        self.env["resource.calendar.leaves"].create(
            {
                "name": "Leave",
                "calendar_id": self.calendar.id,
                "resource_id": self.employees["wh"].resource_id.id,
                "date_from": self.at("2026-03-11 00:00"),
                "date_to": self.at("2026-03-11 23:00"),
            }
        )
        rows = self.queue(self._order())
        self.hand_over()
        pick = rows.filtered(lambda row: row.role_id.code == "warehouse")
        self.assertEqual(pick.user_id, self.users["gm"])

    def test_nobody_holds_the_role(self):
        self.env["regulation.role.assignment"].search(
            [("role_id.code", "=", "planner"), ("company_id", "=", self.company.id)]
        ).date_to = date(2021, 1, 1)
        rows = self.queue(self._order())
        self.hand_over()
        plan = rows.filtered(lambda row: row.role_id.code == "planner")
        self.assertEqual(plan.user_id, self.users["gm"])

    def test_deleted_document(self):
        order = self._order()
        rows = self.queue(order)
        order.sudo().unlink()
        self.hand_over()
        self.assertEqual(set(rows.mapped("state")), {"void"})

    def test_queueing_many_costs_as_much_as_one(self):
        orders = self.env["sale.order"].concat(*(self._order() for _n in range(22)))
        self.queue(orders[0])
        self.env.flush_all()
        counts = []
        for batch in (orders[1], orders[2:]):
            self.env.invalidate_all()
            before = self.cr.sql_log_count
            self.queue(batch)
            self.env.flush_all()
            counts.append(self.cr.sql_log_count - before)
        self.assertLessEqual(counts[1], counts[0] + 1)

    def test_without_regulation(self):
        order = self._order()
        self.retire_all()
        with self.assertQueryCount(0):
            self.assertFalse(self.Handover._queue("order_confirmed", order))


@tagged("post_install", "-at_install")
class TestMeasure(DeadlineCommon):
    def _measure(self, login="km", **values):
        return (
            self.env["regulation.measure"]
            .with_user(self.users[login])
            .create(
                {
                    "name": "Wrong model",
                    "kind": "penalty",
                    "user_id": self.users["a"].id,
                    "amount": 200,
                    **values,
                }
            )
        )

    def test_proposal_decision_statement_effect(self):
        measure = self._measure()
        self.assertEqual((measure.state, measure.proposed_by_id), ("proposed", self.users["km"]))
        measure.with_user(self.users["hr"]).action_decide()
        for values in ({"amount": 1}, {"clause_codes": "S9-1"}, {"res_id": 1}):
            with self.assertRaises(UserError), self.cr.savepoint():
                measure.write(values)
        measure.with_user(self.users["a"]).action_state("The label was wrong.")
        measure.with_user(self.users["hr"]).action_effect()
        self.assertEqual(measure.state, "effective")
        self.assertEqual(measure.decided_by_id, self.users["hr"])

    def test_only_hr_decides(self):
        measure = self._measure()
        for login in ("km", "gm", "adm"):
            with self.assertRaises(AccessError), self.cr.savepoint():
                measure.with_user(self.users[login]).action_decide()
        about_hr = self._measure(user_id=self.users["hr"].id)
        with self.assertRaises(AccessError), self.cr.savepoint():
            about_hr.with_user(self.users["hr"]).action_decide()

    def test_nobody_decides_on_what_he_proposed(self):
        """Unless he is the only one of HR: then it is on record."""
        Register = self.env["regulation.register"]
        domain = [("event", "=", "self_decided"), ("res_model", "=", "regulation.measure")]
        self.users["b"].sudo().group_ids |= self.env.ref("hr.group_hr_user")
        held = self.env["regulation.role.assignment"].create(
            {
                "role_id": self.roles["hr"].id,
                "company_id": self.company.id,
                "user_id": self.users["b"].id,
            }
        )
        measure = self._measure(login="hr")
        with self.assertRaises(AccessError), self.cr.savepoint():
            measure.action_decide()
        with self.assertRaises(AccessError), self.cr.savepoint():
            measure.action_refuse()
        self.assertFalse(Register.search_count(domain))
        measure.with_user(self.users["b"]).action_decide()
        held.unlink()
        alone = self._measure(login="hr")
        alone.action_decide()
        self.assertEqual(Register.search_count(domain), 1)

    def test_nothing_is_forged(self):
        measure = self._measure()
        for values in ({"state": "effective"}, {"decided_by_id": self.users["hr"].id}):
            with self.assertRaises(AccessError), self.cr.savepoint():
                measure.write(values)
        with self.assertRaises(AccessError), self.cr.savepoint():
            self._measure(state="effective")
        with self.assertRaises(AccessError), self.cr.savepoint():
            self._measure(kind="reward", user_id=self.users["km"].id)

    def test_nobody_touches_a_measure_about_himself(self):
        """A manager may edit proposals, but not soften or delete what concerns him."""
        about_km = self._measure(login="rm", user_id=self.users["km"].id)
        as_km = about_km.with_user(self.users["km"])
        with self.assertRaises(AccessError), self.cr.savepoint():
            as_km.amount = 1
        with self.assertRaises(AccessError), self.cr.savepoint():
            as_km.unlink()
        reward = self._measure(kind="reward")
        with self.assertRaises(AccessError), self.cr.savepoint():
            reward.user_id = self.users["km"]
        about_km.with_user(self.users["rm"]).amount = 150

    def test_hr_decides_what_it_has_read(self):
        """A proposal that is edited between reading and decision is not decided unread."""
        measure = self._measure()
        as_hr = measure.with_user(self.users["hr"])
        [read] = as_hr.read(["content_hash"])
        seen = as_hr.with_context(measure_read=read["content_hash"])
        for values in (
            {"amount": 5000},
            {"user_id": self.users["b"].id},
            {"kind": "charge"},
            {"name": "Another one"},
        ):
            old = {name: measure[name] for name in values}
            measure.write(values)
            for decider in (as_hr, seen):
                for step in ("action_decide", "action_refuse"):
                    with self.assertRaisesRegex(UserError, "was changed"), self.cr.savepoint():
                        getattr(decider, step)()
            measure.write({name: getattr(value, "id", value) for name, value in old.items()})
        measure.amount = 150
        self.assertEqual(measure.state, "proposed")
        [read] = as_hr.read(["content_hash"])
        as_hr.with_context(measure_read=read["content_hash"]).action_decide()
        self.assertEqual((measure.state, measure.amount), ("decided", 150))

    def test_several_are_decided_as_proposed(self):
        first, second = self._measure(), self._measure()
        second.amount = 1
        both = (first | second).with_user(self.users["hr"])
        with self.assertRaisesRegex(UserError, "was changed"), self.cr.savepoint():
            both.with_context(measure_read=first.content_hash).action_decide()
        self.assertEqual(first.state, "proposed")
        first.with_user(self.users["hr"]).action_decide()
        self.assertEqual(first.state, "decided")

    def test_proposed_content_is_not_forged(self):
        measure = self._measure()
        with self.assertRaises(AccessError), self.cr.savepoint():
            measure.write({"fingerprint": "x"})
        with self.assertRaises(AccessError), self.cr.savepoint():
            self._measure(fingerprint="x")

    def test_proposed_by_the_engine(self):
        """Constant queries for what a rule proposes, and bound as well."""
        vals = {"name": "x", "kind": "penalty", "user_id": self.users["a"].id}
        Measure = self.env["regulation.measure"]
        counts = []
        for number in (1, 1, 20):
            self.env.flush_all()
            before = self.cr.sql_log_count
            measures = Measure._propose([dict(vals) for _number in range(number)])
            self.env.flush_all()
            counts.append(self.cr.sql_log_count - before)
        self.assertEqual(len(set(measures.sudo().mapped("fingerprint"))), 1)
        self.assertLessEqual(counts[2], counts[1] + 2)

    def test_statement_is_the_employee_s(self):
        measure = self._measure()
        measure.with_user(self.users["hr"]).action_decide()
        with self.assertRaises(AccessError), self.cr.savepoint():
            measure.with_user(self.users["km"]).action_state("He agrees.")

    def test_a_rep_sees_his_own_only(self):
        mine, other = self._measure(), self._measure(user_id=self.users["b"].id)
        Measure = self.env["regulation.measure"].with_user(self.users["a"])
        self.assertEqual(Measure.search([]), mine)
        with self.assertRaises(AccessError):
            other.with_user(self.users["a"]).read(["name"])


@tagged("post_install", "-at_install")
class TestQualification(DeadlineCommon):
    def _record(self, login="hr", person="a", kind="nda", **values):
        return (
            self.env["regulation.qualification"]
            .with_user(self.users[login])
            .create(
                {
                    "name": "NDA",
                    "kind": kind,
                    "user_id": self.users[person].id,
                    "date": date(2026, 2, 27),
                    **values,
                }
            )
        )

    def valid(self, day, kind="nda", people=("a", "b", "t")):
        users = self.env["res.users"].union(*(self.users[login] for login in people))
        found = self.env["regulation.qualification"]._valid_users(
            users, kind, self.company, day=day
        )
        return [login for login in people if self.users[login] in found]

    def test_step_2_validity(self):
        """B fails with 75, passes the re-sit on 03-03; T has no NDA."""
        self._record(person="a")
        self._record(person="b")
        self._record(person="b", kind="exam", passed=False, score=75)
        self._record(person="b", kind="exam", score=82, date=date(2026, 3, 3))
        self.assertEqual(self.valid(date(2026, 3, 2)), ["a", "b"])
        self.assertEqual(self.valid(date(2026, 3, 2), "exam"), [])
        self.assertEqual(self.valid(date(2026, 3, 3), "exam"), ["b"])

    def test_expiry_and_revocation(self):
        record = self._record(valid_until=date(2026, 12, 31))
        self.assertEqual(self.valid(date(2026, 12, 31)), ["a"])
        self.assertEqual(self.valid(date(2027, 1, 1)), [])
        record.action_revoke()
        self.assertEqual(self.valid(date(2026, 12, 31)), [])

    def test_only_hr_records_and_never_for_himself(self):
        for login, person in (("km", "a"), ("a", "a"), ("adm", "a"), ("hr", "hr")):
            with self.assertRaises(AccessError), self.cr.savepoint():
                self._record(login=login, person=person)
        record = self._record()
        with self.assertRaises(UserError), self.cr.savepoint():
            record.write({"valid_until": date(2099, 1, 1)})
        with self.assertRaises(UserError), self.cr.savepoint():
            record.sudo().unlink()
