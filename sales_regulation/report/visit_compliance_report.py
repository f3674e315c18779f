# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import fields, models
from odoo.tools import SQL


class VisitComplianceReport(models.Model):
    """Are customers visited as often as they should be, and visits recorded in time? (C10)

    A row for each period of a visit duty that has ended, and for each visit whose time for
    the record is over. The mean of ``rate`` is the compliance of any group of rows.
    """

    _name = "visit.compliance.report"
    _description = "Visit Compliance"
    _auto = False
    _order = "day desc, id"
    _rec_name = "partner_id"

    _depends = {
        "regulation.duty": ["contact_kind"],
        "regulation.duty.instance": [
            "duty_id",
            "company_id",
            "user_id",
            "subject_id",
            "period_start",
            "period_end",
            "month",
            "state",
        ],
        "regulation.deadline": ["res_model", "res_id", "code", "state", "due_at", "breach_minutes"],
        "calendar.event": ["visit_partner_id"],
        "sales.contact": ["commercial_partner_id"],
        "ka.tier.assignment": ["partner_id", "company_id", "tier_id", "date_from", "date_to"],
        "crm.team.member": ["user_id", "crm_team_id", "active"],
    }

    kind = fields.Selection(
        selection=[("frequency", "How often"), ("record", "Recorded in time")],
        string="What",
        readonly=True,
    )
    company_id = fields.Many2one(comodel_name="res.company", readonly=True)
    user_id = fields.Many2one(comodel_name="res.users", string="Person", readonly=True)
    team_id = fields.Many2one(comodel_name="crm.team", string="Sales Team", readonly=True)
    partner_id = fields.Many2one(comodel_name="res.partner", string="Customer", readonly=True)
    tier_id = fields.Many2one(
        comodel_name="ka.tier", string="Customer Tier", readonly=True, help="On that day."
    )
    duty_id = fields.Many2one(
        comodel_name="regulation.duty",
        string="Cadence",
        readonly=True,
        help="The visit duty, one for each tier of customers.",
    )
    day = fields.Date(
        readonly=True, help="Of a cadence the first day of the period, of a record that of the visit."
    )
    month = fields.Date(
        readonly=True,
        help="First day of the month to which it belongs: a week to that of its Thursday, a"
        " two-week block to that of its second Thursday.",
    )
    due = fields.Integer(string="Asked for", readonly=True)
    done = fields.Integer(string="Kept", readonly=True)
    rate = fields.Float(
        string="Compliance (%)", readonly=True, aggregator="avg", digits=(16, 2)
    )
    breach_minutes = fields.Integer(string="Late by (minutes)", readonly=True)

    # === QUERY === #

    @property
    def _table_query(self):
        return SQL(
            """
            SELECT matter.*, 100.0 * matter.done AS rate,
                   (SELECT held.tier_id
                      FROM ka_tier_assignment held
                     WHERE held.partner_id = matter.partner_id
                       AND held.company_id = matter.company_id AND held.date_from <= matter.day
                       AND (held.date_to IS NULL OR held.date_to > matter.day)
                     LIMIT 1) AS tier_id,
                   (SELECT member.crm_team_id
                      FROM crm_team_member member
                      JOIN crm_team team ON team.id = member.crm_team_id
                     WHERE member.user_id = matter.user_id AND member.active
                       AND (team.company_id IS NULL OR team.company_id = matter.company_id)
                  ORDER BY member.id
                     LIMIT 1) AS team_id
              FROM (%s UNION ALL %s) matter
            """,
            self._frequencies(),
            self._records(),
        )

    def _frequencies(self):
        """Periods of visit duties that have ended where the company is."""
        return SQL(
            """
            SELECT instance.id * 2 AS id, 'frequency' AS kind, instance.company_id,
                   instance.user_id, instance.subject_id AS partner_id, instance.duty_id,
                   instance.period_start AS day, instance.month, 1 AS due,
                   CASE instance.state WHEN 'done' THEN 1 ELSE 0 END AS done,
                   NULL::int AS breach_minutes
              FROM regulation_duty_instance instance
              JOIN regulation_duty duty ON duty.id = instance.duty_id
                                       AND duty.contact_kind IS NOT NULL
              JOIN res_company company ON company.id = instance.company_id
         LEFT JOIN resource_calendar calendar ON calendar.id = company.resource_calendar_id
             WHERE instance.period_end < %s AND instance.state <> 'void'
            """,
            self._local_day(SQL("%s::timestamp", fields.Datetime.now())),
        )

    def _records(self):
        """Visits whose record was handed in, or whose time for it is over."""
        return SQL(
            """
            SELECT deadline.id * 2 + 1, 'record', deadline.company_id, deadline.user_id,
                   COALESCE(customer.commercial_partner_id, contact.commercial_partner_id),
                   NULL::int, %(day)s, DATE_TRUNC('month', %(day)s)::date, 1,
                   CASE deadline.state WHEN 'kept' THEN 1 ELSE 0 END, deadline.breach_minutes
              FROM regulation_deadline deadline
              JOIN res_company company ON company.id = deadline.company_id
         LEFT JOIN resource_calendar calendar ON calendar.id = company.resource_calendar_id
         LEFT JOIN calendar_event event ON deadline.res_model = 'calendar.event'
                                       AND event.id = deadline.res_id
         LEFT JOIN res_partner customer ON customer.id = event.visit_partner_id
         LEFT JOIN sales_contact contact ON deadline.res_model = 'sales.contact'
                                        AND contact.id = deadline.res_id
             WHERE deadline.code = 'visit_record'
               AND (deadline.state IN ('kept', 'breached', 'overdue')
                    OR deadline.state = 'open' AND deadline.due_at < %(now)s)
            """,
            day=self._local_day(SQL("deadline.started_at")),
            now=fields.Datetime.now(),
        )

    def _local_day(self, moment):
        """The day of a stored moment where the company of the row is."""
        return SQL(
            "(%s AT TIME ZONE 'UTC' AT TIME ZONE COALESCE(calendar.tz, 'UTC'))::date", moment
        )
