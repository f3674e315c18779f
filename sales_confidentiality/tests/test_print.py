# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
import base64
import io
from datetime import timedelta
from unittest.mock import patch

from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import HttpCase, TransactionCase, tagged
from odoo.tools.pdf import PdfFileReader

from odoo.addons.sales_regulation.tests.common import PREFIX

from ..tools import stamp_html, stamp_pdf, stamp_text
from .common import ConfidentialityCommon

ORDER = "sale.report_saleorder"


def _pdf(pages=2):
    from reportlab.pdfgen import canvas

    packet = io.BytesIO()
    page = canvas.Canvas(packet)
    for number in range(pages):
        page.drawString(100, 700, f"Page {number}")
        page.showPage()
    page.save()
    return packet.getvalue()


@tagged("post_install", "-at_install")
class TestWatermark(TransactionCase):
    def text(self, content):
        reader = PdfFileReader(io.BytesIO(content))
        return [reader.getPage(number).extractText() for number in range(reader.getNumPages())]

    def test_pdf(self):
        """On every page, beside what is there."""
        pages = self.text(stamp_pdf(_pdf(), "Secret - KM (km) - 10:00"))
        self.assertEqual(len(pages), 2)
        for number, page in enumerate(pages):
            self.assertIn("Secret - KM (km) - 10:00", page)
            self.assertIn(f"Page {number}", page)

    def test_chinese(self):
        """A Chinese name is written in a Chinese font, not in boxes."""
        marked = stamp_pdf(_pdf(1), "机密 - 王芳 (a) - 10:00")
        page = PdfFileReader(io.BytesIO(marked)).getPage(0)
        fonts = [font.get_object()["/BaseFont"] for font in page["/Resources"]["/Font"].values()]
        self.assertIn("/STSong-Light", fonts)

    def test_html_and_text(self):
        page = stamp_html(b"<html><body><p>One</p></body></html>", "<b>KM</b>")
        self.assertIn(b"&lt;b&gt;KM&lt;/b&gt;</div></body>", page)
        self.assertIn("KM", stamp_html("no body", "KM"))
        self.assertTrue(stamp_text("label", "KM").startswith("KM\n"))
        self.assertTrue(stamp_text(b"label", "KM").startswith(b"KM\n"))


