# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from datetime import time

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL

from ...tools import engine
from ..payment.sale_payment_allocation import COUNTING_STATES

#: after the end of a period its invoices and money may still come in for so many days
_COUNTED_AFTER = 45


class SalesPlan(models.Model):
    """What was reached of the targets, and what others read of them."""

    _inherit = "sales.plan"

    # === FOR THOSE WHO READ TARGETS === #

    @api.model
    def _released_targets(self, people, periods, codes=None, company=None):
        """The targets in force: ``{(record id, (first, last), code): target}``. One query.

        Of the released version only: what is written, handed in, approved or superseded is no
        target. Money is untaxed, in the company's currency. A target of the whole period; what
        part of it counts for whoever came later is the reader's business.

        :param people: res.users, crm.team or res.company: whose targets
        :param periods: ``[(first day, last day), ...]`` as the plans have them
        :param codes: of indicators (``sales.plan.indicator``); all if not given
        :param company: of the plans; the present one if not given
        """
        company = company or self.env.company
        level, column = {
            "res.users": ("user", "user_id"),
            "crm.team": ("team", "team_id"),
            "res.company": ("company", "company_id"),
        }[people._name]
        if not people or not periods:
            return {}
        self.env.flush_all()
        condition = SQL("AND indicator.code = ANY(%s)", list(codes)) if codes else SQL()
        rows = self.env.execute_query(
            SQL(
                """
                SELECT plan.%(column)s, plan.period_start, plan.period_end, indicator.code,
                       SUM(line.target)
                  FROM sales_plan plan
                  JOIN sales_plan_line line ON line.plan_id = plan.id
                  JOIN sales_plan_indicator indicator ON indicator.id = line.indicator_id
                  JOIN (VALUES %(periods)s) AS period(first, last)
                    ON plan.period_start = period.first::date AND plan.period_end = period.last::date
                 WHERE plan.state = 'released' AND plan.level = %(level)s
                   AND plan.company_id = %(company)s AND plan.%(column)s = ANY(%(people)s)
                   %(condition)s
                 GROUP BY 1, 2, 3, 4
                """,
                column=SQL.identifier(column),
                periods=self._periods_sql(set(periods)),
                level=level,
                company=company.id,
                people=people.ids,
                condition=condition,
            )
        )
        return {
            (record, (first, last), code): float(target)
            for record, first, last, code, target in rows
        }

    @api.model
    def _actuals(self, code, people, periods, company):
        """What was reached of one indicator: ``{(user id or False, (first, last)): amount}``.

        None if nothing here counts it. One query for all people and periods. Credit is whose it
        was when the order was confirmed (``credited_user_id``). Override it, or
        ``_actual_sources``, to count more.

        :param people: res.users; None: everybody, with what is credited to nobody
        :param periods: ``[(first day, last day), ...]``, days of the company, both included
        :return: amounts in the company's currency, untaxed, or in the unit of the indicator
        """
        source = self._actual_sources().get(code)
        if source is None:
            return None
        if not periods:
            return {}
        self.env.flush_all()
        rows = self.env.execute_query(source(people, sorted(set(periods)), company))
        return {
            (user or False, (first, last)): float(amount or 0) for user, first, last, amount in rows
        }

    @api.model
    def _actual_sources(self):
        """``{code of indicator: method that gives the query}``: user, first, last, amount."""
        return {
            "sales_amount": self._invoiced_sql,
            "quantity": self._quantity_sql,
            "ordered_amount": self._ordered_sql,
            "collection": self._collected_sql,
        }

    @api.model
    def _periods_sql(self, periods):
        return SQL(", ").join(SQL("(%s::date, %s::date)", first, last) for first, last in periods)

    @api.model
    def _moments_sql(self, periods, company):
        """Periods with the moments at which they begin and end, in stored time."""
        return SQL(", ").join(
            SQL(
                "(%s::date, %s::date, %s::timestamp, %s::timestamp)",
                first,
                last,
                company._regulation_utc(first, time.min),
                company._regulation_utc(last, time.max),
            )
            for first, last in periods
        )

    @api.model
    def _credited_to(self, people):
        return SQL() if people is None else SQL("AND line.credited_user_id = ANY(%s)", people.ids)

    @api.model
    def _invoice_lines_sql(self, amount, people, periods, company):
        """Posted customer invoices less credit notes by invoice date, without down payments."""
        return SQL(
            """
            SELECT line.credited_user_id, period.first, period.last, SUM(%(amount)s)
              FROM account_move_line line
              JOIN account_move move ON move.id = line.move_id
              JOIN (VALUES %(periods)s) AS period(first, last)
                ON move.invoice_date BETWEEN period.first AND period.last
             WHERE move.state = 'posted' AND move.move_type IN ('out_invoice', 'out_refund')
               AND move.company_id = %(company)s AND line.display_type = 'product'
               AND line.is_downpayment IS NOT TRUE %(people)s
             GROUP BY 1, 2, 3
            """,
            amount=amount,
            periods=self._periods_sql(periods),
            company=company.id,
            people=self._credited_to(people),
        )

    @api.model
    def _invoiced_sql(self, people, periods, company):
        return self._invoice_lines_sql(SQL("-line.balance"), people, periods, company)

    @api.model
    def _quantity_sql(self, people, periods, company):
        amount = SQL("CASE move.move_type WHEN 'out_refund' THEN -1 ELSE 1 END * line.quantity")
        return self._invoice_lines_sql(amount, people, periods, company)

    @api.model
    def _ordered_sql(self, people, periods, company):
        """Confirmed orders, by the moment at which they were confirmed, at their own rate."""
        return SQL(
            """
            SELECT line.credited_user_id, period.first, period.last,
                   SUM(line.price_subtotal / COALESCE(NULLIF(sale.currency_rate, 0), 1))
              FROM sale_order_line line
              JOIN sale_order sale ON sale.id = line.order_id
              JOIN (VALUES %(periods)s) AS period(first, last, begins, ends)
                ON COALESCE(sale.regulation_confirmed_at, sale.date_order)
                   BETWEEN period.begins AND period.ends
             WHERE sale.state = 'sale' AND sale.company_id = %(company)s
               AND line.display_type IS NULL AND line.is_downpayment IS NOT TRUE %(people)s
             GROUP BY 1, 2, 3
            """,
            periods=self._moments_sql(periods, company),
            company=company.id,
            people=self._credited_to(people),
        )

    @api.model
    def _collected_sql(self, people, periods, company):
        """Confirmed money by the day it came in, untaxed: in the share of each order's lines."""
        return SQL(
            """
            SELECT line.credited_user_id, period.first, period.last,
                   SUM(money.order_amount * line.price_subtotal / NULLIF(sale.amount_total, 0)
                       / COALESCE(NULLIF(sale.currency_rate, 0), 1))
              FROM sale_payment_allocation money
              JOIN sale_order sale ON sale.id = money.order_id
              JOIN sale_order_line line ON line.order_id = sale.id
         LEFT JOIN account_payment payment ON payment.id = money.payment_id
              JOIN (VALUES %(periods)s) AS period(first, last)
                ON money.date BETWEEN period.first AND period.last
             WHERE money.state = 'confirmed' AND sale.company_id = %(company)s
               AND (money.payment_id IS NULL OR payment.state IN %(counting)s)
               AND line.display_type IS NULL AND line.is_downpayment IS NOT TRUE %(people)s
             GROUP BY 1, 2, 3
            """,
            periods=self._periods_sql(periods),
            company=company.id,
            counting=COUNTING_STATES,
            people=self._credited_to(people),
        )

    # === OF PLANS === #

    def _people(self):
        """Whose results count on each plan: ``{id: user ids}``, None for everybody.

        Of a team its members, and whoever has his target there; not whoever has it in another
        team for the same period. Two queries.
        """
        people = {}
        teams = self.filtered(lambda plan: plan.level == "team")
        own = (
            self.sudo().search(
                [
                    ("level", "=", "user"),
                    ("state", "in", ("approved", "released")),
                    ("company_id", "in", teams.company_id.ids),
                    ("period_start", "in", teams.mapped("period_start")),
                ]
            )
            if teams
            else self.browse()
        )
        for plan in self:
            if plan.level == "user":
                people[plan.id] = set(plan.user_id.ids)
            elif plan.level == "company":
                people[plan.id] = None
            else:
                same = own.filtered(
                    lambda row, plan=plan: (
                        (row.period_start, row.period_end, row.company_id)
                        == (plan.period_start, plan.period_end, plan.company_id)
                    )
                )
                here = same.filtered(lambda row, plan=plan: row.team_id == plan.team_id).user_id
                team = plan.team_id.sudo()
                members = team.member_ids | team.user_id
                people[plan.id] = set((here | (members - (same.user_id - here))).ids)
        return people

    def _reached(self, ends=None):
        """``{(plan id, code): amount or None}`` until the end of each plan, or until ``ends``.

        :param dict ends: ``{plan id: last day}``
        """
        ends = ends or {}
        people = self._people()
        period = {plan.id: (plan.period_start, ends.get(plan.id, plan.period_end)) for plan in self}
        reached = {}
        for company, plans in self.grouped("company_id").items():
            ids = [people[plan.id] for plan in plans]
            users = None
            if all(found is not None for found in ids):
                users = self.env["res.users"].browse(sorted(set().union(*ids)))
            for code in set(plans.line_ids.indicator_id.mapped("code")):
                found = self._actuals(code, users, [period[plan.id] for plan in plans], company)
                for plan in plans:
                    reached[plan.id, code] = (
                        None
                        if found is None
                        else sum(
                            amount
                            for (user, days), amount in found.items()
                            if days == period[plan.id]
                            and (people[plan.id] is None or user in people[plan.id])
                        )
                    )
        return reached

    def action_count(self):
        """Count now what was reached of the targets."""
        self.check_access("read")
        self.sudo()._count()

    def _count(self):
        """Store what was reached, so that lists, pivots and graphs read it."""
        reached = self._reached()
        now = fields.Datetime.now()
        for line in self.line_ids:
            amount = reached[line.plan_id.id, line.indicator_id.code]
            engine(line).write(
                {
                    "actual": amount or 0.0,
                    "has_actual": amount is not None,
                    "attainment": 100.0 * amount / line.target if amount and line.target else 0.0,
                    "actual_at": now,
                }
            )

    @api.model
    def _cron_count(self, batch=200):
        """Count what was reached of the plans that run, and judge the checkpoints that came."""
        Cron = self.env["ir.cron"]
        for model, step in (
            (self, "_count"),
            (self.env["sales.plan.checkpoint"], "_judge"),
        ):
            domain = Domain(model._cron_domain())
            Cron._commit_progress(remaining=model.sudo().search_count(domain))
            last = 0
            while found := model.sudo().search(
                domain & Domain("id", ">", last), order="id", limit=batch
            ):
                last = found[-1].id
                getattr(found, step)()
                self.env.invalidate_all()
                if not Cron._commit_progress(len(found)):
                    return

    @api.model
    def _cron_domain(self):
        """Plans in force whose period runs, or is over for so short a time that money comes in."""
        return self._of_companies(
            lambda today: [
                ("state", "=", "released"),
                ("period_start", "<=", today),
                ("period_end", ">=", fields.Date.subtract(today, days=_COUNTED_AFTER)),
            ]
        )

    @api.model
    def _of_companies(self, domain):
        """``domain(today)`` for each company under a regulation, by its own calendar."""
        companies = self.env["res.company"].browse(
            sorted(self.env["regulation.profile"]._regulated_companies())
        )
        return Domain.OR(
            Domain("company_id", "=", company.id) & Domain(domain(company._regulation_today()))
            for company in companies.sudo()
        )
