# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from collections import Counter
from datetime import timedelta
from unittest.mock import patch

from odoo import Command, fields
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.sql_db import Cursor
from odoo.tests import new_test_user, tagged

from odoo.addons.sales_regulation.models.visit.sales_contact import NUMBER_TAIL

from .common import REFUSED, VisitCommon


@tagged("post_install", "-at_install")
class TestContact(VisitCommon):
    """Contacts are statements: corrected until hand-in, fixed from then on (C10)."""

    @classmethod
    def _prepare_profile(cls):
        cls._rule("follow_up", unit="calendar_days", value=1)

    def test_a_call_is_handed_in(self):
        """S1-19, S4-285: time, content and result of each contact by its channel."""
        with self.at("2026-03-03 10:00"):
            contact = self.contact()
            contact.action_hand_in()
        self.assertEqual(contact.state, "handed_in")
        self.assertEqual(contact.handed_in_at, self.utc("2026-03-03 10:00"))
        self.assertEqual(contact.owner_id, self.users["a"])
        self.assertTrue(contact.counts)
        self.assertFalse(contact.is_late)
        self.assertEqual(contact.commercial_partner_id, self.customers["xinghai"])

    def test_what_is_missing_is_named(self):
        """S3-28: what happened, what the customer said, what came of it."""
        with self.at("2026-03-03 10:00"):
            contact = self.contact(channel="visit", feedback=False, effect=False)
            with self.assertRaisesRegex(UserError, "Customer's Feedback[\\s\\S]*Effect"):
                contact.action_hand_in()
            contact.write({"feedback": "None", "effect": "1"})
            contact.action_hand_in()
        self.assertEqual(contact.state, "handed_in")

    def test_a_call_nobody_answered_needs_no_result(self):
        with self.at("2026-03-03 10:00"):
            contact = self.contact(outcome="no_answer", result=False)
            contact.action_hand_in()
        self.assertEqual(contact.state, "handed_in")
        self.assertFalse(contact.counts)

    def test_next_follow_up_is_never_missing(self):
        with self.at("2026-03-03 10:00"):
            contact = self.contact(next_date=False)
            with self.assertRaisesRegex(UserError, "Next Follow-up"):
                contact.action_hand_in()
            cold = self.contact(customer=None, number="010 5555 9999", next_date=False)
            cold.action_hand_in()
        self.assertEqual(cold.state, "handed_in")

    def test_handed_in_is_fixed(self):
        with self.at("2026-03-03 10:00"):
            contact = self.contact()
            contact.action_hand_in()
            for login in ("a", "km", "gm", "adm"):
                for vals in (
                    {"outcome": "no_answer"},
                    {"happened_at": self.utc("2026-03-02 10:00")},
                    {"partner_id": self.customers["dongfang"].id},
                    {"user_id": self.users["b"].id},
                    {"next_date": "2027-01-01"},
                ):
                    with self.subTest(login=login, vals=vals), self.assertRaises(REFUSED):
                        self._as(contact, login).write(vals)
            with self.assertRaises(UserError):
                contact.sudo().write({"result": "Another"})
            with self.assertRaises(UserError):
                contact.unlink()
            with self.assertRaises(UserError):
                contact.sudo().unlink()

    def test_what_the_system_stamps_is_not_typed(self):
        forged = {
            "state": "handed_in",
            "counts": True,
            "counts_at": self.utc("2026-03-01 09:00"),
            "handed_in_at": self.utc("2026-03-01 09:00"),
            "owner_id": self.users["b"].id,
            "signed_by_id": self.users["km"].id,
            "signed_at": self.utc("2026-03-01 09:00"),
            "quantity": 50,
            "is_late": True,
            "followed_at": self.utc("2026-03-01 09:00"),
        }
        with self.at("2026-03-03 10:00"):
            contact = self.contact()
            for name, value in forged.items():
                with self.subTest(field=name):
                    with self.assertRaises(AccessError):
                        contact.write({name: value})
                    with self.assertRaises(AccessError):
                        contact.sudo().write({name: value})
                    with self.assertRaises(AccessError):
                        self.contact(**{name: value})
                    by_context = contact.with_context(**{f"default_{name}": value}).create(
                        {"partner_id": self.customers["xinghai"].id}
                    )
                    self.assertNotEqual(by_context[name], value)

    def test_entry_is_stamped_by_the_server(self):
        with self.at("2026-03-03 10:00"):
            contact = self.contact(entered_at=self.utc("2026-03-01 08:00"))
            self.assertEqual(contact.entered_at, self.utc("2026-03-03 10:00"))
            with self.assertRaises(AccessError):
                contact.entered_at = self.utc("2026-03-01 08:00")

    def test_entered_late_counts_from_its_entry(self):
        """Decision "A contact counts if": a contact entered late counts from its entry."""
        with self.at("2026-03-09 10:00"):
            early = self.contact(happened_at=self.utc("2026-03-06 15:00"))
            early.action_hand_in()
        # Friday's call is due on Monday at 9:00
        self.assertEqual(self.local(early.due_at), "2026-03-09 09:00")
        self.assertTrue(early.is_late)
        self.assertEqual(early.counts_at, self.utc("2026-03-09 10:00"))
        self.assertEqual(self.clock(early, "contact_record").breach_minutes, 60)
        with self.at("2026-03-09 09:00"):
            kept = self.contact(happened_at=self.utc("2026-03-06 15:00"))
            kept.action_hand_in()
        self.assertFalse(kept.is_late)
        self.assertEqual(kept.counts_at, self.utc("2026-03-06 15:00"))
        self.assertEqual(self.clock(kept, "contact_record").state, "kept")

    def test_not_before_it_took_place(self):
        with self.at("2026-03-03 10:00"):
            contact = self.contact(happened_at=self.utc("2026-03-03 10:01"))
            with self.assertRaisesRegex(UserError, "not taken place"):
                contact.action_hand_in()

    def test_once(self):
        with self.at("2026-03-03 10:00"):
            contact = self.contact()
            contact.action_hand_in()
            with self.assertRaisesRegex(UserError, "already"):
                contact.action_hand_in()

    def test_in_the_name_of_another(self):
        with self.at("2026-03-03 10:00"):
            with self.assertRaises(AccessError):
                self.contact("b", user_id=self.users["a"].id)
            own = self.contact("b", "dongfang")
            with self.assertRaises(AccessError):
                own.user_id = self.users["a"]
            with self.assertRaises(AccessError):
                self._as(self.contact(), "km").action_hand_in()

    def test_delegate_of_the_owner_counts(self):
        with self.at("2026-03-03 10:00"):
            foreign = self.contact("b", "xinghai")
            foreign.action_hand_in()
            self.assertFalse(foreign.counts, "Xinghai is A's customer")
            self.env["regulation.delegation"].with_user(self.users["a"]).create(
                {
                    "user_id": self.users["a"].id,
                    "delegate_id": self.users["b"].id,
                    "date_from": "2026-03-01",
                    "date_to": "2026-03-31",
                    "reason": "Fair",
                }
            )
            standing_in = self.contact("b", "xinghai")
            standing_in.action_hand_in()
            self.assertTrue(standing_in.counts)
            for_him = self.contact("b", "xinghai", user_id=self.users["a"].id)
            for_him.action_hand_in()
            self.assertTrue(for_him.counts)

    def test_last_contacts(self):
        Contact = self.env["sales.contact"]
        partners = Contact.partner_id.browse([row.id for row in self.customers.values()])
        with self.at("2026-03-02 10:00"):
            self.contact().action_hand_in()
            self.contact("b", "dongfang").action_hand_in()
        with self.at("2026-03-05 10:00"):
            last = self.contact()
            last.action_hand_in()
            self.contact("b", "xinghai").action_hand_in()
            self.contact(outcome="no_answer").action_hand_in()
            self.contact(happened_at=self.utc("2026-03-05 09:00"))
            found = Contact._last_contacts(partners, self.company)
            self.assertEqual(found[self.customers["xinghai"].id], last)
            self.assertEqual(
                set(found), {self.customers["xinghai"].id, self.customers["dongfang"].id}
            )
            # By a person of the customer too
            person = self.env["res.partner"].create(
                {"name": "Ms. Lin", "parent_id": self.customers["xinghai"].id}
            )
            self.assertEqual(
                Contact._last_contacts(person, self.company), {self.customers["xinghai"].id: last}
            )
            # What the former owner did does not count for the new one
            self.customers["xinghai"].user_id = self.users["b"]
            self.assertNotEqual(
                Contact._last_contacts(person, self.company).get(self.customers["xinghai"].id), last
            )
            other = self.env["res.company"].create({"name": "Sister"})
            self.assertFalse(Contact._last_contacts(partners, other))
            self.env.flush_all()
            self.env["regulation.profile"]._regulated_companies()
            with self.assertQueryCount(1):
                Contact._last_contacts(partners, self.company)

    def test_taken_back_by_a_counter_entry(self):
        with self.at("2026-03-03 10:00"):
            contact = self.contact(interested=True)
            contact.action_hand_in()
            with self.assertRaisesRegex(UserError, "why"):
                contact.action_correct(" ")
            [entry] = contact.action_correct("It was Beihe")
            entry = contact.browse(entry)
            self.assertEqual(contact.state, "corrected")
            self.assertFalse(contact.counts)
            self.assertEqual((entry.quantity, entry.corrects_id), (-1, contact))
            self.assertEqual(sum((contact | entry).mapped("quantity")), 0)
            self.assertEqual(entry.user_id, self.users["a"])
            self.assertFalse(
                contact._last_contacts(self.customers["xinghai"], self.company)
            )
            for again in (contact, entry):
                with self.assertRaises(UserError):
                    again.action_correct("Once more")
            with self.assertRaises(AccessError):
                self._as(contact, "b").action_correct("Not mine")
        self.assertEqual(
            self.env["regulation.register"].search_count(
                [("event", "=", "contact_corrected"), ("res_id", "=", contact.id)]
            ),
            1,
        )

    def test_correction_wizard(self):
        with self.at("2026-03-03 10:00"):
            contact = self.contact()
            contact.action_hand_in()
            action = contact.action_ask_correction()
            wizard = (
                self.env[action["res_model"]]
                .with_user(self.users["a"])
                .create({"contact_ids": [Command.set(contact.ids)], "reason": "Twice entered"})
            )
            wizard.action_apply()
        self.assertEqual(contact.state, "corrected")

    def test_signed_by_the_manager(self):
        with self.at("2026-03-03 10:00"):
            contact = self.contact()
            contact.action_hand_in()
            with self.assertRaises(UserError):
                contact._sign()
            self._as(contact, "km")._sign()
        self.assertEqual(contact.signed_by_id, self.users["km"])
        self.assertEqual(contact.signed_at, self.utc("2026-03-03 10:00"))

    def test_follow_up_is_over_with_the_next_contact(self):
        with self.at("2026-03-03 10:00"):
            first = self.contact(next_date="2026-03-06", next_step="Send the offer")
            first.action_hand_in()
            self.assertEqual(first.activity_ids.summary, "Send the offer")
            self.assertEqual(first.activity_ids.user_id, self.users["a"])
        with self.at("2026-03-05 10:00"):
            missed = self.contact(outcome="no_answer", next_date=False, number="0755 1111 0001")
            with self.assertRaisesRegex(UserError, "Next Follow-up"):
                missed.action_hand_in()
            self.assertFalse(first.followed_at)
            second = self.contact()
            second.action_hand_in()
            self.assertEqual(first.followed_at, self.utc("2026-03-05 10:00"))
            self.assertFalse(first.activity_ids)
            self.assertTrue(second.activity_ids)
            second.action_correct("Never happened")
            self.assertFalse(second.activity_ids)
        # What it had ended is waited for again: the next follow-up is never missing
        self.assertFalse(first.followed_at)
        self.assertEqual(first.activity_ids.summary, "Send the offer")
        self.assertEqual(first.activity_ids.date_deadline, fields.Date.to_date("2026-03-06"))
        self.assertEqual(self.clock(first, "follow_up").state, "open")

    def test_another_contact_has_followed_up_as_well(self):
        """A contact that is taken back leaves what another one has ended meanwhile ended."""
        with self.at("2026-03-03 10:00"):
            first = self.contact(next_date="2026-03-06")
            first.action_hand_in()
        with self.at("2026-03-05 10:00"):
            fake = self.contact()
            fake.action_hand_in()
            self.contact("b", "xinghai").action_hand_in()
        with self.at("2026-03-09 10:00"):
            real = self.contact()
            real.action_hand_in()
        self.assertEqual(self.clock(first, "follow_up").state, "kept")
        with self.at("2026-03-10 10:00"):
            fake.action_correct("Never happened")
        self.assertEqual(first.followed_at, self.utc("2026-03-09 10:00"))
        self.assertFalse(first.activity_ids)
        clock = self.clock(first, "follow_up")
        self.assertEqual((clock.state, clock.done_at), ("breached", self.utc("2026-03-09 10:00")))
        self.assertFalse(real.followed_at)
        self.assertTrue(real.activity_ids)

    def test_create_opportunity(self):
        """S1-12: a need that the customer has not named becomes an opportunity."""
        with self.at("2026-03-03 10:00"):
            contact = self.contact(need="A second line next year")
            contact.action_hand_in()
            action = contact.action_create_opportunity()
            lead = self.env["crm.lead"].browse(action["res_id"])
            self.assertEqual(lead.partner_id, self.customers["xinghai"])
            self.assertEqual(lead.user_id, self.users["a"])
            self.assertIn("second line", lead.description)
            self.assertEqual(contact.action_create_opportunity()["res_id"], lead.id)
            with self.assertRaises(AccessError):
                self._as(contact, "km").action_create_opportunity()

    def test_lead_of_somebody_else(self):
        """The label of a lead that one may not read is not had by naming its number."""
        lead = self.env["crm.lead"].create(
            {"name": "Secret", "user_id": self.users["b"].id, "company_id": self.company.id}
        )
        with self.assertRaises(AccessError):
            self.contact(lead_id=lead.id)
        contact = self.contact()
        with self.assertRaises(AccessError):
            contact.lead_id = lead
        own = self.contact("b", customer=None, lead_id=lead.id, number=False)
        self.assertEqual(own.lead_id, lead)

    def test_with_whom(self):
        with self.assertRaises(ValidationError):
            self.contact(customer=None)

    def test_other_people_do_not_read_it(self):
        contact = self.contact()
        self.assertFalse(self._as(contact, "b").has_access("read"))
        self.assertTrue(self._as(contact, "km").has_access("read"))
        self.assertTrue(self._as(contact, "aud").has_access("read"))
        self.assertFalse(self._as(contact, "km").has_access("write"))

    def test_two_companies(self):
        other = self.env["res.company"].create({"name": "Sister"})
        theirs = self.env["res.partner"].create({"name": "Theirs", "company_id": other.id})
        with self.assertRaises(REFUSED):
            self.contact(customer=None, partner_id=theirs.id)
        stranger = new_test_user(
            self.env,
            login="stranger",
            groups="sales_regulation.group_regulation_manager",
            company_id=other.id,
            company_ids=[Command.set(other.ids)],
        )
        contact = self.contact().with_user(stranger).with_context(allowed_company_ids=other.ids)
        self.assertFalse(contact.has_access("read"))
        with self.assertRaises(REFUSED):
            self.contact(company_id=other.id)


