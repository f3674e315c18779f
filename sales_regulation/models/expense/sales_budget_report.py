# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import fields, models
from odoo.tools import SQL

#: percentages of a group: what is summed up of what
RATIOS = {
    "execution:avg": (("spent", "reserved"), ("budgeted",)),
    "sales_share:avg": (("spent",), ("sales",)),
}


class SalesBudgetReport(models.Model):
    """Budget, spending, reservations and sales of the same months side by side (S0-69, S0-71).

    Amounts in the currency of the company, spending with tax, sales without. Sales are of the
    department of the salesperson; they have no expense category: where there is nothing to
    compare with, a percentage is empty.
    """

    _name = "sales.budget.report"
    _description = "Expense Analysis"
    _auto = False
    _order = "date desc, id"
    _depends = {
        "sales.budget.line": ["amount", "used_before", "state", "year", "month", "category_id"],
        "hr.expense": [
            "total_amount",
            "approval_state",
            "budget_line_id",
            "application_id",
            "product_id",
            "date",
        ],
        "expense.application": ["amount", "state", "budget_line_id", "date", "category_id"],
        "account.move": ["state", "move_type", "amount_untaxed_signed", "invoice_user_id"],
        "hr.employee": ["user_id", "company_id", "current_version_id"],
        "hr.version": ["department_id"],
        "sales.budget.category": ["product_ids", "company_id", "active"],
    }

    date = fields.Date(readonly=True)
    company_id = fields.Many2one(comodel_name="res.company", readonly=True)
    currency_id = fields.Many2one(related="company_id.currency_id")
    category_id = fields.Many2one(comodel_name="sales.budget.category", readonly=True)
    budget_id = fields.Many2one(comodel_name="sales.budget", readonly=True)
    user_id = fields.Many2one(comodel_name="res.users", string="Person", readonly=True)
    department_id = fields.Many2one(comodel_name="hr.department", readonly=True)
    partner_id = fields.Many2one(comodel_name="res.partner", string="Customer", readonly=True)
    budgeted = fields.Monetary(readonly=True)
    spent = fields.Monetary(readonly=True)
    reserved = fields.Monetary(readonly=True)
    sales = fields.Monetary(string="Invoiced Sales", readonly=True)
    execution = fields.Float(
        string="Execution (%)",
        readonly=True,
        digits=(16, 2),
        aggregator="avg",
        help="Spent and reserved of what is budgeted.",
    )
    sales_share = fields.Float(
        string="Expenses per Sales (%)",
        readonly=True,
        digits=(16, 2),
        aggregator="avg",
        help="Spent of what was invoiced.",
    )

    def _read_group_select(self, aggregate_spec, query):
        """Percentages of a group come from the sums of the group, not from its rows."""
        if ratio := RATIOS.get(aggregate_spec):
            parts, whole = (
                SQL(" + ").join(
                    SQL("SUM(%s)", self._field_to_sql(self._table, name, query)) for name in names
                )
                for names in ratio
            )
            return SQL("100.0 * (%s) / NULLIF(%s, 0)", parts, whole)
        return super()._read_group_select(aggregate_spec, query)

    @property
    def _table_query(self):
        return SQL(
            """
            SELECT line.id * 4 AS id,
                   make_date(line.year, COALESCE(line.month, '1')::int, 1) AS date,
                   line.company_id, line.category_id, line.budget_id,
                   NULL::int AS user_id, budget.department_id, NULL::int AS partner_id,
                   COALESCE(line.amount, 0) AS budgeted, COALESCE(line.used_before, 0) AS spent,
                   0.0 AS reserved, 0.0 AS sales,
                   0.0 AS execution, 0.0 AS sales_share
              FROM sales_budget_line line JOIN sales_budget budget ON budget.id = line.budget_id
             WHERE line.state IN ('approved', 'closed') AND line.year BETWEEN 1900 AND 9999
            UNION ALL
            SELECT claim.id * 4 + 1, claim.date, claim.company_id,
                   COALESCE(line.category_id, app.category_id, %(category)s), line.budget_id,
                   employee.user_id, claim.department_id, app.partner_id,
                   0.0, claim.total_amount, 0.0, 0.0, 0.0, 0.0
              FROM hr_expense claim
              JOIN hr_employee employee ON employee.id = claim.employee_id
              LEFT JOIN sales_budget_line line ON line.id = claim.budget_line_id
              LEFT JOIN expense_application app ON app.id = claim.application_id
             WHERE claim.approval_state = 'approved'
            UNION ALL
            SELECT app.id * 4 + 2, app.date, app.company_id, app.category_id, line.budget_id,
                   employee.user_id, version.department_id, app.partner_id, 0.0, 0.0,
                   GREATEST(app.amount - COALESCE((SELECT SUM(claim.total_amount)
                                                     FROM hr_expense claim
                                                    WHERE claim.application_id = app.id
                                                      AND claim.approval_state = 'approved'), 0), 0),
                   0.0, 0.0, 0.0
              FROM expense_application app
              JOIN hr_employee employee ON employee.id = app.employee_id
              LEFT JOIN hr_version version ON version.id = employee.current_version_id
              LEFT JOIN sales_budget_line line ON line.id = app.budget_line_id
             WHERE app.state = 'approved'
            UNION ALL
            SELECT move.id * 4 + 3, move.date, move.company_id, NULL, NULL,
                   move.invoice_user_id, version.department_id, move.commercial_partner_id,
                   0.0, 0.0, 0.0, move.amount_untaxed_signed, 0.0, 0.0
              FROM account_move move
              LEFT JOIN hr_employee employee ON employee.user_id = move.invoice_user_id
                                            AND employee.company_id = move.company_id
              LEFT JOIN hr_version version ON version.id = employee.current_version_id
             WHERE move.state = 'posted' AND move.move_type IN ('out_invoice', 'out_refund')
            """,
            category=self._category_of_claim(),
        )

    def _category_of_claim(self):
        """That of its product: claims on no budget are spent on something, too."""
        products = self.env["sales.budget.category"]._fields["product_ids"]
        return SQL(
            """
            (SELECT category.id
               FROM sales_budget_category category
               JOIN %(relation)s product ON product.%(category)s = category.id
              WHERE product.%(product)s = claim.product_id AND category.active
                AND (category.company_id IS NULL OR category.company_id = claim.company_id)
           ORDER BY category.sequence, category.id
              LIMIT 1)
            """,
            relation=SQL.identifier(products.relation),
            category=SQL.identifier(products.column1),
            product=SQL.identifier(products.column2),
        )
