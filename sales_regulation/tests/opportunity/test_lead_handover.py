# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from .common import OpportunityCommon


@tagged("post_install", "-at_install")
class TestLeadHandover(OpportunityCommon):
    """C05: from clerk to salesman with the department manager's consent only (S4-070)."""

    def setUp(self):
        super().setUp()
        self.lead = self._lead("t", partner_id=False, partner_name="Xinghai  electronics",
                               name="Wants controllers", regulation_need="Called back twice")

    def _asked(self, lead=None, to="a"):
        lead = lead or self.lead
        ids = lead.action_hand_over(self.users[to].id, "Interested")
        return self.env["crm.lead.handover"].with_user(self.users["t"]).browse(ids)

    def test_direct_ways_are_closed(self):
        """Write of the salesperson or the team, giving it to nobody, creating it for another."""
        a, b = self.users["a"], self.users["b"]
        for vals in (
            {"user_id": a.id},
            {"user_id": False},
            {"team_id": self.teams["ka"].id},
            {"user_id": a.id, "team_id": self.teams["ka"].id},
        ):
            for lead in (self.lead, self.lead.sudo(), self._as(self.lead, "km")):
                with self.assertRaises(UserError), self.env.cr.savepoint():
                    lead.write(vals)
                self.env.invalidate_all()
        for user in (a.id, False):
            with self.assertRaises(UserError):
                self._lead("t", user_id=user)
        with self.assertRaises(UserError):
            self.lead.convert_opportunity(False, user_ids=[b.id])
        self.assertEqual(self.lead.sudo().user_id, self.users["t"])

    def test_import(self):
        result = self.env["crm.lead"].with_user(self.users["t"]).load(
            ["name", "source_id/.id", "user_id/.id"],
            [["Given", str(self.source.id), str(self.users["a"].id)]],
        )
        self.assertFalse(result["ids"])

    def test_merge_takes_nothing(self):
        """Nobody takes the lead by merging it into his own."""
        own = self._lead("a")
        both = self._as(own | self.lead, "km")
        with self.assertRaises(UserError), self.env.cr.savepoint():
            both.merge_opportunity(user_id=self.users["a"].id)
        self.env.invalidate_all()
        # It would be the one that is swallowed
        self.lead.type = "lead"
        with self.assertRaises(UserError), self.env.cr.savepoint():
            both.merge_opportunity()
        self.assertTrue(self.lead.sudo().exists())

    def test_consent(self):
        """Storyline 5: the lead passes to A after the department manager's consent."""
        handover = self._asked()
        self.assertEqual(handover.state, "waiting")
        self.assertEqual(self.lead.sudo().user_id, self.users["t"])
        approval = self._pending(handover)
        self.assertEqual(approval.sudo().step_ids.user_ids, self.users["tm"])
        for login in ("t", "a", "km"):
            with self.assertRaises(AccessError):
                self._as(approval, login).action_approve()
        self._as(approval, "tm").action_approve()
        self.assertEqual(handover.state, "accepted")
        lead = self.lead.sudo()
        self.assertEqual(lead.user_id, self.users["a"])
        self.assertTrue(self._events("lead_handed_over"))

    def test_match_is_silent(self):
        """T types a name that exists: the manager reads whose it is, T only his own words."""
        handover = self._asked()
        t, tm = self.users["t"], self.users["tm"]
        self.assertEqual(handover.partner_name, "Xinghai  electronics")
        self.assertEqual(handover.with_user(tm).match_partner_id, self.customers["xinghai"])
        handover = self._asked(self._lead("t", partner_id=False, partner_name="xinghai electronics"))
        approval = self._pending(handover)
        self.assertEqual(
            handover.with_user(tm).match_partner_id, self.customers["xinghai"]
        )
        self.assertNotIn("match_partner_id", handover.fields_get())
        self.assertNotIn("lead_id", handover.fields_get())
        with self.assertRaises(AccessError):
            handover.read(["match_partner_id"])
        with self.assertRaises(AccessError):
            handover.search([("match_partner_id", "!=", False)])
        self.assertIn("Known customer", approval.with_user(tm).summary)
        self.assertNotIn("Known customer", approval.with_user(t).summary or "")
        approval.with_user(tm).action_approve()
        lead = self.env["crm.lead"].search([("partner_name", "=", "Xinghai Electronics"),
                                            ("user_id", "=", self.users["a"].id)], limit=1)
        self.assertTrue(lead or handover.sudo().lead_id.partner_id == self.customers["xinghai"])
        self.assertEqual(handover.state, "accepted")
        self.assertEqual(handover.partner_name, "xinghai electronics")
        self.assertFalse(self.env["crm.lead"].with_user(t).search([("id", "=", handover.sudo().lead_id.id)]))

    def test_returned_and_withdrawn(self):
        handover = self._asked()
        self._as(self._pending(handover), "tm").action_return("Call again first")
        self.assertEqual(handover.state, "returned")
        again = self._asked()
        again.action_withdraw()
        self.assertEqual(again.state, "withdrawn")
        self.assertEqual(self.lead.sudo().user_id, self.users["t"])

    def test_row_is_evidence(self):
        """The system alone writes it; T cannot make, change or delete one."""
        handover = self._asked()
        Model = handover.browse()
        with self.assertRaises(AccessError):
            Model.create({"name": "x", "user_id": self.users["t"].id, "to_user_id": self.users["a"].id})
        with self.assertRaises(AccessError):
            Model.sudo().create({"name": "x", "user_id": self.users["t"].id,
                                 "to_user_id": self.users["a"].id, "company_id": self.company.id})
        for vals in ({"state": "accepted"}, {"to_user_id": self.users["b"].id}):
            with self.assertRaises(AccessError):
                handover.write(vals)
            with self.assertRaises(AccessError):
                handover.sudo().write(vals)
        with self.assertRaises(AccessError):
            handover.sudo().unlink()

    def test_whose_lead(self):
        """Nobody hands over the lead of somebody else, nor to a stranger."""
        with self.assertRaises(AccessError):
            self._as(self.lead, "a").action_hand_over(self.users["a"].id)
        for wrong in (self.users["t"].id, 0, "1", None):
            with self.assertRaises(UserError):
                self.lead.action_hand_over(wrong)
        self._asked()
        with self.assertRaises(Exception):  # noqa: B017 - the unique index answers
            with self.env.cr.savepoint():
                self._asked()

    def test_the_manager_himself(self):
        """The department manager's own step is his consent; other owners are not concerned."""
        self._as(self.lead, "tm").user_id = self.users["a"]
        self.assertEqual(self.lead.sudo().user_id, self.users["a"])
        self._as(self.lead, "km").user_id = self.users["b"]
        self.assertEqual(self.lead.sudo().user_id, self.users["b"])

    def test_other_companies_see_nothing(self):
        handover = self._asked()
        other = self.env["res.company"].create({"name": "Elsewhere"})
        self.users["gm"].company_ids |= other
        gm = handover.with_user(self.users["gm"])
        self.assertTrue(gm.search([("id", "=", handover.id)]))
        self.assertFalse(
            gm.with_context(allowed_company_ids=other.ids).search([("id", "=", handover.id)])
        )
        self.assertFalse(self._as(handover, "b").search([("id", "=", handover.id)]))

    def test_nobody_is_told_what_becomes_of_it(self):
        handover = self._asked()
        self.lead.message_subscribe(self.users["t"].partner_id.ids)
        self._as(self._pending(handover), "tm").action_approve()
        self.assertNotIn(self.users["t"].partner_id, self.lead.sudo().message_partner_ids)

    def test_assigned_when_it_is_entered(self):
        """A manager enters a lead for one of his people; a colleague does not."""
        lead = self._lead("tm", user_id=self.users["t"].id)
        self.assertEqual(lead.user_id, self.users["t"])

    def test_wizard(self):
        action = self.lead.action_open_handover()
        wizard = (
            self.env[action["res_model"]]
            .with_user(self.users["t"])
            .with_context(**action["context"])
            .create({"user_id": self.users["a"].id, "reason": "Warm"})
        )
        wizard.action_confirm()
        self.assertTrue(self.env["crm.lead.handover"].search([("name", "=", "Wants controllers")]))
