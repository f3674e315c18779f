# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import models


class IrActionsReport(models.Model):
    _inherit = "ir.actions.report"

    def _get_rendering_context(self, report, docids, data):
        """What may not be sent is not printed either: quotations (C17), contracts (C20).

        In the portal, which renders as superuser for a visitor, the page itself decides.
        """
        if (
            docids
            and hasattr(self.env.get(report.model), "_gate_leaving")
            and self.env["regulation.profile"]._regulated_companies()
            and not (self.env.su and self.env.user.share)
        ):
            ids = [docids] if isinstance(docids, int) else docids
            self.env[report.model].browse(ids)._gate_leaving()
        return super()._get_rendering_context(report, docids, data)
