# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import fields, models


class RegulationApprovalSigner(models.TransientModel):
    """Asks whom to add to a running approval, and why. The approval checks everything."""

    _name = "regulation.approval.signer"
    _description = "Add a Signer to an Approval"

    approval_id = fields.Many2one(
        comodel_name="regulation.approval", required=True, readonly=True, ondelete="cascade"
    )
    company_id = fields.Many2one(related="approval_id.company_id")
    user_id = fields.Many2one(
        comodel_name="res.users",
        string="Signer",
        required=True,
        domain="[('share', '=', False), ('company_ids', 'in', company_id)]",
        help="Has to approve as well before it goes on (加簽).",
    )
    reason = fields.Text(required=True, help="Why his yes is needed: he reads it.")

    def action_confirm(self):
        """Add the person, in the caller's own name."""
        self.ensure_one()
        self.approval_id.action_add_signer(self.user_id.id, self.reason)
        return {"type": "ir.actions.act_window_close"}
