# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import Command

from ..common import RegulationCommon

#: (code, settings, automatic items)
STAGES = (
    ("mining", {}, ("lead_source", "lead_need", "lead_budget", "lead_feasible")),
    ("proposal", {"entry": True, "quotation": True}, ("lead_proposal",)),
    ("negotiation", {}, ("lead_quotation",)),
    ("order", {"is_won": True}, ()),
)
GATES = ("lead_source", "opportunity_stage", "opportunity_entry", "lead_handover")
ANGLES = ("customer_need", "company_interest", "competitiveness")


class OpportunityCommon(RegulationCommon):
    """A company with a sales process of four stages, evaluation, hand-over and proposals."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.source = cls.env["utm.source"].create({"name": "Exhibition of the tests"})
        cls.profile = cls._process_profile()

    @classmethod
    def _process_profile(cls, gates=None, **settings):
        kinds = {kind.code: kind for kind in cls.env["regulation.approval.kind"].search([])}
        items = [
            Command.create(
                {
                    "kind": f"stage_{code}",
                    "code": item,
                    "name": f"Item {item}",
                    "automatic": True,
                }
            )
            for code, _flags, names in STAGES
            for item in names
        ]
        items += [
            Command.create({"kind": "proposal", "code": code, "name": code}) for code in ANGLES
        ]
        items.append(
            Command.create(
                {
                    "kind": "proposal_content",
                    "code": "proposal_solution",
                    "name": "Solution",
                    "automatic": True,
                }
            )
        )
        return cls._profile(
            gates=dict.fromkeys(GATES, "enforce") if gates is None else gates,
            lead_stage_ids=[
                Command.create(
                    {"code": code, "name": f"T {code}", "sequence": number, **flags}
                )
                for number, (code, flags, _items) in enumerate(STAGES)
            ],
            handover_role_ids=[Command.set(cls.roles["telemarketer"].ids)],
            checklist_item_ids=items,
            approval_rule_ids=[
                Command.create(
                    {
                        "kind_id": kinds[kind].id,
                        "approver_type": approver,
                        "role_id": cls.roles[role].id if role else False,
                    }
                )
                for kind, approver, role in (
                    ("opportunity_entry", "role", "ka_manager"),
                    ("proposal", "role", "ka_manager"),
                    ("lead_handover", "manager", None),
                )
            ],
            **settings,
        )

    @classmethod
    def _stage(cls, code, profile=None):
        return cls.env["crm.stage"].search(
            [
                ("regulation_code", "=", code),
                ("regulation_process", "=", (profile or cls.profile).code),
            ]
        )

    @classmethod
    def _lead(cls, login="a", **values):
        """An opportunity of the person, with nothing but its source and customer."""
        return (
            cls.env["crm.lead"]
            .with_user(cls.users[login])
            .create(
                {
                    "name": "New line for Xinghai",
                    "type": "opportunity",
                    "partner_id": cls.customers["xinghai"].id,
                    "source_id": cls.source.id,
                    "expected_revenue": 500000,
                    **values,
                }
            )
        )

    @classmethod
    def _analysed(cls, lead):
        lead.write(
            {
                "regulation_need": "10,000 controllers by June",
                "regulation_budget": 900000,
                "regulation_feasibility": "feasible",
            }
        )
        return lead

    @classmethod
    def _pending(cls, document):
        return cls.env["regulation.approval"].search(
            [
                ("res_model", "=", document._name),
                ("res_id", "=", document.id),
                ("state", "=", "pending"),
            ]
        )

    @classmethod
    def _evaluate(cls, lead, login="km", size=900000, probability=40):
        if not cls._pending(lead):
            lead.action_request_evaluation("Please")
        cls._as(lead, login).action_evaluate({"size": size, "probability": probability})
        cls._as(cls._pending(lead), login).action_approve()
        return lead

    @classmethod
    def _entered(cls, login="a", **values):
        """An opportunity at the stage of the proposal."""
        lead = cls._evaluate(cls._analysed(cls._lead(login, **values)))
        lead.stage_id = cls._stage("proposal")
        return lead

    @classmethod
    def _proposal(cls, lead, login="a", **values):
        return (
            cls.env["solution.proposal"]
            .with_user(cls.users[login])
            .create({"lead_id": lead.id, "solution": "<p>Three boards</p>", **values})
        )

    @classmethod
    def _review(cls, proposal, login="km", score=85, verdict="action_approve", **kwargs):
        document = cls._as(proposal, login)
        if verdict == "action_approve":
            for item in proposal.sudo()._checklist_items("proposal")[proposal.id]:
                document.action_tick(item.id)
        document.action_score({"score": score})
        getattr(cls._as(cls._pending(proposal), login), verdict)(**kwargs)
        return proposal

    @classmethod
    def _approved(cls, lead, login="a"):
        proposal = cls._proposal(lead, login)
        proposal.action_submit()
        return cls._review(proposal)

    def _events(self, event, record=None):
        domain = [("event", "=", event)]
        if record is not None:
            domain += [("res_model", "=", record._name), ("res_id", "in", record.ids)]
        return self.env["regulation.register"].search(domain)
