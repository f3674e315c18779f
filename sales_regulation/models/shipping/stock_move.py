# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import api, fields, models
from odoo.exceptions import AccessError

from ...tools import ShipmentFrame, engine, guard_frame, is_engine, running

#: Fields of a move that decide whether, what and whose goods have left
_WATCHED = frozenset(
    {
        "state",
        "quantity",
        "location_id",
        "location_dest_id",
        "sale_line_id",
        "product_id",
        "move_line_ids",
        "company_id",
    }
)
_GUARDED = _WATCHED | {"regulation_order_id"}


class StockMove(models.Model):
    """The second door of the guard of shipments, see ``stock.move.line``.

    Writing the status or the destination of a move changes its lines without a write on
    them.
    """

    _inherit = "stock.move"

    regulation_order_id = fields.Many2one(
        comodel_name="sale.order",
        string="Shipped on Order",
        index="btree_not_null",
        readonly=True,
        copy=False,
        help="The order whose payment was asked when the goods left.",
    )

    # === CRUD METHODS === #

    @api.model_create_multi
    def create(self, vals_list):
        if not self.env["regulation.profile"]._regulated_companies():
            return super().create(vals_list)
        if not is_engine(self.env):
            self._regulation_check_sealed(self.default_get(["regulation_order_id"]))
            for vals in vals_list:
                self._regulation_check_sealed(vals)
        with running(self.env, ShipmentFrame()) as frame:
            moves = super().create(vals_list)
        done = moves.filtered(lambda move: move.state == "done")
        if done:
            done.move_line_ids._regulation_close(frame, {})
        return moves

    def write(self, vals):
        # Reservations write often and must stay fast
        if not _GUARDED & vals.keys() or not (
            self.env["regulation.profile"]._regulated_companies()
        ):
            return super().write(vals)
        if not is_engine(self.env):
            self._regulation_check_sealed(vals)
            if "regulation_order_id" in vals and any(move.regulation_order_id for move in self):
                self._regulation_check_sealed({"regulation_order_id": True})
        if not _WATCHED & vals.keys() or not (
            vals.get("state") == "done" or any(move.state == "done" for move in self)
        ):
            return super().write(vals)
        before = self.move_line_ids._regulation_left()
        with running(self.env, ShipmentFrame()) as frame:
            result = super().write(vals)
        self.move_line_ids._regulation_close(frame, before)
        return result

    @api.model
    def _regulation_check_sealed(self, vals):
        if vals.get("regulation_order_id"):
            raise AccessError(
                self.env._("The order on which goods were shipped is set by the system.")
            )

    # === WHOSE GOODS === #

    def _regulation_bind(self, orders):
        """Keep the order for which the goods were judged, whatever is unlinked later.

        :param dict orders: ``{move id: sale.order}``
        """
        moves = self.filtered(lambda move: move.regulation_order_id != orders[move.id])
        for order, group in moves.grouped(lambda move: orders[move.id]).items():
            engine(group).write({"regulation_order_id": order.id})

    def _regulation_order_key(self):
        """Id of the order that this move names itself, 0 if none."""
        self.ensure_one()
        return (self.regulation_order_id or self.sale_line_id.order_id).id or 0

    def _regulation_sale_line(self, order):
        """The line of ``order`` whose price these goods have; none for parts of a kit."""
        self.ensure_one()
        line = self.sale_line_id
        if line.order_id == order and line.product_id == self.product_id:
            return line
        return order.order_line.filtered(lambda line: line.product_id == self.product_id)[:1]

    def _regulation_orders(self):
        """``{move id: sale.order}`` whose payment covers the goods; empty if none can be found.

        The order of the line; else that of the reference under which they were asked for;
        else an order of the same customer that still waits for these goods, so that cutting
        the link does not make goods free.
        """
        if frame := guard_frame(self.env):
            return frame.once(
                "orders", self._ids, lambda ids: self.browse(ids)._regulation_find_orders()
            )
        return self._regulation_find_orders()

    def _regulation_find_orders(self):
        moves = self.sudo()
        orders = {}
        orphans = self.env["stock.move"]
        customers = {}
        for move in moves:
            order = (
                move.regulation_order_id
                or move._regulation_own(move.sale_line_id.order_id, customers)
                or move.origin_returned_move_id.regulation_order_id
                or move._regulation_order_of(
                    move.reference_ids.sale_ids
                    or move.picking_id.reference_ids.sale_ids
                    or move.picking_id.sale_id,
                    customers,
                )
            )
            orders[move.id] = order
            if not order:
                orphans |= move
        if orphans:
            orders.update(orphans._regulation_orders_of_customer())
        return orders

    def _regulation_own(self, order, customers):
        """``order``, if these goods go to its customer; empty otherwise.

        Whoever writes transfers can name the line of another customer's paid order.

        :param dict customers: ``{order: its customers}``, filled in here
        """
        customer = self._regulation_customer()
        if not customer:
            named = self.reference_ids.sale_ids | self.picking_id.reference_ids.sale_ids
            return order & named
        if order not in customers:
            partners = order.partner_id | order.partner_shipping_id | order.partner_invoice_id
            customers[order] = partners.commercial_partner_id
        return order if customer in customers[order] else order.browse()

    def _regulation_order_of(self, candidates, customers):
        """Of several orders under one reference the one that has the product; not that of
        another customer while there is one of the customer to whom the goods go."""
        candidates = (
            candidates.filtered(lambda order: self._regulation_own(order, customers)) or candidates
        )
        return (
            candidates.filtered(lambda order: self.product_id in order.order_line.product_id)[:1]
            or candidates[:1]
        )

    def _regulation_customer(self):
        self.ensure_one()
        return (self.partner_id or self.picking_id.partner_id).commercial_partner_id

    def _regulation_orders_of_customer(self):
        Order = self.env["sale.order"].sudo()
        found = {move.id: Order for move in self}
        customers = {move.id: move._regulation_customer() for move in self}
        partners = Order.env["res.partner"].union(*customers.values())
        if not partners:
            return found
        lines = (
            self.env["sale.order.line"]
            .sudo()
            .search(
                [
                    ("product_id", "in", self.product_id.ids),
                    ("company_id", "in", self.company_id.ids),
                    ("state", "=", "sale"),
                    ("order_id.partner_id.commercial_partner_id", "in", partners.ids),
                ],
                order="order_id, id",
            )
        )
        if not lines:
            return found
        shipped = lines.order_id._payment_shipped()
        for line in lines:
            waiting = line.product_uom_id._compute_quantity(
                line.product_uom_qty, line.product_id.uom_id
            ) - sum(
                left - back
                for (_line, product), (left, back) in shipped[line.order_id.id].items()
                if product == line.product_id.id
            )
            if line.product_id.uom_id.compare(waiting, 0) <= 0:
                continue
            for move in self:
                if (
                    not found[move.id]
                    and move.product_id == line.product_id
                    and move.company_id == line.company_id
                    and customers[move.id] == line.order_id.partner_id.commercial_partner_id
                ):
                    found[move.id] = line.order_id
        return found
