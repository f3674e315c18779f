# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from datetime import timedelta

from odoo import fields
from odoo.tests import tagged

from odoo.addons.sales_regulation.tests.tours.common import PhoneTour, TourCommon


class KpiTours(TourCommon):
    """The last month of the company of the tours (C44)."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env.cr.execute(
            "UPDATE regulation_profile SET date_from = '2020-01-01' WHERE id = %s", [cls.profile.id]
        )
        cls.env.invalidate_all()
        cls.env.registry.clear_all_caches()
        cls.last = fields.Date.today().replace(day=1) - timedelta(days=1)
        for code, amount in (("sales_amount", 1000), ("profit", 100)):
            cls.env["kpi.target"].with_user(cls.users["hr"]).create(
                {
                    "indicator_id": cls.env.ref(f"sales_kpi.indicator_{code}").id,
                    "user_id": cls.users["a"].id,
                    "day": cls.last,
                    "amount": amount,
                    "company_id": cls.company.id,
                }
            )

    def setUp(self):
        super().setUp()
        self.cycle = (
            self.env["kpi.cycle"]
            .with_user(self.users["hr"])
            .create({"day": self.last, "company_id": self.company.id})
        )

    def ratings(self):
        """Chen Gang rates Wang Fang; then the days in which people rate are over."""
        mine = self.cycle.sudo().request_ids.filtered(
            lambda one: one.user_id == self.users["a"] and one.kind == "superior"
        )
        mine.with_user(self.users["km"]).action_rate(88)
        self.env.cr.execute(
            "UPDATE kpi_rating_request SET due_on = %s WHERE cycle_id = %s",
            [self.last, self.cycle.id],
        )
        self.env.invalidate_all()

    def appeals(self):
        """The representative reads how his score comes about, and appeals."""
        self._tour("a", "rep_appeals", "/odoo/action-sales_kpi.kpi_sheet_action_mine")
        appeal = self.env["kpi.appeal"].search([("user_id", "=", self.users["a"].id)])
        self.assertEqual(
            (appeal.state, appeal.reason), ("open", "An invoice of the 31st is missing")
        )
        return appeal


@tagged("post_install", "-at_install")
class TestKpiTours(KpiTours):
    """HR closes a month: asks the raters, publishes, answers the appeal, locks."""

    def test_month(self):
        self._tour("hr", "hr_asks_raters", self._url(self.cycle))
        self.assertEqual(self.cycle.state, "rating")
        self.ratings()
        self._tour("hr", "hr_publishes", self._url(self.cycle))
        self.assertEqual(self.cycle.state, "published")
        appeal = self.appeals()
        self._tour("hr", "hr_answers_appeal", "/odoo/action-sales_kpi.kpi_appeal_action")
        self.assertEqual((appeal.state, appeal.answered_by_id), ("refused", self.users["hr"]))
        self.env.cr.execute(
            "UPDATE kpi_cycle SET appeal_until = %s WHERE id = %s",
            [fields.Date.today() - timedelta(days=1), self.cycle.id],
        )
        self.env.invalidate_all()
        self._tour("hr", "hr_locks", self._url(self.cycle))
        self.assertEqual(self.cycle.state, "locked")
        mine = self.cycle.sheet_ids.filtered(lambda one: one.user_id == self.users["a"])
        self.assertTrue(mine.digest)


@tagged("post_install", "-at_install")
class TestKpiToursPhone(PhoneTour, KpiTours):
    """The same score on the phone of the representative."""

    def test_appeal(self):
        self.cycle.action_compute()
        self.cycle.action_ask_raters()
        self.ratings()
        self.cycle.action_close_ratings()
        self.cycle.action_publish()
        self.appeals()
