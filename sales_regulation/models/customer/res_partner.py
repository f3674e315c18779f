# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import AccessError
from odoo.tools import SQL
from odoo.tools.misc import format_date, formatLang

from ...tools import KeptQuery, Refusal, engine, is_engine
from ...tools.credit import CreditLine

#: who sees what is agreed with a customer and what he owes
CREDIT_GROUPS = (
    "account.group_account_invoice,account.group_account_readonly,"
    "sales_regulation.group_regulation_manager,sales_regulation.group_regulation_finance"
)

#: what customers owe and will owe
CREDIT = KeptQuery(
    "credit_lines",
    {
        "of_companies": "int[]",
        "of_partners": "int[]",
        "overdue_befores": "date[]",
        "batch": "int[]",
        "rate_date": "date",
    },
    {
        "company_id": "int",
        "partner_id": "int",
        "order_id": "int",
        "credit_limit": "numeric",
        "valid_until": "text",
        "receivable": "numeric",
        "overdue": "numeric",
        "ordered": "numeric",
    },
)


class ResPartner(models.Model):
    _name = "res.partner"
    _inherit = ["res.partner", "regulation.shown"]

    regulation_credit_rating = fields.Selection(
        selection=[("a", "A"), ("b", "B"), ("c", "C"), ("d", "D")],
        string="Credit Rating",
        company_dependent=True,
        copy=False,
        groups=CREDIT_GROUPS,
        help="As assessed by the last approved credit request (资信等级).",
    )
    regulation_credit_valid_until = fields.Date(
        string="Limit Valid until",
        company_dependent=True,
        copy=False,
        groups=CREDIT_GROUPS,
        help="After this day the credit limit counts as not agreed. Empty: without end.",
    )

    # -- shown on the customer's page, computed when it is opened
    regulation_credit_shown = fields.Boolean(compute="_compute_regulation_credit_shown")
    regulation_credit_currency_id = fields.Many2one(
        comodel_name="res.currency", compute="_compute_regulation_credit_shown"
    )
    regulation_credit_limit = fields.Monetary(
        string="Agreed Limit",
        compute="_compute_regulation_credit",
        compute_sudo=True,
        currency_field="regulation_credit_currency_id",
        groups=CREDIT_GROUPS,
        help="Limit that is agreed and valid today. 0: none.",
    )
    regulation_credit_receivable = fields.Monetary(
        string="Receivables",
        compute="_compute_regulation_credit",
        compute_sudo=True,
        currency_field="regulation_credit_currency_id",
        groups=CREDIT_GROUPS,
        help="Posted invoices less money received, of the customer and all his contacts.",
    )
    regulation_credit_ordered = fields.Monetary(
        string="Confirmed Orders not Invoiced",
        compute="_compute_regulation_credit",
        compute_sudo=True,
        currency_field="regulation_credit_currency_id",
        groups=CREDIT_GROUPS,
    )
    regulation_credit_used = fields.Monetary(
        string="Open in All",
        compute="_compute_regulation_credit",
        compute_sudo=True,
        currency_field="regulation_credit_currency_id",
        groups=CREDIT_GROUPS,
    )
    regulation_credit_left = fields.Monetary(
        string="Left",
        compute="_compute_regulation_credit",
        compute_sudo=True,
        currency_field="regulation_credit_currency_id",
        groups=CREDIT_GROUPS,
    )
    regulation_overdue_30 = fields.Monetary(
        string="1-30 Days",
        compute="_compute_regulation_overdue",
        compute_sudo=True,
        currency_field="regulation_credit_currency_id",
        groups=CREDIT_GROUPS,
    )
    regulation_overdue_60 = fields.Monetary(
        string="31-60 Days",
        compute="_compute_regulation_overdue",
        compute_sudo=True,
        currency_field="regulation_credit_currency_id",
        groups=CREDIT_GROUPS,
    )
    regulation_overdue_90 = fields.Monetary(
        string="61-90 Days",
        compute="_compute_regulation_overdue",
        compute_sudo=True,
        currency_field="regulation_credit_currency_id",
        groups=CREDIT_GROUPS,
    )
    regulation_overdue_more = fields.Monetary(
        string="Over 90 Days",
        compute="_compute_regulation_overdue",
        compute_sudo=True,
        currency_field="regulation_credit_currency_id",
        groups=CREDIT_GROUPS,
    )

    #: terms that are agreed by an approved credit request
    _credit_agreed_fields = (
        "credit_limit",
        "regulation_credit_rating",
        "regulation_credit_valid_until",
    )

    # === COMPUTE METHODS === #

    @api.depends_context("company")
    def _compute_regulation_credit_shown(self):
        self.regulation_credit_shown = self._credit_shown()
        self.regulation_credit_currency_id = self.env.company.currency_id

    @api.depends_context("company")
    def _compute_regulation_credit(self):
        company = self.env.company
        partners = self if self._credit_shown() else self.browse()
        keys = {
            partner: (company.id, partner.commercial_partner_id._origin.id) for partner in partners
        }
        lines = self._credit_lines(key for key in keys.values() if key[1])
        for partner in self:
            line = lines.get(keys.get(partner))
            partner.regulation_credit_limit = line.limit if line else 0.0
            partner.regulation_credit_receivable = line.receivable if line else 0.0
            partner.regulation_credit_ordered = line.ordered if line else 0.0
            partner.regulation_credit_used = line.used if line else 0.0
            partner.regulation_credit_left = line.left if line and line.agreed else 0.0

    @api.depends_context("company")
    def _compute_regulation_overdue(self):
        customers = self.commercial_partner_id._origin if self._credit_shown() else self.browse()
        buckets = customers._credit_overdue_buckets(self.env.company)
        for partner in self:
            amounts = buckets.get(partner.commercial_partner_id._origin.id, {})
            for name in ("30", "60", "90", "more"):
                partner[f"regulation_overdue_{name}"] = amounts.get(name, 0.0)

    # === CRUD METHODS === #

    @api.model_create_multi
    def create(self, vals_list):
        if not self.env["regulation.profile"]._regulated_companies():
            return super().create(vals_list)
        names = self._credit_agreed_given(vals_list)
        partners = super().create(vals_list)
        if names and self._credit_sealed():
            partners._credit_check_unchanged({}, names)
        return partners

    def write(self, vals):
        if not self.env["regulation.profile"]._regulated_companies():
            return super().write(vals)
        names = self._credit_agreed_given([vals])
        if not names or not self._credit_sealed():
            return super().write(vals)
        before = self._credit_terms(names)
        result = super().write(vals)
        self._credit_check_unchanged(before, names)
        return result

    # === ACTION METHODS === #

    def action_regulation_credit_request(self):
        """Open a new credit request for this customer."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "res_model": "sale.credit.request",
            "view_mode": "form",
            "context": {"default_partner_id": self.commercial_partner_id.id},
        }

    # === BUSINESS METHODS === #

    def init(self):
        super().init()
        CREDIT.define(self.env.cr, self._credit_query())

    @api.model
    def _credit_shown(self):
        return self.env.company.id in self.env["regulation.profile"]._regulated_companies()

    def _credit_overdue_buckets(self, company):
        """What these customers owe for how long: ``{id: {"30": amount, ...}}``, one query."""
        if not self:
            return {}
        self._credit_flush()
        today = company._regulation_today()
        keys = SQL(", ").join(
            SQL("(%s, %s, %s::date)", company.id, partner.id, today) for partner in self
        )
        rows = self.env.execute_query(
            SQL(
                """
                WITH key(company_id, partner_id, overdue_before) AS (VALUES %(keys)s),
                %(receivable)s
                SELECT partner_id,
                       CASE WHEN days <= 30 THEN '30' WHEN days <= 60 THEN '60'
                            WHEN days <= 90 THEN '90' ELSE 'more' END,
                       SUM(residual)
                  FROM (SELECT partner_id, residual, overdue_before - date_maturity AS days
                          FROM receivable WHERE is_overdue AND residual > 0) open_line
                 GROUP BY 1, 2
                """,
                keys=keys,
                receivable=self._credit_receivable_sql(),
            )
        )
        buckets = {}
        for partner_id, bucket, amount in rows:
            buckets.setdefault(partner_id, {})[bucket] = company.currency_id.round(float(amount))
        return buckets

    @api.model
    def _credit_exposure(self, company, partners):
        """What the commercial partners of ``partners`` owe ``company`` and will owe it.

        Posted receivables less money received, plus confirmed orders that are not invoiced
        yet, tax included, in the currency of the company. One query for all.

        :return: ``{partner id: amount}``
        """
        partners = partners.sudo()
        lines = self._credit_lines(
            (company.id, partner.commercial_partner_id.id) for partner in partners
        )
        return {
            partner.id: lines[company.id, partner.commercial_partner_id.id].used
            for partner in partners
        }

    @api.model
    def _credit_lines(self, keys, orders=None, overdue_days=None):
        """The credit line of each key ``(company id, commercial partner id)``; one query.

        :param orders: orders that are about to be confirmed: their amounts are reported
            apart and left out of ``used``, whether they are confirmed already or not
        :param dict overdue_days: ``{key: days after the due date that are tolerated}``
        :rtype: dict[tuple, CreditLine]
        """
        keys = list(dict.fromkeys(keys))
        if not keys:
            return {}
        companies = {
            company.id: company
            for company in self.env["res.company"].sudo().browse({company for company, _p in keys})
        }
        today = {company.id: company._regulation_today() for company in companies.values()}
        self._credit_flush()
        overdue_days = overdue_days or {}
        query = CREDIT.call(
            of_companies=[company for company, _partner in keys],
            of_partners=[partner for _company, partner in keys],
            overdue_befores=[
                today[key[0]] - timedelta(days=overdue_days.get(key, 0)) for key in keys
            ],
            batch=list(orders.ids) if orders else [],
            rate_date=fields.Date.today(),
        )
        rows = {}
        for company_id, partner_id, order_id, *values in self.env.execute_query(query):
            rows.setdefault((company_id, partner_id), {})[order_id] = values
        return {key: self._credit_line(companies[key[0]], rows[key], today[key[0]]) for key in keys}

    def _credit_line(self, company, rows, today):
        """Put the rows of one customer together; ``rows`` is ``{order id or None: values}``."""
        currency = company.currency_id
        limit, valid_until = next(iter(rows.values()))[:2]
        if limit is None:
            partner_model = self.env["res.partner"].with_company(company)
            limit = self._fields["credit_limit"].get_company_dependent_fallback(partner_model)
        expired = bool(valid_until and fields.Date.to_date(valid_until) < today)
        _limit, _until, receivable, overdue, ordered = rows.get(None) or (0, 0, 0, 0, 0)
        receivable, overdue, ordered = (float(x or 0) for x in (receivable, overdue, ordered))
        return CreditLine(
            limit=0.0 if expired else float(limit or 0.0),
            used=currency.round(receivable + ordered),
            currency=currency,
            receivable=currency.round(receivable),
            ordered=currency.round(ordered),
            # Money that is not matched with an invoice yet pays the oldest
            overdue=currency.round(max(0.0, min(overdue, receivable))),
            agreed=bool(limit) and not expired,
            expired_on=fields.Date.to_date(valid_until) if expired else None,
            orders={
                order: currency.round(float(values[4] or 0) + float(values[2] or 0))
                for order, values in rows.items()
                if order
            },
        )

    def _credit_flush(self):
        self.env["res.partner"].flush_model(
            ["commercial_partner_id", "credit_limit", "regulation_credit_valid_until"]
        )
        self.env["account.move"].flush_model(["state", "partner_id", "move_type"])
        self.env["account.move.line"].flush_model(
            ["partner_id", "balance", "date_maturity", "account_id", "quantity", "product_uom_id"]
        )
        self.env["account.partial.reconcile"].flush_model(["amount"])
        self.env["account.payment"].flush_model(["state", "move_id"])
        self.env["sale.payment.allocation"].flush_model(["state", "order_amount", "order_id"])
        self.env["sale.order"].flush_model(
            ["state", "partner_id", "partner_invoice_id", "company_id", "currency_id"]
        )
        self.env["sale.order.line"].flush_model(
            [
                "order_id",
                "display_type",
                "product_id",
                "product_uom_id",
                "product_uom_qty",
                "price_unit",
                "discount",
                "price_total",
                "tax_ids",
                "invoice_lines",
            ]
        )

    def _credit_query(self):
        """One row per key, plus one per named order; the arguments are those of ``CREDIT``.

        Nothing a salesperson or a biller may overwrite is believed: residuals come from
        balances and reconciliations with posted entries, what is invoiced from posted
        invoice lines of the same customer and product, order amounts from quantity, price,
        discount and taxes wherever they say more than the stored total.
        """
        return SQL(
            """
            WITH key(company_id, partner_id, overdue_before) AS (
                SELECT * FROM unnest(of_companies, of_partners, overdue_befores)
            ),
            %(receivable)s,
            orders AS (
                SELECT contact.company_id, contact.partner_id, sale.id, sale.currency_id
                  FROM contact
                  JOIN sale_order sale
                    ON sale.partner_invoice_id = contact.contact_id
                   AND sale.company_id = contact.company_id
                 WHERE sale.state = 'sale' OR sale.id = ANY(batch)
                 UNION
                SELECT contact.company_id, contact.partner_id, sale.id, sale.currency_id
                  FROM contact
                  JOIN sale_order sale
                    ON sale.partner_id = contact.contact_id
                   AND sale.company_id = contact.company_id
                 WHERE sale.state = 'sale' OR sale.id = ANY(batch)
            ),
            ordered AS (
                SELECT orders.company_id, orders.partner_id, orders.id, orders.currency_id,
                       GREATEST(0, SUM(
                           CASE WHEN line.product_uom_qty = 0 THEN -invoiced.down_payment
                                ELSE GREATEST(
                                         line.price_total,
                                         CASE WHEN ABS(line.price_total - gross.total) <= 0.05
                                              THEN line.price_total ELSE gross.total END)
                                     * (1 - LEAST(1, GREATEST(
                                           0, invoiced.quantity / line.product_uom_qty)))
                           END)) AS amount
                  FROM orders
                  JOIN sale_order_line line
                    ON line.order_id = orders.id AND line.display_type IS NULL
                  LEFT JOIN uom_uom uom ON uom.id = line.product_uom_id
                 CROSS JOIN LATERAL (
                        SELECT COALESCE(SUM(
                                   CASE WHEN invoice_line.product_id = line.product_id
                                        THEN invoice_line.quantity * sign.sign
                                             * COALESCE(invoice_uom.factor / uom.factor, 1)
                                   END), 0) AS quantity,
                               COALESCE(SUM(
                                   CASE WHEN invoice_line.is_downpayment
                                         AND invoice_line.currency_id = orders.currency_id
                                        THEN invoice_line.price_total * sign.sign
                                   END), 0) AS down_payment
                          FROM sale_order_line_invoice_rel rel
                          JOIN account_move_line invoice_line
                            ON invoice_line.id = rel.invoice_line_id
                          JOIN account_move invoice
                            ON invoice.id = invoice_line.move_id
                           AND invoice.state = 'posted'
                           AND invoice.move_type IN ('out_invoice', 'out_receipt', 'out_refund')
                          JOIN res_partner payer
                            ON payer.id = invoice.partner_id
                           AND payer.commercial_partner_id = orders.partner_id
                         CROSS JOIN LATERAL (
                                SELECT CASE invoice.move_type WHEN 'out_refund' THEN -1 ELSE 1 END
                         ) AS sign(sign)
                          LEFT JOIN uom_uom invoice_uom
                            ON invoice_uom.id = invoice_line.product_uom_id
                         WHERE rel.order_line_id = line.id
                  ) invoiced
                 CROSS JOIN LATERAL (
                        SELECT line.price_unit * line.product_uom_qty
                               * (1 - COALESCE(line.discount, 0) / 100)
                               * (1 + COALESCE(SUM(tax.amount)
                                        FILTER (WHERE tax.amount_type = 'percent'), 0) / 100)
                               + line.product_uom_qty * COALESCE(SUM(tax.amount)
                                        FILTER (WHERE tax.amount_type = 'fixed'), 0) AS total
                          FROM account_tax_sale_order_line_rel line_tax
                          LEFT JOIN account_tax_filiation_rel child
                            ON child.parent_tax = line_tax.account_tax_id
                          JOIN account_tax tax
                            ON tax.id = COALESCE(child.child_tax, line_tax.account_tax_id)
                          JOIN res_company company ON company.id = tax.company_id
                         WHERE line_tax.sale_order_line_id = line.id
                           AND COALESCE(tax.price_include_override, company.account_price_include)
                               IS DISTINCT FROM 'tax_included'
                  ) gross
                 GROUP BY orders.company_id, orders.partner_id, orders.id, orders.currency_id
            ),
            -- confirmed money on payments that make no journal entry, as far as the order
            -- or its invoices are open: a bank line may have settled them meanwhile
            money AS (
                SELECT orders.company_id, orders.partner_id, orders.id,
                       LEAST(paid.amount * rate.rate,
                             GREATEST(0, COALESCE(ordered.amount, 0) * rate.rate
                                         + COALESCE(invoiced.residual, 0))) AS amount
                  FROM (SELECT allocation.order_id, SUM(allocation.order_amount) AS amount
                          FROM sale_payment_allocation allocation
                          JOIN account_payment payment
                            ON payment.id = allocation.payment_id
                           AND payment.move_id IS NULL
                           AND payment.state IN ('in_process', 'paid')
                         WHERE allocation.state = 'confirmed'
                           AND allocation.order_id IN (SELECT id FROM orders)
                         GROUP BY allocation.order_id) paid
                  JOIN orders ON orders.id = paid.order_id
                  JOIN res_company company ON company.id = orders.company_id
                  LEFT JOIN ordered
                    ON ordered.id = orders.id AND ordered.partner_id = orders.partner_id
                 CROSS JOIN LATERAL (
                        SELECT CASE WHEN orders.currency_id = company.currency_id
                                    THEN 1 ELSE %(money_rate)s END
                 ) AS rate(rate)
                  LEFT JOIN LATERAL (
                        SELECT SUM(receivable.residual) AS residual
                          FROM receivable
                         WHERE receivable.partner_id = orders.partner_id
                           AND receivable.move_id IN (
                               SELECT invoice_line.move_id
                                 FROM sale_order_line line
                                 JOIN sale_order_line_invoice_rel rel
                                   ON rel.order_line_id = line.id
                                 JOIN account_move_line invoice_line
                                   ON invoice_line.id = rel.invoice_line_id
                                WHERE line.order_id = orders.id)
                  ) invoiced ON TRUE
            ),
            movement AS (
                SELECT company_id, partner_id,
                       CASE WHEN id = ANY(batch) THEN id END AS order_id,
                       -amount AS receivable, 0 AS overdue, 0 AS ordered
                  FROM money
                 UNION ALL
                SELECT company_id, partner_id, NULL::integer AS order_id,
                       residual AS receivable,
                       CASE WHEN is_overdue THEN GREATEST(residual, 0) ELSE 0 END AS overdue,
                       0 AS ordered
                  FROM receivable
                 UNION ALL
                SELECT ordered.company_id, ordered.partner_id,
                       CASE WHEN ordered.id = ANY(batch) THEN ordered.id END,
                       0, 0,
                       ordered.amount * CASE WHEN ordered.currency_id = company.currency_id
                                             THEN 1 ELSE %(rate)s END
                  FROM ordered
                  JOIN res_company company ON company.id = ordered.company_id
            )
            SELECT key.company_id, key.partner_id, movement.order_id,
                   (partner.credit_limit ->> key.company_id::text)::numeric,
                   partner.regulation_credit_valid_until ->> key.company_id::text,
                   SUM(movement.receivable), SUM(movement.overdue), SUM(movement.ordered)
              FROM key
              JOIN res_partner partner ON partner.id = key.partner_id
              LEFT JOIN movement
                ON movement.company_id = key.company_id
               AND movement.partner_id = key.partner_id
             GROUP BY key.company_id, key.partner_id, movement.order_id, partner.id
            """,
            receivable=self._credit_receivable_sql(),
            rate=self._credit_rate_sql(SQL("ordered.currency_id")),
            money_rate=self._credit_rate_sql(SQL("orders.currency_id")),
        )

    @api.model
    def _credit_receivable_sql(self):
        """Open posted receivables of the customers in ``key`` and all their contacts."""
        return SQL(
            """
            contact AS (
                SELECT key.*, partner.id AS contact_id
                  FROM key
                  JOIN res_partner partner ON partner.commercial_partner_id = key.partner_id
            ),
            receivable AS (
                SELECT contact.company_id, contact.partner_id, line.move_id,
                       line.balance - COALESCE(settled.amount, 0) AS residual,
                       line.date_maturity, contact.overdue_before,
                       line.date_maturity < contact.overdue_before AS is_overdue
                  FROM contact
                  JOIN account_move_line line
                    ON line.partner_id = contact.contact_id
                   AND line.company_id = contact.company_id
                  JOIN account_move move ON move.id = line.move_id AND move.state = 'posted'
                  JOIN account_account account
                    ON account.id = line.account_id
                   AND account.account_type = 'asset_receivable'
                  LEFT JOIN LATERAL (
                        -- a payment that was reset to draft keeps its reconciliation
                        SELECT SUM(partial.amount) AS amount
                          FROM (SELECT amount, credit_move_id AS other_id
                                  FROM account_partial_reconcile
                                 WHERE debit_move_id = line.id
                                 UNION ALL
                                SELECT -amount, debit_move_id
                                  FROM account_partial_reconcile
                                 WHERE credit_move_id = line.id) partial
                          JOIN account_move_line other ON other.id = partial.other_id
                          JOIN account_move other_move
                            ON other_move.id = other.move_id AND other_move.state = 'posted'
                  ) settled ON TRUE
            )
            """
        )

    @api.model
    def _credit_rate_sql(self, currency):
        """From the currency of an order to that of its company, at today's rate."""

        def rate(currency):
            return SQL(
                """
                COALESCE(
                    (SELECT rate.rate FROM res_currency_rate rate
                      WHERE rate.currency_id = %(currency)s AND rate.name <= %(today)s
                        AND (rate.company_id IS NULL OR rate.company_id = %(root)s)
                      ORDER BY rate.company_id, rate.name DESC LIMIT 1),
                    (SELECT rate.rate FROM res_currency_rate rate
                      WHERE rate.currency_id = %(currency)s
                        AND (rate.company_id IS NULL OR rate.company_id = %(root)s)
                      ORDER BY rate.company_id, rate.name LIMIT 1),
                    1.0)
                """,
                currency=currency,
                today=SQL("rate_date"),
                root=SQL("split_part(company.parent_path, '/', 1)::integer"),
            )

        return SQL("(%s / %s)", rate(SQL("company.currency_id")), rate(currency))

    # === GATE === #

    @api.model
    def _credit_overdue_days(self, documents, policies, keys):
        """The strictest number of tolerated days for each key: ``{key: days}``."""
        days = {}
        for document in documents:
            policy = policies[document.id]
            if policy.get("credit_overdue_block"):
                allowed = policy.get("credit_overdue_days", 0)
                for key in keys[document.id]:
                    days[key] = min(days.get(key, allowed), allowed)
        return days

    def _credit_refusal(self, policy, line, taken=0.0, amount=0.0):
        """Why this customer may not take ``amount`` more on credit, None if he may.

        :param line: his credit line
        :param taken: ``amount`` and what other orders of the same batch take before it
        """
        self.ensure_one()
        found = [
            part
            for part in (
                self._credit_limit_refusal(policy, line, taken, amount),
                self._credit_overdue_refusal(policy, line),
            )
            if part
        ]
        if not found:
            return None
        reasons, missing, amounts = zip(*found, strict=True)
        return Refusal(
            reason=" ".join(reasons),
            missing=missing,
            amount=max(amounts),
            currency=line.currency,
        )

    def _credit_limit_refusal(self, policy, line, taken, amount):
        """``(reason, missing, amount)`` if the limit does not allow it."""
        _ = self.env._
        if line.agreed:
            if line.fits(taken):
                return None
            short = line.short(taken)
            figures = {
                "customer": self.name,
                "limit": self._credit_money(line.limit, line),
                "used": self._credit_money(line.used + taken - amount, line),
                "amount": self._credit_money(amount, line),
                "short": self._credit_money(short, line),
            }
            if amount:
                reason = _(
                    "%(customer)s has a credit limit of %(limit)s; %(used)s is open, this order"
                    " adds %(amount)s: exceeds the limit by %(short)s.",
                    **figures,
                )
            else:
                reason = _(
                    "%(customer)s has a credit limit of %(limit)s; %(used)s is open: exceeds"
                    " the limit by %(short)s.",
                    **figures,
                )
            return (
                reason,
                _("A payment, or a higher limit by an approved credit request."),
                short,
            )
        if line.expired_on:
            return (
                _(
                    "The credit limit of %(customer)s ended on %(date)s.",
                    customer=self.name,
                    date=format_date(self.env, line.expired_on),
                ),
                _("A new assessment: an approved credit request."),
                line.used + taken,
            )
        if policy.get("credit_limit_required"):
            return (
                _("No credit limit is agreed with %(customer)s.", customer=self.name),
                _("An approved credit request."),
                line.used + taken,
            )
        return None

    def _credit_overdue_refusal(self, policy, line):
        """``(reason, missing, amount)`` if too much is overdue for too long."""
        if not policy.get("credit_overdue_block"):
            return None
        tolerated = policy.get("credit_overdue_amount", 0.0)
        if line.currency.compare_amounts(line.overdue, tolerated) <= 0:
            return None
        return (
            self.env._(
                "%(customer)s owes %(overdue)s that is overdue by more than %(days)s days.",
                customer=self.name,
                overdue=self._credit_money(line.overdue, line),
                days=policy.get("credit_overdue_days", 0),
            ),
            self.env._("Payment of what is overdue."),
            line.overdue,
        )

    def _credit_money(self, amount, line):
        return formatLang(self.env, amount, currency_obj=line.currency)

    # === AGREED TERMS === #

    @api.model
    def _credit_sealed(self):
        """Whether limits of the current company change by approved request only."""
        return not is_engine(self.env) and self.env["regulation.profile"]._credit_by_request(
            self.env.company
        )

    @api.model
    def _credit_agreed_given(self, vals_list):
        """Names of the agreed terms that these values touch."""
        given = {name for vals in vals_list for name in vals}
        # the defaults of a new record come with the context
        given |= {key.removeprefix("default_") for key in self.env.context}
        names = [name for name in self._credit_agreed_fields if name in given]
        if "use_partner_credit_limit" in given and "credit_limit" not in names:
            names.append("credit_limit")
        return names

    def _credit_terms(self, names):
        return {partner.id: {name: partner[name] for name in names} for partner in self.sudo()}

    def _credit_check_unchanged(self, before, names):
        """Raise AccessError if an agreed term differs from before.

        A contact of a customer carries the customer's terms: taking them over is no change.
        """
        for partner in self.sudo():
            old = before.get(partner.id)
            for name in names:
                field = self._fields[name]
                agreed = (
                    old[name] if old else field.get_company_dependent_fallback(partner) or False
                )
                allowed = {agreed or False}
                if partner.commercial_partner_id != partner:
                    allowed.add(partner.commercial_partner_id[name] or False)
                if (partner[name] or False) not in allowed:
                    self._credit_refuse([name])

    @api.model
    def _credit_refuse(self, names):
        labels = [self._fields[name]._description_string(self.env) for name in names]
        raise AccessError(
            self.env._(
                "%(fields)s: what is agreed with a customer changes by an approved credit"
                " request only. Ask for one on the customer's page.",
                fields=", ".join(labels),
            )
        )

    def _credit_forget(self):
        """A contact that becomes a customer of its own starts without agreed terms."""
        for company in self._entity_lenders() if self else ():
            engine(self.sudo().with_company(company)).write(
                dict.fromkeys(self._credit_agreed_fields, False)
            )
