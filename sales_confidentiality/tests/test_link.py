# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
import re
from datetime import timedelta
from unittest.mock import patch

from odoo import fields, http
from odoo.exceptions import AccessError
from odoo.tests import HttpCase, tagged

from .common import ConfidentialityCommon


@tagged("post_install", "-at_install")
class TestLink(ConfidentialityCommon, HttpCase):
    """One-time links, as whoever gets them (C52; S4-013, S4-038)."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.order = cls._order("a")
        cls.stranger = cls.env["res.partner"].create(
            {"name": "Stranger", "email": "stranger@example.org"}
        )
        cls.files = cls.env["ir.attachment"].create(
            [
                {
                    "name": f"terms {number}.pdf",
                    "raw": f"%PDF the terms {number}".encode(),
                    "res_model": "sale.order",
                    "res_id": cls.order.id,
                }
                for number in (1, 2)
            ]
        )
        cls.env.flush_all()

    def issue(self, files=None, login="a", **values):
        link, url = (
            self.env["confidentiality.link"]
            .with_user(self.users[login])
            ._issue(
                self.users[login],
                self.files[:1] if files is None else files,
                7,
                record=self.order,
                recipient_id=self.stranger.id,
                **values,
            )
        )
        self.env.flush_all()
        return link, "/" + url.split("/", 3)[3]

    def press(self, path):
        """The one button of the page."""
        if not self.session:
            self.authenticate(None, None)
        return self.url_open(f"{path}/open", data={"csrf_token": http.Request.csrf_token(self)})

    def test_once(self):
        """Looking uses nothing up; one click delivers; the second finds nothing."""
        link, path = self.issue()
        for _look in range(3):
            page = self.url_open(path)
            self.assertEqual(page.status_code, 200)
            self.assertIn(self.users["a"].name, page.text)
            self.assertNotIn("terms", page.text)
            self.assertEqual(page.headers["Cache-Control"], "no-store")
        self.assertEqual(link.state, "open")
        answer = self.press(path)
        self.assertEqual((answer.status_code, answer.content), (200, b"%PDF the terms 1"))
        self.env.invalidate_all()
        self.assertEqual((link.state, link.used_count), ("used", 1))
        self.assertTrue(link.used_at and link.used_address)
        self.assertEqual(self.press(path).status_code, 404)
        self.assertEqual(self.url_open(path).status_code, 404)

    def test_only_by_the_button(self):
        """A link that is followed does not deliver, nor does a form of another site."""
        link, path = self.issue()
        self.assertIn(self.url_open(f"{path}/open").status_code, (404, 405))
        self.assertEqual(self.url_open(f"{path}/open", data={"x": "1"}).status_code, 400)
        self.env.invalidate_all()
        self.assertEqual(link.state, "open")

    def test_several_files_and_none(self):
        _link, path = self.issue(self.files)
        answer = self.press(path)
        self.assertEqual(answer.headers["Content-Type"], "application/zip")
        self.assertEqual(answer.content[:2], b"PK")
        _link, path = self.issue(self.files.browse())
        answer = self.press(path)
        self.assertEqual(answer.status_code, 200)
        self.assertIn(self.order.name.encode(), answer.content)

    def test_guessing(self):
        _link, path = self.issue()
        wrong = re.sub(r".$", lambda last: "A" if last.group() != "A" else "B", path)
        self.assertEqual(self.url_open(wrong).status_code, 404)
        self.assertEqual(self.press(wrong).status_code, 404)

    def test_the_token_is_not_kept(self):
        link, path = self.issue()
        token = path.rsplit("/", 1)[1]
        self.env.cr.execute("SELECT to_jsonb(l)::text FROM confidentiality_link l")
        self.assertNotIn(token, str(self.env.cr.fetchall()))
        with self.assertRaises(AccessError):
            link.with_user(self.officer).read(["token_digest"])

    def test_its_end(self):
        """Its date, its revocation, and the right of whoever sent it."""
        link, path = self.issue()
        later = fields.Datetime.now() + timedelta(days=7, minutes=1)
        with patch.object(fields.Datetime, "now", lambda: later):
            self.assertFalse(link._is_live())
        self.env.invalidate_all()
        with self.assertRaises(AccessError):
            link.with_user(self.users["b"]).action_revoke()
        link.with_user(self.users["a"]).action_revoke()
        self.env.flush_all()
        self.assertEqual(self.url_open(path).status_code, 404)
        _link, path = self.issue()
        self.assertEqual(self.url_open(path).status_code, 200)
        self.env["regulation.qualification"].search(
            [("user_id", "=", self.users["a"].id), ("kind", "=", "nda")]
        ).action_revoke()
        self.env.flush_all()
        self.assertEqual(self.url_open(path).status_code, 404)
        self.assertEqual(self.press(path).status_code, 404)

    def test_another_owner_ends_it(self):
        _link, path = self.issue()
        self.order.sudo().user_id = self.users["km"]
        self.env.flush_all()
        self.assertEqual(self.press(path).status_code, 404)
        _link, path = self.issue(login="km")
        self.assertEqual(self.press(path).status_code, 200)

    def test_nobody_forges_one(self):
        link, _path = self.issue()
        for user in (self.users["a"], self.officer, self.env.ref("base.user_root")):
            with self.assertRaises(AccessError):
                link.with_user(user).write({"used_count": 0, "max_uses": 9})
        with self.assertRaises(AccessError):
            link.with_user(self.users["a"]).create({"token_digest": "x"})
        with self.assertRaises(AccessError):
            link.with_user(self.users["t"]).read(["recipient_email"])

    def test_only_one_is_first(self):
        """Of two who press at one moment one is served."""
        link, _path = self.issue()
        self.assertTrue(link._consume("10.0.0.1"))
        self.assertFalse(link._consume("10.0.0.2"))
        self.assertEqual(link.used_address, "10.0.0.1")
        rows = self.logged("link", "allowed")
        self.assertEqual(set(rows.mapped("res_id")), {self.order.id})
        self.assertEqual(len(rows), 2, "sent, and opened")
