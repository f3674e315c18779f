# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import Command
from odoo.tests import tagged

from .common import DAY, ExpenseCommon

MANY = 80
#: what a step may cost for each further document: its own rows, mails and numbers
EACH = 45


@tagged("post_install", "-at_install")
class TestExpenseQueries(ExpenseCommon):
    """One document or eighty: what is computed and judged costs the same; what writes rows of
    its own for each document costs these. As an ordinary employee without any group."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._expense_profile(expense_split_days=3)
        cls.line = cls._budget(1_000_000, 0).sudo().line_ids
        cls.users["a"].group_ids = [Command.set(cls.env.ref("base.group_user").ids)]
        cls.applications = (
            cls.env["expense.application"]
            .with_user(cls.users["a"])
            .create(
                [
                    {
                        "purpose": "Fair",
                        "amount": 100,
                        "category_id": cls.category.id,
                        "date": DAY,
                        "partner_id": cls.customers["xinghai"].id,
                    }
                    for _number in range(MANY)
                ]
            )
        )

    def count(self, records, step):
        """Queries of the step, from a cold cache."""
        self.env.flush_all()
        self.env.invalidate_all()
        before = self.env.cr.sql_log_count
        step(records)
        self.env.flush_all()
        return self.env.cr.sql_log_count - before

    def assert_same(self, records, step):
        step(records[:1])  # what is cached once for all
        one, many = self.count(records[:1], step), self.count(records, step)
        self.assertEqual(one, many, f"one: {one}, {len(records)}: {many}")

    def assert_each(self, one, rest, step):
        first, others = self.count(one, step), self.count(rest, step)
        self.assertLessEqual(
            others, first + EACH * len(rest), f"one: {first}, {len(rest)}: {others}"
        )

    def approve(self, documents):
        """Manager and finance say yes to all of them at once."""
        for login in ("km", "fin"):
            documents.sudo().approval_ids.filtered(lambda row: row.state == "pending").with_user(
                self.users[login]
            ).action_approve()

    def claims(self):
        self.applications.action_submit()
        self.approve(self.applications)
        claims = (
            self.env["hr.expense"]
            .with_user(self.users["a"])
            .create(
                [
                    {
                        "name": "Train",
                        "employee_id": self.employees["a"].id,
                        "product_id": self.travel.id,
                        "total_amount_currency": 50,
                        "tax_ids": False,
                        "date": DAY,
                        "application_id": application.id,
                    }
                    for application in self.applications
                ]
            )
        )
        self.env["ir.attachment"].sudo().create(
            [
                {"name": "bill", "raw": b"bill", "res_model": "hr.expense", "res_id": claim.id}
                for claim in claims
            ]
        )
        return claims

    def test_applications(self):
        for step in (
            lambda rows: rows.mapped("claimed"),
            lambda rows: rows.mapped("budget_left"),
            lambda rows: rows.mapped("regulation_notice"),
            lambda rows: rows.mapped("approval_pending"),
            lambda rows: rows._gate_refusals("submit"),
            lambda rows: rows.web_read(
                {
                    "name": {},
                    "amount": {},
                    "claimed": {},
                    "remaining": {},
                    "budget_left": {},
                    "category_id": {"fields": {"display_name": {}}},
                    "state": {},
                }
            ),
        ):
            self.assert_same(self.applications, step)

    def test_claims(self):
        claims = self.claims()
        for step in (
            lambda rows: rows.mapped("regulation_notice"),
            lambda rows: rows.mapped("approval_pending"),
            lambda rows: rows._gate_refusals("submit"),
            lambda rows: rows._gate_refusals("approve"),
            lambda rows: rows.sudo()._lines(),
            lambda rows: rows.sudo()._approval_facts("expense_claim"),
            lambda rows: rows.sudo()._approval_content("expense_claim"),
        ):
            self.assert_same(claims, step)
        self.assertFalse(claims._gate_refusals("submit"))
        self.assert_each(claims[:1], claims[1:], lambda rows: rows.action_submit())
        self.assertEqual(set(claims.mapped("state")), {"submitted"})

    def test_budget_lines(self):
        """As finance: how far eighty lines are used."""
        budget = (
            self.env["sales.budget"]
            .with_user(self.users["fin"])
            .create(
                {
                    "name": "Many",
                    "year": DAY.year + 1,
                    "line_ids": [
                        Command.create({"category_id": category.id, "amount": 10, "month": month})
                        for category in self.env["sales.budget.category"].search([])[:7]
                        for month in map(str, range(1, 13))
                    ],
                }
            )
        )
        lines = budget.line_ids.browse(budget.line_ids.ids)
        self.assert_same(
            lines, lambda rows: rows.web_read({"used": {}, "left": {}, "execution": {}})
        )

    def test_submitted_and_approved_together(self):
        self.assert_each(
            self.applications[:1], self.applications[1:41], lambda rows: rows.action_submit()
        )
        approvals = self.applications[:41].sudo().approval_ids.with_user(self.users["km"])
        self.assert_each(approvals[:1], approvals[1:], lambda rows: rows.action_approve())
