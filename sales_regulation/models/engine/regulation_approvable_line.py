# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import api, models


class RegulationApprovableLine(models.AbstractModel):
    """A line whose content belongs to a document under approval.

    Changing, adding, deleting or moving it makes the document's approvals be compared with
    the content once, before the transaction is committed.
    """

    _name = "regulation.approvable.line"
    _description = "Line of a Document under Approval"

    #: many2one to the document
    _approval_document_field = ""
    _approval_content_fields = ()

    @api.constrains(
        lambda self: [
            name
            for name in (*self._approval_content_fields, self._approval_document_field)
            if name
        ]
    )
    def _check_approval_content(self):
        self._approval_line_changed()

    def write(self, vals):
        if self._approval_document_field in vals:
            self._approval_line_changed()
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_approval_content(self):
        self._approval_line_changed()

    def _approval_line_changed(self):
        # Not even the document is read where nothing is regulated
        if self.env["regulation.profile"]._regulated_companies():
            self[self._approval_document_field]._approval_content_changed()