class PrintWorld(ConfidentialityCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.order = cls._order("a")
        cls.secret = cls._order("a")
        cls.secret.confidentiality_label_id = cls._label("secret", "contract")
        cls.env.flush_all()

    def prints(self, login, record, report=ORDER, kind="html"):
        reports = self.env["ir.actions.report"].with_user(self.users[login])
        content = getattr(reports, f"_render_qweb_{kind}")(report, record.ids)[0]
        return content.decode() if isinstance(content, bytes) else str(content)

    def reason(self, login, record, text="For the customer's visit"):
        reasons = self.env["confidentiality.reason"].with_user(self.users[login])
        given = reasons.create({"res_model": record._name, "res_id": record.id, "reason": text})
        given.action_note()
        return given

    def may_print(self, login):
        self._grant(login, "contract", may_print=True)


@tagged("post_install", "-at_install")
class TestPrint(PrintWorld):
    """Printing: trace, mark, right and reason (C52, S4-048)."""

    def test_confidential_is_on_record(self):
        """Who reads it prints it; record, report and person are noted; the page says who."""
        page = self.prints("a", self.order)
        self.assertIn("o_confidentiality_watermark", page)
        self.assertIn(f"({self.users['a'].login})", page)
        row = self.logged("print", "allowed")
        self.assertEqual((row.user_id, row.res_id), (self.users["a"], self.order.id))
        self.assertEqual(row.note, self.env.ref("sale.action_report_saleorder").name)

    def test_pdf_is_one_print(self):
        """The page inside of a PDF is no second print, and carries no second mark."""
        self.env.cr.cache.pop("confidentiality.printing", None)
        with patch.object(
            type(self.env["ir.actions.report"]),
            "_pre_render_qweb_pdf",
            lambda report, ref, res_ids=None, data=None: (
                {res_ids[0]: {"stream": io.BytesIO(_pdf(1)), "attachment": None}},
                "pdf",
            ),
        ):
            reports = self.env["ir.actions.report"].with_user(self.users["a"])
            content = reports._render_qweb_pdf(ORDER, self.order.ids)[0]
        text = PdfFileReader(io.BytesIO(content)).getPage(0).extractText()
        self.assertIn(self.users["a"].login, text)
        self.assertEqual(len(self.logged("print", "allowed")), 1)
        self.assertNotIn("confidentiality.printing", self.env.cr.cache)

    def test_unlabelled(self):
        page = self.prints("a", self._order("a", "beihe"))
        self.assertNotIn("o_confidentiality_watermark", page)
        self.assertFalse(self.logged("print", "allowed", "denied"))

    def test_secret_needs_right_and_reason(self):
        with self.assertRaises(AccessError) as refused:
            self.prints("a", self.secret)
        self.assertIn("May print", str(refused.exception))
        self.may_print("a")
        with self.assertRaises(AccessError) as refused:
            self.prints("a", self.secret)
        self.assertIn("reason", str(refused.exception))
        self.assertEqual(self.logged("print", "denied").number, 2)
        self.reason("a", self.secret)
        with self.enter_registry_test_mode():
            self.prints("a", self.secret)
        row = self.env["confidentiality.log"].search(
            [("channel", "=", "print"), ("outcome", "=", "allowed")]
        )
        self.assertIn("For the customer's visit", row.note)
        self.assertEqual(row.res_id, self.secret.id)

    def test_whose_reason(self):
        """One's own, for this record, and not for ever; nobody forges its time."""
        self.may_print("a")
        self.may_print("km")
        self.reason("km", self.secret)
        with self.assertRaises(AccessError):
            self.prints("a", self.secret)
        self.reason("a", self.order)
        with self.assertRaises(AccessError):
            self.prints("a", self.secret)
        given = self.reason("a", self.secret)
        with self.assertRaises(AccessError):
            given.at = fields.Datetime.now() + timedelta(days=30)
        later = fields.Datetime.now() + timedelta(minutes=31)
        with patch.object(fields.Datetime, "now", lambda: later), self.assertRaises(AccessError):
            self.prints("a", self.secret)
        reasons = self.env["confidentiality.reason"].with_user(self.users["b"])
        hidden = reasons.create(
            {"res_model": "sale.order", "res_id": self.secret.id, "reason": "Curious"}
        )
        with self.assertRaises(AccessError):
            hidden.action_note()

    def test_hidden_records(self):
        with self.assertRaises(AccessError):
            self.prints("tm", self.order)

    def test_posted_invoice_stays_clean(self):
        """Neither its stored file nor a copy of it carries a mark; the print is on record."""
        self.order.sudo().action_confirm()
        invoice = self.order.sudo()._create_invoices()
        invoice.action_post()
        self.assertIn(
            invoice.confidentiality_label_id, self.env["confidentiality.label"].search([])
        )
        page = self.prints("fin", invoice, "account.report_invoice")
        self.assertNotIn("o_confidentiality_watermark", page)
        self.assertEqual(self.logged("print", "allowed").res_id, invoice.id)

    def test_a_file_that_is_kept(self):
        """What Odoo renders to keep or to send (invoices) is on record, without a mark."""
        invoice = self.env["account.move"].create(
            {"move_type": "out_invoice", "partner_id": self.xinghai.id}
        )
        self.assertTrue(invoice.confidentiality_label_id)
        reports = self.env["ir.actions.report"].with_user(self.users["fin"])
        content = reports._pre_render_qweb_pdf("account.report_invoice", invoice.ids)[0]
        self.assertNotIn(b"o_confidentiality_watermark", bytes(content))
        self.assertEqual(self.logged("print", "allowed").res_id, invoice.id)
        page = self.prints("fin", invoice, "account.report_invoice")
        self.assertIn("o_confidentiality_watermark", page)

    def test_mail_carries_no_name_of_ours(self):
        template = self.env["mail.template"].create(
            {
                "name": "Quotation",
                "model_id": self.env["ir.model"]._get_id("sale.order"),
                "report_template_ids": self.env.ref("sale.action_report_saleorder").ids,
            }
        )
        values = template.with_user(self.users["a"]).sudo()._generate_template_attachments(
            self.order.ids, {"report_template_ids"}
        )
        [(_name, content)] = values[self.order.id]["attachments"]
        self.assertNotIn(b"o_confidentiality_watermark", base64.b64decode(content))
        self.assertIn("o_confidentiality_watermark", self.prints("a", self.order))

    def test_jobs_print(self):
        page = str(self.env["ir.actions.report"].sudo()._render_qweb_html(ORDER, self.secret.ids)[0])
        self.assertNotIn("o_confidentiality_watermark", page)


@tagged("post_install", "-at_install")
class TestFiles(PrintWorld, HttpCase):
    """Downloads by id, field and token; links that end; no cloud (C52, S4-048, S4-049)."""

    def file(self, record, name="terms.pdf", content=b"%PDF the terms", **values):
        return self.env["ir.attachment"].create(
            {
                "name": name,
                "raw": content,
                "res_model": record._name,
                "res_id": record.id,
                **values,
            }
        )

    def login(self, login):
        if login:
            self.users[login].password = PREFIX + login
            self.env.flush_all()
            self.authenticate(PREFIX + login, PREFIX + login)
        else:
            self.authenticate(None, None)

    def get(self, path):
        self.env.flush_all()
        return self.url_open(path, allow_redirects=False)

    def test_by_id(self):
        file = self.file(self.order)
        for login, status in (("a", 200), ("km", 200), ("b", 404), ("t", 404), (None, 404)):
            self.login(login)
            answer = self.get(f"/web/content/{file.id}")
            self.assertEqual(answer.status_code, status, login)
        # What a request that went well leaves behind is written after its commit
        for login in ("a", "km"):
            theirs = file.with_user(self.users[login])
            theirs.env["ir.binary"]._find_record(res_id=file.id)
            theirs.env["confidentiality.model"]._check_download(theirs.sudo(), "raw")
        rows = self.logged("download", "allowed")
        self.assertEqual(set(rows.user_id.ids), {self.users[x].id for x in ("a", "km")})
        self.assertEqual((rows[0].res_id, rows[0].note), (self.order.id, "terms.pdf"))

    def test_a_token_is_no_right(self):
        """Neither the token of the attachment nor making it public opens it to others."""
        file = self.file(self.order)
        [token] = file.generate_access_token()
        for login, status in (("a", 200), ("b", 404), ("t", 404), (None, 404)):
            self.login(login)
            answer = self.get(f"/web/content/{file.id}?access_token={token}")
            self.assertEqual(answer.status_code, status, login)
        file.public = True
        self.login(None)
        self.assertEqual(self.get(f"/web/content/{file.id}").status_code, 404)
        denied = self.env["confidentiality.log"].search(
            [("channel", "=", "download"), ("outcome", "=", "denied")]
        )
        self.assertIn(self.users["t"], denied.user_id)
        open_file = self.file(self._order("a", "beihe"), content=b"%PDF nothing")
        [token] = open_file.generate_access_token()
        answer = self.get(f"/web/content/{open_file.id}?access_token={token}")
        self.assertEqual(answer.status_code, 200)

    def test_the_same_document_elsewhere(self):
        """Copied to where others read, it is still the document of the record."""
        self.file(self.order)
        copy = self.file(self.teams["tele"], name="holiday.pdf")
        picture = self.file(self.order, "logo.png", b"\x89PNG logo", mimetype="image/png")
        logo = self.file(self.teams["tele"], "logo.png", b"\x89PNG logo", mimetype="image/png")
        self.login("t")
        self.assertEqual(self.get(f"/web/content/{copy.id}").status_code, 404)
        self.assertEqual(self.get(f"/web/content/{logo.id}").status_code, 200)
        self.assertEqual(self.get(f"/web/content/{picture.id}").status_code, 404)
        with self.assertRaises(AccessError):
            copy.with_user(self.users["t"]).read(["datas"])
        self.assertTrue(copy.with_user(self.users["a"]).read(["datas"])[0]["datas"])

    def test_a_file_stays_with_its_record(self):
        """Taken off its record it would be nobody's, and could be sent to anybody."""
        file = self.file(self.order).with_user(self.users["a"])
        beihe = self._order("a", "beihe")
        for place in (
            {"res_model": False, "res_id": False},
            {"res_model": "sale.order", "res_id": beihe.id},
        ):
            with self.assertRaises(UserError):
                file.write(place)
        file.write({"res_model": "sale.order", "res_id": self._order("a").id})
        loose = self.file(beihe, content=b"%PDF open").with_user(self.users["a"])
        loose.write({"res_model": False, "res_id": False})

    def test_secret_download_is_logged_first(self):
        file = self.file(self.secret)
        self.login("a")
        self.assertEqual(self.get(f"/web/content/{file.id}").status_code, 200)
        row = self.env["confidentiality.log"].search(
            [("channel", "=", "download"), ("label_id", "=", self._label("secret", "contract").id)]
        )
        self.assertEqual((row.user_id, row.outcome), (self.users["a"], "allowed"))

    def test_portal_link(self):
        """It opens the order to its customer, not to a colleague, and ends with the right."""
        url = self.order._get_share_url()
        for login, status in ((None, 200), ("t", 303), ("b", 303)):
            self.login(login)
            self.assertEqual(self.get(url).status_code, status, login)
        self.login(None)
        self.env["regulation.qualification"].search(
            [("user_id", "=", self.users["a"].id), ("kind", "=", "nda")]
        ).action_revoke()
        self.assertEqual(self.get(url).status_code, 303)

    def test_link_ends_with_the_owner(self):
        """Another owner, a higher level: what was handed out opens nothing any more."""
        url = self.order._get_share_url()
        file = self.file(self.order)
        file.generate_access_token()
        self.order.sudo().user_id = self.users["km"]
        self.assertFalse(self.order.access_token)
        self.assertFalse(file.access_token)
        self.login(None)
        self.assertEqual(self.get(url).status_code, 303)
        url = self.order.sudo()._get_share_url()
        self.assertEqual(self.get(url).status_code, 200)
        self.order.sudo().client_order_ref = "PO 7"
        self.assertTrue(self.order.access_token)
        self.order.sudo().confidentiality_label_id = self._label("secret", "contract")
        self.assertFalse(self.order.access_token)

    def test_secret_needs_the_customers_nda(self):
        url = self.secret._get_share_url()
        self.login(None)
        self.assertEqual(self.get(url).status_code, 303)
        with patch.object(
            type(self.env["confidentiality.nda"]),
            "_valid_partners",
            lambda self, partners, *_rest: partners,
        ):
            self.assertEqual(self.get(url).status_code, 200)

    def test_no_cloud(self):
        """A file behind a link or in a cloud is not a file of a classified record (S4-049)."""
        outside = {"type": "url", "url": "https://cloud.example.com/terms.pdf", "raw": False}
        for env in (self.env, self.env(user=self.users["a"])):
            attachments = env["ir.attachment"]
            with self.assertRaises(UserError):
                attachments.create(
                    {"name": "x", "res_model": "sale.order", "res_id": self.order.id, **outside}
                )
        file = self.file(self.order)
        with self.assertRaises(UserError):
            file.write({"type": "url", "url": outside["url"]})
        loose = self.env["ir.attachment"].create({"name": "x", **outside})
        with self.assertRaises(UserError):
            loose.write({"res_model": "sale.order", "res_id": self.order.id})
        self.file(self._order("a", "beihe"), **outside)
