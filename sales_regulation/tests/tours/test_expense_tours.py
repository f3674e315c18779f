# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo.tests import tagged

from ..common import SCAN
from ..expense.common import DAY, ExpenseCommon
from .common import PhoneTour, TourCommon


@tagged("post_install", "-at_install")
class TestExpenseTours(TourCommon):
    """An expense from the application to the payment, in the browser (C34, step 38)."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        ExpenseCommon._build_expense.__func__(cls)
        cls.line = cls._prepare_budget().sudo().line_ids

    @classmethod
    def _prepare_budget(cls):
        budget = (
            cls.env["sales.budget"]
            .with_user(cls.users["fin"])
            .create(
                {
                    "name": "Sales",
                    "year": DAY.year,
                    "note": "Plan of the year",
                    "benefit": "Twelve customers",
                    "line_ids": [
                        (
                            0,
                            0,
                            {
                                "category_id": cls.category.id,
                                "amount": 120_000,
                                "used_before": 118_500,
                            },
                        )
                    ],
                }
            )
        )
        budget.action_submit()
        cls._requests(budget, "sales_budget").with_user(cls.users["gm"]).action_approve()
        return budget

    def test_expense(self):
        self._tour("a", "rep_applies", "/odoo/expense.application/new")
        application = self.env["expense.application"].search(
            [("employee_id", "=", self.employees["a"].id)]
        )
        self.assertRecordValues(application, [{"state": "submitted", "amount": 1_500}])
        self._tour("km", "manager_application", "/odoo/to-approve")
        self._tour("fin", "finance_application", "/odoo/to-approve")
        self.assertEqual((application.state, self.line.left), ("approved", 0))
        self._tour("a", "rep_claims", self._url(application))
        claim = application.claim_ids
        self.assertRecordValues(
            claim, [{"state": "draft", "total_amount": 1_480, "product_id": self.travel.id}]
        )
        self.env["ir.attachment"].with_user(self.users["a"]).create(
            {"name": "ticket.pdf", "datas": SCAN, "res_model": "hr.expense", "res_id": claim.id}
        )
        claim.date = DAY
        self._tour("a", "rep_submits_claim", self._url(claim))
        self.assertEqual(claim.state, "submitted")
        for login in ("km", "fin"):
            self._tour(login, "approves_claim", "/odoo/to-approve")
        self.assertEqual(claim.state, "approved")
        self._tour("fin", "finance_pays", self._url(claim))
        self.assertIn(claim.state, ("in_payment", "paid"))
        self._tour("a", "rep_closes", self._url(application))
        self.assertEqual(
            (application.state, self.line.used, self.line.left), ("closed", 119_980, 20)
        )


@tagged("post_install", "-at_install")
class TestExpenseToursPhone(PhoneTour, TestExpenseTours):
    pass
