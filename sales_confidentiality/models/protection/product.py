# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import models


class ProductTemplate(models.Model):
    """Its cost is known to who holds a grant for cost (S2-29)."""

    _name = "product.template"
    _inherit = ["product.template", "confidentiality.masked"]

    _masked_rights = {"standard_price": "cost"}


class ProductProduct(models.Model):
    _name = "product.product"
    _inherit = ["product.product", "confidentiality.masked"]

    _masked_rights = {"standard_price": "cost", "total_value": "cost", "avg_cost": "cost"}
