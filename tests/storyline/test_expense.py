# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Money is applied for, claimed and paid within the budget."""

from odoo import Command
from odoo.tests import tagged

from odoo.addons.sales_regulation.tests.common import SCAN

from .common import StorylineCase


class ExpenseCase(StorylineCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.travel = cls.env["product.product"].create(
            {"name": "Travel", "can_be_expensed": True, "type": "service", "standard_price": 0.0}
        )
        cls.category = cls.env.ref("sales_regulation.budget_category_travel")
        cls.category.product_ids = cls.travel

    def budget(self, amount=120_000, used=118_500):
        budget = self.FIN.create(
            "sales.budget",
            name="Sales 2026",
            year=2026,
            note="Plan of the year",
            benefit="Twelve new customers",
            line_ids=[
                Command.create(
                    {"category_id": self.category.id, "amount": amount, "used_before": used}
                )
            ],
        )
        self.FIN.call("sales.budget", "action_submit", budget)
        budget = self.env["sales.budget"].browse(budget)
        self.decide(budget, "sales_budget", "GM")
        return budget.line_ids

    def claim(self, amount, application=None):
        claim = self.A.create(
            "hr.expense",
            name="Train to Shenzhen",
            product_id=self.travel.id,
            employee_id=self.employees["a"].id,
            total_amount_currency=amount,
            tax_ids=[],
            date="2026-03-10",
            application_id=application.id if application else False,
        )
        self.A.create(
            "ir.attachment", name="ticket.pdf", datas=SCAN, res_model="hr.expense", res_id=claim
        )
        return self.env["hr.expense"].browse(claim)


@tagged("post_install", "-at_install")
class TestStorylineExpense(ExpenseCase):
    """Step 38."""

    def application(self, amount):
        return self.env["expense.application"].browse(
            self.A.create(
                "expense.application",
                purpose="Visit to Xinghai",
                category_id=self.category.id,
                amount=amount,
                date="2026-03-10",
                partner_id=self.customers["xinghai"].id,
            )
        )

    def test_38_from_application_to_payment(self):
        self.at("2026-03-10 10:00")
        line = self.budget()
        self.assertEqual(line.left, 1_500)
        with self.A.refused("1,500.00", "S0-"):
            self.A.call("expense.application", "action_submit", self.application(2_000).ids)
        application = self.application(1_500)
        self.A.call("expense.application", "action_submit", application.ids)
        self.decide(application, "expense_application", "KM")
        self.assertEqual(line.left, 1_500)
        with self.FIN.refused("lawful"):
            self.decide(application, "expense_application", "FIN")
        self.tick(application, "FIN", kind="expense_application")
        self.decide(application, "expense_application", "FIN")
        self.assertEqual((application.state, line.left), ("approved", 0))
        claim = self.claim(1_520, application)
        with self.A.refused("20.00"):
            self.A.call("hr.expense", "action_submit", claim.ids)
        with self.A.refused("no approved application"):
            self.A.call("hr.expense", "action_submit", self.claim(10).ids)
        self.A.write("hr.expense", claim.ids, total_amount_currency=1_480)
        self.A.call("hr.expense", "action_submit", claim.ids)
        self.decide(claim, "expense_claim", "KM")
        self.assertEqual(claim.state, "submitted")
        self.decide(claim, "expense_claim", "FIN")
        self.assertEqual((claim.state, line.left), ("approved", 0))
        action = self.FIN.call("hr.expense", "action_post", claim.ids)
        self.FIN.call(
            "hr.expense.post.wizard",
            "action_post_entry",
            action["res_id"],
            context=action["context"],
        )
        self.assertEqual(claim.state, "posted")
        context = {"active_model": "account.move", "active_ids": claim.account_move_id.ids}
        wizard = self.FIN.call("account.payment.register", "create", vals_list=[{}], context=context)
        self.FIN.call("account.payment.register", "action_create_payments", wizard, context=context)
        self.assertIn(claim.state, ("in_payment", "paid"))
        self.A.call("expense.application", "action_close", application.ids)
        self.assertEqual((line.used, line.left), (119_980, 20))


class ClaimWithoutApplication(ExpenseCase):
    """The row "claim without application" of the table of profiles."""

    blocked = False

    def check_claim(self):
        self.at("2026-03-10 10:00")
        claim = self.claim(100)
        if self.blocked:
            with self.A.refused("no approved application"):
                self.A.call("hr.expense", "action_submit", claim.ids)
            self.assertEqual(claim.state, "draft")
        else:
            self.A.call("hr.expense", "action_submit", claim.ids)
            self.assertIn(claim.state, ("submitted", "approved"))

    def check_budget(self):
        self.at("2026-03-10 10:00")
        self.budget(1_000, 950)
        with self.A.refused("50.00"):
            self.A.call("hr.expense", "action_submit", self.claim(100).ids)
        self.A.call("hr.expense", "action_submit", self.claim(50).ids)


@tagged("post_install", "-at_install")
class TestClaimS0(ClaimWithoutApplication):
    profile_code = "S0"
    blocked = True

    def test_blocked(self):
        self.check_claim()


@tagged("post_install", "-at_install")
class TestClaimS1(ClaimWithoutApplication):
    profile_code = "S1"

    def test_allowed(self):
        self.check_claim()


@tagged("post_install", "-at_install")
class TestClaimS2(ClaimWithoutApplication):
    profile_code = "S2"

    def test_budget_only(self):
        self.check_claim()
        self.check_budget()


@tagged("post_install", "-at_install")
class TestClaimS3(ClaimWithoutApplication):
    profile_code = "S3"

    def test_allowed(self):
        self.check_claim()


@tagged("post_install", "-at_install")
class TestClaimS4(ClaimWithoutApplication):
    profile_code = "S4"

    def test_budget_only(self):
        self.check_claim()
        self.check_budget()


@tagged("post_install", "-at_install")
class TestClaimNoProfile(ClaimWithoutApplication):
    profile_code = ""

    def test_allowed(self):
        self.check_claim()
