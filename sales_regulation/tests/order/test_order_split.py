# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from datetime import datetime, timedelta

from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from ..contract.common import ContractProfiles
from .common import OrderCommon


@tagged("post_install", "-at_install")
class TestOrderSplit(ContractProfiles, OrderCommon):
    """Orders of some days count together: nobody splits one below an amount (C20, C23)."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.profile = cls._split_profile()

    @classmethod
    def _split_profile(cls, **settings):
        return cls._profile(
            gates={"order_review": "enforce", "contract_signed": "enforce"},
            **{
                "order_review_min_amount": 5000,
                "contract_min_amount": 8000,
                "order_split_days": 7,
                **settings,
            },
        )

    def _stopped(self, order, *texts):
        for text in texts:
            with self.assertRaisesRegex(UserError, text), self.cr.savepoint():
                order.action_confirm()
            self.env.invalidate_all()
        self.assertIn(order.state, ("draft", "sent"))

    def test_two_halves(self):
        """The second half is judged with the first, which the refusal names."""
        first, second = self._order("a", quantity=30), self._order("a", quantity=20)
        first.action_confirm()
        self.assertEqual(first.state, "sale")
        self._stopped(second, "not reviewed", first.name, r"5,000\.00", "7 days")
        self.assertIn(first.name, second.regulation_notice)
        self.assertTrue(second.regulation_ask_review)
        # One unit less is below
        second.order_line.product_uom_qty = 19
        second.action_confirm()
        self.assertEqual(second.state, "sale")
        # A third: from 8,000 on a contract, over all three
        third = self._order("a", quantity=31)
        self._stopped(third, "signed contract", first.name, second.name, r"8,000\.00")
        self.assertTrue(third.regulation_ask_contract)

    def test_at_one_moment(self):
        """Of two halves confirmed at one moment the later waits for the first: one lock."""
        order = self._order("a", quantity=30)
        key = f"orders_together/{self.company.id}/{self.customers['xinghai'].id}"
        locks = [("key", "=", key)]
        Lock = self.env["regulation.lock"].sudo()
        self.assertFalse(Lock.search_count(locks))
        order.action_confirm()
        self.assertEqual(Lock.search(locks).seq, 1)
        self._order("a", quantity=1).action_confirm()
        self.env.invalidate_all()
        self.assertEqual(Lock.search(locks).seq, 2)

    def test_the_review_opens_it(self):
        first, second = self._order("a", quantity=30), self._order("a", quantity=30)
        first.action_confirm()
        second.action_request_review()
        self._approve(second, "order_review", "km")
        second.action_confirm()
        self.assertEqual(second.state, "sale")

    def test_large_alone(self):
        """What reaches the amount by itself is refused as ever, no other order is named."""
        first, second = self._order("a", quantity=10), self._order("a", quantity=60)
        first.action_confirm()
        with self.assertRaises(UserError) as caught:
            second.action_confirm()
        self.assertNotIn(first.name, str(caught.exception))

    def test_confirmed_together(self):
        """In one step, by create with a state, and in the same import."""
        orders = self._order("a", quantity=30) | self._order("a", quantity=30)
        self._stopped_both(orders)
        vals = {
            "partner_id": self.customers["xinghai"].id,
            "state": "sale",
            "order_line": [Command.create({"product_id": self.product.id, "product_uom_qty": 30})],
        }
        Order = self.env["sale.order"].with_user(self.users["a"])
        with self.assertRaisesRegex(UserError, "count together"), self.cr.savepoint():
            Order.create([vals, vals])
        self.env.invalidate_all()
        orders[0].action_confirm()
        with self.assertRaisesRegex(UserError, "count together"), self.cr.savepoint():
            Order.create(vals)

    def _stopped_both(self, orders):
        with self.assertRaisesRegex(UserError, "count together"), self.cr.savepoint():
            orders.action_confirm()
        self.env.invalidate_all()
        self.assertEqual(set(orders.mapped("state")), {"draft"})

    def test_shown_side_by_side(self):
        """Quotations that are merely looked at together do not count together."""
        orders = self._order("a", quantity=30) | self._order("a", quantity=30)
        self.assertFalse(any(orders.mapped("regulation_held")))

    def test_whose_and_for_whom(self):
        """Another customer, another person, a quotation, a cancelled order do not count."""
        other_customer = self._order("a", customer="beihe", quantity=30)
        other_person = self._order("b", quantity=30)
        cancelled = self._order("a", quantity=30)
        other_customer.action_confirm()
        other_person.action_confirm()
        cancelled.action_confirm()
        cancelled.sudo()._action_cancel()
        self._order("a", quantity=30)
        order = self._order("a", quantity=30)
        order.action_confirm()
        self.assertEqual(order.state, "sale")

    def test_contact_and_colleague(self):
        """A contact of the customer, and a colleague's name on the order, do not help."""
        self._order("a", quantity=30).action_confirm()
        contact = self.env["res.partner"].create(
            {"name": "Ms. Lin", "parent_id": self.customers["xinghai"].id}
        )
        order = self._order("a", quantity=30, partner_id=contact.id)
        self._stopped(order, "count together")
        order.user_id = self.users["b"]
        self._stopped(order.with_user(self.users["km"]), "count together")

    def test_names_of_orders_that_one_may_not_read(self):
        """B confirms an order which A has made: A's other order counts, its name is A's."""
        first = self._order("a", quantity=30)
        first.action_confirm()
        order = self._order("a", quantity=30)
        order.user_id = self.users["b"]
        with self.assertRaisesRegex(UserError, "orders of others") as caught:
            order.with_user(self.users["b"]).action_confirm()
        self.assertNotIn(first.name, str(caught.exception))

    def test_days(self):
        """Counted from the confirmation, which no edited date moves."""
        first = self._order("a", quantity=30)
        first.write({"state": "sale", "date_order": "2020-01-01 00:00:00"})
        first.date_order = "2020-01-01 00:00:00"
        order = self._order("a", quantity=30)
        self._stopped(order, "count together")
        for values in ({"regulation_confirmed_at": "2020-01-01 00:00:00"},):
            with self.assertRaises(AccessError), self.cr.savepoint():
                first.write(values)
        self._confirmed_days_ago(first, 8)
        order.action_confirm()
        self.assertEqual(order.state, "sale")

    def _confirmed_days_ago(self, order, days):
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE sale_order SET regulation_confirmed_at = %s WHERE id = %s",
            (datetime.now() - timedelta(days=days), order.id),
        )
        self.env.invalidate_all()

    def test_confirmed_before_the_setting(self):
        """Without a stamp the later of order date and creation counts."""
        first = self._order("a", quantity=30)
        first.action_confirm()
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE sale_order SET regulation_confirmed_at = NULL WHERE id = %s", (first.id,)
        )
        self.env.invalidate_all()
        self._stopped(self._order("a", quantity=30), "count together")

    def test_off(self):
        self.profile.with_user(self.users["gm"]).action_retire()
        self._split_profile(order_split_days=0)
        for _number in range(2):
            order = self._order("a", quantity=30)
            order.action_confirm()
            self.assertEqual(order.state, "sale")
        self.assertFalse(order.sudo().regulation_confirmed_at)

    def test_other_currency(self):
        usd = self.env.ref("base.USD")
        usd.active = True
        usd.rate_ids.unlink()
        self.env["res.currency.rate"].create(
            {
                "name": "2020-01-01",
                "currency_id": usd.id,
                "company_id": self.company.id,
                "inverse_company_rate": 7.0,
            }
        )
        pricelist = self.env["product.pricelist"].create(
            {"name": "USD", "currency_id": usd.id, "company_id": self.company.id}
        )
        first = self._order("a", quantity=30, price=14.0, pricelist_id=pricelist.id)
        first.action_confirm()
        self._stopped(self._order("a", quantity=21), r"5,040\.00")

    def test_other_company(self):
        """Orders of another company do not count; each company by its own regulation."""
        other = self.env["res.company"].create({"name": "Other", "currency_id": self.cny.id})
        self.users["a"].company_ids |= other
        shared = self.env["res.partner"].create({"name": "Shared", "is_company": True})
        goods = self.env["product.product"].create({"name": "Goods", "type": "service"})
        Order = self.env["sale.order"].with_user(self.users["a"])

        def order(company):
            return (
                Order.with_company(company)
                .with_context(allowed_company_ids=[company.id])
                .create(
                    {
                        "partner_id": shared.id,
                        "company_id": company.id,
                        "order_line": [
                            Command.create(
                                {
                                    "product_id": goods.id,
                                    "product_uom_qty": 1,
                                    "price_unit": 3000,
                                    "tax_ids": False,
                                }
                            )
                        ],
                    }
                )
            )

        abroad = order(other)
        abroad.action_confirm()
        here = order(self.company)
        here.action_confirm()
        self.assertEqual((abroad.state, here.state), ("sale", "sale"))
        again = order(self.company)
        with self.assertRaises(UserError) as caught:
            again.action_confirm()
        self.assertIn(here.name, str(caught.exception))

    def test_constant_queries(self):
        """As the rep: the same queries for 1 and for 80 quotations, with 80 that count."""
        confirmed = self.env["sale.order"].union(
            *(self._order("a", quantity=30) for _number in range(3))
        )
        self.profile.with_user(self.users["gm"]).action_retire()
        confirmed.action_confirm()
        self._split_profile()
        orders = self.env["sale.order"].union(
            *(self._order("a", quantity=1) for _number in range(80))
        )
        counts = []
        for some in (orders[:1], orders[:1], orders):
            some = some.with_user(self.users["a"])
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.cr.sql_log_count
            refusals = some._gate_refusals("confirm")
            counts.append(self.cr.sql_log_count - before)
        self.assertEqual(len(refusals), 160)
        self.assertEqual(counts[1], counts[2])
