# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
import importlib.util

from odoo import Command
from odoo.exceptions import AccessError
from odoo.tests import tagged
from odoo.tools import file_path

from odoo.addons.sales_regulation.tools import engine

from .common import KpiCommon


@tagged("post_install", "-at_install")
class TestHostile(KpiCommon):
    """Late and hostile cases: what was sold counts when, for whom and as what it did."""

    scheme_lines = (
        ("sales_amount", {"rule": "below", "points": 0.5}),
        ("sales_ordered", {"rule": "below", "points": 0.5}),
        ("profit", {"rule": "shown"}),
        ("complaints_ordinary", {"rule": "events", "points": 1, "target_source": "none"}),
    )
    scheme_values = {"method": "deduction"}

    def figure(self, cycle, code, login="a"):
        line = self.line(cycle, code, login)
        return float((line.secret or {}).get("actual") or line.actual)

    def test_cancelled_after_computing(self):
        order = self.sell(amount=1000)
        self.sell(amount=500)
        cycle = self.cycle()
        self.assertEqual(self.figure(cycle, "sales_ordered"), 1500)
        order.sudo()._action_cancel()
        cycle.action_compute()
        self.assertEqual(self.figure(cycle, "sales_ordered"), 500)

    def test_refund_next_month(self):
        """A credit note counts in its month, for whom the invoice counted; also of profit."""
        invoice = self.bill(self.sell(amount=1000), "2026-03-20")
        self.at("2026-04-02 09:00")
        self.refund(invoice, "2026-04-02")
        march = self.cycle(at="2026-05-01 09:00")
        april = self.cycle(day="2026-04-30", at="2026-05-01 09:00")
        self.assertEqual(
            [self.figure(cycle, "sales_amount") for cycle in (march, april)], [1000, -1000]
        )
        self.assertEqual([self.figure(cycle, "profit") for cycle in (march, april)], [922, -922])

    def test_salesperson_changed(self):
        """Credited when it was confirmed; today's salesperson gets nothing."""
        order = self.sell(amount=1000)
        self.bill(order, "2026-03-20")
        order.sudo().user_id = self.users["b"]
        order.partner_id.user_id = self.users["b"]
        order.sudo().invoice_ids.invoice_user_id = self.users["b"]
        cycle = self.cycle()
        for code in ("sales_amount", "sales_ordered"):
            self.assertEqual(self.figure(cycle, code), 1000)
            self.assertEqual(self.figure(cycle, code, "b"), 0)

    def test_last_minute(self):
        """23:59 of the last day in Shanghai is March, 00:00 is April; UTC does not matter."""
        self.sell(amount=1, at="2026-03-31 23:59")
        self.sell(amount=10, at="2026-04-01 00:00")
        self.sell(amount=100, at="2026-03-01 00:00")
        self.sell(amount=1000, at="2026-02-28 23:59")
        cycle = self.cycle()
        self.assertEqual(self.figure(cycle, "sales_ordered"), 101)

    def test_dates_are_not_written(self):
        """The date of an order, its cost and the stamps move nothing."""
        order = self.sell(amount=1000)
        self.bill(order, "2026-03-20")
        order.sudo().date_order = "2026-04-15 00:00:00"
        order.order_line.sudo().purchase_price = 0.0
        self.product.standard_price = 1.0
        for login in ("a", "gm", "adm"):
            for values in (
                {"credited_at": "2026-04-01"},
                {"credited_cost": 0},
                {"credited_country_id": self.env.ref("base.us").id},
            ):
                with self.assertRaises(AccessError):
                    order.order_line.with_user(self.users[login]).write(values)
        for values in ({"credited_cost": 0}, {"credited_country_id": False}):
            with self.assertRaises(AccessError):
                order.invoice_ids.invoice_line_ids.with_user(self.users["fin"]).write(values)
        cycle = self.cycle()
        self.assertEqual(self.figure(cycle, "sales_ordered"), 1000)
        self.assertEqual(self.figure(cycle, "profit"), 922)

    def test_typed_cost(self):
        """What a rep types as cost before he confirms does not count."""
        order = self._order("a", price=1000)
        self.at("2026-03-05 09:00")
        order.order_line.purchase_price = 0.01
        order.action_confirm()
        self.bill(order, "2026-03-06")
        self.assertEqual(self.figure(self.cycle(), "profit"), 922)

    def test_second_currency(self):
        """At the rate of the document: 100 USD at 7 ordered, at 8 invoiced."""
        usd = self.env.ref("base.USD")
        usd.active = True
        for day, rate in (("2026-03-01", 1 / 7), ("2026-03-20", 1 / 8), ("2026-04-01", 1 / 9)):
            self.env["res.currency.rate"].create(
                {
                    "currency_id": usd.id,
                    "company_id": self.company.id,
                    "name": day,
                    "rate": rate,
                }
            )
        pricelist = self.env["product.pricelist"].create(
            {"name": "USD", "currency_id": usd.id, "company_id": self.company.id}
        )
        order = self.sell(amount=100, pricelist_id=pricelist.id)
        self.assertEqual(order.currency_id, usd)
        self.bill(order, "2026-03-25")
        cycle = self.cycle()
        self.assertAlmostEqual(self.figure(cycle, "sales_ordered"), 700, 2)
        self.assertAlmostEqual(self.figure(cycle, "sales_amount"), 800, 2)
        self.assertAlmostEqual(self.figure(cycle, "profit"), 722, 2)

    def test_definitions(self):
        """What is made of money says of which documents, untaxed or not, and at whose rate; an
        upgrade brings that to what a company has not worded itself."""
        source = file_path("sales_kpi/migrations/19.0.1.1.0/post-definitions.py")
        spec = importlib.util.spec_from_file_location("post_definitions", source)
        script = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(script)
        indicators = self.env["kpi.indicator"]
        for name, formerly in script.FORMERLY.items():
            indicators |= self.env.ref(f"sales_kpi.{name}")
            indicators[-1].definition = formerly
        self._indicator("growth").definition = "Ours"
        self.env.flush_all()
        script.migrate(self.env.cr, "19.0.1.0.0")
        self.assertEqual(self._indicator("growth").definition, "Ours")
        words = {
            "basis": {
                "ordered": "confirmed orders",
                "invoiced": "nvoice",
                "collected": "money that finance has confirmed",
            },
            "tax": {"untaxed": "ntaxed", "taxed": "with tax"},
        }
        rates = {
            "ordered": "at the rate of the order",
            "invoiced": "at the rate of the invoice",
            "collected": "at the rate of that day",
        }
        of_money = self.env["kpi.indicator"].search(
            [("provider", "in", ("sales", "profit")), ("company_id", "=", False)]
        )
        self.assertGreater(len(of_money), 4)
        for indicator in of_money:
            said = [values[indicator[name]] for name, values in words.items()]
            for text in (*said, f"in company currency {rates[indicator.basis]}"):
                self.assertIn(text, indicator.definition, indicator.code)
        for code in ("collection_rate", "sales_per_day"):
            self.assertIn(rates["invoiced"], self._indicator(code).definition)
        self.assertIn(rates["collected"], self._indicator("collection_rate").definition)

    def test_down_payment(self):
        """A deposit invoice is no sale; the final invoice counts in full."""
        order = self.sell(amount=1000)
        wizard = (
            self.env["sale.advance.payment.inv"]
            .with_context(active_model="sale.order", active_ids=order.ids)
            .create({"advance_payment_method": "percentage", "amount": 30})
        )
        wizard.create_invoices()
        deposit = order.sudo().invoice_ids
        deposit.invoice_date = "2026-03-12"
        deposit.action_post()
        cycle = self.cycle()
        self.assertEqual(self.figure(cycle, "sales_amount"), 0)
        final = order.sudo()._create_invoices(final=True)
        final.invoice_date = "2026-03-30"
        final.action_post()
        cycle.action_compute()
        self.assertEqual(self.figure(cycle, "sales_amount"), 1000)

    # === WHO AND HOW LONG === #

    def _joined(self, day, until=False):
        held = self.env["regulation.role.assignment"].search(
            [("role_id", "=", self.roles["ka_rep"].id), ("user_id", "=", self.users["a"].id)]
        )
        engine(held).unlink()
        self.env["regulation.role.assignment"].create(
            {
                "role_id": self.roles["ka_rep"].id,
                "company_id": self.company.id,
                "user_id": self.users["a"].id,
                "date_from": day,
                "date_to": until,
            }
        )

    def test_joined(self):
        """Joined 03-16: 12 of 22 days, 2,000,000 -> 1,090,909.09."""
        self.target("a", "sales_amount", 2_000_000)
        self._joined("2026-03-16")
        cycle = self.cycle()
        sheet = self.sheet(cycle)
        self.assertEqual((sheet.days, sheet.of_days), (12, 22))
        line = self.line(cycle, "sales_amount")
        self.assertEqual((line.target, line.target_full), (1_090_909.09, 2_000_000))

    def test_left(self):
        self.target("a", "sales_amount", 2_200)
        self._joined("2020-01-01", "2026-03-13")
        self.users["a"].active = False
        cycle = self.cycle()
        self.assertEqual(self.sheet(cycle).days, 10)
        self.assertEqual(self.line(cycle, "sales_amount").target, 1_000)

    def test_not_any_more(self):
        """Who left before the period has no sheet."""
        self._joined("2020-01-01", "2026-02-27")
        self.assertFalse(self.sheet(self.cycle()))

    def test_two_teams(self):
        """The target's team."""
        self.env["crm.team.member"].create(
            {"user_id": self.users["a"].id, "crm_team_id": self.teams["tele"].id}
        )
        self.target("a", "sales_amount", 100, team_id=self.teams["tele"].id)
        self.assertEqual(self.sheet(self.cycle()).team_id, self.teams["tele"])

    def test_zero_and_missing_target(self):
        """The rule does not apply, and says so; it is not a division by zero."""
        self.target("a", "sales_amount", 0)
        self.bill(self.sell(amount=1000), "2026-03-20")
        cycle = self.cycle()
        for code in ("sales_amount", "sales_ordered"):
            line = self.line(cycle, code)
            self.assertEqual((line.status, line.deduction), ("no_target", 0.0))
            self.assertEqual(line.explanation, "No target: the rule does not apply")
        self.assertEqual(self.sheet(cycle).score, 100.0)

    def test_nothing_sold(self):
        """No sale is zero, not "no data": everything below target is taken, and no more than all."""
        self.target("a", "sales_amount", 1000)
        self.target("a", "sales_ordered", 1000)
        cycle = self.cycle()
        self.assertEqual(self.line(cycle, "sales_amount").deduction, 50.0)
        self.assertEqual(self.sheet(cycle).score, 0.0)

    def test_version(self):
        """A later version of the regulation judges later periods, and a sheet keeps its scheme."""
        self.target("a", "sales_amount", 1000)
        cycle = self.cycle()
        self.assertEqual(self.sheet(cycle).scheme_id, self.scheme)
        action = self.profile.with_user(self.users["adm"]).action_new_version()
        draft = self.env["regulation.profile"].browse(action["res_id"])
        draft.scheme_ids.line_ids.filtered(
            lambda line: line.rule == "below"
        ).points = 0.1
        draft.date_from = "2026-04-01"
        draft.with_user(self.users["gm"]).action_publish()
        cycle.action_compute()
        self.assertEqual(self.sheet(cycle).scheme_id, self.scheme)
        april = self.cycle(day="2026-04-30", at="2026-05-01 09:00")
        self.assertEqual(self.sheet(april).scheme_id, draft.scheme_ids)

    def test_other_company(self):
        """Sales of a sister company are none of ours."""
        self.bill(self.sell(amount=1000), "2026-03-20")
        other = self.env["res.company"].create({"name": "Sister", "currency_id": self.cny.id})
        self.users["hr"].company_ids |= other
        cycle = self.cycle()
        self.assertEqual(self.figure(cycle, "sales_amount"), 1000)
        sheets = self.env["kpi.sheet"].with_user(self.users["hr"])
        self.assertTrue(sheets.search_count([("cycle_id", "=", cycle.id)]))
        self.assertFalse(
            sheets.with_context(allowed_company_ids=other.ids).search_count(
                [("cycle_id", "=", cycle.id)]
            )
        )


