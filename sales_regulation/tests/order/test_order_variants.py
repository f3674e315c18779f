# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from datetime import date

from odoo import Command
from odoo.exceptions import UserError
from odoo.tests import tagged

from ...tools import engine
from .common import OrderCommon


@tagged("post_install", "-at_install")
class TestOrderVariants(OrderCommon):
    """The same order under other regulations, companies and currencies."""

    def test_manager_review_row(self):
        """Row "manager order review": required under S0, none without a profile."""
        order = self._order("a", quantity=10)
        order.action_confirm()
        self.assertEqual(order.state, "sale")
        profile = self.env.ref("sales_regulation.profile_s0").copy({"code": "S0-TEST"})
        self.env["regulation.profile.assignment"].create(
            {"profile_id": profile.id, "company_id": self.company.id}
        )
        profile.date_from = date(2020, 1, 1)
        self.assertIn(
            "order_review",
            profile.gate_ids.filtered(lambda line: line.mode != "off").gate_id.mapped("code"),
        )
        profile.gate_ids.filtered(lambda line: line.gate_id.code == "order_review").mode = "enforce"
        profile.with_user(self.users["gm"])._publish("active")
        order = self._order("a", quantity=10)
        refused = {refusal.gate for refusal in order._gate_refusals("confirm")}
        self.assertIn("order_review", refused)
        with self.assertRaisesRegex(UserError, "not reviewed"):
            order.action_confirm()

    def test_two_companies_two_authorities(self):
        self._price_profile()
        other = self.env["res.company"].create({"name": "Branch", "currency_id": self.cny.id})
        self.users["km"].sudo().company_ids |= other
        self.env["regulation.role.assignment"].create(
            {
                "role_id": self.roles["ka_manager"].id,
                "company_id": other.id,
                "user_id": self.users["km"].id,
                "date_from": date(2020, 1, 1),
            }
        )
        profile = self._price_profile()
        profile.price_authority_ids.filtered(lambda line: line.role_id.code == "ka_manager")
        product = self.env["product.product"].create(
            {"name": "Shared chip", "type": "service", "list_price": 100, "taxes_id": False}
        )
        orders = {}
        for company in (self.company, other):
            orders[company] = (
                self.env["sale.order"]
                .with_user(self.users["km"])
                .with_context(allowed_company_ids=[company.id])
                .create(
                    {
                        "partner_id": self.env["res.partner"].create({"name": "Both"}).id,
                        "company_id": company.id,
                        "order_line": [
                            Command.create({"product_id": product.id, "price_unit": 90})
                        ],
                    }
                )
            )
        with self.assertRaises(UserError):
            orders[self.company].action_confirm()
        # no regulation in the other company
        orders[other].action_confirm()
        self.assertEqual(orders[other].state, "sale")

    def test_batch_over_companies(self):
        self._price_profile()
        first = self._order("km", quantity=10, price=96)
        second = self._order("km", quantity=10, price=90)
        refused = {refusal.record for refusal in (first | second)._gate_refusals("confirm")}
        self.assertEqual(refused, {second})

    def test_no_profile_no_query(self):
        # the demo company has a regulation
        engine(self.env["regulation.profile"].search([("state", "!=", "draft")])).write(
            {"state": "retired"}
        )
        order = self._order("a", quantity=10)
        self.env.flush_all()
        self.assertFalse(self.env["regulation.profile"]._regulated_companies())
        order = order.sudo()  # what the access rules cost is not ours
        before = self.env.cr.sql_log_count
        order._gate_would_refuse("confirm")
        order._gate_quotations("send")
        for name in (
            "regulation_price_discount",
            "regulation_notice",
            "regulation_change_count",
            "regulation_ask_price",
            "approval_count",
            "checklist_progress",
        ):
            self.assertFalse(order[name], name)
            self.assertEqual(self.env.cr.sql_log_count, before, name)
        self.assertFalse(order.order_line.regulation_deviation)
        self.assertEqual(self.env.cr.sql_log_count, before)

    def _tasks(self, order, event):
        return self.env["regulation.handover"].search(
            [
                ("event", "=", event),
                ("res_model", "=", order._name),
                ("res_id", "=", order.id),
            ]
        )

    def _handing_over(self, profile):
        self.env["regulation.handover.rule"].create(
            [
                {
                    "profile_id": profile.id,
                    "event": event,
                    "role_id": self.roles["planner"].id,
                    "summary": "Plan",
                }
                for event in ("order_confirmed", "order_changed")
            ]
        )
        profile.with_user(self.users["gm"])._publish("active")

    def test_hand_over_after_the_confirmation(self):
        """Queued when it becomes confirmed, once; the task itself is made after the commit."""
        self._handing_over(self._price_profile(publish=False))
        order = self._order("a", quantity=10)
        self.assertFalse(self._tasks(order, "order_confirmed"))
        order.action_confirm()
        task = self._tasks(order, "order_confirmed")
        self.assertEqual((len(task), task.state), (1, "queued"))
        self.assertEqual(task.role_id, self.roles["planner"])
        self.assertEqual(task.queued_by_id, self.users["a"])
        self.assertFalse(task.activity_id)
        order.write({"state": "sale"})
        self.assertEqual(self._tasks(order, "order_confirmed"), task)
        self.assertFalse(self._tasks(order, "order_changed"))

    def test_hand_over_after_a_change(self):
        """An approved change is told to whoever works on the order, once per order."""
        type(self).profile = profile = self._order_profile(publish=False)
        self._handing_over(profile)
        order = self._confirmed("a", quantity=10)
        line = {"action": "quantity", "order_line_id": order.order_line.id, "quantity": 12}
        change = (
            self.env["sale.order.change"]
            .with_user(self.users["a"])
            .create(
                {
                    "order_id": order.id,
                    "reason": "The customer asks for it",
                    "line_ids": [Command.create(line)],
                }
            )
        )
        change.action_submit()
        self.assertFalse(self._tasks(order, "order_changed"))
        self._approve(change, "order_change", "km")
        self.assertEqual(change.state, "applied")
        task = self._tasks(order, "order_changed")
        self.assertEqual((len(task), task.state), (1, "queued"))
        self.assertEqual(task.queued_by_id, self.users["km"])

    def test_merge_of_customers_is_no_change(self):
        type(self).profile = self._order_profile()
        order = self._confirmed("a", quantity=10)
        target = self.customers["beihe"]
        self.env["base.partner.merge.automatic.wizard"]._update_foreign_keys(
            self.customers["xinghai"], target
        )
        self.env.invalidate_all()
        self.assertEqual(order.partner_id, target)
        order._content_touched()
        self.env.cr.precommit.run()
