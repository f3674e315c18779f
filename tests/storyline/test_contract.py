# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo.tests import tagged

from odoo.addons.sales_regulation.tests.common import SCAN
from odoo.addons.sales_regulation.tests.order.test_portal import SIGNATURE

from .common import StorylineCase


@tagged("post_install", "-at_install")
class TestStorylineContract(StorylineCase):
    """Steps 18, 19 and 21: the contract from the draft to the signature."""

    def test_18_terms(self):
        """C19: delivery time missing (5 of 6 terms); the submission is stopped and names it."""
        self.at("2026-03-06 10:00")
        order = self.quotation()
        contract = self.draft_contract(order)
        self.assertEqual(contract.amount_untaxed, 960_000.00)
        self.assertEqual(contract.amount_total, 1_084_800.00)
        self.assertEqual(contract.term_progress, "5/6")
        with self.A.refused("Delivery time"):
            self.A.call("sales.contract", "action_submit", contract.ids)
        self.assertEqual(contract.state, "draft")
        self.A.write("sales.contract", contract.ids, delivery_date="2026-03-31")
        self.A.call("sales.contract", "action_submit", contract.ids)
        self.assertEqual(contract.state, "business")

    def test_19_legal_review(self):
        """C20: manager ok 03-09, legal returns 03-09, version 2 approved by both on 03-10."""
        self.at("2026-03-09 09:30")
        order = self.quotation()
        self.approve_price(order)
        contract = self.draft_contract(order, delivery_date="2026-03-31")
        self.A.call("sales.contract", "action_submit", contract.ids)
        self.decide_contract(contract, "contract_business", "KM")
        self.at("2026-03-09 14:00")
        legal = self.decide(
            contract, "contract_legal", "LEG", "action_return", opinion="Liability is missing"
        )
        self.assertEqual(contract.state, "returned")
        self.assertEqual(legal.step_ids.decided_by_id, self.users["leg"])
        self.at("2026-03-09 16:00")
        for method in ("action_send", "action_mark_sent"):
            with self.A.refused("not approved"):
                self.A.call("sales.contract", method, contract.ids)
        self.A.write("sales.contract", contract.ids, liability_terms="0.05 % a day")
        self.at("2026-03-10 10:00")
        self.A.call("sales.contract", "action_submit", contract.ids)
        self.assertEqual(contract.version, 2)
        self.decide_contract(contract, "contract_business", "KM")
        with self.A.refused("Legal review"):
            self.A.call("sales.contract", "action_mark_sent", contract.ids)
        self.decide_contract(contract, "contract_legal", "LEG")
        self.A.call("sales.contract", "action_mark_sent", contract.ids)
        self.assertEqual(contract.state, "sent")
        self.assertEqual(contract.sent_at.strftime("%m-%d"), "03-10")

    def test_19_order_by_portal_signature(self):
        """C20: before the contract is signed a signature on the portal confirms nothing."""
        self.at("2026-03-10 15:00")
        order = self.quotation()
        self.approve_price(order)
        order.write({"require_signature": True, "require_payment": False})
        self.A.call("sale.order", "action_quotation_sent", order.ids)
        self.contract_of(order, until="sent")
        order._portal_ensure_token()
        self.env.flush_all()
        page = self.url_open(order.get_portal_url())
        self.assertIn(order.name, page.text)
        self.assertNotIn('data-bs-target="#modalaccept"', page.text)
        answer = self.make_jsonrpc_request(
            f"/my/orders/{order.id}/accept",
            {"access_token": order.access_token, "name": "Lin Hai", "signature": SIGNATURE},
        )
        self.assertNotIn("error", answer)
        self.env.invalidate_all()
        self.assertEqual(order.state, "sent")
        self.assertEqual(order.regulation_waiting, "signed")
        with self.A.refused("is not signed"):
            self.A.call("sale.order", "action_confirm", order.ids)

    def contract_of(self, order, until):
        contract = self.draft_contract(order, delivery_date="2026-03-31")
        self.review_contract(contract)
        if until == "sent":
            self.A.call("sales.contract", "action_mark_sent", contract.ids)
        return contract

    def test_21_sign(self):
        """C20: reconfirmed and signed on 03-11; not signable before the reconfirmation."""
        self.at("2026-03-10 11:00")
        order = self.quotation()
        self.approve_price(order)
        contract = self.contract_of(order, until="sent")
        values = {"signer_name": "Lin Hai", "scan": SCAN, "scan_name": "signed contract.pdf"}
        self.at("2026-03-11 09:00")
        with self.A.refused("not reconfirmed"):
            self.A.call("sales.contract", "action_sign", contract.ids, values=values)
        self.A.call("sales.contract", "action_reconfirm", contract.ids, values={"with": "Ms. Lin"})
        for nobody in (self.B, self.LEG, self.WH):
            with nobody.refused():
                nobody.call("sales.contract", "action_sign", contract.ids, values=values)
        self.A.call("sales.contract", "action_sign", contract.ids, values=values)
        self.assertEqual(contract.state, "signed")
        self.assertEqual(str(contract.signed_on), "2026-03-11")
        self.assertEqual(len(self.events("contract_signed", contract)), 1)
        self.review(order)
        self.A.call("sale.order", "action_confirm", order.ids)
        self.assertEqual(order.state, "sale")

    def test_23_change_is_an_amendment(self):
        """A confirmed order leaves its contract only with an amendment that is signed."""
        self.at("2026-03-11 10:00")
        order = self.confirm(self.quotation())
        contract = order.regulation_contract_id
        self.at("2026-03-12 10:00")
        action = self.A.call("sales.contract", "action_amend", contract.ids)
        amendment = self.env["sales.contract"].browse(action["res_id"])
        self.A.write("sales.contract.line", amendment.line_ids.ids, quantity=10_500)
        self.A.write(
            "sales.contract",
            amendment.ids,
            reason_kind="customer",
            reason="The customer wants 500 more",
            customer_consent="Ms. Lin, by mail of 12 March",
        )
        self.review_contract(amendment)
        self.assertEqual(order.order_line.product_uom_qty, 10_000)
        self.sign(amendment)
        self.assertEqual(order.order_line.product_uom_qty, 10_500)
        self.assertEqual(order.amount_untaxed, 1_008_000.00)
        self.assertEqual(contract.amount_untaxed, 1_008_000.00)
