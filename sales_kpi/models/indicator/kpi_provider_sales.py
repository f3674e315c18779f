# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import api, models
from odoo.tools import SQL, LazyTranslate

from ...tools import Facts, Figure, Period, Provider, to_number

_lt = LazyTranslate(__name__)
_SALES = ("basis", "tax", "customers")


class KpiProvider(models.AbstractModel):
    """Sales: amount, quantity, profit, growth (K5).

    *Ordered* counts confirmed order lines at the moment they were credited, *invoiced* posted
    invoices less credit notes at their date. Down payments count with the invoice of the goods. All
    amounts are in company currency at the rate of the document.
    """

    _inherit = "kpi.provider"

    @api.model
    def _providers(self):
        return {
            **super()._providers(),
            "sales": Provider(_lt("Sales amount"), "sum", _SALES),
            "quantity": Provider(_lt("Quantity sold"), "sum", ("basis", "customers")),
            "profit": Provider(
                _lt("Gross profit"), "sum", ("basis", "customers"), confidential=True
            ),
            "growth": Provider(_lt("Growth of sales"), "ratio", (*_SALES, "compare")),
        }

    @api.model
    def _provide_sales(self, indicator, request):
        if indicator.basis == "collected":
            return self._collected(indicator, request)
        return self._sold(indicator, request)

    @api.model
    def _provide_quantity(self, indicator, request):
        return self._sold(indicator, request)

    @api.model
    def _provide_profit(self, indicator, request):
        """Untaxed amount less the cost stamped at the confirmation."""
        return self._sold(indicator, request)

    @api.model
    def _provide_growth(self, indicator, request):
        """Sales of the period beyond those of the period compared with, in percent of these."""
        shifted = [
            Period(-index - 1, *indicator._compared_days(period))
            for index, period in enumerate(request.periods)
        ]
        both = self._provide_sales(indicator, request.over([*request.periods, *shifted]))
        figures = {}
        for index, period in enumerate(request.periods):
            for user in request.user_ids:
                now = both.figures.get((user, period.key), Figure.of(0))
                before = both.figures.get((user, -index - 1), Figure.of(0))
                if before.numerator or now.count:
                    figures[user, period.key] = Figure(
                        now.numerator - before.numerator,
                        before.numerator if before.numerator > 0 else to_number(0),
                        now.count + before.count,
                    )
        return Facts(figures, both.model, both.evidence)

    # === WHAT WAS SOLD === #

    @api.model
    def _sold(self, indicator, request):
        """What an indicator sums over the lines that count, by person and period.

        All indicators of the request that sum the same lines are counted with the first of
        them, in one query.
        """
        key = (indicator, request.periods)
        if key not in request.kept:
            together = [indicator]
            if indicator in request.indicators:
                what = self._summed_with(indicator)
                together = [one for one in request.indicators if self._summed_with(one) == what]
            for one, figures in self._sums(together, request).items():
                request.kept[one, request.periods] = figures
        return Facts(request.kept[key], *self._sold_evidence(indicator, request))

    @api.model
    def _summed_with(self, indicator):
        """Indicators of which this is the same sum lines of the same kind and periods."""
        if indicator.provider == "growth":
            return indicator.basis, indicator.compare
        return indicator.provider in ("sales", "quantity", "profit") and (indicator.basis,)

    @api.model
    def _sums(self, indicators, request):
        """``{indicator: {(user, period): Figure}}``: one query for all of these.

        They are of one basis, ordered or invoiced.
        """
        sums = {one: self._summed_sql(one) for one in indicators}
        conditions = {one: self._customers_sql(one, request) for one in indicators}
        first = conditions[indicators[0]]
        same = all(one == first for one in conditions.values())
        columns = SQL(", ").join(
            SQL("SUM(%s), COUNT(*)", sums[one])
            if same
            else SQL(
                "SUM(%(amount)s) FILTER (WHERE %(counts)s), COUNT(*) FILTER (WHERE %(counts)s)",
                amount=sums[one],
                counts=conditions[one],
            )
            for one in indicators
        )
        units = any(one.provider == "quantity" for one in indicators)
        sold = self._ordered_sql if indicators[0].basis == "ordered" else self._invoiced_sql
        figures = {one: {} for one in indicators}
        for user, period, *row in self.env.execute_query(
            SQL(
                "SELECT line.credited_user_id, period.key, %s %s AND %s"
                " GROUP BY line.credited_user_id, period.key",
                columns,
                sold(request, self._units_sql() if units else SQL()),
                first if same else SQL("TRUE"),
            )
        ):
            for one, amount, count in zip(indicators, row[::2], row[1::2], strict=True):
                if amount is not None:
                    figures[one][user, period] = Figure.of(amount, None, count)
        return figures

    @api.model
    def _ordered_sql(self, request, joins):
        """FROM and WHERE of confirmed order lines of these people in these periods."""
        self._flush_orders()
        return SQL(
            """
              FROM sale_order_line line
              JOIN sale_order sale ON sale.id = line.order_id AND sale.state = 'sale'
              JOIN %(periods)s
                ON line.credited_at >= period.first AND line.credited_at < period.last
              %(joins)s
             WHERE %(mine)s AND line.display_type IS NULL
            """,
            joins=joins,
            periods=request.moments(),
            mine=self._people_sql(request),
        )

    @api.model
    def _invoiced_sql(self, request, joins):
        """FROM and WHERE of posted invoice lines of these people in these periods."""
        self._flush_invoices()
        return SQL(
            """
              FROM account_move_line line
              JOIN account_move move ON move.id = line.move_id
              JOIN %(periods)s ON line.invoice_date BETWEEN period.first AND period.last
              %(joins)s
             WHERE %(mine)s AND line.parent_state = 'posted' AND line.display_type = 'product'
               AND move.move_type IN ('out_invoice', 'out_refund')
            """,
            joins=joins,
            periods=request.days(),
            mine=self._people_sql(request),
        )

    @api.model
    def _sold_evidence(self, indicator, request):
        """``(model, domain of a person and a period)`` of the lines that were summed."""
        if indicator.basis == "ordered":
            return (
                "sale.order.line",
                lambda user, period: [
                    *self._mine_domain(indicator, request, user),
                    ("state", "=", "sale"),
                    ("display_type", "=", False),
                    ("credited_at", ">=", request.bounds(period)[0]),
                    ("credited_at", "<", request.bounds(period)[1]),
                ],
            )
        return (
            "account.move.line",
            lambda user, period: [
                *self._mine_domain(indicator, request, user),
                ("parent_state", "=", "posted"),
                ("display_type", "=", "product"),
                ("invoice_date", ">=", period.first),
                ("invoice_date", "<=", period.last),
            ],
        )

    @api.model
    def _sold_documents(self, indicator, request):
        """The documents of the lines that count, in one query for all people of the first period.

        :return: ``{user id: [(name, date, untaxed amount), ...]}``, oldest first; amounts in
            company currency, and nothing of cost
        """
        period = request.periods[0]
        request = request.over([period])
        ordered = indicator.basis == "ordered"
        sold = self._ordered_sql if ordered else self._invoiced_sql
        untaxed = self._amount_sql(indicator.new({"basis": indicator.basis, "tax": "untaxed"}))
        rows = self.env.execute_query(
            SQL(
                "SELECT line.credited_user_id, %(name)s, MIN(%(day)s), SUM(%(amount)s) %(sold)s"
                " AND %(customers)s GROUP BY line.credited_user_id, %(document)s, %(name)s"
                " ORDER BY MIN(%(day)s), %(document)s",
                name=SQL("sale.name" if ordered else "move.name"),
                day=SQL("line.credited_at" if ordered else "line.invoice_date"),
                document=SQL("sale.id" if ordered else "move.id"),
                amount=untaxed,
                sold=sold(request, SQL()),
                customers=self._customers_sql(indicator, request),
            )
        )
        found = {}
        for user, name, day, amount in rows:
            if ordered:
                day = request.company._regulation_local(day).date()
            found.setdefault(user, []).append((name, day, to_number(amount)))
        return found

    # === PARTS OF QUERIES === #

    @api.model
    def _mine_sql(self, indicator, request):
        """Lines ``line`` of these people in this company that the indicator counts."""
        return SQL(
            "%s AND %s", self._people_sql(request), self._customers_sql(indicator, request)
        )

    @api.model
    def _people_sql(self, request):
        """Lines ``line`` of these people in this company."""
        return SQL(
            "line.company_id = %s AND line.credited_user_id IN %s"
            " AND line.is_downpayment IS NOT TRUE",
            request.company.id,
            request.users,
        )

    @api.model
    def _customers_sql(self, indicator, request):
        if indicator.customers != "abroad":
            return SQL("TRUE")
        return SQL("line.credited_country_id != %s", request.company.country_id.id or 0)

    @api.model
    def _mine_domain(self, indicator, request, user):
        """Leaves of a domain, one for each of 20,000 lines: plain ones."""
        domain = [
            ("company_id", "=", request.company.id),
            ("credited_user_id", "=", user),
            ("is_downpayment", "=", False),
        ]
        if indicator.customers == "abroad":
            domain += [
                ("credited_country_id", "!=", request.company.country_id.id),
                ("credited_country_id", "!=", False),
            ]
        return domain

    @api.model
    def _summed_sql(self, indicator):
        """What an indicator sums of each line."""
        if indicator.provider == "quantity":
            return self._quantity_sql(indicator)
        if indicator.provider == "profit":
            return self._profit_sql(indicator)
        return self._amount_sql(indicator)

    @api.model
    def _profit_sql(self, indicator):
        cost = SQL("COALESCE(line.credited_cost, 0)")
        if indicator.basis == "ordered":
            return SQL(
                "line.price_subtotal / COALESCE(NULLIF(sale.currency_rate, 0), 1)"
                " - line.product_uom_qty * %s",
                cost,
            )
        return SQL("-line.balance - line.quantity * %s * %s", cost, self._sign_sql())

    @api.model
    def _amount_sql(self, indicator):
        """The amount of a line in company currency at the rate of its document."""
        if indicator.basis == "ordered":
            return SQL(
                "%s / COALESCE(NULLIF(sale.currency_rate, 0), 1)",
                SQL("line.price_total" if indicator.tax == "taxed" else "line.price_subtotal"),
            )
        if indicator.tax == "taxed":
            return SQL(
                "-line.balance * COALESCE(line.price_total / NULLIF(line.price_subtotal, 0), 1)"
            )
        return SQL("-line.balance")

    @api.model
    def _quantity_sql(self, indicator):
        """Pieces in the unit of the product."""
        quantity = (
            SQL("line.product_uom_qty")
            if indicator.basis == "ordered"
            else SQL("line.quantity * %s", self._sign_sql())
        )
        return SQL("%s * COALESCE(unit.factor / NULLIF(reference.factor, 0), 1)", quantity)

    @api.model
    def _units_sql(self):
        """The unit of a line, and that of its product; joined, not asked of each line."""
        return SQL(
            """
            LEFT JOIN product_product product ON product.id = line.product_id
            LEFT JOIN product_template template ON template.id = product.product_tmpl_id
            LEFT JOIN uom_uom reference ON reference.id = template.uom_id
            LEFT JOIN uom_uom unit ON unit.id = line.product_uom_id
            """
        )

    @api.model
    def _sign_sql(self):
        return SQL("CASE WHEN move.move_type = 'out_refund' THEN -1 ELSE 1 END")

    @api.model
    def _flush_orders(self):
        self.env["sale.order"].flush_model(["state", "currency_rate", "amount_total"])
        self.env["sale.order.line"].flush_model(
            ["price_subtotal", "price_total", "product_uom_qty", "credited_user_id", "company_id"]
        )

    @api.model
    def _flush_invoices(self):
        self.env["account.move"].flush_model(["state", "move_type", "invoice_date"])
        self.env["account.move.line"].flush_model()
