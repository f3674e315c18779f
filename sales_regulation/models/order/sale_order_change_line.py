# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.tools import format_date

from ...tools import engine

#: action: (field of the order line or the order, field here)
_TARGETS = {
    "quantity": ("product_uom_qty", "quantity"),
    "remove": ("product_uom_qty", "quantity"),
    "price": ("price_unit", "price_unit"),
    "discount": ("discount", "discount"),
    "date": ("commitment_date", "date"),
    "delivery_address": ("partner_shipping_id", "partner_id"),
    "invoice_address": ("partner_invoice_id", "partner_id"),
    "payment_term": ("payment_term_id", "payment_term_id"),
    "incoterm": ("incoterm", "incoterm_id"),
}
_OF_LINE = ("quantity", "price", "discount", "remove")


class SaleOrderChangeLine(models.Model):
    """One thing that changes, with what it was."""

    _name = "sale.order.change.line"
    _description = "Line of an Order Change Request"
    _inherit = ["regulation.submittable.line", "regulation.sealed", "regulation.sourced"]
    _order = "change_id, sequence, id"
    _check_company_auto = True

    _sealed_fields = frozenset({"old_value"})
    _source_fields = ("change_id", "order_line_id")
    _approval_document_field = "change_id"
    _approval_content_fields = (
        "action",
        "order_line_id",
        "product_id",
        "quantity",
        "price_unit",
        "discount",
        "date",
        "partner_id",
        "payment_term_id",
        "incoterm_id",
    )

    change_id = fields.Many2one(
        comodel_name="sale.order.change", required=True, index=True, ondelete="cascade"
    )
    order_id = fields.Many2one(related="change_id.order_id")
    company_id = fields.Many2one(related="change_id.company_id")
    sequence = fields.Integer(default=10)
    action = fields.Selection(
        selection=[
            ("quantity", "Quantity"),
            ("price", "Unit price"),
            ("discount", "Discount"),
            ("add", "Add a product"),
            ("remove", "Remove a line"),
            ("date", "Delivery date"),
            ("delivery_address", "Delivery address"),
            ("invoice_address", "Invoice address"),
            ("payment_term", "Payment terms"),
            ("incoterm", "Incoterm"),
        ],
        string="What",
        required=True,
        default="quantity",
    )
    order_line_id = fields.Many2one(
        comodel_name="sale.order.line",
        string="Line",
        domain="[('order_id', '=', order_id), ('display_type', '=', False)]",
        ondelete="restrict",
        index="btree_not_null",
    )
    product_id = fields.Many2one(comodel_name="product.product", check_company=True)
    quantity = fields.Float(digits="Product Unit")
    price_unit = fields.Float(string="Unit Price", min_display_digits="Product Price")
    discount = fields.Float(string="Discount (%)", digits="Discount")
    date = fields.Datetime(string="New Date")
    partner_id = fields.Many2one(comodel_name="res.partner", string="New Address")
    payment_term_id = fields.Many2one(
        comodel_name="account.payment.term", string="New Terms", check_company=True
    )
    incoterm_id = fields.Many2one(comodel_name="account.incoterms", string="New Incoterm")
    old_value = fields.Char(string="Before", readonly=True, copy=False)
    new_value = fields.Char(string="After", compute="_compute_new_value")

    # === COMPUTE METHODS === #

    @api.depends(
        "action",
        "quantity",
        "price_unit",
        "discount",
        "date",
        "partner_id",
        "payment_term_id",
        "incoterm_id",
        "product_id",
    )
    def _compute_new_value(self):
        for line in self:
            if line.action == "add":
                line.new_value = f"{line.product_id.display_name or ''} x {line.quantity:g}"
            elif line.action:
                value = 0.0 if line.action == "remove" else line[_TARGETS[line.action][1]]
                line.new_value = line._text(value)
            else:
                line.new_value = False

    # === CONSTRAINT METHODS === #

    @api.constrains("order_line_id", "change_id")
    def _check_order_line(self):
        for line in self:
            if line.order_line_id and line.order_line_id.order_id != line.order_id:
                raise ValidationError(self.env._("The line belongs to another order."))

    # === CRUD METHODS === #

    @api.model_create_multi
    def create(self, vals_list):
        lines = super().create(vals_list)
        lines._store_old_value()
        return lines

    def write(self, vals):
        result = super().write(vals)
        if {"action", "order_line_id"} & set(vals):
            self._store_old_value()
        return result

    # === BUSINESS METHODS === #

    def _store_old_value(self):
        """What it is now, written by the system: the request shows it for ever."""
        for line in self.sudo():
            if line.action == "add":
                continue
            source = line.order_line_id if line.action in _OF_LINE else line.order_id
            engine(line).old_value = line._text(source[_TARGETS[line.action][0]])

    def _text(self, value):
        if isinstance(value, models.BaseModel):
            return value.sudo().display_name or ""
        if isinstance(value, float):
            return f"{value:,.6f}".rstrip("0").rstrip(".")
        return format_date(self.env, value) if value else ""

    def _check_complete(self):
        """Raise UserError if a line does not say what changes to what."""
        for line in self:
            if line.action in _OF_LINE and not line.order_line_id:
                raise UserError(self.env._("Name the order line that changes."))
            if line.action == "add" and (not line.product_id or line.quantity <= 0):
                raise UserError(self.env._("Name the product to add and its quantity."))
            if line.action == "quantity" and line.quantity < 0:
                raise UserError(self.env._("A quantity cannot be negative."))
            if line.action in ("date", "delivery_address", "invoice_address", "payment_term"):
                if not line[_TARGETS[line.action][1]]:
                    raise UserError(
                        self.env._(
                            "Say what it changes to: %s.",
                            dict(self._fields["action"]._description_selection(self.env))[
                                line.action
                            ],
                        )
                    )

    def _new_value(self):
        """``(field, value)`` to write; for a new line its values."""
        self.ensure_one()
        if self.action == "add":
            vals = {"product_id": self.product_id.id, "product_uom_qty": self.quantity}
            if self.price_unit:
                vals["price_unit"] = self.price_unit
            if self.discount:
                vals["discount"] = self.discount
            return None, vals
        field, source = _TARGETS[self.action]
        value = 0.0 if self.action == "remove" else self[source]
        return field, value.id if isinstance(value, models.BaseModel) else value

    def _content(self):
        self.ensure_one()
        return [
            self.action,
            self.order_line_id,
            *(self[name] for name in self._approval_content_fields[2:]),
        ]
