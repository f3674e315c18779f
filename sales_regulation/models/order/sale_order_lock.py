# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from dataclasses import dataclass

from odoo import api, fields, models
from odoo.tools import float_compare

from ...tools import Refusal, RegulatedOne2many, engine, guard_frame
from ..engine.regulation_approvable import CHANGED
from .sale_order_content import GUARDED_LINE, HEADER_FIELDS

#: identity token of an approved change being carried out; cannot travel over a wire
APPLYING = object()
#: identity token of stock's own additions to a confirmed order
STOCK_FLOW = object()
_KEY = "regulation_order_flow"
_TOUCHED = "regulation.order.content"

_GUARDED_HEADER = frozenset({*HEADER_FIELDS, "date_order"})
#: gates that stand whatever becomes of the gate "order_change"
_BESIDE = ("price_authority", "credit", "order_review")


@dataclass
class ChangeFacts:
    """A confirmed order before it changes: what was granted already is not asked for again."""

    #: ``OrderPrice``
    price: object
    #: whose credit it takes, in which currency, how much
    credit: tuple
    #: what a review goes by, see ``_review_amounts``
    amount: float
    #: whether nothing but costs of delivery changes
    freight: bool = True


def order_flow(records, token):
    """These records, entitled to change the content of a confirmed order."""
    return records.with_context(**{_KEY: token})


def in_flow(env, *tokens):
    """Whether this environment was opened by ``order_flow`` with one of the tokens."""
    return any(env.context.get(_KEY) is token for token in tokens)


def differs(record, name, value):
    """Whether writing ``value`` would change the field."""
    field = record._fields[name]
    if field.type in ("many2many", "one2many"):
        return set(field.convert_to_cache(value, record, validate=False)) != set(record[name].ids)
    if field.type in ("float", "monetary"):
        return float_compare(record[name] or 0.0, float(value or 0.0), precision_digits=6) != 0
    old = field.convert_to_cache(record[name], record, validate=False)
    return (field.convert_to_cache(value, record, validate=False) or False) != (old or False)


