# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import api, fields, models
from odoo.exceptions import UserError

MONTHS = [(str(month), str(month)) for month in range(1, 13)]


class SalesBudgetLine(models.Model):
    """How much may be spent on one category in a year or a month (S0-59, S1-30)."""

    _name = "sales.budget.line"
    _description = "Budget Line"
    _inherit = ["regulation.submittable.line", "regulation.sealed"]
    _order = "budget_id, category_id, month, id"

    _sealed_fields = frozenset({"amount_approved"})
    _approval_document_field = "budget_id"
    _approval_content_fields = ("category_id", "month", "amount", "used_before")

    _amounts = models.Constraint(
        "CHECK(amount >= 0 AND used_before >= 0)", "The amounts of a budget cannot be negative."
    )
    _category_uniq = models.UniqueIndex(
        "(budget_id, category_id, COALESCE(month, ''))",
        "A budget has one line for a category and month.",
    )

    budget_id = fields.Many2one(
        comodel_name="sales.budget", required=True, ondelete="cascade", index=True
    )
    company_id = fields.Many2one(related="budget_id.company_id", store=True, index=True)
    currency_id = fields.Many2one(related="company_id.currency_id")
    year = fields.Integer(related="budget_id.year", store=True, aggregator=False)
    state = fields.Selection(related="budget_id.state", store=True)
    category_id = fields.Many2one(
        comodel_name="sales.budget.category", required=True, ondelete="restrict", index=True
    )
    month = fields.Selection(selection=MONTHS, help="Empty: the whole year.")
    amount = fields.Monetary(string="Budgeted Amount", help="Tax included.")
    amount_approved = fields.Monetary(
        string="Approved first",
        readonly=True,
        copy=False,
        help="The budget as it was approved, before any change.",
    )
    used_before = fields.Monetary(
        string="Used before",
        help="What was spent in this year before claims are counted here.",
    )
    used = fields.Monetary(
        string="Used and Reserved", compute="_compute_used", compute_sudo=True
    )
    left = fields.Monetary(string="Available", compute="_compute_used", compute_sudo=True)
    execution = fields.Float(
        string="Execution (%)", compute="_compute_used", compute_sudo=True, digits=(16, 2)
    )

    @api.depends("amount", "used_before")
    def _compute_used(self):
        measured = self.env["regulation.commitment"]._measure(
            "expense_budget", [(line.id,) for line in self._origin]
        )
        for line in self:
            found = measured.get((line._origin.id,))
            line.used = found.used if found else line.used_before
            line.left = line.amount - line.used
            line.execution = 100.0 * line.used / line.amount if line.amount else 0.0

    @api.depends("category_id", "budget_id", "month")
    def _compute_display_name(self):
        for line in self:
            parts = [line.category_id.name or "", line.budget_id.sudo().name or "", line.month]
            line.display_name = " / ".join(part for part in parts if part)

    # === BUSINESS METHODS === #

    @api.model
    def _find(self, wanted):
        """The budget line on which each is counted; one query for all.

        The most specific one: the team or department of the employee before the company, the
        region of the customer before none, a month before the year.

        :param dict wanted: ``{key: (company, employee, category, customer, date)}``
        :return: ``{key: line or an empty recordset}``
        """
        rows = [row for row in wanted.values() if row[2] and row[4]]
        lines = self.sudo()
        if rows:
            lines = self.sudo().search(
                [
                    ("state", "=", "approved"),
                    ("company_id", "in", [row[0].id for row in rows]),
                    ("year", "in", [row[4].year for row in rows]),
                    ("category_id", "in", [row[2].id for row in rows]),
                ],
                order="id",
            )
        return {key: lines._most_specific(*row) for key, row in wanted.items()}

    def _most_specific(self, company, employee, category, customer, date):
        if not category or not date:
            return self.browse()
        employee = employee.sudo()
        team, department = employee.user_id.sale_team_id, employee.department_id
        region = customer.sudo().state_id

        def rank(line):
            budget = line.budget_id
            if (
                line.company_id != company
                or line.year != date.year
                or line.category_id != category
                or (line.month and int(line.month) != date.month)
                or (budget.team_id and budget.team_id != team)
                or (budget.department_id and budget.department_id != department)
                or (budget.region_id and budget.region_id != region)
            ):
                return None
            return (
                bool(budget.team_id),
                bool(budget.department_id),
                bool(budget.region_id),
                bool(line.month),
                -line.id,
            )

        ranked = [(found, line) for line in self if (found := rank(line))]
        return max(ranked, key=lambda pair: pair[0])[1] if ranked else self.browse()

    def _open(self):
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "sales_regulation.sales_budget_line_action"
        )
        return {**action, "domain": [("id", "in", self.ids)], "context": {}}

    def _taken(self):
        """Lock and measure: ``{line: Commitment}``."""
        measured = self.env["regulation.commitment"]._take(
            "expense_budget", [(line.id,) for line in self]
        )
        return {line: measured[line.id,] for line in self}

    def _check_fits(self, amount):
        """Raise if ``amount`` cannot be taken away from this line."""
        self.ensure_one()
        found = self._taken()[self]
        if not found.fits(amount):
            raise UserError(
                self.env._(
                    "%(line)s: only %(left)s is available.",
                    line=self.display_name,
                    left=self.env["regulation.gated"]._gate_money(found.left, self.currency_id),
                )
            )
