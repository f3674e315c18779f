# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import fields, models


class StockMove(models.Model):
    """What the warehouse ships; it works without reading the order (C51)."""

    _inherit = "stock.move"

    # Odoo looks at the order line for a variant of the product: whoever may not open the order
    # could neither take goods back nor print the slip, nor open the transfer
    description_picking = fields.Text(compute_sudo=True)
