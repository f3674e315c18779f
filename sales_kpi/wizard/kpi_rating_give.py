# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import Command, api, fields, models


class KpiRatingGive(models.TransientModel):
    """Asks for a rating. What an anonymous rater types is gone from here once he hands it in."""

    _name = "kpi.rating.give"
    _description = "Rate"

    request_id = fields.Many2one(comodel_name="kpi.rating.request", required=True)
    user_id = fields.Many2one(related="request_id.user_id", related_sudo=False)
    kind = fields.Selection(related="request_id.kind", related_sudo=False)
    is_anonymous = fields.Boolean(related="request_id.is_anonymous", related_sudo=False)
    value = fields.Float(string="Rating", digits=(5, 2), help="0 to 100.")
    mark_ids = fields.One2many(
        comodel_name="kpi.rating.give.mark", inverse_name="give_id", string="By Criterion"
    )
    comment = fields.Text(help="Read by human resources.")

    @api.model
    def default_get(self, fields):
        """A row for each criterion of the regulation."""
        values = super().default_get(fields)
        request = self.env["kpi.rating.request"].browse(values.get("request_id")).exists()
        if request and "mark_ids" in fields:
            values["mark_ids"] = [
                Command.create(
                    {
                        "criterion": one["id"],
                        "name": one["name"],
                        "hint": one["hint"],
                        "weight": one["weight"],
                    }
                )
                for one in request.get_criteria()
            ]
        return values

    def action_hand_in(self):
        self.ensure_one()
        marks = {mark.criterion: mark.value for mark in self.mark_ids}
        value = None if marks else self.value
        self.request_id.action_rate(value, self.comment or "", marks or None)
        self.unlink()
        return {"type": "ir.actions.client", "tag": "soft_reload"}


class KpiRatingGiveMark(models.TransientModel):
    """The figure of one criterion, while it is typed."""

    _name = "kpi.rating.give.mark"
    _description = "Rate by a Criterion"
    _order = "id"

    give_id = fields.Many2one(comodel_name="kpi.rating.give", required=True, ondelete="cascade")
    criterion = fields.Integer(string="Criterion Number", required=True)
    name = fields.Char(string="Criterion")
    hint = fields.Char(string="What is Meant")
    weight = fields.Float(string="Weight (%)", digits=(16, 2))
    value = fields.Float(string="Rating", digits=(5, 2), help="0 to 100.")
