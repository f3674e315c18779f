# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import fields, models
from odoo.tools import SQL


class DispatchLedger(models.Model):
    """The shipment ledger: one row per line of a notice, with lot and tracking.

    What the clerk and the warehouse have to list (S4-334, S4-349, S4-352, S4-353), from the
    request to the returned copy. What left to a customer without a notice while a regulation
    held stands in it too, and is marked so: a ledger that misses shipments proves nothing.

    Rates are averages of 0 and 1 over lines; those by shipment are measures of the notice.
    """

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
            "create_uid",
            "issued_by_id",
            "issued_at",
            "submitted_at",
            "finance_at",
            "released_at",
            "shipped_at",
            "informed_at",
            "requested_arrival_at",
            "planned_ship_at",
            "ship_name",
            "ship_contact",
            "ship_phone",
            "ship_address",
            "carrier_name",
            "tracking_ref",
            "picking_id",
            "on_time",
            "signed_on",
            "receiver_name",
            "acceptance",
            "arrived_on_time",
            "accurate",
            "copy_expected",
            "copy_due_at",
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
        "dispatch.receipt": ["notice_id", "corrects_id", "kind"],
        "dispatch.receipt.line": ["receipt_id", "notice_line_id", "refused_qty", "missing_qty"],
        "regulation.profile": ["state", "date_from", "date_to", "write_date"],
        "regulation.profile.assignment": ["company_id", "profile_id"],
        "res.company": ["parent_path"],
        "sale.order": ["date_order", "user_id"],
        "sale.order.line": ["order_id"],
        "stock.move": ["picking_id", "product_id", "state", "sale_line_id", "location_dest_id"],
        "stock.move.line": [
            "picking_id",
            "move_id",
            "product_id",
            "state",
            "lot_id",
            "quantity_product_uom",
        ],
        "stock.picking": ["company_id", "name", "date_done", "carrier_id", "carrier_tracking_ref"],
        "stock.lot": ["name"],
    }

    number = fields.Char(readonly=True, help="Of the notice; without one, of the transfer.")
    without_notice = fields.Boolean(readonly=True)
    notice_id = fields.Many2one(comodel_name="dispatch.notice", readonly=True)
    picking_id = fields.Many2one(comodel_name="stock.picking", string="Transfer", readonly=True)
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
    # Who entered the request sees its rows, as he sees the notice
    creator_id = fields.Many2one(comodel_name="res.users", string="Entered by", readonly=True)
    handler_id = fields.Many2one(comodel_name="res.users", readonly=True)
    ship_name = fields.Char(string="Consignee", readonly=True)
    ship_contact = fields.Char(string="Contact", readonly=True)
    ship_phone = fields.Char(string="Phone", readonly=True)
    ship_address = fields.Text(string="Address", readonly=True)
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
    refused_qty = fields.Float(string="Refused", readonly=True, digits="Product Unit")
    missing_qty = fields.Float(string="Missing", readonly=True, digits="Product Unit")
    special_demand = fields.Char(readonly=True)
    submitted_at = fields.Datetime(string="Received by the Clerk", readonly=True)
    issued_at = fields.Datetime(string="Issued at", readonly=True)
    finance_at = fields.Datetime(string="Papers checked at", readonly=True)
    released_at = fields.Datetime(string="Released at", readonly=True)
    planned_ship_at = fields.Datetime(string="Shipping Time", readonly=True)
    shipped_at = fields.Datetime(string="Shipped at", readonly=True)
    informed_at = fields.Datetime(string="Informed at", readonly=True)
    due_at = fields.Datetime(
        string="Due", readonly=True, help="When the goods have to be with the customer."
    )
    carrier_name = fields.Char(string="Carrier", readonly=True)
    tracking_ref = fields.Char(string="Tracking Number", readonly=True)
    on_time = fields.Float(
        string="Shipped on Time", readonly=True, aggregator="avg", help="1 yes, 0 no, by line."
    )
    signed_on = fields.Date(string="Delivered on", readonly=True)
    receiver_name = fields.Char(string="Signed by", readonly=True)
    acceptance = fields.Selection(
        selection=lambda self: (
            self.env["dispatch.notice"]._fields["acceptance"]._description_selection(self.env)
        ),
        readonly=True,
    )
    arrived_on_time = fields.Float(
        string="Arrived on Time", readonly=True, aggregator="avg", help="1 yes, 0 no, by line."
    )
    accurate = fields.Float(
        string="As Ordered", readonly=True, aggregator="avg", help="1 yes, 0 no, by line."
    )
    copy_due_at = fields.Datetime(string="Copy due back", readonly=True)
    copy_returned_on = fields.Date(string="Third Copy back on", readonly=True)
    copy_open = fields.Boolean(
        readonly=True, help="Signed, and the copy that comes back is not here yet."
    )
    copy_days = fields.Integer(string="Copy open (days)", readonly=True, aggregator="avg")

    @property
    def _table_query(self):
        return SQL(
            "SELECT %s FROM %s WHERE notice.issued_at IS NOT NULL UNION ALL"
            " SELECT %s FROM %s WHERE %s",
            self._select(),
            self._from(),
            self._select_without_notice(),
            self._from_without_notice(),
            self._where_without_notice(),
        )

    def _select(self):
        return SQL(
            """
            line.id * 2 AS id, notice.name AS number, FALSE AS without_notice,
            notice.id AS notice_id, notice.picking_id, notice.state,
            notice.company_id, notice.order_id, sale.date_order AS order_date,
            sale.user_id AS salesperson_id, notice.applicant_id,
            notice.create_uid AS creator_id, notice.issued_by_id AS handler_id,
            notice.ship_name, notice.ship_contact, notice.ship_phone, notice.ship_address,
            line.product_id, moved.lot_names, line.quantity, line.product_uom_id,
            moved.shipped_qty, said.refused_qty, said.missing_qty,
            COALESCE(line.special_demand, notice.special_demand) AS special_demand,
            notice.submitted_at, notice.issued_at, notice.finance_at, notice.released_at,
            notice.planned_ship_at, notice.shipped_at, notice.informed_at,
            notice.requested_arrival_at AS due_at, notice.carrier_name, notice.tracking_ref,
            CASE WHEN notice.shipped_at IS NOT NULL THEN notice.on_time END AS on_time,
            notice.signed_on, notice.receiver_name, notice.acceptance,
            CASE WHEN notice.signed_on IS NOT NULL THEN notice.arrived_on_time END
                AS arrived_on_time,
            CASE WHEN notice.signed_on IS NOT NULL THEN notice.accurate END AS accurate,
            notice.copy_due_at, notice.copy_returned_on,
            (notice.signed_on IS NOT NULL AND notice.copy_returned_on IS NULL
                AND notice.copy_expected) AS copy_open,
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
            LEFT JOIN LATERAL (
                SELECT sum(row.refused_qty) AS refused_qty, sum(row.missing_qty) AS missing_qty
                  FROM dispatch_receipt_line row
                 WHERE row.notice_id = notice.id
                   AND row.notice_line_id = line.id
                   AND NOT EXISTS (SELECT FROM dispatch_receipt later
                                    WHERE later.corrects_id = row.receipt_id)
            ) said ON TRUE
            """
        )

    # What left without a notice. Columns in the order of ``_select``.

    def _select_without_notice(self):
        return SQL(
            """
            move.id * 2 + 1, picking.name, TRUE, NULL::integer, picking.id, 'shipped',
            picking.company_id, sale.id, sale.date_order,
            sale.user_id, NULL::integer,
            NULL::integer, NULL::integer,
            NULL, NULL, NULL, NULL,
            move.product_id, moved.lot_names, moved.shipped_qty, template.uom_id,
            moved.shipped_qty, NULL::numeric, NULL::numeric,
            NULL,
            NULL::timestamp, NULL::timestamp, NULL::timestamp, NULL::timestamp,
            NULL::timestamp, picking.date_done, NULL::timestamp,
            sale.commitment_date, carrier.name ->> 'en_US', picking.carrier_tracking_ref,
            NULL::float8, NULL::date, NULL, NULL,
            NULL::float8, NULL::float8, NULL::timestamp, NULL::date, FALSE, NULL::integer
            """
        )

    def _from_without_notice(self):
        return SQL(
            """
            stock_move move
            JOIN stock_picking picking ON picking.id = move.picking_id
            JOIN stock_location source ON source.id = move.location_id
            JOIN stock_location target ON target.id = move.location_dest_id
            JOIN product_product product ON product.id = move.product_id
            JOIN product_template template ON template.id = product.product_tmpl_id
            JOIN res_company company ON company.id = picking.company_id
            LEFT JOIN delivery_carrier carrier ON carrier.id = picking.carrier_id
            LEFT JOIN sale_order_line sale_line ON sale_line.id = move.sale_line_id
            LEFT JOIN sale_order sale ON sale.id = sale_line.order_id
            LEFT JOIN LATERAL (
                SELECT string_agg(DISTINCT lot.name, ', ') AS lot_names,
                       sum(move_line.quantity_product_uom) AS shipped_qty
                  FROM stock_move_line move_line
                  LEFT JOIN stock_lot lot ON lot.id = move_line.lot_id
                 WHERE move_line.move_id = move.id
                   AND move_line.state = 'done'
            ) moved ON TRUE
            """
        )

    def _where_without_notice(self):
        """Shipments to customers of companies that had a regulation on that day."""
        return SQL(
            """
            move.state = 'done'
            AND source.usage IN ('internal', 'transit') AND target.usage = 'customer'
            AND NOT EXISTS (
                SELECT FROM dispatch_notice notice WHERE notice.picking_id = picking.id
            )
            AND EXISTS (
                SELECT FROM regulation_profile_assignment assignment
                  JOIN regulation_profile profile ON profile.id = assignment.profile_id
                  JOIN res_company covered ON covered.id = assignment.company_id
                 WHERE profile.state IN ('trial', 'active', 'retired')
                   AND company.parent_path LIKE covered.parent_path || '%%'
                   AND picking.date_done >= profile.date_from
                   AND (profile.date_to IS NULL OR picking.date_done < profile.date_to + 1)
                   AND (profile.state != 'retired' OR picking.date_done < profile.write_date)
            )
            """
        )
