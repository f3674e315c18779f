# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import models


class IrActionsReport(models.Model):
    _inherit = "ir.actions.report"

    def _get_rendering_context(self, report, docids, data):
        """A quotation that may not be sent is not printed either (C17).

        In the portal, which renders as superuser for a visitor, the page itself decides.
        """
        if (
            report.model == "sale.order"
            and docids
            and self.env["regulation.profile"]._regulated_companies()
            and not (self.env.su and self.env.user.share)
        ):
            ids = [docids] if isinstance(docids, int) else docids
            self.env["sale.order"].browse(ids)._gate_quotations("send")
        return super()._get_rendering_context(report, docids, data)
