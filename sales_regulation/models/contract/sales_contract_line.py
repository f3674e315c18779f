# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import api, fields, models
from odoo.exceptions import ValidationError


class SalesContractLine(models.Model):
    """Goods of a contract: what an order has to match."""

    _name = "sales.contract.line"
    _description = "Contract Line"
    _inherit = ["regulation.approvable.line", "regulation.sealed"]
    _order = "contract_id, sequence, id"
    _check_company_auto = True

    # Which order line an amendment changes is not chosen by whoever drafts it
    _sealed_fields = frozenset({"origin_id", "price_subtotal", "price_tax"})
    _approval_document_field = "contract_id"
    _approval_content_fields = (
        "product_id",
        "name",
        "product_uom_id",
        "quantity",
        "price_unit",
        "discount",
        "tax_ids",
    )

    contract_id = fields.Many2one(
        comodel_name="sales.contract", required=True, index=True, ondelete="cascade"
    )
    company_id = fields.Many2one(related="contract_id.company_id")
    currency_id = fields.Many2one(related="contract_id.currency_id")
    sequence = fields.Integer(default=10)
    product_id = fields.Many2one(
        comodel_name="product.product",
        required=True,
        check_company=True,
        domain="[('sale_ok', '=', True)]",
        ondelete="restrict",
        index="btree_not_null",
    )
    name = fields.Text(
        string="Specification",
        compute="_compute_from_product",
        store=True,
        readonly=False,
        precompute=True,
        help="Product and specification as the contract says it (產品規格).",
    )
    quantity = fields.Float(digits="Product Unit", default=1.0)
    product_uom_id = fields.Many2one(
        comodel_name="uom.uom",
        string="Unit",
        compute="_compute_from_product",
        store=True,
        readonly=False,
        precompute=True,
        ondelete="restrict",
    )
    price_unit = fields.Float(string="Unit Price", min_display_digits="Product Price")
    discount = fields.Float(string="Discount (%)", digits="Discount")
    tax_ids = fields.Many2many(
        comodel_name="account.tax",
        string="Taxes",
        check_company=True,
        domain="[('type_tax_use', '=', 'sale')]",
        context={"active_test": False},
    )
    price_subtotal = fields.Monetary(
        string="Amount", compute="_compute_amounts", store=True, help="Without taxes."
    )
    price_tax = fields.Monetary(string="Tax", compute="_compute_amounts", store=True)
    order_line_id = fields.Many2one(
        comodel_name="sale.order.line",
        string="Order Line",
        copy=False,
        index="btree_not_null",
        ondelete="set null",
        help="The line of the order that was written down here.",
    )
    origin_id = fields.Many2one(
        comodel_name="sales.contract.line",
        string="Line amended",
        readonly=True,
        copy=False,
        index="btree_not_null",
        ondelete="set null",
        help="The line of the contract that this line of an amendment changes.",
    )

    _quantity_positive = models.Constraint(
        "CHECK(quantity >= 0)", "The quantity of a contract line cannot be negative."
    )
    _discount_range = models.Constraint(
        "CHECK(discount >= 0 AND discount <= 100)", "A discount is a percentage from 0 to 100."
    )

    # === COMPUTE METHODS === #

    @api.depends("product_id")
    def _compute_from_product(self):
        for line in self:
            product = line.product_id
            lang = line.contract_id.partner_id.lang
            line.name = (
                line.name
                or product.with_context(lang=lang).get_product_multiline_description_sale()
            )
            line.product_uom_id = line.product_uom_id or product.uom_id

    @api.depends("quantity", "price_unit", "discount", "tax_ids", "contract_id.currency_id")
    def _compute_amounts(self):
        for line in self:
            net = line._net_price()
            taxes = line.tax_ids.compute_all(
                net,
                currency=line.currency_id,
                quantity=line.quantity,
                product=line.product_id,
                partner=line.contract_id.partner_id,
            )
            line.price_subtotal = taxes["total_excluded"]
            line.price_tax = taxes["total_included"] - taxes["total_excluded"]

    # === CONSTRAINT METHODS === #

    @api.constrains("origin_id", "product_id")
    def _check_origin_product(self):
        for line in self:
            if line.origin_id and line.product_id != line.origin_id.product_id:
                raise ValidationError(
                    self.env._(
                        "An amendment does not turn %(product)s into another product: remove the"
                        " line and add a new one.",
                        product=line.origin_id.product_id._name_in_sentence(),
                    )
                )

    # === CRUD METHODS === #

    @api.model_create_multi
    def create(self, vals_list):
        lines = super().create(vals_list)
        lines.contract_id._check_content_open()
        return lines

    def write(self, vals):
        if {*self._approval_content_fields, "contract_id"}.intersection(vals):
            self.contract_id._check_content_open()
        result = super().write(vals)
        if "contract_id" in vals:
            self.contract_id._check_content_open()
        return result

    @api.ondelete(at_uninstall=False)
    def _unlink_except_agreed(self):
        self.contract_id._check_content_open()

    # === BUSINESS METHODS === #

    def _net_price(self):
        self.ensure_one()
        return self.price_unit * (1 - (self.discount or 0.0) / 100)

    def _content(self):
        """What was agreed in this line, for the fingerprint of the contract."""
        self.ensure_one()
        return [
            self.product_id,
            self.name or "",
            self.product_uom_id,
            self.quantity,
            self.price_unit,
            self.discount,
            self.tax_ids,
        ]
