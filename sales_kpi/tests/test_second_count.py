# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Every figure a second time, by plain SQL that shares nothing with the product (C41, K5).

``SECOND`` names the second count of each shipped indicator, in the words of its definition. An
indicator or a way to count without one fails ``test_nothing_is_left_out``.
"""

import random
from collections import Counter, namedtuple
from datetime import date, datetime, time, timedelta
from fractions import Fraction
from unittest.mock import patch

from dateutil.relativedelta import relativedelta
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from odoo import Command
from odoo.tests import tagged
from odoo.tools import SQL

from odoo.addons.sales_regulation.tools import engine

from ..tools import Period, Provider, Request
from .common import KpiCommon
from .row_copies import RowCopies

PEOPLE = ("a", "b", "t")
MONTHS = (Period(0, date(2026, 3, 1), date(2026, 3, 31)), Period(1, date(2026, 4, 1), date(2026, 4, 30)))
#: midnight of 2026-03-01 in Shanghai, in UTC
BEGIN = datetime(2026, 2, 28, 16)
SHANGHAI = timedelta(hours=8)
#: it is this moment: some of April is still to come
NOW = "2026-04-20 09:00"
NOW_UTC = datetime(2026, 4, 20, 1)
TODAY = date(2026, 4, 20)
#: 23:59 and midnight of the borders, in minutes since the beginning of March
BORDERS = (-1, 0, 31 * 1440 - 1, 31 * 1440, 61 * 1440 - 1, 61 * 1440)
CHANNELS = ("visit", "call", "email", "fax", "message")
#: (kind, weight, least answers, role)
RATERS = (
    ("self", 0, 1, None),
    ("superior", 40, 1, None),
    ("superior", 45, 1, "sales_rep"),
    ("peer", 20, 3, None),
    ("peer", 30, 4, "sales_rep"),
    ("customer", 20, 3, None),
    ("upward", 10, 3, None),
    ("upward", 25, 4, "sales_rep"),
    ("hr", 10, 1, None),
)
ANONYMOUS = ("peer", "customer", "upward")
#: (role, a day, channels, interested)
QUOTAS = (
    ("ka_rep", 2, "call", False),
    ("ka_rep", 1, "email, fax", False),
    ("telemarketer", 1, "", True),
)

Second = namedtuple("Second", "count kind least")
#: what is printed: the numerator, it in percent of the denominator, or divided by it
SUM, RATIO, MEAN = "sum", "ratio", "mean"


def local(column):
    """The date in Shanghai of a stored moment."""
    return f"(({column} AT TIME ZONE 'UTC') AT TIME ZONE 'Asia/Shanghai')::date"


ORDERED = f"""
    FROM sale_order_line l JOIN sale_order o ON o.id = l.order_id
   WHERE o.state = 'sale' AND o.company_id = %(company)s AND l.credited_user_id = %(user)s
     AND {local("l.credited_at")} BETWEEN %(first)s AND %(last)s
     AND l.display_type IS NULL AND NOT COALESCE(l.is_downpayment, FALSE)
"""
INVOICED = """
    FROM account_move_line l JOIN account_move m ON m.id = l.move_id
   WHERE m.state = 'posted' AND m.move_type IN ('out_invoice', 'out_refund')
     AND m.company_id = %(company)s AND l.credited_user_id = %(user)s
     AND m.invoice_date BETWEEN %(first)s AND %(last)s
     AND l.display_type = 'product' AND NOT COALESCE(l.is_downpayment, FALSE)
"""
SIGN = "(CASE m.move_type WHEN 'out_refund' THEN -1 ELSE 1 END)"
INVOICED_AMOUNT = f"{SIGN} * l.price_subtotal / m.invoice_currency_rate"
CONTACTS = f"""
    FROM sales_contact c LEFT JOIN sales_contact s ON s.id = c.corrects_id
   WHERE c.company_id = %(company)s AND c.user_id = %(user)s AND c.state <> 'draft'
     AND (c.signed_at IS NOT NULL OR s.signed_at IS NOT NULL)
     AND {local("c.happened_at")} BETWEEN %(first)s AND %(last)s
"""
DUE = f"""
    FROM regulation_deadline d
   WHERE d.company_id = %(company)s AND d.user_id = %(user)s AND d.state <> 'cancelled'
     AND d.due_at < %(now)s AND {local("d.due_at")} BETWEEN %(first)s AND %(last)s
"""
KEPT = "(d.state = 'kept' OR (d.state = 'open' AND COALESCE(d.touched_at <= d.due_at, FALSE)))"
COMPLAINTS = f"""
    SELECT COUNT(*), NULL, COUNT(*) FROM sales_ticket t
      JOIN sales_ticket_kind k ON k.id = t.kind_id
     WHERE k.code = 'complaint' AND t.company_id = %(company)s AND t.user_id = %(user)s
       AND {local("t.received_at")} BETWEEN %(first)s AND %(last)s
"""
BOUGHT = """
    SELECT l.id, l.credited_at, l.credited_user_id, p.commercial_partner_id AS customer,
           l.credited_country_id AS country, COALESCE(l.credited_state_id, 0) AS region
      FROM sale_order_line l JOIN sale_order o ON o.id = l.order_id
      JOIN res_partner p ON p.id = o.partner_id
     WHERE o.state = 'sale' AND o.company_id = %(company)s AND l.display_type IS NULL
