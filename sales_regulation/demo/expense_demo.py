# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from base64 import b64encode

from odoo import Command, api, models

#: product, category, budgeted and used before in the year
EXPENSES = (
    ("Train and flight", "travel", 120000.0, 96500.0),
    ("Meals with customers", "entertainment", 40000.0, 27400.0),
    ("Fairs and advertising", "advertising", 80000.0, 61000.0),
)


class RegulationDemo(models.AbstractModel):
    """A budget in force, applications and claims in every state, one beyond the budget."""

    _inherit = "regulation.demo"

    @api.model
    def _documents(self, company, people, goods):
        result = super()._documents(company, people, goods)
        self._expenses(company, people, goods)
        return result

    def _expenses(self, company, people, goods):
        rep, colleague = people["wangfang"], people["liqiang"]
        products = self._expense_products(company)
        budget = self._expense_budget(company, people)
        # Being written, waiting for the manager, waiting for finance, refused
        self._apply_expense(rep, "travel", 2600.0, "Fair in Chengdu, two days", goods["dongfang"])
        dinner = self._apply_expense(colleague, "entertainment", 900.0, "Dinner", goods["beihe"])
        dinner.action_submit()
        at_finance = self._apply_expense(rep, "advertising", 6400.0, "Stand at the spring fair")
        at_finance.action_submit()
        self._decide_expense(at_finance, people["chengang"])
        refused = self._apply_expense(
            colleague, "entertainment", 5200.0, "Golf weekend", goods["nanfeng"]
        )
        refused.action_submit()
        self._decide_expense(refused, people["chengang"], refuse="Not what our rules allow.")
        # Beyond what is left of the budget: stopped, and money is asked for
        beyond = self._apply_expense(
            colleague, "travel", 26000.0, "Four visits to Xi'an", goods["beihe"]
        )
        self._attempt(beyond.action_submit)
        self.env["sales.budget.change"].with_user(people["sun"]).create(
            {
                "to_line_id": self._budget_line(budget, "travel").id,
                "amount": 5000.0,
                "note": "Two customers in Xi'an want the audit on site; the fair in March is dropped.",
            }
        ).action_submit()
        # Approved and not claimed: one of them after an emergency
        self._approved_application(rep, people, "advertising", 3000.0, "Samples for journalists")
        late = self._apply_expense(colleague, "travel", 480.0, "Night train, the line stood still")
        late.after_the_fact = True
        late.action_submit()
        self._decide_expense(late, people["chengang"], "The customer's line stood still on Sunday.")
        self._decide_expense(late, people["sun"])
        self._expense_claims(company, people, goods, products)

    def _expense_claims(self, company, people, goods, products):
        """A claim without receipt, one that waits for finance, one to post, one paid and closed."""
        rep = people["wangfang"]
        trip = self._approved_application(
            rep, people, "travel", 3200.0, "Three days at Xinghai", goods["xinghai"]
        )
        self._attempt(
            self._claim_expense(trip, products, "Taxi", 86.0, receipt=False).action_submit
        )
        waiting = self._claim_expense(trip, products, "Hotel, two nights", 1180.0)
        waiting.action_submit()
        self._decide_expense(waiting, people["chengang"])
        taxis = self._claim_expense(trip, products, "Taxi to the airport", 142.0)
        taxis.action_submit()
        for login in ("chengang", "sun"):
            self._decide_expense(taxis, people[login])
        done = self._approved_application(
            rep, people, "entertainment", 1500.0, "Dinner after the signing", goods["dongfang"]
        )
        paid = self._claim_expense(done, products, "Restaurant, six people", 1480.0)
        paid.action_submit()
        self._decide_expense(paid, people["chengang"])
        self._decide_expense(paid, people["sun"])
        self._pay_claim(paid, people["sun"])
        done.action_close()

    def _expense_products(self, company):
        products = {}
        for name, code, _amount, _used in EXPENSES:
            category = self.env.ref(f"sales_regulation.budget_category_{code}")
            products[code] = self.env["product.product"].create(
                {
                    "name": name,
                    "type": "service",
                    "can_be_expensed": True,
                    "list_price": 0.0,
                    "standard_price": 0.0,
                    "supplier_taxes_id": False,
                    "company_id": company.id,
                }
            )
            category.product_ids = [Command.link(products[code].id)]
        return products

    def _expense_budget(self, company, people):
        """Finance draws it up, the general manager approves it."""
        year = company._regulation_today().year
        budget = (
            self.env["sales.budget"]
            .with_user(people["sun"])
            .create(
                {
                    "name": f"Sales {year}",
                    "year": year,
                    "note": "Plan of the year: 14 million, two fairs, one new region.",
                    "benefit": "Twelve new customers, and 3 % of sales spent at most.",
                    "line_ids": [
                        Command.create(
                            {
                                "category_id": self.env.ref(
                                    f"sales_regulation.budget_category_{code}"
                                ).id,
                                "amount": amount,
                                "used_before": used,
                            }
                        )
                        for _name, code, amount, used in EXPENSES
                    ],
                }
            )
        )
        budget.action_submit()
        self._decide_expense(budget, people["zhou"])
        return budget

    def _budget_line(self, budget, code):
        category = self.env.ref(f"sales_regulation.budget_category_{code}")
        return budget.line_ids.filtered(lambda line: line.category_id == category)

    def _apply_expense(self, user, code, amount, purpose, customer=None):
        return (
            self.env["expense.application"]
            .with_user(user)
            .create(
                {
                    "employee_id": user.employee_id.id,
                    "category_id": self.env.ref(f"sales_regulation.budget_category_{code}").id,
                    "amount": amount,
                    "purpose": purpose,
                    "date": user.company_id._regulation_today(),
                    "partner_id": customer.id if customer else False,
                }
            )
        )

    def _approved_application(self, user, people, code, amount, purpose, customer=None):
        application = self._apply_expense(user, code, amount, purpose, customer)
        application.action_submit()
        for login in ("chengang", "sun"):
            self._decide_expense(application, people[login])
        return application

    def _decide_expense(self, document, user, opinion="", refuse=""):
        """Whose turn it is decides; finance ticks its list before."""
        approval = document.sudo().approval_ids.filtered(lambda row: row.state == "pending")
        finance = user.has_group("sales_regulation.group_regulation_finance")
        if document._name == "expense.application" and finance:
            for item in document.sudo()._checklist_items("expense_application")[document.id]:
                document.with_user(user).action_tick(item.id)
        approval = approval.with_user(user)
        if refuse:
            approval.action_refuse(refuse)
        else:
            approval.action_approve(opinion)

    def _claim_expense(self, application, products, name, amount, receipt=True):
        user = application.env.user
        claim = application.env["hr.expense"].create(
            {
                "name": name,
                "employee_id": user.employee_id.id,
                "product_id": products[self._expense_code(application.category_id)].id,
                "total_amount_currency": amount,
                "tax_ids": False,
                "date": user.company_id._regulation_today(),
                "application_id": application.id,
            }
        )
        if receipt:
            application.env["ir.attachment"].create(
                {
                    "name": f"{name}.pdf",
                    "datas": b64encode(f"%PDF-1.4\n% {name} {amount}".encode()),
                    "res_model": "hr.expense",
                    "res_id": claim.id,
                }
            )
        return claim

    def _expense_code(self, category):
        for _name, code, _amount, _used in EXPENSES:
            if category == self.env.ref(f"sales_regulation.budget_category_{code}"):
                return code
        return None

    def _pay_claim(self, claim, finance):
        """Finance posts the claim and pays it."""
        action = claim.with_user(finance).action_post()
        self.env["hr.expense.post.wizard"].with_user(finance).with_context(
            **action["context"]
        ).browse(action["res_id"]).action_post_entry()
        self.env["account.payment.register"].with_user(finance).with_context(
            active_model="account.move", active_ids=claim.sudo().account_move_id.ids
        ).create({})._create_payments()
