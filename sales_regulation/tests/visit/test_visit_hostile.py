# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
import base64

from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from ..hostile import HostileMixin
from .common import VisitCommon

PIXEL = (
    b"iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJg"
    b"gg=="
)


@tagged("post_install", "-at_install")
class TestVisitHostile(HostileMixin, VisitCommon):
    """C09, C10: visits, contacts, plans and check-ins, tried by all sorts of people."""

    settings = {"visit_check_in": True}

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._build_hostile()

    def test_visits_on_a_colleagues_account(self):
        """Whose visit is late is reported: nobody plans one of yesterday for a colleague."""
        b = self.users["b"].id
        with self.at("2026-03-05 10:00"):
            for login in ("a", "out", "fin"):
                with self.subTest(login=login), self.assertRaises(AccessError):
                    self.visit("2026-03-03 14:00", "2026-03-03 16:00", login, "dongfang", user_id=b)
            meeting = self.env["calendar.event"].create(
                {
                    "name": "Dentist",
                    "start": self.utc("2026-03-03 14:00"),
                    "stop": self.utc("2026-03-03 15:00"),
                    "user_id": b,
                }
            )
            with self.assertRaises(AccessError):
                self._as(meeting, "a").visit_partner_id = self.customers["dongfang"]
            mine = self.visit("2026-03-09 14:00", "2026-03-09 16:00", "a")
            with self.assertRaises(AccessError):
                mine.user_id = b
            # A manager plans with his people, and so does everybody for himself
            theirs = self.visit(
                "2026-03-09 14:00", "2026-03-09 16:00", "km", "dongfang", user_id=b
            )
            # Not with those of another's, whom somebody else leads; a director with everybody's
            for deed in (
                lambda: self.visit(
                    "2026-03-10 14:00", "2026-03-10 16:00", "tm", "dongfang", user_id=b
                ),
                lambda: self._as(theirs, "tm").write({"stop": self.utc("2026-03-09 17:00")}),
                lambda: self._as(theirs, "tm").action_cancel_visit(),
            ):
                with self.assertRaises(AccessError):
                    deed()
            self._as(theirs, "gm").write({"stop": self.utc("2026-03-09 17:00")})
            # Whom nobody leads every manager plans for
            self.teams["ka"].user_id = False
            self.users["b"].employee_ids.parent_id = False
            self._as(theirs, "tm").write({"stop": self.utc("2026-03-09 18:00")})
        self.assertTrue(self.users["tm"].has_group("sales_regulation.group_regulation_manager"))
        self.assertEqual(self.clock(theirs, "visit_record").user_id, self.users["b"])
        self.assertFalse(
            self.env["regulation.deadline"].search(
                [("code", "=", "visit_record"), ("user_id", "=", b), ("res_id", "!=", theirs.id)]
            )
        )

    def test_contact(self):
        with self.at("2026-03-03 10:00"):
            contact = self.contact()
            values = {"partner_id": self.customers["xinghai"].id, "result": "x"}
            self.assertNotGiven(
                "sales.contact", "a", values, "state", "handed_in_at", "counts", "counts_at",
                "owner_id", "quantity", "is_late", "signed_at", "signed_by_id", "entered_at",
                "corrects_id", "commercial_partner_id",
            )  # fmt: skip
            contact.write({"commercial_partner_id": self.customers["dongfang"].id})
            self.assertEqual(contact.commercial_partner_id, self.customers["xinghai"])
            contact.action_hand_in()
        self.assertFixed(contact, "a", "b", "gm", "adm", "out", "shop")
        self.assertClosed(contact, "b", "km", "fin", "aud", "out", "shop")

    def test_plan_of_a_colleague(self):
        """A visit does not wander into the plan of somebody else."""
        Plan = self.env["visit.plan"]
        with self.at("2026-03-03 10:00"):
            mine, theirs = (
                Plan.with_user(self.users[login]).create({"month": "2026-04-01"})
                for login in ("a", "b")
            )
            line = self.env["visit.plan.line"].with_user(self.users["a"]).create(
                {
                    "plan_id": mine.id,
                    "partner_id": self.customers["xinghai"].id,
                    "start": self.utc("2026-04-07 10:00"),
                    "purpose": "Samples",
                }
            )
            with self.assertRaises(UserError):
                line.plan_id = theirs.id
            with self.assertRaises(UserError):
                line.copy({"plan_id": theirs.id})
            line.write({})
            mine.action_submit()
            self.assertFixed(mine, "a", "b", "gm", "adm", "out", "shop")
            self.assertFixed(line, "a", "gm", "adm", "out", "shop",
                             but={"appointment"})
            self.assertClosed(mine, "b", "fin", "aud", "out", "shop")

    def test_photo_of_a_check_in(self):
        """The photo is fixed with the record of the visit, as a file too."""
        with self.at("2026-03-03 14:00"):
            visit = self.visit("2026-03-03 14:30", "2026-03-03 16:00")
            self.env["visit.check.in.consent"].with_user(self.users["a"]).action_give()
            place = self.env["visit.check.in"].browse(visit.action_check_in(22.5, 114.1, 10))
            place = self._as(place, "a")
            place.photo = PIXEL
        with self.at("2026-03-03 17:00"):
            self.record(visit).action_hand_in()
            photo = self.env["ir.attachment"].search(
                [("res_model", "=", "visit.check.in"), ("res_field", "=", "photo"),
                 ("res_id", "=", place.id)]
            )  # fmt: skip
            self.assertTrue(photo)
            before = photo.raw
            for step in (
                lambda: place.write({"photo": False}),
                lambda: self._as(photo, "a").write({"raw": b"another"}),
                lambda: self._as(photo, "a").write({"datas": base64.b64encode(b"another")}),
                lambda: self._as(photo, "a").unlink(),
                lambda: self.env["ir.attachment"]
                .with_user(self.users["a"])
                .create({"name": "x", "res_model": "visit.check.in", "res_id": place.id,
                         "res_field": "photo", "raw": b"another"}),
            ):  # fmt: skip
                with self.assertRaises(UserError), self.env.cr.savepoint():
                    step()
            self.assertEqual(photo.raw, before)
        self.assertFixed(place, "a", "gm", "adm", "out", "shop")
        self.assertClosed(place, "b", "gm", "out", "shop")

    def test_visit(self):
        with self.at("2026-03-03 10:00"):
            visit = self.visit("2026-03-03 14:00", "2026-03-03 16:00")
        with self.at("2026-03-03 17:00"):
            self.record(visit).action_hand_in()
            for login in ("a", "gm", "out"):
                changed = self._written(visit, login)
                self.assertFalse(
                    changed & {"start", "stop", "duration", "active", "user_id", "visit_end",
                               "visit_state", "visit_partner_id", "visit_company_id",
                               "visit_planned", "visit_urgent", "visit_check_in_ids",
                               "visit_contact_ids"}
                )  # fmt: skip
