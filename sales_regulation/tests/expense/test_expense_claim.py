# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from datetime import timedelta

from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from .common import DAY, ExpenseCommon

BEFORE = DAY - timedelta(days=60)


@tagged("post_install", "-at_install")
class TestExpenseClaim(ExpenseCommon):
    """C34: claims only for what was applied for, with receipt, approved twice."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._expense_profile()
        cls.line = cls._budget().sudo().line_ids

    def paid(self, claim):
        """Posted and paid as finance does it."""
        fin = self.users["fin"]
        action = claim.with_user(fin).action_post()
        self.env["hr.expense.post.wizard"].with_user(fin).with_context(action["context"]).browse(
            action["res_id"]
        ).action_post_entry()
        move = claim.sudo().account_move_id
        self.env["account.payment.register"].with_context(
            active_model="account.move", active_ids=move.ids
        ).create({})._create_payments()
        return claim

    def test_without_application(self):
        """S0-65"""
        claim = self._claim(100)
        for step in (
            claim.action_submit,
            lambda: claim.write({"approval_state": "submitted"}),
            lambda: claim.sudo().write({"approval_state": "approved"}),
            lambda: claim.sudo()._do_approve(check=False),
        ):
            with self.assertRaisesRegex(UserError, "no approved application"):
                step()
        self.assertEqual(claim.state, "draft")

    def test_forged(self):
        """What follows from the steps is not written, whoever tries."""
        claim = self._claim(100)
        for values in (
            {"state": "paid"},
            {"state": "approved"},
            {"budget_line_id": self.line.id},
        ):
            with self.assertRaises(AccessError):
                claim.write(values)
            with self.assertRaises(AccessError):
                claim.sudo().write(values)

    def test_created_as_forged(self):
        """A claim is not created with a status or a budget: it is refused, by whatever way."""
        move = self.env["account.move"].create({})
        forged = (
            {"approval_state": "approved"},
            {"approval_state": "submitted"},
            {"state": "paid"},
            {"state": "approved"},
            {"account_move_id": move.id},
            {"budget_line_id": self.line.id},
        )
        for values in forged:
            with self.assertRaises(AccessError, msg=values):
                self._claim(100, receipt=False, **values)
            with self.assertRaises(AccessError, msg=values):
                self.env["hr.expense"].sudo().create(
                    {"name": "x", "employee_id": self.employees["a"].id,
                     "total_amount_currency": 10, **values}
                )
        Claims = self.env["hr.expense"].with_user(self.users["a"])
        new = {"name": "x", "product_id": self.travel.id, "total_amount_currency": 10}
        for values in (forged[0], forged[1], forged[4]):
            context = {f"default_{name}": value for name, value in values.items()}
            with self.assertRaises(AccessError, msg=context):
                Claims.with_context(**context).create(new)
        # These defaults are not read at all
        claim = Claims.with_context(
            default_budget_line_id=self.line.id, default_state="paid"
        ).create(new)
        self.assertEqual((claim.state, claim.sudo().budget_line_id.id), ("draft", False))
        for column, value in (("approval_state", "Approved"), ("state", "Paid")):
            loaded = Claims.load(
                ["name", "product_id/.id", "total_amount_currency", column],
                [["x", str(self.travel.id), "10", value]],
            )
            self.assertFalse(loaded["ids"], column)

    def test_within_the_approved_amount(self):
        application = self._approved(1_500)
        claim = self._claim(1_520, application)
        with self.assertRaisesRegex(UserError, r"by .*20\.00"):
            claim.action_submit()
        claim.total_amount_currency = 1_480
        claim.action_submit()
        self.assertEqual(claim.state, "submitted")
        with self.assertRaisesRegex(UserError, r"by .*0\.01"):
            self._claim(20.01, application).action_submit()
        # submitted together
        two = self._claim(10.01, application) | self._claim(10, application)
        with self.assertRaises(UserError):
            two.action_submit()

    def test_figures_and_submission_in_one_call(self):
        claim = self._claim(100, self._approved(1_500))
        with self.assertRaises(UserError):
            claim.write({"approval_state": "submitted", "total_amount_currency": 1_600})
        self.assertEqual(claim.state, "draft")

    def test_figures_agree(self):
        """Price and quantity, which Odoo posts, are the amount that is approved; by every route
        that a figure can take."""
        application = self._approved(1_500)
        claim = self._claim(100, application)
        claim.quantity = 0
        claim.flush_recordset()
        claim.invalidate_recordset()
        self.assertEqual((claim.total_amount, claim.price_unit), (100, 0))
        for step in (
            claim.action_submit,
            lambda: claim.write({"approval_state": "submitted"}),
            lambda: claim.sudo().write({"approval_state": "approved"}),
            lambda: claim.sudo()._do_approve(check=False),
        ):
            with self.assertRaisesRegex(UserError, "do not agree"):
                step()
        self.assertEqual(claim.state, "draft")
        negative = self._claim(-100, application)
        with self.assertRaisesRegex(UserError, "above zero"):
            negative.action_submit()

    def test_figures_agree_when_posted(self):
        """Where the regulation only observes, a claim may be changed once it is approved: what
        is posted agrees with it all the same."""
        claim = self._claim(100, self._approved(1_500))
        claim.action_submit()
        self._approve(claim, "expense_claim")
        lines = self.env["regulation.profile.gate"].search(
            [("profile_id.assignment_ids.company_id", "=", self.company.id)]
        )
        lines.with_user(self.users["gm"]).action_observe()
        claim.sudo().write({"price_unit": 900.0})
        with self.assertRaisesRegex(UserError, "do not agree"):
            claim.sudo()._post_without_wizard()

    def test_receipt(self):
        application = self._approved(1_500)
        claim = self._claim(100, application, receipt=False)
        with self.assertRaisesRegex(UserError, "no receipt"):
            claim.action_submit()

    def test_two_steps_to_paid(self):
        application = self._approved(1_500)
        claim = self._claim(1_480, application)
        claim.action_submit()
        self.assertEqual(claim.state, "submitted")
        for step in (
            lambda: claim.sudo().write({"approval_state": "approved"}),
            lambda: claim.sudo().action_approve(),
            lambda: claim.sudo().write({"account_move_id": self.env["account.move"].create({}).id}),
            lambda: self.env["account.move"].create({"expense_ids": [(4, claim.id)]}),
        ):
            with self.assertRaises(UserError):
                step()
        self._approve(claim, "expense_claim")
        self.assertEqual((claim.state, claim.sudo().budget_line_id), ("approved", self.line))
        for name, value in (
            ("total_amount_currency", 1.0),
            ("date", DAY + timedelta(days=1)),
            ("payment_mode", "company_account"),
            ("employee_id", self.employees["b"].id),
            ("quantity", 2),
            ("tax_ids", False),
        ):
            with self.assertRaises(UserError):
                claim.sudo().write({name: value})
        with self.assertRaisesRegex(UserError, "not paid"):
            application.action_close()
        self.paid(claim)
        self.assertIn(claim.state, ("paid", "in_payment"))
        self.assertEqual(self.line.left, 0)
        application.action_close()
        self.env.invalidate_all()
        self.assertEqual((self.line.used, self.line.left), (119_980, 20))
        with self.assertRaises(UserError):
            self._claim(10, application).action_submit()

    def test_reset_frees_and_asks_again(self):
        application = self._approved(1_500)
        claim = self._claim(1_500, application)
        claim.action_submit()
        self._approve(claim, "expense_claim")
        claim.sudo().action_reset()
        self.assertEqual(claim.state, "draft")
        with self.assertRaisesRegex(UserError, "not approved"):
            claim.sudo().write({"approval_state": "approved"})
        claim.action_submit()
        self._approve(claim, "expense_claim")
        self.assertEqual(claim.state, "approved")

    def test_receipt_taken_away_after_approval(self):
        claim = self._claim(100, self._approved(1_500))
        claim.action_submit()
        self._approve(claim, "expense_claim")
        claim.sudo().attachment_ids.unlink()
        with self.assertRaises(UserError):
            claim.sudo()._post_without_wizard()

    def test_somebody_elses_and_other_category(self):
        application = self._approved(1_500, "b")
        with self.assertRaises(UserError):
            self._claim(100, application).action_submit()
        with self.assertRaises(AccessError):
            self._application(employee_id=self.employees["b"].id)

    def test_spent_before_approved(self):
        application = self._approved(1_500)
        claim = self._claim(100, application, date=BEFORE)
        with self.assertRaisesRegex(UserError, "spent before"):
            claim.action_submit()

    def test_after_the_fact_with_reason(self):
        application = self._application(100, after_the_fact=True, date=BEFORE)
        application.action_submit()
        approval = application.sudo().approval_ids
        with self.assertRaises(UserError):
            approval.with_user(self.users["km"]).action_approve()
        approval.with_user(self.users["km"]).action_approve("The machine stood still")
        self._approve(application, "expense_application")
        self.assertEqual(application.exception_reason, "The machine stood still")
        self._claim(100, application, date=BEFORE).action_submit()

    def test_sealed_application(self):
        application = self._application()
        for values in ({"state": "approved"}, {"approved_at": "2020-01-01"}):
            with self.assertRaises(AccessError):
                application.sudo().write(values)
        application.action_submit()
        with self.assertRaises(UserError):
            application.amount = 1
        with self.assertRaises(AccessError):
            self._as(application, "b").read(["amount"])

    def test_employee_without_group(self):
        user = self.users["a"]
        user.write({"group_ids": [(6, 0, self.env.ref("base.group_user").ids)]})
        application = self._approved(100)
        claim = self._claim(100, application)
        claim.action_submit()
        self._approve(claim, "expense_claim")
        self.assertEqual(claim.state, "approved")
        self.assertTrue(claim.web_read({"approval_count": {}, "regulation_notice": {}}))


@tagged("post_install", "-at_install")
class TestExpenseThreshold(ExpenseCommon):
    def test_splitting_does_not_help(self):
        """Two claims of 60 within five days are 120."""
        self._expense_profile(
            gates={"expense_application": "enforce"},
            expense_application_from=100,
            expense_split_days=5,
        )
        self._claim(60).action_submit()
        with self.assertRaises(UserError):
            self._claim(60, date=DAY + timedelta(days=4)).action_submit()
        self._claim(60, date=DAY + timedelta(days=10)).action_submit()

    def test_together(self):
        self._expense_profile(
            gates={"expense_application": "enforce"}, expense_application_from=100
        )
        with self.assertRaises(UserError):
            (self._claim(60) | self._claim(60)).action_submit()

    def test_budget_only_and_currencies(self):
        """S2, S4: no application, the claim in dollars counts in the currency of the company."""
        usd = self.env.ref("base.USD")
        usd.active = True
        self.env["res.currency.rate"].create(
            {
                "name": DAY - timedelta(days=9),
                "currency_id": usd.id,
                "company_id": self.company.id,
                "inverse_company_rate": 7.0,
            }
        )
        self._expense_profile(gates={"expense_budget": "enforce"})
        line = self._budget(1_000, 0).sudo().line_ids
        claim = self._claim(143, currency_id=usd.id)
        self.assertEqual(claim.total_amount, 1_001)
        with self.assertRaisesRegex(UserError, r"1,000\.00"):
            claim.action_submit()
        claim = self._claim(142, currency_id=usd.id)
        claim.action_submit()
        claim.sudo().action_approve()
        self.env.invalidate_all()
        self.assertEqual((line.used, line.left), (994, 6))

    def test_no_profile(self):
        claim = self._claim(100, receipt=False)
        claim.action_submit()
        self.assertIn(claim.state, ("submitted", "approved"))
        claim.sudo().total_amount_currency = 50
