# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from datetime import timedelta

from odoo import api, fields, models
from odoo.tools import SQL

from ...tools import Period, to_number


class KpiSheet(models.Model):
    """The days of whoever is scored by his quotas, on his monthly sheet (C43)."""

    _inherit = "kpi.sheet"

    quota_day_ids = fields.One2many(
        comodel_name="kpi.quota.day", inverse_name="sheet_id", string="Daily Quotas", readonly=True
    )
    quota_days = fields.Integer(string="Days with Quotas", compute="_compute_quota_days")
    quota_days_met = fields.Integer(string="Days Met", compute="_compute_quota_days")

    @api.depends("quota_day_ids")
    def _compute_quota_days(self):
        counts = {}
        for sheet, met, days in self.env["kpi.quota.day"]._read_group(
            [("sheet_id", "in", self.ids)], ["sheet_id", "day_met"], ["day:count_distinct"]
        ):
            counts.setdefault(sheet.id, {})[met] = days
        for sheet in self:
            found = counts.get(sheet.id, {})
            sheet.quota_days, sheet.quota_days_met = sum(found.values()), found.get(True, 0)

    def action_open_quota_days(self):
        """The days of the sheet, one after the other."""
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Daily Quotas"),
            "res_model": "kpi.quota.day",
            "view_mode": "list,kanban,pivot,graph",
            "mobile_view_mode": "kanban",
            "domain": [("sheet_id", "in", self.ids)],
        }

    # === COMPUTING === #

    def _clear_lines(self):
        super()._clear_lines()
        self.env.cr.execute(
            SQL("DELETE FROM kpi_quota_day WHERE sheet_id = ANY(%s)", list(self.ids))
        )
        self.env.invalidate_all(flush=False)

    @api.model
    def _compute_for(self, cycle):
        """The days follow the score, until today while the month runs."""
        super()._compute_for(cycle)
        if cycle.frequency != "monthly":
            return
        sheets = {
            sheet.user_id.id: sheet
            for sheet in cycle.sudo().sheet_ids
            if sheet.user_id and "quota" in sheet.scheme_id.line_ids.indicator_id.mapped("provider")
        }
        if sheets:
            self.env["kpi.quota.day"]._insert_rows(self._quota_rows(cycle, sheets))

    @api.model
    def _quota_rows(self, cycle, sheets):
        """Rows of the days of these sheets, in as many queries as the indicator takes."""
        last = min(cycle.date_to, cycle.company_id._regulation_today())
        days = [
            cycle.date_from + timedelta(days=number)
            for number in range((last - cycle.date_from).days + 1)
        ]
        whole = Period(0, cycle.date_from, cycle.date_to)
        # The period comes last: its version of the regulation judges each day of it
        periods = [Period(key, day, day) for key, day in enumerate(days, start=1)] + [whole]
        request = cycle._request(sorted(sheets)).over(periods)
        rows = []
        for (user, key), results in self.env["kpi.provider"].sudo()._quota_results(request).items():
            owing = [one for one in results if one[2]] if key else []
            day_met = all(done >= owed for _quota, done, owed in owing)
            rows += [
                {
                    "sheet_id": sheets[user].id,
                    "user_id": user,
                    "company_id": cycle.company_id.id,
                    "day": days[key - 1],
                    "quota_id": quota.id,
                    "owed": owed,
                    "done": done,
                    "percent": to_number(100 * done) / owed,
                    "met": done >= owed,
                    "day_met": day_met,
                }
                for quota, done, owed in owing
            ]
        return rows

    # === LOCKING === #

    def _contents(self):
        contents = super()._contents()
        for sheet, days in self.sudo().quota_day_ids.grouped("sheet_id").items():
            contents[sheet.id]["quotas"] = sorted(
                [str(one.day), one.quota_id.id, one.done, one.owed, one.day_met] for one in days
            )
        return contents
