# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from datetime import time, timedelta

from dateutil.relativedelta import relativedelta

from odoo import api, models
from odoo.tools import SQL, LazyTranslate

from ...tools import Facts, Figure, Provider

_lt = LazyTranslate(__name__)


class KpiProvider(models.AbstractModel):
    """Customers: won, lost, key accounts, markets; opportunities found (S0-47, S1-24, S3-58).

    A customer is the commercial entity. He is new with his first confirmed order in the
    company, for whom it is credited to.
    """

    _inherit = "kpi.provider"

    @api.model
    def _providers(self):
        return {
            **super()._providers(),
            "new_customers": Provider(_lt("New customers")),
            "new_key_accounts": Provider(_lt("New key accounts")),
            "churn": Provider(_lt("Customers lost"), "ratio", ("months",)),
            "new_markets": Provider(_lt("New markets")),
            "opportunities": Provider(_lt("Opportunities found")),
        }

    @api.model
    def _provide_new_customers(self, indicator, request):
        return self._firsts(request, SQL("customer.commercial_partner_id"), SQL("TRUE"))

    @api.model
    def _provide_new_markets(self, indicator, request):
        """Regions, or countries without regions, in which nobody has sold before."""
        return self._firsts(
            request,
            SQL("line.credited_country_id, COALESCE(line.credited_state_id, 0)"),
            SQL("line.credited_country_id IS NOT NULL"),
        )

    @api.model
    def _firsts(self, request, what, condition):
        """The first confirmed order line ever of each ``what``, counted for whom it is credited to."""
        self._flush_orders()
        self.env["res.partner"].flush_model(["commercial_partner_id"])
        moment = SQL("COALESCE(line.credited_at, sale.date_order)")
        return Facts(
            self._figures(
                SQL(
                    """
                    SELECT won.user_id, period.key, COUNT(*), NULL, COUNT(*)
                      FROM (SELECT DISTINCT ON (%(what)s)
                                   line.credited_user_id AS user_id, %(moment)s AS moment
                              FROM sale_order_line line
                              JOIN sale_order sale
                                ON sale.id = line.order_id AND sale.state = 'sale'
                              JOIN res_partner customer ON customer.id = sale.partner_id
                             WHERE line.company_id = %(company)s AND line.display_type IS NULL
                               AND %(condition)s
                             ORDER BY %(what)s, %(moment)s, line.id) won
                      JOIN %(periods)s
                        ON won.moment >= period.first AND won.moment < period.last
                     WHERE won.user_id IN %(users)s
                     GROUP BY won.user_id, period.key
                    """,
                    what=what,
                    moment=moment,
                    company=request.company.id,
                    condition=condition,
                    periods=request.moments(),
                    users=request.users,
                )
            ),
            "sale.order",
            lambda user, period: [
                ("company_id", "=", request.company.id),
                ("state", "=", "sale"),
                ("order_line.credited_user_id", "=", user),
                ("order_line.credited_at", ">=", request.bounds(period)[0]),
                ("order_line.credited_at", "<", request.bounds(period)[1]),
            ],
        )

    @api.model
    def _provide_new_key_accounts(self, indicator, request):
        """Customers who got a tier for the first time, counted for who owned them that day."""
        self.env["ka.tier.assignment"].flush_model()
        self.env["customer.registration"].flush_model()
        tz = str(request.company._regulation_tz())
        return Facts(
            self._figures(
                SQL(
                    """
                    SELECT owned.user_id, period.key, COUNT(DISTINCT held.id), NULL,
                           COUNT(DISTINCT held.id)
                      FROM ka_tier_assignment held
                      JOIN %(periods)s ON held.date_from BETWEEN period.first AND period.last
                      JOIN LATERAL (
                            SELECT owned.user_id FROM customer_registration owned
                             WHERE owned.partner_id = held.partner_id
                               AND owned.company_id = held.company_id
                               AND %(registered)s <= held.date_from
                               AND (owned.ended_at IS NULL OR %(ended)s > held.date_from)
                             ORDER BY owned.registered_at DESC, owned.id DESC LIMIT 1) owned ON TRUE
                     WHERE held.company_id = %(company)s AND held.previous_tier_id IS NULL
                       AND owned.user_id IN %(users)s
                     GROUP BY owned.user_id, period.key
                    """,
                    periods=request.days(),
                    registered=_local_day("owned.registered_at", tz),
                    ended=_local_day("owned.ended_at", tz),
                    company=request.company.id,
                    users=request.users,
                )
            ),
            "ka.tier.assignment",
            lambda user, period: [
                ("company_id", "=", request.company.id),
                ("previous_tier_id", "=", False),
                ("date_from", ">=", period.first),
                ("date_from", "<=", period.last),
            ],
        )

    @api.model
    def _provide_churn(self, indicator, request):
        """Of the customers who had bought in the months before the period, those who have not
        bought in as many months when it ends; counted for whom their last order before it was
        credited to.

        All indicators of the request that count so are counted with the first, in one query.
        """
        key = (indicator, request.periods)
        if key not in request.kept:
            together = [indicator]
            if indicator in request.indicators:
                together = [one for one in request.indicators if one.provider == "churn"]
            for one, figures in self._lost(together, request).items():
                request.kept[one, request.periods] = figures
        since = {
            period: self._months_before(request, period, indicator.months or 12)[0]
            for period in request.periods
        }
        return Facts(
            request.kept[key],
            "sale.order",
            lambda user, period: [
                ("company_id", "=", request.company.id),
                ("state", "=", "sale"),
                ("order_line.credited_user_id", "=", user),
                ("order_line.credited_at", ">=", since[period]),
                ("order_line.credited_at", "<", request.bounds(period)[0]),
            ],
        )

    @api.model
    def _lost(self, indicators, request):
        """``{indicator: {(user, period): Figure}}``: customers lost, in one query.

        Whose customer somebody was, and when he bought last, is the same however many months
        count: the orders are gone through once for each period.
        """
        self._flush_orders()
        self.env["res.partner"].flush_model(["commercial_partner_id"])
        windows, begins = [], {}
        for number, indicator in enumerate(indicators):
            for period in request.periods:
                since, silent = self._months_before(request, period, indicator.months or 12)
                windows.append(
                    SQL(
                        "(%s, %s, %s::timestamp, %s::timestamp)",
                        number,
                        period.key,
                        since,
                        silent,
                    )
                )
                begins[period] = min(begins.get(period, since), since)
        figures = {indicator: {} for indicator in indicators}
        for number, user, period, lost, had in self.env.execute_query(
            SQL(
                """
                WITH period(key, first, last, begin) AS (VALUES %(periods)s),
                silence(number, key, since, silent) AS (VALUES %(windows)s),
                sold AS MATERIALIZED (
                    SELECT customer.commercial_partner_id AS customer_id,
                           line.credited_user_id AS user_id, line.id,
                           COALESCE(line.credited_at, sale.date_order) AS moment
                      FROM sale_order_line line
                      JOIN sale_order sale ON sale.id = line.order_id AND sale.state = 'sale'
                      JOIN res_partner customer ON customer.id = sale.partner_id
                     WHERE line.company_id = %(company)s AND line.display_type IS NULL
                       AND COALESCE(line.credited_at, sale.date_order) >= %(oldest)s
                ), had AS (
                    SELECT DISTINCT ON (period.key, sold.customer_id)
                           period.key, sold.customer_id, sold.user_id, sold.moment
                      FROM sold
                      JOIN period ON sold.moment >= period.begin AND sold.moment < period.first
                     ORDER BY period.key, sold.customer_id, sold.moment DESC, sold.id DESC
                ), bought AS (
                    SELECT period.key, sold.customer_id, MAX(sold.moment) AS moment
                      FROM sold
                      JOIN period ON sold.moment >= period.begin AND sold.moment < period.last
                     GROUP BY period.key, sold.customer_id
                )
                SELECT silence.number, had.user_id, had.key,
                       COUNT(*) FILTER (WHERE bought.moment < silence.silent), COUNT(*)
                  FROM had
                  JOIN bought ON bought.key = had.key AND bought.customer_id = had.customer_id
                  JOIN silence ON silence.key = had.key AND had.moment >= silence.since
                 WHERE had.user_id IN %(users)s
                 GROUP BY silence.number, had.user_id, had.key
                """,
                periods=SQL(", ").join(
                    SQL(
                        "(%s, %s::timestamp, %s::timestamp, %s::timestamp)",
                        period.key,
                        *request.bounds(period),
                        begin,
                    )
                    for period, begin in begins.items()
                ),
                windows=SQL(", ").join(windows),
                oldest=min(begins.values()),
                company=request.company.id,
                users=request.users,
            )
        ):
            figures[indicators[number]][user, period] = Figure.of(lost, had, had)
        return figures

    @api.model
    def _months_before(self, request, period, months):
        """The bounds of a period so many months earlier, by the days where the company is."""
        return [
            request.company._regulation_utc(day - relativedelta(months=months), time.min)
            for day in (period.first, period.last + timedelta(days=1))
        ]

    @api.model
    def _provide_opportunities(self, indicator, request):
        """Leads that a manager has evaluated or taken over, each once, for who brought them."""
        self.env["regulation.approval"].flush_model()
        kinds = ("opportunity_entry", "lead_handover")
        return Facts(
            self._figures(
                SQL(
                    """
                    SELECT found.submitted_by_id, period.key, COUNT(*), NULL, COUNT(*)
                      FROM (SELECT DISTINCT ON (approval.res_model, approval.res_id)
                                   approval.submitted_by_id, approval.decided_at
                              FROM regulation_approval approval
                              JOIN regulation_approval_kind kind ON kind.id = approval.kind_id
                             WHERE approval.company_id = %(company)s AND kind.code IN %(kinds)s
                               AND approval.state = 'approved' AND approval.decided_at IS NOT NULL
                             ORDER BY approval.res_model, approval.res_id, approval.decided_at,
                                      approval.id) found
                      JOIN %(periods)s
                        ON found.decided_at >= period.first AND found.decided_at < period.last
                     WHERE found.submitted_by_id IN %(users)s
                     GROUP BY found.submitted_by_id, period.key
                    """,
                    company=request.company.id,
                    kinds=kinds,
                    periods=request.moments(),
                    users=request.users,
                )
            ),
            "regulation.approval",
            lambda user, period: [
                ("company_id", "=", request.company.id),
                ("kind_id.code", "in", kinds),
                ("state", "=", "approved"),
                ("submitted_by_id", "=", user),
                ("decided_at", ">=", request.bounds(period)[0]),
                ("decided_at", "<", request.bounds(period)[1]),
            ],
        )


def _local_day(column, tz):
    """The date of a stored moment in a time zone."""
    return SQL("((%s AT TIME ZONE 'UTC') AT TIME ZONE %s)::date", SQL(column), tz)
