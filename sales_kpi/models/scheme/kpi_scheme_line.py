# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from dataclasses import dataclass, field
from fractions import Fraction

from odoo import api, fields, models
from odoo.exceptions import UserError

from ...tools import Bands, EventDeduction, PercentDeduction, half_up, plain, to_number

DEDUCTIONS = ("below", "events")


@dataclass
class Judged:
    """What a line makes of a figure: points from 0 to 100, or points that are taken."""

    line: object
    status: str = "ok"
    actual: Fraction | None = None
    target: Fraction | None = None
    #: percent of the target
    attained: Fraction | None = None
    below: Fraction | None = None
    units: Fraction | None = None
    points: Fraction | None = None
    #: key of the sentence and its values
    how: tuple = field(default=("", {}))


class KpiSchemeLine(models.Model):
    """One indicator in a scheme: its weight, its target, and what comes of it (C41, C42)."""

    _name = "kpi.scheme.line"
    _description = "Line of a Score Scheme"
    _inherit = ["regulation.profile.part"]
    _order = "scheme_id, sequence, id"

    _figures = models.Constraint(
        "CHECK(weight BETWEEN 0 AND 100 AND points >= 0 AND step > 0 AND limit_points >= 0"
        " AND cap >= 0 AND free_events >= 0 AND min_count >= 0)",
        "Weights are 0 to 100, steps more than 0, points and limits not negative.",
    )

    profile_id = fields.Many2one(
        related="scheme_id.profile_id", store=True, precompute=True, required=False
    )
    scheme_id = fields.Many2one(
        comodel_name="kpi.scheme", required=True, ondelete="cascade", index=True
    )
    sequence = fields.Integer(default=10)
    indicator_id = fields.Many2one(
        comodel_name="kpi.indicator", required=True, ondelete="restrict", index=True
    )
    weight = fields.Float(digits=(16, 2), help="Percent of the score.")
    target_source = fields.Selection(
        selection=[
            ("plan", "The target of the person"),
            ("fixed", "The same for everybody"),
            ("none", "None: the figure is points or percent itself"),
        ],
        string="Target",
        default="plan",
        required=True,
    )
    target_fixed = fields.Float(string="Fixed Target", digits=(16, 2))
    rule = fields.Selection(
        selection=[
            ("attainment", "Attained percent by weight"),
            ("bands", "Table of bands by weight"),
            ("below", "Deduction for what is below target"),
            ("events", "Deduction for each event"),
            ("shown", "Shown only"),
        ],
        default="attainment",
        required=True,
    )
    cap = fields.Float(
        string="At most (%)",
        digits=(16, 2),
        default=100,
        help="More than so many percent of the target do not count. 0: no limit.",
    )
    least = fields.Float(
        string="From (%)", digits=(16, 2), help="Less than so many percent of the target are none."
    )
    points = fields.Float(
        string="Points each", digits=(16, 2), help="Taken for each step below, or for each event."
    )
    step = fields.Float(
        string="Step (%)", digits=(16, 2), default=1, help="Percent of the target of one step."
    )
    rounding = fields.Selection(
        selection=[
            ("full", "Full steps only"),
            ("started", "Started steps"),
            ("pro_rata", "In proportion"),
        ],
        default="full",
        required=True,
        help="What counts of a part of a step: nothing, a whole step, or the part (K7).",
    )
    limit_points = fields.Float(
        string="At most (points)", digits=(16, 2), help="The most this line takes. 0: no limit."
    )
    free_events = fields.Float(
        string="Free Events", digits=(16, 2), help="So many events cost nothing."
    )
    min_count = fields.Integer(
        string="Minimum Data", help="Instead of that of the indicator. 0: that of the indicator."
    )
    band_ids = fields.One2many(
        comodel_name="kpi.scheme.band",
        inverse_name="line_id",
        string="Bands",
        copy=True,
        help="Of a table: from so many percent on, so many points. Of events: from so many events on,"
        " so many times as heavy.",
    )

    # === COMPUTE METHODS === #

    @api.depends("indicator_id")
    def _compute_display_name(self):
        for line in self:
            line.display_name = line.indicator_id.name

    # === BUSINESS METHODS === #

    def _check_sound(self):
        """Raise UserError if a line says nothing, or two things."""
        for line in self:
            if line.rule in DEDUCTIONS and (line.weight or not line.points):
                problem = self.env._("A deduction has points and no weight.")
            elif line.rule in ("attainment", "bands") and not line.weight:
                if line.scheme_id.method == "deduction":
                    problem = self.env._("A deduction scheme has deductions only.")
                else:
                    continue  # a self-assessment is shown with the weight 0
            elif line.rule == "bands" and not line.band_ids:
                problem = self.env._("The table of bands is empty.")
            elif line.target_source == "fixed" and not line.target_fixed:
                problem = self.env._("The fixed target is missing.")
            elif line.rule == "below" and line.target_source == "none":
                problem = self.env._("Below what? The line needs a target.")
            elif line.rule == "shown" and line.weight:
                problem = self.env._("What is only shown has no weight.")
            else:
                continue
            raise UserError(
                self.env._(
                    "%(scheme)s, %(indicator)s: %(problem)s",
                    scheme=line.scheme_id.display_name,
                    indicator=line.indicator_id.display_name,
                    problem=problem,
                )
            )

    def _judge(self, figure, target):
        """What the line makes of a figure.

        :param Figure figure: what was counted, None: nothing
        :param target: of the person for the part of the period that he is covered; None: none
        :rtype: Judged
        """
        self.ensure_one()
        indicator = self.indicator_id
        if figure is None:
            figure = indicator._nothing()
        actual = indicator._value_of(figure)
        if figure is not None and self.min_count and figure.count < self.min_count:
            actual = None
        judged = Judged(self, actual=actual)
        if self.target_source == "fixed":
            target = to_number(self.target_fixed)
        judged.target = None if self.target_source == "none" else to_number(target)
        if actual is None:
            return self._void(judged, "no_data")
        if self.rule == "events":
            return self._judge_events(judged)
        if self.target_source == "none":
            judged.attained = actual
        elif not judged.target or judged.target < 0:
            return self._void(judged, "no_target")
        else:
            share = actual / judged.target
            judged.attained = 100 * (share if indicator.direction == "higher" else 2 - share)
        judged.below = max(100 - judged.attained, Fraction(0))
        return getattr(self, f"_judge_{self.rule}")(judged)

    def _void(self, judged, status):
        """Nothing to judge: the weight goes to the others, nothing is taken."""
        judged.status = status
        judged.points = Fraction(0) if self.rule in DEDUCTIONS else None
        suffix = "weight" if self.weight else "rule" if self.rule in DEDUCTIONS else "shown"
        judged.how = (f"{status}_{suffix}", {"weight": plain(self.weight)})
        return judged

    def _judge_shown(self, judged):
        judged.status = "shown"
        key = "shown_plain" if self.target_source == "none" else "shown"
        judged.how = (key, {"attained": plain(judged.attained, 1)})
        return judged

    def _judge_events(self, judged):
        repeats = tuple((to_number(one.start), to_number(one.points)) for one in self.band_ids)
        rule = EventDeduction(
            to_number(self.points),
            to_number(self.free_events),
            to_number(self.limit_points),
            repeats,
        )
        judged.units = max(judged.actual - rule.free, Fraction(0))
        judged.points = rule.points_for(judged.actual)
        values = {
            "events": plain(judged.actual),
            "free": plain(rule.free),
            "rate": plain(rule.points),
            "points": plain(judged.points, 1),
            "taken": plain(-judged.points, 1),
        }
        straight = rule.free == 0 and judged.points == judged.units * rule.points
        judged.how = ("events" if straight else "events_table", values)
        return judged

    def _judge_below(self, judged):
        rule = PercentDeduction(
            to_number(self.points),
            to_number(self.step),
            self.rounding,
            to_number(self.limit_points),
        )
        judged.units = rule.units(judged.below)
        judged.points = rule.points_for(judged.below)
        values = {
            "attained": plain(judged.attained, 1),
            "units": plain(judged.units),
            "step": plain(rule.step),
            "rate": plain(rule.points),
            "points": plain(judged.points, 1),
            "taken": plain(-judged.points, 1),
        }
        if not judged.below:
            key = "reached"
        elif judged.points != judged.units * rule.points:
            key = "below_limit"
        elif rule.step != 1:
            key = "below_step"
        else:
            key = f"below_{self.rounding}"
        judged.how = (key, values)
        return judged

    def _judge_attainment(self, judged):
        """The attained percent as printed, within its limits."""
        points = max(to_number(half_up(judged.attained)), Fraction(0))
        if self.cap:
            points = min(points, to_number(self.cap))
        if points < to_number(self.least):
            points = Fraction(0)
        judged.points = points
        judged.how = (
            "as_is" if self.target_source == "none" else "attainment",
            {"attained": plain(judged.attained, 1), "points": plain(points, 1)},
        )
        return judged

    def _judge_bands(self, judged):
        table = Bands(tuple((to_number(one.start), to_number(one.points)) for one in self.band_ids))
        judged.points = table.points_for(judged.attained)
        judged.how = (
            "bands",
            {"attained": plain(judged.attained, 1), "points": plain(judged.points, 1)},
        )
        return judged
