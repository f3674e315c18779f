# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from datetime import time

from odoo import api, models
from odoo.tools import SQL

from odoo.addons.sales_regulation.tools import engine

from ...tools import Period, Request

#: last moment of a day
_END = time(23, 59, 59)


class KpiCycle(models.Model):
    """Who is asked about whom: a constant number of queries, however many people there are."""

    _inherit = "kpi.cycle"

    def _rating_groups(self):
        """``{user id: [rater group, ...]}`` of everybody who has a sheet."""
        self.ensure_one()
        cycle = self.sudo()
        request = Request(
            cycle.company_id, cycle.sheet_ids.user_id.ids, [Period(0, cycle.date_from, cycle.date_to)]
        )
        return self.env["kpi.provider"].sudo()._rater_groups(
            cycle.company_id, request.user_ids, request
        )

    def _rater_groups_of(self, users):
        """``{(user id, kind): raters}`` that the regulations of these people name."""
        self.ensure_one()
        request = Request(self.company_id, users.ids, [Period(0, self.date_from, self.date_to)])
        groups = self.env["kpi.provider"].sudo()._rater_groups(self.company_id, users.ids, request)
        return {(user, group.kind): group for user, found in groups.items() for group in found}

    def _rater_group_of(self, user, kind):
        """The raters of this kind that the regulation of the person names; empty if none."""
        none = self.env["kpi.rater.group"].sudo()
        return self._rater_groups_of(user).get((user.id, kind), none)

    def _rating_dues(self, asked):
        """``{request id: day}``: until when its rater may rate, by the regulation of the person."""
        groups = self._rater_groups_of(asked.user_id)
        named = {one: groups.get((one.user_id.id, one.kind)) for one in asked}
        days = {one.id: (group and group.days) or 5 for one, group in named.items()}
        due = {number: self._rating_day(number) for number in set(days.values())}
        return {one: due[number] for one, number in days.items()}

    def _rating_day(self, days):
        """The n-th working day after the period; of raters who are asked later, after today."""
        due = self._working_day(self.date_to, days)
        today = self.company_id._regulation_today()
        return due if due >= today else self._working_day(today, days)

    def _ask_raters(self):
        """Make the requests of this cycle.

        :return: the requests
        """
        self.ensure_one()
        groups = self._rating_groups()
        raters = {
            "self": {user: [user] for user in groups},
            "superior": self._nearest_superiors(groups),
            "upward": self._reports(groups),
            "peer": self._peers(groups),
            "hr": self._hr_raters(groups),
        }
        customers = self._customers_of(
            {
                user: group.most
                for user, found in groups.items()
                for group in found
                if group.kind == "customer"
            }
        )
        due = {
            days: self._rating_day(days)
            for days in {group.days for found in groups.values() for group in found}
        }
        rows = []
        for user, found in groups.items():
            for group in found:
                who = (
                    [("partner_id", one) for one in customers.get(user, ())]
                    if group.kind == "customer"
                    else [("rater_id", one) for one in raters[group.kind].get(user, ())]
                )
                rows += [
                    {
                        "cycle_id": self.id,
                        "user_id": user,
                        "kind": group.kind,
                        name: rater,
                        "due_on": due[group.days],
                    }
                    for name, rater in who
                ]
        asking = self.env["res.users"].sudo().browse({row.get("rater_id") for row in rows} - {None})
        there = set(asking.filtered("active").ids)  # who has left is rated and does not rate
        rows = [row for row in rows if row.get("rater_id", 0) in there or "partner_id" in row]
        asked = engine(self.env["kpi.rating.request"].sudo()).create(rows)
        return self.env["kpi.rating.request"].browse(asked.ids)

    def _nearest_superiors(self, users):
        """``{user id: [superior]}``: the nearest in the line, else the leader of his team."""
        return {user: [superior] for user, superior in self.sudo()._superiors(set(users)).items()}

    def _reports(self, users):
        """``{user id: [user ids directly below him]}``."""
        return self.sudo()._people_below(set(users))

    def _peers(self, users):
        """``{user id: [user ids of his sales team]}``, without leader."""
        members = self.sudo()._team_members()
        teams = {}
        for user, team in members.items():
            teams.setdefault(team, []).append(user)
        return {
            user: [one for one in teams.get(members.get(user), ()) if one != user] for user in users
        }

    def _hr_raters(self, users):
        """``{user id: [who rates him for human resources]}``."""
        holders = self.env["regulation.role"]._code("hr")._holders(self.company_id)
        return {user: [one.id for one in holders if one.id != user][:1] for user in users}

    @api.model
    def _customers_of(self, most):
        """``{user id: [customers]}``: who has ordered last, at most so many; one query."""
        users = [user for user, number in most.items() if number]
        if not users:
            return {}
        self.env["sale.order.line"].flush_model()
        self.env["sale.order"].flush_model()
        rows = self.env.execute_query(
            SQL(
                """
                SELECT line.credited_user_id, customer.commercial_partner_id
                  FROM sale_order_line line
                  JOIN sale_order sale ON sale.id = line.order_id AND sale.state = 'sale'
                  JOIN res_partner customer ON customer.id = sale.partner_id
                  JOIN res_partner entity
                    ON entity.id = customer.commercial_partner_id AND entity.email IS NOT NULL
                 WHERE line.company_id = %s AND line.credited_user_id IN %s
                   AND line.credited_at <= %s
                 GROUP BY 1, 2
                 ORDER BY 1, MAX(line.credited_at) DESC, 2
                """,
                self.company_id.id,
                tuple(users),
                self.company_id._regulation_utc(self.date_to, _END),
            )
        )
        found = {}
        for user, partner in rows:
            if len(found.setdefault(user, [])) < most[user]:
                found[user].append(partner)
        return found
