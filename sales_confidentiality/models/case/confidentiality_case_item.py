# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import api, fields, models


class ConfidentialityCaseItem(models.Model):
    """A document that a case is about."""

    _name = "confidentiality.case.item"
    _description = "Document of a Case"
    _order = "case_id, id"

    case_id = fields.Many2one(
        comodel_name="confidentiality.case", required=True, index=True, ondelete="cascade"
    )
    document = fields.Reference(selection="_selection_document", required=True)
    note = fields.Char()

    @api.model
    def _selection_document(self):
        rows = self.env["confidentiality.model"].sudo().search([("kind", "=", "labelled")])
        return [
            (row.model, row.name)
            for row in rows
            if row.model in self.env and self.env[row.model]._auto
        ]
