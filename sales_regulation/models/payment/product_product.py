# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import models


class ProductProduct(models.Model):
    _inherit = "product.product"

    def _payment_list_value(self, currency, company, date):
        """Value of one unit that leaves without an order: list price or cost, with taxes."""
        self.ensure_one()
        price = max(self.lst_price, self.standard_price)
        price = company.currency_id._convert(price, currency, company, date, round=False)
        taxes = self.taxes_id.filtered(lambda tax: tax.company_id in company.parent_ids)
        return taxes.compute_all(price, currency=currency, product=self)["total_included"]

    def _payment_worthless(self, company):
        """Whether such goods have no value of their own: samples, papers."""
        product = self.sudo().with_company(company)
        return max(product.lst_price, product.standard_price) <= 0
