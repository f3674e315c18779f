# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""The same order under the shipped source profiles: they must differ."""

from odoo.tests import tagged

from .common import StorylineCase


class ProfileCase(StorylineCase):
    """Each profile as it ships: a copy that is assigned and published, and nothing else."""

    contract_demanded = False
    review_demanded = False
    unpaid_stopped = False

    def check_same_order(self):
        self.at("2026-03-16 10:00")
        order = self.quotation(price=None, quantity=10)
        if self.contract_demanded:
            with self.A.refused("signed contract"):
                self.A.call("sale.order", "action_confirm", order.ids)
            self.contract(order, rights_terms="As usual")
        if self.review_demanded:
            with self.A.refused("review", "S0-33"):
                self.A.call("sale.order", "action_confirm", order.ids)
            with self.A.refused("review"):
                self.A.write("sale.order", order.ids, state="sale")
            self.assertEqual(order.state, "draft")
            self.review(order)
        self.A.call("sale.order", "action_confirm", order.ids)
        self.assertEqual(order.state, "sale")
        picking = self.to_ship(order)
        if self.unpaid_stopped:
            self.carrier(picking)
            with self.WH.refused("1,130.00", "S4-337"):
                self.ship(picking)
            self.assertEqual(order.order_line.qty_delivered, 0)
            return
        refusals = [
            refusal.gate
            for refusal in picking._gate_refusals("ship")
            if refusal.gate == "payment_before_shipment" and refusal.mode == "enforce"
        ]
        self.assertFalse(refusals)
        if self.refusal(picking, "tracking", "ship"):
            self.carrier(picking)
        if self.refusal(picking, "dispatch_notice", "ship"):
            self.release_dispatch(order)
        self.ship(picking)
        self.assertEqual(order.order_line.qty_delivered, 10)
        self.assertEqual(order._regulation_paid(), {order.id: 0.0})


@tagged("post_install", "-at_install")
class TestNoProfile(ProfileCase):
    profile_code = ""

    def test_same_order(self):
        self.check_same_order()


@tagged("post_install", "-at_install")
class TestProfileS0(ProfileCase):
    profile_code = "S0"
    contract_demanded = True
    review_demanded = True

    def test_same_order(self):
        self.check_same_order()


@tagged("post_install", "-at_install")
class TestProfileS4(ProfileCase):
    profile_code = "S4"
    contract_demanded = True
    unpaid_stopped = True

    def test_same_order(self):
        self.check_same_order()

    def test_general_manager_lets_it_pass(self):
        """Ship with 0 paid: blocked, but for the release of the general manager."""
        self.at("2026-03-16 10:00")
        order = self.quotation(price=None, quantity=10)
        self.contract(order, rights_terms="As usual")
        self.A.call("sale.order", "action_confirm", order.ids)
        picking = self.to_ship(order)
        self.carrier(picking)
        stopped = [refusal.gate for refusal in picking._gate_refusals("ship")]
        self.assertIn("payment_before_shipment", stopped)
        for gate in stopped:
            release = self.WH.create(
                "regulation.release",
                gate_id=self.env.ref(f"sales_regulation.gate_{gate}").id,
                res_model="stock.picking",
                res_id=picking.id,
                reason="The customer's line stands still",
            )
            with self.KM.refused(error="AccessError"):
                self.KM.call("regulation.release", "action_grant", release)
            self.GM.call("regulation.release", "action_grant", release)
        self.ship(picking)
        self.assertEqual(order.order_line.qty_delivered, 10)
        self.assertIn("payment_before_shipment", self.events("released", picking).mapped("gate"))
