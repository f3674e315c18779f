# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import api, fields, models
from odoo.tools import SQL, LazyTranslate

from ...tools import Facts, Provider

_lt = LazyTranslate(__name__)


class KpiProvider(models.AbstractModel):
    """How people work: deadlines, visits, records, logs, contacts (C04, C10, C37).

    What somebody states himself counts as it was fixed when he handed it in; contacts count
    once the manager has signed them.
    """

    _inherit = "kpi.provider"

    @api.model
    def _providers(self):
        return {
            **super()._providers(),
            "breaches": Provider(_lt("Deadlines missed"), "sum", ("code_filter",)),
            "punctuality": Provider(_lt("Deadlines kept"), "ratio", ("code_filter",)),
            "cadence": Provider(_lt("Recurring duties done"), "ratio", ("code_filter",)),
            "records": Provider(_lt("Contacts recorded in time"), "ratio", ("channel_filter",)),
            "reports": Provider(_lt("Reports handed in on time"), "ratio", ("code_filter",)),
            "contacts": Provider(_lt("Signed contacts"), "sum", ("channel_filter", "interested")),
        }

    # === DEADLINES === #

    @api.model
    def _provide_breaches(self, indicator, request):
        """Deadlines that fell due in the period and were missed."""
        return self._deadlines(indicator, request, SQL("NOT kept"), SQL("NULL"))

    @api.model
    def _provide_punctuality(self, indicator, request):
        """Deadlines kept, in percent of those that fell due in the period."""
        return self._deadlines(indicator, request, SQL("kept"), SQL("COUNT(*)"))

    @api.model
    def _deadlines(self, indicator, request, counted, of):
        self.env["regulation.deadline"].flush_model()
        codes = indicator._codes()
        now = fields.Datetime.now()
        return Facts(
            self._figures(
                SQL(
                    """
                    SELECT user_id, key, COUNT(*) FILTER (WHERE %(counted)s), %(of)s, COUNT(*)
                      FROM (SELECT deadline.user_id, period.key,
                                   deadline.state = 'kept'
                                   OR (deadline.state = 'open' AND deadline.touched_at IS NOT NULL
                                       AND deadline.touched_at <= deadline.due_at) AS kept
                              FROM regulation_deadline deadline
                              JOIN %(periods)s
                                ON deadline.due_at >= period.first AND deadline.due_at < period.last
                             WHERE deadline.company_id = %(company)s AND deadline.user_id IN %(users)s
                               AND deadline.state != 'cancelled' AND deadline.due_at < %(now)s
                               AND %(codes)s) due
                     GROUP BY user_id, key
                    """,
                    counted=counted,
                    of=of,
                    periods=request.moments(),
                    company=request.company.id,
                    users=request.users,
                    now=now,
                    codes=_among("deadline.code", codes),
                )
            ),
            "regulation.deadline",
            lambda user, period: [
                ("company_id", "=", request.company.id),
                ("user_id", "=", user),
                ("state", "!=", "cancelled"),
                ("due_at", ">=", request.bounds(period)[0]),
                ("due_at", "<", min(request.bounds(period)[1], now)),
                *([("code", "in", codes)] if codes else []),
            ],
        )

    # === DUTIES === #

    @api.model
    def _provide_cadence(self, indicator, request):
        """Duties done, in percent of those whose period has ended and belongs to the months.

        A week belongs to the month of its Thursday (C10).
        """
        self.env["regulation.duty.instance"].flush_model()
        codes = indicator._codes()
        today = request.company._regulation_today()
        return Facts(
            self._figures(
                SQL(
                    """
                    SELECT done.user_id, period.key,
                           COUNT(*) FILTER (WHERE done.state = 'done'), COUNT(*), COUNT(*)
                      FROM regulation_duty_instance done
                      JOIN regulation_duty duty ON duty.id = done.duty_id
                      JOIN %(periods)s ON done.month BETWEEN period.first AND period.last
                     WHERE done.company_id = %(company)s AND done.user_id IN %(users)s
                       AND (done.period_end < %(today)s OR done.state = 'done') AND %(codes)s
                     GROUP BY done.user_id, period.key
                    """,
                    periods=request.days(),
                    company=request.company.id,
                    users=request.users,
                    today=today,
                    codes=_among("duty.code", codes),
                )
            ),
            "regulation.duty.instance",
            lambda user, period: [
                ("company_id", "=", request.company.id),
                ("user_id", "=", user),
                ("month", ">=", period.first),
                ("month", "<=", period.last),
                "|",
                ("period_end", "<", today),
                ("state", "=", "done"),
                *([("duty_id.code", "in", codes)] if codes else []),
            ],
        )

    # === RECORDS AND REPORTS === #

    @api.model
    def _provide_records(self, indicator, request):
        """Contacts handed in within their time limit, in percent of those handed in."""
        self.env["sales.contact"].flush_model()
        channels = indicator._channels()
        return Facts(
            self._figures(
                SQL(
                    """
                    SELECT contact.user_id, period.key,
                           COUNT(*) FILTER (WHERE contact.is_late IS NOT TRUE), COUNT(*), COUNT(*)
                      FROM sales_contact contact
                      JOIN %(periods)s
                        ON contact.happened_at >= period.first AND contact.happened_at < period.last
                     WHERE contact.company_id = %(company)s AND contact.user_id IN %(users)s
                       AND contact.state = 'handed_in' AND contact.quantity > 0 AND %(channels)s
                     GROUP BY contact.user_id, period.key
                    """,
                    periods=request.moments(),
                    company=request.company.id,
                    users=request.users,
                    channels=_among("contact.channel", channels),
                )
            ),
            "sales.contact",
            lambda user, period: [
                *self._contact_domain(request, user, period, channels),
                ("state", "=", "handed_in"),
                ("quantity", ">", 0),
            ],
        )

    @api.model
    def _provide_reports(self, indicator, request):
        """Reports of the period handed in on time, in percent of those that were due."""
        self.env["work.report"].flush_model()
        self.env["regulation.duty.instance"].flush_model()
        codes = indicator._codes()
        return Facts(
            self._figures(
                SQL(
                    """
                    SELECT due.user_id, period.key,
                           COUNT(*) FILTER (WHERE due.in_time), COUNT(*), COUNT(*)
                      FROM (SELECT report.user_id, report.period_start AS day,
                                   report.is_late IS NOT TRUE AS in_time
                              FROM work_report report
                             WHERE report.company_id = %(company)s AND report.handed_in_at IS NOT NULL
                               AND %(report_codes)s
                            UNION ALL
                            SELECT missed.user_id, missed.period_start, FALSE
                              FROM regulation_duty_instance missed
                              JOIN regulation_duty duty ON duty.id = missed.duty_id
                             WHERE missed.company_id = %(company)s
                               AND missed.state IN ('open', 'missed')
                               AND missed.period_end < %(today)s AND %(duty_codes)s
                               AND duty.code IN (SELECT kind.code FROM regulation_report_type kind
                                                  WHERE kind.profile_id = missed.profile_id)) due
                      JOIN %(periods)s ON due.day BETWEEN period.first AND period.last
                     WHERE due.user_id IN %(users)s
                     GROUP BY due.user_id, period.key
                    """,
                    company=request.company.id,
                    report_codes=_among("report.code", codes),
                    duty_codes=_among("duty.code", codes),
                    today=request.company._regulation_today(),
                    periods=request.days(),
                    users=request.users,
                )
            ),
            "work.report",
            lambda user, period: [
                ("company_id", "=", request.company.id),
                ("user_id", "=", user),
                ("handed_in_at", "!=", False),
                ("period_start", ">=", period.first),
                ("period_start", "<=", period.last),
                *([("code", "in", codes)] if codes else []),
            ],
        )

    @api.model
    def _provide_contacts(self, indicator, request):
        """Contacts that the manager has signed, less what was taken back (S4-162 to S4-167)."""
        self.env["sales.contact"].flush_model()
        channels = indicator._channels()
        interested = SQL("contact.interested") if indicator.interested else SQL("TRUE")
        return Facts(
            self._figures(
                SQL(
                    """
                    SELECT contact.user_id, period.key, SUM(contact.quantity), NULL, COUNT(*)
                      FROM sales_contact contact
                      JOIN %(periods)s
                        ON contact.happened_at >= period.first AND contact.happened_at < period.last
                     WHERE contact.company_id = %(company)s AND contact.user_id IN %(users)s
                       AND %(signed)s AND %(interested)s AND %(channels)s
                     GROUP BY contact.user_id, period.key
                    """,
                    periods=request.moments(),
                    company=request.company.id,
                    users=request.users,
                    signed=self._signed_sql(),
                    interested=interested,
                    channels=_among("contact.channel", channels),
                )
            ),
            "sales.contact",
            lambda user, period: [
                *self._contact_domain(request, user, period, channels),
                *self._signed_domain(),
                *([("interested", "=", True)] if indicator.interested else []),
            ],
        )

    @api.model
    def _signed_sql(self):
        """A ``contact`` that the manager has signed, or one that takes such a contact back."""
        return SQL(
            "contact.state != 'draft' AND (contact.signed_at IS NOT NULL OR contact.corrects_id IN"
            " (SELECT signed.id FROM sales_contact signed WHERE signed.signed_at IS NOT NULL))"
        )

    @api.model
    def _signed_domain(self):
        return [
            ("state", "!=", "draft"),
            "|",
            ("signed_at", "!=", False),
            ("corrects_id.signed_at", "!=", False),
        ]

    @api.model
    def _contact_domain(self, request, user, period, channels):
        return [
            ("company_id", "=", request.company.id),
            ("user_id", "=", user),
            ("happened_at", ">=", request.bounds(period)[0]),
            ("happened_at", "<", request.bounds(period)[1]),
            *([("channel", "in", channels)] if channels else []),
        ]


def _among(column, values):
    """A condition on a column; no values are no condition."""
    return SQL("%s IN %s", SQL(column), tuple(values)) if values else SQL("TRUE")
