# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import api, fields, models


class DispatchNoticeLine(models.Model):
    """What is in stock for a line: the clerk checks it before the notice (S4-348)."""

    _inherit = "dispatch.notice.line"

    available_qty = fields.Float(
        string="In Stock",
        compute="_compute_available_qty",
        compute_sudo=True,
        digits="Product Unit",
        help="Free in the warehouse of the order, or reserved for it.",
    )

    @api.depends("product_id", "product_uom_id", "notice_id.order_id")
    def _compute_available_qty(self):
        available = self._stock_for_orders()
        for line in self:
            quantity = available.get((line.order_id.id, line.product_id.id), 0.0)
            line.available_qty = (
                line.product_id.uom_id._compute_quantity(quantity, line.product_uom_id)
                if quantity
                else 0.0
            )

    def _stock_for_orders(self):
        """``{(order id, product id): quantity in its unit}``: free, or reserved for the order.

        Storable goods only; four queries for any number of lines.
        """
        lines = self.sudo().filtered(lambda line: line.product_id.is_storable and line.order_id)
        warehouses = lines.order_id.warehouse_id
        if not lines or not warehouses:
            return {}
        free = lines._stock_on_hand(warehouses, reserved=False)
        reserved = {}
        groups = (
            self.env["stock.move.line"]
            .sudo()
            ._read_group(
                [
                    ("move_id.sale_line_id.order_id", "in", lines.order_id.ids),
                    ("product_id", "in", lines.product_id.ids),
                    ("state", "not in", ("done", "cancel")),
                    ("location_id", "child_of", warehouses.view_location_id.ids),
                ],
                ["move_id", "product_id"],
                ["quantity_product_uom:sum"],
            )
        )
        for move, product, quantity in groups:
            key = (move.sale_line_id.order_id.id, product.id)
            reserved[key] = reserved.get(key, 0.0) + quantity
        return {
            (order.id, product.id): free.get((order.warehouse_id.id, product.id), 0.0)
            + reserved.get((order.id, product.id), 0.0)
            for order, product in {(line.order_id, line.product_id) for line in lines}
        }

    def _stock_on_hand(self, warehouses, reserved=True):
        """``{(warehouse id, product id): quantity}`` on the shelves; one query.

        :param bool reserved: what is reserved counts too
        """
        groups = (
            self.env["stock.quant"]
            .sudo()
            ._read_group(
                [
                    ("product_id", "in", self.product_id.ids),
                    ("location_id.usage", "=", "internal"),
                    ("location_id", "child_of", warehouses.view_location_id.ids),
                ],
                ["location_id", "product_id"],
                ["quantity:sum", "reserved_quantity:sum"],
            )
        )
        result = {}
        for location, product, quantity, taken in groups:
            key = (location.warehouse_id.id, product.id)
            result[key] = result.get(key, 0.0) + quantity - (0.0 if reserved else taken)
        return result
