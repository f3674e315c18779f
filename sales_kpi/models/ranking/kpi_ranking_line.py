# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import api, fields, models


class KpiRankingLine(models.Model):
    """The position of one person in a published ranking: position, person, score (C49).

    Nothing leads from here to the sheet of a colleague: the link is for human resources, and
    the button opens what the reader may see.
    """

    _name = "kpi.ranking.line"
    _description = "Position in a Ranking"
    _inherit = ["regulation.sealed"]
    _order = "date_from desc, ranking_id, position, user_id, id"
    _rec_name = "user_id"

    _append_only = True

    _user_uniq = models.Constraint(
        "UNIQUE(ranking_id, user_id)", "A person has one position in a ranking."
    )

    ranking_id = fields.Many2one(
        comodel_name="kpi.ranking", required=True, readonly=True, ondelete="cascade", index=True
    )
    sheet_id = fields.Many2one(
        comodel_name="kpi.sheet",
        readonly=True,
        ondelete="cascade",
        index=True,
        groups="hr.group_hr_user",
    )
    user_id = fields.Many2one(
        comodel_name="res.users",
        string="Person",
        required=True,
        readonly=True,
        ondelete="restrict",
        index=True,
    )
    position = fields.Integer(
        readonly=True,
        aggregator=None,
        help="By the published score; who has the same score has the same position.",
    )
    score = fields.Float(digits=(16, 2), readonly=True, aggregator="avg")
    is_open = fields.Boolean(
        readonly=True, help="Shown to everybody who is ranked, not to the person alone."
    )
    company_id = fields.Many2one(related="ranking_id.company_id", store=True, index=True)
    team_id = fields.Many2one(related="ranking_id.team_id", store=True)
    frequency = fields.Selection(related="ranking_id.frequency", store=True)
    date_from = fields.Date(related="ranking_id.date_from", store=True, index=True)
    is_latest = fields.Boolean(related="ranking_id.is_latest", store=True)
    people = fields.Integer(related="ranking_id.people", store=True, aggregator=None)
    is_mine = fields.Boolean(compute="_compute_is_mine")

    # === COMPUTE METHODS === #

    @api.depends("user_id")
    @api.depends_context("uid")
    def _compute_is_mine(self):
        for line in self:
            line.is_mine = line.user_id == self.env.user

    @api.depends("user_id", "position", "people")
    def _compute_display_name(self):
        for line in self:
            line.display_name = self.env._(
                "%(name)s: %(position)s of %(people)s",
                name=line.sudo().user_id.name,
                position=line.position,
                people=line.people,
            )

    # === CRUD METHODS === #

    @api.model_create_multi
    def create(self, vals_list):
        lines = super().create(vals_list)
        lines.sudo().ranking_id.cycle_id._check_unlocked()
        return lines

    def write(self, vals):
        self.sudo().ranking_id.cycle_id._check_unlocked()
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_locked(self):
        self.sudo().ranking_id.cycle_id._check_unlocked()

    # === ACTION METHODS === #

    def action_open_sheet(self):
        """Open the score sheet behind a position.

        :raise AccessError: for whoever may not read that sheet
        """
        self.ensure_one()
        self.check_access("read")
        sheet = self.sudo().sheet_id.with_env(self.env)
        sheet.check_access("read")
        return {
            "type": "ir.actions.act_window",
            "name": sheet.display_name,
            "res_model": "kpi.sheet",
            "res_id": sheet.id,
            "view_mode": "form",
        }
