# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import api, fields, models
from odoo.exceptions import UserError

from odoo.addons.sales_regulation.tools import engine

from .kpi_conduct_event import OCCASIONS

GRADES = [
    ("praise", "Praise"),
    ("honour", "Honour"),
    ("points", "Points"),
    ("money", "Money"),
    ("warning", "Warning"),
    ("demerit", "Demerit"),
    ("demotion", "Demotion"),
    ("dismissal", "Dismissal"),
    ("loss", "Makes good the loss"),
]


class KpiSanctionRule(models.Model):
    """A row of the table of rewards and sanctions: for what, which measure, how much (C46, K6).

    It only proposes; HR decides. An amount is within its range, whoever enters it.
    """

    _name = "kpi.sanction.rule"
    _description = "Rule of Rewards and Sanctions"
    _inherit = ["regulation.profile.part"]
    _order = "profile_id, sequence, id"

    _figures = models.Constraint(
        "CHECK(number > 0 AND amount_min >= 0 AND amount_max >= amount_min AND points >= 0"
        " AND COALESCE(points_max, 0) >= 0)",
        "A rule counts at least one event; a range goes from less to more.",
    )

    name = fields.Char(required=True, translate=True)
    sequence = fields.Integer(default=10)
    trigger = fields.Selection(
        selection=[
            ("conduct", "Recorded conduct"),
            ("complaint", "Complaint"),
            ("other", "Proposed by hand"),
        ],
        string="For",
        default="conduct",
        required=True,
    )
    kind_id = fields.Many2one(
        comodel_name="kpi.conduct.kind", string="Conduct", ondelete="restrict", index=True
    )
    occasion = fields.Selection(selection=OCCASIONS, help="Empty: whatever the occasion.")
    number = fields.Integer(
        string="From so many",
        default=1,
        help="Events in the period; of daily quotas working days in a row, within a month.",
    )
    window = fields.Selection(
        selection=[("monthly", "Calendar month"), ("quarterly", "Quarter"), ("yearly", "Year")],
        string="Counted in",
        default="monthly",
        required=True,
    )
    severity = fields.Selection(
        selection=[("ordinary", "Ordinary"), ("major", "Major")], help="Of the complaint."
    )
    measure_kind = fields.Selection(
        selection=[("reward", "Reward"), ("penalty", "Penalty"), ("charge", "Charge")],
        string="Measure",
        default="penalty",
        required=True,
    )
    grade = fields.Selection(selection=GRADES, default="warning", required=True)
    currency_id = fields.Many2one(
        comodel_name="res.currency", compute="_compute_currency_id", string="Currency"
    )
    amount_min = fields.Monetary(string="From Amount", help="In the currency of the company.")
    amount_max = fields.Monetary(string="To Amount", help="In the currency of the company.")
    points = fields.Float(digits=(16, 2), help="Points of the measure, if it is one of points.")
    points_max = fields.Float(
        string="Up to Points",
        digits=(16, 2),
        help="Points are from the figure before to this one. 0: no more than that one.",
    )
    with_loss = fields.Boolean(
        string="And the Loss", help="The actual loss, freight for one, is charged beside the fine."
    )
    clause_codes = fields.Char(string="Clauses")

    def _compute_currency_id(self):
        self.currency_id = self.env.company.currency_id

    # === BUSINESS METHODS === #

    def _check_sound(self):
        """Raise UserError if a rule can propose nothing."""
        for rule in self:
            if rule.trigger == "conduct" and not rule.kind_id:
                problem = self.env._("which conduct does it count?")
            elif rule.grade == "money" and not rule.amount_max:
                problem = self.env._("the range of the amount is missing.")
            elif rule.measure_kind == "reward" and rule.grade not in (
                *("praise", "honour"),
                *("points", "money"),
            ):
                problem = self.env._("this is no reward.")
            else:
                continue
            raise UserError(
                self.env._(
                    "The rule %(rule)s: %(problem)s", rule=rule.display_name, problem=problem
                )
            )

    @api.model
    def _rules_for(self, subjects, trigger):
        """The rules that hold for a person on a day, three queries for all.

        :param dict subjects: ``{key: (company, user, day)}``
        :return: ``{key: rules, in order}``
        """
        Profile = self.env["regulation.profile"].sudo()
        no_team = self.env["crm.team"]
        days = {day for _company, _user, day in subjects.values()}
        profiles = {}
        for day in days:
            of_day = {
                key: (company, user, no_team)
                for key, (company, user, on) in subjects.items()
                if on == day
            }
            for key, policy in Profile._resolve(of_day, day=day).items():
                profiles[key] = policy.profile_ids[0] if policy.profile_ids else False
        rules = self.sudo().search(
            [("profile_id", "in", [one for one in profiles.values() if one])]
            + ([("trigger", "=", trigger)] if trigger else [])
        )
        return {
            key: rules.filtered(lambda rule, of=profile: rule.profile_id.id == of)
            for key, profile in profiles.items()
        }

    def _counts(self, event):
        """Does this rule count the event?"""
        return event.kind_id == self.kind_id and self.occasion in (False, event.occasion)

    def _propose_for(self, events):
        """Propose the measure for conduct events of one person; they are counted for it."""
        self.ensure_one()
        last = events[-1]
        rule = self.sudo()
        days = ", ".join(f"{event.day:%m-%d}" for event in events)
        measure = self.env["regulation.measure"]._propose(
            [
                {
                    **rule._prepare_measure(),
                    "name": f"{rule.name} ({last.day:%Y}: {days})",
                    "user_id": last.user_id.id,
                    "company_id": last.company_id.id,
                    "currency_id": last.company_id.currency_id.id,
                    "date": last.day,
                    "res_model": last._name,
                    "res_id": last.id,
                }
            ]
        )
        engine(events.sudo()).write({"measure_id": measure.id})
        return measure

    def _prepare_measure(self):
        """What a measure takes from its rule."""
        return {
            "rule_id": self.id,
            "profile_id": self.profile_id.id,
            "kind": self.measure_kind,
            "grade": self.grade,
            "points": self.points,
            "fine": self.amount_min,
            "clause_codes": self.clause_codes,
        }
