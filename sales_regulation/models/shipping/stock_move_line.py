# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from collections import defaultdict

from odoo import api, models
from odoo.exceptions import AccessError

from ...tools import Leaving, ShipmentFrame, judging, running, running_frame

#: Fields of a move line that decide whether, what and whose goods have left
_WATCHED = frozenset(
    {
        "state",
        "quantity",
        "product_uom_id",
        "location_id",
        "location_dest_id",
        "move_id",
        "picking_id",
        "quant_id",
        "product_id",
        "company_id",
    }
)


class StockMoveLine(models.Model):
    """The guard of shipments (C27).

    Goods have left when a line is done and leads from inside to outside: to a customer
    location or to a transit location that is not this company's (a sister company).
    Whatever makes more goods leave passes here, whichever button, wizard, batch, other
    module or RPC call it was: the signed quantity of the lines is taken before and after,
    and the gates of the step "ship" are asked about every increase.
    """

    _inherit = "stock.move.line"

    # === CRUD METHODS === #

    @api.model_create_multi
    def create(self, vals_list):
        if not self.env["regulation.profile"]._regulated_companies():
            return super().create(vals_list)
        self._regulation_check_typed([*vals_list, self.default_get(["quantity_product_uom"])])
        with running(self.env, ShipmentFrame()) as frame:
            lines = super().create(vals_list)
        lines._regulation_close(frame, {})
        return lines

    def write(self, vals):
        if not self.env["regulation.profile"]._regulated_companies():
            return super().write(vals)
        self._regulation_check_typed([vals])
        if not self._regulation_concerned(vals):
            return super().write(vals)
        before = self._regulation_left()
        with running(self.env, ShipmentFrame()) as frame:
            result = super().write(vals)
        self._regulation_close(frame, before)
        return result

    # === WHAT HAS LEFT === #

    @api.model
    def _regulation_check_typed(self, vals_list):
        """The quantity in the product's unit is computed: typed in, it would hide goods."""
        if any("quantity_product_uom" in vals for vals in vals_list):
            raise AccessError(
                self.env._("The quantity in the unit of the product is computed, not typed.")
            )

    def _regulation_concerned(self, vals):
        """Whether writing ``vals`` may make goods leave. Reservations must stay fast."""
        if not _WATCHED & vals.keys():
            return False
        if "state" in vals or "move_id" in vals:
            return True
        return any(line.state == "done" for line in self)

    def _regulation_outside(self, location):
        """Whether goods at ``location`` have left the company of this line."""
        return location.usage == "customer" or (
            location.usage == "transit" and location.company_id != self.company_id
        )

    def _regulation_left(self):
        """``{line id: (quantity that has left, order id)}``; what came back is negative."""
        left = {}
        # Rights of the actor play no part in what has left
        for line in self.sudo():
            if line.state != "done":
                continue
            out = line._regulation_outside(line.location_dest_id)
            if out != line._regulation_outside(line.location_id):
                quantity = line.quantity_product_uom
                left[line.id] = (
                    quantity if out else -quantity,
                    line.move_id._regulation_order_key(),
                )
        return left

    def _regulation_close(self, frame, before):
        """Judge what has left since ``before``, apart from what calls inside have judged."""
        outer = running_frame(self.env)
        increase = {}
        changed = []
        for line_id, (quantity, order) in self._regulation_left().items():
            was, was_order = before.get(line_id, (0.0, order))
            # Goods that now belong to another order count in full there
            delta = quantity - was if was_order == order else quantity
            delta -= frame.judged.get(line_id, 0.0)
            if delta:
                changed.append(line_id)
            if delta > 0:
                increase[line_id] = delta
            if outer:
                outer.judged[line_id] = (
                    outer.judged.get(line_id, 0.0) + delta + frame.judged.get(line_id, 0.0)
                )
        if changed:
            with judging(self.env):
                self.browse(changed)._regulation_judge(increase)

    def _regulation_judge(self, increase):
        """Ask the gates of the step "ship" about goods that leave now; raise, or let all pass.

        :param dict increase: ``{line id: quantity}`` for those of these lines that send more
        """
        companies = self.env["regulation.profile"]._regulated_companies()
        lines = self.sudo().filtered(lambda line: line.company_id.id in companies)
        moves = lines.move_id
        orders = moves._regulation_orders()
        # What they say themselves can wait: stock's own pending writes go with it
        moves.filtered(
            lambda move: move._regulation_order_key() != (orders[move.id].id or 0)
        )._regulation_bind(orders)
        going = lines.filtered(lambda line: line.id in increase)
        going -= going._regulation_exempt()
        if going:
            leaving = defaultdict(list)
            for line in going:
                order = orders[line.move_id.id]
                leaving[line._regulation_shipment_key()].append(
                    Leaving(
                        move=line.move_id,
                        product=line.product_id,
                        quantity=increase[line.id],
                        order=order,
                        line=line.move_id._regulation_sale_line(order),
                    )
                )
            self._regulation_ask(dict(leaving))
            shipped = self.env["sale.order"].union(*(orders[line.move_id.id] for line in going))
            shipped._after_shipment()
        moves._regulation_bind(orders)

    def _regulation_shipment_key(self):
        """The transfer, or the company and customer of goods that leave without one."""
        self.ensure_one()
        if self.picking_id:
            return self.picking_id.id
        return (self.company_id.id, self.move_id.partner_id.id)

    @api.model
    def _regulation_ask(self, leaving):
        Picking = self.env["stock.picking"]
        pickings = Picking.browse([key for key in leaving if isinstance(key, int)])
        facts = {key: tuple(rows) for key, rows in leaving.items() if isinstance(key, int)}
        order_ids = {row.order.id for rows in leaving.values() for row in rows if row.order}
        # Before anything is read: of two shipments on the same money one is replayed
        self.env["regulation.commitment"]._lock([("payment", order) for order in order_ids])
        pickings._gate_pass("ship", leaving=facts)
        for key, rows in leaving.items():
            if not isinstance(key, int):
                company_id, partner_id = key
                # No transfer: a scrap to a customer location, relocated goods
                loose = Picking.new({"company_id": company_id, "partner_id": partner_id})
                loose._gate_pass("ship", leaving={loose.id: tuple(rows)})

    def _regulation_exempt(self):
        """Lines that the gates do not concern: goods handed over and paid at a till."""
        return self.browse()
