# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from markupsafe import Markup

from odoo import Command, api, fields, models
from odoo.exceptions import UserError

from ...tools import engine

IN_FORCE = ("approved", "closed")


class SalesBudget(models.Model):
    """The expense budget of a company, team or department for a year (C33, S0-59).

    Approved by the kind "sales_budget"; from then on only approved changes move it.
    """

    _name = "sales.budget"
    _description = "Expense Budget"
    _inherit = ["regulation.submittable", "mail.thread", "mail.activity.mixin"]
    _order = "year desc, id desc"
    _check_company_auto = True

    _sealed_fields = frozenset({"state"})
    _approval_kinds = frozenset({"sales_budget"})
    _approval_content_fields = (
        "company_id",
        "year",
        "team_id",
        "department_id",
        "region_id",
        "line_ids",
    )
    _submittable_fields = ("user_id", "note", "benefit")
    _submittable_ends = dict.fromkeys(("returned", "refused", "void", "withdrawn"), "draft")

    name = fields.Char(required=True)
    company_id = fields.Many2one(
        comodel_name="res.company",
        required=True,
        default=lambda self: self.env.company,
        index=True,
    )
    currency_id = fields.Many2one(related="company_id.currency_id")
    user_id = fields.Many2one(
        comodel_name="res.users",
        string="Responsible",
        default=lambda self: self.env.user,
        index=True,
    )
    year = fields.Integer(
        required=True,
        default=lambda self: fields.Date.context_today(self).year,
        aggregator=False,
    )
    team_id = fields.Many2one(comodel_name="crm.team", check_company=True, index="btree_not_null")
    department_id = fields.Many2one(
        comodel_name="hr.department", check_company=True, index="btree_not_null"
    )
    region_id = fields.Many2one(
        comodel_name="res.country.state",
        string="Region",
        help="Only what is spent for customers there. Empty: everywhere.",
    )
    line_ids = fields.One2many(
        comodel_name="sales.budget.line", inverse_name="budget_id", string="Lines", copy=True
    )
    amount_total = fields.Monetary(string="Budgeted Amount", compute="_compute_amount_total")
    note = fields.Text(
        string="Basis", help="Why so much: the plan, the target and the market (S0-60)."
    )
    benefit = fields.Text(
        string="Expected Benefit", help="What the spending is to bring, as it can be checked later."
    )
    state = fields.Selection(
        selection=[
            ("draft", "Draft"),
            ("submitted", "To approve"),
            ("approved", "In force"),
            ("closed", "Closed"),
        ],
        string="Status",
        default="draft",
        required=True,
        readonly=True,
        copy=False,
        index=True,
        tracking=True,
    )

    @api.depends("line_ids.amount")
    def _compute_amount_total(self):
        for budget in self:
            budget.amount_total = sum(budget.line_ids.mapped("amount"))

    # === CRUD METHODS === #

    def _check_open(self):
        for budget in self.sudo():
            if budget.state != "draft":
                raise UserError(
                    self.env._(
                        "%s was submitted: it changes by an approved budget change only.",
                        budget.name,
                    )
                )

    # === ACTION METHODS === #

    def action_submit(self):
        """Submit the budget for approval.

        :raise UserError: if it has no lines, lacks the reasons that the regulation asks for
            (S0-60), or another one covers the same already
        """
        self.check_access("write")
        self._check_open()
        policies = self._regulation_policies()
        for budget in self:
            if policies[budget.id].get("budget_reasons") and not (
                (budget.note or "").strip() and (budget.benefit or "").strip()
            ):
                raise UserError(
                    self.env._(
                        "%s: write down its basis and the benefit that is expected of it.",
                        budget.name,
                    )
                )
            if not budget.line_ids:
                raise UserError(self.env._("%s: a budget has lines.", budget.name))
            budget._check_only_one()
            engine(budget.sudo()).write({"state": "submitted"})
            budget._request_approval("sales_budget", budget.note or "")

    def action_load_figures(self):
        """Add the yearly lines that the regulation names (S1-30, S1-31, S1-33), as far as the
        budget has none of the category.

        :raise UserError: if the regulation names none
        """
        self.check_access("write")
        self._check_open()
        policies = self._regulation_policies()
        for budget in self:
            figures = self.env["regulation.budget.figure"]._of(policies[budget.id])
            if not figures:
                raise UserError(self.env._("The regulation names no yearly budget lines."))
            budget.write(
                {
                    "line_ids": [
                        Command.create(
                            {"category_id": figure.category_id.id, "amount": figure.amount}
                        )
                        for figure in figures
                        if figure.category_id not in budget.line_ids.category_id
                    ]
                }
            )

    def action_open_lines(self):
        """How far the lines of this budget are used."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "sales_regulation.sales_budget_line_action"
        )
        return {**action, "domain": [("budget_id", "=", self.id)], "context": {}}

    def action_open_applications(self):
        """The applications that are counted on this budget."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "sales_regulation.expense_application_action"
        )
        return {
            **action,
            "domain": [("budget_line_id", "in", self.line_ids.ids)],
            "context": {"create": False},
        }

    def action_close(self):
        """The year is over: nothing is counted on this budget any more."""
        self.check_access("write")
        for budget in self:
            if budget.state != "approved":
                raise UserError(self.env._("%s is not in force.", budget.name))
            if budget.year >= budget.company_id._regulation_today().year:
                raise UserError(self.env._("%s: the year is not over.", budget.name))
        engine(self.sudo()).write({"state": "closed"})

    def _check_only_one(self):
        self.ensure_one()
        same = self.sudo().search(
            [
                ("id", "!=", self.id),
                ("state", "in", ("submitted", "approved")),
                ("company_id", "=", self.company_id.id),
                ("year", "=", self.year),
                ("team_id", "=", self.team_id.id),
                ("department_id", "=", self.department_id.id),
                ("region_id", "=", self.region_id.id),
                ("line_ids.category_id", "in", self.line_ids.category_id.ids),
            ],
            limit=1,
        )
        if same:
            raise UserError(
                self.env._("%(name)s plans the same already: change that one.", name=same.name)
            )

    # === APPROVAL === #

    def _approval_content(self, kind):
        return {
            budget.id: {
                "company": budget.company_id,
                "year": budget.year,
                "team": budget.team_id,
                "department": budget.department_id,
                "region": budget.region_id,
                "lines": sorted(
                    (
                        line.category_id.id,
                        line.month or "",
                        # approved changes move the amount, not what was approved first
                        line.amount_approved if budget.state in IN_FORCE else line.amount,
                        line.used_before,
                    )
                    for line in budget.line_ids
                ),
            }
            for budget in self
        }

    def _approval_facts(self, kind):
        return {
            budget.id: {"amount": budget.amount_total, "currency": budget.currency_id}
            for budget in self
        }

    def _approval_granted(self, approval):
        for budget in self.filtered(lambda budget: budget.state == "submitted"):
            budget._check_only_one()
            for line in budget.line_ids:
                engine(line).write({"amount_approved": line.amount})
            engine(budget).write({"state": "approved"})
            budget._count_existing()

    def _approval_summary(self, approval):
        self.ensure_one()
        money = self.env["regulation.gated"]._gate_money
        lines = Markup("<table class='table table-sm'>%s</table>") % Markup("").join(
            Markup("<tr><td>%s</td><td>%s</td><td class='text-end'>%s</td></tr>")
            % (line.category_id.name, line.month or "", money(line.amount, line.currency_id))
            for line in self.line_ids
        )
        reasons = Markup("").join(
            Markup("<p><b>%s</b>: %s</p>") % (label, text)
            for label, text in (
                (self.env._("Basis"), self.note),
                (self.env._("Expected Benefit"), self.benefit),
            )
            if text
        )
        return lines + reasons

    def _count_existing(self):
        """Applications and claims approved before the budget was count on it too."""
        year = [
            ("company_id", "=", self.company_id.id),
            ("budget_line_id", "=", False),
            ("date", ">=", f"{self.year}-01-01"),
            ("date", "<=", f"{self.year}-12-31"),
        ]
        applications = self.env["expense.application"].sudo().search(
            [*year, ("state", "in", ("approved", "closed"))]
        )
        self._count(applications)
        claims = self.env["hr.expense"].sudo()
        self._count(
            claims.search(
                [
                    ("approval_state", "=", "approved"),
                    ("budget_line_id", "=", False),
                    ("application_id", "in", applications.ids),
                ]
            )
            | claims.search(
                [*year, ("approval_state", "=", "approved"), ("application_id", "=", False)]
            )
        )

    def _count(self, documents):
        for line, counted in documents.grouped(documents._lines().get).items():
            if line.budget_id == self:
                engine(counted).write({"budget_line_id": line.id})
