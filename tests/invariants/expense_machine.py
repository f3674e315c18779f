# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Sequences around expenses: budgets, applications, claims, posting and payment (invariant 7)."""

import random

from hypothesis import strategies as st
from hypothesis.stateful import initialize

from odoo import Command

from odoo.addons.sales_regulation.tests.common import SCAN

from .machine import INDEX, Regulation, deed

GATES = ("expense_application", "expense_receipt", "expense_claim", "expense_budget")
PEOPLE = ["a", "a", "b", "t", "km", "fin", "gm", "adm"]
#: what a claim says, as the test reads it
SAID = (
    "employee_id, company_id, product_id, application_id, total_amount, total_amount_currency,"
    " currency_id, quantity, price_unit, date, payment_mode"
)


class Expenses(Regulation):
    """People apply, claim, split, approve, post, pay, reverse and move budgets as they may."""

    # What is done with orders has its own machine
    vars().update(dict.fromkeys(name for name in dir(Regulation) if name.startswith("do_")))

    def __init__(self):
        super().__init__()
        for table in ("expense_application", "hr_expense", "sales_budget_change", "account_move"):
            self.base[table] = self.case.rows(f"SELECT COALESCE(MAX(id), 0) FROM {table}")[0][0]
        self.said = {}

    @initialize(seed=st.lists(st.integers(0, 255), min_size=8, max_size=8))
    def first_order(self, seed):
        self.rng = random.Random(bytes(seed))
        # What happens to an application that has come far is the more interesting part
        for amount in self.rng.choice([[600], [600], [300, 300], [900]]):
            self.properly(amount, self.rng.choice([2, 3, 3, 4, 5, 6, 7]))

    # === WHAT THERE IS === #

    def application(self, index, where="TRUE"):
        found = self.ids("expense_application", where)
        return found[index % len(found)] if found else 0

    def claim(self, index, where="TRUE"):
        found = self.ids("hr_expense", where)
        return found[index % len(found)] if found else 0

    def waiting(self, model, document):
        return self.ids(
            "regulation_approval",
            f"state = 'pending' AND res_model = '{model}' AND res_id = {int(document)}",
        )

    # === DEEDS === #

    def applied_for(self, who, amount, what, late, forged):
        made = self.call(
            who,
            "expense.application",
            "create",
            [
                {
                    "purpose": "Fair",
                    "amount": amount,
                    "category_id": self.case.categories[what].id,
                    "date": self.case.day,
                    "after_the_fact": late,
                    **forged,
                }
            ],
        )
        if made:
            self.call(who, "expense.application", "action_submit", made)
        return made and made[0]

    def apply(self, **chosen):
        self.applied_for(**chosen)

    do_apply = deed(
        apply,
        who=["a", "a", "b", "t", "km", "clk"],
        amount=[100, 300, 600, 900, 1500],
        what=["travel", "travel", "meals"],
        late=(False, False, True),
        forged=[{}, {}, {}, {"state": "approved"}, {"budget_line_id": 1}, {"amount": -5}],
    )

    def change_application(self, who, index, what):
        values = [
            {"state": "approved"},
            {"state": "closed"},
            {"amount": 5000},
            {"budget_line_id": False},
            {"category_id": self.case.categories["meals"].id},
            {"claim_ids": [Command.link(self.claim(index))]},
            {"claim_ids": [Command.update(self.claim(index), {"total_amount_currency": 1})]},
            {"employee_id": self.case.employees["b"].id},
        ][what]
        if application := self.application(index):
            self.call(who, "expense.application", "write", [application], values)

    do_change_application = deed(change_application, who=PEOPLE, index=INDEX, what=range(8))

    def press_application(self, who, index, method):
        if application := self.application(index):
            self.call(who, "expense.application", method, [application])

    do_press_application = deed(
        press_application,
        who=["a", "a", "b", "km", "fin"],
        index=INDEX,
        method=["action_submit", "action_close", "action_close", "unlink"],
    )

    def decide(self, who, index, verdict, tick):
        approvals = self.case.rows(
            "SELECT id, res_model, res_id FROM regulation_approval"
            " WHERE id > %s AND state = 'pending' ORDER BY id",
            self.base["regulation_approval"],
        )
        if not approvals:
            return
        approval, model, document = approvals[index % len(approvals)]
        if tick and model == "expense.application":
            self.tick_application(who, document)
        arguments = [] if verdict == "action_withdraw" else ["Opinion"]
        self.call(who, "regulation.approval", verdict, [approval], *arguments)

    do_decide = deed(
        decide,
        who=["km", "km", "fin", "fin", "gm", "a", "tm"],
        index=INDEX,
        verdict=[*["action_approve"] * 5, "action_return", "action_refuse", "action_withdraw"],
        tick=(True, True, False),
    )

    def decide_all(self):
        """Manager and finance say yes to whatever waits, the one after the other."""
        for login in ("km", "fin"):
            for application in self.ids("expense_application", "state = 'submitted'"):
                if login == "fin":
                    self.tick_application("fin", application)
            for approval in self.ids("regulation_approval", "state = 'pending'"):
                self.call(login, "regulation.approval", "action_approve", [approval], "Yes")

    do_decide_all = deed(decide_all)

    def tick_application(self, who, application):
        for item in self.case.checks:
            self.call(who, "expense.application", "action_tick", [application], item)

    def claimed(self, who, index, amount, what, receipt, forged):
        """A claim of some application, or of none."""
        application = self.application(index, "state IN ('approved', 'closed')") if what else 0
        made = self.call(
            who,
            "hr.expense",
            "create",
            [
                {
                    "name": "Fair",
                    "employee_id": self.case.employees[who].id,
                    "product_id": self.case.goods[what or "travel"].id,
                    "total_amount_currency": amount,
                    "tax_ids": [],
                    "date": self.case.day,
                    "application_id": application or False,
                    **forged,
                }
            ],
        )
        if not made:
            return 0
        if receipt:
            values = {"name": "bill", "datas": SCAN, "res_model": "hr.expense", "res_id": made[0]}
            self.call(who, "ir.attachment", "create", [values])
        self.call(who, "hr.expense", "action_submit", made)
        return made[0]

    def make_claim(self, **chosen):
        self.claimed(**chosen)

    do_make_claim = deed(
        make_claim,
        who=["a", "a", "a", "b", "t", "km"],
        index=INDEX,
        amount=[50, 200, 300, 600, 601, -10],
        what=["travel", "travel", "travel", "meals", None],
        receipt=(True, True, True, False),
        forged=[
            *[{}] * 6,
            {"approval_state": "approved"},
            {"state": "approved"},
            {"budget_line_id": 1},
        ],
    )

    def change_claim(self, who, index, what):
        claim = self.claim(index)
        if not claim:
            return
        moves = self.ids("account_move")
        values = [
            {"state": "approved"},
            {"approval_state": "approved"},
            {"approval_state": "submitted"},
            {"approval_state": False},
            {"approval_state": "submitted", "total_amount_currency": 5000},
            {"total_amount_currency": 5000},
            {"price_unit": 900.0},
            {"quantity": 7},
            {"total_amount": 1.0},
            {"application_id": self.application(index + 1)},
            {"application_id": False},
            {"employee_id": self.case.employees["b"].id},
            {"product_id": self.case.goods["meals"].id},
            {"account_move_id": moves[0] if moves else False},
            {"account_move_id": False},
            {"budget_line_id": False},
            {"payment_mode": "company_account"},
            {"company_id": self.case.other.id},
            {"currency_id": self.case.usd.id},
        ][what]
        self.call(who, "hr.expense", "write", [claim], values)

    do_change_claim = deed(change_claim, who=PEOPLE, index=INDEX, what=range(19))

    def press_claim(self, who, index, method):
        claims = self.ids("hr_expense")
        if claims:
            chosen = claims if method == "all" else [claims[index % len(claims)]]
            method = "action_submit" if method == "all" else method
            self.call(who, "hr.expense", method, chosen)

    do_press_claim = deed(
        press_claim,
        who=["a", "a", "b", "km", "fin", "adm"],
        index=INDEX,
        method=["action_submit", "action_approve", "action_reset", "copy", "unlink", "all"],
    )

    def refuse(self, who, index):
        claim = self.claim(index, "approval_state IN ('submitted', 'approved')")
        if claim:
            made = self.call(
                who,
                "hr.expense.refuse.wizard",
                "create",
                [{"reason": "No"}],
                context={"active_ids": [claim], "active_model": "hr.expense"},
            )
            if made:
                self.call(
                    who,
                    "hr.expense.refuse.wizard",
                    "action_refuse",
                    made,
                    context={"active_ids": [claim], "active_model": "hr.expense"},
                )

    do_refuse = deed(refuse, who=["km", "fin", "adm", "a"], index=INDEX)

    def split(self, who, index, forged):
        """The parts of a claim, one of them with figures of its own."""
        claim = self.claim(index)
        action = claim and self.call(who, "hr.expense", "action_split_wizard", [claim])
        if not action:
            return
        wizard = action["res_id"]
        [(part,)] = self.case.rows(
            "SELECT id FROM hr_expense_split WHERE wizard_id = %s ORDER BY id DESC LIMIT 1", wizard
        )
        if forged:
            self.call(who, "hr.expense.split", "write", [part], forged)
        self.call(who, "hr.expense.split.wizard", "action_split_expense", [wizard])

    do_split = deed(
        split,
        who=["a", "a", "b", "fin"],
        index=INDEX,
        forged=[{}, {}, {"total_amount_currency": 4000.0}, {"approval_state": "approved"}],
    )

    def post(self, who, index):
        claim = self.claim(index, "state = 'approved'")
        action = claim and self.call(who, "hr.expense", "action_post", [claim])
        if action:
            self.call(
                who,
                "hr.expense.post.wizard",
                "action_post_entry",
                [action["res_id"]],
                context={
                    "active_ids": [claim],
                    "active_model": "hr.expense",
                    "company_paid_move_ids": [],
                },
            )

    do_post = deed(post, who=["fin", "fin", "fin", "a", "km"], index=INDEX)

    def pay(self, who, index):
        moves = self.ids("account_move", "move_type = 'in_receipt' AND state = 'posted'")
        if not moves:
            return
        context = {"active_model": "account.move", "active_ids": [moves[index % len(moves)]]}
        made = self.call(who, "account.payment.register", "create", [{}], context=context)
        if made:
            self.call(
                who, "account.payment.register", "action_create_payments", made, context=context
            )

    do_pay = deed(pay, who=["fin", "fin", "a"], index=INDEX)

    def take_back(self, who, index, method):
        """Finance resets, cancels or reverses the entry of a claim."""
        moves = self.ids("account_move", "move_type = 'in_receipt'")
        if not moves:
            return
        move = moves[index % len(moves)]
        if method != "reverse":
            self.call(who, "account.move", method, [move])
            return
        context = {"active_model": "account.move", "active_ids": [move]}
        [(journal,)] = self.case.rows("SELECT journal_id FROM account_move WHERE id = %s", move)
        values = {"reason": "Wrong", "journal_id": journal}
        made = self.call(who, "account.move.reversal", "create", [values], context=context)
        if made:
            self.call(who, "account.move.reversal", "refund_moves", made, context=context)

    do_take_back = deed(
        take_back,
        who=["fin", "fin", "a", "km"],
        index=INDEX,
        method=["button_draft", "button_cancel", "action_post", "reverse", "unlink"],
    )

    def change_budget(self, who, what, amount, login):
        """Money is asked for, given back or moved, and perhaps granted."""
        lines = [line.id for line in self.case.lines.values()]
        values = [
            {"to_line_id": lines[0]},
            {"from_line_id": lines[0]},
            {"from_line_id": lines[0], "to_line_id": lines[1]},
            {"from_line_id": lines[1], "to_line_id": lines[0]},
        ][what]
        values.update(amount=amount, note="Analysis")
        made = self.call(who, "sales.budget.change", "create", [values])
        if made:
            self.call(who, "sales.budget.change", "action_submit", made)
            for approval in self.waiting("sales.budget.change", made[0]):
                self.call(login, "regulation.approval", "action_approve", [approval])

    do_change_budget = deed(
        change_budget,
        who=["fin", "fin", "km", "a"],
        what=range(4),
        amount=[100, 400, 1000],
        login=["gm", "gm", "km", "fin"],
    )

    def forge_budget(self, who, index, what):
        line = list(self.case.lines.values())[index % 2]
        model, ids, values = [
            ("sales.budget.line", [line.id], {"amount": 1e6}),
            ("sales.budget.line", [line.id], {"used_before": 0}),
            ("sales.budget.line", [line.id], {"amount_approved": 1e6}),
            ("sales.budget.line", [line.id], {"category_id": self.case.categories["meals"].id}),
            ("sales.budget", [line.budget_id.id], {"state": "draft"}),
            ("sales.budget", [line.budget_id.id], {"year": 1999}),
            ("sales.budget.change", self.ids("sales_budget_change")[:1], {"amount": 1e6}),
            ("sales.budget.change", self.ids("sales_budget_change")[:1], {"state": "applied"}),
        ][what]
        self.case.env.transaction.clear()
        self.call(who, model, "write", ids, values)

    do_forge_budget = deed(forge_budget, who=["fin", "km", "gm", "adm"], index=INDEX, what=range(8))

    def let_go(self, who, index, login):
        """A special release of the budget for an application, asked for and decided."""
        document = self.application(index, "state IN ('draft', 'submitted')")
        made = document and self.call(
            who,
            "regulation.release",
            "create",
            [
                {
                    "gate_id": self.case.env.ref("sales_regulation.gate_expense_budget").id,
                    "res_model": "expense.application",
                    "res_id": document,
                    "reason": "Urgent",
                }
            ],
        )
        if made:
            self.call(login, "regulation.release", "action_grant", made)
            self.call(who, "expense.application", "action_submit", [document])
            self.approve_all("expense.application", document, "km")
            self.tick_application("fin", document)
            self.approve_all("expense.application", document, "fin")

    do_let_go = deed(let_go, who=["a", "a", "b"], index=INDEX, login=["gm", "gm", "km", "a"])

    def properly(self, amount, steps):
        """An application goes the proper way, up to some step."""
        application = self.applied_for("a", amount, "travel", False, {})
        if not application:
            return
        if steps > 1:
            self.approve_all("expense.application", application, "km")
        if steps > 2:
            self.tick_application("fin", application)
            self.approve_all("expense.application", application, "fin")
        if steps <= 3:
            return
        index = max(len(self.ids("expense_application", "state IN ('approved', 'closed')")) - 1, 0)
        claim = self.claimed("a", index, amount * 0.9, "travel", True, {})
        if claim and steps > 4:
            self.approve_all("hr.expense", claim, "km")
            self.approve_all("hr.expense", claim, "fin")
        if steps > 5:
            self.post("fin", len(self.ids("hr_expense", "state = 'approved'")) - 1)
        if steps > 6:
            self.pay("fin", len(self.ids("account_move", "move_type = 'in_receipt'")) - 1)
            self.call("a", "expense.application", "action_close", [application])

    do_properly = deed(properly, amount=[100, 300, 600], steps=range(2, 8))

    def approve_all(self, model, document, login):
        for approval in self.waiting(model, document):
            self.call(login, "regulation.approval", "action_approve", [approval], "Yes")

    # === WHAT MUST HOLD === #

    def what_must_hold(self):
        self.budgets_hold()
        self.claims_are_within_their_application()
        self.claims_are_what_was_approved()
        self.nothing_is_paid_twice()
        self.nobody_approves_his_own()

    def spending(self):
        """What is spent or promised since the sequence began, as the test adds it up:
        ``{(model, id): (category, line, amount)}``."""
        found = {}
        for row in self.case.rows(
            """
            SELECT app.id, app.category_id, app.budget_line_id, app.state, app.amount,
                   COALESCE((SELECT SUM(claim.total_amount) FROM hr_expense claim
                              WHERE claim.application_id = app.id
                                AND claim.approval_state = 'approved'), 0)
              FROM expense_application app
             WHERE app.id > %s AND app.state IN ('approved', 'closed')
            """,
            self.base["expense_application"],
        ):
            amount = max(row[4], row[5]) if row[3] == "approved" else row[5]
            found["expense.application", row[0]] = (row[1], row[2], float(amount))
        for row in self.case.rows(
            """
            SELECT claim.id, rel.sales_budget_category_id, claim.budget_line_id, claim.total_amount
              FROM hr_expense claim
              JOIN product_product_sales_budget_category_rel rel
                ON rel.product_product_id = claim.product_id
             WHERE claim.id > %s AND claim.application_id IS NULL
               AND claim.approval_state = 'approved'
            """,
            self.base["hr_expense"],
        ):
            found["hr.expense", row[0]] = (row[1], row[2], float(row[3]))
        return found

    def budgets_hold(self):
        """Invariant 7: what is approved and not given back is within the budget, or was let
        go by a release."""
        spent, released = {}, {}
        let_go = set(
            self.case.rows(
                "SELECT res_model, res_id FROM regulation_release WHERE id > %s AND state = 'used'",
                self.base["regulation_release"],
            )
        )
        for document, (category, line, amount) in self.spending().items():
            assert line, f"{document} is approved and counted on no budget"
            target = released if document in let_go else spent
            target[category, line] = target.get((category, line), 0.0) + amount
        for name, line in self.case.lines.items():
            [(budget, before)] = self.case.rows(
                "SELECT amount, COALESCE(used_before, 0) FROM sales_budget_line WHERE id = %s", line.id
            )
            key = (self.case.categories[name].id, line.id)
            if key in released:
                self.reached("budget exceeded by a release")
                continue
            used = spent.get(key, 0.0) + float(before)
            assert used <= float(budget) + 0.005, f"{name}: {used} spent of a budget of {budget}"
            if used > float(budget) - 100:
                self.reached("budget used up")

    def claims_are_within_their_application(self):
        for application, amount, claimed in self.case.rows(
            """
            SELECT app.id, app.amount, SUM(claim.total_amount) FROM expense_application app
              JOIN hr_expense claim ON claim.application_id = app.id
             WHERE app.id > %s AND claim.approval_state IN ('submitted', 'approved')
             GROUP BY app.id
            """,
            self.base["expense_application"],
        ):
            assert claimed <= float(amount) + 0.005, (
                f"{claimed} claimed of application {application} over {amount}"
            )

    def claims_are_what_was_approved(self):
        """Nothing is approved or posted without two people, and it stays as it was."""
        known = {}
        for row in self.case.rows(
            f"SELECT id, state, approval_state, application_id, {SAID} FROM hr_expense"
            " WHERE id > %s AND (approval_state = 'approved'"
            " OR state NOT IN ('draft', 'submitted', 'refused'))",
            self.base["hr_expense"],
        ):
            claim, state, approval, application, *said = row
            self.reached(f"claims {state}")
            assert approval == "approved", f"claim {claim} is {state}, but not approved"
            assert application, f"claim {claim} is approved without an application"
            deciders = {
                decider
                for (decider,) in self.case.rows(
                    """
                    SELECT decision.user_id FROM regulation_approval_decision decision
                      JOIN regulation_approval approval ON approval.id = decision.approval_id
                     WHERE approval.res_model = 'hr.expense' AND approval.res_id = %s
                       AND decision.verdict = 'approved'
                    """,
                    claim,
                )
            }
            # whoever submits for somebody else is stood in for by his superior
            assert len(deciders) > 1, f"claim {claim} is {state}, decided by {deciders} alone"
            if claim in self.said:
                assert said == self.said[claim], f"claim {claim} changed after its approval"
            known[claim] = said
        self.said = known

    def nothing_is_paid_twice(self):
        """The entries of a claim that are in force add up to what was approved, at most."""
        for claim, total, posted in self.case.rows(
            """
            SELECT claim.id, claim.total_amount, SUM(line.balance) FROM hr_expense claim
              JOIN account_move_line line ON line.expense_id = claim.id
             WHERE claim.id > %s AND line.parent_state = 'posted'
             GROUP BY claim.id
            """,
            self.base["hr_expense"],
        ):
            assert posted <= float(total) + 0.005, f"claim {claim}: {posted} posted of {total}"
