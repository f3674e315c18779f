# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import Command
from odoo.exceptions import AccessError
from odoo.tests import tagged

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
