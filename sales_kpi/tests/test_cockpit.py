# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
import json

from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged
from odoo.tools import file_open

from odoo.addons.sales_kpi.report.kpi_dashboard import DASHBOARD

from .common import KpiCommon


@tagged("post_install", "-at_install")
class TestCockpit(KpiCommon):
    """C49, S0-19, S2-13, S4-238: targets and results of one's people, month by month.

    In March A sold 352.50 (cost 78.00 of the chip: profit 274.50) of 1,000, B 500 of 400.
    """

    scheme_lines = (
        ("profit", {"weight": 30}),
        ("sales_amount", {"weight": 50}),
        ("satisfaction", {"weight": 20, "target_source": "none"}),
    )

    @classmethod
    def _scored_profile(cls, **values):
        profile = super()._scored_profile(**values)
        tele = cls._scheme(profile, (("satisfaction", {"weight": 100, "target_source": "none"}),))
        tele.write({"name": "Telemarketing", "role_id": cls.roles["telemarketer"].id})
        return profile

    def prepare(self):
        super().prepare()
        self.target("a", "profit", 300)
        self.target("a", "sales_amount", 1000)
        self.target("b", "sales_amount", 400)
        self.bill(self.sell(amount=352.5), "2026-03-20")
        self.bill(self.sell("b", amount=500), "2026-03-21")
        self.scores = self.cycle()

    def cockpit(self, login):
        return self.env["kpi.cockpit"].with_user(self.users[login])

    def grouped(self, login, code, *measures, by=()):
        rows = self.cockpit(login).formatted_read_group(
            [("indicator_id", "=", self._indicator(code).id)], list(by), list(measures)
        )
        return [tuple(row[measure] for measure in measures) for row in rows]

    # === WHO === #

    def test_as_on_the_sheets(self):
        """Whoever sees a sheet sees its rows here, and nobody else."""
        for login in self.users:
            sheets = self.env["kpi.sheet"].with_user(self.users[login])
            may = sheets.has_access("read")
            self.assertEqual(may, self.cockpit(login).has_access("read"), login)
            if not may:
                continue
            rows = self.cockpit(login).search([("company_id", "=", self.company.id)])
            seen = sheets.search([("cycle_id", "=", self.scores.id)])
            self.assertEqual(rows.sheet_id, seen, login)
            self.assertEqual(
                len(rows), len(seen) + len(seen.line_ids), f"{login}: a score and its lines"
            )

    def test_colleague(self):
        """B reaches no row of A: by reading, grouping, export or the button."""
        rows = self.cockpit("km").search([("user_id", "=", self.users["a"].id)])
        self.assertTrue(rows)
        theirs = rows.with_user(self.users["b"])
        for call in (
            lambda: theirs.read(["score"]),
            lambda: theirs.export_data(["actual"]),
            lambda: theirs[:1].action_open_sheet(),
        ):
            with self.assertRaises(UserError):
                call()
        groups = self.cockpit("b")._read_group([], ["user_id"], ["__count"])
        self.assertEqual({user for user, _count in groups}, {self.users["b"]})
        self.assertFalse(self.cockpit("b").name_search("Wang"))
        self.assertEqual(rows[:1].action_open_sheet()["res_id"], self.sheet(self.scores).id)

    def test_review(self):
        """From the closing of the ratings until the publication HR alone sees them."""
        self.env.flush_all()
        self.env.cr.execute("UPDATE kpi_cycle SET state = 'review' WHERE id = %s", [self.scores.id])
        self.env.cr.execute(
            "UPDATE kpi_sheet SET state = 'review' WHERE cycle_id = %s", [self.scores.id]
        )
        self.env.invalidate_all()
        for login, seen in (("a", False), ("km", False), ("gm", False), ("hr", True)):
            found = self.cockpit(login).search_count([("company_id", "=", self.company.id)])
            self.assertEqual(bool(found), seen, login)

    def test_companies(self):
        other = self.env["res.company"].create({"name": "Another Company"})
        hr = self.users["hr"]
        hr.company_ids |= other
        rows = self.cockpit("hr").with_context(allowed_company_ids=other.ids)
        self.assertFalse(rows.search([]))
        self.assertTrue(self.cockpit("hr").with_context(allowed_company_ids=self.company.ids).search([]))

    # === FIGURES === #

    def test_profit(self):
        """A and HR read what percent was attained; KM and finance's group read the amounts."""
        measures = ("target:sum", "actual:sum", "attained:avg")
        for login in ("a", "hr"):
            self.assertEqual(self.grouped(login, "profit", *measures), [(False, False, 91.5)], login)
        row = self.cockpit("a").search([("indicator_id.code", "=", "profit")])
        self.assertEqual((row.actual, row.target, row.attained), (0, 0, 91.5))
        for name in ("actual_all", "target_all"):
            for call in (
                lambda name=name: row.read([name]),
                lambda name=name: row.search([(name, ">", 0)]),
                lambda name=name: row.search([], order=name),
                lambda name=name: row.formatted_read_group([], [], [f"{name}:sum"]),
                lambda name=name: row.export_data([name]),
            ):
                with self.assertRaises(UserError):
                    call()
            self.assertNotIn(name, row.fields_get())
            for view in ("list", "pivot", "graph"):
                self.assertNotIn(name, row.get_view(view_type=view)["arch"])
        self.assertEqual(
            self.grouped("km", "profit", "target_all:sum", "actual_all:sum", "actual:sum"),
            [(300.0, 274.5 + 422, False)],
        )

    def test_sums(self):
        """Results are added up for one indicator; across indicators there is no sum."""
        self.assertEqual(
            self.grouped("km", "sales_amount", "target:sum", "actual:sum"), [(1400.0, 852.5)]
        )
        rows = self.cockpit("km").formatted_read_group(
            [("kind", "=", "indicator")], ["user_id"], ["actual:sum", "attained:avg"]
        )
        self.assertEqual([row["actual:sum"] for row in rows], [False, False])

    def test_no_data_is_not_zero(self):
        """T has no score: the mean of scores is that of A and B."""
        found = {sheet.user_id.login: sheet for sheet in self.scores.sudo().sheet_ids}
        self.assertFalse(found["reg_t"].has_score)
        scores = [found["reg_a"].score, found["reg_b"].score]
        rows = self.cockpit("gm").formatted_read_group(
            [("kind", "=", "score"), ("company_id", "=", self.company.id)],
            [],
            ["score:avg", "attained:avg", "__count"],
        )
        self.assertEqual(rows[0]["__count"], 3)
        self.assertAlmostEqual(rows[0]["score:avg"], sum(scores) / 2)
        self.assertFalse(rows[0]["attained:avg"])
        self.assertEqual(self.grouped("gm", "satisfaction", "attained:avg"), [(False,)])

    def test_stages(self):
        rows = self.cockpit("gm").search([("kind", "=", "score")])
        self.assertEqual(set(rows.mapped("stage")), {"running"})
        self.scores.action_publish()
        self.env.invalidate_all()
        self.assertEqual(set(rows.search([("kind", "=", "score")]).mapped("stage")), {"final"})

    def test_months(self):
        """A second month stands beside the first."""
        self.cycle(day="2026-02-28", at="2026-04-01 10:00")
        rows = self.cockpit("gm").formatted_read_group(
            [("kind", "=", "score")], ["date_from:month"], ["__count"]
        )
        self.assertEqual(len(rows), 2)

    def test_dashboard(self):
        """C49: what the spreadsheet asks for exists, and is asked with the reader's rights."""
        with file_open(DASHBOARD) as file:
            content = json.load(file)
        asked = [
            (data["metaData"]["resModel"], data["searchParams"]["domain"], data["metaData"]["groupBy"])
            + ([data["metaData"]["measure"]],)
            for data in (figure["data"] for figure in content["sheets"][0]["figures"])
        ]
        for pivot in content["pivots"].values():
            rows = [
                ":".join(filter(None, (row["fieldName"], row.get("granularity"))))
                for row in pivot["rows"]
            ]
            measures = [measure["fieldName"] for measure in pivot["measures"]]
            asked.append((pivot["model"], pivot["domain"], rows, measures))
        self.assertEqual(len(asked), 4)
        for model, domain, rows, measures in asked:
            with self.subTest(model=model, measures=measures):
                report = self.env[model]
                specs = [f"{name}:{report._fields[name].aggregator}" for name in measures]
                for login, found in (("gm", True), ("tm", False)):
                    groups = report.with_user(self.users[login]).formatted_read_group(
                        [*domain, ("user_id", "=", self.users["a"].id)], rows, specs
                    )
                    self.assertEqual(bool(groups), found, login)
        for menu in content["chartOdooMenusReferences"].values():
            self.assertEqual(self.env.ref(menu)._name, "ir.ui.menu")
        self.env["kpi.cockpit"]._load_dashboard()
        if "spreadsheet.dashboard" in self.env:
            dashboard = self.env.ref("sales_kpi.dashboard_scores")
            self.assertTrue(dashboard.with_user(self.users["gm"]).has_access("read"))
            self.assertFalse(dashboard.with_user(self.users["a"]).has_access("read"))

    def test_queries(self):
        """C49: as many queries for a pivot of two months as of one; a list alike."""

        def queries():
            taken = []
            for call in (
                lambda cockpit: cockpit.formatted_read_group(
                    [("kind", "=", "indicator")],
                    ["indicator_id", "date_from:month"],
                    ["actual:sum", "attained:avg"],
                ),
                lambda cockpit: cockpit.web_search_read(
                    [], {"user_id": {"fields": {"display_name": {}}}, "attained": {}, "score": {}}
                ),
            ):
                for _turn in range(2):
                    self.env.invalidate_all()
                    before = self.env.cr.sql_log_count
                    call(self.cockpit("gm"))
                    count = self.env.cr.sql_log_count - before
                taken.append(count)
            return taken

        one = queries()
        self.cycle(day="2026-02-28", at="2026-04-01 10:00")
        self.assertEqual(queries(), one)


