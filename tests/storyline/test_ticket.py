# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo.tests import tagged

from .common import StorylineCase


@tagged("post_install", "-at_install")
class TestStorylineTicket(StorylineCase):
    """Steps 33 to 35: complaint, satisfaction loop, inquiry and quality problem (C11)."""

    def register(self, kind, who="A", **values):
        ticket = self.person(who).create(
            "sales.ticket",
            kind_id=self.env.ref(f"sales_regulation.ticket_kind_{kind}").id,
            subject="Chips arrived bent",
            description="Every tenth has a bent pin.",
            partner_id=self.customers["xinghai"].id,
            **values,
        )
        return self.env["sales.ticket"].browse(ticket)

    def clock(self, ticket, code):
        return self.env["regulation.deadline"].search(
            [("res_model", "=", "sales.ticket"), ("res_id", "=", ticket.id), ("code", "=", code)],
            order="id desc",
        )

    def test_33_complaint(self):
        """Received Fri 03-06 14:00, first contact Mon 03-09 09:10: 43 h 10 min late; ordinary
        answer due Wed 03-11 18:00, major Tue 03-17 18:00."""
        self.at("2026-03-06 14:00")
        ticket = self.register("complaint")
        contact, answer = (self.clock(ticket, f"ticket_{code}") for code in ("contact", "answer"))
        self.assertEqual(self.local(contact.due_at), "2026-03-07 14:00")
        self.assertEqual(self.local(answer.due_at), "2026-03-11 18:00")
        self.assertEqual(ticket.coordinator_id, self.users["km"])
        major = self.register("complaint", severity="major")
        self.assertEqual(
            self.local(self.clock(major, "ticket_answer_major").due_at), "2026-03-17 18:00"
        )
        self.assertFalse(self.clock(major, "ticket_answer"))

        # The clock is nobody's to turn back
        for values in ({"contacted_at": "2026-03-06 06:30:00"}, {"received_at": "2026-03-09"}):
            for who in ("A", "KM", "GM", "ADM"):
                with self.person(who).refused(error="AccessError"):
                    self.person(who).write("sales.ticket", ticket.ids, **values)
        self.at("2026-03-07 14:01")
        self.cron("sales_regulation.ir_cron_deadline")
        self.assertTrue(self.events("deadline_breached", ticket, code="ticket_contact"))
        self.at("2026-03-09 09:10")
        self.A.call("sales.ticket", "action_contact", ticket.ids, note="Called Ms. Lin")
        self.assertEqual(contact.state, "breached")
        self.assertEqual(contact.breach_minutes, 43 * 60 + 10)
        self.assertEqual(self.local(ticket.contacted_at), "2026-03-09 09:10")
        with self.A.refused("on record"):
            self.A.call("sales.ticket", "action_contact", ticket.ids, note="Earlier")
        # Both side by side: the answer is still in time
        self.assertEqual(answer.state, "open")
        self.at("2026-03-11 18:00")
        self.KM.call("sales.ticket", "action_answer", ticket.ids, answer="New chips are on the way")
        self.assertEqual((answer.state, answer.breach_minutes), ("kept", 0))

    def test_34_satisfaction(self):
        """Answer 03-11, not satisfied: cannot close, loop 1; closes after 'satisfied'."""
        self.at("2026-03-06 14:00")
        ticket = self.register("complaint")
        self.at("2026-03-11 16:00")
        self.KM.call("sales.ticket", "action_answer", ticket.ids, answer="New chips are on the way")
        with self.A.refused("S3-39", "satisfied"):
            self.A.call("sales.ticket", "action_close", ticket.ids)
        with self.KM.refused(error="AccessError"):
            self.KM.call(
                "sales.ticket",
                "action_record_satisfaction",
                ticket.ids,
                satisfied=True,
                source="phone",
                feedback="She is content",
            )

        def says(satisfied, feedback):
            self.A.call(
                "sales.ticket",
                "action_record_satisfaction",
                ticket.ids,
                satisfied=satisfied,
                source="phone",
                feedback=feedback,
            )

        says(False, "Ms. Lin: these are bent too")
        self.assertEqual((ticket.state, ticket.loops), ("reopened", 1))
        with self.A.refused():
            self.A.call("sales.ticket", "action_close", ticket.ids)
        # Three working days again, from the moment he was not satisfied
        self.assertEqual(
            self.local(self.clock(ticket, "ticket_answer")[0].due_at), "2026-03-16 18:00"
        )
        self.at("2026-03-13 10:00")
        self.KM.call("sales.ticket", "action_answer", ticket.ids, answer="We sort them by hand")
        with self.A.refused("satisfied"):
            self.A.call("sales.ticket", "action_close", ticket.ids)
        says(True, "Ms. Lin: very good")
        self.assertEqual((ticket.state, ticket.result, ticket.loops), ("closed", "satisfied", 1))
        self.assertEqual(len(self.events("ticket_reopened", ticket)), 1)
        self.assertTrue(self.events("ticket_satisfied", ticket))

    def test_35_inquiry_and_quality(self):
        """Mon 03-16 15:00: inquiry due Tue 03-17 15:00, staff for a quality problem Wed 15:00."""
        self.at("2026-03-16 15:00")
        inquiry = self.register("inquiry")
        quality = self.register("quality", product_id=self.product.id)
        answer, staff = (
            self.clock(inquiry, "ticket_inquiry"),
            self.clock(quality, "ticket_dispatch"),
        )
        self.assertEqual(self.local(answer.due_at), "2026-03-17 15:00")
        self.assertEqual(self.local(staff.due_at), "2026-03-18 15:00")
        self.at("2026-03-17 15:00")
        self.A.call("sales.ticket", "action_answer", inquiry.ids, answer="In four weeks")
        self.A.call("sales.ticket", "action_close", inquiry.ids)
        self.assertEqual((answer.state, inquiry.result), ("kept", "done"))
        self.at("2026-03-18 15:30")
        self.A.call("sales.ticket", "action_dispatch", quality.ids, note="Mr. Hu goes there")
        self.assertEqual((staff.state, staff.breach_minutes), ("breached", 30))
        # No other kind while the clock runs, not for the owner
        with self.A.refused(error="AccessError"):
            self.A.write("sales.ticket", quality.ids, kind_id=inquiry.kind_id.id)
        with self.A.refused(error="AccessError"):
            self.A.call(
                "sales.ticket",
                "action_set_kind",
                quality.ids,
                kind_id=inquiry.kind_id.id,
                reason="Only a question",
            )
        with self.A.refused():
            self.A.call("sales.ticket", "unlink", quality.ids)
