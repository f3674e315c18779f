# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import fields, models
from odoo.tools import SQL, date_utils

#: percentages of a group: what is compared with what
RATIOS = {
    "fulfilment:avg": ("invoiced", "planned", False),
    "growth_year:avg": ("invoiced", "year_before", True),
    "growth_month:avg": ("invoiced", "month_before", True),
    "expense_share:avg": ("expenses", "invoiced", False),
}


class KpiSalesReport(models.Model):
    """What was sold, planned and spent in a month, and what it was before (C49, S1-26, S2-13).

    Untaxed amounts in company currency. Sales are those that scores count: of the credited
    person, orders when they were confirmed, invoices less credit notes at their date, down
    payments with the goods. The invoices of a year and of a month before stand in the month that
    they are compared with. Plans are the targets of persons for a month. No documents and no
    customers: seen by the person, and by who may see his latest score sheet.
    """

    _name = "kpi.sales.report"
    _description = "Monthly Analysis"
    _auto = False
    _order = "date desc, id"
    _rec_name = "user_id"

    _depends = {
        "sale.order": ["state", "currency_rate"],
        "sale.order.line": [
            *("credited_user_id", "credited_at", "credited_country_id", "price_subtotal"),
            *("product_id", "company_id", "is_downpayment", "display_type"),
        ],
        "account.move": ["move_type"],
        "account.move.line": [
            *("credited_user_id", "credited_country_id", "balance", "invoice_date"),
            *("product_id", "company_id", "is_downpayment", "display_type", "parent_state"),
        ],
        "kpi.target": ["user_id", "indicator_id", "frequency", "date_from", "amount"],
        "kpi.indicator": ["provider", "basis", "tax", "customers"],
        "kpi.sheet": ["user_id", "company_id", "team_id", "date_from", "is_latest"],
        "hr.expense": ["employee_id", "date", "total_amount", "approval_state", "company_id"],
        "hr.employee": ["user_id", "company_id", "current_version_id"],
        "hr.version": ["department_id"],
        "product.product": ["product_tmpl_id"],
        "product.template": ["categ_id"],
    }

    date = fields.Date(readonly=True)
    company_id = fields.Many2one(comodel_name="res.company", readonly=True)
    currency_id = fields.Many2one(related="company_id.currency_id")
    user_id = fields.Many2one(comodel_name="res.users", string="Person", readonly=True)
    team_id = fields.Many2one(
        comodel_name="crm.team",
        string="Sales Team",
        readonly=True,
        help="Of the person, on his latest score sheet.",
    )
    department_id = fields.Many2one(comodel_name="hr.department", readonly=True)
    sheet_id = fields.Many2one(
        comodel_name="kpi.sheet", string="Latest Score Sheet", readonly=True
    )
    product_id = fields.Many2one(comodel_name="product.product", readonly=True)
    categ_id = fields.Many2one(
        comodel_name="product.category", string="Product Category", readonly=True
    )
    country_id = fields.Many2one(
        comodel_name="res.country",
        string="Customer's Country",
        readonly=True,
        help="When the order was confirmed.",
    )
    ordered = fields.Monetary(readonly=True)
    invoiced = fields.Monetary(readonly=True)
    planned = fields.Monetary(
        string="Plan", readonly=True, help="Targets of persons for invoiced sales in a month."
    )
    year_before = fields.Monetary(
        string="A Year before", readonly=True, help="Invoiced in the same month of the last year."
    )
    month_before = fields.Monetary(
        string="A Month before", readonly=True, help="Invoiced in the month before."
    )
    expenses = fields.Monetary(readonly=True, help="Approved claims, with tax.")
    fulfilment = fields.Float(
        string="Of Plan (%)", digits=(16, 2), readonly=True, aggregator="avg", help="Invoiced."
    )
    growth_year = fields.Float(
        string="Growth on Year (%)", digits=(16, 2), readonly=True, aggregator="avg"
    )
    growth_month = fields.Float(
        string="Growth on Month (%)", digits=(16, 2), readonly=True, aggregator="avg"
    )
    expense_share = fields.Float(
        string="Expenses per Sales (%)",
        digits=(16, 2),
        readonly=True,
        aggregator="avg",
        help="Of what was invoiced.",
    )

    # === CRUD METHODS === #

    def _read_group_select(self, aggregate_spec, query):
        """Percentages of a group come from its sums; without anything to compare with: empty."""
        if ratio := RATIOS.get(aggregate_spec):
            part, whole, growth = ratio
            part, whole = (
                SQL("SUM(%s)", self._field_to_sql(self._table, name, query))
                for name in (part, whole)
            )
            if growth:
                part = SQL("(%s - %s)", part, whole)
            return SQL("100.0 * %s / NULLIF(%s, 0)", part, whole)
        return super()._read_group_select(aggregate_spec, query)

    # === QUERY === #

    @property
    def _table_query(self):
        return SQL(
            """
            SELECT fact.id, fact.date, fact.company_id, fact.user_id, held.team_id,
                   COALESCE(fact.department_id, version.department_id) AS department_id,
                   held.id AS sheet_id, fact.product_id, template.categ_id, fact.country_id,
                   fact.ordered, fact.invoiced, fact.planned, fact.year_before,
                   fact.month_before, fact.expenses, NULL::numeric AS fulfilment,
                   NULL::numeric AS growth_year, NULL::numeric AS growth_month,
                   NULL::numeric AS expense_share
              FROM (%(facts)s) AS fact(
                   id, date, company_id, user_id, department_id, product_id, country_id,
                   ordered, invoiced, planned, year_before, month_before, expenses)
         LEFT JOIN (SELECT DISTINCT ON (sheet.user_id, sheet.company_id)
                           sheet.id, sheet.user_id, sheet.company_id, sheet.team_id
                      FROM kpi_sheet sheet
                     WHERE sheet.is_latest
                  ORDER BY sheet.user_id, sheet.company_id, sheet.date_from DESC, sheet.id DESC
                   ) held ON held.user_id = fact.user_id AND held.company_id = fact.company_id
         LEFT JOIN hr_employee employee
                ON employee.user_id = fact.user_id AND employee.company_id = fact.company_id
         LEFT JOIN hr_version version ON version.id = employee.current_version_id
         LEFT JOIN product_product product ON product.id = fact.product_id
         LEFT JOIN product_template template ON template.id = product.product_tmpl_id
            """,
            facts=SQL(" UNION ALL ").join(self._facts()),
        )

    def _facts(self):
        """Each with an id of its own: the number of its row times eight, and its kind."""
        last = date_utils.end_of(fields.Date.context_today(self), "month")
        return [
            self._ordered_sql(),
            self._invoiced_sql(1, "invoiced"),
            self._invoiced_sql(2, "year_before", SQL("INTERVAL '1 year'"), last),
            self._invoiced_sql(3, "month_before", SQL("INTERVAL '1 month'"), last),
            self._planned_sql(),
            self._expenses_sql(),
        ]

    def _ordered_sql(self):
        return SQL(
            """
            SELECT line.id::bigint * 8,
                   (line.credited_at AT TIME ZONE 'UTC'
                                     AT TIME ZONE COALESCE(calendar.tz, 'UTC'))::date,
                   line.company_id, line.credited_user_id, NULL::int, line.product_id,
                   line.credited_country_id,
                   line.price_subtotal / COALESCE(NULLIF(sale.currency_rate, 0), 1),
                   NULL::numeric, NULL::numeric, NULL::numeric, NULL::numeric, NULL::numeric
              FROM sale_order_line line
              JOIN sale_order sale ON sale.id = line.order_id AND sale.state = 'sale'
              JOIN res_company company ON company.id = line.company_id
         LEFT JOIN resource_calendar calendar ON calendar.id = company.resource_calendar_id
             WHERE line.credited_user_id IS NOT NULL AND line.display_type IS NULL
               AND line.is_downpayment IS NOT TRUE
            """
        )

    def _invoiced_sql(self, kind, column, later=None, last=None):
        """What was invoiced; ``later`` puts it into the month it is compared with, until ``last``."""
        day = SQL("(line.invoice_date + %s)::date", later) if later else SQL("line.invoice_date")
        return SQL(
            """
            SELECT line.id::bigint * 8 + %(kind)s, %(day)s, line.company_id,
                   line.credited_user_id, NULL, line.product_id, line.credited_country_id,
                   NULL, %(columns)s, NULL
              FROM account_move_line line
              JOIN account_move move ON move.id = line.move_id
             WHERE line.credited_user_id IS NOT NULL AND line.parent_state = 'posted'
               AND line.display_type = 'product' AND line.is_downpayment IS NOT TRUE
               AND move.move_type IN ('out_invoice', 'out_refund') AND %(until)s
            """,
            kind=kind,
            day=day,
            columns=SQL(", ").join(
                SQL("-line.balance") if name == column else SQL("NULL")
                for name in ("invoiced", "planned", "year_before", "month_before")
            ),
            until=SQL("%s <= %s", day, last) if later else SQL("TRUE"),
        )

    def _planned_sql(self):
        """One target for a person and month, should a company have two such indicators."""
        return SQL(
            """
            SELECT * FROM (
                SELECT DISTINCT ON (target.company_id, target.user_id, target.date_from)
                       target.id::bigint * 8 + 4, target.date_from, target.company_id,
                       target.user_id, NULL::int, NULL::int, NULL::int, NULL::numeric,
                       NULL::numeric, target.amount, NULL::numeric, NULL::numeric, NULL::numeric
                  FROM kpi_target target
                  JOIN kpi_indicator indicator ON indicator.id = target.indicator_id
                 WHERE target.user_id IS NOT NULL AND target.frequency = 'monthly'
                   AND indicator.provider = 'sales' AND indicator.basis = 'invoiced'
                   AND indicator.tax = 'untaxed'
                   AND indicator.customers IS DISTINCT FROM 'abroad'
              ORDER BY target.company_id, target.user_id, target.date_from, indicator.id
            ) planned
            """
        )

    def _expenses_sql(self):
        return SQL(
            """
            SELECT claim.id::bigint * 8 + 5, claim.date, claim.company_id, staff.user_id,
                   claim.department_id, NULL, NULL, NULL, NULL, NULL, NULL, NULL,
                   claim.total_amount
              FROM hr_expense claim
              JOIN hr_employee staff ON staff.id = claim.employee_id
             WHERE claim.approval_state = 'approved' AND staff.user_id IS NOT NULL
            """
        )
