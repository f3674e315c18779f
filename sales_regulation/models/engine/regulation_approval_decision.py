# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import fields, models

from ...tools import SoftMany2one


class RegulationApprovalDecision(models.Model):
    """Who decided what, when, for whom and on which content. Never changed, never deleted."""

    _name = "regulation.approval.decision"
    _description = "Approval Decision"
    _inherit = ["regulation.sealed"]
    _order = "id"
    _log_access = False
    _append_only = True

    approval_id = fields.Many2one(
        comodel_name="regulation.approval",
        required=True,
        readonly=True,
        index=True,
        ondelete="restrict",
    )
    step_name = fields.Char(string="Step", readonly=True)
    verdict = fields.Selection(
        selection=[
            ("submitted", "Submitted"),
            ("approved", "Approved"),
            ("acknowledged", "Acknowledged"),
            ("returned", "Returned"),
            ("refused", "Refused"),
            ("withdrawn", "Withdrawn"),
            ("void", "Void, content changed"),
            ("signer", "Signer added"),
        ],
        required=True,
        readonly=True,
    )
    user_id = SoftMany2one(
        comodel_name="res.users", string="Person", required=True, readonly=True, index=True
    )
    for_user_id = SoftMany2one(
        comodel_name="res.users",
        string="For",
        readonly=True,
        help="The absent approver whose delegate decided.",
    )
    self_decided = fields.Boolean(
        readonly=True, help="The regulation names no deputy for the head of the line."
    )
    at = fields.Datetime(
        string="Time", required=True, readonly=True, default=fields.Datetime.now
    )
    opinion = fields.Text(readonly=True)
    fingerprint = fields.Char(readonly=True, help="Content that the person saw.")
    company_id = fields.Many2one(related="approval_id.company_id", store=True, index=True)
