# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from .common import PaymentCommon


class TwoCurrencies:
    """US dollars at 7.00, whatever else the database knows."""

    @classmethod
    def _dollars(cls, *companies):
        usd = cls.env.ref("base.USD")
        usd.active = True
        currencies = usd | cls.cny
        currencies.sudo().rate_ids.unlink()
        for company in companies:
            for currency in currencies - company.currency_id:
                rate = 7.0 if currency == usd else 1 / 7.0
                cls.env["res.currency.rate"].create(
                    {
                        "name": "2020-01-01",
                        "currency_id": currency.id,
                        "company_id": company.id,
                        "inverse_company_rate": rate,
                    }
                )
        return usd


@tagged("post_install", "-at_install")
class TestPaymentCurrencies(TwoCurrencies, PaymentCommon):
    """An order in dollars, paid in yuan: the cent of the order decides."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._payment_profile()
        cls.usd = cls._dollars(cls.company)
        cls.export = cls.env["product.pricelist"].create(
            {"name": "Export", "currency_id": cls.usd.id, "company_id": cls.company.id}
        )

    def _abroad(self):
        order = self._confirmed(quantity=1, price=100, pricelist_id=self.export.id)
        self.assertEqual((order.currency_id, order.amount_total), (self.usd, 113.00))
        return order

    def _short(self, order):
        return order._payment_shortage()[order.id][2]

    def test_paid_in_yuan(self):
        order = self._abroad()
        self._pay(order, 790.93)  # 112.99 dollars
        self.assertEqual(self._short(order), 0.01)
        self.assertHeld("0.01", self._deliver, order.picking_ids)
        self._pay(order, 0.07)
        self.assertEqual(self._short(order), 0)
        self._deliver(order.picking_ids)

    def test_113_yuan_are_not_113_dollars(self):
        order = self._abroad()
        self._pay(order, 113.00)
        self.assertEqual(order._regulation_paid()[order.id], 16.14)
        self.assertHeld("96.86", self._deliver, order.picking_ids)

    def test_paid_in_both(self):
        order = self._abroad()
        self._pay(order, 395.50)  # 56.50 dollars
        payment = self._payment(56.49, currency_id=self.usd.id)
        self._allocate(order, payment, 56.49)
        self.assertEqual(self._short(order), 0.01)
        self.assertHeld("0.01", self._deliver, order.picking_ids)
        # no more of the payment than it is worth, in its own currency
        with self.assertRaises(UserError), self.cr.savepoint():
            self._allocate(order, payment, 0.01)
        self._allocate(order, self._payment(0.01, currency_id=self.usd.id), 0.01)
        self._deliver(order.picking_ids)

    def test_tolerance_in_company_currency(self):
        """Tolerance 7.00 yuan: one dollar may be missing, not 1.01."""
        self.env["regulation.profile"].search(
            [("state", "=", "active"), ("code", "like", "TEST")]
        ).with_user(self.users["gm"]).sudo(False).action_retire()
        self._payment_profile(payment_tolerance=7.0)
        order = self._abroad()
        self._allocate(order, self._payment(111.99, currency_id=self.usd.id), 111.99)
        self.assertHeld("1.01", self._deliver, order.picking_ids)
        self._allocate(order, self._payment(0.01, currency_id=self.usd.id), 0.01)
        self._deliver(order.picking_ids)


@tagged("post_install", "-at_install")
class TestPaymentCompanies(TwoCurrencies, PaymentCommon):
    """Money of one company covers no goods of the other; each has its own regulation."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._payment_profile()
        cls.branch = cls.env["res.company"].create(
            {
                "name": "Branch",
                "currency_id": cls.cny.id,
                "country_id": cls.env.ref("base.cn").id,
            }
        )
        cls.env["account.chart.template"].try_loading(
            "generic_coa", company=cls.branch, install_demo=False
        )
        cls.branch.currency_id = cls.cny
        cls.env.user.company_ids |= cls.branch
        for login in ("a", "fin", "wh", "gm"):
            cls.users[login].sudo().company_ids |= cls.branch
        cls.env = cls.env(
            context=dict(cls.env.context, allowed_company_ids=(cls.company | cls.branch).ids)
        )
        cls.fin = cls.fin.with_env(cls.env)
        cls.branch_bank = cls.env["account.journal"].search(
            [("company_id", "=", cls.branch.id), ("type", "=", "bank")], limit=1
        )
        cls.partner = cls.env["res.partner"].create(
            {"name": "Both Trading", "is_company": True, "phone": "1"}
        )
        cls.shared = cls.env["product.product"].create(
            {"name": "Shared chip", "type": "consu", "list_price": 100, "taxes_id": False}
        )

    def _role(self, code, login):
        """Somebody holds a role in the branch too."""
        self.env["regulation.role.assignment"].create(
            {
                "role_id": self.roles[code].id,
                "company_id": self.branch.id,
                "user_id": self.users[login].id,
                "date_from": "2020-01-01",
            }
        )

    def _sold_by(self, company):
        order = (
            self.env["sale.order"]
            .with_company(company)
            .create(
                {
                    "partner_id": self.partner.id,
                    "company_id": company.id,
                    "order_line": [Command.create({"product_id": self.shared.id})],
                }
            )
        )
        order.action_confirm()
        self.assertEqual(order.amount_total, 100)
        return order

    def _paid_to(self, company, amount):
        payment = (
            self.env["account.payment"]
            .with_company(company)
            .create(
                {
                    "payment_type": "inbound",
                    "partner_type": "customer",
                    "partner_id": self.partner.id,
                    "amount": amount,
                    "journal_id": (self.bank if company == self.company else self.branch_bank).id,
                }
            )
        )
        payment.action_post()
        return payment

    def test_no_regulation_in_the_branch(self):
        self._deliver(self._sold_by(self.branch).picking_ids)
        order = self._sold_by(self.company)
        self.assertHeld("100.00", self._deliver, order.picking_ids)

    def test_both_in_one_batch(self):
        own, other = self._sold_by(self.company), self._sold_by(self.branch)
        pickings = own.picking_ids | other.picking_ids
        self.assertHeld("100.00", self._deliver, pickings)
        self.assertFalse(pickings.filtered(lambda picking: picking.state == "done"))
        self._allocate(own, self._paid_to(self.company, 100), 100)
        self._deliver(pickings)
        self.assertEqual(set(pickings.mapped("state")), {"done"})

    def test_money_of_the_other_company(self):
        order = self._sold_by(self.company)
        payment = self._paid_to(self.branch, 100)
        with self.assertRaises(UserError), self.cr.savepoint():
            self._allocate(order, payment, 100)
            self.env.flush_all()
        self.assertEqual(order._regulation_paid()[order.id], 0)
        self.assertHeld("100.00", self._deliver, order.picking_ids)

    def test_finance_of_one_company_only(self):
        """Who is finance here is nobody there: roles are held per company."""
        profile = self.env["regulation.profile"].search(
            [("state", "=", "active"), ("code", "like", "TEST")]
        )
        self.assertEqual(profile.company_ids, self.company)
        self._role("director", "gm")
        self._profile(
            gates={"payment_before_shipment": "enforce"},
            payment_mode="full",
            assign={"company_id": self.branch.id},
        )
        order = self._sold_by(self.branch)
        payment = self._paid_to(self.branch, 100)
        with self.assertRaises(AccessError), self.cr.savepoint():
            self._allocate(order, payment, 100)
        self.assertHeld("100.00", self._deliver, order.picking_ids)
        self._role("finance", "fin")
        self._allocate(order, payment, 100)
        self._deliver(order.picking_ids)
