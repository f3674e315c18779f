# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
import unittest
from datetime import date, timedelta

from odoo.tests import tagged

from .assessment import Assessment
from .common import StorylineCase

LEAVE = date(2026, 3, 13)


@tagged("post_install", "-at_install")
class TestStorylineKpiQuota(Assessment, StorylineCase):
    """Steps 5 and 7: what T owes in a day and in March, from contacts that TM has signed (C43)."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        if "kpi.cycle" not in cls.env:
            raise unittest.SkipTest("sales_kpi is not installed")

    def work(self, day, calls, mails, faxes, interested):
        """T's contacts of a day, handed in with his log the next morning and signed by TM."""
        self.at(f"{day} 17:00")
        channels = ["call"] * calls + ["email"] * mails + ["fax"] * faxes
        self.T.call(
            "sales.contact",
            "create",
            vals_list=[
                {
                    "channel": channel,
                    "number": f"139 {day:%m%d} {number:04d}",
                    "result": "An offer",
                    "interested": number < interested,
                }
                for number, channel in enumerate(channels)
            ],
        )
        report = self.T.create("work.report", day=str(day), content="<p>The calls of the day.</p>")
        self.T.call("work.report", "action_hand_in", report)
        self.decide(self.env["work.report"].browse(report), "work_report", "TM")

    def results(self, first, last):
        """``[(done, owed), ...]`` of calls, mails and faxes, interested customers."""
        from odoo.addons.sales_kpi.tools import Period, Request

        user = self.users["t"].id
        request = Request(self.company, [user], [Period(0, first, last)])
        rows = self.env["kpi.provider"].sudo()._quota_results(request)[user, 0]
        return [(done, owed) for _quota, done, owed in rows]

    def test_05_day(self):
        """94.0 %, 8 of 8, 125 %: not met, because of the calls."""
        day = date(2026, 3, 2)
        self.work(day, calls=47, mails=5, faxes=3, interested=5)
        self.assertEqual(self.results(day, day), [(47, 50), (8, 8), (5, 4)])

    def test_07_month(self):
        """Leave on 03-13: 21 days; 99.52, 100, 95.24: mean 98.25. With 75.0: 91.28."""
        self.env["resource.calendar.leaves"].create(
            {
                "name": "Leave",
                "resource_id": self.employees["t"].resource_id.id,
                "calendar_id": self.calendar.id,
                "company_id": self.company.id,
                "date_from": "2026-03-13 01:00:00",
                "date_to": "2026-03-13 10:00:00",
            }
        )
        days = [date(2026, 3, 1) + timedelta(days=number) for number in range(31)]
        days = [day for day in days if day.weekday() < 5 and day != LEAVE]
        for number, day in enumerate(days):
            self.work(
                day,
                calls=49 if number < 5 else 50,
                mails=5,
                faxes=3,
                interested=3 if number < 4 else 4,
            )
        results = self.results(date(2026, 3, 1), date(2026, 3, 31))
        self.assertEqual(results, [(1045, 1050), (168, 168), (80, 84)])
        self.at("2026-04-01 09:00")
        cycle = self.HR.create("kpi.cycle", frequency="monthly", day="2026-03-31")
        self.HR.call("kpi.cycle", "action_compute", cycle)
        self.assess([cycle], "t")
        sheet = self.env["kpi.sheet"].search(
            [("cycle_id", "=", cycle), ("user_id", "=", self.users["t"].id)]
        )
        self.assertEqual(sheet.line_ids[0].points, 98.25)
        self.assertEqual(sheet.score, 91.28)
