# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import api, models


class KpiManualValue(models.Model):
    """Of whom nobody is asked about, human resources enter what they heard."""

    _inherit = "kpi.manual.value"

    @api.model
    def _entered_providers(self):
        return super()._entered_providers() | {"assessment"}
