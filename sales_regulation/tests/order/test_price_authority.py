# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import Command
from odoo.exceptions import UserError
from odoo.tests import tagged

from .common import OrderCommon


@tagged("post_install", "-at_install")
class TestPriceAuthority(OrderCommon):
    """Net price against reference price, over every route (C17, S4-081, S4-222..224)."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.profile = cls._price_profile()

    def _price(self, order):
        return order._price_facts()[order.id]

    def test_rep_sells_at_the_reference_price(self):
        order = self._order("a", quantity=10)
        self.assertEqual(self._price(order).discount, 0)
        order.action_confirm()
        self.assertEqual(order.state, "sale")

    def test_rep_has_no_discount(self):
        order = self._order("a", quantity=10, price=99.99)
        self.assertEqual(self._price(order).discount, 0.01)
        with self.assertRaisesRegex(UserError, "0.01 % below the reference price"):
            order.action_confirm()

    def test_manager_has_five_percent(self):
        order = self._order("km", quantity=10, price=95)
        order.action_confirm()
        self.assertEqual(order.state, "sale")
        order = self._order("km", quantity=10, price=94.99)
        with self.assertRaisesRegex(UserError, "Deputy general manager"):
            order.action_confirm()

    def test_handing_the_order_to_a_manager_lends_no_authority(self):
        order = self._order("a", quantity=10, price=96)
        order.sudo().user_id = self.users["km"]
        with self.assertRaises(UserError):
            order.action_confirm()
        order = self._order("km", quantity=10, price=96, user_id=self.users["a"].id)
        with self.assertRaises(UserError):
            order.with_user(self.users["km"]).action_confirm()

    def test_warehouse_cannot_confirm_a_managers_price(self):
        order = self._order("km", quantity=10, price=96)
        with self.assertRaises(UserError):
            order.with_user(self.users["wh"]).action_confirm()

    def test_discount_column(self):
        order = self._order("a", quantity=10)
        order.order_line.discount = 4
        self.assertEqual(self._price(order).discount, 4)
        with self.assertRaises(UserError):
            order.action_confirm()

    def test_discount_in_create(self):
        order = self._order(
            "a",
            order_line=[
                Command.create(
                    {"product_id": self.product.id, "product_uom_qty": 3, "discount": 50}
                )
            ],
        )
        self.assertEqual(self._price(order).discount, 50)

    def test_discount_wizard_on_every_line(self):
        order = self._order("a", quantity=10)
        self._discount(order, discount_type="sol_discount", discount_percentage=0.04)
        self.assertEqual(self._price(order).discount, 4)

    def test_discount_wizard_as_a_negative_line(self):
        order = self._order("a", quantity=10)
        self._discount(order, discount_type="so_discount", discount_percentage=0.04)
        self.assertEqual(self._price(order).overall, 4)
        with self.assertRaises(UserError):
            order.action_confirm()

    def test_discount_wizard_as_an_amount(self):
        order = self._order("a", quantity=10)
        self._discount(order, discount_type="amount", discount_amount=113)
        self.assertEqual(self._price(order).overall, 10)

    def _discount(self, order, **values):
        self.product.sudo().company_id.sale_discount_product_id = self.env[
            "product.product"
        ].create({"name": "Discount", "type": "service", "list_price": 0, "taxes_id": False})
        self.env["sale.order.discount"].with_user(self.users["a"]).create(
            {"sale_order_id": order.id, **values}
        ).action_apply_discount()

    def test_negative_quantity_is_a_discount(self):
        order = self._order("a", quantity=10)
        order.order_line = [Command.create({"product_id": self.product.id, "product_uom_qty": -1})]
        self.assertEqual(self._price(order).overall, 10)

    def test_surcharge_elsewhere_hides_no_discount(self):
        service = self.env["product.product"].create(
            {"name": "Advice", "type": "service", "list_price": 0}
        )
        order = self._order("a", quantity=10, price=96)
        order.order_line = [
            Command.create({"product_id": service.id, "product_uom_qty": 1, "price_unit": 40})
        ]
        self.assertEqual(self._price(order).discount, 4)
        self.assertEqual(self._price(order).overall, 4)

    def test_forged_technical_price(self):
        order = self._order("a", quantity=10)
        order.order_line.write({"technical_price_unit": 92, "price_unit": 92})
        self.assertEqual(self._price(order).discount, 8)

    def test_unit_of_measure(self):
        dozen = self.env.ref("uom.product_uom_dozen")
        order = self._order("a", quantity=1)
        order.order_line.write({"product_uom_id": dozen.id, "price_unit": 1152})
        self.assertEqual(self._price(order).discount, 4)

    def test_included_tax_hides_no_discount(self):
        included = self.vat.copy(
            {"name": "VAT 13% incl.", "price_include_override": "tax_included"}
        )
        order = self._order("a", quantity=100)
        order.order_line.tax_ids = included
        order.order_line.price_unit = 100
        self.assertAlmostEqual(self._price(order).discount, 11.50, 2)

    def test_looser_pricelist(self):
        self.env.user.group_ids |= self.env.ref("product.group_product_pricelist")
        self.env["res.config.settings"].create({"group_product_pricelist": True}).execute()
        public, loose = self.env["product.pricelist"].create(
            [
                {"name": "Public", "company_id": self.company.id, "sequence": 1},
                {
                    "name": "Loose",
                    "company_id": self.company.id,
                    "sequence": 2,
                    "item_ids": [
                        Command.create({"compute_price": "percentage", "percent_price": 8})
                    ],
                },
            ]
        )
        for partner in self.customers.values():
            partner.specific_property_product_pricelist = public
        order = self._order("a", quantity=10)
        order.pricelist_id = loose
        order.action_update_prices()
        self.assertEqual(self._price(order).discount, 8)
        # the customer's own list is his reference
        self.customers["xinghai"].specific_property_product_pricelist = loose
        self.assertEqual(self._price(order).discount, 0)

    def test_another_currency_on_the_order(self):
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
        order = self._order("a", quantity=10)
        order.write({"currency_id": usd.id})
        price = self._price(order)
        self.assertAlmostEqual(price.lines[order.order_line.id].reference, 14.29, 2)
        order.order_line.price_unit = 10
        self.assertAlmostEqual(self._price(order).discount, 30.0, 1)

    def test_ceiling_only_where_the_profile_asks(self):
        order = self._order("a", quantity=10, price=120)
        order.action_confirm()
        self.assertEqual(order.state, "sale")

    def test_sending_is_stopped_too(self):
        order = self._order("a", quantity=10, price=96)
        with self.assertRaises(UserError):
            order.action_quotation_send()
        with self.assertRaises(UserError):
            order.action_quotation_sent()
        with self.assertRaises(UserError):
            order.write({"state": "sent"})
        with self.assertRaises(UserError):
            order.with_context(mark_so_as_sent=True).message_post(body="Our offer")
        with self.assertRaises(UserError):
            self.env["ir.actions.report"].with_user(self.users["a"])._render_qweb_html(
                "sale.report_saleorder", order.ids
            )
        template = self.env.ref("sale.email_template_edi_sale")
        with self.assertRaises(UserError):
            template.with_user(self.users["a"]).send_mail(order.id)
        composer = (
            self.env["mail.compose.message"]
            .with_user(self.users["a"])
            .with_context(
                default_model="sale.order",
                default_res_ids=order.ids,
                default_composition_mode="comment",
            )
            .create({"body": "Our offer", "partner_ids": order.partner_id.ids})
        )
        with self.assertRaises(UserError):
            composer.action_send_mail()
        self.assertEqual(order.state, "draft")

    def test_banner_before_the_button(self):
        order = self._order("a", quantity=10, price=96)
        self.assertTrue(order.regulation_held)
        self.assertIn("4.00", order.regulation_notice)
        self.assertIn("Chen Gang", order.regulation_notice)
        self.assertEqual(order.regulation_notice.count("Stopped"), 1)

    def test_constant_queries(self):
        def evaluate(count):
            orders = self.env["sale.order"].union(
                *(self._order("a", quantity=number + 1, price=96) for number in range(count))
            )
            self.env.flush_all()
            self.env.invalidate_all()
            orders = orders.with_user(self.users["a"])
            before = self.env.cr.sql_log_count
            refusals = orders._gate_refusals("confirm")
            self.assertEqual(len(refusals), count)
            return self.env.cr.sql_log_count - before

        evaluate(1)
        self.assertEqual(evaluate(1), evaluate(40))

    def test_observe_lets_pass_and_notes(self):
        self.profile.gate_ids.with_user(self.users["gm"]).sudo()._set_mode("observe")
        order = self._order("a", quantity=10, price=90)
        order.action_confirm()
        self.assertEqual(order.state, "sale")
