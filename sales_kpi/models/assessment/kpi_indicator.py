# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import api, fields, models


class KpiIndicator(models.Model):
    _inherit = "kpi.indicator"

    rater_filter = fields.Char(
        string="Rater Groups",
        help="Of which the ratings count (self, superior, upward, peer, customer, hr), comma"
        " separated. Empty: all, by the weights of the regulation.",
    )

    @api.model
    def _counting(self):
        return super()._counting() | {"rater_filter"}

    def _rater_kinds(self):
        return [kind.strip() for kind in (self.rater_filter or "").split(",") if kind.strip()]
