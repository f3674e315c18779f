# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from datetime import datetime

import pytz

from odoo.tests import tagged

from .common import SHANGHAI, StorylineCase

#: what step 10 finds: points and tier
POINTS = {"xinghai": (90, 80, 85), "beihe": (70, 60, 65), "nanfeng": (55, 50, 60)}
TIERS = {"xinghai": "key", "beihe": "secondary", "nanfeng": "general"}
VISITS = (
    # customer, begin, end, when it is recorded
    ("xinghai", "2026-03-03 14:00", "2026-03-03 16:00", "2026-03-04 15:30"),
    ("beihe", "2026-03-10 14:00", "2026-03-10 16:00", "2026-03-10 17:30"),
    ("xinghai", "2026-03-12 10:00", "2026-03-12 11:00", "2026-03-13 11:20"),
    ("nanfeng", "2026-03-20 14:00", "2026-03-20 16:00", "2026-03-20 17:00"),
    ("xinghai", "2026-03-26 09:00", "2026-03-26 10:00", "2026-03-26 18:00"),
)


@tagged("post_install", "-at_install")
class TestVisits(StorylineCase):
    """Storyline 12 and 13: how often A visits his customers, and how fast he records it."""

    @classmethod
    def _adjust_profile(cls):
        """They are A's from before the regulation."""
        for customer in TIERS:
            cls.customers[customer].user_id = cls.users["a"]

    def tiers(self):
        """Step 10 on the first day of the regulation: before it there is no scoring sheet."""
        self.at("2026-03-01 10:00")
        for customer, points in POINTS.items():
            self.score(customer, points)
            tiers = self.customers[customer]._ka_tiers(self.company)
            self.assertEqual(tiers[self.customers[customer].id].code, TIERS[customer])

    def utc(self, moment):
        local = SHANGHAI.localize(datetime.fromisoformat(moment))
        return local.astimezone(pytz.utc).strftime("%Y-%m-%d %H:%M:%S")

    def night(self, day):
        """What the jobs of a night do."""
        self.at(f"{day} 01:00")
        with self.enter_registry_test_mode():
            self.env.ref("sales_regulation.ir_cron_duty").method_direct_trigger()
        self.env.invalidate_all()

    def plan(self, customer, begin, end):
        return self.A.create(
            "calendar.event",
            name="Visit",
            start=self.utc(begin),
            stop=self.utc(end),
            visit_partner_id=self.customers[customer].id,
        )

    def record(self, event):
        action = self.A.call("calendar.event", "action_record_visit", event)
        values = {
            key[len("default_") :]: value
            for key, value in action["context"].items()
            if key.startswith("default_")
        }
        contact = self.A.create(
            "sales.contact",
            **{
                **values,
                "content": "Samples of the controller",
                "feedback": "Good",
                "result": "Decision next week",
                "effect": "3",
                "next_date": "2026-04-02",
            },
        )
        self.A.call("sales.contact", "action_hand_in", contact)
        return self.env["sales.contact"].browse(contact)

    def march(self):
        """All visits of March as they happened."""
        self.tiers()
        recorded, events = {}, {}
        for day in range(2, 32):
            date = f"2026-03-{day:02}"
            self.night(date)
            for visit in VISITS:
                customer, begin, end, entered = visit
                if begin.startswith(date):
                    self.at(f"{date} 08:30")
                    events[visit] = self.plan(customer, begin, end)
                if entered.startswith(date):
                    self.at(entered)
                    recorded[visit] = self.record(events[visit])
        self.night("2026-04-01")
        return recorded

    def compliance(self, kind, who="A", **domain):
        rows = self.person(who).call(
            "visit.compliance.report",
            "formatted_read_group",
            domain=[
                ("kind", "=", kind),
                ("month", "=", "2026-03-01"),
                *((name, "=", value) for name, value in domain.items()),
            ],
            groupby=[],
            aggregates=["due:sum", "done:sum", "rate:avg"],
        )
        return rows[0]["done:sum"] or 0, rows[0]["due:sum"] or 0, round(rows[0]["rate:avg"] or 0, 2)

    def test_steps_12_and_13(self):
        recorded = self.march()
        expected = {
            "xinghai": ((3, 4, 75.0), (2, 3, 66.67)),
            "beihe": ((1, 2, 50.0), (1, 1, 100.0)),
            "nanfeng": ((1, 1, 100.0), (1, 1, 100.0)),
        }
        for customer, (frequency, record) in expected.items():
            with self.subTest(customer=customer):
                partner = self.customers[customer].id
                self.assertEqual(self.compliance("frequency", partner_id=partner), frequency)
                self.assertEqual(self.compliance("record", partner_id=partner), record)
                tier = self.env.ref(f"sales_regulation.ka_tier_{TIERS[customer]}").id
                self.assertEqual(self.compliance("frequency", "KM", tier_id=tier), frequency)
        # A overall, read by himself and by his manager; B reads nothing of it
        for who in ("A", "KM"):
            self.assertEqual(self.compliance("frequency", who), (5, 7, 71.43))
            self.assertEqual(self.compliance("record", who), (4, 5, 80.0))
        self.assertEqual(self.compliance("frequency", "B"), (0, 0, 0))
        team = self.teams["ka"].id
        self.assertEqual(self.compliance("frequency", "KM", team_id=team), (5, 7, 71.43))

        late = {contact for contact in recorded.values() if contact.is_late}
        self.assertEqual(late, {recorded[VISITS[2]]})
        clocks = self.env["regulation.deadline"].search(
            [("code", "=", "visit_record"), ("company_id", "=", self.company.id)]
        )
        self.assertEqual(
            sorted(clocks.mapped(lambda row: (row.state, row.breach_minutes))),
            [("breached", 20), *[("kept", 0)] * 4],
        )

    def test_the_week_over_the_end_of_march_belongs_to_april(self):
        self.tiers()
        for day in ("2026-03-30", "2026-04-07"):
            self.night(day)
        week = self.env["regulation.duty.instance"].search(
            [
                ("duty_id.code", "=", "visit_key"),
                ("company_id", "=", self.company.id),
                ("period_start", "=", "2026-03-30"),
            ]
        )
        self.assertEqual(str(week.month), "2026-04-01")

    def test_moving_the_visit_afterwards(self):
        """Nobody gains time by moving what is over (decision Starts a user can edit)."""
        self.at("2026-03-12 08:30")
        event = self.plan("xinghai", "2026-03-12 10:00", "2026-03-12 11:00")
        self.at("2026-03-13 11:00")
        later = self.utc("2026-03-12 12:00")
        for vals in ({"stop": later}, {"active": False}, {"visit_end": later}):
            with self.A.refused():
                self.A.write("calendar.event", event, **vals)
        with self.A.refused():
            self.A.call("calendar.event", "unlink", event)
        self.at("2026-03-13 11:20")
        self.assertTrue(self.record(event).is_late)