class SaleOrder(models.Model):
    """The content of a confirmed order is fixed (C23, S3-56, S3-57).

    Whoever wants another quantity, price, date, address or product asks for it with a
    change request, which carries the change out itself once it is approved. Refused at
    once where it is written, and compared once more by its fingerprint before the
    transaction is committed. What stock adds by itself stays possible: quantities
    delivered beyond the order, down payments, re-invoiced expenses, invoices.

    Where an order may be edited all the same, because the gate is off, only observes, or was
    released, its prices stay within the authority of its owners and of who edits it, what it
    takes more within the customer's credit, and nothing grows past its review (stages "edit"
    and "increase").
    """

    _inherit = "sale.order"

    regulation_change_ids = RegulatedOne2many(
        comodel_name="sale.order.change",
        inverse_name="order_id",
        string="Change Requests",
        groups="sales_team.group_sale_salesman,sales_regulation.group_regulation_user,"
        "sales_regulation.group_regulation_audit",
    )
    regulation_change_count = fields.Integer(
        compute="_compute_regulation_change_count", compute_sudo=True
    )
    regulation_exempt = fields.Boolean(
        string="Confirmed before the Regulation",
        compute="_compute_regulation_exempt",
        compute_sudo=True,
        help="It was confirmed before the regulation was in force: exempt for what it did,"
        " not for later changes.",
    )

    regulation_under_change = fields.Boolean(
        compute="_compute_regulation_under_change",
        compute_sudo=True,
        help="All of it, or what needs an approval, changes by request.",
    )

    # === COMPUTE METHODS === #

    @api.depends("state")
    def _compute_regulation_under_change(self):
        confirmed = self._under_regulation().filtered(lambda order: order.state == "sale")
        policies = confirmed._regulation_policies()
        for order in self:
            order.regulation_under_change = order in confirmed and any(
                policies[order.id].mode(code) != "off" for code in ("order_change", *_BESIDE)
            )

    @api.depends("regulation_change_ids")
    def _compute_regulation_change_count(self):
        self.regulation_change_count = 0
        if not self.env["regulation.profile"]._regulated_companies():
            return
        counts = dict(
            self.env["sale.order.change"]._read_group(
                [("order_id", "in", self.ids)], ["order_id"], ["__count"]
            )
        )
        for order in self:
            order.regulation_change_count = counts.get(order._origin, 0)

    @api.depends("state", "regulation_fingerprint")
    def _compute_regulation_exempt(self):
        regulated = self._under_regulation()
        for order in self:
            order.regulation_exempt = (
                order in regulated and order.state == "sale" and not order.regulation_fingerprint
            )

    # === ACTION METHODS === #

    def action_request_change(self):
        """Open a new change request for this confirmed order."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Change Request"),
            "res_model": "sale.order.change",
            "view_mode": "form",
            "context": {"default_order_id": self.id},
        }

    def action_view_changes(self):
        """Open the change requests of this order."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "sales_regulation.sale_order_change_action"
        )
        return {
            **action,
            "domain": [("order_id", "=", self.id)],
            "context": {"default_order_id": self.id},
        }

    # === GATE === #

    def _gate_order_change(self, policies, changes=None, **facts):
        """A confirmed order changes only by an approved request.

        :param dict changes: ``{order id: [(what, is a delivery cost), ...]}``
        """
        refusals = {}
        for order in self:
            free = policies[order.id].get("order_change_delivery")
            names = [
                name
                for name, delivery in (changes or {}).get(order.id, ())
                if not (delivery and free)
            ]
            if names:
                refusals[order.id] = Refusal(
                    reason=self.env._(
                        "The order is confirmed, its content is fixed: %s.",
                        ", ".join(dict.fromkeys(names)),
                    ),
                    missing=(self._change_needed(),),
                    approval="order_change",
                )
        return refusals

    @api.model
    def _change_needed(self):
        return self.env._("An approved change request (button Request a Change)")

    # === GUARD === #

    def _guard_content(self, vals):
        """Pass the gate with what ``vals`` would change on confirmed orders."""
        if in_flow(self.env, APPLYING):
            return
        names = _GUARDED_HEADER.intersection(vals)
        state = vals.get("state", "sale")
        if not names and "locked" not in vals and state in ("sale", "cancel"):
            return
        changes = {}
        for order in self.filtered(lambda order: order.state == "sale"):
            changed = [
                (self._fields[name]._description_string(self.env), False)
                for name in sorted(names)
                if differs(order, name, vals[name])
            ]
            if order.locked and "locked" in vals and not vals["locked"]:
                changed.append((self.env._("unlocking"), False))
            if state not in ("sale", "cancel"):
                changed.append((self._fields["state"]._description_string(self.env), False))
            if changed:
                changes[order.id] = changed
        self._pass_change(changes)

    def _pass_change(self, changes):
        """Let the content of these confirmed orders change, or raise."""
        if changes:
            orders = self.browse(changes)
            orders._gate_pass("change", changes=changes)
            edited = orders._content_checks()["edited"]
            edited.update(orders.filtered(lambda order: order.id not in edited)._change_facts())
            for order_id, entries in changes.items():
                edited[order_id].freight &= all(delivery for _what, delivery in entries)

    def _approval_content_changed(self):
        if not self.env["regulation.profile"]._regulated_companies():
            return None
        # What was approved for a confirmed order has served: its content has its own guard
        confirmed = self.filtered(lambda order: order.state == "sale")
        confirmed._under_regulation()._content_touched()
        return super(SaleOrder, self - confirmed)._approval_content_changed()

    def _content_touched(self):
        """The content of these confirmed orders may have changed: compare it once at the end."""
        if self:
            self._content_checks()["touched"].update(self.ids)

    def _content_checks(self):
        precommit = self.env.cr.precommit
        checks = precommit.data.get(_TOUCHED)
        if checks is None:
            checks = precommit.data[_TOUCHED] = {"touched": set(), "edited": {}}
            env = self.env
            precommit.add(lambda: env["sale.order"]._check_confirmed_content())
        return checks

    @api.model
    def _check_confirmed_content(self):
        """Backstop: a confirmed order says what it said when it was confirmed or changed."""
        checks = self.env.cr.precommit.data.pop(_TOUCHED, None) or {}
        edited = checks.get("edited", {})
        orders = self.sudo().browse({*checks.get("touched", ()), *edited}).exists()
        orders = orders.filtered(lambda order: order.state == "sale")
        known = orders.filtered("regulation_fingerprint")
        present = known._confirmed_digests() if known else {}
        changed = known.filtered(lambda order: order.regulation_fingerprint != present[order.id])
        refused = changed.filtered(lambda order: order.id not in edited)
        if refused:
            refused._gate_pass(
                "change", changes={order.id: [(self.env._("content"), False)] for order in refused}
            )
        orders.filtered(lambda order: order.id in edited)._pass_edited(edited)
        changed._store_fingerprints({order.id: present[order.id] for order in changed})

    # === PRICE AND CREDIT OF WHAT IS EDITED === #

    def _change_facts(self):
        """``{order id: ChangeFacts}`` of these orders as they are before something changes."""
        orders = self.sudo()
        prices = orders._price_facts()
        amounts = orders._review_amounts()
        return {
            order.id: ChangeFacts(
                price=prices[order.id], credit=order._credit_taken(), amount=amounts[order.id]
            )
            for order in orders
        }

    def _credit_taken(self):
        self.ensure_one()
        return self._credit_keys(), self.currency_id, self.amount_total

    def _takes_more_credit(self, before):
        """Whether the order takes more credit than ``before``, or that of somebody else."""
        keys, currency, total = self._credit_taken()
        return (keys, currency) != before.credit[:2] or (
            currency.compare_amounts(total, before.credit[2]) > 0
        )

    def _pass_edited(self, before):
        """Let these orders stay as they were edited, or raise.

        :param dict before: ``{order id: ChangeFacts}``
        """
        if not self:
            return
        amounts = self._review_amounts()
        self._gate_pass(
            "edit",
            edited=True,
            authorised={order.id: (before[order.id].price, (0.0, 0.0)) for order in self},
            grown={
                order.id: (before[order.id].amount, None)
                for order in self
                if amounts[order.id] > before[order.id].amount
            },
        )
        more = self.filtered(
            lambda order: (
                not before[order.id].freight and order._takes_more_credit(before[order.id])
            )
        )
        if more:
            more._gate_pass("increase")

    # === FINGERPRINT === #

    def _after_confirmation(self):
        super()._after_confirmation()
        if not self:
            return
        policies = self._regulation_policies()
        guarded = self.filtered(lambda order: policies[order.id].mode("order_change") != "off")
        if frame := guard_frame(self.env):
            # Judged was the content before; something may have changed with the step
            frame.forget("content", guarded._content_touched_ids())
        guarded._store_fingerprints(guarded._confirmed_digests())

    def _content_touched_ids(self):
        """Those whose content may have changed in this transaction."""
        data = self.env.cr.precommit.data
        touched = data.get(_TOUCHED, {}).get("touched", set())
        return [*touched, *data.get(CHANGED, {}).get(self._name, ())]

    def _confirmed_digests(self):
        return self.env["regulation.fingerprint"]._digests(
            self._regulation_content(agreed_only=True)
        )

    def _store_fingerprints(self, digests):
        """Kept with whatever else of the orders is written; sealed, and nothing stored rests on it."""
        field = self._fields["regulation_fingerprint"]
        for order in self.sudo().browse(digests):
            field._update_cache(order, digests[order.id], dirty=True)


