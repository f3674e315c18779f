# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import Command
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import tagged

from .common import OpportunityCommon


@tagged("post_install", "-at_install")
class TestSalesProcess(OpportunityCommon):
    """C05: stages in order, with their checklists, by whatever route (S1-03, S1-07, S4-137)."""

    # -- the stages of the pipeline

    def test_stages_are_made_for_the_teams_covered(self):
        """S1-07, S4-118: tagged through the teams; stages of nobody stay as they are."""
        stages = self.env["crm.stage"].search([("regulation_process", "=", self.profile.code)])
        self.assertEqual(stages.mapped("regulation_code"), [code for code, *_rest in (
            ("mining",), ("proposal",), ("negotiation",), ("order",))])
        self.assertEqual(stages.team_ids, self.teams["ka"] | self.teams["tele"])
        self.assertEqual(stages.filtered("is_won").regulation_code, "order")
        self.assertFalse(
            self.env["crm.stage"].search([("regulation_code", "=", False)]).filtered(
                lambda stage: stage.team_ids & self.teams["ka"]
            )
        )
        self.profile.with_user(self.users["adm"]).action_make_lead_stages()
        again = self.env["crm.stage"].search([("regulation_process", "=", self.profile.code)])
        self.assertEqual(again, stages)

    def test_columns_of_the_pipeline(self):
        """The pipeline of a team with a process shows its stages; another one's stays stock."""
        Lead = self.env["crm.lead"].with_user(self.users["a"])
        aside = self.env["crm.stage"].create({"name": "Aside"})
        none = self.env["crm.stage"]
        shown = Lead.with_context(default_team_id=self.teams["ka"].id)._read_group_stage_ids(none, [])
        self.assertEqual(shown.mapped("regulation_process"), [self.profile.code] * 4)
        self.assertIn(aside, Lead._read_group_stage_ids(none, []))
        with_lead = Lead.with_context(default_team_id=self.teams["ka"].id)._read_group_stage_ids(
            aside, []
        )
        self.assertIn(aside, with_lead)

    def test_installing_makes_no_stage(self):
        templates = self.env["regulation.profile"].search([("is_template", "=", True)])
        self.assertTrue(templates.lead_stage_ids)
        self.assertFalse(
            self.env["crm.stage"].search([("regulation_process", "in", templates.mapped("code"))])
        )

    def test_code_of_a_stage_is_sealed(self):
        stage = self._stage("mining")
        manager = self.users["gm"]
        with self.assertRaises(AccessError):
            stage.with_user(manager).regulation_code = "order"
        with self.assertRaises(AccessError):
            stage.with_user(manager).is_won = True
        with self.assertRaises(AccessError):
            self.env["crm.stage"].with_user(manager).create(
                {"name": "Mine", "regulation_code": "order"}
            )
        with self.assertRaises(AccessError):
            self._stage("negotiation").with_user(manager).sequence = -500
        # A stage of nobody before all others: leads begin outside and come in
        aside = self.env["crm.stage"].create({"name": "Aside", "sequence": -500})
        lead = self._lead()
        self.assertEqual(lead.stage_id, aside)
        with self.assertRaises(UserError):
            lead.stage_id = self._stage("negotiation")
        lead.stage_id = self._stage("mining")

    def test_a_stage_made_won_wins_nothing(self):
        """Whoever makes a stock stage a won one would win all leads in it."""
        stage = self.env["crm.stage"].create({"name": "Aside"})
        lead = self.env["crm.lead"].search([("stage_id", "=", stage.id)])
        self.assertFalse(lead)
        lead = self._lead(stage_id=stage.id)
        with self.assertRaises(UserError):
            stage.with_user(self.users["gm"]).is_won = True
        self.assertNotEqual(lead.won_status, "won")

    def test_first_stage_needs_no_evaluation(self):
        with self.assertRaises(ValidationError):
            self._profile(
                publish=False,
                lead_stage_ids=[Command.create({"name": "A", "code": "a", "entry": True})],
            )

    # -- source

    def test_source_is_mandatory(self):
        """S0-25: on creation, by import, and never taken away."""
        Lead = self.env["crm.lead"].with_user(self.users["a"])
        with self.assertRaises(UserError) as refused:
            Lead.create({"name": "From nowhere"})
        self.assertIn("source", str(refused.exception))
        result = Lead.load(["name"], [["From a list"], ["And another"]])
        self.assertFalse(result["ids"])
        result = Lead.load(["name", "source_id/.id"], [["From a list", str(self.source.id)]])
        self.assertTrue(result["ids"], result["messages"])
        lead = self._lead()
        with self.assertRaises(UserError):
            lead.source_id = False

    def test_source_of_incoming_mail(self):
        """What arrives by the mail gateway is kept; it does not go on without source."""
        lead = self.env["crm.lead"].with_user(self.env.ref("base.user_root")).create(
            {"name": "Mail", "type": "opportunity", "user_id": self.users["a"].id,
             "team_id": self.teams["ka"].id, "partner_id": self.customers["beihe"].id}
        )
        mine = self._evaluate(self._analysed(self._as(lead, "a")))
        with self.assertRaises(UserError) as refused:
            mine.stage_id = self._stage("proposal")
        self.assertIn("source", str(refused.exception))

    # -- stages

    def test_lead_begins_at_the_first_stage(self):
        self.assertEqual(self._lead().stage_id, self._stage("mining"))

    def test_checklist(self):
        """S3-43: the refusal names what is missing; then the lead moves."""
        lead = self._evaluate(self._lead())
        with self.assertRaises(UserError) as refused:
            lead.stage_id = self._stage("proposal")
        for name in ("Item lead_need", "Item lead_budget", "Item lead_feasible"):
            self.assertIn(name, str(refused.exception))
        self.assertNotIn("Item lead_source", str(refused.exception))
        # In one write with the move, as a form saves it
        lead.write(
            {
                "stage_id": self._stage("proposal").id,
                "regulation_need": "Boards",
                "regulation_budget": 1,
                "regulation_feasibility": "feasible",
            }
        )
        self.assertEqual(lead.stage_id, self._stage("proposal"))
        self.assertTrue(self._events("lead_stage", lead).filtered(lambda row: row.code == "proposal"))

    def test_late_stages_need_what_precedes(self):
        """Creation in a late stage, won by button, by probability, by a stock stage, by import."""
        Lead = self.env["crm.lead"].with_user(self.users["a"])
        base = {"name": "Jump", "type": "opportunity", "source_id": self.source.id}
        for code in ("negotiation", "order"):
            with self.assertRaises(UserError):
                Lead.create({**base, "stage_id": self._stage(code).id})
        with self.assertRaises(UserError):
            Lead.with_context(default_stage_id=self._stage("order").id).create(base)
        result = Lead.load(
            ["name", "source_id/.id", "stage_id/.id"],
            [["Jump", str(self.source.id), str(self._stage("order").id)]],
        )
        self.assertFalse(result["ids"])
        lead = self._lead()
        stock_won = self.env["crm.stage"].create({"name": "Stock won", "is_won": True})
        for deed in (
            lead.action_set_won,
            lead.action_set_won_rainbowman,
            lambda: lead.write({"probability": 100}),
            lambda: lead.write({"stage_id": stock_won.id}),
            lambda: lead.write({"stage_id": self._stage("order").id}),
            lambda: lead.sudo().write({"stage_id": self._stage("order").id}),
            lambda: self.env["crm.lead"].browse(lead.id).sudo().action_set_won(),
        ):
            with self.assertRaises(UserError), self.env.cr.savepoint():
                deed()
            self.env.invalidate_all()
            self.assertEqual(lead.stage_id, self._stage("mining"))

    def test_outside_of_the_process(self):
        lead = self._lead()
        aside = self.env["crm.stage"].create({"name": "Aside"})
        with self.assertRaises(UserError) as refused:
            lead.stage_id = aside
        self.assertIn("T mining, T proposal", str(refused.exception))

    def test_back_is_free_and_forward_again_is_not(self):
        lead = self._entered()
        lead.stage_id = self._stage("mining")
        lead.regulation_need = False
        with self.assertRaises(UserError):
            lead.stage_id = self._stage("proposal")

    def test_lost_and_restored(self):
        """Giving up is free; what is taken up again stands where it stood."""
        lead = self._entered()
        lead.action_set_lost()
        self.assertEqual(lead.won_status, "lost")
        lead.action_restore()
        self.assertEqual(lead.stage_id, self._stage("proposal"))
        with self.assertRaises(UserError):
            lead.action_set_won()

    def test_conversion(self):
        """A lead becomes an opportunity at the first stage; not without its source."""
        lead = self._lead(type="lead")
        lead.convert_opportunity(self.customers["xinghai"])
        self.assertEqual((lead.type, lead.stage_id), ("opportunity", self._stage("mining")))
        bare = self.env["crm.lead"].with_user(self.env.ref("base.user_root")).create(
            {"name": "Form", "type": "lead", "user_id": self.users["a"].id,
             "team_id": self.teams["ka"].id}
        )
        with self.assertRaises(UserError):
            self._as(bare, "a").convert_opportunity(self.customers["beihe"])

    def test_conversion_wizard(self):
        lead = self._lead(type="lead")
        wizard = (
            self.env["crm.lead2opportunity.partner"]
            .with_user(self.users["a"])
            .with_context(active_model="crm.lead", active_id=lead.id, active_ids=lead.ids)
            .create({"name": "convert", "action": "exist", "partner_id": self.customers["xinghai"].id})
        )
        wizard.action_apply()
        self.assertEqual((lead.type, lead.stage_id), ("opportunity", self._stage("mining")))

    def test_merge(self):
        """The merged one stands where it stood, and nothing is moved on by merging."""
        far = self._entered()
        near = self._lead()
        merged = (near | far).merge_opportunity()
        self.assertEqual(merged.stage_id, self._stage("proposal"))
        with self.assertRaises(UserError):
            merged.stage_id = self._stage("negotiation")

    def test_other_company_and_back(self):
        """A detour over a company without regulation moves nothing on."""
        other = self.env["res.company"].create({"name": "Elsewhere"})
        self.users["a"].company_ids |= other
        lead = self._lead(partner_id=False, partner_name="Anybody").with_context(allowed_company_ids=[self.company.id, other.id])
        lead.write({"company_id": other.id, "team_id": False})
        self.assertEqual(lead.company_id, other)
        lead.stage_id = self._stage("order")
        with self.assertRaises(UserError):
            lead.write({"company_id": self.company.id, "team_id": self.teams["ka"].id})

    def test_manual_items(self):
        """An item that people tick."""
        profile = self._process_profile(gates={"opportunity_stage": "enforce"})
        self.assertTrue(profile)
        lead = self._analysed(self._lead())
        lead.stage_id = self._stage("proposal", profile)
        self.assertEqual(lead.stage_id.regulation_code, "proposal")

    def test_observed(self):
        """Mode observe: it passes, the register notes it."""
        self._process_profile(gates={"opportunity_stage": "observe"})
        lead = self._lead()
        self.assertIn("not complete", lead.regulation_notice)
        self.assertFalse(lead.regulation_held)
        lead.action_set_won()
        self.assertEqual(lead.won_status, "won")

    def test_without_profile(self):
        """Stock: no source, any stage."""
        self.profile.with_user(self.users["gm"]).action_retire()
        lead = self.env["crm.lead"].with_user(self.users["a"]).create({"name": "Free"})
        lead.action_set_won()
        self.assertEqual(lead.won_status, "won")
        lead.write({"user_id": self.users["b"].id})
        self.assertFalse(lead.sudo().regulation_notice)

    def test_queries(self):
        """Eighty leads are moved with the queries of one."""
        many = self.env["crm.lead"].with_user(self.users["a"]).create(
            [
                {
                    "name": f"Lead {number}",
                    "type": "opportunity",
                    "partner_id": self.customers["xinghai"].id,
                    "source_id": self.source.id,
                    "regulation_need": "Boards",
                    "regulation_budget": 5,
                    "regulation_feasibility": "feasible",
                }
                for number in range(80)
            ]
        )
        gates = {}
        for leads in (many[:1], many):
            self.env.invalidate_all()
            leads._gate_refusals("advance")
            self.env.invalidate_all()
            start = self.env.cr.sql_log_count
            leads._gate_refusals("advance")
            gates[len(leads)] = self.env.cr.sql_log_count - start
        self.assertEqual(gates[80], gates[1])

    # -- evaluation

    def test_evaluation(self):
        """S3-44, storyline 15: blocked before, allowed after the manager's evaluation."""
        lead = self._analysed(self._lead())
        with self.assertRaises(UserError) as refused:
            lead.stage_id = self._stage("proposal")
        self.assertIn("not evaluated by the manager", str(refused.exception))
        lead.action_request_evaluation("Large project")
        with self.assertRaises(UserError):
            self._as(self._pending(lead), "km").action_approve()
        with self.assertRaises(AccessError):
            lead.action_evaluate({"size": 1, "probability": 1})
        with self.assertRaises(AccessError):
            self._as(self._pending(lead), "a").action_approve()
        for values in (
            {},
            {"size": "x", "probability": 1},
            {"size": 1, "probability": 101},
            {"size": float("nan"), "probability": 1},
            {"size": float("inf"), "probability": 1},
            {"size": 1, "probability": float("nan")},
            {"size": 10**400, "probability": 1},
            {"size": True, "probability": 1},
            None,
        ):
            with self.assertRaises(ValidationError):
                self._as(lead, "km").action_evaluate(values)
        self._evaluate(lead, size=800000, probability=35)
        self.assertEqual((lead.regulation_size, lead.regulation_chance), (800000, 35))
        lead.stage_id = self._stage("proposal")
        self.assertTrue(self._events("lead_evaluated", lead))

    def test_evaluation_is_sealed(self):
        lead = self._lead()
        for vals in ({"regulation_size": 5}, {"regulation_chance": 99}, {"regulation_evaluation_id": 1}):
            with self.assertRaises(AccessError):
                lead.write(vals)
            with self.assertRaises(AccessError):
                lead.sudo().write(vals)
        with self.assertRaises(AccessError):
            self._lead(regulation_size=5)

    def test_evaluation_is_for_one_customer(self):
        """The evaluated opportunity is not used for another customer, before or after entry."""
        lead = self._evaluate(self._analysed(self._lead()))
        lead.partner_id = self.customers["beihe"]
        self.env.flush_all()
        with self.assertRaises(UserError):
            lead.stage_id = self._stage("proposal")
        entered = self._entered()
        with self.assertRaises(UserError):
            entered.partner_id = self.customers["beihe"]

    def test_evaluation_by_wizard(self):
        lead = self._analysed(self._lead())
        lead.action_request_evaluation()
        self.assertTrue(self._as(lead, "km").regulation_to_evaluate)
        self.assertFalse(lead.regulation_to_evaluate)
        wizard = self.env["crm.lead.evaluation"].with_user(self.users["km"]).create(
            {"lead_id": lead.id, "size": 10, "probability": 20, "opinion": "Too small"}
        )
        wizard.action_refuse()
        with self.assertRaises(UserError):
            lead.stage_id = self._stage("proposal")
        lead.action_request_evaluation("Again")
        self.env["crm.lead.evaluation"].with_user(self.users["km"]).create(
            {"lead_id": lead.id, "size": 10, "probability": 20}
        ).action_approve()
        lead.stage_id = self._stage("proposal")
        self.assertEqual(lead.stage_id.regulation_code, "proposal")

    def test_without_steps_the_team_leader_decides(self):
        self.profile.with_user(self.users["gm"]).action_retire()
        self._profile(
            gates={"opportunity_entry": "enforce"},
            lead_stage_ids=[
                Command.create({"name": "First", "code": "first", "sequence": 1}),
                Command.create({"name": "Second", "code": "second", "sequence": 2, "entry": True}),
            ],
        )
        lead = self._lead("b")
        lead.action_request_evaluation()
        self.assertEqual(self._pending(lead).step_ids.user_ids, self.users["km"])

    def test_no_stage_at_all(self):
        lead = self._lead()
        with self.assertRaises(UserError):
            lead.stage_id = False

    def test_batch(self):
        """All of them or none; one that is not complete stops the others."""
        ready = self._evaluate(self._analysed(self._lead()))
        late = self._lead(name="Not analysed")
        with self.assertRaises(UserError) as refused, self.env.cr.savepoint():
            (ready | late).write({"stage_id": self._stage("proposal").id})
        self.assertIn("Not analysed", str(refused.exception))
        self.assertNotIn("New line for Xinghai:", str(refused.exception))
        self.env.invalidate_all()
        self.assertEqual(ready.stage_id, self._stage("mining"))

    def test_two_reviewers(self):
        """Of two decisions one counts: the second is told so."""
        lead = self._analysed(self._lead())
        lead.action_request_evaluation()
        approval = self._pending(lead)
        self._evaluate(lead)
        with self.assertRaises(UserError):
            self._as(approval, "km").action_refuse("No")
        self.assertEqual(approval.state, "approved")

    # -- quotations

    def test_quotation_from_an_early_lead(self):
        """A quotation is made from the stage on that the process names, by whatever route."""
        lead = self._lead()
        with self.assertRaises(UserError):
            self._order(opportunity_id=lead.id)
        order = self._order()
        with self.assertRaises(UserError):
            order.opportunity_id = lead
        self._evaluate(self._analysed(lead))
        order.opportunity_id = lead
        self.assertEqual(self._order(opportunity_id=lead.id).opportunity_id, lead)
