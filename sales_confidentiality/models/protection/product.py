# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import api, models
from odoo.exceptions import UserError


class ProductTemplate(models.Model):
    """Its cost is known to who holds a grant for cost (S2-29)."""

    _name = "product.template"
    _inherit = ["product.template", "confidentiality.masked"]

    _masked_rights = {"standard_price": "cost"}


class ProductProduct(models.Model):
    _name = "product.product"
    _inherit = ["product.product", "confidentiality.masked"]

    _masked_rights = {"standard_price": "cost", "total_value": "cost", "avg_cost": "cost"}

    def _name_in_sentence(self):
        """The reason of a gate is made by code that may see all: it is told to a person."""
        if self.sudo(False)._concealed():
            return self._concealed_name()
        return super()._name_in_sentence()


class ProductPricelist(models.Model):
    _inherit = "product.pricelist"

    @api.ondelete(at_uninstall=False)
    def _unlink_except_used_as_rule_base(self):
        """Odoo names the price lists that go by this one."""
        if self._concealing() is not None:
            items = self.env["product.pricelist.item"].sudo().with_context(active_test=False)
            rules = [("base_pricelist_id", "in", self.ids), ("pricelist_id", "not in", self.ids)]
            if items.search(rules).pricelist_id.with_env(self.env)._concealed():
                raise UserError(
                    self.env._("A price list that you may not see goes by this one: archive it.")
                )
        return super()._unlink_except_used_as_rule_base()
