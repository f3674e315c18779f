# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from contextlib import contextmanager
from unittest.mock import patch

from odoo import Command
from odoo.tests import tagged

from odoo.addons.sales_regulation.tools import engine

from ..order.common import OrderProfiles
from .common import DispatchCommon

GATES = (
    "price_authority",
    "order_review",
    "order_change",
    "credit",
    "payment_before_shipment",
    "dispatch_request",
    "dispatch_notice",
    "packaging",
    "tracking",
    "credit_shipment",
)


@tagged("post_install", "-at_install")
class TestQueryCounts(OrderProfiles, DispatchCommon):
    """What the guards ask costs as many queries for 80 documents as for one (design, speed)."""

    TICKS = ("legality",)

    @classmethod
    def _dispatch_profile(cls, gates=None, **settings):
        items = [("order_review", code) for code in cls.TICKS] + [("packaging", "packed")]
        return cls._profile(
            dict.fromkeys(GATES, "enforce"),
            payment_mode="full",
            checklist_item_ids=[
                Command.create({"kind": kind, "code": code, "name": code.capitalize()})
                for kind, code in items
            ],
            **settings,
        )

    def _quotations(self, number):
        """Reviewed quotations of the rep."""
        orders = self.env["sale.order"].union(
            *(self._order("a", quantity=1, price=100) for _number in range(number))
        )
        self._as(orders, "a").action_request_review()
        self._tick_all(self._as(orders, "km"), "order_review")
        pending = orders.sudo().approval_ids.filtered(lambda row: row.state == "pending")
        self._as(pending, "km").action_approve()
        return orders

    def _tick_all(self, documents, kind):
        items = documents[0].sudo()._checklist_items(kind)[documents[0].id]
        for item in items:
            documents.action_tick(item.id)

    def _ready_to_ship(self, orders):
        """Paid, with released notices, packed and with a carrier."""
        payment = self.env["account.payment"].create(
            {
                "payment_type": "inbound",
                "partner_type": "customer",
                "partner_id": orders.partner_id.id,
                "amount": sum(orders.mapped("amount_total")),
                "journal_id": self.env["account.journal"]
                .search(
                    [("company_id", "=", self.company.id), ("type", "=", "bank")], limit=1
                )
                .id,
            }
        )
        payment.action_post()
        self._as(self.env["sale.payment.allocation"], "fin").create(
            [
                {"order_id": order.id, "payment_id": payment.id, "amount": order.amount_total}
                for order in orders
            ]
        ).action_confirm()
        notices = self.env["dispatch.notice"].union(*(self._request(order) for order in orders))
        notices.action_submit()
        clerk = self._as(notices, "clk")
        clerk.action_verify()
        clerk.action_check()
        clerk.action_issue()
        self._as(notices, "fin").action_check_papers()
        self._as(notices, "fin").action_release()
        self._tick_all(self._as(notices, "wh"), "packaging")
        pickings = orders.sudo().picking_ids
        self._with_carrier(pickings)
        pickings.action_assign()
        pickings.move_ids.picked = True
        return pickings

    @contextmanager
    def _counting(self, *guards):
        """Count the queries inside the guards ``(model, method)``, as a new request has them."""
        self.env.flush_all()
        self.env.cr.precommit.run()
        self.env.invalidate_all()
        count = {"queries": 0, "calls": 0}
        depth = []
        cr = self.env.cr

        def counted(original):
            def guard(records, *args, **kwargs):
                depth.append(original)
                before = cr.sql_log_count
                try:
                    return original(records, *args, **kwargs)
                finally:
                    depth.pop()
                    if not depth:
                        count["queries"] += cr.sql_log_count - before
                        count["calls"] += bool(records)

            return guard

        patches = []
        for model, name in guards:
            cls = type(self.env[model])
            patches.append(patch.object(cls, name, counted(getattr(cls, name))))
        for one in patches:
            one.start()
        try:
            yield count
        finally:
            for one in patches:
                one.stop()

    def _confirm(self, orders):
        with self._counting(
            ("sale.order", "_pass_confirmation"), ("sale.order", "_after_confirmation")
        ) as count:
            self._as(orders, "a").action_confirm()
        self.assertEqual(set(orders.mapped("state")), {"sale"})
        self.assertEqual(count["calls"], 2)
        return count["queries"]

    def _ship(self, pickings):
        with self._counting(("stock.move.line", "_regulation_judge")) as count:
            self.assertIs(self._as(pickings, "wh").button_validate(), True)
        self.assertEqual(set(pickings.mapped("state")), {"done"})
        self.assertEqual(count["calls"], 1)
        return count["queries"]

    def test_one_and_eighty(self):
        customer = self.customers["xinghai"].with_company(self.company)
        engine(customer).write({"credit_limit": 10**7})
        confirmed, shipped = [], []
        for number in (1, 1, 80):  # the first warms the caches
            orders = self._quotations(number)
            confirmed.append(self._confirm(orders))
            shipped.append(self._ship(self._ready_to_ship(orders)))
        self.assertEqual(confirmed[1], confirmed[2])
        self.assertEqual(shipped[1], shipped[2])
        # The scores stamp what they will read of a confirmed line, in one statement
        stamps = int("sales_kpi" in self.env.registry._init_modules)
        self.assertLessEqual(confirmed[1], 30 + stamps)
        self.assertLessEqual(shipped[1], 30)
