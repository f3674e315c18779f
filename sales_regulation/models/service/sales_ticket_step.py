# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import fields, models

STEPS = [
    ("registered", "Registered"),
    ("contacted", "First contact"),
    ("dispatched", "Department brought in"),
    ("answered", "Answered"),
    ("reopened", "Customer not satisfied"),
    ("satisfied", "Customer satisfied"),
    ("closed", "Closed"),
    ("no_reply", "Closed without a reply"),
    ("severity", "Severity changed"),
    ("kind", "Kind changed"),
    ("owner", "Owner changed"),
    ("void", "Void"),
]


class SalesTicketStep(models.Model):
    """What was done about a ticket, by whom and when: append-only."""

    _name = "sales.ticket.step"
    _description = "Ticket Step"
    _inherit = ["regulation.sealed"]
    _order = "id"

    _append_only = True

    ticket_id = fields.Many2one(
        comodel_name="sales.ticket", required=True, readonly=True, ondelete="cascade", index=True
    )
    company_id = fields.Many2one(comodel_name="res.company", readonly=True, index=True)
    step = fields.Selection(selection=STEPS, required=True, readonly=True)
    at = fields.Datetime(string="Time", required=True, readonly=True)
    user_id = fields.Many2one(
        comodel_name="res.users", string="By", readonly=True, ondelete="restrict"
    )
    partner_id = fields.Many2one(
        comodel_name="res.partner", string="Customer", readonly=True, ondelete="set null"
    )
    loop = fields.Integer(readonly=True, help="How often the customer was not satisfied before.")
    note = fields.Text(readonly=True)
