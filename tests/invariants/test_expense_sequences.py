# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from datetime import date, timedelta

from odoo import Command
from odoo.tests import tagged

from .expense_machine import GATES, Expenses
from .sequences import Sequences
from .test_sequences import SHRINK, part

#: what the sequences bring about at least: less proves nothing
EXPECTED = ("budget used up", "claims approved", "claims posted", "budget exceeded by a release")


class ExpenseSequences(Sequences):
    """A budget of 1,000 for travel, of which 100 was used before, and of 500 for meals."""

    gates = GATES
    machine = Expenses

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.day = date.today() + timedelta(days=1)
        cls.usd = cls.env.ref("base.USD")
        cls.other = cls.env["res.company"].create({"name": "Other", "currency_id": cls.cny.id})
        cls.goods = {
            name: cls.env["product.product"].create(
                {
                    "name": name.capitalize(),
                    "can_be_expensed": True,
                    "type": "service",
                    "standard_price": 0.0,
                    "supplier_taxes_id": False,
                }
            )
            for name in ("travel", "meals")
        }
        cls.categories = {
            "travel": cls.env.ref("sales_regulation.budget_category_travel"),
            "meals": cls.env.ref("sales_regulation.budget_category_entertainment"),
        }
        for name, category in cls.categories.items():
            category.product_ids = cls.goods[name]
        cls.checks = cls.profile.checklist_item_ids.filtered(
            lambda item: item.kind == "expense_application"
        ).ids
        for login in ("km", "fin"):
            cls.users[login].group_ids = [
                Command.link(cls.env.ref("hr_expense.group_hr_expense_user").id)
            ]
        cls.users["adm"].group_ids = [
            Command.link(cls.env.ref("hr_expense.group_hr_expense_manager").id)
        ]
        cls.lines = cls._make_budget()
        cls.env.flush_all()

    @classmethod
    def _make_budget(cls):
        budget = (
            cls.env["sales.budget"]
            .with_user(cls.users["fin"])
            .create(
                {
                    "name": "Sales",
                    "year": cls.day.year,
                    "note": "Plan of the year",
                    "benefit": "Twelve new customers",
                    "line_ids": [
                        Command.create(
                            {"category_id": cls.categories[name].id, "amount": amount, **before}
                        )
                        for name, amount, before in (
                            ("travel", 1000, {"used_before": 100}),
                            ("meals", 500, {}),
                        )
                    ],
                }
            )
        )
        budget.action_submit()
        budget.sudo().approval_ids.with_user(cls.users["gm"]).action_approve()
        return {
            name: budget.sudo().line_ids.filtered(
                lambda line, name=name: line.category_id == cls.categories[name]
            )
            for name in ("travel", "meals")
        }

    def assert_found(self, *words):
        with self.assertRaises(AssertionError) as found:
            self.run_sequences(40)
        for word in words:
            self.assertIn(word, str(found.exception))


@tagged("post_install", "-at_install")
class TestExpenseSequences(ExpenseSequences):
    """Invariant 7: approved spending never exceeds the budget unless released."""

    def test_sequences(self):
        self.run_sequences(part(5, 25), SHRINK, length=25)
        for name in (
            "expense.application.create",
            "expense.application.action_submit",
            "expense.application.action_close",
            "hr.expense.action_submit",
            "hr.expense.write",
            "hr.expense.split.wizard.action_split_expense",
            "regulation.approval.action_approve",
        ):
            for outcome in ("done", "refused"):
                self.assertTrue(self.tally[name, outcome], (name, outcome, self.refusals))
        # whoever may not post does not come as far as the wizard
        self.assertTrue(self.tally["hr.expense.post.wizard.action_post_entry", "done"])
        for what in EXPECTED:
            self.assertTrue(self.reach[what], (what, self.reach))

    def test_hole_budget_is_not_measured(self):
        """The gate of the budget lets everything pass."""
        self.patch(
            self.env.registry["expense.application"],
            "_gate_expense_budget",
            lambda applications, policies, **facts: {},
        )
        self.assert_found("spent of a budget")

    def test_hole_applications_are_not_asked(self):
        """A claim needs no application, or exceeds it."""
        self.patch(
            self.env.registry["hr.expense"],
            "_gate_expense_application",
            lambda claims, policies, **facts: {},
        )
        self.assert_found("application")
