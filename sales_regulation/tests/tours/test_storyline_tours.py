# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import Command, fields
from odoo.tests import tagged

from odoo.addons.sales_regulation.tools import engine

from .common import PhoneTour, TourCommon


@tagged("post_install", "-at_install")
class TestStorylineTours(TourCommon):
    """The order of the storyline in the browser, each step by whom it falls to.

    One class for all of it: what takes long is to build the company and the assets.
    """

    # === REGULATION AND ORDER: STORYLINE 1, 17, 22, 23 === #

    def test_price(self):
        self._tour("a", "rep_quotation", "/odoo/sales")
        order = self.env["sale.order"].search([("company_id", "=", self.company.id)])
        self.assertRecordValues(
            order, [{"state": "draft", "amount_untaxed": 960000.0, "amount_total": 1084800.0}]
        )
        self.assertEqual(order.user_id, self.users["a"])
        request = self._requests(order, "price")
        self.assertEqual((request.deviation, request.step_ids.user_ids), (4.0, self.users["km"]))

        self._tour("km", "manager_price", "/odoo/to-approve")
        self.assertEqual(request.state, "approved")
        self.assertEqual(request.decision_ids[-1].user_id, self.users["km"])
        self.assertTrue(order._approvals_valid("price")[order.id])

    def test_signer(self):
        """The manager has one more person decide, then says yes himself (C02)."""
        order = self._order("a", "xinghai", 10000, 96.0)
        order._request_approval("price")
        request = self._requests(order, "price")
        self._tour("km", "manager_signer", "/odoo/to-approve")
        self.assertEqual(request.state, "pending")
        request.with_user(self.users["leg"]).action_approve()
        self.assertEqual(request.state, "approved")

    def test_contract(self):
        """Steps 18, 19 and 21: rep, manager, legal, and the customer on the portal."""
        order = self._priced()
        self._tour("a", "rep_contract", self._url(order))
        contract = order.regulation_contract_id
        self.assertEqual(contract.state, "business")
        self._tour("km", "manager_contract", "/odoo/to-approve")
        self.assertEqual(contract.state, "legal")
        self._tour("leg", "legal_returns", "/odoo/to-approve")
        self.assertEqual(contract.state, "returned")
        contract.with_user(self.users["a"]).write({"liability_terms": "0.05 % a day"})
        contract.with_user(self.users["a"]).action_submit()
        self._tour("km", "manager_contract", "/odoo/to-approve")
        self._tour("leg", "legal_approves", "/odoo/to-approve")
        self.assertEqual((contract.state, contract.version), ("approved", 2))
        self._tour("a", "rep_reconfirms", self._url(contract))
        self.assertEqual(contract.reconfirmed_with, "Ms. Lin, by phone")
        self.env.flush_all()
        self.start_tour(contract.get_portal_url(), "regulation_customer_signs")
        self.env.invalidate_all()
        self.assertEqual(contract.state, "signed")
        self.assertEqual(contract.signature_ids.method, "portal")

    def test_review(self):
        order = self._priced()
        self._sign_contract(order)
        order.action_request_review()
        request = self._requests(order, "order_review")
        self._tour("km", "manager_review", "/odoo/to-approve")
        self.assertRecordValues(request, [{"state": "approved"}])
        self.assertEqual(request.step_ids.decided_by_id, self.users["km"])
        self.assertFalse(order.sudo()._checklist_missing("order_review")[order.id])
        self._tour("a", "rep_confirm", self._url(order))
        self.assertEqual(order.state, "sale")
        self.assertEqual(order.picking_ids.move_ids.product_uom_qty, 10000)

    def test_change_refused(self):
        order = self._confirmed()
        self._tour("a", "rep_change", self._url(order))
        change = self.env["sale.order.change"].search([("order_id", "=", order.id)])
        self.assertRecordValues(
            change, [{"state": "submitted", "user_id": self.users["a"].id, "amount_after": 1008000}]
        )
        self._tour("km", "manager_change", "/odoo/to-approve")
        self.assertEqual(change.state, "refused")
        self.assertEqual(order.order_line.product_uom_qty, 10000)

    def test_acknowledgement(self):
        step = self.acknowledgement.step_ids.filtered(lambda step: step.user_ids == self.users["a"])
        self.assertEqual(step.state, "pending")
        self._tour("a", "rep_acknowledges", "/odoo/to-approve")
        self.assertRecordValues(step, [{"state": "approved", "decided_by_id": self.users["a"].id}])
        self.assertEqual(self.acknowledgement.state, "pending")

    # === MONEY, RELEASE AND DISPATCH: STORYLINE 24 TO 31 === #

    def test_receipt(self):
        order = self._confirmed()
        self._tour("a", "rep_receipt", self._url(order))
        receipt = self.env["sale.receipt"].search([("order_id", "=", order.id)])
        self.assertRecordValues(
            receipt, [{"state": "announced", "amount": 325440.0, "user_id": self.users["a"].id}]
        )
        self._tour("fin", "finance_receipt", "/odoo/receipts-to-take-over")
        self.assertRecordValues(
            receipt, [{"state": "confirmed", "confirmed_by_id": self.users["fin"].id}]
        )
        self.assertEqual(order.sudo().regulation_paid_percent, 30.0)
        self._tour("a", "rep_paid", self._url(order))

    def test_held(self):
        order = self._confirmed()
        self._pay(order, 325440.0)
        self._tour("wh", "keeper_refused", "/odoo/held-deliveries")
        self.assertEqual(order.sudo().picking_ids.state, "assigned")

    def test_release(self):
        order = self._confirmed(customer="dongfang", quantity=2000, price=100.0)
        picking = order.sudo().picking_ids
        self._tour("wh", "keeper_release", self._url(picking))
        release = self.env["regulation.release"].search(
            [("res_model", "=", "stock.picking"), ("res_id", "=", picking.id)]
        )
        self.assertRecordValues(
            release, [{"state": "requested", "requested_by_id": self.users["wh"].id}]
        )
        self._tour("gm", "director_release", "/odoo/regulation-work")
        self.assertRecordValues(
            release, [{"state": "granted", "decided_by_id": self.users["gm"].id}]
        )

    def test_one_cent(self):
        """Step 27: one cent short the notice is not issued; with the cent it is."""
        order = self._confirmed()
        for amount in (325440.0, 759359.99):
            self._pay(order, amount)
        notice = self._submitted(order)
        self._tour("clk", "clerk_one_cent", self._url(notice))
        self.assertEqual(notice.state, "checked")
        self._pay(order, 0.01)
        self._tour("clk", "clerk_issues", self._url(notice))
        self.assertEqual(notice.state, "issued")
        clock = self.env["regulation.deadline"].search(
            [
                ("res_model", "=", "sale.order"),
                ("res_id", "=", order.id),
                ("code", "=", "ship_promptly"),
            ]
        )
        self.assertEqual(clock.state, "open")

    def test_one_piece(self):
        """Step 26: by delivered value 3,001 pieces are one too many for the deposit, 3,000 go."""
        agreement = (
            self.env["sale.payment.agreement"]
            .with_user(self.users["fin"])
            .create(
                {
                    "partner_id": self.customers["xinghai"].id,
                    "company_id": self.company.id,
                    "mode": "delivered",
                    "reason": "Frame contract",
                }
            )
        )
        agreement.action_confirm()
        order = self._confirmed()
        self._pay(order, 325440.0)
        many, few = (self._submitted(order, quantity) for quantity in (3001, 3000))
        self._tour("clk", "clerk_one_piece", self._url(many))
        self.assertEqual(many.state, "checked")
        many.with_user(self.users["clk"]).action_cancel("Too many")
        few.with_user(self.users["clk"]).action_verify()
        few.with_user(self.users["clk"]).action_check()
        self._tour("clk", "clerk_issues", self._url(few))
        self.assertEqual(few.state, "issued")

    def test_credit(self):
        """Step 37: 150,000 open of 200,000, an order of 60,000 exceeds it by 10,000."""
        nanfeng = self.customers["nanfeng"]
        engine(nanfeng.with_company(self.company)).credit_limit = 200_000
        self.env["account.move"].create(
            {
                "move_type": "out_invoice",
                "partner_id": nanfeng.id,
                "invoice_line_ids": [
                    Command.create({"name": "Old", "price_unit": 150_000, "tax_ids": False})
                ],
            }
        ).action_post()
        order = self._reviewed(customer="nanfeng", quantity=1, price=53_097.345)
        self._tour("a", "rep_credit", self._url(order))
        self.assertEqual(order.state, "draft")

    def test_dispatch(self):
        """Step 29: no shipment is asked for without a telephone number on the spot."""
        order = self._confirmed()
        self._pay(order, 1084800.0)
        self.customers["xinghai"].phone = False
        self._tour("a", "rep_dispatch", self._url(order))
        notice = self.env["dispatch.notice"].search([("order_id", "=", order.id)])
        self.assertRecordValues(
            notice, [{"state": "submitted", "applicant_id": self.users["a"].id}]
        )
        self._tour("clk", "clerk_notice", "/odoo/dispatch-notices")
        self.assertRecordValues(notice, [{"state": "issued", "issued_by_id": self.users["clk"].id}])
        self._tour("fin", "finance_notice", "/odoo/dispatch-notices")
        self.assertEqual(notice.state, "released")

    def test_shipment(self):
        order = self._confirmed()
        self._pay(order, 1084800.0)
        notice = self._released(order)
        self._tour("wh", "keeper_ships", "/odoo/dispatch-notices")
        self.assertRecordValues(
            notice,
            [{"state": "shipped", "carrier_name": "SF Express", "tracking_ref": "SF1001"}],
        )
        self.assertEqual(order.sudo().picking_ids.state, "done")
        self._tour("clk", "clerk_receipt", "/odoo/dispatch-notices")
        self.assertRecordValues(
            notice, [{"state": "received", "receiver_name": "Lin Hai", "acceptance": "accepted"}]
        )
        self._tour("wh", "keeper_copy", "/odoo/dispatch-copies")
        self.assertEqual(notice.copy_returned_by_id, self.users["wh"])

    def _submitted(self, order, quantity=None):
        action = order.action_request_dispatch()
        notice = order.env["dispatch.notice"].browse(action["res_id"])
        notice.write({"requested_arrival_at": fields.Datetime.now(), "contact_name": "Lin Hai"})
        if quantity:
            notice.line_ids.quantity = quantity
        notice.action_submit()
        return notice.sudo()

    def _released(self, order):
        notice = self._submitted(order)
        clerk = notice.with_user(self.users["clk"])
        clerk.action_verify()
        clerk.action_check()
        clerk.action_issue()
        finance = notice.with_user(self.users["fin"])
        finance.action_check_papers()
        finance.action_release()
        return notice


@tagged("post_install", "-at_install")
class TestStorylineToursPhone(PhoneTour, TestStorylineTours):
    pass
