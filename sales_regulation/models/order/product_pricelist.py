# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import api, fields, models
from odoo.fields import Domain


class PriceRules:
    """Pricelist rules of several pricelists, read at once.

    Travels in the context of our own price computation. Its class is the proof that it was
    made here: nothing that a client sends becomes an instance of it.
    """

    def __init__(self, rules):
        self._by_pricelist = {}
        for rule in rules:
            self._by_pricelist.setdefault(rule.pricelist_id.id, []).append(
                (rule.date_start, rule.date_end, rule.id)
            )

    def ids_on(self, pricelist_id, date):
        """Rules of a pricelist valid at a moment, in the order in which they are tried."""
        return [
            rule_id
            for start, end, rule_id in self._by_pricelist.get(pricelist_id, ())
            if (not start or start <= date) and (not end or end >= date)
        ]


class ProductPricelist(models.Model):
    _inherit = "product.pricelist"

    def _with_price_rules(self, products):
        """These pricelists, with every rule for ``products`` read once for all.

        Follows the pricelists on which others are based, one query per level.
        """
        Rule = self.env["product.pricelist.item"].sudo()
        # Plain conditions: a hierarchy in the domain takes longer to prepare than the query
        categories = {
            int(ancestor)
            for path in products.categ_id.mapped("parent_path")
            for ancestor in path.rstrip("/").split("/")
        }
        base_domain = (
            Domain("categ_id", "in", [False, *sorted(categories)])
            & Domain("product_tmpl_id", "in", [False, *products.product_tmpl_id.ids])
            & Domain("product_id", "in", [False, *products.ids])
        )
        rules, seen, level = Rule, set(), self.sudo()
        while level:
            seen.update(level.ids)
            found = Rule.search(base_domain & Domain("pricelist_id", "in", level.ids))
            rules += found
            level = found.filtered(
                lambda rule: rule.base == "pricelist"
            ).base_pricelist_id.filtered(lambda pricelist: pricelist.id not in seen)
        return self.with_context(regulation_price_rules=PriceRules(rules))

    def _get_applicable_rules(self, products, date, **kwargs):
        rules = self.env.context.get("regulation_price_rules")
        if type(rules) is PriceRules and self:
            return self.env["product.pricelist.item"].browse(rules.ids_on(self.id, date))
        return super()._get_applicable_rules(products, date, **kwargs)


class ProductPricelistGuarded(models.Model):
    _name = "product.pricelist"
    _inherit = ["product.pricelist", "regulation.price.guarded"]

    # An archived pricelist prices nobody any more
    _price_fields = frozenset(
        {"active", "currency_id", "company_id", "country_group_ids", "price_frozen_until"}
    )
    _price_idle_fields = frozenset({"active"})

    price_frozen_until = fields.Date(
        string="Prices frozen until",
        copy=False,
        help="Until this date no rule of the pricelist changes, by nobody (凍結價格)."
        " Set by an approved price change request.",
    )

    def _price_frozen_until(self):
        return self.price_frozen_until

    @api.model
    def _price_harmless(self, vals):
        # An empty pricelist has no price; its rules are guarded themselves
        return not self.item_ids


class ProductPricelistItem(models.Model):
    _name = "product.pricelist.item"
    _inherit = ["product.pricelist.item", "regulation.price.guarded"]

    _price_fields = frozenset(
        {
            "applied_on",
            "base",
            "base_pricelist_id",
            "categ_id",
            "compute_price",
            "date_end",
            "date_start",
            "fixed_price",
            "min_quantity",
            "percent_price",
            "price_discount",
            "price_markup",
            "price_max_margin",
            "price_min_margin",
            "price_round",
            "price_surcharge",
            "pricelist_id",
            "product_id",
            "product_tmpl_id",
        }
    )

    def _price_company(self):
        return self.pricelist_id.company_id

    def _price_frozen_until(self):
        return self.pricelist_id.price_frozen_until
