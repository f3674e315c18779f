# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import api, fields, models


class KpiSchemeBand(models.Model):
    """A row of a line's table: from so much on, so many points, or so many times as heavy."""

    _name = "kpi.scheme.band"
    _description = "Band of a Score Scheme"
    _inherit = ["regulation.profile.part"]
    _order = "line_id, start, id"

    _start_uniq = models.Constraint("UNIQUE(line_id, start)", "A band begins once.")

    profile_id = fields.Many2one(
        related="line_id.scheme_id.profile_id", store=True, precompute=True, required=False
    )
    line_id = fields.Many2one(
        comodel_name="kpi.scheme.line", required=True, ondelete="cascade", index=True
    )
    start = fields.Float(
        string="From", digits=(16, 2), help="Percent attained, or the number of the event."
    )
    points = fields.Float(
        digits=(16, 2), help="Points from 0 to 100; of events, how many times as heavy."
    )

    @api.depends("start", "points")
    def _compute_display_name(self):
        for band in self:
            band.display_name = f"{band.start:g}: {band.points:g}"
