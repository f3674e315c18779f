# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import models


class StockForecasted(models.AbstractModel):
    _inherit = "stock.forecasted_product_product"

    def _prepare_report_line(
        self,
        quantity,
        move_out=None,
        move_in=None,
        replenishment_filled=True,
        product=False,
        reserved_move=False,
        in_transit=False,
        read=True,
    ):
        """The forecast says the customer and the amount of each order that goods leave for: of a
        hidden one, its number and quantity only."""
        more = (move_in, replenishment_filled, product, reserved_move, in_transit, read)
        order = move_out and self._concealing() and move_out.sudo().picking_id.sale_id.sudo(False)
        if not order or not (order._concealed() or order.sudo().partner_id.sudo(False)._concealed()):
            return super()._prepare_report_line(quantity, move_out, *more)
        # Read as the person it would be refused, and with it the whole forecast
        line = super()._prepare_report_line(quantity, move_out.sudo(), *more)
        line["move_out"] = move_out
        if read:
            picking = move_out.picking_id
            [line["move_out"]] = move_out.read(self._get_report_moves_fields())
            line["move_out"]["picking_id"] = {"id": picking.id, "priority": picking.priority}
        return line
