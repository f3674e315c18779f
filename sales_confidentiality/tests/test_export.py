# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
import json

from odoo import http
from odoo.exceptions import AccessError, UserError
from odoo.tests import HttpCase, tagged

from odoo.addons.sales_regulation.tests.common import PREFIX

from .common import EXPORTERS, ConfidentialityCommon


class ExportWorld(ConfidentialityCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.export_group = cls.env.ref("base.group_allow_export")
        cls.order = cls._order("a")
        for login in EXPORTERS | {"leg"}:
            cls.users[login].group_ids |= cls.export_group
        cls.env.flush_all()

    def export(self, login, record, *paths):
        return self._as(record, login).export_data(list(paths or ["display_name"]))["datas"]


@tagged("post_install", "-at_install")
class TestExport(ExportWorld):
    """Labelled records leave as a table only with a right on the grant (C52, S4-048)."""

    def test_the_column_of_the_storyline(self):
        """Export: A no, attempt logged; KM, FIN, DGM, RM, AUD, GM yes, logged; LEG no."""
        for login in ("km", "dgm", "rm", "gm"):
            self.assertTrue(self.export(login, self.order))
        for login in ("fin", "aud"):
            self.assertTrue(self.export(login, self.xinghai))
        allowed = self.logged("export", "allowed")
        self.assertEqual(set(allowed.user_id.ids), {self.users[x].id for x in EXPORTERS})
        for login, record in (("a", self.order), ("a", self.xinghai), ("leg", self.xinghai)):
            with self.assertRaises(AccessError) as refused:
                self.export(login, record)
            self.assertIn("S4-048", str(refused.exception))
            self.assertIn(self.officer.name, str(refused.exception))
        denied = self.logged("export", "denied")
        self.assertEqual(set(denied.user_id.ids), {self.users[x].id for x in ("a", "leg")})
        self.assertEqual(set(denied.mapped("number")), {1})

    def test_both_rights(self):
        """Odoo's right alone is not enough, nor is the one on the grant."""
        self.users["a"].group_ids |= self.export_group
        with self.assertRaises(AccessError):
            self.export("a", self.order)
        self._grant("a", "contract", may_export=True)
        self.assertTrue(self.export("a", self.order))
        self.users["a"].group_ids -= self.export_group
        with self.assertRaises(AccessError):
            self.export("a", self.order)

    def test_up_to_the_level(self):
        self._grant("leg", "contract", level="confidential", may_export=True)
        self.users["leg"].group_ids |= self.env.ref("sales_team.group_sale_salesman_all_leads")
        self.assertTrue(self.export("leg", self.order))
        self.order.confidentiality_label_id = self._label("secret", "contract")
        with self.assertRaises(AccessError):
            self.export("leg", self.order)

    def test_a_list_needs_both(self):
        """Of a need-to-know list: a member with a grant that exports, nobody else."""
        self.order.confidentiality_label_id = self._list("Project", "a", "km")
        self.users["a"].group_ids |= self.export_group
        with self.assertRaises(AccessError):
            self.export("a", self.order)
        # The row of a secret is committed by itself: in a test it may not be
        with self.enter_registry_test_mode():
            self.assertTrue(self.export("km", self.order))
        with self.assertRaises(AccessError):
            self.export("dgm", self.order)

    def test_by_way_of_something_else(self):
        """Lines, analysis, and classified records on the way of a path."""
        self.order.sudo().action_confirm()
        self.users["a"].group_ids |= self.export_group
        report = self.env["sale.report"].search([("name", "=", self.order.name)])
        for record in (self.order.order_line, report):
            with self.subTest(record._name), self.assertRaises(AccessError):
                self.export("a", record, "price_subtotal")
        own = self._order("a", "beihe")
        own.order_line.name = "Open"
        self.assertFalse(own.confidentiality_label_id)
        self.assertTrue(self.export("a", own, "name", "partner_id/name"))
        team = self.teams["ka"]
        self.assertTrue(self.export("a", team, "name"))
        own.sudo().partner_shipping_id = self.xinghai
        self.assertTrue(self.export("a", own, "partner_shipping_id"))
        with self.assertRaises(AccessError):
            self.export("a", own, "partner_shipping_id/phone")

    def test_hidden_records_say_nothing(self):
        """Whoever does not see the record is not told its label."""
        self.users["tm"].group_ids |= self.export_group
        with self.assertRaises(AccessError) as refused:
            self.export("tm", self.order)
        self.assertNotIn(self.order.confidentiality_label_id.name, str(refused.exception))

    def test_unlabelled_is_as_before(self):
        with self.assertRaises(UserError):
            self.export("a", self.customers["beihe"])
        self.users["a"].group_ids |= self.export_group
        self.assertTrue(self.export("a", self.customers["beihe"]))
        self.assertFalse(self.logged("export", "allowed", "denied", "observed"))

    def test_observe(self):
        """Observed: all pass, the log says who would have been stopped."""
        self.env.ref("sales_confidentiality.category_contract").mode = "observe"
        self.users["a"].group_ids |= self.export_group
        self.assertTrue(self.export("a", self.order))
        self.assertEqual(self.logged("export", "observed").user_id, self.users["a"])

    def test_secret_is_logged_first(self):
        """The row of the highest level does not wait for the end of the request."""
        self.order.confidentiality_label_id = self._label("secret", "contract")
        with self.enter_registry_test_mode():
            self.export("km", self.order)
        row = self.env["confidentiality.log"].search([("channel", "=", "export")])
        self.assertEqual((row.user_id, row.number), (self.users["km"], 1))
        self.assertEqual(row.label_id, self._label("secret", "contract"))

    def test_constant_cost(self):
        """As many queries for forty orders as for four."""
        orders = (
            self.env["sale.order"]
            .browse([self._order("a").id for _number in range(40)])
            .with_user(self.users["km"])
        )
        counts = []
        for number in (4, 4, 40):
            self.env.invalidate_all()
            before = self.cr.sql_log_count
            self.env["confidentiality.model"].with_user(self.users["km"])._check_export(
                orders[:number], ["name", "partner_id/name", "order_line/price_unit"]
            )
            counts.append(self.cr.sql_log_count - before)
        # The first one fills Odoo's caches
        self.assertEqual(counts[1], counts[2])


@tagged("post_install", "-at_install")
class TestCopy(ExportWorld):
    """What is not duplicated (S4-048)."""

    def contract(self):
        contracts = self.env["sales.contract"].with_user(self.users["a"])
        return contracts.browse(self.order.action_create_contract()["res_id"])

    def test_contract(self):
        contract = self.contract()
        self.assertTrue(contract.confidentiality_label_id)
        with self.assertRaises(AccessError) as refused:
            contract.copy()
        self.assertIn("S4-048", str(refused.exception))
        self.assertEqual(self.logged("copy", "denied").res_id, contract.id)
        self.officer_lowers(contract)
        contract.copy()

    def officer_lowers(self, contract):
        contract.with_user(self.officer).sudo().action_confidentiality_lower(False, "Published")

    def test_orders_are_copied_with_their_label(self):
        """Copies carry the label and are on record."""
        copy = self.order.copy()
        self.assertEqual(copy.confidentiality_label_id, self.order.confidentiality_label_id)
        self.assertEqual(self.logged("copy", "allowed").res_id, self.order.id)

    def test_files(self):
        attachments = self.env["ir.attachment"].with_user(self.users["a"])
        file = attachments.create(
            {
                "name": "terms.pdf",
                "raw": b"%PDF the terms",
                "res_model": "sale.order",
                "res_id": self.order.id,
            }
        )
        with self.assertRaises(AccessError):
            file.copy()
        with self.assertRaises(AccessError):
            file.copy({"res_model": False, "res_id": False})
        again = attachments.create({"name": "mine.pdf", "raw": b"%PDF the terms"})
        with self.assertRaises(AccessError):
            again.copy()
        attachments.create({"name": "open.pdf", "raw": b"%PDF something else"}).copy()


@tagged("post_install", "-at_install")
class TestVolume(ExportWorld):
    """More than expected in a day: the officer is told, once (C52, S4-019)."""

    def read(self, login, number):
        for _number in range(number):
            self._as(self.xinghai, login).read(["name"])
        self.logged("read", "allowed")

    def alerts(self):
        self.env["confidentiality.alert"]._cron_volume()
        return self.env["confidentiality.alert"].search([])

    def test_once_a_day(self):
        self.env.ref("sales_confidentiality.level_confidential").volume_limit = 5
        self.read("km", 5)
        self.assertFalse(self.alerts())
        self.read("km", 1)
        alert = self.alerts()
        self.assertEqual((alert.user_id, alert.record_count), (self.users["km"], 6))
        self.assertEqual(alert.activity_ids.user_id, self.officer)
        self.read("km", 20)
        self.assertEqual(self.alerts(), alert)
        self.assertEqual(len(alert.activity_ids), 1)

    def test_whichever_way(self):
        """Lines, names and downloads count as the record does."""
        self.env.ref("sales_confidentiality.level_confidential").volume_limit = 3
        for ending in range(2):
            self.env["res.partner.bank"].create(
                {"acc_number": f"6222-{ending}", "partner_id": self.xinghai.id}
            ).with_user(self.users["km"]).read(["acc_number"])
        self.env["res.partner"].with_user(self.users["km"]).name_search(
            "", [("id", "=", self.xinghai.id)]
        )
        self.env["confidentiality.log"].with_user(self.users["km"])._collect(
            "allowed", self.xinghai, "download", note="terms.pdf", each=True
        )
        self.logged("read", "allowed")
        self.assertEqual(
            self.alerts().filtered(lambda a: a.user_id == self.users["km"]).record_count, 4
        )

    def test_who_reads_the_alert(self):
        """Not whom it is about, and nobody writes its figures."""
        self.env.ref("sales_confidentiality.level_confidential").volume_limit = 1
        self.read("km", 2)
        alert = self.alerts()
        with self.assertRaises(AccessError):
            alert.with_user(self.users["km"]).read(["record_count"])
        self.users["km"].group_ids |= self.env.ref(
            "sales_confidentiality.group_confidentiality_officer"
        )
        with self.assertRaises(AccessError):
            alert.with_user(self.users["km"]).read(["record_count"])
        alert.with_user(self.officer).remark = "Prepared the yearly review"
        with self.assertRaises(AccessError):
            alert.with_user(self.officer).record_count = 1

    def test_the_officer_is_reported_to_another(self):
        """Not himself: to the next officer if there is one."""
        self.users["rm"].group_ids |= self.env.ref(
            "sales_confidentiality.group_confidentiality_officer"
        )
        self.env.ref("sales_confidentiality.level_confidential").volume_limit = 1
        self.read("gm", 2)
        self.assertEqual(self.alerts().activity_ids.user_id, self.users["rm"])

    def gone(self, users):
        """As if they had left: who leaves needs a check-out."""
        self.cr.execute("UPDATE res_users SET active = FALSE WHERE id = ANY(%s)", [users.ids])
        self.env.invalidate_all()
        self.env.registry.clear_cache()

    def test_the_only_officer_is_reported_too(self):
        """To an auditor; where there is none, the directors get a message."""
        audit = self.env.ref("sales_regulation.group_regulation_audit")
        officers = self.env.ref("sales_confidentiality.group_confidentiality_officer")
        self.gone(officers.all_user_ids - self.officer)
        self.env.ref("sales_confidentiality.level_confidential").volume_limit = 1
        self.read("gm", 2)
        self.read("a", 2)
        alerts = self.alerts()
        self.assertEqual(len(alerts), 2)
        for alert in alerts:
            told = alert.activity_ids.user_id
            self.assertEqual(len(told), 1)
            self.assertNotEqual(told, alert.user_id)
            self.assertIn(
                told, audit.all_user_ids if alert.user_id == self.officer else self.officer
            )
        alert = alerts.filtered(lambda each: each.user_id == self.officer)
        alert.activity_ids.unlink()
        director = self.users["dgm"]
        self.env["regulation.role.assignment"].create(
            {
                "role_id": self.env["regulation.role"]._code("director").id,
                "user_id": director.id,
                "company_id": self.company.id,
                "date_from": "2020-01-01",
            }
        )
        self.gone(audit.all_user_ids - self.officer)
        alert._tell("Many", "So many")
        told = (
            self.env["mail.message"]
            .search([("model", "=", alert._name), ("res_id", "=", alert.id)])
            .notified_partner_ids
        )
        self.assertIn(director.partner_id, told)
        self.assertNotIn(self.officer.partner_id, told)


@tagged("post_install", "-at_install")
class TestExportHttp(ExportWorld, HttpCase):
    """The doors of the web client: list as CSV and spreadsheet, pivot as spreadsheet."""

    def login(self, login):
        self.users[login].password = PREFIX + login
        self.env.flush_all()
        self.authenticate(PREFIX + login, PREFIX + login)

    def csv(self, kind="csv"):
        return self.url_open(
            f"/web/export/{kind}",
            data={
                "data": json.dumps(
                    {
                        "model": "sale.order",
                        "fields": [{"name": "name", "label": "Number"}],
                        "ids": self.order.ids,
                        "domain": [],
                        "import_compat": False,
                    }
                ),
                "csrf_token": self.csrf_token(),
            },
        )

    def pivot(self, model="sale.report"):
        table = {
            "title": "Sales",
            "model": model,
            "measure_count": 1,
            "col_group_headers": [[{"title": "Total", "width": 1, "height": 1}]],
            "measure_headers": [{"title": "Untaxed", "is_bold": True}],
            "rows": [{"title": "Xinghai", "indent": 0, "values": [{"value": 100}]}],
        }
        return self.url_open(
            "/web/pivot/export_xlsx",
            data={"data": json.dumps(table), "csrf_token": self.csrf_token()},
        )

    def csrf_token(self):
        return http.Request.csrf_token(self)

    def test_lists(self):
        self.login("a")
        self.users["a"].group_ids |= self.export_group
        self.env.flush_all()
        for kind in ("csv", "xlsx"):
            answer = self.csv(kind)
            self.assertEqual(answer.status_code, 500)
            self.assertIn("S4-048", answer.text)
            self.assertNotIn(self.order.name, answer.text)
        self.login("km")
        answer = self.csv()
        self.assertEqual(answer.status_code, 200)
        self.assertIn(self.order.name, answer.text)
        denied = self.env["confidentiality.log"].search(
            [("channel", "=", "export"), ("outcome", "=", "denied")]
        )
        self.assertEqual(denied.user_id, self.users["a"])

    def test_pivot(self):
        self.order.sudo().action_confirm()
        self.login("a")
        self.users["a"].group_ids |= self.export_group
        answer = self.pivot()
        self.assertEqual(answer.status_code, 500)
        self.assertIn("S4-048", answer.text)
        # What holds nothing classified that he sees is as in Odoo
        self.assertEqual(self.pivot("crm.lead").status_code, 200)
        self.login("km")
        self.assertEqual(self.pivot().status_code, 200)
