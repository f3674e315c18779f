# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, HttpCase, new_test_user, tagged
from odoo.tools import format_date

from ..common import RegulationCompany
from .common import SIGNATURE, ContractProfiles


@tagged("post_install", "-at_install")
class TestContractPortal(ContractProfiles, RegulationCompany, HttpCase):
    """C20, C22: what leaves the house, and the customer's signature on the portal."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._build_company()
        cls.profile = cls._contract_profile()
        cls.order = cls._order("a", quantity=10)
        cls.contract = cls._drafted(cls.order)
        cls.contract._portal_ensure_token()
        cls.env.flush_all()

    def _page(self, **kwargs):
        return self.url_open(self.contract.get_portal_url(**kwargs))

    def _accept(self, **values):
        answer = self.make_jsonrpc_request(
            f"/my/contracts/{self.contract.id}/accept",
            {
                "access_token": self.contract.access_token,
                "name": "Lin Hai",
                "signature": SIGNATURE,
                **values,
            },
        )
        self.env.invalidate_all()
        return answer

    def _send(self):
        self._reviewed(self.contract)
        self.contract.action_mark_sent()
        self.env.flush_all()

    def test_nothing_leaves_before_legal(self):
        """S0-77: mail, composer, print, portal page and download wait for the review."""
        contract = self.contract
        contract.action_submit()
        self._decide(contract, "contract_business", "km")
        template = self.env.ref("sales_regulation.mail_template_contract")
        report = "sales_regulation.report_sales_contract"
        rep = contract.env
        routes = (
            lambda: contract.action_send(),
            lambda: contract.action_mark_sent(),
            lambda: template.with_user(self.users["a"]).send_mail(contract.id),
            lambda: rep["ir.actions.report"]._render_qweb_html(report, contract.ids),
            lambda: rep["ir.actions.report"].sudo()._render_qweb_html(report, contract.ids),
            lambda: contract.with_context(mark_contract_as_sent=True).message_post(body="sent"),
        )
        for route in routes:
            with self.assertRaises(UserError), self.env.cr.savepoint():
                route()
        self.assertEqual(contract.state, "legal")
        self.env.flush_all()
        for page in (self._page(), self._page(report_type="pdf"), self._page(report_type="html")):
            self.assertIn("is being prepared", page.text)
            self.assertNotIn(self.product.name, page.text)
        self.authenticate("reg_a", "reg_a")
        printed = self.url_open(f"/report/html/{report}/{contract.id}")
        self.assertNotIn("Controller chip", printed.text)

    def test_print_and_mail(self):
        """Approved, it is printed with its terms and sent; sending is recorded."""
        contract = self.contract
        self._reviewed(contract)
        html = (
            contract.env["ir.actions.report"]
            ._render_qweb_html("sales_regulation.report_sales_contract", contract.ids)[0]
            .decode()
        )
        for text in (contract.name, "Controller chip", "1,130.00", "2030", "Xinghai Electronics"):
            self.assertIn(text, html)
        # dates as the customer writes them
        self.assertIn(format_date(self.env, contract.delivery_date), html)
        self.assertNotIn(str(contract.delivery_date), html)
        contract.partner_id.email = "lin@xinghai.example.com"
        action = contract.action_send()
        composer = Form(
            contract.env["mail.compose.message"].with_context(**action["context"])
        ).save()
        composer.with_context(**action["context"])._action_send_mail()
        self.assertEqual(contract.state, "sent")
        self.assertEqual(contract.sent_by_id, self.users["a"])
        message = contract.message_ids.filtered(lambda row: row.attachment_ids)
        self.assertIn(contract.partner_id, message.partner_ids)

    def test_chinese_font(self):
        """A Chinese customer's contract names the font of his script."""
        self.env["res.lang"]._activate_lang("zh_TW")
        self.contract.partner_id.lang = "zh_TW"
        self._reviewed(self.contract)
        self.contract.partner_id.name = "星海電子"
        html = (
            self.contract.env["ir.actions.report"]
            ._render_qweb_html("sales_regulation.report_sales_contract", self.contract.ids)[0]
            .decode()
        )
        self.assertIn("Noto Sans CJK TC", html)
        self.assertIn("星海電子", html)

    def test_sign_on_the_portal(self):
        """The signature is kept with image, address, time and the text it was given for."""
        self._send()
        self.contract.action_reconfirm({"with": "Ms. Lin"})
        self.env.flush_all()
        page = self._page()
        self.assertIn("Controller chip", page.text)
        self.assertIn("portal.signature_form", page.text)
        self.assertIn("error", self._accept(name=""))
        self.assertIn("error", self._accept(signature="?"))
        self.assertIn("error", self._accept(access_token="wrong"))
        self.assertTrue(self._accept().get("force_refresh"))
        contract = self.contract
        self.assertEqual(contract.state, "signed")
        signature = contract.signature_ids
        self.assertEqual((signature.method, signature.signer_name), ("portal", "Lin Hai"))
        self.assertTrue(signature.image)
        self.assertTrue(signature.ip)
        self.assertEqual(signature.fingerprint, contract.signed_fingerprint)
        self.assertIn("Signed on", self._page().text)
        self.assertIn("error", self._accept())  # once
        self.order.action_confirm()
        self.assertEqual(self.order.state, "sale")

    def test_signature_waits(self):
        """Signed before the reconfirmation: kept; taken once the gates are open."""
        self._send()
        self.assertNotIn("error", self._accept())
        contract = self.contract
        self.assertEqual(contract.state, "sent")
        self.assertTrue(contract.signature_waiting)
        self.assertTrue(contract.signature_ids.waited)
        self.assertIn(self.users["a"], contract.activity_ids.user_id)
        self.assertIn("we have received your signature", self._page().text)
        with self.assertRaisesRegex(UserError, "not reconfirmed"):
            contract.action_accept_signature()
        contract.action_reconfirm({"with": "Ms. Lin"})
        contract.action_accept_signature()
        self.assertEqual(contract.state, "signed")
        self.assertEqual(contract.signed_by_name, "Lin Hai")

    def test_signature_while_returned(self):
        """The page was open when the text was changed and returned: the signature is kept,
        the customer reads a friendly text, and it does not count for the new text."""
        self._send()
        self.contract.liability_terms = "0.05 % a day"
        self.contract.action_submit()
        self._decide(
            self.contract, "contract_business", "km", "action_return", opinion="Not like this"
        )
        self.env.flush_all()
        self.assertNotIn("error", self._accept())
        self.assertEqual(self.contract.state, "returned")
        self.assertTrue(self.contract.signature_waiting)
        page = self._page()
        self.assertIn("is being prepared", page.text)
        self.assertIn("we have received your signature", page.text)
        self.assertNotIn("Not like this", page.text)
        self.contract.delivery_date = "2031-01-01"
        self._reviewed(self.contract)
        self.contract.action_mark_sent()
        self.contract.action_reconfirm({"with": "Ms. Lin"})
        with self.assertRaisesRegex(UserError, "another text"):
            self.contract.action_accept_signature()

    def test_never_sent(self):
        """A link that leaked before anything was sent signs nothing."""
        self.assertIn("error", self._accept())
        self.assertFalse(self.contract.signature_ids)

    def test_not_by_ourselves(self):
        """The salesperson does not sign for the customer."""
        self._send()
        self.authenticate("reg_a", "reg_a")
        self.assertIn("error", self._accept())
        self.assertFalse(self.contract.signature_ids)

    def test_switched_off(self):
        self.profile.with_user(self.users["gm"]).action_retire()
        self.profile = type(self)._contract_profile(contract_portal_signature=False)
        self._send()
        self.assertNotIn("portal.signature_form", self._page().text)
        self.assertIn("error", self._accept())

    def test_customers_see_their_own(self):
        """A customer's account lists his own contracts once they were sent."""
        for login, customer in (("lin", "xinghai"), ("bai", "beihe")):
            partner = self.env["res.partner"].create(
                {"name": login, "parent_id": self.customers[customer].id}
            )
            new_test_user(self.env, login=login, groups="base.group_portal", partner_id=partner.id)
        url = f"/my/contracts/{self.contract.id}"
        self.authenticate("lin", "lin")
        self.assertNotIn(self.contract.name, self.url_open("/my/contracts").text)
        self._send()
        self.assertIn(self.contract.name, self.url_open("/my/contracts").text)
        self.assertIn("Controller chip", self.url_open(url).text)
        self.authenticate("bai", "bai")
        self.assertNotIn(self.contract.name, self.url_open("/my/contracts").text)
        self.assertNotIn("Controller chip", self.url_open(url).text)
        with self.assertRaises(AccessError):
            self.contract.with_user(self.env["res.users"].search([("login", "=", "bai")])).read(
                ["name"]
            )
