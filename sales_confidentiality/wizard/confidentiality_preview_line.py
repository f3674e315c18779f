# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import fields, models


class ConfidentialityPreviewLine(models.TransientModel):
    _name = "confidentiality.preview.line"
    _description = "Line of who can see what"

    preview_id = fields.Many2one(
        comodel_name="confidentiality.preview", required=True, ondelete="cascade"
    )
    name = fields.Char(string="Who or what", readonly=True)
    in_full = fields.Boolean(readonly=True)
    reason = fields.Char(readonly=True)