"""


def first_of(same, condition="TRUE"):
    """Lines before which there is none of the same."""
    return f"""
        WITH bought AS ({BOUGHT} AND {condition})
        SELECT COUNT(*), NULL, COUNT(*) FROM bought b
         WHERE b.credited_user_id = %(user)s
           AND {local("b.credited_at")} BETWEEN %(first)s AND %(last)s
           AND NOT EXISTS (SELECT 1 FROM bought e
                            WHERE {same} AND (e.credited_at, e.id) < (b.credited_at, b.id))
    """


#: second counts that are one query: numerator, denominator, number of records
QUERIES = {
    "sales_ordered": f"SELECT SUM(l.price_subtotal / o.currency_rate), NULL, COUNT(*) {ORDERED}",
    "sales_amount": f"SELECT SUM({INVOICED_AMOUNT}), NULL, COUNT(*) {INVOICED}",
    "sales_external": f"""
        SELECT SUM({INVOICED_AMOUNT}), NULL, COUNT(*) {INVOICED}
           AND l.credited_country_id <> (SELECT p.country_id FROM res_company c
                                           JOIN res_partner p ON p.id = c.partner_id
                                          WHERE c.id = %(company)s)""",
    "quantity": f"""
        SELECT SUM({SIGN} * l.quantity * CASE l.product_uom_id WHEN %(dozen)s THEN 12 ELSE 1 END),
               NULL, COUNT(*) {INVOICED}""",
    "profit": f"""
        SELECT SUM({INVOICED_AMOUNT} - {SIGN} * l.quantity * l.credited_cost), NULL, COUNT(*)
        {INVOICED}""",
    "new_customers": first_of("e.customer = b.customer"),
    "new_markets": first_of(
        "(e.country, e.region) = (b.country, b.region)", "l.credited_country_id IS NOT NULL"
    ),
    "new_key_accounts": f"""
        SELECT COUNT(*), NULL, COUNT(*) FROM ka_tier_assignment t
         WHERE t.company_id = %(company)s AND t.previous_tier_id IS NULL
           AND t.date_from BETWEEN %(first)s AND %(last)s
           AND %(user)s = (SELECT r.user_id FROM customer_registration r
                            WHERE r.partner_id = t.partner_id AND r.company_id = t.company_id
                              AND {local("r.registered_at")} <= t.date_from
                              AND COALESCE({local("r.ended_at")} > t.date_from, TRUE)
                            ORDER BY r.registered_at DESC, r.id DESC LIMIT 1)""",
    "satisfaction": """
        SELECT SUM(s.score), COUNT(*), COUNT(*) FROM sales_satisfaction s
         WHERE s.company_id = %(company)s AND s.user_id = %(user)s
           AND s.date BETWEEN %(first)s AND %(last)s
           AND COALESCE(s.recorded_by_id, 0) <> s.user_id""",
    "opportunities": f"""
        WITH found AS (
            SELECT a.id, a.res_model, a.res_id, a.submitted_by_id, a.decided_at
              FROM regulation_approval a JOIN regulation_approval_kind k ON k.id = a.kind_id
             WHERE a.company_id = %(company)s AND a.state = 'approved'
               AND k.code IN ('opportunity_entry', 'lead_handover'))
        SELECT COUNT(*), NULL, COUNT(*) FROM found a
         WHERE a.submitted_by_id = %(user)s
           AND {local("a.decided_at")} BETWEEN %(first)s AND %(last)s
           AND NOT EXISTS (SELECT 1 FROM found e
                            WHERE (e.res_model, e.res_id) = (a.res_model, a.res_id)
                              AND (e.decided_at, e.id) < (a.decided_at, a.id))""",
    "proposal_quality": f"""
        SELECT SUM(p.quality_score), COUNT(*), COUNT(*) FROM solution_proposal p
         WHERE p.company_id = %(company)s AND p.user_id = %(user)s
           AND p.state IN ('approved', 'superseded') AND p.scored_by_id IS NOT NULL
           AND {local("p.decided_at")} BETWEEN %(first)s AND %(last)s""",
    "complaints": COMPLAINTS,
    "complaints_ordinary": f"{COMPLAINTS} AND t.severity = 'ordinary'",
    "complaints_major": f"{COMPLAINTS} AND t.severity = 'major'",
    "deadline_breaches": f"SELECT COUNT(*) FILTER (WHERE NOT {KEPT}), NULL, COUNT(*) {DUE}",
    "deadlines_kept": f"SELECT COUNT(*) FILTER (WHERE {KEPT}), COUNT(*), COUNT(*) {DUE}",
    "visit_cadence": """
        SELECT COUNT(*) FILTER (WHERE i.state = 'done'), COUNT(*), COUNT(*)
          FROM regulation_duty_instance i JOIN regulation_duty d ON d.id = i.duty_id
         WHERE i.company_id = %(company)s AND i.user_id = %(user)s
           AND i.month BETWEEN %(first)s AND %(last)s
           AND (i.state = 'done' OR i.period_end < %(today)s)
           AND d.code IN ('visit_key', 'visit_secondary', 'visit_general')""",
    "visit_records": f"""
        SELECT COUNT(*) FILTER (WHERE NOT COALESCE(c.is_late, FALSE)), COUNT(*), COUNT(*)
          FROM sales_contact c
         WHERE c.company_id = %(company)s AND c.user_id = %(user)s AND c.state = 'handed_in'
           AND c.channel = 'visit' AND c.quantity > 0
           AND {local("c.happened_at")} BETWEEN %(first)s AND %(last)s""",
    "log_timeliness": """
        WITH due AS (
            SELECT NOT COALESCE(r.is_late, FALSE) AS good FROM work_report r
             WHERE r.company_id = %(company)s AND r.user_id = %(user)s
               AND r.handed_in_at IS NOT NULL AND r.period_start BETWEEN %(first)s AND %(last)s
            UNION ALL
            SELECT FALSE FROM regulation_duty_instance i
              JOIN regulation_duty d ON d.id = i.duty_id
              JOIN regulation_report_type t ON t.profile_id = i.profile_id AND t.code = d.code
             WHERE i.company_id = %(company)s AND i.user_id = %(user)s AND i.state <> 'done'
               AND i.state <> 'excused' AND i.state <> 'cancelled'
               AND i.period_end < %(today)s AND i.period_start BETWEEN %(first)s AND %(last)s)
        SELECT COUNT(*) FILTER (WHERE good), COUNT(*), COUNT(*) FROM due""",
    "calls": f"SELECT SUM(c.quantity), NULL, COUNT(*) {CONTACTS} AND c.channel = 'call'",
    "mails": f"SELECT SUM(c.quantity), NULL, COUNT(*) {CONTACTS} AND c.channel IN ('email', 'fax')",
    "interested": f"SELECT SUM(c.quantity), NULL, COUNT(*) {CONTACTS} AND c.interested",
    "contacts": f"SELECT SUM(c.quantity), NULL, COUNT(*) {CONTACTS}",
    "closing_rate": f"""
        SELECT COUNT(*) FILTER (WHERE w.won_status = 'won'), COUNT(*), COUNT(*) FROM crm_lead w
         WHERE w.type = 'opportunity' AND w.user_id = %(user)s
           AND COALESCE(w.company_id, %(company)s) = %(company)s
           AND w.won_status <> 'pending' AND {local("w.date_closed")} BETWEEN %(first)s AND %(last)s""",
}

#: ``{indicator: (second count, what is printed, with fewer records there is no figure)}``
SECOND = {
    **{
        code: Second(f"query_{code}", SUM, 0)
        for code in (
            *("sales_ordered", "sales_amount", "sales_external", "quantity", "profit"),
            *("new_customers", "new_markets", "new_key_accounts", "opportunities"),
            *("complaints", "complaints_ordinary", "complaints_major", "deadline_breaches"),
            *("calls", "mails", "interested", "contacts"),
        )
    },
    **{
        code: Second(f"query_{code}", RATIO, 1)
        for code in (
            *("deadlines_kept", "visit_cadence", "visit_records", "log_timeliness"),
            "closing_rate",
        )
    },
    "satisfaction": Second("query_satisfaction", MEAN, 3),
    "proposal_quality": Second("query_proposal_quality", MEAN, 1),
    "sales_collected": Second("collected", SUM, 0),
    "collection_rate": Second("collection_rate", RATIO, 0),
    "growth": Second("growth", RATIO, 0),
    "churn": Second("churn", RATIO, 0),
    "quota": Second("quota", MEAN, 0),
    "rep_days": Second("rep_days", SUM, 0),
    "contacts_per_day": Second("per_day", SUM, 0),
    "sales_per_day": Second("per_day", SUM, 0),
    "assessment": Second("rated", MEAN, 1),
    "superior_rating": Second("rated", MEAN, 1),
    "self_rating": Second("rated", MEAN, 1),
    "team_work": Second("entered", MEAN, 1),
    "market_share": Second("entered", MEAN, 1),
    "negotiation_success": Second("entered", MEAN, 1),
}
#: shipped indicators that are not counted a second time, with the reason
EXEMPT = {}
#: ways to count that no shipped indicator uses, with the reason
EXEMPT_PROVIDERS = {}
#: the records behind these figures are others than those that were counted, with the reason
OTHER_EVIDENCE = {
    "growth": "opens the period, not the one compared with",
    "churn": "opens the orders of the customers, not the customers",
    "new_customers": "opens the orders of the period, the first ones among them",
    "new_markets": "opens the orders of the period, the first ones among them",
    "new_key_accounts": "opens the tiers of the period, whoever owned the customers",
    "opportunities": "opens all approvals of a lead, counted is the first",
    "sales_collected": "opens the allocations, those too whose payment is worth nothing any more",
    "collection_rate": "opens the money, counted are invoices too",
    "log_timeliness": "opens the reports; of a report that is missing there is no record",
    "quota": "opens the contacts",
    "rep_days": "opens the leaves",
}


@tagged("post_install", "-at_install")
class TestSecondCount(RowCopies, KpiCommon):
    """Random rows of all that is scored, in two companies; both counts agree to the last digit."""

    @classmethod
    def _scored_profile(cls, **values):
        return super()._scored_profile(
            rater_group_ids=[
                Command.create(
                    {
                        "kind": kind,
                        "weight": weight,
                        "days": 5,
                        "least": least,
                        "role_id": role and cls.roles[role].id,
                    }
                )
                for kind, weight, least, role in RATERS
            ],
            quota_ids=[
                Command.create(
                    {
                        "name": f"{role} {channels}",
                        "role_id": cls.roles[role].id,
                        "daily": daily,
                        "channel_filter": channels,
                        "interested": interested,
                    }
                )
                for role, daily, channels, interested in QUOTAS
            ],
            report_type_ids=[Command.create({"code": "daily_log", "name": "Log"})],
            **values,
        )

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.uids = [cls.users[login].id for login in PEOPLE]
        cls.sister = cls.env["res.company"].create(
            {"name": "Sister", "currency_id": cls.cny.id, "country_id": cls.env.ref("base.us").id}
        )
        cls.companies = [cls.company.id] * 6 + [cls.sister.id]
        cls.dozen = cls.env.ref("uom.product_uom_dozen")
        cls.partners = list(cls.customers.values())
        # A contact person buys for his company
        cls.partners.append(
            cls.env["res.partner"].create({"name": "Buyer", "parent_id": cls.partners[0].id})
        )
        # Some customers are lost: they buy as others do, and then no more
        cls.former = cls.env["res.partner"].create([{"name": f"Former {number}"} for number in range(6)])
        cls.churn_quarter = cls._indicator("churn").copy({"code": "churn_quarter", "months": 3})
        cls.countries = [cls.env.ref(f"base.{code}").id for code in ("cn", "us", "de")] + [None]
        cls.regions = [None, *cls.env.ref("base.us").state_ids[:2].ids]
        cls._build_rows()
        cls._build_money()
        cls.env.flush_all()
        # What the copies are made of counts for nobody
        for table, values in (
            ("sale_order", "state = 'cancel'"),
            ("sale_order_line", "state = 'cancel'"),
            ("account_move", "state = 'draft'"),
            ("account_move_line", "parent_state = 'draft'"),
        ):
            cls.env.cr.execute(f"UPDATE {table} SET {values} WHERE id = %s", [cls.rows[table]])
        cls.env.invalidate_all()

    @classmethod
    def _build_rows(cls):
        """One real record of each kind, of nobody of interest and long ago."""
        company, user, partner = cls.company.id, cls.users["wh"].id, cls.partners[0].id
        old = {"company_id": company, "user_id": user}
        order = cls._order("a", price=100.0)
        order.action_confirm()
        invoice = order.sudo()._create_invoices()
        invoice.invoice_date = date(2020, 1, 1)
        invoice.action_post()
        duty = cls.env["regulation.duty"].search([("code", "=", "visit_key")], limit=1)
        made = {
            "sale_order": order,
            "sale_order_line": order.order_line,
            "account_move": invoice,
            "account_move_line": invoice.invoice_line_ids,
            "sales_satisfaction": cls.env["sales.satisfaction"]._note_answers(
                [{**old, "source": "campaign", "score": 1, "date": "2020-01-01"}]
            ),
            "sales_ticket": cls.env["sales.ticket"].create(
                {
                    "subject": "x",
                    "partner_id": partner,
                    "kind_id": cls.env.ref("sales_regulation.ticket_kind_inquiry").id,
                    "company_id": company,
                }
            ),
            "sales_contact": cls.env["sales.contact"].create({**old, "partner_id": partner}),
            "regulation_deadline": engine(cls.env["regulation.deadline"]).create(
                {
                    **old,
                    "code": "x",
                    "rule_id": cls.env["regulation.deadline.rule"].search([], limit=1).id,
                    "started_at": "2020-01-01",
                    "due_at": "2020-01-01",
                    "state": "cancelled",
                    "res_model": "res.partner",
                    "res_id": 1,
                }
            ),
            "regulation_duty_instance": engine(cls.env["regulation.duty.instance"]).create(
                {
                    **old,
                    "duty_id": duty.id,
                    "profile_id": cls.profile.id,
                    "period_start": "2020-01-01",
                    "period_end": "2020-01-01",
                }
            ),
            "regulation_approval": engine(cls.env["regulation.approval"]).create(
                {
                    "kind_id": cls.env.ref("sales_regulation.approval_kind_lead_handover").id,
                    "company_id": company,
                    "profile_id": cls.profile.id,
                    "res_model": "crm.lead.handover",
                    "res_id": 1,
                    "submitted_by_id": user,
                    "submitted_at": "2020-01-01",
                    "state": "refused",
                    "fingerprint": "x",
                }
            ),
            "solution_proposal": cls.env["solution.proposal"].create(
                {**old, "kind": "service", "partner_id": partner, "user_id": cls.users["a"].id}
            ),
            "work_report": engine(cls.env["work.report"]).create(
                {
                    **old,
                    "type_id": cls.profile.report_type_ids.id,
                    "day": "2020-01-01",
                }
            ),
            "ka_tier_assignment": engine(cls.env["ka.tier.assignment"]).create(
                {
                    "company_id": company,
                    "partner_id": partner,
                    "tier_id": cls.env["ka.tier"].search([], limit=1).id,
                    "date_from": "2019-01-01",
                    "date_to": "2019-02-01",
                }
            ),
            "customer_registration": engine(cls.env["customer.registration"]).create(
                {
                    **old,
                    "partner_id": partner,
                    "registered_at": "2019-01-01",
                    "ended_at": "2019-02-01",
                    "state": "ended",
                    "how": "registered",
                }
            ),
            "crm_lead": cls.env["crm.lead"].create({**old, "name": "x", "type": "lead"}),
            "resource_calendar_leaves": cls.env["resource.calendar.leaves"].create(
                {
                    "name": "x",
                    "company_id": company,
                    "calendar_id": cls.calendar.id,
                    "resource_id": cls.employees["wh"].resource_id.id,
                    "date_from": "2020-01-01 00:00:00",
                    "date_to": "2020-01-02 00:00:00",
                }
            ),
            "regulation_extra_day": cls.env["regulation.extra.day"].create(
                {"company_id": company, "date": "2020-01-04"}
            ),
            "regulation_role_assignment": cls.env["regulation.role.assignment"].search(
                [("user_id", "=", cls.users["a"].id), ("role_id", "=", cls.roles["ka_rep"].id)]
            ),
            "kpi_manual_value": cls.env["kpi.manual.value"].create(
                {
                    **old,
                    "indicator_id": cls._indicator("team_work").id,
                    "date": "2020-01-01",
                    "value": 1,
                    "source": "x",
                }
            ),
            "kpi_cycle": engine(cls.env["kpi.cycle"]).create(
                {"company_id": company, "day": "2020-01-01"}
            ),
        }
        cls.rows = {table: record.id for table, record in made.items()}
        cls.env.flush_all()
        cycle = cls.rows["kpi_cycle"]
        cls.env.cr.execute(
            """
            INSERT INTO kpi_rating_request (cycle_id, company_id, user_id, kind, rater_id, state)
            VALUES (%s, %s, %s, 'self', %s, 'open') RETURNING id""",
            [cycle, company, user, user],
        )
        cls.rows["kpi_rating_request"] = cls.env.cr.fetchone()[0]
        cls.env["kpi.rating.answer"].sudo()._keep(
            made["kpi_cycle"], cls.users["wh"], "peer", 1, ""
        )
        cls.env.cr.execute("SELECT id FROM kpi_rating_answer WHERE cycle_id = %s", [cycle])
        cls.rows["kpi_rating_answer"] = cls.env.cr.fetchone()[0]
        # Codes that the counts tell apart
        cls.duties = {}
        for code in ("visit_key", "visit_secondary", "daily_log", "other_duty"):
            cls.duties[code] = engine(duty).copy({"code": code, "profile_id": cls.profile.id}).id
        cls.approval_kinds = [
            cls.env.ref(f"sales_regulation.approval_kind_{code}").id
            for code in ("lead_handover", "opportunity_entry", "price")
        ]
        cls.ticket_kinds = [
            cls.env.ref(f"sales_regulation.ticket_kind_{code}").id
            for code in ("complaint", "complaint", "inquiry")
        ]
        cls.tiers = cls.env["ka.tier"].search([]).ids

    @classmethod
    def _build_money(cls):
        """Payments, and what each is worth today: ``{(column, id): amount}``."""
        cls.foreign = cls.env["res.currency"].create({"name": "TST", "symbol": "T"})
        #: (from day, units for one of the company's currency)
        cls.rates = [(date(2026, 3, 10), 0.5), (date(2026, 3, 25), 0.25), (date(2026, 4, 12), 0.2)]
        for day, rate in cls.rates:
            cls.env["res.currency.rate"].create(
                {
                    "currency_id": cls.foreign.id,
                    "company_id": cls.company.id,
                    "name": day,
                    "rate": rate,
                }
            )
        bank = cls.env["account.journal"].search(
            [("company_id", "=", cls.company.id), ("type", "=", "bank")], limit=1
        )

        def payment(amount, kind="inbound", **values):
            made = cls.env["account.payment"].create(
                {
                    "payment_type": kind,
                    "partner_type": "customer",
                    "partner_id": cls.partners[0].id,
                    "amount": amount,
                    "journal_id": bank.id,
                    "date": date(2026, 3, 1),
                    "company_id": cls.company.id,
                    **values,
                }
            )
            made.action_post()
            return made

        whole, bounced, back = payment(1000), payment(500), payment(400, "outbound")
        bounced.action_cancel()
        paid_back, refund = payment(1000), payment(300, "outbound")
        lines = (paid_back.move_id | refund.move_id).line_ids
        lines.filtered(lambda line: line.account_id.account_type == "asset_receivable").reconcile()
        statement = cls.env["account.bank.statement.line"].create(
            {"journal_id": bank.id, "amount": 800, "date": date(2026, 3, 1), "payment_ref": "x"}
        )
        cls.worth = {
            ("payment_id", whole.id): 1000,
            ("payment_id", bounced.id): 0,
            ("payment_id", back.id): 400,
            ("payment_id", paid_back.id): 700,
            ("statement_line_id", statement.id): 800,
        }
        cls.outgoing = back.id
        order = cls.env["sale.order"].browse(cls.rows["sale_order"])
        cls.rows["sale_payment_allocation"] = (
            engine(cls.env["sale.payment.allocation"].sudo())
            .create(
                {
                    "order_id": order.id,
                    "payment_id": whole.id,
                    "amount": 1,
                    "date": "2020-01-01",
                    "order_currency_id": cls.cny.id,
                    "order_amount": 1,
                }
            )
            .id
        )

    # === RANDOM DATA === #

    def moment(self, old=True):
        """UTC: of February to May, at their borders, or a year or more before."""
        rng = self.rng
        minutes = rng.choice(BORDERS) if rng.random() < 0.3 else rng.randint(-30 * 1440, 65 * 1440)
        stamp = BEGIN + timedelta(minutes=minutes)
        if old and rng.random() < 0.3:
            stamp -= timedelta(days=rng.choice([365, 365, 366, 330, 400]))
        return stamp

    def day(self, **options):
        """A date in Shanghai."""
        return (self.moment(**options) + SHANGHAI).date()

    def who(self, nobody=False):
        return self.rng.choice([*self.uids, *([None] if nobody else [])])

    def cents(self, most=10**7):
        return Fraction(self.rng.randint(1, most), 100)

    def invent(self, seed):
        """Rows of everything that scores read."""
        self.rng = random.Random(bytes(seed))
        for part in ("orders", "bills", "money", "sayings", "work", "time", "customers_owned", "ratings"):
            getattr(self, f"invent_{part}")()

    def invent_orders(self):
        self.orders = []
        for _number in range(self.rng.randint(6, 12)):
            self.invent_order(self.rng.choice(self.partners))
        for partner in self.former:
            self.invent_former(partner)

    def invent_former(self, partner):
        """A customer of his own, who bought in the past and has mostly been silent since."""
        rng = self.rng
        months = rng.choice([3, 12, rng.randint(3, 14)])
        day = rng.choice(MONTHS).first - relativedelta(months=months)
        stamp = datetime.combine(day, time.min) - SHANGHAI
        self.invent_order(partner, stamp + timedelta(minutes=rng.randint(-1440, 31 * 1440)))
        if rng.random() < 0.3:
            self.invent_order(partner)

    def invent_order(self, partner, stamp=None):
        """An order of a few lines, each sold at a moment of its own if none is given."""
        rng = self.rng
        taxed, lines = 0, []
        for _line in range(rng.randint(1, 3)):
            untaxed = self.cents()
            total = round(untaxed * 113 / 100, 2)
            taxed += total
            lines.append((untaxed, total))
        currency = rng.choice([self.cny.id, self.foreign.id])
        company = rng.choice(self.companies)
        state = rng.choice(["sale"] * 5 + ["cancel", "draft"])
        order = self.copy_row(
            "sale_order",
            company_id=company,
            state=state,
            currency_id=currency,
            currency_rate=1 if currency == self.cny.id else rng.choice([0.5, 0.25]),
            partner_id=partner.id,
            amount_total=float(taxed),
            date_order=BEGIN,
        )
        self.orders.append((order, company, currency, taxed))
        for untaxed, total in lines:
            self.copy_row(
                "sale_order_line",
                order_id=order,
                company_id=company,
                state=state,
                credited_user_id=self.who(nobody=rng.random() < 0.2),
                credited_at=stamp or self.moment(),
                credited_cost=float(self.cents(1000)),
                credited_country_id=rng.choice(self.countries),
                credited_state_id=rng.choice(self.regions),
                price_subtotal=float(untaxed),
                price_total=float(total),
                product_uom_qty=rng.randint(1, 9),
                product_uom_id=rng.choice([self.product.uom_id.id, self.dozen.id]),
                is_downpayment=rng.random() < 0.15,
            )

    def invent_bills(self):
        rng = self.rng
        for _number in range(rng.randint(8, 16)):
            refund = rng.random() < 0.3
            rate = rng.choice([1, 0.5, 0.25])
            untaxed = self.cents()
            balance = float(untaxed / Fraction(rate)) * (1 if refund else -1)
            company = rng.choice(self.companies)
            state = rng.choice(["posted"] * 5 + ["draft", "cancel"])
            day = self.day()
            move = self.copy_row(
                "account_move",
                company_id=company,
                state=state,
                move_type="out_refund" if refund else "out_invoice",
                name="/",
                invoice_date=day,
                date=day,
                invoice_currency_rate=rate,
            )
            self.copy_row(
                "account_move_line",
                move_id=move,
                company_id=company,
                parent_state=state,
                date=day,
                invoice_date=day,
                credited_user_id=self.who(),
                credited_cost=float(self.cents(1000)),
                credited_country_id=rng.choice(self.countries),
                balance=balance,
                amount_currency=balance,
                debit=max(balance, 0),
                credit=max(-balance, 0),
                quantity=rng.randint(1, 9),
                product_uom_id=rng.choice([self.product.uom_id.id, self.dozen.id]),
                price_subtotal=float(untaxed),
                price_total=float(untaxed),
                is_downpayment=rng.random() < 0.15,
            )

    def invent_money(self):
        """Allocations of money: whole, too much, taken back, of money that is gone."""
        rng = self.rng
        ours = [row for row in self.orders if row[1] == self.company.id]
        if not ours:
            return
        sources = list(self.worth)
        for _number in range(rng.randint(4, 10)):
            order, company, currency, _total = rng.choice(ours)
            column, source = rng.choice(sources)
            amount = self.cents(60_000)
            if source == self.outgoing:
                amount = -amount
            state = rng.choice(["confirmed"] * 5 + ["proposed", "cancelled"])
            values = {
                "order_id": order,
                "company_id": company,
                "payment_id": None,
                "statement_line_id": None,
                column: source,
                "order_currency_id": currency,
                "state": state,
            }
            first = self.copy_row(
                "sale_payment_allocation",
                **values,
                amount=float(amount),
                order_amount=float(amount * rng.choice([1, 2])),
                date=self.day(old=False),
                counters_id=None,
            )
            if state == "confirmed" and rng.random() < 0.3:
                self.copy_row(
                    "sale_payment_allocation",
                    **values,
                    amount=-float(amount),
                    order_amount=-float(amount),
                    date=self.day(old=False),
                    counters_id=first,
                )

    def invent_sayings(self):
        rng = self.rng
        entered = set()
        for number in range(rng.randint(10, 18)):
            user, company = self.who(), rng.choice(self.companies)
            self.copy_row(
                "sales_satisfaction",
                user_id=user,
                company_id=company,
                date=self.day(old=False),
                score=rng.randint(0, 100),
                recorded_by_id=rng.choice([None, None, user, self.users["km"].id]),
            )
            self.copy_row(
                "sales_ticket",
                user_id=user,
                company_id=company,
                received_at=self.moment(old=False),
                severity=rng.choice(["major", "ordinary"]),
                kind_id=rng.choice(self.ticket_kinds),
            )
            self.copy_row(
                "solution_proposal",
                user_id=user,
                company_id=company,
                decided_at=self.moment(old=False),
                quality_score=rng.randint(0, 100),
                state=rng.choice(["approved", "superseded", "returned", "submitted"]),
                scored_by_id=rng.choice([self.users["km"].id, self.users["km"].id, None]),
            )
            self.copy_row(
                "regulation_approval",
                submitted_by_id=user,
                company_id=company,
                decided_at=self.moment(old=False),
                res_id=1000 + number // 2,  # a lead is evaluated again
                kind_id=rng.choice(self.approval_kinds),
                state=rng.choice(["approved", "approved", "refused"]),
            )
            self.copy_row(
                "crm_lead",
                user_id=user,
                company_id=rng.choice([company, company, None]),
                type=rng.choice(["opportunity"] * 4 + ["lead"]),
                won_status=rng.choice(["won", "lost", "pending"]),
                date_closed=self.moment(old=False),
            )
            entry = {
                "user_id": user,
                "company_id": company,
                "date": self.day(old=False),
                "indicator_id": self._indicator(
                    rng.choice(
                        [code for code, second in SECOND.items() if second.count in ("entered", "rated")]
                    )
                ).id,
            }
            if tuple(entry.values()) not in entered:  # one figure of somebody on a day
                entered.add(tuple(entry.values()))
                self.copy_row("kpi_manual_value", **entry, value=rng.randint(0, 100))

    def invent_work(self):
        rng = self.rng
        signed, reports = {}, set()
        for number in range(rng.randint(14, 24)):
            user, company = self.who(), rng.choice(self.companies)
            due = self.moment(old=False)
            self.copy_row(
                "regulation_deadline",
                user_id=user,
                company_id=company,
                due_at=due,
                state=rng.choice(["kept", "breached", "overdue", "open", "cancelled"]),
                touched_at=rng.choice([None, due, due - timedelta(hours=1), due + timedelta(hours=1)]),
                res_id=1000 + number,
            )
            day = self.day(old=False)
            self.copy_row(
                "regulation_duty_instance",
                user_id=user,
                company_id=company,
                duty_id=rng.choice(list(self.duties.values())),
                subject_id=1000 + number,
                period_start=day,
                period_end=day + timedelta(days=rng.choice([0, 6])),
                month=day.replace(day=1),
                state=rng.choice(["done", "missed", "open"]),
            )
            report = company, user, rng.choice(["daily_log", "weekly"]), day
            if report not in reports:  # of a period there is one
                reports.add(report)
                self.copy_row(
                    "work_report",
                    user_id=user,
                    company_id=company,
                    type_id=self.profile.report_type_ids.id,
                    code=report[2],
                    period_start=day,
                    period_end=day,
                    handed_in_at=rng.choice([due, due, None]),
                    is_late=rng.choice([True, False, None]),
                )
            contact = {
                "user_id": user,
                "company_id": company,
                "channel": rng.choice(CHANNELS),
                "interested": rng.random() < 0.5,
            }
            values = {
                **contact,
                "happened_at": self.moment(old=False),
                "state": rng.choice(["handed_in"] * 3 + ["draft"]),
                "is_late": rng.choice([True, False, None]),
                "signed_at": rng.choice([due, due, None]),
                "quantity": 1,
                "corrects_id": None,
            }
            signed[number] = self.copy_row("sales_contact", **values), contact
            if rng.random() < 0.2:  # taken back, each once
                row, contact = signed.pop(rng.choice(list(signed)))
                self.copy_row(
                    "sales_contact",
                    **{**values, **contact, "quantity": -1, "corrects_id": row, "signed_at": None},
                )

    def invent_time(self):
        """Leave, a public holiday, a make-up day, and who holds his role for how long."""
        rng = self.rng
        for login in PEOPLE:
            for _number in range(rng.randint(0, 3)):
                begin = self.day(old=False)
                hours = rng.choice([(0, 24), (9, 12), (9, 13), (12, 18), (13, 18), (9, 30)])
                start, end = (
                    datetime.combine(begin, datetime.min.time()) + timedelta(hours=hour) - SHANGHAI
                    for hour in hours
                )
                self.copy_row(
                    "resource_calendar_leaves",
                    resource_id=self.employees[login].resource_id.id,
                    date_from=start,
                    date_to=end,
                    time_type=rng.choice(["leave", "leave", "other"]),
                )
        day = date(2026, 4, 6)
        if rng.random() < 0.7:
            start = datetime.combine(day, datetime.min.time()) - SHANGHAI
            self.copy_row(
                "resource_calendar_leaves",
                resource_id=None,
                date_from=start,
                date_to=start + timedelta(days=1),
                time_type="leave",
            )
        if rng.random() < 0.7:
            self.copy_row("regulation_extra_day", date=rng.choice([date(2026, 3, 14), date(2026, 4, 11)]))
        held = [self.users["a"].id, self.users["b"].id], self.roles["ka_rep"].id
        self.env.cr.execute(
            "DELETE FROM regulation_role_assignment WHERE id <> %s AND user_id = ANY(%s) AND role_id = %s",
            [self.rows["regulation_role_assignment"], *held],
        )
        self.env.cr.execute(
            "UPDATE regulation_role_assignment SET date_from = '2019-01-01', date_to = '2019-02-01'"
            " WHERE id = %s",
            [self.rows["regulation_role_assignment"]],
        )
        for user in held[0]:
            for first, last in rng.choice(
                [
                    [(date(2020, 1, 1), None)],
                    [(date(2026, 3, 9), date(2026, 4, 10))],
                    [(date(2020, 1, 1), date(2026, 3, 6)), (date(2026, 3, 23), None)],
                    [(date(2026, 4, 13), None)],
                ]
            ):
                self.copy_row(
                    "regulation_role_assignment", user_id=user, date_from=first, date_to=last
                )
        self.env.registry.clear_cache("stable")
        self.env.registry.clear_cache()

    def invent_customers_owned(self):
        rng = self.rng
        for partner in self.partners[:4]:
            for company in {self.company.id, rng.choice(self.companies)}:
                stamp = self.moment()
                for _number in range(rng.randint(1, 3)):
                    ended = stamp + timedelta(days=rng.randint(0, 40))
                    self.copy_row(
                        "customer_registration",
                        partner_id=partner.id,
                        company_id=company,
                        user_id=self.who(),
                        registered_at=stamp,
                        ended_at=rng.choice([ended, ended, None]),
                        state="ended",
                    )
                    stamp = ended
                for _number in range(rng.randint(1, 2)):
                    self.copy_row(
                        "ka_tier_assignment",
                        partner_id=partner.id,
                        company_id=company,
                        date_from=self.day(old=False),
                        date_to=date(2027, 1, 1),
                        previous_tier_id=rng.choice([None, None, self.tiers[0]]),
                    )

    def invent_ratings(self):
        """Cycles with ratings, closed or not; of March a first revision and a second one."""
        rng = self.rng
        others = [user.id for login, user in self.users.items() if login not in PEOPLE]
        for company in (self.company.id, self.sister.id):
            for period in MONTHS:
                revisions = rng.choice([1, 1, 2])
                for revision in range(1, revisions + 1):
                    cycle = self.copy_row(
                        "kpi_cycle",
                        company_id=company,
                        frequency="monthly",
                        day=period.first,
                        date_from=period.first,
                        date_to=period.last,
                        revision=revision,
                        is_latest=revision == revisions,
                        ratings_closed_at=rng.choice([NOW_UTC, NOW_UTC, None]),
                    )
                    for user in self.uids:
                        if rng.random() < 0.8:
                            self.invent_rated(cycle, company, user, others)

    def invent_rated(self, cycle, company, user, others):
        rng = self.rng
        for kind in ("self", "superior", "hr", "upward", *ANONYMOUS[:2]):
            for rater in rng.sample(others, rng.randint(0, 4)):
                done = rng.random() < 0.8
                value = rng.randint(0, 10_000) / 100
                anonymous = kind in ANONYMOUS
                self.copy_row(
                    "kpi_rating_request",
                    cycle_id=cycle,
                    company_id=company,
                    user_id=user,
                    kind=kind,
                    rater_id=rater,
                    state="done" if done else rng.choice(["open", "expired"]),
                    value=value if done and not anonymous else None,
                )
                if done and anonymous:
                    self.copy_row(
                        "kpi_rating_answer", cycle_id=cycle, user_id=user, kind=kind, value=value
                    )

    # === THE SECOND COUNT === #

    def ask(self, query, **values):
        """The rows of a plain query; %(name)s are the person, the company and the days."""
        self.env.cr.execute(query, {**self.question, **values})
        return self.env.cr.fetchall()

    def second(self, code, user, period):
        """``(numerator, denominator, count)``, counted a second time; None: nothing is known."""
        self.question = {
            "company": self.company.id,
            "user": user,
            "first": period.first,
            "last": period.last,
            "now": NOW_UTC,
            "today": TODAY,
            "dozen": self.dozen.id,
        }
        second = SECOND[code].count
        if second.startswith("query_"):
            [(numerator, denominator, count)] = self.ask(QUERIES[code])
            return (numerator, denominator, count) if count else None
        return getattr(self, f"second_{second}")(code)

    def second_collected(self, _code):
        """Of each allocation what its money is worth, for whom the order is credited to."""
        total, count = Fraction(0), 0
        sums = Counter()
        for column in ("payment_id", "statement_line_id"):
            for source, amount in self.ask(
                f"SELECT {column}, SUM(amount) FROM sale_payment_allocation"
                f" WHERE state = 'confirmed' AND {column} IS NOT NULL GROUP BY 1"
            ):
                sums[column, source] = Fraction(amount)
        for payment, line, day, currency, amount, whole, mine in self.ask(
            """
            SELECT a.payment_id, a.statement_line_id, a.date, a.order_currency_id, a.order_amount,
                   o.amount_total,
                   (SELECT SUM(l.price_subtotal) FROM sale_order_line l
                     WHERE l.order_id = o.id AND l.credited_user_id = %(user)s
                       AND l.display_type IS NULL AND NOT COALESCE(l.is_downpayment, FALSE))
              FROM sale_payment_allocation a JOIN sale_order o ON o.id = a.order_id
             WHERE a.state = 'confirmed' AND a.company_id = %(company)s
               AND a.date BETWEEN %(first)s AND %(last)s"""
        ):
            if mine is None:
                continue
            key = ("payment_id", payment) if payment else ("statement_line_id", line)
            given = abs(sums[key])
            part = min(1, Fraction(self.worth[key]) / given) if given else 1
            rate = Fraction(1)
            if currency == self.foreign.id:
                known = [of for since, of in self.rates if since <= day]
                rate = 1 / Fraction(known[-1] if known else self.rates[0][1])
            total += Fraction(amount) * part * rate * Fraction(mine) / Fraction(whole)
            count += 1
        return (total, None, count) if count else None

    def second_collection_rate(self, _code):
        [(invoiced, _none, bills)] = self.ask(QUERIES["sales_amount"])
        if not invoiced or invoiced <= 0:
            return None
        money = self.second_collected("sales_collected")
        got, count = (money[0], money[2]) if money else (0, 0)
        return got, invoiced, bills + count

    def second_growth(self, _code):
        """This month less the same month a year before, in percent of that one."""
        [(now, _none, bills)] = self.ask(QUERIES["sales_amount"])
        first, last = self.question["first"], self.question["last"]
        [(before, _none, olds)] = self.ask(
            QUERIES["sales_amount"], first=first.replace(year=2025), last=last.replace(year=2025)
        )
        now, before = now or 0, before or 0
        if not before and not bills:
            return None
        return now - before, max(before, 0), bills + olds

    def second_churn(self, _code, months=12):
        """Customers of the months before, for who sold to them last; lost: silent as long."""
        rows = self.ask(
            f"""
            WITH bought AS (SELECT b.*, {local("b.credited_at")} AS day FROM ({BOUGHT}) b),
            customers AS (
                SELECT DISTINCT ON (customer) customer, credited_user_id FROM bought
                 WHERE day >= (%(first)s::date - %(months)s * interval '1 month')::date
                   AND day < %(first)s
                 ORDER BY customer, credited_at DESC, id DESC)
            SELECT c.customer, EXISTS (
                SELECT 1 FROM bought b WHERE b.customer = c.customer AND b.day <= %(last)s
                   AND b.day >= (%(last)s::date + 1 - %(months)s * interval '1 month')::date)
              FROM customers c WHERE c.credited_user_id = %(user)s""",
            months=months,
        )
        lost = sum(not bought for _customer, bought in rows)
        return (lost, len(rows), len(rows)) if rows else None

    def workdays(self, last=None):
        """Days from Monday to Friday that are no holiday, and make-up days."""
        days = self.ask(
            """
            SELECT d::date FROM generate_series(%(first)s::date, %(last)s::date, '1 day') d
             WHERE d::date IN (SELECT date FROM regulation_extra_day WHERE company_id = %(company)s)
                OR (extract(isodow FROM d) < 6 AND NOT EXISTS (
                    SELECT 1 FROM resource_calendar_leaves h
                     WHERE h.resource_id IS NULL AND h.time_type = 'leave'
                       AND h.calendar_id = %(calendar)s
                       AND h.date_from <= d - interval '8 hours'
                       AND h.date_to >= d + interval '16 hours'))""",
            calendar=self.calendar.id,
            last=last or self.question["last"],
        )
        return [day for (day,) in days]

    def away(self):
        """Days on which the person is on leave at noon."""
        return {
            day
            for (day,) in self.ask(
                """
                SELECT d::date
                  FROM generate_series(%(first)s::date, %(last)s::date, '1 day') d
                  JOIN resource_calendar_leaves l ON l.date_from < d + interval '4 hours'
                                                 AND l.date_to >= d + interval '4 hours'
                  JOIN resource_resource r ON r.id = l.resource_id
                 WHERE r.user_id = %(user)s AND l.time_type = 'leave'"""
            )
        }

    def second_rep_days(self, _code):
        """Working days that have begun, less those of leave."""
        last = min(self.question["last"], TODAY)
        days = len(set(self.workdays(last)) - self.away())
        return days, None, days

    def second_quota(self, _code):
        """Of each quota what was attained; more of one makes up for less of another."""
        days = set(self.workdays()) - self.away()
        parts, done = [], 0
        for role, daily, channels, interested in QUOTAS:
            stretches = self.ask(
                """
                SELECT date_from, COALESCE(date_to, '2100-01-01') FROM regulation_role_assignment
                 WHERE role_id = %(role)s AND user_id = %(user)s AND company_id = %(company)s""",
                role=self.roles[role].id,
            )
            owed = daily * sum(any(first <= day <= last for first, last in stretches) for day in days)
            if not owed:
                continue
            condition = ""
            if channels:
                names = ", ".join(f"'{one.strip()}'" for one in channels.split(","))
                condition = f" AND c.channel IN ({names})"
            if interested:
                condition += " AND c.interested"
            [(number,)] = self.ask(f"SELECT COALESCE(SUM(c.quantity), 0) {CONTACTS} {condition}")
            parts.append(Fraction(100 * number, owed))
            done += number
        if not parts:
            return None
        return min(sum(parts), 100 * len(parts)), len(parts), max(done, 1)

    def second_per_day(self, code):
        """A value that a formula makes of two others."""
        part = "contacts" if code == "contacts_per_day" else "sales_amount"
        [(value, _none, count)] = self.ask(QUERIES[part])
        days, _none, number = self.second_rep_days(code)
        return (Fraction(value or 0) / days, None, count + number) if days else None

    def second_entered(self, code):
        """The mean of what was entered for the person."""
        [(total, count)] = self.ask(
            """
            SELECT SUM(v.value), COUNT(*) FROM kpi_manual_value v
              JOIN kpi_indicator i ON i.id = v.indicator_id
             WHERE i.code = %(code)s AND v.company_id = %(company)s AND v.user_id = %(user)s
               AND v.date BETWEEN %(first)s AND %(last)s""",
            code=code,
        )
        return (total, count, count) if count else None

    def second_rated(self, code):
        """The groups with enough answers by their weights, of the latest closed revision."""
        cycles = self.ask(
            """
            SELECT id FROM kpi_cycle WHERE company_id = %(company)s AND date_from = %(first)s
               AND date_to = %(last)s AND ratings_closed_at IS NOT NULL
             ORDER BY revision DESC LIMIT 1"""
        )
        cycle = cycles[0][0] if cycles else 0
        [(asked,)] = self.ask(
            "SELECT COUNT(*) FROM kpi_rating_request WHERE cycle_id = %(cycle)s AND user_id = %(user)s",
            cycle=cycle,
        )
        if not asked:
            return self.second_entered(code)
        said = {}
        for kind, value in self.ask(
            """
            SELECT kind, value FROM kpi_rating_request
             WHERE cycle_id = %(cycle)s AND user_id = %(user)s AND value IS NOT NULL
            UNION ALL
            SELECT kind, value FROM kpi_rating_answer
             WHERE cycle_id = %(cycle)s AND user_id = %(user)s""",
            cycle=cycle,
        ):
            said.setdefault(kind, []).append(Fraction(str(value)))
        wanted = {"superior_rating": ["superior"], "self_rating": ["self"]}.get(code)
        weights, total, number = Fraction(0), Fraction(0), 0
        rep = self.question["user"] != self.users["t"].id
        for kind in dict.fromkeys(kind for kind, *_rest in RATERS):
            weight, least = [
                (weight, least)
                for other, weight, least, role in RATERS
                if other == kind and (role is None or rep)
            ][-1]
            values = said.get(kind, [])
            if len(values) < max(least, 3 if kind in ANONYMOUS else 1):
                continue
            if wanted and kind in wanted:
                weight = weight or 1
            elif wanted or not weight:
                continue
            total += sum(values) / len(values) * weight
            weights += weight
            number += len(values)
        return (total, weights, number) if weights else None

    # === COMPARING === #

    def value_of(self, code, found):
        """What is printed of a second count; None: no data."""
        _count, kind, least = SECOND[code]
        if found is None:
            if kind != SUM or code in ("contacts_per_day", "sales_per_day"):
                return None
            return Fraction(0) if not least else None
        numerator, denominator, count = found
        if count < least:
            return None
        if kind == SUM:
            return Fraction(numerator)
        if not denominator:
            return None
        return Fraction(numerator) / Fraction(denominator) * (100 if kind == RATIO else 1)

    def compare(self, code, indicator, facts):
        figures = facts.figures
        for user in self.uids:
            for period in MONTHS:
                second = self.second(code, user, period)
                figure = figures.get((user, period.key))
                told = f"{code} of {user} in {period.first}: {figure} against {second}"
                value, expected = (
                    indicator._value_of(figure or indicator._nothing()),
                    self.value_of(code, second),
                )
                self.assertEqual(value is None, expected is None, told)
                if value is not None:
                    self.assertAlmostEqual(float(value), float(expected), 6, told)
                if second is None:
                    self.assertFalse(figure and figure.count, told)
                    continue
                numerator, denominator, count = second
                self.assertEqual(figure.count, count, told)
                self.assertAlmostEqual(float(figure.numerator), float(numerator), 6, told)
                self.assertEqual(figure.denominator is None, denominator is None, told)
                if denominator is not None:
                    self.assertAlmostEqual(float(figure.denominator), float(denominator), 6, told)
                self.figures[code] += 1
                self.nonzero[code] += bool(numerator)
                if facts.model and code not in OTHER_EVIDENCE:
                    domain = facts.evidence(user, period)
                    records = self.env[facts.model].sudo().with_context(active_test=False)
                    self.assertEqual(records.search_count(domain), count, f"evidence: {told}")

    # === TESTS === #

    def compare_worlds(self, number):
        """Invent so many worlds, and count each of them twice."""
        self.at(NOW)
        self.figures, self.nonzero = Counter(), Counter()
        indicators = {code: self._indicator(code) for code in SECOND}
        everything = self.env["kpi.indicator"].union(*indicators.values())
        request = Request(self.company, self.uids, MONTHS)

        @settings(
            max_examples=number,
            deadline=None,
            derandomize=True,
            database=None,
            phases=[Phase.generate],  # a smaller seed is no simpler
            report_multiple_bugs=False,
            suppress_health_check=list(HealthCheck),
        )
        @given(st.lists(st.integers(0, 255), min_size=8, max_size=8))
        def agree(seed):
            with self.example():
                self.invent(seed)
                self.env.invalidate_all(flush=False)
                # Together as a cycle asks, some in one query; or each by itself
                together = everything._facts(request) if self.rng.random() < 0.7 else {}
                for code, indicator in indicators.items():
                    facts = together or indicator._facts(request)
                    self.compare(code, indicator, facts[indicator])
                churn = self.churn_quarter
                found = churn._facts(request)[churn].figures
                for user in self.uids:
                    for period in MONTHS:
                        self.second("churn", user, period)
                        figure = found.get((user, period.key))
                        second = self.second_churn("churn", months=3)
                        self.nonzero["churn"] += bool(second and second[0])
                        self.assertEqual(
                            figure and (figure.numerator, figure.denominator, figure.count), second
                        )

        agree()

    def test_second_count(self):
        """No difference; and the figures are not all zero."""
        self.compare_worlds(30)
        few = {code: self.nonzero[code] for code in SECOND if self.nonzero[code] < 10}
        self.assertFalse(few, f"figures that are hardly ever other than zero: {self.nonzero}")

    def test_errors_are_found(self):
        """Ten days too late, the customers of everybody, refunds that count as sales."""
        service = self.env.registry["kpi.provider"]
        silence, summed = service._months_before, service._summed_sql

        def _months_before(provider, request, period, months):
            return [day + timedelta(days=10) for day in silence(provider, request, period, months)]

        for name, wrong in {
            "_months_before": _months_before,
            "_customers_sql": lambda provider, indicator, request: SQL("TRUE"),
            "_summed_sql": lambda provider, indicator: SQL("ABS(%s)", summed(provider, indicator)),
        }.items():
            with (
                self.subTest(name),
                patch.object(service, name, wrong),
                self.assertRaises(AssertionError),
            ):
                self.compare_worlds(30)

    def left_out(self):
        """Shipped indicators and ways to count without a second count."""
        shipped = self.env["ir.model.data"].search(
            [("module", "=", "sales_kpi"), ("model", "=", "kpi.indicator")]
        )
        indicators = self.env["kpi.indicator"].browse(shipped.mapped("res_id")).exists()
        proven = indicators.filtered(lambda one: one.code in SECOND)
        return (
            set(indicators.mapped("code")) - SECOND.keys() - EXEMPT.keys(),
            set(self.env["kpi.provider"]._providers())
            - set(proven.mapped("provider"))
            - EXEMPT_PROVIDERS.keys(),
        )

    def test_nothing_is_left_out(self):
        """Whoever ships an indicator, or a way to count, ships a second count of it."""
        self.assertEqual(self.left_out(), (set(), set()))
        self.assertFalse(SECOND.keys() & EXEMPT.keys())
        self.assertGreater(len(SECOND), 30)

    def test_left_out_is_found(self):
        """A further indicator and a further way to count are missed."""
        further = self._indicator("calls").copy({"code": "letters", "channel_filter": "letter"})
        self.env["ir.model.data"].create(
            {
                "module": "sales_kpi",
                "name": "indicator_letters",
                "model": "kpi.indicator",
                "res_id": further.id,
            }
        )
        providers = self.env.registry["kpi.provider"]._providers
        self.patch(
            self.env.registry["kpi.provider"],
            "_providers",
            lambda service: {**providers(service), "further": Provider("Further")},
        )
        self.assertEqual(self.left_out(), ({"letters"}, {"further"}))
