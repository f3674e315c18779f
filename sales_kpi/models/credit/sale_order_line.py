# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import api, fields, models
from odoo.tools import SQL

from odoo.addons.sales_regulation.models.customer.sale_order_line_credit import (
    SaleOrderLine as CreditedLine,
)

STAMPS = ("credited_at", "credited_cost", "credited_country_id", "credited_state_id")


class SaleOrderLine(models.Model):
    """What a score reads of a sale, as it was when the sale counted (C41).

    The order's date, the cost on the line and the address of the customer may be edited by
    who is scored, so they are stamped by the server together with the credited person.
    """

    _inherit = "sale.order.line"

    _stock_sealed_fields = CreditedLine._stock_sealed_fields | frozenset(STAMPS)

    credited_at = fields.Datetime(
        string="Credited at", readonly=True, copy=False, help="When the sale counted: confirmed."
    )
    credited_cost = fields.Float(
        string="Credited Unit Cost",
        digits="Product Price",
        readonly=True,
        copy=False,
        groups="base.group_system",
        help="Cost of the product in the unit of the line when the order was confirmed, in company"
        " currency. What somebody types on the line does not count.",
    )
    credited_country_id = fields.Many2one(
        comodel_name="res.country",
        string="Credited Country",
        readonly=True,
        copy=False,
        ondelete="restrict",
        help="Of the customer when the order was confirmed.",
    )
    credited_state_id = fields.Many2one(
        comodel_name="res.country.state",
        string="Credited Region",
        readonly=True,
        copy=False,
        ondelete="set null",
    )

    _credited_idx = models.Index(
        "(company_id, credited_user_id, credited_at) WHERE credited_user_id IS NOT NULL"
    )

    @api.model
    def _credit_columns(self):
        """Each stamp once: a sale counts as it was when it began to count."""
        self.env["res.partner"].flush_model(["commercial_partner_id", "country_id", "state_id"])
        self.env["product.product"].flush_model(["standard_price"])
        stamps = self._stamps(SQL("%s", fields.Datetime.now()), self._product_cost_sql())
        return super()._credit_columns() | {
            name: SQL(
                "CASE WHEN line.credited_at IS NULL AND line.display_type IS NULL"
                " THEN %s ELSE %s END",
                value,
                SQL.identifier("line", name),
            )
            for name, value in stamps.items()
        }

    def _stamp_credit_history(self):
        """Lines that were credited before there were stamps, from what the order says.

        Of the cost only what stands on the line is known.
        """
        stamps = self._stamps(
            SQL("GREATEST(sale.date_order, sale.create_date)"),
            SQL("line.purchase_price / COALESCE(NULLIF(sale.currency_rate, 0), 1)"),
        )
        self.env.cr.execute(
            SQL(
                """
                UPDATE sale_order_line line
                   SET %s
                  FROM sale_order sale
                  JOIN res_partner customer ON customer.id = sale.partner_id
                  JOIN res_partner entity ON entity.id = customer.commercial_partner_id
                 WHERE sale.id = line.order_id AND line.display_type IS NULL
                   AND line.credited_at IS NULL AND line.credited_user_id IS NOT NULL
                """,
                SQL(", ").join(
                    SQL("%s = %s", SQL.identifier(name), value) for name, value in stamps.items()
                ),
            )
        )
        self.env["account.move.line"]._take_stamps(SQL("item.credited_cost IS NULL"))
        self.env.invalidate_all()

    @api.model
    def _stamps(self, moment, cost):
        """``{column: SQL}``: when it counted (UTC), at what cost, and where the customer was."""
        return {
            "credited_at": moment,
            "credited_cost": cost,
            "credited_country_id": SQL("entity.country_id"),
            "credited_state_id": SQL("entity.state_id"),
        }

    def _product_cost_sql(self):
        """The company's cost of the product, in the unit of the line; company currency."""
        return SQL(
            """
            (SELECT COALESCE((product.standard_price ->> sale.company_id::text)::numeric, 0)
                    * unit.factor / COALESCE(NULLIF(reference.factor, 0), 1)
               FROM product_product product
               JOIN product_template template ON template.id = product.product_tmpl_id
               JOIN uom_uom reference ON reference.id = template.uom_id
               JOIN uom_uom unit ON unit.id = COALESCE(line.product_uom_id, template.uom_id)
              WHERE product.id = line.product_id)
            """
        )
