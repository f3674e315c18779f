# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from datetime import datetime

import pytz
from freezegun import freeze_time

from odoo import Command
from odoo.exceptions import UserError
from odoo.tests import tagged

from .test_ownership import OwnershipCommon


@tagged("post_install", "-at_install")
class TestOwnershipBoundaries(OwnershipCommon):
    """C06: exactly seven days, to the second, where the company is (S4-088, S4-089)."""

    zone = None

    def test_to_the_second_in_shanghai(self):
        """A contact at the last second of a day and at the first of the next."""
        self.called("2026-03-02 23:59:59")
        with self.at("2026-03-09 23:59:59"), self.assertRaisesRegex(UserError, "2026-03-09"):
            self.register("a")
        with self.at("2026-03-10 00:00:00"):
            self.register("a")
        self.assertEqual(self.owner(), "a")

    def test_half_a_second_later_is_another_day(self):
        self.called("2026-03-03 00:00:00")
        with self.at("2026-03-10 23:59:59"), self.assertRaisesRegex(UserError, "2026-03-10"):
            self.register("a")
        with self.at("2026-03-11 00:00:00"):
            self.register("a")

    def test_the_readers_zone_does_not_matter(self):
        """A, who sits in Los Angeles, reads the days of the company."""
        self.users["a"].tz = "America/Los_Angeles"
        self.called("2026-03-02 23:59:59")
        with self.at("2026-03-09 23:59:59"), self.assertRaises(UserError):
            self.register("a")
        with self.at("2026-03-10 00:00:00"):
            self.register("a")

    def test_night_run_to_the_second(self):
        """Released in the first second of the eighth day, not in the last of the seventh."""
        self.env.cr.execute(
            "UPDATE regulation_profile SET ownership_mode = 'release' WHERE id = %s",
            [self.profile.id],
        )
        self.env.invalidate_all()
        self.env.registry.clear_all_caches()
        self.called("2026-03-02 12:00")
        with self.at("2026-03-09 23:59:59"):
            self.recycle()
            self.assertEqual(self.owner(), "b")
        with self.at("2026-03-10 00:00:00"):
            self.recycle()
            self.assertFalse(self.customers["dongfang"].user_id)

    def _in_zone(self, name):
        self.calendar.tz = name
        zone = pytz.timezone(name)

        def at(moment):
            local = zone.localize(datetime.fromisoformat(moment))
            return freeze_time(local.astimezone(pytz.utc).replace(tzinfo=None))

        return at

    def test_over_the_clock_change(self):
        """Berlin loses an hour on 03-29 and New York on 03-08: seven days are seven dates.

        Seven times 24 hours would end an hour later on the clock.
        """
        for zone, contact, last, first in (
            ("Europe/Berlin", "2026-03-25 23:59:59", "2026-04-01 23:59:59", "2026-04-02 00:00:00"),
            ("America/New_York", "2026-03-05 23:30:00", "2026-03-12 23:59:59", "2026-03-13 00:00:00"),
            # And gains one in autumn
            ("Europe/Berlin", "2026-10-22 00:00:00", "2026-10-29 23:59:59", "2026-10-30 00:00:00"),
        ):
            with self.subTest(zone=zone, contact=contact), self.env.cr.savepoint() as savepoint:
                at = self._in_zone(zone)
                with at(contact):
                    self.env["customer.registration"]._transfer(
                        self.customers["dongfang"], self.users["b"], "override"
                    )
                with at(last), self.assertRaises(UserError), self.env.cr.savepoint():
                    self.register("a")
                self.env.invalidate_all()
                with at(first):
                    self.register("a")
                self.assertEqual(self.owner(), "a")
                savepoint.rollback()
            self.env.invalidate_all()

    def test_holidays_do_not_stop_the_days(self):
        """Calendar days: neither holidays nor make-up working days change them."""
        self.env["resource.calendar.leaves"].create(
            {
                "name": "Spring holidays",
                "calendar_id": self.calendar.id,
                "company_id": self.company.id,
                "date_from": self.utc("2026-03-03 00:00"),
                "date_to": self.utc("2026-03-08 23:59:59"),
            }
        )
        self.company.regulation_extra_day_ids = [
            Command.create({"date": "2026-03-14", "name": "Make-up", "company_id": self.company.id})
        ]
        self.called("2026-03-02 10:00")
        with self.at("2026-03-09 23:59:59"), self.assertRaises(UserError):
            self.register("a")
        with self.at("2026-03-10 00:00:00"):
            self.register("a")


@tagged("post_install", "-at_install")
class TestReferral(OwnershipCommon):
    """S4-095: a referral has a screen, and counts only as the regulation says."""

    def _refer(self, present=False, name="Referred"):
        partner = self.env["res.partner"].create({"name": name, "company_id": self.company.id})
        action = partner.with_user(self.users["a"]).action_open_referral()
        wizard = (
            self.env[action["res_model"]]
            .with_user(self.users["a"])
            .with_context(**action["context"])
            .create(
                {
                    "referrer_id": self.customers["xinghai"].id,
                    "referrer_present": present,
                }
            )
        )
        self.assertEqual(wizard.partner_ids, partner)
        return partner, wizard

    def _reached(self, partner):
        contact = self.contact("b", None, partner_id=partner.id)
        contact.action_hand_in()

    def test_before_the_first_contact(self):
        with self.at("2026-03-05 10:00"):
            partner, wizard = self._refer()
            wizard.action_confirm()
        row = partner.registration_ids
        self.assertEqual((row.user_id, row.referrer_id), (self.users["a"], self.customers["xinghai"]))
        self.assertTrue(row.is_referral)

    def test_after_the_first_contact(self):
        """A new customer then, unless the referring customer came along."""
        for present in (False, True):
            with self.at("2026-03-05 10:00"):
                partner, wizard = self._refer(present, f"Referred {present}")
                self._reached(partner)
                wizard.action_confirm()
            self.assertEqual(partner.registration_ids.is_referral, present)

    def test_owned_by_another(self):
        with self.at("2026-03-05 10:00"):
            wizard = (
                self.env["customer.referral.wizard"]
                .with_user(self.users["a"])
                .create(
                    {
                        "partner_ids": self.customers["dongfang"].ids,
                        "referrer_id": self.customers["xinghai"].id,
                    }
                )
            )
            with self.assertRaisesRegex(UserError, "already registered"):
                wizard.action_confirm()


@tagged("post_install", "-at_install")
class TestNames(OwnershipCommon):
    """Duplicates are found by an index, however many customers there are."""

    def test_name_is_asked_by_an_index(self):
        self.env["res.partner"].flush_model()
        self.env.cr.execute("SET LOCAL enable_seqscan = off")
        self.env.cr.execute(
            "EXPLAIN SELECT id FROM res_partner"
            " WHERE LOWER(TRIM(name)) = LOWER(TRIM(%s)) AND is_company",
            ["Dongfang Systems"],
        )
        plan = "\n".join(row[0] for row in self.env.cr.fetchall())
        self.assertIn("_regulation_name_idx", plan)

    def test_named(self):
        Partner = self.env["res.partner"]
        self.assertEqual(
            Partner._regulation_named("  dongfang SYSTEMS", self.company),
            self.customers["dongfang"],
        )
        sister = self.env["res.company"].create({"name": "Sister"})
        self.assertFalse(Partner._regulation_named("Dongfang Systems", sister))
        self.customers["dongfang"].active = False
        self.assertFalse(Partner._regulation_named("Dongfang Systems", self.company))
