# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import fields, models

from .kpi_rater_group import KINDS


class KpiSheetCriterion(models.Model):
    """What a group of raters says of a person by one criterion, on his sheet (C44).

    The mean of those who rate, under the same least number of answers as the rating itself.
    """

    _name = "kpi.sheet.criterion"
    _description = "Criteria of Ratings on a Score Sheet"
    _inherit = ["kpi.sheet.part"]
    _order = "sheet_id, kind, sequence, id"
    _rec_name = "name"

    team_id = fields.Many2one(
        comodel_name="crm.team", string="Sales Team", readonly=True, ondelete="set null"
    )
    date_from = fields.Date(string="From", readonly=True)
    sequence = fields.Integer(readonly=True)
    kind = fields.Selection(selection=KINDS, string="Raters", readonly=True)
    criterion_id = fields.Many2one(
        comodel_name="kpi.rater.criterion", readonly=True, ondelete="restrict", index=True
    )
    name = fields.Char(string="Criterion Name", translate=True, readonly=True)
    weight = fields.Float(string="Weight (%)", digits=(16, 2), readonly=True, aggregator=None)
    value = fields.Float(
        string="Mean",
        digits=(16, 2),
        readonly=True,
        aggregator="avg",
        help="Of the answers, 0 to 100.",
    )
    part = fields.Float(
        string="Counts for",
        digits=(16, 2),
        readonly=True,
        aggregator=None,
        help="Mean by weight; the parts together are the rating of the group.",
    )
