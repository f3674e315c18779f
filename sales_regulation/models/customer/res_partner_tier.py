# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL


class ResPartner(models.Model):
    _inherit = "res.partner"

    ka_tier_id = fields.Many2one(
        comodel_name="ka.tier",
        string="Customer Tier",
        compute="_compute_ka_tier_id",
        search="_search_ka_tier_id",
        help="Of the company of the contact, in the present company, today.",
    )

    @api.depends_context("company")
    def _compute_ka_tier_id(self):
        tiers = self._ka_tiers()
        for partner in self:
            partner.ka_tier_id = tiers.get(partner._origin.id)

    def _search_ka_tier_id(self, operator, value):
        if operator != "in":
            return NotImplemented
        values = set(value)
        tiers = {item for item in values if item}
        if texts := {item for item in tiers if isinstance(item, str)}:
            tiers = (tiers - texts) | set(
                self.env["ka.tier"].search([("name", "in", list(texts))]).ids
            )
        found = Domain("commercial_partner_id", "in", self._ka_tier_query(tiers))
        if False in values:
            found |= Domain("commercial_partner_id", "not in", self._ka_tier_query(None))
        return found

    @api.model
    def _ka_tier_query(self, tier_ids):
        """Customers that have one of these tiers today, None: any tier. As a sub-query."""
        company = self.env.company
        domain = [
            ("company_id", "=", company.id),
            ("date_from", "<=", company._regulation_today()),
            "|",
            ("date_to", "=", False),
            ("date_to", ">", company._regulation_today()),
        ]
        if tier_ids is not None:
            domain.append(("tier_id", "in", list(tier_ids)))
        return self.env["ka.tier.assignment"].sudo()._search(domain).subselect("partner_id")

    def _ka_tiers(self, company=None, day=None):
        """The tier of each customer: that of his commercial entity. One query.

        :param company: whose; the present one if not given
        :param day: date in the company's time zone; today if not given
        :return: ``{partner id: ka.tier, empty if none}``
        """
        Tier = self.env["ka.tier"]
        none = {partner.id: Tier for partner in self._origin}
        if not none or not self.env["regulation.profile"]._regulated_companies():
            return none
        company = company or self.env.company
        self.env["ka.tier.assignment"].flush_model()
        self.flush_model(["commercial_partner_id"])
        rows = self.env.execute_query(
            SQL(
                """
                SELECT partner.id, held.tier_id
                  FROM res_partner partner
                  JOIN ka_tier_assignment held ON held.partner_id = partner.commercial_partner_id
                 WHERE partner.id IN %(partners)s AND held.company_id = %(company)s
                   AND held.date_from <= %(day)s
                   AND (held.date_to IS NULL OR held.date_to > %(day)s)
                """,
                partners=tuple(none),
                company=company.id,
                day=day or company._regulation_today(),
            )
        )
        return none | {partner: Tier.browse(tier) for partner, tier in rows}
