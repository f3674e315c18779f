# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
import base64
import io
import shutil
import unicodedata
from datetime import date

from freezegun import freeze_time

from odoo import Command
from odoo.exceptions import AccessError
from odoo.fields import Datetime
from odoo.tests import HttpCase, tagged
from odoo.tools.pdf import PdfReader

from .common import DispatchCommon

PNG = (
    b"iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPhfDwAChwGA60e6kgAAAABJRU5"
    b"ErkJggg=="
)
SCAN = base64.b64encode(b"scan of the signed note")


class DeliveryNoteCommon(DispatchCommon):
    """A regulation with the delivery note in triplicate, and its return within 7 days."""

    @classmethod
    def _dispatch_profile(cls, gates=None, **settings):
        settings.setdefault(
            "dispatch_copy_ids",
            [
                Command.create({"sequence": 10, "name": "Kept on file"}),
                Command.create({"sequence": 20, "name": "For the customer"}),
                Command.create({"sequence": 30, "name": "To the warehouse", "comes_back": True}),
            ],
        )
        settings.setdefault(
            "deadline_rule_ids",
            [
                Command.create(
                    {
                        "code": "dispatch_copy",
                        "name": "Return of the signed copy",
                        "unit": "calendar_days",
                        "value": 7,
                    }
                )
            ],
        )
        return super()._dispatch_profile(gates, **settings)

    def _use(self, **settings):
        """Another version of the regulation is in force."""
        self.profile.with_user(self.users["gm"]).action_retire()
        self.profile = self._dispatch_profile(**settings)
        return self.profile

    def _shipped(self, order=None, quantity=1):
        order = order or self._confirmed(quantity)
        notice = self._released(order)
        self._validate(self._with_carrier(order.picking_ids))
        return notice

    def _html(self, notice, login="wh", report="report_delivery_note"):
        return (
            self.env["ir.actions.report"]
            .with_user(self.users[login])
            ._render_qweb_html(f"sales_regulation.{report}", notice.ids)[0]
            .decode()
        )


