# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import models


class StockMove(models.Model):
    """What the warehouse ships; it works without reading the order (C51)."""

    _inherit = "stock.move"

    def _compute_description_picking(self):
        # Odoo looks at the order line for a variant of the product: whoever may not open the order
        # could neither take goods back nor print the slip, nor open the transfer. Of the order
        # under which the goods were asked for only: a number that somebody writes tells nothing.
        if self.env.su or self.env["confidentiality.grant"]._access() is None:
            return super()._compute_description_picking()
        known = self.filtered(
            lambda move: (
                (order := move.sudo().sale_line_id.order_id)
                and order in move.sudo().reference_ids.sale_ids
            )
        )
        super(StockMove, known.sudo())._compute_description_picking()
        return super(StockMove, self - known)._compute_description_picking()
