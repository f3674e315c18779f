# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import models


class CrmLead(models.Model):
    """An opportunity with a customer of a high tier is won with a manager's part (C08)."""

    _name = "crm.lead"
    _inherit = ["crm.lead", "regulation.negotiated"]

    def _gate_manager_negotiation(self, policies, moves=None, **facts):
        """Asked when the opportunity is won: the negotiation is over."""
        if moves is None:
            moves = self._next_moves()
        closing = self.browse()
        for lead_id, rows in self._processes().items():
            won = next((number for number, row in enumerate(rows) if row[3]), len(rows))
            if rows and moves[lead_id][0] < won <= moves[lead_id][1]:
                closing |= self.browse(lead_id)
        return super(CrmLead, closing)._gate_manager_negotiation(policies, **facts)
