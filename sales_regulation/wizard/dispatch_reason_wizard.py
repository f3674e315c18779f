# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import fields, models


class DispatchReasonWizard(models.TransientModel):
    """Asks why a dispatch request is sent back, refused or cancelled."""

    _name = "dispatch.reason.wizard"
    _description = "Reason of a Dispatch Step"

    notice_ids = fields.Many2many(comodel_name="dispatch.notice", required=True)
    step = fields.Selection(
        selection=[
            ("return", "Send back"),
            ("refuse", "Refuse"),
            ("cancel", "Cancel"),
            ("delay", "Report a delay"),
        ],
        required=True,
        default="cancel",
    )
    reason = fields.Text(required=True)
    until = fields.Datetime(string="Can leave at", help="When the goods can leave, if known.")

    def action_apply(self):
        """Take the step; the notice checks who may."""
        self.ensure_one()
        if self.step == "return":
            self.notice_ids.action_return(self.reason)
        elif self.step == "refuse":
            self.notice_ids.action_refuse(self.reason)
        elif self.step == "delay":
            self.notice_ids.action_report_delay(self.reason, self.until)
        else:
            self.notice_ids.action_cancel(self.reason)
        return {"type": "ir.actions.act_window_close"}
