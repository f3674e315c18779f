# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
import unittest

from odoo import Command
from odoo.tests import tagged

from .common import StorylineCase


@tagged("post_install", "-at_install")
class TestStorylineKpiTrial(StorylineCase):
    """HR tries a draft of the administrator on March, before anybody follows it (C41)."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        if "kpi.trial" not in cls.env:
            raise unittest.SkipTest("sales_kpi is not installed")

    @classmethod
    def _adjust_profile(cls):
        if "scheme_ids" not in cls.profile._fields:
            return
        cls.profile.bonus_scheme_ids.unlink()
        cls.profile.bonus_scheme_ids = [
            Command.create({"name": "Commission", "mode": "commission", "percent": 1})
        ]
        cls.profile.scheme_ids.unlink()
        cls.profile.scheme_ids = [
            Command.create(
                {
                    "name": "Month",
                    "role_id": cls.roles["ka_rep"].id,
                    "line_ids": [
                        Command.create(
                            {
                                "indicator_id": cls.env.ref("sales_kpi.indicator_assessment").id,
                                "weight": 100,
                                "target_source": "none",
                            }
                        )
                    ],
                }
            )
        ]

    def draft(self):
        """A draft that nobody is assigned to yet: no score is more than 85."""
        draft = self.ADM.create("regulation.profile", name="Stricter", code="STRICT", version="1.0")
        line = {
            "indicator_id": self.env.ref("sales_kpi.indicator_assessment").id,
            "weight": 100,
            "target_source": "none",
        }
        self.ADM.create(
            "kpi.scheme",
            profile_id=draft,
            name="Month",
            role_id=self.roles["ka_rep"].id,
            cap=85,
            line_ids=[Command.create(line)],
        )
        self.ADM.create(
            "kpi.bonus.scheme",
            profile_id=draft,
            name="Commission",
            mode="commission",
            percent=5,
            deposit_percent=30,
        )
        return draft

    def test_trial(self):
        """A 84 stays 84, B 90 would be 85; the order of 960,000.00 would bring A 48,000.00 instead
        of 9,600.00, since 30 % of it were paid; nothing of March is touched."""
        order = self.quotation()
        self.at("2026-03-11 10:00")
        self.confirm(order)
        self.at("2026-03-12 10:00")
        self.pay(order, 325_440)
        self.at("2026-04-01 09:00")
        for login, value in (("a", 84), ("b", 90)):
            self.HR.create(
                "kpi.manual.value",
                indicator_id=self.env.ref("sales_kpi.indicator_assessment").id,
                user_id=self.users[login].id,
                date="2026-03-31",
                value=value,
                source="Talk",
            )
        cycle = self.HR.create("kpi.cycle", frequency="monthly", day="2026-03-31")
        self.HR.call("kpi.cycle", "action_compute", [cycle])
        with self.HR.refused("publish it first", error="UserError"):
            self.HR.call("kpi.cycle", "action_lock", [cycle])
        self.HR.call("kpi.cycle", "action_publish", [cycle], reason="HR has talked with everybody")
        self.at("2026-04-13 09:00")
        self.HR.call("kpi.cycle", "action_lock", [cycle])
        draft = self.draft()
        drafts = self.HR.search(
            "regulation.profile", ["state", "=", "draft"], ["is_template", "=", False]
        )
        self.assertIn(draft, drafts, "the list of drafts on the form of HR")
        trial = self.HR.create(
            "kpi.trial", profile_id=draft, date_from="2026-03-01", date_to="2026-03-31"
        )
        self.HR.call("kpi.trial", "action_try", [trial])
        lines = self.HR.search("kpi.trial.line", ["trial_id", "=", trial])
        self.assertEqual(
            {
                line.user_id: (line.score_before, line.score_tried, line.outcome)
                for line in self.env["kpi.trial.line"].browse(lines)
            },
            {
                self.users["a"]: (84.0, 84.0, "same"),
                self.users["b"]: (90.0, 85.0, "loses"),
            },
        )
        self.assertEqual(
            {
                line.user_id: (line.bonus_before, line.bonus_tried, line.bonus_difference)
                for line in self.env["kpi.trial.line"].browse(lines)
            },
            {self.users["a"]: (9_600, 48_000, 38_400), self.users["b"]: (0, 0, 0)},
        )
        [commission] = self.env["kpi.commission"].search([("order_id", "=", order.id)])
        self.assertEqual(commission.amount, 9_600)
        scores = self.env["kpi.cycle"].browse(cycle).sheet_ids
        self.assertEqual(sorted(scores.mapped("score")), [84.0, 90.0])
        self.HR.call("kpi.cycle", "action_verify", [cycle])
        for who in ("A", "KM", "GM", "ADM"):
            with self.person(who).refused(error="AccessError"):
                self.person(who).call("kpi.trial", "action_try", [trial])
        with self.HR.refused(error="AccessError"):
            self.HR.write("kpi.trial.line", lines, score_tried=100)
        schemes = self.env["regulation.profile"].browse(draft).scheme_ids.ids
        with self.HR.refused(error="AccessError"):
            self.HR.write("kpi.scheme", schemes, cap=0)
