# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ...tools.policy import strictest_nonzero_min


class RegulationProfile(models.Model):
    _inherit = "regulation.profile"

    contact_revisit_days = fields.Integer(
        string="Revisit after (days)",
        help="Calendar days after a contact on which the next one is proposed, for whoever names"
        " no day himself (定期回访). 0: none is proposed.",
    )
    visit_plan_approval = fields.Boolean(
        string="Visit Plans are approved",
        help="A plan puts its visits into the calendar once it is approved. Otherwise handing"
        " it in does.",
    )
    visit_check_in = fields.Boolean(
        string="Check-in on Visits",
        help="Representatives may record where they are when a visit begins, with a photo. Each"
        " consents first; only he and his manager see the place.",
    )
    visit_place_days = fields.Integer(
        string="Keep Places for (days)",
        default=180,
        help="After so many days the place and the photo of a check-in are removed.",
    )

    @api.constrains("contact_revisit_days", "visit_place_days")
    def _check_contact_figures(self):
        for profile in self:
            if profile.contact_revisit_days < 0:
                raise ValidationError(self.env._("The days until a revisit cannot be negative."))
            if profile.visit_place_days < 1:
                raise ValidationError(self.env._("Places are kept for one day or more."))

    @api.model
    def _strictness(self):
        return {
            **super()._strictness(),
            "contact_revisit_days": strictest_nonzero_min,
            "visit_plan_approval": any,
            # Nobody is located whose own regulation does not say so
            "visit_check_in": all,
            "visit_place_days": min,
        }
