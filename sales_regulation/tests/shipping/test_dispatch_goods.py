# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from freezegun import freeze_time

from odoo import Command
from odoo.exceptions import AccessError
from odoo.fields import Datetime
from odoo.tests import tagged

from .common import DispatchCommon


@tagged("post_install", "-at_install")
class TestDispatchGoods(DispatchCommon):
    """Are the goods there and accepted (S2-47, S4-202), and whose are they (S4-094)?"""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.unit = cls.env["product.product"].create(
            {
                "name": "Unit 1-101",
                "type": "consu",
                "is_storable": True,
                "list_price": 100.0,
                "taxes_id": [Command.set(cls.vat.ids)],
                "company_id": cls.company.id,
                "invoice_policy": "order",
            }
        )

    @classmethod
    def _dispatch_profile(cls, gates=None, **settings):
        settings.setdefault(
            "checklist_item_ids",
            [
                Command.create(
                    {
                        "kind": "goods",
                        "code": "goods_accepted",
                        "name": "The goods are inspected",
                        "role_id": cls.roles["warehouse"].id,
                    }
                )
            ],
        )
        return super()._dispatch_profile(
            gates or {"goods_ready": "enforce", "first_paid": "enforce"}, **settings
        )

    def _order_of(self, customer, quantity=1, product=None):
        order = (
            self.env["sale.order"]
            .with_user(self.users["a"])
            .create(
                {
                    "partner_id": self.customers[customer].id,
                    "order_line": [
                        Command.create(
                            {
                                "product_id": (product or self.unit).id,
                                "product_uom_qty": quantity,
                            }
                        )
                    ],
                }
            )
        )
        order.action_confirm()
        return order

    def _checked(self, order, tick=True):
        notice = self._request(order)
        notice.action_submit()
        self._as(notice, "clk").action_verify()
        self._as(notice, "clk").action_check()
        if tick:
            item = notice.sudo()._checklist_items("goods")[notice.id]
            self._as(notice, "wh").action_tick(item.id)
        return self._as(notice, "clk")

    def _paid(self, order, received_at, confirmed_at):
        """Money received by the rep at one time, confirmed by finance at another."""
        bank = self.env["account.journal"].search(
            [("company_id", "=", self.company.id), ("type", "=", "bank")], limit=1
        )
        with freeze_time(confirmed_at):
            receipt = (
                self.env["sale.receipt"]
                .with_user(self.users["a"])
                .create(
                    {
                        "order_id": order.id,
                        "amount": order.amount_total,
                        "journal_id": bank.id,
                        "received_at": received_at,
                    }
                )
            )
            receipt.action_hand_over()
            finance = self._as(receipt, "fin")
            finance.action_take_over()
            finance.action_register_payment()
            finance.action_confirm()

    # === ACCEPTED AND IN STOCK === #

    def test_not_in_stock(self):
        order = self._order_of("xinghai", 3)
        notice = self._checked(order)
        self.assertEqual(notice.line_ids.available_qty, 0)
        with self.assertRefused("3 named, 0 in stock"):
            notice.action_issue()
        self._stock(self.unit, 2)
        with self.assertRefused("3 named, 2 in stock"):
            notice.action_issue()
        self.assertIn("2 in stock", str(notice.regulation_notice))
        self._stock(self.unit, 3)
        notice.invalidate_recordset()
        notice.line_ids.invalidate_recordset()
        self.assertEqual(notice.line_ids.available_qty, 3)
        notice.action_issue()
        self.assertEqual(notice.state, "issued")

    def test_reserved_for_somebody_else(self):
        """What is reserved counts for the order it is reserved for, and for no other."""
        self._stock(self.unit, 3)
        first, second = self._order_of("xinghai", 3), self._order_of("beihe", 3)
        first.picking_ids.action_assign()
        self.assertEqual(first.picking_ids.state, "assigned")
        with self.assertRefused("3 named, 0 in stock"):
            self._checked(second).action_issue()
        self._checked(first).action_issue()

    def test_not_inspected(self):
        self._stock(self.unit, 3)
        notice = self._checked(self._order_of("xinghai", 3), tick=False)
        with self.assertRefused("The goods are inspected"):
            notice.action_issue()
        item = notice.sudo()._checklist_items("goods")[notice.id]
        with self.assertRefused("Warehouse keeper", AccessError):
            notice.action_tick(item.id)
        self._as(notice, "wh").action_tick(item.id)
        notice.action_issue()
        self.assertEqual(notice.state, "issued")

    def test_shipped_profiles(self):
        """The branch stops, the collection of texts observes."""
        for key, mode in (("s2", "enforce"), ("s4", "observe")):
            profile = self.env.ref(f"sales_regulation.profile_{key}")
            line = profile.gate_ids.filtered(lambda line: line.gate_id.code == "goods_ready")
            self.assertEqual(line.mode, mode)
            self.assertIn("goods", profile.checklist_item_ids.mapped("kind"))

    def test_shipping_time(self):
        """S4-383: the notice names when the goods leave; the arrival alone does not do."""
        self.profile.with_user(self.users["gm"]).action_retire()
        self._dispatch_profile({"dispatch_notice": "enforce"}, dispatch_need_ship_time=True)
        notice = self._checked(self._confirmed(1), tick=False)
        self.assertTrue(notice.requested_arrival_at)
        with self.assertRefused("shipping time"):
            notice.action_issue()
        notice.planned_ship_at = "2026-03-20 01:00:00"
        notice.action_issue()
        self.assertEqual(notice.state, "issued")

    # === FIRST PAYMENT === #

    def test_first_payment_gets_the_unit(self):
        """P2 pays at 10:00, P1 at 10:10; P1's money is confirmed first: P2 gets the unit."""
        self.profile.with_user(self.users["gm"]).action_retire()
        self._dispatch_profile({"first_paid": "enforce"})
        self._stock(self.unit, 1)
        with freeze_time("2026-03-16 01:00:00"):
            buyer1, buyer2 = self._order_of("xinghai"), self._order_of("beihe")
        self._paid(buyer1, "2026-03-16 02:10:00", "2026-03-16 02:15:00")
        self._paid(buyer2, "2026-03-16 02:00:00", "2026-03-16 02:20:00")
        notice1, notice2 = self._checked(buyer1), self._checked(buyer2)
        with self.assertRefused("somebody else paid first"):
            notice1.action_issue()
        self.assertNotIn("Beihe", str(notice1.regulation_notice))
        notice2.action_issue()
        self.assertEqual((notice1.state, notice2.state), ("checked", "issued"))

    def test_enough_for_both(self):
        self._stock(self.unit, 2)
        buyer1, buyer2 = self._order_of("xinghai"), self._order_of("beihe")
        self._paid(buyer2, "2026-03-16 02:00:00", "2026-03-16 02:20:00")
        self._checked(buyer1).action_issue()
        self._checked(buyer2).action_issue()

    def test_nobody_paid(self):
        """Without money nobody is first: the gate does not demand any."""
        self.profile.with_user(self.users["gm"]).action_retire()
        self._dispatch_profile({"first_paid": "enforce"})
        self._stock(self.unit, 1)
        buyer1, buyer2 = self._order_of("xinghai"), self._order_of("beihe")
        self._checked(buyer1).action_issue()
        self.assertTrue(buyer2)

    def test_queries(self):
        """The gates cost as many queries for 20 notices as for one."""
        self._stock(self.unit, 100)
        notices = self.env["dispatch.notice"].union(
            *(self._checked(self._order_of("xinghai")).sudo() for _i in range(20))
        )
        counts = []
        for ids in (notices[:1].ids, notices.ids):
            some = notices.browse(ids)
            for _round in range(2):
                self.env.invalidate_all()
                before = self.env.cr.sql_log_count
                some._gate_refusals("issue")
                some.line_ids.mapped("available_qty")
                count = self.env.cr.sql_log_count - before
            counts.append(count)
        # For one alone the orders that compete with it are read apart from its own
        self.assertLessEqual(counts[1], counts[0])

    # === DELAY === #

    def test_delay(self):
        """S4-335, S4-342, S4-351: the keeper reports, clerk, production and applicant hear."""
        self.profile.with_user(self.users["gm"]).action_retire()
        self._dispatch_profile(
            {"dispatch_notice": "enforce"},
            handover_rule_ids=[
                Command.create(
                    {
                        "event": "dispatch_delayed",
                        "role_id": self.roles[role].id,
                        "summary": "A shipment is delayed",
                    }
                )
                for role in ("sales_clerk", "production_head")
            ],
        )
        notice = self._released(self._confirmed(1))
        keeper = self._as(notice, "wh")
        with self.assertRefused("reason"):
            keeper.action_report_delay(" ")
        with self.assertRefused("not a time"):
            keeper.action_report_delay("Out of boxes", "soon")
        for login in ("fin", "aud"):
            with self.assertRefused("", AccessError):
                self._as(notice, login).action_report_delay("Out of boxes")
        keeper.action_report_delay("Out of boxes", "2026-04-02 01:00:00")
        self.assertRecordValues(
            notice,
            [
                {
                    "state": "released",
                    "delay_reason": "Out of boxes",
                    "delayed_until": Datetime.to_datetime("2026-04-02 01:00:00"),
                }
            ],
        )
        step = notice.step_ids.filtered(lambda step: step.step == "delayed")
        self.assertEqual((step.reason, step.user_id), ("Out of boxes", self.users["wh"]))
        tasks = self.env["regulation.handover"].search(
            [("res_model", "=", notice._name), ("res_id", "=", notice.id)]
        )
        self.assertEqual(set(tasks.role_id.mapped("code")), {"sales_clerk", "production_head"})
        task = notice.sudo().activity_ids.filtered(lambda row: row.user_id == self.users["a"])
        self.assertIn("inform the customer", task.summary)
        with self.assertRefused("", AccessError):
            keeper.write({"delay_reason": "Fine"})
        self._validate(self._with_carrier(notice.order_id.picking_ids))
        with self.assertRefused("not next"):
            keeper.action_report_delay("Too late")

    def test_delay_through_the_wizard(self):
        notice = self._request(self._confirmed(1))
        notice.action_submit()
        clerk = self._as(notice, "clk").with_context(dispatch_step="delay")
        wizard = (
            clerk.env["dispatch.reason.wizard"]
            .with_context(**clerk.action_open_reason()["context"])
            .create({"reason": "No stock", "until": "2026-04-02 01:00:00"})
        )
        wizard.action_apply()
        self.assertEqual(notice.delay_reason, "No stock")
