# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL

from ...tools import guard_frame


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
        if operator in ("any", "any!"):
            # A condition on the tier, such as its code
            operator, value = "in", self.env["ka.tier"].search(value).ids
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
        if not self._origin or not self.env["regulation.profile"]._regulated_companies():
            return {partner.id: Tier for partner in self._origin}
        company = company or self.env.company
        day = day or company._regulation_today()
        if frame := guard_frame(self.env):
            found = frame.once(
                ("ka_tiers", company.id, day),
                self._origin._ids,
                lambda ids: self.browse(ids)._read_ka_tiers(company, day),
            )
        else:
            found = self._origin._read_ka_tiers(company, day)
        return {partner: Tier.browse(tier) for partner, tier in found.items()}

    def _read_ka_tiers(self, company, day):
        self.env["ka.tier.assignment"].flush_model()
        self.flush_model(["commercial_partner_id"])
        return dict.fromkeys(self.ids) | dict(
            self.env.execute_query(
                SQL(
                    """
                    SELECT partner.id, held.tier_id
                      FROM res_partner partner
                      JOIN ka_tier_assignment held
                           ON held.partner_id = partner.commercial_partner_id
                     WHERE partner.id IN %(partners)s AND held.company_id = %(company)s
                       AND held.date_from <= %(day)s
                       AND (held.date_to IS NULL OR held.date_to > %(day)s)
                    """,
                    partners=self._ids,
                    company=company.id,
                    day=day,
                )
            )
        )
