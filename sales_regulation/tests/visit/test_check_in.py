# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from .common import REFUSED, VisitCommon

PHOTO = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="


@tagged("post_install", "-at_install")
class TestCheckIn(VisitCommon):
    """Decision Check-in: by one's own click, with consent, kept for some days, seen by two."""

    settings = {"visit_check_in": True, "visit_place_days": 30}

    def setUp(self):
        super().setUp()
        with self.at("2026-03-02 09:00"):
            self.event = self.visit("2026-03-03 14:00", "2026-03-03 16:00")

    def consent(self, login="a"):
        self.env["visit.check.in.consent"].with_user(self.users[login]).action_give()

    def check_in(self, login="a", latitude=22.54, longitude=114.05):
        row = self._as(self.event, login).action_check_in(latitude, longitude, 12.0)
        return self.env["visit.check.in"].browse(row or [])

    def test_consent_comes_first(self):
        with self.at("2026-03-03 14:05"):
            self.assertTrue(self.event.visit_can_check_in)
            self.assertFalse(self.check_in())
            self.consent()
            row = self.check_in()
        self.assertEqual((row.latitude, row.user_id, row.manager_id), (22.54, self.users["a"], self.users["km"]))
        self.assertEqual(row.at, self.utc("2026-03-03 14:05"))
        self.assertEqual(
            self.env["regulation.register"].search_count(
                [("event", "=", "check_in_consent"), ("user_id", "=", self.users["a"].id)]
            ),
            1,
        )

    def test_consent_is_withdrawn(self):
        self.consent()
        self.env["visit.check.in.consent"].with_user(self.users["a"]).action_withdraw()
        with self.at("2026-03-03 14:05"):
            self.assertFalse(self.check_in())

    def test_only_oneself_on_the_day(self):
        self.consent()
        self.consent("km")
        with self.at("2026-03-02 23:59"), self.assertRaises(UserError):
            self.check_in()
        with self.at("2026-03-04 00:01"), self.assertRaises(UserError):
            self.check_in()
        with self.at("2026-03-03 14:05"):
            with self.assertRaises(AccessError):
                self.check_in("km")
            with self.assertRaises(UserError):
                self.check_in(latitude=123)
            for place in ("x", None, [1], float("nan"), float("inf")):
                with self.subTest(place=place), self.assertRaisesRegex(UserError, "not a number"):
                    self.check_in(latitude=place)
            with self.assertRaises(UserError):
                self._as(self.event, "a").action_check_in(22.54, 114.05, float("inf"))
            self.check_in()
            with self.assertRaisesRegex(UserError, "already"):
                self.check_in()

    def test_seen_by_oneself_and_the_manager(self):
        self.consent()
        with self.at("2026-03-03 14:05"):
            row = self.check_in()
        readers = {login for login in self.users if self._as(row, login).has_access("read")}
        self.assertEqual(readers, {"a", "km"})

    def test_nothing_is_typed(self):
        self.consent()
        with self.at("2026-03-03 14:05"):
            row = self._as(self.check_in(), "a")
            for vals in (
                {"latitude": 1.0},
                {"at": self.utc("2026-03-03 09:00")},
                {"keep_until": "2036-01-01"},
            ):
                with self.subTest(vals=vals), self.assertRaises(AccessError):
                    row.write(vals)
            row.photo = PHOTO
            with self.assertRaises(REFUSED):
                self._as(row, "km").photo = PHOTO
            with self.assertRaises(REFUSED):
                row.unlink()
            with self.assertRaises(REFUSED):
                row.create({"event_id": self.event.id})
            with self.assertRaises(AccessError):
                self.env["visit.check.in.consent"].with_user(self.users["a"]).create(
                    {"user_id": self.users["b"].id, "given_at": self.utc("2026-03-03 09:00")}
                )
        with self.at("2026-03-03 17:00"):
            self.record(self.event).action_hand_in()
            with self.assertRaises(UserError):
                row.photo = False

    def test_places_are_removed(self):
        self.consent()
        with self.at("2026-03-03 14:05"):
            row = self.check_in()
            row.with_user(self.users["a"]).photo = PHOTO
        for moment, removed in (("2026-04-02 12:00", False), ("2026-04-03 12:00", True)):
            with self.at(moment), self.enter_registry_test_mode():
                self.env.ref("sales_regulation.ir_cron_visit_check_in").method_direct_trigger()
            row.invalidate_recordset()
            self.assertEqual(row.removed, removed)
        self.assertFalse(row.latitude or row.longitude or row.photo)


@tagged("post_install", "-at_install")
class TestNoCheckIn(VisitCommon):
    def test_off_by_default(self):
        with self.at("2026-03-02 09:00"):
            event = self.visit("2026-03-03 14:00", "2026-03-03 16:00")
        self.env["visit.check.in.consent"].with_user(self.users["a"]).action_give()
        with self.at("2026-03-03 14:05"):
            self.assertFalse(event.visit_can_check_in)
            with self.assertRaisesRegex(UserError, "no check-in"):
                event.action_check_in(22.54, 114.05)
