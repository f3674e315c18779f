# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from freezegun import freeze_time

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import tagged

from odoo.addons.sales_regulation.tools import engine

from .common import REFUSED, VisitCommon


@tagged("post_install", "-at_install")
class TestVisit(VisitCommon):
    """The clock of a visit record counts from the planned end (S3-29, decision Starts a user can edit)."""

    def planned(self, **values):
        with self.at("2026-03-02 09:00"):
            return self.visit("2026-03-03 14:00", "2026-03-03 16:00", **values)

    def test_exactly_24_hours(self):
        visit = self.planned()
        self.assertEqual(visit.visit_state, "planned")
        self.assertEqual(self.local(self.clock(visit, "visit_record").due_at), "2026-03-04 16:00")
        with self.at("2026-03-04 16:00"):
            record = self.record(visit)
            record.action_hand_in()
        self.assertFalse(record.is_late)
        self.assertEqual(record.happened_at, self.utc("2026-03-03 16:00"))
        self.assertEqual(self.clock(visit, "visit_record").state, "kept")
        self.assertEqual(visit.visit_state, "done")

    def test_a_second_more_than_24_hours(self):
        visit = self.planned()
        with self.at("2026-03-04 16:00:01"):
            record = self.record(visit)
            record.action_hand_in()
        self.assertTrue(record.is_late)
        clock = self.clock(visit, "visit_record")
        self.assertEqual((clock.state, clock.breach_minutes), ("breached", 1))

    def test_holidays_do_not_stop_the_hours(self):
        """S3-29 wants hours: neither a holiday nor a make-up working day changes them."""
        self.env["resource.calendar.leaves"].create(
            {
                "name": "Holiday",
                "calendar_id": self.calendar.id,
                "company_id": self.company.id,
                "date_from": self.utc("2026-03-04 00:00"),
                "date_to": self.utc("2026-03-06 23:59:59"),
            }
        )
        visit = self.planned()
        self.assertEqual(self.local(self.clock(visit, "visit_record").due_at), "2026-03-04 16:00")

    def test_over_the_clock_change(self):
        """Berlin, 2026-03-29: 24 elapsed hours end an hour later on the clock."""
        self.calendar.tz = "Europe/Berlin"
        with freeze_time("2026-03-28 08:00:00"):
            visit = (
                self.env["calendar.event"]
                .with_user(self.users["a"])
                .create(
                    {
                        "name": "Visit",
                        "start": "2026-03-28 13:00:00",
                        "stop": "2026-03-28 15:00:00",
                        "visit_partner_id": self.customers["xinghai"].id,
                    }
                )
            )
        due = self.clock(visit, "visit_record").due_at
        self.assertEqual(str(due), "2026-03-29 15:00:00")
        self.assertEqual(self.company._regulation_local(due).hour, 17)

    def test_24_hours_20(self):
        visit = self.planned()
        with self.at("2026-03-04 16:20"):
            record = self.record(visit)
            record.action_hand_in()
        self.assertTrue(record.is_late)
        self.assertEqual(record.counts_at, self.utc("2026-03-04 16:20"))
        clock = self.clock(visit, "visit_record")
        self.assertEqual((clock.state, clock.breach_minutes), ("breached", 20))

    def test_hours_run_over_weekend_and_night(self):
        with self.at("2026-03-06 09:00"):
            visit = self.visit("2026-03-06 16:00", "2026-03-06 17:00")
        self.assertEqual(self.local(self.clock(visit, "visit_record").due_at), "2026-03-07 17:00")

    def test_moved_before_its_end(self):
        visit = self.planned()
        with self.at("2026-03-03 15:59"):
            visit.write({"start": self.utc("2026-03-05 14:00"), "stop": self.utc("2026-03-05 16:00")})
        self.assertEqual(self.local(self.clock(visit, "visit_record").due_at), "2026-03-06 16:00")
        self.assertEqual(
            self.env["regulation.register"].search_count(
                [("event", "=", "visit_moved"), ("res_id", "=", visit.id)]
            ),
            1,
        )

    def test_over_is_over(self):
        visit = self.planned()
        visit.with_user(self.users["a"]).name = "Visit to Xinghai"
        with self.at("2026-03-03 16:00"):
            for login in ("a", "km", "gm"):
                event = self._as(visit, login)
                for vals in (
                    {"stop": self.utc("2026-03-05 16:00")},
                    {"start": self.utc("2026-03-05 14:00")},
                    {"duration": 50},
                    {"allday": True},
                    {"active": False},
                    {"user_id": self.users["b"].id},
                    {"visit_partner_id": self.customers["beihe"].id},
                    {"visit_partner_id": False},
                    {"recurrency": True},
                ):
                    with self.subTest(login=login, vals=vals), self.assertRaises(REFUSED):
                        event.write(dict(vals))
                for method in ("unlink", "action_cancel_visit", "action_archive"):
                    with self.subTest(login=login, method=method), self.assertRaises(REFUSED):
                        getattr(event, method)()
            with self.assertRaises(UserError):
                visit.sudo().write({"stop": self.utc("2026-03-05 16:00")})
            with self.assertRaises(UserError):
                visit.sudo().unlink()
            self.assertTrue(visit.exists().active)
            self.assertEqual(visit.stop, visit.visit_end)

    def test_stamps_are_not_typed(self):
        visit = self.planned()
        for vals in (
            {"visit_end": self.utc("2026-03-09 16:00")},
            {"visit_state": "done"},
            {"visit_company_id": False},
        ):
            with self.subTest(vals=vals), self.assertRaises(AccessError):
                visit.write(dict(vals))
            with self.assertRaises(AccessError):
                visit.create({"name": "x", **vals})
        with self.at("2026-03-02 09:00"):
            other = visit.with_context(default_visit_state="done").create(
                {"name": "x", "visit_partner_id": self.customers["beihe"].id}
            )
        self.assertEqual(other.visit_state, "planned")

    def test_visits_of_a_colleague(self):
        visit = self.planned()
        with self.at("2026-03-02 10:00"):
            for act in (
                lambda event: event.write({"stop": self.utc("2026-03-03 17:00")}),
                lambda event: event.action_cancel_visit(),
                lambda event: event.unlink(),
            ):
                with self.assertRaises(AccessError):
                    act(self._as(visit, "b"))
            self._as(visit, "km").write({"stop": self.utc("2026-03-03 17:00")})
        self.assertEqual(visit.visit_end, self.utc("2026-03-03 17:00"))

    def test_batch(self):
        """One that is over holds back the change of all."""
        with self.at("2026-03-02 09:00"):
            first = self.visit("2026-03-03 14:00", "2026-03-03 16:00")
            later = self.visit("2026-03-05 14:00", "2026-03-05 16:00")
        with self.at("2026-03-04 09:00"):
            with self.assertRaises(UserError):
                (first | later).write({"active": False})
            self.assertTrue(later.active)
            with self.assertRaises(UserError):
                (first | later).unlink()

    def test_cancelled_is_no_visit(self):
        visit = self.planned()
        with self.at("2026-03-03 10:00"):
            visit.action_cancel_visit()
            self.assertFalse(visit.active)
            self.assertEqual(visit.visit_state, "cancelled")
            self.assertFalse(self.clock(visit, "visit_record"))
            with self.assertRaises(REFUSED):
                visit.write({"active": True})
        with self.at("2026-03-03 17:00"):
            gone = self.planned()
        with self.at("2026-03-03 10:00"):
            gone.unlink()
        self.assertEqual(
            self.env["regulation.register"].search_count(
                [("event", "=", "visit_cancelled"), ("res_model", "=", "calendar.event")]
            ),
            2,
        )

    def test_it_did_not_take_place(self):
        visit = self.planned()
        with self.at("2026-03-03 17:00"):
            self.record(visit, outcome="not_held", content=False).action_hand_in()
        self.assertEqual(visit.visit_state, "not_held")
        self.assertEqual(self.clock(visit, "visit_record").state, "kept")

    def test_recorded_once(self):
        visit = self.planned()
        with self.at("2026-03-03 17:00"):
            twice = self.record(visit) | self.record(visit)
            with self.assertRaisesRegex(UserError, "already"):
                twice.action_hand_in()
            twice[0].action_hand_in()
            with self.assertRaisesRegex(UserError, "already"):
                twice[1].action_hand_in()
            self.assertEqual(visit.action_record_visit()["res_id"], twice[0].id)

    def test_record_of_another_visit(self):
        visit = self.planned()
        with self.at("2026-03-03 17:00"):
            for vals in (
                {"partner_id": self.customers["beihe"].id},
                {"channel": "call"},
            ):
                with self.subTest(vals=vals), self.assertRaises(ValidationError):
                    self.record(visit, **vals)
            with self.assertRaises(REFUSED):
                self.record(visit, "b", user_id=self.users["b"].id)
            # The time is the visit's, whatever is typed
            record = self.record(visit, happened_at=self.utc("2026-03-03 09:00"))
            self.assertEqual(record.happened_at, self.utc("2026-03-03 16:00"))
            record.happened_at = self.utc("2026-03-01 09:00")
            self.assertEqual(record.happened_at, self.utc("2026-03-03 16:00"))

    def test_taken_back_it_is_to_be_recorded_again(self):
        visit = self.planned()
        with self.at("2026-03-03 17:00"):
            record = self.record(visit)
            record.action_hand_in()
            clock = self.clock(visit, "visit_record")
            self.assertEqual(clock.state, "kept")
            record.action_correct("Wrong text")
            self.assertEqual(visit.visit_state, "planned")
            self.assertEqual((clock.state, clock.done_at), ("open", False))
            again = self.record(visit)
            again.action_hand_in()
        self.assertEqual(visit.visit_state, "done")
        self.assertEqual(clock.state, "kept")
        with self.at("2026-03-05 17:00"):
            again.action_correct("Never happened")
            self.record(visit).action_hand_in()
        self.assertEqual((clock.state, clock.breach_minutes), ("breached", 25 * 60))

    def test_visits_neither_repeat_nor_last_a_day(self):
        with self.at("2026-03-02 09:00"):
            for vals in (
                {
                    "recurrency": True,
                    "rrule_type": "weekly",
                    "mon": True,
                    "end_type": "count",
                    "count": 3,
                },
                {"allday": True, "start_date": "2026-03-03", "stop_date": "2026-03-03"},
            ):
                with self.subTest(vals=vals), self.assertRaises(UserError):
                    self.visit("2026-03-03 14:00", "2026-03-03 16:00", **vals)
            visit = self.planned()
            with self.assertRaises(UserError):
                visit.write({"recurrency": True, "rrule_type": "daily", "count": 2})

    def test_series_of_other_events_are_as_before(self):
        """A weekly meeting is moved as a whole while a regulation is in force."""
        with self.at("2026-03-02 09:00"):
            meeting = self.visit(
                "2026-03-03 14:00",
                "2026-03-03 16:00",
                visit_partner_id=False,
                recurrency=True,
                rrule_type="weekly",
                tue=True,
                end_type="count",
                count=3,
            )
            self.assertEqual(len(meeting.recurrence_id.calendar_event_ids), 3)
            meeting.write(
                {
                    "start": self.utc("2026-03-03 15:00"),
                    "stop": self.utc("2026-03-03 17:00"),
                    "recurrence_update": "all_events",
                }
            )
            series = self.env["calendar.event"].search([("name", "=", "Visit")])
            self.assertFalse(any(series.mapped("visit_state")))
            with self.assertRaises(UserError):
                series[:1].visit_partner_id = self.customers["beihe"]

    def test_an_event_becomes_a_visit(self):
        with self.at("2026-03-02 09:00"):
            event = self.visit("2026-03-03 14:00", "2026-03-03 16:00", visit_partner_id=False)
            self.assertFalse(event.visit_state)
            event.visit_partner_id = self.customers["beihe"]
        self.assertEqual(event.visit_state, "planned")
        self.assertTrue(self.clock(event, "visit_record"))

    def test_entered_afterwards_is_late_from_the_start(self):
        """A visit that is put into the calendar after it took place has its clock behind it."""
        with self.at("2026-03-06 09:00"):
            visit = self.visit("2026-03-03 14:00", "2026-03-03 16:00")
            record = self.record(visit)
            record.action_hand_in()
        self.assertTrue(record.is_late)
        self.assertEqual(record.counts_at, self.utc("2026-03-06 09:00"))

    def test_customer_of_another_company(self):
        other = self.env["res.company"].create({"name": "Sister"})
        theirs = self.env["res.partner"].create({"name": "Theirs", "company_id": other.id})
        engine(self._profile(assign={"company_id": other.id}, publish=False)).write(
            {"state": "active"}
        )
        with self.at("2026-03-02 09:00"), self.assertRaises(REFUSED):
            self.visit("2026-03-03 14:00", "2026-03-03 16:00", visit_partner_id=theirs.id)

    def test_of_a_company_without_regulation(self):
        other = self.env["res.company"].create({"name": "Sister"})
        theirs = self.env["res.partner"].create({"name": "Theirs", "company_id": other.id})
        self.users["a"].company_ids |= other
        with self.at("2026-03-02 09:00"):
            visit = self.visit(
                "2026-03-03 14:00", "2026-03-03 16:00", visit_partner_id=theirs.id
            )
        self.assertFalse(visit.visit_state)
        with self.at("2026-03-05 09:00"):
            visit.stop = self.utc("2026-03-06 09:00")
            visit.unlink()

    def test_without_regulation_the_calendar_is_stock(self):
        visit = self.planned()
        engine(self.env["regulation.profile"].search([])).write({"state": "retired"})
        with self.at("2026-03-05 09:00"):
            visit.stop = self.utc("2026-03-06 09:00")
            event = self.visit("2026-03-03 14:00", "2026-03-03 16:00")
            self.assertFalse(event.visit_state)
            (visit | event).unlink()
        self.assertFalse((visit | event).exists())


