# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import Command, fields
from odoo.tests import TransactionCase, new_test_user

from odoo.addons.sales_regulation.tools import engine


class CreditCommon(TransactionCase):
    """Nanfeng: limit 200,000, open 150,000. Sells in CNY with 13 % VAT."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env = cls.env(context=dict(cls.env.context, tracking_disable=True))
        cls.cny = cls.env.ref("base.CNY")
        cls.cny.active = True
        cls.company = cls._new_company("Huaxin Test")
        cls.env.ref("base.user_admin").company_ids |= cls.company
        cls.env.user.company_ids |= cls.company
        cls.env.user.company_id = cls.company
        cls.env = cls.env(context=dict(cls.env.context, allowed_company_ids=cls.company.ids))
        cls.vat = cls.env["account.tax"].create(
            {
                "name": "VAT 13 %",
                "amount": 13,
                "type_tax_use": "sale",
                "company_id": cls.company.id,
                "price_include_override": "tax_excluded",
            }
        )
        cls.product = cls.env["product.product"].create(
            {
                "name": "Controller",
                "type": "service",
                "invoice_policy": "order",
                "list_price": 100.0,
                "taxes_id": [Command.set(cls.vat.ids)],
            }
        )
        cls.nanfeng = cls.env["res.partner"].create({"name": "Nanfeng", "is_company": True})
        cls.buyer = cls.env["res.partner"].create(
            {"name": "Nanfeng, buyer", "parent_id": cls.nanfeng.id}
        )
        cls.nanfeng.credit_limit = 200_000
        cls.rep = new_test_user(
            cls.env,
            login="credit_rep",
            groups="sales_team.group_sale_salesman,base.group_partner_manager",
            company_id=cls.company.id,
            company_ids=cls.company.ids,
        )
        cls.biller = new_test_user(
            cls.env,
            login="credit_biller",
            groups="account.group_account_invoice,base.group_partner_manager",
            company_id=cls.company.id,
            company_ids=cls.company.ids,
        )
        cls.gate = cls.env.ref("sales_regulation.gate_credit")
        cls.gate_shipment = cls.env.ref("sales_regulation.gate_credit_shipment")

    @classmethod
    def _new_company(cls, name, currency=None):
        company = cls.env["res.company"].create(
            {
                "name": name,
                "currency_id": (currency or cls.cny).id,
                "country_id": cls.env.ref("base.cn").id,
            }
        )
        company.partner_id.tz = "Asia/Shanghai"
        cls.env["account.chart.template"].try_loading(
            "generic_coa", company=company, install_demo=False
        )
        if company.currency_id != (currency or cls.cny):
            company.currency_id = currency or cls.cny
        return company

    @classmethod
    def _profile(cls, company=None, mode="enforce", **values):
        profile = cls.env["regulation.profile"].create(
            {
                "name": "Credit",
                "code": f"CREDIT-{(company or cls.company).id}",
                "assignment_ids": [Command.create({"company_id": (company or cls.company).id})],
                "gate_ids": [
                    Command.create({"gate_id": gate.id, "mode": mode})
                    for gate in (cls.gate, cls.gate_shipment)
                ],
                **values,
            }
        )
        engine(profile).write({"state": "active", "date_from": "2020-01-01"})
        return profile

    @classmethod
    def _order(cls, untaxed, partner=None, user=None, **values):
        return (
            cls.env["sale.order"]
            .with_user(user or cls.rep)
            .create(
                {
                    "partner_id": (partner or cls.nanfeng).id,
                    "order_line": [
                        Command.create(
                            {
                                "product_id": cls.product.id,
                                "product_uom_qty": 1,
                                "price_unit": untaxed,
                                "tax_ids": [Command.set(cls.vat.ids)],
                            }
                        )
                    ],
                    **values,
                }
            )
        )

    @classmethod
    def _invoice(cls, amount, partner=None, due="2099-12-31", post=True, company=None, **values):
        invoice = (
            cls.env["account.move"]
            .with_company(company or cls.company)
            .create(
                {
                    "move_type": "out_invoice",
                    "partner_id": (partner or cls.nanfeng).id,
                    "invoice_date": fields.Date.today(),
                    "invoice_date_due": due,
                    "invoice_line_ids": [
                        Command.create({"name": "Old", "price_unit": amount, "tax_ids": False})
                    ],
                    **values,
                }
            )
        )
        if post:
            invoice.action_post()
        return invoice

    def _exposure(self, partner=None, company=None):
        partner = partner or self.nanfeng
        Partner = self.env["res.partner"]
        return Partner._credit_exposure(company or self.company, partner)[partner.id]
