# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import fields, models


class KpiAppealMake(models.TransientModel):
    """Asks for the reason of an appeal."""

    _name = "kpi.appeal.make"
    _description = "Appeal"

    sheet_id = fields.Many2one(comodel_name="kpi.sheet", required=True, readonly=True)
    line_id = fields.Many2one(
        comodel_name="kpi.sheet.line",
        string="About",
        domain="[('sheet_id', '=', sheet_id)]",
        help="Empty: the whole score.",
    )
    reason = fields.Text(required=True)

    def action_appeal(self):
        self.ensure_one()
        self.sheet_id.action_appeal(self.reason, self.line_id.id)
        return {"type": "ir.actions.client", "tag": "soft_reload"}
