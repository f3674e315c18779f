# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from datetime import datetime, time

from odoo import models
from odoo.exceptions import UserError

from ...tools import Refusal


class DispatchNotice(models.Model):
    """Before a notice is issued: when do the goods leave (S4-383), are they there and
    accepted, and whose are they?"""

    _inherit = "dispatch.notice"

    def _checklist_kinds(self):
        kinds = super()._checklist_kinds()
        waiting = self.filtered(lambda notice: notice.state in ("draft", "submitted", "checked"))
        if waiting:
            kinds["goods"] = waiting
        return kinds

    def _issue(self, policies):
        for notice in self:
            if policies[notice.id].get("dispatch_need_ship_time") and not (
                notice.planned_ship_at or notice.requested_ship_at
            ):
                raise UserError(
                    self.env._(
                        "%s: enter the shipping time, which stands on the notice.",
                        notice.display_name,
                    )
                )
        return super()._issue(policies)

    # === GATES === #

    def _gate_stages(self):
        """Where request and notice are one document, the draft is issued next."""
        stages = super()._gate_stages()
        drafts = self.filtered(
            lambda notice: notice.state == "draft" and not notice.profile_separate
        )
        if drafts:
            stages["issue"] = stages.get("issue", self.browse()) | drafts
        return stages

    def _gate_goods_ready(self, policies, **facts):
        """Goods are inspected and in stock before the note is written (S2-47, S4-202)."""
        lists = self._checklist_missing("goods")
        stock = self.line_ids._stock_for_orders()
        refusals = {}
        for notice in self:
            missing = list(lists[notice.id])
            for product, quantity in notice._needed().items():
                available = stock.get((notice.order_id.id, product.id), 0.0)
                if product.uom_id.compare(quantity, available) > 0:
                    missing.append(
                        self.env._(
                            "%(product)s: %(quantity)s named, %(available)s in stock.",
                            product=product._name_in_sentence(),
                            quantity=f"{quantity:g}",
                            available=f"{max(available, 0.0):g}",
                        )
                    )
            if missing:
                refusals[notice.id] = Refusal(
                    reason=self.env._("the goods are not accepted and in stock"),
                    missing=tuple(missing),
                )
        return refusals

    def _gate_first_paid(self, policies, **facts):
        """Where the goods do not suffice for all, the first payment decides (S4-094).

        An order stands back behind others of its warehouse whose first confirmed money was
        received earlier. Who they are is not said.
        """
        needs = {notice: notice._needed() for notice in self}
        lines = self.line_ids
        warehouses = self.order_id.warehouse_id
        on_hand = lines._stock_on_hand(warehouses) if warehouses else {}
        claims = self._open_claims(lines.product_id, warehouses)
        paid_at = self._first_paid_at(
            self.order_id.union(*(order for _warehouse, _product, order in claims))
        )
        refusals = {}
        for notice, needed in needs.items():
            order = notice.order_id
            missing = []
            for product, quantity in needed.items():
                key = (order.warehouse_id, product)
                before = sum(
                    claim
                    for (*place, other), claim in claims.items()
                    if tuple(place) == key
                    and other != order
                    and paid_at.get(other.id, _NEVER) < paid_at.get(order.id, _NEVER)
                )
                left = on_hand.get((order.warehouse_id.id, product.id), 0.0) - before
                if before and product.uom_id.compare(quantity, left) > 0:
                    missing.append(
                        self.env._(
                            "%(product)s: %(left)s left beside orders that were paid earlier.",
                            product=product._name_in_sentence(),
                            left=f"{max(left, 0.0):g}",
                        )
                    )
            if missing:
                refusals[notice.id] = Refusal(
                    reason=self.env._("somebody else paid first for the same goods"),
                    missing=tuple(missing),
                )
        return refusals

    # === TOOLING === #

    def _needed(self):
        """``{storable product: quantity in its unit}`` that a notice names."""
        self.ensure_one()
        needed = {}
        for line in self.line_ids:
            if line.product_id.is_storable:
                needed[line.product_id] = needed.get(line.product_id, 0.0) + line._product_qty()
        return needed

    def _open_claims(self, products, warehouses):
        """``{(warehouse, product, order): quantity}`` that confirmed orders still wait for."""
        groups = (
            self.env["stock.move"]
            .sudo()
            ._read_group(
                [
                    ("product_id", "in", products.ids),
                    ("state", "not in", ("done", "cancel")),
                    ("sale_line_id.order_id.warehouse_id", "in", warehouses.ids),
                    ("sale_line_id.state", "=", "sale"),
                    ("location_dest_id.usage", "=", "customer"),
                ],
                ["product_id", "sale_line_id"],
                ["product_qty:sum"],
            )
        )
        claims = {}
        for product, line, quantity in groups:
            key = (line.order_id.warehouse_id, product, line.order_id)
            claims[key] = claims.get(key, 0.0) + quantity
        return claims

    def _first_paid_at(self, orders):
        """``{order id: (moment, allocation id)}`` of the first money that is still there.

        Money with a receipt counts from the time of the receipt, other money from the end of
        the day on which it came in.
        """
        orders = orders.sudo()
        paid = orders._regulation_paid()
        allocations = (
            self.env["sale.payment.allocation"]
            .sudo()
            .search_fetch(
                [
                    (
                        "order_id",
                        "in",
                        [order.id for order in orders if paid.get(order.id, 0.0) > 0],
                    ),
                    ("state", "=", "confirmed"),
                    ("amount", ">", 0),
                ],
                ["order_id", "date", "receipt_id", "company_id"],
            )
        )
        first = {}
        for allocation in allocations:
            received = allocation.receipt_id.received_at or allocation.company_id._regulation_utc(
                allocation.date, time.max
            )
            moment = (received, allocation.id)
            order = allocation.order_id.id
            first[order] = min(first.get(order, moment), moment)
        return first


_NEVER = (datetime.max, 0)
