# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Command
from odoo.tools import float_round

from ...tools import Refusal, fetch_lines

_TOUCHED = "sale.order.contract"


class SaleOrder(models.Model):
    """An order that needs a contract is confirmed when the contract is signed, and says what
    the contract says (C20, C23: S0-77, S4-220)."""

    _inherit = "sale.order"

    regulation_contract_id = fields.Many2one(
        comodel_name="sales.contract",
        string="Contract",
        copy=False,
        index="btree_not_null",
        ondelete="set null",
        check_company=True,
        help="The contract under which the order is made (銷售合同).",
    )
    regulation_ask_contract = fields.Boolean(
        compute="_compute_regulation_ask_contract", compute_sudo=True
    )

    # === COMPUTE METHODS === #

    @api.depends_context("uid")
    def _compute_regulation_ask_contract(self):
        """Whether a contract has to be drafted before the order can go on."""
        self.regulation_ask_contract = False
        quotations = self._origin._under_regulation().filtered(
            lambda order: order.state in ("draft", "sent") and not order.regulation_contract_id
        )
        policies = quotations._regulation_policies()
        needed = quotations.filtered(
            lambda order: policies[order.id].mode("contract_signed") != "off"
        )._due_from("contract_min_amount", policies)
        for order in self:
            order.regulation_ask_contract = order._origin.id in needed

    # === CRUD METHODS === #

    @api.model_create_multi
    def create(self, vals_list):
        # Named in the values, or by a default: of the context or kept by the user
        default = self.default_get(["regulation_contract_id"])
        if contract_ids := {
            contract_id
            for vals in vals_list
            if (contract_id := {**default, **vals}.get("regulation_contract_id"))
        }:
            self.env["sales.contract"].browse(contract_ids).check_access("read")
        return super().create(vals_list)

    def write(self, vals):
        if "regulation_contract_id" in vals:
            self._check_contract_link(vals["regulation_contract_id"])
        return super().write(vals)

    def _check_contract_link(self, contract_id):
        """Nobody uses a contract that he may not read, nor takes a confirmed order out of its own."""
        contract = self.env["sales.contract"].browse(contract_id or ())
        contract.check_access("read")
        for order in self.sudo():
            old = order.regulation_contract_id
            if order.state == "sale" and old and old.id != contract.id:
                raise UserError(
                    self.env._(
                        "%(order)s is confirmed under contract %(contract)s: it stays there.",
                        order=order.display_name,
                        contract=old.display_name,
                    )
                )

    # === ACTION METHODS === #

    def action_create_contract(self):
        """Draft the contract of these quotations, with their goods and terms (S0-30)."""
        self.check_access("write")
        orders = self.filtered(lambda order: order.state != "cancel")
        if not orders or orders.regulation_contract_id:
            raise UserError(self.env._("Choose quotations that have no contract yet."))
        if len(orders.partner_id.commercial_partner_id) > 1 or len(orders.currency_id) > 1:
            raise UserError(self.env._("A contract is with one customer and in one currency."))
        contract = self.env["sales.contract"].create(orders._prepare_contract())
        orders.write({"regulation_contract_id": contract.id})
        return orders.action_open_contract()

    def action_open_contract(self):
        """Open the contract."""
        contract = self.regulation_contract_id[:1]
        return {
            "type": "ir.actions.act_window",
            "res_model": "sales.contract",
            "res_id": contract.id,
            "view_mode": "form",
        }

    def _prepare_contract(self):
        """Values of the contract of these quotations."""
        first = self[:1]
        return {
            "company_id": first.company_id.id,
            "partner_id": first.partner_id.commercial_partner_id.id,
            "contact_id": first.partner_id.id
            if first.partner_id != first.partner_id.commercial_partner_id
            else False,
            "currency_id": first.currency_id.id,
            "user_id": first.user_id.id or self.env.uid,
            "team_id": first.team_id.id,
            "line_ids": [Command.create(values) for values in self._contract_lines()],
            **first._contract_terms(),
        }

    def _contract_terms(self):
        """The terms that a quotation knows."""
        self.ensure_one()
        terms = {}
        if self.payment_term_id:
            terms["payment_term_id"] = self.payment_term_id.id
        if self.commitment_date:
            terms["delivery_date"] = fields.Datetime.context_timestamp(
                self.with_context(tz=self.company_id._regulation_tz().zone), self.commitment_date
            ).date()
        return terms

    def _contract_lines(self):
        """The goods of these orders as lines of a contract."""
        return [
            {
                "product_id": line.product_id.id,
                "name": line.name,
                "product_uom_id": line.product_uom_id.id,
                "quantity": line.product_uom_qty,
                "price_unit": line.price_unit,
                "discount": line.discount,
                "tax_ids": [Command.set(line.tax_ids.ids)],
                "order_line_id": line.id,
            }
            for line in self._contract_goods_lines()
        ]

    # === GATE === #

    def _gate_contract_signed(self, policies, by_contract=None, agreed=False, **facts):
        """An order that needs a contract has one that is signed and says the same.

        :param by_contract: the signed termination that takes back what is not delivered
        :param bool agreed: the orders were confirmed before: one that is under a signed
            contract says the same whatever it comes to
        """
        if by_contract and by_contract.category == "termination":
            return {}
        due = self._due_from("contract_min_amount", policies, **facts)
        bound = set()
        if agreed:
            under = self.filtered(
                lambda order: (
                    order.id not in due
                    and order.regulation_contract_id.state == "signed"
                    and not order.regulation_contract_id.parent_id
                )
            )
            bound.update(under.ids)
            due = {**due, **dict.fromkeys(bound, ())}
        if not due:
            return {}
        needed = self.browse(due)
        signed = needed.regulation_contract_id.filtered(
            lambda contract: contract.state == "signed" and not contract.parent_id
        )
        differences = signed._order_differences()
        states = dict(self.env["sales.contract"]._fields["state"]._description_selection(self.env))
        refusals = {}
        for order in needed:
            contract = order.regulation_contract_id
            helpers = tuple(contract.user_id.ids)
            if not contract:
                refusals[order.id] = Refusal(
                    reason=self.env._("The order needs a signed contract."),
                    missing=(self.env._("A contract (button Draft Contract)"),),
                )
            elif contract.parent_id:
                refusals[order.id] = Refusal(
                    reason=self.env._(
                        "%(amendment)s changes the contract %(contract)s: the order is made under"
                        " that one.",
                        amendment=contract.display_name,
                        contract=contract.parent_id.display_name,
                    ),
                    helper_ids=helpers,
                )
            elif contract.state != "signed":
                refusals[order.id] = Refusal(
                    reason=self.env._(
                        "The contract %(contract)s is not signed: %(state)s.",
                        contract=contract.display_name,
                        state=states[contract.state],
                    ),
                    helper_ids=helpers,
                )
            elif order.id not in bound and not contract._is_valid_on(
                order.company_id._regulation_today()
            ):
                refusals[order.id] = Refusal(
                    reason=self.env._("The contract %s is not valid today.", contract.display_name),
                    helper_ids=helpers,
                )
            elif differences.get(order.id):
                refusals[order.id] = Refusal(
                    reason=self.env._(
                        "The order differs from its contract %s.", contract.display_name
                    ),
                    missing=tuple(differences[order.id]),
                    helper_ids=helpers,
                )
        return self._with_others(refusals, due)

    def _gate_locks(self, stage):
        # An order is not confirmed while its contract is amended or terminated
        locks = super()._gate_locks(stage)
        if stage == "confirm" and (contracts := self.sudo().regulation_contract_id):
            locks.extend(contracts._contract_locks())
            contracts.invalidate_recordset(["state"])
        return locks

    def _content_touched(self):
        super()._content_touched()
        if under_contract := self.filtered("regulation_contract_id"):
            precommit = self.env.cr.precommit
            if _TOUCHED not in precommit.data:
                precommit.data[_TOUCHED] = set()
                env = self.env
                precommit.add(lambda: env["sale.order"]._check_still_agreed())
            precommit.data[_TOUCHED].update(under_contract.ids)

    @api.model
    def _check_still_agreed(self):
        """A confirmed order goes on saying what its contract says, where changes are free.

        Where they are not, an approved change is judged when it is carried out.
        """
        ids = self.env.cr.precommit.data.pop(_TOUCHED, ())
        orders = self.sudo().browse(ids).exists().filtered(lambda order: order.state == "sale")
        policies = orders._regulation_policies()
        orders.filtered(
            lambda order: policies[order.id].mode("order_change") != "enforce"
        )._gate_pass("alter", agreed=True)

    # === COMPARISON === #

    def _contract_goods_lines(self):
        """The lines that a contract speaks of: what is ordered, without costs of delivery."""
        lines = self.order_line.filtered(
            lambda line: (
                not line.display_type
                and not line.is_downpayment
                and not line.regulation_reinvoiced
                and line.product_id
                and line.product_uom_qty
            )
        )
        if any(lines.mapped("is_delivery")):
            carriers = self._delivery_products()
            lines = lines.filtered(
                lambda line: not (line.is_delivery and line.product_id.id in carriers)
            )
        return lines

    def _contract_goods(self):
        """``{(product, net price of its unit): quantity in its unit}``."""
        goods = {}
        for line in self._contract_goods_lines():
            net = line.price_unit * (1 - (line.discount or 0.0) / 100)
            _add_goods(goods, line.product_id, line.product_uom_id, line.product_uom_qty, net)
        return goods


