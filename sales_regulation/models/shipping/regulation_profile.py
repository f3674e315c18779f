# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import fields, models

from ...tools.policy import strictest_any


def _role(*codes):
    """Default holders of a step: the roles with these codes."""

    def default(profile):
        return profile.env["regulation.role"].sudo().search([("code", "in", codes)])

    return default


class RegulationProfile(models.Model):
    _inherit = "regulation.profile"

    # How a request becomes a released notice
    dispatch_request_separate = fields.Boolean(
        string="Separate Request",
        default=True,
        help="A request is submitted by the applicant and checked by the clerk before the notice"
        " is issued. Off: whoever issues notices writes them in one step (發貨申請).",
    )
    dispatch_verify = fields.Boolean(
        string="Verify with Applicant",
        default=True,
        help="The clerk verifies the request once more with the applicant (再次核對).",
    )
    dispatch_finance_check = fields.Boolean(
        string="Finance Checks the Papers",
        default=True,
        help="Finance checks the papers of an issued notice before it reaches the warehouse.",
    )

    # Who takes which step. The role is asked for in the company of the notice.
    dispatch_request_role_ids = fields.Many2many(
        comodel_name="regulation.role",
        relation="regulation_profile_dispatch_request_rel",
        string="Requested by",
        help="Empty: everybody who may read the order.",
    )
    dispatch_check_role_ids = fields.Many2many(
        comodel_name="regulation.role",
        relation="regulation_profile_dispatch_check_rel",
        string="Checked by",
        default=_role("sales_clerk"),
    )
    dispatch_issue_role_ids = fields.Many2many(
        comodel_name="regulation.role",
        relation="regulation_profile_dispatch_issue_rel",
        string="Issued by",
        default=_role("sales_clerk"),
        help="Who issues the numbered notice: the clerk, the sales department, ... (發貨單).",
    )
    dispatch_finance_role_ids = fields.Many2many(
        comodel_name="regulation.role",
        relation="regulation_profile_dispatch_finance_rel",
        string="Papers Checked by",
        default=_role("finance"),
    )
    dispatch_release_role_ids = fields.Many2many(
        comodel_name="regulation.role",
        relation="regulation_profile_dispatch_release_rel",
        string="Released to the Warehouse by",
        default=_role("finance"),
        help="Empty: the step before releases it at once.",
    )
    dispatch_ship_role_ids = fields.Many2many(
        comodel_name="regulation.role",
        relation="regulation_profile_dispatch_ship_rel",
        string="Shipped by",
        help="Who may validate deliveries. Empty: whoever Inventory lets.",
    )
    dispatch_inform_role_ids = fields.Many2many(
        comodel_name="regulation.role",
        relation="regulation_profile_dispatch_inform_rel",
        string="Customer Informed by",
        default=_role("sales_clerk"),
        help="The applicant may always inform the customer.",
    )
    dispatch_receipt_role_ids = fields.Many2many(
        comodel_name="regulation.role",
        relation="regulation_profile_dispatch_receipt_rel",
        string="Receipt Recorded by",
        default=_role("sales_clerk", "warehouse"),
        help="The applicant may always record the receipt.",
    )

    # What a request must state
    dispatch_need_contact = fields.Boolean(
        string="Contact Person Required",
        help="The address of a company alone does not say who receives the goods.",
    )
    dispatch_need_phone = fields.Boolean(string="Phone Required", default=True)
    dispatch_need_time = fields.Boolean(
        string="Time Required",
        default=True,
        help="A request states when the goods have to be shipped or to arrive.",
    )

    # Shipping
    dispatch_without_order = fields.Boolean(
        string="Deliveries without Order Pass",
        help="Goods that leave to a customer without a sales order need no notice."
        " Off: they need a special release.",
    )
    dispatch_own_carrier_ids = fields.Many2many(
        comodel_name="delivery.carrier",
        relation="regulation_profile_dispatch_own_carrier_rel",
        string="Own Delivery",
        copy=False,  # see copy()
        help="Delivery methods of your own: no tracking number is needed.",
    )
    dispatch_inform_mail = fields.Boolean(
        string="Inform the Customer by Mail",
        default=True,
        help="A mail with carrier and tracking number is sent after the shipment."
        " Off: somebody informs the customer and says so.",
    )

    def copy(self, default=None):
        # Whoever keeps the regulation makes its next version, with or without rights on carriers
        copies = super().copy(default)
        if "dispatch_own_carrier_ids" not in (default or {}):
            for profile, copied in zip(self.sudo(), copies.sudo(), strict=True):
                copied.dispatch_own_carrier_ids = profile.dispatch_own_carrier_ids
        return copies

    def _strictness(self):
        return {
            **super()._strictness(),
            "dispatch_request_separate": strictest_any,
            "dispatch_verify": strictest_any,
            "dispatch_finance_check": strictest_any,
            "dispatch_need_contact": strictest_any,
            "dispatch_need_phone": strictest_any,
            "dispatch_need_time": strictest_any,
            "dispatch_without_order": all,
            "dispatch_inform_mail": strictest_any,
        }
