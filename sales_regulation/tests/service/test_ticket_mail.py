# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo.tests import tagged

from ..common import RegulationCommon
from .common import ServiceProfiles

MAIL = """From: {sender}
To: complaints@example.com
Subject: Chips arrived bent
Message-Id: <{number}@example.com>
Date: Mon, 02 Jan 2006 10:00:00 +0000
Content-Type: text/plain; charset=utf-8

Every tenth has a bent pin.
"""


@tagged("post_install", "-at_install")
class TestTicketMail(ServiceProfiles, RegulationCommon):
    """S4-411: what comes in by mail is registered and routed at once."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.profile = cls._service_profile()
        cls.env["ir.config_parameter"].sudo().set_param("mail.catchall.domain", "example.com")
        domain = cls.env["mail.alias.domain"].search([("name", "=", "example.com")], limit=1)
        domain = domain or cls.env["mail.alias.domain"].create({"name": "example.com"})
        cls.kind = cls._kind("complaint")
        cls.kind.write({"alias_name": "complaints", "company_id": cls.company.id})
        cls.kind.alias_id.alias_domain_id = domain
        cls.customers["xinghai"].write(
            {"email": "info@xinghai.example.org", "user_id": cls.users["a"].id}
        )
        cls.contact = cls.env["res.partner"].create(
            {
                "name": "Ms. Lin",
                "email": "lin@xinghai.example.org",
                "parent_id": cls.customers["xinghai"].id,
                "company_id": cls.company.id,
            }
        )

    def _receive(self, sender, number):
        known = self.env["sales.ticket"].search([])
        self.env["mail.thread"].message_process(
            "sales.ticket", MAIL.format(sender=sender, number=number)
        )
        return self.env["sales.ticket"].search([]) - known

    def test_known_customer(self):
        """The sender is matched, owner and coordinator follow, the date of the mail is not ours."""
        ticket = self._receive("Ms. Lin <lin@xinghai.example.org>", "known")
        self.assertRecordValues(
            ticket,
            [
                {
                    "kind_id": self.kind.id,
                    "channel": "mail",
                    "subject": "Chips arrived bent",
                    "partner_id": self.customers["xinghai"].id,
                    "contact_id": self.contact.id,
                    "user_id": self.users["a"].id,
                    "coordinator_id": self.users["km"].id,
                    "company_id": self.company.id,
                }
            ],
        )
        self.assertIn("bent pin", ticket.description)
        self.assertGreater(ticket.received_at.year, 2020)
        self.assertEqual(self._clock(ticket, "ticket_contact").started_at, ticket.received_at)
        self.assertIn(self.users["a"].partner_id, ticket.message_partner_ids)

    def test_stranger(self):
        """An unknown sender is registered too; who knows him names the customer, once."""
        ticket = self._receive("Nobody <nobody@elsewhere.example.org>", "unknown")
        self.assertFalse(ticket.partner_id)
        self.assertIn("nobody@elsewhere.example.org", ticket.email_from)
        self.assertTrue(ticket.name)
        self.assertEqual(ticket.coordinator_id, self.users["gm"])
        manager = self._as(ticket, "gm")
        manager.write({"partner_id": self.customers["beihe"].id})
        self.assertEqual(ticket.partner_id, self.customers["beihe"])

    def test_colleague_forwards(self):
        """A mail that a colleague forwards is not his complaint."""
        self.users["b"].partner_id.email = "b@example.org"
        ticket = self._receive("Li Qiang <b@example.org>", "forwarded")
        self.assertFalse(ticket.partner_id)
        self.assertEqual(len(ticket), 1)

    def test_reply_stays(self):
        """An answer of the customer by mail is in the ticket, and decides nothing."""
        ticket = self._receive("Ms. Lin <lin@xinghai.example.org>", "first")
        self._as(ticket, "km").action_answer("Replaced")
        ticket.message_post(body="I am satisfied", author_id=self.contact.id, message_type="email")
        self.assertEqual(ticket.state, "answered")
