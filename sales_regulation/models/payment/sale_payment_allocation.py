# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from collections import defaultdict

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tools import SQL

from ...tools import engine, is_engine

#: States of a payment in which its money counts
COUNTING_STATES = ("in_process", "paid")


class SalePaymentAllocation(models.Model):
    """Money that finance has confirmed to belong to an order (C26, 收款確認).

    The paid amount of an order is the sum of these rows, whether the money came before or
    after the invoice. Only money is allocated: a customer payment or a bank statement line;
    credit notes, write-offs and exchange differences are none. An amount is allocated once.
    A confirmed row is never changed: it is corrected by a counter-entry. Whether its money
    is still there (a payment bounced, was cancelled, was paid back) is read from the
    payment whenever the sum is taken, see ``sale.order._regulation_paid``.
    """

    _name = "sale.payment.allocation"
    _description = "Payment Allocation"
    _inherit = ["regulation.sealed"]
    _order = "id desc"
    _check_company_auto = True

    _sealed_fields = frozenset(
        {
            "state",
            "confirmed_by_id",
            "confirmed_at",
            "order_amount",
            "order_currency_id",
            "counters_id",
        }
    )
    #: what makes up an allocation: fixed once it is decided
    _content_fields = frozenset(
        {"payment_id", "statement_line_id", "order_id", "amount", "date", "receipt_id"}
    )

    _one_source = models.Constraint(
        "CHECK((payment_id IS NULL) <> (statement_line_id IS NULL))",
        "An allocation names a payment or a bank statement line, one of the two.",
    )

    payment_id = fields.Many2one(
        comodel_name="account.payment",
        check_company=True,
        index="btree_not_null",
        ondelete="restrict",
        domain="[('partner_type', '=', 'customer')]",
    )
    statement_line_id = fields.Many2one(
        comodel_name="account.bank.statement.line",
        string="Bank Statement Line",
        check_company=True,
        index="btree_not_null",
        ondelete="restrict",
    )
    order_id = fields.Many2one(
        comodel_name="sale.order",
        required=True,
        check_company=True,
        index=True,
        ondelete="restrict",
    )
    company_id = fields.Many2one(
        comodel_name="res.company",
        compute="_compute_company_id",
        store=True,
        precompute=True,
        index=True,
    )
    partner_id = fields.Many2one(related="order_id.partner_id", string="Customer")
    user_id = fields.Many2one(related="order_id.user_id", string="Salesperson")
    currency_id = fields.Many2one(
        comodel_name="res.currency", compute="_compute_money", compute_sudo=True, string="Payment Currency"
    )
    source_amount = fields.Monetary(
        compute="_compute_money",
        compute_sudo=True,
        string="Payment Amount",
        help="What was paid in all."
    )
    source_left = fields.Monetary(
        compute="_compute_money",
        compute_sudo=True,
        string="Not Allocated",
        help="What is left of the payment after all confirmed allocations.",
    )
    amount = fields.Monetary(
        compute="_compute_amount",
        store=True,
        readonly=False,
        precompute=True,
        required=True,
        help="In the currency of the payment; negative for money paid back.",
    )
    date = fields.Date(
        string="Received on",
        compute="_compute_date",
        store=True,
        readonly=False,
        precompute=True,
        required=True,
    )
    order_currency_id = fields.Many2one(comodel_name="res.currency", readonly=True, copy=False)
    order_amount = fields.Monetary(
        string="Amount in Order Currency",
        currency_field="order_currency_id",
        readonly=True,
        copy=False,
        help="Converted at the date of the payment when it was confirmed.",
    )
    state = fields.Selection(
        selection=[
            ("proposed", "Proposed"),
            ("confirmed", "Confirmed"),
            ("cancelled", "Cancelled"),
        ],
        default="proposed",
        required=True,
        readonly=True,
        copy=False,
        index=True,
    )
    confirmed_by_id = fields.Many2one(comodel_name="res.users", readonly=True, copy=False)
    confirmed_at = fields.Datetime(readonly=True, copy=False)
    counters_id = fields.Many2one(
        comodel_name="sale.payment.allocation",
        string="Counter-entry of",
        readonly=True,
        copy=False,
        index="btree_not_null",
        ondelete="restrict",
    )
    receipt_id = fields.Many2one(
        comodel_name="sale.receipt",
        readonly=True,
        copy=False,
        index="btree_not_null",
        ondelete="restrict",
        check_company=True,
    )
    note = fields.Char(help="Reason of a counter-entry, or what the bank said.")

    # === COMPUTE METHODS === #

    @api.depends("order_id")
    def _compute_display_name(self):
        # A salesperson who may see the row need not have access to the payment
        for allocation, row in zip(self, self.sudo(), strict=True):
            source = row.payment_id or row.statement_line_id
            allocation.display_name = f"{row.order_id.name or '?'} / {source.display_name or '?'}"

    @api.depends("order_id")
    def _compute_company_id(self):
        for allocation in self:
            allocation.company_id = allocation.order_id.company_id

    @api.depends("payment_id", "statement_line_id")
    def _compute_money(self):
        left = self._left_of_money()
        for allocation in self:
            source = allocation.payment_id or allocation.statement_line_id
            allocation.currency_id = source.currency_id
            allocation.source_amount = source and source._regulation_signed_amount()
            allocation.source_left = left.get((source._name, source._origin.id), 0.0)

    @api.depends("payment_id", "statement_line_id", "order_id")
    def _compute_amount(self):
        todo = self.filtered(lambda allocation: not allocation.amount)
        for allocation in todo:
            allocation.amount = 0.0
        for allocation in todo.filtered("order_id"):
            left = allocation.source_left
            due = allocation.order_id.sudo()._regulation_open_amount(
                allocation.currency_id, allocation.date or fields.Date.context_today(self)
            )
            allocation.amount = min(left, due) if left > 0 and due > 0 else left

    @api.depends("payment_id", "statement_line_id")
    def _compute_date(self):
        for allocation in self:
            allocation.date = (
                allocation.payment_id.date
                or allocation.statement_line_id.date
                or fields.Date.context_today(self)
            )

    # === CRUD METHODS === #

    @api.model_create_multi
    def create(self, vals_list):
        allocations = super().create(vals_list)
        if not is_engine(self.env):
            allocations._check_finance()
        return allocations

    def write(self, vals):
        if (self._content_fields | {"note"}) & set(vals) and not is_engine(self.env):
            if any(allocation.state != "proposed" for allocation in self):
                raise AccessError(
                    self.env._(
                        "A confirmed allocation is never changed: correct it by a counter-entry."
                    )
                )
            self._check_finance()
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_decided(self):
        if any(allocation.state == "confirmed" for allocation in self):
            raise UserError(self.env._("A confirmed allocation is kept as evidence."))

    # === CONSTRAINT METHODS === #

    @api.constrains("payment_id", "statement_line_id", "amount")
    def _check_money(self):
        for allocation in self:
            if allocation.payment_id and allocation.payment_id.partner_type != "customer":
                raise ValidationError(
                    self.env._("Only payments of customers are allocated to sales orders.")
                )
            if not allocation.currency_id or allocation.currency_id.is_zero(allocation.amount):
                raise ValidationError(self.env._("An allocation needs an amount."))

    # === ACTION METHODS === #

    def action_confirm(self):
        """Confirm that the money is there and belongs to these orders (S4-329).

        :raise AccessError: if the caller does not hold the finance role
        :raise UserError: if more than the payment would be allocated
        """
        self.check_access("write")
        self._check_finance()
        if any(allocation.state != "proposed" for allocation in self):
            raise UserError(self.env._("Only a proposal can be confirmed."))
        self._check_not_own()
        self._lock_money()
        self._check_left()
        self._set_confirmed()

    def action_cancel(self):
        """Drop a proposal; a confirmed allocation is taken back by its counter-entry."""
        self.check_access("write")
        self._check_finance()
        if any(allocation.state != "proposed" for allocation in self):
            raise UserError(
                self.env._("Only a proposal is dropped. Take a confirmed one back instead.")
            )
        engine(self.sudo()).write({"state": "cancelled"})

    def action_counter(self, reason=""):
        """Take confirmed allocations back by counter-entries, for a reason.

        :return: the counter-entries, opened
        """
        self.check_access("write")
        self._check_finance()
        if any(allocation.state != "confirmed" or allocation.counters_id for allocation in self):
            raise UserError(self.env._("Only a confirmed allocation can be taken back."))
        self._lock_money()
        if self.sudo().search_count([("counters_id", "in", self.ids)], limit=1):
            raise UserError(self.env._("It was taken back already."))
        counters = engine(self.sudo()).create(
            [
                {
                    "payment_id": allocation.payment_id.id,
                    "statement_line_id": allocation.statement_line_id.id,
                    "order_id": allocation.order_id.id,
                    "amount": -allocation.amount,
                    "date": allocation.date,
                    "note": reason or allocation.note,
                    "counters_id": allocation.id,
                    "order_amount": -allocation.order_amount,
                    "order_currency_id": allocation.order_currency_id.id,
                    "state": "confirmed",
                    "confirmed_by_id": self.env.uid,
                    "confirmed_at": fields.Datetime.now(),
                }
                for allocation in self
            ]
        )
        counters.with_env(self.env)._note("payment_countered")
        self.order_id._after_payment_lost()
        return {
            "type": "ir.actions.act_window",
            "res_model": self._name,
            "name": self.env._("Counter-entries"),
            "view_mode": "list,kanban,form",
            "mobile_view_mode": "kanban",
            "domain": [("id", "in", counters.ids)],
        }

    @api.model
    def action_propose(self):
        """Propose allocations from what is reconciled with invoices of orders."""
        self.check_access("create")
        self._check_finance_of(self.env.companies)
        proposals = self._propose(self.env.companies)
        return {
            "type": "ir.actions.act_window",
            "res_model": self._name,
            "name": self.env._("Proposed Allocations"),
            "view_mode": "list,kanban,form",
            "mobile_view_mode": "kanban",
            "domain": [("state", "=", "proposed")],
            "context": {"create": True, "new_ids": proposals.ids},
        }

    # === BUSINESS METHODS === #

    def _check_finance(self):
        self._check_finance_of(self.order_id.company_id)

    @api.model
    def _check_finance_of(self, companies):
        """Roles decide, groups only carry access (S4-157)."""
        role = self.env["regulation.role"]._code("finance")
        for company in companies:
            if not role._held_by(self.env.user, company):
                raise AccessError(
                    self.env._(
                        "Only finance of %(company)s confirms payments: %(holders)s",
                        company=company.name,
                        holders=", ".join(role._holders(company).mapped("name"))
                        or self.env._("nobody yet, see Configuration > Roles"),
                    )
                )

    def _check_not_own(self):
        """Nobody confirms the money for his own sales where a deputy is named."""
        for order in self.order_id.sudo():
            if self.env.user in order.user_id:
                policy = order._payment_policies()[order.id]
                if policy.get("deputy_role_id"):
                    raise AccessError(
                        self.env._(
                            "%s is your own order: a colleague of finance confirms its payment.",
                            order.display_name,
                        )
                    )
                if policy:
                    self.env["regulation.register"]._record("self_decided", order, code="payment")

    def _lock_money(self):
        """From here on nobody else allocates these payments or ships on these orders."""
        keys = [("allocation", source._name, source.id) for source in self._sources()]
        keys += [("payment", order.id) for order in self.order_id]
        self.env["regulation.commitment"]._lock(keys)

    def _sources(self):
        return [*self.payment_id, *self.statement_line_id]

    def _left_of_money(self):
        """``{(model, id): amount not yet allocated}`` of the payments of these rows."""
        payments = self.payment_id._origin
        lines = self.statement_line_id._origin
        if not payments and not lines:
            return {}
        self.flush_model(["state", "amount", "payment_id", "statement_line_id"])
        rows = self.env.execute_query(
            SQL(
                """
                WITH money AS (%s)
                SELECT money.payment_id, money.statement_line_id, money.worth - COALESCE((
                           SELECT SUM(alloc.amount)
                             FROM sale_payment_allocation alloc
                            WHERE alloc.state = 'confirmed'
                              AND (alloc.payment_id = money.payment_id
                                   OR alloc.statement_line_id = money.statement_line_id)
                       ), 0)
                  FROM money
                """,
                self._worth_sql(
                    SQL("SELECT unnest(%s::int[])", list(payments.ids)),
                    SQL("SELECT unnest(%s::int[])", list(lines.ids)),
                ),
            )
        )
        return {
            ("account.payment", payment) if payment else ("account.bank.statement.line", line): left
            for payment, line, left in rows
        }

    def _check_left(self):
        """Never more than the payment, each amount once."""
        left = self.sudo()._left_of_money()
        wanted = defaultdict(float)
        for allocation in self:
            source = allocation.payment_id or allocation.statement_line_id
            key = (source._name, source.id)
            wanted[key] += allocation.amount
            currency = source.currency_id
            free = left.get(key, 0.0)
            # Money in is taken from above, money paid back from below
            if source._regulation_signed_amount() >= 0:
                exceeded = currency.compare_amounts(wanted[key], free) > 0 or allocation.amount < 0
            else:
                exceeded = currency.compare_amounts(wanted[key], free) < 0 or allocation.amount > 0
            if exceeded:
                raise UserError(
                    self.env._(
                        "%(payment)s has %(left)s left to allocate, %(amount)s is too much.",
                        payment=source.display_name,
                        left=self._money_text(free, currency),
                        amount=self._money_text(allocation.amount, currency),
                    )
                )

    def _set_confirmed(self):
        now = fields.Datetime.now()
        for allocation in self:
            order = allocation.order_id.sudo()
            engine(allocation.sudo()).write(
                {
                    "state": "confirmed",
                    "confirmed_by_id": self.env.uid,
                    "confirmed_at": now,
                    "order_currency_id": order.currency_id.id,
                    "order_amount": allocation.currency_id._convert(
                        allocation.amount, order.currency_id, order.company_id, allocation.date
                    ),
                }
            )
        self._note("payment_confirmed")
        self.order_id._after_payment()

    def _note(self, event):
        """One register row per order, with the amount in its currency."""
        Register = self.env["regulation.register"]
        for allocation in self:
            Register._record(
                event,
                allocation.order_id.sudo(),
                amount=allocation.order_amount,
                currency_id=allocation.order_currency_id.id,
            )

    @api.model
    def _money_text(self, amount, currency):
        return self.env["regulation.gated"]._gate_money(amount, currency)

    # === WHAT THE MONEY IS WORTH === #

    @api.model
    def _worth_sql(self, payments, lines, matched=False):
        """Query of ``payment_id, statement_line_id, worth``: what counts of the money today.

        Nothing of a payment that is a draft, cancelled, rejected or reversed; what was
        paid back directly is deducted; a bank line that is matched with a payment which is
        itself allocated counts there. Signed: money paid out is negative.

        :param SQL payments: query of payment ids
        :param SQL lines: query of bank statement line ids
        :param bool matched: whether only bank-matched payments count
        """
        self._flush_money()
        return SQL(
            """
            SELECT pay.id AS payment_id, NULL::int AS statement_line_id,
                   CASE WHEN pay.state IN %(states)s
                         AND (pay.move_id IS NULL OR entry.state = 'posted')
                         AND (pay.is_matched OR NOT %(matched)s)
                        THEN CASE WHEN pay.payment_type = 'inbound'
                                  THEN GREATEST(pay.amount - COALESCE(back.amount, 0), 0)
                                  ELSE -pay.amount END
                        ELSE 0 END AS worth
              FROM account_payment pay
              LEFT JOIN account_move entry ON entry.id = pay.move_id
              LEFT JOIN LATERAL (
                    SELECT SUM(part.credit_amount_currency) AS amount
                      FROM account_move_line own
                      JOIN account_partial_reconcile part ON part.credit_move_id = own.id
                      JOIN account_move_line other ON other.id = part.debit_move_id
                      JOIN account_move back ON back.id = other.move_id AND back.state = 'posted'
                      LEFT JOIN account_payment outgoing ON outgoing.id = back.origin_payment_id
                      LEFT JOIN account_bank_statement_line bank ON bank.id = back.statement_line_id
                     WHERE own.move_id = pay.move_id
                       AND (back.reversed_entry_id = pay.move_id
                            OR (outgoing.payment_type = 'outbound' AND outgoing.state IN %(states)s)
                            OR bank.amount < 0)
                   ) back ON TRUE
             WHERE pay.id IN (%(payments)s)
            UNION ALL
            SELECT NULL, bank.id,
                   CASE WHEN entry.state = 'posted'
                        THEN bank.amount * GREATEST(
                                1 - COALESCE(used.amount, 0)
                                    / NULLIF(ABS(entry.amount_total_signed), 0), 0)
                        ELSE 0 END
              FROM account_bank_statement_line bank
              JOIN account_move entry ON entry.id = bank.move_id
              LEFT JOIN LATERAL (
                    SELECT SUM(part.amount) AS amount
                      FROM account_move_line own
                      JOIN account_partial_reconcile part
                        ON part.credit_move_id = own.id OR part.debit_move_id = own.id
                      JOIN account_move_line other
                        ON other.id = CASE WHEN part.credit_move_id = own.id
                                           THEN part.debit_move_id ELSE part.credit_move_id END
                      JOIN account_move back ON back.id = other.move_id AND back.state = 'posted'
                      LEFT JOIN account_payment pay ON pay.id = back.origin_payment_id
                      LEFT JOIN account_bank_statement_line opposite
                             ON opposite.id = back.statement_line_id
                     WHERE own.move_id = bank.move_id
                       AND (back.reversed_entry_id = bank.move_id
                            OR (bank.amount > 0 AND opposite.amount < 0)
                            OR (bank.amount > 0 AND pay.payment_type = 'outbound'
                                AND pay.state IN %(states)s)
                            OR EXISTS (SELECT 1 FROM sale_payment_allocation taken
                                        WHERE taken.payment_id = pay.id
                                          AND taken.state = 'confirmed'))
                   ) used ON TRUE
             WHERE bank.id IN (%(lines)s)
            """,
            states=COUNTING_STATES,
            matched=matched,
            payments=payments,
            lines=lines,
        )

    @api.model
    def _flush_money(self):
        for model, names in {
            "sale.payment.allocation": None,
            "account.payment": None,
            "account.bank.statement.line": None,
            "account.move": [
                "state",
                "origin_payment_id",
                "statement_line_id",
                "reversed_entry_id",
                "amount_total_signed",
            ],
            "account.move.line": ["move_id", "price_total", "sale_line_ids"],
            "account.partial.reconcile": None,
            "payment.transaction": ["state", "payment_id", "sale_order_ids"],
        }.items():
            self.env[model].flush_model(names)

    # === PROPOSALS === #

    @api.model
    def _propose(self, companies, payments=None):
        """Make proposals of what is reconciled with invoices of orders and not yet allocated.

        An invoice over several orders is shared in proportion to what it invoices of each.

        :param payments: only for these payments
        :return: the proposals
        """
        self._flush_money()
        rows = self.env.execute_query(self._reconciled_sql(companies, payments))
        wanted = self._shared(rows)
        known = defaultdict(float)
        for allocation in self.sudo().search(
            [
                ("order_id", "in", list({key[2] for key in wanted})),
                ("state", "in", ("proposed", "confirmed")),
            ]
        ):
            key = (
                allocation.payment_id.id,
                allocation.statement_line_id.id,
                allocation.order_id.id,
            )
            known[key] += allocation.amount
        vals_list = []
        for (payment, line, order), amount in wanted.items():
            rest = amount - known[payment or False, line or False, order]
            source = (
                self.env["account.payment"].browse(payment)
                if payment
                else self.env["account.bank.statement.line"].browse(line)
            )
            # Finance may have allocated less to this order, never is the sign turned
            if source.sudo().currency_id.compare_amounts(abs(amount), abs(amount - rest)) <= 0:
                continue
            vals_list.append(
                {
                    "payment_id": payment,
                    "statement_line_id": line,
                    "order_id": order,
                    "amount": source.sudo().currency_id.round(rest),
                }
            )
        return self._drop_excess(vals_list)

    def _drop_excess(self, vals_list):
        """Propose no more than is left of each payment."""
        blank = self.sudo().new
        probes = self.browse()
        for vals in vals_list:
            probes |= blank({name: vals[name] for name in ("payment_id", "statement_line_id")})
        left = probes._left_of_money() if vals_list else {}
        kept = []
        for vals in vals_list:
            key = (
                ("account.payment", vals["payment_id"])
                if vals["payment_id"]
                else ("account.bank.statement.line", vals["statement_line_id"])
            )
            free = left.get(key, 0.0)
            amount = min(vals["amount"], free) if free >= 0 else max(vals["amount"], free)
            if amount and amount * vals["amount"] > 0:
                left[key] = free - amount
                kept.append({**vals, "amount": amount})
        return engine(self.sudo()).create(kept).with_env(self.env)

    @api.model
    def _shared(self, rows):
        """``{(payment, line, order): amount}``; the shares of an invoice add up to the cent."""
        wanted = defaultdict(float)
        currencies = self.env["res.currency"]
        running = defaultdict(float)
        for payment, line, invoice, order, currency, amount, share in rows:
            digits = currencies.browse(currency)
            key = (payment, line, invoice)
            before = digits.round(amount * running[key])
            running[key] += share
            wanted[payment, line, order] += digits.round(amount * running[key]) - before
        return wanted

    @api.model
    def _reconciled_sql(self, companies, payments=None):
        """Rows ``payment, bank line, invoice, order, currency, amount, share of the order``."""
        only = SQL("AND money.payment_id IN %s", tuple(payments.ids)) if payments else SQL("")
        only_online = SQL("AND money.id IN %s", tuple(payments.ids)) if payments else SQL("")
        return SQL(
            """
            WITH share AS (
                SELECT sol.order_id, invoice.id AS invoice_id,
                       SUM(line.price_total / link.number) / NULLIF(invoice.amount_total, 0) AS part
                  FROM account_move invoice
                  JOIN account_move_line line ON line.move_id = invoice.id
                  JOIN sale_order_line_invoice_rel rel ON rel.invoice_line_id = line.id
                  JOIN sale_order_line sol ON sol.id = rel.order_line_id
                  JOIN LATERAL (SELECT COUNT(*) AS number FROM sale_order_line_invoice_rel other
                                 WHERE other.invoice_line_id = line.id) link ON TRUE
                 WHERE invoice.state = 'posted' AND invoice.company_id IN %(companies)s
                   AND invoice.move_type IN ('out_invoice', 'out_refund', 'out_receipt')
                 GROUP BY sol.order_id, invoice.id
            ), side AS (
                -- the receivable of an invoice is a debit, that of a credit note a credit
                SELECT own.move_id AS invoice_id, other.move_id, part.amount AS company_amount,
                       part.credit_amount_currency AS amount, 1 AS sign
                  FROM account_move_line own
                  JOIN account_partial_reconcile part ON part.debit_move_id = own.id
                  JOIN account_move_line other ON other.id = part.credit_move_id
                 WHERE own.display_type = 'payment_term'
                   AND own.move_id IN (SELECT invoice_id FROM share)
                UNION ALL
                SELECT own.move_id, other.move_id, part.amount, part.debit_amount_currency, -1
                  FROM account_move_line own
                  JOIN account_partial_reconcile part ON part.credit_move_id = own.id
                  JOIN account_move_line other ON other.id = part.debit_move_id
                 WHERE own.display_type = 'payment_term'
                   AND own.move_id IN (SELECT invoice_id FROM share)
            ), settled AS (
                SELECT side.invoice_id, pay.id AS payment_id, bank.id AS statement_line_id,
                       COALESCE(pay.currency_id, bank.currency_id) AS currency_id,
                       SUM(side.sign * CASE WHEN pay.id IS NOT NULL THEN side.amount
                            ELSE ABS(bank.amount) * side.company_amount
                                 / NULLIF(ABS(entry.amount_total_signed), 0) END) AS amount
                  FROM side
                  JOIN account_move entry ON entry.id = side.move_id AND entry.state = 'posted'
                  LEFT JOIN account_payment pay ON pay.id = entry.origin_payment_id
                        AND pay.state IN %(states)s AND pay.partner_type = 'customer'
                  LEFT JOIN account_bank_statement_line bank ON bank.id = entry.statement_line_id
                 WHERE pay.id IS NOT NULL OR bank.id IS NOT NULL
                 GROUP BY side.invoice_id, pay.id, bank.id
            ), unbooked AS (
                -- payments without a journal entry only name their invoices
                SELECT rel.invoice_id, pay.id AS payment_id, NULL::int AS statement_line_id,
                       pay.currency_id,
                       CASE WHEN pay.payment_type = 'inbound' THEN 1 ELSE -1 END
                       * LEAST(pay.amount - COALESCE(SUM(invoice.amount_total) OVER (
                                   PARTITION BY pay.id ORDER BY rel.invoice_id
                                   ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING), 0),
                               CASE WHEN invoice.currency_id = pay.currency_id
                                    THEN invoice.amount_total - COALESCE((
                                        SELECT SUM(ABS(settled.amount)) FROM settled
                                         WHERE settled.invoice_id = rel.invoice_id), 0)
                                    ELSE pay.amount END) AS amount
                  FROM account_move__account_payment rel
                  JOIN account_payment pay ON pay.id = rel.payment_id AND pay.move_id IS NULL
                       AND pay.state IN %(states)s AND pay.partner_type = 'customer'
                  JOIN account_move invoice ON invoice.id = rel.invoice_id
                 WHERE rel.invoice_id IN (SELECT invoice_id FROM share)
            ), money AS (
                SELECT * FROM settled UNION ALL SELECT * FROM unbooked
                 WHERE amount <> 0 AND SIGN(amount) = (
                       SELECT CASE WHEN payment_type = 'inbound' THEN 1 ELSE -1 END
                         FROM account_payment WHERE id = unbooked.payment_id)
            )
            SELECT money.payment_id, money.statement_line_id, money.invoice_id, share.order_id,
                   money.currency_id, money.amount, share.part
              FROM money JOIN share ON share.invoice_id = money.invoice_id
             WHERE TRUE %(only)s
            UNION ALL
            -- online payments name their orders, invoiced or not
            SELECT money.id, NULL, NULL, rel.sale_order_id, money.currency_id, money.amount,
                   1.0 / COUNT(*) OVER (PARTITION BY money.id)
              FROM payment_transaction tx
              JOIN sale_order_transaction_rel rel ON rel.transaction_id = tx.id
              JOIN sale_order ordered ON ordered.id = rel.sale_order_id
                   AND ordered.company_id IN %(companies)s
              JOIN account_payment money ON money.id = tx.payment_id
                   AND money.state IN %(states)s AND money.payment_type = 'inbound'
             WHERE tx.state = 'done' %(only_online)s
               AND NOT EXISTS (SELECT 1 FROM settled WHERE settled.payment_id = money.id)
             ORDER BY 1, 2, 3, 4
            """,
            companies=tuple(companies.ids) or (0,),
            states=COUNTING_STATES,
            only=only,
            only_online=only_online,
        )
