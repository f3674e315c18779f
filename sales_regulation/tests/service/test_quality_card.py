# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from freezegun import freeze_time

from odoo import Command
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import tagged

from ..common import RegulationCommon
from .common import ServiceProfiles


@tagged("post_install", "-at_install")
class TestQualityCard(ServiceProfiles, RegulationCommon):
    """C13: quality cards (S2-52), the yearly round and the yearly letter (S4-407, S4-408)."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        duty = {
            "frequency": "yearly",
            "who": "owner",
            "subject_model": "res.partner",
            "subject_domain": "[('customer_rank', '>', 0), ('name', 'like', 'User ')]",
            "make_activity": False,
        }
        cls.profile = cls._service_profile(
            duty_ids=[
                Command.create({**duty, "code": "customer_round", "name": "Visit to each user"}),
                Command.create({**duty, "code": "customer_letter", "name": "Letter to each user"}),
            ]
        )

    def _card(self, login="a", customer="xinghai", **values):
        return (
            self.env["sales.quality.card"]
            .with_user(self.users[login])
            .create(
                {
                    "partner_id": self.customers[customer].id,
                    "product_id": self.product.id,
                    "checked_qty": 100,
                    **values,
                }
            )
        )

    def test_hand_in(self):
        """Corrected until it is handed in, fixed and dated by the system from then on."""
        card = self._card()
        card.write({"checked_qty": 120, "defect_qty": 2, "verdict": "minor"})
        with self.assertRaises(UserError):
            card.action_hand_in()
        card.findings = "Two with bent pins"
        with self.assertRaises(AccessError):
            card.write({"date": "2020-01-01"})
        with self.assertRaises(AccessError):
            self._as(card, "km").action_hand_in()
        card.action_hand_in()
        self.assertEqual((card.state, card.date), ("done", self.company._regulation_today()))
        for record in (card, self._as(card, "km"), card.sudo()):
            with self.assertRaises(AccessError):
                record.write({"defect_qty": 0})
            with self.assertRaises(AccessError):
                record.unlink()
        with self.assertRaises(UserError):
            card.action_hand_in()
        with self.assertRaises(AccessError):
            self._card(user_id=self.users["b"].id)

    def test_of_the_delivery(self):
        """Order and product belong together and to the customer."""
        order = self._order("a", "beihe")
        with self.assertRaises(ValidationError):
            self._card(order_id=order.id)
        other = self.env["product.product"].create({"name": "Another chip"})
        with self.assertRaises(ValidationError):
            self._card(customer="beihe", order_id=order.id, product_id=other.id)
        self.assertTrue(self._card(customer="beihe", order_id=order.id))
        with self.assertRaises(ValidationError):
            self._card(defect_qty=101)

    def test_ticket(self):
        """A fault becomes a ticket, once."""
        card = self._card(verdict="major", findings="Smoke", defect_qty=1)
        with self.assertRaises(UserError):
            card.action_create_ticket()
        card.action_hand_in()
        card.action_create_ticket()
        ticket = card.ticket_id
        self.assertRecordValues(ticket, [{"severity": "major", "channel": "visit"}])
        self.assertEqual(ticket.kind_id, self._kind("quality"))
        card.action_create_ticket()
        self.assertEqual(card.ticket_id, ticket)

    def test_colleague(self):
        card = self._card()
        self.assertFalse(self._as(card, "b").has_access("read"))
        self.assertTrue(self._as(card, "aud").has_access("read"))
        self.assertFalse(self._as(card, "aud").has_access("write"))

    def _users(self, number):
        return self.env["res.partner"].create(
            [
                {
                    "name": f"User {index:02}",
                    "is_company": True,
                    "customer_rank": 1,
                    "company_id": self.company.id,
                    "user_id": self.users["a"].id,
                    "email": f"user{index}@example.org" if index % 2 else False,
                }
                for index in range(number)
            ]
        )

    def _duty(self, code):
        return self.profile.duty_ids.filtered(lambda duty: duty.code == code)

    def test_coverage(self):
        """Step 40: of 40 users 30 are visited: 75 %, 10 are open; the letter likewise."""
        users = self._users(40)
        self.env.cr.execute(
            "UPDATE res_partner SET create_date = '2020-01-01' WHERE id IN %s", (tuple(users.ids),)
        )
        self.env.cr.execute(
            "UPDATE regulation_profile SET published_at = '2020-01-01' WHERE id = %s",
            (self.profile.id,),
        )
        self.env.invalidate_all()
        for code in ("customer_round", "customer_letter"):
            self._duty(code)._create_instances()
        for user in users[:30]:
            self._card(partner_id=user.id).action_hand_in()
        duty = self._duty("customer_round")
        duty.invalidate_recordset()
        latest = max(duty.instance_ids.mapped("period_start"))
        rows = duty.instance_ids.filtered(lambda row: row.period_start == latest)
        self.assertEqual(len(rows), 40)
        self.assertEqual((duty.coverage, duty.open_count), (75.0, 10))

        letter = (
            self.env["sales.customer.letter"]
            .with_user(self.users["km"])
            .create({"name": "Your opinion", "body": "<p>Please tell us.</p>"})
        )
        letter.action_add_open()
        self.assertEqual(letter.partner_ids, users)
        letter.partner_ids -= users[30:]
        letter.action_send()
        duty = self._duty("customer_letter")
        duty.invalidate_recordset()
        self.assertEqual((duty.coverage, duty.open_count), (75.0, 10))
        self.assertEqual(len(letter.line_ids), 30)
        self.assertEqual(len(letter.line_ids.filtered("by_mail")), 15)
        with self.assertRaises(UserError):
            letter.action_send()
        with self.assertRaises(AccessError):
            letter.write({"body": "<p>Another</p>"})
        with self.assertRaises(AccessError):
            letter.unlink()
        with self.assertRaises(AccessError):
            letter.write({"state": "draft"})
        with self.assertRaises(AccessError):
            letter.line_ids[:1].sudo().write({"sent_at": "2020-01-01"})
        with self.assertRaises(AccessError):
            self._as(letter, "a").action_send()

    def test_last_year(self):
        """A card counts for the day on which it is handed in."""
        card = self._card()
        with freeze_time(self._later(days=400)):
            card.action_hand_in()
            self.assertEqual(card.date, self.company._regulation_today())
