# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from collections import defaultdict
from dataclasses import dataclass
from decimal import Decimal

from odoo import Command, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL

from odoo.addons.sales_regulation.tools import engine, period_of, shares

from ...tools import Period, Request, half_up, to_number

#: states of a sheet whose lines are settled
SETTLED = ("submitted", "approved", "paid")


@dataclass(frozen=True)
class Payee:
    """Somebody with the sheet whose score is his: his own, or that of his unit."""

    user: object
    sheet: object
    team_id: int


def _key(row):
    """As ``kpi.bonus.line._key``, of the values of a line."""
    names = ("scheme_id", "user_id", "period_from")
    return *(row[name] for name in names), row.get("commission_id", False)


class KpiBonusSheet(models.Model):
    """How the lines of a bonus sheet are computed: a few queries, however many people (C45)."""

    _inherit = "kpi.bonus.sheet"

    def _compute_lines(self):
        """Compute this sheet anew. Called as superuser, under the lock of the company."""
        self.ensure_one()
        cycle = self._locked_scores(self.date_from)
        rows, pool = self._period_rows(self.date_from, cycle)
        for row in rows:
            row["counts_in_cap"] = row.pop("in_cap")
        # A sheet that came back may find that a later one has settled a correction
        self._settle(
            rows,
            self._sums(
                self._settled_lines(
                    [("commission_id", "=", False), ("period_from", "=", self.date_from)]
                )
            ),
        )
        rows += self._revised_rows()
        rows += self._commission_rows()
        self._hold(rows)
        rows += self._released_rows()
        self._finish(rows)
        kept = {
            (line._key(), line.late_reason): (line.computed, line.adjustment, line.adjust_reason)
            for line in self.line_ids
            if line.adjustment
        }
        engine(self.line_ids).unlink()
        lines = engine(self.env["kpi.bonus.line"]).create(rows)
        for line in lines:
            before = kept.get((line._key(), line.late_reason))
            if before and before[0] == line.computed:
                line.write({"adjustment": before[1], "adjust_reason": before[2]})
        engine(self).write(
            {
                "cycle_id": cycle.id,
                "pool_amount": float(pool),
                "computed_at": fields.Datetime.now(),
            }
        )

    # === SCORES === #

    def _locked_scores(self, first):
        """The latest revision of the scores of a period, which has to be locked.

        Empty where the regulation pays commission only.

        :raise UserError: if scores are needed and are not locked
        """
        cycle = self.env["kpi.cycle"].search(
            [
                ("company_id", "=", self.company_id.id),
                ("frequency", "=", self.frequency),
                ("date_from", "=", first),
                ("is_latest", "=", True),
            ]
        )
        if cycle.state == "locked":
            return cycle
        profiles = self._profiles()
        schemes = self.env["kpi.bonus.scheme"]._of_profiles(profiles, self.frequency)
        if schemes.filtered(lambda scheme: scheme.mode != "commission"):
            raise UserError(
                self.env._(
                    "The scores of %(company)s from %(day)s are not locked: a bonus rests on locked"
                    " scores only.",
                    company=self.company_id.name,
                    day=f"{first:%Y-%m-%d}",
                )
            )
        return cycle.browse()

    def _profiles(self):
        """The regulations of the company that are in force."""
        return (
            self.env["regulation.profile.assignment"]
            .search(
                [
                    ("company_id", "in", self.company_id.parent_ids.ids),
                    ("profile_id.state", "in", ("trial", "active")),
                ]
            )
            .profile_id
        )

    def _period_rows(self, first, cycle):
        """What everybody gets of pools and individual bonuses of a period, as known now.

        :return: ``([values of a line], sum of the pools)``
        """
        if not cycle:
            return [], Decimal(0)
        sheets = cycle.sheet_ids
        schemes = self.env["kpi.bonus.scheme"]._of_profiles(
            sheets.scheme_id.profile_id, self.frequency
        )
        held = cycle._roles_held() if schemes.role_id else {}
        teams = cycle._team_members()
        everybody = [
            Payee(
                user,
                sheet,
                teams.get(user.id, False) if sheet.unit == "department" else sheet.team_id.id,
            )
            for user, sheet in sheets._people_scored()
        ]
        sales, under = {}, {}
        several = len(schemes.filtered(lambda scheme: scheme.mode == "pool").profile_id) > 1
        rows, pools = [], Decimal(0)
        for scheme in schemes:
            people = [
                one
                for one in everybody
                if one.sheet.scheme_id.profile_id == scheme.profile_id
                and (not scheme.role_id or scheme.role_id.id in held.get(one.user.id, ()))
            ]
            if scheme.mode == "individual":
                rows += self._individual_rows(scheme, people)
            elif scheme.mode == "pool":
                if scheme.basis not in sales:
                    sales[scheme.basis] = self._sales(cycle, scheme.basis)
                    if several:
                        under |= self._regulations_of(cycle, everybody, sales[scheme.basis])
                sold = {
                    user: amount
                    for user, amount in sales[scheme.basis].items()
                    if not several or under.get(user) == scheme.profile_id
                }
                found, pool = self._pool_rows(scheme, people, everybody, sold)
                rows += found
                pools += pool
        for row in rows:
            row.update(period_from=first)
        return rows, pools

    def _sales(self, cycle, basis):
        """``{user id: untaxed sales of the period}`` of everybody to whom one was credited."""
        users = (
            self.env["res.users"]
            .with_context(active_test=False)
            .search([("share", "=", False), ("company_ids", "in", self.company_id.ids)])
        )
        request = Request(
            self.company_id, users.ids, [Period(0, cycle.date_from, cycle.date_to)]
        )
        indicator = self.env["kpi.indicator"].new(
            {"provider": "sales", "basis": basis, "tax": "untaxed", "customers": "all"}
        )
        facts = self.env["kpi.provider"]._provide_sales(indicator, request)
        return {user: figure.numerator for (user, _period), figure in facts.figures.items()}

    def _regulations_of(self, cycle, everybody, sellers):
        """``{user id: his regulation}``: where several pay pools, a sale is in those of one."""
        return {
            **{user: found[0].profile_id for user, found in cycle._schemes_of(sellers).items()},
            **{one.user.id: one.sheet.scheme_id.profile_id for one in everybody},
        }

    # === POOL AND INDIVIDUAL === #

    def _pool_rows(self, scheme, people, everybody, sales):
        """One pool, or one for each team, divided among the people of a scheme."""
        if scheme.pool_of == "team":
            parts = [
                (
                    [one for one in people if one.team_id == team],
                    [one.user.id for one in everybody if one.team_id == team],
                )
                for team in dict.fromkeys(one.team_id for one in people)
            ]
        else:
            parts = [(people, list(sales))] if people else []
        rows, pools = [], Decimal(0)
        digits = self.currency_id.decimal_places
        for members, sellers in parts:
            base = sum((sales.get(user, 0) for user in sellers), to_number(0))
            pool = half_up(max(base, 0) * to_number(scheme.percent) / 100, digits)
            pools += pool
            rows += self._shares(scheme, members, pool, sales)
        return rows, pools

    def _shares(self, scheme, members, pool, sales):
        """A pool to the last cent: the largest remainders first, ties by employee."""
        employees = dict(
            self.env["hr.employee"]
            .with_context(active_test=False)
            ._read_group(
                [
                    ("user_id", "in", [one.user.id for one in members]),
                    ("company_id", "=", self.company_id.id),
                ],
                ["user_id"],
                ["id:min"],
            )
        )
        members = sorted(members, key=lambda one: (employees.get(one.user, 0), one.user.id))
        weights = []
        for one in members:
            score = half_up(one.sheet.score) if one.sheet.has_score else Decimal(0)
            if scheme.distribution == "sales_score":
                sold = half_up(max(sales.get(one.user.id, 0), 0))
                score = sold * score / 100
            weights.append(max(score, Decimal(0)))
        total = sum(weights)
        amounts = (
            shares(pool, weights, self.currency_id.decimal_places)
            if total
            else [0.0] * len(members)
        )
        return [
            {
                **self._prepare_row(scheme, one),
                "score": one.sheet.score,
                "sales": float(half_up(sales.get(one.user.id, 0))),
                "weight": float(weight),
                "weight_total": float(total),
                "pool_amount": float(pool),
                "due": amount,
            }
            for one, weight, amount in zip(members, weights, amounts, strict=True)
        ]

    def _individual_rows(self, scheme, people):
        """The base amount by the percent attained, as printed on the locked sheet."""
        lines = [
            (one, line)
            for one in people
            for line in one.sheet.line_ids
            if line.indicator_id == scheme.indicator_id and line.status in ("ok", "shown")
        ]
        digits = self.currency_id.decimal_places
        rows = []
        for one, line in lines:
            if not (line.target or line.is_confidential):
                continue  # without a target nothing is attained
            attained = max(to_number(line.attained), to_number(0))
            counted = min(attained, to_number(scheme.cap)) if scheme.cap else attained
            if attained < to_number(scheme.least):
                counted = to_number(0)
            rows.append(
                {
                    **self._prepare_row(scheme, one),
                    "attained": line.attained,
                    "score": line.sheet_id.score,
                    "due": float(half_up(to_number(scheme.base_amount) * counted / 100, digits)),
                }
            )
        return rows

    def _prepare_row(self, scheme, payee):
        return {
            "scheme_id": scheme.id,
            "in_cap": scheme.in_cap,
            "user_id": payee.user.id,
            "team_id": payee.team_id,
            "score_sheet_id": payee.sheet.id,
        }

    # === WHAT IS LATE === #

    def _settled_lines(self, domain=()):
        """Lines of sheets that were handed in, without what was only released."""
        return self.env["kpi.bonus.line"].search(
            [
                ("company_id", "=", self.company_id.id),
                ("sheet_id.frequency", "=", self.frequency),
                ("sheet_id", "!=", self.id),
                ("state", "in", SETTLED),
                ("origin_id", "=", False),
                *domain,
            ]
        )

    def _settle(self, rows, settled):
        """Take off what was settled before: ``settled`` is ``{key: amount}``."""
        for row in rows:
            key = _key(row)
            row["settled"] = settled.get(key, 0.0)
            row["computed"] = self.currency_id.round(row["due"] - row["settled"])

    def _sums(self, lines):
        sums = defaultdict(float)
        for line in lines:
            sums[line._key()] += line.computed
        return sums

    def _revised_rows(self):
        """Periods whose scores were corrected after their bonus was settled."""
        lines = self._settled_lines(
            [("commission_id", "=", False), ("period_from", "<", self.date_from)]
        )
        rows = []
        for first, of_period in lines.grouped("period_from").items():
            used = of_period.score_sheet_id.cycle_id
            latest = self.env["kpi.cycle"].search(
                [
                    ("company_id", "=", self.company_id.id),
                    ("frequency", "=", self.frequency),
                    ("date_from", "=", first),
                    ("state", "=", "locked"),
                    ("is_latest", "=", True),
                ]
            )
            if not latest or latest in used:
                continue
            found, _pool = self._period_rows(first, latest)
            settled = self._sums(of_period)
            present = {_key(row) for row in found}
            by_key = {line._key(): line for line in of_period}
            for key in settled.keys() - present:
                line = by_key[key]
                gone = self._prepare_row(
                    line.scheme_id, Payee(line.user_id, line.score_sheet_id, line.team_id.id)
                )
                found.append({**gone, "period_from": first, "due": 0.0})
            for row in found:
                row.pop("in_cap")
                row["late_reason"] = "revision"
            self._settle(found, settled)
            rows += [row for row in found if row["computed"]]
        return rows

    def _commission_rows(self):
        """What commissions are worth beyond what was settled, in one list for everybody."""
        commissions = engine(self.env["kpi.commission"]).search(
            [
                ("company_id", "=", self.company_id.id),
                ("scheme_id.frequency", "=", self.frequency),
                ("entitled_on", "<=", self.date_to),
            ]
        )
        self.env["kpi.commission"]._follow(
            commissions.order_id.filtered(lambda order: order.state == "sale")
        )
        settled = self._sums(self._settled_lines([("commission_id", "!=", False)]))
        known = {key[3] for key in settled}
        teams = self.env["kpi.cycle"]._teams_of(self.company_id) if commissions else {}
        rows = []
        for one in commissions:
            late = False
            if one.id in known:
                late = {"lost": "cancelled", "unpaid": "unpaid"}.get(one.state, "changed")
            elif one.entitled_on < self.date_from:
                late = "late"
            row = {
                "scheme_id": one.scheme_id.id,
                "user_id": one.user_id.id,
                "team_id": teams.get(one.user_id.id, False),
                "commission_id": one.id,
                "period_from": one.entitled_on.replace(day=1),
                "sales": one.base_amount,
                "due": one.amount,
                "late_reason": late,
                "counts_in_cap": one.scheme_id.in_cap and not late,
            }
            rows.append(row)
        self._settle(rows, settled)
        return [row for row in rows if row["computed"]]

    # === HELD UNTIL COLLECTED === #

    def _hold(self, rows):
        """Mark what is not paid before the customers have paid."""
        Scheme = self.env["kpi.bonus.scheme"]
        holding = [row for row in rows if Scheme.browse(row["scheme_id"]).hold]
        if not holding:
            return
        waiting = {line._key() for line in self._held_lines()}
        uncollected = self._uncollected_keys(
            [_key(row) for row in holding]
        )
        for row in holding:
            key = _key(row)
            row["held"] = key in uncollected and (row["computed"] > 0 or key in waiting)

    def _held_lines(self):
        """Held lines of earlier sheets that no sheet has released."""
        lines = self._settled_lines([("held", "=", True)])
        released = (
            self.env["kpi.bonus.line"]
            .search([("origin_id", "in", lines.ids), ("state", "in", SETTLED)])
            .origin_id
        )
        return lines - released

    def _released_rows(self):
        """What was held and may be paid now."""
        lines = self._held_lines()
        uncollected = self._uncollected_keys([line._key() for line in lines])
        return [
            {
                "scheme_id": line.scheme_id.id,
                "user_id": line.user_id.id,
                "team_id": line.team_id.id,
                "score_sheet_id": line.score_sheet_id.id,
                "commission_id": line.commission_id.id,
                "period_from": line.period_from,
                "origin_id": line.id,
                "late_reason": "collected",
                **{
                    name: line[name]
                    for name in ("score", "sales", "attained", "weight", "weight_total")
                },
                "pool_amount": line.pool_amount,
                "due": line.amount,
                "settled": 0.0,
                "computed": line.amount,
            }
            for line in lines
            if line._key() not in uncollected
        ]

    def _uncollected_keys(self, keys):
        """Those of these keys whose customers have not paid everything."""
        commissions = self.env["kpi.commission"].browse([key[3] for key in keys if key[3]])
        unpaid = set(commissions._uncollected().ids)
        found = {key for key in keys if key[3] in unpaid}
        Scheme = self.env["kpi.bonus.scheme"]
        by_period = defaultdict(set)
        for key in keys:
            if not key[3]:
                by_period[Scheme.browse(key[0]).basis, key[2]].add(key)
        for (basis, first), of_period in by_period.items():
            users = self._debtors(basis, first, {key[1] for key in of_period})
            found |= {key for key in of_period if key[1] in users}
        return found

    def _debtors(self, basis, first, users):
        """Those of these people whose sales of a period are not paid in full; few queries.

        Paid is what finance has confirmed, whatever an invoice says of itself.
        """
        if basis == "collected":
            return set()
        last = period_of(self.frequency, first)[1]
        if basis == "invoiced":
            return self._invoice_debtors(first, last, users)
        request = Request(self.company_id, users, [Period(0, first, last)])
        begin, end = request.bounds(request.periods[0])
        lines = self.env["sale.order.line"]._read_group(
            [
                ("company_id", "=", self.company_id.id),
                ("credited_user_id", "in", list(users)),
                ("credited_at", ">=", begin),
                ("credited_at", "<", end),
                ("state", "=", "sale"),
            ],
            ["credited_user_id"],
            ["order_id:recordset"],
        )
        orders = self.env["sale.order"].union(*(found for _user, found in lines))
        paid = orders._regulation_paid()
        short = {
            order.id
            for order in orders
            if order.currency_id.compare_amounts(paid.get(order.id, 0.0), order.amount_total) < 0
        }
        return {user.id for user, found in lines if short.intersection(found.ids)}

    def _invoice_debtors(self, first, last, users):
        """Those of these people some of whose orders invoiced in these days is not paid.

        Money settles the oldest invoice first: an order has to have what was invoiced until the
        last day, less what was credited of it since. An invoice that was credited in whole was
        never collected, unless it was before the period had ended: then it is in no pool.
        """
        self.env["kpi.provider"]._flush_invoices()
        self.env["account.move"].flush_model()
        self.env["sale.order"].flush_model(["currency_id", "currency_rate"])
        rows = self.env.execute_query(
            SQL(
                """
                WITH mine AS (
                    SELECT DISTINCT item.credited_user_id AS user_id, line.order_id
                      FROM account_move_line item
                      JOIN account_move move ON move.id = item.move_id
                      JOIN sale_order_line_invoice_rel rel ON rel.invoice_line_id = item.id
                      JOIN sale_order_line line ON line.id = rel.order_line_id
                     WHERE item.company_id = %(company)s AND item.credited_user_id IN %(users)s
                       AND item.invoice_date BETWEEN %(first)s AND %(last)s
                       AND item.parent_state = 'posted' AND move.move_type = 'out_invoice'
                ), item AS (
                    SELECT DISTINCT line.order_id, item.id, item.move_id, item.price_total
                      FROM sale_order_line line
                      JOIN sale_order_line_invoice_rel rel ON rel.order_line_id = line.id
                      JOIN account_move_line item ON item.id = rel.invoice_line_id
                     WHERE line.order_id IN (SELECT order_id FROM mine)
                       AND item.parent_state = 'posted'
                ), part AS (
                    SELECT order_id, move_id, SUM(price_total) AS total
                      FROM item GROUP BY order_id, move_id
                ), whole AS (
                    SELECT move_id, SUM(price_total) AS total
                      FROM account_move_line
                     WHERE move_id IN (SELECT move_id FROM part) AND display_type = 'product'
                     GROUP BY move_id
                ), claim AS (
                    SELECT part.order_id, move.invoice_date AS day,
                           COALESCE(reversed.invoice_date, move.invoice_date) AS of_day,
                           CASE WHEN move.move_type = 'out_refund' THEN -1 ELSE 1 END
                               * CASE WHEN move.currency_id = sale.currency_id
                                      THEN move.amount_total
                                      ELSE ABS(move.amount_total_signed) * sale.currency_rate END
                               * part.total / NULLIF(whole.total, 0) AS amount
                      FROM part
                      JOIN sale_order sale ON sale.id = part.order_id
                      JOIN whole ON whole.move_id = part.move_id
                      JOIN account_move move ON move.id = part.move_id
                       AND move.move_type IN ('out_invoice', 'out_refund')
                      LEFT JOIN account_move reversed ON reversed.id = move.reversed_entry_id
                ), owed AS (
                    SELECT order_id, SUM(amount) AS now,
                           SUM(amount) FILTER (WHERE day <= %(last)s) AS at_end
                      FROM claim WHERE of_day <= %(last)s GROUP BY order_id
                )
                SELECT mine.user_id, mine.order_id, owed.now, owed.at_end
                  FROM mine JOIN owed ON owed.order_id = mine.order_id
                """,
                company=self.company_id.id,
                users=tuple(users),
                first=first,
                last=last,
            )
        )
        orders = self.env["sale.order"].browse({order for _user, order, *_owed in rows})
        paid = orders._regulation_paid()
        found = set()
        for user, order, now, at_end in rows:
            currency = orders.browse(order).currency_id
            # Of an invoice for several orders each has its part: a cent is rounding
            short = currency.compare_amounts(paid[order] + currency.rounding, now or 0) < 0
            gone = currency.compare_amounts(paid[order], 0) <= 0
            if short or (gone and currency.compare_amounts(at_end or 0, 0) > 0):
                found.add(user)
        return found

    # === THE ROWS === #

    def _finish(self, rows):
        """What every line has: its sheet, and who may see it by the regulation that pays it."""
        schemes = self.env["kpi.bonus.scheme"].browse({row["scheme_id"] for row in rows})
        shown = set(schemes.filtered("profile_id.bonus_leaders_see").ids)
        seen = {row["user_id"]: row.get("team_id") for row in rows if row["scheme_id"] in shown}
        viewers = self.env["kpi.cycle"]._viewers_of(self.company_id, seen) if seen else {}
        for row in rows:
            above = viewers.get(row["user_id"], ()) if row["scheme_id"] in shown else ()
            row.update(sheet_id=self.id, viewer_ids=[Command.set(sorted(above))])
