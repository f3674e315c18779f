# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import api, models
from odoo.tools import SQL, LazyTranslate

from ...tools import Facts, Provider

_lt = LazyTranslate(__name__)


class KpiProvider(models.AbstractModel):
    """What customers say: satisfaction, complaints; and what managers say of proposals (C11, C13, C16)."""

    _inherit = "kpi.provider"

    @api.model
    def _providers(self):
        return {
            **super()._providers(),
            "satisfaction": Provider(_lt("Satisfaction"), "mean"),
            "complaints": Provider(_lt("Complaints"), "sum", ("severity",)),
            "proposals": Provider(_lt("Quality of proposals"), "mean"),
        }

    @api.model
    def _provide_satisfaction(self, indicator, request):
        """The mean of the answers of customers about the person, 0 to 100.

        What the person himself wrote down as the customer's answer does not count.
        """
        self.env["sales.satisfaction"].flush_model()
        return Facts(
            self._figures(
                SQL(
                    """
                    SELECT answer.user_id, period.key, SUM(answer.score), COUNT(*), COUNT(*)
                      FROM sales_satisfaction answer
                      JOIN %(periods)s ON answer.date BETWEEN period.first AND period.last
                     WHERE answer.company_id = %(company)s AND answer.user_id IN %(users)s
                       AND answer.recorded_by_id IS DISTINCT FROM answer.user_id
                     GROUP BY answer.user_id, period.key
                    """,
                    periods=request.days(),
                    company=request.company.id,
                    users=request.users,
                )
            ),
            "sales.satisfaction",
            lambda user, period: [
                ("company_id", "=", request.company.id),
                ("user_id", "=", user),
                "|",
                ("recorded_by_id", "=", False),
                ("recorded_by_id", "!=", user),
                ("date", ">=", period.first),
                ("date", "<=", period.last),
            ],
        )

    @api.model
    def _provide_complaints(self, indicator, request):
        """Complaints received in the period, of one severity or of all (S2-58, S2-59).

        They are counted for whom the ticket belongs to.
        """
        self.env["sales.ticket"].flush_model()
        severities = (indicator.severity,) if indicator.severity else ("ordinary", "major")
        return Facts(
            self._figures(
                SQL(
                    """
                    SELECT ticket.user_id, period.key, COUNT(*), NULL, COUNT(*)
                      FROM sales_ticket ticket
                      JOIN sales_ticket_kind kind ON kind.id = ticket.kind_id
                      JOIN %(periods)s
                        ON ticket.received_at >= period.first AND ticket.received_at < period.last
                     WHERE ticket.company_id = %(company)s AND kind.code = 'complaint'
                       AND ticket.severity IN %(severities)s AND ticket.user_id IN %(users)s
                     GROUP BY ticket.user_id, period.key
                    """,
                    periods=request.moments(),
                    company=request.company.id,
                    severities=severities,
                    users=request.users,
                )
            ),
            "sales.ticket",
            lambda user, period: [
                ("company_id", "=", request.company.id),
                ("user_id", "=", user),
                ("kind_id.code", "=", "complaint"),
                ("severity", "in", severities),
                ("received_at", ">=", request.bounds(period)[0]),
                ("received_at", "<", request.bounds(period)[1]),
            ],
        )

    @api.model
    def _provide_proposals(self, indicator, request):
        """The mean quality that managers gave to the proposals decided in the period, 0 to 100."""
        self.env["solution.proposal"].flush_model()
        states = ("approved", "superseded")
        return Facts(
            self._figures(
                SQL(
                    """
                    SELECT proposal.user_id, period.key, SUM(proposal.quality_score), COUNT(*),
                           COUNT(*)
                      FROM solution_proposal proposal
                      JOIN %(periods)s
                        ON proposal.decided_at >= period.first AND proposal.decided_at < period.last
                     WHERE proposal.company_id = %(company)s AND proposal.user_id IN %(users)s
                       AND proposal.state IN %(states)s AND proposal.scored_by_id IS NOT NULL
                     GROUP BY proposal.user_id, period.key
                    """,
                    periods=request.moments(),
                    company=request.company.id,
                    users=request.users,
                    states=states,
                )
            ),
            "solution.proposal",
            lambda user, period: [
                ("company_id", "=", request.company.id),
                ("user_id", "=", user),
                ("state", "in", states),
                ("scored_by_id", "!=", False),
                ("decided_at", ">=", request.bounds(period)[0]),
                ("decided_at", "<", request.bounds(period)[1]),
            ],
        )
