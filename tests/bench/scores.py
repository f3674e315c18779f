"""A month's scores of very many people, next to the same sums in hand-written SQL.

Twenty indicators over a million order lines; half of the lines are of the month, the others of
the twelve months before. What both say is compared before anything is measured. Beside it stock
gamification, which counts one figure for as many people.
"""

import resource
import statistics
from datetime import date, time

from dateutil.relativedelta import relativedelta

from odoo.tools import SQL

from tests.bench.clock import Clock
from tests.bench.crons import copy_rows

PEOPLE, LINES, CUSTOMERS = 1_000, 1_000_000, 5_000
MONTH = date(2026, 3, 1)
#: what is counted: provider and parameters
INDICATORS = (
    *(
        ("sales", {"tax": tax, "customers": customers})
        for tax in ("untaxed", "taxed")
        for customers in ("all", "abroad")
    ),
    *(("quantity", {"customers": customers}) for customers in ("all", "abroad")),
    *(("profit", {"customers": customers}) for customers in ("all", "abroad")),
    *(
        ("growth", {"compare": compare, "customers": customers, "tax": tax})
        for compare, customers, tax in (
            ("previous", "all", "untaxed"),
            ("year", "all", "untaxed"),
            ("previous", "abroad", "untaxed"),
            ("year", "abroad", "untaxed"),
            ("previous", "all", "taxed"),
            ("year", "all", "taxed"),
        )
    ),
    ("new_customers", {}),
    ("new_markets", {}),
    *(("churn", {"months": months}) for months in (2, 3, 4, 6)),
)


