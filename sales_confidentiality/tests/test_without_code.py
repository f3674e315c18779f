# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo.exceptions import AccessError
from odoo.tests import tagged

from .common import ConfidentialityCommon

LABEL = "x_confidentiality_label_id"


@tagged("post_install", "-at_install")
class TestWithoutCode(ConfidentialityCommon):
    """A model that a consultant registers carries labels as our documents do (C50)."""

    share_company = False  # the registry gets a column

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.users["gm"].group_ids |= cls.env.ref("product.group_product_manager")
        cls.prices = cls.env["product.supplierinfo"].create(
            [
                {"product_tmpl_id": cls.product.product_tmpl_id.id, "partner_id": partner.id}
                for partner in (cls.xinghai, cls.customers["beihe"])
            ]
        )
        rows = cls.env["confidentiality.model"].with_context(active_test=False)
        cls.row = rows.search([("model", "=", "product.supplierinfo")])  # proposed otherwise
        cls.row.write(
            {
                "kind": "labelled",
                "category_id": cls.env.ref("sales_confidentiality.category_customer").id,
                "sources": "partner_id",
                "path": False,
                "active": True,
            }
        )
        cls.prices = cls.env["product.supplierinfo"].browse(cls.prices.ids)
        cls.secret = cls._label("secret", "customer")
        cls.confidential = cls._label("confidential", "customer")

    def price(self, customer, **values):
        return self.env["product.supplierinfo"].create(
            {
                "product_tmpl_id": self.product.product_tmpl_id.id,
                "partner_id": self.customers[customer].id,
                **values,
            }
        )

    def test_it_takes_over(self):
        self.assertEqual(self.row.label_field, LABEL)
        price = self.price("xinghai")
        self.assertEqual(price[LABEL], self.confidential)
        self.assertFalse(self.sees("tm", price))
        self.assertTrue(self.sees("km", price))
        self.assertEqual(price.copy()[LABEL], self.confidential)
        self.assertFalse(self.prices[1][LABEL])
        self.prices[1].partner_id = self.xinghai
        self.assertEqual(self.prices[1][LABEL], self.confidential)

    def test_a_field_of_the_company_is_beyond_the_card(self):
        """What is added to a customer by hand is known to whoever reads him in full."""
        columns = self.env["ir.model.fields"].create(
            [
                {
                    "name": name,
                    "field_description": "Habits",
                    "model_id": self.env["ir.model"]._get_id("res.partner"),
                    "ttype": kind,
                    **more,
                }
                for name, kind, more in (
                    ("x_habits", "char", {}),
                    ("x_friends", "many2many", {"relation": "res.partner"}),
                )
            ]
        )
        partner = self.env["res.partner"].browse(self.xinghai.id)
        friend = self.env["res.partner"].create({"name": "Old friend"})
        partner.write({"x_habits": "Golf on Sundays", "x_friends": friend.ids})
        self.env.flush_all()
        asked = [("id", "=", partner.id)]
        for login, seen in {"a": True, "gm": True, "b": False, "wh": False}.items():
            theirs = self._as(partner, login)
            [row] = theirs.search_read(asked, ["name", *columns.mapped("name")])
            self.assertEqual(row["name"], partner.name)
            self.assertEqual(bool(row["x_habits"]), seen, login)
            self.assertEqual(row["x_friends"], friend.ids if seen else [], login)
            for condition in ([("x_habits", "ilike", "golf")], [("x_friends", "in", friend.ids)]):
                self.assertEqual(theirs.search_count(asked + condition), int(seen), login)
            [group] = theirs.formatted_read_group(asked, ["x_habits"], ["__count"])
            self.assertEqual(bool(group["x_habits"]), seen, login)

    def test_it_rises_with_its_source(self):
        self.xinghai.confidentiality_label_id = self.secret
        self.assertEqual(self.prices[0][LABEL], self.secret)

    def test_it_is_raised_and_lowered_as_others(self):
        price = self.price("beihe", **{LABEL: self.confidential.id})
        price[LABEL] = self.secret
        for label in (self.confidential, self._label("secret", "sales"), price[LABEL].browse()):
            with self.assertRaises(AccessError):
                price[LABEL] = label.id
        self.env["confidentiality.lower"].with_user(self.officer).create(
            {
                "res_model": price._name,
                "res_id": price.id,
                "level_id": self.confidential.level_id.id,
                "reason": "Published",
            }
        ).action_apply()
        self.assertEqual(price[LABEL], self.confidential)
        viewers = {user for user, _full, _reason in price._confidentiality_viewers()}
        self.assertIn(self.users["km"], viewers)
        self.assertNotIn(self.users["tm"], viewers)
        self._as(price, "km").action_confidentiality()

    def test_what_exists_is_labelled_by_the_job(self):
        self.env["confidentiality.default"].create(
            {"model_id": self.row.id, "level_id": self.secret.level_id.id}
        )
        with self.enter_registry_test_mode():
            self.env.ref(
                "sales_confidentiality.ir_cron_confidentiality_default"
            ).method_direct_trigger()
        self.env.invalidate_all()
        self.assertEqual(self.prices.mapped(LABEL), self.secret)

    def test_it_is_logged_and_has_its_banner(self):
        price = self.price("xinghai")
        self._as(price, "km").read(["price"])
        rows = self.logged("read", "allowed").filtered(lambda row: row.model == price._name)
        self.assertEqual((rows.user_id, rows.label_id), (self.users["km"], self.confidential))
        arch = self._as(price, "gm").get_view(view_type="form")["arch"]
        self.assertIn(f'name="{LABEL}"', arch)
        self.assertIn("o_confidentiality_set", arch)
