# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
import base64
import json
import xmlrpc.client

from odoo import Command
from odoo.tests import HttpCase, get_db_name, tagged
from odoo.tools import mute_logger

from odoo.addons.sales_regulation.tests.common import PREFIX

from .world import MARK, PRODUCTS, ChannelWorld, says

#: a picture nobody else has
PICTURE = base64.b64encode(
    base64.b64decode(
        "iVBORw0KGgoAAAANSUhEUgAAAAIAAAACCAIAAAD91JpzAAAAFklEQVR4nGP4z8DAwMDAxMDAwMDAAAANHQEDasKb6QAAAABJRU5ErkJggg=="
    )
)


@tagged("post_install", "-at_install")
class TestHttp(ChannelWorld, HttpCase):
    """What the server answers to addresses that somebody types, and to RPC in its three shapes."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._build_channels()
        cls.partner = cls.documents["res.partner"][0]
        cls.order = cls.documents["sale.order"][0]
        cls.invoice = cls.documents["account.move"]
        cls.login = PREFIX + "tm"
        cls.env.flush_all()

    def setUp(self):
        super().setUp()
        self.authenticate(self.login, self.login)

    @mute_logger("odoo.http", "odoo.addons.base.models.ir_rule", "odoo.addons.http_routing")
    def get(self, url):
        return self.url_open(url, allow_redirects=False, timeout=60)

    def assert_shut(self, url):
        response = self.get(url)
        self.assertFalse(says(response.text), url)
        self.assertNotIn(MARK.encode(), response.content, url)
        return response

    def test_files(self):
        """By number, by record and field, as picture; with a token that was not handed out."""
        for file in self.talk["ir.attachment"]:
            for url in (
                f"/web/content/{file.id}",
                f"/web/content/{file.id}/{file.name}?download=1",
                f"/web/content/ir.attachment/{file.id}/raw",
                f"/web/content/{file.id}?access_token=guess",
                f"/web/image/{file.id}",
                f"/mail/attachment/{file.id}",
            ):
                response = self.assert_shut(url)
                self.assertNotEqual(response.status_code, 500, url)
        for name, rows in self.documents.items():
            for field in ("display_name", "name", "message_ids"):
                self.assert_shut(f"/web/content/{name}/{rows[0].id}/{field}")

    def test_picture(self):
        """The picture of a hidden customer is the one of nobody."""
        self.partner.image_1920 = PICTURE
        self.env.flush_all()
        url = f"/web/image/res.partner/{self.partner.id}/avatar_128"
        theirs = self.get(url)
        self.authenticate(PREFIX + "a", PREFIX + "a")
        owners = self.get(url)
        self.assertEqual(owners.status_code, 200)
        self.assertNotEqual(theirs.content, owners.content)

    def test_reports(self):
        for report, record in (
            ("sale.report_saleorder", self.order),
            ("sale.report_saleorder_raw", self.order),
            ("account.report_invoice_with_payments", self.invoice),
        ):
            for kind in ("html", "text", "pdf"):
                self.assert_shut(f"/report/{kind}/{report}/{record.id}")
                self.assert_shut(
                    f"/report/{kind}/{report}?docids={record.id}&context="
                    + json.dumps({"active_ids": record.ids})
                )

    def test_portal(self):
        """The customer's page, without token and with a wrong one, as employee and as nobody."""
        for login in (self.login, None):
            self.authenticate(login, login)
            for url in (
                f"/my/orders/{self.order.id}",
                f"/my/orders/{self.order.id}?access_token=guess",
                f"/my/orders/{self.order.id}?report_type=pdf",
                f"/my/invoices/{self.invoice.id}",
                f"/my/invoices/{self.invoice.id}?access_token=guess&report_type=pdf",
                f"/mail/view?model=sale.order&res_id={self.order.id}",
                f"/odoo/sales/{self.order.id}",
            ):
                self.assert_shut(url)

    def rpc(self, route, **params):
        """The whole answer of a JSON route, with whatever traceback it brings."""
        response = self.url_open(
            route,
            data=json.dumps({"jsonrpc": "2.0", "method": "call", "params": params}),
            headers={"Content-Type": "application/json"},
            timeout=60,
        )
        return response.text

    @mute_logger("odoo.http", "odoo.addons.base.models.ir_rule", "odoo.service.model")
    def test_web_client(self):
        """``call_kw`` and the routes of the chatter, errors and their tracebacks included."""
        for name, rows in self.documents.items():
            for method, args, kwargs in (
                ("read", [rows.ids], {}),
                ("web_read", [rows.ids, {"display_name": {}}], {}),
                ("search_read", [[["id", "in", rows.ids]]], {}),
                ("name_search", [MARK], {}),
                ("export_data", [rows.ids, ["display_name"]], {}),
                ("write", [rows.ids, {"display_name": "x"}], {}),
                ("unlink", [rows.ids], {}),
                ("get_metadata", [rows.ids], {}),
                ("get_formview_action", [rows.ids], {}),
            ):
                answer = self.rpc(
                    f"/web/dataset/call_kw/{name}/{method}",
                    model=name,
                    method=method,
                    args=args,
                    kwargs=kwargs | {"context": {"debug": 1}},
                )
                if method == "name_search":
                    answer = answer.replace(f'"{MARK}"', "")
                self.assertFalse(says(answer), f"{name}.{method}: {answer[:600]}")
        for record in (self.partner, self.order, self.documents["crm.lead"]):
            about = {"thread_model": record._name, "thread_id": record.id}
            for route, params in (
                ("/mail/thread/messages", about),
                (
                    "/mail/data",
                    {
                        "fetch_params": [
                            [
                                "mail.thread",
                                {**about, "request_list": ["activities", "attachments", "followers"]},
                            ]
                        ]
                    },
                ),
                ("/mail/thread/recipients", about),
                ("/mail/message/translate", {"message_id": self.talk["mail.message"][0].id}),
                ("/mail/partner/from_email", {**about, "emails": [f"lin@{MARK.lower()}.example.com"]}),
            ):
                answer = self.rpc(route, **params)
                answer = answer.replace(f"lin@{MARK.lower()}.example.com", "")
                self.assertFalse(says(answer), f"{route} {record._name}: {answer[:600]}")

    @mute_logger("odoo.http", "odoo.addons.base.models.ir_rule", "odoo.addons.rpc")
    def test_rpc(self):
        """JSON-2 and XML-RPC: refused, without a name."""
        key = (
            self.env["res.users.apikeys"]
            .with_user(self.outsider)
            .sudo()
            ._generate(None, "channels", "2099-01-01")
        )
        self.env.flush_all()
        for name, rows in self.documents.items():
            response = self.url_open(
                f"/json/2/{name}/read",
                data=json.dumps({"ids": rows.ids, "fields": ["display_name"]}),
                headers={"Content-Type": "application/json", "Authorization": f"bearer {key}"},
            )
            self.assertEqual(response.status_code, 403, response.text)
            self.assertFalse(says(response.text), name)
            with self.assertRaises(xmlrpc.client.Fault) as fault:
                self.xmlrpc_object.execute_kw(
                    get_db_name(), self.outsider.id, key, name, "read", [rows.ids]
                )
            self.assertFalse(says(fault.exception.faultString), name)

    def test_the_owner_gets_them(self):
        """The same addresses answer to whom they may: what is shut above is there."""
        # Printing a secret takes a right and a reason beside (C52)
        self._grant("a", self.order.confidentiality_label_id.category_id.code, may_print=True)
        self.env["confidentiality.reason"].with_user(self.users["a"]).create(
            {"res_model": "sale.order", "res_id": self.order.id, "reason": "For the customer"}
        )
        self.env.flush_all()
        self.authenticate(PREFIX + "a", PREFIX + "a")
        file = self.talk["ir.attachment"].filtered(lambda row: row.res_model == "sale.order")
        self.assertEqual(self.get(f"/web/content/{file.id}").content, MARK.encode())
        page = self.get(f"/report/html/sale.report_saleorder/{self.order.id}")
        self.assertIn(MARK, page.text)


