# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import api, fields, models


class RegulationAboutShown(models.AbstractModel):
    """A row about a document that lists show with the name of the document.

    Who may not read the document, an auditor for one, reads what kind of document it is and
    its number; nothing that he presses then leads to an error.
    """

    _name = "regulation.about.shown"
    _inherit = ["regulation.about"]
    _description = "Row about a Document, with its Name"

    document = fields.Char(string="Document Name", compute="_compute_document")
    document_readable = fields.Boolean(compute="_compute_document")

    @api.depends("res_model", "res_id")
    @api.depends_context("uid", "lang")
    def _compute_document(self):
        names = self._document_names()
        kinds = {
            model: self.env["ir.model"].sudo()._get(model).name
            for model in set(self.mapped("res_model"))
            if model
        }
        for row in self:
            row.document_readable = row.id in names
            row.document = names.get(row.id) or (
                f"{kinds.get(row.res_model)} {row.res_id}" if row.res_id else False
            )
