# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from datetime import datetime, time
from unittest.mock import patch

from dateutil.relativedelta import relativedelta

from odoo.exceptions import AccessError
from odoo.tests import tagged

from odoo.addons.sales_regulation.tools import engine

from ..models.log import confidentiality_log
from .common import ConfidentialityCommon


@tagged("post_install", "-at_install")
class TestLog(ConfidentialityCommon):
    """Who looked at what; who was refused; who would have been (C52)."""

    def rows(self, *outcomes):
        with self.enter_registry_test_mode():
            self.cr.postrollback.run()
        self.cr.postcommit.clear()
        self.env.invalidate_all()
        return self.env["confidentiality.log"].search([("outcome", "in", outcomes)])

    def test_reads(self):
        order = self._order("a")
        self._as(self.xinghai, "km").read(["name"])
        self._as(self.xinghai, "km").read(["phone"])
        self._as(self.customers["beihe"], "km").read(["name"])
        row = self.rows("allowed").filtered(
            lambda row: row.user_id == self.users["km"] and row.model == "res.partner"
        )
        self.assertEqual(len(row), 1, "one row per request, person, model, label and channel")
        self.assertEqual((row.number, row.channel), (2, "read"))
        self.assertEqual(row.label_id, self.xinghai.confidentiality_label_id)
        self.assertTrue(order)

    def noted(self, model, login="km", channel="read", outcome="allowed"):
        return self.rows(outcome).filtered(
            lambda row: (row.user_id, row.model, row.channel) == (self.users[login], model, channel)
        )

    def test_what_repeats_its_facts(self):
        """Lines, analyses, payments: by whichever model somebody reads it."""
        order = self._order("a")
        order.order_line[0].sudo().copy({"order_id": order.id})
        bank = self.env["res.partner.bank"].create(
            [{"acc_number": f"6222-{number}", "partner_id": self.xinghai.id} for number in range(5)]
        )
        self.env.flush_all()
        self._as(order.order_line, "km").read(["price_unit"])
        self._as(self.env["sale.report"], "km").search_read(
            [("name", "=", order.name)], ["price_total"]
        )
        self._as(bank, "km").web_read({"acc_number": {}})
        lines = self.noted("sale.order.line")
        self.assertGreater(len(order.order_line), 1)
        self.assertEqual((lines.number, lines.label_id), (1, order.confidentiality_label_id))
        self.assertTrue(self.noted("sale.report").number)
        banks = self.noted("res.partner.bank")
        self.assertEqual(
            (banks.number, banks.label_id), (1, self._label("confidential", "customer"))
        )

    def test_lines_would_be_denied(self):
        order = self._order("a")
        self.env.ref("sales_confidentiality.category_contract").mode = "observe"
        self._as(order.order_line, "tm").read(["price_unit"])
        self.assertEqual(self.noted("sale.order.line", "tm", outcome="observed").number, 1)

    def test_as_many_queries_for_many(self):
        bank = self.env["res.partner.bank"].create(
            [
                {"acc_number": f"6222-{number}", "partner_id": customer.id}
                for number in range(5)
                for customer in (self.xinghai, self.customers["beihe"])
            ]
        )
        self.env.flush_all()
        counts = []
        for records in (bank[:1], bank[:1], bank):
            self.env.invalidate_all()
            before = self.cr.sql_log_count
            self._as(records, "km").read(["acc_number"])
            counts.append(self.cr.sql_log_count - before)
        self.assertEqual(counts[1], counts[2])

    def test_names(self):
        partners = self.env["res.partner"].with_user(self.users["km"])
        self.assertTrue(partners.name_search("Xinghai", [("id", "=", self.xinghai.id)]))
        self.assertTrue(partners.name_search("", [("id", "=", self.customers["beihe"].id)]))
        self.assertEqual(self.noted("res.partner", channel="name").number, 1)

    def test_groups_and_sums(self):
        """Counted as groups, at most the records in them; noted only where one contributes."""
        orders = self._order("a") | self._order("a")
        self._order("a", "beihe")
        self.env.flush_all()
        mine = [("id", "in", orders.ids)]
        asked = self.env["sale.order"].with_user(self.users["km"])
        asked.formatted_read_group(mine, ["partner_id"], ["amount_total:sum"])
        row = self.noted("sale.order", channel="group")
        self.assertEqual((row.number, row.label_id), (1, self._label("confidential", "contract")))
        others = [("partner_id", "=", self.customers["beihe"].id)]
        asked.formatted_read_group(others, ["partner_id"], ["amount_total:sum"])
        asked.with_user(self.users["tm"]).formatted_read_group(mine, ["name"], ["__count"])
        self.assertEqual(self.noted("sale.order", channel="group"), row)
        self.assertFalse(self.noted("sale.order", "tm", channel="group"))
        self.env["sale.order.line"].with_user(self.users["km"]).formatted_read_grouping_sets(
            [("order_id", "in", orders.ids)], [["order_id"], []], ["price_total:sum"]
        )
        self.assertEqual(self.noted("sale.order.line", channel="group").number, 2)
        self.env["res.partner.bank"].create({"acc_number": "1", "partner_id": self.xinghai.id})
        self.env["res.partner.bank"].with_user(self.users["km"]).formatted_read_group(
            [("partner_id", "=", self.xinghai.id)], ["bank_id"], ["__count"]
        )
        self.assertEqual(self.noted("res.partner.bank", channel="group").number, 1)

    def test_denials(self):
        with self.assertRaises(AccessError):
            self._as(self.xinghai, "t").read(["name"])
        row = self.rows("denied")
        self.assertEqual((row.user_id, row.model), (self.users["t"], "res.partner"))

    def test_observed(self):
        self.env.ref("sales_confidentiality.category_customer").mode = "observe"
        self._as(self.xinghai, "t").read(["name"])
        self._as(self.xinghai, "a").read(["name"])
        row = self.rows("observed")
        self.assertEqual(row.user_id, self.users["t"])

    def remove_old(self):
        self.env.flush_all()
        with self.enter_registry_test_mode(), self.registry.cursor() as cr:
            self.env(cr=cr)["regulation.register.seal"]._cron_retention()
        self.env.invalidate_all()

    def test_kind_of_record(self):
        """The log says "Sales Order", and is searched by it; what left keeps its technical name."""
        log = self.env["confidentiality.log"]
        order, gone = engine(log).create(
            [
                {"at": "2026-03-02 01:00:00", "model": model, "number": 1, "outcome": "allowed"}
                for model in ("sale.order", "gone.model")
            ]
        )
        self.assertEqual(order.model_name, self.env["ir.model"]._get("sale.order").name)
        self.assertEqual(gone.model_name, "gone.model")
        both = order | gone
        domain = [("id", "in", both.ids), ("model_name", "ilike", "sales ord")]
        self.assertEqual(log.search(domain), order)

    def test_retention(self):
        """As long as the regulation says; the register says that rows went. Not the others'."""
        today = self.company._regulation_today()
        logs = engine(self.env["confidentiality.log"])
        rows = [
            logs.create(
                {
                    "at": datetime.combine(today - relativedelta(months=months), time(12)),
                    "user_id": user.id,
                    "model": "res.partner",
                    "number": 1,
                }
            )
            for months, user in (
                (7, self.users["km"]),
                (8, self.users["a"]),
                (5, self.users["km"]),
                (8, self.env.ref("base.user_root")),
            )
        ]
        self.remove_old()
        self.assertTrue(all(row.exists() for row in rows), "no regulation, no end")
        self._profile(access_log_months=6)
        with patch.object(confidentiality_log, "_BATCH", 1):
            self.remove_old()
        self.remove_old()
        self.assertEqual([bool(row.exists()) for row in rows], [False, False, True, True])
        note = self.env["regulation.register"].search(
            [("event", "=", "retention"), ("company_id", "=", self.company.id)]
        )
        day = today - relativedelta(months=6)
        self.assertEqual(note.code, f"confidentiality.log < {day}: 2")

    def test_nobody_changes_it(self):
        self._as(self.xinghai, "km").read(["name"])
        row = self.rows("allowed")[0]
        for user in (self.officer, self.env.ref("base.user_root")):
            with self.assertRaises(AccessError):
                row.with_user(user).write({"number": 0})
            with self.assertRaises(AccessError):
                row.with_user(user).unlink()
        with self.assertRaises(AccessError):
            row.create({"at": "2026-01-01", "model": "res.partner"})
        with self.assertRaises(AccessError):
            self.env["confidentiality.log"].with_user(self.users["a"]).search([])
