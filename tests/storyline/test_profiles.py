# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""The same order under the shipped source profiles: they must differ."""

from odoo.tests import tagged

from .common import StorylineCase


class ProfileCase(StorylineCase):
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
            with self.A.refused("review"):
                self.A.call("sale.order", "action_confirm", order.ids)
            self.review(order)
        self.A.call("sale.order", "action_confirm", order.ids)
        self.assertEqual(order.state, "sale")
        picking = self.to_ship(order)
        if self.unpaid_stopped:
            self.carrier(picking)
            with self.WH.refused("1,130.00"):
                self.ship(picking)
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