class SalesContract(models.Model):
    _inherit = "sales.contract"

    differences = fields.Text(
        compute="_compute_differences",
        compute_sudo=True,
        help="Where the linked orders say something else than the contract.",
    )

    @api.depends("order_ids", "line_ids", "state")
    def _compute_differences(self):
        found = self._origin._order_differences()
        for contract in self:
            texts = [
                f"{order.name}: {text}"
                for order in contract._origin.order_ids
                for text in found.get(order.id, ())
            ]
            contract.differences = "\n".join(dict.fromkeys(texts))

    def _is_valid_on(self, day):
        self.ensure_one()
        return (not self.date_start or self.date_start <= day) and (
            not self.date_end or day <= self.date_end
        )

    def _goods(self):
        """``{(product, net price of its unit): quantity in its unit}``."""
        goods = {}
        for line in self.line_ids:
            _add_goods(
                goods, line.product_id, line.product_uom_id, line.quantity, line._net_price()
            )
        return goods

    def _order_differences(self):
        """Where the orders of these contracts differ from them: ``{order id: [text, ...]}``.

        The quantities of all orders of a contract count together; a cancelled order not.
        """
        result = {}
        # All of them at once, before they are looked at one by one
        fetch_lines(
            self.sudo(),
            "line_ids",
            ("product_id", "product_uom_id", "quantity", "price_unit", "discount"),
        )
        self.sudo().order_ids.order_line.product_id.mapped("uom_id")
        for contract in self.sudo():
            orders = contract.order_ids.filtered(lambda order: order.state != "cancel")
            goods = contract._goods_differences(orders)
            for order in orders:
                result[order.id] = [
                    *contract._header_differences(order),
                    *goods["all"],
                    *goods.get(order.id, ()),
                ]
        return result

    def _header_differences(self, order):
        _ = self.env._
        pairs = [
            (
                _("customer"),
                order.partner_id.commercial_partner_id,
                self.partner_id,
            ),
            (_("currency"), order.currency_id, self.currency_id),
        ]
        if self.payment_term_id:
            pairs.append((_("payment terms"), order.payment_term_id, self.payment_term_id))
        texts = [
            _(
                "%(what)s: %(order)s in the order, %(contract)s in the contract",
                what=what,
                order=ordered.display_name or "-",
                contract=agreed.display_name or "-",
            )
            for what, ordered, agreed in pairs
            if ordered != agreed
        ]
        if self.delivery_date and order.commitment_date:
            day = order._contract_terms()["delivery_date"]
            if day > self.delivery_date:
                texts.append(
                    _(
                        "delivery: %(order)s in the order, %(contract)s in the contract",
                        order=day,
                        contract=self.delivery_date,
                    )
                )
        return texts

    def _goods_differences(self, orders):
        """Products, prices and quantities: ``{"all": [...], order id: [...]}``."""
        _ = self.env._
        agreed = self._goods()
        ordered = {}
        result = {"all": []}
        for order in orders:
            for (product, price), quantity in order._contract_goods().items():
                ordered[product, price] = ordered.get((product, price), 0.0) + quantity
                prices = [key[1] for key in agreed if key[0] == product]
                if not prices:
                    text = _("%s is not in the contract", product._name_in_sentence())
                elif price not in prices:
                    text = _(
                        "%(product)s: price %(order)s in the order, %(contract)s in the contract",
                        product=product._name_in_sentence(),
                        order=f"{price:,.2f}",
                        contract=" / ".join(f"{one:,.2f}" for one in prices),
                    )
                else:
                    continue
                result.setdefault(order.id, []).append(text)
        rule = self.type_id._quantity_rule()
        if rule == "none":
            return result
        for (product, price), quantity in agreed.items():
            total = ordered.get((product, price), 0.0)
            gap = product.uom_id.compare(total, quantity)
            open_quantity = rule == "within" and (gap <= 0 or not quantity)
            if not gap or open_quantity:
                continue
            result["all"].append(
                _(
                    "%(product)s: quantity %(order)s in the orders, %(contract)s in the contract",
                    product=product._name_in_sentence(),
                    order=f"{total:,g}",
                    contract=f"{quantity:,g}",
                )
            )
        return result


def _add_goods(goods, product, uom, quantity, price):
    """Add a line to ``{(product, price of its own unit): quantity}``."""
    base = product.uom_id
    if uom and uom != base:
        price = uom._compute_price(price, base)
        quantity = uom._compute_quantity(quantity, base, round=False)
    key = (product, float_round(price, precision_digits=6))
    goods[key] = goods.get(key, 0.0) + quantity
