# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from datetime import date

from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from ..common import RegulationCommon


class TierCommon(RegulationCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.profile = cls._profile(publish=False, **cls._settings())
        cls.profile.with_user(cls.users["gm"])._publish("active")

    @classmethod
    def _settings(cls):
        return {
            "tier_criterion_ids": [
                Command.create({"code": code, "name": code.title(), "weight": weight})
                for code, weight in (("scale", 40), ("influence", 30), ("potential", 30))
            ],
            "tier_ids": [
                Command.create({"tier_id": cls.env.ref(f"sales_regulation.ka_tier_{code}").id, **vals})
                for code, vals in (
                    ("key", {"min_score": 80, "ownership_exempt": True, "dossier_sections": "full"}),
                    ("secondary", {"min_score": 60, "ownership_exempt": True}),
                    ("general", {"min_score": 0}),
                )
            ],
            "approval_rule_ids": [
                Command.create(
                    {
                        "kind_id": cls.env.ref("sales_regulation.approval_kind_ka_tier").id,
                        "approver_type": "role",
                        "role_id": cls.roles["ka_manager"].id,
                    }
                )
            ],
        }

    def sheet(self, customer, points, login="a", **values):
        sheet = (
            self.env["ka.tier.score"]
            .with_user(self.users[login])
            .create({"partner_id": self.customers[customer].id, **values})
        )
        for line, value in zip(sheet.line_ids.sorted("id"), points, strict=True):
            line.points = value
        return sheet

    def confirmed(self, customer, points, **values):
        sheet = self.sheet(customer, points, **values)
        sheet.action_submit()
        sheet.sudo().approval_ids.with_user(self.users["km"]).action_approve()
        return sheet


@tagged("post_install", "-at_install")
class TestTier(TierCommon):
    """C08: scoring sheet, confirmation, dated history."""

    def test_scores(self):
        """Storyline 10: 85.5 key, 65.5 secondary, 55.0 general."""
        for customer, points, score, tier in (
            ("xinghai", (90, 80, 85), 85.5, "key"),
            ("beihe", (70, 60, 65), 65.5, "secondary"),
            ("nanfeng", (55, 50, 60), 55.0, "general"),
        ):
            sheet = self.confirmed(customer, points)
            self.assertEqual(sheet.score, score)
            self.assertEqual(sheet.state, "applied")
            self.assertEqual(self.customers[customer].ka_tier_id.code, tier)

    def test_not_before_confirmation(self):
        sheet = self.sheet("xinghai", (90, 80, 85))
        sheet.action_submit()
        self.assertFalse(self.customers["xinghai"].ka_tier_id)
        with self.assertRaises(UserError):
            sheet.line_ids[0].points = 1
        with self.assertRaises(UserError):
            sheet.sudo().approval_ids.with_user(self.users["a"]).action_approve()

    def test_limits_and_weights(self):
        """80 is key, just below is secondary; weights come from the regulation only."""
        self.assertEqual(self.sheet("xinghai", (80, 80, 80)).proposed_tier_id.code, "key")
        below = self.sheet("xinghai", (79, 80, 80))
        self.assertEqual((below.score, below.proposed_tier_id.code), (79.6, "secondary"))
        with self.assertRaises(AccessError):
            below.line_ids[0].weight = 100
        forged = (
            self.env["ka.tier.score"]
            .with_user(self.users["a"])
            .create(
                {
                    "partner_id": self.customers["beihe"].id,
                    "line_ids": [
                        Command.create({"code": "scale", "name": "x", "weight": 100, "points": 100}),
                        Command.create({"code": "own", "name": "x", "weight": 100, "points": 100}),
                    ],
                }
            )
        )
        self.assertEqual(forged.score, 40.0)
        self.assertEqual(len(forged.line_ids), 3)

    def test_sealed(self):
        sheet = self.sheet("xinghai", (90, 80, 85))
        for record in (sheet, sheet.sudo()):
            with self.assertRaises(AccessError):
                record.write({"state": "applied"})
        with self.assertRaises(AccessError):
            self.env["ka.tier.assignment"].create(
                {
                    "partner_id": self.customers["xinghai"].id,
                    "company_id": self.company.id,
                    "tier_id": self.env.ref("sales_regulation.ka_tier_key").id,
                    "date_from": date(2020, 1, 1),
                }
            )

    def test_history(self):
        """New and lost key accounts are countable by dates."""
        self.confirmed("xinghai", (90, 80, 85))
        self.confirmed("xinghai", (60, 60, 60))
        rows = self.env["ka.tier.assignment"].search(
            [("partner_id", "=", self.customers["xinghai"].id)], order="id"
        )
        self.assertEqual(rows.tier_id.mapped("code"), ["key", "secondary"])
        self.assertEqual(rows[0].end_reason, "changed")
        self.assertFalse(rows[0].previous_tier_id)
        with self.assertRaises(UserError):
            self.sheet("xinghai", (0, 0, 0), remove=True).action_submit()
        self.confirmed("xinghai", (0, 0, 0), remove=True, reason="Insolvent")
        self.assertEqual(rows[1].end_reason, "lost")
        self.assertFalse(self.customers["xinghai"].ka_tier_id)

    def test_search_and_queries(self):
        self.confirmed("xinghai", (90, 80, 85))
        contact = self.env["res.partner"].create(
            {"name": "Buyer", "parent_id": self.customers["xinghai"].id}
        )
        key = self.env.ref("sales_regulation.ka_tier_key")
        ours = [("id", "in", (contact | self.customers["xinghai"] | self.customers["beihe"]).ids)]
        Partner = self.env["res.partner"]
        self.assertEqual(
            Partner.search([("ka_tier_id", "=", key.id), *ours]), contact | self.customers["xinghai"]
        )
        self.assertEqual(Partner.search([("ka_tier_id", "=", False), *ours]), self.customers["beihe"])
        self.assertEqual(contact.ka_tier_id, key)
        partners = self.env["res.partner"].search([], limit=80)
        self.env.flush_all()
        with self.assertQueryCount(1):
            partners._ka_tiers(self.company)

    def test_weights_make_a_hundred(self):
        profile = self._profile(publish=False, **self._settings())
        profile.tier_criterion_ids[0].weight = 30
        with self.assertRaisesRegex(UserError, "90"):
            profile.with_user(self.users["gm"])._publish("active")

    def test_other_company(self):
        """The tier is the company's own."""
        self.confirmed("xinghai", (90, 80, 85))
        other = self.env["res.company"].create({"name": "Sister"})
        tiers = self.customers["xinghai"]._ka_tiers(other)
        self.assertFalse(tiers[self.customers["xinghai"].id])
