# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import Command
from odoo.exceptions import UserError
from odoo.tests import tagged

from .test_resolution import PolicyCase


@tagged("post_install", "-at_install")
class TestSourceProfiles(PolicyCase):
    """Storyline: the same order under the shipped source profiles must differ."""

    def _adopt(self, key):
        template = self.env.ref(f"sales_regulation.profile_{key}")
        profile = template._adopt(
            {
                "code": f"OWN-{key}",
                "version": "1.0",
                "date_from": "2020-01-01",
                "acknowledgement": False,
                "assignment_ids": [Command.create({"company_id": self.company.id})],
            }
        )
        profile.with_user(self.users["gm"]).action_publish()
        return profile

    def _review(self, order):
        """Chen Gang ticks everything and approves (S0-33, S0-34)."""
        order.action_request_approval("order_review")
        request = order.sudo().approval_ids.filtered(lambda row: row.state == "pending")
        for item in order.sudo()._checklist_items("order_review")[order.id]:
            self._as(order, "km").action_tick(item.id)
        self._as(request, "km").action_approve()

    def _ship(self, order):
        picking = order.sudo().picking_ids
        picking.move_ids.write({"quantity": 1, "picked": True})
        self._as(picking, "wh").button_validate()
        return picking

    def _propose(self, order):
        """The opportunity is evaluated, its proposal approved by Chen Gang (S3-44 to S3-47)."""
        lead = self.env["crm.lead"].with_user(self.users["a"]).create(
            {
                "name": "Project",
                "type": "opportunity",
                "partner_id": order.partner_id.id,
                "source_id": self.env["utm.source"].create({"name": "Fair"}).id,
                "regulation_need": "Boards",
                "regulation_budget": 1000,
                "regulation_feasibility": "feasible",
            }
        )
        lead.action_request_evaluation()
        self._as(lead, "km").action_evaluate({"size": 1000, "probability": 50})
        self._approve(lead)
        order.opportunity_id = lead
        texts = ("need_analysis", "introduction", "solution", "price_strategy", "cooperation_mode")
        proposal = self.env["solution.proposal"].with_user(self.users["a"]).create(
            {"lead_id": lead.id, **dict.fromkeys(texts, "<p>As agreed</p>")}
        )
        proposal.action_submit()
        for item in proposal.sudo()._checklist_items("proposal")[proposal.id]:
            self._as(proposal, "km").action_tick(item.id)
        self._as(proposal, "km").action_score({"score": 85})
        self._approve(proposal)

    def _approve(self, document):
        request = document.sudo().approval_ids.filtered(lambda row: row.state == "pending")
        self._as(request, "km").action_approve()

    def _gates(self, document, stage):
        """The gates that would stop the step now."""
        return {
            refusal.gate
            for refusal in document.sudo()._gate_refusals(stage)
            if refusal.mode == "enforce"
        }

    def test_no_profile(self):
        """Manager order review: no. Ship with 0 paid: allowed, as stock."""
        order = self._order("a")
        order.action_confirm()
        self.assertEqual(self._ship(order).state, "done")

    def test_chip_agency(self):
        """S0. Confirm without contract: blocked. Manager order review: required. Ship with 0
        paid: allowed."""
        self._adopt("s0")
        order = self._order("a")
        self.assertEqual(self._gates(order, "confirm"), {"contract_signed", "order_review"})
        self._sign_contract(order)
        with self.assertRaises(UserError) as refused:
            order.action_confirm()
        self.assertIn("S0-33", str(refused.exception))
        self._review(order)
        order.action_confirm()
        self.assertEqual(order.state, "sale")
        self.assertEqual(self._ship(order).state, "done")

    def test_general_scheme_and_key_accounts(self):
        """S1 and S3. Confirm without contract: warning only, blocked. Manager order review: no
        (S3: of changes). Ship with 0 paid: allowed."""
        for key in ("s1", "s3"):
            with self.subTest(profile=key):
                profile = self._adopt(key)
                order = self._order("a")
                self.assertIn("contract", order.regulation_notice)
                if key == "s3":
                    # Key accounts: a proposal precedes the quotation too (S3-47)
                    self.assertIn("proposal_approved", self._gates(order, "confirm"))
                    self._propose(order)
                    self.assertEqual(self._gates(order, "confirm"), {"contract_signed"})
                    self._sign_contract(order)
                self.assertFalse(self._gates(order, "confirm"))
                order.action_confirm()
                self.assertEqual(self._ship(order).state, "done")
                profile.with_user(self.users["gm"]).action_retire()

    def test_shipping_and_chapter_11(self):
        """S4. Confirm without contract: blocked. Manager order review: no. Ship with 0 paid:
        blocked, general manager releases."""
        self._adopt("s4")
        order = self._order("a")
        self.assertEqual(self._gates(order, "confirm"), {"contract_signed"})
        self._sign_contract(order, rights_terms="As usual")
        order.action_confirm()
        self.assertEqual(order.state, "sale")
        picking = order.sudo().picking_ids
        self.assertIn("payment_before_shipment", self._gates(picking, "ship"))
        with self.assertRaises(UserError) as refused:
            self._ship(order)
        self.assertIn("S4-337", str(refused.exception))
        self.assertNotEqual(picking.state, "done")

    def test_starter_only_observes(self):
        """Everything passes; the banner says what would be asked."""
        self._adopt("starter")
        order = self._order("a", quantity=1000)
        self.assertIn("Order review", order.regulation_notice)
        self.assertFalse(order.regulation_held)
        order.action_confirm()
        self.assertEqual(order.state, "sale")
