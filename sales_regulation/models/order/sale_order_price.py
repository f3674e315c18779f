# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from dataclasses import dataclass, field, replace

from odoo import api, fields, models
from odoo.tools import float_compare, float_round

from ...tools import Refusal, reading_frame


@dataclass
class LinePrice:
    """A line beside its reference prices, per unit and without tax, in the order's currency."""

    reference: float
    ceiling: float
    net: float
    discount: float = 0.0
    surcharge: float = 0.0
    quantity: float = 0.0
    #: product, unit, price, discount and taxes of the line
    terms: tuple = ()

    @property
    def short(self):
        """What the line lacks of its reference price, for all of its quantity."""
        return max(self.reference - self.net, 0.0) * self.quantity

    def beyond(self, granted):
        """The line without the deviation of ``granted``, what it was before."""
        return replace(
            self,
            discount=self.discount if self.discount > granted.discount + _EPSILON else 0.0,
            surcharge=self.surcharge if self.surcharge > granted.surcharge + _EPSILON else 0.0,
        )


@dataclass
class OrderPrice:
    """How far an order is from its reference prices: the worst line, or the whole."""

    discount: float = 0.0
    surcharge: float = 0.0
    #: discount of the whole order, where negative lines and rewards count
    overall: float = 0.0
    reference_total: float = 0.0
    net_total: float = 0.0
    lines: dict = field(default_factory=dict)

    @property
    def deviation(self):
        return max(self.discount, self.surcharge)

    @property
    def short(self):
        return self.reference_total - self.net_total

    @property
    def deducted(self):
        """What the whole order lacks beside its lines: negative lines, rewards."""
        return max(self.short - sum(facts.short for facts in self.lines.values()), 0.0)

    def beyond(self, granted, own, digits):
        """The prices without the deviations that were granted for ``granted``, what the order
        was before a change.

        A deviation stays granted to its line, as long as product, unit, price, discount and
        taxes are the same and no more of it is ordered; a deduction from the whole order as
        far as neither its amount nor its share grows. What is new or changed is for whoever
        lets it pass: ``own`` is how far below the reference he may go, in %.
        """
        kept = {
            id_: facts.beyond(was)
            for id_, facts in self.lines.items()
            if (was := granted.lines.get(id_))
            and facts.terms == was.terms
            and facts.quantity <= was.quantity + _EPSILON
        }
        lines = {**self.lines, **kept}
        deducted = granted.deducted
        if granted.reference_total > 0:
            deducted *= min(self.reference_total / granted.reference_total, 1.0)
        allowed = deducted + sum(
            facts.short
            if id_ in kept and not lines[id_].discount
            else facts.reference * facts.quantity * own / 100
            for id_, facts in self.lines.items()
        )
        over = self.short - allowed
        if self.reference_total > 0:
            over = over / self.reference_total * 100
        return replace(
            self,
            lines=lines,
            overall=(overall := self.overall if round(over, digits) > 0 else 0.0),
            discount=round(max([overall, *(row.discount for row in lines.values())]), digits),
            surcharge=round(max([0.0, *(row.surcharge for row in lines.values())]), digits),
        )


