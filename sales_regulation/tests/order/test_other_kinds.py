# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import Command
from odoo.exceptions import UserError
from odoo.tests import tagged

from .common import OrderCommon


@tagged("post_install", "-at_install")
class TestOtherKinds(OrderCommon):
    """Only the approval of its own kind carries a document out; what is carried out stays so."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.memo = cls.env["regulation.approval.kind"].create({"code": "memo", "name": "Memo"})
        rules = {
            cls.memo: "b",
            cls.env.ref("sales_regulation.approval_kind_order_change"): "km",
            cls.env.ref("sales_regulation.approval_kind_price_change"): "dgm",
            cls.env.ref("sales_regulation.approval_kind_credit_limit"): "fin",
        }
        cls.profile = cls._order_profile(
            price_change_by_request=True,
            credit_limit_by_request=True,
            approval_rule_ids=[
                Command.create(
                    {"kind_id": kind.id, "approver_type": "user", "user_id": cls.users[login].id}
                )
                for kind, login in rules.items()
            ],
        )
        cls.order = cls._confirmed("a", quantity=10)

    def _change(self):
        return (
            self.env["sale.order.change"]
            .with_user(self.users["a"])
            .create(
                {
                    "order_id": self.order.id,
                    "reason": "The customer asks for it",
                    "line_ids": [
                        Command.create(
                            {
                                "order_line_id": self.order.order_line.id,
                                "action": "quantity",
                                "quantity": 11,
                            }
                        )
                    ],
                }
            )
        )

    def _price_request(self):
        return (
            self.env["price.change.request"]
            .with_user(self.users["fin"])
            .create(
                {
                    "reason": "Copper is dearer",
                    "line_ids": [
                        Command.create(
                            {
                                "product_tmpl_id": self.product.product_tmpl_id.id,
                                "new_price": 120,
                            }
                        )
                    ],
                }
            )
        )

    def _credit_request(self):
        return (
            self.env["sale.credit.request"]
            .with_user(self.users["km"])
            .create(
                {
                    "partner_id": self.customers["xinghai"].id,
                    "rating": "a",
                    "proposed_limit": 500_000,
                    "reason": "Pays on time",
                }
            )
        )

    def test_another_approval_changes_no_order(self):
        change = self._change()
        change.action_request_approval("memo", "for your information")
        self.assertEqual(change.state, "draft")
        change.action_submit()
        self._approve(change, "memo", "b")
        self.assertEqual((change.state, self.order.order_line.product_uom_qty), ("submitted", 10))
        self._approve(change, "order_change", "km")
        self.assertEqual((change.state, self.order.order_line.product_uom_qty), ("applied", 11))

    def test_another_refusal_ends_no_change(self):
        change = self._change()
        change.action_request_approval("memo", "for your information")
        change.action_submit()
        self._pending(change, "memo").with_user(self.users["b"]).action_refuse("no")
        self.assertEqual(change.state, "submitted")

    def test_another_approval_changes_no_price(self):
        request = self._price_request()
        request.action_request_approval("memo", "for your information")
        self.assertEqual(request.state, "draft")
        request.action_submit()
        self._approve(request, "memo", "b")
        self.assertEqual((request.state, self.product.list_price), ("submitted", 100))
        self._approve(request, "price_change", "dgm")
        self.assertEqual((request.state, self.product.list_price), ("applied", 120))

    def test_another_approval_agrees_no_credit(self):
        request = self._credit_request()
        request.action_submit()
        request.action_request_approval("memo", "for your information")
        self._approve(request, "memo", "b")
        xinghai = self.customers["xinghai"].with_company(self.company)
        self.assertEqual((request.state, xinghai.credit_limit), ("submitted", 0))
        self._approve(request, "credit_limit", "fin")
        self.assertEqual((request.state, xinghai.credit_limit), ("applied", 500_000))

    def test_what_is_carried_out_stays_so(self):
        """An approval that becomes void afterwards undoes nothing and opens nothing."""
        documents = {
            self._change(): ("order_change", "km"),
            self._price_request(): ("price_change", "dgm"),
            self._credit_request(): ("credit_limit", "fin"),
        }
        for document, (kind, login) in documents.items():
            document.action_submit()
            self._approve(document, kind, login)
            self.assertEqual(document.state, "applied")
            approval = document.sudo().approval_ids.filtered(lambda row: row.state == "approved")
            approval._end("void", "voided")
            with self.subTest(document=document._name):
                self.assertEqual(document.state, "applied")

    def test_a_submitted_price_line_is_fixed(self):
        """Not even its rule, which the system fills in when it is carried out."""
        request = self._price_request()
        request.action_submit()
        with self.assertRaises(UserError):
            request.line_ids.write({"item_id": False})
        with self.assertRaises(UserError):
            request.write({"line_ids": [Command.update(request.line_ids.id, {"item_id": False})]})
