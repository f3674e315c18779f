# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import Command, fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from .common import OrderCommon


@tagged("post_install", "-at_install")
class TestPriceChange(OrderCommon):
    """List prices and pricelists change by an approved request (C17, S4-392, S4-393)."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.pricelist = cls.env["product.pricelist"].create(
            {
                "name": "Agents",
                "company_id": cls.company.id,
                "item_ids": [
                    Command.create(
                        {
                            "compute_price": "fixed",
                            "fixed_price": 95,
                            "applied_on": "1_product",
                            "product_tmpl_id": cls.product.product_tmpl_id.id,
                        }
                    )
                ],
            }
        )
        cls.item = cls.pricelist.item_ids
        kind = cls.env.ref("sales_regulation.approval_kind_price_change")
        cls.profile = cls._price_profile(
            price_change_by_request=True,
            approval_rule_ids=[
                Command.create(
                    {
                        "kind_id": kind.id,
                        "approver_type": "role",
                        "role_id": cls.roles["deputy_general_manager"].id,
                    }
                )
            ],
        )
        cls.keeper = cls.users["sgm"]
        cls.keeper.sudo().group_ids |= cls.env.ref("product.group_product_manager")

    def _request(self, **values):
        line = values.pop("line", {})
        return (
            self.env["price.change.request"]
            .with_user(self.users["fin"])
            .create(
                {
                    "reason": "Copper is dearer",
                    "line_ids": [
                        Command.create({"product_tmpl_id": self.product.product_tmpl_id.id, **line})
                    ],
                    **values,
                }
            )
        )

    def test_direct_changes_are_refused(self):
        product = self.product.with_user(self.keeper)
        with self.assertRaises(AccessError):
            product.list_price = 90
        with self.assertRaises(AccessError):
            product.lst_price = 90
        with self.assertRaises(AccessError):
            product.product_tmpl_id.write({"list_price": 90})
        with self.assertRaises(AccessError):
            product.sudo().list_price = 90
        with self.assertRaises(AccessError):
            product.copy()
        product.name = "Chip"
        item = self.item.with_user(self.keeper)
        for values in ({"fixed_price": 90}, {"date_end": "2020-01-01"}, {"min_quantity": 5}):
            with self.assertRaises(AccessError):
                item.write(values)
        with self.assertRaises(AccessError):
            item.unlink()
        with self.assertRaises(AccessError):
            item.pricelist_id.write({"item_ids": [Command.create({"percent_price": 10})]})
        with self.assertRaises(AccessError):
            item.pricelist_id.unlink()
        result = item.pricelist_id.item_ids.load([".id", "fixed_price"], [[str(item.id), "10"]])
        self.assertFalse(result["ids"])

    def test_unit_and_archiving_change_prices_too(self):
        """Another unit makes another price of the same figure, an archived list prices nobody."""
        self.keeper.sudo().group_ids |= self.env.ref("stock.group_stock_manager")
        product = self.product.with_user(self.keeper)
        dozen = self.env.ref("uom.product_uom_dozen")
        pricelist = self.pricelist.with_user(self.keeper)
        for attack in (
            lambda: product.write({"uom_id": dozen.id}),
            lambda: product.product_tmpl_id.write({"uom_id": dozen.id}),
            lambda: pricelist.write({"active": False}),
            pricelist.action_archive,
        ):
            with self.assertRaises(AccessError):
                attack()
        result = product.load([".id", "uom_id/.id"], [[str(product.id), str(dozen.id)]])
        self.assertFalse(result["ids"])
        result = pricelist.load([".id", "active"], [[str(pricelist.id), "False"]])
        self.assertFalse(result["ids"])
        # Where there is no price yet there is nothing to change
        free = self.env["product.product"].with_user(self.keeper).create({"name": "New"})
        free.uom_id = dozen
        empty = self.env["product.pricelist"].with_user(self.keeper).create({"name": "Empty"})
        empty.action_archive()

    def test_a_frozen_product_keeps_its_unit(self):
        self.profile.with_user(self.users["gm"]).sudo().action_retire()
        self._price_profile()
        self.keeper.sudo().group_ids |= self.env.ref("stock.group_stock_manager")
        self.product.product_tmpl_id._in_price_flow().price_frozen_until = fields.Date.add(
            fields.Date.today(), days=5
        )
        with self.assertRaisesRegex(UserError, "frozen until"):
            self.product.with_user(self.keeper).uom_id = self.env.ref("uom.product_uom_dozen")

    def test_request_changes_the_price(self):
        request = self._request(line={"new_price": 105})
        self.assertEqual(request.line_ids.old_price, 100)
        self.assertEqual(request.max_deviation, 5)
        request.action_submit()
        with self.assertRaises(AccessError):
            self._pending(request, "price_change").with_user(self.users["fin"]).action_approve()
        self._approve(request, "price_change", "dgm")
        self.assertEqual(request.state, "applied")
        self.assertEqual(self.product.list_price, 105)
        row = self.env["regulation.register"].search([("event", "=", "price_changed")], limit=1)
        self.assertEqual(row.code, "list_price: 100 > 105")

    def test_rules_and_freeze(self):
        until = fields.Date.add(fields.Date.today(), days=30)
        request = self._request(
            freeze_until=until,
            line={
                "action": "rule",
                "product_tmpl_id": False,
                "item_id": self.item.id,
                "new_price": 93,
            },
        )
        request.action_submit()
        self._approve(request, "price_change", "dgm")
        self.assertEqual(self.item.fixed_price, 93)
        self.assertEqual(self.pricelist.price_frozen_until, until)
        again = self._request(
            line={
                "action": "rule",
                "product_tmpl_id": False,
                "item_id": self.item.id,
                "new_price": 91,
            },
        )
        again.action_submit()
        with self.assertRaisesRegex(UserError, "frozen until"):
            self._approve(again, "price_change", "dgm")

    def test_later_date(self):
        request = self._request(
            date_effective=fields.Date.add(fields.Date.today(), days=10), line={"new_price": 105}
        )
        request.action_submit()
        self._approve(request, "price_change", "dgm")
        self.assertEqual(request.state, "approved")
        self.assertEqual(self.product.list_price, 100)

    def test_evidence_is_sealed(self):
        request = self._request(line={"new_price": 105})
        for values in ({"state": "applied"}, {"user_id": self.users["dgm"].id}):
            with self.assertRaises(AccessError):
                request.write(values)
        with self.assertRaises(AccessError):
            request.line_ids.write({"old_price": 104})
        # How much changes decides who is asked
        with self.assertRaises(AccessError):
            request.write({"max_deviation": 0})
        with self.assertRaises(AccessError):
            request.line_ids.write({"change_percent": 0})
        self.assertEqual(request.max_deviation, 5)
        other = self._request(line={"new_price": 110})
        request.action_submit()
        with self.assertRaises(UserError):
            other.line_ids.request_id = request

    def test_customers_pricelist(self):
        partner = self.customers["beihe"]
        self.users["a"].sudo().group_ids |= self.env.ref("base.group_partner_manager")
        with self.assertRaises(AccessError):
            partner.with_user(self.users["a"]).specific_property_product_pricelist = self.pricelist

    def test_no_default_gives_a_new_customer_a_pricelist(self):
        """Nobody without price authority chooses the reference prices of a new customer."""
        user = self.users["a"]
        user.sudo().group_ids |= self.env.ref("base.group_partner_manager")
        Partner = self.env["res.partner"].with_user(user)
        for name in ("property_product_pricelist", "specific_property_product_pricelist"):
            for context, vals in (
                ({}, {name: self.pricelist.id}),
                ({f"default_{name}": self.pricelist.id}, {}),
            ):
                with (
                    self.subTest(name=name, vals=vals),
                    self.assertRaisesRegex(AccessError, "pricelist is chosen"),
                    self.cr.savepoint(),
                ):
                    Partner.with_context(**context).create({"name": "New", **vals})
        self.env["ir.default"].with_user(user).set(
            "res.partner",
            "specific_property_product_pricelist",
            self.pricelist.id,
            user_id=True,
        )
        with self.assertRaisesRegex(AccessError, "pricelist is chosen"), self.cr.savepoint():
            Partner.create({"name": "New"})
        self.env["ir.default"].sudo().search([("user_id", "=", user.id)]).unlink()
        # What Odoo gives by itself: none, or that of the company he works for
        self.assertTrue(Partner.create({"name": "New"}))
        customer = self.customers["beihe"]
        customer.sudo().specific_property_product_pricelist = self.pricelist
        contact = Partner.create({"name": "Buyer", "parent_id": customer.id})
        self.assertEqual(contact.specific_property_product_pricelist, self.pricelist)
        # Who has an authority chooses
        self.users["km"].sudo().group_ids |= self.env.ref("base.group_partner_manager")
        self.assertTrue(
            Partner.with_user(self.users["km"]).create(
                {"name": "New", "specific_property_product_pricelist": self.pricelist.id}
            )
        )

    def test_authority_of_a_former_version_chooses_no_pricelist(self):
        """Whose authority the version in force took away chooses no reference prices either."""
        manager = self.users["km"]
        manager.sudo().group_ids |= self.env.ref("base.group_partner_manager")
        vals = {"name": "New", "specific_property_product_pricelist": self.pricelist.id}
        self.assertTrue(self.env["res.partner"].with_user(manager).create(vals))
        self._profile(
            date_from="2025-01-01",
            price_authority_ids=[
                Command.create(
                    {
                        "role_id": self.roles["deputy_general_manager"].id,
                        "max_discount": 10.0,
                    }
                )
            ],
        )
        with self.assertRaisesRegex(AccessError, "pricelist is chosen"):
            self.env["res.partner"].with_user(manager).create(vals)

    def test_without_the_switch_changes_are_logged(self):
        self.profile.with_user(self.users["gm"]).sudo().action_retire()
        self.product.list_price = 101
        self.assertFalse(
            self.env["regulation.register"].search_count([("event", "=", "price_changed")])
        )
        self._price_profile()
        self.product.with_user(self.keeper).list_price = 102
        row = self.env["regulation.register"].search([("event", "=", "price_changed")], limit=1)
        self.assertEqual(row.code, "list_price: 101 > 102")
        self.assertEqual(row.user_id, self.keeper)