@tagged("post_install", "-at_install")
class TestProductHttp(ChannelWorld, HttpCase):
    """The same of a product and a price list that are not released, where they are protected."""

    share_company = False  # the registry gets columns
    activated = PRODUCTS
    get, rpc, assert_shut = TestHttp.get, TestHttp.rpc, TestHttp.assert_shut

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._build_channels()
        cls.template = cls.documents["product.template"]
        cls.variant = cls.documents["product.product"]
        cls.template.image_1920 = PICTURE
        if "available_in_pos" in cls.template._fields:
            cls.template.available_in_pos = True
        cls.documents["product.document"].write(
            {"attached_on_sale": "sale_order", "raw": MARK.encode()}
        )
        cls.env.flush_all()

    def setUp(self):
        super().setUp()
        self.authenticate(PREFIX + "tm", PREFIX + "tm")

    def test_files_and_pictures(self):
        """By number, by record and field; also where Odoo shows pictures to everybody."""
        urls = [
            f"/web/image/{rows._name}/{rows[:1].id}/{field}{more}"
            for rows in (self.template, self.variant)
            for field in ("image_1920", "image_128")
            for more in ("", "?access_token=guess")
        ]
        self.authenticate(PREFIX + "km", PREFIX + "km")
        known = [self.get(url).content for url in urls]
        for login in (PREFIX + "tm", None):
            self.authenticate(login, login)
            for url, picture in zip(urls, known, strict=True):
                self.assertNotEqual(self.get(url).content, picture, (login, url))
            for file in (*self.talk["ir.attachment"], *self.documents["product.document"]):
                self.assert_shut(f"/web/content/{file._name}/{file.id}/raw")
                self.assert_shut(f"/web/content/{file.id}")

    def test_the_page_of_an_order(self):
        """An order that a colleague may see: its page lists the files of the product for the
        customer and for who may see the product."""
        order, [file, _more] = self.traded.sudo(), self.documents["product.document"]
        order._portal_ensure_token()
        self.env.flush_all()
        token = f"?access_token={order.access_token}"
        self.assertIn(order.name, self.assert_shut(f"/my/orders/{order.id}{token}").text)
        self.assert_shut(f"/my/orders/{order.id}/document/{file.id}{token}")
        for login in (PREFIX + "km", None):
            self.authenticate(login, login)
            page = self.get(f"/my/orders/{order.id}{token}")
            self.assertIn(file.name, page.text)

    def test_labels_and_price_lists(self):
        """Reports that are told what to print, and those of a price list."""
        pricelist = self.documents["product.pricelist"]
        for name, ids in (("product.template", self.template), ("product.product", self.variant)):
            data = {
                "active_model": name,
                "quantity_by_product": {ids[:1].id: 1},
                "quantities": [1],
                "pricelist_id": pricelist.id,
                "active_ids": ids.ids,
            }
            for report in (
                "product.report_producttemplatelabel2x7",
                "product.report_producttemplatelabel_dymo",
                "product.report_pricelist",
                "stock.report_product_product_replenishment",
            ):
                self.assert_shut(f"/report/html/{report}?options={json.dumps(data)}")
                self.assert_shut(f"/report/html/{report}/{ids[:1].id}")

    @mute_logger("odoo.http", "odoo.addons.base.models.ir_rule", "odoo.service.model")
    def test_catalogs_and_configurators(self):
        """What a form asks for while somebody sells: prices, variants, what a set is made of."""
        combo = self.env["product.combo"].create(
            {
                "name": "Set",
                "company_id": self.company.id,
                "combo_item_ids": [
                    Command.create({"product_id": product.id})
                    for product in (self.variant, self.product)
                ],
            }
        )
        self.set = self.env["product.template"].create(
            {"name": "Starter set", "type": "combo", "company_id": self.company.id, "combo_ids": [Command.set(combo.ids)]}
        )
        order = self._order("tm", "beihe")
        self.env.flush_all()
        asked = {
            "product_template_id": self.template.id,
            "quantity": 1,
            "currency_id": self.cny.id,
            "so_date": "2026-03-02 01:00:00",
            "ptav_ids": [],
            "company_id": self.company.id,
        }
        for route, params in (
            ("/sale/product_configurator/get_values", asked),
            ("/sale/product_configurator/update_combination", asked),
            ("/sale/product_configurator/get_optional_products", {**asked, "parent_ptav_ids": []}),
            (
                "/product/catalog/order_lines_info",
                {"res_model": "sale.order", "order_id": order.id, "product_ids": self.variant.ids},
            ),
            (
                "/product/catalog/update_order_line_info",
                {
                    "res_model": "sale.order",
                    "order_id": order.id,
                    "product_id": self.variant.id,
                    "quantity": 1,
                },
            ),
        ):
            answer = self.rpc(route, **params)
            self.assertFalse(says(answer), f"{route}: {answer[:600]}")
        told = {}
        for login in ("tm", "km"):
            self.authenticate(PREFIX + login, PREFIX + login)
            told[login] = self.rpc(
                "/sale/combo_configurator/get_data",
                product_tmpl_id=self.set.id,
                quantity=1,
                date="2026-03-02 01:00:00",
                currency_id=self.cny.id,
                company_id=self.company.id,
            )
        self.assertFalse(says(told["tm"]), told["tm"][:600])
        self.assertIn("Controller chip", told["tm"])
        self.assertIn(MARK, told["km"])

    @mute_logger("odoo.http", "odoo.addons.base.models.ir_rule", "odoo.service.model")
    def test_web_client(self):
        """``call_kw``, errors and their tracebacks included; the barcode of a hidden product."""
        barcode = self.variant.barcode
        for name in ("product.template", "product.product", "product.pricelist"):
            rows = self.documents[name]
            for method, args in (
                ("web_read", [rows.ids, {"display_name": {}}]),
                ("name_search", [MARK]),
                ("search_read", [[["barcode", "=", barcode]]] if "barcode" in rows else [[]]),
                ("export_data", [rows.ids, ["display_name"]]),
                ("copy", [rows.ids]),
                ("unlink", [rows.ids]),
                ("action_archive", [rows.ids]),
                ("get_formview_action", [rows.ids]),
            ):
                answer = self.rpc(
                    f"/web/dataset/call_kw/{name}/{method}",
                    model=name,
                    method=method,
                    args=args,
                    kwargs={"context": {"debug": 1}},
                ).replace(f'"{MARK}"', "").replace(barcode, "")
                self.assertFalse(says(answer), f"{name}.{method}: {answer[:600]}")
