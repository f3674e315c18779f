# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import models


class RegulationDutyInstance(models.Model):
    _inherit = "regulation.duty.instance"

    def action_open_document(self):
        """A report that the reader owes is begun if he has not written it yet (C37)."""
        self.ensure_one()
        if not self.document_id and self.user_id == self.env.user:
            kinds = self.env["regulation.report.type"]._of(self.user_id, self.company_id)
            if kind := kinds.filtered(lambda kind: kind.code == self.duty_id.code)[:1]:
                report = self.env["work.report"]._find_or_begin(
                    kind, self.company_id, self.period_start
                )
                return report._open()
        return super().action_open_document()
