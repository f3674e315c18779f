# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import api, fields, models


def _keep(_rows):
    """Evidence outlives the addon that wrote it."""


class RegulationRegister(models.Model):
    _inherit = "regulation.register"

    event = fields.Selection(
        selection_add=[
            ("bonus_reduced", "Bonus reduced"),
            ("bonus_submitted", "Bonus sheet handed in"),
            ("bonus_paid", "Bonus paid"),
            ("commission_entitled", "Commission entitled"),
            ("commission_changed", "Commission changed"),
        ],
        ondelete={
            "bonus_reduced": _keep,
            "bonus_submitted": _keep,
            "bonus_paid": _keep,
            "commission_entitled": _keep,
            "commission_changed": _keep,
        },
    )

    @api.model
    def _evidence_models(self):
        return {
            **super()._evidence_models(),
            "kpi.bonus.sheet": [("state", "=", "paid")],
            "kpi.bonus.line": [("state", "=", "paid")],
            "kpi.commission": [],
        }
