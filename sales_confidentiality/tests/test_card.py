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

    # === HISTORY, FILES, ACTIVITIES === #

    def test_history(self):
        message = self.history(
            self.tracked, lambda: self.tracked.write({"phone": "0755 1111 0009"})
        )
        self.assertEqual(self.shown(message, "a"), [(PHONE, "0755 1111 0009")])
        for login, seen in (("a", 1), ("gm", 1), ("b", 0), ("wh", 0), ("t", 0)):
            messages = message.with_user(self.users[login])
            self.assertEqual(messages.search_count([("id", "in", message.ids)]), seen, login)
            if not seen:
                with self.assertRaises(AccessError):
                    messages.read(["body"])
                self.assertFalse(messages._get_with_access(message.id))
        theirs = self._as(self.xinghai, "b")
        self.assertEqual(theirs.read(["message_ids"])[0]["message_ids"], [])
        for login, found in (("a", 1), ("b", 0)):
            partners = self.env["res.partner"].with_user(self.users[login])
            mine = [("id", "=", self.xinghai.id)]
            self.assertEqual(partners.search_count([*mine, ("message_ids", "!=", False)]), found)

    def test_followers_of_the_card_are_not_told(self):
        self.xinghai.message_subscribe((self.users["b"] | self.users["km"]).partner_id.ids)
        message = self.xinghai.message_post(body="He wants 500", subtype_xmlid="mail.mt_comment")
        told = message.notified_partner_ids
        self.assertIn(self.users["km"].partner_id, told)
        self.assertNotIn(self.users["b"].partner_id, told)

    def test_files(self):
        file = self.env["ir.attachment"].create(
            {
                "name": "offer.txt",
                "raw": b"offer",
                "res_model": "res.partner",
                "res_id": self.xinghai.id,
            }
        )
        for login, seen in (("a", True), ("gm", True), ("b", False), ("wh", False)):
            self.assertEqual(self.sees(login, file), seen, login)
            registry = self.env["confidentiality.model"].with_user(self.users[login])
            if seen:
                self.assertEqual(file.with_user(self.users[login]).raw, b"offer")
                registry._check_files(file)
                continue
            with self.assertRaises(AccessError):
                file.with_user(self.users[login]).read(["name"])
            with self.assertRaises(AccessError):
                registry._check_files(file)

    def test_activities(self):
        activity = self.xinghai.activity_schedule(
            "mail.mail_activity_data_todo", user_id=self.users["a"].id, summary="Ask for 500"
        )
        for login, seen in (("a", True), ("gm", True), ("b", False), ("wh", False)):
            self.assertEqual(self.sees(login, activity), seen, login)
            values = self._as(self.xinghai, login).read(["activity_ids", "activity_summary"])[0]
            self.assertEqual(bool(values["activity_ids"]), seen, login)
            self.assertEqual(values["activity_summary"], "Ask for 500" if seen else False)
        mine = [("id", "=", self.xinghai.id), ("activity_summary", "ilike", "500")]
        self.assertFalse(self.env["res.partner"].with_user(self.users["b"]).search_count(mine))
        self.assertTrue(self.env["res.partner"].with_user(self.users["a"]).search_count(mine))
        activity.user_id = self.users["b"]
        self.assertTrue(self.sees("b", activity), "assigned to him")

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
