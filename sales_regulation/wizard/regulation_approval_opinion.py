# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import fields, models


class RegulationApprovalOpinion(models.TransientModel):
    """Asks for the opinion that goes with a decision. The approval checks everything."""

    _name = "regulation.approval.opinion"
    _description = "Opinion on an Approval"

    approval_ids = fields.Many2many(comodel_name="regulation.approval", required=True)
    verdict = fields.Selection(
        selection=[("approved", "Approve"), ("returned", "Return"), ("refused", "Refuse")],
        required=True,
    )
    opinion = fields.Text(required=True, help="What has to change, or why it cannot be.")

    def action_confirm(self):
        """Decide with this opinion, in the caller's own name."""
        self.ensure_one()
        approvals = self.approval_ids
        if self.verdict == "approved":
            result = approvals.action_approve(self.opinion)
        elif self.verdict == "returned":
            result = approvals.action_return(self.opinion)
        else:
            result = approvals.action_refuse(self.opinion)
        return result if isinstance(result, dict) else {"type": "ir.actions.act_window_close"}
