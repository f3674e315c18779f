# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from datetime import timedelta

from odoo import api, models
from odoo.tools import SQL, LazyTranslate

from ...tools import Facts, Figure, Provider

_lt = LazyTranslate(__name__)


class KpiProvider(models.AbstractModel):
    """How well a team works: opportunities won of those decided, and its days of work (C49)."""

    _inherit = "kpi.provider"

    @api.model
    def _providers(self):
        return {
            **super()._providers(),
            "closing": Provider(_lt("Opportunities won"), "ratio"),
            "rep_days": Provider(_lt("Working days")),
        }

    @api.model
    def _provide_closing(self, indicator, request):
        """Opportunities won, in percent of those won or lost in the period, by salesperson."""
        self.env["crm.lead"].flush_model()
        return Facts(
            self._figures(
                SQL(
                    """
                    SELECT lead.user_id, period.key,
                           COUNT(*) FILTER (WHERE lead.won_status = 'won'), COUNT(*), COUNT(*)
                      FROM crm_lead lead
                      JOIN %(periods)s
                        ON lead.date_closed >= period.first AND lead.date_closed < period.last
                     WHERE lead.type = 'opportunity' AND lead.won_status IN ('won', 'lost')
                       AND (lead.company_id = %(company)s OR lead.company_id IS NULL)
                       AND lead.user_id IN %(users)s
                     GROUP BY lead.user_id, period.key
                    """,
                    periods=request.moments(),
                    company=request.company.id,
                    users=request.users,
                )
            ),
            "crm.lead",
            lambda user, period: [
                ("type", "=", "opportunity"),
                ("active", "in", [True, False]),
                ("won_status", "in", ["won", "lost"]),
                ("company_id", "in", [request.company.id, False]),
                ("user_id", "=", user),
                ("date_closed", ">=", request.bounds(period)[0]),
                ("date_closed", "<", request.bounds(period)[1]),
            ],
        )

    @api.model
    def _provide_rep_days(self, indicator, request):
        """Working days of the period that have begun, less the days of leave."""
        today = request.company._regulation_today()
        leaves = self._leave_days(request, request.user_ids or (0,))
        figures = {}
        for period in request.periods:
            last = min(period.last, today)
            days = (
                set(request.company._regulation_work_spans(period.first, last))
                if period.first <= last
                else set()
            )
            for user in request.user_ids:
                worked = len(days - leaves.get(user, set()))
                figures[user, period.key] = Figure.of(worked, None, worked)
        return Facts(
            figures,
            "resource.calendar.leaves",
            lambda user, period: [
                ("resource_id.user_id", "=", user),
                ("time_type", "=", "leave"),
                ("date_to", ">=", request.bounds(period)[0] - timedelta(days=1)),
                ("date_from", "<", request.bounds(period)[1]),
            ],
        )
