# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
import json

from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.service.model import call_kw
from odoo.tests import HttpCase, tagged
from odoo.tools import SQL, mute_logger

from odoo.addons.sales_regulation.tests.common import PREFIX

from .common import ConfidentialityCommon
from .test_mail import MailWorld
from .test_print import PrintWorld

PHONE = "0755 1111 0001"
EMAIL = "lin@xinghai.example.com"


@tagged("post_install", "-at_install")
class TestChatterByLink(PrintWorld, HttpCase):
    """The chatter of a portal page is no other door than the page (C52, S4-037)."""

    def setUp(self):
        super().setUp()
        self.order._get_share_url()
        self.said = self.order.message_post(
            body="Our lowest price is 78",
            message_type="comment",
            subtype_xmlid="mail.mt_comment",
        )
        self.env.flush_all()

    def fetch(self, login, **values):
        user = PREFIX + login if login else None
        self.authenticate(user, user)
        answer = self.url_open(
            "/mail/chatter_fetch",
            data=json.dumps(
                {
                    "params": {
                        "thread_model": "sale.order",
                        "thread_id": self.order.id,
                        "fetch_params": {},
                        **values,
                    }
                }
            ),
            headers={"Content-Type": "application/json"},
        )
        return "lowest price" in answer.text

    @mute_logger("odoo.http")
    def test_token(self):
        """A colleague without the right reads nothing by a token that reached him."""
        token = self.order.access_token
        self.assertTrue(self.fetch(None, token=token), "the customer, without a login")
        self.assertTrue(self.fetch("a"), "who may read it")
        for login in ("t", "b"):
            self.assertFalse(self.fetch(login, token=token), login)
        signed = {"hash": self.order._sign_token(self.xinghai.id), "pid": self.xinghai.id}
        for user, opens in ((self.users["t"], False), (self.env.ref("base.public_user"), True)):
            orders = self.env["sale.order"].with_user(user)
            self.assertEqual(bool(orders._get_thread_with_access(self.order.id, **signed)), opens)

    @mute_logger("odoo.http")
    def test_its_end(self):
        """It ends with the right of the owner, as the page does."""
        token = self.order.access_token
        self.env["regulation.qualification"].search(
            [("user_id", "=", self.users["a"].id), ("kind", "=", "nda")]
        ).action_revoke()
        self.env.flush_all()
        self.assertFalse(self.fetch(None, token=token))

    @mute_logger("odoo.http")
    def test_customers_nda(self):
        """Of secrets only with the NDA of the customer."""
        self.order.confidentiality_label_id = self._label("secret", "contract")
        self.order._get_share_url()
        self.env.flush_all()
        self.assertFalse(self.fetch(None, token=self.order.access_token))

    @mute_logger("odoo.http")
    def test_open_record(self):
        """What is not classified is as it was."""
        order = self.order = self._order("a", "beihe")
        order._get_share_url()
        order.message_post(
            body="lowest price", message_type="comment", subtype_xmlid="mail.mt_comment"
        )
        self.env.flush_all()
        self.assertTrue(self.fetch(None, token=order.access_token))


