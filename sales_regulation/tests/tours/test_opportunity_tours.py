# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo.tests import tagged

from .common import PhoneTour, TourCommon


@tagged("post_install", "-at_install")
class TestOpportunityTourPhone(PhoneTour, TourCommon):
    """C05, C16: an opportunity from the lead to its proposal on a phone."""

    def test_lead_to_proposal(self):
        lead = (
            self.env["crm.lead"]
            .with_user(self.users["a"])
            .create(
                {
                    "name": "New line",
                    "type": "opportunity",
                    "partner_id": self.customers["xinghai"].id,
                    "source_id": self.env["utm.source"].search([], limit=1).id,
                    "expected_revenue": 500000,
                }
            )
        )
        proposal = lead.env["solution.proposal"].create(
            {
                "lead_id": lead.id,
                "need_analysis": "<p>Three boards</p>",
                "introduction": "<p>HX-100</p>",
                "price_strategy": "<p>96 from 10,000 on</p>",
                "cooperation_mode": "<p>Framework contract</p>",
            }
        )
        self._tour("a", "rep_opportunity", self._url(lead))
        self.assertEqual(lead.regulation_need, "10,000 controllers by June")
        self.assertTrue(self._requests(lead, "opportunity_entry"))
        self.assertEqual(proposal.state, "submitted")
        self.assertIn("Two controllers a board", proposal.solution)
