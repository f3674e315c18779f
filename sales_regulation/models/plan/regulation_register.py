# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import api, models


class RegulationRegister(models.Model):
    _inherit = "regulation.register"

    @api.model
    def _evidence_models(self):
        return {
            **super()._evidence_models(),
            "sales.plan": [("state", "in", ("released", "superseded"))],
            "sales.plan.line": [("state", "in", ("released", "superseded"))],
            "sales.plan.checkpoint": [("state", "!=", "open")],
            "sales.plan.checkpoint.line": [],
        }
