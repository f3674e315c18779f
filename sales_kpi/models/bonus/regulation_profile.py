# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import api, fields, models

from odoo.addons.sales_regulation.tools.policy import strictest_any


class RegulationProfile(models.Model):
    """Bonus is part of the regulation (C45): fixed with it, copied with it."""

    _inherit = "regulation.profile"

    bonus_scheme_ids = fields.One2many(
        comodel_name="kpi.bonus.scheme",
        inverse_name="profile_id",
        string="Bonus Schemes",
        copy=True,
    )
    bonus_hard_cap = fields.Boolean(
        string="Pool is a Ceiling",
        help="A bonus sheet that exceeds its pool is refused until somebody reduces it; nothing is"
        " cut by itself. Otherwise there is a warning.",
    )
    bonus_leaders_see = fields.Boolean(
        string="Leaders See Bonus",
        help="Superiors and team leaders see the bonus of their people when it is approved.",
    )

    @api.model
    def _strictness(self):
        return {
            **super()._strictness(),
            "bonus_hard_cap": strictest_any,
            "bonus_leaders_see": all,
        }

    def _check_complete(self):
        """A bonus scheme that pays nothing is not published."""
        super()._check_complete()
        self.sudo().bonus_scheme_ids._check_sound()
