# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from collections import defaultdict
from dataclasses import replace

from odoo import api, fields, models
from odoo.tools import SQL

from ...tools import KeptQuery, RegulatedOne2many
from ...tools.payment import PAID_IN_FULL, PaymentPosition, Terms
from .sale_payment_allocation import COUNTING_STATES

#: what money and goods say of orders, read at once
FACTS = KeptQuery(
    "payment_facts",
    {"of_orders": "int[]", "only_matched": "bool"},
    {
        "fact": "text",
        "order_id": "int",
        "currency_id": "int",
        "line_id": "int",
        "product_id": "int",
        "amount": "numeric",
        "other": "numeric",
    },
)


class SaleOrder(models.Model):
    _inherit = "sale.order"

    regulation_allocation_ids = RegulatedOne2many(
        comodel_name="sale.payment.allocation",
        inverse_name="order_id",
        string="Payment Allocations",
        groups="sales_team.group_sale_salesman,account.group_account_invoice,"
        "account.group_account_readonly,sales_regulation.group_regulation_user",
    )
    regulation_paid = fields.Monetary(
        string="Paid",
        compute="_compute_regulation_payment",
        compute_sudo=True,
        help="Money that finance has confirmed for this order and that still counts.",
    )
    regulation_paid_percent = fields.Float(
        string="Paid (%)", compute="_compute_regulation_payment", compute_sudo=True
    )
    regulation_required = fields.Monetary(
        string="Required before Shipment",
        compute="_compute_regulation_payment",
        compute_sudo=True,
        help="What the regulation wants covered before the rest of the order leaves.",
    )
    regulation_short = fields.Monetary(
        string="Payment Short", compute="_compute_regulation_payment", compute_sudo=True
    )
    regulation_payment_shown = fields.Boolean(
        compute="_compute_regulation_payment", compute_sudo=True
    )

    # === COMPUTE METHODS === #

    @api.depends(
        "state",
        "order_line.product_uom_qty",
        "order_line.price_unit",
        "order_line.discount",
        "order_line.tax_ids",
        "regulation_allocation_ids.state",
    )
    def _compute_regulation_payment(self):
        """Of confirmed orders; a quotation owes nothing yet.

        For lists too: the same number of queries for one and for eighty orders.
        """
        self.regulation_paid = 0.0
        self.regulation_paid_percent = 0.0
        self.regulation_required = 0.0
        self.regulation_short = 0.0
        self.regulation_payment_shown = False
        companies = self.env["regulation.profile"]._regulated_companies()
        if not companies:
            return
        regulated = self.filtered(
            lambda order: (
                order.state == "sale" and order.company_id.id in companies and order._origin
            )
        )
        if not regulated:
            return
        positions = regulated._origin._payment_positions(exact=False)
        for order in regulated:
            position = positions[order._origin.id]
            order.regulation_payment_shown = True
            order.regulation_paid = position.paid
            order.regulation_paid_percent = (
                100 * position.paid / position.total if position.total else 0.0
            )
            required, _covered, short = position.judge(position.rest)
            order.regulation_required = required
            order.regulation_short = short

    # === ACTION METHODS === #

    def action_regulation_payments(self):
        """Open what was paid on the order."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "sales_regulation.sale_payment_allocation_action"
        )
        return {
            **action,
            "name": self.env._("Payments of %s", self.name),
            "display_name": self.env._("Payments of %s", self.name),
            "domain": [("order_id", "=", self.id)],
            "context": {"default_order_id": self.id},
        }

    # === PAID === #

    def _regulation_paid(self):
        """Confirmed money of each order that still counts: ``{id: amount in order currency}``.

        One query for all. Money counts as far as its payment is worth it now: not when the
        payment is a draft, cancelled, rejected or reversed, less what was paid back; money
        paid out on a credit note of the order is deducted even before finance allocates it.
        """
        return self._payment_facts()[0]

    def init(self):
        super().init()
        FACTS.define(
            self.env.cr,
            SQL(
                """
                SELECT 'paid', order_id, currency_id, NULL::int, NULL::int, amount::numeric,
                       NULL::numeric
                  FROM (%s) AS paid(order_id, currency_id, amount)
                """,
                self._paid_sql(SQL("only_matched"), orders=SQL("(SELECT unnest(of_orders))")),
            ),
            self._credited_sql(),
            self._shipped_sql(),
            self._plain_sql(),
        )

    def _payment_facts(self):
        """What was paid, credited and shipped: ``(paid, credited, shipped, plain)``.

        Each by order id, apart from ``plain``: the orders whose stored totals are, to the
        last digit of the currency, what quantities, prices and plain percentages make.

        Paid: the confirmed money that still counts, see ``_regulation_paid``.

        Credited: posted credit notes that lower what is owed. A credit note that cancels
        its invoice whole does not: the order is invoiced again. Nor does what was invoiced
        beyond the order.

        Shipped: ``{(line id, product id): [left, returned]}`` in units of the product, read
        from what was moved, never from the delivered quantity of a line, which can be typed.
        A move keeps the order that it was judged for, whatever is unlinked later.
        """
        credited = {}
        plain = set()
        shipped = {order.id: {} for order in self}
        if not self.ids:
            return {}, credited, shipped, plain
        self._payment_flush()
        policies = self._payment_policies()
        matched = self.filtered(lambda order: policies[order.id].get("payment_bank_matched"))
        authorized = self.filtered(lambda order: policies[order.id].get("payment_authorized"))
        amounts = defaultdict(float)
        # Orders under the two readings of "paid" are asked apart; hardly ever both occur
        for orders, only_matched in ((matched, True), (self - matched, False)):
            if not orders:
                continue
            query = FACTS.call(of_orders=orders.ids, only_matched=only_matched)
            for fact, order, currency, line, product, one, other in self.env.execute_query(query):
                if fact == "paid":
                    amounts[order, currency] += float(one)
                elif fact == "credited":
                    credited[order] = float(one)
                elif fact == "plain":
                    plain.add(order)
                elif order in shipped:
                    shipped[order][line, product] = [float(one), float(other)]
        if authorized:
            for order, currency, amount in self.env.execute_query(authorized._authorized_sql()):
                amounts[order, currency] += amount
        return self._paid_in_order_currency(amounts), credited, shipped, plain

    def _paid_in_order_currency(self, amounts):
        paid = dict.fromkeys(self.ids, 0.0)
        currencies = self.env["res.currency"]
        for (order_id, currency_id), amount in amounts.items():
            order = self.browse(order_id)
            currency = currencies.browse(currency_id)
            if currency != order.currency_id:
                amount = currency._convert(
                    amount, order.currency_id, order.company_id, fields.Date.context_today(self)
                )
            paid[order_id] += amount
        return {order.id: order.currency_id.round(paid[order.id]) for order in self}

    def _payment_flush(self):
        self.env["sale.payment.allocation"]._flush_money()
        self.env["account.move"].flush_model(["move_type", "amount_total"])
        self.flush_model(["amount_total", "currency_id", "payment_term_id"])
        self.env["sale.order.line"].flush_model(
            [
                "order_id",
                "price_total",
                "product_uom_qty",
                "price_unit",
                "discount",
                "display_type",
                "tax_ids",
            ]
        )
        self.env["stock.move"].flush_model(["sale_line_id", "regulation_order_id"])
        self.env["stock.move.line"].flush_model(
            ["state", "quantity_product_uom", "location_id", "location_dest_id", "move_id"]
        )

    def _paid_sql(self, only_matched, orders=None):
        """Query of ``order, currency, confirmed money``.

        :param SQL orders: query of order ids in brackets; these orders if not given
        """
        Allocation = self.env["sale.payment.allocation"]
        self.env["account.move.line"].flush_model(["price_total", "sale_line_ids"])
        return SQL(
            """
            WITH alloc AS (
                SELECT * FROM sale_payment_allocation
                 WHERE order_id IN %(orders)s AND state = 'confirmed'
            ), money AS (
                %(worth)s
            ), share AS (
                SELECT money.payment_id, money.statement_line_id,
                       LEAST(1, ABS(money.worth) / NULLIF(ABS(SUM(taken.amount)), 0)) AS part
                  FROM money
                  JOIN sale_payment_allocation taken
                    ON taken.state = 'confirmed'
                   AND (taken.payment_id = money.payment_id
                        OR taken.statement_line_id = money.statement_line_id)
                 GROUP BY money.payment_id, money.statement_line_id, money.worth
            ), credit_note AS (
                SELECT sol.order_id, note.id, note.currency_id,
                       SUM(line.price_total / link.number) / NULLIF(note.amount_total, 0) AS part
                  FROM sale_order_line sol
                  JOIN sale_order_line_invoice_rel rel ON rel.order_line_id = sol.id
                  JOIN account_move_line line ON line.id = rel.invoice_line_id
                  JOIN account_move note ON note.id = line.move_id
                       AND note.state = 'posted' AND note.move_type = 'out_refund'
                  JOIN LATERAL (SELECT COUNT(*) AS number FROM sale_order_line_invoice_rel other
                                 WHERE other.invoice_line_id = line.id) link ON TRUE
                 WHERE sol.order_id IN %(orders)s
                 GROUP BY sol.order_id, note.id
            )
            SELECT alloc.order_id, alloc.order_currency_id, SUM(alloc.order_amount * share.part)
              FROM alloc
              JOIN share ON share.payment_id = alloc.payment_id
                         OR share.statement_line_id = alloc.statement_line_id
             GROUP BY alloc.order_id, alloc.order_currency_id
            UNION ALL
            SELECT note.order_id, note.currency_id, -SUM(settled.credit_amount_currency * note.part)
              FROM credit_note note
              JOIN account_move_line own ON own.move_id = note.id AND own.display_type = 'payment_term'
              JOIN account_partial_reconcile settled ON settled.credit_move_id = own.id
              JOIN account_move_line other ON other.id = settled.debit_move_id
              JOIN account_move entry ON entry.id = other.move_id AND entry.state = 'posted'
              LEFT JOIN account_payment pay ON pay.id = entry.origin_payment_id
                    AND pay.payment_type = 'outbound' AND pay.state IN %(states)s
              LEFT JOIN account_bank_statement_line bank ON bank.id = entry.statement_line_id
                    AND bank.amount < 0
             WHERE (pay.id IS NOT NULL OR bank.id IS NOT NULL)
               AND NOT EXISTS (
                   SELECT 1 FROM alloc
                    WHERE alloc.order_id = note.order_id
                      AND (alloc.payment_id = pay.id OR alloc.statement_line_id = bank.id))
             GROUP BY note.order_id, note.currency_id
            UNION ALL
            -- a payment without journal entry only names the credit note it pays out
            SELECT note.order_id, note.currency_id, -SUM(pay.amount * note.part)
              FROM credit_note note
              JOIN account_move__account_payment rel ON rel.invoice_id = note.id
              JOIN account_payment pay ON pay.id = rel.payment_id AND pay.move_id IS NULL
                    AND pay.payment_type = 'outbound' AND pay.state IN %(states)s
             WHERE NOT EXISTS (SELECT 1 FROM alloc
                    WHERE alloc.order_id = note.order_id AND alloc.payment_id = pay.id)
             GROUP BY note.order_id, note.currency_id
            """,
            orders=orders or tuple(self.ids),
            states=COUNTING_STATES,
            worth=Allocation._worth_sql(
                SQL("SELECT payment_id FROM alloc"),
                SQL("SELECT statement_line_id FROM alloc"),
                matched=only_matched,
            ),
        )

    def _authorized_sql(self, orders=None):
        self.env["payment.transaction"].flush_model(["state", "amount", "sale_order_ids"])
        return SQL(
            """
            SELECT rel.sale_order_id, tx.currency_id, SUM(tx.amount / link.number)
              FROM sale_order_transaction_rel rel
              JOIN payment_transaction tx ON tx.id = rel.transaction_id AND tx.state = 'authorized'
              JOIN LATERAL (SELECT COUNT(*) AS number FROM sale_order_transaction_rel other
                             WHERE other.transaction_id = tx.id) link ON TRUE
             WHERE rel.sale_order_id IN %s
             GROUP BY rel.sale_order_id, tx.currency_id
            """,
            orders or tuple(self.ids),
        )

    @api.model
    def _credited_sql(self):
        return SQL(
            """
            SELECT 'credited', sol.order_id, NULL::int, NULL::int, NULL::int,
                   SUM(line.price_total / link.number)::numeric, NULL::numeric
              FROM sale_order_line sol
              JOIN sale_order_line_invoice_rel rel ON rel.order_line_id = sol.id
              JOIN account_move_line line ON line.id = rel.invoice_line_id
              JOIN account_move note ON note.id = line.move_id
                   AND note.state = 'posted' AND note.move_type = 'out_refund'
              LEFT JOIN account_move invoice ON invoice.id = note.reversed_entry_id
              JOIN LATERAL (SELECT COUNT(*) AS number FROM sale_order_line_invoice_rel other
                             WHERE other.invoice_line_id = line.id) link ON TRUE
             WHERE sol.order_id = ANY(of_orders) AND sol.is_downpayment IS NOT TRUE
               AND (invoice.id IS NULL OR note.amount_total < invoice.amount_total)
             GROUP BY sol.order_id
            """
        )

    @api.model
    def _shipped_sql(self):
        return SQL(
            """
            SELECT 'shipped', COALESCE(move.regulation_order_id, sol.order_id), NULL::int,
                   move.sale_line_id, line.product_id,
                   SUM(CASE WHEN goes.out AND NOT goes.back THEN line.quantity_product_uom
                            ELSE 0 END)::numeric,
                   SUM(CASE WHEN goes.back AND NOT goes.out THEN line.quantity_product_uom
                            ELSE 0 END)::numeric
              FROM (SELECT id FROM stock_move WHERE regulation_order_id = ANY(of_orders)
                     UNION
                    SELECT asked.id FROM sale_order_line own
                      JOIN stock_move asked ON asked.sale_line_id = own.id
                     WHERE own.order_id = ANY(of_orders)) mine
              JOIN stock_move move ON move.id = mine.id
              LEFT JOIN sale_order_line sol ON sol.id = move.sale_line_id
              JOIN stock_move_line line ON line.move_id = move.id AND line.state = 'done'
              JOIN stock_location dest ON dest.id = line.location_dest_id
              JOIN stock_location source ON source.id = line.location_id
             CROSS JOIN LATERAL (SELECT
                   dest.usage = 'customer' OR (dest.usage = 'transit'
                       AND dest.company_id IS DISTINCT FROM line.company_id) AS out,
                   source.usage = 'customer' OR (source.usage = 'transit'
                       AND source.company_id IS DISTINCT FROM line.company_id) AS back) goes
             WHERE goes.out <> goes.back
             GROUP BY 2, 4, 5
            """
        )

    @api.model
    def _plain_sql(self):
        """Anything but plain percentages is left to Odoo's own computation."""
        return SQL(
            """
            SELECT 'plain', sale.id, NULL::int, NULL::int, NULL::int, NULL::numeric, NULL::numeric
              FROM sale_order sale
              JOIN res_currency currency ON currency.id = sale.currency_id
              LEFT JOIN account_payment_term term ON term.id = sale.payment_term_id
              JOIN sale_order_line line ON line.order_id = sale.id AND line.display_type IS NULL
             CROSS JOIN LATERAL (
                   SELECT COUNT(*) AS number, COALESCE(SUM(tax.amount), 0) AS percent,
                          COALESCE(BOOL_AND(
                              tax.amount_type = 'percent'
                              AND tax.include_base_amount IS NOT TRUE
                              AND COALESCE(tax.price_include_override,
                                           company.account_price_include)
                                  IS DISTINCT FROM 'tax_included'), TRUE) AS usual
                     FROM account_tax_sale_order_line_rel chosen
                     JOIN account_tax tax ON tax.id = chosen.account_tax_id
                     JOIN res_company company ON company.id = tax.company_id
                    WHERE chosen.sale_order_line_id = line.id) taxes
             WHERE sale.id = ANY(of_orders) AND term.early_discount IS NOT TRUE
             GROUP BY sale.id, currency.rounding
            HAVING BOOL_AND(taxes.usual)
               AND BOOL_AND(ABS(
                       line.price_total
                       - line.product_uom_qty * line.price_unit
                         * (1 - COALESCE(line.discount, 0) / 100) * (1 + taxes.percent / 100)
                   ) <= currency.rounding * (1 + taxes.number))
               AND ABS(sale.amount_total - SUM(line.price_total))
                   <= currency.rounding * COUNT(*)
            """
        )

    def _regulation_open_amount(self, currency, date):
        """What is still to be paid on the order, in ``currency``."""
        self.ensure_one()
        position = self._payment_positions()[self.id]
        return self.currency_id._convert(
            position.total - position.paid, currency or self.currency_id, self.company_id, date
        )

    # === WHAT IS REQUIRED === #

    def _payment_shortage(self, leaving=None):
        """The one truth of transfer, dispatch notice and banner.

        :param dict leaving: ``{order id: value leaving now}``, taxes included, in the currency
            of the order, see ``sale.order.line._payment_value``; None: all that is left
        :return: ``{order id: (required, covered, shortage, currency)}``; the shortage is 0
            where the tolerance covers it
        """
        result = {}
        for order_id, position in self._payment_positions().items():
            value = position.rest if leaving is None else leaving.get(order_id, 0.0)
            result[order_id] = (*position.judge(value), position.currency)
        return result

    def _payment_policies(self):
        """The regulation of each order: that of its company, of whoever sells it and its team."""
        return self.sudo()._regulation_policies()

    def _payment_positions(self, exact=True, unpaid_only=False):
        """``{order id: PaymentPosition}``: everything a judgement needs, in a few queries.

        :param bool exact: believe stored totals only where the figures they are made of say
            the same; lists and banners believe them
        :param bool unpaid_only: leave out the orders that are paid in full, whatever has left
            beyond them included: no term could demand more of them, so none is read
        """
        orders = self.sudo()
        policies = orders._payment_policies()
        paid, credited, shipped, plain = orders._payment_facts()
        doubtful = orders.filtered(lambda order: exact and order.id not in plain)
        totals = orders._payment_totals(doubtful)
        positions = {}
        for order in orders:
            total, values = totals[order.id]
            delivered, returned, ordered = order._payment_delivered(values, shipped[order.id])
            positions[order.id] = PaymentPosition(
                currency=order.currency_id,
                total=total,
                paid=paid[order.id],
                credited=credited.get(order.id, 0.0),
                delivered=delivered,
                returned=returned,
                rest=max(ordered - delivered, 0.0),
                terms=(PAID_IN_FULL,),
                values=values,
            )
        if unpaid_only:
            orders = orders.filtered(lambda order: positions[order.id].judge(0.0)[2])
        agreements = self.env["sale.payment.agreement"]._in_force(orders) if orders else {}
        terms = {
            order.id: order._payment_terms(policies[order.id], agreements.get(order.id))
            for order in orders
        }
        over_credit = orders._payment_over_credit(terms)
        return {
            order.id: replace(
                positions[order.id],
                terms=terms[order.id],
                tolerance=order._payment_tolerance(policies[order.id]),
                over_credit=over_credit.get(order.id, 0.0),
            )
            for order in orders
        }

    def _payment_tolerance(self, policy):
        tolerance = policy.get("payment_tolerance") or 0.0
        if not tolerance:
            return 0.0
        return self.company_id.currency_id._convert(
            tolerance, self.currency_id, self.company_id, fields.Date.context_today(self)
        )

    def _payment_terms(self, policy, agreement):
        """What has to be covered: every demand counts, so that the strictest decides.

        Whoever sells chooses the payment term, so a term by itself may only demand more.
        It replaces the regulation where finance has agreed on that very term with this
        customer; so does what finance has agreed on directly.
        """
        self.ensure_one()
        base = Terms(policy.get("payment_mode", "none"), policy.get("payment_deposit_percent", 0.0))
        term = self.payment_term_id
        own = (
            Terms(term.regulation_payment_mode, term.regulation_deposit_percent)
            if term.regulation_payment_mode
            else None
        )
        if agreement and agreement.mode:
            base = Terms(agreement.mode, agreement.deposit_percent)
        elif agreement and own and agreement.payment_term_id == term:
            return (own,)
        return (base, own) if own else (base,)

    def _payment_over_credit(self, terms):
        """By how much the customers exceed their credit, ``{order id: amount}``.

        Asked only where some demand is "within credit". A confirmed order is part of what
        its customer uses.
        """
        asked = self.filtered(lambda order: any(one.mode == "credit" for one in terms[order.id]))
        keys = {order.id: order._credit_keys() for order in asked}
        lines = self.env["regulation.commitment"]._measure(
            "credit", [key for order in asked for key in keys[order.id]]
        )
        over = {}
        for order in asked:
            for key in keys[order.id]:
                amount = lines[key].currency._convert(
                    max(-lines[key].left, 0.0),
                    order.currency_id,
                    order.company_id,
                    fields.Date.context_today(self),
                )
                over[order.id] = max(over.get(order.id, 0.0), amount)
        return over

    def _payment_shipped(self):
        """What of these orders has left, see ``_payment_facts``."""
        return self._payment_facts()[2]

    def _payment_totals(self, doubtful):
        """``{order id: (total, {line id: line total})}``, taxes included.

        :param doubtful: those whose totals are computed once more from prices and quantities,
            because a stored one may have been written by hand
        """
        totals = {}
        for order in self - doubtful:
            values = {line.id: line.price_total for line in order.order_line}
            totals[order.id] = (order.amount_total, values)
        # Read for all orders at once: filtered lines prefetch by themselves only
        doubtful.order_line.mapped("tax_ids")
        AccountTax = self.env["account.tax"]
        for order in doubtful:
            lines = order._get_priced_lines()
            base_lines = [line._prepare_base_line_for_taxes_computation() for line in lines]
            base_lines += order._add_base_lines_for_early_payment_discount()
            AccountTax._add_tax_details_in_base_lines(base_lines, order.company_id)
            AccountTax._round_base_lines_tax_details(base_lines, order.company_id)
            summary = AccountTax._get_tax_totals_summary(
                base_lines=base_lines,
                currency=order.currency_id or order.company_id.currency_id,
                company=order.company_id,
            )
            values = {
                line.id: base_line["tax_details"]["total_included_currency"]
                for line, base_line in zip(lines, base_lines, strict=False)
            }
            totals[order.id] = (summary["total_amount_currency"], values)
        return totals

    def _payment_delivered(self, values, shipped):
        """Value of what has left (net), of what came back, and of all goods ordered."""
        self.ensure_one()
        delivered = returned = ordered = 0.0
        lines = {(line.id, line.product_id.id): line for line in self.order_line}
        products = self.env["product.product"]
        for (line_id, product_id), (left, back) in shipped.items():
            product = products.browse(product_id)
            line = lines.get((line_id, product_id)) or self._payment_line_of(product)
            unit = line._payment_unit_value(values) if line else self._payment_price_of(product)
            delivered += (left - back) * unit
            returned += back * unit
        for line in self.order_line:
            if line.product_id.type == "consu":
                ordered += values.get(line.id, 0.0)
        digits = self.currency_id
        return digits.round(delivered), digits.round(returned), digits.round(ordered)

    def _payment_line_of(self, product):
        """The order line whose price goods of no line have: that of the same product."""
        return self.order_line.filtered(lambda line: line.product_id == product)[:1]

    def _payment_price_of(self, product):
        """Unit value, taxes included, of goods that the order does not have."""
        self.ensure_one()
        return product.with_company(self.company_id)._payment_list_value(
            self.currency_id, self.company_id, fields.Date.context_today(self)
        )

    # === AFTER A PAYMENT === #

    def _after_payment(self):
        """What follows when finance has confirmed money: nobody lets a paid order wait.

        The clock "ship promptly" begins when the payment is complete (S4-404), and the clerk
        is told (S4-336).
        """
        complete = self._payment_complete()
        self.env["regulation.deadline"]._start(complete, "ship_promptly")
        self.env["regulation.handover"]._queue("payment_complete", complete)

    def _after_payment_lost(self):
        """Money does not count any more: an order that is short again need not ship."""
        self.env["regulation.deadline"]._cancel(self - self._payment_complete(), "ship_promptly")

    def _after_shipment(self):
        """Goods have left: the clock ends with the last of them."""
        self.env["regulation.deadline"]._touch(self, "ship_promptly")

    def _deadlines_ended(self, code):
        """Those whose clock ``code`` has ended with the step that was taken."""
        return self._all_shipped() if code == "ship_promptly" else self

    def _all_shipped(self):
        """Those of these orders of which no goods are left to ship; one query."""
        orders = self.sudo()
        shipped = orders._payment_shipped()

        def gone(order):
            left = defaultdict(float)
            for (_line, product), (out, back) in shipped[order.id].items():
                left[product] += out - back
            for line in order.order_line.filtered(lambda line: line.product_id.type == "consu"):
                left[line.product_id.id] -= line.product_uom_id._compute_quantity(
                    line.product_uom_qty, line.product_id.uom_id
                )
            return all(
                line.product_id.uom_id.compare(left[line.product_id.id], 0) >= 0
                for line in order.order_line
                if line.product_id.type == "consu"
            )

        return self.browse(orders.filtered(gone).ids)

    def _payment_complete(self):
        """Confirmed orders that are covered and still have goods to ship."""
        confirmed = self.filtered(lambda order: order.sudo().state == "sale")
        positions = confirmed._payment_positions() if confirmed else {}
        return confirmed.filtered(
            lambda order: (
                positions[order.id].rest
                and not positions[order.id].judge(positions[order.id].rest)[2]
            )
        )

    # === RECEIPTS === #

    def action_regulation_receipt(self):
        """Record money that the customer has just paid."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Receipt for %s", self.name),
            "res_model": "sale.receipt",
            "view_mode": "form",
            "context": {"default_order_id": self.id},
        }
