# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import api, fields, models
from odoo.exceptions import UserError

from ...tools import engine


class PriceChangeRequestLine(models.Model):
    _name = "price.change.request.line"
    _description = "Line of a Price Change Request"
    _inherit = ["regulation.submittable.line", "regulation.sealed"]
    _order = "request_id, sequence, id"
    _check_company_auto = True

    # What is computed decides which approvers are asked
    _sealed_fields = frozenset({"old_price", "change_percent"})
    _approval_document_field = "request_id"
    _approval_content_fields = (
        "action",
        "product_tmpl_id",
        "pricelist_id",
        "item_id",
        "compute_price",
        "new_price",
        "min_quantity",
    )

    request_id = fields.Many2one(
        comodel_name="price.change.request", required=True, index=True, ondelete="cascade"
    )
    company_id = fields.Many2one(related="request_id.company_id", store=True, precompute=True)
    sequence = fields.Integer(default=10)
    action = fields.Selection(
        selection=[
            ("list_price", "List price"),
            ("rule", "Pricelist rule"),
            ("new_rule", "New pricelist rule"),
            ("end_rule", "End of a pricelist rule"),
        ],
        string="What",
        required=True,
        default="list_price",
    )
    product_tmpl_id = fields.Many2one(
        comodel_name="product.template", string="Product", check_company=True, index=True
    )
    item_id = fields.Many2one(
        comodel_name="product.pricelist.item",
        string="Rule",
        domain="[('pricelist_id', '=?', pricelist_id)]",
        ondelete="set null",
    )
    pricelist_id = fields.Many2one(
        comodel_name="product.pricelist",
        check_company=True,
        compute="_compute_pricelist_id",
        store=True,
        readonly=False,
        ondelete="restrict",
    )
    compute_price = fields.Selection(
        selection=[("fixed", "Fixed price"), ("percentage", "Discount (%)")],
        string="Kind of Rule",
        default="fixed",
        required=True,
    )
    min_quantity = fields.Float(digits="Product Unit")
    old_price = fields.Float(
        string="Before", readonly=True, copy=False, min_display_digits="Product Price"
    )
    new_price = fields.Float(
        string="After",
        min_display_digits="Product Price",
        help="The new price; for a discount rule the percentage.",
    )
    change_percent = fields.Float(
        string="Change (%)", digits="Discount", compute="_compute_change_percent", store=True
    )

    # === COMPUTE METHODS === #

    @api.depends("item_id")
    def _compute_pricelist_id(self):
        for line in self:
            line.pricelist_id = line.item_id.pricelist_id or line.pricelist_id

    @api.depends("old_price", "new_price", "action", "compute_price", "item_id")
    def _compute_change_percent(self):
        for line in self:
            if line.compute_price == "percentage" and line.action in ("rule", "new_rule"):
                line.change_percent = line.old_price - line.new_price
            elif line.old_price and line.action != "end_rule":
                line.change_percent = (line.new_price - line.old_price) / line.old_price * 100
            else:
                line.change_percent = 100.0 if line.action == "end_rule" else 0.0

    # === CRUD METHODS === #

    @api.model_create_multi
    def create(self, vals_list):
        lines = super().create(vals_list)
        lines._store_old_price()
        return lines

    def write(self, vals):
        result = super().write(vals)
        if {"action", "product_tmpl_id", "item_id", "pricelist_id"} & set(vals):
            self._store_old_price()
        return result

    # === BUSINESS METHODS === #

    def _store_old_price(self):
        """What it is now, written by the system."""
        for line in self.sudo():
            if line.request_id.state == "applied":
                continue
            item = line.item_id
            if line.action == "list_price":
                price = line.product_tmpl_id.list_price
            elif line.action == "new_rule":
                price = line.product_tmpl_id.list_price if line.compute_price == "fixed" else 0.0
            else:
                price = (
                    item.percent_price if item.compute_price == "percentage" else item.fixed_price
                )
            engine(line).write({"old_price": price})

    def _check_complete(self):
        self.ensure_one()
        complete = {
            "list_price": self.product_tmpl_id,
            "rule": self.item_id,
            "new_rule": self.pricelist_id,
            "end_rule": self.item_id,
        }[self.action]
        if not complete:
            raise UserError(self.env._("Name the product or the pricelist rule that changes."))

    def _apply(self):
        for line in self:
            line._check_complete()
            company = line.company_id
            if line.action == "list_price":
                line.product_tmpl_id.with_company(company)._in_price_flow().write(
                    {"list_price": line.new_price}
                )
            elif line.action == "rule":
                name = (
                    "percent_price" if line.item_id.compute_price == "percentage" else "fixed_price"
                )
                line.item_id._in_price_flow().write({name: line.new_price})
            elif line.action == "new_rule":
                name = "percent_price" if line.compute_price == "percentage" else "fixed_price"
                engine(line).item_id = (
                    self.env["product.pricelist.item"]
                    .sudo()
                    ._in_price_flow()
                    .create(
                        {
                            "pricelist_id": line.pricelist_id.id,
                            "product_tmpl_id": line.product_tmpl_id.id,
                            "compute_price": line.compute_price,
                            "min_quantity": line.min_quantity,
                            name: line.new_price,
                        }
                    )
                )
            else:
                line.item_id._in_price_flow().write({"date_end": fields.Datetime.now()})

    def _content(self):
        self.ensure_one()
        item = self.item_id if self.action != "new_rule" else self.item_id.browse()
        return [item if name == "item_id" else self[name] for name in self._approval_content_fields]
