# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import api, fields, models
from odoo.tools import SQL

#: fields that say whose contract it is; rules on them are those of the contract
OWNER_FIELDS = SQL(
    "contract.company_id, contract.user_id, contract.create_uid AS creator_id, contract.team_id,"
    " contract.archive_role_id"
)


class SalesContractLedger(models.Model):
    """The execution ledger: what became of each contract (S0-82, S3-53, S4-221, S4-391).

    One row per contract, all of it in the one query that reads the list. Amounts are in the
    currency of the contract and include taxes; what is in another currency is converted at its
    own date. What is paid is what finance has confirmed for the orders, as before a shipment.

    The columns are sub-queries of the row: the ones that nobody asks for are not evaluated.
    """

    _name = "sales.contract.ledger"
    _description = "Contract Execution Ledger"
    _auto = False
    _order = "id desc"
    _rec_name = "contract_id"
    _depends = {
        "sales.contract": [
            "name",
            "type_id",
            "parent_id",
            "partner_id",
            "company_id",
            "currency_id",
            "user_id",
            "team_id",
            "state",
            "stage_at",
            "signed_on",
            "date_end",
            "delivery_date",
            "delivery_days",
            "amount_total",
            "archive_state",
            "archive_role_id",
        ],
        "sales.contract.type": ["category"],
        "sale.order": [
            "regulation_contract_id",
            "state",
            "amount_total",
            "amount_untaxed",
            "currency_id",
            "date_order",
            "commitment_date",
        ],
        "sale.order.line": [
            "order_id",
            "display_type",
            "is_downpayment",
            "product_uom_qty",
            "qty_delivered",
            "qty_delivered_method",
            "price_unit",
            "discount",
            "price_total",
            "invoice_lines",
        ],
        "account.move": [
            "state",
            "move_type",
            "amount_total",
            "currency_id",
            "invoice_date",
            "date",
        ],
        "account.move.line": [
            "move_id",
            "display_type",
            "price_total",
            "date_maturity",
            "amount_currency",
            "amount_residual_currency",
        ],
        "res.company": ["parent_path", "resource_calendar_id"],
        "resource.calendar": ["tz"],
        "res.currency": ["rounding"],
        "res.currency.rate": ["name", "rate", "currency_id", "company_id"],
        "sale.payment.allocation": ["order_id", "state", "order_amount", "order_currency_id"],
    }

    contract_id = fields.Many2one(comodel_name="sales.contract", readonly=True)
    type_id = fields.Many2one(comodel_name="sales.contract.type", readonly=True)
    category = fields.Selection(
        selection=lambda self: (
            self.env["sales.contract.type"]._fields["category"]._description_selection(self.env)
        ),
        string="Kind",
        readonly=True,
    )
    parent_id = fields.Many2one(
        comodel_name="sales.contract", string="Contract changed", readonly=True
    )
    partner_id = fields.Many2one(comodel_name="res.partner", string="Customer", readonly=True)
    company_id = fields.Many2one(comodel_name="res.company", readonly=True)
    currency_id = fields.Many2one(comodel_name="res.currency", readonly=True)
    user_id = fields.Many2one(comodel_name="res.users", string="Salesperson", readonly=True)
    creator_id = fields.Many2one(comodel_name="res.users", string="Drafted by", readonly=True)
    team_id = fields.Many2one(comodel_name="crm.team", string="Sales Team", readonly=True)
    archive_role_id = fields.Many2one(
        comodel_name="regulation.role", string="Archived by the Role", readonly=True
    )
    state = fields.Selection(
        selection=lambda self: (
            self.env["sales.contract"]._fields["state"]._description_selection(self.env)
        ),
        string="Status",
        readonly=True,
    )
    stage = fields.Selection(
        selection=lambda self: self._stages(),
        readonly=True,
        help="The state, in the order in which contracts go through it.",
    )
    archive_state = fields.Selection(
        selection=lambda self: (
            self.env["sales.contract"]._fields["archive_state"]._description_selection(self.env)
        ),
        string="Archive",
        readonly=True,
    )
    signed_on = fields.Date(readonly=True)
    date_end = fields.Date(string="Valid until", readonly=True)
    stage_days = fields.Integer(
        string="Days at this Stage", readonly=True, aggregator="avg"
    )
    age = fields.Selection(
        selection=[
            ("0", "Up to 3 days"),
            ("1", "4-7 days"),
            ("2", "8-30 days"),
            ("3", "31-90 days"),
            ("4", "Over 90 days"),
        ],
        string="Age at this Stage",
        readonly=True,
    )
    amount_total = fields.Monetary(
        string="Contract Amount", readonly=True, help="Taxes included."
    )
    ordered = fields.Monetary(
        readonly=True, help="Confirmed orders under the contract, taxes included (已訂)."
    )
    delivered = fields.Monetary(
        readonly=True, help="Delivered goods at the prices of their orders, taxes included (已交)."
    )
    invoiced = fields.Monetary(
        readonly=True, help="Posted invoices less credit notes, taxes included (已開票)."
    )
    paid = fields.Monetary(
        readonly=True, help="Money that finance has confirmed for the orders (已收款)."
    )
    overdue = fields.Monetary(
        readonly=True, help="Due before today, taxes included, and not paid (逾期)."
    )
    overdue_since = fields.Date(
        readonly=True, help="Due date of the oldest open instalment that is past."
    )
    next_due_on = fields.Date(
        string="Next Payment due", readonly=True, help="Due date of the next open instalment."
    )
    delivery_due_on = fields.Date(
        string="Delivery due",
        readonly=True,
        help="By when what is still open has to be delivered: the date of the order, else that of"
        " the contract.",
    )
    is_late = fields.Boolean(
        string="Late",
        readonly=True,
        help="A delivery or a payment is past its day.",
    )

    # === QUERY === #

    @property
    def _table_query(self):
        self._without_jit()
        return self._query()

    @api.model
    def _without_jit(self):
        """Compiling so many sub-queries takes far longer than they do (measured: 11 s to 0.2 s
        over 4,000 contracts); the planner's estimate of their cost does not know that."""
        self.env.cr.execute("SET LOCAL jit = off")

    @api.model
    def _query(self):
        return SQL("SELECT %s FROM %s", self._select(), self._from())

    @api.model
    def _select(self):
        return SQL(
            """
            contract.id, contract.id AS contract_id, contract.type_id, kind.category,
            contract.parent_id, contract.partner_id, contract.currency_id, %(owners)s,
            contract.state, %(stage)s AS stage, contract.archive_state, contract.signed_on, contract.date_end,
            contract.amount_total, %(stage_days)s AS stage_days,
            CASE WHEN %(stage_days)s <= 3 THEN '0' WHEN %(stage_days)s <= 7 THEN '1'
                 WHEN %(stage_days)s <= 30 THEN '2' WHEN %(stage_days)s <= 90 THEN '3'
                 ELSE '4' END AS age,
            %(ordered)s AS ordered, %(delivered)s AS delivered, %(invoiced)s AS invoiced,
            %(paid)s AS paid, %(overdue)s AS overdue, %(overdue_since)s AS overdue_since,
            %(next_due_on)s AS next_due_on, %(delivery_due_on)s AS delivery_due_on,
            (%(delivery_due_on)s < %(today)s OR %(overdue)s > 0) AS is_late
            """,
            owners=OWNER_FIELDS,
            stage=self._stage(),
            stage_days=self._stage_days(),
            ordered=self._rounded(self._ordered()),
            delivered=self._rounded(self._delivered()),
            invoiced=self._rounded(self._invoiced()),
            paid=self._rounded(self._paid()),
            overdue=self._rounded(self._overdue()),
            overdue_since=self._due_on(SQL("min"), SQL("<")),
            next_due_on=self._due_on(SQL("min"), SQL(">=")),
            delivery_due_on=self._delivery_due_on(),
            today=self._today(),
        )

    @api.model
    def _from(self):
        return SQL(
            """
            sales_contract contract
            JOIN sales_contract_type kind ON kind.id = contract.type_id
            JOIN res_company company ON company.id = contract.company_id
            JOIN res_currency currency ON currency.id = contract.currency_id
            LEFT JOIN resource_calendar calendar ON calendar.id = company.resource_calendar_id
            """
        )

    @api.model
    def _today(self):
        return SQL("%s::date", self.env.company._regulation_today())

    @api.model
    def _stages(self):
        """Groups are sorted by value, not by the order of a selection."""
        states = self.env["sales.contract"]._fields["state"]._description_selection(self.env)
        return [(f"{number:02d}", label) for number, (_state, label) in enumerate(states, start=1)]

    @api.model
    def _stage(self):
        states = self.env["sales.contract"]._fields["state"].get_values(self.env)
        return SQL("lpad(array_position(%s, contract.state::text)::text, 2, '0')", states)

    @api.model
    def _stage_days(self):
        return SQL(
            "GREATEST(0, %s - COALESCE(contract.stage_at, contract.create_date)::date)",
            self._today(),
        )

    # -- amounts, in the currency of the contract

    @api.model
    def _rounded(self, amount):
        return SQL("round((%s)::numeric, currency.decimal_places)", amount)

    @api.model
    def _converted(self, amount, currency, date):
        """``amount`` in the currency of the contract, at the rate of ``date``."""
        return SQL(
            "CASE WHEN %(currency)s = contract.currency_id THEN %(amount)s"
            " ELSE %(amount)s * %(target)s / %(source)s END",
            amount=amount,
            currency=currency,
            target=self._rate(SQL("contract.currency_id"), date),
            source=self._rate(currency, date),
        )

    @api.model
    def _rate(self, currency, date):
        """The rate as ``res.currency`` finds it: the last one up to the date, else the first."""
        rate = SQL(
            "SELECT rate.rate FROM res_currency_rate rate WHERE rate.currency_id = %s"
            " AND (rate.company_id IS NULL"
            " OR rate.company_id = split_part(company.parent_path, '/', 1)::int)",
            currency,
        )
        return SQL(
            "COALESCE((%(rate)s AND rate.name <= %(date)s ORDER BY rate.company_id, rate.name DESC"
            " LIMIT 1), (%(rate)s ORDER BY rate.company_id, rate.name LIMIT 1), 1.0)",
            rate=rate,
            date=date,
        )

    @api.model
    def _ordered(self):
        return SQL(
            """COALESCE((
                SELECT sum(%s) FROM sale_order sale
                 WHERE sale.regulation_contract_id = contract.id AND sale.state = 'sale'
            ), 0)""",
            self._converted(
                SQL("sale.amount_total"), SQL("sale.currency_id"), SQL("sale.date_order::date")
            ),
        )

    @api.model
    def _delivered(self):
        value = SQL(
            """CASE WHEN line.product_uom_qty <> 0
                    THEN line.price_total / line.product_uom_qty * line.qty_delivered
                    ELSE line.price_unit * (1 - line.discount / 100) * line.qty_delivered
                         * COALESCE(sale.amount_total / NULLIF(sale.amount_untaxed, 0), 1) END"""
        )
        return SQL(
            """COALESCE((
                SELECT sum(%s)
                  FROM sale_order sale
                  JOIN sale_order_line line ON line.order_id = sale.id
                 WHERE sale.regulation_contract_id = contract.id AND sale.state = 'sale'
                   AND line.display_type IS NULL AND line.is_downpayment IS NOT TRUE
                   AND line.qty_delivered <> 0
            ), 0)""",
            self._converted(value, SQL("sale.currency_id"), SQL("sale.date_order::date")),
        )

    @api.model
    def _invoices(self):
        """Posted invoices of the contract's orders, with the part of each that is theirs."""
        return SQL(
            """(
                SELECT move.id, move.currency_id, COALESCE(move.invoice_date, move.date) AS day,
                       sum(CASE move.move_type WHEN 'out_refund' THEN -1 ELSE 1 END
                           * billed.price_total / link.number) AS amount,
                       sum(billed.price_total / link.number) / NULLIF(move.amount_total, 0) AS part
                  FROM sale_order sale
                  JOIN sale_order_line line ON line.order_id = sale.id
                  JOIN sale_order_line_invoice_rel rel ON rel.order_line_id = line.id
                  JOIN account_move_line billed ON billed.id = rel.invoice_line_id
                  JOIN account_move move ON move.id = billed.move_id AND move.state = 'posted'
                       AND move.move_type IN ('out_invoice', 'out_refund')
                  JOIN LATERAL (SELECT count(*) AS number FROM sale_order_line_invoice_rel other
                                 WHERE other.invoice_line_id = billed.id) link ON TRUE
                 WHERE sale.regulation_contract_id = contract.id
                 GROUP BY move.id
            )"""
        )

    @api.model
    def _invoiced(self):
        return SQL(
            "COALESCE((SELECT sum(%s) FROM %s invoice), 0)",
            self._converted(
                SQL("invoice.amount"), SQL("invoice.currency_id"), SQL("invoice.day")
            ),
            self._invoices(),
        )

    @api.model
    def _paid(self):
        """As ``sale.order._regulation_paid``, for the orders of the row."""
        Order = self.env["sale.order"]
        orders = SQL(
            "(SELECT mine.id FROM sale_order mine WHERE mine.regulation_contract_id = contract.id)"
        )
        matched = self._companies_with("payment_bank_matched")
        authorized = self._companies_with("payment_authorized")
        total = self._sum_of_money(Order._paid_sql(False, orders))
        if matched:
            total = SQL(
                "CASE WHEN contract.company_id IN %s THEN %s ELSE %s END",
                tuple(matched),
                self._sum_of_money(Order._paid_sql(True, orders)),
                total,
            )
        if authorized:
            total = SQL(
                "%s + CASE WHEN contract.company_id IN %s THEN %s ELSE 0 END",
                total,
                tuple(authorized),
                self._sum_of_money(Order._authorized_sql(orders)),
            )
        return SQL("(%s)", total)

    @api.model
    def _sum_of_money(self, money):
        return SQL(
            "COALESCE((SELECT sum(%s) FROM (%s) AS money (order_id, currency_id, amount)), 0)",
            self._converted(SQL("money.amount"), SQL("money.currency_id"), self._today()),
            money,
        )

    @api.model
    def _companies_with(self, setting):
        """Companies whose regulation reads "paid" like this, whatever their teams say."""
        Profile = self.env["regulation.profile"].sudo()
        regulated = Profile._regulated_companies()
        nobody, no_team = self.env["res.users"], self.env["crm.team"]
        policies = Profile._resolve(
            {
                company.id: (company, nobody, no_team)
                for company in self.env["res.company"].sudo().browse(sorted(regulated))
            }
        )
        return [company for company, policy in policies.items() if policy.get(setting)]

    @api.model
    def _instalments(self):
        """What falls due of these invoices: the receivable lines."""
        return SQL(
            """%s invoice
                 JOIN account_move_line due ON due.move_id = invoice.id
                  AND due.display_type = 'payment_term'""",
            self._invoices(),
        )

    @api.model
    def _overdue(self):
        """The smaller of what is open of past instalments and what they exceed the money by.

        Money that is confirmed for the order but not yet matched with the invoice counts, and
        so does a matched payment that nobody has allocated.
        """
        fell_due, still_open = (
            SQL(
                "COALESCE((SELECT sum(%s) FROM %s WHERE due.date_maturity < %s), 0)",
                self._converted(
                    SQL("due.%s * invoice.part", SQL.identifier(column)),
                    SQL("invoice.currency_id"),
                    SQL("invoice.day"),
                ),
                self._instalments(),
                self._today(),
            )
            for column in ("amount_currency", "amount_residual_currency")
        )
        return SQL("GREATEST(0, LEAST(%s, %s - %s))", still_open, fell_due, self._paid())

    @api.model
    def _due_on(self, aggregate, comparison):
        return SQL(
            "(SELECT %s(due.date_maturity) FROM %s WHERE due.amount_residual_currency > 0"
            " AND due.date_maturity %s %s)",
            aggregate,
            self._instalments(),
            comparison,
            self._today(),
        )

    @api.model
    def _delivery_due_on(self):
        return SQL(
            """(SELECT min(COALESCE(
                        (sale.commitment_date AT TIME ZONE 'UTC'
                         AT TIME ZONE COALESCE(calendar.tz, 'UTC'))::date,
                        contract.delivery_date,
                        contract.signed_on + NULLIF(contract.delivery_days, 0)))
                  FROM sale_order sale
                 WHERE sale.regulation_contract_id = contract.id AND sale.state = 'sale'
                   AND EXISTS (SELECT FROM sale_order_line line
                                WHERE line.order_id = sale.id AND line.display_type IS NULL
                                  AND line.qty_delivered_method = 'stock_move'
                                  AND line.product_uom_qty > line.qty_delivered))"""
        )

    # === ACTION METHODS === #

    def action_open_contract(self):
        """Open the contract; the usual access rights decide."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "res_model": "sales.contract",
            "res_id": self.contract_id.id,
            "view_mode": "form",
        }
