# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import Command, api, fields, models
from odoo.exceptions import UserError

from ...tools import RegulatedOne2many
from .dispatch_notice import CLOSED


class SaleOrder(models.Model):
    _inherit = "sale.order"

    dispatch_notice_ids = RegulatedOne2many(
        comodel_name="dispatch.notice",
        inverse_name="order_id",
        string="Dispatch Notices",
        groups="stock.group_stock_user,sales_regulation.group_regulation_user",
    )
    dispatch_notice_count = fields.Integer(
        string="Dispatch Notice Count", compute="_compute_dispatch_notice_count", compute_sudo=True
    )
    dispatch_can_request = fields.Boolean(
        string="Dispatch can be requested",
        compute="_compute_dispatch_notice_count",
        compute_sudo=True,
    )

    @api.depends("state")
    def _compute_dispatch_notice_count(self):
        self.dispatch_notice_count = 0
        self.dispatch_can_request = False
        regulated = self.env["regulation.profile"]._regulated_companies()
        if not regulated:
            return
        orders = self.filtered(lambda order: order.company_id.id in regulated)
        if not orders:
            return
        counts = dict(
            self.env["dispatch.notice"]._read_group(
                [("order_id", "in", orders.ids)], ["order_id"], ["__count"]
            )
        )
        for order in orders:
            order.dispatch_notice_count = counts.get(order._origin, 0)
            order.dispatch_can_request = order.state == "sale"

    # === ACTION METHODS === #

    def action_request_dispatch(self):
        """Make a dispatch request for what is left of the order, and open it (S4-324)."""
        self.ensure_one()
        self.check_access("read")
        if self.state != "sale":
            raise UserError(self.env._("Confirm the order first."))
        values = self._prepare_dispatch_notice_values()
        if not values["line_ids"]:
            raise UserError(
                self.env._("Everything on this order is delivered or named on a dispatch notice.")
            )
        notice = self.env["dispatch.notice"].create(values)
        return {
            "type": "ir.actions.act_window",
            "res_model": "dispatch.notice",
            "res_id": notice.id,
            "view_mode": "form",
        }

    def action_view_dispatch_notices(self):
        """Open the dispatch notices of the order."""
        self.ensure_one()
        action = self.env["ir.actions.actions"]._for_xml_id(
            "sales_regulation.dispatch_notice_action"
        )
        action["domain"] = [("order_id", "=", self.id)]
        action["context"] = {"default_order_id": self.id}
        return action

    # === BUSINESS METHODS === #

    def _shipment_remedies(self):
        """What the reader may do for these orders when their goods are stopped."""
        remedies = {}
        if len(self) != 1 or not self.has_access("read"):
            return remedies
        if self.env.user.has_group("sales_regulation.group_regulation_finance"):
            remedies["payment_before_shipment"] = (
                self.env._("Allocate a Payment"),
                self,
                "action_regulation_payments",
            )
        elif self.env["sale.receipt"].has_access("create"):
            remedies["payment_before_shipment"] = (
                self.env._("Record a Receipt"),
                self,
                "action_regulation_receipt",
            )
        if self.dispatch_notice_count:
            remedies["dispatch_notice"] = (
                self.env._("Open the Dispatch Notices"),
                self,
                "action_view_dispatch_notices",
            )
        elif self.dispatch_can_request and self.env["dispatch.notice"].has_access("create"):
            remedies["dispatch_notice"] = (
                self.env._("Request Dispatch"),
                self,
                "action_request_dispatch",
            )
        return remedies

    def _prepare_dispatch_notice_values(self):
        """Values of a request for what is neither delivered nor named by an open notice."""
        self.ensure_one()
        return {"order_id": self.id, "line_ids": self.sudo()._prepare_dispatch_lines()}

    def _prepare_dispatch_lines(self):
        """Lines of a request for what is left of the order; of a kit, its parts."""
        left = self.order_line._dispatch_left()
        return [
            Command.create(
                {
                    "order_line_id": line.id,
                    "product_id": line.product_id.id,
                    "quantity": quantity,
                    "product_uom_id": line.product_uom_id.id,
                    "sequence": line.sequence,
                }
            )
            for line, quantity in left.items()
            if line.product_uom_id.compare(quantity, 0.0) > 0
        ] + [
            Command.create({"product_id": product.id, "quantity": quantity})
            for product, quantity in (self.order_line - self.order_line.union(*left))
            ._dispatch_parts()
            .items()
        ]

    def _action_cancel(self):
        """A cancelled order ships nothing: its open notices are cancelled with it."""
        result = super()._action_cancel()
        if self.env["regulation.profile"]._regulated_companies():
            notices = self.sudo().dispatch_notice_ids.filtered(
                lambda notice: notice.state not in ("shipped", "informed", "received", *CLOSED)
            )
            if notices:
                notices._advance(
                    "cancelled",
                    state="cancelled",
                    reason=self.env._("The order was cancelled."),
                    picking_id=False,
                )
        return result
