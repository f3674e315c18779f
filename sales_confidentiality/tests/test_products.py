# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, tagged

from .common import PRODUCTS, ConfidentialityCommon

LABEL = "x_confidentiality_label_id"


@tagged("post_install", "-at_install")
class TestProducts(ConfidentialityCommon):
    """Unreleased products and price lists are hidden where a company decides so (C50).

    KM holds a grant for products and prices, A and TM do not.
    """

    share_company = False  # the registry gets columns
    enforced = ("customer", "contract", "product", "price")
    cleared = {
        login: {**categories, "product": "full", "price": "full"}
        for login, categories in ConfidentialityCommon.cleared.items()
        if login in ("gm", "dgm", "km", "fin", "leg")
    }

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.officer.group_ids |= cls.env.ref("product.group_product_manager")
        rows = cls.env["confidentiality.model"].with_context(active_test=False)
        cls.rows = rows.search([("model", "in", PRODUCTS)])
        cls.before = {row.model: (row.active, row.label_field) for row in cls.rows}
        cls.rows.with_user(cls.officer).action_unarchive()
        attribute = cls.env["product.attribute"].create(
            {"name": "Size", "value_ids": [Command.create({"name": name}) for name in "SL"]}
        )
        cls.template = cls.env["product.template"].create(
            {
                "name": "Orion chip",
                "type": "consu",
                "company_id": cls.company.id,
                "attribute_line_ids": [
                    Command.create(
                        {
                            "attribute_id": attribute.id,
                            "value_ids": [Command.set(attribute.value_ids.ids)],
                        }
                    )
                ],
            }
        )
        cls.variants = cls.template.product_variant_ids
        cls.pricelist = cls.env["product.pricelist"].create(
            {"name": "Launch prices", "company_id": cls.company.id}
        )
        open_list, cls.launch = cls.env["product.pricelist.item"].create(
            [
                {
                    "pricelist_id": pricelist.id,
                    "applied_on": "1_product",
                    "product_tmpl_id": product.id,
                    "compute_price": "fixed",
                    "fixed_price": 471.1,
                }
                for pricelist, product in (
                    (
                        cls.env["product.pricelist"].create(
                            {"name": "Open list", "company_id": cls.company.id}
                        ),
                        cls.template,
                    ),
                    (cls.pricelist, cls.product.product_tmpl_id),
                )
            ]
        )
        cls.items = open_list | cls.launch
        cls.document = cls.env["product.document"].create(
            {"name": "Data sheet", "res_model": "product.template", "res_id": cls.template.id}
        )
        cls.template[LABEL] = cls._label("secret", "product")
        cls.pricelist[LABEL] = cls._label("confidential", "price")
        cls.env.flush_all()
        cls.env.invalidate_all()

    def test_proposed_only(self):
        """Nothing is protected, and no table has a column more, before somebody decides it."""
        there = {name for name in PRODUCTS if name in self.env}
        self.assertEqual(self.before, dict.fromkeys(there, (False, False)))
        self.assertEqual(set(self.rows.filtered("label_field").mapped("model")), set(PRODUCTS[:2]))

    def test_a_database_of_before(self):
        """Its rows follow what they follow since, unless somebody has changed them."""
        row = self.env["confidentiality.model"].search(
            [("model", "=", "price.change.request.line")]
        )
        for path, then in (
            ("request_id", "request_id,product_tmpl_id,pricelist_id"),
            ("request_id,item_id", "request_id,item_id"),
        ):
            row.path = path
            row._register_documents()
            self.assertEqual(row.path, then)

    def test_hidden_product(self):
        for model, name in (("product.template", "template"), ("product.product", "variants")):
            records = getattr(self, name)
            self.assertFalse(self.sees("a", records), model)
            self.assertTrue(self.sees("km", records), model)
            self.assertTrue(self.sees("a", self.product), "what is released is sold")
            found = self.env[model].with_user(self.users["a"]).name_search("Orion")
            self.assertFalse(found, model)
            self.assertTrue(self.env[model].with_user(self.users["km"]).name_search("Orion"))
            with self.assertRaises(AccessError):
                self._as(records[:1], "a").read(["name"])
        groups = self.env["product.product"].with_user(self.users["a"])
        domain = [("product_tmpl_id.name", "=", "Orion chip")]
        self.assertFalse(groups.search_count(domain))

    def test_what_repeats_its_facts(self):
        for record in (self.items[0], self.document, self.template.attribute_line_ids):
            self.assertFalse(self.sees("a", record), record._name)
            self.assertTrue(self.sees("km", record), record._name)

    def test_hidden_pricelist(self):
        for record in (self.pricelist, self.launch):
            self.assertFalse(self.sees("a", record), record._name)
            self.assertTrue(self.sees("km", record), record._name)

    def test_nobody_sells_it_by_its_number(self):
        order = self._order("a")
        variant = self.variants[0]
        with self.assertRaises(AccessError):
            self._as(order, "a").write(
                {"order_line": [Command.create({"product_id": variant.id})]}
            )
        values = {"order_line": [Command.create({"product_id": variant.id})]}
        self._as(order, "km").write(values)
        line = order.order_line[-1]
        self.env.invalidate_all()
        spec = {"product_id": {"fields": {"display_name": {}}}, "price_unit": {}}
        [row] = self._as(line, "a").web_read(spec)
        self.assertNotIn("Orion", str(row["product_id"]))
        [row] = self._as(line, "km").web_read(spec)
        self.assertIn("Orion", str(row["product_id"]))

    def test_released(self):
        """The officer lowers the label on the day, with a reason; everybody sells it."""
        self.env["confidentiality.lower"].with_user(self.officer).create(
            {
                "res_model": "product.template",
                "res_id": self.template.id,
                "level_id": self.env.ref("sales_confidentiality.level_internal").id,
                "reason": "Released",
            }
        ).action_apply()
        self.assertTrue(self.sees("a", self.variants))
        self.assertTrue(self.sees("a", self.items[0]))
        order = self._order("a")
        self._as(order, "a").write(
            {"order_line": [Command.create({"product_id": self.variants[0].id})]}
        )
        self.assertEqual(len(order.order_line), 2)

    def test_what_follows_a_variant(self):
        """Through the variant a row is hidden as through the product itself (C50)."""
        variant = self.variants[0]
        of_variant, open_one = self.env["stock.lot"].create(
            [
                {"name": f"LOT{product.id}", "product_id": product.id}
                for product in (variant, self.product)
            ]
        )
        sheet = self.env["product.document"].create(
            {"name": "Pin layout", "res_model": "product.product", "res_id": variant.id}
        )
        self.users["a"].group_ids |= self.env.ref("stock.group_stock_manager")
        for record in (of_variant, sheet):
            self.assertFalse(self.sees("a", record), record._name)
            with self.assertRaises(AccessError):
                self._as(record, "a").read(["name"])
        self.assertTrue(self.sees("a", open_one))
        self.users["km"].group_ids |= self.env.ref("stock.group_stock_manager")
        self.assertTrue(self.sees("km", of_variant))
        self.assertTrue(self.sees("km", sheet))

    def test_nobody_puts_it_on_a_list(self):
        """A list of products names them too: of a promotion, of a tag; a colleague's entries
        stay where they are."""
        tag = self.env["product.tag"].create({"name": "New"})
        tag.product_template_ids = self.template
        theirs = self._as(tag, "tm")
        self.users["tm"].group_ids |= self.env.ref("product.group_product_manager")
        for command in (
            Command.link(self.template.id),
            Command.set(self.template.ids),
        ):
            with self.subTest(command), self.assertRaises(AccessError):
                theirs.write({"product_template_ids": [command]})
        with self.assertRaises(AccessError):
            theirs.onchange(
                {"product_template_ids": [Command.link(self.template.id)]},
                ["product_template_ids"],
                {"product_template_ids": {}},
            )
        theirs.write({"product_template_ids": [Command.link(self.product.product_tmpl_id.id)]})
        self.env.invalidate_all()
        self.assertEqual(tag.product_template_ids, self.template | self.product.product_tmpl_id)

    def test_a_hidden_price_list_is_no_price(self):
        """Whoever may not see a customer's price list makes no quotation by it, rather than one
        at another price."""
        self.env.ref("base.group_user").implied_ids |= self.env.ref(
            "product.group_product_pricelist"
        )
        beihe = self.customers["beihe"]
        beihe.with_company(self.company).property_product_pricelist = self.pricelist
        with self.assertRaises(AccessError):
            self._order("tm", "beihe")
        order = self._order("km", "beihe")
        self.assertEqual(order.order_line.price_unit, 471.1)
        self.env.invalidate_all()
        with self.assertRaises(AccessError):
            self._as(order, "tm").order_line = [Command.create({"product_id": self.product.id})]
        with self.assertRaises(AccessError):
            self.price_in_a_form("tm")
        self.assertEqual(self.price_in_a_form("km"), 471.1)
        # ... and what is agreed goes on, whoever carries it out
        self._as(order, "tm").action_confirm()
        order.sudo()._create_invoices().action_post()
        self.assertEqual(order.amount_untaxed, 471.1)

    def price_in_a_form(self, login):
        with Form(self.env["sale.order"].with_user(self.users[login])) as form:
            form.partner_id = self.customers["beihe"]
            with form.order_line.new() as line:
                line.product_id = self.product
                return line.price_unit

    def test_a_price_list_under_a_hidden_one(self):
        """Who deletes a price list does not learn which hidden ones go by it."""
        base = self.env["product.pricelist"].create(
            {"name": "Base list", "company_id": self.company.id}
        )
        self.env["product.pricelist.item"].create(
            {
                "pricelist_id": self.pricelist.id,
                "base": "pricelist",
                "base_pricelist_id": base.id,
                "compute_price": "formula",
            }
        )
        for login, told in (("tm", "archive it"), ("km", "Launch prices")):
            self.users[login].group_ids |= self.env.ref("product.group_product_manager")
            with self.assertRaises(UserError) as refused:
                self._as(base, login).unlink()
            self.assertIn(told, str(refused.exception), login)
            self.assertEqual("Launch" in str(refused.exception), login == "km")

    def test_entries_of_its_value_say_the_transfer(self):
        """Who keeps the books reads the text of an entry, not the name of the product."""
        location = self.env["stock.location"].search([("usage", "=", "inventory")], limit=1)
        location.valuation_account_id = self.env["account.account"].search(
            [("company_ids", "in", self.company.ids)], limit=1
        )
        self.template.is_storable = True
        for product, told in ((self.variants[0], False), (self.product, True)):
            self._stock(product, 7)
            move = self.env["stock.move"].search([("product_id", "=", product.id)], limit=1)
            names = {vals["name"] for vals in move._get_account_move_line_vals()}
            self.assertEqual(any(product.name in name for name in names), told, names)

    def test_reference_prices(self):
        """What a gate says to whoever may not see the product, or the price list, is neither its
        name nor its price, nor how far another price is from it."""
        self._profile(gates={"price_authority": "enforce"})
        self.template.list_price = 471.1
        self.env.ref("base.group_user").implied_ids |= self.env.ref(
            "product.group_product_pricelist"
        )
        of_product = self._order("km", "beihe", price=100)
        of_product.order_line.write({"product_id": self.variants[0].id, "price_unit": 100})
        self.customers["nanfeng"].with_company(
            self.company
        ).property_product_pricelist = self.pricelist
        of_list = self._order("km", "nanfeng", price=100)
        names = ("regulation_reference_price", "regulation_deviation")
        spec = {name: {} for name in names}
        self.env.flush_all()
        for order in (of_product, of_list):
            for login, told in (("tm", False), ("km", True)):
                self.env.invalidate_all()
                theirs = self._as(order, login)
                with self.subTest(order=order, login=login):
                    with self.assertRaises(UserError) as refused:
                        theirs.action_confirm()
                    text = str(refused.exception)
                    self.assertEqual("471.1" in text, told, text)
                    self.assertEqual("78.77" in text, told, text)
                    self.assertEqual("Orion" in text, told and order == of_product, text)
                    [line] = theirs.order_line.web_read(spec)
                    self.assertEqual(bool(line[names[0]] or line[names[1]]), told, line)
                    [row] = theirs.read(["regulation_price_discount"])
                    self.assertEqual(bool(row["regulation_price_discount"]), told)
                    found = theirs.order_line.search(
                        [("regulation_deviation", "<", 0), ("order_id", "=", order.id)]
                    )
                    self.assertEqual(bool(found), told)

    def test_the_warehouse_goes_on(self):
        """With products protected: goods that everybody sees, and hidden ones by who may."""
        self.users["wh"].group_ids |= self.env.ref("stock.group_stock_user")
        self.template.is_storable = True
        self._stock(self.variants[0], 10)
        orders = {
            login: self._order(login, "beihe", quantity=2) for login in ("tm", "km")
        }
        orders["km"].order_line.product_id = self.variants[0]
        for login, order in orders.items():
            order.sudo().action_confirm()
            transfer = order.sudo().picking_ids
            keeper = self._as(transfer, "wh")
            keeper.web_search_read([("id", "=", transfer.id)], {"name": {}, "product_id": {}})
            if login == "km":
                self.assertNotIn("Orion", str(keeper.read(["display_name", "product_id"])))
                with self.assertRaises(AccessError):
                    keeper.button_validate()
                self._grant("wh", "product")
                self._qualify("wh")
                self.env.invalidate_all()
            keeper.button_validate()
            self.assertEqual(transfer.state, "done", login)
            order.sudo()._create_invoices().action_post()
            self.assertEqual(order.invoice_status, "invoiced")
