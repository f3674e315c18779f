# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import models

from ...tools import label_index

#: the reference price, and how far the price of the line is from it
_DISTANCES = frozenset({"regulation_reference_price", "regulation_deviation"})


class SaleOrderLine(models.Model):
    _name = "sale.order.line"
    _inherit = ["sale.order.line", "confidentiality.masked", "confidentiality.satellite"]

    _satellite_of = "order_id"

    #: the last one is stamped by the addon of scores, where it is installed
    _masked_rights = dict.fromkeys(
        ("purchase_price", "margin", "margin_percent", "credited_cost"), "cost"
    )

    _confidentiality_idx = label_index("confidentiality_owner_id")

    def _compute_pricelist_item_id(self):
        """Odoo computes prices as superuser: nobody learns those of a price list that is hidden
        from him by making quotations."""
        pricelists = self.order_id.pricelist_id._origin.sudo(False)
        if pricelists._concealed():
            pricelists.check_access("read")
        return super()._compute_pricelist_item_id()

    def _read_format(self, fnames, load="_classic_read"):
        rows = super()._read_format(fnames, load)
        if told := _DISTANCES.intersection(fnames):
            hidden = self.order_id._with_hidden_prices()
            lines = {line.id for line in self.sudo() if hidden and line.order_id.id in hidden}
            for row in rows if lines else ():
                if row["id"] in lines:
                    row.update(dict.fromkeys(told, False))
        return rows

    def _search_regulation_deviation(self, operator, value):
        domain = super()._search_regulation_deviation(operator, value)
        if domain is NotImplemented or self._concealing() is None or not self._product_columns():
            return domain
        lines = self.sudo().search(domain)
        hidden = lines.order_id._with_hidden_prices()
        return [("id", "in", lines.filtered(lambda line: line.order_id.id not in hidden).ids)]
