# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import api, models


class SalesContact(models.Model):
    _inherit = "sales.contact"

    @api.model
    def _known_in_full(self, partners):
        """Who sees a masked number would learn it by trying which one finds the customer."""
        return super()._known_in_full(partners)._legible_to_person()
