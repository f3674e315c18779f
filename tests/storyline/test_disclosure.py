# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
import unittest

from odoo import http
from odoo.tests import tagged

from .common import StorylineCase

try:
    from odoo.addons.sales_confidentiality.tests.common import ConfidentialWorld
except ImportError:
    ConfidentialWorld = object


@tagged("post_install", "-at_install")
class TestStorylineDisclosure(ConfidentialWorld, StorylineCase):
    """The contract for a partner who has no NDA (C52, C55)."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        if "confidentiality.disclosure" not in cls.env:
            raise unittest.SkipTest("sales_confidentiality is not installed")
        cls._build_secrets()
        for login, user in cls.users.items():
            user.email = f"{login}@ours.example.com"
        cls.partner = cls.env["res.partner"].create(
            {"name": "Bridge Consulting", "email": "ask@bridge.example.org"}
        )

    def signed_contract(self):
        self.at("2026-03-10 10:00")
        order = self.quotation()
        contract = self.contract(order)
        self.at("2026-03-20 10:00")
        file = self.env["ir.attachment"].search(
            [("res_model", "=", "sales.contract"), ("res_id", "=", contract.id)], limit=1
        )
        if not file:
            file = self.env["ir.attachment"].create(
                {
                    "name": "contract.pdf",
                    "raw": b"%PDF contract",
                    "res_model": "sales.contract",
                    "res_id": contract.id,
                }
            )
        return contract, file

    def test_the_contract_for_a_partner(self):
        """S4-035, S4-036: a mail is blocked; once KM has approved, one link works once."""
        contract, file = self.signed_contract()
        with self.A.refused("ask@bridge.example.org", "S4-035", "S4-036"):
            self.A.call(
                "sales.contract",
                "message_post",
                contract.ids,
                body="For your tender",
                partner_ids=self.partner.ids,
                attachment_ids=file.ids,
            )
        request = self.A.create(
            "confidentiality.disclosure",
            partner_id=self.partner.id,
            res_model="sales.contract",
            res_id=contract.id,
            attachment_ids=file.ids,
            purpose="They check our terms of delivery",
            means="mail",
        )
        with self.A.refused("not approved"):
            self.A.call("confidentiality.disclosure", "action_share", [request])
        with self.A.refused(error="AccessError"):
            self.A.write("confidentiality.disclosure", request, state="approved")
        self.A.call("confidentiality.disclosure", "action_submit", [request])
        record = self.env["confidentiality.disclosure"].browse(request)
        with self.B.refused():
            self.decide(record, "disclosure", "B")
        self.decide(record, "disclosure", "KM")
        answer = self.A.call("confidentiality.disclosure", "action_share", [request])
        url = answer["params"]["links"][0]["url"]
        path = "/" + url.split("/", 3)[3]
        self.assertEqual(self.url_open(path).status_code, 200)
        first = self.press(path)
        self.assertEqual((first.status_code, first.content), (200, file.raw))
        self.assertEqual(self.press(path).status_code, 404)
        self.assertEqual(self.url_open(path).status_code, 404)
        with self.A.refused("link was sent"):
            self.A.call("confidentiality.disclosure", "action_share", [request])
        self.assertEqual(record.link_id.state, "used")
        mail = self.env["mail.mail"].search([("email_to", "=", "ask@bridge.example.org")])
        self.assertFalse(mail.attachment_ids)

    def test_what_was_approved_and_nothing_else(self):
        """S4-036: the print of a document that was written meanwhile is not handed over."""
        contract, _file = self.signed_contract()
        request = self.A.create(
            "confidentiality.disclosure",
            partner_id=self.partner.id,
            res_model="sales.contract",
            res_id=contract.id,
            purpose="They check our terms of delivery",
            means="hand",
        )
        record = self.env["confidentiality.disclosure"].browse(request)
        self.A.call("confidentiality.disclosure", "action_submit", [request])
        self.decide(record, "disclosure", "KM")
        self.assertTrue(record._approvals_valid("disclosure"))
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE sales_contract SET write_date = write_date + interval '1 minute' WHERE id = %s",
            contract.ids,
        )
        self.env.invalidate_all()
        with self.A.refused("not approved"):
            self.A.call("confidentiality.disclosure", "action_share", [request])
        other = self.A.create(
            "confidentiality.disclosure",
            partner_id=self.partner.id,
            res_model="res.partner",
            res_id=self.xinghai.id,
            purpose="They ask for the dossier",
            means="hand",
        )
        self.env["ir.actions.report"].search([("model", "=", "res.partner")]).model = "res.users"
        with self.A.refused("has no print"):
            self.A.call("confidentiality.disclosure", "action_submit", [other])

    def press(self, path):
        if not self.session:
            self.authenticate(None, None)
        answer = self.url_open(
            f"{path}/open", data={"csrf_token": http.Request.csrf_token(self)}
        )
        self.env.invalidate_all()
        return answer