class SaleOrderLine(models.Model):
    _inherit = "sale.order.line"

    @api.ondelete(at_uninstall=False)
    def _unlink_except_agreed(self):
        if self.env["regulation.profile"]._regulated_companies():
            self._guard_lines(
                self.filtered(lambda line: not line._is_stock_addition()),
                self.env._("removing a line"),
            )

    def _guard_content(self, vals):
        """Pass the gate with what ``vals`` would change on lines of confirmed orders."""
        names = GUARDED_LINE.intersection(vals)
        if not names or in_flow(self.env, APPLYING):
            return
        changes = {}
        typed = self.browse()
        for line in self:
            confirmed = line.order_id.state == "sale" or "order_id" in names
            if not confirmed and not line.regulation_reinvoiced:
                continue
            changed = [
                name
                for name in sorted(names)
                if differs(line, name, vals[name])
                and not (name in ("price_unit", "tax_ids", "discount") and line._is_down_payment())
            ]
            if changed and line.regulation_reinvoiced:
                typed |= line
            for name in changed if confirmed else ():
                entry = (
                    f"{line.product_id._name_in_sentence() or line.name}:"
                    f" {self._fields[name]._description_string(self.env)}",
                    line._is_carrier_line(),
                )
                orders = line.order_id
                if name == "order_id":
                    orders |= orders.browse(vals[name])
                for order in orders:
                    changes.setdefault(order, []).append(entry)
        self._guard_orders(changes)
        if typed:
            engine(typed.sudo()).write({"regulation_reinvoiced": False})

    @api.model
    def _check_stock_sealed(self, vals):
        if in_flow(self.env, STOCK_FLOW):
            vals = {name: vals[name] for name in vals if name != "regulation_reinvoiced"}
        return super()._check_stock_sealed(vals)

    def _guard_added(self, vals_list):
        """Pass the gate with lines that are to be added to confirmed orders."""
        if in_flow(self.env, APPLYING, STOCK_FLOW):
            return
        orders = self.env["sale.order"].browse(
            {vals["order_id"] for vals in vals_list if vals.get("order_id")}
        )
        confirmed = orders._under_regulation().filtered(lambda order: order.state == "sale")
        if not confirmed:
            return
        carriers = confirmed._delivery_products()
        changes = {}
        for vals in vals_list:
            order = confirmed.browse(vals.get("order_id"))
            if order in confirmed and not self._is_stock_values(order, vals):
                delivery = (
                    bool(vals.get("is_delivery"))
                    and vals.get("product_id") in carriers
                    and (vals.get("price_unit") or 0.0) >= 0
                )
                changes.setdefault(order, []).append((self.env._("adding a line"), delivery))
        self._guard_orders(changes)

    @api.model
    def _is_stock_values(self, order, vals):
        """Whether a new line is what stock adds by itself: nothing is ordered with it.

        A delivery of more than was ordered adds a line with quantity 0 at the price of the
        product's other line, or at the pricelist's; a down payment has quantity 0 too.
        """
        if vals.get("display_type"):
            return True
        if "product_uom_qty" not in vals or vals["product_uom_qty"]:
            return False
        if vals.get("is_downpayment"):
            return True
        if vals.get("discount"):
            return False
        if "price_unit" not in vals:
            return True
        product = self.env["product.product"].browse(vals.get("product_id") or ())
        same = order.order_line.filtered(lambda line: line.product_id == product)
        return (not vals["price_unit"] and product.invoice_policy == "order") or any(
            not differs(line, "price_unit", vals["price_unit"]) for line in same
        )

    def _guard_lines(self, lines, what):
        changes = {}
        for line in lines:
            changes.setdefault(line.order_id, []).append((what, line._is_carrier_line()))
        self._guard_orders(changes)

    def _guard_orders(self, changes):
        if in_flow(self.env, APPLYING):
            return
        orders = self.env["sale.order"].union(*changes)._under_regulation()
        orders = orders.filtered(lambda order: order.state == "sale")
        orders._pass_change({order.id: changes[order] for order in orders})

    def _is_stock_addition(self):
        self.ensure_one()
        return bool(self.display_type) or self._is_down_payment()

    def _is_down_payment(self):
        """A down payment orders nothing; a flag on an ordered line means nothing."""
        self.ensure_one()
        return self.is_downpayment and not self.product_uom_qty

    def _is_carrier_line(self):
        self.ensure_one()
        return (
            self.is_delivery
            and self.price_unit >= 0
            and self.product_id.id in self.order_id._delivery_products()
        )


class AccountMoveLine(models.Model):
    _inherit = "account.move.line"

    def _sale_prepare_sale_line_values(self, order, price):
        return {
            **super()._sale_prepare_sale_line_values(order, price),
            "regulation_reinvoiced": True,
        }

    def _sale_create_reinvoice_sale_line(self):
        """Re-invoiced expenses go on being added to confirmed orders."""
        if not self.env["regulation.profile"]._regulated_companies():
            return super()._sale_create_reinvoice_sale_line()
        lines = super(
            AccountMoveLine, order_flow(self, STOCK_FLOW)
        )._sale_create_reinvoice_sale_line()
        return {key: line.with_env(self.env) for key, line in lines.items()}
