# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from datetime import date
from unittest.mock import patch

from freezegun import freeze_time

from odoo import Command
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import tagged

from .common import ApprovalCommon


@tagged("post_install", "-at_install")
class TestApprovalSteps(ApprovalCommon):
    """Who decides, in which order, and what becomes of the document (C03)."""

    def test_steps_in_order(self):
        """S3-91: the manager, then the deputy general manager; nobody skips a step."""
        self._regulate(
            self._rule("manager"), self._rule("role", 20, role="deputy_general_manager")
        )
        samples = self._samples()
        approval = self._submit(samples)
        self.assertEqual(approval.state, "pending")
        self.assertEqual(approval.step_ids.mapped("state"), ["pending", "waiting"])
        self.assertEqual(approval.step_ids[0].user_ids, self.users["km"])
        with self.assertRaises(AccessError):
            self._as(approval, "dgm").action_approve()
        self._as(approval, "km").action_approve("fine")
        self.assertEqual(approval.step_ids.mapped("state"), ["approved", "pending"])
        self.assertFalse(samples._approvals_valid("sample"))
        self._as(approval, "dgm").action_approve()
        self.assertEqual(approval.state, "approved")
        self.assertEqual(samples._approvals_valid("sample"), {samples.id: approval})
        self.assertEqual(
            approval.decision_ids.mapped("user_id"),
            self.users["a"] | self.users["km"] | self.users["dgm"],
        )
        self.assertEqual(approval.decision_ids[1].opinion, "fine")
        messages = samples.message_ids.filtered(lambda message: "fine" in (message.body or ""))
        self.assertEqual(messages.author_id, self.users["km"].partner_id)

    def test_conditions(self):
        """A step from an amount on, another from a deviation on; unknown asks for it."""
        self._regulate(
            self._rule("manager"),
            self._rule("role", 20, role="deputy_general_manager", min_amount=5000),
            self._rule("role", 30, role="general_manager", min_amount=50000),
        )
        small, large = self._samples(), self._samples(quantity=60)
        self.assertEqual(len(self._submit(small).step_ids), 1)
        approval = self._submit(large)  # 60 x 100.00 = 6,000.00
        self.assertEqual(approval.amount, 6000.0)
        self.assertEqual(len(approval.step_ids), 2)
        rule = self.env["regulation.approval.rule"].new({"min_deviation": 5.0})
        self.assertTrue(rule._applies(0.0, None))
        self.assertTrue(rule._applies(0.0, 5.0))
        self.assertFalse(rule._applies(0.0, 4.99))

    def test_amount_in_company_currency(self):
        profile = self._regulate(self._rule("manager", min_amount=5000))
        usd = self.env.ref("base.USD")
        usd.active = True
        self.env["res.currency.rate"].create(
            {"name": "2020-01-01", "rate": 0.2, "currency_id": usd.id, "company_id": self.company.id}
        )
        samples = self._samples().sudo()
        amount, _deviation = samples._approval_figures({"amount": 1000.0, "currency": usd})
        self.assertEqual(amount, 5000.0)
        self.assertTrue(profile.approval_rule_ids._applies(amount, None))

    def test_no_step_applies(self):
        """Below the thresholds nobody has to decide: approved when submitted, on record."""
        self._regulate(self._rule("manager", min_amount=5000))
        samples = self._samples()
        self.assertEqual(samples._approvals_needed("sample"), {samples.id: False})
        approval = self._submit(samples)
        self.assertEqual(approval.state, "approved")
        rows = self.env["regulation.register"].search([("res_model", "=", "sample.request")])
        self.assertEqual(set(rows.mapped("event")), {"submitted", "approved"})

    def test_regulation_without_steps_refuses(self):
        """A regulation that does not say who decides lets nothing pass."""
        self._regulate()
        samples = self._samples()
        self.assertEqual(samples._approvals_needed("sample"), {samples.id: True})
        with self.assertRaises(UserError):
            self._submit(samples)

    def test_return_needs_an_opinion(self):
        self._regulate(self._rule("manager"))
        samples = self._samples()
        approval = self._submit(samples)
        with self.assertRaises(UserError):
            self._as(approval, "km").action_return("  ")
        with self.assertRaises(UserError):
            self._as(approval, "km").action_refuse("")
        self._as(approval, "km").action_return("fewer, please")
        self.assertEqual(approval.state, "returned")
        self.assertEqual(approval.activity_ids.user_id, self.users["a"])
        again = self._submit(samples)
        self.assertNotEqual(again, approval)
        self.assertEqual(again.state, "pending")

    def test_opinion_always(self):
        self._regulate(self._rule("manager", opinion="always"))
        approval = self._submit(self._samples())
        self.assertTrue(self._as(approval, "km").needs_opinion)
        with self.assertRaises(UserError):
            self._as(approval, "km").action_approve()
        self._as(approval, "km").action_approve("useful for the trial")
        self.assertEqual(approval.state, "approved")

    def test_resubmission_starts_at_the_first_step(self):
        self._regulate(
            self._rule("manager"), self._rule("role", 20, role="deputy_general_manager")
        )
        samples = self._samples()
        approval = self._submit(samples)
        self._as(approval, "km").action_approve()
        self._as(approval, "dgm").action_return("fewer")
        again = self._submit(samples)
        self.assertEqual(again.step_ids.mapped("state"), ["pending", "waiting"])

    def test_resubmission_at_the_refusing_step(self):
        """As the profile says so: the manager does not decide again."""
        self._regulate(
            self._rule("manager"),
            self._rule("role", 20, role="deputy_general_manager"),
            approval_resume="refusing_step",
        )
        samples = self._samples()
        approval = self._submit(samples)
        self._as(approval, "km").action_approve()
        self._as(approval, "dgm").action_return("fewer")
        self._as(samples, "a").line_ids.quantity = 5
        again = self._submit(samples)
        self.assertEqual(again.step_ids.mapped("state"), ["carried", "pending"])
        self.assertEqual(again.step_ids[0].decided_by_id, self.users["km"])
        self._as(again, "dgm").action_approve()
        self.assertEqual(again.state, "approved")

    def test_withdraw(self):
        self._regulate(self._rule("manager"))
        approval = self._submit(self._samples())
        with self.assertRaises(AccessError):
            self._as(approval, "km").action_withdraw()
        self._as(approval, "a").action_withdraw()
        self.assertEqual(approval.state, "withdrawn")
        self.assertFalse(approval.activity_ids)
        with self.assertRaises(UserError):
            self._as(approval, "km").action_approve()

    def test_one_at_a_time(self):
        self._regulate(self._rule("manager"))
        samples = self._samples()
        approval = self._submit(samples)
        with self.assertRaisesRegex(UserError, "KM Chen Gang"):
            self._submit(samples)
        self._as(approval, "km").action_approve()
        with self.assertRaisesRegex(UserError, "approved already"):
            self._submit(samples)

    def test_team_leader_and_named_person(self):
        self._regulate(self._rule("team_leader"), self._rule("user", 20, user="leg"))
        approval = self._submit(self._samples())
        self.assertEqual(approval.step_ids[0].user_ids, self.users["km"])
        self.assertEqual(approval.step_ids[1].user_ids, self.users["leg"])

    def test_nobody_chooses_his_approver(self):
        """Neither by another team on the document nor by letting somebody else submit."""
        self._regulate(
            self._rule("manager"),
            self._rule("team_leader", 20),
            self._rule("role", 30, role="sales_manager"),
        )
        for samples, login in (
            (self._samples(team_id=self.teams["tele"].id), "a"),
            (self._samples(), "t"),
        ):
            approval = self._submit(samples, login)
            for step in approval.step_ids:
                self.assertEqual(step.user_ids, self.users["km"])
        self.teams["ka"].member_ids -= self.users["b"]  # of no team: the document's
        approval = self._submit(self._samples("b", team_id=self.teams["tele"].id), "b")
        self.assertEqual(approval.step_ids[1].user_ids, self.users["tm"])

    def test_role_of_the_team_first(self):
        """KM is sales manager of the KA team, TM of the telemarketers."""
        self._regulate(self._rule("role", role="sales_manager"))
        self.assertEqual(self._submit(self._samples()).step_ids.user_ids, self.users["km"])
        approval = self._submit(self._samples("t"), "t")
        self.assertEqual(approval.step_ids.user_ids, self.users["tm"])

    def test_running_approval_keeps_its_version(self):
        profile = self._regulate(self._rule("manager"))
        approval = self._submit(self._samples())
        draft = profile.copy({"code": profile.code, "version": "2.0", "date_from": date(2021, 1, 1)})
        draft.assignment_ids = [Command.create({"company_id": self.company.id})]
        draft.approval_rule_ids = [self._rule("role", 20, role="general_manager")]
        draft.with_user(self.users["gm"]).sudo()._publish("active")
        self.assertEqual(approval.profile_id, profile)
        self._as(approval, "km").action_approve()
        self.assertEqual(approval.state, "approved")
        later = self._submit(self._samples())
        self.assertEqual(later.profile_id, draft)
        self.assertEqual(len(later.step_ids), 2)

    # === NOBODY APPROVES WHAT HE SUBMITTED === #

    def test_submitter_is_the_approver(self):
        """KM submits what sales managers decide: it goes to his superior RM."""
        self._regulate(self._rule("role", role="sales_manager"))
        samples = self._samples("km")
        approval = self._submit(samples, "km")
        self.assertEqual(approval.step_ids.user_ids, self.users["rm"])
        with self.assertRaises(AccessError):
            self._as(approval, "km").action_approve()
        self._as(approval, "rm").action_approve()
        self.assertEqual(approval.state, "approved")
        self.assertFalse(approval.self_decided)

    def test_owner_does_not_decide_what_another_submits(self):
        """A submits KM's document: KM does not decide."""
        self._regulate(self._rule("manager"))
        samples = self._samples("km")
        samples.sudo().user_id = self.users["km"]
        approval = self._submit(samples, "a")
        self.assertEqual(approval.step_ids.user_ids, self.users["rm"])
        with self.assertRaises(AccessError):
            self._as(approval, "km").action_approve()

    def test_top_of_the_line_goes_to_the_deputy(self):
        self._regulate(
            self._rule("role", role="general_manager"),
            deputy_role_id=self.roles["finance"].id,
        )
        approval = self._submit(self._samples("gm"), "gm")
        self.assertEqual(approval.step_ids.user_ids, self.users["fin"])
        with self.assertRaises(AccessError):
            self._as(approval, "gm").action_approve()

    def test_self_decided_where_no_deputy_is_named(self):
        self._regulate(self._rule("manager"))
        samples = self._samples("gm")
        approval = self._submit(samples, "gm")
        self.assertTrue(approval.step_ids.self_decided)
        self._as(approval, "gm").action_approve()
        self.assertEqual(approval.state, "approved")
        self.assertTrue(approval.self_decided)
        self.assertTrue(approval.decision_ids[-1].self_decided)
        self.assertEqual(
            self.env["regulation.register"].search_count(
                [
                    ("event", "=", "self_decided"),
                    ("res_model", "=", "sample.request"),
                    ("res_id", "=", samples.id),
                ]
            ),
            1,
        )

    def test_deputy_role_without_holder_lets_nothing_pass(self):
        self._regulate(self._rule("manager"), deputy_role_id=self.roles["secretary"].id)
        approval = self._submit(self._samples("gm"), "gm")
        self.assertTrue(approval.step_ids.unresolved)
        with self.assertRaises(AccessError):
            self._as(approval, "gm").action_approve()

    def test_missing_superior_is_not_the_top(self):
        """A rep without superior in the chart is no head of the line."""
        self._regulate(self._rule("manager"))
        self.employees["a"].parent_id = False
        self.teams["ka"].member_ids -= self.users["a"]
        approval = self._submit(self._samples())
        self.assertTrue(approval.step_ids.unresolved)
        self.assertFalse(approval.step_ids.self_decided)

    def test_nobody_found_tells_the_administrators(self):
        self._regulate(self._rule("role", role="secretary"))
        approval = self._submit(self._samples())
        self.assertEqual(approval.state, "pending")
        self.assertTrue(approval.is_unresolved)
        self.assertIn(self.users["adm"], approval.activity_ids.user_id)
        assignment = self.env["regulation.role.assignment"].create(
            {
                "role_id": self.roles["secretary"].id,
                "company_id": self.company.id,
                "user_id": self.users["hr"].id,
                "date_from": date(2020, 1, 1),
            }
        )
        self.assertEqual(approval.step_ids.user_ids, self.users["hr"])
        assignment.date_to = date(2020, 1, 2)
        with self.assertRaises(AccessError):
            self._as(approval, "hr").action_approve()

    def test_for_whom_it_waits_is_said_to_readers_only(self):
        """An error text is a channel too (invariant 8)."""
        self._regulate(self._rule("role", role="general_manager"))
        approval = self._submit(self._samples())
        self.assertFalse(approval.with_user(self.users["t"]).has_access("read"))
        document = approval._document()
        with (
            self.assertRaises(AccessError) as caught,
            patch.object(type(document), "has_access", lambda self, operation: False),
        ):
            self._as(approval, "t").action_approve()
        self.assertNotIn("Zhou", str(caught.exception))
        with self.assertRaises(AccessError) as caught:
            self._as(approval, "a").action_approve()
        self.assertIn("Zhou", str(caught.exception))

    def test_consecutive_steps_of_one_person_are_one_decision(self):
        self._regulate(
            self._rule("manager"),
            self._rule("role", 20, role="sales_manager"),
            self._rule("role", 30, role="general_manager"),
        )
        approval = self._submit(self._samples())
        self._as(approval, "km").action_approve()
        self.assertEqual(approval.step_ids.mapped("state"), ["approved", "approved", "pending"])
        self.assertEqual(len(approval.decision_ids), 2)  # submitted, approved

    def test_everybody_decides(self):
        self._regulate(
            self._rule("everyone"), assign={"team_id": self.teams["ka"].id}
        )
        approval = self._submit(self._samples())
        self.assertEqual(approval.step_ids.user_ids, self.users["b"] | self.users["km"])
        self._as(approval, "b").action_approve()
        self.assertEqual(approval.state, "pending")
        self.assertEqual(approval.done_rate, 50.0)
        self._as(approval, "km").action_approve()
        self.assertEqual(approval.state, "approved")

    def test_days_allowed(self):
        """Two working days from Friday: by the end of Tuesday; kept or breached, on record."""
        self._regulate(self._rule("manager", days_allowed=2))
        for decided, event in (
            ("2026-03-10 03:00:00", "deadline_kept"),
            ("2026-03-11 03:00:00", "deadline_breached"),
        ):
            samples = self._samples()
            with freeze_time("2026-03-06 06:00:00"):
                approval = self._submit(samples)
            due = self.company._regulation_local(approval.due_at)
            self.assertEqual(due.date(), date(2026, 3, 10))
            with freeze_time(decided):
                self._as(approval, "km").action_approve()
            row = self.env["regulation.register"].search(
                [
                    ("event", "=like", "deadline_%"),
                    ("res_model", "=", "sample.request"),
                    ("res_id", "=", samples.id),
                ]
            )
            self.assertEqual((row.event, row.subject_id), (event, self.users["km"]))

    def test_kind_is_for_its_model(self):
        self._regulate(self._rule("manager"))
        with self.assertRaises(ValidationError):
            self._samples().action_request_approval("no_such_kind")
        with self.assertRaises(AccessError):
            self._samples().action_request_approval("acknowledge")

    def test_clock_of_the_regulation(self):
        """A deadline approval_<kind> runs from the submission to the decision."""
        self._regulate(
            self._rule("manager"),
            deadline_rule_ids=[
                Command.create(
                    {"code": "approval_sample", "name": "Samples", "unit": "hours", "value": 24}
                )
            ],
        )
        samples = self._samples()
        with freeze_time("2026-03-06 06:00:00"):
            approval = self._submit(samples)
        clock = self.env["regulation.deadline"].search(
            [("res_model", "=", "sample.request"), ("res_id", "=", samples.id)]
        )
        self.assertEqual((clock.state, clock.user_id), ("open", self.users["km"]))
        with freeze_time("2026-03-07 05:00:00"):
            self._as(approval, "km").action_approve()
        self.assertEqual(clock.state, "kept")

    def test_no_regulation(self):
        with self.assertRaises(UserError):
            self._submit(self._samples())
