# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from psycopg2 import IntegrityError

from odoo import Command
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import tagged
from odoo.tools import mute_logger

from odoo.addons.sales_regulation.tools import engine

from .common import OpportunityCommon


@tagged("post_install", "-at_install")
class TestSolutionProposal(OpportunityCommon):
    """C16: proposals with versions and review (S3-45 to S3-47, S0-28)."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.profile.with_user(cls.users["gm"]).action_retire()
        cls.profile = cls._process_profile(
            gates={"proposal_approved": "enforce"}, proposal_mode="required"
        )

    def setUp(self):
        super().setUp()
        self.lead = self._lead()
        self.proposal = self._proposal(self.lead)

    # -- the document

    def test_from_the_opportunity(self):
        self.assertEqual(self.proposal.partner_id, self.customers["xinghai"])
        self.assertEqual(self.proposal.team_id, self.teams["ka"])
        self.assertEqual((self.proposal.version, self.proposal.state), (1, "draft"))
        self.assertTrue(self.proposal.name.startswith("SP/"))
        with self.assertRaises(ValidationError):
            self._proposal(self.lead.browse(), partner_id=self.customers["beihe"].id)

    def test_service_plan(self):
        """S1-22, S4-206: a service plan needs no opportunity."""
        plan = self._proposal(
            self.lead.browse(), kind="service", partner_id=self.customers["beihe"].id
        )
        self.assertEqual(plan.state, "draft")
        self.assertFalse(plan.lead_id)
        plan.action_submit()
        self._review(plan)
        second = plan.browse(plan.action_revise()["res_id"])
        self.assertEqual((second.name, second.version, second.previous_id), (plan.name, 2, plan))

    def test_not_for_a_foreign_opportunity(self):
        with self.assertRaises(AccessError):
            self._proposal(self.lead, "b")
        mine = self._proposal(self._lead("b"), "b")
        with self.assertRaises(AccessError):
            mine.lead_id = self.lead

    def test_content_is_demanded(self):
        """S3-45: the refusal names the part that is missing."""
        self.proposal.solution = "<p><br></p>"
        with self.assertRaises(UserError) as refused:
            self.proposal.action_submit()
        self.assertIn("Solution", str(refused.exception))
        self.assertEqual(self.proposal.state, "draft")

    def test_fixed_after_submission(self):
        """By write, by superuser, by sealed fields; the draft of the next version is open."""
        self.proposal.action_submit()
        for vals in (
            {"solution": "<p>Other</p>"},
            {"partner_id": self.customers["beihe"].id},
            {"user_id": self.users["b"].id},
        ):
            for record in (self.proposal, self.proposal.sudo()):
                with self.assertRaises(UserError):
                    record.write(vals)
        for vals in ({"state": "approved"}, {"quality_score": 100}, {"version": 7}):
            for record in (self.proposal, self.proposal.sudo()):
                with self.assertRaises(AccessError):
                    record.write(vals)
        with self.assertRaises(UserError):
            self.proposal.sudo().unlink()
        with self.assertRaises(AccessError):
            self._proposal(self._lead(), state="approved")

    def test_review(self):
        """S3-46: three angles and a score before it passes; nobody reviews his own."""
        self.proposal.action_submit("Please")
        approval = self._pending(self.proposal)
        with self.assertRaises(AccessError):
            self.proposal.action_score({"score": 100})
        with self.assertRaises(AccessError):
            self._as(approval, "a").action_approve()
        with self.assertRaises(UserError) as refused:
            self._as(approval, "km").action_approve()
        self.assertIn("competitiveness", str(refused.exception))
        for item in self.proposal.sudo()._checklist_items("proposal")[self.proposal.id]:
            self._as(self.proposal, "km").action_tick(item.id)
        with self.assertRaises(UserError) as refused:
            self._as(approval, "km").action_approve()
        self.assertIn("quality score", str(refused.exception))
        for score in (-1, 101, "85", True, None):
            with self.assertRaises(ValidationError):
                self._as(self.proposal, "km").action_score({"score": score})
        self._as(self.proposal, "km").action_score({"score": 85})
        self._as(approval, "km").action_approve()
        self.assertEqual((self.proposal.state, self.proposal.quality_score), ("approved", 85))
        self.assertEqual(self.proposal.decided_by_id, self.users["km"])
        with self.assertRaises(AccessError):
            self._as(self.proposal, "km").action_score({"score": 90})

    def test_own_review(self):
        """KM's own proposal goes to his superior."""
        lead = self._lead("km")
        proposal = self._proposal(lead, "km")
        proposal.action_submit()
        approval = self._pending(proposal)
        self.assertNotIn(self.users["km"], approval.step_ids.user_ids)

    def test_versions(self):
        """S3-47: what came back is revised in a new version; the old one stays as it was."""
        self.proposal.action_submit()
        self._review(self.proposal, score=50, verdict="action_return", opinion="Too dear")
        self.assertEqual(self.proposal.state, "returned")
        with self.assertRaises(UserError):
            self.proposal.action_submit()
        second = self.proposal.browse(self.proposal.action_revise()["res_id"])
        self.assertEqual((second.version, second.previous_id), (2, self.proposal))
        self.assertEqual(second.name, self.proposal.name)
        self.assertFalse(second.quality_score)
        second.solution = "<p>Cheaper</p>"
        second.action_submit()
        self._review(second, score=85)
        self.assertEqual(second.state, "approved")
        self.assertEqual(self.proposal.solution, "<p>Three boards</p>")
        third = second.browse(second.action_revise()["res_id"])
        third.action_submit()
        self.assertEqual(second.state, "approved")
        self._review(third, score=90)
        self.assertEqual((second.state, third.state), ("superseded", "approved"))

    def test_one_draft_at_a_time(self):
        with self.assertRaises(IntegrityError), mute_logger("odoo.sql_db"), self.env.cr.savepoint():
            self._proposal(self.lead)

    def test_withdrawn(self):
        self.proposal.action_submit()
        self._as(self._pending(self.proposal), "a").action_withdraw()
        self.assertEqual(self.proposal.state, "draft")
        self.proposal.solution = "<p>Better</p>"
        self.proposal.action_submit()
        self.assertEqual(self.proposal.state, "submitted")

    def test_contributors(self):
        """S3-45: people of other departments write on the draft, and on nothing else."""
        self.proposal.contributor_ids = self.users["pln"]
        planner = self._as(self.proposal, "pln")
        planner.introduction = "<p>Delivery in June</p>"
        self.assertIn("June", self.proposal.introduction)
        with self.assertRaises(AccessError):
            self._as(self.proposal, "wh").introduction = "<p>No</p>"
        self.proposal.action_submit()
        with self.assertRaises(UserError):
            planner.introduction = "<p>Late</p>"

    def test_rights(self):
        """Own, team leader, managers; not colleagues, not other companies."""
        self.assertTrue(self._as(self.proposal, "km").has_access("read"))
        self.assertFalse(self._as(self.proposal, "b").has_access("read"))
        self.assertFalse(self._as(self.proposal, "t").has_access("read"))
        other = self.env["res.company"].create({"name": "Elsewhere"})
        gm = self.users["gm"]
        gm.company_ids |= other
        self.assertFalse(
            self.proposal.with_user(gm)
            .with_context(allowed_company_ids=other.ids)
            .search([("id", "=", self.proposal.id)])
        )

    def test_merge(self):
        """Proposals of a merged opportunity follow it; those for other customers open nothing."""
        other = self._lead(partner_id=self.customers["beihe"].id, expected_revenue=1)
        self._approved(other)
        head = (self.lead | other).merge_opportunity()
        proposals = self.env["solution.proposal"].search([("lead_id", "=", head.id)])
        self.assertEqual(sorted(proposals.mapped("version")), [1, 2])
        order = self._order(opportunity_id=head.id, customer="xinghai")
        self.assertIn("proposal_approved", self._stopped(order, "send"))

    # -- the gate

    def _stopped(self, document, stage):
        return {row.gate for row in document.sudo()._gate_refusals(stage) if row.mode == "enforce"}

    def test_quotation_waits(self):
        """S3-47: not sent, not printed, not marked as sent, not confirmed; then it is."""
        order = self._order(opportunity_id=self.lead.id)
        report = self.env.ref("sale.action_report_saleorder")
        template = self.env.ref("sale.email_template_edi_sale")
        for deed in (
            order.action_quotation_send,
            order.action_quotation_sent,
            lambda: order.write({"state": "sent"}),
            order.action_confirm,
            lambda: report.with_user(self.users["a"])._render_qweb_html(report, order.ids),
            lambda: template.with_user(self.users["a"]).send_mail(order.id),
            lambda: self._order(opportunity_id=self.lead.id, state="sent"),
            lambda: order.sudo().write({"state": "sent"}),
        ):
            with self.assertRaises(UserError), self.env.cr.savepoint():
                deed()
            self.env.invalidate_all()
            self.assertEqual(order.state, "draft")
        self.assertFalse(order.sudo()._has_to_be_signed())
        self.proposal.action_submit()
        with self.assertRaises(UserError):
            order.action_quotation_sent()
        self._review(self.proposal)
        order.action_quotation_sent()
        self.assertEqual(order.state, "sent")

    def test_contract_waits(self):
        """Neither from the quotation nor by hand is a contract drafted before."""
        order = self._order(opportunity_id=self.lead.id)
        Contract = self.env["sales.contract"].with_user(self.users["a"])
        with self.assertRaises(UserError):
            order.action_create_contract()
        with self.assertRaises(UserError):
            Contract.create({"partner_id": self.customers["xinghai"].id})
        self.proposal.action_submit()
        self._review(self.proposal)
        order.action_create_contract()
        self.assertTrue(order.regulation_contract_id)
        with self.assertRaises(UserError):
            order.regulation_contract_id.partner_id = self.customers["beihe"]
        with self.assertRaises(UserError):
            self._order(regulation_contract_id=order.regulation_contract_id.id)
        # The proposal was for this opportunity: another quotation does not share it
        loose = self._order()
        with self.assertRaises(UserError):
            loose.action_create_contract()
        with self.assertRaises(UserError):
            loose.regulation_contract_id = order.regulation_contract_id

    def test_no_detour(self):
        """A quotation without opportunity, or for another customer, finds no proposal."""
        self.proposal.action_submit()
        self._review(self.proposal)
        self.assertIn("proposal_approved", self._stopped(self._order(), "send"))
        order = self._order(customer="beihe", opportunity_id=self.lead.id)
        self.assertIn("proposal_approved", self._stopped(order, "send"))
        order = self._order(opportunity_id=self.lead.id)
        self.assertFalse(self._stopped(order, "send"))
        # Nobody uses the proposal of a colleague's opportunity
        with self.assertRaises(AccessError):
            self._order("b", opportunity_id=self.lead.id)
        with self.assertRaises(AccessError):
            self._order("b").opportunity_id = self.lead
        # The customer of the opportunity may change: the proposal stays the old one's
        self.lead.partner_id = self.customers["beihe"]
        other = self._order(customer="beihe", opportunity_id=self.lead.id)
        self.assertIn("proposal_approved", self._stopped(other, "send"))

    def test_recommended(self):
        """S0-28: recommended is observed, whatever the mode of the gate."""
        self.profile.with_user(self.users["gm"]).action_retire()
        self._process_profile(gates={"proposal_approved": "enforce"}, proposal_mode="recommended")
        order = self._order(opportunity_id=self.lead.id)
        self.assertIn("No solution proposal", order.regulation_notice)
        self.assertFalse(order.regulation_held)
        order.action_quotation_sent()
        self.assertEqual(order.state, "sent")

    def test_tier(self):
        """S3-18: what is demanded of a customer follows his tier; of the others the regulation."""
        self.profile.with_user(self.users["gm"]).action_retire()
        tiers = {
            code: self.env.ref(f"sales_regulation.ka_tier_{code}")
            for code in ("key", "secondary", "general")
        }
        self._process_profile(
            gates={"proposal_approved": "enforce"},
            proposal_mode="none",
            tier_ids=[
                Command.create({"tier_id": tiers["key"].id, "proposal_mode": "required"}),
                Command.create({"tier_id": tiers["secondary"].id, "proposal_mode": "recommended"}),
                Command.create({"tier_id": tiers["general"].id}),
            ],
        )
        engine(self.env["ka.tier.assignment"]).create(
            [
                {
                    "partner_id": self.customers[customer].id,
                    "company_id": self.company.id,
                    "tier_id": tiers[code].id,
                    "date_from": "2020-01-01",
                }
                for customer, code in (
                    ("xinghai", "key"),
                    ("beihe", "secondary"),
                    ("nanfeng", "general"),
                )
            ]
        )
        modes = {
            customer: [row.mode for row in self._order(customer=customer)._gate_refusals("send")]
            for customer in self.customers
        }
        self.assertEqual(
            modes, {"xinghai": ["enforce"], "beihe": ["observe"], "nanfeng": [], "dongfang": []}
        )
        contact = self.env["res.partner"].create(
            {"name": "Lin Hai", "parent_id": self.customers["xinghai"].id}
        )
        order = self._order()
        order.partner_id = contact
        self.assertIn("proposal_approved", self._stopped(order, "send"))

    def test_none(self):
        self.profile.with_user(self.users["gm"]).action_retire()
        self._process_profile(gates={"proposal_approved": "enforce"}, proposal_mode="none")
        order = self._order()
        self.assertFalse(order.regulation_notice)
        order.action_quotation_sent()
        self.assertEqual(order.state, "sent")

    def test_wizard(self):
        self.proposal.action_submit()
        self.assertTrue(self._as(self.proposal, "km").to_review)
        self.assertFalse(self.proposal.to_review)
        wizard = self.env["solution.proposal.review"].with_user(self.users["km"]).create(
            {"proposal_id": self.proposal.id, "score": 40, "opinion": "Too dear"}
        )
        wizard.action_return()
        self.assertEqual((self.proposal.state, self.proposal.quality_score), ("returned", 40))

    def test_queries(self):
        """The gate asks as much of eighty quotations as of one."""
        one = self._order(opportunity_id=self.lead.id)
        many = self.env["sale.order"].browse(
            [self._order(opportunity_id=self.lead.id).id for _number in range(30)]
        )
        counts = {}
        for orders in (one, many):
            for _run in range(2):
                self.env.invalidate_all()
                start = self.env.cr.sql_log_count
                orders.sudo()._gate_refusals("contract")
                counts[len(orders)] = self.env.cr.sql_log_count - start
        self.assertEqual(counts[30], counts[1])
