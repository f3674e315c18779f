# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

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
