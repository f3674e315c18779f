# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import api, models
from odoo.fields import Domain
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
        return self._sold(indicator, request, self._amount_sql(indicator))

    @api.model
    def _provide_quantity(self, indicator, request):
        return self._sold(indicator, request, self._quantity_sql(indicator))

    @api.model
    def _provide_profit(self, indicator, request):
        """Untaxed amount less the cost stamped at the confirmation."""
        cost = SQL("COALESCE(line.credited_cost, 0)")
        if indicator.basis == "ordered":
            amount = SQL(
                "line.price_subtotal / COALESCE(NULLIF(sale.currency_rate, 0), 1)"
                " - line.product_uom_qty * %s",
                cost,
            )
        else:
            amount = SQL("-line.balance - line.quantity * %s * %s", cost, self._sign_sql())
        return self._sold(indicator, request, amount)

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
    def _sold(self, indicator, request, amount):
        """The sum of ``amount`` over the lines that count, by person and period."""
        if indicator.basis == "ordered":
            return self._ordered(indicator, request, amount)
        return self._invoiced(indicator, request, amount)

    @api.model
    def _ordered(self, indicator, request, amount):
        self._flush_orders()
        return Facts(
            self._figures(
                SQL(
                    """
                    SELECT line.credited_user_id, period.key, SUM(%(amount)s), NULL, COUNT(*)
                      FROM sale_order_line line
                      JOIN sale_order sale ON sale.id = line.order_id AND sale.state = 'sale'
                      JOIN %(periods)s
                        ON line.credited_at >= period.first AND line.credited_at < period.last
                     WHERE %(mine)s AND line.display_type IS NULL
                     GROUP BY line.credited_user_id, period.key
                    """,
                    amount=amount,
                    periods=request.moments(),
                    mine=self._mine_sql(indicator, request),
                )
            ),
            "sale.order.line",
            lambda user, period: [
                *self._mine_domain(indicator, request, user),
                ("state", "=", "sale"),
                ("display_type", "=", False),
                ("credited_at", ">=", request.bounds(period)[0]),
                ("credited_at", "<", request.bounds(period)[1]),
            ],
        )

    @api.model
    def _invoiced(self, indicator, request, amount):
        self._flush_invoices()
        return Facts(
            self._figures(
                SQL(
                    """
                    SELECT line.credited_user_id, period.key, SUM(%(amount)s), NULL, COUNT(*)
                      FROM account_move_line line
                      JOIN account_move move ON move.id = line.move_id
                      JOIN %(periods)s
                        ON line.invoice_date BETWEEN period.first AND period.last
                     WHERE %(mine)s AND line.parent_state = 'posted'
                       AND line.display_type = 'product'
                       AND move.move_type IN ('out_invoice', 'out_refund')
                     GROUP BY line.credited_user_id, period.key
                    """,
                    amount=amount,
                    periods=request.days(),
                    mine=self._mine_sql(indicator, request),
                )
            ),
            "account.move.line",
            lambda user, period: [
                *self._mine_domain(indicator, request, user),
                ("parent_state", "=", "posted"),
                ("display_type", "=", "product"),
                ("invoice_date", ">=", period.first),
                ("invoice_date", "<=", period.last),
            ],
        )

    # === PARTS OF QUERIES === #

    @api.model
    def _mine_sql(self, indicator, request):
        """Lines ``line`` of these people in this company that the indicator counts."""
        return SQL(
            "line.company_id = %s AND line.credited_user_id IN %s"
            " AND line.is_downpayment IS NOT TRUE AND %s",
            request.company.id,
            request.users,
            self._customers_sql(indicator, request),
        )

    @api.model
    def _customers_sql(self, indicator, request):
        if indicator.customers != "abroad":
            return SQL("TRUE")
        return SQL("line.credited_country_id != %s", request.company.country_id.id or 0)

    @api.model
    def _mine_domain(self, indicator, request, user):
        domain = Domain("company_id", "=", request.company.id)
        domain &= Domain("credited_user_id", "=", user) & Domain("is_downpayment", "=", False)
        if indicator.customers == "abroad":
            domain &= Domain("credited_country_id", "!=", request.company.country_id.id)
            domain &= Domain("credited_country_id", "!=", False)
        return list(domain)

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
        return SQL(
            """
            %s * COALESCE((
                SELECT unit.factor / NULLIF(reference.factor, 0)
                  FROM product_product product
                  JOIN product_template template ON template.id = product.product_tmpl_id
                  JOIN uom_uom reference ON reference.id = template.uom_id
                  JOIN uom_uom unit ON unit.id = line.product_uom_id
                 WHERE product.id = line.product_id), 1)
            """,
            quantity,
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
