# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import fields, models


class SalesTicketKind(models.Model):
    """Complaint, quality problem, service request, inquiry, suggestion, letter (C11).

    Says which clocks of the regulation run, what has to be named, and how it ends. How long the
    clocks run is said by the regulation (*Deadlines*, by the code named here).
    """

    _name = "sales.ticket.kind"
    _description = "Ticket Kind"
    _inherit = ["mail.alias.mixin"]
    _order = "sequence, id"

    name = fields.Char(required=True, translate=True)
    code = fields.Char(required=True, help="Stable name by which settings and data refer to it.")
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    company_id = fields.Many2one(
        comodel_name="res.company",
        help="Whose tickets arrive by the mail address of this kind. Empty: the customer's company.",
    )
    contact_clock = fields.Char(
        string="Deadline of the First Contact", help="Code of the deadline. Empty: none."
    )
    answer_clock = fields.Char(
        string="Deadline of the Answer", help="Code of the deadline; of an ordinary ticket."
    )
    answer_major_clock = fields.Char(
        string="Deadline of the Answer, Major",
        help="Code of the deadline of a major ticket. Empty: as for an ordinary one.",
    )
    dispatch_clock = fields.Char(
        string="Deadline of Bringing in the Department",
        help="Code of the deadline for passing it on or sending staff. Empty: none.",
    )
    need_order = fields.Boolean(string="Order Required")
    need_product = fields.Boolean(string="Product Required")
    need_contact = fields.Boolean(string="Contact Required")
    need_satisfaction = fields.Boolean(
        string="Until Satisfied",
        help="Closed only when the customer is satisfied, where the regulation enforces it.",
    )
    on_portal = fields.Boolean(string="On the Portal", default=True)

    _code_uniq = models.Constraint("UNIQUE(code)", "Two kinds cannot have the same code.")

    def _alias_get_creation_values(self):
        values = super()._alias_get_creation_values()
        values["alias_model_id"] = self.env["ir.model"]._get_id("sales.ticket")
        if self.id:
            values["alias_defaults"] = repr({"kind_id": self.id})
        return values

    def _answer_code(self, severity):
        """The clock of the answer to a ticket of this severity."""
        self.ensure_one()
        major = self.answer_major_clock if severity == "major" else False
        return major or self.answer_clock