@tagged("post_install", "-at_install")
class TestContentBySideDoors(PrintWorld):
    """The content of a file leaves by no door that does not judge and note it (C52, S4-048)."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        values = {"name": "terms.txt", "raw": b"the lowest price", "mimetype": "text/plain"}
        cls.file = cls.env["ir.attachment"].create(
            {**values, "res_model": "sale.order", "res_id": cls.order.id}
        )
        # The same document where T reads
        cls.twin = cls.env["ir.attachment"].create(
            {**values, "res_model": "crm.team", "res_id": cls.teams["tele"].id}
        )
        for login in ("a", "t"):
            cls.users[login].group_ids |= cls.env.ref("base.group_allow_export")
        cls.env.flush_all()

    def doors(self, file):
        return {
            "datas": lambda: file.read(["datas"]),
            "raw": lambda: file.read(["raw"]),
            "text": lambda: file.read(["index_content"]),
            "export": lambda: file.export_data(["raw"]),
            "export datas": lambda: file.export_data(["name", "datas"]),
            "export text": lambda: file.export_data(["index_content"]),
        }

    def test_refused(self):
        for name in self.doors(self.twin):
            twin = self.twin.with_user(self.users["t"])
            twin.check_access("read")
            with self.subTest(name), self.assertRaises(AccessError), self.cr.savepoint():
                self.doors(twin)[name]()

    def test_noted(self):
        for name in self.doors(self.file):
            self.env.cr.postrollback.clear()
            self.env.cr.postcommit.clear()
            known = self.env["confidentiality.log"].search_count([])
            with self.subTest(name):
                self.doors(self.file.with_user(self.users["a"]))[name]()
                rows = self.logged("download", "allowed")
                self.assertGreater(self.env["confidentiality.log"].search_count([]), known)
                self.assertIn(self.order.id, rows.mapped("res_id"))


@tagged("post_install", "-at_install")
class TestMasksBySideDoors(ConfidentialityCommon):
    """Who has the base card gets the rest from no public method (C51)."""

    enforced = ("customer", "contract", "cost", "credit")

    def assert_masked(self, value, what):
        text = str(value)
        for secret in (PHONE, EMAIL, "78.0"):
            self.assertNotIn(secret, text, what)

    def test_values_of_a_copy(self):
        """The values that a duplicate would have are true ones: for the server, not for RPC."""
        line = self._order("a").order_line
        self.assertEqual(line.purchase_price, 78.0)
        for record in (
            self.xinghai,
            line,
            line.product_id,
            line.product_id.product_tmpl_id,
            line.order_id,
            self.env["ir.attachment"],
        ):
            with self.subTest(record._name), self.assertRaises(AccessError):
                call_kw(self._as(record, "b"), "copy_data", [record.ids], {})
        self.assertIn(PHONE, str(self._as(self.xinghai, "a").copy_data()))

    def test_lead(self):
        """A lead on a customer whose base card one has copies nothing beyond the card."""
        leads = self.env["crm.lead"].with_user(self.users["b"])
        lead = leads.create({"name": "Idea", "partner_id": self.xinghai.id})
        lead.write({"partner_id": False})
        lead.write({"partner_id": self.xinghai.id})
        self.env.flush_all()
        self.assert_masked(
            lead.sudo().read(["phone", "email_from", "email_normalized", "phone_sanitized"]), "lead"
        )
        self.assertEqual(lead.sudo().city, "Shenzhen")
        self.assertEqual(self.xinghai.phone, PHONE)
        owners = leads.with_user(self.users["a"]).create(
            {"name": "Idea", "partner_id": self.xinghai.id}
        )
        self.assertEqual((owners.phone, owners.email_from), (PHONE, EMAIL))

    def test_a_copy_is_whole(self):
        """A duplicate keeps what its maker may not read."""
        line = self._order("a").order_line
        copy = self._as(line.order_id, "a").copy()
        self.assertEqual(copy.sudo().order_line.purchase_price, 78.0)

    def test_mentions(self):
        """Suggestions of recipients show no address that the card does not show."""
        partners = self.env["res.partner"].with_user(self.users["b"])
        for name in ("get_mention_suggestions", "im_search", "search_for_channel_invite"):
            if not hasattr(partners, name):
                continue
            with self.subTest(name):
                self.assert_masked(getattr(partners, name)("Xinghai"), name)

    def test_form(self):
        """A new document that names him tells no more of him."""
        for model in ("crm.lead", "sale.order", "account.move", "calendar.event", "res.partner"):
            name = "parent_id" if model == "res.partner" else "partner_id"
            records = self.env[model].with_user(self.users["b"])
            if name not in records._fields or not records.has_access("create"):
                continue
            spec = {
                field: {}
                for field, known in records._fields.items()
                if known.type in ("char", "text", "html") and records._has_field_access(known, "read")
            }
            spec[name] = {"fields": {"display_name": {}}}
            with self.subTest(model):
                try:
                    found = records.onchange({name: self.xinghai.id}, [name], spec)
                except AccessError:
                    continue
                self.assert_masked(found, model)


@tagged("post_install", "-at_install")
class TestDisclosureHostile(MailWorld):
    """What is handed over is what was approved (C55, S4-036)."""

    def approved(self, **values):
        # Written some time ago, and not in this transaction
        self.env.flush_all()
        for table in ("sale_order", "sale_order_line"):
            self.env.cr.execute(
                SQL("UPDATE %s SET write_date = '2026-01-01'", SQL.identifier(table))
            )
        self.env.invalidate_all()
        request = (
            self.env["confidentiality.disclosure"]
            .with_user(self.users["a"])
            .create(
                {
                    "partner_id": self.stranger.id,
                    "res_model": "sale.order",
                    "res_id": self.order.id,
                    "purpose": "Joint offer",
                    **values,
                }
            )
        )
        request.action_submit()
        approval = request.sudo().approval_ids.filtered(lambda row: row.state == "pending")
        approval.with_user(approval.step_ids.user_ids[:1]).action_approve()
        self.assertEqual(request.state, "approved")
        self.env.flush_all()
        return request

    def test_text_of_a_line(self):
        """A line is part of the print, and changes nothing on the order itself."""
        request = self.approved()
        self.order.with_user(self.users["a"]).order_line[0].name = "Terms of another customer"
        self.env.flush_all()
        with self.assertRaises(UserError):
            request.action_share()

    def test_line_after_the_link(self):
        request = self.approved()
        request.action_share()
        link = request.sudo().link_id
        self.assertTrue(link._is_live())
        self.order.with_user(self.users["a"]).order_line[0].name = "Terms of another customer"
        self.env.flush_all()
        self.assertFalse(link._is_live())

    def test_context_decides_nothing(self):
        """Neither the state nor the person come from a context."""
        forged = {"default_state": "approved", "default_user_id": self.users["km"].id}
        request = (
            self.env["confidentiality.disclosure"]
            .with_user(self.users["a"])
            .with_context(**forged)
            .create({"partner_id": self.stranger.id, "attachment_ids": [Command.set(self.file.ids)]})
        )
        self.assertEqual((request.state, request.user_id), ("draft", self.users["a"]))
