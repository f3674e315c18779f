# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from datetime import timedelta

from odoo import api, models

from odoo.addons.sales_regulation.demo.regulation_demo import PEOPLE
from odoo.addons.sales_regulation.tools import engine

#: targets of a month: {login: {indicator: amount}}
TARGETS = {
    "wangfang": {"sales_amount": 1_200_000, "profit": 240_000},
    "liqiang": {"sales_amount": 50_000, "profit": 15_300},
}
RATINGS = {"wangfang": 86.4, "liqiang": 84.0}


class RegulationDemo(models.AbstractModel):
    """The next version of the regulation scores the representatives: targets, two months."""

    _inherit = "regulation.demo"

    @api.model
    def _load_scores(self):
        company = self.env["res.company"].search([("name", "=", "Hua Xin Components")])
        if not company or self.env["kpi.cycle"].search_count([("company_id", "=", company.id)]):
            return
        # A sheet keeps the names of its indicators in every language: they come with the terms
        self.env["ir.module.module"]._load_module_terms(
            ["sales_kpi"], [code for code, _name in self.env["res.lang"].get_installed()]
        )
        demo = self.with_context(
            tracking_disable=True,
            mail_create_nosubscribe=True,
            allowed_company_ids=company.ids,
        ).with_company(company)
        users = demo.env["res.users"].search([("company_id", "=", company.id)])
        people = {user.login: user for user in users}
        demo._scored_version(company, people)
        demo._bill_orders(company, people)
        last = company._regulation_today().replace(day=1) - timedelta(days=1)
        before = last.replace(day=1) - timedelta(days=1)
        regulated = demo.env["regulation.profile"].search(
            [("code", "=", "HUAXIN"), ("state", "=", "trial"), ("date_from", "<=", before)], limit=1
        )
        # The month before last is locked, in the last one people rate each other
        for day in (before if regulated else last, company._regulation_today()):
            demo._month_of_scores(company, people, day)
        if regulated:
            demo._month_of_ratings(company, people, last)

    def _scored_version(self, company, people):
        """A new version with score schemes, in force like the one before."""
        profile = self.env["regulation.profile"].search(
            [("code", "=", "HUAXIN"), ("state", "in", ("trial", "active"))], limit=1
        )
        action = profile.action_new_version()
        draft = self.env["regulation.profile"].browse(action["res_id"])
        composite = self.env.ref("sales_regulation.profile_composite")
        for part in (
            *composite.scheme_ids,
            *composite.quota_ids,
            *composite.rater_group_ids,
            *self.env.ref("sales_regulation.profile_s1").improvement_goal_ids,
        ):
            part.copy({"profile_id": draft.id})
        self._bonus_version(draft)
        draft.date_from = profile.date_from
        draft.with_user(people["zhou"])._publish("trial")
        for request in self.env["regulation.approval"].search(
            [("res_model", "=", draft._name), ("res_id", "=", draft.id)]
        ):
            for login in set(PEOPLE) - {"liqiang", "zhou"}:
                request.with_user(people[login]).action_approve()

    def _bill_orders(self, company, people):
        """Finance bills what Wang Fang has sold: her revenue of this month."""
        orders = self.env["sale.order"].search(
            [
                ("company_id", "=", company.id),
                ("state", "=", "sale"),
                ("user_id", "=", people["wangfang"].id),
                ("invoice_ids", "=", False),
                ("invoice_status", "=", "to invoice"),
            ],
            order="amount_total desc",
            limit=2,
        )
        for order in orders:
            invoice = order.sudo()._create_invoices()
            invoice.invoice_date = company._regulation_today()
            invoice.with_user(people["sun"]).action_post()

    def _month_of_scores(self, company, people, day):
        """HR enters the targets of the running month, computes, and locks what is past."""
        past = day < company._regulation_today()
        hr = self.with_user(people["he"]).env
        for login, amounts in TARGETS.items():
            for code, amount in ({} if past else amounts).items():
                hr["kpi.target"].create(
                    {
                        "indicator_id": self.env.ref(f"sales_kpi.indicator_{code}").id,
                        "user_id": people[login].id,
                        "day": day,
                        "amount": amount,
                        "company_id": company.id,
                    }
                )
            if past:
                hr["kpi.manual.value"].create(
                    {
                        "indicator_id": self.env.ref("sales_kpi.indicator_assessment").id,
                        "user_id": people[login].id,
                        "date": day,
                        "value": RATINGS[login],
                        "source": "Assessment of the month",
                        "company_id": company.id,
                    }
                )
        cycle = hr["kpi.cycle"].create({"day": day, "company_id": company.id})
        cycle.action_compute()
        if past:
            cycle.action_publish("People were not asked before the system was there")
            # As if that had been in time: nobody may appeal any more
            engine(cycle.sudo()).appeal_until = company._regulation_today() - timedelta(days=1)
            cycle.action_lock()

    def _month_of_ratings(self, company, people, day):
        """HR has asked the raters; some have answered, others are waited for."""
        hr = self.with_user(people["he"]).env
        cycle = hr["kpi.cycle"].create({"day": day, "company_id": company.id})
        cycle.action_compute()
        cycle.action_ask_raters()
        Request = self.env["kpi.rating.request"]
        for rater, about, kind, value in (
            ("wangfang", "wangfang", "self", 95),
            ("chengang", "wangfang", "superior", 88),
        ):
            request = Request.search(
                [
                    ("cycle_id", "=", cycle.id),
                    ("user_id", "=", people[about].id),
                    ("rater_id", "=", people[rater].id),
                    ("kind", "=", kind),
                ]
            )
            if request:
                request.with_user(people[rater]).action_rate(value, "")
