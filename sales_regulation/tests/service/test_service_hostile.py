# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from ..common import RegulationCommon
from ..hostile import HostileMixin
from .common import ServiceProfiles


@tagged("post_install", "-at_install")
class TestServiceHostile(HostileMixin, ServiceProfiles, RegulationCommon):
    """C11, C13: tickets, satisfaction, quality cards and letters, tried by all sorts of people."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._build_hostile()
        cls._service_profile(satisfaction_min_answers=1)
        cls.customers["xinghai"].user_id = cls.users["a"]
        cls.ticket = cls._ticket()

    def test_ticket(self):
        self.assertFixed(self.ticket, "a", "gm", "adm", "aud", "out", "shop",
                         but={"contact_id", "product_id", "order_id", "notice_id"})
        self.assertClosed(self.ticket, "b", "fin", "aud", "out", "shop")

    def test_registered_ticket(self):
        self.assertNotGiven(
            "sales.ticket",
            "a",
            {
                "kind_id": self._kind("complaint").id,
                "subject": "Bent",
                "partner_id": self.customers["xinghai"].id,
            },
            "state", "user_id", "team_id", "coordinator_id", "received_at", "answered_at",
            "contacted_at", "result", "closed_at", "loops", "name",
        )  # fmt: skip

    def test_nobody_speaks_for_the_customer(self):
        """A message on a ticket is its writer's, whatever author is sent (S3-40)."""
        for login in ("a", "km", "gm"):
            message = self._as(self.ticket, login).message_post(
                body="I am content",
                author_id=self.customers["xinghai"].id,
                email_from="lin@xinghai.example.com",
                message_type="comment",
            )
            self.assertEqual(message.sudo().author_id, self.users[login].partner_id)
            self.assertNotIn("lin@xinghai", message.sudo().email_from)

    def test_own_word_counts_in_no_figure(self):
        """S3-40: the representative records what he heard; his figure is not written by him."""
        self._as(self.ticket, "km").action_answer("Replaced")
        self.ticket.action_record_satisfaction(True, "phone", score=100, feedback="Ms. Lin")
        answer = self.env["sales.satisfaction"].search([("ticket_id", "=", self.ticket.id)])
        self.assertEqual((answer.user_id, answer.own_word), (self.users["a"], True))
        Satisfaction = self.env["sales.satisfaction"]
        mine = ("user_id", "=", self.users["a"].id)
        self.assertFalse(Satisfaction._summary("user_id", [mine], self.company))
        self.assertFalse(self.env["sales.satisfaction.report"].search([mine]))
        other = self._ticket()
        other.action_answer("Replaced")
        self._as(other, "km").action_record_satisfaction(True, "phone", score=70, feedback="Lin")
        self.assertEqual(
            Satisfaction._summary("user_id", [mine], self.company), {self.users["a"]: (70.0, 1)}
        )
        self.assertFixed(answer, "a", "km", "adm", "out", "shop")

    def test_forged_answers(self):
        """Nobody makes an answer or the question to which it belongs."""
        values = {"company_id": self.company.id, "source": "ticket", "date": "2026-03-02"}
        for login in ("a", "km", "adm", "out", "shop"):
            for model, forged in (
                ("sales.satisfaction", {**values, "score": 100}),
                ("sales.ticket.step", {"ticket_id": self.ticket.id, "step": "satisfied",
                                       "at": "2026-03-02"}),
                ("sales.satisfaction.request", {"res_model": "sales.ticket",
                                                "res_id": self.ticket.id}),
            ):  # fmt: skip
                with self.subTest(login=login, model=model), self.assertRaises(AccessError):
                    self.env[model].with_user(self.users[login]).create(forged)
        with self.assertRaises(AccessError):
            self.ticket.write({"step_ids": [Command.create({"step": "satisfied"})]})

    def test_quality_card(self):
        values = {
            "partner_id": self.customers["xinghai"].id,
            "product_id": self.product.id,
        }
        Card = self.env["sales.quality.card"]
        card = Card.with_user(self.users["a"]).create(values)
        self.assertNotGiven("sales.quality.card", "b", values, "state", "handed_in_at", "date",
                            "name", "user_id")
        card.action_hand_in()
        self.assertFixed(card, "a", "gm", "adm", "out", "shop")
        self.assertClosed(card, "b", "aud", "out", "shop")
        # Whoever copies it writes his own
        self.assertEqual(self._as(card, "km").copy().user_id, self.users["km"])

    def test_letter(self):
        letter = (
            self.env["sales.customer.letter"]
            .with_user(self.users["km"])
            .create(
                {
                    "name": "Your opinion",
                    "body": "<p>Please tell us.</p>",
                    "partner_ids": [Command.set(self.customers["xinghai"].ids)],
                }
            )
        )
        self.assertClosed(letter, "a", "fin", "aud", "out", "shop")
        letter.action_send()
        self.assertFixed(letter, "a", "km", "gm", "adm", "out", "shop")
        self.assertFixed(letter.line_ids, "a", "km", "gm", "adm", "out", "shop")
        with self.assertRaises(UserError):
            letter.action_send()
        self.assertEqual(self._as(letter, "gm").copy().user_id, self.users["gm"])

    def test_another_company(self):
        """A user of another company finds nothing, and names nothing of this one."""
        other = self.env["res.company"].create({"name": "Elsewhere"})
        guest = self.users["tm"].copy({"login": "guest_elsewhere", "company_id": other.id,
                                       "company_ids": [Command.set(other.ids)]})
        Ticket = (
            self.env["sales.ticket"].with_user(guest).with_context(allowed_company_ids=other.ids)
        )
        self.assertFalse(Ticket.search([("id", "=", self.ticket.id)]))
        with self.assertRaises(AccessError):
            Ticket.browse(self.ticket.id).read(["subject"])
        with self.assertRaises(UserError):
            Ticket.create(
                {
                    "kind_id": self._kind("complaint").id,
                    "subject": "Theirs",
                    "company_id": other.id,
                    "partner_id": self.customers["xinghai"].id,
                }
            )
