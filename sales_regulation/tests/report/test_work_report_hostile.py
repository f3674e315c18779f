# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo.exceptions import UserError
from odoo.tests import tagged

from ..hostile import HostileMixin
from .test_work_report import ReportCommon


@tagged("post_install", "-at_install")
class TestWorkReportHostile(HostileMixin, ReportCommon):
    """C37: work logs and reports, tried by all sorts of people."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._build_hostile()

    def test_report(self):
        self.at("2026-03-02 18:00")
        self.assertNotGiven(
            "work.report",
            "t",
            {"type_id": self.log_type.id, "day": "2026-03-02"},
            "state", "user_id", "code", "period_start", "period_end", "handed_in_at", "due_at",
            "is_late", "contact_count", "answered_at", "answered_by_id", "answer",
        )  # fmt: skip
        report = self.report()
        self.assertFixed(report, "a", "b", "tm", "gm", "adm", "fin", "out", "shop")
        report.action_hand_in()
        self.assertFixed(report, "t", "a", "tm", "gm", "adm", "fin", "out", "shop")
        self.assertClosed(report, "a", "fin", "aud", "out", "shop")
        approval = report.approval_ids
        for login in ("t", "a", "km", "fin", "out"):
            with self.subTest(login=login), self.assertRaises(UserError):
                self._as(approval, login).action_approve("Good")
        self.answer(report)
        self.assertFixed(report, "t", "tm", "gm", "adm", "out", "shop")

    def test_sales_of_the_period(self):
        self.at("2026-03-31 18:00")
        report = self.report("a", self.month_type, "2026-03-15")
        order = self._order("a")
        order.action_confirm()
        report.action_hand_in()
        self.assertFixed(report.sales_ids, "a", "km", "gm", "adm", "out", "shop")
        with self.assertRaises(UserError):
            report.write({"sales_ids": [(0, 0, {"channel": "x", "amount": 1000000})]})
