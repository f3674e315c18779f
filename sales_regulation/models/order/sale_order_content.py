# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import api, models
from odoo.tools import SQL

from ...tools import guard_frame

#: what a customer agrees to, beside the lines
HEADER_FIELDS = (
    "partner_id",
    "partner_invoice_id",
    "partner_shipping_id",
    "pricelist_id",
    "currency_id",
    "payment_term_id",
    "fiscal_position_id",
    "company_id",
    "commitment_date",
    "incoterm",
    "incoterm_location",
)
#: what a customer agrees to in a line
LINE_FIELDS = (
    "product_id",
    "product_uom_id",
    "product_uom_qty",
    "price_unit",
    "discount",
    "tax_ids",
    "product_no_variant_attribute_value_ids",
)
#: what tells an ordinary line from those that stock adds
LINE_KINDS = ("display_type", "is_downpayment", "is_expense", "is_delivery")
#: what is fixed in a line of a confirmed order
GUARDED_LINE = frozenset({*LINE_FIELDS, *LINE_KINDS, "order_id"})


class SaleOrder(models.Model):
    _inherit = "sale.order"

    def _regulation_content(self, agreed_only=False):
        """The content to which a decision is bound: inputs only, no totals. One query.

        Lines with an ordered quantity of 0 (sections, down payments, extra goods added by
        a delivery) are no content: what is shipped is judged at the shipment.

        :param bool agreed_only: leave out what stock adds to a confirmed order by itself,
            re-invoiced expenses and delivery costs
        :return: ``{order id: {"order": [...], "lines": [[...], ...]}}``
        """
        if not self.ids:
            return {}
        if frame := guard_frame(self.env):
            contents = frame.once(
                "content", self._ids, lambda ids: self.browse(ids)._regulation_read_content()
            )
        else:
            contents = self._regulation_read_content()
        return {
            order_id: {"order": list(header), "lines": list(agreed if agreed_only else lines)}
            for order_id, (header, lines, agreed) in contents.items()
        }

    def _regulation_read_content(self):
        """``{order id: (header, lines, lines without what stock adds)}``."""
        self.flush_model([*HEADER_FIELDS])
        self.env["sale.order.line"].flush_model([*LINE_FIELDS, *LINE_KINDS, "order_id"])
        rows = self.env.execute_query(
            SQL(
                """
                SELECT o.id,
                       ARRAY[o.partner_id::text, o.partner_invoice_id::text,
                             o.partner_shipping_id::text, o.pricelist_id::text,
                             o.currency_id::text, o.payment_term_id::text,
                             o.fiscal_position_id::text, o.company_id::text,
                             o.commitment_date::text, o.incoterm::text, o.incoterm_location],
                       %(lines)s, %(agreed)s
                  FROM sale_order o
                 WHERE o.id IN %(ids)s
                """,
                ids=self._ids,
                lines=self._regulation_lines_sql(SQL("TRUE")),
                agreed=self._regulation_lines_sql(
                    SQL(
                        """
                        NOT coalesce(l.is_expense, FALSE)
                        AND NOT (coalesce(l.is_delivery, FALSE)
                                 AND l.product_id IN (SELECT product_id FROM delivery_carrier))
                        """
                    )
                ),
            )
        )
        return {
            order_id: ([value or "" for value in header], lines, agreed)
            for order_id, header, lines, agreed in rows
        }

    @api.model
    def _regulation_lines_sql(self, condition):
        return SQL(
            """
                       ARRAY(
                           SELECT concat_ws(
                                      '|', l.product_id, l.product_uom_id,
                                      round(l.product_uom_qty::numeric, 6),
                                      round(l.price_unit::numeric, 6),
                                      round(coalesce(l.discount, 0)::numeric, 6),
                                      coalesce((SELECT string_agg(t.account_tax_id::text, ','
                                                                  ORDER BY t.account_tax_id)
                                                  FROM account_tax_sale_order_line_rel t
                                                 WHERE t.sale_order_line_id = l.id), ''),
                                      -- extras without a variant, named only where there are
                                      (SELECT 'extra:' || string_agg(
                                                  e.product_template_attribute_value_id::text, ','
                                                  ORDER BY e.product_template_attribute_value_id)
                                         FROM product_template_attribute_value_sale_order_line_rel e
                                        WHERE e.sale_order_line_id = l.id))
                             FROM sale_order_line l
                            WHERE l.order_id = o.id
                              AND l.display_type IS NULL
                              AND l.product_uom_qty <> 0
                              AND %s
                            ORDER BY 1)
            """,
            condition,
        )

    # === RELEASE === #

    def _release_content(self):
        return self._regulation_content(agreed_only=True)

    def _release_bound(self):
        # On a confirmed order a release is asked for in order to change it
        return self.filtered(lambda order: order.state in ("draft", "sent"))
