# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import api, fields, models


class RegulationRegister(models.Model):
    _inherit = "regulation.register"

    event = fields.Selection(
        selection_add=[("samples", "Samples given out")], ondelete={"samples": "cascade"}
    )

    @api.model
    def _evidence_models(self):
        return {**super()._evidence_models(), "sample.request": [("state", "=", "given")]}