#: shipped schemes without a role, and the working days from 03-16 and until 03-13 of their period
WITHOUT_ROLE = {
    "s0_month": ("monthly", 12, 10, 22),
    "s0_quarter": ("quarterly", 12, 52, 64),
    "s0_year": ("yearly", 209, 52, 261),
    "s1_month": ("monthly", 12, 10, 22),
    "s3_month": ("monthly", 12, 10, 22),
    "s4_month": ("monthly", 12, 10, 22),
}
CLOSED = {"monthly": "2026-04-01", "quarterly": "2026-04-01", "yearly": "2027-01-01"}


@tagged("post_install", "-at_install")
class TestJoinedAndLeft(KpiCommon):
    """Part of a period: of whoever is in a sales team, or holds a role by his job."""

    def use(self, code):
        """The scheme of the regulation is a shipped one."""
        engine(self.profile.scheme_ids).unlink()
        scheme = self.env.ref(f"sales_kpi.scheme_{code}")
        return engine(scheme.with_user(self.env.user)).copy({"profile_id": self.profile.id})

    def leave(self, login="a", day="2026-03-13"):
        """Human resources register the departure, the account is archived."""
        employee = self.employees[login]
        self.env["hr.departure.wizard"].with_context(employee_termination=True).create(
            {
                "employee_ids": [Command.set(employee.ids)],
                "departure_reason_id": self.env["hr.departure.reason"].search([], limit=1).id,
                "departure_date": day,
                "remove_related_user": False,
            }
        ).action_register_departure()
        self.archive(login, day)
        self.assertFalse(employee.active)
        self.assertFalse(
            self.env["crm.team.member"].search([("user_id", "=", self.users[login].id)])
        )

    def archive(self, login, day):
        """Archived in the evening of that day; the time of a transaction is not that of the test."""
        self.users[login].action_archive()
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE crm_team_member SET write_date = %s WHERE user_id = %s",
            [f"{day} 10:00:00", self.users[login].id],
        )
        self.env.invalidate_all()

    def covered(self, cycle, login="a"):
        sheet = self.sheet(cycle, login)
        line = self.line(cycle, "sales_amount", login)
        return sheet.days, sheet.of_days, line.target

    def check(self, part):
        """Under each shipped scheme without a role: the target by the days that count.

        :param int part: 1 from 03-16, 2 until 03-13
        """
        for frequency in CLOSED:
            self.target("a", "sales_amount", 2_000_000, frequency=frequency)
        for code, (frequency, *numbers) in WITHOUT_ROLE.items():
            with self.subTest(code):
                self.use(code)
                cycle = self.cycle(at=f"{CLOSED[frequency]} 09:00", frequency=frequency)
                days, of_days = numbers[part - 1], numbers[-1]
                expected = round(2_000_000 * days / of_days, 2)
                self.assertEqual(self.covered(cycle), (days, of_days, expected))
                self.assertEqual(self.covered(cycle, "b")[0], of_days)
                self.assertEqual(self.sheet(cycle).team_id, self.teams["ka"])
                cycle.action_compute()
                self.assertEqual(self.covered(cycle), (days, of_days, expected))
                cycle.unlink()

    def test_joined(self):
        """By his contract: 12 of 22 days, 2,000,000 -> 1,090,909.09."""
        self.employees["a"].version_id.contract_date_start = "2026-03-16"
        self.check(1)

    def test_left(self):
        """In no team at the first computation after the period, and scored for the days until then."""
        self.at("2026-03-13 18:00")
        self.leave()
        self.check(2)

    def test_left_without_a_date(self):
        """The account alone was archived: that day is the last one."""
        self.use("s1_month")
        self.target("a", "sales_amount", 2_200)
        self.archive("a", "2026-03-13")
        march = self.cycle()
        self.assertEqual(self.covered(march), (10, 22, 1_000))
        self.assertFalse(self.sheet(self.cycle(day="2026-04-30", at="2026-05-01 09:00")))

    def test_left_before(self):
        self.use("s1_month")
        self.leave(day="2026-02-27")
        self.assertFalse(self.sheet(self.cycle()))
        self.employees["b"].version_id.contract_date_start = "2026-04-01"
        self.assertFalse(self.sheet(self.cycle(day="2026-02-28"), "b"))

    def test_named_to_a_role(self):
        """Whom the role names, and came later than it says."""
        self.target("a", "sales_amount", 2_000_000)
        self.employees["a"].version_id.contract_date_start = "2026-03-16"
        self.assertEqual(self.covered(self.cycle()), (12, 22, 1_090_909.09))

    def hold_by_job(self):
        self.target("a", "sales_amount", 2_200)
        held = self.env["regulation.role.assignment"].search(
            [("role_id", "=", self.roles["ka_rep"].id), ("company_id", "=", self.company.id)]
        )
        engine(held).unlink()
        jobs = self.env["hr.job"].create(
            [{"name": name, "company_id": self.company.id} for name in ("Key accounts", "Support")]
        )
        self.env["regulation.role.assignment"].create(
            {
                "role_id": self.roles["ka_rep"].id,
                "company_id": self.company.id,
                "job_id": jobs[0].id,
                "date_from": "2020-01-01",
            }
        )
        for login in ("a", "b"):
            version = self.employees[login].version_id
            version.write({"job_id": jobs[0].id, "date_version": "2024-01-01"})
        return jobs

    def test_job_changed(self):
        """The role ends and begins with the job, on the 16th."""
        jobs = self.hold_by_job()
        for login, before, after in (("a", *jobs), ("b", *reversed(jobs))):
            self.employees[login].version_id.job_id = before
            self.employees[login].create_version(
                {"date_version": "2026-03-16", "job_id": after.id}
            )
        cycle = self.cycle()
        self.assertEqual(self.covered(cycle), (10, 22, 1_000))
        self.assertEqual(self.covered(cycle, "b")[:2], (12, 22))

    def test_joined_by_job(self):
        self.hold_by_job()
        self.employees["a"].version_id.contract_date_start = "2026-03-16"
        self.assertEqual(self.covered(self.cycle()), (12, 22, 1_200))

    def test_left_by_job(self):
        self.hold_by_job()
        self.leave()
        cycle = self.cycle()
        self.assertEqual(self.covered(cycle), (10, 22, 1_000))
        self.assertEqual(self.covered(cycle, "b")[:2], (22, 22))

    def test_raters(self):
        """Who has left is rated, and asked nothing."""
        engine(self.profile).write(
            {
                "rater_group_ids": [
                    Command.create({"kind": kind, "weight": weight, "least": least})
                    for kind, weight, least in (("self", 0, 1), ("superior", 50, 1), ("peer", 50, 3))
                ]
            }
        )
        self.leave()
        cycle = self.cycle()
        cycle.action_ask_raters()
        asked = cycle.sudo().request_ids
        self.assertNotIn(self.users["a"], asked.rater_id)
        self.assertIn(self.users["a"], asked.user_id)
