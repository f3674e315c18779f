# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo.tests import tagged

from .common import StorylineCase


class OpportunityCase(StorylineCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.source = cls.env["utm.source"].create({"name": "Telephone"})

    def stage(self, code):
        return self.env["crm.stage"].search(
            [("regulation_code", "=", code), ("regulation_process", "=", self.profile_code)]
        )

    def lead(self, who="A", **values):
        """A lead as the person types it."""
        lead = self.person(who).create(
            "crm.lead",
            **{
                "name": "Controllers for a new line",
                "type": "opportunity",
                "source_id": self.source.id,
                **values,
            },
        )
        return self.env["crm.lead"].browse(lead)

    def analysed(self, who="A", **values):
        return self.lead(
            who,
            **{
                "partner_id": self.customers["xinghai"].id,
                "expected_revenue": 960_000.0,
                "regulation_need": "10,000 controllers",
                "regulation_budget": 1_100_000.0,
                "regulation_feasibility": "feasible",
                **values,
            },
        )

    def evaluate(self, lead, who="KM"):
        self.A.call("crm.lead", "action_request_evaluation", lead.ids, reason="New line")
        self.person(who).call(
            "crm.lead",
            "action_evaluate",
            lead.ids,
            values={"size": 960_000.0, "probability": 60},
        )
        return self.decide(lead, "opportunity_entry", who)


@tagged("post_install", "-at_install")
class TestStorylineOpportunity(OpportunityCase):
    """Steps 5 (hand-over) and 15: from the telemarketer to the process."""

    def test_05_hand_over(self):
        """C05: one of the interested is the existing account Xinghai with a new project; the
        lead passes to A only after the department manager's consent."""
        self.at("2026-03-02 15:00")
        lead = self.lead("T", partner_name="Xinghai Electronics", phone="0755 9999")
        for person in (self.T, self.KM):
            with person.refused("consent of the department manager"):
                person.write("crm.lead", lead.ids, user_id=self.users["a"].id)
        with self.T.refused("consent of the department manager"):
            self.T.call(
                "crm.lead", "convert_opportunity", lead.ids, partner=False,
                user_ids=[self.users["a"].id],
            )
        [handover] = self.T.call(
            "crm.lead", "action_hand_over", lead.ids, user_id=self.users["a"].id,
            reason="New project",
        )
        self.assertEqual(lead.user_id, self.users["t"])
        row = self.env["crm.lead.handover"].browse(handover)
        approval = self.env["regulation.approval"].search(
            [("res_model", "=", row._name), ("res_id", "=", row.id)]
        )
        for person in (self.T, self.A, self.KM):
            with person.refused():
                person.call("regulation.approval", "action_approve", approval.ids)
        # The manager reads whose customer it is, T does not
        self.assertEqual(
            self.TM.read("crm.lead.handover", row.ids, "match_partner_id"),
            self.customers["xinghai"].id,
        )
        with self.T.refused(error="AccessError"):
            self.T.read("crm.lead.handover", row.ids, "match_partner_id")
        self.decide(row, "lead_handover", "TM")
        self.assertEqual(lead.user_id, self.users["a"])
        self.assertEqual(lead.partner_id, self.customers["xinghai"])
        # T keeps what he typed and whether it was accepted
        seen = self.T.read("crm.lead.handover", row.ids, "partner_name", "phone", "state")
        self.assertEqual(
            (seen["partner_name"], seen["phone"], seen["state"]),
            ("Xinghai Electronics", "0755 9999", "accepted"),
        )
        self.assertEqual(self.T.count("crm.lead", ["id", "=", lead.id]), 0)
        self.assertEqual(self.A.count("crm.lead", ["id", "=", lead.id]), 1)

    def test_15_opportunity_gate(self):
        """C05: A moves the lead to 'proposal' before KM's evaluation: blocked; after it moves."""
        self.at("2026-03-03 10:00")
        lead = self.analysed()
        self.assertEqual(lead.stage_id, self.stage("mining"))
        proposal = self.stage("proposal").id
        with self.A.refused("not evaluated by the manager"):
            self.A.write("crm.lead", lead.ids, stage_id=proposal)
        with self.A.refused(error="AccessError"):
            self.A.call(
                "crm.lead", "action_evaluate", lead.ids, values={"size": 1, "probability": 1}
            )
        with self.A.refused(error="AccessError"):
            self.A.write("crm.lead", lead.ids, regulation_chance=90)
        self.evaluate(lead)
        self.A.write("crm.lead", lead.ids, stage_id=proposal)
        self.assertEqual(lead.stage_id, self.stage("proposal"))
        self.assertEqual((lead.regulation_size, lead.regulation_chance), (960_000.0, 60.0))
        with self.A.refused("not complete", "A proposal is approved"):
            self.A.call("crm.lead", "action_set_won", lead.ids)
        with self.A.refused("source"):
            self.lead(source_id=False)


@tagged("post_install", "-at_install")
class TestStorylineProposal(OpportunityCase):
    """Step 16: version 1 returned 03-04, version 2 approved 03-05; the quotation waits."""

    def review(self, proposal, verdict, score, **kwargs):
        if verdict == "action_approve":
            self.tick(proposal, "KM", kind="proposal")
        self.KM.call("solution.proposal", "action_score", proposal.ids, values={"score": score})
        return self.decide(proposal, "proposal", "KM", verdict, **kwargs)

    def test_16_proposal(self):
        self.at("2026-03-02 10:00")
        # Step 10: Xinghai is a key account
        self.score("xinghai", (90, 80, 85))
        self.at("2026-03-03 14:00")
        lead = self.analysed()
        self.evaluate(lead)
        self.A.write("crm.lead", lead.ids, stage_id=self.stage("proposal").id)
        first = self.env["solution.proposal"].browse(
            self.A.create("solution.proposal", lead_id=lead.id, need_analysis="<p>10,000</p>")
        )
        with self.A.refused("Solution", "Cooperation"):
            self.A.call("solution.proposal", "action_submit", first.ids)
        self.A.write(
            "solution.proposal",
            first.ids,
            introduction="<p>HX-100</p>",
            solution="<p>Deliveries by week</p>",
            price_strategy="<p>92.00</p>",
            cooperation_mode="<p>One year</p>",
        )
        self.A.call("solution.proposal", "action_submit", first.ids)
        self.at("2026-03-04 09:30")
        self.review(first, "action_return", 60, opinion="The price is not in our interest")
        self.assertEqual((first.version, first.state), (1, "returned"))
        self.at("2026-03-04 15:00")
        order = self.quotation(price=96.0)
        self.A.write("sale.order", order.ids, opportunity_id=lead.id)
        self.approve_price(order)
        for method in ("action_quotation_send", "action_quotation_sent"):
            with self.A.refused("No solution proposal is approved"):
                self.A.call("sale.order", method, order.ids)
        with self.A.refused("No solution proposal is approved"):
            self.A.write("sale.order", order.ids, state="sent")
        with self.A.refused("No solution proposal is approved"):
            self.A.call("sale.order", "action_create_contract", order.ids)
        with self.A.refused("revise it in a new version"):
            self.A.write("solution.proposal", first.ids, price_strategy="<p>96.00</p>")
        action = self.A.call("solution.proposal", "action_revise", first.ids)
        second = self.env["solution.proposal"].browse(action["res_id"])
        self.A.write("solution.proposal", second.ids, price_strategy="<p>96.00</p>")
        self.A.call("solution.proposal", "action_submit", second.ids)
        self.at("2026-03-05 09:30")
        self.review(second, "action_approve", 85)
        self.assertEqual((second.version, second.state, second.quality_score), (2, "approved", 85))
        self.assertEqual(first.state, "returned")
        self.A.call("sale.order", "action_quotation_sent", order.ids)
        self.assertEqual(order.state, "sent")
        self.A.call("sale.order", "action_create_contract", order.ids)
        self.assertTrue(order.regulation_contract_id)
        self.A.write("crm.lead", lead.ids, stage_id=self.stage("negotiation").id)
        self.assertEqual(lead.stage_id, self.stage("negotiation"))
