# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import fields, models
from odoo.exceptions import UserError


class SalesTicketWizard(models.TransientModel):
    """Asks for what a step of a ticket needs; the ticket checks who may and what is missing."""

    _name = "sales.ticket.wizard"
    _description = "Step of a Ticket"

    ticket_id = fields.Many2one(comodel_name="sales.ticket", required=True)
    step = fields.Selection(
        selection=[
            ("contact", "First contact"),
            ("dispatch", "Bring in the department"),
            ("answer", "Answer"),
            ("satisfaction", "Record satisfaction"),
            ("no_reply", "Close without a reply"),
            ("severity", "Change the severity"),
            ("kind", "Change the kind"),
            ("assign", "Change owner or department"),
            ("void", "Void"),
        ],
        required=True,
    )
    note = fields.Text(string="What Was Said")
    answer = fields.Text(string="Answer to the Customer")
    solution = fields.Text(string="What Was Done")
    reason = fields.Text()
    satisfied = fields.Selection(selection=[("yes", "Satisfied"), ("no", "Not satisfied")])
    source = fields.Selection(
        selection=[
            ("phone", "By phone"),
            ("visit", "At a visit"),
            ("letter", "By letter"),
            ("mail", "By mail"),
        ],
        default="phone",
    )
    score = fields.Integer(string="Satisfaction (0-100)", default=-1)
    severity = fields.Selection(selection=[("ordinary", "Ordinary"), ("major", "Major")])
    kind_id = fields.Many2one(comodel_name="sales.ticket.kind", string="Kind")
    user_id = fields.Many2one(
        comodel_name="res.users", string="Owner", domain="[('share', '=', False)]"
    )
    department_id = fields.Many2one(comodel_name="hr.department", string="Department")

    def action_apply(self):
        """Take the step."""
        self.ensure_one()
        ticket = self.ticket_id
        if self.step == "satisfaction" and not self.satisfied:
            raise UserError(self.env._("Say whether the customer is satisfied."))
        steps = {
            "contact": lambda: ticket.action_contact(self.note),
            "dispatch": lambda: ticket.action_dispatch(self.note, self.sudo().department_id.id),
            "answer": lambda: ticket.action_answer(self.answer, self.solution),
            "satisfaction": lambda: ticket.action_record_satisfaction(
                self.satisfied == "yes",
                self.source,
                self.score if self.score >= 0 else None,
                self.note,
            ),
            "no_reply": lambda: ticket.action_close_no_reply(self.reason),
            "severity": lambda: ticket.action_set_severity(self.severity, self.reason),
            "kind": lambda: ticket.action_set_kind(self.kind_id.id, self.reason),
            "assign": lambda: ticket.action_assign(
                self.user_id.id, self.sudo().department_id.id, self.reason
            ),
            "void": lambda: ticket.action_void(self.reason),
        }
        steps[self.step]()
        return {"type": "ir.actions.act_window_close"}
