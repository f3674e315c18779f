# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from dateutil.relativedelta import relativedelta

from odoo import Command, api, models

#: sections of the year's plan
SECTIONS = {
    "basis": "Last year plus 12 %, the orders on hand, the expense budget of the year.",
    "positioning": "Controllers for makers of instruments: long supply, engineers who answer.",
    "pricing": "List prices stay; volume discounts from 5,000 pieces.",
    "channel": "Key accounts directly, small customers by telephone.",
    "promotion": "Electronics fair in spring, evaluation boards at half price in autumn.",
}
#: targets of a month: {plan: (kind, written by, approved by, (sales, profit, external sales))}
MONTH = {
    "a": ("month_user", "wangfang", "chengang", (2_000_000, 300_000, 500_000)),
    "b": ("month_user", "liqiang", "chengang", (1_500_000, 200_000, 300_000)),
    "t": ("month_user", "zhaomin", "mahui", (1_500_000,)),
    "ka": ("month_team", "chengang", "gao", (3_500_000, 500_000, 800_000)),
    "tele": ("month_team", "mahui", "zhou", (1_500_000,)),
    "company": ("month_company", "qian", "zhou", (5_000_000,)),
}


class RegulationDemo(models.AbstractModel):
    """Year, quarter and month in force; the next month agreed in part, with a gap of 100,000."""

    _inherit = "regulation.demo"

    @api.model
    def _documents(self, company, people, goods):
        result = super()._documents(company, people, goods)
        self._plans(company, people)
        return result

    def _plans(self, company, people):
        today = company._regulation_today()
        following = today.replace(day=1) + relativedelta(months=1)
        year = self._plan(people, "year_company", "qian", today, [60_000_000])
        for section in year.section_ids:
            section.content = SECTIONS[section.kind_id.code]
        year.checkpoint_ids = [
            Command.create({"date": year.period_end, "name": "Three new key accounts"})
        ]
        self._agree_plan(people, year, "zhou")
        quarter = self._plan(people, "quarter_company", "qian", today, [15_000_000])
        self._agree_plan(people, quarter, "zhou")
        for kind, writer, approver, targets in MONTH.values():
            self._agree_plan(people, self._plan(people, kind, writer, today, targets), approver)
        plans = {}
        for code, (kind, writer, _approver, targets) in reversed(MONTH.items()):
            if code == "b":
                targets = (1_400_000, *targets[1:])
            plans[code] = self._plan(people, kind, writer, following, targets)
        plans["t"].action_submit()
        for code in ("a", "b", "ka", "company"):
            self._agree_plan(people, plans[code], MONTH[code][2])
        self.env["sales.plan"].search([("company_id", "=", company.id)])._count()

    def _plan(self, people, kind, writer, day, targets):
        user = people[writer]
        Plan = self.env["sales.plan"].with_user(user)
        kinds = self.env["regulation.plan.type"]._of(user, user.company_id)
        plan = Plan.create({"type_id": kinds.filtered(lambda row: row.code == kind).id, "day": day})
        for code, target in zip(
            ("sales_amount", "profit", "external_sales"), targets, strict=False
        ):
            plan._set_target(self.env.ref(f"sales_regulation.plan_indicator_{code}"), target)
        return plan

    def _agree_plan(self, people, plan, approver):
        plan.action_submit()
        plan.sudo().approval_ids.filtered(lambda row: row.state == "pending").with_user(
            people[approver]
        ).action_approve()
