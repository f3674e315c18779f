# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import fields, models


class KpiImprovementActual(models.Model):
    """What was reached in a period; the analysis of it is written by managers (S1-26, S4-135)."""

    _name = "kpi.improvement.actual"
    _description = "Improvement Reached"
    _inherit = ["regulation.sealed"]
    _order = "date_from desc, id desc"
    _rec_name = "date_from"

    _sealed_fields = frozenset(
        {
            "improvement_id",
            "company_id",
            "indicator_id",
            "team_id",
            "date_from",
            "date_to",
            "value",
            "change",
            "reached",
            "measured_at",
        }
    )

    _period_uniq = models.Constraint(
        "UNIQUE(improvement_id, date_from)", "The period was measured already."
    )

    improvement_id = fields.Many2one(
        comodel_name="kpi.improvement",
        required=True,
        readonly=True,
        ondelete="cascade",
        index=True,
    )
    company_id = fields.Many2one(related="improvement_id.company_id", store=True, index=True)
    indicator_id = fields.Many2one(related="improvement_id.indicator_id", store=True, index=True)
    team_id = fields.Many2one(related="improvement_id.team_id", store=True)
    date_from = fields.Date(string="From", required=True, readonly=True)
    date_to = fields.Date(string="Until", required=True, readonly=True)
    value = fields.Float(
        string="Reached", readonly=True, digits=(16, 2), help="In the unit of the indicator."
    )
    change = fields.Float(
        string="Change (%)",
        readonly=True,
        digits=(16, 2),
        aggregator="avg",
        help="In percent of the baseline; less is below it.",
    )
    reached = fields.Boolean(string="Goal Reached", readonly=True)
    measured_at = fields.Datetime(readonly=True)
    analysis = fields.Text(help="Why it came out like this, and what is done about it.")
