# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import fields, models


class RegulationProfile(models.Model):
    _inherit = "regulation.profile"

    checkout_lead_days = fields.Integer(
        string="Check-out opened ahead (days)",
        default=14,
        help="So many days before a contract ends the check-out list of the employee is opened by"
        " itself. 0: on the last day.",
    )

    def _strictness(self):
        return {**super()._strictness(), "checkout_lead_days": max}
