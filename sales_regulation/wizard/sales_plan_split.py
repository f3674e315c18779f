# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from dateutil.relativedelta import relativedelta

from odoo import Command, api, fields, models
from odoo.exceptions import UserError

from ..models.plan.regulation_plan_type import FREQUENCIES
from ..tools import periods_between, shares


class SalesPlanSplit(models.TransientModel):
    """Divides the targets of a plan among its parts, to the last cent (S0-15, S4-123).

    By people: the teams of the company, the persons of a team. By time: the quarters or months,
    by what last year's season was. What is made are plans to be written on and handed in.
    """

    _name = "sales.plan.split"
    _description = "Divide the Targets of a Plan"

    plan_id = fields.Many2one(comodel_name="sales.plan", required=True, readonly=True)
    available_type_ids = fields.Many2many(
        comodel_name="regulation.plan.type", compute="_compute_available_type_ids"
    )
    type_id = fields.Many2one(
        comodel_name="regulation.plan.type",
        string="Into",
        compute="_compute_type_id",
        compute_sudo=False,
        store=True,
        readonly=False,
        domain="[('id', 'in', available_type_ids)]",
    )
    basis = fields.Selection(
        selection=[
            ("last_year", "What was invoiced a year before"),
            ("equal", "Equal parts"),
            ("typed", "Percentages typed here"),
        ],
        default="last_year",
        required=True,
    )
    line_ids = fields.One2many(
        comodel_name="sales.plan.split.line",
        inverse_name="split_id",
        string="Parts",
        compute="_compute_line_ids",
        compute_sudo=False,
        store=True,
        readonly=False,
    )
    percent_total = fields.Float(
        string="Total (%)", compute="_compute_percent_total", digits=(16, 4)
    )

    # === COMPUTE METHODS === #

    @api.depends("plan_id")
    def _compute_available_type_ids(self):
        for split in self:
            split.available_type_ids = split.plan_id.type_id.sudo()._child_types()

    @api.depends("plan_id")
    def _compute_type_id(self):
        for split in self:
            split.type_id = split.available_type_ids[:1]

    @api.depends("type_id", "basis")
    def _compute_line_ids(self):
        # The shares tell of last year: only to whom the plan may tell
        self.plan_id.check_access("read")
        for split in self:
            parts = split._parts() if split.plan_id and split.type_id else []
            weights = split._weights(parts)
            split.line_ids = [
                Command.clear(),
                *(
                    Command.create({**part, "percent": percent})
                    for part, percent in zip(parts, shares(100, weights, 4), strict=True)
                ),
            ]

    @api.depends("line_ids.percent")
    def _compute_percent_total(self):
        for split in self:
            split.percent_total = sum(split.line_ids.mapped("percent"))

    # === ACTION METHODS === #

    def action_apply(self):
        """Make the plans of the parts, or write the targets into those that are being written.

        :raise UserError: if the percentages are not 100, or a part is handed in already
        """
        self.ensure_one()
        plan = self.plan_id
        plan.check_access("read")
        if self.type_id not in self.available_type_ids:
            raise UserError(self.env._("These are no parts of %s.", plan.display_name))
        weights = self.line_ids.mapped("percent")
        if not weights or any(weight < 0 for weight in weights) or not sum(weights):
            raise UserError(self.env._("Say how the targets are divided."))
        if abs(sum(weights) - 100.0) > 0.01:
            raise UserError(
                self.env._("The percentages add up to %s, not to 100.", round(sum(weights), 4))
            )
        parts = [line._find_or_begin() for line in self.line_ids]
        for line in plan.line_ids.filtered("indicator_id.additive"):
            amounts = shares(line.target, weights, line.indicator_id._rounding(plan.company_id))
            for part, amount in zip(parts, amounts, strict=True):
                part._set_target(line.indicator_id, amount)
        return plan.action_open_parts()

    # === BUSINESS METHODS === #

    def _parts(self):
        """Values of one line for each part that there may be."""
        self.ensure_one()
        plan, kind = self.plan_id, self.type_id.sudo()
        whole = {"team_id": plan.team_id.id, "user_id": plan.user_id.id}
        if kind.frequency != plan.type_id.sudo().frequency:
            return [
                {**whole, "day": first}
                for first, _last in periods_between(
                    kind.frequency, plan.period_start, plan.period_end
                )
            ]
        if kind.level == "team":
            teams = self.env["crm.team"].search(
                [("company_id", "=", plan.company_id.id), ("user_id", "!=", False)], order="id"
            )
            return [
                {"team_id": team.id, "user_id": team.user_id.id, "day": plan.period_start}
                for team in teams
            ]
        teams = plan.team_id or self.env["crm.team"].search(
            [("company_id", "=", plan.company_id.id)], order="id"
        )
        return [
            {"team_id": team.id, "user_id": user.id, "day": plan.period_start}
            for team in teams
            for user in team.sudo().member_ids - team.sudo().user_id
        ]

    def _weights(self, parts):
        """By what the parts were a year ago; equal where there was nothing, or as asked for."""
        self.ensure_one()
        if self.basis != "last_year" or not parts:
            return [0] * len(parts)
        plan, frequency = self.plan_id.sudo(), self.type_id.sudo().frequency
        year = relativedelta(years=1)
        periods = {part["day"]: self.type_id.sudo()._period(part["day"] - year) for part in parts}
        sold = plan._actuals("sales_amount", None, list(periods.values()), plan.company_id)
        if FREQUENCIES.index(frequency) > FREQUENCIES.index(plan.type_id.frequency):
            people = plan._people()[plan.id]
            return [max(0.0, self._sum(sold, periods[part["day"]], people)) for part in parts]
        teams = {
            team.id: {*team.sudo().member_ids.ids, team.sudo().user_id.id}
            for team in self.env["crm.team"].browse({part["team_id"] for part in parts})
        }
        level = self.type_id.sudo().level
        return [
            max(
                0.0,
                self._sum(
                    sold,
                    periods[part["day"]],
                    teams[part["team_id"]] if level == "team" else {part["user_id"]},
                ),
            )
            for part in parts
        ]

    @api.model
    def _sum(self, sold, period, people):
        return sum(
            amount
            for (user, days), amount in sold.items()
            if days == period and (people is None or user in people)
        )
