# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import fields, models


class SalesPlanCheckpointLine(models.Model):
    """What was planned of one indicator until a day, and what was reached: fixed then."""

    _name = "sales.plan.checkpoint.line"
    _description = "Comparison at a Checkpoint"
    _inherit = ["regulation.sealed"]
    _order = "checkpoint_id, id"
    _append_only = True

    checkpoint_id = fields.Many2one(
        comodel_name="sales.plan.checkpoint",
        required=True,
        readonly=True,
        ondelete="cascade",
        index=True,
    )
    company_id = fields.Many2one(related="checkpoint_id.company_id", store=True, index=True)
    indicator_id = fields.Many2one(
        comodel_name="sales.plan.indicator", required=True, readonly=True, ondelete="restrict"
    )
    planned = fields.Float(
        digits=(16, 2),
        readonly=True,
        help="The target in proportion to the working days that were over.",
    )
    actual = fields.Float(string="Reached", digits=(16, 2), readonly=True)
    deviation = fields.Float(
        string="Deviation (%)", digits=(16, 2), readonly=True, aggregator="min"
    )
