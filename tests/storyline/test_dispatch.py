# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo.tests import tagged

from .common import StorylineCase


@tagged("post_install", "-at_install")
class TestStorylineDispatch(StorylineCase):
    """Steps 29 and 31: request, notice, delivery, receipt, third copy."""

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
        order = self.paid_order()
        notice = self.release_dispatch(order)
        picking = self.to_ship(order)
        with self.WH.refused("racking number"):
            self.ship(picking)
        self.carrier(picking, "SF1029384756")
        self.ship(picking)
        self.assertEqual(notice.state, "shipped")
        self.assertEqual((notice.carrier_name, notice.tracking_ref), ("SF Express", "SF1029384756"))
        with self.WH.refused():
            self.WH.write("stock.picking", picking.ids, carrier_tracking_ref=False)

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
            },
        )
        self.assertEqual(str(notice.signed_on), "2026-03-21")
        self.at("2026-03-24 09:00")
        self.assertEqual(notice.copy_open_days, 3)
        self.CLK.call(
            "dispatch.notice",
            "action_record_receipt",
            notice.ids,
            values={"kind": "copy", "date": "2026-03-24"},
        )
        self.assertEqual((str(notice.copy_returned_on), notice.copy_days), ("2026-03-24", 3))
        [row] = self.CLK.call(
            "dispatch.ledger",
            "search_read",
            domain=[("notice_id", "=", notice.id)],
            fields=[],
        )
        self.assertTrue(row)
