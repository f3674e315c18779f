# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import fields, models


class SolutionProposalReview(models.TransientModel):
    """Asks for the score and the opinion on a proposal. The proposal checks everything."""

    _name = "solution.proposal.review"
    _description = "Review of a Proposal"

    proposal_id = fields.Many2one(comodel_name="solution.proposal", required=True)
    score = fields.Float(
        string="Quality", digits=(16, 2), help="Points from 0 to 100 for the whole proposal."
    )
    opinion = fields.Text(help="What has to change. Needed for a return.")

    def action_approve(self):
        """Score the version and let it pass, in the caller's own name."""
        self.proposal_id.action_score({"score": self.score})
        return self._decide("action_approve")

    def action_return(self):
        """Score the version and send it back with the opinion."""
        self.proposal_id.action_score({"score": self.score})
        return self._decide("action_return")

    def _decide(self, verdict):
        self.ensure_one()
        approval = self.env["regulation.approval"]._waiting_for_me(self.proposal_id, "proposal")
        if verdict == "action_return":
            approval.action_return(self.opinion or "")
        else:
            approval.action_approve(self.opinion or "")
        return {"type": "ir.actions.act_window_close"}