@tagged("post_install", "-at_install")
class TestBulkEntry(VisitCommon):
    """One grid: number, customer, outcome; or a telephone list (decision Self-reported facts)."""

    def test_the_customer_is_found_by_the_number(self):
        for number in ("0755 1111 0001", "+86 755-1111-0001", "(0755)11110001"):
            with self.subTest(number=number):
                contact = self.contact(customer=None, number=number)
                self.assertEqual(contact.partner_id, self.customers["xinghai"])
        self.assertFalse(self.contact(customer=None, number="0755 1111 0099").partner_id)
        self.assertFalse(self.contact(customer=None, number="12").partner_id)

    def test_a_number_of_two_customers_says_nothing(self):
        self.customers["beihe"].phone = self.customers["xinghai"].phone
        self.assertFalse(self.contact(customer=None, number="0755 1111 0001").partner_id)

    def test_a_number_that_begins_with_zero(self):
        """A mobile of Taiwan has ten digits with its zero, nine without."""
        beihe, nanfeng = self.customers["beihe"], self.customers["nanfeng"]
        self.company.country_id = (beihe | nanfeng).country_id = self.env.ref("base.tw")
        for known in ("0912 345 678", "+886 912 345 678"):
            beihe.phone = known
            for number in ("0912 345 678", "0912-345678", "+886 912 345 678", "886912345678"):
                with self.subTest(known=known, number=number):
                    contact = self.contact(customer=None, number=number)
                    self.assertEqual(contact.partner_id, beihe)
        # The same number in two forms, of two customers
        nanfeng.phone = "0912 345 678"
        self.assertFalse(self.contact(customer=None, number="0912 345 678").partner_id)

    def test_a_number_is_looked_up_in_the_index(self):
        contacts = self.env["sales.contact"]
        self.assertTrue(contacts._partners_by_number(["0755 1111 0001"], self.company))
        self.env.flush_all()
        with self.assertQueryCount(2):
            contacts._partners_by_number(["0755 1111 0001", "0755 1111 0002"], self.company)
        # Few customers are read as a whole, whatever the index
        self.env.cr.execute("SET LOCAL enable_seqscan = off")
        self.env.cr.execute(
            "EXPLAIN SELECT id FROM res_partner WHERE phone IS NOT NULL"
            f" AND {NUMBER_TAIL} IN ('7551111000', '1234567890')"
        )
        plan = "\n".join(row[0] for row in self.env.cr.fetchall())
        self.assertIn("res_partner_regulation_number_idx", plan)

    def test_number_changed_in_the_grid(self):
        contact = self.contact(customer=None, number="0755 1111 0099")
        contact.number = "0755 1111 0002"
        self.assertEqual(contact.partner_id, self.customers["beihe"])

    def test_import(self):
        with self.at("2026-03-03 18:00"):
            rows = [
                ["call", "0755 1111 0001", "reached", "Offer wanted", "2026-03-10"],
                ["call", "0755 1111 0002", "no_answer", "", "2026-03-10"],
                ["call", "0755 9999 0002", "reached", "No need", ""],
            ]
            result = (
                self.env["sales.contact"]
                .with_user(self.users["a"])
                .load(["channel", "number", "outcome", "result", "next_date"], rows)
            )
            self.assertFalse(result["messages"])
            contacts = self.env["sales.contact"].with_user(self.users["a"]).browse(result["ids"])
            self.assertEqual(
                contacts.partner_id, self.customers["xinghai"] | self.customers["beihe"]
            )
            contacts.action_hand_in()
        self.assertEqual(set(contacts.mapped("state")), {"handed_in"})

    def test_import_cannot_forge(self):
        result = (
            self.env["sales.contact"]
            .with_user(self.users["a"])
            .load(
                ["number", "state", "handed_in_at", "counts"],
                [["0755 1111 0001", "handed_in", "2026-03-01 08:00:00", "True"]],
            )
        )
        self.assertTrue(result["messages"])
        self.assertFalse(result["ids"])

    def hand_in(self, number):
        """The statements of handing in so many calls."""
        contacts = self.env["sales.contact"].browse()
        for index in range(number):
            contacts |= self.contact(happened_at=fields.Datetime.now() - timedelta(minutes=index))
        self.env.flush_all()
        self.env.invalidate_all()
        statements = []
        execute = Cursor.execute

        def note(cursor, query, params=None, log_exceptions=True):
            statements.append(str(getattr(query, "code", query))[:100])
            return execute(cursor, query, params, log_exceptions)

        with patch.object(Cursor, "execute", note):
            contacts.action_hand_in()
            self.env.flush_all()
        return Counter(statements)

    def test_queries_do_not_grow(self):
        """Forty calls are handed in as three."""
        with self.at("2026-03-03 18:00"):
            self.hand_in(2)
            few, many = self.hand_in(3), self.hand_in(40)
        self.assertLessEqual(many.total(), few.total() + 4, (many - few).most_common(8))


