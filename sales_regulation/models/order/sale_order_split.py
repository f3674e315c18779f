# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from dataclasses import replace
from datetime import datetime, timedelta
from typing import NamedTuple

from odoo import fields, models
from odoo.tools import SQL

from ...tools import guard_frame

#: settings of the profile from which on an order needs more; from 0 on there is nothing to split
_AMOUNTS = ("order_review_min_amount", "contract_min_amount")


class _Counted(NamedTuple):
    """An order that may count with another one."""

    id: int
    place: tuple  # company and commercial entity of the customer
    people: frozenset
    at: datetime
    amount: float  # untaxed, in company currency


class SaleOrder(models.Model):
    """Nobody splits an order to stay below an amount (C20, C23).

    From an amount on an order needs a review or a contract. Where the profile says so
    (``order_split_days``), it is judged together with what the same person has confirmed for
    the same customer (commercial entity) in the same company in the days before, and with
    what is confirmed in the same step. Quotations do not count: several may be offers of
    the same thing, of which one is taken.
    """

    _inherit = "sale.order"

    regulation_confirmed_at = fields.Datetime(
        string="Confirmed under Regulation at",
        readonly=True,
        copy=False,
        groups="base.group_system",
        help="Stamped where orders of some days count together; the order date may be edited.",
    )

    # === GUARD === #

    def _gate_locks(self, stage):
        # Of two halves confirmed at one moment the later one sees the other
        locks = super()._gate_locks(stage)
        if stage == "confirm" and (together := self._counting_together()):
            locks.extend(("orders_together", *place) for place in together._order_places().values())
        return locks

    def _after_confirmation(self):
        super()._after_confirmation()
        if together := self._counting_together():
            self.env.cr.execute(
                SQL(
                    "UPDATE sale_order SET regulation_confirmed_at = %s WHERE id IN %s",
                    fields.Datetime.now(),
                    together._ids,
                )
            )
            together.invalidate_recordset(["regulation_confirmed_at"])

    def _counting_together(self):
        """Those of these orders whose regulation counts the orders of some days together."""
        policies = self._regulation_policies()
        return self.filtered(
            lambda order: (
                policies[order.id].get("order_split_days")
                and any(policies[order.id].get(setting) for setting in _AMOUNTS)
            )
        )

    # === JUDGEMENT === #

    def _due_from(self, setting, policies, together=(), **facts):
        """Those of these orders that reach the amount ``setting`` of their regulation.

        :param str setting: field of the profile, untaxed amount in company currency
        :param together: ids of the orders that are confirmed in the same step
        :return: ``{order id: what counts with it}``, the latter empty for an order that
            reaches the amount by itself, else ``(ids of other orders, days, amount of all)``
        """
        amounts = self._review_amounts()
        minima = {order.id: policies[order.id].get(setting) or 0.0 for order in self}
        # Without a minimum all of them: a negative line brings none below nothing
        due = {
            order.id: ()
            for order in self
            if not minima[order.id] or amounts[order.id] >= minima[order.id]
        }
        days = {
            order.id: policies[order.id].get("order_split_days") or 0
            for order in self
            if order.id not in due
        }
        below = self.filtered(lambda order: days.get(order.id))
        for order_id, others in below._orders_counted(days, together).items():
            currency = self.browse(order_id).company_id.currency_id
            total = currency.round(amounts[order_id] + sum(others.values()))
            if others and total >= minima[order_id]:
                due[order_id] = (tuple(others), days[order_id], total)
        return {order.id: due[order.id] for order in self if order.id in due}

    def _with_others(self, refusals, due):
        """The refusals, saying which other orders count; of those one may not read only that."""
        ids = {other for order_id in refusals for other in (due[order_id] or [()])[0]}
        if not ids:
            return refusals
        readable = self.sudo(False).browse(ids)._filtered_access("read")
        for order_id, refusal in refusals.items():
            if not due[order_id]:
                continue
            other_ids, days, total = due[order_id]
            names = readable.filtered(lambda order, ids=other_ids: order.id in ids).mapped("name")
            order = self.browse(order_id)
            text = self.env._(
                "Orders of %(days)s days for the same customer count together: with %(orders)s it"
                " comes to %(amount)s.",
                days=days,
                orders=", ".join(names) or self.env._("orders of others"),
                amount=self._gate_money(total, order.company_id.currency_id),
            )
            refusals[order_id] = replace(refusal, reason=f"{refusal.reason} {text}")
        return refusals

    def _orders_counted(self, days, together):
        """``{order id: {id of another order: its amount}}``, from one grouped query."""
        if not self:
            return {}
        if frame := guard_frame(self.env):
            return frame.once(
                ("orders_counted", tuple(together)),
                self._ids,
                lambda ids: self.browse(ids)._read_orders_counted(days, together),
            )
        return self._read_orders_counted(days, together)

    def _read_orders_counted(self, days, together):
        now = fields.Datetime.now()
        moments = {order.id: order._confirmed_moment(now) for order in self}
        people = {order.id: set(order._regulation_owners().ids) for order in self}
        places = self._order_places()
        since = min(moments[order.id] - timedelta(days=days[order.id]) for order in self)
        found = {}
        # What is confirmed in this step counts as confirmed now
        step = self.browse(together).filtered(lambda order: order.state != "sale")
        for other in [
            *step._counted_in_step(now),
            *self._read_confirmed(set(places.values()), set().union(*people.values()), since),
        ]:
            found.setdefault(other.place, []).append(other)
        return {
            order.id: {
                other.id: other.amount
                for other in found.get(places[order.id], ())
                if other.id != order.id
                and other.people & people[order.id]
                and timedelta() <= moments[order.id] - other.at <= timedelta(days=days[order.id])
            }
            for order in self
        }

    def _confirmed_moment(self, now):
        """When the order was confirmed; now, if it is about to be."""
        self.ensure_one()
        if self.state != "sale":
            return now
        ordered = max(filter(None, (self.date_order, self.create_date)), default=now)
        return min(self.regulation_confirmed_at or ordered, now)

    def _order_places(self):
        """``{order id: (company id, commercial entity id of the customer)}``."""
        return {
            order.id: (order.company_id.id, order.partner_id.commercial_partner_id.id)
            for order in self.sudo()
        }

    def _counted_in_step(self, now):
        places = self._order_places()
        amounts = self._review_amounts()
        for order in self:
            people = frozenset(order._regulation_owners().ids)
            yield _Counted(order.id, places[order.id], people, now, amounts[order.id])

    def _read_confirmed(self, places, people, since):
        """The orders that these people have confirmed for these customers since then.

        The amounts come from what was entered, as those of the order that is judged.
        """
        if not people:
            return
        Line = self.env["sale.order.line"]
        self.flush_model(
            ["state", "partner_id", "company_id", "user_id", "date_order", "currency_id"]
        )
        Line.flush_model(["order_id", "product_uom_qty", "price_unit", "discount", "display_type"])
        self.env["res.partner"].flush_model(["commercial_partner_id"])
        rows = self.env.execute_query(
            SQL(
                """
                SELECT sale.id, sale.company_id, customer.commercial_partner_id,
                       sale.user_id, sale.create_uid, sale.currency_id,
                       LEAST(%(now)s, COALESCE(sale.regulation_confirmed_at,
                                               GREATEST(sale.date_order, sale.create_date))),
                       SUM(line.product_uom_qty * line.price_unit
                           * (1 - COALESCE(line.discount, 0) / 100.0))
                  FROM sale_order sale
                  JOIN res_partner customer ON customer.id = sale.partner_id
                  JOIN sale_order_line line ON line.order_id = sale.id
                   AND line.display_type IS NULL
                 WHERE sale.state = 'sale'
                   AND sale.company_id IN %(companies)s
                   AND customer.commercial_partner_id IN %(customers)s
                   AND (sale.user_id IN %(people)s OR sale.create_uid IN %(people)s)
                   AND COALESCE(sale.regulation_confirmed_at,
                                GREATEST(sale.date_order, sale.create_date)) >= %(since)s
                 GROUP BY sale.id, customer.commercial_partner_id
                 ORDER BY sale.id
                """,
                now=fields.Datetime.now(),
                companies=tuple({company for company, _customer in places}),
                customers=tuple({customer for _company, customer in places}),
                people=tuple(people),
                since=since,
            )
        )
        today = fields.Date.today()
        for order_id, company_id, customer_id, user_id, creator_id, currency_id, at, amount in rows:
            company = self.env["res.company"].browse(company_id)
            currency = self.env["res.currency"].browse(currency_id)
            yield _Counted(
                order_id,
                (company_id, customer_id),
                frozenset({user_id, creator_id}),
                at,
                currency._convert(float(amount), company.currency_id, company, today)
                if currency and currency != company.currency_id
                else company.currency_id.round(float(amount)),
            )
