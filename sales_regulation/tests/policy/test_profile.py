# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import new_test_user, tagged

from ..common import RegulationCommon


@tagged("post_install", "-at_install")
class TestProfile(RegulationCommon):
    def test_only_a_director_publishes(self):
        """S0-23: the manager of the team may not, the director may."""
        profile = self._profile(publish=False)
        with self.assertRaises(AccessError):
            self._as(profile, "km")._publish("active")
        self.assertEqual(profile.state, "draft")
        self._as(profile, "gm").action_publish()
        self.assertEqual(profile.state, "active")
        self.assertEqual(profile.published_by_id, self.users["gm"])

    def test_published_profile_is_not_edited(self):
        profile = self._profile()
        with self.assertRaises(UserError):
            profile.name = "Other"
        with self.assertRaises(AccessError):
            profile.write({"state": "draft"})

    def test_next_version_by_who_keeps_the_regulation_only(self):
        """C01: he may not read carriers, which a setting names; nor copy what he may not read."""
        carrier = self.env["delivery.carrier"].create(
            {
                "name": "Own Van",
                "product_id": self.env["product.product"]
                .create({"name": "Freight", "type": "service"})
                .id,
            }
        )
        profile = self._profile(dispatch_own_carrier_ids=[Command.set(carrier.ids)])
        keeper = new_test_user(
            self.env,
            login="keeps_the_regulation",
            groups="sales_regulation.group_regulation_admin",
            company_id=self.company.id,
            company_ids=[Command.set(self.company.ids)],
        )
        self.env.invalidate_all()
        copy = profile.with_user(keeper).copy()
        self.assertEqual((copy.state, copy.code), ("draft", profile.code))
        self.assertEqual(copy.sudo().dispatch_own_carrier_ids, carrier)
        other = self.env["res.company"].create({"name": "Elsewhere"})
        theirs = self._profile(code="THEIRS", assign={"company_id": other.id}, publish=False)
        with self.assertRaises(AccessError):
            theirs.with_user(keeper).copy()

    def test_superseded_version(self):
        """C01: of two versions in force by their dates the list says which one holds."""
        profile = self._profile()
        draft = profile.copy({"version": "2.0", "date_from": "2025-01-01"})
        draft.assignment_ids = [Command.create({"company_id": self.company.id})]
        self.assertFalse(profile.is_superseded or draft.is_superseded)
        self._as(draft, "gm").action_publish()
        self.assertTrue(profile.is_superseded)
        self.assertFalse(draft.is_superseded)
        both = profile | draft
        for operator, value, found in (
            ("=", True, profile),
            ("=", False, draft),
            ("!=", True, draft),
            ("!=", False, profile),
        ):
            domain = [("id", "in", both.ids), ("is_superseded", operator, value)]
            self.assertEqual(profile.search(domain), found, (operator, value))
        self._as(draft, "gm").action_retire()
        self.assertFalse(profile.is_superseded, "nothing newer is in force")

    def test_later_version_supersedes_from_its_date(self):
        """C01: published ahead it takes over on its day; a team without it keeps the former."""
        whole = self._profile()
        later = self._profile(date_from="2099-01-01")
        self.assertFalse(whole.is_superseded or later.is_superseded)
        team = self._profile(assign={"team_id": self.teams["ka"].id})
        self.assertFalse(whole.is_superseded or team.is_superseded)

    def test_policy_of_an_order(self):
        order = self._order()
        self.assertFalse(
            self.env["regulation.profile"]._resolve(
                {1: (self.company, self.users["a"], self.teams["ka"])}
            )[1]
        )
        profile = self._profile()
        policy = self.env["regulation.profile"]._resolve(
            {1: (self.company, self.users["a"], self.teams["ka"])}
        )[1]
        self.assertEqual(policy.profile_id, profile.id)
        self.assertTrue(order)
