# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import fields, models

from .kpi_rater_group import KINDS


class KpiSheetRating(models.Model):
    """What a group of raters says of a person, on his sheet: the figure, its weight (C44)."""

    _name = "kpi.sheet.rating"
    _description = "Ratings on a Score Sheet"
    _inherit = ["kpi.sheet.part"]
    _order = "sheet_id, sequence, id"
    _rec_name = "kind"

    team_id = fields.Many2one(
        comodel_name="crm.team", string="Sales Team", readonly=True, ondelete="set null"
    )
    date_from = fields.Date(string="From", readonly=True)
    sequence = fields.Integer(readonly=True)
    kind = fields.Selection(selection=KINDS, string="Raters", readonly=True)
    weight = fields.Float(string="Weight (%)", digits=(16, 2), readonly=True, aggregator=None)
    weight_counted = fields.Float(
        string="Weight that counts",
        digits=(16, 2),
        readonly=True,
        aggregator=None,
        help="With its share of the weights of groups without enough answers.",
    )
    value = fields.Float(
        string="Rating",
        digits=(16, 2),
        readonly=True,
        aggregator="avg",
        help="Mean of the answers, 0 to 100.",
    )
    status = fields.Selection(
        selection=[("ok", "Counted"), ("shown", "Shown only"), ("few", "Too few answers")],
        readonly=True,
    )
