# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import fields, models

from ..sheet.regulation_register import _keep


class RegulationRegister(models.Model):
    _inherit = "regulation.register"

    event = fields.Selection(
        selection_add=[
            ("scores_published", "Scores published"),
            ("score_appealed", "Appeal against a score"),
            ("appeal_answered", "Appeal answered"),
        ],
        ondelete={
            "scores_published": _keep,
            "score_appealed": _keep,
            "appeal_answered": _keep,
        },
    )