@tagged("post_install", "-at_install")
class TestDeliveryNote(DeliveryNoteCommon):
    """C30: the delivery note in labelled copies, and the copy that comes back (S2-50)."""

    def test_three_labelled_copies(self):
        notice = self._released(self._confirmed(10))
        html = self._html(notice)
        for number, label in enumerate(
            ("Kept on file", "For the customer", "To the warehouse"), start=1
        ):
            self.assertIn(f"{number}/3", html.replace("<span>", "").replace("</span>", ""))
            self.assertIn(label, html)
        self.assertEqual(html.count("o_dispatch_note"), 3)
        self.assertIn("Hua Xin Components of the Tests", html)
        self.assertIn("1 Harbour Road", html)
        # Neither keeper nor carrier reads a price
        self.assertNotIn("100.00", html)

    def test_address_as_requested(self):
        """The note names the address of the request, not what the customer's card says now."""
        notice = self._released(self._confirmed(1))
        self.customers["xinghai"].street = "9 Elsewhere"
        html = self._html(notice)
        self.assertIn("1 Harbour Road", html)
        self.assertNotIn("9 Elsewhere", html)

    def test_number_of_copies_is_the_regulation(self):
        self._use(
            dispatch_copy_ids=[
                Command.create({"name": "Ours"}),
                Command.create({"name": "Theirs", "comes_back": True}),
            ]
        )
        html = self._html(self._released(self._confirmed(1)))
        self.assertEqual(html.count("o_dispatch_note"), 2)
        self._use(dispatch_copy_ids=[])
        html = self._html(self._released(self._confirmed(1)))
        self.assertEqual(html.count("o_dispatch_note"), 1)

    def test_not_before_the_goods_may_leave(self):
        """S2-47, S2-48: no delivery note for goods that are not released."""
        notice = self._request(self._confirmed(1))
        notice.action_submit()
        with self.assertRefused("released to the warehouse"):
            self._html(notice)

    def test_who_prints(self):
        """Whoever does not read the notice does not print it either."""
        notice = self._released(self._confirmed(1))
        with self.assertRaises(AccessError):
            self._html(notice, "b")
        self.assertIn(notice.name, self._html(notice, "a"))

    def test_pages_of_a_long_note(self):
        """21 lines are two pages of each copy."""
        order = self._confirmed(30)
        notice = self._request(order)
        line = notice.line_ids
        line.quantity = 1
        for _i in range(20):
            line.copy({"notice_id": notice.id})
        notice.action_submit()
        self._as(notice, "clk").action_verify()
        self._as(notice, "clk").action_check()
        self._as(notice, "clk").action_issue()
        self._as(notice, "fin").action_check_papers()
        self._as(notice, "fin").action_release()
        html = self._html(notice)
        self.assertEqual(html.count("o_dispatch_note"), 6)
        self.assertEqual(html.count("page-break-after: always"), 5)

    # === THE COPY THAT COMES BACK === #

    def test_copy_due_and_taken_back(self):
        """Storyline 31: signed 03-21, back 03-24: open for three days, due 03-28."""
        notice = self._shipped()
        with freeze_time("2026-03-21 07:00:00"):
            notice.action_record_receipt({"receiver_name": "Lin Hai"})
            self.assertEqual(notice.copy_due_at, Datetime.to_datetime("2026-03-28 15:59:59"))
        clock = self.env["regulation.deadline"].search(
            [("res_model", "=", notice._name), ("res_id", "=", notice.id)]
        )
        self.assertEqual((clock.code, clock.state), ("dispatch_copy", "open"))
        self.assertEqual(clock.user_id, self.users["clk"])
        Notice = self.env["dispatch.notice"].with_user(self.users["wh"])
        late = [("copy_overdue", "=", True), ("id", "=", notice.id)]
        with freeze_time("2026-03-24 02:00:00"):
            self.assertFalse(Notice.search(late))
            self._as(notice, "wh").action_record_receipt({"kind": "copy", "scan": SCAN})
        self.assertRecordValues(
            notice,
            [
                {
                    "copy_returned_on": date(2026, 3, 24),
                    "copy_returned_by_id": self.users["wh"].id,
                    "copy_days": 3,
                    "copy_overdue": False,
                }
            ],
        )
        self.assertEqual(clock.state, "kept")
        copy = notice.receipt_ids.filtered(lambda row: row.kind == "copy")
        self.assertEqual(copy.scan, SCAN)

    def test_copy_overdue(self):
        """The list of open copies shows what is overdue; the clock breaks when it comes back."""
        notice = self._shipped()
        with freeze_time("2026-03-21 07:00:00"):
            notice.action_record_receipt({"receiver_name": "Lin Hai"})
        with freeze_time("2026-03-30 02:00:00"):
            self.env.invalidate_all()
            self.assertTrue(notice.copy_overdue)
            self.assertIn(notice, notice.search([("copy_overdue", "=", True)]))
            self._as(notice, "wh").action_record_receipt({"kind": "copy"})
            self.assertFalse(notice.copy_overdue)
        clock = self.env["regulation.deadline"].search(
            [("res_model", "=", notice._name), ("res_id", "=", notice.id)]
        )
        self.assertEqual(clock.state, "breached")

    def test_signed_earlier(self):
        """Recorded late, the copy is due from the day of the signature all the same."""
        notice = self._shipped()
        with freeze_time("2026-03-25 02:00:00"):
            notice.action_record_receipt({"receiver_name": "Lin Hai", "date": "2026-03-21"})
            self.assertEqual(notice.copy_due_at, Datetime.to_datetime("2026-03-28 15:59:59"))
            # A corrected date moves the clock
            notice.action_record_receipt(
                {
                    "receiver_name": "Lin Hai",
                    "date": "2026-03-23",
                    "corrects_id": notice.receipt_ids.id,
                    "reason": "Misread",
                }
            )
            self.assertEqual(notice.copy_due_at, Datetime.to_datetime("2026-03-30 15:59:59"))
        clocks = self.env["regulation.deadline"].search(
            [("res_model", "=", notice._name), ("res_id", "=", notice.id)]
        )
        self.assertEqual(sorted(clocks.mapped("state")), ["cancelled", "open"])

    def test_no_copy_comes_back(self):
        self._use(dispatch_copy_ids=[Command.create({"name": "For the customer"})])
        notice = self._shipped()
        notice.action_record_receipt({"receiver_name": "Lin Hai"})
        self.assertFalse(notice.copy_expected)
        with self.assertRefused("No copy"):
            notice.action_record_receipt({"kind": "copy"})
        self.assertFalse(notice.copy_due_at)

    def test_scan_of_the_copy(self):
        self._use(dispatch_copy_scan=True)
        notice = self._shipped()
        notice.action_record_receipt({"receiver_name": "Lin Hai"})
        with self.assertRefused("scan"):
            notice.action_record_receipt({"kind": "copy"})
        notice.action_record_receipt({"kind": "copy", "scan": SCAN, "scan_name": "copy.pdf"})
        self.assertTrue(notice.copy_returned_on)

    def test_sealed(self):
        notice = self._shipped()
        for vals in (
            {"copy_expected": False},
            {"copy_due_at": "2030-01-01 00:00:00"},
            {"copy_returned_by_id": self.users["a"].id},
        ):
            for login in ("a", "clk", "gm"):
                with self.assertRefused("", AccessError):
                    self._as(notice, login).write(vals)
        with self.assertRaises(AccessError), self.cr.savepoint():
            notice.sudo().write({"copy_expected": False})

    # === PROOF === #

    def test_signature_of_the_transfer(self):
        """What the customer signed on the transfer is the signature of the receipt."""
        self._use(dispatch_receipt_proof=True)
        notice = self._shipped()
        with self.assertRefused("sign"):
            notice.action_record_receipt({"receiver_name": "Lin Hai"})
        self._as(notice.picking_id, "wh").signature = PNG
        notice.action_record_receipt({"receiver_name": "Lin Hai"})
        self.assertTrue(notice.receipt_ids.signature)
        self.assertIn("Lin Hai", self._html(notice))

    def test_scan_is_proof(self):
        self._use(dispatch_receipt_proof=True)
        notice = self._shipped()
        notice.action_record_receipt({"receiver_name": "Lin Hai", "scan": SCAN})
        self.assertEqual(notice.receipt_ids.scan, SCAN)

    def test_tracking_page(self):
        notice = self._shipped()
        with self.assertRefused("courier provider"):
            notice.action_track()
        self.carrier.tracking_url = "https://track.example.com/<shipmenttrackingnumber>"
        self.assertEqual(notice.action_track()["url"], "https://track.example.com/SF1001")
        with self.assertRefused("", AccessError):
            self._as(notice, "b").action_track()

    def test_shipped_profiles(self):
        """S2 and the composite print three copies, of which one comes back."""
        for code in ("S2", "COMPOSITE-DEMO"):
            profile = self.env["regulation.profile"].search(
                [("code", "=", code), ("is_template", "=", True)]
            )
            self.assertEqual(profile.dispatch_copy_ids.mapped("comes_back"), [False, False, True])
            self.assertIn("dispatch_copy", profile.deadline_rule_ids.mapped("code"))


