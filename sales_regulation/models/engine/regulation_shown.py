# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import api, models

from ...tools import reading


class RegulationShown(models.AbstractModel):
    """A record whose screen is judged once: its banner, buttons and figures are one answer."""

    _name = "regulation.shown"
    _description = "Record Shown with its Regulation"

    @api.readonly
    def web_read(self, specification):
        """Read what a screen shows; what several of its fields ask is asked once."""
        if not self.env["regulation.profile"]._regulated_companies():
            return super().web_read(specification)
        with reading(self.env):
            return super().web_read(specification)
