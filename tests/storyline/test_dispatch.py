# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
import base64
import io
import shutil
import unicodedata

from odoo.tests import tagged
from odoo.tools.pdf import PdfReader

from .common import StorylineCase

#: who did what on the way of the notice of step 31, and when
STEPS = {
    "submitted": ("reg_a", "2026-03-19 10:00"),
    "verified": ("reg_clk", "2026-03-19 10:00"),
    "checked": ("reg_clk", "2026-03-19 10:00"),
    "issued": ("reg_clk", "2026-03-19 10:00"),
    "finance": ("reg_fin", "2026-03-19 10:00"),
    "released": ("reg_fin", "2026-03-19 10:00"),
    "shipped": ("reg_wh", "2026-03-20 10:00"),
    "received": ("reg_clk", "2026-03-21 15:00"),
    "copy": ("reg_wh", "2026-03-24 09:00"),
}


@tagged("post_install", "-at_install")
class TestStorylineDispatch(StorylineCase):
    """Steps 29 and 31: request, notice, delivery, receipt, third copy.

    The keeper works with the address that the notice keeps. That he reads nothing else of
    the customer ("no dossier") is left to the addon `sales_confidentiality`: Odoo lets
    whoever is an employee read every contact.
    """

    def paid_order(self):
        self.at("2026-03-11 10:00")
        order = self.confirm(self.quotation(), "A")
        self.at("2026-03-19 10:00")
        self.pay(order, 1_084_800.00)
        return order

    def test_29_request_without_phone(self):
        order = self.paid_order()
        self.customers["xinghai"].phone = False
        notice = self.request_dispatch(order)
        with self.A.refused("phone"):
            self.A.call("dispatch.notice", "action_submit", notice.ids)
        self.assertEqual(notice.state, "draft")
        self.customers["xinghai"].phone = "0755 1111 0001"
        self.A.call("dispatch.notice", "action_submit", notice.ids)
        # later changes of the address do not move the notice
        self.customers["xinghai"].street = "9 Elsewhere"
        self.assertIn("1 Harbour Road", self.WH.read("dispatch.notice", notice.id, "ship_address"))
        self.assertEqual(self.WH.read("dispatch.notice", notice.id, "ship_phone"), "0755 1111 0001")

    def test_31_delivery_and_receipt(self):
        """No tracking number: blocked; with it shipped; signed 03-21, third copy back 03-24."""
        order = self.paid_order()
        # The keeper sees what is in stock, and ticks the packing in his own name
        notice = self.release_dispatch(order)
        for item in notice._checklist_items("packaging")[notice.id]:
            self.WH.call("dispatch.notice", "action_tick", notice.ids, item_id=item.id)
        self.assertFalse(notice._checklist_missing("packaging")[notice.id])
        picking = self.to_ship(order)
        with self.WH.refused("racking number"):
            self.ship(picking)
        blocked = self.events("blocked", picking, gate="tracking")
        self.assertEqual(blocked.user_id, self.users["wh"])
        self.at("2026-03-20 10:00")
        self.carrier(picking, "SF1029384756")
        self.ship(picking)
        self.assertEqual(notice.state, "shipped")
        self.assertEqual((notice.carrier_name, notice.tracking_ref), ("SF Express", "SF1029384756"))
        with self.WH.refused():
            self.WH.write("stock.picking", picking.ids, carrier_tracking_ref=False)
        self.cron("sales_regulation.ir_cron_dispatch_feedback")

        self.at("2026-03-21 15:00")
        self.CLK.call(
            "dispatch.notice",
            "action_record_receipt",
            notice.ids,
            values={
                "kind": "receipt",
                "date": "2026-03-21",
                "receiver_name": "Ms. Lin",
                "acceptance": "accepted",
                "scan": base64.b64encode(b"signed note").decode(),
                "scan_name": "signed.pdf",
            },
        )
        self.assertEqual(str(notice.signed_on), "2026-03-21")
        # Seven calendar days for the way back, as the composite says
        self.assertEqual(str(notice.copy_due_at), "2026-03-28 15:59:59")
        self.at("2026-03-24 09:00")
        self.assertEqual(notice.copy_open_days, 3)
        is_open = [("notice_id", "=", notice.id), ("copy_open", "=", True)]
        self.assertEqual(self.CLK.count("dispatch.ledger", *is_open), 1)
        self.WH.call(
            "dispatch.notice",
            "action_record_receipt",
            notice.ids,
            values={"kind": "copy", "date": "2026-03-24"},
        )
        self.assertEqual((str(notice.copy_returned_on), notice.copy_days), ("2026-03-24", 3))
        self.assertEqual(notice.copy_returned_by_id, self.users["wh"])
        self.assertEqual(self.CLK.count("dispatch.ledger", *is_open), 0)
        [row] = self.CLK.call(
            "dispatch.ledger", "search_read", domain=[("notice_id", "=", notice.id)], fields=[]
        )
        expected = {
            "number": notice.name,
            "without_notice": False,
            "quantity": 10_000.0,
            "shipped_qty": 10_000.0,
            "ship_name": notice.ship_name,
            "ship_contact": "Ms. Lin",
            "ship_phone": "0755 1111 0001",
            "carrier_name": "SF Express",
            "tracking_ref": "SF1029384756",
            "signed_on": "2026-03-21",
            "receiver_name": "Ms. Lin",
            "acceptance": "accepted",
            # asked for by Monday 03-23
            "due_at": "2026-03-23 01:00:00",
            "arrived_on_time": 1.0,
            "accurate": 1.0,
            "copy_returned_on": "2026-03-24",
            "copy_days": 3,
            "copy_open": False,
            "state": "received",
        }
        self.assertEqual({name: row[name] for name in expected}, expected)
        # Complete: no step of the way is missing
        for name in (
            "order_date",
            "submitted_at",
            "issued_at",
            "finance_at",
            "released_at",
            "shipped_at",
        ):
            self.assertTrue(row[name], name)
        # a time stamp and a name for each role
        steps = {step.step: (step.user_id.login, self.local(step.at)) for step in notice.step_ids}
        self.assertEqual({step: steps.get(step) for step in STEPS}, STEPS)
        for name, person in (("applicant_id", "a"), ("handler_id", "clk"), ("salesperson_id", "a")):
            self.assertEqual(row[name][0], self.users[person].id, name)
        # B of the same team, who has no part in it, finds nothing of it
        self.assertEqual(self.B.count("dispatch.ledger", ("notice_id", "=", notice.id)), 0)

    def test_31_three_copies_on_paper(self):
        """The delivery note of the demo company in Chinese: three copies, no price."""
        if not shutil.which("wkhtmltopdf"):
            self.skipTest("wkhtmltopdf is not installed")
        self.env["res.lang"]._activate_lang("zh_CN")
        self.customers["xinghai"].write({"street": "海岸路 1 号", "lang": "zh_CN"})
        notice = self.release_dispatch(self.paid_order())
        self.authenticate(self.users["wh"].login, self.users["wh"].login)
        # Tests print HTML unless they ask for the real thing
        page = self.url_open(
            f"/report/pdf/sales_regulation.report_delivery_note/{notice.id}"
            '?context={"force_report_rendering":true}'
        )
        self.assertEqual(page.headers["Content-Type"], "application/pdf")
        pages = [
            unicodedata.normalize("NFKC", sheet.extract_text())
            for sheet in PdfReader(io.BytesIO(page.content)).pages
        ]
        self.assertEqual(len(pages), 3)
        for number, text in enumerate(pages, start=1):
            for word in ("海岸路", notice.name, f"{number}/3"):
                self.assertIn(word, text)
            self.assertNotIn("96.00", text)

    def test_31_refused_in_part(self):
        """Six of ten thousand are refused: the order shows it until the clerk settles it."""
        order = self.paid_order()
        notice = self.release_dispatch(order)
        picking = self.to_ship(order)
        self.carrier(picking, "SF1029384757")
        self.ship(picking)
        self.at("2026-03-20 15:00")
        self.CLK.call(
            "dispatch.notice",
            "action_record_receipt",
            notice.ids,
            values={
                "receiver_name": "Ms. Lin",
                "lines": [{"line_id": notice.line_ids.id, "refused": 6, "cause": "damaged"}],
            },
        )
        self.assertIn("6 refused", self.A.read("sale.order", order.id, "dispatch_objection_notice"))
        [objection] = self.CLK.search("dispatch.objection", ("notice_id", "=", notice.id))
        # Friday 03-20: three working days are Monday, Tuesday, Wednesday 18:00
        self.assertEqual(
            self.CLK.read("dispatch.objection", objection, "due_at"), "2026-03-25 10:00:00"
        )
        solve = {"result": "replaced", "solution": "Six sent again"}
        with self.A.refused():
            self.A.call("dispatch.objection", "action_solve", [objection], **solve)
        with self.A.refused():
            self.A.write("dispatch.objection", [objection], state="solved")
        self.CLK.call("dispatch.objection", "action_solve", [objection], **solve)
        self.assertFalse(self.A.read("sale.order", order.id, "dispatch_objection_notice"))


