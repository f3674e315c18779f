# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import fields, models


class ConfidentialityChange(models.Model):
    """A label that somebody changed by hand, and why. Never edited, never deleted (C50)."""

    _name = "confidentiality.change"
    _description = "Change of a Label"
    _inherit = ["regulation.sealed"]
    _order = "id desc"
    _rec_name = "res_model"
    _append_only = True

    res_model = fields.Char(string="Model", required=True, readonly=True)
    res_id = fields.Many2oneReference(
        string="Record", model_field="res_model", required=True, readonly=True, index=True
    )
    old_label_id = fields.Many2one(
        comodel_name="confidentiality.label", readonly=True, ondelete="restrict"
    )
    new_label_id = fields.Many2one(
        comodel_name="confidentiality.label", readonly=True, ondelete="restrict"
    )
    reason = fields.Text(readonly=True)
    user_id = fields.Many2one(
        comodel_name="res.users", string="By", required=True, readonly=True, ondelete="restrict"
    )