@tagged("post_install", "-at_install")
class TestDeliveryNotePrinted(DeliveryNoteCommon, HttpCase):
    """The papers as PDF, with Chinese text."""

    def _text(self, report, notice, login="wh"):
        if not shutil.which("wkhtmltopdf"):
            self.skipTest("wkhtmltopdf is not installed")
        pdf, _kind = (
            self.env["ir.actions.report"]
            .with_user(self.users[login])
            .with_context(lang="zh_CN", force_report_rendering=True)
            ._render_qweb_pdf(f"sales_regulation.{report}", notice.ids)
        )
        reader = PdfReader(io.BytesIO(pdf))
        text = "".join(page.extract_text() for page in reader.pages)
        # Fonts name some characters by their radicals
        return len(reader.pages), unicodedata.normalize("NFKC", text).replace("\n", "")

    def test_pdf(self):
        """Notice and delivery note: the customer's Chinese address is on the paper."""
        self.env["res.lang"]._activate_lang("zh_CN")
        partner = self.customers["xinghai"]
        partner.write({"name": "星海公司", "street": "海岸路 1 号", "lang": "zh_CN"})
        order = self._confirmed(10)
        notice = self._released(order)
        pages, text = self._text("report_delivery_note", notice)
        self.assertEqual(pages, 3)
        for word in ("星海公司", "海岸路", notice.name, "3/3"):
            self.assertIn(word, text)
        pages, text = self._text("report_dispatch_notice", notice)
        self.assertEqual(pages, 1)
        for word in ("星海公司", "海岸路", notice.name):
            self.assertIn(word, text)

    def test_portal(self):
        """The customer gets stock's delivery slip on the portal, and nothing of ours."""
        notice = self._shipped()
        order = notice.order_id
        portal = self.env["res.users"].create(
            {
                "name": "Lin Hai",
                "login": "reg_lin",
                "password": "reg_lin_reg_lin",
                "partner_id": order.partner_id.id,
                "group_ids": [Command.set(self.env.ref("base.group_portal").ids)],
                "company_id": self.company.id,
                "company_ids": [Command.set(self.company.ids)],
            }
        )
        for model in ("dispatch.notice", "dispatch.objection", "dispatch.ledger"):
            self.assertFalse(self.env[model].with_user(portal).has_access("read"), model)
        notice.action_record_receipt({"receiver_name": "Lin", "acceptance": "refused"})
        names = ["dispatch_objection_notice", "dispatch_objection_count"]
        self.assertTrue(order.read(names)[0]["dispatch_objection_notice"])
        self.assertFalse(any(order.with_user(portal).sudo().read(names)[0][name] for name in names))
        self.authenticate("reg_lin", "reg_lin_reg_lin")
        slip = f"/my/picking/pdf/{notice.picking_id.id}?access_token={order._portal_ensure_token()}"
        self.assertEqual(self.url_open(slip).status_code, 200)
        for report in ("report_delivery_note", "report_dispatch_notice"):
            for kind in ("html", "pdf"):
                page = self.url_open(f"/report/{kind}/sales_regulation.{report}/{notice.id}")
                self.assertNotIn("Harbour Road", page.text)
                self.assertNotEqual(page.status_code, 200)
