# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import fields, models


class CrmLeadHandoverWizard(models.TransientModel):
    """Asks to whom leads are handed. The leads check everything."""

    _name = "crm.lead.handover.wizard"
    _description = "Hand over Leads"

    lead_ids = fields.Many2many(comodel_name="crm.lead", required=True)
    user_id = fields.Many2one(
        comodel_name="res.users",
        string="Salesperson",
        required=True,
        domain="[('share', '=', False)]",
    )
    reason = fields.Text(string="For the Manager", help="What the department manager should know.")

    def action_confirm(self):
        """Ask the department manager, in the caller's own name."""
        self.ensure_one()
        self.lead_ids.action_hand_over(self.user_id.id, self.reason or "")
        return {"type": "ir.actions.act_window_close"}
