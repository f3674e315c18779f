# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from unittest.mock import patch

from psycopg2.errors import SerializationFailure

from odoo import Command, api
from odoo.exceptions import AccessError, UserError
from odoo.sql_db import db_connect
from odoo.tests import tagged
from odoo.tools import mute_logger

from .common import PaymentCommon


@tagged("post_install", "-at_install")
class TestTerms(PaymentCommon):
    """Whose terms hold: the regulation's, the payment term's, the customer's."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._payment_profile()
        cls.free = cls.env["account.payment.term"].create(
            {"name": "Open account", "regulation_payment_mode": "none"}
        )
        cls.half = cls.env["account.payment.term"].create(
            {
                "name": "Half before shipment",
                "regulation_payment_mode": "deposit",
                "regulation_deposit_percent": 50,
            }
        )

    def _agreement(self, **values):
        agreement = (
            self.env["sale.payment.agreement"]
            .with_user(self.fin)
            .create(
                {
                    "partner_id": self.customers["xinghai"].id,
                    "company_id": self.company.id,
                    "reason": "Frame contract",
                    **values,
                }
            )
        )
        agreement.action_confirm()
        return agreement

    def _short(self, order):
        return order._payment_shortage()[order.id][2]

    def test_looser_term_of_the_seller(self):
        """The seller chooses the term of an order: it may only demand more."""
        order = self._confirmed(quantity=1, price=100, payment_term_id=self.free.id)
        self.assertEqual(self._short(order), 113)
        self.assertHeld("113.00", self._deliver, order.picking_ids)

    def test_stricter_term_counts(self):
        self._retire()
        self._payment_profile(mode="none")
        order = self._confirmed(quantity=1, price=100, payment_term_id=self.half.id)
        self.assertEqual(self._short(order), 56.5)
        self._pay(order, 56.5)
        self._deliver(order.picking_ids)

    def test_agreed_term(self):
        self._agreement(payment_term_id=self.free.id)
        agreed = self._confirmed(quantity=1, price=100, payment_term_id=self.free.id)
        self.assertEqual(self._short(agreed), 0)
        self._deliver(agreed.picking_ids)
        other = self._confirmed(quantity=1, price=100)
        self.assertEqual(self._short(other), 113)
        stranger = self._confirmed(
            quantity=1, price=100, customer="beihe", payment_term_id=self.free.id
        )
        self.assertEqual(self._short(stranger), 113)

    def test_agreement_with_a_customer(self):
        agreement = self._agreement(mode="deposit", deposit_percent=20)
        order = self._confirmed(quantity=1, price=100)
        self.assertEqual(self._short(order), 22.6)
        contact = self.env["res.partner"].create(
            {"name": "Buyer", "parent_id": self.customers["xinghai"].id}
        )
        order = self._confirmed(quantity=1, price=100, partner_id=contact.id)
        self.assertEqual(self._short(order), 22.6)
        agreement.action_end()
        self.assertEqual(self._short(order), 113)

    def test_agreement_is_finances(self):
        Agreement = self.env["sale.payment.agreement"]
        vals = {"partner_id": self.customers["xinghai"].id, "mode": "none", "reason": "Please"}
        for login in ("a", "km", "gm"):
            with self.assertRaises(AccessError), self.env.cr.savepoint():
                Agreement.with_user(self.users[login]).create(vals)
        with self.assertRaises(AccessError), self.env.cr.savepoint():
            Agreement.with_user(self.fin).create({**vals, "state": "confirmed"})
        draft = Agreement.with_user(self.fin).create(vals)
        order = self._confirmed(quantity=1, price=100)
        self.assertEqual(self._short(order), 113)
        draft.action_confirm()
        self.assertEqual(self._short(order), 0)
        for change in ({"mode": "full"}, {"date_to": "2026-01-01"}):
            with self.assertRaises(UserError), self.env.cr.savepoint():
                draft.write(change)
        with self.assertRaises(AccessError), self.env.cr.savepoint():
            draft.write({"state": "draft"})
        with self.assertRaises(UserError), self.env.cr.savepoint():
            draft.unlink()

    def test_an_agreed_term_is_not_loosened_by_others(self):
        """Whoever keeps the payment terms makes none of the agreements with customers."""
        keeper = self.users["leg"]
        keeper.sudo().group_ids |= self.env.ref("account.group_account_manager")
        self.half.with_user(keeper).regulation_deposit_percent = 60
        self._agreement(payment_term_id=self.half.id)
        for vals in ({"regulation_payment_mode": "none"}, {"regulation_deposit_percent": 1}):
            with self.assertRaises(AccessError), self.env.cr.savepoint():
                self.half.with_user(keeper).write(vals)
        self.half.with_user(keeper).write({"name": "Half", "regulation_deposit_percent": 60})
        self.fin.sudo().group_ids |= self.env.ref("account.group_account_manager")
        self.half.with_user(self.fin).regulation_deposit_percent = 50

    def test_agreements_are_read_by_who_sells_to_the_customer(self):
        agreement = self._agreement(mode="deposit", deposit_percent=20)
        Agreement = self.env["sale.payment.agreement"]

        def reads(login):
            return bool(
                Agreement.with_user(self.users[login]).search_count([("id", "=", agreement.id)])
            )

        for login in ("km", "gm", "fin", "aud"):
            self.assertTrue(reads(login), login)
        for login in ("a", "b", "t"):
            self.assertFalse(reads(login), login)
            with self.assertRaises(AccessError):
                agreement.with_user(self.users[login]).read(["mode"])
        self._order("a")
        self.assertTrue(reads("a"))
        self.assertTrue(reads("b"), "of the same team")
        self.assertFalse(reads("t"))
        self.customers["xinghai"].user_id = self.users["t"]
        self.assertTrue(reads("t"))

    def test_within_credit(self):
        """The goods are covered as far as the customer stays within his limit."""
        self._retire()
        profile = self._payment_profile(mode="credit")
        self.assertTrue(profile)
        order = self._confirmed(quantity=1, price=100)
        self.assertEqual(self._short(order), 113)
        self.customers["xinghai"].with_company(self.company).sudo().write(
            {"use_partner_credit_limit": True, "credit_limit": 100}
        )
        self.assertEqual(self._short(order), 13)
        self.customers["xinghai"].with_company(self.company).sudo().credit_limit = 113
        self.assertEqual(self._short(order), 0)
        self._deliver(order.picking_ids)

    def test_tolerance(self):
        self._retire()
        self._payment_profile(payment_tolerance=1)
        order = self._confirmed(quantity=1, price=100)
        self._pay(order, 111.99)
        self.assertEqual(self._short(order), 1.01)
        self._pay(order, 0.01)
        self.assertEqual(self._short(order), 0)

    def test_more_than_ordered(self):
        """What leaves beyond the order has to be paid as well."""
        order = self._confirmed(quantity=1, price=100)
        self._pay(order, 113)
        picking = order.picking_ids
        picking.move_ids.write({"quantity": 2, "picked": True})
        self.assertHeld("113.00", picking.button_validate)

    def test_price_change_blocks_the_next_only(self):
        order = self._confirmed(quantity=2, price=100)
        self._pay(order, 226)
        picking = order.picking_ids
        self._deliver(picking, 1)
        order.order_line.price_unit = 150
        self.assertEqual(picking.state, "done")
        self.assertHeld("113.00", self._deliver, order.picking_ids - picking)

    def test_without_order_as_the_profile_says(self):
        self._retire()
        self._payment_profile(payment_without_order="allow")
        picking = self.env["stock.picking"].create(
            {
                "picking_type_id": self.warehouse.out_type_id.id,
                "partner_id": self.customers["beihe"].id,
                "location_id": self.warehouse.lot_stock_id.id,
                "location_dest_id": self.customer_location.id,
                "move_ids": [
                    Command.create(
                        {
                            "product_id": self.product.id,
                            "product_uom_qty": 1,
                            "location_id": self.warehouse.lot_stock_id.id,
                            "location_dest_id": self.customer_location.id,
                        }
                    )
                ],
            }
        )
        picking.action_confirm()
        order = self._confirmed(quantity=1, price=100, customer="beihe")
        # While an order of the customer waits for these goods they are that order's
        self.assertHeld(order.name, self._deliver, picking)
        self._pay(order, 113)
        self._deliver(order.picking_ids)
        self._deliver(picking)
        self.assertEqual(picking.state, "done")

    def test_held_filter_and_badge(self):
        Picking = self.env["stock.picking"].with_user(self.users["wh"])
        held = self._confirmed(quantity=1, price=100).picking_ids
        order = self._confirmed(quantity=1, price=100)
        self._pay(order, 113)
        found = Picking.search([("payment_hold", "=", True), ("company_id", "=", self.company.id)])
        self.assertEqual(found, held)
        self.assertIn(order.picking_ids, Picking.search([("payment_hold", "=", False)]))
        self.assertTrue(held.with_user(self.users["wh"]).read(["payment_hold"])[0]["payment_hold"])

    def _retire(self):
        profiles = self.env["regulation.profile"].search([("state", "=", "active")])
        profiles.filtered(lambda one: self.company in one.company_ids).with_user(
            self.users["gm"]
        ).sudo(False).action_retire()

    # === AT THE SAME MOMENT === #

    def test_lock_before_reading(self):
        """The order is locked by a write before its payment is read."""
        order = self._confirmed(quantity=1, price=100)
        calls = []
        Commitment = type(self.env["regulation.commitment"])
        Order = type(self.env["sale.order"])
        lock, positions = Commitment._lock, Order._payment_positions

        def locked(records, keys):
            keys = list(keys)
            calls.append(("lock", keys))
            return lock(records, keys)

        def read(records, *args, **kwargs):
            calls.append(("read", records.ids))
            return positions(records, *args, **kwargs)

        with (
            patch.object(Commitment, "_lock", locked),
            patch.object(Order, "_payment_positions", read),
        ):
            self.assertHeld("113.00", self._deliver, order.picking_ids)
        locked_at = calls.index(("lock", [("payment", order.id)]))
        self.assertNotIn("read", [name for name, _keys in calls[:locked_at]])
        self.assertIn(("read", order.ids), calls[locked_at:])

    def test_the_later_shipment_starts_anew(self):
        """Two transactions on the money of one order: the second is replayed."""

        def cursor():
            return db_connect(self.env.cr.dbname).cursor()

        key = ("payment-test", 1)
        with cursor() as early, cursor() as late:
            late.execute("SELECT 1")
            api.Environment(early, api.SUPERUSER_ID, {})["regulation.commitment"]._lock([key])
            early.commit()
            with self.assertRaises(SerializationFailure), mute_logger("odoo.sql_db"):
                api.Environment(late, api.SUPERUSER_ID, {})["regulation.commitment"]._lock([key])
            late.rollback()
        with cursor() as cr:
            cr.execute("DELETE FROM regulation_lock WHERE key LIKE 'payment-test/%'")

    # === SPEED === #

    def _validate_queries(self, orders):
        pickings = self.env["stock.picking"].union(*(order.picking_ids for order in orders))
        for move in pickings.move_ids:
            move.write({"quantity": move.product_uom_qty, "picked": True})
        self.env.flush_all()
        self.env.invalidate_all()
        before = self.env.cr.sql_log_count
        pickings.with_user(self.users["wh"]).button_validate()
        self.env.flush_all()
        self.assertEqual(set(pickings.mapped("state")), {"done"})
        return self.env.cr.sql_log_count - before

    def test_extra_queries(self):
        """Validating costs a fixed number of queries more, for one and for many."""

        def orders(number):
            made = [self._confirmed(quantity=1, price=100) for _number in range(number)]
            for order in made:
                self._pay(order, 113)
            return made

        self._validate_queries(orders(1))  # warm
        judged = {number: self._validate_queries(orders(number)) for number in (1, 5, 12)}
        paid = {number: orders(number) for number in (1, 5, 12)}
        self._retire()
        self._validate_queries([self._confirmed(quantity=1, price=100)])
        stock = {number: self._validate_queries(paid[number]) for number in (1, 5, 12)}
        extra = {number: judged[number] - stock[number] for number in judged}
        # Judging, and ending the clock "ship promptly" of what was paid
        self.assertLessEqual(max(extra.values()), 18, extra)
        self.assertLessEqual(extra[12], extra[1] + 1, extra)