class SaleOrder(models.Model):
    """Price authority (C17): net prices against reference prices, over every route.

    The reference of a line is the price of its product, unit and quantity at the date of
    the quotation. The pricelist of an order can be switched by whoever writes the order, so
    two pricelists are asked, the order's and the one Odoo would choose for the customer
    (his own, his country's or the company's default): the higher price is the reference for
    discounts, the lower one for surcharges. Each price is taken in the currency of its
    pricelist and converted at the rate of the date: writing another currency on the order
    makes nothing cheaper.

    The discount is judged on each line, and over the whole order, where whatever lowers the
    total counts: negative lines of the discount wizard, rewards, negative quantities. A line
    without reference price (a free text service) may add money but offsets no discount.
    """

    _inherit = "sale.order"

    regulation_price_discount = fields.Float(
        string="Below Reference (%)",
        digits="Discount",
        compute="_compute_regulation_price",
        compute_sudo=True,
        help="The largest discount against the reference prices, of a line or of the order.",
    )
    regulation_price_surcharge = fields.Float(
        string="Above Reference (%)",
        digits="Discount",
        compute="_compute_regulation_price",
        compute_sudo=True,
        help="The largest surcharge against the reference prices.",
    )

    # === COMPUTE METHODS === #

    @api.depends(
        "pricelist_id",
        "partner_id",
        "currency_id",
        "date_order",
        "order_line.product_id",
        "order_line.product_uom_id",
        "order_line.product_uom_qty",
        "order_line.price_unit",
        "order_line.discount",
        "order_line.tax_ids",
        "order_line.product_no_variant_attribute_value_ids",
    )
    def _compute_regulation_price(self):
        regulated = self._under_regulation()
        prices = regulated._price_facts()
        for order in self:
            price = prices.get(order.id)
            order.regulation_price_discount = price.discount if price else 0.0
            order.regulation_price_surcharge = price.surcharge if price else 0.0

    # === GATE === #

    def _gate_price_authority(self, policies, authorised=None, edited=False, **facts):
        """Prices beyond the authority of owner and actor need an approval.

        :param dict authorised: ``{order id: (prices before, (discount, surcharge))}`` of orders
            that change after their confirmation: what was granted then, and how far whoever
            has approved the change may go
        :param bool edited: the orders changed without a request
        """
        prices = {**self._price_facts()}
        allowed = self._price_allowed(policies)
        digits = self.env["decimal.precision"].precision_get("Discount")
        for order_id, (before, limits) in (authorised or {}).items():
            allowed[order_id] = tuple(map(max, allowed[order_id], limits))
            prices[order_id] = prices[order_id].beyond(before, allowed[order_id][0], digits)
        beyond = self.filtered(
            lambda order: (
                not _within(prices[order.id], *allowed[order.id], policies[order.id])
            )
        )
        if not beyond:
            return {}
        approved = beyond._approvals_valid("price")
        helpers = {}
        return {
            order.id: order._price_refusal(
                prices[order.id], allowed[order.id], policies[order.id], helpers, edited
            )
            for order in beyond
            if not approved.get(order.id)
        }

    def _price_refusal(self, price, allowed, policy, helpers, edited=False):
        self.ensure_one()
        approver = self._price_approver(price, policy)
        reason = self.env._(
            "The price is %(discount).2f %% below the reference price; without asking:"
            " %(allowed).2f %%.",
            discount=price.discount,
            allowed=allowed[0],
        )
        if not price.discount > allowed[0]:
            reason = self.env._(
                "The price is %(surcharge).2f %% above the reference price; without asking:"
                " %(allowed).2f %%.",
                surcharge=price.surcharge,
                allowed=allowed[1],
            )
        missing = [*self._price_details(price, allowed, policy)]
        users = self.env["res.users"]
        if approver:
            role, discount, _surcharge = approver
            key = (role, self.company_id, self._regulation_teams())
            if key not in helpers:
                helpers[key] = role._holders(*key[1:])
            users = helpers[key]
            missing.append(
                self.env._(
                    "Approval of the price by: %(role)s (up to %(limit).2f %%)",
                    role=role.name,
                    limit=discount,
                )
            )
        else:
            missing.append(
                self.env._("No role has the authority for such a price: change the price.")
            )
        if approver and edited:
            missing.append(self._change_needed())
        return Refusal(
            reason=reason,
            missing=tuple(missing),
            amount=max(price.reference_total - price.net_total, 0.0),
            currency=self.currency_id,
            approval=("order_change" if edited else "price") if approver else "",
            helper_ids=tuple(users.ids),
        )

    def _price_details(self, price, allowed, policy):
        """One sentence for each of the worst lines, and one for the whole order."""
        digits = self.env["decimal.precision"].precision_get("Discount")
        beyond = sorted(
            (
                (line, facts)
                for line, facts in ((line, price.lines.get(line.id)) for line in self.order_line)
                if facts and round(facts.discount - allowed[0], digits) > 0
            ),
            key=lambda item: -item[1].discount,
        )
        for line, facts in beyond[:3]:
            yield self.env._(
                "%(product)s: %(net)s, floor %(floor)s (reference %(reference)s)",
                product=line.product_id._name_in_sentence(),
                net=self._gate_money(facts.net, self.currency_id),
                floor=self._gate_money(facts.reference * (1 - allowed[0] / 100), self.currency_id),
                reference=self._gate_money(facts.reference, self.currency_id),
            )
        if not beyond and round(price.overall - allowed[0], digits) > 0:
            yield self.env._(
                "Whole order: %(net)s instead of %(reference)s",
                net=self._gate_money(price.net_total, self.currency_id),
                reference=self._gate_money(price.reference_total, self.currency_id),
            )
        if policy.get("price_ceiling") and round(price.surcharge - allowed[1], digits) > 0:
            for line in self.order_line:
                facts = price.lines.get(line.id)
                if facts and facts.surcharge == price.surcharge:
                    yield self.env._(
                        "%(product)s: %(net)s, ceiling %(ceiling)s",
                        product=line.product_id._name_in_sentence(),
                        net=self._gate_money(facts.net, self.currency_id),
                        ceiling=self._gate_money(
                            facts.ceiling * (1 + allowed[1] / 100), self.currency_id
                        ),
                    )
                    break

    # === AUTHORITY === #

    def _price_authorities(self, policy):
        """``[(role, max discount, max surcharge), ...]`` of a policy, the lowest first.

        Of several profiles each role has the smaller authority; a role that one of them
        does not name has none.
        """
        Authority = self.env["regulation.price.authority"]
        profiles = [rows for profile in policy.profile_ids if (rows := Authority._rows(profile))]
        by_role = {}
        for rows in profiles:
            for role, sequence, discount, surcharge in rows:
                by_role.setdefault(role, []).append((discount, surcharge, sequence))
        authorities = sorted(
            (min(row[0] for row in rows), min(row[1] for row in rows), -rows[0][2], role)
            for role, rows in by_role.items()
            if len(rows) == len(profiles)
        )
        Role = self.env["regulation.role"].sudo()
        return [
            (Role.browse(role), discount, surcharge)
            for discount, surcharge, _sequence, role in authorities
        ]

    def _price_allowed(self, policies):
        """``{order id: (discount, surcharge)}`` without asking: what the owners of an order
        and the person acting may all grant. Two queries per company."""
        actor = self.env.user
        if actor.share or actor.id == api.SUPERUSER_ID:
            actor = actor.browse()
        by_user = {}
        result = {}
        for order in self.sudo():
            users = order._regulation_owners() | actor
            limits = []
            for user in users:
                key = (order.company_id, user, policies[order.id].profile_ids)
                if key not in by_user:
                    by_user[key] = self._price_authority_of(
                        user, order.company_id, policies[order.id], by_user
                    )
                limits.append(by_user[key])
            result[order.id] = (
                (min(limit[0] for limit in limits), min(limit[1] for limit in limits))
                if limits
                else (0.0, 0.0)
            )
        return result

    def _price_authority_of(self, user, company, policy, cache):
        authorities = self._price_authorities(policy)
        if not authorities:
            return (0.0, 0.0)
        key = ("holders", company, policy.profile_ids)
        if key not in cache:
            roles = self.env["regulation.role"].sudo().union(*(item[0] for item in authorities))
            cache[key] = roles._holders_by_role(company)
        held = [
            (discount, surcharge)
            for role, discount, surcharge in authorities
            if any(holder == user.id for holder, _team in cache[key].get(role.id, ()))
        ]
        return (
            max((item[0] for item in held), default=0.0),
            max((item[1] for item in held), default=0.0),
        )

    def _price_approver(self, price, policy):
        """The lowest ``(role, discount, surcharge)`` whose authority suffices, None if none does."""
        for authority in self._price_authorities(policy):
            if _within(price, authority[1], authority[2], policy):
                return authority
        return None

    # === REFERENCE PRICES === #

    def _price_facts(self):
        """Prices of the orders beside their reference prices: ``{order id: OrderPrice}``.

        In a constant number of queries, whatever the number of orders and lines.
        """
        if frame := reading_frame(self.env):
            return frame.once(
                "prices", self._ids, lambda ids: self.browse(ids)._price_read_facts()
            )
        return self._price_read_facts()

    def _price_read_facts(self):
        orders = self.sudo().with_context(lang=None)
        lines = orders.order_line.filtered(lambda line: not line.display_type and line.product_id)
        result = {order.id: OrderPrice() for order in self}
        if not lines:
            return result
        own = orders._customer_pricelists()
        pricelists = orders.pricelist_id | self.env["product.pricelist"].sudo().union(*own.values())
        rules = pricelists._with_price_rules(lines.product_id).env.context["regulation_price_rules"]
        carriers = (
            orders._delivery_products() if any(line.is_delivery for line in lines) else frozenset()
        )
        for order, source in zip(self, orders, strict=True):
            candidates = [
                pricelist.with_company(order.company_id).with_context(regulation_price_rules=rules)
                for pricelist in (order.pricelist_id, own.get(source.id, order.pricelist_id))
            ]
            if candidates[0] == candidates[1]:
                candidates.pop()
            source._price_order(result[order.id], candidates, carriers)
        return result

    def _price_order(self, price, pricelists, carriers):
        """Fill in the figures of one order; no query of its own."""
        self.ensure_one()
        date = self._price_date()
        for line in self.order_line:
            if line.display_type or not line.product_id or not line.product_uom_qty:
                continue
            net = line._untaxed_price(line.tax_ids, line.price_unit * (1 - line.discount / 100))
            if line.product_uom_qty < 0 or (line.is_delivery and line.product_id.id in carriers):
                # Nothing to compare: it may lower the total, and then it counts
                price.net_total += min(net * line.product_uom_qty, 0.0)
                continue
            quotes = [line._reference_price(pricelist, date) for pricelist in pricelists]
            facts = LinePrice(
                reference=max(low for low, _high in quotes),
                ceiling=min(high for _low, high in quotes),
                net=net,
                quantity=line.product_uom_qty,
                terms=(
                    line.product_id.id,
                    line.product_uom_id.id,
                    line.price_unit,
                    line.discount,
                    line.tax_ids._ids,
                ),
            )
            if facts.reference <= 0:
                price.net_total += min(net * line.product_uom_qty, 0.0)
                continue
            facts.discount = max((facts.reference - net) / facts.reference * 100, 0.0)
            if facts.ceiling > 0:
                facts.surcharge = max((net - facts.ceiling) / facts.ceiling * 100, 0.0)
            price.lines[line.id] = facts
            price.reference_total += facts.reference * line.product_uom_qty
            price.net_total += net * line.product_uom_qty
        if price.reference_total > 0:
            short = price.reference_total - price.net_total
            price.overall = max(short / price.reference_total * 100, 0.0)
        elif price.net_total < 0:
            price.overall = 100.0
        digits = self.env["decimal.precision"].precision_get("Discount")
        price.overall = round(price.overall, digits)
        price.discount = round(
            max([price.overall, *(facts.discount for facts in price.lines.values())]), digits
        )
        price.surcharge = round(
            max([0.0, *(facts.surcharge for facts in price.lines.values())]), digits
        )

    def _price_date(self):
        """The date of the reference prices: the order's, but neither before its creation,
        which nobody can date back, nor in the future."""
        self.ensure_one()
        now = fields.Datetime.now()
        created = self.create_date or now
        return min(max(self.date_order or now, created), now)

    def _customer_pricelists(self):
        """The pricelist that Odoo would choose for the customer of each order."""
        result = {}
        for company, orders in self.grouped("company_id").items():
            found = (
                self.env["product.pricelist"]
                .sudo()
                .with_company(company)
                ._get_partner_pricelist_multi(orders.partner_id.ids)
            )
            for order in orders:
                result[order.id] = found.get(order.partner_id.id) or self.env["product.pricelist"]
        return result

    @api.model
    def _delivery_products(self):
        """Ids of the products that stand for a delivery."""
        rows = (
            self.env["delivery.carrier"]
            .sudo()
            .with_context(active_test=False)
            ._read_group([("product_id", "!=", False)], ["product_id"])
        )
        return frozenset(product.id for (product,) in rows)


