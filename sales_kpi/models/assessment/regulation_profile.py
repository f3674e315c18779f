# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import fields, models
from odoo.exceptions import UserError

from ...tools import plain, to_number


class RegulationProfile(models.Model):
    _inherit = "regulation.profile"

    rater_group_ids = fields.One2many(
        comodel_name="kpi.rater.group", inverse_name="profile_id", string="Raters", copy=True
    )
    appeal_days = fields.Integer(
        string="Days to appeal",
        default=5,
        help="Working days after the publication of the scores. 0: until the end of that day, and"
        " scores without raters may be locked unpublished.",
    )

    def _strictness(self):
        return {**super()._strictness(), "appeal_days": max}

    def _check_complete(self):
        """Raters, and criteria of raters, whose weights are not 100 are not published."""
        super()._check_complete()
        self.sudo().rater_group_ids._check_criteria()
        for role, groups in self.sudo().rater_group_ids.grouped("role_id").items():
            total = sum(to_number(group.weight) for group in groups)
            if total not in (0, 100):
                raise UserError(
                    self.env._(
                        "The weights of the raters of %(role)s add up to %(sum)s, not to 100.",
                        role=role.name or self.env._("everybody"),
                        sum=plain(total),
                    )
                )
