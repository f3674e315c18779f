# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import api, fields, models


class SalesPlanLine(models.Model):
    """The target of one indicator, and what was reached of it."""

    _name = "sales.plan.line"
    _description = "Target of a Plan"
    _inherit = ["regulation.submittable.line", "regulation.sealed"]
    _order = "plan_id, sequence, id"

    #: copies of the plan, by which people group, and what the system counts
    _sealed_fields = frozenset(
        {
            "company_id",
            "user_id",
            "team_id",
            "level",
            "code",
            "period_start",
            "state",
            "sequence",
            "actual",
            "has_actual",
            "attainment",
            "actual_at",
        }
    )
    _approval_document_field = "plan_id"
    _approval_content_fields = ("indicator_id", "target")

    _indicator_uniq = models.Constraint(
        "UNIQUE(plan_id, indicator_id)", "A plan has one target of an indicator."
    )
    # What is no number is greater than every number
    _target_positive = models.Constraint(
        "CHECK(target >= 0 AND target < 1e15)", "A target is a number from 0 on."
    )

    plan_id = fields.Many2one(
        comodel_name="sales.plan", required=True, ondelete="cascade", index=True
    )
    company_id = fields.Many2one(related="plan_id.company_id", store=True, index=True)
    currency_id = fields.Many2one(related="company_id.currency_id")
    user_id = fields.Many2one(related="plan_id.user_id", store=True)
    team_id = fields.Many2one(related="plan_id.team_id", store=True)
    level = fields.Selection(related="plan_id.level", store=True)
    code = fields.Char(related="plan_id.code", store=True)
    period_start = fields.Date(related="plan_id.period_start", store=True, index=True)
    state = fields.Selection(related="plan_id.state", store=True)
    indicator_id = fields.Many2one(
        comodel_name="sales.plan.indicator", required=True, ondelete="restrict", index=True
    )
    sequence = fields.Integer(related="indicator_id.sequence", store=True)
    unit = fields.Selection(related="indicator_id.unit")
    target = fields.Float(
        digits=(16, 2), help="Money in the company's currency, untaxed; else in its own unit."
    )
    actual = fields.Float(
        string="Reached",
        digits=(16, 2),
        readonly=True,
        copy=False,
        help="As of the last count. Empty where nothing is counted for this indicator.",
    )
    has_actual = fields.Boolean(string="Counted", readonly=True, copy=False)
    attainment = fields.Float(
        string="Attained (%)",
        digits=(16, 2),
        readonly=True,
        copy=False,
        aggregator="avg",
        help="Reached, in percent of the target of the whole period.",
    )
    actual_at = fields.Datetime(string="Counted at", readonly=True, copy=False)

    @api.depends("indicator_id", "plan_id")
    def _compute_display_name(self):
        for line in self:
            line.display_name = f"{line.plan_id.display_name}: {line.indicator_id.name}"

    def _target_text(self, amount):
        """An amount of this line as people read it."""
        self.ensure_one()
        return self.plan_id._amount_text(self.indicator_id, amount)
