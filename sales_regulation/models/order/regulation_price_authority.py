# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import api, fields, models, tools


class RegulationPriceAuthority(models.Model):
    """How far a role may go from the reference price on its own (價格權限).

    A role without a line has no authority: it sells at the reference price.
    """

    _name = "regulation.price.authority"
    _description = "Price Authority"
    _inherit = ["regulation.profile.part"]
    _order = "profile_id, max_discount, id"
    _rec_name = "role_id"

    _role_uniq = models.Constraint(
        "UNIQUE(profile_id, role_id)", "A role has one price authority in a profile."
    )
    _range = models.Constraint(
        "CHECK(max_discount >= 0 AND max_discount <= 100 AND max_surcharge >= 0)",
        "A price authority is a percentage: a discount from 0 to 100, a surcharge from 0.",
    )

    role_id = fields.Many2one(
        comodel_name="regulation.role", required=True, ondelete="restrict", index=True
    )
    max_discount = fields.Float(
        string="Below Reference (%)",
        digits="Discount",
        help="How far below the reference price the role may sell without asking (floor).",
    )
    max_surcharge = fields.Float(
        string="Above Reference (%)",
        digits="Discount",
        help="How far above the reference price the role may sell without asking (ceiling).",
    )

    @api.model
    @tools.ormcache("profile_id", cache="stable")
    def _rows(self, profile_id):
        """``((role id, sequence of the role, discount, surcharge), ...)`` of a profile."""
        lines = self.sudo().search([("profile_id", "=", profile_id)])
        return tuple(
            (line.role_id.id, line.role_id.sequence, line.max_discount, line.max_surcharge)
            for line in lines
        )
