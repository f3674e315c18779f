# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import api, models
from odoo.exceptions import AccessError

_PRICELIST = frozenset({"property_product_pricelist", "specific_property_product_pricelist"})


class ResPartner(models.Model):
    _inherit = "res.partner"

    @api.model_create_multi
    def create(self, vals_list):
        if self.env["regulation.profile"]._regulated_companies() and any(
            vals.get(name) for vals in vals_list for name in _PRICELIST
        ):
            self._check_may_assign_pricelist()
        return super().create(vals_list)

    def write(self, vals):
        if _PRICELIST.intersection(vals) and (
            self.env["regulation.profile"]._regulated_companies()
        ):
            for name in _PRICELIST.intersection(vals):
                if any(partner[name].id != (vals[name] or False) for partner in self):
                    self._check_may_assign_pricelist()
        return super().write(vals)

    @api.model
    def _check_may_assign_pricelist(self):
        """A customer's own pricelist is the reference of his prices: who has no price
        authority does not choose it (C17)."""
        company = self.env.company
        if self.env.su or company.id not in self.env["regulation.profile"]._companies_with(
            "price_authority_ids"
        ):
            return
        authorities = (
            self.env["regulation.price.authority"]
            .sudo()
            .search([("profile_id.state", "in", ("trial", "active")), ("max_discount", ">", 0)])
        )
        roles = authorities.role_id | self.env["regulation.role"]._code("finance")
        if not roles._held_by(self.env.user, company):
            raise AccessError(
                self.env._(
                    "A customer's pricelist is chosen by: %s.", ", ".join(roles.mapped("name"))
                )
            )
