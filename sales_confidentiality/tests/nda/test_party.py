# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from datetime import timedelta

from odoo.exceptions import AccessError
from odoo.tests import HttpCase, new_test_user, tagged

from odoo.addons.sales_regulation.tests.common import RegulationCommon

from ..common import ConfidentialWorld
from .common import SCAN, NdaWorld


class PartyWorld(NdaWorld, ConfidentialWorld):
    """Xinghai has a login for the portal and a confidential order."""

    @classmethod
    def _build_party(cls):
        cls._build_secrets()
        cls._build_ndas()
        cls.contact = cls.env["res.partner"].create(
            {
                "name": "Ms. Lin",
                "email": "lin@xinghai.example.org",
                "parent_id": cls.xinghai.id,
                "company_id": cls.company.id,
            }
        )
        cls.portal = new_test_user(
            cls.env,
            login="portal_lin",
            email=cls.contact.email,
            groups="base.group_portal",
            partner_id=cls.contact.id,
            company_id=cls.company.id,
            company_ids=[(6, 0, cls.company.ids)],
        )
        cls.dealer_wording = cls._wording("partner", version="1.1")
        cls.customer_wording = cls._wording("customer", version="1.1")

    def _signed(self, kind="customer", **values):
        nda = (
            self.env["confidentiality.nda"]
            .with_user(self.officer)
            .create(
                {
                    "partner_id": self.xinghai.id,
                    "template_id": (
                        self.dealer_wording if kind == "partner" else self.customer_wording
                    ).id,
                    **values,
                }
            )
        )
        nda.action_send()
        nda.action_register_paper({"signer_name": "Ms. Lin", "scan": SCAN})
        return nda


