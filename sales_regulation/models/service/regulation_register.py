# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import api, fields, models


class RegulationRegister(models.Model):
    _inherit = "regulation.register"

    event = fields.Selection(
        selection_add=[
            ("ticket", "Ticket registered"),
            ("ticket_severity", "Severity of a ticket changed"),
            ("ticket_kind", "Kind of a ticket changed"),
            ("ticket_owner", "Owner of a ticket changed"),
            ("ticket_reopened", "Customer not satisfied"),
            ("ticket_satisfied", "Customer satisfied"),
            ("ticket_no_reply", "Ticket closed without a reply"),
            ("ticket_void", "Ticket void"),
        ],
        ondelete={
            "ticket": "cascade",
            "ticket_severity": "cascade",
            "ticket_kind": "cascade",
            "ticket_owner": "cascade",
            "ticket_reopened": "cascade",
            "ticket_satisfied": "cascade",
            "ticket_no_reply": "cascade",
            "ticket_void": "cascade",
        },
    )

    @api.model
    def _evidence_models(self):
        return {**super()._evidence_models(), "sales.ticket.step": [], "sales.satisfaction": []}
