# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
import unittest

from odoo import SUPERUSER_ID, api
from odoo.exceptions import UserError
from odoo.tests import BaseCase, get_db_name, tagged

from odoo.addons.sales_regulation.tests.common import SCAN
from odoo.addons.sales_regulation.tests.expense.common import GATES, ExpenseCommon

from .parallel import ParallelWorld


class ExpenseWorld(ParallelWorld):
    """A budget of 1,000; everybody may apply."""

    _build_expense = classmethod(ExpenseCommon._build_expense.__func__)
    _expense_profile = classmethod(ExpenseCommon._expense_profile.__func__)
    _budget = classmethod(ExpenseCommon._budget.__func__)
    _approve = classmethod(ExpenseCommon._approve.__func__)

    def build(self):
        """Nothing but the company, its regulation and the budget."""
        cls = type(self)
        with self.registry.cursor() as cr:
            cls.env = api.Environment(cr, SUPERUSER_ID, {})
            cls._build_world()
            cr.commit()
            self.uids = {login: user.id for login, user in cls.users.items()}

    @classmethod
    def _build_world(cls):
        cls._build_company()
        cls._build_expense()
        cls._expense_profile(gates=dict.fromkeys(GATES, "enforce"))
        cls.line = cls._budget(1_000, 0).sudo().line_ids.id
        cls.product_id = cls.travel.id
        cls.category_id = cls.category.id
        cls.employee_ids = {login: cls.employees[login].id for login in ("a", "b")}


@tagged("post_install", "-at_install")
class TestExpenseParallel(BaseCase):
    """Invariant 7 when several people act at the same moment: approved spending stays within
    the budget, claims within their application."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        source = ExpenseWorld.source_of(get_db_name())
        if not source:
            raise unittest.SkipTest("needs a database to copy: run the tests with ./dev test")
        cls.world = ExpenseWorld(source)
        cls.addClassCleanup(cls.world.drop)
        cls.world.build()

    def pending(self, model, document):
        return [
            row[0]
            for row in self.world.rows(
                "SELECT id FROM regulation_approval WHERE res_model = %s AND res_id = %s"
                " AND state = 'pending'",
                model,
                document,
            )
        ]

    def applied(self, login, amount):
        """An application that waits for finance."""
        world = self.world
        [application] = world.call(
            login,
            "expense.application",
            "create",
            [
                {
                    "purpose": "Fair",
                    "amount": amount,
                    "category_id": world.category_id,
                    "date": "2026-12-10",
                }
            ],
        )
        world.call(login, "expense.application", "action_submit", [application])
        world.call(
            "km",
            "regulation.approval",
            "action_approve",
            self.pending("expense.application", application),
        )
        return application

    def claim(self, application, amount):
        world = self.world
        [claim] = world.call(
            "a",
            "hr.expense",
            "create",
            [
                {
                    "name": "Fair",
                    "employee_id": world.employee_ids["a"],
                    "product_id": world.product_id,
                    "total_amount_currency": amount,
                    "tax_ids": False,
                    "date": "2026-12-10",
                    "application_id": application,
                }
            ],
        )
        world.call(
            "a",
            "ir.attachment",
            "create",
            [{"name": "bill", "datas": SCAN, "res_model": "hr.expense", "res_id": claim}],
        )
        return claim

    def test_budget_and_application(self):
        """Two applications of 600 on 1,000: one is approved. Two claims of 400 on 600: one is
        submitted."""
        world = self.world
        both = [self.applied("a", 600), self.applied("a", 600)]
        results = world.together(
            *[
                (
                    "fin",
                    "regulation.approval",
                    "action_approve",
                    self.pending("expense.application", one),
                )
                for one in both
            ]
        )
        self.assertEqual(sum(isinstance(result, UserError) for result in results), 1)
        approved = world.rows(
            "SELECT id, amount FROM expense_application WHERE state = 'approved' AND id = ANY(%s)",
            both,
        )
        self.assertEqual([amount for _id, amount in approved], [600])
        claims = [self.claim(approved[0][0], 400) for _number in range(2)]
        results = world.together(*[("a", "hr.expense", "action_submit", [one]) for one in claims])
        self.assertEqual(sum(isinstance(result, UserError) for result in results), 1)
        submitted = world.rows(
            "SELECT id FROM hr_expense WHERE approval_state = 'submitted' AND id = ANY(%s)", claims
        )
        self.assertEqual(len(submitted), 1)
