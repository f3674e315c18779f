# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from unittest.mock import patch

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import tagged

from .common import ConfidentialityCommon


@tagged("post_install", "-at_install")
class TestLabels(ConfidentialityCommon):
    """Labels rise by themselves and fall by the officer's hand only (C50)."""

    def test_documents_take_over(self):
        lead = self.env["crm.lead"].create({"name": "New line", "partner_id": self.xinghai.id})
        self.assertEqual(lead.confidentiality_label_id, self._label("confidential", "customer"))
        order = self._order("a")
        self.assertEqual(order.confidentiality_label_id, self._label("confidential", "contract"))
        contact = self.env["res.partner"].create({"name": "Ms. Lin", "parent_id": self.xinghai.id})
        self.assertEqual(contact.confidentiality_label_id, self.xinghai.confidentiality_label_id)
        self.assertFalse(self._order("a", "beihe").confidentiality_label_id)

    def test_a_raised_source_raises_what_was_made_of_it(self):
        order = self._order("a", "beihe")
        order.sudo().action_confirm()
        invoice = order.sudo()._create_invoices()
        self.customers["beihe"].confidentiality_label_id = self._label("secret", "customer")
        self.assertEqual(order.confidentiality_label_id, self._label("secret", "contract"))
        self.assertEqual(invoice.confidentiality_label_id, self._label("secret", "contract"))

    def test_a_changed_source(self):
        order = self._order("a", "beihe")
        order.partner_id = self.xinghai
        self.assertEqual(order.confidentiality_label_id, self._label("confidential", "contract"))
        order.sudo().partner_id = self.customers["beihe"]
        self.assertTrue(order.confidentiality_label_id, "it does not fall by itself")

    def test_capped_where_people_work(self):
        order = self._order("a")
        row = self.env.ref("sales_confidentiality.protected_dispatch_notice")
        label = order._confidentiality_own_label(row._protected(), order.confidentiality_label_id)
        self.assertEqual(label, self._label("internal", "contract"))

    def test_lowering(self):
        order = self._order("a")
        mine = self._as(order, "a")
        for value in (False, self._label("internal", "contract").id):
            with self.assertRaises(AccessError):
                mine.confidentiality_label_id = value
        with self.assertRaises(AccessError):
            mine.action_confidentiality_lower(False, "I want to")
        mine.confidentiality_label_id = self._label("secret", "contract").id
        with self.assertRaises(UserError):
            self._as(order, "gm").action_confidentiality_lower(False, " ")
        self._as(order, "gm").action_confidentiality_lower(
            self._label("internal", "contract").id, "Published in the press"
        )
        self.assertEqual(order.confidentiality_label_id, self._label("internal", "contract"))
        change = self.env["confidentiality.change"].search([("res_id", "=", order.id)], limit=1)
        self.assertEqual(change.reason, "Published in the press")
        self.assertEqual(change.user_id, self.officer)
        with self.assertRaises(AccessError):
            change.with_user(self.officer).write({"reason": "other"})
        self.assertTrue(
            self.env["regulation.register"].search(
                [("event", "=", "label_changed"), ("res_id", "=", order.id)]
            )
        )

    def test_raised_into_what_nobody_guards(self):
        """A higher level of a category that is off is open to everybody: the owner cannot."""
        order = self._order("a")
        mine = self._as(order, "a")
        for label in (self._label("secret", "sales"), self._label("secret", "customer")):
            with self.assertRaises(AccessError):
                mine.confidentiality_label_id = label.id
        self.assertFalse(self.sees("tm", order))
        with self.assertRaises(AccessError):
            self._as(order, "gm").confidentiality_label_id = self._label("secret", "sales").id
        # Into what is guarded more strictly it may go
        given = self._label("secret", "sales").id
        loose = self._order("a", "beihe", confidentiality_label_id=given)
        self._as(loose, "a").confidentiality_label_id = self._label("secret", "contract").id
        self.assertFalse(self.sees("tm", loose))

    def test_a_list_is_left_by_the_officer_only(self):
        listed = self._list("Project X", "a", "gm", level="confidential")
        order = self._order("a")
        order.confidentiality_label_id = listed
        with self.assertRaises(AccessError):
            self._as(order, "a").confidentiality_label_id = self._label("secret", "contract").id
        other = self._list("Project Y", "a", level="secret")
        with self.assertRaises(AccessError):
            self._as(order, "a").confidentiality_label_id = other.id
        # Neither by what it is made of
        self.xinghai.confidentiality_label_id = self._label("secret", "customer")
        self.assertEqual(order.confidentiality_label_id, listed)
        self._as(order, "gm").action_confidentiality_lower(
            self._label("secret", "contract").id, "The project ended"
        )
        self.assertEqual(order.confidentiality_label_id, self._label("secret", "contract"))

    def test_a_list_of_the_source_wins(self):
        order = self._order("a", "beihe")
        order.confidentiality_label_id = self._label("secret", "contract")
        listed = self._list("Project X", "a", level="secret", category="customer")
        self.customers["beihe"].confidentiality_label_id = listed
        self.assertEqual(order.confidentiality_label_id, listed, "at equal rank")
        self.assertFalse(self.sees("km", order))

    def test_a_source_does_not_open(self):
        """What a source demands is joined: level and category, each the stricter one."""
        beihe = self.customers["beihe"]
        orders = {
            self._order("a", "beihe", confidentiality_label_id=self._label(*given).id): wanted
            for given, wanted in (
                (("secret", "sales"), ("secret", "contract")),
                (("internal", "sales"), ("confidential", "contract")),
                (("confidential", "customer"), ("confidential", "customer")),
            )
        }
        beihe.confidentiality_label_id = self._label("confidential", "customer")
        for order, wanted in orders.items():
            self.assertEqual(order.confidentiality_label_id, self._label(*wanted))
        self.env.ref("sales_confidentiality.category_contract").mode = "off"
        beihe.confidentiality_label_id = self._label("secret", "customer")
        self.assertEqual(
            list(orders)[2].confidentiality_label_id, self._label("secret", "customer")
        )

    def test_forged_at_creation(self):
        """A lower label given at creation does not stay."""
        order = self._order(
            "a", confidentiality_label_id=self._label("public", "contract").id
        )
        self.assertEqual(order.confidentiality_label_id, self._label("confidential", "contract"))

    def test_copies_carry_the_label(self):
        order = self._order("a", "beihe")
        order.confidentiality_label_id = self._label("secret", "contract")
        self.assertEqual(order.copy().confidentiality_label_id, self._label("secret", "contract"))

    def test_merged_customers(self):
        """What both say stays: the higher level, guarded as strictly."""
        beihe = self.customers["beihe"]
        beihe.confidentiality_label_id = self._label("confidential", "sales")
        wizard = self.env["base.partner.merge.automatic.wizard"].create({})
        wizard._merge((self.xinghai | beihe).ids, beihe)
        self.assertEqual(beihe.confidentiality_label_id, self._label("confidential", "customer"))

    def test_own_company_has_no_label(self):
        with self.assertRaises(ValidationError):
            self.company.partner_id.confidentiality_label_id = self._label("secret", "customer")

    def test_default_labels_of_what_exists(self):
        """A filled database is labelled in batches by the cron."""
        self.env["confidentiality.default"].create(
            {
                "model_id": self.env.ref("sales_confidentiality.protected_res_partner").id,
                "domain": "[('city', '=', 'Shenzhen'), ('is_company', '=', True)]",
                "level_id": self.env.ref("sales_confidentiality.level_secret").id,
            }
        )
        with self.enter_registry_test_mode():
            self.env.ref(
                "sales_confidentiality.ir_cron_confidentiality_default"
            ).method_direct_trigger()
        self.env.invalidate_all()
        secret = self._label("secret", "customer")
        for customer in self.customers.values():
            self.assertEqual(customer.confidentiality_label_id, secret)
        new = self.env["res.partner"].create(
            {"name": "New", "city": "Shenzhen", "is_company": True}
        )
        self.assertEqual(new.confidentiality_label_id, secret)
        with self.assertRaises(ValidationError):
            self.env["confidentiality.default"].create(
                {
                    "model_id": self.env.ref("sales_confidentiality.protected_res_partner").id,
                    "domain": "[('no_such_field', '=', 1)]",
                    "level_id": self.env.ref("sales_confidentiality.level_secret").id,
                }
            )

    def test_documents_of_other_addons(self):
        """What inherits the mixin is registered when its addon is installed, without the job."""
        registry = self.env["confidentiality.model"]
        self.assertFalse(registry._register_documents(), "all are registered")
        if "kpi.sheet" not in self.env:
            self.skipTest("scores are not installed")
        pay = self.env.ref("sales_confidentiality.category_pay")
        row = registry.search([("model", "=", "kpi.sheet")])
        self.assertEqual(row.owner_field, "user_id")
        self.assertEqual(row.label_field, "confidentiality_label_id")
        # As if its addon were installed now
        row.unlink()
        self.assertIsNone(self.env["kpi.sheet"]._confidentiality_row())
        with patch.object(self.registry, "updated_modules", []):
            registry._register_hook()
        self.assertFalse(registry.search([("model", "=", "kpi.sheet")]), "nothing was installed")
        with patch.object(self.registry, "updated_modules", ["sales_kpi"]):
            registry._register_hook()
        row = registry.search([("model", "=", "kpi.sheet")])
        self.assertEqual((row.category_id, row.owner_field), (pay, "user_id"))
        self.assertEqual(self.env["kpi.sheet"]._confidentiality_row().category_id, pay.id)
        proposed = self.env["confidentiality.default"].with_context(active_test=False)
        proposed = proposed.search([("model_id", "=", row.id)])
        self.assertEqual(proposed.level_id.code, "confidential")
        self.assertFalse(proposed.active, "nothing is labelled by installing")

    def test_registry_of_a_consultant(self):
        """A satellite of any model without code; a path that leads nowhere is refused."""
        registry = self.env["confidentiality.model"]
        with self.assertRaises(ValidationError):
            registry.create({"model": "crm.team", "kind": "satellite", "path": "no_such_field"})
        price = self.env["product.supplierinfo"].create(
            {"product_tmpl_id": self.product.product_tmpl_id.id, "partner_id": self.xinghai.id}
        )
        self.assertTrue(self.sees("tm", price))
        rows = registry.with_context(active_test=False)
        row = rows.search([("model", "=", "product.supplierinfo")])  # proposed otherwise
        row.write({"path": "partner_id", "active": True})
        self.assertFalse(self.sees("tm", price))
        self.assertFalse(self.sees("wh", price), "the base card does not show it")
        self.assertTrue(self.sees("km", price))