class Scores:
    """A company of very many people, in the transaction of the bench that is never committed."""

    def __init__(self, side, quick):
        self.side, self.env, self.cr = side, side.env, side.cr
        self.part = 10 if quick else 1
        self.people = PEOPLE // self.part
        self.lines = LINES // self.part
        self.first, self.last = self.moments(MONTH)
        self.before, _last = self.moments(MONTH - relativedelta(years=1))

    def moments(self, first):
        """When a month begins and ends in the company's time zone, as stored."""
        utc = self.side.company._regulation_utc
        return utc(first, time.min), utc(first + relativedelta(months=1), time.min)

    # === THE DATA === #

    def prepare(self):
        env, cr = self.env, self.cr
        env["regulation.profile"].search([("code", "=", "HUAXIN")]).assignment_ids.flush_recordset()
        cr.execute("UPDATE regulation_profile SET date_from = '2020-01-01' WHERE code = 'HUAXIN'")
        env.invalidate_all()
        order = self.side.quotations(1)
        order.action_confirm()
        self.side.flush()
        self.make_people()
        self.make_customers()
        self.make_orders(order.sudo())
        self.make_scheme()
        self.side.flush()
        cr.execute("ANALYZE")

    def make_people(self):
        rep, cr = self.side.rep, self.cr
        copy_rows(
            cr,
            "res_partner",
            rep.partner_id.id,
            SQL("SELECT generate_series(1, %s)", self.people),
            name=SQL("'Bench rep ' || each.n"),
        )
        copy_rows(
            cr,
            "res_users",
            rep.id,
            SQL("SELECT id FROM res_partner WHERE name LIKE 'Bench rep %%'"),
            partner_id=SQL("each.n"),
            login=SQL("'bench' || each.n"),
        )
        cr.execute("SELECT id FROM res_users WHERE login LIKE 'bench%%' AND id > %s", [rep.id])
        self.users = [row[0] for row in cr.fetchall()][: self.people]
        cr.execute(
            "INSERT INTO res_company_users_rel (cid, user_id) SELECT %s, unnest(%s)",
            [self.side.company.id, self.users],
        )
        held = self.env["regulation.role.assignment"].create(
            {
                "role_id": self.env["regulation.role"]._code("ka_rep").id,
                "company_id": self.side.company.id,
                "user_id": rep.id,
                "date_from": "2020-01-01",
            }
        )
        self.side.flush()
        copy_rows(
            cr,
            "regulation_role_assignment",
            held.id,
            SQL("SELECT unnest(%s)", self.users),
            user_id=SQL("each.n"),
        )

    def make_customers(self):
        copy_rows(
            self.cr,
            "res_partner",
            self.side.partner.id,
            SQL("SELECT generate_series(1, %s)", CUSTOMERS // self.part),
            name=SQL("'Bench customer ' || each.n"),
            commercial_partner_id=SQL("NULL"),
        )
        self.cr.execute(
            "UPDATE res_partner SET commercial_partner_id = id WHERE name LIKE 'Bench customer %'"
            " RETURNING id"
        )
        self.customers = [row[0] for row in self.cr.fetchall()]

    def make_orders(self, order):
        """Ten lines of each order; the month has half of them."""
        cr = self.cr
        # Copies of a row that is right: that what they refer to exists need not be looked up
        cr.execute("SET LOCAL session_replication_role TO replica")
        copy_rows(
            cr,
            "sale_order",
            order.id,
            SQL("SELECT generate_series(1, %s)", self.lines // 10),
            name=SQL("'S' || each.n"),
            partner_id=SQL("(%s::int[])[1 + each.n %% %s]", self.customers, len(self.customers)),
        )
        moment = SQL(
            "CASE WHEN each.n %% 2 = 0"
            " THEN %s::timestamp + (each.n * 7919 %% 2678400) * interval '1 second'"
            " ELSE %s::timestamp + (each.n * 7919 %% 31536000) * interval '1 second' END",
            self.first,
            self.before,
        )
        copy_rows(
            cr,
            "sale_order_line",
            order.order_line[0].id,
            SQL(
                "SELECT sale.id FROM sale_order sale, generate_series(1, 10) WHERE sale.id > %s",
                order.id,
            ),
            order_id=SQL("each.n"),
            credited_user_id=SQL("(%s::int[])[1 + each.n %% %s]", self.users, len(self.users)),
            credited_at=moment,
            credited_cost=SQL("78.0"),
            credited_country_id=SQL(
                "CASE WHEN each.n %% 3 = 0 THEN %s ELSE %s END",
                self.env.ref("base.de").id,
                self.side.company.country_id.id,
            ),
            credited_state_id=SQL("NULL"),
            price_subtotal=SQL("100 + each.n %% 900"),
            price_total=SQL("(100 + each.n %% 900) * 1.13"),
            product_uom_qty=SQL("1 + each.n %% 7"),
        )
        cr.execute("SET LOCAL session_replication_role TO origin")
        cr.execute("UPDATE sale_order SET state = 'cancel' WHERE id = %s", [order.id])

    def make_scheme(self):
        from odoo.addons.sales_regulation.tools import engine

        env = self.env
        indicators = env["kpi.indicator"].create(
            [
                {
                    "name": f"Bench {number}",
                    "code": f"bench_{number}",
                    "definition": "Bench",
                    "provider": provider,
                    "basis": "ordered",
                    **parameters,
                }
                for number, (provider, parameters) in enumerate(INDICATORS)
            ]
        )
        self.indicators = indicators
        engine(env["kpi.scheme"]).create(
            {
                "name": "Bench",
                "profile_id": env["regulation.profile"].search([("code", "=", "HUAXIN")]).id,
                "role_id": env["regulation.role"]._code("ka_rep").id,
                "sequence": 0,
                "line_ids": [
                    (0, 0, {"indicator_id": one.id, "weight": 5, "target_source": "none"})
                    for one in indicators
                ],
            }
        )
        self.cycle = engine(env["kpi.cycle"]).create(
            {"company_id": self.side.company.id, "day": MONTH}
        )

    # === HAND-WRITTEN === #

    def by_hand(self):
        """``[{user: (numerator, denominator)}, ...]`` of the indicators, one query each."""
        return [
            {
                user: (above, below)
                for user, above, below in self.env.execute_query(
                    getattr(self, f"sql_{provider}")(**parameters)
                )
            }
            for provider, parameters in INDICATORS
        ]

    def sums(self, amount, first, last, customers="all"):
        return SQL(
            """
            SELECT l.credited_user_id, SUM(%s), NULL
              FROM sale_order_line l JOIN sale_order o ON o.id = l.order_id
             WHERE o.state = 'sale' AND l.company_id = %s AND l.display_type IS NULL
               AND l.credited_at >= %s AND l.credited_at < %s AND %s
             GROUP BY 1
            """,
            amount,
            self.side.company.id,
            first,
            last,
            SQL("l.credited_country_id != %s", self.side.company.country_id.id)
            if customers == "abroad"
            else SQL("TRUE"),
        )

    def sql_sales(self, tax, customers, first=None, last=None):
        column = SQL("l.price_total" if tax == "taxed" else "l.price_subtotal")
        return self.sums(column, first or self.first, last or self.last, customers)

    def sql_quantity(self, customers):
        return self.sums(SQL("l.product_uom_qty"), self.first, self.last, customers)

    def sql_profit(self, customers):
        amount = SQL("l.price_subtotal - l.product_uom_qty * l.credited_cost")
        return self.sums(amount, self.first, self.last, customers)

    def sql_growth(self, compare, customers, tax):
        shift = relativedelta(months=1) if compare == "previous" else relativedelta(years=1)
        now = self.sql_sales(tax, customers)
        then = self.sql_sales(tax, customers, *self.moments(MONTH - shift))
        return SQL(
            """
            SELECT COALESCE(now.person, past.person),
                   COALESCE(now.amount, 0) - COALESCE(past.amount, 0), COALESCE(past.amount, 0)
              FROM (%s) now(person, amount, nothing)
              FULL JOIN (%s) past(person, amount, nothing) ON past.person = now.person
            """,
            now,
            then,
        )

    def firsts(self, what):
        return SQL(
            """
            SELECT person, COUNT(*), NULL
              FROM (SELECT DISTINCT ON (%(what)s) l.credited_user_id AS person, l.credited_at
                      FROM sale_order_line l
                      JOIN sale_order o ON o.id = l.order_id AND o.state = 'sale'
                      JOIN res_partner c ON c.id = o.partner_id
                     WHERE l.company_id = %(company)s AND l.display_type IS NULL
                       AND l.credited_country_id IS NOT NULL
                     ORDER BY %(what)s, l.credited_at, l.id) won
             WHERE credited_at >= %(first)s AND credited_at < %(last)s
             GROUP BY 1
            """,
            what=what,
            company=self.side.company.id,
            first=self.first,
            last=self.last,
        )

    def sql_new_customers(self):
        return self.firsts(SQL("c.commercial_partner_id"))

    def sql_new_markets(self):
        return self.firsts(SQL("l.credited_country_id"))

    def sql_churn(self, months):
        # By the days where the company is: months before the end of February in UTC end on a 28th
        since, _next = self.moments(MONTH - relativedelta(months=months))
        silent, _next = self.moments(MONTH + relativedelta(months=1 - months))
        return SQL(
            """
            WITH sold AS (
                SELECT c.commercial_partner_id AS customer, l.credited_user_id AS person,
                       l.credited_at AS moment, l.id
                  FROM sale_order_line l
                  JOIN sale_order o ON o.id = l.order_id AND o.state = 'sale'
                  JOIN res_partner c ON c.id = o.partner_id
                 WHERE l.company_id = %(company)s AND l.display_type IS NULL
                   AND l.credited_at >= %(since)s AND l.credited_at < %(last)s)
            SELECT had.person, COUNT(*) FILTER (WHERE again.customer IS NULL), COUNT(*)
              FROM (SELECT DISTINCT ON (customer) customer, person FROM sold
                     WHERE moment < %(first)s
                     ORDER BY customer, moment DESC, id DESC) had
              LEFT JOIN (SELECT DISTINCT customer FROM sold WHERE moment >= %(silent)s) again
                ON again.customer = had.customer
             GROUP BY had.person
            """,
            company=self.side.company.id,
            since=since,
            first=self.first,
            silent=silent,
            last=self.last,
        )

    # === MEASURING === #

    def check(self):
        """What is on the sheets is what was counted by hand."""
        self.cr.execute(
            """
            SELECT scheme.sequence, line.indicator_id, line.user_id, line.numerator, line.secret
              FROM kpi_sheet_line line JOIN kpi_scheme_line scheme ON scheme.id = line.scheme_line_id
             WHERE line.sheet_id IN (SELECT id FROM kpi_sheet WHERE cycle_id = %s)
            """,
            [self.cycle.id],
        )
        found = {}
        for _sequence, indicator, user, numerator, secret in self.cr.fetchall():
            value = numerator if secret is None else secret.get("numerator")
            found.setdefault(indicator, {})[user] = round(float(value or 0), 2)
        mine = set(self.users)
        for indicator, expected in zip(self.indicators, self.by_hand(), strict=True):
            wanted = {
                user: round(float(above or 0), 2)
                for user, (above, _below) in expected.items()
                if user in mine
            }
            got = {user: value for user, value in found[indicator.id].items() if user in mine}
            wrong = {
                user: (got.get(user), value)
                for user, value in wanted.items()
                if abs((got.get(user) or 0) - value) > 0.011
            }
            if wrong or len(got) != len(mine):
                raise AssertionError(f"{indicator.code}: {len(got)} people, wrong {list(wrong.items())[:3]}")

    def measure(self, rounds):
        ours, base = [], []
        for number in range(rounds + 1):
            self.side.flush()
            clock = Clock(self.cr)
            self.cycle._compute_scores()
            self.env.flush_all()
            cost = clock.cost()
            if not number:
                self.check()
            self.side.flush()
            clock = Clock(self.cr)
            self.by_hand()
            other = clock.cost()
            if number:
                ours.append(cost)
                base.append(other)
        ratios = [one.processor / other.processor for one, other in zip(ours, base, strict=True)]
        queries = statistics.median_low(one.queries for one in ours)
        return {
            "ratio": round(statistics.median(ratios), 3),
            "min": round(min(ratios), 3),
            "max": round(max(ratios), 3),
            "ours_s": round(statistics.median(one.processor for one in ours), 2),
            "base_s": round(statistics.median(one.processor for one in base), 2),
            "queries": queries,
            "extra_queries": queries - len(INDICATORS),
            "people": self.people,
            "indicators": len(INDICATORS),
            "order_lines": self.lines,
            "peak_mb": round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024),
        }

    def gamification(self):
        """One figure of stock gamification for the same people: the sum of the month's orders."""
        definition = self.env["gamification.goal.definition"].create(
            {
                "name": "Bench",
                "computation_mode": "sum",
                "model_id": self.env["ir.model"]._get_id("sale.order.line"),
                "field_id": self.env["ir.model.fields"]._get("sale.order.line", "price_subtotal").id,
                "field_date_id": self.env["ir.model.fields"]._get("sale.order.line", "credited_at").id,
                "domain": "[('state', '=', 'sale')]",
                "batch_mode": True,
                "batch_distinctive_field": self.env["ir.model.fields"]
                ._get("sale.order.line", "credited_user_id")
                .id,
                "batch_user_expression": "user.id",
            }
        )
        goals = self.env["gamification.goal"].create(
            [
                {
                    "definition_id": definition.id,
                    "user_id": user,
                    "start_date": MONTH,
                    "end_date": MONTH + relativedelta(months=1, days=-1),
                    "target_goal": 1_000_000,
                    "state": "inprogress",
                }
                for user in self.users
            ]
        )
        self.side.flush()
        clock = Clock(self.cr)
        goals.update_goal()
        self.env.flush_all()
        return clock.cost()


def measure(side, quick):
    """``{entry: figures}`` of a month's scores."""
    scores = Scores(side, quick)
    scores.prepare()
    row = scores.measure(2 if quick else 3)
    cost = scores.gamification()
    figure = row["ours_s"] / row["indicators"]
    row["gamification_one_figure_s"] = round(cost.processor, 2)
    row["gamification_queries"] = cost.queries
    row["one_figure_s"] = round(figure, 2)
    print(
        f"kpi_month                ratio {row['ratio']:.2f} ({row['min']:.2f}-{row['max']:.2f})"
        f"  {row['ours_s']:.2f} s  by hand {row['base_s']:.2f} s"
        f"  queries {row['queries']} for {row['indicators']} indicators, {row['people']} people,"
        f" {row['order_lines']:,} lines, {row['peak_mb']} MB;"
        f" one figure {row['one_figure_s']} s, of stock gamification"
        f" {row['gamification_one_figure_s']} s",
        flush=True,
    )
    return {"kpi_month": row}
