# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import api, fields, models

from ...tools.policy import strictest_any, strictest_nonzero_min
from .regulation_profile import _role


class RegulationProfile(models.Model):
    """What a regulation demands of the delivery note and its receipt."""

    _inherit = "regulation.profile"

    dispatch_need_ship_time = fields.Boolean(
        string="Shipping Time Required",
        help="The notice names the exact time at which the goods leave; the time of arrival"
        " alone does not do (發貨時間).",
    )
    dispatch_copy_ids = fields.One2many(
        comodel_name="regulation.dispatch.copy",
        inverse_name="profile_id",
        string="Copies of the Delivery Note",
        copy=True,
        help="One line for each copy that is printed, with its label (一式三聯).",
    )
    dispatch_receipt_proof = fields.Boolean(
        string="Signature or Scan Required",
        help="A receipt is recorded with the customer's signature or a scan of the signed note.",
    )
    dispatch_copy_scan = fields.Boolean(
        string="Scan of the Returned Copy",
        help="The copy that comes back is scanned when it is taken back.",
    )

    dispatch_objection_role_ids = fields.Many2many(
        comodel_name="regulation.role",
        relation="regulation_profile_dispatch_objection_rel",
        string="Objections Settled by",
        default=_role("sales_clerk"),
        help="Gets the objections of customers as a task. Empty: whoever issued the notice.",
    )
    dispatch_objection_days = fields.Integer(
        string="Objections within (days)",
        help="Days after the receipt within which the customer may object (異議期). A later"
        " objection is recorded, and marked so. 0: no limit.",
    )

    _objection_days = models.Constraint(
        "CHECK(dispatch_objection_days >= 0)", "Days to object cannot be negative."
    )

    @api.model
    def _strictness(self):
        # The copies are those of the most specific profile: two regulations do not print six
        return {
            **super()._strictness(),
            "dispatch_need_ship_time": strictest_any,
            "dispatch_receipt_proof": strictest_any,
            "dispatch_copy_scan": strictest_any,
            "dispatch_objection_days": strictest_nonzero_min,
        }
