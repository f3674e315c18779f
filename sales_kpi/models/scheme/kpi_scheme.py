# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from fractions import Fraction

from odoo import api, fields, models
from odoo.exceptions import UserError

from ...tools import half_up, plain, spread, to_number

FREQUENCIES = [("monthly", "Month"), ("quarterly", "Quarter"), ("yearly", "Year")]
#: whose score it is
UNITS = [("person", "Person"), ("team", "Sales team"), ("department", "Department")]


class KpiScheme(models.Model):
    """How the people of a role are scored for a month, a quarter or a year (C41, C42, K1, K2).

    *Weighted*: the attained percent of each line by its weight; the weights are 100. *Deduction*: from
    the base score so many points are taken for what is below target and for what happened.
    *Mixed*: the result of the deductions has a weight beside those of the other lines.
    """

    _name = "kpi.scheme"
    _description = "Score Scheme"
    _inherit = ["regulation.profile.part"]
    _order = "profile_id, sequence, id"

    _figures = models.Constraint(
        "CHECK(base > 0 AND floor >= 0 AND cap >= 0 AND min_weight BETWEEN 0 AND 100"
        " AND deduction_weight BETWEEN 0 AND 100)",
        "A base score is more than 0, weights are 0 to 100.",
    )

    name = fields.Char(required=True, translate=True)
    sequence = fields.Integer(
        default=10, help="Of several schemes that fit a person the first one holds."
    )
    role_id = fields.Many2one(
        comodel_name="regulation.role",
        string="For Role",
        ondelete="restrict",
        index=True,
        help="Empty: the members of the sales teams for whom no other scheme holds.",
    )
    frequency = fields.Selection(
        selection=FREQUENCIES, string="Period", default="monthly", required=True
    )
    unit = fields.Selection(
        selection=UNITS,
        string="Whose Score",
        default="person",
        required=True,
        help="Each person himself, or his sales team or department as a whole: then what all its"
        " people did while they were in it is summed up, and its score is theirs.",
    )
    department_ids = fields.Many2many(
        comodel_name="hr.department",
        relation="kpi_scheme_department_rel",
        string="Departments",
        help="These, each with all below it. Empty: each department for itself.",
    )
    members_see = fields.Boolean(
        string="Its People See the Score",
        default=True,
        help="Of a team or department: whether all its people see the sheet, or only who leads it"
        " and who is above him.",
    )
    method = fields.Selection(
        selection=[
            ("weighted", "Weighted attainment"),
            ("deduction", "Deduction"),
            ("mixed", "Mixed"),
        ],
        default="weighted",
        required=True,
    )
    base = fields.Float(
        string="Base Score", digits=(16, 2), default=100, help="From which deductions are taken."
    )
    floor = fields.Float(digits=(16, 2), default=0, help="No score is below.")
    cap = fields.Float(digits=(16, 2), default=0, help="No score is above. 0: no limit.")
    deduction_weight = fields.Float(
        string="Weight of the Deductions",
        digits=(16, 2),
        help="Of a mixed scheme: the percent that base less deductions counts for. 0: deductions are"
        " taken from the result of the weights.",
    )
    min_weight = fields.Float(
        string="Least Weight with Data (%)",
        digits=(16, 2),
        default=50,
        help="With less there is no score.",
    )
    line_ids = fields.One2many(
        comodel_name="kpi.scheme.line", inverse_name="scheme_id", string="Lines", copy=True
    )
    weight_total = fields.Float(
        string="Sum of Weights", compute="_compute_weight_total", digits=(16, 2)
    )

    # === COMPUTE METHODS === #

    @api.depends("line_ids.weight", "deduction_weight", "method")
    def _compute_weight_total(self):
        for scheme in self:
            scheme.weight_total = sum(scheme.line_ids.mapped("weight")) + (
                scheme.deduction_weight if scheme.method == "mixed" else 0.0
            )

    # === BUSINESS METHODS === #

    def _check_sound(self):
        """Raise UserError if a scheme cannot score: its weights are not 100, a rule is void."""
        for scheme in self:
            if not scheme.line_ids:
                raise UserError(
                    self.env._("The score scheme %s has no lines.", scheme.display_name)
                )
            weights = sum(to_number(line.weight) for line in scheme.line_ids)
            if scheme.method == "deduction" and weights:
                raise UserError(
                    self.env._(
                        "%s is a deduction scheme: its lines have no weight.", scheme.display_name
                    )
                )
            if scheme.method == "mixed":
                weights += to_number(scheme.deduction_weight)
            if scheme.method != "deduction" and weights != 100:
                raise UserError(
                    self.env._(
                        "The weights of the score scheme %(scheme)s add up to %(sum)s, not to 100.",
                        scheme=scheme.display_name,
                        sum=plain(weights),
                    )
                )
            scheme.line_ids._check_sound()
            scheme._check_unit()
        self._check_unique()

    def _check_unit(self):
        """Raise UserError if a unit would be scored by what people think of its people.

        The figure of a small team would tell the rating of one of them.
        """
        self.ensure_one()
        personal = self.line_ids.indicator_id.filtered(lambda one: one._is_personal())
        if self.unit != "person" and personal:
            raise UserError(
                self.env._(
                    "%(scheme)s scores teams or departments: %(indicators)s is said of people. Take"
                    " it out, or score people.",
                    scheme=self.display_name,
                    indicators=", ".join(personal.mapped("name")),
                )
            )

    def _check_unique(self):
        """Raise UserError if a regulation has two schemes of one role and period."""
        seen = set()
        for scheme in self:
            key = (scheme.profile_id, scheme.role_id, scheme.frequency)
            if key in seen:
                raise UserError(
                    self.env._(
                        "%(profile)s has two score schemes of one role and period: %(scheme)s",
                        profile=scheme.profile_id.display_name,
                        scheme=scheme.display_name,
                    )
                )
            seen.add(key)

    def _score(self, judged):
        """The score of one person.

        :param list judged: what ``kpi.scheme.line._judge`` says of each line
        :return: ``(score or None, weight with data, [weight of each line as it counts], how)``;
            ``how`` are the key and the values of the sentence that explains it
        """
        self.ensure_one()
        deductions = [one for one in judged if one.line.rule in ("below", "events")]
        weighed = [one for one in judged if one.line.weight]
        taken = sum((one.points for one in deductions), Fraction(0))
        terms = "".join(f" - {plain(one.points, 1)}" for one in deductions if one.points)
        if self.method == "deduction":
            if all(one.status != "ok" for one in deductions):
                return None, Fraction(0), {}, ("no_score", {"weight": "0"})
            score = self._bounded(to_number(self.base) - taken)
            text = f"{plain(to_number(self.base))}{terms} = {plain(score, 1)}"
            return score, Fraction(100), {}, ("sum", {"text": text})
        parts = [(one.line.weight, one.points) for one in weighed]
        terms_of = [
            f"{plain(to_number(one.line.weight) * one.points / 100, 1)}"
            for one in weighed
            if one.points is not None
        ]
        deducted = None
        if self.method == "mixed" and self.deduction_weight:
            deducted = to_number(half_up(self._bounded(to_number(self.base) - taken)))
            parts.insert(0, (self.deduction_weight, deducted))
            terms_of.insert(0, plain(to_number(self.deduction_weight) * deducted / 100, 1))
        result, present = spread(parts, least=to_number(self.min_weight))
        if result is None:
            return None, present, {}, ("no_score", {"weight": plain(present)})
        shares = {
            one.line: to_number(one.line.weight) * 100 / present
            for one in weighed
            if one.points is not None
        }
        text = " + ".join(terms_of)
        if present != 100:
            text = f"({text})" if len(terms_of) > 1 else text
            text = f"{text} / {plain(present)} %"
        if deducted is None and taken:
            result -= taken
            text += terms
        score = self._bounded(result)
        return score, present, shares, ("sum", {"text": f"{text} = {plain(score, 1)}"})

    def _bounded(self, score):
        score = max(score, to_number(self.floor))
        return min(score, to_number(self.cap)) if self.cap else score
