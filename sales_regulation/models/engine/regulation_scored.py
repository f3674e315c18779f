# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import models


class RegulationScored(models.AbstractModel):
    """Documents whose facts enter a score.

    Empty here: ``sales_kpi`` extends it.
    """

    _name = "regulation.scored"
    _description = "Scored Document"
