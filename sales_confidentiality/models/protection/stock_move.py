# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import models
from odoo.tools import SQL


class StockMove(models.Model):
    """What the warehouse ships; it works without reading the order (C51)."""

    _inherit = "stock.move"

    def _get_account_move_line_vals(self):
        """Odoo writes the product's name into the entries of its value, which who keeps the books
        reads: of a classified product they say the transfer only."""
        vals_list = super()._get_account_move_line_vals()
        if self.env["confidentiality.model"]._classified(self.product_id):
            for vals in vals_list:
                vals["name"] = self.reference
        return vals_list

    def _compute_description_picking(self):
        # Odoo looks at the order line for a variant of the product: whoever may not open the order
        # could neither take goods back nor print the slip, nor open the transfer. Of the order
        # under which the goods were asked for only: a number that somebody writes tells nothing.
        if self.env.su or self.env["confidentiality.grant"]._access() is None:
            return super()._compute_description_picking()
        known = self.browse(move.id for move in self.sudo()._of_their_order())
        super(StockMove, known.sudo())._compute_description_picking()
        return super(StockMove, self - known)._compute_description_picking()

    def _of_their_order(self):
        """Those that were asked for under the order named, or that come back from such a move."""
        sold = self.filtered("sale_line_id")
        returned = sold.origin_returned_move_id
        references = (sold | returned).reference_ids
        # Not what is in memory: there the orders are left out that the keeper may not open
        references.flush_model(["sale_ids"])
        asked = set(
            self.env.execute_query(
                SQL(
                    """
                    SELECT reference_id, sale_id FROM stock_reference_sale_rel
                     WHERE reference_id = ANY(%s)
                    """,
                    references.ids,
                )
            )
        )

        def of_its_order(move):
            order = move.sale_line_id.order_id
            origin = move.origin_returned_move_id
            moves = move | origin if origin.sale_line_id == move.sale_line_id else move
            return any((reference.id, order.id) in asked for reference in moves.reference_ids)

        return sold.filtered(of_its_order)
