# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import api, models


class RegulationDemo(models.AbstractModel):
    """Leads on their way: found, evaluated, proposed, handed over."""

    _inherit = "regulation.demo"

    @api.model
    def _documents(self, company, people, goods):
        result = super()._documents(company, people, goods)
        self._opportunities(people, goods)
        self._telephone_leads(people)
        return result

    def _opportunities(self, people, goods):
        rep, manager = people["wangfang"], people["chengang"]
        # Only found; analysed and waiting for the manager; in the process with two versions
        self._find(people["liqiang"], "Test bench", goods["nanfeng"], 120000.0)
        waiting = self._find(
            people["liqiang"], "Sensors for pumps", goods["beihe"], 380000.0, "Pressure up to 16 bar"
        )
        waiting.action_request_evaluation("They decide this month.")
        lead = self._find(
            rep, "Controllers for a new line", goods["xinghai"], 960000.0, "10,000 controllers"
        )
        lead.action_request_evaluation("A new line from June on.")
        lead.with_user(manager).action_evaluate({"size": 960000.0, "probability": 60})
        self._approve_pending(lead, manager)
        lead.stage_id = self._stage_of(lead, "proposal")
        first = self._propose(lead, rep, "List price less 8 %")
        self._review_proposal(first, manager, 60, "action_return", "Not in our interest.")
        second = first.browse(first.action_revise()["res_id"])
        second.price_strategy = "<p>List price less 4 %, volumes by quarter</p>"
        second.action_submit("The price is new.")
        self._review_proposal(second, manager, 85, "action_approve")
        other = self._find(
            rep, "Boards for training", goods["dongfang"], 68000.0, "100 boards for a school"
        )
        other.action_request_evaluation()
        other.with_user(manager).action_evaluate({"size": 70000.0, "probability": 40})
        self._approve_pending(other, manager)
        other.stage_id = self._stage_of(other, "proposal")
        self._propose(other, rep, "List price")

    def _telephone_leads(self, people):
        """What the telemarketer found: one accepted, one waiting for his manager."""
        tele, rep = people["zhaomin"], people["wangfang"]
        for name, company, accepted in (
            ("Wants an offer for chips", "Xinghai Electronics", True),
            ("Asked for sensors", "Delta Pumps", False),
        ):
            lead = self._find(tele, name, None, 50000.0, "Called on the telephone")
            lead.partner_name = company
            ids = lead.action_hand_over(rep.id, "Interested, wants a visit.")
            if accepted:
                self._approve_pending(self.env["crm.lead.handover"].browse(ids), people["mahui"])

    def _find(self, user, name, partner, revenue, need=None):
        """A lead of the user; analysed if the need is known."""
        values = {
            "name": name,
            "type": "opportunity",
            "partner_id": partner.id if partner else False,
            "expected_revenue": revenue,
            "source_id": self._source().id,
        }
        if need:
            values |= {
                "regulation_need": need,
                "regulation_budget": revenue,
                "regulation_feasibility": "feasible",
            }
        return self.env["crm.lead"].with_user(user).create(values)

    def _source(self):
        source = self.env["utm.source"].search([("name", "=", "Electronics fair")], limit=1)
        return source or self.env["utm.source"].create({"name": "Electronics fair"})

    def _stage_of(self, lead, code):
        return self.env["crm.stage"].search(
            [("regulation_code", "=", code), ("team_ids", "in", lead.team_id.ids)], limit=1
        )

    def _approve_pending(self, document, user):
        approval = document.sudo().approval_ids.filtered(lambda row: row.state == "pending")
        approval.with_user(user).action_approve()

    def _propose(self, lead, user, price):
        proposal = (
            self.env["solution.proposal"]
            .with_user(user)
            .create(
                {
                    "lead_id": lead.id,
                    "need_analysis": f"<p>{lead.regulation_need}</p>",
                    "introduction": "<p>Our HX family</p>",
                    "solution": "<p>Deliveries by week, an engineer on site for the start</p>",
                    "price_strategy": f"<p>{price}</p>",
                    "cooperation_mode": "<p>Yearly agreement</p>",
                }
            )
        )
        proposal.action_submit()
        return proposal

    def _review_proposal(self, proposal, user, score, verdict, opinion=""):
        document = proposal.with_user(user)
        document.action_score({"score": score})
        for item in proposal.sudo()._checklist_items("proposal")[proposal.id]:
            document.action_tick(item.id)
        approval = proposal.sudo().approval_ids.filtered(lambda row: row.state == "pending")
        getattr(approval.with_user(user), verdict)(opinion)
