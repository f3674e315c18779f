# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo.exceptions import UserError
from odoo.tests import tagged

from .common import CreditCommon


@tagged("post_install", "-at_install")
class TestCreditGate(CreditCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._invoice(150_000)

    def _untaxed(self, total):
        return total / 1.13

    def _with_total(self, total, **values):
        """An order of exactly this total: no tax, so that no cent is rounded."""
        order = self._order(total, **values)
        order.order_line.tax_ids = False
        return order

    def _refused(self, orders):
        with self.assertRaises(UserError) as error, self.cr.savepoint():
            orders._gate_pass("confirm")
        return str(error.exception)

    def test_storyline_37_exceeds_by_10000(self):
        self._profile()
        order = self._order(53_097.35)  # 60,000.01 with VAT
        order.order_line.price_unit = 53_097.345
        self.assertEqual(order.amount_total, 60_000.00)
        text = self._refused(order)
        self.assertIn("10,000.00", text)
        self.assertIn("200,000.00", text)
        self.assertIn("150,000.00", text)
        refusal = order._gate_refusals("confirm")[0]
        self.assertEqual((refusal.gate, refusal.amount), ("credit", 10_000))

    def test_up_to_the_limit_it_passes(self):
        self._profile()
        self._with_total(50_000)._gate_pass("confirm")
        self.assertIn("0.01", self._refused(self._with_total(50_000.01)))

    def test_the_batch_counts_itself(self):
        self._profile()
        orders = self._with_total(30_000) + self._with_total(30_000, partner=self.buyer)
        for order in orders:
            order._gate_pass("confirm")
        self.assertIn("10,000.00", self._refused(orders))
        small = self._with_total(20_000) + self._with_total(30_000)
        small._gate_pass("confirm")

    def test_in_a_list_each_stands_for_itself(self):
        """C32: what the list shows of an order is what its form shows."""
        self._profile()
        orders = self._with_total(30_000) + self._with_total(30_000) + self._with_total(60_000)
        self.assertEqual(orders[:2]._gate_refusals("confirm"), [])
        refused = orders._gate_refusals("confirm")
        self.assertEqual([refusal.record for refusal in refused], [orders[2]])
        self.assertEqual(refused[0].reason, orders[2]._gate_refusals("confirm")[0].reason)
        self._refused(orders[:2])

    def test_confirmed_orders_count(self):
        self._with_total(30_000).action_confirm()
        self._profile()
        self._with_total(20_000)._gate_pass("confirm")
        self._refused(self._with_total(20_001))

    def test_a_payer_of_another_company_is_judged_too(self):
        self._profile(credit_limit_required=True)
        rich = self.env["res.partner"].create({"name": "Rich", "is_company": True})
        self._refused(self._with_total(100, partner=rich))
        order = self._with_total(60_000)
        order.partner_invoice_id = rich
        self._refused(order)

    def test_without_limit(self):
        free = self.env["res.partner"].create({"name": "Free", "is_company": True})
        order = self._with_total(1_000_000, partner=free)
        profile = self._profile()
        order._gate_pass("confirm")
        profile._clear_policy_cache()
        self.env.cr.execute(
            "UPDATE regulation_profile SET credit_limit_required = TRUE WHERE id = %s", [profile.id]
        )
        self.env.invalidate_all()
        self.assertIn("No credit limit", self._refused(order))

    def test_expired_limit_is_none(self):
        self.nanfeng.regulation_credit_valid_until = "2020-01-01"
        self._profile()
        self.assertIn("ended on", self._refused(self._with_total(1)))

    def test_overdue(self):
        self._invoice(500, due="2020-01-01")
        order = self._with_total(1)
        profile = self._profile(
            credit_overdue_block=True, credit_overdue_days=30, credit_overdue_amount=500
        )
        order._gate_pass("confirm")
        self._invoice(0.01, due="2020-01-01")
        self.assertIn("500.01", self._refused(order))
        self.assertTrue(profile)

    def test_observe_lets_pass(self):
        self._profile(mode="observe")
        order = self._with_total(60_000)
        order._gate_pass("confirm")
        self.assertEqual(order._gate_refusals("confirm")[0].mode, "observe")

    def test_release_covers_the_shortage_once(self):
        self._profile()
        order = self._with_total(60_000)
        release = self.env["regulation.release"].create(
            {
                "gate_id": self.gate.id,
                "res_model": "sale.order",
                "res_id": order.id,
                "reason": "Old customer",
                "amount": 9_999.99,
                "currency_id": self.cny.id,
            }
        )
        self.env.cr.execute(
            "UPDATE regulation_release SET state = 'granted' WHERE id = %s", [release.id]
        )
        self.env.invalidate_all()
        self._refused(order)
        self.env.cr.execute(
            "UPDATE regulation_release SET amount = 10000 WHERE id = %s", [release.id]
        )
        self.env.invalidate_all()
        order._gate_pass("confirm")
        self.assertEqual(release.state, "used")
        self._refused(order)

    def test_without_profile_no_query(self):
        order = self._with_total(60_000)
        self.env.flush_all()
        order._gate_pass("confirm")  # fills the caches
        with self.assertQueryCount(0):
            order._gate_pass("confirm")

    def test_same_queries_for_one_and_for_many(self):
        self._profile()
        partners = self.env["res.partner"].create(
            [{"name": f"C{number}", "is_company": True} for number in range(20)]
        )
        orders = self.env["sale.order"].union(
            *(self._with_total(10, partner=partner) for partner in partners)
        )
        counts = []
        for batch in (orders[:1], orders[:5], orders):
            self.env.flush_all()
            self.env.invalidate_all()
            batch.mapped("order_line.price_unit")
            batch.sudo().mapped("partner_id.commercial_partner_id.name")
            batch.sudo().mapped("partner_invoice_id.commercial_partner_id.name")
            before = self.cr.sql_log_count
            batch._gate_pass("confirm")
            counts.append(self.cr.sql_log_count - before)
        self.assertEqual(counts[1], counts[2], counts)

    def test_shipment(self):
        self._profile()
        picking = self.env["stock.picking"].new({"partner_id": self.buyer.id})
        picking.company_id = self.company
        found = picking._gate_refusals("ship")
        self.assertFalse(found)
        self._invoice(60_000)
        found = picking._gate_refusals("ship")
        self.assertEqual([(r.gate, r.amount) for r in found], [("credit_shipment", 10_000)])
