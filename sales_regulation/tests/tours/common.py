# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import Command
from odoo.tests import HttpCase

from ..common import PREFIX, RegulationCompany


class TourCommon(RegulationCompany, HttpCase):
    """The company of the storyline in the browser, under the composite regulation."""

    browser_size = "1366x768"

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._build_company()
        cls.profile = cls.env.ref("sales_regulation.profile_composite")._adopt(
            {
                "name": "Regulation of the tours",
                "code": "TOURS",
                "version": "1.0",
                "assignment_ids": [Command.create({"company_id": cls.company.id})],
            }
        )
        cls.profile.with_user(cls.users["gm"])._publish("active")
        cls.acknowledgement = cls._requests(cls.profile, "acknowledge")
        cls.bank = cls.env["account.journal"].search(
            [("company_id", "=", cls.company.id), ("type", "=", "bank")], limit=1
        )
        cls.carrier = cls.env["delivery.carrier"].create(
            {
                "name": "SF Express",
                "delivery_type": "fixed",
                "product_id": cls.env["product.product"]
                .create({"name": "Freight", "type": "service"})
                .id,
                "company_id": cls.company.id,
            }
        )
        # Once for all tests of the class, instead of anew in each
        for bundle in ("web.assets_web", "web.assets_web_print", "web.assets_tests"):
            cls.env["ir.qweb"]._get_asset_bundle(bundle, css=False, js=True).js()
            cls.env["ir.qweb"]._get_asset_bundle(bundle, css=True, js=False).css()

    def _tour(self, login, name, url):
        """Run a tour as one of the people, then see what it has left behind."""
        self.env.flush_all()
        self.start_tour(url, f"regulation_{name}", login=PREFIX + login)
        self.env.invalidate_all()

    # === STEPS OF THE STORYLINE, TAKEN BY THE PEOPLE WHO TAKE THEM === #

    @classmethod
    def _requests(cls, record, kind, state="pending"):
        return cls.env["regulation.approval"].search(
            [
                ("res_model", "=", record._name),
                ("res_id", "=", record.id),
                ("kind_id.code", "=", kind),
                ("state", "=", state),
            ]
        )

    def _approve(self, record, kind, login="km"):
        record._request_approval(kind)
        self._requests(record, kind).with_user(self.users[login]).action_approve()

    def _priced(self, customer="xinghai", quantity=10000, price=96.0):
        """The quotation of the rep; its price is agreed if it has to be."""
        order = self._order(
            "a",
            customer,
            quantity,
            price,
            payment_term_id=self.env.ref("account.account_payment_term_immediate").id,
        )
        if price < 100:
            self._approve(order, "price")
        return order

    def _tick(self, order):
        for item in order.sudo()._checklist_items("order_review")[order.id]:
            order.with_user(self.users["km"]).action_tick(item.id)

    def _reviewed(self, **values):
        order = self._priced(**values)
        self._sign_contract(order)
        self._tick(order)
        self._approve(order, "order_review")
        return order

    def _confirmed(self, **values):
        order = self._reviewed(**values)
        order.action_confirm()
        return order

    def _pay(self, order, amount):
        """Finance enters a payment on account, allocates it to the order and confirms."""
        finance = self.env(user=self.users["fin"])
        payment = finance["account.payment"].create(
            {
                "payment_type": "inbound",
                "partner_type": "customer",
                "partner_id": order.partner_id.id,
                "amount": amount,
                "journal_id": self.bank.id,
            }
        )
        payment.action_post()
        finance["sale.payment.allocation"].create(
            {"order_id": order.id, "payment_id": payment.id, "amount": amount}
        ).action_confirm()

    def _url(self, record):
        return f"/odoo/{record._name}/{record.id}"


class PhoneTour:
    """The same on a phone."""

    browser_size = "375x667"
    touch_enabled = True
    allow_inherited_tests_method = True
