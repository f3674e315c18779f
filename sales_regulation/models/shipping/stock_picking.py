# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from collections import defaultdict
from dataclasses import replace

from odoo import api, fields, models

from ...tools import Leaving, Refusal


class StockPicking(models.Model):
    _name = "stock.picking"
    _inherit = ["stock.picking", "regulation.gated"]

    payment_hold = fields.Boolean(
        compute="_compute_payment_hold",
        compute_sudo=True,
        search="_search_payment_hold",
        help="The goods may not leave before the payment is complete (款到發貨).",
    )

    # === COMPUTE METHODS === #

    @api.depends("state", "move_ids.state")
    def _compute_payment_hold(self):
        self.payment_hold = False
        for refusal in self._payment_refusals():
            if refusal.mode == "enforce" and not refusal.release_id:
                refusal.record.payment_hold = True

    def _search_payment_hold(self, operator, value):
        if operator != "in":
            return NotImplemented
        companies = self.env["regulation.profile"]._regulated_companies()
        pickings = (
            self.sudo().search(
                [
                    ("company_id", "in", list(companies)),
                    ("state", "in", ("waiting", "confirmed", "assigned")),
                    (
                        "move_ids",
                        "any",
                        [("location_dest_id.usage", "in", ("customer", "transit"))],
                    ),
                ]
            )
            if companies
            else self
        )
        held = pickings.filtered("payment_hold")
        return [("id", "in" if True in value else "not in", held.ids)]

    def _payment_refusals(self):
        """What the payment gate alone would refuse if these transfers were done now."""
        if not self.env["regulation.profile"]._regulated_companies():
            return []
        code = "payment_before_shipment"
        waiting = self._gate_stages().get("ship", self.browse())
        policies = waiting._regulation_policies()
        waiting = waiting.filtered(lambda picking: policies[picking.id].mode(code) != "off")
        found = waiting.sudo()._gate_payment_before_shipment(policies) if waiting else {}
        refusals = [
            replace(
                found[picking.id],
                record=picking,
                gate=code,
                mode=policies[picking.id].mode(code),
            )
            for picking in waiting
            if picking.id in found
        ]
        refusals = self.env["regulation.release"].sudo()._match(refusals)
        # A transfer whose notice was released is not held either
        return self._dispatch_carry_over(refusals)

    # === GATES === #

    def _gate_stages(self):
        companies = self.env["regulation.profile"]._regulated_companies()
        return super()._gate_stages() | {
            "ship": self.filtered(
                lambda picking: (
                    picking.company_id.id in companies
                    and picking.state in ("waiting", "confirmed", "assigned")
                    and picking._regulation_outgoing_moves()
                )
            )
        }

    def _gate_orders(self):
        return {
            picking.id: picking.move_ids.sale_line_id.order_id
            | picking.move_ids.regulation_order_id
            for picking in self
        }

    def _release_content(self):
        """Whose goods a transfer takes to whom, and how much of them is planned in all: what
        is split off for later is still part of it while it is judged."""
        moves = self.sudo().move_ids
        orders = moves._regulation_orders()
        result = {}
        for picking in self.sudo():
            planned = defaultdict(float)
            for move in picking.move_ids:
                done = move.product_uom._compute_quantity(
                    move.quantity, move.product_id.uom_id, rounding_method="HALF-UP"
                )
                key = (orders[move.id].id or 0, move.product_id.id)
                planned[key] += max(move.product_qty, done)
            result[picking.id] = {
                "receiver": picking.partner_id,
                "goods": sorted([*key, quantity] for key, quantity in planned.items()),
            }
        return result

    def _gate_remedies(self):
        self.ensure_one()
        # Whoever ships need not be allowed to read what was sold
        orders = self.sudo()._gate_orders()[self.id].with_env(self.env)
        return super()._gate_remedies() | orders._shipment_remedies()

    def _regulation_owners(self):
        """Whoever sells what the transfer carries: his regulation holds."""
        orders = self.move_ids.sale_line_id.order_id | self.move_ids.regulation_order_id
        if not orders:
            orders = self.reference_ids.sale_ids
        if not orders:
            return super()._regulation_owners()
        return self._regulation_staff(orders.user_id | orders.create_uid)

    def _regulation_teams(self):
        return self.move_ids.sale_line_id.order_id.team_id

    def _regulation_read_policies(self):
        # Orders are read for all transfers together
        self.sudo().move_ids.sale_line_id.order_id.mapped("user_id")
        return super()._regulation_read_policies()

    def _regulation_outgoing_moves(self):
        """Moves of these transfers that are going to take goods outside."""

        def outside(move, location):
            return location.usage == "customer" or (
                location.usage == "transit" and location.company_id != move.company_id
            )

        return self.move_ids.filtered(
            lambda move: (
                move.state not in ("done", "cancel")
                and outside(move, move.location_dest_id)
                and not outside(move, move.location_id)
            )
        )

    def _regulation_planned(self):
        """What these transfers would take outside if they were done now, for the banner."""
        moves = self._regulation_outgoing_moves()
        orders = moves._regulation_orders()
        planned = {picking.id: [] for picking in self}
        for move in moves:
            order = orders[move.id]
            planned[move.picking_id.id].append(
                Leaving(
                    move=move,
                    product=move.product_id,
                    quantity=move.product_qty,
                    order=order,
                    line=move._regulation_sale_line(order),
                )
            )
        return planned

    def _gate_payment_before_shipment(self, policies, leaving=None, **facts):
        """Goods leave to a customer only if what the mode requires is covered (S4-337).

        :param dict leaving: ``{transfer id: Leaving rows}`` of goods that the guard has just
            seen leave, all together (what was moved includes them already); None: each
            transfer by itself, as planned
        """
        together = leaving is not None
        leaving = leaving if together else self._regulation_planned()
        rows = [row for picking in self for row in leaving.get(picking.id, ())]
        orders = self.env["sale.order"].sudo().union(*(row.order for row in rows))
        # Of what has left, orders that are paid in full need no further reading
        positions = orders._payment_positions(exact=together, unpaid_only=together)
        rows = [row for row in rows if not row.order or row.order.id in positions]
        values = self._payment_values(rows, positions)
        found = {}
        for picking in self:
            shares = defaultdict(float)
            for row in leaving.get(picking.id, ()):
                value = values.get(row, 0.0)
                # Samples without value pass; goods that are worth something and cost nothing
                # on their order are paid with the rest of it
                if value > 0 or (
                    row in values
                    and row.order
                    and not row.product._payment_worthless(row.move.company_id)
                ):
                    shares[row.order] += value
            refusals = [
                picking._payment_refusal(order, positions.get(order.id), value, policies, together)
                for order, value in shares.items()
            ]
            if refusals := [refusal for refusal in refusals if refusal]:
                found[picking.id] = picking._payment_merge(refusals)
        helpers = self.browse(found)._payment_helpers()
        return {
            picking_id: replace(refusal, helper_ids=helpers[picking_id])
            for picking_id, refusal in found.items()
        }

    def _payment_helpers(self):
        """Who confirms payments: ``{transfer id: user ids}``."""
        if not self:
            return {}
        role = self.env["regulation.role"]._code("finance")
        holders = {company: tuple(role._holders(company).ids) for company in self.company_id}
        return {picking.id: holders.get(picking.company_id, ()) for picking in self}

    @api.model
    def _payment_values(self, rows, positions):
        """``{row: value}``, taxes included, at the price of the order line."""
        values = {}
        for row in rows:
            company = row.move.company_id
            if row.line:
                unit = row.line.sudo()._payment_unit_value(positions[row.order.id].values)
            elif row.order:
                unit = row.order._payment_price_of(row.product.sudo())
            else:
                unit = (
                    row.product.sudo()
                    .with_company(company)
                    ._payment_list_value(
                        company.currency_id, company, fields.Date.context_today(self)
                    )
                )
            values[row] = row.quantity * unit
        return values

    def _payment_refusal(self, order, position, value, policies, gone):
        """Why the goods of one order may not leave on this transfer, None if they may."""
        _ = self.env._
        if not order:
            policy = policies[self.id]
            if policy.get("payment_without_order") == "allow":
                return None
            currency = self.company_id.currency_id
            return Refusal(
                reason=_("These goods belong to no order of this customer."),
                missing=(
                    _(
                        "Name the sales order they are shipped on, goods worth %s leave.",
                        self._gate_money(value, currency),
                    ),
                ),
                amount=currency.round(value),
                currency=currency,
            )
        required, covered, short = position.judge(0.0 if gone else value)
        if not short:
            return None
        money = self._gate_money
        currency = position.currency
        return Refusal(
            reason=_(
                "%(order)s is short of %(short)s.",
                order=order.name,
                short=money(short, currency),
            ),
            missing=(
                _(
                    "Confirmed payment: %(paid)s of the required %(required)s.",
                    paid=money(covered, currency),
                    required=money(required, currency),
                ),
            ),
            amount=short,
            currency=currency,
        )

    def _payment_merge(self, refusals):
        """One refusal for a transfer that carries several orders."""
        if len(refusals) == 1:
            return refusals[0]
        company = self.company_id
        today = fields.Date.context_today(self)
        amount = sum(
            refusal.currency._convert(refusal.amount, company.currency_id, company, today)
            for refusal in refusals
        )
        return Refusal(
            reason=" ".join(refusal.reason for refusal in refusals),
            missing=tuple(text for refusal in refusals for text in refusal.missing),
            amount=amount,
            currency=company.currency_id,
        )
