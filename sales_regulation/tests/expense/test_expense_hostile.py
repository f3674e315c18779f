# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from .common import DAY, ExpenseCommon


@tagged("post_install", "-at_install")
class TestExpenseHostile(ExpenseCommon):
    """C34: ways past the steps, as people who would like to take them."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._expense_profile()
        cls.budget = cls._budget()
        cls.line = cls.budget.sudo().line_ids
        cls.users["fin"].group_ids = [
            Command.link(cls.env.ref("hr_expense.group_hr_expense_user").id)
        ]

    def submitted(self, amount=100, application=None):
        claim = self._claim(amount, application or self._approved(1_500))
        claim.action_submit()
        return claim

    def approved_claim(self, amount=100, application=None):
        claim = self.submitted(amount, application)
        return self._approve(claim, "expense_claim")

    def posted(self, claim):
        fin = self.users["fin"]
        action = claim.with_user(fin).action_post()
        self.env["hr.expense.post.wizard"].with_user(fin).with_context(action["context"]).browse(
            action["res_id"]
        ).action_post_entry()
        return claim.sudo().account_move_id

    # -- somebody else's documents

    def test_manager_writes_no_application(self):
        """Managers and finance read what others apply for; they write, withdraw and delete none."""
        application = self._application()
        for login in ("tm", "km", "fin", "gm"):
            theirs = self._as(application, login)
            self.assertEqual(theirs.amount, 1_500)
            for step in (
                lambda theirs=theirs: theirs.write({"purpose": "Other"}),
                theirs.unlink,
                theirs.action_submit,
                lambda theirs=theirs: theirs.write({"employee_id": self.employees["b"].id}),
            ):
                with self.assertRaises(AccessError):
                    step()
        approved = self._approved(100)
        for login in ("tm", "b"):
            with self.assertRaises(AccessError):
                self._as(approved, login).action_close()
        self._as(approved, "fin").action_close()
        self.assertEqual(approved.state, "closed")

    def test_another_teams_manager_decides_nothing(self):
        application = self._application()
        application.action_submit()
        approval = application.sudo().approval_ids
        for login in ("tm", "a", "fin", "hr"):
            with self.assertRaises(UserError):
                approval.with_user(self.users[login]).action_approve()
        self.assertEqual(application.state, "submitted")

    def test_claim_for_somebody_else(self):
        application = self._approved(500, "b")
        with self.assertRaises(AccessError):
            self._claim(100, application, employee_id=self.employees["b"].id)
        claim = self._claim(100, self._approved(100))
        with self.assertRaises(AccessError):
            self._as(claim, "b").write({"total_amount_currency": 1})
        with self.assertRaises(AccessError):
            self._as(claim, "tm").write({"application_id": application.id})

    # -- lines of another document

    def test_claims_through_the_application(self):
        application = self._approved(1_500)
        claim = self.submitted(100, application)
        for command in (
            Command.update(claim.id, {"total_amount_currency": 1_400}),
            Command.update(claim.id, {"approval_state": "approved"}),
            Command.unlink(claim.id),
            Command.create(
                {
                    "name": "x",
                    "employee_id": self.employees["a"].id,
                    "product_id": self.travel.id,
                    "total_amount_currency": 10,
                    "approval_state": "approved",
                }
            ),
        ):
            with self.assertRaises(UserError, msg=command):
                application.write({"claim_ids": [command]})
        self.assertEqual((claim.state, claim.total_amount), ("submitted", 100))

    def test_entry_of_a_claim(self):
        """The entry is neither put on nor taken from a claim by hand: it would be paid twice."""
        claim = self._claim(100, self._approved(1_500))
        fin = self._as(claim, "fin")
        move = self.env["account.move"].create({})
        for step in (
            lambda: fin.write({"account_move_id": move.id}),
            lambda: move.with_user(self.users["fin"]).write({"expense_ids": [(4, claim.id)]}),
        ):
            with self.assertRaisesRegex(UserError, "Only approved"):
                step()
        claim.action_submit()
        self._approve(claim, "expense_claim")
        entry = self.posted(claim)
        for step in (
            lambda: fin.write({"account_move_id": False}),
            lambda: entry.with_user(self.users["fin"]).write({"expense_ids": [(5,)]}),
            lambda: fin.write({"account_move_id": move.id}),
            lambda: fin.write({"approval_state": False, "account_move_id": False}),
        ):
            with self.assertRaises(UserError):
                step()
        self.assertEqual((claim.sudo().account_move_id, claim.state), (entry, "posted"))

    def test_reversed_and_posted_again(self):
        """A reversed entry frees its claim; while the reversal is a draft it is not posted again."""
        claim = self.approved_claim()
        entry = self.posted(claim)
        reversal = entry.with_user(self.users["fin"])._reverse_moves()
        self.assertFalse(claim.sudo().account_move_id)
        self.assertEqual(claim.state, "approved")
        with self.assertRaisesRegex(UserError, "posted before"):
            self.posted(claim)
        reversal.invoice_date = DAY
        reversal.action_post()
        self.assertNotEqual(self.posted(claim), entry)

    def test_cancelled_entry(self):
        claim = self.approved_claim()
        entry = self.posted(claim).with_user(self.users["fin"])
        entry.button_draft()
        entry.button_cancel()
        self.assertEqual((claim.sudo().account_move_id.id, claim.state), (False, "approved"))
        self.posted(claim)

    # -- wizards

    def split(self, claim, **values):
        action = claim.action_split_wizard()
        wizard = claim.env["hr.expense.split.wizard"].browse(action["res_id"])
        if values:
            wizard.expense_split_line_ids[-1].write(values)
        wizard.action_split_expense()
        return claim | claim.search([("split_expense_origin_id", "=", claim.id)])

    def test_split(self):
        """The parts of a claim are claims of the same application, each submitted for itself."""
        application = self._approved(1_000)
        parts = self.split(self._claim(1_000, application))
        self.assertEqual(len(parts), 2)
        self.assertEqual(parts.application_id, application)
        self.assertEqual(set(parts.mapped("state")), {"draft"})
        parts.action_submit()
        other = self._claim(1, application)
        with self.assertRaisesRegex(UserError, r"by .*1\.00"):
            other.action_submit()

    def test_split_with_forged_parts(self):
        claim = self._claim(1_000, self._approved(1_000))
        with self.assertRaises(AccessError):
            self.split(claim, approval_state="approved")
        parts = self.split(claim, total_amount_currency=5_000)
        with self.assertRaisesRegex(UserError, "exceed the approved amount"):
            parts.action_submit()

    def test_split_when_submitted(self):
        claim = self.submitted(1_000)
        with self.assertRaises(UserError):
            self.split(claim.with_user(self.users["fin"]), total_amount_currency=5)
        self.assertEqual(claim.total_amount, 1_000)

    def test_duplicates(self):
        """Neither the copy of a claim nor the wizard for duplicates carries an approval."""
        application = self._approved(1_500)
        claim = self.approved_claim(100, application)
        copy = self._as(claim, "a").sudo().copy()
        self.assertEqual((copy.state, copy.approval_state), ("draft", False))
        self.assertFalse(copy.budget_line_id)
        with self.assertRaises(UserError):
            copy._do_approve(check=False)
        twin = self.submitted(100, application)
        wizard = (
            self.env["hr.expense.approve.duplicate"]
            .sudo()
            .create({"expense_ids": [Command.set((copy | twin).ids)]})
        )
        with self.assertRaisesRegex(UserError, "not approved"):
            wizard.action_approve()
        self.assertEqual((copy.state, twin.state), ("draft", "submitted"))
        application = self._as(application, "a").copy()
        self.assertEqual(application.state, "draft")
        self.assertFalse(application.budget_line_id or application.approved_at)

    # -- import

    def test_import(self):
        application = self._approved(100)
        claim = self._claim(100, application)
        Claims = self.env["hr.expense"].with_user(self.users["a"])
        for column, value in (("approval_state", "Approved"), ("state", "Paid")):
            loaded = Claims.load([".id", column], [[str(claim.id), value]])
            self.assertFalse(loaded["ids"], loaded)
        loaded = Claims.load(
            [".id", "total_amount_currency", "approval_state"],
            [[str(claim.id), "900", "Submitted"]],
        )
        self.assertFalse(loaded["ids"], loaded)
        loaded = (
            self.env["expense.application"]
            .with_user(self.users["a"])
            .load(
                ["purpose", "amount", "category_id/.id", "date", "state"],
                [["x", "10", str(self.category.id), str(DAY), "Approved"]],
            )
        )
        self.assertFalse(loaded["ids"], loaded)
        loaded = (
            self.env["sales.budget.line"]
            .with_user(self.users["fin"])
            .load([".id", "amount"], [[str(self.line.id), "900000"]])
        )
        self.assertFalse(loaded["ids"], loaded)
        self.env.invalidate_all()
        self.assertEqual((claim.state, claim.total_amount), ("draft", 100))
        self.assertEqual(self.line.amount, 120_000)

    # -- companies and currencies

    def test_other_company(self):
        """Neither claim nor application leaves its company, and a line counts its own only."""
        other = self.env["res.company"].create({"name": "Other", "currency_id": self.cny.id})
        self.users["a"].company_ids = [Command.link(other.id)]
        application = self._approved(500)
        claim = self._claim(100, application)
        both = claim.with_context(allowed_company_ids=[self.company.id, other.id])
        with self.assertRaises(UserError):
            both.write({"company_id": other.id})
        with self.assertRaises(UserError):
            application.with_context(allowed_company_ids=[other.id, self.company.id]).write(
                {"company_id": other.id}
            )
        there = self.env["hr.employee"].create(
            {"name": "A there", "user_id": self.users["a"].id, "company_id": other.id}
        )
        with self.assertRaises(UserError):
            claim.with_context(allowed_company_ids=[other.id, self.company.id]).create(
                {
                    "name": "x",
                    "company_id": other.id,
                    "employee_id": there.id,
                    "product_id": self.travel.id,
                    "total_amount_currency": 10,
                    "application_id": application.id,
                }
            )
        budget = self.env["sales.budget"].with_user(self.users["fin"]).create({"name": "Mine"})
        with self.assertRaises(UserError):
            budget.sudo().write({"company_id": other.id, "team_id": self.teams["ka"].id})

    def test_own_rate(self):
        """Whoever states another rate claims another amount: it is judged and then fixed."""
        usd = self.env.ref("base.USD")
        usd.active = True
        self.env["res.currency.rate"].create(
            {
                "name": DAY,
                "currency_id": usd.id,
                "company_id": self.company.id,
                "inverse_company_rate": 7.0,
            }
        )
        application = self._approved(700)
        claim = self._claim(100, application, currency_id=usd.id)
        self.assertEqual(claim.total_amount, 700)
        claim.total_amount = 710
        with self.assertRaisesRegex(UserError, r"by .*10\.00"):
            claim.action_submit()
        claim.total_amount = 690
        claim.action_submit()
        self._approve(claim, "expense_claim")
        for values in ({"total_amount": 700}, {"currency_id": self.cny.id}):
            with self.assertRaises(UserError):
                claim.sudo().write(values)

    # -- years

    def test_planned_for_another_year(self):
        """An application for a year without budget does not take money of this one."""
        later = DAY.replace(year=DAY.year + 1, day=1)
        application = self._approved(5_000, date=later)
        self.assertFalse(application.sudo().budget_line_id)
        claim = self._claim(2_000, application)
        with self.assertRaises(UserError) as refused:
            claim.action_submit()
        self.assertIn(f"is for {later.year}", str(refused.exception))
        self.assertIn("1,500.00", str(refused.exception))

    # -- batch

    def test_batch(self):
        """Applications submitted together count together against what an approver may decide;
        claims approved together against the budget."""
        two = self._application(800) | self._application(800)
        with self.assertRaisesRegex(UserError, "does not do"):
            two.action_submit()
        self.assertEqual(set(two.mapped("state")), {"draft"})
        two[1].amount = 700
        two.action_submit()
        amounts = two.sudo().approval_ids.mapped("amount")
        self.assertEqual(amounts, [1_500, 1_500], "what is applied for together counts together")

    # -- releases

    def test_release_lasts_until_it_is_approved(self):
        """One release lets one application pass the budget: submitted and approved."""
        application = self._application(2_000)
        release = (
            self.env["regulation.release"]
            .with_user(self.users["a"])
            .create(
                {
                    "gate_id": self.env.ref("sales_regulation.gate_expense_budget").id,
                    "res_model": application._name,
                    "res_id": application.id,
                    "reason": "The fair moved",
                }
            )
        )
        release.with_user(self.users["gm"]).action_grant()
        application.action_submit()
        self.assertEqual(release.state, "granted")
        self._approve(application, "expense_application")
        self.assertEqual((application.state, release.state), ("approved", "used"))
        self.assertEqual(self.line.left, -500)
        with self.assertRaises(UserError):
            self._application(1).action_submit()

    def test_release_of_a_receipt(self):
        """A lost receipt is let go once, for the claim as it is, until it is posted."""
        claim = self._claim(100, self._approved(100), receipt=False)
        release = (
            self.env["regulation.release"]
            .with_user(self.users["a"])
            .create(
                {
                    "gate_id": self.env.ref("sales_regulation.gate_expense_receipt").id,
                    "res_model": claim._name,
                    "res_id": claim.id,
                    "reason": "Lost",
                }
            )
        )
        release.with_user(self.users["gm"]).action_grant()
        claim.action_submit()
        self._approve(claim, "expense_claim")
        self.assertEqual(release.state, "granted")
        self.posted(claim)
        self.assertEqual(release.state, "used")

    # -- the least privileged

    def test_employee_without_group(self):
        """He reads his own, and nothing of what budgets say beside what is left for him."""
        user = self.users["a"]
        user.write({"group_ids": [Command.set(self.env.ref("base.group_user").ids)]})
        mine, others = self._application(), self._application(login="b")
        Applications = self.env["expense.application"].with_user(user)
        self.assertEqual(Applications.search([]) & (mine | others), mine)
        for model in (
            "sales.budget",
            "sales.budget.line",
            "sales.budget.change",
            "sales.budget.report",
            "sales.expense.review",
        ):
            with self.assertRaises(AccessError):
                self.env[model].with_user(user).search_read([])
            with self.assertRaises(AccessError):
                self.env[model].with_user(user).create({})
        with self.assertRaises(AccessError):
            self.category.with_user(user).write({"product_ids": [Command.clear()]})
        self.assertEqual(mine.with_user(user).budget_left, 1_500)
        self.assertTrue(
            mine.with_user(user).web_read(
                {"budget_left": {}, "regulation_notice": {}, "approval_pending": {}, "claimed": {}}
            )
        )
