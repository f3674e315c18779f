# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
import unittest

from odoo.tests import tagged

from .common import StorylineCase

#: what HR enters for March; nobody sold anything: 70.0 + 30 % of it
RATINGS = {"a": 86.4, "b": 84.0}
SCORES = {"a": 95.92, "b": 95.2}


@tagged("post_install", "-at_install")
class TestStorylineRanking(StorylineCase):
    """March is published, and ranked in the team: who reads what over the wire (C49, S0-19)."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        if "kpi.ranking" not in cls.env:
            raise unittest.SkipTest("sales_kpi is not installed")

    @classmethod
    def _adjust_profile(cls):
        if "ranking_shown" in cls.profile:
            cls.profile.ranking_shown = "all"

    def test_ranking_and_cockpit(self):
        self.at("2026-04-01 09:00")
        for login, value in RATINGS.items():
            self.HR.create(
                "kpi.manual.value",
                indicator_id=self.env.ref("sales_kpi.indicator_assessment").id,
                user_id=self.users[login].id,
                date="2026-03-31",
                value=value,
                source="Assessment",
            )
        cycle = self.HR.create("kpi.cycle", frequency="monthly", day="2026-03-31")
        self.HR.call("kpi.cycle", "action_compute", cycle)
        self.assertFalse(self.A.search("kpi.ranking.line"))
        with self.HR.refused("names raters", error="UserError"):
            self.HR.call("kpi.cycle", "action_publish", cycle)
        self.HR.call("kpi.cycle", "action_publish", cycle, reason="HR has talked with everybody")

        rows = [(1, self.users["a"].id, SCORES["a"]), (2, self.users["b"].id, SCORES["b"])]
        for person in (self.A, self.B, self.KM):
            found = person.call(
                "kpi.ranking.line",
                "search_read",
                domain=[],
                fields=["position", "user_id", "score"],
                load=None,
            )
            self.assertEqual([(row["position"], row["user_id"], row["score"]) for row in found], rows)
        for person in (self.FIN, self.WH, self.CLK):
            self.assertFalse(person.search("kpi.ranking.line"), person.login)

        # B knows the position of A and nothing more
        line = self.B.search("kpi.ranking.line", ("user_id", "=", self.users["a"].id))
        sheet = self.KM.search("kpi.sheet", ("user_id", "=", self.users["a"].id))
        self.assertTrue(line and sheet)
        self.assertFalse(self.B.search("kpi.sheet", ("id", "in", sheet)))
        for model, method, ids, values in (
            ("kpi.ranking.line", "action_open_sheet", line, {}),
            ("kpi.ranking.line", "read", line, {"fields": ["sheet_id"]}),
            ("kpi.ranking.line", "search", (), {"domain": [("sheet_id.score", ">", 0)]}),
            ("kpi.ranking.line", "write", line, {"vals": {"position": 2}}),
            ("kpi.ranking.line", "unlink", line, {}),
            ("kpi.sheet", "read", sheet, {"fields": ["score"]}),
        ):
            with self.B.refused():
                self.B.call(model, method, ids, **values)
        mine = self.B.call(
            "kpi.cockpit", "search_read", domain=[], fields=["user_id"], load=None
        )
        self.assertEqual({row["user_id"] for row in mine}, {self.users["b"].id})
        groups = self.GM.call(
            "kpi.cockpit",
            "formatted_read_group",
            domain=[("kind", "=", "score"), ("user_id", "in", [self.users[x].id for x in "ab"])],
            groupby=[],
            aggregates=["score:avg"],
        )
        self.assertAlmostEqual(groups[0]["score:avg"], sum(SCORES.values()) / 2)
        with self.B.refused():
            self.B.call("kpi.cockpit", "read", [sheet[0] * 2], fields=["score"])
