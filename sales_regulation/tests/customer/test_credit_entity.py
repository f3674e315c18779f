# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from unittest.mock import patch

from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import new_test_user, tagged

from odoo.addons.sales_regulation.tools import engine

from .common import CreditCommon


@tagged("post_install", "-at_install")
class TestCreditEntity(CreditCommon):
    """Joining a company lends its limit and its terms, leaving it takes debts along (C32, C27).

    Nanfeng has a limit of 200,000; Small is a customer without any agreement.
    """

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.small = cls.env["res.partner"].create({"name": "Small", "is_company": True})
        cls.finance = new_test_user(
            cls.env,
            login="credit_finance",
            groups="account.group_account_invoice,base.group_partner_manager,"
            "sales_regulation.group_regulation_finance",
            company_id=cls.company.id,
            company_ids=cls.company.ids,
        )
        cls._holds_finance(cls.finance)

    @classmethod
    def _holds_finance(cls, user):
        cls.env["regulation.role.assignment"].create(
            {
                "role_id": cls.env["regulation.role"]._code("finance").id,
                "company_id": cls.company.id,
                "user_id": user.id,
                "date_from": "2020-01-01",
            }
        )

    def _regulate(self, **values):
        return self._profile(credit_limit_required=True, **values)

    def _agree(self, partner):
        term = self.env["account.payment.term"].create({"name": "90 days"})
        agreement = self.env["sale.payment.agreement"].create(
            {"partner_id": partner.id, "payment_term_id": term.id, "reason": "old customer"}
        )
        engine(agreement).write({"state": "confirmed"})
        return agreement

    def _refused(self, call, error=AccessError, user=None):
        # Lines of a contact are written as whoever began the transaction
        transaction = self.env.transaction
        with (
            patch.object(transaction, "default_env", self.env(user=user or self.rep)),
            self.assertRaises(error),
            self.cr.savepoint(),
        ):
            call()
            self.env.flush_all()
        self.env.invalidate_all()

    def _joins(self, small, target):
        """Every way by which Small becomes a part of another customer: ``{name: call}``."""
        # Odoo takes is_company out of the values that it is given
        vals = {"parent_id": target.id, "is_company": False}
        return {
            "write": lambda: small.write(dict(vals)),
            "as superuser": lambda: small.sudo().write(dict(vals)),
            "company type": lambda: small.write({"parent_id": target.id, "company_type": "person"}),
            "first person, then contact": lambda: (
                small.write({"is_company": False}),
                small.write({"parent_id": target.id}),
            ),
            "first contact, then person": lambda: (
                small.write({"parent_id": target.id}),
                small.write({"is_company": False}),
            ),
            "link of the parent": lambda: (
                small.write({"is_company": False}),
                target.with_env(small.env).write({"child_ids": [Command.link(small.id)]}),
            ),
            "update through the parent": lambda: target.with_env(small.env).write(
                {
                    "child_ids": [
                        Command.link(small.id),
                        Command.update(small.id, {"is_company": False}),
                    ]
                }
            ),
            "the entity itself": lambda: small.write({"commercial_partner_id": target.id}),
        }

    def test_a_customer_joins_a_limit_by_finance_only(self):
        self._regulate()
        order = self._order(10_000, partner=self.small)
        self._refused(lambda: order._gate_pass("confirm"), UserError)
        for name, join in self._joins(self.small.with_user(self.rep), self.nanfeng).items():
            with self.subTest(way=name):
                self._refused(join)
                self.assertEqual(self.small.commercial_partner_id, self.small)
        small = self.small.with_user(self.rep)
        small.write({"is_company": False})
        result = small.load(
            [".id", "parent_id/.id"], [[str(self.small.id), str(self.nanfeng.id)]]
        )
        self.assertFalse(result["ids"])
        self.env.invalidate_all()
        self.assertEqual(self.small.commercial_partner_id, self.small)
        self._refused(lambda: order._gate_pass("confirm"), UserError)
        self.small.with_user(self.finance).write(
            {"parent_id": self.nanfeng.id, "is_company": False}
        )
        self.assertEqual(self.small.commercial_partner_id, self.nanfeng)
        self.assertEqual(self.small.credit_limit, 200_000)
        order._gate_pass("confirm")
        # and leaves without it again
        self.small.with_user(self.finance).write({"parent_id": False, "is_company": True})
        self.assertEqual(self.small.credit_limit, 0)
        self._refused(lambda: order._gate_pass("confirm"), UserError)

    def test_a_new_company_without_orders_joins_by_finance_too(self):
        self._regulate()
        self._refused(
            lambda: self.small.with_user(self.rep).write(
                {"parent_id": self.nanfeng.id, "is_company": False}
            )
        )
        self.assertFalse(self.small.parent_id)

    def test_debts_use_the_limit_that_is_joined(self):
        self._invoice(150_000)
        order = self._order(40_000, partner=self.small)
        order.order_line.tax_ids = False
        order.action_confirm()
        self._regulate()
        self.small.with_user(self.finance).write(
            {"parent_id": self.nanfeng.id, "is_company": False}
        )
        self.assertEqual(self._exposure(), 190_000)
        after = self._order(10_001)
        after.order_line.tax_ids = False
        self._refused(lambda: after._gate_pass("confirm"), UserError)

    def test_debts_do_not_leave_the_limit(self):
        """A contact in whose name orders are open makes room by becoming independent."""
        order = self._order(190_000, partner=self.buyer)
        order.order_line.tax_ids = False
        order.action_confirm()
        self._regulate()
        buyer = self.buyer.with_user(self.rep)
        for name, leave in {
            "independent": lambda: buyer.write({"parent_id": False}),
            "a company": lambda: buyer.write({"is_company": True}),
            "to another": lambda: buyer.write({"parent_id": self.small.id}),
            "cleared": lambda: self.nanfeng.with_user(self.rep).write(
                {"child_ids": [Command.unlink(buyer.id)]}
            ),
            "the entity deleted": lambda: self.nanfeng.with_user(self.rep).unlink(),
        }.items():
            with self.subTest(way=name):
                self._refused(leave)
                self.assertEqual(self._exposure(), 190_000)
        buyer.with_user(self.finance).write({"parent_id": False})
        self.assertEqual(self._exposure(), 0)
        self.assertEqual(self._exposure(self.buyer), 190_000)

    def test_receivables_do_not_move_to_another_customer(self):
        """Odoo books the receivables of a contact over to the company he joins."""
        self._invoice(5_000, partner=self.small)
        self._regulate()
        other = self.env["res.partner"].create({"name": "Other", "is_company": True})
        engine(self.small).credit_limit = 6_000
        self._refused(
            lambda: self.small.with_user(self.biller).write(
                {"parent_id": other.id, "is_company": False}
            )
        )
        self.assertEqual(self._exposure(self.small), 5_000)

    def test_ended_credit_is_not_shaken_off(self):
        """Where no limit is required, one without limit owes what he likes."""
        self._profile()
        free = self.env["res.partner"].create({"name": "Free", "is_company": True})
        engine(self.small).write({"credit_limit": 0, "regulation_credit_valid_until": "2020-01-01"})
        self._refused(
            lambda: self.small.with_user(self.rep).write(
                {"parent_id": free.id, "is_company": False}
            )
        )

    def test_persons_without_orders_go_where_they_work(self):
        self._regulate()
        Partner = self.env["res.partner"].with_user(self.rep)
        person = Partner.create({"name": "Mr. Li"})
        person.write({"parent_id": self.nanfeng.id})
        person.write({"parent_id": self.small.id})
        person.write({"parent_id": False})
        self.assertEqual(person.commercial_partner_id, person)
        self.assertEqual(person.sudo().credit_limit, 0)
        Partner.create({"name": "Buyer 2", "parent_id": self.nanfeng.id})
        branch = Partner.create(
            {"name": "Branch", "parent_id": self.nanfeng.id, "is_company": True}
        )
        self.assertEqual(branch.commercial_partner_id, branch)
        self.nanfeng.with_user(self.rep).write({"is_company": True, "parent_id": False})

    def test_payment_terms_are_not_lent_either(self):
        self.nanfeng.credit_limit = 0
        self._agree(self.nanfeng)
        gate = self.env.ref("sales_regulation.gate_payment_before_shipment")
        self._profile(gate_ids=[Command.create({"gate_id": gate.id, "mode": "enforce"})])
        self._refused(
            lambda: self.small.with_user(self.rep).write(
                {"parent_id": self.nanfeng.id, "is_company": False}
            )
        )

    def test_merging_is_joining(self):
        self._order(10_000, partner=self.small)
        agreement = self._agree(self.nanfeng)
        self._regulate()

        def merge(user, *partners):
            self.env["base.partner.merge.automatic.wizard"].with_user(user).with_context(
                allowed_company_ids=self.company.ids
            )._merge([partner.id for partner in partners], partners[0], extra_checks=False)

        admin = self.env.ref("base.user_admin")
        for user in (self.rep, self.biller, admin):
            self._refused(lambda user=user: merge(user, self.nanfeng, self.small))
            self._refused(lambda user=user: merge(user, self.small, self.nanfeng))
        double = self.env["res.partner"].create({"name": "Buyer", "parent_id": self.nanfeng.id})
        self._order(10, partner=double)
        merge(admin, self.buyer, double)
        self._holds_finance(admin)
        # Not even finance takes an agreement along
        self._refused(lambda: merge(admin, self.small, self.nanfeng), UserError)
        self.assertEqual(agreement.partner_id, self.nanfeng)
        merge(admin, self.nanfeng, self.small)
        self.assertFalse(self.small.exists())
        self.assertEqual(
            self.env["sale.order"].search_count([("partner_id", "=", self.nanfeng.id)]), 1
        )

    def test_moving_many_costs_no_query_each(self):
        """Customers with orders and terms, and their contacts, as finance moves them."""
        self._regulate()
        many = self.env["res.partner"].create(
            [{"name": f"Small {n}", "is_company": True} for n in range(90)]
        )
        self.env["res.partner"].create([{"name": "Buyer", "parent_id": one.id} for one in many])
        for one in (*many[4:6], *many[-2:]):
            self._order(100, partner=one.child_ids)
        companies = self.env["res.partner"]._entity_lenders()

        def count(partners):
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            stakes = partners.sudo()._entity_stakes(companies)
            partners._entity_check_moves(stakes, dict.fromkeys(partners, self.nanfeng))
            return self.env.cr.sql_log_count - before, stakes

        count(many[:5])
        few, many_of_them = count(many[5:10]), count(many[10:])
        self.assertEqual(many_of_them[0], few[0])
        with_orders = [one for one, stakes in many_of_them[1].items() if stakes["dealings"]]
        self.assertEqual(with_orders, list(many[-2:]))

    def test_without_regulation_nothing_changes(self):
        """No profile, or one that only observes."""
        for mode in (None, "observe"):
            if mode:
                self._regulate(mode=mode)
            small = self.small.with_user(self.rep)
            small.write({"parent_id": self.nanfeng.id, "is_company": False})
            self.assertEqual(small.commercial_partner_id, self.nanfeng)
            small.write({"parent_id": False, "is_company": True})

    def test_finance_of_the_company_concerned(self):
        """Beyond the companies that are open in the browser."""
        self._regulate()
        other = self._new_company("Sister")
        self.rep.company_ids |= other
        self._refused(
            lambda: (
                self.small.with_user(self.rep)
                .with_context(allowed_company_ids=other.ids)
                .write({"parent_id": self.nanfeng.id, "is_company": False})
            )
        )
