# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
import logging

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError, ValidationError

from odoo.addons.sales_regulation.tools import engine, is_engine, periods_between

from ...tools import Period, Request, half_up, to_number

_logger = logging.getLogger(__name__)


class KpiImprovement(models.Model):
    """Something that is to get better than it was: baseline, goal, and what was reached (C49).

    The baseline is counted when the improvement starts, by the provider of the indicator, and
    stays. Each period is measured nightly until it has ended, and once after it. Who leads the
    team decides on it; what people think of people is never measured, since the figure of a
    small team would tell the score of a person.
    """

    _name = "kpi.improvement"
    _description = "Improvement"
    _inherit = ["kpi.periodic", "regulation.sealed", "mail.thread", "mail.activity.mixin"]
    _order = "state, id desc"
    _check_company_auto = True

    _sealed_fields = frozenset({"state", "baseline", "baseline_counted_at"})
    #: what is measured and against what: fixed when it starts
    _fixed_fields = frozenset(
        {
            "goal_id",
            "indicator_id",
            "company_id",
            "team_id",
            "frequency",
            "day",
            "kind",
            "goal",
        }
    )

    _goal = models.Constraint("CHECK(goal > 0)", "A goal is more than 0.")

    name = fields.Char(
        compute="_compute_from_goal", store=True, readonly=False, precompute=True, required=True
    )
    goal_id = fields.Many2one(
        comodel_name="kpi.improvement.goal",
        string="Goal of the Regulation",
        domain="[('profile_id.state', 'in', ('trial', 'active'))]",
        ondelete="restrict",
        index="btree_not_null",
    )
    indicator_id = fields.Many2one(
        comodel_name="kpi.indicator",
        compute="_compute_from_goal",
        store=True,
        readonly=False,
        precompute=True,
        required=True,
        ondelete="restrict",
        index=True,
    )
    team_id = fields.Many2one(
        comodel_name="crm.team",
        string="Sales Team",
        check_company=True,
        ondelete="restrict",
        index="btree_not_null",
        help="Empty: all sales teams of the company.",
    )
    user_id = fields.Many2one(
        comodel_name="res.users",
        string="Responsible",
        default=lambda self: self.env.user,
        domain="[('share', '=', False)]",
        tracking=True,
    )
    frequency = fields.Selection(string="Measured")
    day = fields.Date(
        string="Compared with the Period of", help="A day of the period that is the baseline."
    )
    baseline = fields.Float(
        readonly=True, copy=False, digits=(16, 2), help="In the unit of the indicator."
    )
    baseline_counted_at = fields.Datetime(string="Baseline counted", readonly=True, copy=False)
    kind = fields.Selection(
        selection=[("relative", "Percent of the baseline"), ("points", "Units of the indicator")],
        string="Goal in",
        compute="_compute_from_goal",
        store=True,
        readonly=False,
        precompute=True,
        required=True,
    )
    goal = fields.Float(
        compute="_compute_from_goal",
        store=True,
        readonly=False,
        precompute=True,
        required=True,
        digits=(16, 2),
        help="By how much it is to get better.",
    )
    target = fields.Float(
        compute="_compute_target",
        digits=(16, 2),
        help="The baseline made better by the goal, in the unit of the indicator.",
    )
    date_until = fields.Date(string="By", tracking=True)
    measures = fields.Text(help="What is done to get there.")
    state = fields.Selection(
        selection=[("draft", "Draft"), ("running", "Running"), ("ended", "Ended")],
        default="draft",
        required=True,
        readonly=True,
        copy=False,
        index=True,
        tracking=True,
    )
    actual_ids = fields.One2many(
        comodel_name="kpi.improvement.actual", inverse_name="improvement_id", string="Reached"
    )
    value = fields.Float(
        string="Reached last", compute="_compute_last", digits=(16, 2), help="In the last period."
    )
    change = fields.Float(string="Change (%)", compute="_compute_last", digits=(16, 2))
    outcome = fields.Selection(
        selection=[("none", "Not measured"), ("reached", "Reached"), ("missed", "Not reached")],
        compute="_compute_last",
    )
    unit = fields.Selection(related="indicator_id.unit")

    # === COMPUTE METHODS === #

    @api.depends("goal_id")
    def _compute_from_goal(self):
        for one in self:
            goal = one.goal_id
            one.name = goal.name or one.name
            one.indicator_id = goal.indicator_id or one.indicator_id
            one.kind = goal.kind or one.kind or "relative"
            one.goal = goal.goal or one.goal

    @api.depends("baseline", "kind", "goal", "indicator_id.direction")
    def _compute_target(self):
        for one in self:
            one.target = float(half_up(one._goal_value())) if one.baseline_counted_at else 0.0

    @api.depends("actual_ids.value", "actual_ids.reached")
    def _compute_last(self):
        last = {}
        for row in self.env["kpi.improvement.actual"].search_fetch(
            [("improvement_id", "in", self.ids)],
            ["improvement_id", "value", "change", "reached"],
            order="date_from",
        ):
            last[row.improvement_id.id] = row
        for one in self:
            row = last.get(one._origin.id)
            one.value = row.value if row else 0.0
            one.change = row.change if row else 0.0
            one.outcome = ("reached" if row.reached else "missed") if row else "none"

    # === CONSTRAINT METHODS === #

    @api.constrains("indicator_id", "company_id")
    def _check_indicator(self):
        for one in self:
            indicator = one.indicator_id
            if indicator.company_id not in (one.company_id, self.env["res.company"]):
                raise ValidationError(
                    self.env._("%s is an indicator of another company.", indicator.name)
                )
            if indicator._is_personal():
                raise ValidationError(
                    self.env._(
                        "%s is what people are rated with; it is no goal of a team.",
                        indicator.name,
                    )
                )

    # === CRUD METHODS === #

    @api.model_create_multi
    def create(self, vals_list):
        improvements = super().create(vals_list)
        improvements._check_decides()
        return improvements

    def write(self, vals):
        self._check_decides()
        if self._fixed_fields.intersection(vals) and not is_engine(self.env):
            for one in self:
                if one.state != "draft":
                    raise UserError(
                        self.env._(
                            "%s has started: what is measured and its baseline stay. End it, and"
                            " make another one.",
                            one.name,
                        )
                    )
        result = super().write(vals)
        if {"team_id", "company_id"}.intersection(vals):
            self._check_decides()
        return result

    @api.ondelete(at_uninstall=False)
    def _unlink_except_others(self):
        self._check_decides()

    def _check_decides(self):
        """Raise AccessError if these are of teams that the user neither leads nor answers for."""
        user = self.env.user
        if self.env.su or not self.sudo().team_id:
            return
        led = user | user._regulation_people_led()
        directed = user._regulation_companies_directed()
        Cycle = self.env["kpi.cycle"]
        for one in self.sudo().filtered(lambda one: one.team_id.user_id not in led):
            if one.team_id and one.company_id not in directed:
                if not Cycle._is_manager_of(one.company_id):
                    raise AccessError(
                        self.env._(
                            "Who leads %(team)s decides what it is to get better at: %(leader)s.",
                            team=one.team_id.name,
                            leader=one.team_id.user_id.name or self.env._("nobody yet"),
                        )
                    )

    @api.ondelete(at_uninstall=False)
    def _unlink_except_started(self):
        for one in self:
            if one.state != "draft":
                raise UserError(self.env._("%s has started: end it instead.", one.name))

    # === ACTION METHODS === #

    def action_start(self):
        """Count the baseline, and measure from the period after it on (S1-28, S1-29).

        :raise UserError: if the period of the baseline has not ended, or has no data
        """
        self.check_access("write")
        self._check_decides()
        for one in self:
            if one.state != "draft":
                raise UserError(self.env._("%s has started already.", one.name))
            if one.date_to >= one.company_id._regulation_today():
                raise UserError(
                    self.env._("%s: the period that it is compared with has not ended.", one.name)
                )
            [value] = one.sudo()._counted([(one.date_from, one.date_to)])
            if not value:
                raise UserError(
                    self.env._(
                        "%(name)s: nothing was counted from %(first)s to %(last)s, so there is no"
                        " baseline.",
                        name=one.name,
                        first=one.date_from,
                        last=one.date_to,
                    )
                )
            engine(one.sudo()).write(
                {
                    "state": "running",
                    "baseline": float(half_up(value)),
                    "baseline_counted_at": fields.Datetime.now(),
                }
            )
        self.sudo()._measure()
        return True

    def action_measure(self):
        """Measure the periods that are not final now."""
        self.check_access("write")
        self.sudo()._measure()
        return True

    def action_end(self):
        """No further period is measured."""
        self.check_access("write")
        self._check_decides()
        for one in self:
            if one.state != "running":
                raise UserError(self.env._("%s does not run.", one.name))
        engine(self.sudo()).write({"state": "ended"})
        return True

    # === MEASURING === #

    def _goal_value(self):
        """The baseline made better by the goal, exact."""
        self.ensure_one()
        baseline, goal = to_number(self.baseline), to_number(self.goal)
        step = abs(baseline) * goal / 100 if self.kind == "relative" else goal
        return baseline - step if self.indicator_id.direction == "lower" else baseline + step

    def _is_reached(self, value):
        self.ensure_one()
        if self.indicator_id.direction == "lower":
            return value <= self._goal_value()
        return value >= self._goal_value()

    def _people(self):
        """Ids of the members of the team, or of all sales teams of the company."""
        self.ensure_one()
        cycle = self.env["kpi.cycle"].sudo().new({"company_id": self.company_id.id})
        return [
            user
            for user, team in cycle._team_members().items()
            if not self.team_id or team == self.team_id.id
        ]

    def _counted(self, spans):
        """The value in each of these (first, last) days, None without data."""
        self.ensure_one()
        periods = [Period(key, *span) for key, span in enumerate(spans)]
        found = self.indicator_id._together(Request(self.company_id, self._people(), periods))
        return [found[period.key] for period in periods]

    def _measure(self):
        """Measure what is not final; a constant number of queries for each improvement."""
        for one in self.filtered(lambda one: one.state == "running"):
            if not one.indicator_id._is_personal():
                one._measure_one()

    def _measure_one(self):
        self.ensure_one()
        today = self.company_id._regulation_today()
        local = self.company_id._regulation_local
        known = {row.date_from: row for row in self.actual_ids}
        spans = [
            span
            for span in periods_between(self.frequency, self.date_to, today)
            if not (row := known.get(span[0])) or local(row.measured_at).date() <= row.date_to
        ]
        now = fields.Datetime.now()
        rows = []
        for (first, last), value in zip(spans, self._counted(spans) if spans else (), strict=True):
            if value is None:
                continue
            shown = half_up(value)
            change = (to_number(shown) / to_number(self.baseline) - 1) * 100
            vals = {
                "value": float(shown),
                "change": float(half_up(change)),
                "reached": self._is_reached(to_number(shown)),
                "measured_at": now,
            }
            if first in known:
                engine(known[first]).write(vals)
            else:
                rows.append({"improvement_id": self.id, "date_from": first, "date_to": last, **vals})
        engine(self.env["kpi.improvement.actual"]).create(rows)

    @api.model
    def _cron_measure(self):
        """Measure what runs; each is committed for itself, and none holds up another."""
        running = self.sudo().search([("state", "=", "running")])
        Cron = self.env["ir.cron"]
        Cron._commit_progress(remaining=len(running))
        for one in running:
            try:
                with self.env.cr.savepoint():
                    one._measure()
            except Exception:
                _logger.exception("Improvement %s could not be measured", one.id)
            if not Cron._commit_progress(1):
                return
