# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import Command
from odoo.tests import HttpCase, tagged

from ..common import RegulationCompany
from .common import OrderProfiles

SIGNATURE = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mP8z8BQDwAEhQGAhKmMIQAAAABJRU5ErkJggg=="


@tagged("post_install", "-at_install")
class TestOrderPortal(OrderProfiles, RegulationCompany, HttpCase):
    """A customer who comes while a gate stops the order reads a friendly text."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._build_company()
        cls.profile = cls._price_profile()
        cls.order = cls._order("a", quantity=10, require_signature=True, require_payment=False)
        cls.order.action_quotation_sent()
        cls.order._portal_ensure_token()
        cls.env.flush_all()

    def _accept(self):
        return self.make_jsonrpc_request(
            f"/my/orders/{self.order.id}/accept",
            {
                "access_token": self.order.access_token,
                "name": "Buyer",
                "signature": SIGNATURE,
            },
        )

    def test_free_order_is_signed_and_confirmed(self):
        page = self.url_open(self.order.get_portal_url())
        self.assertIn(self.order.name, page.text)
        self.assertNotIn("is being prepared", page.text)
        self.assertTrue(self._accept().get("force_refresh"))
        self.assertEqual(self.order.state, "sale")

    def test_held_order_is_being_prepared(self):
        self.order.order_line.price_unit = 50
        self.env.flush_all()
        page = self.url_open(self.order.get_portal_url())
        self.assertIn("is being prepared", page.text)
        self.assertNotIn(self.product.name, page.text)
        pdf = self.url_open(self.order.get_portal_url(report_type="pdf"))
        self.assertIn("is being prepared", pdf.text)
        # a signature that comes all the same is kept, and the order waits
        answer = self._accept()
        self.assertNotIn("error", answer)
        self.assertTrue(self.order.signature)
        self.assertEqual(self.order.state, "sent")
        self.assertEqual(self.order.regulation_waiting, "signed")
        self.assertIn(self.users["a"], self.order.activity_ids.user_id)
        page = self.url_open(self.order.get_portal_url())
        self.assertIn("we have received your confirmation", page.text)

    def test_customer_takes_what_is_optional(self):
        """What the customer chooses himself was not what the manager approved: it waits."""
        self.order.write(
            {
                "order_line": [
                    Command.update(self.order.order_line.id, {"price_unit": 96}),
                    Command.create(
                        {"display_type": "line_section", "name": "On request", "is_optional": True}
                    ),
                    Command.create({"product_id": self.product.id, "product_uom_qty": 0}),
                ]
            }
        )
        self.order.action_request_price_approval("Volume")
        self._approve(self.order, "price", "km")
        optional = self.order.order_line[-1]
        optional.price_unit = 95  # of nothing: no content, the approval stands
        self.assertTrue(self.order._approvals_valid("price"))
        self.env.flush_all()
        page = self.url_open(self.order.get_portal_url())
        self.assertNotIn("is being prepared", page.text)
        self.make_jsonrpc_request(
            f"/my/orders/{self.order.id}/update_line_dict",
            {
                "access_token": self.order.access_token,
                "line_id": optional.id,
                "input_quantity": 5,
            },
        )
        self.assertEqual(optional.product_uom_qty, 5)
        self.assertFalse(self.order._approvals_valid("price"))
        self.assertNotIn("error", self._accept())
        self.assertEqual((self.order.state, self.order.regulation_waiting), ("sent", "signed"))
        page = self.url_open(self.order.get_portal_url())
        self.assertIn("we have received your confirmation", page.text)