@tagged("post_install", "-at_install")
class TestParty(PartyWorld, RegulationCommon):
    """Partners always, customers where the level says so (C53, S4-037, S4-047)."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._build_party()
        cls.order = cls._order("a")
        cls.order.sudo().action_quotation_sent()
        cls.profile = cls._regulate(nda_staff=False)
        cls.level = cls.env.ref("sales_confidentiality.level_confidential")

    def found(self, user=None):
        self.env.flush_all()
        self.env.invalidate_all()
        orders = self.env["sale.order"].with_user(user or self.portal)
        return bool(orders.search_count([("id", "=", self.order.id)]))

    def dealer(self):
        self.xinghai.with_user(self.officer).sudo().confidentiality_party = "partner"

    def test_a_customer_as_ever(self):
        self.assertTrue(self.found())

    def test_a_customer_where_the_level_says_so(self):
        """S4-047: until his company has signed; his own record stays his."""
        self.level.needs_customer_nda = True
        self.assertFalse(self.found())
        with self.assertRaises(AccessError):
            self.order.with_user(self.portal).read(["name"])
        self.assertEqual(self.portal.with_user(self.portal).partner_id.email, "lin@xinghai.example.org")
        self.assertEqual(
            self.xinghai.with_user(self.portal).read(["name", "phone"])[0]["phone"],
            "0755 1111 0001",
        )
        nda = self._signed()
        self.assertTrue(self.found())
        nda.with_user(self.officer).action_revoke("A leak")
        self.assertFalse(self.found())

    def test_a_dealer_always(self):
        """S4-037: whatever the level says."""
        self.dealer()
        self.assertFalse(self.found())
        self._signed("partner")
        self.assertTrue(self.found())

    def test_a_dealer_under_a_regulation_without_the_switch(self):
        self.profile.with_user(self.users["gm"]).action_retire()
        self._regulate(nda_partner=False, nda_staff=False, version="2.0")
        self.dealer()
        self.assertTrue(self.found())

    def test_what_is_open_is_seen(self):
        self.dealer()
        self.level.is_open = True
        self.assertTrue(self.found())

    def test_while_it_is_observed(self):
        self.dealer()
        for code in ("customer", "contract"):
            self.env.ref(f"sales_confidentiality.category_{code}").mode = "observe"
        self.assertTrue(self.found())

    def test_it_ends_by_itself(self):
        self.dealer()
        nda = self._signed("partner")
        ndas, company = self.env["confidentiality.nda"], self.company
        day = nda.valid_until
        self.assertEqual(ndas._valid_partners(self.contact, company, day=day), self.contact)
        self.assertFalse(ndas._valid_partners(self.contact, company, day=day + timedelta(days=1)))

    def test_who_says_who_is_a_dealer(self):
        """The officer: a salesperson does not turn a dealer into a customer."""
        self.dealer()
        for login in ("a", "km", "adm"):
            with self.subTest(login), self.assertRaises(AccessError):
                self.xinghai.with_user(self.users[login]).write(
                    {"confidentiality_party": "customer"}
                )
        self.users["b"].group_ids |= self.env.ref("base.group_partner_manager")
        with self.assertRaises(AccessError):
            self.env["res.partner"].with_user(self.users["b"]).create(
                {"name": "New dealer", "confidentiality_party": "partner"}
            )
        self.env["res.partner"].with_user(self.users["b"]).create({"name": "New customer"})
        self.contact.invalidate_recordset()
        self.assertEqual(self.contact.confidentiality_party, "partner")

    def test_the_salesperson_asks_his_customer(self):
        """S4-047: drafted and sent by whoever works with the customer; not signed by him."""
        action = self.xinghai.with_user(self.users["a"]).action_request_nda()
        nda = self.env["confidentiality.nda"].browse(action["res_id"]).with_user(self.users["a"])
        self.assertEqual((nda.state, nda.template_id), ("draft", self.customer_wording))
        self.assertEqual(nda.responsible_id, self.users["a"])
        again = self.contact.with_user(self.users["a"]).action_request_nda()
        self.assertEqual(again["res_id"], nda.id)
        with self.assertRaises(AccessError):
            nda.with_user(self.users["b"]).action_send()
        nda.action_send()
        self.assertEqual(nda.state, "sent")
        for step in (
            lambda: nda.action_sign({"signer_name": "Ms. Lin", "signature": SCAN}),
            lambda: nda.action_register_paper({"signer_name": "Ms. Lin", "scan": SCAN}),
            lambda: nda.action_revoke("Wrong"),
            lambda: nda.write({"responsible_id": self.users["b"].id}),
        ):
            with self.assertRaises(AccessError):
                step()
        nda.with_user(self.officer).action_register_paper(
            {"signer_name": "Ms. Lin", "scan": SCAN}
        )
        self.assertFalse(nda.qualification_id)
        self.assertEqual(self.xinghai.nda_valid_until, str(nda.valid_until))
        self.assertEqual(self.customers["beihe"].nda_valid_until, "None")
        self.profile.with_user(self.users["gm"]).action_retire()
        self.env.invalidate_all()
        self.assertFalse(self.xinghai.nda_valid_until)

    def test_where_papers_go_out_it_counts_too(self):
        """S4-047: mails and links ask the same agreement; of another company it says nothing."""
        self.assertFalse(self.contact._confidentiality_with_nda(self.company))
        nda = self._signed()
        self.assertEqual(self.contact._confidentiality_with_nda(self.company), self.contact)
        other = self.env["res.company"].create({"name": "Another one"})
        self.assertFalse(self.contact._confidentiality_with_nda(other))
        nda.with_user(self.officer).action_revoke("A leak")
        self.assertFalse(self.contact._confidentiality_with_nda(self.company))

    def test_documents_that_wait(self):
        """What hands documents to outsiders asks this, for many at once."""
        ndas = self.env["confidentiality.nda"]
        self.assertFalse(ndas._withheld_documents(self.order))
        self.level.needs_customer_nda = True
        self.assertEqual(ndas._withheld_documents(self.order), self.order)
        self._signed()
        self.assertFalse(ndas._withheld_documents(self.order))


@tagged("post_install", "-at_install")
class TestPartyLinks(PartyWorld, RegulationCommon, HttpCase):
    """A link with a token opens nothing either."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._build_party()
        cls.order = cls._order("a")
        cls.order.sudo().action_quotation_sent()
        cls.profile = cls._regulate(nda_staff=False)

    def test_the_link_of_an_order(self):
        self.env.ref("sales_confidentiality.level_confidential").needs_customer_nda = True
        url = self.order.sudo().get_portal_url()
        self.env.flush_all()
        self.assertNotIn(self.order.name, self.url_open(url).text)
        nda = self._signed()
        self.env.flush_all()
        self.assertIn(self.order.name, self.url_open(url).text)
        nda.with_user(self.officer).action_revoke("A leak")
        self.env.flush_all()
        self.assertNotIn(self.order.name, self.url_open(url).text)
