# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import api, models
from odoo.tools import SQL, LazyTranslate

from ...tools import Facts, Figure, Provider

_lt = LazyTranslate(__name__)


class KpiProvider(models.AbstractModel):
    """Money that came in: confirmed allocations to orders at their date (S2-54, K5).

    An allocation counts for whom the lines of its order are credited to, in proportion. Untaxed is
    its part of the untaxed amount in the total of the order. What a payment is not worth any
    more, because it bounced or was paid back, does not count.
    """

    _inherit = "kpi.provider"

    @api.model
    def _providers(self):
        return {
            **super()._providers(),
            "collection": Provider(_lt("Collected of what was invoiced"), "ratio", ("customers",)),
        }

    @api.model
    def _provide_collection(self, indicator, request):
        """Collected in percent of what was invoiced in the same period, both untaxed."""
        collected = self._collected(indicator, request)
        invoiced = self._figures(
            SQL(
                "SELECT line.credited_user_id, period.key, SUM(-line.balance), NULL, COUNT(*)"
                " %s AND %s GROUP BY line.credited_user_id, period.key",
                self._invoiced_sql(request, SQL()),
                self._customers_sql(indicator, request),
            )
        )
        figures = {}
        for key, of in invoiced.items():
            got = collected.figures.get(key, Figure.of(0))
            if of.numerator > 0:
                figures[key] = Figure(got.numerator, of.numerator, got.count + of.count)
        return Facts(figures, collected.model, collected.evidence)

    @api.model
    def _collected(self, indicator, request):
        Allocation = self.env["sale.payment.allocation"]
        Allocation.flush_model()
        self._flush_orders()
        amount = SQL("line.price_total" if indicator.tax == "taxed" else "line.price_subtotal")
        return Facts(
            self._figures(
                SQL(
                    """
                    WITH alloc AS (
                        SELECT alloc.*, period.key
                          FROM sale_payment_allocation alloc
                          JOIN %(periods)s ON alloc.date BETWEEN period.first AND period.last
                         WHERE alloc.company_id = %(company)s AND alloc.state = 'confirmed'
                    ), money AS (
                        %(worth)s
                    ), share AS (
                        SELECT money.payment_id, money.statement_line_id,
                               LEAST(1, ABS(money.worth) / NULLIF(ABS(SUM(taken.amount)), 0)) AS part
                          FROM money
                          JOIN sale_payment_allocation taken
                            ON taken.state = 'confirmed'
                           AND (taken.payment_id = money.payment_id
                                OR taken.statement_line_id = money.statement_line_id)
                         GROUP BY money.payment_id, money.statement_line_id, money.worth
                    ), mine AS (
                        SELECT line.order_id, line.credited_user_id AS user_id,
                               SUM(%(amount)s) AS amount
                          FROM sale_order_line line
                         WHERE %(mine)s AND line.display_type IS NULL
                           AND line.order_id IN (SELECT order_id FROM alloc)
                         GROUP BY line.order_id, line.credited_user_id
                    )
                    SELECT mine.user_id, alloc.key,
                           SUM(alloc.order_amount * share.part * %(rate)s
                               * mine.amount / NULLIF(sale.amount_total, 0)),
                           NULL, COUNT(*)
                      FROM alloc
                      JOIN share ON share.payment_id = alloc.payment_id
                                 OR share.statement_line_id = alloc.statement_line_id
                      JOIN sale_order sale ON sale.id = alloc.order_id
                      JOIN mine ON mine.order_id = alloc.order_id
                     GROUP BY mine.user_id, alloc.key
                    """,
                    periods=request.days(),
                    company=request.company.id,
                    worth=Allocation._worth_sql(
                        SQL("SELECT payment_id FROM alloc WHERE payment_id IS NOT NULL"),
                        SQL("SELECT statement_line_id FROM alloc WHERE statement_line_id IS NOT NULL"),
                    ),
                    amount=amount,
                    mine=self._mine_sql(indicator, request),
                    rate=self._rate_sql(
                        request, SQL("alloc.order_currency_id"), SQL("alloc.date")
                    ),
                )
            ),
            "sale.payment.allocation",
            lambda user, period: [
                ("company_id", "=", request.company.id),
                ("state", "=", "confirmed"),
                ("date", ">=", period.first),
                ("date", "<=", period.last),
                (
                    "order_id.order_line",
                    "any",
                    [*self._mine_domain(indicator, request, user), ("display_type", "=", False)],
                ),
            ],
        )

    @api.model
    def _rate_sql(self, request, currency, day):
        """What one unit of ``currency`` is worth in company currency on ``day``."""
        self.env["res.currency.rate"].flush_model()

        def rate(of):
            return SQL(
                """
                COALESCE((SELECT rate.rate FROM res_currency_rate rate
                           WHERE rate.currency_id = %(of)s AND rate.name <= %(day)s
                             AND (rate.company_id IS NULL OR rate.company_id = %(root)s)
                           ORDER BY rate.company_id, rate.name DESC LIMIT 1),
                         (SELECT rate.rate FROM res_currency_rate rate
                           WHERE rate.currency_id = %(of)s
                             AND (rate.company_id IS NULL OR rate.company_id = %(root)s)
                           ORDER BY rate.company_id, rate.name LIMIT 1),
                         1)
                """,
                of=of,
                day=day,
                root=request.company.root_id.id,
            )

        own = SQL("%s", request.currency.id)
        return SQL(
            "CASE WHEN %s = %s THEN 1 ELSE %s / %s END", currency, own, rate(own), rate(currency)
        )
