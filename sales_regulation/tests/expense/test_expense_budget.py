# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from .common import ExpenseCommon


@tagged("post_install", "-at_install")
class TestExpenseBudget(ExpenseCommon):
    """C33: budgets, their changes, and what is counted on them."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._expense_profile()
        cls.budget = cls._budget()
        cls.line = cls.budget.sudo().line_ids

    def test_in_force_by_approval_only(self):
        self.assertEqual(self.budget.state, "approved")
        self.assertEqual((self.line.left, self.line.amount_approved), (1_500, 120_000))
        for login in ("fin", "gm"):
            line = self._as(self.line, login)
            with self.assertRaises(UserError):
                line.amount = 999_999
            with self.assertRaises(UserError):
                self._as(self.budget, login).write(
                    {"line_ids": [(0, 0, {"category_id": self.category.id, "amount": 1, "month": "1"})]}
                )
            with self.assertRaises(UserError):
                line.unlink()
            with self.assertRaises(AccessError):
                self._as(self.budget, login).state = "draft"
        with self.assertRaises(AccessError):
            self.env["sales.budget"].with_user(self.users["fin"]).create(
                {"name": "Forged", "state": "approved"}
            )

    def test_rep_reads_no_budget(self):
        with self.assertRaises(AccessError):
            self._as(self.budget, "a").read(["name"])
        self.assertEqual(self._application().budget_left, 1_500)

    def test_application_reserves(self):
        """2,000 are refused with 1,500 left, 1,500 take all of it."""
        with self.assertRaisesRegex(UserError, r"1,500\.00"):
            self._application(2_000).action_submit()
        application = self._approved(1_500)
        self.assertEqual((application.state, self.line.left), ("approved", 0))
        with self.assertRaisesRegex(UserError, r"0\.00"):
            self._application(0.01).action_submit()

    def test_nothing_used_before(self):
        """A line of which nothing was used before counts like any other."""
        team = self._budget(500, 0, name="KA", team_id=self.teams["ka"].id, line_ids=[
            Command.create({"category_id": self.category.id, "amount": 500})
        ])
        line = team.sudo().line_ids
        self._approved(400)
        self.env.invalidate_all()
        self.assertEqual((line.used, line.left), (400, 100))
        with self.assertRaisesRegex(UserError, r"100\.00"):
            self._application(101).action_submit()

    def test_two_submitted_one_approved(self):
        first, second = self._application(1_000), self._application(1_000, "b")
        first.action_submit()
        second.action_submit()
        self._approve(first, "expense_application")
        with self.assertRaisesRegex(UserError, r"500\.00"):
            self._approve(second, "expense_application")
        self.assertEqual(second.state, "submitted")

    def test_change_needs_analysis_and_approval(self):
        Change = self.env["sales.budget.change"].with_user(self.users["fin"])
        change = Change.create({"to_line_id": self.line.id, "amount": 500})
        with self.assertRaises(UserError):
            change.action_submit()
        change.note = "Two more fairs than planned"
        change.action_submit()
        with self.assertRaises(UserError):
            change.amount = 50_000
        with self.assertRaises(AccessError):
            change.state = "applied"
        self.assertEqual(self.line.amount, 120_000)
        self._approve(change, "budget_change")
        self.assertEqual((change.state, self.line.amount), ("applied", 120_500))
        self.env.cr.precommit.run()
        self.assertEqual(
            self.budget.sudo().approval_ids.mapped("state"), ["approved"], "still what was approved"
        )

    def test_what_is_reserved_is_not_taken_away(self):
        self._approved(1_000)
        change = (
            self.env["sales.budget.change"]
            .with_user(self.users["fin"])
            .create({"from_line_id": self.line.id, "amount": 501, "note": "Saving"})
        )
        change.action_submit()
        with self.assertRaisesRegex(UserError, r"500\.00"):
            self._approve(change, "budget_change")

    def test_second_budget_for_the_same(self):
        with self.assertRaises(UserError):
            self._budget()

    def test_team_before_company(self):
        self._budget(500, 0, name="KA", team_id=self.teams["ka"].id)
        self.assertEqual(self._application().budget_left, 500)
        self.assertEqual(self._application(login="t").budget_left, 1_500)

    def test_refusal_names_what_is_short(self):
        application = self._application(2_000)
        refusals = application._gate_refusals("submit")
        self.assertEqual([refusal.gate for refusal in refusals], ["expense_budget"])
        self.assertEqual(refusals[0].amount, 500)

    def test_other_company(self):
        other = self.env["res.company"].create({"name": "Other", "currency_id": self.cny.id})
        with self.assertRaises(UserError):
            self._application(company_id=other.id)

    def test_report(self):
        self._approved(1_000)
        rows = self.env["sales.budget.report"].search([("company_id", "=", self.company.id)])
        self.assertEqual(sum(rows.mapped("budgeted")), 120_000)
        self.assertEqual(sum(rows.mapped("spent")), 118_500)
        self.assertEqual(sum(rows.mapped("reserved")), 1_000)
