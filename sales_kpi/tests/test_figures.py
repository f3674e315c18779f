# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from collections import defaultdict
from datetime import date, datetime, timedelta
from fractions import Fraction

from dateutil.relativedelta import relativedelta
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from odoo.tests import tagged

from odoo.addons.sales_regulation.tools import engine

from ..tools import Period, Request
from .common import KpiCommon
from .row_copies import RowCopies

PEOPLE = ("a", "b", "t")
MONTHS = (Period(0, date(2026, 3, 1), date(2026, 3, 31)), Period(1, date(2026, 4, 1), date(2026, 4, 30)))
#: midnight of 2026-03-01 in Shanghai, in UTC
BEGIN = datetime(2026, 2, 28, 16)
SHANGHAI = timedelta(hours=8)

person = st.integers(0, 2)
#: minutes since the beginning of March: from the end of January to the beginning of May, and the
#: borders of months more often than they would come by chance
minute = st.one_of(
    st.integers(-30 * 1440, 65 * 1440),
    st.sampled_from([-1, 0, 31 * 1440 - 1, 31 * 1440, 61 * 1440 - 1, 61 * 1440]),
)
quick = settings(
    max_examples=25,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
)


def moment(minutes):
    return BEGIN + timedelta(minutes=minutes)


def day(minutes):
    """The date in Shanghai."""
    return (moment(minutes) + SHANGHAI).date()


def month(minutes):
    """Key of the period, None: neither."""
    return {3: 0, 4: 1}.get(day(minutes).month)


