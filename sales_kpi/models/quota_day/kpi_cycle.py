# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import SUPERUSER_ID, models


class KpiCycle(models.Model):
    """With the scores of a month the measures for streaks of quota days are proposed (C43, C46)."""

    _inherit = "kpi.cycle"

    def _lock(self):
        super()._lock()
        self.sudo()._propose_streaks()

    def _propose_streaks(self):
        """Propose what the rules of the regulations say of so many days in a row; HR decides.

        Only of locked days: until then a contact may still be signed. What an earlier revision
        has proposed for a day is not proposed again.
        """
        self.ensure_one()
        sheets = self.sheet_ids
        rules = self.env["kpi.sanction.rule"].search(
            [
                ("profile_id", "in", sheets.scheme_id.profile_id.ids),
                ("trigger", "in", ("quota_met", "quota_missed")),
            ]
        )
        if not rules:
            return
        days = {}
        for row in self.env["kpi.quota.day"].search(
            [("sheet_id", "in", sheets.ids)], order="day, id"
        ):
            days.setdefault(row.sheet_id, {})[row.day] = row
        Measure = self.env["regulation.measure"]
        known = {
            (measure.rule_id, measure.user_id, measure.date)
            for measure in Measure.search(
                [
                    ("rule_id", "in", rules.ids),
                    ("company_id", "=", self.company_id.id),
                    ("date", ">=", self.date_from),
                    ("date", "<=", self.date_to),
                ]
            )
        }
        Measure.with_user(SUPERUSER_ID)._propose(
            [
                self._prepare_streak(rule, row)
                for rule in rules
                for sheet, found in days.items()
                if sheet.scheme_id.profile_id == rule.profile_id
                for row in rule._streaks(found.values())
                if (rule, row.user_id, row.day) not in known
            ]
        )

    def _prepare_streak(self, rule, row):
        return {
            **rule._prepare_measure(),
            "name": f"{rule.name} ({rule.number}, {row.day})",
            "user_id": row.user_id.id,
            "company_id": self.company_id.id,
            "currency_id": self.company_id.currency_id.id,
            "date": row.day,
            "res_model": row._name,
            "res_id": row.id,
        }
