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

    def test_37_limit_raised_by_an_approved_request(self):
        """With 209,999.99 it exceeds by 0.01; with 210,000.00 it passes."""
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
        self.contract(order)
        self.review(order)
        for limit, texts in ((209_999.99, ("0.01",)), (210_000.00, ())):
            request = self.A.create(
                "sale.credit.request",
                partner_id=nanfeng.id,
                company_id=self.company.id,
                proposed_limit=limit,
                rating="a",
                importance="key",
                reason="Pays on time",
            )
            self.A.call("sale.credit.request", "action_submit", request)
            request = self.env["sale.credit.request"].browse(request)
            for nobody in (self.A, self.FIN):
                with nobody.refused():
                    self.decide(request, "credit_limit", nobody.login.removeprefix("reg_"))
            self.decide(request, "credit_limit", "GM")
            self.assertEqual(nanfeng.with_company(self.company).credit_limit, limit)
            if texts:
                with self.A.refused(*texts):
                    self.A.call("sale.order", "action_confirm", order.ids)
        self.approve_price(order)
        self.A.call("sale.order", "action_confirm", order.ids)
        self.assertEqual(order.state, "sale")
