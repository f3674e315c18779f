# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import api, fields, models, tools
from odoo.tools import SQL, format_date

from odoo.addons.sales_regulation.tools import engine

from ...tools import Period, Request, half_up, plain, to_number


class KpiCommission(models.Model):
    """The right of one person to commission on one order (C45, S4-090, S4-096, S4-097).

    It begins when the deposit is confirmed, in the name of whom the sale is credited to, and is
    independent of what the sale counts in scores. A bonus sheet pays what it is worth beyond what
    earlier sheets have settled.
    """

    _name = "kpi.commission"
    _description = "Commission"
    _inherit = ["regulation.sealed", "regulation.protected"]
    _order = "entitled_on desc, id desc"
    _rec_name = "order_id"

    _append_only = True

    _order_uniq = models.Constraint(
        "UNIQUE(order_id, user_id, scheme_id)", "A person has one commission on an order."
    )

    order_id = fields.Many2one(
        comodel_name="sale.order",
        string="Sales Order",
        required=True,
        readonly=True,
        ondelete="restrict",
        index=True,
    )
    order_name = fields.Char(
        string="Order", readonly=True, help="For whom may not open the order any more."
    )
    user_id = fields.Many2one(
        comodel_name="res.users",
        string="Person",
        required=True,
        readonly=True,
        ondelete="restrict",
        index=True,
    )
    company_id = fields.Many2one(
        comodel_name="res.company", required=True, readonly=True, ondelete="restrict", index=True
    )
    currency_id = fields.Many2one(related="company_id.currency_id")
    scheme_id = fields.Many2one(
        comodel_name="kpi.bonus.scheme",
        required=True,
        readonly=True,
        ondelete="restrict",
        index=True,
    )
    base_amount = fields.Monetary(
        string="Contract Amount",
        readonly=True,
        help="Untaxed, of the lines credited to the person, at the rate of the order.",
    )
    percent = fields.Float(digits=(16, 4), readonly=True, aggregator=None)
    amount = fields.Monetary(string="Commission", readonly=True, help="What it is worth now.")
    entitled_on = fields.Date(readonly=True, index=True, help="In the company's time zone.")
    changed_on = fields.Date(string="Ended on", readonly=True)
    state = fields.Selection(
        selection=[
            ("entitled", "Entitled"),
            ("kept", "Kept after cancellation"),
            ("unpaid", "Deposit paid back"),
            ("lost", "Cancelled"),
        ],
        readonly=True,
        index=True,
    )
    explanation = fields.Char(compute="_compute_explanation")

    # === COMPUTE METHODS === #

    @api.depends("base_amount", "percent", "amount", "state", "entitled_on", "changed_on")
    @api.depends_context("lang")
    def _compute_explanation(self):
        for one in self:
            money = one.currency_id.format
            text = self.env._(
                "%(percent)s %% of %(base)s untaxed, entitled on %(day)s: %(amount)s",
                percent=plain(one.percent, digits=4),
                base=money(one.base_amount),
                day=format_date(self.env, one.entitled_on),
                amount=money(one.amount),
            )
            reason = one._ended_text()
            one.explanation = f"{text}. {reason}" if reason else text

    def _ended_text(self):
        """Why it is worth nothing any more, or something all the same."""
        day = format_date(self.env, self.changed_on) if self.changed_on else ""
        return {
            "kept": self.env._("The order was cancelled on %s: commission is kept.", day),
            "lost": self.env._("The order was cancelled on %s.", day),
            "unpaid": self.env._("The deposit was paid back on %s.", day),
        }.get(self.state, "")

    # === ACTION METHODS === #

    def action_open_order(self):
        """Open the order, as far as the reader may see it."""
        self.ensure_one()
        self.check_access("read")
        return {
            "type": "ir.actions.act_window",
            "res_model": "sale.order",
            "res_id": self.sudo().order_id.id,
            "views": [(False, "form")],
        }

    # === ENTITLEMENT === #

    @api.model
    def _follow(self, orders):
        """Orders were confirmed, paid, changed or cancelled: whose commission begins or ends.

        A constant number of queries for all of them; none where no regulation knows commission.
        """
        regulated = self.env["regulation.profile"]._regulated_companies()
        if not regulated:
            return
        companies = regulated & self._companies_of_commission()
        orders = orders.sudo().filtered(lambda order: order.company_id.id in companies)
        orders = self._concerned(orders)
        if not orders:
            return
        commissions = engine(self.sudo())
        amounts = commissions._amounts(orders)
        known = {
            (one.order_id, one.user_id.id): one
            for one in commissions.search([("order_id", "in", orders.ids)])
        }
        paid = orders._regulation_paid()
        schemes = commissions._schemes_for(orders, amounts, known)
        for key, commission in known.items():
            commission._revalue(amounts.get(key, to_number(0)), paid)
        rows = [
            self._prepare_commission(order, user, scheme, amounts[order, user])
            for (order, user), scheme in schemes.items()
            if order.state == "sale" and self._deposited(order, scheme, paid)
        ]
        for created in commissions.create(rows):
            self.env["regulation.register"]._record(
                "commission_entitled",
                created.order_id,
                code=f"commission {created.user_id.id}",
                amount=created.amount,
                currency_id=created.currency_id.id,
            )

    @api.model
    def _concerned(self, orders):
        """Those with confirmed money or a right: of the others nothing begins or ends."""
        if not orders.ids:
            return orders.browse()
        self.env["sale.payment.allocation"].flush_model(["order_id", "state"])
        self.flush_model(["order_id"])
        rows = self.env.execute_query(
            SQL(
                """
                SELECT order_id FROM sale_payment_allocation
                 WHERE order_id IN %(orders)s AND state = 'confirmed'
                 UNION
                SELECT order_id FROM kpi_commission WHERE order_id IN %(orders)s
                """,
                orders=orders._ids,
            )
        )
        ids = {order_id for (order_id,) in rows}
        return orders.filtered(lambda order: order.id in ids)

    @api.model
    @tools.ormcache(cache="stable")
    def _companies_of_commission(self):
        """Ids of the companies in which some regulation, in force or not any more, knows it."""
        schemes = (
            self.env["kpi.bonus.scheme"]
            .sudo()
            .search([("mode", "=", "commission"), ("profile_id.is_template", "=", False)])
        )
        companies = schemes.profile_id.assignment_ids.company_id
        return frozenset(
            self.env["res.company"].sudo().search([("id", "child_of", companies.ids)]).ids
        )

    @api.model
    def _deposited(self, order, scheme, paid):
        """Is the deposit there?"""
        got = paid.get(order.id, 0.0)
        needed = order.amount_total * scheme.deposit_percent / 100
        compare = order.currency_id.compare_amounts
        return compare(got, 0) > 0 and compare(got, needed) >= 0

    @api.model
    def _amounts(self, orders):
        """``{(order, user id): untaxed amount credited to him, in company currency}``."""
        orders.order_line.flush_recordset(["price_subtotal", "credited_user_id"])
        orders.flush_recordset(["currency_rate"])
        rows = self.env.execute_query(
            SQL(
                """
                SELECT line.order_id, line.credited_user_id,
                       SUM(line.price_subtotal / COALESCE(NULLIF(sale.currency_rate, 0), 1))
                  FROM sale_order_line line
                  JOIN sale_order sale ON sale.id = line.order_id
                 WHERE line.order_id IN %s AND line.credited_user_id IS NOT NULL
                   AND line.display_type IS NULL AND line.is_downpayment IS NOT TRUE
                 GROUP BY line.order_id, line.credited_user_id
                """,
                orders._ids,
            )
        )
        return {(orders.browse(order), user): to_number(amount) for order, user, amount in rows}

    @api.model
    def _schemes_for(self, orders, amounts, known, day=None):
        """``{(order, user id): the first scheme of his regulation that fits}``.

        :param day: of whose regulation; today if not given
        """
        Profile = self.env["regulation.profile"].sudo()
        no_team = self.env["crm.team"]
        subjects = {
            key: (key[0].company_id, self.env["res.users"].browse(key[1]), no_team)
            for key in amounts
            if key not in known
        }
        if not subjects:
            return {}
        profiles = {
            key: policy.profile_ids[0]
            for key, policy in Profile._resolve(subjects, day=day).items()
            if policy.profile_ids
        }
        schemes = (
            self.env["kpi.bonus.scheme"]
            .sudo()
            .search([("mode", "=", "commission"), ("profile_id", "in", list(profiles.values()))])
        )
        found = {}
        for key, profile in profiles.items():
            for scheme in schemes.filtered(lambda one, of=profile: one.profile_id.id == of):
                role = scheme.role_id
                if not role or role._held_by(subjects[key][1], subjects[key][0]):
                    found[key] = scheme
                    break
        return found

    @api.model
    def _prepare_commission(self, order, user, scheme, base):
        company = order.company_id
        return {
            "order_id": order.id,
            "order_name": order.name,
            "user_id": user,
            "company_id": company.id,
            "scheme_id": scheme.id,
            "base_amount": float(half_up(base, company.currency_id.decimal_places)),
            "percent": scheme.percent,
            "amount": self._worth(base, scheme.percent, company.currency_id),
            "entitled_on": company._regulation_today(),
            "state": "entitled",
        }

    @api.model
    def _worth(self, base, percent, currency):
        return float(half_up(base * to_number(percent) / 100, currency.decimal_places))

    def _revalue(self, base, paid):
        """What it is worth now that its order was changed, cancelled, or its deposit lost."""
        order, scheme = self.order_id, self.scheme_id
        state = "entitled"
        if order.state != "sale":
            state = "kept" if scheme.keep_cancelled else "lost"
            base = to_number(self.base_amount)  # of the contract, whatever became of its lines
        elif not scheme.keep_cancelled and not self._deposited(order, scheme, paid):
            state = "unpaid"
        gone = state in ("lost", "unpaid")
        values = {
            "state": state,
            "base_amount": float(half_up(base, self.currency_id.decimal_places)),
            "amount": 0.0 if gone else self._worth(base, self.percent, self.currency_id),
        }
        if all(self[name] == value for name, value in values.items()):
            return
        values["changed_on"] = state != "entitled" and self.company_id._regulation_today()
        self.write(values)
        self.env["regulation.register"]._record(
            "commission_changed",
            order,
            code=f"commission {self.user_id.id} {state}",
            amount=self.amount,
            currency_id=self.currency_id.id,
        )

    # === TRIED === #

    @api.model
    def _tried(self, company, frequency, first, last, day):
        """What rights that begin in these days would be worth by the schemes as they are now.

        Who is entitled, since when and to how much is found anew from confirmed money: a trial
        has exchanged the schemes, and rights that were given follow those of their time. A
        constant number of queries.

        :param day: the day whose regulations judge the period
        :return: ``{(user id, regulation): amount}`` in company currency
        """
        request = Request(company, (), [Period(0, first, last)])
        begin, end = request.bounds(request.periods[0])
        self.env["sale.payment.allocation"].flush_model()
        self.env["sale.order.line"].flush_model(["order_id", "company_id", "credited_at"])
        rows = self.env.execute_query(
            SQL(
                """
                WITH money AS (
                    SELECT order_id, confirmed_at, order_amount, id
                      FROM sale_payment_allocation
                     WHERE company_id = %(company)s AND state = 'confirmed'
                       AND confirmed_at < %(end)s
                ), credit AS (
                    SELECT order_id, MIN(credited_at) AS moment
                      FROM sale_order_line
                     WHERE order_id IN (SELECT order_id FROM money) AND credited_at IS NOT NULL
                     GROUP BY order_id
                ), now AS (
                    SELECT credit.order_id, credit.moment
                      FROM credit JOIN money ON money.order_id = credit.order_id
                     GROUP BY credit.order_id, credit.moment
                    HAVING GREATEST(credit.moment, MAX(money.confirmed_at)) >= %(begin)s
                       AND credit.moment < %(end)s
                )
                SELECT money.order_id, GREATEST(now.moment, money.confirmed_at), money.order_amount
                  FROM money JOIN now ON now.order_id = money.order_id
                 ORDER BY money.confirmed_at, money.id
                """,
                company=company.id,
                begin=begin,
                end=end,
            )
        )
        payments = {}
        for order, moment, amount in rows:
            payments.setdefault(order, []).append((moment, float(amount or 0)))
        if not payments:
            return {}
        orders = self.env["sale.order"].sudo().browse(payments)
        amounts = self._amounts(orders)
        ended = [("order_id", "in", orders.ids), ("state", "!=", "entitled")]
        for one in self.sudo().search(ended):
            if one.order_id.state != "sale":  # of the contract, whatever became of its lines
                amounts[one.order_id, one.user_id.id] = to_number(one.base_amount)
        paid = orders._regulation_paid()
        found = {}
        for (order, user), scheme in self._schemes_for(orders, amounts, {}, day=day).items():
            moment = self._deposited_at(order, scheme, payments[order.id])
            if scheme.frequency != frequency or not moment or not begin <= moment < end:
                continue
            held = order.state == "sale" and self._deposited(order, scheme, paid)
            if held or scheme.keep_cancelled:
                worth = self._worth(amounts[order, user], scheme.percent, company.currency_id)
                key = user, scheme.profile_id
                found[key] = found.get(key, 0.0) + worth
        return found

    @api.model
    def _deposited_at(self, order, scheme, payments):
        """Since when the deposit was there: ``payments`` are (moment, amount) in their order."""
        got = 0.0
        for moment, amount in payments:
            got += amount
            if self._deposited(order, scheme, {order.id: got}):
                return moment
        return None

    # === COLLECTED === #

    def _uncollected(self):
        """Those whose order is not paid in full."""
        orders = self.order_id
        paid = orders._regulation_paid()
        short = {
            order
            for order in orders
            if order.currency_id.compare_amounts(paid.get(order.id, 0.0), order.amount_total) < 0
        }
        return self.filtered(lambda one: one.order_id in short)
