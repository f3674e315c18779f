# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import api, fields, models
from odoo.tools.sql import column_exists

from .sale_order_content import GUARDED_LINE


class SaleOrderLine(models.Model):
    _name = "sale.order.line"
    _inherit = ["sale.order.line", "regulation.stock.sealed"]

    _stock_sealed_fields = frozenset(
        {
            "price_subtotal",
            "price_tax",
            "price_total",
            "price_reduce_taxexcl",
            "price_reduce_taxinc",
            "qty_invoiced",
            "qty_to_invoice",
            "invoice_status",
            "untaxed_amount_invoiced",
            "untaxed_amount_to_invoice",
            "margin",
            "margin_percent",
            "regulation_reinvoiced",
        }
    )

    regulation_reinvoiced = fields.Boolean(
        string="Re-invoiced by Odoo",
        readonly=True,
        copy=False,
        help="Odoo added the line when an expense was re-invoiced, and nobody has changed it:"
        " a line that only says that it is an expense belongs to what was ordered.",
    )

    def _auto_init(self):
        # Of lines that were there before their kind is all that is known
        known = column_exists(self.env.cr, self._table, "regulation_reinvoiced")
        result = super()._auto_init()
        if not known:
            self.env.cr.execute(
                "UPDATE sale_order_line SET regulation_reinvoiced = TRUE WHERE is_expense"
            )
        return result

    # === CRUD METHODS === #

    @api.model_create_multi
    def create(self, vals_list):
        companies = self.env["regulation.profile"]._regulated_companies()
        if not companies:
            return super().create(vals_list)
        # A default of the context or of the user himself says as much as a value
        defaults = self.default_get([*GUARDED_LINE])
        full = [{**defaults, **vals} for vals in vals_list]
        orders = self.env["sale.order"].browse(
            [vals["order_id"] for vals in full if vals.get("order_id")]
        )
        if orders._under_regulation():
            for vals in vals_list:
                self._check_stock_sealed(vals)
        self._guard_added(full)
        return super().create(vals_list)

    def write(self, vals):
        if not self.env["regulation.profile"]._regulated_companies():
            return super().write(vals)
        if self._stock_sealed_fields.intersection(vals) and self.order_id._under_regulation():
            self._check_stock_sealed(vals)
        self._guard_content(vals)
        return super().write(vals)
