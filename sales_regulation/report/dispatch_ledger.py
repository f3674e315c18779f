# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import fields, models
from odoo.tools import SQL


class DispatchLedger(models.Model):
    """The shipment ledger: one row per line of a notice, with lot and tracking (S4-349, S4-352)."""

    _name = "dispatch.ledger"
    _description = "Shipment Ledger"
    _auto = False
    _order = "issued_at desc, id desc"
    _rec_name = "number"
    _depends = {
        "dispatch.notice": [
            "name",
            "state",
            "company_id",
            "order_id",
            "applicant_id",
            "issued_by_id",
            "issued_at",
            "submitted_at",
            "shipped_at",
            "ship_name",
            "carrier_name",
            "tracking_ref",
            "picking_id",
            "on_time",
            "signed_on",
            "copy_returned_on",
            "copy_days",
            "special_demand",
        ],
        "dispatch.notice.line": [
            "notice_id",
            "product_id",
            "quantity",
            "product_uom_id",
            "special_demand",
        ],
        "sale.order": ["date_order", "user_id"],
        "stock.move.line": [
            "picking_id",
            "product_id",
            "state",
            "lot_id",
            "quantity_product_uom",
        ],
        "stock.lot": ["name"],
    }

    number = fields.Char(readonly=True)
    notice_id = fields.Many2one(comodel_name="dispatch.notice", readonly=True)
    state = fields.Selection(
        selection=lambda self: (
            self.env["dispatch.notice"]._fields["state"]._description_selection(self.env)
        ),
        readonly=True,
    )
    company_id = fields.Many2one(comodel_name="res.company", readonly=True)
    order_id = fields.Many2one(comodel_name="sale.order", readonly=True)
    order_date = fields.Datetime(string="Order Time", readonly=True)
    salesperson_id = fields.Many2one(comodel_name="res.users", readonly=True)
    applicant_id = fields.Many2one(comodel_name="res.users", readonly=True)
    handler_id = fields.Many2one(comodel_name="res.users", readonly=True)
    ship_name = fields.Char(string="Consignee", readonly=True)
    product_id = fields.Many2one(comodel_name="product.product", readonly=True)
    lot_names = fields.Char(string="Lots", readonly=True)
    quantity = fields.Float(readonly=True, digits="Product Unit")
    product_uom_id = fields.Many2one(comodel_name="uom.uom", string="Unit", readonly=True)
    shipped_qty = fields.Float(
        string="Transfer Quantity",
        readonly=True,
        digits="Product Unit",
        help="What left of the product with the transfer, in the product's unit.",
    )
    special_demand = fields.Char(readonly=True)
    submitted_at = fields.Datetime(string="Received by the Clerk", readonly=True)
    issued_at = fields.Datetime(string="Issued at", readonly=True)
    shipped_at = fields.Datetime(string="Shipped at", readonly=True)
    carrier_name = fields.Char(string="Carrier", readonly=True)
    tracking_ref = fields.Char(string="Tracking Number", readonly=True)
    on_time = fields.Float(readonly=True, aggregator="avg")
    signed_on = fields.Date(readonly=True)
    copy_returned_on = fields.Date(string="Third Copy back on", readonly=True)
    copy_days = fields.Integer(string="Copy open (days)", readonly=True, aggregator="avg")

    @property
    def _table_query(self):
        return SQL(
            "SELECT %s FROM %s WHERE notice.issued_at IS NOT NULL", self._select(), self._from()
        )

    def _select(self):
        return SQL(
            """
            line.id, notice.name AS number, notice.id AS notice_id, notice.state,
            notice.company_id, notice.order_id, sale.date_order AS order_date,
            sale.user_id AS salesperson_id, notice.applicant_id,
            notice.issued_by_id AS handler_id, notice.ship_name, line.product_id,
            moved.lot_names, line.quantity, line.product_uom_id, moved.shipped_qty,
            COALESCE(line.special_demand, notice.special_demand) AS special_demand,
            notice.submitted_at, notice.issued_at, notice.shipped_at, notice.carrier_name,
            notice.tracking_ref, notice.on_time, notice.signed_on, notice.copy_returned_on,
            notice.copy_days
            """
        )

    def _from(self):
        return SQL(
            """
            dispatch_notice_line line
            JOIN dispatch_notice notice ON notice.id = line.notice_id
            JOIN sale_order sale ON sale.id = notice.order_id
            LEFT JOIN LATERAL (
                SELECT string_agg(DISTINCT lot.name, ', ') AS lot_names,
                       sum(move_line.quantity_product_uom) AS shipped_qty
                  FROM stock_move_line move_line
                  LEFT JOIN stock_lot lot ON lot.id = move_line.lot_id
                 WHERE move_line.picking_id = notice.picking_id
                   AND move_line.product_id = line.product_id
                   AND move_line.state = 'done'
            ) moved ON TRUE
            """
        )
