# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import Command, api, fields, models
from odoo.exceptions import AccessError

from odoo.addons.sales_regulation.tools import engine


class KpiCycle(models.Model):
    """Scores are ranked when they are published, as the regulation that judged them says (C49)."""

    _inherit = "kpi.cycle"

    ranking_ids = fields.One2many(
        comodel_name="kpi.ranking", inverse_name="cycle_id", string="Rankings", readonly=True
    )
    ranking_count = fields.Integer(string="Ranked", compute="_compute_ranking_count")

    @api.depends("ranking_ids")
    @api.depends_context("uid")
    def _compute_ranking_count(self):
        counts = self.env["kpi.ranking.line"]._read_group(
            [("ranking_id.cycle_id", "in", self.ids)], ["ranking_id"], ["__count"]
        )
        found = dict.fromkeys(self.ids, 0)
        for ranking, count in counts:
            found[ranking.cycle_id.id] += count
        for cycle in self:
            cycle.ranking_count = found.get(cycle.id, 0)

    # === ACTION METHODS === #

    def action_publish(self, reason=""):
        """The ranking is published with the scores."""
        result = super().action_publish(reason)
        self._rank()
        return result

    def action_open_ranking(self):
        """The positions of this cycle, as far as the reader may see them."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id("sales_kpi.kpi_ranking_line_action")
        return {
            **action,
            "name": self.display_name,
            "domain": [("ranking_id.cycle_id", "=", self.id)],
            "context": {},
        }

    # === STAGES === #

    def _back_to_review(self):
        """Scores that are corrected are not ranked until they are published again."""
        super()._back_to_review()
        engine(self.sudo().ranking_ids).unlink()

    def _lock(self):
        """What is locked without having been published is ranked now."""
        if self.state != "published":
            self._rank()
        super()._lock()

    def _rank(self):
        """Write the rankings of these cycles anew; a constant number of queries."""
        cycles = engine(self.sudo())
        cycles.ranking_ids.unlink()
        cycles.env["kpi.ranking"].create(
            [values for cycle in cycles for values in cycle._prepare_rankings()]
        )

    def _prepare_rankings(self):
        """One for each team, or for the company, and each way of publishing; of people only."""
        self.ensure_one()
        groups = {}
        for sheet in self.sheet_ids.filtered(lambda one: one.has_score and one.user_id):
            profile = sheet.scheme_id.profile_id
            by_team = profile.ranking_scope == "team"
            if profile.ranking_shown == "none" or (by_team and not sheet.team_id):
                continue
            team = sheet.team_id if by_team else sheet.team_id.browse()
            groups.setdefault((profile.ranking_shown, team), []).append(sheet)
        return [
            self._prepare_ranking(shown, team, self.env["kpi.sheet"].concat(*sheets))
            for (shown, team), sheets in groups.items()
        ]

    def _prepare_ranking(self, shown, team, sheets):
        """Positions by the published, rounded score: 1, 1, 3."""
        positions = {}
        for number, score in enumerate(sorted(sheets.mapped("score"), reverse=True), start=1):
            positions.setdefault(score, number)
        return {
            "cycle_id": self.id,
            "team_id": team.id,
            "shown": shown,
            "people": len(sheets),
            "published_at": fields.Datetime.now(),
            "audience_ids": [Command.set((sheets.user_id | sheets.viewer_ids).ids)],
            "line_ids": [
                Command.create(
                    {
                        "sheet_id": sheet.id,
                        "user_id": sheet.user_id.id,
                        "position": positions[sheet.score],
                        "score": sheet.score,
                        "is_open": shown == "all",
                    }
                )
                for sheet in sheets
            ],
        }

    def _check_unlocked(self):
        """Raise AccessError for a locked revision: its rankings are fixed with it."""
        if any(cycle.state == "locked" for cycle in self):
            raise AccessError(self.env._("Locked scores are not changed by anybody: reopen them."))

    def _forged_sheets(self):
        """A position that says another score than its locked sheet shows too."""
        wrong = super()._forged_sheets()
        locked = self.filtered(lambda cycle: cycle.state == "locked")
        for line in locked.ranking_ids.line_ids:
            if line.score != line.sheet_id.score or line.user_id != line.sheet_id.user_id:
                wrong |= line.sheet_id
        return wrong
