# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import Command
from odoo.exceptions import UserError, ValidationError
from odoo.tests import tagged

from .common import SCAN, ContractCommon

REASON = {
    "reason_kind": "customer",
    "reason": "The customer wants more",
    "customer_consent": "Ms. Lin, by mail",
}


@tagged("post_install", "-at_install")
class TestContractAmend(ContractCommon):
    """C21, S0-84, S0-85: amendments and terminations go the same way, then change the order."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.profile.with_user(cls.users["gm"]).action_retire()
        cls.profile = cls._contract_profile(
            gates={
                **dict.fromkeys(
                    ("contract_terms", "contract_review", "contract_reconfirm", "contract_signed"),
                    "enforce",
                ),
                "order_change": "enforce",
            }
        )
        cls.order = cls._order("a", quantity=10)
        cls.contract = cls._signed(cls._drafted(cls.order))
        cls.order.action_confirm()

    def _amendment(self, contract=None, **values):
        action = (contract or self.contract).action_amend()
        amendment = self.env["sales.contract"].with_user(self.users["a"]).browse(action["res_id"])
        amendment.write({**REASON, **values})
        return amendment

    def _termination(self):
        action = self.contract.action_terminate()
        termination = self.env["sales.contract"].with_user(self.users["a"]).browse(action["res_id"])
        termination.write(REASON)
        return termination

    def test_amendment(self):
        """Signed, it changes contract and locked order; before, nothing."""
        amendment = self._amendment()
        self.assertEqual(amendment.line_ids.origin_id, self.contract.line_ids)
        amendment.line_ids.write({"quantity": 12, "price_unit": 98.0})
        amendment.delivery_date = "2030-02-28"
        with self.assertRaises(UserError):
            self.order.order_line.product_uom_qty = 12
        self._reviewed(amendment)
        self.assertEqual(self.order.order_line.product_uom_qty, 10)
        self._sign(amendment)
        self.assertEqual(self.contract.state, "signed")
        self.assertEqual(self.contract.line_ids.quantity, 12)
        self.assertEqual(str(self.contract.delivery_date), "2030-02-28")
        self.assertEqual(self.contract.version_ids[0].amendment_id, amendment)
        line = self.order.order_line
        self.assertEqual((line.product_uom_qty, line.price_unit), (12, 98.0))
        self.assertFalse(self.contract.differences)
        self.assertEqual(self.order.regulation_change_ids.regulation_contract_id, amendment)
        self.assertEqual(self.order.regulation_change_ids.state, "applied")
        self.assertEqual(sum(self.order.picking_ids.move_ids.mapped("product_uom_qty")), 12)

    def _sign(self, contract):
        contract.action_mark_sent()
        contract.action_reconfirm({"with": "Ms. Lin"})
        contract.action_sign({"signer_name": "Lin Hai", "scan": SCAN})

    def test_add_and_remove_goods(self):
        other = self.env["product.product"].create(
            {"name": "Sensor", "company_id": self.company.id}
        )
        amendment = self._amendment()
        amendment.write(
            {
                "line_ids": [
                    Command.delete(amendment.line_ids.id),
                    Command.create({"product_id": other.id, "quantity": 3, "price_unit": 40.0}),
                ]
            }
        )
        self._reviewed(amendment)
        self._sign(amendment)
        self.assertEqual(self.contract.line_ids.product_id, other)
        old, new = self.order.order_line
        self.assertEqual(old.product_uom_qty, 0)
        self.assertEqual((new.product_id, new.product_uom_qty, new.price_unit), (other, 3, 40.0))
        self.assertFalse(self.contract.differences)

    def test_reason_and_consent(self):
        """S0-84: the reason and the customer's consent are mandatory terms of it."""
        amendment = self._amendment(customer_consent=False)
        self.assertEqual(amendment.term_progress, "6/7")
        with self.assertRaisesRegex(UserError, "Reason"):
            amendment.action_submit()

    def test_amendment_of_an_amendment(self):
        """It changes the contract itself, which says what holds."""
        first = self._amendment()
        first.line_ids.quantity = 12
        self._reviewed(first)
        self._sign(first)
        second = self._amendment(first)
        self.assertEqual(second.parent_id, self.contract)
        self.assertEqual(second.line_ids.quantity, 12)
        with self.assertRaises(ValidationError):
            second.sudo().parent_id = first

    def test_two_amendments(self):
        """The one that is signed later does not overwrite the other: it is taken up again."""
        first, second = self._amendment(), self._amendment()
        first.line_ids.quantity = 12
        second.line_ids.price_unit = 97.0
        self._reviewed(first)
        self._reviewed(second)
        self._sign(first)
        second.action_mark_sent()
        second.action_reconfirm({"with": "Ms. Lin"})
        with self.assertRaisesRegex(UserError, "take it up again"):
            second.action_sign({"signer_name": "Lin Hai", "scan": SCAN})
        second.action_take_up()
        self.assertEqual(second.state, "draft")
        self.assertEqual((second.line_ids.quantity, second.line_ids.price_unit), (12, 100.0))

    def test_change_request_needs_an_amendment(self):
        """An approved change request does not take the order away from its contract."""
        change = (
            self.env["sale.order.change"]
            .with_user(self.users["a"])
            .create(
                {
                    "order_id": self.order.id,
                    "reason": "More",
                    "line_ids": [
                        Command.create(
                            {
                                "action": "quantity",
                                "order_line_id": self.order.order_line.id,
                                "quantity": 12,
                            }
                        )
                    ],
                }
            )
        )
        change.action_submit()
        with (
            self.assertRaisesRegex(UserError, "differs from its contract"),
            self.env.cr.savepoint(),
        ):
            self._approve(change, "order_change", "km")
        self.assertEqual(self.order.order_line.product_uom_qty, 10)

    def test_termination(self):
        """Nothing delivered: the order is cancelled with the contract."""
        termination = self._termination()
        self._reviewed(termination)
        self.assertEqual(self.contract.state, "signed")
        self._sign(termination)
        self.assertEqual(self.contract.state, "terminated")
        self.assertEqual(self.order.state, "cancel")
        self.assertEqual(set(self.order.picking_ids.mapped("state")), {"cancel"})
        with self.assertRaises(UserError):
            self.contract.action_amend()

    def test_termination_half_way(self):
        """What is delivered stays; the rest is not delivered any more."""
        picking = self.order.sudo().picking_ids
        picking.move_ids.write({"quantity": 4, "picked": True})
        picking.with_context(skip_backorder=True).button_validate()
        self.assertEqual(self.order.order_line.qty_delivered, 4)
        termination = self._termination()
        self._reviewed(termination)
        self._sign(termination)
        self.assertEqual(self.order.state, "sale")
        self.assertEqual(self.order.order_line.product_uom_qty, 4)
        self.assertFalse(
            self.order.sudo().picking_ids.filtered(lambda one: one.state not in ("done", "cancel"))
        )

    def test_parent(self):
        """Only a signed contract is changed, and only by an amendment."""
        draft = self._drafted(self._order("a", quantity=1))
        with self.assertRaises(UserError):
            draft.action_amend()
        with self.assertRaises(ValidationError):
            draft.sudo().parent_id = self.contract
