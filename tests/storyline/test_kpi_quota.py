# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
import unittest
from datetime import date

from odoo.tests import tagged

from .assessment import Assessment
from .common import StorylineCase
from .quotas import LEAVE, Quotas


@tagged("post_install", "-at_install")
class TestStorylineKpiQuota(Quotas, Assessment, StorylineCase):
    """Steps 5 and 7: what T owes in a day and in March, from contacts that TM has signed (C43)."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        if "kpi.cycle" not in cls.env:
            raise unittest.SkipTest("sales_kpi is not installed")

    def days(self, person, day):
        """What somebody reads of T's quotas of a day."""
        return person.call(
            "kpi.quota.day",
            "search_read",
            domain=[("user_id", "=", self.users["t"].id), ("day", "=", str(day))],
            fields=["done", "owed", "percent", "met", "day_met"],
            order="quota_id",
        )

    def results(self, rows):
        return [(row["done"], row["owed"], row["percent"], row["met"]) for row in rows]

    def test_05_day(self):
        """94.0 %, 8 of 8, 125 %: not met, because of the calls."""
        day = date(2026, 3, 2)
        self.work(day, calls=47, mails=5, faxes=3, interested=5)
        self.at("2026-03-03 09:00")
        cycle = self.HR.create("kpi.cycle", frequency="monthly", day="2026-03-31")
        self.HR.call("kpi.cycle", "action_compute", cycle)
        for person in (self.T, self.TM, self.HR):
            rows = self.days(person, day)
            self.assertEqual(
                self.results(rows), [(47, 50, 94.0, False), (8, 8, 100.0, True), (5, 4, 125.0, True)]
            )
            self.assertEqual({row["day_met"] for row in rows}, {False})
        for person in (self.A, self.KM, self.WH):
            self.assertFalse(self.days(person, day))
        with self.TM.refused(error="AccessError"):
            self.TM.write("kpi.quota.day", [row["id"] for row in rows], met=True, day_met=True)

    def test_07_month(self):
        """Leave on 03-13: 21 days; 99.52, 100, 95.24: mean 98.25. With 75.0: 91.28."""
        self.at("2026-03-12 09:00")
        with self.TM.refused(error="AccessError"):
            self.leave(self.TM)
        self.leave(self.T, date(2026, 3, 16))  # what he enters himself owes what it owed
        self.march_of_t()
        self.at("2026-04-01 09:00")
        cycle = self.HR.create("kpi.cycle", frequency="monthly", day="2026-03-31")
        self.HR.call("kpi.cycle", "action_compute", cycle)
        groups = self.T.call(
            "kpi.quota.day",
            "formatted_read_group",
            domain=[("user_id", "=", self.users["t"].id)],
            groupby=["quota_id"],
            aggregates=["done:sum", "owed:sum", "percent:avg"],
        )
        self.assertEqual(
            [(row["done:sum"], row["owed:sum"], row["percent:avg"]) for row in groups],
            [(1045, 1050, 99.52), (168, 168, 100.0), (80, 84, 95.24)],
        )
        self.assertFalse(self.days(self.T, LEAVE))
        self.assertTrue(all(row["day_met"] for row in self.days(self.T, date(2026, 3, 16))))
        [sheet] = self.T.search("kpi.sheet", ["user_id", "=", self.users["t"].id])
        self.assertEqual(
            self.T.call("kpi.sheet", "read", [sheet], fields=["quota_days", "quota_days_met"])[0],
            {"id": sheet, "quota_days": 21, "quota_days_met": 16},
        )
        self.assess([cycle], "t")
        sheet = self.env["kpi.sheet"].browse(sheet)
        self.assertEqual(sheet.line_ids[0].points, 98.25)
        self.assertEqual(sheet.score, 91.28)
