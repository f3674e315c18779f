# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo.tests import tagged

from odoo.addons.sales_regulation.tests.tours.common import PhoneTour, TourCommon


class CaseTours(TourCommon):
    """Leak reports and check-outs in the browser (C56, C57)."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.users["gm"].group_ids |= cls.env.ref(
            "sales_confidentiality.group_confidentiality_officer"
        )
        cls.customers["beihe"].user_id = cls.users["t"]


@tagged("post_install", "-at_install")
class TestCaseTours(CaseTours):
    def test_leak(self):
        """An employee reports, the officer answers (S4-020, S4-039)."""
        self._tour("t", "reports_leak", "/confidentiality/report")
        case = self.env["confidentiality.case"].search([("company_id", "=", self.company.id)])
        self.assertEqual(case.report_id.user_id, self.users["t"])
        self.assertEqual(case.records, "Price list of March")
        self._tour("gm", "officer_answers_leak", self._url(case))
        self.assertEqual((case.state, case.answered_by_id), ("closed", self.users["gm"]))
        self.assertEqual(case.report_id.outcome, "It was stopped")

    def test_anonymous(self):
        self._tour("t", "reports_leak_anonymously", "/confidentiality/report")
        case = self.env["confidentiality.case"].search([("company_id", "=", self.company.id)])
        self.assertTrue(case.is_anonymous)
        self.assertFalse(case.report_id)

    def test_leaver(self):
        """T signs, HR hands over and ends his access, then he leaves (S4-050, S4-051)."""
        checkout = self.checkout()
        self._tour("t", "leaver_signs", self._url(checkout))
        self.assertEqual(checkout.statement_signed_by_id, self.users["t"])
        self._tour("hr", "hr_checks_out", self._url(checkout))
        self.assertEqual(self.customers["beihe"].user_id, self.users["b"])
        self.assertFalse(checkout.missing)
        self.employees["t"].with_user(self.users["hr"]).with_context(no_wizard=True).action_archive()
        self.assertEqual(checkout.state, "left")

    def checkout(self):
        return (
            self.env["confidentiality.checkout"]
            .with_user(self.users["hr"])
            .create(
                {
                    "employee_id": self.employees["t"].id,
                    "successor_id": self.users["b"].id,
                }
            )
        )


@tagged("post_install", "-at_install")
class TestCaseToursPhone(PhoneTour, TestCaseTours):
    """The same on a phone."""
