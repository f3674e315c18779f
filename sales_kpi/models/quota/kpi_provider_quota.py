# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from collections import defaultdict
from datetime import timedelta
from fractions import Fraction

from odoo import api, models
from odoo.tools import SQL, LazyTranslate

from ...tools import Facts, Figure, Provider

_lt = LazyTranslate(__name__)


class KpiProvider(models.AbstractModel):
    """Quotas of signed contacts: the mean of what was attained of each, at most 100 (C43)."""

    _inherit = "kpi.provider"

    @api.model
    def _providers(self):
        return {**super()._providers(), "quota": Provider(_lt("Activity quotas"), "mean")}

    @api.model
    def _provide_quota(self, indicator, request):
        """A quota is not capped by itself: what was done beyond one makes up for another."""
        figures = {}
        for (user, key), rows in self._quota_results(request).items():
            attained = sum((Fraction(100 * done, owed) for _quota, done, owed in rows if owed), 0)
            number = sum(1 for _quota, _done, owed in rows if owed)
            if number:
                done = sum(done for _quota, done, _owed in rows)
                figures[user, key] = Figure.of(min(attained, 100 * number), number, max(done, 1))
        return Facts(
            figures,
            "sales.contact",
            lambda user, period: [
                *self._contact_domain(request, user, period, ()),
                *self._signed_domain(),
            ],
        )

    @api.model
    def _quota_results(self, request):
        """``{(user id, period key): [(quota, done, owed), ...]}``, in few queries for all.

        ``owed`` is the quota of a day times the working days on which the person held the role,
        without those of his leave.
        """
        roles = self._quota_roles(request)
        rows = self._quota_rows(request, roles)
        if not rows:
            return {}
        leaves = self._leave_days(request, {user for user, *_rest in rows})
        working = request.company._regulation_work_spans(
            min(period.first for period in request.periods),
            max(period.last for period in request.periods),
        )
        spans = {
            period.key: [day for day in working if period.first <= day <= period.last]
            for period in request.periods
        }
        periods = {period.key: period for period in request.periods}
        found = defaultdict(list)
        for user, key, quota, role, daily, done in rows:
            held = [
                (first, last)
                for first, last in roles[user][role]
                if first <= periods[key].last and last >= periods[key].first
            ]
            if not held:
                continue
            days = sum(
                any(first <= day <= last for first, last in held)
                and day not in leaves.get(user, ())
                for day in spans[key]
            )
            found[user, key].append((self.env["kpi.quota"].browse(quota), done, daily * days))
        return found

    @api.model
    def _quota_roles(self, request):
        """``{user id: {role id: [(first, last day), ...]}}`` over all periods, as scores see it."""
        span = self.env["kpi.cycle"].new(
            {
                "company_id": request.company.id,
                "date_from": min(period.first for period in request.periods),
                "date_to": max(period.last for period in request.periods),
            }
        )
        held = span._roles_held()
        return {user: held[user] for user in request.user_ids if user in held}

    @api.model
    def _quota_rows(self, request, roles):
        """``[(user, period, quota, role, a day, done), ...]`` of the roles that people hold."""
        policies = self._policies_of(request, self.env["res.users"].browse(roles))
        holders = [
            SQL("(%s, %s, %s)", user, policy.profile_ids[0], role)
            for user, policy in policies.items()
            if policy.profile_ids
            for role in roles[user]
        ]
        if not holders:
            return []
        for model in ("kpi.quota", "sales.contact"):
            self.env[model].flush_model()
        return self.env.execute_query(
            SQL(
                """
                SELECT person.user_id, period.key, quota.id, quota.role_id, quota.daily,
                       COALESCE((
                           SELECT SUM(contact.quantity) FROM sales_contact contact
                            WHERE contact.user_id = person.user_id
                              AND contact.company_id = %(company)s
                              AND contact.happened_at >= period.first
                              AND contact.happened_at < period.last
                              AND %(signed)s
                              AND (contact.interested OR quota.interested IS NOT TRUE)
                              AND (COALESCE(quota.channel_filter, '') = '' OR contact.channel = ANY(
                                   string_to_array(replace(quota.channel_filter, ' ', ''), ',')))
                       ), 0)
                  FROM (VALUES %(holders)s) AS person(user_id, profile_id, role_id)
                  JOIN kpi_quota quota
                    ON quota.profile_id = person.profile_id AND quota.role_id = person.role_id
                 CROSS JOIN %(periods)s
                 ORDER BY person.user_id, period.key, quota.sequence, quota.id
                """,
                company=request.company.id,
                signed=self._signed_sql(),
                holders=SQL(", ").join(holders),
                periods=request.moments(),
            )
        )

    @api.model
    def _leave_days(self, request, user_ids):
        """``{user id: days of leave}``, from the leaves of his working calendar.

        A day counts as one of leave if the leave covers its noon. Odoo lets everybody enter his
        own: what he has entered or changed himself lowers no quota.
        """
        self.env["resource.calendar.leaves"].flush_model()
        first = min(period.first for period in request.periods)
        last = max(period.last for period in request.periods)
        rows = self.env.execute_query(
            SQL(
                """
                SELECT resource.user_id, away.date_from, away.date_to
                  FROM resource_calendar_leaves away
                  JOIN resource_resource resource ON resource.id = away.resource_id
                 WHERE resource.user_id IN %s AND away.time_type = 'leave'
                   AND away.create_uid IS DISTINCT FROM resource.user_id
                   AND away.write_uid IS DISTINCT FROM resource.user_id
                   AND away.date_to >= %s AND away.date_from < %s
                """,
                tuple(user_ids),
                first - timedelta(days=1),
                last + timedelta(days=2),
            )
        )
        leaves = defaultdict(set)
        local = request.company._regulation_local
        for user, start, end in rows:
            start, end = local(start), local(end)
            day = start.date() if start.hour < 12 else start.date() + timedelta(days=1)
            while day < end.date() or (day == end.date() and end.hour >= 12):
                leaves[user].add(day)
                day += timedelta(days=1)
        return leaves
