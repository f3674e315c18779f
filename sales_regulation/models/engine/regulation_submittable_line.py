# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import api, models

from ...tools import is_engine


class RegulationSubmittableLine(models.AbstractModel):
    """A line of a document that is handed in: fixed as long as the document is.

    A line that moves from one document to another has to find both open.
    """

    _name = "regulation.submittable.line"
    _inherit = ["regulation.approvable.line"]
    _description = "Line of a Document Handed In"

    @api.model_create_multi
    def create(self, vals_list):
        lines = super().create(vals_list)
        lines._check_document_open()
        return lines

    def write(self, vals):
        self._check_document_open()
        result = super().write(vals)
        if self._approval_document_field in vals:
            self._check_document_open()
        return result

    @api.ondelete(at_uninstall=False)
    def _unlink_except_submitted(self):
        self._check_document_open()

    def _check_document_open(self):
        if not is_engine(self.env):
            self[self._approval_document_field]._check_lines_open()
