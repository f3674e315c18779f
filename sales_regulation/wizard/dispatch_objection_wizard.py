# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import fields, models

from ..models.shipping.dispatch_receipt_line import CAUSES


class DispatchObjectionWizard(models.TransientModel):
    """Records an objection of the customer, or how it was settled."""

    _name = "dispatch.objection.wizard"
    _description = "Record or Solve an Objection"

    notice_id = fields.Many2one(comodel_name="dispatch.notice")
    objection_id = fields.Many2one(comodel_name="dispatch.objection")
    cause = fields.Selection(selection=CAUSES)
    date = fields.Date(default=fields.Date.context_today, help="When the customer objected.")
    description = fields.Text()
    result = fields.Selection(
        selection=lambda self: (
            self.env["dispatch.objection"]._fields["result"]._description_selection(self.env)
        )
    )
    solution = fields.Text()

    def action_apply(self):
        """Record it; notice and objection check who may and what is missing."""
        self.ensure_one()
        if self.objection_id:
            self.objection_id.action_solve(self.result, self.solution)
        else:
            self.notice_id.action_object(
                {"cause": self.cause, "date": self.date, "description": self.description}
            )
        return {"type": "ir.actions.act_window_close"}
