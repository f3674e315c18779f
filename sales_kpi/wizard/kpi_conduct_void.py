# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import fields, models


class KpiConductVoid(models.TransientModel):
    """Asks why recorded conduct is void."""

    _name = "kpi.conduct.void"
    _description = "Void Conduct"

    event_id = fields.Many2one(comodel_name="kpi.conduct.event", required=True, readonly=True)
    reason = fields.Text(required=True)

    def action_void(self):
        self.ensure_one()
        return self.event_id.action_void(self.reason)
