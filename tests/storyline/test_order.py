# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
import contextlib

from odoo import Command
from odoo.tests import tagged

from .common import StorylineCase
from .rpc import RpcError


@tagged("post_install", "-at_install")
class TestStorylineOrder(StorylineCase):
    """Steps 17, 22 and 23: price, review, change."""

    def test_17_price(self):
        self.at("2026-03-04 10:00")
        order = self.quotation(price=92.0)
        [line] = order.order_line.ids
        with self.A.refused():
            self.A.call("sale.order", "action_quotation_sent", order.ids)
        # 8 %: beyond the manager's 5 %, the deputy general manager decides
        self.A.call("sale.order", "action_request_price_approval", order.ids, reason="Volume")
        approval = order.approval_ids.filtered(lambda row: row.state == "pending")
        self.assertEqual(approval.deviation, 8.0)
        for nobody in (self.A, self.KM, self.B):
            with nobody.refused():
                nobody.call("regulation.approval", "action_approve", approval.ids)
        self.assertEqual(approval.step_ids.role_id, self.roles["deputy_general_manager"])
        # A ends at 4 %: what was submitted is void, the manager decides now
        self.A.write("sale.order.line", line, price_unit=96.0)
        self.assertEqual(approval.state, "void")
        with self.A.refused("4"):
            self.A.call("sale.order", "action_quotation_sent", order.ids)
        self.A.call("sale.order", "action_request_price_approval", order.ids, reason="Volume")
        self.at("2026-03-05 10:00")
        self.decide(order, "price", "KM")
        self.A.call("sale.order", "action_quotation_sent", order.ids)
        self.assertEqual(order.state, "sent")
        self.assertEqual(order.amount_untaxed, 960_000.00)
        self.assertEqual(order.amount_tax, 124_800.00)
        self.assertEqual(order.amount_total, 1_084_800.00)
        self.assertEqual(order.margin, 180_000.00)
        self.assertEqual(round(order.margin_percent * 100, 2), 18.75)
        # approved at 96.00 is not approved at 95.99
        self.A.write("sale.order.line", line, price_unit=95.99)
        with self.A.refused():
            self.A.call("sale.order", "action_confirm", order.ids)

    def test_22_review(self):
        self.at("2026-03-11 10:00")
        order = self.quotation()
        self.approve_price(order)
        self.contract(order)
        with self.A.refused("review"):
            self.A.call("sale.order", "action_confirm", order.ids)
        self.A.call("sale.order", "action_request_review", order.ids)
        self.tick(order, "KM", 3)
        approval = order.approval_ids.filtered(
            lambda row: row.state == "pending" and row.kind_id.code == "order_review"
        )
        with self.KM.refused():
            self.KM.call("regulation.approval", "action_approve", approval.ids)
        with self.A.refused():
            self.A.call("sale.order", "action_confirm", order.ids)
        items = order._checklist_items("order_review")[order.id]
        self.assertEqual(len(items), 4)
        self.KM.call("sale.order", "action_tick", order.ids, item_id=items[3].id)
        self.KM.call("regulation.approval", "action_approve", approval.ids)
        self.A.call("sale.order", "action_confirm", order.ids)
        self.assertEqual(order.state, "sale")

    def test_23_change_request(self):
        self.at("2026-03-11 10:00")
        order = self.confirm(self.quotation(), "A")
        [line] = order.order_line.ids
        self.at("2026-03-12 10:00")
        for person in (self.A, self.KM, self.CLK):
            with person.refused():
                person.write("sale.order.line", line, product_uom_qty=10_500)
        with self.A.refused():
            self.A.write(
                "sale.order",
                order.ids,
                order_line=[Command.update(line, {"product_uom_qty": 10_500})],
            )
        # unlocking opens nothing: what was agreed is fixed by the regulation
        with contextlib.suppress(RpcError):
            self.KM.call("sale.order", "action_unlock", order.ids)
        for person in (self.A, self.KM):
            with person.refused():
                person.write("sale.order.line", line, product_uom_qty=10_500)
        change = self.A.create(
            "sale.order.change",
            order_id=order.id,
            reason="The customer wants 500 more",
            line_ids=[
                Command.create({"action": "quantity", "order_line_id": line, "quantity": 10_500})
            ],
        )
        self.A.call("sale.order.change", "action_submit", change)
        change = self.env["sale.order.change"].browse(change)
        self.decide(change, "order_change", "KM", "action_refuse", opinion="No capacity")
        self.assertEqual(change.state, "refused")
        self.assertEqual(order.order_line.product_uom_qty, 10_000)
