# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import api, models


class ReportDeliveryNote(models.AbstractModel):
    """The delivery note: its labelled copies, for notices whose goods may leave."""

    _name = "report.sales_regulation.report_delivery_note"
    _description = "Delivery Note"

    @api.model
    def _get_report_values(self, docids, data=None):
        notices = self.env["dispatch.notice"].browse(docids)
        notices.check_access("read")
        notices._check_printable()
        return {
            "doc_ids": notices.ids,
            "doc_model": notices._name,
            "docs": notices,
            "copies": notices._print_copies(),
        }
