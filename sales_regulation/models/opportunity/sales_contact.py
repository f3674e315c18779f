# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import models


class SalesContact(models.Model):
    """An opportunity that a contact brought up has the contact for its source (C05)."""

    _inherit = "sales.contact"

    def _prepare_opportunity(self):
        source = self.env.ref("sales_regulation.utm_source_contact", raise_if_not_found=False)
        return {**super()._prepare_opportunity(), "source_id": source.id if source else False}
