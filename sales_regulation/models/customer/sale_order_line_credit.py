# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import api, fields, models

from ...tools import is_engine


class SaleOrderLine(models.Model):
    _inherit = "sale.order.line"

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
        regulated = self.env["regulation.profile"]._regulated_companies()
        if regulated and not is_engine(self.env):
            for vals in vals_list:
                vals.pop("credited_user_id", None)
            self = self.with_context(default_credited_user_id=False)  # noqa: PLW0642
        lines = super().create(vals_list)
        if regulated:
            late = lines.filtered(
                lambda line: line.order_id.state == "sale"
                and line.order_id.company_id.id in regulated
                and not line.credited_user_id
            )
            if late:
                late.order_id._credit_owners(late)
        return lines

    def write(self, vals):
        if (
            "credited_user_id" in vals
            and not is_engine(self.env)
            and self.env["regulation.profile"]._regulated_companies()
        ):
            self.order_id._refuse_credit()
        return super().write(vals)

    def _prepare_invoice_line(self, **optional_values):
        values = super()._prepare_invoice_line(**optional_values)
        if self.credited_user_id and not self.display_type:
            values["credited_user_id"] = self.credited_user_id.id
        return values
