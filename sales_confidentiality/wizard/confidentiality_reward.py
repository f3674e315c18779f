# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import fields, models


class ConfidentialityReward(models.TransientModel):
    """Propose a reward from somebody's file; HR decides on it (S4-043)."""

    _name = "confidentiality.reward"
    _description = "Propose a Reward"

    employee_id = fields.Many2one(
        comodel_name="hr.employee.public", required=True, readonly=True
    )
    reason = fields.Char(required=True)
    currency_id = fields.Many2one(
        comodel_name="res.currency", default=lambda self: self.env.company.currency_id
    )
    amount = fields.Monetary(help="0: a commendation.")

    def action_propose(self):
        """Propose it to human resources."""
        self.ensure_one()
        file = self.env["confidentiality.file"].browse(self.employee_id.id)
        file.action_propose_reward(self.reason, self.amount)
        return {"type": "ir.actions.act_window_close"}
