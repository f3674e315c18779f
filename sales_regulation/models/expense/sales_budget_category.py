# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ...tools import guard_frame


class SalesBudgetCategory(models.Model):
    """What money is spent on: travel, entertainment, advertising, promotion (S0-60)."""

    _name = "sales.budget.category"
    _description = "Expense Category"
    _order = "sequence, id"

    sequence = fields.Integer(default=10)
    name = fields.Char(required=True, translate=True)
    active = fields.Boolean(default=True)
    company_id = fields.Many2one(
        comodel_name="res.company", help="Empty: for all companies.", index="btree_not_null"
    )
    product_ids = fields.Many2many(
        comodel_name="product.product",
        string="Expense Products",
        domain="[('can_be_expensed', '=', True)]",
        help="Claims of these products count as this category.",
    )

    @api.constrains("product_ids", "company_id")
    def _check_product_once(self):
        for category in self:
            others = self.sudo().search(
                [("product_ids", "in", category.product_ids.ids), ("id", "!=", category.id)]
            )
            if any(
                not other.company_id
                or not category.company_id
                or other.company_id == category.company_id
                for other in others
            ):
                raise ValidationError(
                    self.env._("An expense product belongs to one category of a company.")
                )

    @api.model
    def _of_products(self, pairs):
        """The category of each ``(company, product)``: one query for all."""
        pairs = set(pairs)
        if frame := guard_frame(self.env):
            return frame.once("expense_category", pairs, self._read_of_products)
        return self._read_of_products(pairs)

    @api.model
    def _read_of_products(self, pairs):
        categories = self.sudo().search(
            [("product_ids", "in", [product.id for _company, product in pairs])]
        )
        found = {}
        for company, product in pairs:
            found[company, product] = categories.filtered(
                lambda category, c=company, p=product: p in category.product_ids
                and category.company_id in (c, self.env["res.company"])
            )[:1]
        return found
