# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import fields, models


class CustomerDossierReport(models.Model):
    """How complete and how current the files of the customers are, per region and owner.

    Counts the same items for every customer, whatever his tier, so that regions compare;
    what a regulation asks of one customer is on his form.
    """

    _name = "customer.dossier.report"
    _description = "Data Quality of Customers"
    _auto = False
    _order = "completeness, id"
    _rec_name = "partner_id"

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
    changes_kept = fields.Integer(string="Changes in Time", readonly=True)
    changes_late = fields.Integer(string="Changes late", readonly=True)
    reviewed_on = fields.Date(string="Reviewed", readonly=True)

    @property
    def _table_query(self):
        return """
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
                   change.kept AS changes_kept, change.late AS changes_late
              FROM res_partner partner
        CROSS JOIN LATERAL (SELECT COUNT(*) AS number FROM res_partner child
                             WHERE child.parent_id = partner.id AND child.active
                               AND child.type = 'contact') contact
        CROSS JOIN LATERAL (
                   SELECT COUNT(*) FILTER (WHERE deadline.state = 'kept') AS kept,
                          COUNT(*) FILTER (WHERE deadline.state IN ('breached', 'overdue')) AS late
                     FROM customer_change event
                     JOIN regulation_deadline deadline
                       ON deadline.res_model = 'customer.change' AND deadline.res_id = event.id
                    WHERE event.partner_id = partner.id) change
             WHERE partner.active AND partner.commercial_partner_id = partner.id
               AND (partner.customer_rank > 0 OR partner.user_id IS NOT NULL)
        """
