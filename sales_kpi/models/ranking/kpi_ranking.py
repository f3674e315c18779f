# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import api, fields, models

from .regulation_profile import SHOWN


class KpiRanking(models.Model):
    """A ranking as it was published with the scores of a cycle (C49).

    Of a sales team, or of the company. Written by the system when the scores are published (or
    locked without publication), taken back with them when an appeal is accepted, and fixed with
    the revision when it is locked. Those who do not publish are in none.
    """

    _name = "kpi.ranking"
    _description = "Ranking"
    _inherit = ["regulation.sealed"]
    _order = "date_from desc, frequency, revision desc, team_id, id"
    _rec_name = "cycle_id"

    _append_only = True

    _group_uniq = models.UniqueIndex(
        "(cycle_id, shown, COALESCE(team_id, 0))", "A team is ranked once in a cycle."
    )

    cycle_id = fields.Many2one(
        comodel_name="kpi.cycle", required=True, readonly=True, ondelete="cascade", index=True
    )
    company_id = fields.Many2one(related="cycle_id.company_id", store=True, index=True)
    frequency = fields.Selection(related="cycle_id.frequency", store=True)
    date_from = fields.Date(related="cycle_id.date_from", store=True)
    date_to = fields.Date(related="cycle_id.date_to", store=True)
    revision = fields.Integer(related="cycle_id.revision", store=True, aggregator=None)
    is_latest = fields.Boolean(related="cycle_id.is_latest", store=True)
    team_id = fields.Many2one(
        comodel_name="crm.team",
        string="Sales Team",
        readonly=True,
        ondelete="restrict",
        index="btree_not_null",
        help="Empty: the whole company.",
    )
    shown = fields.Selection(selection=SHOWN[1:], string="Published", required=True, readonly=True)
    people = fields.Integer(readonly=True, help="How many are ranked.")
    published_at = fields.Datetime(string="Published on", readonly=True)
    line_ids = fields.One2many(
        comodel_name="kpi.ranking.line", inverse_name="ranking_id", string="Positions", readonly=True
    )
    audience_ids = fields.Many2many(
        comodel_name="res.users",
        relation="kpi_ranking_audience_rel",
        string="Published to",
        readonly=True,
        groups="hr.group_hr_user",
        help="Who is ranked, and their superiors, as they were then. Of positions that are shown to"
        " the person alone they see their own.",
    )

    # === COMPUTE METHODS === #

    @api.depends("cycle_id", "team_id")
    def _compute_display_name(self):
        for ranking in self:
            whose = ranking.sudo().team_id or ranking.sudo().company_id
            ranking.display_name = f"{ranking.sudo().cycle_id.display_name}, {whose.name}"

    # === CRUD METHODS === #

    @api.model_create_multi
    def create(self, vals_list):
        rankings = super().create(vals_list)
        rankings.sudo().cycle_id._check_unlocked()
        return rankings

    def write(self, vals):
        self.sudo().cycle_id._check_unlocked()
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_locked(self):
        self.sudo().cycle_id._check_unlocked()
