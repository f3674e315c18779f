# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import fields, models


class KpiTrialLine(models.Model):
    """One person and period: the score in force, the score that was tried, and the bonus of both."""

    _name = "kpi.trial.line"
    _description = "Result of a Trial"
    _inherit = ["regulation.sealed", "regulation.protected"]
    _order = "date_from desc, difference, id"
    _rec_name = "user_id"

    _append_only = True

    trial_id = fields.Many2one(
        comodel_name="kpi.trial", required=True, readonly=True, ondelete="cascade", index=True
    )
    company_id = fields.Many2one(related="trial_id.company_id", store=True, index=True)
    currency_id = fields.Many2one(related="company_id.currency_id")
    user_id = fields.Many2one(
        comodel_name="res.users",
        string="Person",
        required=True,
        readonly=True,
        ondelete="cascade",
        index=True,
    )
    team_id = fields.Many2one(
        comodel_name="crm.team", string="Sales Team", readonly=True, ondelete="set null"
    )
    date_from = fields.Date(string="Period", readonly=True)
    scored_before = fields.Boolean(string="Scored before", readonly=True)
    score_before = fields.Float(
        string="Score in Force", digits=(16, 2), readonly=True, aggregator="avg"
    )
    scored_tried = fields.Boolean(string="Scored in Trial", readonly=True)
    score_tried = fields.Float(
        string="Score tried", digits=(16, 2), readonly=True, aggregator="avg"
    )
    difference = fields.Float(digits=(16, 2), readonly=True, aggregator="avg")
    outcome = fields.Selection(
        selection=[
            ("gains", "Gains"),
            ("loses", "Loses"),
            ("same", "The same"),
            ("new", "Scored only in the trial"),
            ("gone", "Not scored in the trial"),
        ],
        readonly=True,
    )
    explanation = fields.Char(readonly=True, help="How the score that was tried comes about.")
    bonus_before = fields.Monetary(string="Bonus in Force", readonly=True)
    bonus_tried = fields.Monetary(string="Bonus tried", readonly=True)
    bonus_difference = fields.Monetary(string="Bonus Difference", readonly=True)
