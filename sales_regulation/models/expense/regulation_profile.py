# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ...tools.policy import strictest_any, strictest_in, strictest_max, strictest_min, union_ids


class RegulationProfile(models.Model):
    _inherit = "regulation.profile"

    expense_application_from = fields.Float(
        string="Application above",
        help="A claim above this amount needs an approved application. 0: every claim. In the"
        " currency of the company, tax included.",
    )
    expense_tolerance = fields.Float(
        string="Tolerance on Claims (%)",
        help="By how many percent of the approved amount its claims may exceed it.",
    )
    expense_split_days = fields.Integer(
        string="Add up within Days",
        help="Applications or claims of one person and category within so many days count together"
        " against every amount of this regulation. 0: of one day.",
    )
    expense_over_budget = fields.Selection(
        selection=[
            ("return", "May be submitted, is returned with an opinion"),
            ("refuse", "Is refused at once"),
        ],
        string="Beyond the Budget",
        default="refuse",
        required=True,
        help="In either case nothing beyond the budget is approved where the gate is enforced.",
    )

    budget_reasons = fields.Boolean(
        string="Budgets Give Reasons",
        help="A budget is submitted with its basis and the benefit that is expected of it.",
    )
    budget_figure_ids = fields.One2many(
        comodel_name="regulation.budget.figure",
        inverse_name="profile_id",
        string="Yearly Budget Lines",
        copy=True,
        help="What the written regulation budgets for a year. A new budget takes it over.",
    )

    @api.constrains("expense_application_from", "expense_tolerance", "expense_split_days")
    def _check_expense_figures(self):
        for profile in self:
            if (
                min(
                    profile.expense_application_from,
                    profile.expense_tolerance,
                    profile.expense_split_days,
                )
                < 0
            ):
                raise ValidationError(
                    self.env._("Amount, tolerance and days of expenses cannot be negative.")
                )

    @api.model
    def _strictness(self):
        return super()._strictness() | {
            "expense_application_from": strictest_min,
            "expense_tolerance": strictest_min,
            "expense_split_days": strictest_max,
            "budget_reasons": strictest_any,
            "budget_figure_ids": union_ids,
            "expense_over_budget": strictest_in("return", "refuse"),
        }
