# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from unittest.mock import patch

from odoo.exceptions import AccessError, UserError
from odoo.fields import Command
from odoo.tests import tagged

from .common import ConfidentialityCommon


class MailWorld(ConfidentialityCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["ir.config_parameter"].set_param("mail.catchall.domain", "example.com")
        for login, user in cls.users.items():
            user.email = f"{login}@ours.example.com"
        cls.order = cls._order("a")
        cls.order.sudo().message_unsubscribe(cls.order.sudo().message_partner_ids.ids)
        cls.stranger = cls.env["res.partner"].create(
            {"name": "Stranger", "email": "stranger@example.org", "company_id": cls.company.id}
        )
        cls.buyer = cls.env["res.partner"].create(
            {"name": "Ms. Lin", "email": "lin@buyer.example.org", "parent_id": cls.xinghai.id}
        )
        cls.file = cls.env["ir.attachment"].create(
            {
                "name": "terms.pdf",
                "raw": b"%PDF the terms",
                "res_model": "sale.order",
                "res_id": cls.order.id,
            }
        )
        cls.level = cls.env.ref("sales_confidentiality.level_confidential")
        cls.env.flush_all()

    def post(self, login, *partners, files=None, record=None):
        ids = [partner.id for partner in partners]
        return self._as(self.order if record is None else record, login).message_post(
            body="Please read",
            partner_ids=ids,
            attachment_ids=(self.file if files is None else files).ids,
            message_type="comment",
            subtype_xmlid="mail.mt_comment",
        )

    def mails(self):
        return self.env["mail.mail"].search([("state", "!=", "cancel")], order="id")

    def signed(self):
        """Every partner has signed an NDA."""
        return patch.object(
            type(self.env["confidentiality.nda"]),
            "_valid_partners",
            lambda self, partners, *_rest: partners,
        )


@tagged("post_install", "-at_install")
class TestMail(MailWorld):
    """Classified files in mails (C52; S4-013, S4-035, S4-046)."""

    def test_outsider(self):
        with self.assertRaises(UserError) as refused:
            self.post("a", self.stranger)
        text = str(refused.exception)
        for word in ("stranger@example.org", "without NDA", "S4-035", "S4-036", self.officer.name):
            self.assertIn(word, text)
        row = self.logged("mail", "denied")
        self.assertEqual((row.user_id, row.res_id), (self.users["a"], self.order.id))
        self.assertEqual(row.note, "stranger@example.org")

    def test_text_alone_goes(self):
        """What somebody writes himself is his own responsibility."""
        self.post("a", self.stranger, files=self.file.browse())
        self.assertIn(self.stranger, self.mails().recipient_ids)

    def test_own_customer_and_colleagues(self):
        self.post("a", self.buyer, self.users["km"].partner_id)
        self.assertIn(self.buyer, self.mails().recipient_ids)
        self.assertEqual(set(self.logged("mail", "allowed").mapped("res_id")), {self.order.id})

    def test_colleague_without_the_right(self):
        """He is left out of what is told on the record, and may not be sent the file."""
        self.post("a", self.users["t"].partner_id, self.buyer)
        self.assertNotIn(self.users["t"].partner_id, self.mails().recipient_ids)
        with self.assertRaises(UserError) as refused:
            self.env["mail.mail"].with_user(self.users["a"]).sudo().create(
                {
                    "subject": "Look",
                    "email_to": self.users["t"].email,
                    "attachment_ids": [Command.set(self.file.ids)],
                }
            )
        self.assertIn("may not read", str(refused.exception))

    def test_followers_who_lost_the_right(self):
        self.order.sudo().message_subscribe(
            (self.users["km"].partner_id | self.users["t"].partner_id).ids
        )
        message = self.post("a", files=self.file.browse())
        notified = message.sudo().notification_ids.res_partner_id
        self.assertIn(self.users["km"].partner_id, notified)
        self.assertNotIn(self.users["t"].partner_id, notified)

    def test_every_way(self):
        """By address, in copy, by way of another record, as a copy of the file, added later."""
        mails = self.env["mail.mail"].with_user(self.users["a"]).sudo()
        beihe = self._order("a", "beihe")
        copied = self.env["ir.attachment"].create({"name": "x.pdf", "raw": b"%PDF the terms"})
        buyer = {"recipient_ids": [Command.set(self.buyer.ids)]}
        for values in (
            {"email_to": "Someone <else@example.org>"},
            {**buyer, "email_cc": "else@example.org"},
            {"email_to": "else@example.org", "attachment_ids": [Command.set(copied.ids)]},
        ):
            with self.subTest(values), self.assertRaises(UserError):
                mails.create({"attachment_ids": [Command.set(self.file.ids)], **values})
        with self.assertRaises(UserError):
            self.post("a", self.stranger, record=beihe)
        mail = mails.create({"attachment_ids": [Command.set(self.file.ids)], **buyer})
        for values in (
            {"email_cc": "else@example.org"},
            {"recipient_ids": [Command.link(self.stranger.id)]},
        ):
            with self.subTest(values), self.assertRaises(UserError):
                mail.write(values)
        mail = mails.create({"email_to": "else@example.org", "body_html": "<p>Hello</p>"})
        mail.mail_message_id.attachment_ids = self.file
        with self.assertRaises(UserError):
            mail._prepare_outgoing_list()
        loose = self.env["ir.attachment"].create(
            {"name": "print.pdf", "raw": b"%PDF print", "res_model": "mail.message"}
        )
        values = {"attachment_ids": [Command.set(loose.ids)], "email_to": "else@example.org"}
        mails.create({**values, "model": "sale.order", "res_id": beihe.id})
        with self.assertRaises(UserError):
            mails.create({**values, "model": "sale.order", "res_id": self.order.id})

    def test_secret_needs_the_customers_nda(self):
        """S4-046, S4-047: of the level that says so."""
        self.order.confidentiality_label_id = self._label("secret", "contract")
        with self.assertRaises(UserError) as refused:
            self.post("a", self.buyer)
        self.assertIn("no valid NDA", str(refused.exception))
        with self.signed(), self.enter_registry_test_mode():
            self.post("a", self.buyer)

    def test_observe(self):
        self.env.ref("sales_confidentiality.category_contract").mode = "observe"
        self.post("a", self.stranger)
        self.assertIn(self.stranger, self.mails().recipient_ids)
        self.assertEqual(self.logged("mail", "observed").note, "stranger@example.org")

    def test_a_link_in_its_place(self):
        """By level: an outsider with an NDA gets a link that works once, the others the file."""
        self.level.mail_policy = "link"
        with self.assertRaises(UserError):
            self.post("a", self.stranger)
        with self.signed():
            self.post("a", self.stranger, self.buyer)
        theirs = self.mails().filtered(lambda mail: self.stranger in mail.recipient_ids)
        self.assertFalse(theirs.attachment_ids)
        self.assertIn("/confidentiality/link/", theirs.body_html)
        buyers = self.mails().filtered(lambda mail: self.buyer in mail.recipient_ids)
        self.assertEqual(buyers.attachment_ids, self.file)
        link = self.env["confidentiality.link"].search([("user_id", "=", self.users["a"].id)])
        self.assertEqual((link.user_id, link.recipient_id), (self.users["a"], self.stranger))
        self.assertNotIn(link.token_digest, theirs.body_html)

    def test_a_customer_who_writes(self):
        """His own message goes through; outsiders who follow the record are left out of it."""
        self.order.sudo().message_subscribe((self.stranger | self.users["a"].partner_id).ids)
        portal = self.env["res.users"].create(
            {
                "name": "Ms. Lin",
                "login": "lin@buyer.example.org",
                "partner_id": self.buyer.id,
                "group_ids": [Command.set(self.env.ref("base.group_portal").ids)],
                "company_id": self.company.id,
                "company_ids": [Command.set(self.company.ids)],
            }
        )
        self.order.with_user(portal).sudo().message_post(
            body="Signed",
            attachments=[("signed.pdf", b"%PDF signed")],
            subtype_xmlid="mail.mt_comment",
        )
        with_file = self.mails().filtered("attachment_ids")
        self.assertTrue(with_file.recipient_ids)
        self.assertNotIn(self.stranger, with_file.recipient_ids)

    def test_without_labels(self):
        """S4-019 is a matter of labelled records: everything else is as in Odoo."""
        beihe = self._order("a", "beihe")
        file = self.env["ir.attachment"].create(
            {"name": "a.pdf", "raw": b"%PDF open", "res_model": "sale.order", "res_id": beihe.id}
        )
        self.post("a", self.stranger, record=beihe, files=file)
        self.assertIn(self.stranger, self.mails().recipient_ids)
        self.assertFalse(self.logged("mail", "allowed", "denied", "observed"))


@tagged("post_install", "-at_install")
class TestDisclosure(MailWorld):
    """Who is asked before something is told outside (C55, S4-036)."""

    def request(self, login="a", **values):
        return (
            self.env["confidentiality.disclosure"]
            .with_user(self.users[login])
            .create(
                {
                    "partner_id": self.stranger.id,
                    "res_model": "sale.order",
                    "res_id": self.order.id,
                    "attachment_ids": [Command.set(self.file.ids)],
                    "purpose": "Joint offer",
                    **values,
                }
            )
        )

    def approvers(self, request):
        approval = request.sudo().approval_ids.filtered(lambda row: row.state == "pending")
        return approval, [step.user_ids for step in approval.step_ids.sorted("sequence")]

    def approve(self, request):
        while True:
            approval, _users = self.approvers(request)
            if not approval:
                return
            step = approval.step_ids.filtered(lambda row: row.state == "pending")
            approval.with_user(step.user_ids[0]).action_approve()

    def test_superior(self):
        request = self.request()
        request.action_submit()
        _approval, users = self.approvers(request)
        self.assertEqual(users, [self.users["km"]])
        with self.assertRaises(UserError):
            request.action_share()
        self.approve(request)
        self.assertEqual(request.state, "approved")
        answer = request.action_share()
        self.assertIn("/confidentiality/link/", answer["params"]["links"][0]["url"])
        self.assertEqual(request.state, "shared")
        mail = self.mails()[-1]
        self.assertEqual(mail.email_to, "stranger@example.org")
        with self.assertRaises(UserError):
            request.action_share()
        mine = [("user_id", "=", self.users["a"].id)]
        self.assertEqual(self.env["confidentiality.link"].search_count(mine), 1)

    def test_officer_for_secrets(self):
        self.order.confidentiality_label_id = self._label("secret", "contract")
        request = self.request()
        with self.enter_registry_test_mode():
            request.action_submit()
        _approval, users = self.approvers(request)
        self.assertEqual(users[0], self.users["km"])
        self.assertIn(self.officer, users[1])
        self.approve(request)
        self.assertEqual(request.state, "approved")

    def test_what_it_must_say(self):
        for values in (
            {"purpose": " "},
            {"email": "nobody"},
            {"res_model": False, "res_id": False, "attachment_ids": []},
        ):
            with self.subTest(values), self.assertRaises(UserError):
                self.request(**values).action_submit()

    def test_only_what_one_reads(self):
        """Nobody has disclosed what he may not see himself."""
        request = self.request("t", attachment_ids=[])
        with self.assertRaises(AccessError):
            request.action_submit()
        self.assertFalse(request.document)

    def test_what_was_approved(self):
        """Not another file, not another recipient, not by somebody else, not afterwards."""
        request = self.request()
        request.action_submit()
        for values in (
            {"partner_id": self.buyer.id},
            {"email": "x@example.org"},
            {"attachment_ids": [Command.clear()]},
            {"state": "approved"},
        ):
            with self.subTest(values), self.assertRaises(UserError):
                request.write(values)
        self.approve(request)
        with self.assertRaises(AccessError):
            request.with_user(self.users["km"]).action_share()
        with self.assertRaises(AccessError):
            request.with_user(self.users["b"]).read(["purpose"])
        self.file.raw = b"%PDF other terms"
        with self.assertRaises(UserError):
            request.action_share()

    def test_period(self):
        request = self.request(date_from="2020-01-01", date_to="2020-01-31")
        request.action_submit()
        self.approve(request)
        with self.assertRaises(UserError):
            request.action_share()


@tagged("post_install", "-at_install")
class TestDevice(ConfidentialityCommon):
    """Devices: asked for, decided, compared with those used (C55; S4-016, S4-034)."""

    def device(self, **values):
        return (
            self.env["confidentiality.device"]
            .with_user(self.users["a"])
            .create({"name": "My phone", "platform": "android", "purpose": "Visits", **values})
        )

    def session(self, login, platform, browser="chrome", kind="mobile"):
        now = "2026-03-10 01:00:00"
        self.env["res.device.log"].sudo().create(
            {
                "session_identifier": f"{login}{platform}{browser}",
                "platform": platform,
                "browser": browser,
                "device_type": kind,
                "user_id": self.users[login].id,
                "first_activity": now,
                "last_activity": now,
            }
        )

    def test_request(self):
        device = self.device(date_from="2026-01-01")
        with self.assertRaises(AccessError):
            device.state = "approved"
        with self.assertRaises(UserError):
            self.device(purpose=False).action_submit()
        device.action_submit()
        approval = device.sudo().approval_ids
        self.assertEqual(approval.step_ids.user_ids, self.users["km"])
        with self.assertRaises(AccessError):
            device.with_user(self.users["b"]).read(["name"])
        approval.with_user(self.users["km"]).action_approve()
        self.assertEqual(device.state, "approved")
        with self.assertRaises(UserError):
            device.platform = "iphone"
        device.action_end()
        self.assertEqual(device.state, "ended")

    def test_devices_used(self):
        """Of people with grants: what nobody approved shows; of others nothing."""
        self._grant("a", "customer", extent="card")
        device = self.device(date_from="2026-01-01")
        device.action_submit()
        device.sudo().approval_ids.with_user(self.users["km"]).action_approve()
        self.session("a", "android")
        self.session("a", "windows", kind="computer")
        self.session("b", "linux", kind="computer")
        self.env.flush_all()
        used = self.env["confidentiality.device.use"].with_user(self.officer)
        mine = [("user_id", "in", [self.users["a"].id, self.users["b"].id])]
        found = {row.platform: row.is_known for row in used.search(mine)}
        self.assertEqual(found, {"android": True, "windows": False})
        device.action_end()
        self.env.flush_all()
        self.env.invalidate_all()
        self.assertEqual(set(used.search(mine).mapped("is_known")), {False})
        with self.assertRaises(AccessError):
            used.with_user(self.users["a"]).search([])
