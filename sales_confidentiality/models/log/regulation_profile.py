# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import fields, models

from odoo.addons.sales_regulation.models.engine.regulation_profile_time import longest


class RegulationProfile(models.Model):
    _inherit = "regulation.profile"

    access_log_months = fields.Integer(
        string="Keep the Access Log (months)",
        help="Who looked at what is classified: rows older than this are removed by the system,"
        " which is a row of the register. 0: they are kept for ever (C52).",
    )

    _access_log = models.Constraint(
        "CHECK(access_log_months >= 0)", "The access log is kept for 0 or more months."
    )

    def _strictness(self):
        return {**super()._strictness(), "access_log_months": longest}