@tagged("post_install", "-at_install")
class TestVisitDuty(VisitCommon):
    """S3-30 to S3-32: how often a customer is visited."""

    @classmethod
    def _prepare_profile(cls):
        cls.duty = cls.env["regulation.duty"].create(
            {
                "profile_id": cls.profile.id,
                "code": "visit_key",
                "name": "Visit key accounts",
                "frequency": "weekly",
                "who": "owner",
                "subject_model": "res.partner",
                "subject_domain": "[('ref', '=', 'KEY')]",
                "contact_kind": "visit",
            }
        )
        cls.tiered = cls.duty.copy(
            {
                "code": "visit_tier",
                "subject_domain": "[('ka_tier_id.code', '=', 'key'), ('parent_id', '=', False)]",
            }
        )
        cls.customers["xinghai"].ref = "KEY"

    def instances(self, moment, duty=None):
        duty = duty or self.duty
        with self.at(moment):
            duty._create_instances()
            self.env["regulation.duty.instance"]._judge_ended()
        return duty.instance_ids

    def test_a_visit_fulfils_its_week(self):
        week = self.instances("2026-03-02 01:00")
        self.assertEqual(week.state, "open")
        with self.at("2026-03-03 10:00"):
            self.contact().action_hand_in()
        self.assertEqual(week.state, "open", "a call is no visit")
        with self.at("2026-03-03 10:00"):
            self.contact("b", channel="visit").action_hand_in()
        self.assertEqual(week.state, "open", "B is not its owner")
        with self.at("2026-03-03 11:00"):
            record = self.contact(channel="visit")
            record.action_hand_in()
        self.assertEqual(week.state, "done")
        self.assertEqual((week.document_model, week.document_id), ("sales.contact", record.id))
        with self.at("2026-03-03 12:00"):
            record.action_correct("It was Beihe")
        self.assertEqual((week.state, week.coverage), ("open", 0.0))
        self.assertTrue(week.activity_ids)

    def test_recorded_in_the_next_week(self):
        self.instances("2026-03-02 01:00")
        with self.at("2026-03-09 10:00"):
            week = self.instances("2026-03-09 10:00").sorted("period_start")[0]
            self.assertEqual(week.state, "missed")
            self.contact(channel="visit", happened_at=self.utc("2026-03-08 17:00")).action_hand_in()
        self.assertEqual(week.state, "done")

    def test_a_judged_week_stays_judged(self):
        """Entered late, a visit counts from its entry: what it missed is not made good."""
        self.instances("2026-03-02 01:00")
        weeks = self.instances("2026-03-09 10:00").sorted("period_start")
        with self.at("2026-03-11 10:00"):
            late = self.contact(channel="visit", happened_at=self.utc("2026-03-06 15:00"))
            late.action_hand_in()
        self.assertTrue(late.is_late)
        self.assertEqual(weeks.mapped("state"), ["missed", "done"])
        self.assertEqual(weeks[1].document_id, late.id)

    def test_another_visit_of_the_week_steps_in(self):
        week = self.instances("2026-03-02 01:00")
        with self.at("2026-03-03 11:00"):
            fake = self.contact(channel="visit")
            fake.action_hand_in()
        with self.at("2026-03-04 11:00"):
            real = self.contact(channel="visit")
            real.action_hand_in()
        self.assertEqual(week.document_id, fake.id)
        with self.at("2026-03-05 11:00"):
            fake.action_correct("Never happened")
        self.assertEqual((week.state, week.document_id), ("done", real.id))
        self.assertEqual(week.done_at, self.utc("2026-03-04 11:00"))

    def test_at_the_border_of_the_week(self):
        """Sunday 23:59 in Shanghai is Sunday's, whatever the date in London."""
        first = self.instances("2026-03-02 01:00")
        second = self.instances("2026-03-09 01:00") - first
        with self.at("2026-03-09 00:10"):
            self.contact(
                channel="visit", happened_at=self.utc("2026-03-09 00:05")
            ).action_hand_in()
        self.assertEqual(first.state, "missed")
        self.assertEqual(second.state, "done")

    def test_a_cadence_counts_from_the_tier(self):
        """Only periods wholly inside the tier count (storyline 12)."""
        person = self.env["res.partner"].create(
            {"name": "Ms. Lin", "parent_id": self.customers["xinghai"].id}
        )
        person.user_id = self.users["a"]
        engine(self.env["ka.tier.assignment"]).create(
            {
                "partner_id": self.customers["xinghai"].id,
                "company_id": self.company.id,
                "tier_id": self.env.ref("sales_regulation.ka_tier_key").id,
                "date_from": "2026-03-11",
            }
        )
        self.assertFalse(self.instances("2026-03-12 01:00", self.tiered), "the week has begun before")
        week = self.instances("2026-03-16 01:00", self.tiered)
        self.assertEqual(week.mapped("subject_id"), self.customers["xinghai"].ids)
        self.assertEqual(str(week.period_start), "2026-03-16")

    def test_on_customers_only(self):
        with self.assertRaises(ValidationError):
            self.duty.copy(
                {
                    "code": "x",
                    "subject_model": "crm.lead",
                    "profile_id": self._profile(publish=False).id,
                }
            )
