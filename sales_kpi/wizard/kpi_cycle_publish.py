# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import fields, models


class KpiCyclePublish(models.TransientModel):
    """Asks why scores are published without the raters that the regulation names."""

    _name = "kpi.cycle.publish"
    _description = "Publish without Raters"

    cycle_id = fields.Many2one(comodel_name="kpi.cycle", required=True, readonly=True)
    reason = fields.Text(required=True)

    def action_publish(self):
        self.ensure_one()
        return self.cycle_id.action_publish(self.reason)
