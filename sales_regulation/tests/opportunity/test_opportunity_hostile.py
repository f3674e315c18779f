# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from ..hostile import HostileMixin
from .common import OpportunityCommon


@tagged("post_install", "-at_install")
class TestOpportunityHostile(HostileMixin, OpportunityCommon):
    """C05, C16: leads, hand-overs and proposals, tried by all sorts of people."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._build_hostile()

    def test_lead(self):
        lead = self._lead()
        for login in ("a", "gm", "shop"):
            changed = self._written(lead, login)
            self.assertFalse(
                changed & {"regulation_size", "regulation_chance", "regulation_evaluation_id",
                           "handover_ids", "proposal_ids", "approval_ids"}
            )  # fmt: skip
        self.assertClosed(lead, "out", "shop", "fin")

    def test_proposal(self):
        lead = self._entered()
        values = {"lead_id": lead.id, "solution": "<p>x</p>"}
        self.assertNotGiven(
            "solution.proposal", "a", values, "state", "version", "name", "quality_score",
            "scored_by_id", "decided_at", "decided_by_id", "previous_id", "submitted_at",
        )  # fmt: skip
        proposal = self._proposal(lead)
        proposal.action_submit()
        self.assertFixed(proposal, "a", "gm", "adm", "out", "shop")
        self.assertClosed(proposal, "b", "fin", "out", "shop")
        self._review(proposal)
        self.assertFixed(proposal, "a", "gm", "adm", "out", "shop")

    def test_proposal_on_a_colleagues_account(self):
        """Its quality counts for the salesperson: nobody writes a bad one for another."""
        b = self.users["b"].id
        plan = {
            "kind": "service",
            "partner_id": self.customers["xinghai"].id,
            "solution": "<p>Bad</p>",
        }
        Proposal = self.env["solution.proposal"].with_user(self.users["a"])
        with self.assertRaises(AccessError):
            Proposal.create({**plan, "user_id": b})
        with self.assertRaises(AccessError):
            Proposal.with_context(default_user_id=b).create(plan)
        mine = Proposal.create({**plan, "contributor_ids": [self.users["b"].id]})
        with self.assertRaises(AccessError):
            mine.user_id = b
        # Nor does somebody who helps make it his own
        self._as(mine, "b").solution = "<p>Better</p>"
        with self.assertRaises(AccessError):
            self._as(mine, "b").user_id = b
        theirs = self._as(mine, "km")
        theirs.user_id = b
        self.assertEqual(mine.sudo().user_id, self.users["b"])

    def test_handover(self):
        lead = self._lead("t", partner_id=False, partner_name="Far Ltd", name="Wants chips",
                          regulation_need="Called")
        ids = lead.action_hand_over(self.users["a"].id, "Interested")
        handover = self.env["crm.lead.handover"].browse(ids)
        self.assertFixed(handover, "t", "a", "tm", "km", "gm", "adm", "out", "shop")
        self.assertClosed(handover, "a", "b", "fin", "out", "shop")
        with self.assertRaises(UserError):
            self._as(lead, "a").action_hand_over(self.users["a"].id)

    def test_handover_gate_by_sets(self):
        """As many queries for 80 leads as for one, for whoever may not give them."""
        many = (
            self.env["crm.lead"]
            .with_user(self.users["t"])
            .create([{"name": "Lead", "source_id": self.source.id} for _number in range(80)])
        )
        counts = []
        for leads in (many, many[:1], many):  # the first fills the caches of settings
            person = leads.with_user(self.users["t"])
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            with self.assertRaises(UserError):
                person._gate_pass("handover", given=dict.fromkeys(leads.ids, self.users["t"]))
            counts.append(self.env.cr.sql_log_count - before)
        self.assertEqual(*counts[1:])
