# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import Command
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import new_test_user, tagged

from ..common import RegulationCommon
from .common import ServiceProfiles


@tagged("post_install", "-at_install")
class TestTicketGuards(ServiceProfiles, RegulationCommon):
    """What scores read of a ticket is not written by anybody (C11, C42)."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.profile = cls._service_profile()
        cls.ticket = cls._ticket()

    def refused(self, error=UserError):
        # AccessError and ValidationError are such errors too
        return self.assertRaises(error)

    def test_sealed_fields(self):
        """Neither by write nor at creation, neither by rep, manager, administrator nor system."""
        forged = {
            "received_at": "2030-01-01 00:00:00",
            "contacted_at": "2020-01-01 00:00:00",
            "answered_at": "2020-01-01 00:00:00",
            "first_answered_at": "2020-01-01 00:00:00",
            "answer_due_at": "2040-01-01 00:00:00",
            "state": "closed",
            "result": "satisfied",
            "loops": 0,
            "user_id": self.users["b"].id,
            "coordinator_id": self.users["b"].id,
            "answer": "We never said that",
            "name": "TK/1",
        }
        records = [self._as(self.ticket, login) for login in ("a", "km", "gm", "adm")]
        for record in (*records, self.ticket.sudo()):
            for name, value in forged.items():
                with self.subTest(name=name, uid=record.env.uid), self.refused(AccessError):
                    record.write({name: value})
        for name, value in forged.items():
            if name == "loops":
                continue
            with self.subTest(creating=name), self.refused(AccessError), self.env.cr.savepoint():
                self._ticket(**{name: value})
        with self.refused(AccessError):
            self.ticket.with_context(default_state="closed").write({"state": "closed"})
        made = self.ticket.with_context(default_state="closed", default_result="satisfied").create(
            {
                "kind_id": self._kind("complaint").id,
                "subject": "x",
                "partner_id": self.customers["xinghai"].id,
            }
        )
        self.assertEqual((made.state, made.result), ("new", False))

    def test_fixed_fields(self):
        """Kind, severity, customer and words are those it was registered with."""
        for values in (
            {"kind_id": self._kind("suggestion").id},
            {"severity": "major"},
            {"partner_id": self.customers["beihe"].id},
            {"description": "It was nothing"},
            {"subject": "Praise"},
            {"channel": "letter"},
        ):
            with self.subTest(values=values), self.refused(AccessError):
                self.ticket.write(values)
        # What a form sends back unchanged is no change
        self.ticket.write({"severity": "ordinary", "kind_id": self.ticket.kind_id.id})

    def test_import(self):
        """``load`` meets the same guards."""
        result = self.ticket.load(
            [".id", "severity", "received_at"],
            [[str(self.ticket.id), "major", "2020-01-01 00:00:00"]],
        )
        self.assertFalse(result["ids"])
        made = self.ticket.load(
            ["subject", "kind_id/.id", "partner_id/.id", "description"],
            [
                [
                    f"Row {number}",
                    str(self._kind("complaint").id),
                    str(self.customers["xinghai"].id),
                    "x",
                ]
                for number in range(3)
            ],
        )
        tickets = self.ticket.browse(made["ids"])
        self.assertEqual(set(tickets.mapped("state")), {"new"})
        self.assertEqual(len(self._clock(tickets, "ticket_contact")), 3)

    def test_not_deleted_not_copied(self):
        for record in (self.ticket, self._as(self.ticket, "adm"), self.ticket.sudo()):
            with self.refused(AccessError):
                record.unlink()
        with self.refused(UserError):
            self.ticket.copy()

    def test_merge_keeps_the_ticket(self):
        """Merging two customers moves the ticket, it does not lose it."""
        double = self.customers["xinghai"].copy({"name": "Xinghai again"})
        ticket = self._ticket(partner_id=double.id)
        wizard = self.env["base.partner.merge.automatic.wizard"].create(
            {
                "partner_ids": [Command.set((double | self.customers["xinghai"]).ids)],
                "dst_partner_id": self.customers["xinghai"].id,
            }
        )
        wizard.action_merge()
        self.env.invalidate_all()
        self.assertEqual(ticket.sudo().partner_id, self.customers["xinghai"])

    def test_steps_and_answers_are_evidence(self):
        step = self.ticket.step_ids[:1]
        self.ticket.action_answer("Replaced")
        self._as(self.ticket, "km").action_record_satisfaction(False, "phone", feedback="No")
        answer = self.env["sales.satisfaction"].search([("ticket_id", "=", self.ticket.id)])
        for rows, values in ((step, {"note": "x"}), (answer, {"score": 100})):
            for login in ("a", "km", "gm", "adm"):
                with self.subTest(model=rows._name, login=login):
                    with self.refused(AccessError):
                        self._as(rows, login).write(values)
                    with self.refused(AccessError):
                        self._as(rows, login).unlink()
            with self.refused(AccessError):
                rows.sudo().write(values)
        with self.refused(AccessError):
            self.env["sales.satisfaction"].with_user(self.users["a"]).create(
                {
                    "partner_id": self.customers["xinghai"].id,
                    "score": 100,
                    "source": "ticket",
                    "date": "2026-01-01",
                }
            )

    def test_foreign_documents(self):
        """Order, delivery and contact are the customer's; a colleague's order is not looked into."""
        order = self._order("a", "beihe")
        with self.refused(ValidationError):
            self._ticket(order_id=order.id)
        with self.refused(ValidationError):
            self.ticket.write({"order_id": order.id})
        with self.refused(ValidationError):
            self._ticket(contact_id=self.customers["nanfeng"].id)
        foreign = self._order("b", "xinghai")
        with self.refused(AccessError):
            self._ticket(order_id=foreign.id)
        own = self._order("a", "xinghai")
        self.ticket.write({"order_id": own.id})
        with self.refused(AccessError):
            self.ticket.write({"order_id": self._order("a", "xinghai").id})

    def test_colleagues(self):
        """A colleague neither reads nor works on it; auditors read."""
        self.assertFalse(self._as(self.ticket, "b").has_access("read"))
        self.assertFalse(self._as(self.ticket, "t").has_access("read"))
        for method, args in (
            ("action_contact", ("x",)),
            ("action_answer", ("x",)),
            ("action_close", ()),
            ("action_dispatch", ("x",)),
            ("action_void", ("x",)),
            ("action_set_severity", ("ordinary", "x")),
            ("action_set_kind", (self._kind("inquiry").id, "x")),
            ("action_assign", (self.users["b"].id,)),
            ("action_record_satisfaction", (True, "phone", 90, "x")),
            ("action_close_no_reply", ("x",)),
        ):
            for login in ("b", "aud", "fin"):
                with self.subTest(method=method, login=login), self.refused():
                    getattr(self._as(self.ticket, login), method)(*args)
        self.assertTrue(self._as(self.ticket, "aud").has_access("read"))
        self.assertFalse(self._as(self.ticket, "aud").has_access("write"))
        # A manager of another team neither
        with self.refused(AccessError):
            self._as(self.ticket, "tm").action_void("Not mine")

    def test_what_is_no_id(self):
        """Words, lists and numbers out of range are refused in words."""
        manager = self._as(self.ticket, "km")
        for value in ("x", [1], {"id": 1}, True, -1, 1.5, float("nan"), 10**12):
            for method, args in (
                ("action_set_kind", (value, "x")),
                ("action_assign", (value,)),
                ("action_assign", (False, value)),
                ("action_dispatch", ("x", value)),
            ):
                with (
                    self.subTest(method=method, value=value),
                    self.assertRaisesRegex(UserError, "names no record"),
                ):
                    getattr(manager, method)(*args)
        with self.assertRaisesRegex(UserError, "Which kind"):
            manager.action_set_kind(2**31 - 1, "x")
        with self.assertRaisesRegex(UserError, "0 to 100"):
            manager._score(True, 10**400)

    def test_companies(self):
        """A ticket of another company is out of reach, and takes none of our documents."""
        other = self.env["res.company"].create({"name": "Other of the tests"})
        stranger = new_test_user(
            self.env,
            login="stranger",
            groups="sales_team.group_sale_manager,sales_regulation.group_regulation_manager",
            company_id=other.id,
            company_ids=[Command.set(other.ids)],
        )
        ticket = self.ticket.with_user(stranger).with_context(allowed_company_ids=other.ids)
        self.assertFalse(ticket.search([("id", "=", ticket.id)]))
        with self.refused(AccessError):
            ticket.action_void("Not ours")
        with self.refused():
            ticket.create(
                {
                    "kind_id": self._kind("complaint").id,
                    "subject": "x",
                    "company_id": other.id,
                    "partner_id": self.customers["xinghai"].id,
                }
            )
        with self.refused(AccessError):
            self.ticket.write({"company_id": other.id})

    def test_lists(self):
        """A list of 1 and of 40 tickets costs the same, as the rep."""
        tickets = self.ticket
        for _number in range(39):
            tickets |= self._ticket()
        names = ["display_name", "is_late", "next_due_at", "state", "partner_id", "user_id"]

        def cost(records):
            self.env.flush_all()
            self.env.invalidate_all()
            count = self.cr.sql_log_count
            records.read(names)
            return self.cr.sql_log_count - count

        cost(tickets)
        self.assertEqual(cost(tickets[:1]), cost(tickets))

    def test_late_search(self):
        from freezegun import freeze_time

        with freeze_time(self._later(hours=25)):
            self.env.invalidate_all()
            found = self.ticket.search([("is_late", "=", True)])
            self.assertIn(self.ticket, found)
            self.assertTrue(self.ticket.is_late)
            self.ticket.action_contact("Called")
            self.assertFalse(self.ticket.is_late)
            self.assertNotIn(self.ticket, self.ticket.search([("is_late", "=", True)]))
