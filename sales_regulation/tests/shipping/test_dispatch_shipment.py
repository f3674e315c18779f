# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from contextlib import suppress
from datetime import date

from freezegun import freeze_time

from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from ...tools import engine
from .common import DispatchCommon


@tagged("post_install", "-at_install")
class TestDispatchShipment(DispatchCommon):
    """C28, C30: what leaves, leaves under its notice, with carrier and tracking number."""

    def test_delivery(self):
        """Storyline 31: stopped without tracking number, shipped with it, copy open 3 days."""
        order = self._confirmed(10)
        notice = self._released(order)
        picking = order.picking_ids
        with self.assertRefused("tracking number is missing"):
            self._validate(picking)
        self._as(picking, "wh").write({"carrier_id": self.carrier.id})
        with self.assertRefused("tracking number is missing"):
            self._validate(picking)
        self.assertEqual((picking.state, notice.state), ("assigned", "released"))
        self._with_carrier(picking, "SF1001")
        with freeze_time("2026-03-20 08:00:00"):
            self._validate(picking)
        self.assertEqual((picking.state, notice.state), ("done", "shipped"))
        self.assertEqual(notice.shipped_by_id, self.users["wh"])
        row = (
            self.env["dispatch.ledger"]
            .with_user(self.users["clk"])
            .search([("notice_id", "=", notice.id)])
        )
        self.assertRecordValues(
            row,
            [
                {
                    "number": notice.name,
                    "order_id": order.id,
                    "order_date": order.date_order,
                    "product_id": self.product.id,
                    "quantity": 10,
                    "shipped_qty": 10,
                    "handler_id": self.users["clk"].id,
                    "applicant_id": self.users["a"].id,
                    "shipped_at": notice.shipped_at,
                    "carrier_name": "SF Express",
                    "tracking_ref": "SF1001",
                }
            ],
        )
        with freeze_time("2026-03-24 04:00:00"):
            notice.action_record_receipt(
                {"kind": "receipt", "date": "2026-03-21", "receiver_name": "Lin Hai"}
            )
            self.assertEqual(notice.copy_open_days, 3)
            self.assertIn(
                notice,
                notice.search([("signed_on", "!=", False), ("copy_returned_on", "=", False)]),
            )
            self._as(notice, "wh").action_record_receipt({"kind": "copy", "date": "2026-03-24"})
        self.assertRecordValues(
            notice,
            [
                {
                    "state": "received",
                    "receiver_name": "Lin Hai",
                    "signed_on": date(2026, 3, 21),
                    "copy_returned_on": date(2026, 3, 24),
                    "copy_days": 3,
                    "copy_open_days": 3,
                }
            ],
        )

    def test_no_notice(self):
        """Every transfer of the order needs a released notice."""
        picking = self._with_carrier(self._confirmed(10).picking_ids)
        with self.assertRefused("has no dispatch notice"):
            self._validate(picking)
        notice = self._request(picking.sale_id, "a")
        with self.assertRefused("not released to the warehouse yet"):
            self._validate(picking)
        notice.action_submit()
        with self.assertRefused("To check"):
            self._validate(picking)
        self.assertIn("not released", str(picking.regulation_notice))
        self.assertEqual(picking.state, "assigned")

    def test_other_routes(self):
        """Neither writing a status nor a move passes without the notice."""
        picking = self._with_carrier(self._confirmed(10).picking_ids)
        picking.action_assign()
        keeper = self._as(picking, "wh")
        for step in (
            lambda: keeper.move_ids.write({"state": "done"}),
            keeper.move_ids._action_done,
            keeper._action_done,
            lambda: keeper.with_context(skip_sanity_check=True).button_validate(),
        ):
            keeper.move_ids.picked = True
            with self.assertRefused("has no dispatch notice"):
                step()

    def test_more_than_the_notice(self):
        order = self._confirmed(10)
        notice = self._released(order, quantity=4)
        picking = self._with_carrier(order.picking_ids)
        with self.assertRefused("10 leave, the notice names 4"):
            self._validate(picking)
        with self.assertRefused("5 leave, the notice names 4"):
            self._validate(picking, quantity=5)
        self._validate(picking, quantity=4)
        self.assertEqual((notice.state, notice.picking_id), ("shipped", picking))
        self.assertEqual(notice.line_ids.shipped_qty, 4)
        with self.assertRefused("12 leave, the notice names 4"):
            self._as(picking.move_ids.move_line_ids, "wh").write({"quantity": 12})
            self.env.flush_all()

    def test_backorder_needs_its_own(self):
        """A notice is used by one transfer; what stays behind needs another one."""
        order = self._confirmed(10)
        first = self._released(order)
        self._validate(self._with_carrier(order.picking_ids), quantity=4)
        self.assertEqual(first.state, "shipped")
        backorder = order.picking_ids.filtered(lambda picking: picking.state != "done")
        self.assertEqual(backorder.move_ids.product_uom_qty, 6)
        self._with_carrier(backorder, "SF1002")
        with self.assertRefused("has no dispatch notice"):
            self._validate(backorder)
        second = self._released(order)
        self.assertEqual(second.line_ids.quantity, 6)
        self.assertEqual(second.picking_id, backorder)
        self._validate(backorder)
        self.assertEqual((second.state, backorder.state), ("shipped", "done"))

    def test_batch(self):
        """Several transfers in one go: each under its own notice; one without stops all."""
        orders = [self._confirmed(3) for _i in range(3)]
        notices = [self._released(order) for order in orders]
        extra = self._confirmed(3)
        pickings = self.env["stock.picking"].union(*(order.picking_ids for order in orders))
        for picking in pickings | extra.picking_ids:
            self._with_carrier(picking)
        with self.assertRaises(UserError):
            self._validate(pickings | extra.picking_ids)
        self.assertEqual(set(pickings.mapped("state")), {"assigned"})
        self._validate(pickings)
        for order, notice in zip(orders, notices, strict=True):
            self.assertEqual((notice.state, notice.picking_id), ("shipped", order.picking_ids))

    def test_picking_batch(self):
        """Validating a batch transfer marks every notice."""
        if "stock.picking.batch" not in self.env:
            self.skipTest("batch transfers are not installed")
        orders = [self._confirmed(2) for _i in range(2)]
        notices = [self._released(order) for order in orders]
        pickings = self.env["stock.picking"].union(*(order.picking_ids for order in orders))
        for picking in pickings:
            self._with_carrier(picking)
        batch = (
            self.env["stock.picking.batch"]
            .with_user(self.users["wh"])
            .create({"picking_ids": [Command.set(pickings.ids)], "company_id": self.company.id})
        )
        batch.action_confirm()
        pickings.move_ids.picked = True
        batch.action_done()
        self.assertEqual(batch.state, "done")
        self.assertEqual([notice.state for notice in notices], ["shipped", "shipped"])

    def test_two_transfers_one_notice(self):
        """Two deliveries of an order cannot both use its one notice."""
        order = self._confirmed(10)
        picking = order.picking_ids
        second = picking.copy({"move_ids": []})
        picking.move_ids.product_uom_qty = 5
        picking.move_ids.copy(
            {"picking_id": second.id, "product_uom_qty": 5, "sale_line_id": order.order_line.id}
        )
        second.action_confirm()
        self._with_carrier(picking)
        self._with_carrier(second, "SF2")
        notice = self._released(order)
        self.assertFalse(notice.picking_id)
        with self.assertRaises(UserError):
            self._validate(picking | second)
        with self.assertRaises(UserError):
            self._as(notice, "clk").action_link_transfer(self._confirmed(1).picking_ids.id)
        with self.assertRaisesRegex(UserError, "names no record"):
            self._as(notice, "clk").action_link_transfer("second")
        self._as(notice, "clk").action_link_transfer(second.id)
        with self.assertRaises(UserError):
            self._validate(picking)
        self._validate(second)
        self.assertEqual(notice.state, "shipped")

    def test_without_order(self):
        """Goods to a customer without an order need a release, unless the profile lets them."""
        picking = self._loose_picking()
        self._with_carrier(picking)
        with self.assertRefused("without a sales order"):
            self._validate(picking)
        self.profile.with_user(self.users["gm"]).action_retire()
        self._dispatch_profile(dispatch_without_order=True)
        self._validate(picking)
        self.assertEqual(picking.state, "done")

    def _loose_picking(self):
        picking = self.env["stock.picking"].create(
            {
                "picking_type_id": self.warehouse.out_type_id.id,
                "partner_id": self.customers["beihe"].id,
                "location_id": self.warehouse.lot_stock_id.id,
                "location_dest_id": self.env.ref("stock.stock_location_customers").id,
                "move_ids": [
                    Command.create(
                        {
                            "product_id": self.product.id,
                            "product_uom_qty": 1,
                            "location_id": self.warehouse.lot_stock_id.id,
                            "location_dest_id": self.env.ref("stock.stock_location_customers").id,
                        }
                    )
                ],
            }
        )
        picking.action_confirm()
        return picking

    def test_without_transfer(self):
        """Goods scrapped into a customer location leave without a transfer: refused too."""
        scrap = (
            self.env["stock.scrap"]
            .with_user(self.users["wh"])
            .create(
                {
                    "product_id": self.product.id,
                    "scrap_qty": 1,
                    "location_id": self.warehouse.lot_stock_id.id,
                    "scrap_location_id": self.env.ref("stock.stock_location_customers").id,
                    "company_id": self.company.id,
                }
            )
        )
        with self.assertRefused("without a sales order"):
            scrap.action_validate()

    def test_link_cut(self):
        """Cutting the link to the order does not free the goods."""
        order = self._confirmed(10)
        picking = self._with_carrier(order.picking_ids)
        keeper = self._as(picking, "wh").sudo()
        keeper.move_ids.sale_line_id = False
        keeper.reference_ids = False
        with self.assertRaises(UserError):
            self._validate(picking)

    def test_return_and_receipt_pass(self):
        """Returns, receipts and internal transfers need no notice."""
        order = self._confirmed(2)
        self._released(order)
        picking = self._with_carrier(order.picking_ids)
        self._validate(picking)
        wizard = (
            self.env["stock.return.picking"]
            .with_context(active_id=picking.id, active_model="stock.picking")
            .create({})
        )
        wizard.product_return_moves.quantity = 1
        back = self.env["stock.picking"].browse(wizard.action_create_returns()["res_id"])
        self._validate(back)
        self.assertEqual(back.state, "done")
        self.assertEqual(order.order_line._dispatch_left()[order.order_line], 1)

    def test_pick_ship(self):
        """In two steps only the last one, which leaves the house, needs the notice."""
        self.warehouse.delivery_steps = "pick_ship"
        order = self._confirmed(5)
        notice = self._released(order)
        pick = order.picking_ids.filtered(
            lambda picking: picking.location_dest_id.usage == "internal"
        )
        self._validate(pick)
        self.assertEqual((pick.state, notice.state), ("done", "released"))
        out = order.picking_ids - pick
        with self.assertRaises(UserError):
            self._validate(out)
        self._with_carrier(out)
        self._validate(out)
        self.assertEqual((notice.state, notice.picking_id), ("shipped", out))

    def test_own_delivery(self):
        self.profile.with_user(self.users["gm"]).action_retire()
        own = self.carrier.copy({"name": "Our van"})
        self._dispatch_profile(dispatch_own_carrier_ids=[Command.set(own.ids)])
        order = self._confirmed(1)
        self._released(order)
        with self.assertRefused("carrier is missing"):
            self._validate(order.picking_ids)
        self._as(order.picking_ids, "wh").carrier_id = own
        self._validate(order.picking_ids)
        self.assertEqual(order.picking_ids.state, "done")

    def test_tracking_kept(self):
        order = self._confirmed(1)
        self._released(order)
        picking = self._with_carrier(order.picking_ids)
        self._validate(picking)
        with self.assertRaises(UserError):
            self._as(picking, "wh").carrier_tracking_ref = False
        self._as(picking, "wh").carrier_tracking_ref = "SF1001-B"

    def test_shipper_role(self):
        """Where the profile says who ships, nobody else validates."""
        self.profile.with_user(self.users["gm"]).action_retire()
        self._dispatch_profile(dispatch_ship_role_ids=[Command.set(self.roles["warehouse"].ids)])
        order = self._confirmed(1)
        self._released(order)
        picking = self._with_carrier(order.picking_ids)
        for login in ("a", "clk"):
            with self.assertRefused("Warehouse keeper"):
                self._validate(picking, login)
        self._validate(picking)
        self.assertEqual(picking.state, "done")

    def test_observe(self):
        """Observed, goods leave without a notice, and the register notes it."""
        self.profile.with_user(self.users["gm"]).action_retire()
        self._dispatch_profile({"dispatch_notice": "observe", "tracking": "observe"})
        order = self._confirmed(1)
        self.assertIn("Noted", str(order.picking_ids.regulation_notice))
        self._validate(order.picking_ids)
        self.assertEqual(order.picking_ids.state, "done")

    def test_special_release(self):
        """The general manager lets one transfer leave without a notice, once."""
        order = self._confirmed(10)
        picking = self._with_carrier(order.picking_ids)
        release = (
            self.env["regulation.release"]
            .with_user(self.users["wh"])
            .create(
                {
                    "gate_id": self.env.ref("sales_regulation.gate_dispatch_notice").id,
                    "res_model": "stock.picking",
                    "res_id": picking.id,
                    "reason": "Line down at the customer",
                }
            )
        )
        with self.assertRaises(AccessError):
            self._as(release, "km").action_grant()
        self._as(release, "gm").action_grant()
        self._validate(picking, quantity=4)
        self.assertEqual((picking.state, release.sudo().state), ("done", "used"))
        rest = self._with_carrier(order.picking_ids - picking, "SF3")
        with self.assertRaises(UserError):
            self._validate(rest)

    def test_through_other_documents(self):
        """Neither the order nor the transfer moves a notice by its list of notices."""
        order = self._confirmed(2)
        notice = self._released(order)
        other = self._confirmed(2)
        for command in (
            Command.update(notice.id, {"state": "received"}),
            Command.update(notice.id, {"picking_id": other.picking_ids.id}),
            Command.link(notice.id),
            Command.unlink(notice.id),
            Command.delete(notice.id),
            Command.clear(),
        ):
            for document, login in (
                (order, "a"),
                (order.picking_ids, "wh"),
                (other.picking_ids, "a"),
            ):
                with suppress(UserError), self.cr.savepoint():
                    self._as(document, login).write({"dispatch_notice_ids": [command]})
                    self.env.flush_all()
                self.env.invalidate_all()
                self.assertEqual(
                    (notice.state, notice.picking_id, notice.order_id),
                    ("released", order.picking_ids, order),
                )

    def test_ledger_of_a_rep(self):
        """A rep finds the lines of his own orders, the clerk all."""
        notice = self._released(self._confirmed(1, login="b"), login="b")
        domain = [("notice_id", "=", notice.id)]
        Ledger = self.env["dispatch.ledger"]
        self.assertFalse(Ledger.with_user(self.users["a"]).search(domain))
        self.assertTrue(Ledger.with_user(self.users["b"]).search(domain))
        self.assertTrue(Ledger.with_user(self.users["clk"]).search(domain))
        self.assertFalse(
            self.env["dispatch.notice.line"]
            .with_user(self.users["a"])
            .search([("notice_id", "=", notice.id)])
        )

    # === RECEIPT === #

    def _shipped(self):
        order = self._confirmed(1)
        notice = self._released(order)
        self._validate(self._with_carrier(order.picking_ids))
        return notice

    def test_receipt_corrected_by_counter_entry(self):
        notice = self._shipped()
        notice.action_record_receipt({"kind": "receipt", "receiver_name": "Lin"})
        receipt = notice.receipt_ids
        with self.assertRefused("counter entry"):
            notice.action_record_receipt({"kind": "receipt", "receiver_name": "Lin Hai"})
        with self.assertRefused("reason"):
            notice.action_record_receipt(
                {"kind": "receipt", "receiver_name": "Lin Hai", "corrects_id": receipt.id}
            )
        notice.action_record_receipt(
            {
                "kind": "receipt",
                "receiver_name": "Lin Hai",
                "acceptance": "objection",
                "corrects_id": receipt.id,
                "reason": "Name misread",
            }
        )
        self.assertEqual(notice.receiver_name, "Lin Hai")
        self.assertEqual(len(notice.receipt_ids), 2)
        self.assertIn(self.users["clk"], notice.sudo().activity_ids.user_id)
        with self.assertRaises(AccessError), self.cr.savepoint():
            receipt.sudo().write({"receiver_name": "X"})
        with self.assertRaises(AccessError), self.cr.savepoint():
            receipt.sudo().unlink()
        with self.assertRaises(AccessError), self.cr.savepoint():
            self.env["dispatch.receipt"].create(
                {"notice_id": notice.id, "kind": "copy", "date": "2026-01-01"}
            )

    def test_receipt_bounds(self):
        notice = self._shipped()
        with self.assertRefused("future"):
            notice.action_record_receipt(
                {"kind": "receipt", "receiver_name": "Lin", "date": "2999-01-01"}
            )
        with self.assertRefused("Who received"):
            notice.action_record_receipt({"kind": "receipt"})
        with self.assertRefused("signed receipt first"):
            notice.action_record_receipt({"kind": "copy"})
        with self.assertRaises(AccessError):
            self._as(notice, "fin").action_record_receipt(
                {"kind": "receipt", "receiver_name": "Lin"}
            )
        wizard = (
            self.env["dispatch.receipt.wizard"]
            .with_user(self.users["wh"])
            .with_context(notice.action_open_receipt()["context"])
            .create({"receiver_name": "Lin Hai"})
        )
        wizard.action_apply()
        self.assertEqual((notice.state, notice.acceptance), ("received", "accepted"))

    def test_receipt_of_a_careless_client(self):
        """Whatever a client sends gets a sentence, never a traceback."""
        notice = self._shipped()
        for values, text in (
            ({"receiver_name": "Lin", "date": "soon"}, "not a date"),
            ({"receiver_name": "Lin", "kind": "letter"}, "letter is no"),
            ({"receiver_name": "Lin", "acceptance": "fine"}, "fine is no"),
            ({"receiver_name": "Lin", "company_id": 1}, "company_id"),
            ({"receiver_name": "Lin", "corrects_id": 999999}, "valid entry"),
            ({"receiver_name": "Lin", "corrects_id": "first"}, "names no record"),
            ("text", "Who received"),
        ):
            with self.assertRefused(text):
                notice.action_record_receipt(values)

    # === FEEDBACK === #

    def test_feedback_chain(self):
        """Clerk and applicant hear of the shipment, the customer gets a mail, after the commit."""
        self.customers["xinghai"].email = "purchasing@xinghai.example.com"
        notice = self._shipped()
        self.assertEqual(notice.state, "shipped")
        with self.enter_registry_test_mode():
            self.env.ref("sales_regulation.ir_cron_dispatch_feedback").method_direct_trigger()
        self.env.invalidate_all()
        self.assertEqual(notice.state, "informed")
        self.assertTrue(notice.feedback_at)
        mail = (
            self.env["mail.mail"]
            .search([("model", "=", "dispatch.notice"), ("res_id", "=", notice.id)])
            .filtered(lambda mail: "has been shipped" in mail.subject)
        )
        self.assertEqual(len(mail), 1)
        self.assertIn("SF1001", mail.body_html)
        self.assertIn(self.users["a"], notice.sudo().activity_ids.user_id)

    def test_feedback_without_mail(self):
        """Without an address somebody tells the customer and says so."""
        notice = self._shipped()
        with self.enter_registry_test_mode():
            self.env.ref("sales_regulation.ir_cron_dispatch_feedback").method_direct_trigger()
        self.env.invalidate_all()
        self.assertEqual(notice.state, "shipped")
        with self.assertRaises(AccessError):
            self._as(notice, "wh").action_informed()
        self._as(notice, "clk").action_informed()
        self.assertEqual((notice.state, notice.informed_by_id), ("informed", self.users["clk"]))

    # === COST === #

    def test_queries_of_a_batch(self):
        """80 transfers cost the list of the warehouse as many queries as one."""
        pickings = self.env["stock.picking"]
        for _i in range(80):
            pickings |= self._confirmed(1).picking_ids
        self.assertEqual(self._list_queries(pickings[:1]), self._list_queries(pickings))

    def _list_queries(self, pickings):
        pickings = self._as(pickings, "wh")
        spec = {
            "name": {},
            "state": {},
            "regulation_held": {},
            "dispatch_notice_id": {"fields": {"display_name": {}}},
        }
        for _round in range(2):
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            pickings.web_read(spec)
            count = self.env.cr.sql_log_count - before
        return count


