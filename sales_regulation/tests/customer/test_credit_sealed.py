# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo.exceptions import AccessError
from odoo.tests import Form, tagged

from odoo.addons.sales_regulation.tools import engine

from .common import CreditCommon


@tagged("post_install", "-at_install")
class TestCreditSealed(CreditCommon):
    """Under a profile with the switch on, limits change by approved request only."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.profile = cls._profile(credit_limit_by_request=True)

    def _refuses(self, call):
        with self.assertRaises(AccessError), self.cr.savepoint():
            call()
        self.env.invalidate_all()
        self.assertEqual(self.nanfeng.credit_limit, 200_000)

    def test_nobody_writes_the_limit(self):
        for user in (self.biller, self.env.user, self.env.ref("base.user_admin")):
            nanfeng = self.nanfeng.with_user(user).with_company(self.company)
            self._refuses(lambda n=nanfeng: n.write({"credit_limit": 900_000}))
        self._refuses(lambda: self.nanfeng.sudo().write({"credit_limit": 900_000}))
        self._refuses(lambda: self.nanfeng.write({"use_partner_credit_limit": False}))
        self._refuses(lambda: self.nanfeng.write({"regulation_credit_valid_until": "2099-01-01"}))
        self._refuses(lambda: self.nanfeng.write({"regulation_credit_rating": "a"}))
        forged = self.nanfeng.with_context(regulation_engine=True)
        self._refuses(lambda: forged.write({"credit_limit": 900_000}))
        self.assertEqual(self.nanfeng.credit_limit, 200_000)

    def test_unchanged_values_are_no_change(self):
        self.nanfeng.write({"credit_limit": 200_000, "use_partner_credit_limit": True})
        self.nanfeng.write({"name": "Nanfeng Ltd"})
        self.assertEqual(self.nanfeng.name, "Nanfeng Ltd")
        self.assertEqual(self.nanfeng.credit_limit, 200_000)

    def test_create_and_import(self):
        Partner = self.env["res.partner"].with_user(self.biller)
        self._refuses(lambda: Partner.create({"name": "New", "credit_limit": 5}))
        self._refuses(lambda: Partner.create({"name": "New", "regulation_credit_rating": "a"}))
        self.assertEqual(Partner.create({"name": "New", "credit_limit": 0}).credit_limit, 0)
        result = Partner.load(["name", "credit_limit"], [["Imported", "500000"]])
        self.assertFalse(result["ids"])
        result = Partner.load([".id", "credit_limit"], [[str(self.nanfeng.id), "500000"]])
        self.assertFalse(result["ids"])
        with self.assertRaises(AccessError), self.cr.savepoint():
            Partner.with_context(default_credit_limit=500_000).create({"name": "Sly"})

    def test_contacts_carry_the_limit_but_cannot_leave_with_it(self):
        contact = (
            self.env["res.partner"]
            .with_user(self.rep)
            .create({"name": "New buyer", "parent_id": self.nanfeng.id})
        )
        self.assertEqual(contact.sudo().credit_limit, 200_000)
        contact.write({"parent_id": False, "is_company": True})
        self.assertEqual(contact.commercial_partner_id, contact)
        self.assertEqual(contact.sudo().credit_limit, 0)
        with self.assertRaises(AccessError), self.cr.savepoint():
            contact.write({"commercial_partner_id": self.nanfeng.id})

    def test_merge(self):
        small = self.env["res.partner"].create({"name": "Small", "is_company": True})
        wizard = (
            self.env["base.partner.merge.automatic.wizard"]
            .with_user(self.env.ref("base.user_admin"))
            .with_context(allowed_company_ids=self.company.ids)
        )
        wizard._merge((self.nanfeng + small).ids, self.nanfeng, extra_checks=False)
        self.assertEqual(self.nanfeng.credit_limit, 200_000)
        small = self.env["res.partner"].create({"name": "Small", "is_company": True})
        with self.assertRaises(AccessError), self.cr.savepoint():
            wizard._merge((self.nanfeng + small).ids, small, extra_checks=False)

    def test_the_form_still_saves(self):
        with Form(self.nanfeng.with_user(self.biller)) as form:
            form.name = "Nanfeng Ltd"
        self.assertEqual(self.nanfeng.name, "Nanfeng Ltd")

    def test_a_company_without_profile_is_untouched(self):
        other = self._new_company("Other Test")
        self.biller.company_ids |= other
        nanfeng = self.nanfeng.with_user(self.biller).with_company(other)
        nanfeng.write({"credit_limit": 5})
        self.assertEqual(nanfeng.credit_limit, 5)
        self.assertEqual(self.nanfeng.with_company(self.company).credit_limit, 200_000)

    def test_the_engine_writes(self):
        engine(self.nanfeng).write({"credit_limit": 300_000})
        self.assertEqual(self.nanfeng.credit_limit, 300_000)
        self.assertEqual(self.buyer.credit_limit, 300_000)