@tagged("post_install", "-at_install")
class TestMonthlyAnalysis(KpiCommon):
    """C49, S1-26, S2-12, S2-13, S4-083, S4-135: sales beside plan, month and year before."""

    scheme_lines = (("sales_amount", {"weight": 100}),)

    def prepare(self):
        super().prepare()
        self.target("a", "sales_amount", 1000)
        order = self.sell(amount=800)
        self.bill(order, "2026-03-20")
        self.bill(self.sell("b", amount=500), "2026-03-21")
        self.cycle(at="2026-03-31 09:00")

    def report(self, login):
        return self.env["kpi.sales.report"].with_user(self.users[login]).with_context(
            allowed_company_ids=self.company.ids
        )

    def months(self, login, *measures, domain=()):
        rows = self.report(login).formatted_read_group(
            list(domain), ["date:month"], list(measures)
        )
        return {
            row["date:month"][0][:7]: tuple(row[measure] for measure in measures) for row in rows
        }

    def test_plan(self):
        """A sold 800 of 1,000; B without a plan counts in the sales of the team all the same."""
        self.assertEqual(
            self.months("a", "planned:sum", "invoiced:sum", "ordered:sum", "fulfilment:avg"),
            {"2026-03": (1000.0, 800.0, 800.0, 80.0)},
        )
        self.assertEqual(
            self.months("km", "planned:sum", "invoiced:sum", "fulfilment:avg"),
            {"2026-03": (1000.0, 1300.0, 130.0)},
        )

    def test_growth(self):
        """April: 1,200 after 800, half as much again; March of the next year beside this one."""
        self.bill(self.sell(amount=1200, at="2026-04-10 10:00"), "2026-04-11")
        measures = ("invoiced:sum", "month_before:sum", "growth_month:avg")
        months = self.months("a", *measures)
        self.assertEqual(months["2026-04"], (1200.0, 800.0, 50.0))
        self.assertEqual(months["2026-03"], (800.0, False, False), "nothing to compare with")
        self.assertNotIn("2026-05", months, "what is still to come is no row")
        self.bill(self.sell(amount=600, at="2027-03-10 10:00"), "2027-03-11")
        measures = ("invoiced:sum", "year_before:sum", "growth_year:avg")
        self.assertEqual(self.months("a", *measures)["2027-03"], (600.0, 800.0, -25.0))

    def test_refund(self):
        """A credit note takes back what was invoiced, in the month before too."""
        order = self.sell(amount=400, at="2026-03-27 10:00")
        self.refund(self.bill(order, "2026-03-25"), "2026-03-26")
        self.at("2026-04-02 09:00")
        self.assertEqual(self.months("a", "invoiced:sum")["2026-03"], (800.0,))
        self.assertEqual(self.months("a", "month_before:sum")["2026-04"], (800.0,))

    def test_products_and_countries(self):
        """By product category and country of the customer, as they were credited."""
        line = self.env["sale.order.line"].search(
            [("credited_user_id", "=", self.users["a"].id)], limit=1
        )
        for name, value in (
            ("product_id", line.product_id),
            ("categ_id", line.product_id.categ_id),
            ("country_id", line.credited_country_id),
        ):
            rows = self.report("a")._read_group([("invoiced", "!=", False)], [name], ["invoiced:sum"])
            self.assertEqual(rows, [(value, 800.0)], name)

    def test_who(self):
        """The person and who sees his sheets; not HR, not the colleague, not another team."""
        a, b = self.users["a"], self.users["b"]
        for login, people in (
            ("a", a),
            ("b", b),
            ("t", a.browse()),
            ("km", a | b),
            ("gm", a | b),
            ("aud", a | b),
            ("tm", a.browse()),
            ("hr", a.browse()),
            ("wh", a.browse()),
        ):
            rows = self.report(login).search([])
            self.assertEqual(rows.user_id, people, login)
        rows = self.report("km").search([("user_id", "=", a.id)])
        with self.assertRaises(AccessError):
            rows.with_user(b).read(["invoiced"])
        for name in ("order_id", "move_id", "partner_id"):
            self.assertNotIn(name, rows._fields, "neither documents nor customers")

    def test_expenses(self):
        """S2-12: approved claims beside the sales of the department."""
        employee = self.env["hr.employee"].search([("user_id", "=", self.users["a"].id)])
        department = self.env["hr.department"].create(
            {"name": "Key accounts", "company_id": self.company.id}
        )
        employee.department_id = department
        claim = self.env["hr.expense"].create(
            {
                "name": "Train",
                "employee_id": employee.id,
                "date": "2026-03-12",
                "total_amount_currency": 40,
                "company_id": self.company.id,
                "product_id": self.env["product.product"]
                .create({"name": "Travel", "can_be_expensed": True})
                .id,
            }
        )
        measures = ("invoiced:sum", "expenses:sum", "expense_share:avg")
        domain = [("department_id", "=", department.id)]
        self.assertEqual(self.months("km", *measures, domain=domain)["2026-03"], (800.0, False, False))
        self.env.cr.execute(
            "UPDATE hr_expense SET approval_state = 'approved', total_amount = 40 WHERE id = %s",
            [claim.id],
        )
        self.env.invalidate_all()
        self.assertEqual(self.months("km", *measures, domain=domain)["2026-03"], (800.0, 40.0, 5.0))

    def test_credited_reports(self):
        """S4-083, S4-257: Odoo's analyses of orders and invoices know the credited person."""
        for model, login in (("sale.report", "km"), ("account.invoice.report", "fin")):
            report = self.env[model].with_user(self.users[login]).with_context(
                allowed_company_ids=self.company.ids
            )
            rows = dict(
                report._read_group(
                    [("credited_user_id", "in", [self.users[x].id for x in "ab"])],
                    ["credited_user_id"],
                    ["price_subtotal:sum"],
                )
            )
            self.assertEqual(rows, {self.users["a"]: 800.0, self.users["b"]: 500.0}, model)
        mine = self.env["sale.report"].with_user(self.users["a"])
        self.assertEqual(mine.search([]).credited_user_id, self.users["a"])
