# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import fields, models
from odoo.tools import SQL


class CustomerDossierReport(models.Model):
    """How complete, correct and current the files of the customers are, per region and owner.

    Counts the same items for every customer, whatever his tier, so that regions compare;
    what a regulation asks of one customer is on his form. Changes are those that were entered
    for the customer or a person of his, in the companies that the reader works in.
    """

    _name = "customer.dossier.report"
    _description = "Data Quality of Customers"
    _auto = False
    _order = "completeness, id"
    _rec_name = "partner_id"

    _depends = {
        "res.partner": [
            "name",
            "is_company",
            "parent_id",
            "commercial_partner_id",
            "company_id",
            "user_id",
            "customer_rank",
            "active",
            "type",
            "phone",
            "phone_sanitized",
            "email",
            "email_normalized",
            "vat",
            "street",
            "city",
            "state_id",
            "country_id",
            "dossier_reviewed_on",
            "dossier_needs",
            "dossier_scope",
            "dossier_process",
            "dossier_competitors",
        ],
        "customer.change": ["partner_id", "company_id"],
        "regulation.deadline": ["res_model", "res_id", "state"],
    }

    partner_id = fields.Many2one("res.partner", string="Customer", readonly=True)
    company_id = fields.Many2one("res.company", readonly=True)
    user_id = fields.Many2one("res.users", string="Owner", readonly=True)
    state_id = fields.Many2one("res.country.state", string="Region", readonly=True)
    country_id = fields.Many2one("res.country", readonly=True)
    customer_count = fields.Integer(string="Customers", readonly=True)
    completeness = fields.Float(string="Complete (%)", readonly=True, aggregator="avg")
    no_phone = fields.Integer(string="Without Telephone", readonly=True)
    no_contact = fields.Integer(string="Without Contact Person", readonly=True)
    no_address = fields.Integer(string="Without Address", readonly=True)
    no_needs = fields.Integer(string="Without Needs", readonly=True)
    bad_phone = fields.Integer(
        string="Telephone not Valid", readonly=True, help="It is no number that can be dialled."
    )
    bad_email = fields.Integer(string="E-mail not Valid", readonly=True)
    duplicate = fields.Integer(
        string="Possible Duplicates",
        readonly=True,
        help="Another customer has the same tax number, e-mail, telephone number or company name.",
    )
    changes_kept = fields.Integer(string="Changes in Time", readonly=True)
    changes_late = fields.Integer(string="Changes late", readonly=True)
    reviewed_on = fields.Date(string="Reviewed", readonly=True)

    @property
    def _table_query(self):
        return SQL(
            r"""
            SELECT partner.id, partner.id AS partner_id, partner.company_id, partner.user_id,
                   partner.state_id, partner.country_id, 1 AS customer_count,
                   partner.dossier_reviewed_on AS reviewed_on,
                   100.0 * ((COALESCE(partner.phone, '') != '')::int
                          + (COALESCE(partner.email, '') != '')::int
                          + (partner.street IS NOT NULL AND partner.city IS NOT NULL)::int
                          + (contact.number > 0)::int
                          + (COALESCE(partner.dossier_needs, '') != '')::int
                          + (COALESCE(partner.dossier_scope, '') != '')::int
                          + (COALESCE(partner.dossier_process, '') != '')::int
                          + (COALESCE(partner.dossier_competitors, '') != '')::int) / 8
                       AS completeness,
                   (COALESCE(partner.phone, '') = '')::int AS no_phone,
                   (contact.number = 0)::int AS no_contact,
                   (partner.street IS NULL OR partner.city IS NULL)::int AS no_address,
                   (COALESCE(partner.dossier_needs, '') = '')::int AS no_needs,
                   (COALESCE(partner.phone, '') != ''
                    AND (partner.phone_sanitized IS NULL
                         OR LENGTH(REGEXP_REPLACE(partner.phone, '\D', '', 'g')) < 6))::int
                       AS bad_phone,
                   (COALESCE(partner.email, '') != '' AND partner.email_normalized IS NULL)::int
                       AS bad_email,
                   (%(duplicate)s)::int AS duplicate,
                   change.kept AS changes_kept, change.late AS changes_late
              FROM res_partner partner
        CROSS JOIN LATERAL (SELECT COUNT(*) AS number FROM res_partner child
                             WHERE child.parent_id = partner.id AND child.active
                               AND child.type = 'contact') contact
        CROSS JOIN LATERAL (
                   SELECT COUNT(*) FILTER (WHERE deadline.state = 'kept') AS kept,
                          COUNT(*) FILTER (WHERE deadline.state IN ('breached', 'overdue')) AS late
                     FROM res_partner concerned
                     JOIN customer_change event ON event.partner_id = concerned.id
                     JOIN regulation_deadline deadline
                       ON deadline.res_model = 'customer.change' AND deadline.res_id = event.id
                    WHERE concerned.commercial_partner_id = partner.id
                      AND event.company_id = ANY(%(companies)s)) change
             WHERE partner.active AND partner.commercial_partner_id = partner.id
               AND (partner.customer_rank > 0 OR partner.user_id IS NOT NULL)
            """,
            duplicate=self._duplicate(),
            companies=self.env.companies.ids,
        )

    def _duplicate(self):
        """Whether another customer of the company is the same in one of what is unique.

        One look into an index for each, as at a registration.
        """
        return SQL(" OR ").join(
            SQL(
                """
                EXISTS (SELECT 1 FROM res_partner other
                         WHERE %s AND other.active AND other.commercial_partner_id != partner.id
                           AND (other.company_id IS NULL OR partner.company_id IS NULL
                                OR other.company_id = partner.company_id))
                """,
                same,
            )
            for same in (
                SQL("other.vat = partner.vat AND LENGTH(partner.vat) > 1"),
                SQL("other.email_normalized = partner.email_normalized"),
                SQL(
                    "other.phone_sanitized = partner.phone_sanitized"
                    " AND LENGTH(partner.phone_sanitized) > 5"
                ),
                SQL(
                    "other.is_company AND partner.is_company"
                    " AND LOWER(TRIM(other.name)) = LOWER(TRIM(partner.name))"
                ),
            )
        )
