# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from datetime import timedelta

from odoo import Command, fields
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

    def test_history_that_one_is_told(self):
        """B got the message: what is masked for him is masked in it."""
        message = self.history(self.tracked, lambda: self.tracked.write({"email": "x@y.example.com"}))
        message.partner_ids = self.users["b"].partner_id
        self.assertEqual(self.shown(message, "b"), [("l****.com", "x****.com")])
        self.assertEqual(self.shown(message, "a"), [(EMAIL, "x@y.example.com")])

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

    def test_what_the_card_is(self):
        """Name, address, language; what is agreed with the customer and known of him is not."""
        terms = self.env["account.payment.term"].create({"name": "In 90 days"})
        self.xinghai.write(
            {
                "ref": "KA-1",
                "category_id": [Command.create({"name": "Strategic"})],
                "property_payment_term_id": terms.id,
                "bank_ids": [Command.create({"acc_number": "1234567890"})],
            }
        )
        names = ["ref", "category_id", "property_payment_term_id", "bank_ids"]
        for login, seen in (("a", True), ("gm", True), ("b", False), ("wh", False)):
            values = self._as(self.xinghai, login).read(["name", "lang", "zip", *names])[0]
            self.assertEqual(values["name"], "Xinghai Electronics")
            self.assertEqual([bool(values[name]) for name in names], [seen] * 4, login)
            partners = self.env["res.partner"].with_user(self.users[login])
            mine = [("id", "=", self.xinghai.id)]
            for condition in (("category_id.name", "=", "Strategic"), ("ref", "=", "KA-1")):
                self.assertEqual(partners.search_count([*mine, condition]), int(seen), login)
        # What follows from them for a document is computed as ever
        order = self._order("a")
        self.assertEqual(self._as(order, "fin").partner_id.property_payment_term_id, terms)

    # === NAMES IN THE HISTORY OF WHAT ONE MAY READ === #

    def name_in(self, record, field_name, value):
        values = self.env["mail.tracking.value"]._create_tracking_values(
            False, value, field_name, {"type": record._fields[field_name].type}, record
        )
        return record.sudo()._message_log(
            body="", tracking_value_ids=[Command.create(values)]
        )

    def test_names_of_hidden_records(self):
        """Odoo writes the name down as superuser: it is told to whom may see the record."""
        beihe = self.customers["beihe"]
        for name, value in (("parent_id", self.xinghai), ("child_ids", self.xinghai)):
            message = self.name_in(beihe, name, value)
            for login, told in (("a", self.xinghai.name), ("b", self.xinghai.name)):
                self.assertEqual(self.shown(message, login), [("", told)], (name, login))
            self.assertEqual(self.shown(message, "t"), [("", "Confidential")], name)
        message = self.name_in(beihe, "parent_id", self.customers["beihe"])
        self.assertEqual(self.shown(message, "t"), [("", beihe.display_name)])

    def test_mails_of_changes(self):
        """A mail goes to all who follow: what is classified is in none."""
        beihe = self.customers["beihe"]
        message = self.name_in(beihe, "parent_id", self.xinghai)
        context = beihe.with_user(self.users["a"])._notify_by_email_prepare_rendering_context(
            message
        )
        self.assertEqual([row[2] for row in context["tracking_values"]], ["Confidential"])
        pushed = beihe.with_user(self.users["a"])._generate_tracking_message(message)
        self.assertNotIn("Xinghai", pushed)
        message = self.history(self.tracked, lambda: self.tracked.write({"phone": "0755 1111 0009"}))
        context = self._as(self.xinghai, "a")._notify_by_email_prepare_rendering_context(message)
        self.assertEqual([row[1:] for row in context["tracking_values"]], [("075****0001", "075****0009")])

    def test_changed_values_are_nobodys_table(self):
        """Administrators read the table itself: the texts in it are beyond every label."""
        message = self.name_in(self.customers["beihe"], "parent_id", self.xinghai)
        self.users["t"].group_ids |= self.env.ref("base.group_system")
        values = message.sudo().tracking_value_ids.with_user(self.users["t"]).sudo(False)
        self.assertFalse(values.search_count([("new_value_char", "ilike", "Xinghai")]))
        with self.assertRaises(AccessError):
            values.read(["new_value_char"])
        self.env.ref("sales_confidentiality.category_customer").mode = "off"
        self.env.ref("sales_confidentiality.category_contract").mode = "off"
        self.assertTrue(values.search_count([("id", "in", values.ids)]))

    # === GROUPS AND ORDER BY WHAT A ROW REPEATS === #

    def test_related_fields(self):
        """Odoo reads a related field as superuser when it groups and sorts by it."""
        followers = self.env["mail.followers"].sudo()
        self.xinghai.message_subscribe(self.xinghai.ids)
        row = followers.search([("partner_id", "=", self.xinghai.id)], limit=1)
        self.assertTrue(row)
        for login, email in (("a", EMAIL), ("gm", EMAIL), ("b", False), ("wh", False)):
            model = self.env["mail.followers"].with_user(self.users[login])
            [group] = model.formatted_read_group([("id", "=", row.id)], ["email"], ["__count"])
            self.assertEqual(group["email"], email, login)
            [group] = model.formatted_read_group([("id", "=", row.id)], [], ["email:array_agg"])
            self.assertEqual(group["email:array_agg"], [email or None], login)
            query = model._search([("id", "=", row.id)], order="email")
            self.assertRegex(query.select().code, "ORDER BY.*CASE WHEN")

    # === BUSINESS CARD, TEXT MESSAGES, RECIPIENTS === #

    def test_business_card(self):
        self._grant("b", "customer", extent="card", may_export=True)
        self._grant("a", "customer", may_export=True)
        for login in ("a", "b", "wh"):
            self.users[login].group_ids |= self.env.ref("base.group_allow_export")
        card = self._as(self.xinghai, "b")._get_vcard_file()
        if not card:
            self.skipTest("vobject is not installed")
        self.assertIn(b"Xinghai", card)
        self.assertNotIn(b"0001", card)
        self.assertNotIn(b"lin@", card)
        self.assertIn(PHONE.encode(), self._as(self.xinghai, "a")._get_vcard_file())
        with self.assertRaises(AccessError):
            self._as(self.xinghai, "wh")._get_vcard_file()
        rows = self.logged("export", "allowed")
        self.assertEqual(set(rows.user_id), {self.users["a"], self.users["b"]})

    def test_text_messages(self):
        if "sms.composer" not in self.env:
            self.skipTest("sms is not installed")
        self.xinghai.write({"phone": "+86 755 8888 0001", "country_id": self.env.ref("base.cn").id})
        for login, told in (("a", True), ("b", False)):
            composer = self.env["sms.composer"].with_user(self.users[login])
            values = {
                "res_model": "res.partner",
                "res_id": self.xinghai.id,
                "composition_mode": "comment",
                "body": "Hello",
            }
            row = composer.create(values)
            answer = str(row.read())
            self.assertEqual("88880001" in answer.replace(" ", ""), told, login)
            self.assertEqual("Hello" in answer, True)
        # What stock itself sends goes out
        info = self._as(self.xinghai, "b").with_context(confidentiality_sms=True)
        self.assertFalse(info._sms_get_recipients_info()[self.xinghai.id]["sanitized"])

    def test_suggested_recipients(self):
        order = self._order("a")
        for login, email in (("a", EMAIL), ("fin", "l****.com")):
            rows = self._as(order, login)._message_get_suggested_recipients()
            [row] = [row for row in rows if row["partner_id"] == self.xinghai.id]
            self.assertEqual((row["name"], row["email"]), (self.xinghai.name, email), login)
        order.sudo().action_confirm()
        self.users["t"].group_ids |= self.env.ref("stock.group_stock_user")
        picking = order.sudo().picking_ids.with_user(self.users["t"]).sudo(False)
        try:
            rows = picking._message_get_suggested_recipients()
        except AccessError as refusal:
            rows = refusal
        self.assertNotIn("Xinghai", str(rows))
        self.assertNotIn("lin@", str(rows))

    def test_chat(self):
        for login, email in (("a", EMAIL), ("b", "l****.com"), ("wh", "l****.com")):
            partner = self._as(self.xinghai, login)
            for each in (partner, partner.sudo()):
                [row] = Store().add(each, ["name", "email", "phone"]).get_result()["res.partner"]
                self.assertEqual(row["email"], email, login)
                self.assertEqual(row["phone"], PHONE if login == "a" else "075****0001")
                asked = [Store.Attr("phone"), Store.Attr("name"), Store.Attr("ref", lambda p: "K1")]
                [row] = Store().add(each, asked).get_result()["res.partner"]
                seen = {"phone": PHONE, "ref": "K1"} if login == "a" else {}
                self.assertEqual(row, {"id": partner.id, "name": self.xinghai.name, **seen}, login)

    def test_a_number_is_not_tried(self):
        """A list of numbers is entered in bulk: which of them finds a customer would tell it."""
        for login, found in (("a", True), ("gm", True), ("b", False), ("t", False)):
            contacts = self.env["sales.contact"].with_user(self.users[login])
            known = contacts._partners_by_number([PHONE], self.company)
            self.assertEqual(bool(known), found, login)

    def test_a_meeting_follows_whom_it_invites(self):
        """Also one that is planned without visit and without opportunity."""
        start = fields.Datetime.now()
        talks, plain = self.env["calendar.event"].with_user(self.users["a"]).create(
            [
                {
                    "name": name,
                    "start": start,
                    "stop": start + timedelta(hours=1),
                    "partner_ids": [Command.set((self.users["a"].partner_id | guest).ids)],
                }
                for name, guest in (
                    ("Price talks", self.xinghai),
                    ("Lunch", self.users["b"].partner_id),
                )
            ]
        )
        for login, seen in (("a", True), ("gm", True), ("b", False), ("t", False)):
            self.assertEqual(self.sees(login, talks), seen, login)
            self.assertTrue(self.sees(login, plain), login)
            attendees = talks.attendee_ids.filtered(lambda row: row.partner_id != self.xinghai)
            self.assertEqual(self.sees(login, attendees), seen, login)

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
