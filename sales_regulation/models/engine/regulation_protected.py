# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import models


class RegulationProtected(models.AbstractModel):
    """Documents that may carry a confidentiality label.

    Empty here: ``sales_confidentiality`` extends it, as ``rating`` extends ``mail.thread``.
    """

    _name = "regulation.protected"
    _description = "Protected Document"