class SaleOrderLine(models.Model):
    _inherit = "sale.order.line"

    regulation_reference_price = fields.Float(
        string="Reference Price",
        min_display_digits="Product Price",
        compute="_compute_regulation_price",
        compute_sudo=True,
        help="Price of the product, unit and quantity at the date of the quotation, untaxed.",
    )
    regulation_net_price = fields.Float(
        string="Net Price",
        min_display_digits="Product Price",
        compute="_compute_regulation_price",
        compute_sudo=True,
    )
    regulation_deviation = fields.Float(
        string="Deviation (%)",
        digits="Discount",
        compute="_compute_regulation_price",
        search="_search_regulation_deviation",
        compute_sudo=True,
        help="Net price against the reference price: negative below, positive above.",
    )

    @api.depends(
        "product_id",
        "product_uom_id",
        "product_uom_qty",
        "price_unit",
        "discount",
        "tax_ids",
        "product_no_variant_attribute_value_ids",
        "order_id.pricelist_id",
        "order_id.partner_id",
        "order_id.currency_id",
        "order_id.date_order",
    )
    def _compute_regulation_price(self):
        prices = self.order_id._under_regulation()._price_facts()
        for line in self:
            price = prices.get(line.order_id.id)
            facts = price and price.lines.get(line.id)
            line.regulation_reference_price = facts.reference if facts else 0.0
            line.regulation_net_price = facts.net if facts else 0.0
            line.regulation_deviation = (
                (facts.net - facts.reference) / facts.reference * 100 if facts else 0.0
            )

    def _search_regulation_deviation(self, operator, value):
        """Lines that deviate. Quotations and the orders of the last year are looked at."""
        if operator not in ("<", "<=", ">", ">=", "in", "not in"):
            return NotImplemented
        compare = {
            "<": lambda deviation: deviation < value,
            "<=": lambda deviation: deviation <= value,
            ">": lambda deviation: deviation > value,
            ">=": lambda deviation: deviation >= value,
            "in": lambda deviation: deviation in value,
            "not in": lambda deviation: deviation not in value,
        }[operator]
        lines = self.search(
            [
                ("display_type", "=", False),
                ("state", "!=", "cancel"),
                ("order_id.date_order", ">=", "today -1y"),
            ]
        )
        return [("id", "in", lines.filtered(lambda line: compare(line.regulation_deviation)).ids)]

    def _reference_price(self, pricelist, date):
        """What a pricelist asks for this line, per unit, untaxed, in the order's currency.

        :return: ``(lowest, highest)``: exact, and as Odoo quotes it, unit price and discount
            being rounded each; a line at the quoted price deviates by nothing
        """
        self.ensure_one()
        order = self.order_id
        company = order.company_id
        if self.product_type == "combo":  # its parts carry the price
            return 0.0, 0.0
        combo = self._combo_of_part()
        priced = combo or self
        share = self._combo_share(combo, date) if combo else float
        currency = pricelist.currency_id or company.currency_id
        # The pricelist's environment has the company and the rules that were read for all
        product = priced.product_id.with_env(pricelist.env)
        if priced.product_no_variant_attribute_value_ids:
            product = product.with_context(**priced._get_product_price_context())
        values = {
            "quantity": priced.product_uom_qty,
            "uom": priced.product_uom_id or product.uom_id,
            "date": date,
            "currency": currency,
        }
        price, rule_id = pricelist._compute_price_rule(product, **values)[product.id]
        digits = self.env["decimal.precision"].precision_get("Product Price")
        convert = self._reference_converter(currency, date)
        price = convert(price)
        quoted = float_round(share(price), precision_digits=digits)
        rule = pricelist.env["product.pricelist.item"].browse(rule_id)
        if rule and rule._show_discount():
            base = convert(rule._compute_price_before_discount(product=product, **values))
            if base > price:
                places = self.env["decimal.precision"].precision_get("Discount")
                discount = float_round((base - price) / base * 100, precision_digits=places)
                quoted = float_round(share(base), precision_digits=digits) * (1 - discount / 100)
        price = share(price)
        taxes = self._product_taxes()
        return (
            self._untaxed_price(taxes, min(price, quoted)),
            self._untaxed_price(taxes, max(price, quoted)),
        )

    def _combo_of_part(self):
        """The line of the combo that this line is a part of; none if it only says so.

        The price of a combo is that of the whole: a part that is sold without the others,
        in another number, or instead of another product is judged by its own price.
        """
        none = self.browse()
        item = self.combo_item_id.sudo()
        combo = self._get_linked_line() if item else none
        if (
            not combo
            or combo.order_id != self.order_id
            or combo.product_type != "combo"
            or item.product_id != self.product_id
        ):
            return none
        combos = combo.product_template_id.sudo().combo_ids
        quantities = dict.fromkeys(combos, 0.0)
        for part in combo._get_linked_lines():
            kind = part.combo_item_id.sudo().combo_id
            if kind in quantities:
                quantities[kind] += part.product_uom_qty
        whole = item.combo_id in quantities and not any(
            float_compare(quantity, combo.product_uom_qty, precision_digits=6)
            for quantity in quantities.values()
        )
        return combo if whole else none

    def _combo_share(self, combo, date):
        """How Odoo divides the price of a combo among its parts: ``price -> this line's``."""
        order = self.order_id
        currency = order.currency_id or order.company_id.currency_id
        combos = combo.product_template_id.sudo().combo_ids
        bases = {
            kind: kind.currency_id._convert(
                kind.base_price, currency, order.company_id, fields.Date.to_date(date)
            )
            for kind in combos
        }
        total = sum(bases.values()) or 1
        extra = self.combo_item_id.sudo().extra_price
        extra += self.product_id._get_no_variant_attributes_price_extra(
            self.product_no_variant_attribute_value_ids
        )

        def share(price):
            parts = {kind: currency.round(base * price / total) for kind, base in bases.items()}
            parts[combos[-1]] += price - sum(parts.values())
            return parts[self.combo_item_id.sudo().combo_id] + extra

        return share

    def _reference_converter(self, currency, date):
        """Convert from the pricelist's currency to the order's at the rate of the day."""
        order = self.order_id
        target = order.currency_id or order.company_id.currency_id
        if currency == target:
            return lambda amount: amount
        return lambda amount: currency._convert(
            amount, target, order.company_id, fields.Date.to_date(date), round=False
        )

    def _product_taxes(self):
        return self.product_id.taxes_id._filter_taxes_by_company(self.order_id.company_id)

    def _untaxed_price(self, taxes, price):
        """A price without the taxes it includes; unchanged where none is included."""
        if not any(tax.price_include for tax in taxes):
            return price
        quantity = abs(self.product_uom_qty) or 1.0
        return (
            taxes.compute_all(
                price,
                currency=self.order_id.currency_id,
                quantity=quantity,
                product=self.product_id,
                partner=self.order_id.partner_id,
            )["total_excluded"]
            / quantity
        )


def _within(price, discount, surcharge, policy):
    """Whether an authority covers the deviation of an order."""
    return price.discount <= discount + _EPSILON and (
        not policy.get("price_ceiling") or price.surcharge <= surcharge + _EPSILON
    )


#: deviations are rounded to the precision of discounts: this only absorbs binary fractions
_EPSILON = 1e-9
