# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import SUPERUSER_ID, models


class KpiCycle(models.Model):
    """With the scores the honours of the period are proposed (C46)."""

    _inherit = "kpi.cycle"

    def _lock(self):
        super()._lock()
        self.sudo()._propose_honours()

    def _propose_honours(self):
        """Propose the honours of the regulations of those who are scored; HR decides.

        Who was proposed for the period already, by an earlier revision, is not proposed again.
        """
        self.ensure_one()
        sheets = self.sheet_ids.filtered("user_id")  # people are honoured, not units
        rules = self.env["kpi.honour.rule"].search(
            [
                ("profile_id", "in", sheets.scheme_id.profile_id.ids),
                ("frequency", "=", self.frequency),
            ]
        )
        if not rules:
            return
        Measure = self.env["regulation.measure"]
        known = {
            (measure.honour_rule_id, measure.user_id)
            for measure in Measure.search(
                [
                    ("honour_rule_id", "in", rules.ids),
                    ("company_id", "=", self.company_id.id),
                    ("date", "=", self.date_to),
                ]
            )
        }
        Measure.with_user(SUPERUSER_ID)._propose(
            [
                self._prepare_honour(rule, sheet)
                for rule in rules
                for sheet in rule._best(
                    sheets.filtered(
                        lambda one, rule=rule: one.scheme_id.profile_id == rule.profile_id
                    )
                )
                if (rule, sheet.user_id) not in known
            ]
        )

    def _prepare_honour(self, rule, sheet):
        return {
            "kind": "reward",
            "grade": "honour",
            "badge_id": rule.badge_id.id,
            "honour_rule_id": rule.id,
            "profile_id": rule.profile_id.id,
            "clause_codes": rule.clause_codes,
            "name": f"{rule.badge_id.name}, {self.display_name}",
            "user_id": sheet.user_id.id,
            "company_id": self.company_id.id,
            "currency_id": self.company_id.currency_id.id,
            "date": self.date_to,
            "res_model": sheet._name,
            "res_id": sheet.id,
        }
