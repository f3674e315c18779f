# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import models

from .dispatch_notice import CLOSED, SHIPPED


class SaleOrderLine(models.Model):
    _inherit = "sale.order.line"

    def _dispatch_left(self, excluded=None):
        """What of each line a new dispatch notice may name: ``{line: quantity in its unit}``.

        Ordered, less what has left to the customer (by the stock moves, which nobody types),
        less what other submitted notices name that have not shipped. Three queries. Lines
        whose goods move as something else (kits) and services are left out.

        :param excluded: notices whose own quantities do not count
        """
        lines = self.filtered(
            lambda line: (
                not line.display_type and line.product_id.type == "consu" and not line.is_delivery
            )
        )
        kits = self.env["sale.order.line"]
        delivered = {}
        moves = (
            self.env["stock.move"]
            .sudo()
            ._read_group(
                [("sale_line_id", "in", lines.ids), ("state", "!=", "cancel")],
                ["sale_line_id", "product_id", "state", "location_id", "location_dest_id"],
                ["id:recordset"],
            )
        )
        for line, product, state, source, target, group in moves:
            if product != line.product_id:
                kits |= line
                continue
            sign = (target.usage == "customer") - (source.usage == "customer")
            if state == "done" and sign:
                delivered[line] = delivered.get(line, 0.0) + sign * sum(
                    move.product_uom._compute_quantity(move.quantity, line.product_uom_id)
                    for move in group
                )
        named = {}
        groups = (
            self.env["dispatch.notice.line"]
            .sudo()
            ._read_group(
                [
                    ("order_line_id", "in", lines.ids),
                    ("notice_id.state", "not in", ("draft", *SHIPPED, *CLOSED)),
                    ("notice_id", "not in", excluded.ids if excluded else []),
                ],
                ["order_line_id", "product_uom_id"],
                ["quantity:sum"],
            )
        )
        for line, uom, quantity in groups:
            named[line] = named.get(line, 0.0) + uom._compute_quantity(
                quantity, line.product_uom_id
            )
        return {
            line: line.product_uom_qty - delivered.get(line, 0.0) - named.get(line, 0.0)
            for line in lines - kits
        }

    def _dispatch_parts(self):
        """``{product: quantity in its unit}`` still to leave for lines whose goods move as
        something else (kits)."""
        if not self:
            return {}
        groups = (
            self.env["stock.move"]
            .sudo()
            ._read_group(
                [
                    ("sale_line_id", "in", self.ids),
                    ("state", "not in", ("done", "cancel")),
                    ("location_dest_id.usage", "=", "customer"),
                ],
                ["product_id"],
                ["product_qty:sum"],
            )
        )
        return {product: quantity for product, quantity in groups if quantity > 0}
