# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import api, models
from odoo.exceptions import AccessError

_PRICELIST = frozenset({"property_product_pricelist", "specific_property_product_pricelist"})


class ResPartner(models.Model):
    _inherit = "res.partner"

    @api.model_create_multi
    def create(self, vals_list):
        partners = super().create(vals_list)
        if (
            self.env["regulation.profile"]._regulated_companies()
            and self._pricelist_guarded()
            and partners._pricelist_chosen()
        ):
            self._check_may_assign_pricelist()
        return partners

    def write(self, vals):
        if _PRICELIST.intersection(vals) and (
            self.env["regulation.profile"]._regulated_companies()
        ):
            for name in _PRICELIST.intersection(vals):
                if any(partner[name].id != (vals[name] or False) for partner in self):
                    self._check_may_assign_pricelist()
        return super().write(vals)

    @api.model
    def _pricelist_guarded(self):
        return not self.env.su and self.env.company.id in self.env[
            "regulation.profile"
        ]._companies_with("price_authority_ids")

    def _pricelist_chosen(self):
        """Whether one of these new customers has another pricelist than Odoo gives by itself:
        by a value, a key of the context or a default that somebody saved for himself."""
        name = "specific_property_product_pricelist"
        fallback = self._fields[name].get_company_dependent_fallback(self)
        for partner in self.sudo():
            entity = partner.commercial_partner_id
            own = fallback if entity == partner else entity[name]
            if partner[name] not in (own, fallback, fallback.browse()):
                return True
        return False

    @api.model
    def _check_may_assign_pricelist(self):
        """A customer's own pricelist is the reference of his prices: who has no price
        authority does not choose it (C17)."""
        if not self._pricelist_guarded():
            return
        company = self.env.company
        rows = self.env["regulation.profile"]._assignments_on(
            company.id, company._regulation_today()
        )
        authorities = (
            self.env["regulation.price.authority"]
            .sudo()
            .search([("profile_id", "in", [row[0] for row in rows]), ("max_discount", ">", 0)])
        )
        roles = authorities.role_id | self.env["regulation.role"]._code("finance")
        if not roles._held_by(self.env.user, self.env.company):
            raise AccessError(
                self.env._(
                    "A customer's pricelist is chosen by: %s.", ", ".join(roles.mapped("name"))
                )
            )
