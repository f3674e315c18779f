# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
import base64
import io

from freezegun import freeze_time
from PIL import Image

from odoo import Command
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import tagged

from .common import PaymentCommon


@tagged("post_install", "-at_install")
class TestReceipt(PaymentCommon):
    """Money that sales receive reaches finance the same day (S4-157, storyline 24)."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._payment_profile()
        with freeze_time("2026-03-11 04:00:00"):
            cls.order = cls._confirmed()

    def _receipt(self, amount, login="a", **values):
        return (
            self.env["sale.receipt"]
            .with_user(self.users[login])
            .create(
                {
                    "order_id": self.order.id,
                    "amount": amount,
                    "journal_id": self.bank.id,
                    **values,
                }
            )
        )

    @staticmethod
    def _picture(color):
        data = io.BytesIO()
        Image.new("RGB", (4, 4), color).save(data, "PNG")
        return base64.b64encode(data.getvalue())

    def test_same_day(self):
        """325,440.00 received and handed over on 03-12: paid 30.00 %."""
        with freeze_time("2026-03-12 02:00:00"):
            receipt = self._receipt(325440.00, reference="TT 4711")
            receipt.action_hand_over()
        with freeze_time("2026-03-12 15:59:00"):  # 23:59 in Shanghai
            taken = receipt.with_user(self.fin)
            taken.action_take_over()
            self.assertFalse(taken.is_late)
            self.assertEqual(str(taken.handed_over_at), "2026-03-12 15:59:00")
            self.assertEqual(self.order._regulation_paid()[self.order.id], 0)
            taken.action_register_payment()
            taken.action_confirm()
        self.assertEqual(self._deadline(receipt, "remittance").state, "kept")
        self.assertEqual(taken.state, "confirmed")
        self.assertEqual(taken.allocation_ids.confirmed_by_id, self.fin)
        self.assertEqual(self.order.regulation_paid, 325440.00)
        self.assertEqual(self.order.regulation_paid_percent, 30.0)

    def test_next_day(self):
        """Received on 03-13 and handed over on 03-14: a breach, whoever looks later."""
        with freeze_time("2026-03-13 08:00:00"):
            receipt = self._receipt(1000)
        with freeze_time("2026-03-13 16:01:00"):  # 00:01 of 03-14 in Shanghai
            receipt.with_user(self.fin).action_take_over()
        self.assertTrue(receipt.is_late)
        deadline = self._deadline(receipt, "remittance")
        self.assertEqual((deadline.state, deadline.user_id), ("breached", self.users["a"]))
        row = self._events("receipt_taken_over", receipt)
        self.assertEqual((row.code, row.subject_id), ("late", self.users["a"]))

    def test_designated_accounts(self):
        cash = self.env["account.journal"].create(
            {"name": "Till", "type": "cash", "code": "TILL", "company_id": self.company.id}
        )
        profiles = self.env["regulation.profile"].search([("state", "=", "active")])
        profiles.filtered(lambda one: self.company in one.company_ids).with_user(
            self.users["gm"]
        ).sudo(False).action_retire()
        self._payment_profile(payment_journal_ids=[Command.set(cash.ids)])
        with self.assertRaises(ValidationError), self.env.cr.savepoint():
            self._receipt(100)
        receipt = self._receipt(100, journal_id=cash.id)
        with self.assertRaises(ValidationError), self.env.cr.savepoint():
            receipt.journal_id = self.bank

    def test_hostile(self):
        receipt = self._receipt(100)
        for vals in (
            {"state": "confirmed"},
            {"handed_over_at": "2026-03-12 00:00:00"},
            {"received_at": "2026-03-12 00:00:00"},
            {"is_late": False},
            {"user_id": self.users["b"].id},
        ):
            with self.assertRaises(AccessError), self.env.cr.savepoint():
                receipt.write(vals)
        for method in ("action_take_over", "action_confirm", "action_cancel"):
            with self.assertRaises(AccessError), self.env.cr.savepoint():
                getattr(receipt, method)()
        with self.assertRaises(AccessError), self.env.cr.savepoint():
            self._receipt(100, user_id=self.users["b"].id)
        with self.assertRaises(AccessError), self.env.cr.savepoint():
            self.env["sale.receipt"].with_user(self.users["a"]).with_context(
                default_user_id=self.users["b"].id
            ).create({"order_id": self.order.id, "amount": 100, "journal_id": self.bank.id})
        with self.assertRaises(ValidationError), self.env.cr.savepoint():
            self._receipt(100, received_at="2999-01-01 00:00:00")
        with self.assertRaises(UserError), self.env.cr.savepoint():
            receipt.sudo().unlink()
        with self.assertRaises(UserError), self.env.cr.savepoint():
            receipt.with_user(self.fin).action_cancel(" ")
        receipt.with_user(self.fin).action_cancel("Entered twice")
        self.assertEqual(receipt.state, "cancelled")

    def test_fixed_once_taken_over(self):
        receipt = self._receipt(100)
        receipt.amount = 90
        receipt.with_user(self.fin).action_take_over()
        with self.assertRaises(UserError), self.env.cr.savepoint():
            receipt.amount = 80

    def test_the_slip_is_fixed_with_the_rest(self):
        """Photo and note, on the receipt, by import and as the attachment that they are."""
        one, two = self._picture("red"), self._picture("blue")
        receipt = self._receipt(100, photo=one, note="Cheque")
        receipt.write({"photo": two, "note": "Transfer"})
        receipt.with_user(self.fin).action_take_over()
        stored = receipt.sudo().photo
        Attachment = self.env["ir.attachment"].sudo()
        file = Attachment.search(
            [("res_model", "=", "sale.receipt"), ("res_id", "=", receipt.id), ("res_field", "=", "photo")]
        )
        for user in (self.users["a"], self.fin):
            mine, files = receipt.with_user(user), file.with_user(user).sudo(False)
            for name, attack in {
                "photo": lambda mine=mine: mine.write({"photo": one}),
                "no photo": lambda mine=mine: mine.write({"photo": False}),
                "note": lambda mine=mine: mine.write({"note": "Nothing"}),
                "file": lambda files=files: files.write({"datas": one}),
                "file deleted": lambda files=files: files.unlink(),
                "file moved": lambda files=files: files.write({"res_id": 0}),
                "another file": lambda files=files: files.create(
                    {
                        "name": "photo",
                        "res_model": "sale.receipt",
                        "res_id": receipt.id,
                        "res_field": "photo",
                        "datas": one,
                    }
                ),
            }.items():
                with self.subTest(user=user.login, attack=name):
                    with self.assertRaises(UserError), self.env.cr.savepoint():
                        attack()
        self.env.invalidate_all()
        self.assertEqual((receipt.sudo().photo, receipt.note), (stored, "Transfer"))

    def test_only_own(self):
        receipt = self._receipt(100)
        with self.assertRaises(AccessError):
            receipt.with_user(self.users["t"]).read(["amount"])