@tagged("post_install", "-at_install")
class TestStorylineBranch(StorylineCase):
    """The forging branch S2: one document, goods accepted in stock, delivered, then collected."""

    profile_code = "S2"

    def test_one_document(self):
        """Ship with 0 paid: allowed, after the goods are accepted in stock."""
        self.at("2026-03-18 10:00")
        order = self.confirm(self.quotation(price=None, quantity=10), manager="DGM")
        notice = self.request_dispatch(order)
        # The salesman writes the notice himself: there is no clerk between
        self.assertIn("inspected", self.A.read("dispatch.notice", notice.id, "regulation_notice"))
        with self.A.refused("inspected"):
            self.A.call("dispatch.notice", "action_issue", notice.ids)
        for item in notice._checklist_items("goods")[notice.id]:
            self.WH.call("dispatch.notice", "action_tick", notice.ids, item_id=item.id)
        self.A.call("dispatch.notice", "action_issue", notice.ids)
        self.assertEqual(notice.state, "released")
        self.assertEqual(notice.issued_by_id, self.users["a"])
        self.ship(self.to_ship(order))
        self.assertEqual(notice.state, "shipped")
        # S2-49: the receiver signs
        receipt = {"receiver_name": "Ms. Lin"}
        with self.A.refused("sign"):
            self.A.call("dispatch.notice", "action_record_receipt", notice.ids, values=receipt)
        receipt["scan"] = base64.b64encode(b"signed note").decode()
        self.A.call("dispatch.notice", "action_record_receipt", notice.ids, values=receipt)
        self.assertTrue(notice.copy_expected)
        # Seven days, until the end of the last one
        self.assertEqual(str(notice.copy_due_at), "2026-03-25 15:59:59")
