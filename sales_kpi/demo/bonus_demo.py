# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from datetime import timedelta

from odoo import api, models


class RegulationDemo(models.AbstractModel):
    """The same version pays a bonus and sanctions who comes late: a sheet to approve, a proposal."""

    _inherit = "regulation.demo"

    @api.model
    def _bonus_version(self, draft):
        """What the composite regulation pays and sanctions, in the draft of a version."""
        template = self.env.ref("sales_regulation.profile_composite")
        for name in ("bonus_scheme_ids", "sanction_rule_ids", "honour_rule_ids"):
            for part in template[name] if not draft[name] else ():
                part.copy({"profile_id": draft.id})
        draft.bonus_leaders_see = True

    def _month_of_scores(self, company, people, day):
        super()._month_of_scores(company, people, day)
        if day >= company._regulation_today():
            return
        hr = self.with_user(people["he"]).env
        sheet = hr["kpi.bonus.sheet"].create({"day": day, "company_id": company.id})
        sheet.action_compute()
        sheet.action_submit()
        conduct = self.with_user(people["chengang"]).env["kpi.conduct.event"]
        for number in range(3):
            conduct.create(
                {
                    "user_id": people["liqiang"].id,
                    "kind_id": self.env.ref("sales_kpi.conduct_kind_late").id,
                    "day": day - timedelta(days=7 * number),
                    "minutes": 10,
                    "company_id": company.id,
                }
            )
