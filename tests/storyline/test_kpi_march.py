# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
import unittest

from odoo import Command
from odoo.tests import tagged

from odoo.addons.sales_regulation.tools import engine

from .assessment import Assessment
from .common import StorylineCase

#: goods by their cost; all are sold at 100.00
COSTS = {"a_abroad": 89.35, "a_home": 90.15, "b_abroad": 87.20, "b_home": 88.00}


@tagged("post_install", "-at_install")
class TestStorylineKpiMarch(Assessment, StorylineCase):
    """KPI March: A and B from orders, invoices, allocations, tickets of the people (C41, C42).

    Everything up to the end of March is done once; what HR computes of it is read by the tests.
    """

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        if "kpi.cycle" not in cls.env:
            raise unittest.SkipTest("sales_kpi is not installed")

    @classmethod
    def _build_trade(cls):
        super()._build_trade()
        cls.goods = {"chip": cls.product}
        for name, cost in COSTS.items():
            cls.goods[name] = cls.env["product.product"].create(
                {
                    "name": name,
                    "type": "consu",
                    "is_storable": True,
                    "list_price": 100.0,
                    "standard_price": cost,
                    "taxes_id": [Command.set(cls.vat.ids)],
                    "company_id": cls.company.id,
                    "invoice_policy": "order",
                }
            )
            cls._stock(cls.goods[name], 100_000)
        for code, country in (
            ("a_abroad", "us"),
            ("a_home", "cn"),
            ("b_abroad", "de"),
            ("b_home", "cn"),
            ("t_home", "cn"),
        ):
            cls.customers[code] = cls.env["res.partner"].create(
                {
                    "name": f"Customer {code}",
                    "is_company": True,
                    "street": f"Street of {code}",
                    "city": "Somewhere",
                    "country_id": cls.env.ref(f"base.{country}").id,
                    "phone": f"1 {len(cls.customers)}",
                    "company_id": cls.company.id,
                }
            )

    # === MARCH === #

    def sell(self, who, customer, goods, quantity, price=None, day="2026-03-16", invoiced=True):
        """An order confirmed on a day, and invoiced the next."""
        self.at(f"{day} 10:00")
        person = self.person(who)
        manager = "TM" if who == "T" else "KM"
        line = {"product_id": self.goods[goods].id, "product_uom_qty": quantity}
        order = self.env["sale.order"].browse(
            person.create(
                "sale.order",
                partner_id=self.customers[customer].id,
                payment_term_id=self.env.ref("account.account_payment_term_immediate").id,
                order_line=[Command.create(line)],
            )
        )
        if price is not None:
            person.write("sale.order.line", order.order_line.ids, price_unit=price)
        self.confirm(order, who, manager)
        if invoiced:
            self.bill(order, who, "2026-03-19" if customer == "xinghai" else "2026-03-20")
        return order

    def bill(self, order, who, date):
        person = self.person(who)
        wizard = person.call(
            "sale.advance.payment.inv",
            "create",
            vals_list=[{"advance_payment_method": "delivered"}],
            context={"active_model": "sale.order", "active_ids": order.ids},
        )
        person.call("sale.advance.payment.inv", "create_invoices", wizard)
        invoice = order.invoice_ids.filtered(lambda move: move.state == "draft")
        self.FIN.write("account.move", invoice.ids, invoice_date=date)
        self.FIN.call("account.move", "action_post", invoice.ids)
        return invoice

    def march(self):
        """The table "March data": what was ordered, invoiced and collected."""
        xinghai = self.sell("A", "xinghai", "chip", 10_000, 96.0, day="2026-03-11")
        a_abroad = self.sell("A", "a_abroad", "a_abroad", 4_850)
        a_home = self.sell("A", "a_home", "a_home", 4_350)
        self.sell("A", "dongfang", "chip", 2_000, day="2026-03-18", invoiced=False)
        b_abroad = self.sell("B", "b_abroad", "b_abroad", 3_000)
        b_home = self.sell("B", "b_home", "b_home", 11_300)
        self.sell("B", "b_home", "chip", 1_100, day="2026-03-25", invoiced=False)
        wife = self.relative()
        tele = self.sell("T", "t_home", "chip", 5_900)
        self.sell("T", "t_home", "chip", 900, day="2026-03-26", invoiced=False)
        self.at("2026-03-31 10:00")
        for order, untaxed in (
            (xinghai, 960_000),
            (a_abroad, 485_000),
            (a_home, 315_000),
            (b_abroad, 300_000),
            (b_home, 900_000),
            (wife, 100_000),
            (tele, 540_000),
        ):
            self.pay(order, round(untaxed * 1.13, 2))

    def relative(self):
        """Step 9: A closes in the name of the wife of Zhang San, whom B has registered."""
        self.at("2026-03-11 10:00")
        home = {"street": "5 Garden Road", "city": "Shenzhen"}
        for code, name, phone in (("zhang", "Zhang San", "1"), ("wife", "Ms. Wang", "2")):
            self.customers[code] = self.env["res.partner"].create(
                {
                    "name": name,
                    "company_id": self.company.id,
                    "country_id": self.env.ref("base.cn").id,
                    "phone": phone,
                    **home,
                }
            )
        self.B.call("res.partner", "action_register_customer", self.customers["zhang"].ids)
        self.KM.create(
            "customer.relation",
            partner_id=self.customers["zhang"].id,
            related_id=self.customers["wife"].id,
            kind="spouse",
        )
        return self.sell("A", "wife", "chip", 1_000)

    def complain(self, moment, severity):
        self.at(moment)
        return self.ticket("complaint", severity=severity)

    def ticket(self, kind, **values):
        ticket = self.A.create(
            "sales.ticket",
            kind_id=self.env.ref(f"sales_regulation.ticket_kind_{kind}").id,
            subject="Chips",
            description="Every tenth has a bent pin.",
            partner_id=self.customers["xinghai"].id,
            **values,
        )
        return self.env["sales.ticket"].browse(ticket)

    def satisfy(self, score):
        """A answers, KM hears from the customer how satisfied he is."""
        self.at("2026-03-24 10:00")
        ticket = self.ticket("suggestion")
        self.A.call("sales.ticket", "action_answer", ticket.ids, answer="Thank you")
        self.KM.call(
            "sales.ticket",
            "action_record_satisfaction",
            ticket.ids,
            satisfied=True,
            source="phone",
            score=score,
            feedback="Ms. Lin is content",
        )

    def propose(self, score):
        self.at("2026-03-04 10:00")
        text = "<p>Deliveries by week</p>"
        sections = ("need_analysis", "introduction", "solution", "price_strategy")
        proposal = self.env["solution.proposal"].browse(
            self.A.create(
                "solution.proposal",
                kind="service",
                partner_id=self.customers["xinghai"].id,
                cooperation_mode=text,
                **dict.fromkeys(sections, text),
            )
        )
        self.A.call("solution.proposal", "action_submit", proposal.ids)
        self.tick(proposal, "KM", kind="proposal")
        self.KM.call("solution.proposal", "action_score", proposal.ids, values={"score": score})
        self.decide(proposal, "proposal", "KM")

    # === HR === #

    def target(self, login, indicator, amount):
        return self.HR.create(
            "kpi.target",
            indicator_id=self.env.ref(f"sales_kpi.indicator_{indicator}").id,
            user_id=self.users[login].id,
            frequency="monthly",
            day="2026-03-01",
            amount=amount,
        )

    def compute(self):
        """HR computes March on 2026-04-01."""
        self.at("2026-04-01 09:00")
        cycle = self.HR.search("kpi.cycle", ["company_id", "=", self.company.id])
        cycle = cycle or [self.HR.create("kpi.cycle", frequency="monthly", day="2026-03-31")]
        self.HR.call("kpi.cycle", "action_compute", cycle)
        return self.env["kpi.cycle"].browse(cycle)

    def sheet(self, cycle, login):
        return cycle.sheet_ids.filtered(lambda sheet: sheet.user_id == self.users[login])

    def line(self, sheet, indicator):
        return sheet.line_ids.filtered(lambda line: line.indicator_id.code == indicator)

    def use_scheme(self, xmlid, **values):
        """The people are scored by a shipped scheme of another profile instead."""
        cycle = self.HR.search("kpi.cycle", ["company_id", "=", self.company.id])
        if self.env["kpi.cycle"].browse(cycle).request_ids:
            # What raters have said stays; the sheets are made anew
            engine(self.env["kpi.cycle"].browse(cycle).sheet_ids).unlink()
        elif cycle:
            self.HR.call("kpi.cycle", "unlink", cycle)
        engine(self.profile.scheme_ids).write({"role_id": self.roles["planner"].id})
        scheme = self.env.ref(f"sales_kpi.scheme_{xmlid}")
        engine(scheme).copy(
            {
                "profile_id": self.profile.id,
                "role_id": self.roles["ka_rep"].id,
                "sequence": 0,
                **values,
            }
        )
        self.profile.invalidate_recordset()

    # === THE FIGURES === #

    def test_march(self):
        self.complain("2026-03-06 14:00", "ordinary")
        self.complain("2026-03-20 10:00", "major")
        self.propose(85)
        self.march()
        for score in (95, 90, 85):
            self.satisfy(score)
        self.at("2026-03-01 09:00")
        for login, amount, profit, abroad in (
            ("a", 2_000_000, 300_000, 500_000),
            ("b", 1_500_000, 200_000, 300_000),
        ):
            self.target(login, "sales_amount", amount)
            self.target(login, "profit", profit)
            self.target(login, "sales_external", abroad)
        self.target("a", "new_customers", 5)
        self.check_deductions()
        self.check_roundings()
        self.check_march_data()
        self.check_composite()
        self.check_profiles()

    def check_deductions(self):
        """A 84.0, B 99.0: full percent only. S2 scores departments; here people by its setting."""
        self.use_scheme("s2_month", unit="person")
        cycle = self.compute()
        sheet = self.sheet(cycle, "a")
        for code, actual, attained, deduction, text in (
            ("sales_amount", 1_880_000, 94.0, 3.0, "94.0 % of target: 6 full % x 0.5 = -3.0"),
            ("profit", 0, 91.5, 4.0, "91.5 % of target: 8 full % x 0.5 = -4.0"),
            ("sales_external", 485_000, 97.0, 3.0, "97.0 % of target: 3 full % x 1 = -3.0"),
            ("complaints_ordinary", 1, 0, 1.0, "1 x 1 = -1.0"),
            ("complaints_major", 1, 0, 5.0, "1 x 5 = -5.0"),
        ):
            line = self.line(sheet, code)
            self.assertEqual(
                (line.actual, line.attained, line.deduction, line.explanation),
                (actual, attained, deduction, text),
            )
        self.assertEqual(self.line(sheet, "profit").secret["actual"], "274500")
        self.assertEqual(sheet.score, 84.0)
        self.assertEqual(sheet.explanation, "100 - 3.0 - 4.0 - 3.0 - 1.0 - 5.0 = 84.0")
        other = self.sheet(cycle, "b")
        self.assertEqual(self.line(other, "sales_amount").actual, 1_530_000)
        self.assertEqual(self.line(other, "sales_amount").attained, 102.0)
        self.assertEqual(self.line(other, "profit").secret["actual"], "196000")
        self.assertEqual(
            [self.line(other, code).deduction for code in ("sales_amount", "profit", "sales_external")],
            [0.0, 1.0, 0.0],
        )
        self.assertEqual(other.score, 99.0)

    def check_roundings(self):
        """In proportion 83.75, started percent 83.5."""
        lines = self.sheet(self.compute(), "a").scheme_id.line_ids
        for rounding, score in (("pro_rata", 83.75), ("started", 83.5), ("full", 84.0)):
            engine(lines).write({"rounding": rounding})
            self.assertEqual(self.sheet(self.compute(), "a").score, score)

    def check_march_data(self):
        """What was ordered, invoiced and collected, of A, B and T."""
        cycle = self.compute()
        request = cycle._request([self.users[login].id for login in "abt"])
        expected = {
            "sales_ordered": (2_080_000, 1_640_000, 680_000),
            "sales_amount": (1_880_000, 1_530_000, 590_000),
            "sales_collected": (1_760_000, 1_300_000, 540_000),
        }
        for code, amounts in expected.items():
            indicator = self.env.ref(f"sales_kpi.indicator_{code}")
            figures = indicator._facts(request)[indicator].figures
            self.assertEqual(
                [round(float(figures[self.users[login].id, 0].numerator), 2) for login in "abt"],
                list(amounts),
                code,
            )

    def check_composite(self):
        """70/30: A 84.72, B 94.50; half up. The ratings are those of the people themselves."""
        with self.A.refused(error="AccessError"):
            self.A.create(
                "kpi.manual.value",
                indicator_id=self.env.ref("sales_kpi.indicator_assessment").id,
                user_id=self.users["a"].id,
                date="2026-03-30",
                value=100,
                source="Myself",
            )
        self.use_scheme("composite_month")
        self.assess(self.compute().ids, "ab")
        cycle = self.compute()
        for login, mark in (("a", 86.4), ("b", 84.0)):
            self.assertEqual(self.line(self.sheet(cycle, login), "assessment").actual, mark)
        self.assertEqual(self.sheet(cycle, "a").score, 84.72)
        self.assertEqual(self.sheet(cycle, "a").explanation, "58.8 + 25.92 = 84.72")
        self.assertEqual(self.sheet(cycle, "b").score, 94.50)

    def check_profiles(self):
        """A's result per shipped profile; S1 without answers 88.75."""
        for xmlid, score in (
            ("s0_month", 89.78),
            ("s1_month", 89.0),
            ("s3_month", 90.20),
            ("s4_month", 91.10),
        ):
            self.use_scheme(xmlid)
            sheet = self.sheet(self.compute(), "a")
            self.assertEqual(sheet.score, score, xmlid)
            if xmlid == "s3_month":
                self.assertEqual(self.line(sheet, "superior_rating").actual, 88)
                self.assertEqual(self.line(sheet, "self_rating").actual, 95)
        self.use_scheme("s1_month")
        engine(self.profile.scheme_ids.line_ids).write({"min_count": 4})
        lines = self.profile.scheme_ids.line_ids
        engine(lines.filtered(lambda one: one.indicator_id.code != "satisfaction")).write(
            {"min_count": 0}
        )
        sheet = self.sheet(self.compute(), "a")
        self.assertEqual(sheet.score, 88.75)
        self.assertEqual(sheet.explanation, "(47.0 + 24.0) / 80 % = 88.75")
        self.assertEqual(self.line(sheet, "satisfaction").status, "no_data")
