# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import api, fields, models


class ProductTemplate(models.Model):
    _name = "product.template"
    _inherit = ["product.template", "regulation.price.guarded"]

    # Another unit makes another price of the same figure
    _price_fields = frozenset({"list_price", "uom_id", "price_frozen_until"})
    _price_idle_fields = frozenset({"uom_id"})

    price_frozen_until = fields.Date(
        string="Price frozen until",
        copy=False,
        help="Until this date the list price does not change, by nobody (凍結價格)."
        " Set by an approved price change request.",
    )

    def _price_frozen_until(self):
        return self.price_frozen_until

    @api.model
    def _price_harmless(self, vals):
        # Odoo's default price is no price that somebody has set
        price = vals.get("list_price") if vals else self.list_price
        return price is None or price in (0.0, 1.0)


class ProductProduct(models.Model):
    _inherit = "product.product"

    def _name_in_sentence(self):
        """What a sentence that somebody reads calls the product."""
        return self.display_name


class ProductTemplateAttributeValue(models.Model):
    _name = "product.template.attribute.value"
    _inherit = ["product.template.attribute.value", "regulation.price.guarded"]

    _price_fields = frozenset({"price_extra"})

    def _price_company(self):
        return self.product_tmpl_id.company_id

    def _price_frozen_until(self):
        return self.product_tmpl_id.price_frozen_until

    @api.model
    def _price_harmless(self, vals):
        return not (vals.get("price_extra") if vals else self.price_extra)
