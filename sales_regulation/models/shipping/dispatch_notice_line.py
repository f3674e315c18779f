# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError

from ...tools import is_engine


class DispatchNoticeLine(models.Model):
    """What a dispatch notice names: goods, accessories, labels, papers (S4-344)."""

    _name = "dispatch.notice.line"
    _description = "Line of a Dispatch Notice"
    _inherit = ["regulation.sourced", "regulation.protected"]
    _order = "notice_id, sequence, id"
    _check_company_auto = True

    _source_fields = ("notice_id", "order_line_id")

    _quantity_positive = models.Constraint(
        "CHECK(quantity > 0)", "A dispatch notice names quantities above zero."
    )

    notice_id = fields.Many2one(
        comodel_name="dispatch.notice", required=True, ondelete="cascade", index=True
    )
    company_id = fields.Many2one(related="notice_id.company_id")
    state = fields.Selection(related="notice_id.state")
    sequence = fields.Integer(default=10)
    order_id = fields.Many2one(related="notice_id.order_id")
    order_line_id = fields.Many2one(
        comodel_name="sale.order.line",
        domain="[('order_id', '=', order_id), ('display_type', '=', False)]",
        ondelete="restrict",
        index="btree_not_null",
    )
    product_id = fields.Many2one(
        comodel_name="product.product",
        compute="_compute_product_id",
        store=True,
        readonly=False,
        precompute=True,
        required=True,
        ondelete="restrict",
        index=True,
    )
    quantity = fields.Float(digits="Product Unit", required=True, default=1.0)
    product_uom_id = fields.Many2one(
        comodel_name="uom.uom",
        string="Unit",
        compute="_compute_product_id",
        store=True,
        readonly=False,
        precompute=True,
        required=True,
    )
    accessories = fields.Char(help="Fittings and accessories: model and number (配套).")
    labels = fields.Char(help="Labels on the goods (標簽).")
    documents = fields.Char(
        string="Enclosed Documents", help="Papers that go with the goods (隨附資料)."
    )
    special_demand = fields.Char(help="What else has to be observed (特殊要求).")
    shipped_qty = fields.Float(
        string="Shipped", compute="_compute_shipped", digits="Product Unit", compute_sudo=True
    )
    lot_names = fields.Char(string="Lots", compute="_compute_shipped", compute_sudo=True)

    # === COMPUTE METHODS === #

    @api.depends("order_line_id")
    def _compute_product_id(self):
        for line in self:
            order_line = line.order_line_id.sudo()
            line.product_id = order_line.product_id or line.product_id
            line.product_uom_id = (
                order_line.product_uom_id or line.product_uom_id or line.product_id.uom_id
            )

    @api.depends("product_id", "notice_id")
    def _compute_display_name(self):
        for line in self:
            line.display_name = f"{line.notice_id.display_name}: {line.product_id.display_name}"

    @api.depends("product_id", "quantity", "notice_id.picking_id")
    def _compute_shipped(self):
        """What left with the notice's transfer, spread over its lines; two queries."""
        shipped, lots = {}, {}
        groups = self.env["stock.move.line"]._read_group(
            [("picking_id", "in", self.notice_id.picking_id.ids), ("state", "=", "done")],
            ["picking_id", "product_id"],
            ["quantity_product_uom:sum", "lot_id:recordset"],
        )
        for picking, product, quantity, lot in groups:
            shipped[picking.id, product.id] = quantity
            lots[picking.id, product.id] = ", ".join(lot.mapped("name"))
        for line in self.sorted(lambda line: (line.notice_id.id, line.sequence, line.id)):
            key = (line.notice_id.picking_id.id, line.product_id.id)
            uom = line.product_id.uom_id
            named = line._product_qty()
            taken = min(named, shipped.get(key, 0.0))
            shipped[key] = shipped.get(key, 0.0) - taken
            line.shipped_qty = uom._compute_quantity(taken, line.product_uom_id) if taken else 0.0
            line.lot_names = lots.get(key) or False

    # === CONSTRAINT METHODS === #

    @api.constrains("order_line_id", "notice_id", "product_id")
    def _check_order_line(self):
        for line in self:
            order_line = line.order_line_id.sudo()
            if order_line and order_line.order_id != line.notice_id.sudo().order_id:
                raise ValidationError(
                    self.env._("A dispatch notice names lines of its own order only.")
                )
            if order_line and order_line.product_id != line.product_id:
                raise ValidationError(
                    self.env._(
                        "%(product)s is not what the order line names.",
                        product=line.product_id._name_in_sentence(),
                    )
                )

    # === CRUD METHODS === #

    @api.model_create_multi
    def create(self, vals_list):
        lines = super().create(vals_list)
        lines._check_open()
        return lines

    def write(self, vals):
        self._check_open()
        result = super().write(vals)
        if "notice_id" in vals:
            self._check_open()
        return result

    @api.ondelete(at_uninstall=False)
    def _unlink_except_submitted(self):
        self._check_open()

    def _check_open(self):
        if not is_engine(self.env) and any(
            notice.state != "draft" for notice in self.notice_id.sudo()
        ):
            raise UserError(
                self.env._("The request is submitted: its lines change only after it is sent back.")
            )

    # === TOOLING === #

    def _product_qty(self):
        """Quantity in the product's own unit."""
        self.ensure_one()
        return self.product_uom_id._compute_quantity(self.quantity, self.product_id.uom_id)

    def _payment_value(self, totals):
        """Value of the goods at the price of the order, taxes included.

        :param dict totals: totals of the order's lines by id
        """
        self.ensure_one()
        order_line = self.order_line_id or self.order_id._payment_line_of(self.product_id)
        unit = (
            order_line._payment_unit_value(totals)
            if order_line
            else self.order_id._payment_price_of(self.product_id)
        )
        return self._product_qty() * unit
