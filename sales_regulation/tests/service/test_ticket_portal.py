# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import http
from odoo.tests import HttpCase, tagged

from ..common import RegulationCompany
from .common import ServiceProfiles


@tagged("post_install", "-at_install")
class TestTicketPortal(ServiceProfiles, RegulationCompany, HttpCase):
    """C11: the customer opens his tickets, reads the answer and says whether he is satisfied."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._build_company()
        cls.profile = cls._service_profile()
        cls.customers["xinghai"].user_id = cls.users["a"]
        cls.lin = cls._portal_user()
        cls.rival = cls._portal_user("beihe", "portal_rival")
        cls.ticket = cls._ticket()
        cls.env.flush_all()

    def _login(self, login):
        self.authenticate(login, login)

    def _post(self, url, **values):
        values["csrf_token"] = http.Request.csrf_token(self)
        response = self.url_open(url, data=values)
        self.env.invalidate_all()
        return response

    def _answer(self):
        self._as(self.ticket, "km").action_answer("We send new ones")
        self.env.flush_all()

    def test_list_and_page(self):
        """His own tickets, nobody else's; nothing of what is internal."""
        self._as(self.ticket, "km").action_answer("We send new ones", "Batch 7 was wrong")
        self.env.flush_all()
        self._login("portal_lin")
        self.assertIn(self.ticket.name, self.url_open("/my/tickets").text)
        page = self.url_open(f"/my/tickets/{self.ticket.id}").text
        self.assertIn("We send new ones", page)
        self.assertNotIn("Batch 7 was wrong", page)
        self.assertIn("Are you satisfied", page)
        self._login("portal_rival")
        self.assertNotIn(self.ticket.name, self.url_open("/my/tickets").text)
        self.assertNotIn("Chips arrived bent", self.url_open(f"/my/tickets/{self.ticket.id}").text)

    def test_open(self):
        """He opens one himself, about his own orders only."""
        self._login("portal_lin")
        kind = self._kind("complaint").id
        form = self.url_open("/my/tickets/new").text
        for name in ("kind_id", "subject", "description"):
            self.assertIn(f'name="{name}"', form)
        self._post("/my/tickets/new", kind_id=kind, subject="Late", description="Where are they?")
        ticket = self.env["sales.ticket"].search([("subject", "=", "Late")])
        self.assertRecordValues(
            ticket,
            [
                {
                    "partner_id": self.customers["xinghai"].id,
                    "contact_id": self.lin.partner_id.id,
                    "channel": "portal",
                    "user_id": self.users["a"].id,
                    "company_id": self.company.id,
                }
            ],
        )
        foreign = self._order("a", "beihe")
        self.env.flush_all()
        page = self._post(
            "/my/tickets/new",
            kind_id=kind,
            subject="Foreign",
            description="x",
            order_id=foreign.id,
        )
        self.assertIn("not one of yours", page.text)
        page = self._post("/my/tickets/new", kind_id=kind, subject=" ", description="x")
        self.assertIn("what it is about", page.text)
        page = self._post("/my/tickets/new", kind_id=0, subject="Kind", description="x")
        self.assertIn("choose", page.text)
        self.assertFalse(self.env["sales.ticket"].search([("subject", "in", ("Foreign", "Kind"))]))

    def test_loop(self):
        """Not satisfied, again; satisfied, closed; a second word changes nothing."""
        self._answer()
        self._login("portal_lin")
        url = f"/my/tickets/{self.ticket.id}/answer"
        self.assertIn("Please say", self._post(url, satisfied="perhaps").text)
        self.assertIn("take it up again", self._post(url, satisfied="no", feedback="Bent").text)
        self.assertRecordValues(self.ticket, [{"state": "reopened", "loops": 1}])
        self.assertIn("have your answer", self._post(url, satisfied="yes").text)
        self.assertEqual(self.ticket.state, "reopened")
        self._answer()
        self.assertIn("glad", self._post(url, satisfied="yes", score="95").text)
        self.assertRecordValues(
            self.ticket,
            [{"state": "closed", "result": "satisfied", "result_source": "portal"}],
        )
        answers = self.env["sales.satisfaction"].search([("ticket_id", "=", self.ticket.id)])
        self.assertEqual(sorted(answers.mapped("score")), [0, 95])
        self.assertFalse(answers.recorded_by_id)
        self._post(url, satisfied="no")
        self.assertEqual(self.ticket.loops, 1)

    def test_only_the_customer(self):
        """Neither a rival, an employee, nor somebody with the link to read."""
        self._answer()
        token = self.ticket.sudo()._portal_ensure_token()
        self.env.flush_all()
        url = f"/my/tickets/{self.ticket.id}/answer"
        for login in ("portal_rival", "reg_a", "reg_km"):
            self._login(login)
            self._post(url, satisfied="yes")
            self.assertEqual(self.ticket.state, "answered", login)
        self.authenticate(None, None)
        page = self.url_open(f"/my/tickets/{self.ticket.id}?access_token={token}").text
        self.assertIn("We send new ones", page)
        self.assertNotIn('name="satisfied"', page)

    def test_personal_link(self):
        """The link of the mail: without a login, once, and not for employees."""
        self._answer()
        rating = self.ticket.sudo()._rating_ask(self.lin.partner_id)
        self.env.flush_all()
        url = f"/my/tickets/answer/{rating.access_token}"
        self._login("reg_a")
        self.assertNotIn('name="satisfied"', self.url_open(url).text)
        self._post(url, satisfied="yes")
        self.assertEqual(self.ticket.state, "answered")
        self.authenticate(None, None)
        page = self.url_open(url).text
        self.assertIn('name="satisfied"', page)
        csrf = page.partition('name="csrf_token" value="')[2].partition('"')[0]
        answer = self.url_open(url, data={"satisfied": "yes", "csrf_token": csrf})
        self.env.invalidate_all()
        self.assertIn("glad", answer.text)
        self.assertEqual(self.ticket.result, "satisfied")
        self.assertEqual(
            self.ticket.step_ids.filtered("partner_id").partner_id, self.lin.partner_id
        )
        self.assertNotIn('name="satisfied"', self.url_open(url).text)
        self.assertNotIn(self.ticket.name, self.url_open("/my/tickets/answer/forged").text)
