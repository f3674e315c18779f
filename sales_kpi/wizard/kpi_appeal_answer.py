# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import fields, models


class KpiAppealAnswer(models.TransientModel):
    """Asks for the answer to an appeal."""

    _name = "kpi.appeal.answer"
    _description = "Answer an Appeal"

    appeal_id = fields.Many2one(comodel_name="kpi.appeal", required=True, readonly=True)
    reason = fields.Text(related="appeal_id.reason", related_sudo=False)
    answer = fields.Text(required=True)

    def action_accept(self):
        self.ensure_one()
        self.appeal_id.action_accept(self.answer)
        return {"type": "ir.actions.client", "tag": "soft_reload"}

    def action_refuse(self):
        self.ensure_one()
        self.appeal_id.action_refuse(self.answer)
        return {"type": "ir.actions.client", "tag": "soft_reload"}
