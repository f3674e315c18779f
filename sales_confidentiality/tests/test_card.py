# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo.exceptions import AccessError
from odoo.tests import tagged

from odoo.addons.mail.tools.discuss import Store

from .common import ConfidentialityCommon

PHONE, EMAIL = "0755 1111 0001", "lin@xinghai.example.com"


@tagged("post_install", "-at_install")
class TestCard(ConfidentialityCommon):
    """The base card is a card: history, files, business card and messages are beyond it (C51).

    B shares Xinghai with his team, the warehouse holds its card; A owns it; T sees nothing.
    """

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.tracked = cls.xinghai.with_context(tracking_disable=False)

    def history(self, record, act):
        """The messages that something leaves on a record."""
        before = record.sudo().message_ids
        act()
        self.env.flush_all()
        self.cr.flush()
        return record.sudo().message_ids - before

    def shown(self, message, login):
        """The changed values of a message, as the history shows them to somebody."""
        theirs = message.with_user(self.users[login]).sudo(False)
        [row] = Store().add(theirs).get_result()["mail.message"]
        return [(each["oldValue"], each["newValue"]) for each in row["trackingValues"]]

    # === DISCLOSURE === #

    def test_disclosure_names_whom_one_sees(self):
        """Whoever writes a number into a request of his own reads neither name nor address."""
        requests = self.env["confidentiality.disclosure"].with_user(self.users["t"])
        with self.assertRaises(AccessError):
            requests.create({"partner_id": self.xinghai.id})
        request = requests.create({"partner_id": self.customers["beihe"].id})
        with self.assertRaises(AccessError):
            request.write({"partner_id": self.xinghai.id})
        request = self.env["confidentiality.disclosure"].with_user(self.users["b"]).create(
            {"partner_id": self.xinghai.id}
        )
        self.env.flush_all()
        self.assertFalse(request.email, "he sees its mask: he writes the address himself")
        request.email = "other@xinghai.example.com"
        self.assertEqual(request.email, "other@xinghai.example.com")
        request = self.env["confidentiality.disclosure"].with_user(self.users["a"]).create(
            {"partner_id": self.xinghai.id}
        )
        self.assertEqual(request.email, EMAIL)

    def test_disclosure_tells_the_approver_what_he_may_see(self):
        order = self._order("a")
        request = self.env["confidentiality.disclosure"].with_user(self.users["a"]).create(
            {
                "partner_id": self.xinghai.id,
                "res_model": "sale.order",
                "res_id": order.id,
                "purpose": "Customs",
            }
        )
        approval = self.env["regulation.approval"]
        for login, told in (("gm", True), ("t", False)):
            summary = request.with_user(self.users[login]).sudo()._approval_summary(approval)
            self.assertEqual("Xinghai" in summary, told, login)
            self.assertEqual(order.name in summary, told, login)
        request.partner_id.invalidate_recordset()
        self.xinghai.user_id = self.users["gm"]
        self.xinghai.confidentiality_label_id = self._list("Project", "gm", category="customer")
        with self.assertRaises(AccessError):
            request.action_submit()
