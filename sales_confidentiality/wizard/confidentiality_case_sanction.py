# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import api, fields, models

from ..models.case.regulation_measure import GRADES


class ConfidentialityCaseSanction(models.TransientModel):
    """Propose a sanction from a case; HR decides on it (S4-059)."""

    _name = "confidentiality.case.sanction"
    _description = "Propose a Sanction"

    case_id = fields.Many2one(comodel_name="confidentiality.case", required=True, readonly=True)
    user_id = fields.Many2one(
        comodel_name="res.users",
        string="Person",
        required=True,
        domain="[('share', '=', False)]",
    )
    grade = fields.Selection(
        selection=GRADES,
        required=True,
        default="warning",
        help="Proposed: one grade above the last sanction that took effect.",
    )
    reason = fields.Text(string="What the Person is Told", required=True)

    @api.model_create_multi
    def create(self, vals_list):
        """Nobody learns the number of a case that he is not on by opening a dialog for it."""
        wizards = super().create(vals_list)
        wizards.sudo().case_id.with_env(self.env).check_access("read")
        return wizards

    def action_propose(self):
        """Propose it to human resources."""
        self.ensure_one()
        self.case_id.action_propose_sanction(self.user_id.id, self.grade, self.reason)
        return {"type": "ir.actions.act_window_close"}
