# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import api, fields, models
from odoo.exceptions import AccessError, ValidationError
from odoo.tools import SQL

from odoo.addons.sales_regulation.tools import engine, is_engine, period_of

from ...tools import to_number, with_unit
from ..scheme.kpi_scheme import FREQUENCIES

_WHOSE = ("company_id", "indicator_id", "user_id", "team_id", "department_id")


class KpiTarget(models.Model):
    """A released target: what somebody, a unit or the company is to reach in a period (C36).

    Scores read these rows and nothing else. Plans write them when they are released, see
    ``_release``; where there are no plans, HR enters them. Nobody sets his own. Teams and departments
    that are scored are measured by theirs, a company has some to compare with; a person's names the
    team for which it counts.
    """

    _name = "kpi.target"
    _description = "Target"
    _inherit = ["mail.thread"]
    _order = "date_from desc, indicator_id, user_id, id"
    _check_company_auto = True

    _whose_uniq = models.UniqueIndex(
        "(company_id, indicator_id, frequency, date_from, COALESCE(user_id, 0),"
        " (CASE WHEN user_id IS NULL THEN COALESCE(team_id, 0) ELSE 0 END),"
        " COALESCE(department_id, 0))",
        "There is a target of this indicator for the period already.",
    )
    _read_idx = models.Index("(company_id, date_from, user_id)")
    _amount = models.Constraint("CHECK(amount >= 0)", "A target is not negative.")
    _one_whose = models.Constraint(
        "CHECK(department_id IS NULL OR num_nonnulls(user_id, team_id) = 0)",
        "A target is of a person, a sales team, a department or the company.",
    )

    indicator_id = fields.Many2one(
        comodel_name="kpi.indicator", required=True, ondelete="restrict", index=True, tracking=True
    )
    company_id = fields.Many2one(
        comodel_name="res.company",
        required=True,
        default=lambda self: self.env.company,
        index=True,
    )
    user_id = fields.Many2one(
        comodel_name="res.users",
        string="Person",
        ondelete="restrict",
        index="btree_not_null",
        domain="[('share', '=', False), ('company_ids', 'in', company_id)]",
        help="Empty: of the team or department, or of the whole company.",
    )
    department_id = fields.Many2one(
        comodel_name="hr.department",
        check_company=True,
        ondelete="restrict",
        index="btree_not_null",
        tracking=True,
        help="Whose target it is, where departments are scored.",
    )
    team_id = fields.Many2one(
        comodel_name="crm.team",
        string="Sales Team",
        compute="_compute_team_id",
        store=True,
        readonly=False,
        precompute=True,
        check_company=True,
        ondelete="restrict",
        index="btree_not_null",
        tracking=True,
        help="For which the target counts; of a person in two teams it decides which he is in.",
    )
    frequency = fields.Selection(
        selection=FREQUENCIES, string="Period", default="monthly", required=True
    )
    day = fields.Date(
        string="In",
        required=True,
        default=lambda self: self.env.company._regulation_today(),
        help="A day of the period.",
    )
    date_from = fields.Date(
        string="From", compute="_compute_dates", store=True, precompute=True, index=True
    )
    date_to = fields.Date(string="Until", compute="_compute_dates", store=True, precompute=True)
    amount = fields.Float(
        string="Target",
        digits=(16, 2),
        required=True,
        tracking=True,
        help="In the unit of the indicator, for the whole period: of somebody who is there for a part"
        " of it, the part by working days counts. 0: the rule does not apply.",
    )
    plan_id = fields.Many2one(
        comodel_name="sales.plan",
        string="From Plan",
        readonly=True,
        copy=False,
        ondelete="restrict",
        index="btree_not_null",
        help="The version of a plan in force that it comes from: it changes with the plan only.",
    )
    amount_text = fields.Char(string="Target with Unit", compute="_compute_amount_text")
    unit = fields.Selection(related="indicator_id.unit")
    is_confidential = fields.Boolean(related="indicator_id.is_confidential")

    # === COMPUTE METHODS === #

    @api.depends("user_id")
    def _compute_team_id(self):
        for target in self:
            if target.user_id:
                team = target.user_id.sudo().sale_team_id
                fits = not team.company_id or team.company_id == target.company_id
                target.team_id = team if fits else False

    @api.depends("amount", "indicator_id", "company_id")
    @api.depends_context("lang")
    def _compute_amount_text(self):
        """The figure with its unit, as score sheets show it."""
        for target in self:
            target.amount_text = with_unit(target.amount, target.unit, target.company_id.currency_id)

    @api.depends("frequency", "day")
    def _compute_dates(self):
        for target in self:
            if target.day and target.frequency:
                target.date_from, target.date_to = period_of(target.frequency, target.day)

    @api.depends("indicator_id", "user_id", "team_id", "department_id", "company_id", "date_from")
    def _compute_display_name(self):
        for target in self:
            whose = target.user_id or target.department_id or target.team_id or target.company_id
            target.display_name = (
                f"{target.indicator_id.name}, {whose.display_name}, {target.date_from}"
            )

    # === CRUD METHODS === #

    @api.model_create_multi
    def create(self, vals_list):
        targets = super().create(vals_list)
        targets._check_not_own()
        targets._check_no_plan()
        return targets

    def write(self, vals):
        self._check_no_plan(vals)
        self._check_not_own()
        result = super().write(vals)
        self._check_not_own()
        return result

    @api.ondelete(at_uninstall=False)
    def _unlink_except_own(self):
        self._check_no_plan()
        self._check_not_own()

    @api.constrains("indicator_id", "company_id")
    def _check_indicator(self):
        for target in self:
            if target.indicator_id.company_id not in (target.company_id, self.env["res.company"]):
                raise ValidationError(
                    self.env._("%s is an indicator of another company.", target.indicator_id.name)
                )

    def _check_no_plan(self, vals=()):
        """Raise AccessError for what comes from a plan: not even the superuser edits it."""
        if is_engine(self.env):
            return
        if "plan_id" in vals or any(self.sudo().mapped("plan_id")):
            raise AccessError(
                self.env._(
                    "This target comes from a plan in force: revise the plan to change it."
                )
            )

    def _check_not_own(self):
        """Raise AccessError if somebody would set his own target, or is not HR of the company."""
        if self.env.su:
            return
        led = self.sudo().filtered(lambda target: not target.user_id)
        if self.env.user in self.user_id | led.team_id.user_id | led.department_id.manager_id.user_id:
            raise AccessError(self.env._("Nobody sets his own target."))
        for company in self.company_id:
            if not self.env["kpi.cycle"]._is_manager_of(company):
                raise AccessError(
                    self.env._(
                        "Only human resources of %s enters targets, or a plan that is released.",
                        company.name,
                    )
                )

    # === BUSINESS METHODS === #

    @api.model
    def _release(self, vals_list):
        """Targets of released plans take the place of those that are there, by superuser.

        A constant number of queries.

        :param vals_list: company_id, indicator_id, frequency, day, amount, user_id or team_id or
            none of both, plan_id
        """
        targets = engine(self.sudo())
        places = {self._place(vals): vals for vals in vals_list}
        known = targets.search(
            [
                ("company_id", "in", list({vals["company_id"] for vals in vals_list})),
                ("indicator_id", "in", list({vals["indicator_id"] for vals in vals_list})),
                ("date_from", "in", list({place[3] for place in places})),
            ]
        )
        released = targets.browse()
        for target in known:
            place = self._place(
                {
                    **{name: target[name].id for name in _WHOSE},
                    "frequency": target.frequency,
                    "day": target.date_from,
                }
            )
            if vals := places.pop(place, None):
                target.write({"amount": vals["amount"], "plan_id": vals.get("plan_id")})
                released |= target
        return (released | targets.create(list(places.values()))).with_env(self.env)

    @api.model
    def _place(self, vals):
        """What a target is of: there is one of each."""
        first, _last = period_of(vals["frequency"], fields.Date.to_date(vals["day"]))
        user = vals.get("user_id") or 0
        return (
            vals["company_id"],
            vals["indicator_id"],
            vals["frequency"],
            first,
            user,
            0 if user else vals.get("team_id") or 0,
            vals.get("department_id") or 0,
        )

    @api.model
    def _of(self, company, frequency, day, users):
        """What these people are to reach in a period: ``{(user id, indicator id): number}``.

        One query. And their teams: ``{user id: team id}``.
        """
        self.flush_model()
        rows = self.env.execute_query(
            SQL(
                """
                SELECT user_id, indicator_id, amount, team_id
                  FROM kpi_target
                 WHERE company_id = %s AND frequency = %s AND date_from = %s AND user_id IN %s
                 ORDER BY id
                """,
                company.id,
                frequency,
                day,
                tuple(users) or (0,),
            )
        )
        amounts = {(user, indicator): to_number(amount) for user, indicator, amount, _team in rows}
        teams = {}
        for user, _indicator, _amount, team in rows:
            if team:
                teams.setdefault(user, team)
        return amounts, teams

    @api.model
    def _of_units(self, company, frequency, day, keys):
        """What units are to reach: ``{((unit, id), indicator id): number}``, one query."""
        numbers = {unit: [number for kind, number in keys if kind == unit] for unit, _id in keys}
        rows = self.env.execute_query(
            SQL(
                """
                SELECT CASE WHEN department_id IS NULL THEN 'team' ELSE 'department' END,
                       COALESCE(department_id, team_id), indicator_id, amount
                  FROM kpi_target
                 WHERE company_id = %s AND frequency = %s AND date_from = %s AND user_id IS NULL
                   AND (department_id = ANY(%s) OR department_id IS NULL AND team_id = ANY(%s))
                """,
                company.id,
                frequency,
                day,
                numbers.get("department", []),
                numbers.get("team", []),
            )
        )
        return {
            ((unit, number), indicator): to_number(amount)
            for unit, number, indicator, amount in rows
        }
