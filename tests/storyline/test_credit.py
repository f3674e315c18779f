# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import Command
from odoo.tests import tagged

from odoo.addons.sales_regulation.tools import engine

from .common import StorylineCase


@tagged("post_install", "-at_install")
class TestStorylineCredit(StorylineCase):
    """Step 37."""

    def test_37_exceeds_by_10000(self):
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
        order = self.quotation(customer="nanfeng", quantity=1, price=53_097.345)
        self.assertEqual(order.amount_total, 60_000.00)
        with self.A.refused("10,000.00", "200,000.00", "150,000.00"):
            self.A.call("sale.order", "action_confirm", order.ids)
        for values in ({"state": "sale"}, {"state": "sale", "locked": True}):
            with self.A.refused("10,000.00"):
                self.A.write("sale.order", order.ids, **values)
        # nobody raises the limit by hand
        for person in (self.FIN, self.GM, self.ADM):
            with person.refused(error="AccessError"):
                person.write("res.partner", nanfeng.id, credit_limit=900_000)
        self.assertEqual(order.state, "draft")
