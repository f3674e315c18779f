# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo.tests import new_test_user, tagged

from .common import PhoneTour, TourCommon

MAIL = """From: Ms. Lin <lin@xinghai.example.org>
To: complaints@example.com
Subject: Chips arrived bent
Message-Id: <tour@example.com>
Content-Type: text/plain; charset=utf-8

Every tenth has a bent pin.
"""


@tagged("post_install", "-at_install")
class TestServiceTours(TourCommon):
    """A complaint from the mail to the satisfied customer: rep, manager, customer (C11)."""

    def test_complaint(self):
        domain = self.env["mail.alias.domain"].search([], limit=1)
        domain = domain or self.env["mail.alias.domain"].create({"name": "example.com"})
        kind = self.env.ref("sales_regulation.ticket_kind_complaint")
        kind.write({"alias_name": "complaints", "company_id": self.company.id})
        kind.alias_id.alias_domain_id = domain
        self.customers["xinghai"].user_id = self.users["a"]
        contact = self.env["res.partner"].create(
            {
                "name": "Ms. Lin",
                "email": "lin@xinghai.example.org",
                "parent_id": self.customers["xinghai"].id,
                "company_id": self.company.id,
            }
        )
        new_test_user(
            self.env,
            login="portal_lin",
            email=contact.email,
            groups="base.group_portal",
            partner_id=contact.id,
            company_id=self.company.id,
            company_ids=[(6, 0, self.company.ids)],
        )
        self.env["mail.thread"].message_process(
            "sales.ticket", MAIL.replace("example.com\nSubject", f"{domain.name}\nSubject")
        )
        ticket = self.env["sales.ticket"].search([("subject", "=", "Chips arrived bent")])
        self.assertEqual(ticket.user_id, self.users["a"])

        self._tour("a", "rep_complaint", "/odoo/tickets")
        self.assertEqual(ticket.contacted_by_id, self.users["a"])
        self._tour("km", "manager_answers", "/odoo/tickets")
        self.assertRecordValues(
            ticket, [{"state": "answered", "answered_by_id": self.users["km"].id}]
        )
        self._portal("customer_unhappy")
        self.assertRecordValues(ticket, [{"state": "reopened", "loops": 1}])
        ticket.with_user(self.users["km"]).action_answer("We sort them by hand")
        self._portal("customer_happy")
        self.assertRecordValues(ticket, [{"state": "closed", "result": "satisfied", "loops": 1}])

    def _portal(self, name):
        self.env.flush_all()
        self.start_tour("/my/tickets", f"regulation_{name}", login="portal_lin")
        self.env.invalidate_all()


@tagged("post_install", "-at_install")
class TestServiceToursPhone(PhoneTour, TestServiceTours):
    pass
