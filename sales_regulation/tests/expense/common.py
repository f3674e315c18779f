# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from datetime import date, timedelta

from odoo import Command

from odoo.addons.sales_regulation.tests.common import SCAN, RegulationCommon

GATES = ("expense_application", "expense_receipt", "expense_claim", "expense_budget")
RULES = (
    ("sales_budget", "general_manager"),
    ("budget_change", "general_manager"),
    ("expense_application", "sales_manager"),
    ("expense_application", "finance"),
    ("expense_claim", "sales_manager"),
    ("expense_claim", "finance"),
)
#: when the money is spent: not before what is approved today, wherever the company is
DAY = date.today() + timedelta(days=1)


class ExpenseCommon(RegulationCommon):
    """A travel budget of 120,000, of which 118,500 was used before."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._build_expense()

    @classmethod
    def _build_expense(cls):
        cls.travel = cls.env["product.product"].create(
            {"name": "Travel", "can_be_expensed": True, "type": "service", "standard_price": 0.0}
        )
        cls.category = cls.env.ref("sales_regulation.budget_category_travel")
        cls.category.product_ids = cls.travel

    @classmethod
    def _expense_profile(cls, gates=None, **settings):
        kinds = {kind.code: kind.id for kind in cls.env["regulation.approval.kind"].search([])}
        return cls._profile(
            gates=dict.fromkeys(GATES, "enforce") if gates is None else gates,
            approval_rule_ids=[
                Command.create(
                    {
                        "kind_id": kinds[kind],
                        "sequence": number,
                        "approver_type": "role",
                        "role_id": cls.roles[role].id,
                    }
                )
                for number, (kind, role) in enumerate(RULES)
            ],
            **settings,
        )

    @classmethod
    def _approve(cls, document, kind):
        """Everybody whose turn it is says yes."""
        while approval := cls.env["regulation.approval"].search(
            [
                ("res_model", "=", document._name),
                ("res_id", "=", document.id),
                ("kind_id.code", "=", kind),
                ("state", "=", "pending"),
            ]
        ):
            step = approval.step_ids.filtered(lambda row: row.state == "pending")
            approval.with_user(step.user_ids[0]).action_approve()
        return document

    @classmethod
    def _budget(cls, amount=120_000, used=118_500, **values):
        budget = (
            cls.env["sales.budget"]
            .with_user(cls.users["fin"])
            .create(
                {
                    "name": "Sales",
                    "year": DAY.year,
                    "line_ids": [
                        Command.create(
                            {
                                "category_id": cls.category.id,
                                "amount": amount,
                                "used_before": used,
                            }
                        )
                    ],
                    **values,
                }
            )
        )
        budget.action_submit()
        return cls._approve(budget, "sales_budget")

    @classmethod
    def _application(cls, amount=1_500, login="a", **values):
        return (
            cls.env["expense.application"]
            .with_user(cls.users[login])
            .create(
                {
                    "purpose": "Visit to Xinghai",
                    "amount": amount,
                    "category_id": cls.category.id,
                    "date": DAY,
                    **values,
                }
            )
        )

    @classmethod
    def _approved(cls, amount=1_500, login="a", **values):
        application = cls._application(amount, login, **values)
        application.action_submit()
        return cls._approve(application, "expense_application")

    @classmethod
    def _claim(cls, amount, application=None, login="a", receipt=True, **values):
        claim = (
            cls.env["hr.expense"]
            .with_user(cls.users[login])
            .create(
                {
                    "name": "Train",
                    "employee_id": cls.employees[login].id,
                    "product_id": cls.travel.id,
                    "total_amount_currency": amount,
                    "tax_ids": False,
                    "date": DAY,
                    "application_id": application.id if application else False,
                    **values,
                }
            )
        )
        if receipt:
            cls.env["ir.attachment"].with_user(cls.users[login]).create(
                {
                    "name": "ticket.pdf",
                    "datas": SCAN,
                    "res_model": "hr.expense",
                    "res_id": claim.id,
                }
            )
        return claim
