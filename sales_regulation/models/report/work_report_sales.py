# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from datetime import time

from odoo import fields, models

from ...tools import engine


class WorkReportSales(models.Model):
    """What the person sold in the period by channel, as it was when he handed in (S4-237)."""

    _name = "work.report.sales"
    _description = "Sales in a Work Report"
    _inherit = ["regulation.sealed"]
    _order = "report_id, amount desc, id"

    _append_only = True

    report_id = fields.Many2one(
        comodel_name="work.report", required=True, readonly=True, ondelete="cascade", index=True
    )
    company_id = fields.Many2one(related="report_id.company_id", store=True, index=True)
    currency_id = fields.Many2one(related="company_id.currency_id")
    channel = fields.Char(
        readonly=True, help="Medium of the order; empty: none is named on it (渠道)."
    )
    order_count = fields.Integer(string="Orders", readonly=True)
    quantity = fields.Float(
        digits="Product Unit", readonly=True, help="Pieces ordered, in the units of the lines."
    )
    amount = fields.Monetary(
        readonly=True, help="Untaxed, in company currency, at the rate of each order."
    )


class WorkReport(models.Model):
    _inherit = "work.report"

    def _state_sales(self):
        """Write down what the people sold in the periods; what was stated before is replaced."""
        engine(self.sudo().sales_ids).unlink()
        engine(self.env["work.report.sales"].sudo()).create(
            [row for report in self for row in report._prepare_sales()]
        )

    def _prepare_sales(self):
        """One row per channel, from the orders that the person confirmed in the period."""
        self.ensure_one()
        company = self.company_id
        channels = {}
        for order, quantity, amount in (
            self.env["sale.order.line"]
            .sudo()
            ._read_group(
                [
                    ("state", "=", "sale"),
                    ("company_id", "=", company.id),
                    ("salesman_id", "=", self.user_id.id),
                    (
                        "order_id.date_order",
                        ">=",
                        company._regulation_utc(self.period_start, time.min),
                    ),
                    (
                        "order_id.date_order",
                        "<=",
                        company._regulation_utc(self.period_end, time.max),
                    ),
                    ("display_type", "=", False),
                ],
                ["order_id"],
                ["product_uom_qty:sum", "price_subtotal:sum"],
            )
        ):
            row = channels.setdefault(
                order.medium_id,
                {
                    "report_id": self.id,
                    "channel": order.medium_id.name,
                    "order_count": 0,
                    "quantity": 0.0,
                    "amount": 0.0,
                },
            )
            row["order_count"] += 1
            row["quantity"] += quantity
            row["amount"] += amount / (order.currency_rate or 1.0)
        return list(channels.values())
