# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import api, models

#: {department: who works in it}
DEPARTMENTS = {
    "Key Account Sales": ("chengang", "wangfang", "liqiang"),
    "Telemarketing": ("mahui", "zhaomin"),
}


class RegulationDemo(models.AbstractModel):
    """Departments to compare, and a ranking that the version publishes in the team."""

    _inherit = "regulation.demo"

    @api.model
    def _scored_version(self, company, people):
        self._departments(company, people)
        # Demo data comes before the hook that stamps what was sold before this addon
        self.env["sale.order.line"]._stamp_credit_history()
        super()._scored_version(company, people)

    @api.model
    def _departments(self, company, people):
        for name, logins in DEPARTMENTS.items():
            staff = self.env["hr.employee"].search(
                [
                    ("company_id", "=", company.id),
                    ("user_id", "in", [people[login].id for login in logins]),
                    ("department_id", "=", False),
                ]
            )
            if staff:
                staff.department_id = self.env["hr.department"].create(
                    {"name": name, "company_id": company.id}
                )

    @api.model
    def _bonus_version(self, draft):
        super()._bonus_version(draft)
        draft.ranking_shown = "all"
