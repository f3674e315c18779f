# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import api, models


class RegulationRegisterSeal(models.Model):
    """The access log is kept as long as the regulation says, as the register is (C52)."""

    _inherit = "regulation.register.seal"

    @api.model
    def _cron_retention(self):
        super()._cron_retention()
        self.env["confidentiality.log"]._remove_old()
