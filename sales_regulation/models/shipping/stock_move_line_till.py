# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import models
from odoo.tools import SQL


class StockMoveLine(models.Model):
    """Goods sold at a till are paid when they are handed over.

    Point of Sale is no dependency: its tables are read if they are there. A link to a till
    order can be written by hand and is set only after the goods have left, so what counts is
    that the paid orders of the till have sold at least as much as has left through it.
    """

    _inherit = "stock.move.line"

    def _regulation_exempt(self):
        exempt = super()._regulation_exempt()
        if "pos.order" not in self.env:
            return exempt
        # What a sales order names is judged by that order, whatever till order is named beside
        asked = (self - exempt).filtered(
            lambda line: not (
                line.move_id.sale_line_id
                or line.move_id.reference_ids.sale_ids
                or line.picking_id.reference_ids.sale_ids
            )
        )
        by_type = asked._till_sessions() if asked else {}
        for picking, lines in asked.grouped("picking_id").items():
            if order := picking.pos_order_id:
                # Goods of a session that ships when it is closed leave with the session
                if not order.shipping_date and not order._should_create_picking_real_time():
                    continue
                sold = self._till_sold(SQL("po.id = %s", picking.pos_order_id.id))
                left = self._till_left(SQL("picking.pos_order_id = %s", picking.pos_order_id.id))
            elif sessions := by_type.get((picking.picking_type_id, picking.company_id)):
                # A moment typed at a transfer afterwards, or a clock set back, hides nothing
                start = min(session.start_at or session.create_date for session in sessions)
                sold = self._till_sold(
                    SQL("po.session_id IN %s AND po.shipping_date IS NULL", sessions._ids)
                )
                left = self._till_left(
                    SQL(
                        """
                        picking.picking_type_id = %s
                        AND (picking.pos_session_id IN %s OR line.id IN %s
                             OR GREATEST(move.date, move.create_date) >= %s)
                        """,
                        picking.picking_type_id.id,
                        sessions._ids,
                        lines._ids,
                        start.replace(microsecond=0),
                    )
                )
            else:
                continue
            exempt |= lines.filtered(
                lambda line, sold=sold, left=left: (
                    line.product_id.uom_id.compare(
                        left.get(line.product_id.id, 0.0), sold.get(line.product_id.id, 0.0)
                    )
                    <= 0
                )
            )
        return exempt

    def _till_sessions(self):
        """``{(operation type, company): open sessions of the tills that use it}``; one query."""
        sessions = (
            self.env["pos.session"]
            .sudo()
            .search(
                [
                    ("config_id.picking_type_id", "in", self.picking_id.picking_type_id.ids),
                    ("state", "!=", "closed"),
                ]
            )
        )
        return sessions.grouped(
            lambda session: (session.config_id.picking_type_id, session.company_id)
        )

    def _till_sold(self, where):
        """``{product id: quantity}`` on paid till orders."""
        self.env["pos.order"].flush_model(["state", "session_id", "shipping_date"])
        self.env["pos.order.line"].flush_model(["qty", "product_id", "order_id"])
        return dict(
            self.env.execute_query(
                SQL(
                    """
                    SELECT line.product_id, SUM(line.qty)
                      FROM pos_order po JOIN pos_order_line line ON line.order_id = po.id
                     WHERE po.state IN ('paid', 'done', 'invoiced')
                       AND line.product_id IN %s AND (%s)
                     GROUP BY line.product_id
                    """,
                    self.product_id._ids,
                    where,
                )
            )
        )

    def _till_left(self, where):
        """``{product id: quantity}`` that has left on transfers of the till, net."""
        self.env["stock.picking"].flush_model(["pos_order_id", "pos_session_id", "picking_type_id"])
        self.env["stock.move"].flush_model(["picking_id", "date"])
        self.env["stock.move.line"].flush_model(
            ["state", "quantity_product_uom", "location_id", "location_dest_id", "move_id"]
        )
        return dict(
            self.env.execute_query(
                SQL(
                    """
                    SELECT line.product_id,
                           SUM(CASE WHEN dest.usage = 'customer' AND source.usage <> 'customer'
                                    THEN line.quantity_product_uom
                                    WHEN source.usage = 'customer' AND dest.usage <> 'customer'
                                    THEN -line.quantity_product_uom ELSE 0 END)
                      FROM stock_picking picking
                      JOIN stock_move move ON move.picking_id = picking.id
                      JOIN stock_move_line line ON line.move_id = move.id AND line.state = 'done'
                      JOIN stock_location dest ON dest.id = line.location_dest_id
                      JOIN stock_location source ON source.id = line.location_id
                     WHERE line.product_id IN %s AND (%s)
                     GROUP BY line.product_id
                    """,
                    self.product_id._ids,
                    where,
                )
            )
        )
