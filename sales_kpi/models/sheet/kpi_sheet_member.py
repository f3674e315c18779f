# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import fields, models


class KpiSheetMember(models.Model):
    """Somebody of a team or department that is scored: how long, and whether the score is his."""

    _name = "kpi.sheet.member"
    _description = "Person of a Scored Unit"
    _inherit = ["kpi.sheet.part"]
    _order = "sheet_id, days desc, id"
    _rec_name = "user_id"

    _user_uniq = models.Constraint("UNIQUE(sheet_id, user_id)", "A person is in a unit once.")

    user_id = fields.Many2one(
        comodel_name="res.users",
        string="Person",
        required=True,
        readonly=True,
        ondelete="restrict",
        index=True,
    )
    days = fields.Integer(
        string="Working Days",
        readonly=True,
        help="Of the period, on which he was in the unit. What he did then counts for it.",
    )
    is_scored = fields.Boolean(
        string="His Score",
        readonly=True,
        help="The score of the unit is his: he is scored by it, and was in it longer than in"
        " any other.",
    )
