# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import Command
from odoo.exceptions import UserError
from odoo.tests import tagged

from odoo.addons.sales_regulation.tools import engine

from ..payment.test_boundaries import TwoCurrencies
from .common import CreditCommon


@tagged("post_install", "-at_install")
class TestCreditBoundaries(TwoCurrencies, CreditCommon):
    """Limits of two companies, orders in two currencies, to the cent (C32)."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.branch = cls._new_company("Branch", cls.env.ref("base.USD"))
        cls.usd = cls._dollars(cls.company, cls.branch)
        cls.env.user.company_ids |= cls.branch
        cls.rep.company_ids |= cls.branch
        cls.both = (cls.company | cls.branch).ids
        cls._profile()
        cls._invoice(150_000)
        cls.export = cls.env["product.pricelist"].create(
            {"name": "Export", "currency_id": cls.usd.id, "company_id": cls.company.id}
        )

    def _limit(self, company, amount):
        engine(self.nanfeng.with_company(company)).credit_limit = amount

    def _in_branch(self, untaxed):
        line = {"product_id": self.product.id, "price_unit": untaxed, "tax_ids": False}
        return (
            self.env["sale.order"]
            .with_user(self.rep)
            .with_context(allowed_company_ids=self.branch.ids)
            .create({"partner_id": self.nanfeng.id, "order_line": [Command.create(line)]})
            .with_context(allowed_company_ids=self.both)
        )

    def assertStopped(self, orders, *texts):
        with self.assertRaises(UserError) as refused, self.cr.savepoint():
            orders.action_confirm()
        for text in texts:
            self.assertIn(text, str(refused.exception))
        self.env.invalidate_all()
        self.assertEqual(set(orders.mapped("state")), {"draft"})

    def _abroad(self, dollars):
        order = self._order(dollars, pricelist_id=self.export.id)
        order.order_line.tax_ids = False
        self.assertEqual((order.currency_id, order.amount_total), (self.usd, dollars))
        return order

    def test_order_in_dollars_up_to_the_cent(self):
        """50,000.00 are left: 7,142.85 dollars are 49,999.95, 7,142.86 are 50,000.02."""
        self.assertStopped(self._abroad(7_142.86), "0.02", "200,000.00")
        self._abroad(7_142.85).action_confirm()
        self.assertAlmostEqual(self._exposure(), 199_999.95, 2)
        # and then 0.05 is left, in yuan
        self.assertStopped(self._order(1), "1.08")

    def test_7000_dollars_are_not_7000_yuan(self):
        self._abroad(7_000).action_confirm()
        self.assertAlmostEqual(self._exposure(), 199_000, 2)
        self.assertStopped(self._abroad(1_000), "6,000.00")

    def test_each_company_its_own_limit(self):
        self._profile(company=self.branch)
        self._limit(self.branch, 1_000)
        self.assertEqual(self._exposure(company=self.branch), 0)
        self.assertStopped(self._order(53_097.345), "10,000.00", "200,000.00")
        over = self._in_branch(1_000.01)
        self.assertStopped(over, "0.01", "1,000.00")
        within = self._in_branch(1_000)
        within.action_confirm()
        self.assertEqual(self._exposure(company=self.branch), 1_000)
        self.assertEqual(self._exposure(), 150_000)

    def test_both_companies_in_one_batch(self):
        self._profile(company=self.branch)
        self._limit(self.branch, 1_000)
        fits, exceeds = self._order(40_000), self._in_branch(2_000)
        orders = (fits | exceeds).with_context(allowed_company_ids=self.both)
        self.assertStopped(orders, "1,000.00")
        exceeds.order_line.write({"price_unit": 500})
        orders.action_confirm()
        self.assertEqual(set(orders.mapped("state")), {"sale"})

    def test_no_regulation_in_the_branch(self):
        self._limit(self.branch, 1_000)
        order = self._in_branch(5_000)
        order.action_confirm()
        self.assertEqual(order.state, "sale")
        self.assertEqual(self._exposure(), 150_000)
