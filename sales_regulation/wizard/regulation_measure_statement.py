# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import fields, models


class RegulationMeasureStatement(models.TransientModel):
    """What the employee has to say about a measure."""

    _name = "regulation.measure.statement"
    _description = "Statement on a Measure"

    measure_id = fields.Many2one(comodel_name="regulation.measure", required=True)
    statement = fields.Text(required=True)

    def action_submit(self):
        """Hand the statement in."""
        self.ensure_one()
        self.measure_id.action_state(self.statement)
        return {"type": "ir.actions.act_window_close"}
