# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import models


class SaleOrderLine(models.Model):
    _inherit = "sale.order.line"

    def _payment_unit_value(self, values=None):
        """Value of one unit of the product (in its own unit of measure), taxes included.

        :param dict values: totals of the order's lines, if they are known already
        """
        self.ensure_one()
        if values is None or self.id not in values:
            values = self.order_id._payment_totals(self.order_id)[self.order_id.id][1]
        ordered = self.product_uom_id._compute_quantity(
            self.product_uom_qty, self.product_id.uom_id, round=False
        )
        if ordered:
            return values.get(self.id, 0.0) / ordered
        # Added by a delivery, nothing ordered: what one unit would cost
        base_line = self._prepare_base_line_for_taxes_computation(quantity=1.0)
        self.env["account.tax"]._add_tax_details_in_base_line(base_line, self.order_id.company_id)
        total = base_line["tax_details"]["raw_total_included_currency"]
        return total / (
            self.product_uom_id._compute_quantity(1.0, self.product_id.uom_id, round=False) or 1.0
        )

    def _payment_value(self, quantity):
        """Value of ``quantity`` (in the unit of the product) at the price of this line."""
        self.ensure_one()
        return self.order_id.currency_id.round(quantity * self.sudo()._payment_unit_value())
