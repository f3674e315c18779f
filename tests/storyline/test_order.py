# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
import contextlib

from odoo import Command
from odoo.tests import tagged

from .common import StorylineCase
from .rpc import RpcError


class ChangeCase(StorylineCase):
    def ask_for_quantity(self, order, quantity):
        self.at("2026-03-12 10:00")
        change = self.A.create(
            "sale.order.change",
            order_id=order.id,
            reason=f"The customer wants {quantity}",
            line_ids=[
                Command.create(
                    {
                        "action": "quantity",
                        "order_line_id": order.order_line.id,
                        "quantity": quantity,
                    }
                )
            ],
        )
        self.A.call("sale.order.change", "action_submit", change)
        return self.env["sale.order.change"].browse(change)


@tagged("post_install", "-at_install")
class TestStorylineOrder(ChangeCase):
    """Steps 17, 22 and 23: price, review, change.

    "A cannot see cost" of step 17 is left to the addon `sales_confidentiality`: Odoo shows
    the cost of a product, of an order line and the margin of an order to every salesperson
    (`test_17_who_sees_the_cost` says where it stands without that addon).
    """

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

    def test_17_who_sees_the_cost(self):
        """The rights of stock alone show the cost to a rep; not to whoever is no employee."""
        if "sales_confidentiality" in self.env.registry._init_modules:
            self.skipTest("sales_confidentiality decides who sees the cost")
        order = self.quotation()
        self.assertEqual(self.A.read("product.product", self.product.id, "standard_price"), 78.0)
        self.assertEqual(self.A.read("sale.order", order.id, "margin"), 180_000.00)
        [line] = order.order_line.ids
        self.assertEqual(self.A.read("sale.order.line", line, "purchase_price"), 78.0)
        # what the regulation adds shows prices to approvers, and no cost
        for model in ("regulation.approval", "dispatch.notice", "dispatch.ledger"):
            names = self.KM.call(model, "fields_get", attributes=["string"])
            self.assertFalse([name for name in names if "cost" in name or "margin" in name], model)

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

    def test_22_hand_over(self):
        """Planner, warehouse and finance get their tasks after the commit, due in a day."""
        self.at("2026-03-11 10:00")
        order = self.confirm(self.quotation(), "A")
        tasks = self.tasks(order, "order_confirmed")
        self.assertEqual(len(tasks), 3)
        self.assertEqual(set(tasks.mapped("state")), {"queued"})
        self.assertEqual(tasks.queued_by_id, self.users["a"])
        self.assertFalse(self.PLN.count("mail.activity", ("user_id", "=", self.PLN.uid)))
        self.run_triggered("sales_regulation.ir_cron_handover")
        self.assertEqual(
            {task.role_id.code: task.user_id.login for task in tasks},
            {"planner": "reg_pln", "warehouse": "reg_wh", "finance": "reg_fin"},
        )
        # confirmed on Wednesday: by the end of Thursday
        self.assertEqual({self.local(task.due_at) for task in tasks}, {"2026-03-12 18:00"})
        for person in (self.PLN, self.WH, self.FIN):
            [task] = person.call(
                "mail.activity",
                "search_read",
                domain=[("user_id", "=", person.uid), ("res_model", "=", "sale.order")],
                fields=["res_id", "date_deadline"],
            )
            self.assertEqual((task["res_id"], task["date_deadline"]), (order.id, "2026-03-12"))
        # nothing is handed over twice
        self.cron("sales_regulation.ir_cron_handover")
        self.assertEqual(self.tasks(order, "order_confirmed"), tasks)

        # ticking the task off is taking over: on time, late, and not by somebody else
        planner, warehouse = (
            tasks.filtered(lambda task, code=code: task.role_id.code == code)
            for code in ("planner", "warehouse")
        )
        with self.A.refused(error="AccessError"):
            self.A.call("regulation.handover", "action_done", planner.ids)
        self.at("2026-03-12 17:59")
        self.PLN.call("regulation.handover", "action_done", planner.ids)
        self.at("2026-03-12 18:01")
        self.WH.call("mail.activity", "action_done", warehouse.activity_id.ids)
        for task, person, result in (
            (planner, self.PLN, "kept"),
            (warehouse, self.WH, "breached"),
        ):
            self.assertEqual((task.state, task.done_by_id.id), ("done", person.uid))
            self.assertEqual(task.deadline_id.state, result)

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
        change = self.ask_for_quantity(order, 10_500)
        self.decide(change, "order_change", "KM", "action_refuse", opinion="No capacity")
        self.assertEqual(change.state, "refused")
        self.assertEqual(order.order_line.product_uom_qty, 10_000)
        self.assertFalse(self.tasks(order, "order_changed"))


@tagged("post_install", "-at_install")
class TestStorylineChange(ChangeCase):
    """Step 23, had the manager agreed, where no contract has to be amended first."""

    @classmethod
    def _adjust_profile(cls):
        super()._adjust_profile()
        cls.profile.gate_ids.filtered(
            lambda line: line.gate_id.code == "contract_signed"
        ).mode = "off"

    def test_23_change_is_handed_over(self):
        """An approved change is carried out and told to whoever works on the order."""
        self.at("2026-03-11 10:00")
        order = self.confirm(self.quotation(), "A")
        change = self.ask_for_quantity(order, 10_500)
        self.assertFalse(self.tasks(order, "order_changed"))
        self.decide(change, "order_change", "KM")
        self.assertEqual(order.order_line.product_uom_qty, 10_500)
        self.assertEqual(order.amount_untaxed, 1_008_000.00)
        tasks = self.tasks(order, "order_changed")
        self.assertEqual(set(tasks.mapped("state")), {"queued"})
        self.assertEqual(tasks.queued_by_id, self.users["km"])
        self.run_triggered("sales_regulation.ir_cron_handover")
        self.assertEqual(sorted(tasks.user_id.mapped("login")), ["reg_fin", "reg_pln", "reg_wh"])
        self.assertEqual({self.local(task.due_at) for task in tasks}, {"2026-03-13 18:00"})
