# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import api, fields, models
from odoo.tools import SQL

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

    def _store_credit(self, users):
        """Store to whom these lines count, and what else is fixed with it, in one statement.

        :param users: ``{line id: user id, or False if it counts for nobody}``
        """
        if not users:
            return
        columns = self._credit_columns()
        self.flush_recordset(["order_id", "product_id", "product_uom_id"])
        self.env.cr.execute(
            SQL(
                """
                UPDATE sale_order_line line
                   SET %(columns)s
                  FROM (VALUES %(users)s) AS credit(line_id, user_id),
                       sale_order sale
                  JOIN res_partner customer ON customer.id = sale.partner_id
                  JOIN res_partner entity ON entity.id = customer.commercial_partner_id
                 WHERE line.id = credit.line_id AND sale.id = line.order_id
                """,
                columns=SQL(", ").join(
                    SQL("%s = %s", SQL.identifier(name), value) for name, value in columns.items()
                ),
                users=SQL(", ").join(
                    SQL("(%s, %s::int)", line, user or None) for line, user in users.items()
                ),
            )
        )
        self.browse(users).invalidate_recordset(list(columns))

    @api.model
    def _credit_columns(self):
        """``{column: SQL}`` of what is fixed when a sale counts, flushed before it is read.

        The statement knows ``line``, ``credit`` (user_id), ``sale``, ``customer`` and
        ``entity``, his commercial entity.
        """
        return {"credited_user_id": SQL("COALESCE(credit.user_id, line.credited_user_id)")}

    def _prepare_invoice_line(self, **optional_values):
        values = super()._prepare_invoice_line(**optional_values)
        if self.credited_user_id and not self.display_type:
            values["credited_user_id"] = self.credited_user_id.id
        return values
