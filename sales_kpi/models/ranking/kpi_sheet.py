# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import api, fields, models
from odoo.tools import SQL


class KpiSheet(models.Model):
    """The position on one's own sheet; means of scores leave out who has none (C49)."""

    _inherit = "kpi.sheet"

    ranking_text = fields.Char(
        string="Position", compute="_compute_ranking_text", help="As it was published."
    )

    @api.depends("state")
    @api.depends_context("uid", "lang")
    def _compute_ranking_text(self):
        lines = self.env["kpi.ranking.line"].search(
            [
                ("user_id", "in", self.user_id.ids),
                ("ranking_id.cycle_id", "in", self.cycle_id.ids),
            ]
        )
        positions = {(line.user_id, line.sudo().ranking_id.cycle_id): line for line in lines}
        for sheet in self:
            line = positions.get((sheet.user_id, sheet.cycle_id.sudo()))
            sheet.ranking_text = line and self.env._(
                "%(position)s of %(people)s", position=line.position, people=line.people
            )

    def _read_group_select(self, aggregate_spec, query):
        """No score is not zero: the mean is that of the people who have one."""
        if aggregate_spec == "score:avg":
            return SQL(
                "AVG(%s) FILTER (WHERE %s)",
                self._field_to_sql(self._table, "score", query),
                self._field_to_sql(self._table, "has_score", query),
            )
        return super()._read_group_select(aggregate_spec, query)
