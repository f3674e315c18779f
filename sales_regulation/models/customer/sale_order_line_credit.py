# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import api, fields, models

from ..order.sale_order_line import SaleOrderLine as RegulatedLine


class SaleOrderLine(models.Model):
    _inherit = "sale.order.line"

    _stock_sealed_fields = RegulatedLine._stock_sealed_fields | {"credited_user_id"}

    credited_user_id = fields.Many2one(
        comodel_name="res.users",
        string="Credited to",
        readonly=True,
        copy=False,
        index="btree_not_null",
        ondelete="restrict",
        help="To whom the result counts: the owner of the customer when the order was"
        " confirmed, although a colleague may have closed it.",
    )

    @api.model_create_multi
    def create(self, vals_list):
        lines = super().create(vals_list)
        regulated = self.env["regulation.profile"]._regulated_companies()
        if regulated:
            late = lines.filtered(
                lambda line: (
                    line.order_id.state == "sale"
                    and line.order_id.company_id.id in regulated
                    and not line.credited_user_id
                )
            )
            if late:
                late.order_id._credit_owners(late)
        return lines

    def _prepare_invoice_line(self, **optional_values):
        values = super()._prepare_invoice_line(**optional_values)
        if self.credited_user_id and not self.display_type:
            values["credited_user_id"] = self.credited_user_id.id
        return values
