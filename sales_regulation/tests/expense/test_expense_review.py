# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from datetime import date

from odoo import Command
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import tagged

from odoo.addons.sales_regulation.tools import engine

from .common import DAY, ExpenseCommon

TEXTS = {"findings": "Two fairs dropped", "effect": "Nine customers", "improvement": "One stand"}


@tagged("post_install", "-at_install")
class TestExpenseReview(ExpenseCommon):
    """S0-60, S0-70, S0-71, S1-30, S1-31, S1-33: reasons, yearly lines, and the regular review."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.training = cls.env.ref("sales_regulation.budget_category_training")
        cls.profile = cls._expense_profile(
            budget_reasons=True,
            budget_figure_ids=[
                Command.create({"category_id": cls.training.id, "amount": 100_000}),
                Command.create({"category_id": cls.category.id, "amount": 20_000}),
            ],
            duty_ids=[
                Command.create(
                    {
                        "code": "expense_review",
                        "name": "Review",
                        "frequency": "quarterly",
                        "who": "role",
                        "role_id": cls.roles["finance"].id,
                    }
                )
            ],
        )

    def review(self, login="fin", **values):
        return (
            self.env["sales.expense.review"]
            .with_user(self.users[login])
            .create({"date_from": date(DAY.year, 1, 1), "date_to": DAY, **values})
        )

    def draft(self, **values):
        return (
            self.env["sales.budget"]
            .with_user(self.users["fin"])
            .create({"name": "Sales", "year": DAY.year, **values})
        )

    def test_budget_gives_reasons(self):
        budget = self.draft(
            line_ids=[Command.create({"category_id": self.category.id, "amount": 9})]
        )
        for values in ({}, {"note": "Plan"}, {"benefit": "  "}):
            budget.write(values)
            with self.assertRaisesRegex(UserError, "benefit"):
                budget.action_submit()
        budget.benefit = "Nine customers"
        budget.action_submit()
        for values in ({"note": "Other"}, {"benefit": "Other"}):
            with self.assertRaises(UserError):
                budget.write(values)
        self.assertIn("Nine customers", budget._approval_summary(budget.sudo().approval_ids))

    def test_yearly_lines(self):
        """The lines of the regulation, as far as the budget has none of the category."""
        budget = self.draft(
            line_ids=[Command.create({"category_id": self.category.id, "amount": 9})]
        )
        budget.action_load_figures()
        budget.action_load_figures()
        self.assertEqual(
            {line.category_id: line.amount for line in budget.line_ids},
            {self.category: 9, self.training: 100_000},
        )
        with self.assertRaises(UserError):
            self.profile.with_user(self.users["adm"]).budget_figure_ids[0].amount = 1
        with self.assertRaises(ValidationError):
            self.env["regulation.profile"].create(
                {
                    "name": "Two",
                    "code": "TWO",
                    "expense_tolerance": -1,
                }
            )

    def test_shipped_lines_of_the_general_scheme(self):
        figures = self.env.ref("sales_regulation.profile_s1").budget_figure_ids
        self.assertEqual(
            {figure.clause_codes: figure.amount for figure in figures},
            {"S1-30": 50_000, "S1-31": 20_000, "S1-33": 100_000},
        )

    def test_review_fixes_its_figures(self):
        budget = self.draft(
            note="Plan",
            benefit="More",
            line_ids=[
                Command.create(
                    {"category_id": self.category.id, "amount": 120_000, "used_before": 118_500}
                )
            ],
        )
        budget.action_submit()
        self._approve(budget, "sales_budget")
        self._approved(1_000)
        review = self.review()
        with self.assertRaisesRegex(UserError, "Write down"):
            review.action_hand_in()
        review.write(TEXTS)
        review.action_hand_in()
        self.assertEqual((review.budgeted, review.used), (120_000, 119_500))
        self.assertAlmostEqual(review.execution, 99.58, 2)
        for values in ({"findings": "Other"}, {"date_to": DAY}, {"company_id": self.company.id}):
            with self.assertRaises(UserError):
                review.write(values)
        for values in ({"used": 1}, {"state": "draft"}, {"user_id": self.users["gm"].id}):
            with self.assertRaises(AccessError):
                review.sudo().write(values)
        with self.assertRaises(UserError):
            review.unlink()
        with self.assertRaises(UserError):
            review.action_hand_in()

    def test_everybody_writes_his_own(self):
        review = self.review()
        with self.assertRaises(AccessError):
            self._as(review, "gm").write({"findings": "x"})
        with self.assertRaises(AccessError):
            self._as(review, "gm").action_hand_in()
        with self.assertRaises(AccessError):
            self.review("fin", state="done")
        with self.assertRaises(AccessError):
            self.review("aud")

    def test_duty_is_closed(self):
        engine(self.profile).write({"published_at": "2020-01-02"})
        self.profile.duty_ids._create_instances()
        instance = self.profile.duty_ids.instance_ids.sorted("period_start")[-1]
        self.assertEqual(instance.user_id, self.users["fin"])
        review = self.review(date_from=instance.period_start, date_to=instance.period_end, **TEXTS)
        review.action_hand_in()
        self.assertEqual(instance.state, "done")

    def test_budget_counts_what_was_approved_before(self):
        """Also applications: their claims would pass beside the budget otherwise."""
        application = self._approved(1_500)
        claim = self._claim(600, application)
        claim.action_submit()
        self._approve(claim, "expense_claim")
        self.assertFalse(application.budget_line_id or claim.sudo().budget_line_id)
        budget = self.draft(
            note="Plan",
            benefit="More",
            line_ids=[Command.create({"category_id": self.category.id, "amount": 2_000})],
        )
        budget.action_submit()
        self._approve(budget, "sales_budget")
        self.env.invalidate_all()
        line = budget.sudo().line_ids
        self.assertEqual(
            (application.sudo().budget_line_id, claim.sudo().budget_line_id), (line, line)
        )
        self.assertEqual((line.used, line.left), (1_500, 500))

    def test_report_in_percent(self):
        budget = self.draft(
            note="Plan",
            benefit="More",
            line_ids=[
                Command.create(
                    {"category_id": self.category.id, "amount": 2_000, "used_before": 500}
                )
            ],
        )
        budget.action_submit()
        self._approve(budget, "sales_budget")
        self._approved(300)
        Report = self.env["sales.budget.report"].with_user(self.users["fin"])
        domain = [("company_id", "=", self.company.id)]
        [(execution, share)] = Report._read_group(domain, [], ["execution:avg", "sales_share:avg"])
        self.assertEqual((execution, share), (40.0, 0.0), "no sales, no ratio")
        invoice = self.env["account.move"].create(
            {
                "move_type": "out_invoice",
                "partner_id": self.customers["xinghai"].id,
                "invoice_date": DAY,
                "date": DAY,
                "invoice_line_ids": [
                    Command.create(
                        {"name": "x", "price_unit": 5_000, "quantity": 1, "tax_ids": False}
                    )
                ],
            }
        )
        invoice.action_post()
        months = dict(Report._read_group(domain, ["date:year"], ["sales_share:avg"]))
        self.assertEqual(list(months.values()), [10.0])
        rows = Report.formatted_read_group(
            domain, ["category_id", "date:month"], ["execution:avg", "spent:sum", "sales_share:avg"]
        )
        self.assertTrue(rows)

    def test_report_by_department_and_category(self):
        """Sales are of the salesperson's department; they have no category, so that a share of
        nothing is no figure. A claim on no budget has the category of its product."""
        department = self.env["hr.department"].create(
            {"name": "Sales of the tests", "company_id": self.company.id}
        )
        self.employees["a"].department_id = department
        application = self._approved(1_500)
        claim = self._claim(600, application)
        claim.action_submit()
        self._approve(claim, "expense_claim")
        invoice = self.env["account.move"].create(
            {
                "move_type": "out_invoice",
                "partner_id": self.customers["xinghai"].id,
                "invoice_user_id": self.users["a"].id,
                "invoice_date": DAY,
                "date": DAY,
                "invoice_line_ids": [
                    Command.create(
                        {"name": "x", "price_unit": 5_000, "quantity": 1, "tax_ids": False}
                    )
                ],
            }
        )
        invoice.action_post()
        Report = self.env["sales.budget.report"].with_user(self.users["fin"])
        figures = ["spent:sum", "reserved:sum", "sales:sum", "sales_share:avg"]

        def groups(by):
            domain = [("company_id", "=", self.company.id)]
            return {row[0]: row[1:] for row in Report._read_group(domain, [by], figures)}

        self.assertEqual(groups("department_id"), {department: (600.0, 900.0, 5_000.0, 12.0)})
        shares = groups("category_id")
        self.assertEqual(shares[self.category][:3], (600.0, 900.0, 0.0))
        self.assertIs(shares[self.category][3], False)
        # Spent without application or budget
        self.env.flush_all()
        self.cr.execute("UPDATE hr_expense SET application_id = NULL WHERE id = %s", [claim.id])
        self.assertEqual(groups("category_id")[self.category][0], 600.0)
