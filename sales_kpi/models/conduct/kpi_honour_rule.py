# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import fields, models
from odoo.exceptions import UserError

from ..scheme.kpi_scheme import FREQUENCIES


class KpiHonourRule(models.Model):
    """An honour that goes to the best of a period, as a badge (C46, S0-57, S3-71)."""

    _name = "kpi.honour.rule"
    _description = "Honour"
    _inherit = ["regulation.profile.part"]
    _order = "profile_id, sequence, id"
    _rec_name = "badge_id"

    sequence = fields.Integer(default=10)
    badge_id = fields.Many2one(
        comodel_name="gamification.badge", required=True, ondelete="restrict", index=True
    )
    frequency = fields.Selection(
        selection=FREQUENCIES, string="Period", default="monthly", required=True
    )
    criterion = fields.Selection(
        selection=[("score", "Best score"), ("indicator", "Best result of an indicator")],
        string="Goes to",
        default="score",
        required=True,
    )
    indicator_id = fields.Many2one(
        comodel_name="kpi.indicator", ondelete="restrict", index="btree_not_null"
    )
    least = fields.Float(
        string="At least", digits=(16, 2), help="With less nobody is honoured. 0: no limit."
    )
    clause_codes = fields.Char(string="Clauses")

    def _check_sound(self):
        """Raise UserError if a rule honours nobody."""
        for rule in self:
            if rule.criterion == "indicator" and not rule.indicator_id:
                raise UserError(
                    self.env._("The honour %s: by which indicator?", rule.display_name)
                )

    def _results(self, sheets):
        """``{locked sheet: result}`` of those who may be honoured."""
        self.ensure_one()
        if self.criterion == "score":
            results = {sheet: sheet.score for sheet in sheets if sheet.has_score}
        else:
            results = {
                line.sheet_id: float((line.secret or {}).get("actual") or 0.0)
                if line.is_confidential
                else line.actual
                for line in sheets.line_ids
                if line.indicator_id == self.indicator_id and line.status in ("ok", "shown")
            }
        return {sheet: result for sheet, result in results.items() if result >= self.least}

    def _best(self, sheets):
        """The sheets of the best; several, if they are level. Nothing is best with nothing."""
        results = self._results(sheets)
        lower = self.criterion == "indicator" and self.indicator_id.direction == "lower"
        if not results:
            return sheets.browse()
        top = min(results.values()) if lower else max(results.values())
        if not lower and top <= 0:
            return sheets.browse()
        return sheets.filtered(lambda sheet: sheet in results and results[sheet] == top)
