# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import fields, models


class KpiSanctionRule(models.Model):
    """For how many days in a row on which the quotas were met, or not, a measure is proposed."""

    _inherit = "kpi.sanction.rule"

    trigger = fields.Selection(
        selection_add=[
            ("quota_met", "Daily quotas met in a row"),
            ("quota_missed", "Daily quotas missed in a row"),
        ],
        ondelete=dict.fromkeys(("quota_met", "quota_missed"), "cascade"),
    )

    def _streaks(self, days):
        """The rows that end a streak; each day counts once, a day without a quota breaks none.

        :param days: the last row of each working day of a person, in order
        """
        self.ensure_one()
        ends, length = [], 0
        for row in days:
            length = length + 1 if row.day_met == (self.trigger == "quota_met") else 0
            if length == self.number:
                ends.append(row)
                length = 0
        return ends
