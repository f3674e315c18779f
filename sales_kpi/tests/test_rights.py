# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import tagged

from .common import KpiCommon


@tagged("post_install", "-at_install")
class TestRights(KpiCommon):
    """X6: a rep sees his own, a leader his people, HR all; figures made of cost only who may."""

    scheme_lines = (
        ("profit", {"weight": 60}),
        ("sales_amount", {"weight": 40}),
    )

    @classmethod
    def _scored_profile(cls, **values):
        profile = super()._scored_profile(**values)
        tele = cls._scheme(profile, cls.scheme_lines, name="Telemarketing")
        tele.role_id = cls.roles["telemarketer"]
        return profile

    def prepare(self):
        super().prepare()
        self.target("a", "profit", 300)
        self.target("a", "sales_amount", 1000)
        self.bill(self.sell(amount=352.5), "2026-03-20")
        self.scores = self.cycle()
        self.sheets = self.scores.sudo().sheet_ids

    def seen(self, login):
        found = self.env["kpi.sheet"].with_user(self.users[login]).search(
            [("id", "in", self.sheets.ids)]
        )
        lines = self.env["kpi.sheet.line"].with_user(self.users[login]).search(
            [("sheet_id", "in", self.sheets.ids)]
        )
        self.assertEqual(lines.sheet_id, found)
        return set(found.user_id.mapped("login"))

    def test_who(self):
        a, b, t = ({f"reg_{login}"} for login in "abt")
        for login, people in (
            ("a", a),
            ("b", b),
            ("t", t),
            ("km", a | b),
            ("rm", a | b),
            ("tm", t),
            ("sgm", t),
            ("gm", a | b | t),
            ("hr", a | b | t),
            ("aud", a | b | t),
            ("fin", set()),
            ("wh", set()),
            ("adm", set()),
        ):
            self.assertEqual(self.seen(login), people, login)

    def test_other_channels(self):
        """What a colleague scored comes neither by grouping nor by name or count."""
        sheet = self.sheet(self.scores, "a")
        mine = self.env["kpi.sheet"].with_user(self.users["b"])
        with self.assertRaises(AccessError):
            sheet.with_user(self.users["b"]).read(["score"])
        self.assertFalse(mine.search_count([("user_id", "=", self.users["a"].id)]))
        groups = mine._read_group([], ["user_id"], ["score:avg"])
        self.assertEqual({user for user, _score in groups}, {self.users["b"]})
        cycle = self.scores.with_user(self.users["b"])
        self.assertEqual((cycle.sheet_count, len(cycle.sheet_ids)), (1, 1))
        with self.assertRaises(AccessError):
            sheet.line_ids[0].with_user(self.users["b"]).action_open_evidence()

    def test_profit(self):
        """A reads 91.5 % and the points, not 274.50 of 300; KM and finance read both."""
        line = self.line(self.scores, "profit")
        mine = line.with_user(self.users["a"])
        self.assertEqual((mine.attained, mine.points), (91.5, 91.5))
        self.assertEqual((mine.actual_text, mine.target_text), ("•••", "•••"))
        self.assertEqual(
            (mine.actual, mine.target, mine.numerator, mine.target_full), (0, 0, 0, 0)
        )
        with self.assertRaises(AccessError):
            mine.read(["secret"])
        with self.assertRaises(AccessError):
            self.env["kpi.sheet.line"].with_user(self.users["a"]).search([("secret", "!=", False)])
        with self.assertRaises(AccessError):
            line.with_user(self.users["hr"]).action_open_evidence()
        self.assertNotIn("274", mine.explanation)
        self.assertFalse(
            self.env["kpi.target"].with_user(self.users["a"]).search(
                [("indicator_id.code", "=", "profit")]
            )
        )
        theirs = line.with_user(self.users["km"])
        self.assertIn("274.50", theirs.actual_text)
        self.assertIn("300.00", theirs.target_text)

    def test_documents(self):
        """A opens a list: document, date, untaxed amount, no cost; locked, it stays as it was."""
        line = self.line(self.scores, "profit")
        mine = line.with_user(self.users["a"])
        action = mine.action_open_evidence()
        self.assertEqual((action["res_model"], action["res_id"]), (line._name, line.id))
        invoice = self.env["account.move"].search(
            [("line_ids.credited_user_id", "=", self.users["a"].id), ("state", "=", "posted")]
        )

        def listed():
            self.env.invalidate_all()
            return mine.documents_html

        for words in (invoice.name, "03/20/2026", "352.50"):
            self.assertIn(words, listed())
        self.assertNotIn("274", listed())
        for login in ("km", "hr", "aud"):
            self.assertFalse(line.with_user(self.users[login]).documents_html, login)
        with self.assertRaises(AccessError):
            mine.read(["documents"])
        self.scores.action_lock()
        self.assertEqual(
            line.sudo().documents, {"rows": [[invoice.name, "2026-03-20", 352.5]], "more": 0}
        )
        self.at("2026-04-02 09:00")
        self.bill(self.sell(amount=99, at="2026-03-30 10:00"), "2026-03-30")
        self.assertIn("352.50", listed())
        self.assertNotIn("99.00", listed())
        self.scores.action_verify()
        self.cr.execute(
            """UPDATE kpi_sheet_line SET documents = '{"rows": [], "more": 0}' WHERE id = %s""",
            [line.id],
        )
        self.env.invalidate_all()
        with self.assertRaisesRegex(UserError, "fingerprint"):
            self.scores.action_verify()

    def test_documents_ordered(self):
        """Of a figure of orders: the orders, by the day of their confirmation in Shanghai."""
        self.cr.execute(
            "UPDATE kpi_indicator SET basis = 'ordered' WHERE id = %s", [self._indicator("profit").id]
        )
        self.env.invalidate_all()
        order = self.sell(amount=10, at="2026-03-31 23:30")
        self.sell("b", amount=20)
        self.at("2026-04-01 09:00")
        self.scores.action_compute()
        html = self.line(self.scores, "profit").with_user(self.users["a"]).documents_html
        for words in (order.name, "03/31/2026", "10.00"):
            self.assertIn(words, html)
        self.assertNotIn("20.00", html)

    def test_documents_queries(self):
        """As many queries for the figures of all as for one."""
        lines = self.sheets.line_ids.filtered("is_confidential")
        self.assertGreater(len(lines), 2)
        counts = []
        for some in (lines[:1], lines):
            some._documents()
            self.env.invalidate_all()
            before = self.cr.sql_log_count
            some._documents()
            counts.append(self.cr.sql_log_count - before)
        self.assertEqual(*counts)

    def test_manual(self):
        """HR and the leader enter figures, nobody his own, a leader none of another team."""
        values = {
            "indicator_id": self._indicator("team_work").id,
            "date": "2026-03-31",
            "value": 80,
            "source": "Meeting",
            "company_id": self.company.id,
        }
        Value = self.env["kpi.manual.value"]
        for who, whom in (("a", "a"), ("a", "b"), ("hr", "hr"), ("km", "km"), ("km", "t")):
            with self.assertRaises(AccessError):
                Value.with_user(self.users[who]).create({**values, "user_id": self.users[whom].id})
        for who, whom in (("hr", "a"), ("km", "b")):
            Value.with_user(self.users[who]).create({**values, "user_id": self.users[whom].id})
        entry = Value.search([("user_id", "=", self.users["a"].id)])
        self.assertEqual(entry.with_user(self.users["a"]).value, 80)
        with self.assertRaises(AccessError):
            entry.with_user(self.users["a"]).value = 100
        self.assertFalse(Value.with_user(self.users["b"]).search([("id", "=", entry.id)]))

    def test_manual_of_another_company(self):
        """Nobody enters figures about whom a company does not employ, nor leads there by here."""
        sister = self.env["res.company"].create({"name": "Sister"})
        both = self.users["hr"] | self.users["km"] | self.users["b"]
        both.company_ids |= sister
        values = {
            "indicator_id": self._indicator("team_work").id,
            "date": "2026-03-31",
            "value": 80,
            "source": "Meeting",
            "company_id": sister.id,
        }
        self.env["regulation.role.assignment"].create(
            {
                "role_id": self.roles["hr"].id,
                "company_id": sister.id,
                "user_id": self.users["hr"].id,
                "date_from": "2020-01-01",
            }
        )
        self.teams["ka"].company_id = self.company

        def entries(who):
            return self.env["kpi.manual.value"].with_user(self.users[who]).with_context(
                allowed_company_ids=sister.ids
            )

        with self.assertRaisesRegex(ValidationError, "does not work in"), self.cr.savepoint():
            entries("hr").create({**values, "user_id": self.users["a"].id})
        with self.assertRaises(AccessError), self.cr.savepoint():
            entries("km").create({**values, "user_id": self.users["b"].id})
        self.assertTrue(entries("hr").create({**values, "user_id": self.users["b"].id}))

    def test_print(self):
        """The printed sheet says the definition and hides the same figures."""
        report = self.env["ir.actions.report"]
        html, _kind = report.with_user(self.users["a"])._render_qweb_html(
            "sales_kpi.kpi_sheet_report", self.sheet(self.scores).ids
        )
        text = html.decode()
        self.assertIn("posted customer invoices", text)
        self.assertIn("91.5 % of target", text)
        self.assertNotIn("274.5", text)