@tagged("post_install", "-at_install")
class TestFigures(RowCopies, KpiCommon):
    """Every shipped indicator a second time, by plain arithmetic over random rows (issue: "an
    independent check"). The rows are copies of real ones, written straight into the tables."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.uids = [cls.users[login].id for login in PEOPLE]
        cls.partners = list(cls.customers.values())
        cls.model = cls.env["account.move.line"]
        order = cls._order("a", price=100.0)
        order.action_confirm()
        invoice = order.sudo()._create_invoices()
        invoice.invoice_date = date(2025, 1, 1)
        invoice.action_post()
        cls.env.flush_all()
        cls.rows = {
            "sale_order": order.id,
            "sale_order_line": order.order_line.id,
            "account_move": invoice.id,
            "account_move_line": invoice.invoice_line_ids.id,
        }
        cls._build_events()
        cls.env.flush_all()
        # What the copies are made of counts for nobody
        cls.env.cr.execute("UPDATE sale_order SET state = 'cancel' WHERE id = %s", [order.id])
        cls.env.cr.execute(
            "UPDATE account_move_line SET parent_state = 'draft' WHERE move_id = %s", [invoice.id]
        )

    @classmethod
    def _build_events(cls):
        company, user = cls.company.id, cls.users["wh"].id
        answer = cls.env["sales.satisfaction"]._note_answers(
            [
                {
                    "company_id": company,
                    "user_id": user,
                    "source": "campaign",
                    "score": 1,
                    "date": "2020-01-01",
                }
            ]
        )
        ticket = cls.env["sales.ticket"].create(
            {
                "subject": "x",
                "partner_id": cls.partners[0].id,
                "kind_id": cls.env.ref("sales_regulation.ticket_kind_complaint").id,
                "company_id": company,
            }
        )
        contact = cls.env["sales.contact"].create(
            {"user_id": user, "partner_id": cls.partners[0].id, "company_id": company}
        )
        deadline = engine(cls.env["regulation.deadline"]).create(
            {
                "code": "x",
                "rule_id": cls.env["regulation.deadline.rule"].search([], limit=1).id,
                "company_id": company,
                "user_id": user,
                "started_at": "2020-01-01",
                "due_at": "2020-01-01",
                "state": "cancelled",
                "res_model": "res.partner",
                "res_id": 1,
            }
        )
        duty = engine(cls.env["regulation.duty.instance"]).create(
            {
                "duty_id": cls.env["regulation.duty"].search([("code", "=", "visit_key")], limit=1).id,
                "profile_id": cls.profile.id,
                "company_id": company,
                "user_id": user,
                "period_start": "2020-01-01",
                "period_end": "2020-01-01",
            }
        )
        approval = engine(cls.env["regulation.approval"]).create(
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
        )
        proposal = cls.env["solution.proposal"].create(
            {
                "kind": "service",
                "partner_id": cls.partners[0].id,
                "user_id": cls.users["a"].id,
                "company_id": company,
            }
        )
        for record in (answer, ticket, contact, deadline, duty, approval, proposal):
            cls.rows[record._table] = record.id

    # === TOOLS === #

    def counted(self, code, **values):
        """``{(number of the person, month): (numerator, denominator, count)}`` of a provider."""
        indicator = self._indicator(code)
        if values:
            indicator = indicator.copy({"code": f"{code}_copy", **values})
        request = Request(self.company, self.uids, MONTHS)
        facts = indicator._facts(request)[indicator]
        return {
            (self.uids.index(user), key): (figure.numerator, figure.denominator, figure.count)
            for (user, key), figure in facts.figures.items()
            if figure.count
        }

    def check(self, code, expected, **values):
        """The provider and the plain arithmetic say the same."""
        expected = {
            key: (Fraction(one), other if other is None else Fraction(other), count)
            for key, (one, other, count) in expected.items()
        }
        found = self.counted(code, **values)
        self.assertEqual(found.keys(), expected.keys(), code)
        for key, (one, other, count) in expected.items():
            numerator, denominator, number = found[key]
            self.assertAlmostEqual(float(numerator), float(one), 6, f"{code} {key}")
            self.assertEqual(denominator is None, other is None)
            if other is not None:
                self.assertAlmostEqual(float(denominator), float(other), 6)
            self.assertEqual(number, count)

    # === SALES === #

    @quick
    @given(
        st.lists(
            st.fixed_dictionaries(
                {
                    "who": person,
                    "at": minute,
                    "cents": st.integers(1, 10**8),
                    "pieces": st.integers(1, 9),
                    "cost": st.integers(0, 10**4),
                    "rate": st.sampled_from([1, 2, 0.5]),
                    "state": st.sampled_from(["sale", "sale", "sale", "cancel", "draft"]),
                    "abroad": st.booleans(),
                    "customer": st.integers(0, 3),
                    "down": st.sampled_from([False, False, False, True]),
                }
            ),
            max_size=12,
        )
    )
    def test_ordered(self, sales):
        china, usa = self.env.ref("base.cn").id, self.env.ref("base.us").id
        with self.example():
            amount, pieces, profit, abroad = (defaultdict(lambda: [0, 0]) for _table in range(4))
            bought = []
            for row in sales:
                order = self.copy_row(
                    "sale_order",
                    state=row["state"],
                    currency_rate=row["rate"],
                    partner_id=self.partners[row["customer"]].id,
                    date_order=moment(0),
                )
                line = self.copy_row(
                    "sale_order_line",
                    order_id=order,
                    credited_user_id=self.uids[row["who"]],
                    credited_at=moment(row["at"]),
                    credited_cost=row["cost"] / 100,
                    credited_country_id=usa if row["abroad"] else china,
                    price_subtotal=row["cents"] / 100,
                    product_uom_qty=row["pieces"],
                    is_downpayment=row["down"],
                )
                if row["state"] != "sale":
                    continue
                bought.append((moment(row["at"]), line, row))
                if month(row["at"]) is None or row["down"]:
                    continue
                key = row["who"], month(row["at"])
                value = Fraction(row["cents"], 100) / Fraction(row["rate"])
                cost = Fraction(row["cost"], 100) * row["pieces"]
                tables = [(amount, value), (pieces, row["pieces"]), (profit, value - cost)]
                if row["abroad"]:
                    tables.append((abroad, value))
                for table, figure in tables:
                    table[key][0] += figure
                    table[key][1] += 1
            for code, table, values in (
                ("sales_ordered", amount, {}),
                ("quantity", pieces, {"basis": "ordered"}),
                ("profit", profit, {"basis": "ordered"}),
                ("sales_external", abroad, {"basis": "ordered"}),
            ):
                self.check(
                    code, {key: (one, None, count) for key, (one, count) in table.items()}, **values
                )
            self.check_firsts(bought)
            self.check_churn(bought)
            self.check_growth(amount)

    def check_firsts(self, bought):
        """New customers and markets: the first line ever of each."""
        customers, markets = {}, {}
        for _at, _line, row in sorted(bought, key=lambda one: one[:2]):
            customers.setdefault(row["customer"], row)
            markets.setdefault(row["abroad"], row)
        for code, firsts in (("new_customers", customers), ("new_markets", markets)):
            table = defaultdict(int)
            for row in firsts.values():
                if month(row["at"]) is not None:
                    table[row["who"], month(row["at"])] += 1
            self.check(code, {key: (count, None, count) for key, count in table.items()})

    def check_churn(self, bought, months=1):
        """Who had ordered in the month before, and has not in a month when the period ends."""
        table = defaultdict(lambda: [0, 0])
        for period in MONTHS:
            first = datetime.combine(period.first, datetime.min.time()) - SHANGHAI
            last = datetime.combine(period.last + timedelta(days=1), datetime.min.time()) - SHANGHAI
            since, silent = (_month_before(one) for one in (first, last))
            for customer in range(4):
                mine = [one for one in bought if one[2]["customer"] == customer]
                base = [one for one in mine if since <= one[0] < first]
                if base:
                    key = max(base, key=lambda one: one[:2])[2]["who"], period.key
                    table[key][1] += 1
                    table[key][0] += not any(silent <= one[0] < last for one in mine)
        self.check(
            "churn", {key: (lost, of, of) for key, (lost, of) in table.items()}, months=months
        )
        self.check_churn_together()

    def check_churn_together(self):
        """Asked for together, of different months, each says what it says alone; one query."""
        churn = self._indicator("churn")
        several = churn.browse()
        for months in (1, 2, 13):
            several |= churn.copy({"code": f"churn_{months}", "months": months})
        self.env.flush_all()
        together = Request(self.company, self.uids, MONTHS, several)
        before = self.cr.sql_log_count
        facts = several._facts(together)
        self.assertEqual(self.cr.sql_log_count - before, 1)
        for one in several:
            alone = one._facts(Request(self.company, self.uids, MONTHS))[one]
            self.assertEqual(facts[one].figures, alone.figures, one.months)

    def check_growth(self, amount):
        """April compared with March."""
        found = self.counted("growth", basis="ordered", compare="previous")
        for who in range(3):
            before, now = amount.get((who, 0), [0, 0])[0], amount.get((who, 1), [0, 0])[0]
            if before or now:
                numerator, denominator, _count = found[who, 1]
                self.assertAlmostEqual(float(numerator), float(now - before), 6)
                self.assertAlmostEqual(float(denominator), float(before), 6)
            else:
                self.assertNotIn((who, 1), found)

    @quick
    @given(
        st.lists(
            st.fixed_dictionaries(
                {
                    "who": person,
                    "at": minute,
                    "cents": st.integers(1, 10**8),
                    "pieces": st.integers(1, 9),
                    "cost": st.integers(0, 10**4),
                    "kind": st.sampled_from(["out_invoice", "out_invoice", "out_refund"]),
                    "state": st.sampled_from(["posted", "posted", "posted", "draft", "cancel"]),
                    "abroad": st.booleans(),
                    "down": st.sampled_from([False, False, False, True]),
                    "tax": st.sampled_from([0, 13, 20]),
                }
            ),
            max_size=12,
        )
    )
    def test_invoiced(self, bills):
        china, usa = self.env.ref("base.cn").id, self.env.ref("base.us").id
        with self.example():
            tables = [defaultdict(lambda: [0, 0]) for _table in range(5)]
            for row in bills:
                sign = -1 if row["kind"] == "out_refund" else 1
                balance = -sign * row["cents"] / 100
                move = self.copy_row(
                    "account_move", state=row["state"], move_type=row["kind"], name="/"
                )
                self.copy_row(
                    "account_move_line",
                    move_id=move,
                    parent_state=row["state"],
                    invoice_date=day(row["at"]),
                    credited_user_id=self.uids[row["who"]],
                    credited_cost=row["cost"] / 100,
                    credited_country_id=usa if row["abroad"] else china,
                    balance=balance,
                    amount_currency=balance,
                    debit=max(balance, 0),
                    credit=max(-balance, 0),
                    quantity=row["pieces"],
                    price_subtotal=row["cents"] / 100,
                    price_total=row["cents"] * (100 + row["tax"]) / 10000,
                    is_downpayment=row["down"],
                )
                if row["state"] != "posted" or row["down"] or month(row["at"]) is None:
                    continue
                key = row["who"], month(row["at"])
                value = sign * Fraction(row["cents"], 100)
                cost = sign * Fraction(row["cost"], 100) * row["pieces"]
                figures = [
                    value,
                    sign * row["pieces"],
                    value - cost,
                    value if row["abroad"] else None,
                    value * (100 + row["tax"]) / 100,
                ]
                for table, figure in zip(tables, figures, strict=True):
                    if figure is not None:
                        table[key][0] += figure
                        table[key][1] += 1
            for code, table, values in zip(
                ("sales_amount", "quantity", "profit", "sales_external", "sales_amount"),
                tables,
                ({}, {}, {}, {}, {"tax": "taxed"}),
                strict=True,
            ):
                self.check(
                    code, {key: (one, None, count) for key, (one, count) in table.items()}, **values
                )

    # === WHAT CUSTOMERS AND MANAGERS SAY === #

    @quick
    @given(
        st.lists(
            st.tuples(person, minute, st.integers(0, 100), st.booleans(), st.booleans()),
            max_size=12,
        )
    )
    def test_sayings(self, rows):
        """Satisfaction, complaints by severity, quality of proposals, opportunities."""
        with self.example():
            answers, tickets, majors, proposals, leads = (
                defaultdict(lambda: [0, 0]) for _table in range(5)
            )
            inquiry = self.env.ref("sales_regulation.ticket_kind_inquiry").id
            complaint = self.env.ref("sales_regulation.ticket_kind_complaint").id
            for number, (who, at, points, yes, major) in enumerate(rows):
                user, key = self.uids[who], (who, month(at))
                self.copy_row(
                    "sales_satisfaction",
                    user_id=user,
                    date=day(at),
                    score=points,
                    recorded_by_id=user if yes else None,
                )
                self.copy_row(
                    "sales_ticket",
                    user_id=user,
                    received_at=moment(at),
                    severity="major" if major else "ordinary",
                    kind_id=complaint if yes else inquiry,
                )
                self.copy_row(
                    "solution_proposal",
                    user_id=user,
                    decided_at=moment(at),
                    quality_score=points,
                    state="approved" if yes else "returned",
                    scored_by_id=self.users["km"].id,
                )
                self.copy_row(
                    "regulation_approval",
                    submitted_by_id=user,
                    decided_at=moment(at),
                    res_id=1000 + number,
                    state="approved" if yes else "refused",
                )
                if month(at) is None:
                    continue
                if not yes:
                    answers[key][0] += points
                    answers[key][1] += 1
                else:
                    proposals[key][0] += points
                    proposals[key][1] += 1
                    for table in (tickets, leads, *([majors] if major else [])):
                        table[key][0] += 1
                        table[key][1] += 1
            for code, table, mean in (
                ("satisfaction", answers, True),
                ("complaints", tickets, False),
                ("complaints_major", majors, False),
                ("proposal_quality", proposals, True),
                ("opportunities", leads, False),
            ):
                self.check(
                    code,
                    {key: (one, number if mean else None, number) for key, (one, number) in table.items()},
                )

    # === HOW PEOPLE WORK === #

    @quick
    @given(
        st.lists(
            st.tuples(person, minute, st.booleans(), st.sampled_from(["call", "visit", "fax"]), st.booleans()),
            max_size=12,
        )
    )
    def test_work(self, rows):
        """Deadlines, duties, records and signed contacts."""
        self.at("2026-06-01 09:00")
        with self.example():
            late, kept, duties, records, calls, interested = (
                defaultdict(lambda: [0, 0]) for _table in range(6)
            )
            for number, (who, at, good, channel, signed) in enumerate(rows):
                user, key = self.uids[who], (who, month(at))
                self.copy_row(
                    "regulation_deadline",
                    user_id=user,
                    due_at=moment(at),
                    state="kept" if good else ("breached" if signed else "overdue"),
                    res_id=1000 + number,
                )
                self.copy_row(
                    "regulation_duty_instance",
                    user_id=user,
                    subject_id=1000 + number,
                    period_start=day(at),
                    period_end=day(at),
                    month=day(at).replace(day=1),
                    state="done" if good else "missed",
                )
                self.copy_row(
                    "sales_contact",
                    user_id=user,
                    happened_at=moment(at),
                    channel=channel,
                    state="handed_in",
                    is_late=not good,
                    interested=good,
                    signed_at=moment(at) if signed else None,
                )
                if month(at) is None:
                    continue
                late[key][0] += not good
                late[key][1] += 1
                for table in (kept, duties, *([records] if channel == "visit" else [])):
                    table[key][0] += good
                    table[key][1] += 1
                if signed:
                    for table, fits in ((calls, channel == "call"), (interested, good)):
                        if fits:
                            table[key][0] += 1
                            table[key][1] += 1
            for code, table, share in (
                ("deadline_breaches", late, False),
                ("deadlines_kept", kept, True),
                ("visit_cadence", duties, True),
                ("visit_records", records, True),
                ("calls", calls, False),
                ("interested", interested, False),
            ):
                self.check(
                    code,
                    {key: (one, number if share else None, number) for key, (one, number) in table.items()},
                )


def _month_before(stamp):
    """Midnight of the same day of the month before, where the company is."""
    return stamp + SHANGHAI - relativedelta(months=1) - SHANGHAI
