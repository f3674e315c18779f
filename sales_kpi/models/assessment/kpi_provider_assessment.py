# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from collections import defaultdict
from dataclasses import dataclass
from fractions import Fraction

from odoo import api, models
from odoo.tools import SQL, LazyTranslate

from ...tools import Facts, Figure, Provider, to_number
from .kpi_rater_group import ANONYMOUS, LEAST

_lt = LazyTranslate(__name__)


@dataclass(frozen=True)
class Rated:
    """What one group of raters says of one person."""

    group: object
    mean: Fraction | None
    count: int

    @property
    def least(self):
        return max(self.group.least, LEAST if self.group.kind in ANONYMOUS else 1)

    @property
    def counts(self):
        return self.mean is not None and self.count >= self.least


class KpiProvider(models.AbstractModel):
    """Ratings by himself, superior, people, colleagues, customers, human resources (C44)."""

    _inherit = "kpi.provider"

    @api.model
    def _providers(self):
        return {
            **super()._providers(),
            "assessment": Provider(_lt("Ratings"), "mean", ("rater_filter",), personal=True),
        }

    @api.model
    def _provide_assessment(self, indicator, request):
        """The mean of the groups by weight, once the ratings of the period are closed.

        A group with too few answers leaves its weight to the others. Where nobody was asked
        about a person, what human resources have entered by hand counts.
        """
        kinds = indicator._rater_kinds()
        figures = dict(self._provide_manual(indicator, request).figures)
        for key, rated in self._ratings(request).items():
            found = [one for one in rated if one.counts and (not kinds or one.group.kind in kinds)]
            if not kinds:
                found = [one for one in found if one.group.weight]
            weights = {one: to_number(one.group.weight) or Fraction(1) for one in found}
            if kinds and not all(one.group.weight for one in found):
                weights = dict.fromkeys(found, Fraction(1))
            figures.pop(key, None)
            if found:
                figures[key] = Figure.of(
                    sum(one.mean * weights[one] for one in found),
                    sum(weights.values()),
                    sum(one.count for one in found),
                )
        return Facts(figures)

    @api.model
    def _ratings(self, request):
        """``{(user id, period key): [Rated, ...]}`` of periods whose ratings are closed.

        Of a period that was reopened those of the latest revision that has some: raters are not
        asked again because a figure was corrected.
        Three queries, for everybody and all periods.
        """
        for model in ("kpi.cycle", "kpi.rating.request"):
            self.env[model].flush_model()
        answers = defaultdict(dict)
        for user, key, kind, total, count in self.env.execute_query(
            SQL(
                """
                WITH closed AS (%(closed)s)
                SELECT user_id, key, kind, SUM(value), COUNT(value)
                  FROM (SELECT asked.user_id, closed.key, asked.kind, asked.value
                          FROM kpi_rating_request asked JOIN closed ON closed.id = asked.cycle_id
                         WHERE asked.kind NOT IN %(anonymous)s
                        UNION ALL
                        SELECT said.user_id, closed.key, said.kind, said.value
                          FROM kpi_rating_answer said JOIN closed ON closed.id = said.cycle_id
                        UNION ALL
                        SELECT asked.user_id, closed.key, asked.kind, NULL
                          FROM kpi_rating_request asked JOIN closed ON closed.id = asked.cycle_id
                         WHERE asked.kind IN %(anonymous)s) ratings
                 WHERE user_id IN %(users)s
                 GROUP BY user_id, key, kind
                """,
                closed=self._closed_cycles(request),
                users=request.users,
                anonymous=tuple(ANONYMOUS),
            )
        ):
            mean = to_number(total) / count if count else None
            answers[user, key][kind] = (mean, count)
        if not answers:
            return {}
        groups = self._rater_groups(request.company, {user for user, _key in answers}, request)
        return {
            (user, key): [
                Rated(group, *said.get(group.kind, (None, 0))) for group in groups.get(user, ())
            ]
            for (user, key), said in answers.items()
        }

    @api.model
    def _closed_cycles(self, request):
        """The cycle of each period whose ratings count: the latest revision that has some."""
        return SQL(
            """
            SELECT DISTINCT ON (period.key) cycle.id, period.key
              FROM kpi_cycle cycle
              JOIN %(periods)s ON cycle.date_from = period.first AND cycle.date_to = period.last
             WHERE cycle.company_id = %(company)s AND cycle.ratings_closed_at IS NOT NULL
             ORDER BY period.key, cycle.revision DESC
            """,
            periods=request.days(),
            company=request.company.id,
        )

    @api.model
    def _marks(self, request):
        """``{(user id, period key, kind, criterion id): (mean, count)}``, one query."""
        return {
            (user, key, kind, int(criterion)): (to_number(total) / count, count)
            for user, key, kind, criterion, total, count in self.env.execute_query(
                SQL(
                    """
                    WITH closed AS (%(closed)s)
                    SELECT said.user_id, closed.key, said.kind, mark.key, SUM(mark.value::numeric),
                           COUNT(*)
                      FROM (SELECT cycle_id, user_id, kind, marks
                              FROM kpi_rating_request WHERE kind NOT IN %(anonymous)s
                             UNION ALL
                            SELECT cycle_id, user_id, kind, marks FROM kpi_rating_answer) said
                      JOIN closed ON closed.id = said.cycle_id
                     CROSS JOIN LATERAL jsonb_each_text(said.marks) mark
                     WHERE said.user_id IN %(users)s AND jsonb_typeof(said.marks) = 'object'
                     GROUP BY 1, 2, 3, 4
                    """,
                    closed=self._closed_cycles(request),
                    users=request.users,
                    anonymous=tuple(ANONYMOUS),
                )
            )
        }

    @api.model
    def _rater_groups(self, company, user_ids, request):
        """``{user id: [group, ...]}`` of the regulation that held when the period began.

        Of two groups of a kind the one for a role that the person holds comes before the one
        for everybody.
        """
        users = self.env["res.users"].browse(sorted(user_ids))
        policies = self._policies_of(request, users)
        profiles = {
            user: policy.profile_ids[0] for user, policy in policies.items() if policy.profile_ids
        }
        groups = self.env["kpi.rater.group"].sudo().search(
            [("profile_id", "in", list(set(profiles.values())))]
        )
        by_profile = groups.grouped(lambda group: group.profile_id.id)
        teams = self.env["crm.team"].sudo().search([])
        held = {role: role._holders(company, teams) for role in groups.role_id}
        found = {}
        for user in users:
            chosen = {}
            for group in by_profile.get(profiles.get(user.id), ()):
                if group.role_id and user not in held[group.role_id]:
                    continue
                if group.role_id or group.kind not in chosen:
                    chosen[group.kind] = group
            found[user.id] = list(chosen.values())
        return found
