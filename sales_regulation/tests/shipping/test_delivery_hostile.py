# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from freezegun import freeze_time

from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from ..hostile import HostileMixin
from .test_delivery_note import DeliveryNoteCommon


@tagged("post_install", "-at_install")
class TestDeliveryHostile(HostileMixin, DeliveryNoteCommon):
    """C30: what the customer said to a delivery, tried by all sorts of people."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._build_hostile()

    def _objected(self):
        order = self._confirmed(10)
        with freeze_time("2026-03-19 04:00:00"):
            notice = self._shipped(order)
        line = {"line_id": notice.line_ids.id, "refused": 3, "cause": "damaged"}
        with freeze_time("2026-03-20 04:00:00"):
            self._as(notice, "clk").action_record_receipt(
                {"kind": "receipt", "receiver_name": "Lin Hai", "lines": [line]}
            )
        return notice

    def test_evidence_of_the_delivery(self):
        notice = self._objected()
        evidence = notice.sudo().receipt_ids, notice.receipt_ids.line_ids, notice.objection_ids
        for rows in evidence:
            self.assertFixed(rows, "a", "b", "clk", "wh", "km", "gm", "adm", "out", "shop")
            self.assertClosed(rows, "b", "fin", "aud", "out", "shop")
        self.assertFixed(
            notice, "a", "b", "clk", "wh", "km", "gm", "adm", "fin", "out", "shop"
        )
        self.assertClosed(notice, "b", "aud", "out", "shop")

    def test_who_settles(self):
        notice = self._objected()
        objection = notice.objection_ids
        for login in {"a", "b", "km", "fin", "aud", "out", "shop"} - {
            objection.user_id.login.removeprefix("reg_")
        }:
            with self.subTest(login=login), self.assertRaises(UserError):
                self._as(objection, login).action_solve("unjustified", "His own fault")
        self.assertEqual(objection.state, "open")
        self.assertEqual(notice.accurate, 0.0)

    def test_receipt_lines_of_another_notice(self):
        notice, other = self._objected(), self._objected()
        with freeze_time("2026-03-21 04:00:00"), self.assertRaises(UserError):
            self._as(notice, "clk").action_record_receipt(
                {
                    "kind": "receipt",
                    "receiver_name": "Lin Hai",
                    "corrects_id": other.receipt_ids.id,
                    "reason": "Mistake",
                }
            )
        with self.assertRaises(AccessError):
            self.env["dispatch.objection"].with_user(self.users["clk"]).create(
                {"notice_id": notice.id, "cause": "late", "raised_on": "2026-03-21"}
            )
