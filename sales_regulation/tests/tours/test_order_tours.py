# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo.tests import tagged

from .common import PhoneTour, TourCommon


@tagged("post_install", "-at_install")
class TestOrderTours(TourCommon):
    """Storyline 1, 17, 22 and 23: from the quotation to the confirmed order."""

    def test_price(self):
        self._tour("a", "rep_quotation", "/odoo/sales")
        order = self.env["sale.order"].search([("company_id", "=", self.company.id)])
        self.assertRecordValues(
            order, [{"state": "draft", "amount_untaxed": 960000.0, "amount_total": 1084800.0}]
        )
        self.assertEqual(order.user_id, self.users["a"])
        request = self._requests(order, "price")
        self.assertEqual((request.deviation, request.step_ids.user_ids), (4.0, self.users["km"]))

        self._tour("km", "manager_price", "/odoo/to-approve")
        self.assertEqual(request.state, "approved")
        self.assertEqual(request.decision_ids[-1].user_id, self.users["km"])
        self.assertTrue(order._approvals_valid("price")[order.id])

    def test_change_refused(self):
        order = self._confirmed()
        self._tour("a", "rep_change", self._url(order))
        change = self.env["sale.order.change"].search([("order_id", "=", order.id)])
        self.assertRecordValues(
            change, [{"state": "submitted", "user_id": self.users["a"].id, "amount_after": 1008000}]
        )
        self._tour("km", "manager_change", "/odoo/to-approve")
        self.assertEqual(change.state, "refused")
        self.assertEqual(order.order_line.product_uom_qty, 10000)

    def test_acknowledgement(self):
        step = self.acknowledgement.step_ids.filtered(lambda step: step.user_ids == self.users["a"])
        self.assertEqual(step.state, "pending")
        self._tour("a", "rep_acknowledges", "/odoo/to-approve")
        self.assertRecordValues(step, [{"state": "approved", "decided_by_id": self.users["a"].id}])
        self.assertEqual(self.acknowledgement.state, "pending")


@tagged("post_install", "-at_install")
class TestOrderToursPhone(PhoneTour, TestOrderTours):
    pass
