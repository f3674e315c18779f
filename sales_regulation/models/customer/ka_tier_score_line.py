# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import api, fields, models
from odoo.exceptions import AccessError

from ...tools import is_engine


class KaTierScoreLine(models.Model):
    """Points for one criterion. Name and weight are those of the regulation."""

    _name = "ka.tier.score.line"
    _description = "Criterion of a Scoring Sheet"
    _inherit = ["regulation.approvable.line"]
    _order = "score_id, sequence, id"

    _approval_document_field = "score_id"
    _approval_content_fields = ("points", "weight", "code")

    _code_uniq = models.Constraint(
        "UNIQUE(score_id, code)", "A sheet has one line for each criterion."
    )
    _points = models.Constraint(
        "CHECK(points >= 0 AND points <= 100)", "A criterion gets 0 to 100 points."
    )

    score_id = fields.Many2one(
        comodel_name="ka.tier.score", required=True, ondelete="cascade", index=True
    )
    sequence = fields.Integer(default=10)
    code = fields.Char(required=True, readonly=True)
    name = fields.Char(required=True, readonly=True)
    weight = fields.Float(string="Weight (%)", digits=(16, 2), readonly=True)
    points = fields.Float(digits=(16, 2), help="0 to 100.")

    @api.model_create_multi
    def create(self, vals_list):
        lines = super().create(vals_list)
        lines._check_sheet_open()
        return lines

    def write(self, vals):
        if not is_engine(self.env):
            self._check_sheet_open()
            if {"weight", "code", "name", "score_id"} & set(vals):
                raise AccessError(self.env._("Criteria and weights are those of the regulation."))
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_regulated(self):
        if not is_engine(self.env):
            raise AccessError(self.env._("Criteria and weights are those of the regulation."))

    def _check_sheet_open(self):
        if not is_engine(self.env) and any(line.score_id.state != "draft" for line in self):
            raise AccessError(self.env._("A sheet that was submitted is not edited: withdraw it first."))
