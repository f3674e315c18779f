# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import fields, models
from odoo.tools import SQL


class SalesFollowUpReport(models.Model):
    """When each customer was contacted last and is contacted next (S1-04, S4-254).

    One row for each customer with a responsible person: those without a next follow-up stand
    out. Days are those of the company, wherever the reader is.
    """

    _name = "sales.follow.up.report"
    _description = "Follow-up of Customers"
    _auto = False
    _order = "next_date NULLS FIRST, last_contact_at NULLS FIRST, id"
    _rec_name = "partner_id"

    _depends = {
        "res.partner": ["user_id", "company_id", "parent_id", "active"],
        "res.users": ["company_id", "active"],
        "res.company": ["resource_calendar_id"],
        "resource.calendar": ["tz"],
        "sales.contact": [
            "commercial_partner_id",
            "company_id",
            "state",
            "outcome",
            "quantity",
            "happened_at",
            "next_date",
            "followed_at",
        ],
    }

    partner_id = fields.Many2one(comodel_name="res.partner", string="Customer", readonly=True)
    company_id = fields.Many2one(comodel_name="res.company", readonly=True)
    user_id = fields.Many2one(comodel_name="res.users", string="Owner", readonly=True)
    last_contact_at = fields.Datetime(string="Last Contact", readonly=True)
    days_since = fields.Integer(string="Days since", readonly=True, aggregator="avg")
    next_date = fields.Date(string="Next Follow-up", readonly=True)
    days_late = fields.Integer(string="Days Overdue", readonly=True, aggregator="max")
    number = fields.Integer(string="Customers", readonly=True)

    @property
    def _table_query(self):
        day_of = self.env["visit.compliance.report"]._local_day
        return SQL(
            """
            SELECT customer.id, customer.id AS partner_id, customer.user_id, 1 AS number,
                   company.id AS company_id,
                   last.at AS last_contact_at, next.day AS next_date,
                   %(today)s - %(last_day)s AS days_since,
                   GREATEST(0, %(today)s - next.day) AS days_late
              FROM res_partner customer
              JOIN res_users owner ON owner.id = customer.user_id AND owner.active
              JOIN res_company company
                ON company.id = COALESCE(customer.company_id, owner.company_id)
         LEFT JOIN resource_calendar calendar ON calendar.id = company.resource_calendar_id
         LEFT JOIN LATERAL (SELECT MAX(contact.happened_at) AS at
                      FROM sales_contact contact
                     WHERE contact.commercial_partner_id = customer.id
                       AND contact.company_id = company.id
                       AND contact.state = 'handed_in' AND contact.quantity > 0
                       AND contact.outcome = 'reached') last ON TRUE
         LEFT JOIN LATERAL (SELECT MIN(contact.next_date) AS day
                      FROM sales_contact contact
                     WHERE contact.commercial_partner_id = customer.id
                       AND contact.company_id = company.id
                       AND contact.state = 'handed_in' AND contact.followed_at IS NULL) next ON TRUE
             WHERE customer.active AND customer.parent_id IS NULL
            """,
            today=day_of(SQL("%s::timestamp", fields.Datetime.now())),
            last_day=day_of(SQL("last.at")),
        )

    def action_open_customer(self):
        """Open the customer."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "res_model": "res.partner",
            "res_id": self.partner_id.id,
            "view_mode": "form",
        }