@tagged("post_install", "-at_install")
class TestRevisit(VisitCommon):
    """S0-08, S1-11, S4-234: customers are contacted again at intervals of the regulation."""

    settings = {"contact_revisit_days": 30}

    def test_the_next_day_is_proposed(self):
        with self.at("2026-03-03 10:00"):
            contact = self.contact(next_date=False)
            contact.action_hand_in()
            own = self.contact(next_date="2026-03-04")
            own.action_hand_in()
        self.assertEqual(contact.next_date, fields.Date.to_date("2026-04-02"))
        self.assertEqual(own.next_date, fields.Date.to_date("2026-03-04"))

    def test_far_from_utc(self):
        """The day is the company's: 00:30 on 03-04 in Shanghai is 03-03 in London."""
        with self.at("2026-03-04 00:30"):
            contact = self.contact(next_date=False)
            contact.action_hand_in()
        self.assertEqual(contact.next_date, fields.Date.to_date("2026-04-03"))


@tagged("post_install", "-at_install")
class TestObserved(VisitCommon):
    gates = {"contact_complete": "observe", "contact_follow_up": "off"}

    def test_observed_passes_and_is_noted(self):
        with self.at("2026-03-03 10:00"):
            contact = self.contact(channel="visit", feedback=False, next_date=False)
            self.assertIn("not complete", contact.regulation_notice)
            contact.action_hand_in()
        self.assertEqual(contact.state, "handed_in")
