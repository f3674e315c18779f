# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
import base64
import json

from odoo.exceptions import AccessError
from odoo.tests import HttpCase, new_test_user, tagged
from odoo.tools.misc import format_date

from odoo.addons.sales_regulation.tests.common import PREFIX, RegulationCompany

from .common import SIGNATURE, NdaWorld


@tagged("post_install", "-at_install")
class TestNdaPortal(NdaWorld, RegulationCompany, HttpCase):
    """The page on which employees and business partners read and sign (C53)."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._build_company()
        cls._build_ndas()
        cls.dealer_wording = cls._wording("partner", version="1.1")
        cls.xinghai = cls.customers["xinghai"]
        cls.contact = cls.env["res.partner"].create(
            {"name": "Ms. Lin", "email": "lin@x.example.org", "parent_id": cls.xinghai.id}
        )
        cls.portal = new_test_user(
            cls.env,
            login="portal_lin",
            groups="base.group_portal",
            partner_id=cls.contact.id,
            company_id=cls.company.id,
            company_ids=[(6, 0, cls.company.ids)],
        )

    def partner_nda(self):
        nda = (
            self.env["confidentiality.nda"]
            .with_user(self.officer)
            .create({"partner_id": self.contact.id, "template_id": self.dealer_wording.id})
        )
        nda.action_send()
        self.assertEqual(nda.partner_id, self.xinghai)
        return nda

    def login(self, login):
        self.env.flush_all()
        self.authenticate(login, login)

    def accept(self, nda, query="", **params):
        self.env.flush_all()
        answer = self.make_jsonrpc_request(
            f"/my/nda/{nda.id}/accept{query}", {"name": "X Y", "signature": SIGNATURE, **params}
        )
        self.env.invalidate_all()
        return answer

    def page(self, nda, query=""):
        self.env.flush_all()
        return self.url_open(f"/my/nda/{nda.id}{query}").text

    def test_an_employee_signs_on_the_page(self):
        nda = self._nda("a")
        self.login(PREFIX + "a")
        self.assertIn("I keep silent.", self.page(nda))
        self.assertNotIn("error", self.accept(nda))
        self.assertEqual(nda.state, "signed")
        self.assertRecordValues(
            nda.signature_ids, [{"method": "portal", "user_id": self.users["a"].id}]
        )
        self.assertEqual(nda.signature_ids.ip, "127.0.0.1")
        self.assertTrue(self._has("a"))

    def test_the_print_says_what_was_signed(self):
        """Text, image, address, moment with its zone, digests; read by who reads the agreement."""
        nda = self._nda("a")
        self.login(PREFIX + "a")
        self.accept(nda)
        signature = nda.signature_ids
        html = self.printed(nda)
        for said in (
            "I keep silent.",
            "X Y",
            "127.0.0.1",
            self.company._regulation_tz().zone,
            "Drawn on the portal",
            signature.text_hash,
            signature.file_hash,
            "data:image/png;base64",
        ):
            self.assertIn(said, html)
        with self.assertRaises(AccessError):
            self.printed(nda, "b")
        nda.with_user(self.officer).action_revoke("He went to a competitor.")
        html = self.printed(nda)
        self.assertIn("Revoked", html)
        self.assertNotIn("He went to a competitor.", html)

    def test_the_print_speaks_the_language_it_was_signed_in(self):
        self.env["res.lang"]._activate_lang("zh_CN")
        nda = self._nda("a")
        self._sign(nda.with_context(lang="zh_CN"), "a")
        self.assertEqual(nda.signature_ids.lang, "zh_CN")
        html = self.printed(nda)
        self.assertIn("版本", html)
        day = nda.signature_ids.signed_on
        self.assertIn(format_date(self.env, day, lang_code="zh_CN"), html)
        self.assertNotIn(format_date(self.env, day, lang_code="en_US"), html)

    def printed(self, nda, login="gm"):
        report = self.env["ir.actions.report"].with_user(self.users[login])
        name = "sales_confidentiality.report_confidentiality_nda"
        return report._render_qweb_html(name, nda.ids)[0].decode()

    def test_the_party_downloads_the_print(self):
        """The list names it, and its button hands out the file, to the party only."""
        nda = self.partner_nda()
        self.login("portal_lin")
        self.accept(nda)
        listed = self.url_open("/my/nda").text
        self.assertIn(nda.name, listed)
        self.assertIn("text-bg-success", listed)
        answer = self.url_open(f"/my/nda/{nda.id}?report_type=pdf&download=true")
        self.assertEqual(answer.status_code, 200)
        self.assertEqual(answer.headers["Content-Type"], "application/pdf")
        self.assertIn(nda.name.replace("/", "_"), answer.headers["Content-Disposition"])
        self.login(PREFIX + "b")
        answer = self.url_open(f"/my/nda/{nda.id}?report_type=pdf")
        self.assertNotEqual(answer.headers["Content-Type"], "application/pdf")

    def test_nobody_signs_for_an_employee(self):
        nda = self._nda("a")
        token = f"?access_token={nda._portal_ensure_token()}"
        for login in (PREFIX + "b", PREFIX + "gm", "portal_lin", None):
            self.login(login)
            self.assertIn("error", self.accept(nda, token), login)
            if login != PREFIX + "gm":
                self.assertNotIn("I keep silent.", self.page(nda, token), login)
        self.assertEqual(nda.state, "sent")

    def test_the_address_is_the_servers(self):
        """A header of the client does not decide what is recorded."""
        nda = self._nda("a")
        self.login(PREFIX + "a")
        self.env.flush_all()
        self.url_open(
            f"/my/nda/{nda.id}/accept",
            data=json.dumps({"params": {"name": "Wang Fang", "signature": SIGNATURE}}),
            headers={"Content-Type": "application/json", "X-Real-IP": "9.9.9.9"},
        )
        self.env.invalidate_all()
        self.assertEqual(nda.signature_ids.ip, "127.0.0.1")

    def test_a_partner_signs_with_his_login(self):
        nda = self.partner_nda()
        self.login("portal_lin")
        self.assertIn(nda.name, self.url_open("/my/nda").text)
        self.assertNotIn("error", self.accept(nda))
        self.assertEqual(nda.state, "signed")
        self.assertEqual(
            self.env["confidentiality.nda"]._valid_partners(self.contact, self.company),
            self.contact,
        )

    def test_a_partner_signs_with_his_link(self):
        nda = self.partner_nda()
        self.login(None)
        self.assertIn("error", self.accept(nda))
        self.assertIn("error", self.accept(nda, "?access_token=wrong"))
        token = f"?access_token={nda._portal_ensure_token()}"
        self.assertIn("I keep silent.", self.page(nda, token))
        self.assertNotIn("error", self.accept(nda, token))
        self.assertEqual(nda.state, "signed")

    def test_our_own_people_do_not_sign_for_a_partner(self):
        nda = self.partner_nda()
        token = f"?access_token={nda._portal_ensure_token()}"
        for login in ("gm", "a"):
            self.login(PREFIX + login)
            self.assertIn("error", self.accept(nda, token), login)
        self.assertEqual(nda.state, "sent")

    def test_what_is_refused(self):
        nda = self._nda("a")
        self.login(PREFIX + "a")
        for params in ({"name": " "}, {"signature": False}, {"signature": "PHN2Zz48L3N2Zz4="}):
            self.assertIn("error", self.accept(nda, **params), params)
        self.assertEqual(nda.state, "sent")
        self.accept(nda)
        self.assertIn("error", self.accept(nda))

    def test_conflicts_of_interest(self):
        """Asked first; the answer is signed along."""
        template = self._wording(version="3.0", conflict="<p>Do you hold shares?</p>")
        nda = self._nda("a", template)
        self.login(PREFIX + "a")
        page = self.page(nda)
        self.assertIn("o_confidentiality_conflict", page)
        self.assertNotIn("js_accept_json", page)
        self.assertIn("js_accept_json", self.page(nda, "?conflict=none"))
        self.assertIn("error", self.accept(nda))
        self.assertIn("error", self.accept(nda, "?conflict=declared"))
        self.accept(nda, "?conflict=declared&conflict_text=My%20wife%20works%20at%20Beihe")
        self.assertRecordValues(
            nda.signature_ids,
            [{"conflict": "declared", "conflict_text": "My wife works at Beihe"}],
        )

    def test_drafts_are_not_shown(self):
        nda = self._nda("a", send=False)
        self.login(PREFIX + "a")
        self.assertNotIn("I keep silent.", self.page(nda))

    def test_the_file_of_a_signature(self):
        """The image is read by who reads the agreement, and by nobody else."""
        nda = self._nda("a")
        self.login(PREFIX + "a")
        self.accept(nda)
        url = f"/web/image/confidentiality.nda.signature/{nda.signature_ids.id}/image"
        self.assertEqual(self.url_open(url).content, base64.b64decode(SIGNATURE))
        self.login(PREFIX + "b")
        self.assertNotEqual(self.url_open(url).content, base64.b64decode(SIGNATURE))
