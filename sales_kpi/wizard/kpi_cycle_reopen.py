# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import fields, models


class KpiCycleReopen(models.TransientModel):
    """Asks for the reason of reopening locked scores."""

    _name = "kpi.cycle.reopen"
    _description = "Reopen Scores"

    cycle_id = fields.Many2one(comodel_name="kpi.cycle", required=True, readonly=True)
    reason = fields.Text(required=True)

    def action_reopen(self):
        self.ensure_one()
        return self.cycle_id.action_reopen(self.reason)
