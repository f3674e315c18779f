# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from datetime import date, datetime, time

import pytz
from freezegun import freeze_time

from odoo import Command
from odoo.exceptions import UserError
from odoo.tests import tagged

from odoo.addons.sales_regulation.tests.common import RegulationCommon
from odoo.addons.sales_regulation.tools import WorkDays, month_of, period_of, periods_between


@tagged("post_install", "-at_install")
class TestWorkingDays(RegulationCommon):
    """March 2026 in Shanghai: Mon-Fri 9-12 and 13-18, 22 working days, 03-02 is a Monday."""

    def at(self, text):
        """A moment of the company's wall clock, as it is stored."""
        moment = datetime.fromisoformat(text)
        return self.company._regulation_utc(moment.date(), moment.time())

    def local(self, moment):
        return self.company._regulation_local(moment).strftime("%Y-%m-%d %H:%M")

    def days(self, start, count):
        return self.local(self.company._regulation_add_working_days(self.at(start), count))

    def _holiday(self, first, last, company=None, calendar=None):
        company = company or self.company
        leave = self.env["resource.calendar.leaves"].create(
            {
                "name": "Holiday",
                "company_id": company.id,
                "calendar_id": calendar.id if calendar else False,
                "resource_id": False,
                "date_from": self.company._regulation_utc(first, time(0, 0)),
                "date_to": self.company._regulation_utc(last, time(23, 59, 59)),
            }
        )
        # Stock computes the company in whatever environment flushes first
        self.assertEqual(leave.company_id, self.company)
        if company != self.company:
            self.env.flush_all()
            self.cr.execute(
                "UPDATE resource_calendar_leaves SET company_id = %s WHERE id = %s",
                [company.id, leave.id],
            )
            leave.invalidate_recordset()
        return leave

    def test_march_has_22_working_days(self):
        count = self.company._regulation_count_working_days(date(2026, 3, 1), date(2026, 3, 31))
        self.assertEqual(count, 22)

    def test_start_day_does_not_count(self):
        self.assertEqual(self.days("2026-03-06 14:00", 3), "2026-03-11 18:00")  # Fri -> Wed

    def test_stock_plan_days_counts_otherwise(self):
        """The reason for a function of our own: plan_days takes the start day in, and ends at noon."""
        start = pytz.utc.localize(self.at("2026-03-06 14:00"))
        planned = self.calendar.plan_days(3, start, compute_leaves=True)
        self.assertEqual(
            planned.astimezone(pytz.timezone("Asia/Shanghai")).strftime("%a %H:%M"), "Tue 12:00"
        )
        self.assertEqual(self.days("2026-03-06 14:00", 3), "2026-03-11 18:00")

    def test_boundaries_of_the_day(self):
        self.assertEqual(self.days("2026-03-06 00:00", 1), "2026-03-09 18:00")
        self.assertEqual(self.days("2026-03-06 23:59", 1), "2026-03-09 18:00")
        self.assertEqual(self.days("2026-03-05 23:59", 1), "2026-03-06 18:00")

    def test_date_is_the_company_s(self):
        """17:00 UTC on Thursday is Friday 01:00 in Shanghai."""
        moment = datetime(2026, 3, 5, 17, 0)
        self.assertEqual(
            self.local(self.company._regulation_add_working_days(moment, 1)), "2026-03-09 18:00"
        )

    def test_start_on_a_day_off_counts_from_the_next_working_day(self):
        """Saturday and Sunday count as Monday, which then does not count itself."""
        for start in ("2026-03-07 10:00", "2026-03-08 23:00", "2026-03-09 10:00"):
            self.assertEqual(self.days(start, 1), "2026-03-10 18:00", start)

    def test_holidays_do_not_count(self):
        self._holiday(date(2026, 3, 9), date(2026, 3, 10))
        self.assertEqual(self.days("2026-03-06 14:00", 1), "2026-03-11 18:00")
        self.assertEqual(self.days("2026-03-09 14:00", 1), "2026-03-12 18:00")

    def test_holiday_of_a_sister_company_is_none(self):
        sister = self.env["res.company"].create({"name": "Sister"})
        self._holiday(date(2026, 3, 9), date(2026, 3, 9), company=sister)
        self.assertEqual(self.days("2026-03-06 14:00", 1), "2026-03-09 18:00")

    def test_half_a_holiday_ends_the_day_earlier(self):
        self.env["resource.calendar.leaves"].create(
            {
                "name": "Afternoon off",
                "company_id": self.company.id,
                "calendar_id": self.calendar.id,
                "date_from": self.at("2026-03-09 13:00"),
                "date_to": self.at("2026-03-09 18:00"),
            }
        )
        self.assertEqual(self.days("2026-03-06 14:00", 1), "2026-03-09 12:00")

    def test_make_up_saturday_counts_with_its_hours(self):
        self.company.regulation_extra_day_ids = [
            Command.create({"date": date(2026, 3, 7), "hour_from": 9, "hour_to": 17.5})
        ]
        self.assertEqual(self.days("2026-03-06 14:00", 1), "2026-03-07 17:30")
        self.assertEqual(self.days("2026-03-07 14:00", 1), "2026-03-09 18:00")

    def test_make_up_day_beats_a_holiday(self):
        self._holiday(date(2026, 3, 9), date(2026, 3, 9))
        self.company.regulation_extra_day_ids = [Command.create({"date": date(2026, 3, 9)})]
        self.assertEqual(self.days("2026-03-06 14:00", 1), "2026-03-09 18:00")

    def test_daylight_saving_time(self):
        """Berlin: the clock went forward on Sunday 2026-03-29; 18:00 stays 18:00 there."""
        self.calendar.tz = "Europe/Berlin"
        friday = self.at("2026-03-27 14:00")
        self.assertEqual(friday, datetime(2026, 3, 27, 13, 0))
        due = self.company._regulation_add_working_days(friday, 1)
        self.assertEqual(due, datetime(2026, 3, 30, 16, 0))
        self.assertEqual(self.local(due), "2026-03-30 18:00")

    def test_backwards(self):
        self.assertEqual(self.days("2026-03-09 10:00", -1), "2026-03-06 18:00")

    def test_calendar_without_working_days_is_named(self):
        self.calendar.attendance_ids.unlink()
        with self.assertRaisesRegex(UserError, "Hua Xin"):
            self.days("2026-03-06 14:00", 1)

    def test_company_without_calendar_works_every_day(self):
        self.company.resource_calendar_id = False
        self.company.partner_id.tz = "Asia/Shanghai"
        self.assertEqual(self.days("2026-03-06 14:00", 1), "2026-03-07 23:59")

    def test_many_due_dates_cost_as_much_as_one(self):
        self.days("2026-03-06 14:00", 1)
        for count in (1, 80):
            workdays = WorkDays(self.company)
            self.env.invalidate_all()
            with self.subTest(count=count), self.assertQueryCount(9):
                for number in range(count):
                    workdays.add(date(2026, 3, 2 + number % 20), 3)

    def test_december_warning(self):
        """No holiday of 2027 in the calendar in December 2026: HR is asked, once."""
        self._profile()
        activities = self.company.partner_id.activity_ids
        self._at_day(datetime(2026, 11, 30, 4), "_cron_regulation_holidays")
        self.assertEqual(self.company.partner_id.activity_ids, activities)
        for _run in range(2):
            self._at_day(datetime(2026, 12, 2, 4), "_cron_regulation_holidays")
        new = self.company.partner_id.activity_ids - activities
        self.assertEqual(new.user_id, self.users["hr"])
        self.assertEqual(len(new), 1)
        self.assertIn("2027", new.summary)

    def test_no_warning_once_they_are_entered(self):
        self._profile()
        self._holiday(date(2027, 1, 1), date(2027, 1, 1))
        self._at_day(datetime(2026, 12, 2, 4), "_cron_regulation_holidays")
        self.assertFalse(self.company.partner_id.activity_ids)

    def _at_day(self, moment, method):
        with freeze_time(moment):
            getattr(self.env["res.company"], method)()


