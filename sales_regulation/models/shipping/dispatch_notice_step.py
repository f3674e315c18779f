# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import fields, models


class DispatchNoticeStep(models.Model):
    """Who took which step of a dispatch notice, when, and how long it had waited.

    Written by the notice, never changed: hand-over times are measured on it.
    """

    _name = "dispatch.notice.step"
    _description = "Step of a Dispatch Notice"
    _inherit = ["regulation.sealed"]
    _order = "id desc"
    _rec_name = "step"

    _append_only = True

    notice_id = fields.Many2one(
        comodel_name="dispatch.notice", required=True, readonly=True, ondelete="cascade", index=True
    )
    order_id = fields.Many2one(related="notice_id.order_id")
    company_id = fields.Many2one(comodel_name="res.company", readonly=True, index=True)
    step = fields.Selection(
        selection=[
            ("submitted", "Submitted"),
            ("returned", "Sent back"),
            ("verified", "Verified with applicant"),
            ("checked", "Checked"),
            ("issued", "Issued"),
            ("finance", "Papers checked"),
            ("released", "Released"),
            ("delayed", "Delay reported"),
            ("shipped", "Shipped"),
            ("informed", "Customer informed"),
            ("received", "Received"),
            ("copy", "Third copy back"),
            ("refused", "Refused"),
            ("cancelled", "Cancelled"),
        ],
        required=True,
        readonly=True,
        index=True,
    )
    user_id = fields.Many2one(
        comodel_name="res.users", string="Taken by", readonly=True, index=True, ondelete="restrict"
    )
    at = fields.Datetime(string="Time", readonly=True, index=True)
    hours = fields.Float(
        string="Waited (hours)",
        readonly=True,
        aggregator="avg",
        help="Hours since the step before.",
    )
    reason = fields.Text(readonly=True)
