# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from datetime import timedelta

from odoo.exceptions import AccessError
from odoo.tests import tagged

from .common import ConfidentialityCommon


@tagged("post_install", "-at_install")
class TestMasks(ConfidentialityCommon):
    """Fields beyond the base card, cost and credit (C51)."""

    enforced = ("customer", "contract", "cost", "credit")

    def read(self, login, record, *names):
        return self._as(record, login).read(list(names))[0]

    def test_phone(self):
        """The team shares the base card; the rest is for who is cleared in full (S3-23, S3-24)."""
        for login in ("a", "km", "gm"):
            self.assertEqual(self.read(login, self.xinghai, "phone")["phone"], "0755 1111 0001")
        for login in ("b", "wh", "leg", "fin", "aud", "clk"):
            values = self.read(login, self.xinghai, "name", "street", "phone", "email", "vat")
            self.assertEqual(values["name"], "Xinghai Electronics")
            self.assertEqual(values["street"], "1 Harbour Road")
            self.assertEqual(values["phone"], "075****0001", login)
            self.assertEqual(values["email"], "l****.com")
            self.assertFalse(values["vat"])

    def test_no_oracle(self):
        """Conditions, names, order and groups see nothing where the person sees nothing."""
        for login, found in (("a", 1), ("b", 0), ("wh", 0)):
            partners = self.env["res.partner"].with_user(self.users[login])
            mine = [("id", "=", self.xinghai.id)]
            for condition in (
                ("phone", "like", "0001"),
                ("email", "=", "lin@xinghai.example.com"),
                ("email", "!=", False),
            ):
                self.assertEqual(partners.search_count([*mine, condition]), found, condition)
            names = partners.name_search("lin@xinghai.example.com", domain=mine)
            self.assertEqual(len(names), found)
            groups = partners.formatted_read_group(mine, ["email"], ["__count"])
            self.assertEqual(groups[0]["email"], "lin@xinghai.example.com" if found else False)

    def test_names_with_address(self):
        """The base card says where goods are delivered, and nothing more; else not even that."""
        keys = {"show_address": True, "show_email": True}
        for login, email in (("a", True), ("b", False), ("wh", False)):
            shown = self._as(self.xinghai, login).sudo().with_context(**keys).display_name
            self.assertIn("1 Harbour Road", shown, login)
            self.assertEqual("lin@" in shown, email, login)
        shown = self._as(self.xinghai, "t").sudo().with_context(**keys).display_name
        self.assertNotIn("Harbour", shown)
        shown = self._as(self.xinghai, "b").with_context(show_email=True).display_name
        self.assertNotIn("lin@", shown)
        shown = self._as(self.xinghai, "a").with_context(show_email=True).display_name
        self.assertIn("lin@", shown)

    def test_server_code_reads_the_truth(self):
        """Masks stand at the door: what stock computes as that person stays right."""
        self.read("b", self.xinghai, "phone")
        self.assertEqual(self._as(self.xinghai, "b").phone, "0755 1111 0001")
        self.assertEqual(self.xinghai.phone, "0755 1111 0001")

    def test_cost(self):
        """Of the goods and of a line: read by grant only (S2-29)."""
        order = self._order("a")
        line = order.order_line
        self.assertEqual(line.purchase_price, 78.0)
        values = self.read("a", line, "purchase_price", "margin", "price_unit")
        self.assertEqual(values["price_unit"], 100.0)
        self.assertIs(values["purchase_price"], False)
        self.assertIs(values["margin"], False)
        self.assertEqual(self.read("km", line, "purchase_price")["purchase_price"], 78.0)
        self.assertIs(self.read("a", self.product, "standard_price")["standard_price"], False)
        self.assertIs(
            self.read("a", self.product.product_tmpl_id, "standard_price")["standard_price"], False
        )
        self.assertEqual(self.read("km", self.product, "standard_price")["standard_price"], 78.0)
        shown = self._as(order, "a").web_read(
            {"margin": {}, "order_line": {"fields": {"purchase_price": {}}}}
        )[0]
        self.assertIs(shown["margin"], False)
        self.assertIs(shown["order_line"][0]["purchase_price"], False)

    def test_cost_is_no_oracle(self):
        order = self._order("a")
        lines = self.env["sale.order.line"].with_user(self.users["a"])
        mine = [("order_id", "=", order.id)]
        self.assertEqual(lines.search_count([*mine, ("purchase_price", ">", 0)]), 0)
        [group] = lines.formatted_read_group(mine, [], ["purchase_price:sum", "price_subtotal:sum"])
        self.assertFalse(group["purchase_price:sum"])
        self.assertEqual(group["price_subtotal:sum"], 100.0)
        products = self.env["product.product"].with_user(self.users["a"])
        self.assertEqual(
            products.search_count([("id", "=", self.product.id), ("standard_price", "=", 78)]), 0
        )
        templates = self.env["product.template"].with_user(self.users["a"])
        self.assertEqual(
            templates.search_count(
                [("id", "=", self.product.product_tmpl_id.id), ("standard_price", "=", 78)]
            ),
            0,
        )

    def test_a_restricted_rep_sells(self):
        """An order with its margin, made and confirmed by who sees no cost."""
        order = self._order("a", price=96.0)
        order.action_confirm()
        self.assertEqual(order.state, "sale")
        self.assertEqual(order.sudo().margin, 18.0)

    def test_a_form_tells_no_cost_and_keeps_it(self):
        """What the form computes of a line says no cost; the form sends it back as empty."""
        orders = self.env["sale.order"].with_user(self.users["a"])
        line = {
            "product_id": self.product.id,
            "product_uom_qty": 1,
            "price_unit": 96.0,
            "purchase_price": False,
        }
        spec = {
            "partner_id": {},
            "margin": {},
            "order_line": {"fields": {name: {} for name in (*line, "margin")}},
        }
        values = {"partner_id": self.xinghai.id, "order_line": [(0, "virtual_1", line)]}
        answer = orders.onchange(values, ["partner_id", "order_line"], spec)["value"]
        self.assertNotIn("margin", answer)
        self.assertTrue(answer["order_line"])
        for command in answer["order_line"]:
            self.assertNotIn("purchase_price", command[2])
            self.assertNotIn("margin", command[2])
        order = orders.create(values | {"order_line": [(0, 0, line)]})
        self.assertEqual(order.order_line.purchase_price, 78.0)
        order.order_line.write({"purchase_price": 0})
        self.assertEqual(order.order_line.purchase_price, 78.0)

    def test_who_sees_the_card_does_not_change_it(self):
        """Nor makes himself the owner and so reads the rest."""
        for login in ("b", "wh", "fin"):
            self.users[login].group_ids |= self.env.ref("base.group_partner_manager")
            with self.subTest(login), self.assertRaises(AccessError):
                self._as(self.xinghai, login).write({"user_id": self.users[login].id})
        self._as(self.xinghai, "a").write({"comment": "Calls on Mondays"})

    def test_through_documents(self):
        """The phone of the customer by way of an order that one may read."""
        order = self._order("a")
        fin = self.env["sale.order"].with_user(self.users["fin"])
        mine = [("id", "=", order.id)]
        self.assertEqual(fin.search_count(mine), 1)
        self.assertEqual(fin.search_count([*mine, ("partner_id.phone", "like", "0001")]), 0)
        [group] = fin.formatted_read_group(mine, ["partner_id.phone"], ["__count"])
        self.assertFalse(group["partner_id.phone"])
        self.users["fin"].group_ids |= self.env.ref("base.group_allow_export")
        rows = fin.browse(order.id).export_data(["partner_id/phone"])["datas"]
        self.assertEqual(rows, [["075****0001"]])
        shown = fin.browse(order.id).web_read({"partner_id": {"fields": {"phone": {}}}})
        self.assertEqual(shown[0]["partner_id"]["phone"], "075****0001")

    def test_cost_in_reports(self):
        order = self._order("a")
        order.sudo().action_confirm()
        invoice = order.sudo()._create_invoices()
        invoice.action_post()
        self.env.flush_all()
        for login, shown in (("km", True), ("fin", False)):
            self.users[login].group_ids |= self.env.ref("account.group_account_invoice")
            report = self.env["account.invoice.report"].with_user(self.users[login])
            [total] = report.formatted_read_group(
                [("move_id", "=", invoice.id)], [], ["price_margin:sum", "price_subtotal:sum"]
            )
            self.assertEqual(total["price_subtotal:sum"], 100.0)
            self.assertEqual(bool(total["price_margin:sum"]), shown, login)
        margin = self.env["sale.report"].with_user(self.users["a"])
        [total] = margin.formatted_read_group(
            [("name", "=", order.name)], [], ["margin:sum", "price_subtotal:sum"]
        )
        self.assertFalse(total["margin:sum"])
        self.assertEqual(total["price_subtotal:sum"], 100.0)

    def test_cost_by_role(self):
        """A regulation names who knows the cost without a grant, NDA and examination valid (S2-29)."""
        cost = {"a": False, "b": False, "t": False, "km": True}

        def check():
            """As at the next request."""
            self.env["confidentiality.grant"]._forget()
            for login, known in cost.items():
                value = self.read(login, self.product, "standard_price")["standard_price"]
                self.assertEqual(bool(value), known, login)

        check()
        rep = self.env["regulation.role"].search([("code", "=", "ka_rep")])
        self.assertEqual(
            {user for user in "abt" if self.users[user] in rep._holders(self.company)}, {"a", "b"}
        )
        self._profile(cost_role_ids=rep.ids)
        cost.update(a=True, b=True)
        check()
        self.env["regulation.qualification"].search(
            [("user_id", "=", self.users["b"].id), ("kind", "=", "exam")]
        ).action_revoke()
        cost["b"] = False
        check()
        rep.assignment_ids.filtered(
            lambda row: row.company_id == self.company
        ).date_to = self.company._regulation_today() - timedelta(days=1)
        cost["a"] = False
        check()

    def test_the_registry_decides(self):
        """Without the row of a model nothing of it is masked, and nothing breaks."""
        self.env.ref("sales_confidentiality.protected_res_partner").active = False
        partner = self._as(self.xinghai, "t").with_context(show_email=True)
        self.assertIn("lin@", partner.display_name)
        self.assertEqual(self.read("t", self.xinghai, "phone")["phone"], "0755 1111 0001")

    def test_export(self):
        self._grant("b", "customer", extent="card", may_export=True)
        self._grant("a", "contract", extent="card", may_export=True)
        self.users["b"].group_ids |= self.env.ref("base.group_allow_export")
        rows = self._as(self.xinghai, "b").export_data(["name", "phone", "email"])["datas"]
        self.assertEqual(rows, [["Xinghai Electronics", "075****0001", "l****.com"]])
        self.users["a"].group_ids |= self.env.ref("base.group_allow_export")
        order = self._order("a")
        rows = self._as(order, "a").export_data(["order_line/purchase_price", "margin"])["datas"]
        self.assertEqual(rows, [["", ""]])

    def test_right_ends_with_the_nda(self):
        line = self._order("a").order_line
        self.assertEqual(self.read("km", line, "purchase_price")["purchase_price"], 78.0)
        self.env["regulation.qualification"].search(
            [("user_id", "=", self.users["km"].id), ("kind", "=", "nda")]
        ).action_revoke()
        with self.assertRaises(AccessError):
            self.read("km", line, "purchase_price")