@tagged("post_install", "-at_install")
class TestPeriods(RegulationCommon):
    def test_week_belongs_to_the_month_of_its_thursday(self):
        """The week 03-30 to 04-05 belongs to April (storyline 12)."""
        week = period_of("weekly", date(2026, 3, 31))
        self.assertEqual(week, (date(2026, 3, 30), date(2026, 4, 5)))
        self.assertEqual(month_of("weekly", *week), date(2026, 4, 1))
        weeks = [
            period[0].day
            for period in periods_between("weekly", date(2026, 3, 1), date(2026, 4, 1))
            if month_of("weekly", *period) == date(2026, 3, 1)
        ]
        self.assertEqual(weeks, [2, 9, 16, 23])

    def test_two_week_blocks_from_the_anchor(self):
        """Anchor 2026-03-02: blocks 2-15 and 16-29 of March; 03-30 begins April's."""
        anchor = date(2026, 3, 2)
        blocks = list(periods_between("biweekly", anchor, date(2026, 4, 1), anchor))
        self.assertEqual([block[0].isoformat() for block in blocks], ["2026-03-02", "2026-03-16", "2026-03-30"])
        self.assertEqual(blocks[0][1], date(2026, 3, 15))
        self.assertEqual(month_of("biweekly", *blocks[2]), date(2026, 4, 1))
        self.assertEqual(period_of("biweekly", date(2026, 3, 1), anchor)[0], date(2026, 2, 16))

    def test_longer_periods(self):
        day = date(2026, 2, 14)
        self.assertEqual(period_of("monthly", day), (date(2026, 2, 1), date(2026, 2, 28)))
        self.assertEqual(period_of("quarterly", day), (date(2026, 1, 1), date(2026, 3, 31)))
        self.assertEqual(period_of("yearly", day), (date(2026, 1, 1), date(2026, 12, 31)))
