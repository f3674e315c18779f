# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import api, fields, models


class RegulationProfile(models.Model):
    """Rewards, sanctions and honours are part of the regulation (C46)."""

    _inherit = "regulation.profile"

    sanction_rule_ids = fields.One2many(
        comodel_name="kpi.sanction.rule",
        inverse_name="profile_id",
        string="Rewards and Sanctions",
        copy=True,
    )
    honour_rule_ids = fields.One2many(
        comodel_name="kpi.honour.rule", inverse_name="profile_id", string="Honours", copy=True
    )
    sanction_double = fields.Boolean(
        string="Several Sanctions of one Event",
        help="One event may be sanctioned more than once. Otherwise the second proposal is refused.",
    )

    @api.model
    def _strictness(self):
        return {**super()._strictness(), "sanction_double": all}

    def _check_complete(self):
        """A rule that can propose nothing is not published."""
        super()._check_complete()
        self.sudo().sanction_rule_ids._check_sound()
        self.sudo().honour_rule_ids._check_sound()
