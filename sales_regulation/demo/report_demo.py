# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from datetime import timedelta

from odoo import api, models


class RegulationDemo(models.AbstractModel):
    """Logs of the last days: signed, returned, waiting for the superior, being written."""

    _inherit = "regulation.demo"

    @api.model
    def _documents(self, company, people, goods):
        result = super()._documents(company, people, goods)
        self._work_logs(company, people)
        return result

    def _work_logs(self, company, people):
        today = company._regulation_today()
        for login, manager, days in (("zhaomin", "mahui", 4), ("wangfang", "chengang", 3)):
            for ago in range(days, 0, -1):
                log = self._log(people[login], today - timedelta(days=ago))
                log.action_hand_in()
                request = log.sudo().approval_ids.with_user(people[manager])
                if ago == days:
                    request.action_approve("Call the interested ones again this week.")
                elif ago == days - 1:
                    request.action_return("Which companies were these?")
        self._log(people["zhaomin"], today)

    def _log(self, user, day):
        return (
            self.env["work.report"]
            .with_user(user)
            .create(
                {
                    "day": day,
                    "content": "<p>Forty-seven calls, five customers are interested; two offers"
                    " followed up.</p>",
                }
            )
        )
