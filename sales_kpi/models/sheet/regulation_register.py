# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import fields, models


def _keep(_rows):
    """Evidence outlives the addon that wrote it."""


class RegulationRegister(models.Model):
    _inherit = "regulation.register"

    event = fields.Selection(
        selection_add=[
            ("scores_locked", "Scores locked"),
            ("scores_reopened", "Scores reopened"),
        ],
        ondelete={"scores_locked": _keep, "scores_reopened": _keep},
    )