@tagged("post_install", "-at_install")
class TestDispatchAndPayment(DispatchCommon):
    """C27 at the notice: no money, no notice; the release goes with the goods."""

    def setUp(self):
        super().setUp()
        self.profile.with_user(self.users["gm"]).action_retire()
        self._dispatch_profile(
            {"payment_before_shipment": "enforce", "dispatch_notice": "enforce"},
            payment_mode="full",
        )

    def _checked(self, order, quantity=None):
        notice = self._request(order)
        if quantity:
            notice.line_ids.quantity = quantity
        notice.action_submit()
        self._as(notice, "clk").action_verify()
        self._as(notice, "clk").action_check()
        return notice

    def test_not_issued_while_unpaid(self):
        order = self._confirmed(10000, price=96.0)
        notice = self._checked(order)
        with self.assertRefused("1,084,800.00"):
            self._as(notice, "clk").action_issue()
        self.assertIn("1,084,800.00", str(notice.regulation_notice))
        self.assertEqual(notice.state, "checked")

    def test_release_goes_with_the_notice(self):
        """Storyline 28: SO2 unpaid; the GM releases note 1; it ships; note 2 is stopped."""
        order = self._confirmed(2000, price=100.0, customer="dongfang")
        self.assertEqual(order.amount_total, 226000.00)
        notice = self._checked(order, 1000)
        release = (
            self.env["regulation.release"]
            .with_user(self.users["clk"])
            .create(
                {
                    "gate_id": self.env.ref("sales_regulation.gate_payment_before_shipment").id,
                    "res_model": "dispatch.notice",
                    "res_id": notice.id,
                    "reason": "Line down at the customer",
                }
            )
        )
        with self.assertRaises(AccessError):
            self._as(release, "km").action_grant()
        self._as(release, "gm").action_grant()
        self._as(notice, "clk").action_issue()
        self.assertEqual(release.sudo().state, "used")
        self._as(notice, "fin").action_check_papers()
        self._as(notice, "fin").action_release()
        picking = order.picking_ids
        picking.move_ids.quantity = 1000
        self.assertNotIn("Stopped", str(picking.regulation_notice))
        self.assertIn("Released", str(picking.regulation_notice))
        self._validate(picking, quantity=1000)
        self.assertEqual((picking.state, notice.state), ("done", "shipped"))
        events = self.env["regulation.register"].search(
            [("event", "=", "released"), ("gate", "=", "payment_before_shipment")]
        )
        self.assertEqual(
            events.filtered(lambda row: row.company_id == self.company).mapped("res_id"),
            notice.ids,
        )
        second = self._checked(order)
        with self.assertRaises(UserError):
            self._as(second, "clk").action_issue()
        rest = order.picking_ids - picking
        with self.assertRaises(UserError):
            self._validate(rest)
        with self.assertRaises(UserError):
            self._as(picking.move_ids.move_line_ids, "wh").write({"quantity": 1001})
            self.env.flush_all()


    def test_release_of_a_notice_is_for_its_goods(self):
        """Where transfers need no notice: neither for more of them nor for another order."""
        self.env["regulation.profile.gate"].search(
            [
                ("gate_id.code", "=", "dispatch_notice"),
                ("profile_id.state", "=", "active"),
                ("profile_id.assignment_ids.company_id", "=", self.company.id),
            ]
        ).with_user(self.users["gm"]).sudo()._set_mode("off")
        order = self._confirmed(2000, price=100.0, customer="dongfang")
        other = self._confirmed(500, price=100.0, customer="dongfang")
        notice = self._checked(order, 1000)
        release = (
            self.env["regulation.release"]
            .with_user(self.users["clk"])
            .create(
                {
                    "gate_id": self.env.ref("sales_regulation.gate_payment_before_shipment").id,
                    "res_model": "dispatch.notice",
                    "res_id": notice.id,
                    "reason": "Line down at the customer",
                }
            )
        )
        self._as(release, "gm").action_grant()
        self._as(notice, "clk").action_issue()
        if notice.state != "released":
            self._as(notice, "fin").action_check_papers()
            self._as(notice, "fin").action_release()
        picking = order.picking_ids
        with self.assertRefused("short of"), self.cr.savepoint():
            self._validate(picking, quantity=1001)
        with self.assertRefused("short of"), self.cr.savepoint():
            other.picking_ids.move_ids.write({"picking_id": picking.id})
            self._validate(picking, quantity=400)
        self.env.invalidate_all()
        self._validate(picking, quantity=1000)
        self.assertEqual((picking.state, notice.state), ("done", "shipped"))


@tagged("post_install", "-at_install")
class TestDispatchUnregulated(DispatchCommon):
    """With no regulation in force deliveries are as in stock."""

    @classmethod
    def _dispatch_profile(cls, gates=None, **settings):
        # Not even that of the demo company
        profiles = cls.env["regulation.profile"].search([("state", "in", ("trial", "active"))])
        engine(profiles).write({"state": "retired"})
        return profiles

    def test_no_profile(self):
        order = self._confirmed(10)
        self.assertFalse(order.dispatch_can_request)
        before = self.env.cr.sql_log_count
        order.picking_ids.mapped("dispatch_notice_id")
        order.picking_ids.mapped("regulation_notice")
        order.mapped("dispatch_notice_count")
        self.assertEqual(self.env.cr.sql_log_count, before)
        self._validate(order.picking_ids)
        self.assertEqual(order.picking_ids.state, "done")
