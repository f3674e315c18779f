# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import api, fields, models


class SaleOrder(models.Model):
    """A delivery that the customer refused, or that came short, is seen on its order."""

    _inherit = "sale.order"

    dispatch_objection_count = fields.Integer(
        string="Delivery Objections",
        compute="_compute_dispatch_objections",
        compute_sudo=True,
    )
    dispatch_objection_notice = fields.Text(
        string="Open Delivery Objections",
        compute="_compute_dispatch_objections",
        compute_sudo=True,
        help="What the customer refused or misses, until the objection is settled.",
    )

    @api.depends("state")
    @api.depends_context("lang", "uid")
    def _compute_dispatch_objections(self):
        self.dispatch_objection_count = 0
        self.dispatch_objection_notice = False
        regulated = self.env["regulation.profile"]._regulated_companies()
        # Our words on the matter: the customer, who reads his order on the portal, does not
        if not regulated or self.env.user.share:
            return
        # An objection is to a delivery, which has a notice
        orders = self.filtered(
            lambda order: order.company_id.id in regulated and order.dispatch_notice_count
        )
        if not orders:
            return
        objections = self.env["dispatch.objection"].search(
            [("notice_id.order_id", "in", orders.ids), ("state", "!=", "void")], order="id"
        )
        by_order = objections.grouped(lambda objection: objection.notice_id.order_id.id)
        for order in orders:
            mine = by_order.get(order._origin.id, objections.browse())
            order.dispatch_objection_count = len(mine)
            order.dispatch_objection_notice = (
                "\n".join(
                    objection._sentence()
                    for objection in mine.filtered(lambda row: row.state == "open")
                )
                or False
            )

    def action_view_dispatch_objections(self):
        """Open the objections to the deliveries of the order."""
        self.ensure_one()
        action = self.env["ir.actions.actions"]._for_xml_id(
            "sales_regulation.dispatch_objection_action"
        )
        action["domain"] = [("notice_id.order_id", "=", self.id)]
        action["context"] = {}
        return action
