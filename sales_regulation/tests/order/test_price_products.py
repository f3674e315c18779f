# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import Command, fields
from odoo.exceptions import UserError, ValidationError
from odoo.tests import tagged

from .common import OrderCommon


class ProductCase(OrderCommon):
    """A representative sells whatever Odoo can sell; none of it hides a discount (C17)."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.profile = cls._price_profile()

    def _lines(self, *lines, login="a", **values):
        return self._order(login, order_line=[Command.create(line) for line in lines], **values)

    def _price(self, order):
        return order._price_facts()[order.id]

    def assertConfirms(self, order):
        self.assertEqual(self._price(order).discount, 0)
        order.action_confirm()
        self.assertEqual(order.state, "sale")

    def assertStopped(self, order, percent):
        self.assertAlmostEqual(self._price(order).discount, percent, 2)
        with self.assertRaisesRegex(UserError, f"{percent:.2f} % below"), self.cr.savepoint():
            order.action_confirm()
        self.assertIn(order.state, ("draft", "sent"))


@tagged("post_install", "-at_install")
class TestVariants(ProductCase):
    """Extra prices of attributes belong to the reference price."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.attributes = {}
        for mode in ("always", "no_variant"):
            attribute = cls.env["product.attribute"].create(
                {
                    "name": f"Grade {mode}",
                    "create_variant": mode,
                    "value_ids": [
                        Command.create({"name": "Plain"}),
                        Command.create({"name": "Hard", "default_extra_price": 20}),
                    ],
                }
            )
            template = cls.env["product.template"].create(
                {
                    "name": f"Graded chip {mode}",
                    "type": "consu",
                    "list_price": 100,
                    "taxes_id": [Command.set(cls.vat.ids)],
                    "company_id": cls.company.id,
                    "attribute_line_ids": [
                        Command.create(
                            {
                                "attribute_id": attribute.id,
                                "value_ids": [Command.set(attribute.value_ids.ids)],
                            }
                        )
                    ],
                }
            )
            cls.attributes[mode] = template
        cls.hard = cls.attributes["no_variant"].attribute_line_ids.product_template_value_ids[1]

    def test_variant(self):
        variant = self.attributes["always"].product_variant_ids[1]
        self.assertEqual(variant.lst_price, 120)
        self.assertConfirms(self._lines({"product_id": variant.id, "product_uom_qty": 2}))
        order = self._lines({"product_id": variant.id, "product_uom_qty": 2, "price_unit": 100})
        self.assertStopped(order, 16.67)

    def _configured(self, **values):
        return self._lines(
            {
                "product_id": self.attributes["no_variant"].product_variant_ids.id,
                "product_uom_qty": 2,
                "product_no_variant_attribute_value_ids": [Command.set(self.hard.ids)],
                **values,
            }
        )

    def test_extra_without_variant(self):
        order = self._configured()
        self.assertEqual(order.order_line.price_unit, 120)
        self.assertConfirms(order)
        self.assertStopped(self._configured(price_unit=100), 16.67)

    def test_extra_given_away_after_the_approval(self):
        """Approved at 4 % for the plain one: not for the hard one at the same price."""
        order = self._lines(
            {
                "product_id": self.attributes["no_variant"].product_variant_ids.id,
                "product_uom_qty": 2,
                "price_unit": 96,
            }
        )
        order.action_request_price_approval("Volume")
        self._approve(order, "price", "km")
        self.assertTrue(order._approvals_valid("price"))
        order.order_line.product_no_variant_attribute_value_ids = self.hard
        self.assertFalse(order._approvals_valid("price"))
        self.assertStopped(order, 20)

    def test_extra_given_away_after_the_confirmation(self):
        self.profile.with_user(self.users["gm"]).sudo().action_retire()
        type(self).profile = self._order_profile()
        order = self._lines(
            {
                "product_id": self.attributes["no_variant"].product_variant_ids.id,
                "product_uom_qty": 2,
            }
        )
        self._review(order)
        order.action_confirm()
        with self.assertRaisesRegex(UserError, "its content is fixed"):
            order.order_line.product_no_variant_attribute_value_ids = self.hard


@tagged("post_install", "-at_install")
class TestCombos(ProductCase):
    """The price of a combo is divided among its parts; each part has its share as reference."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.cable = cls._product("Cable", 50)
        cls.chips, cls.cables = cls.env["product.combo"].create(
            [
                {
                    "name": product.name,
                    "company_id": cls.company.id,
                    "combo_item_ids": [Command.create({"product_id": product.id})],
                }
                for product in (cls.product, cls.cable)
            ]
        )
        cls.set = cls._product(
            "Set", 90, type="combo", combo_ids=[Command.set((cls.chips | cls.cables).ids)]
        )

    @classmethod
    def _product(cls, name, price, **values):
        return cls.env["product.product"].create(
            {
                "name": name,
                "type": "consu",
                "list_price": price,
                "taxes_id": [Command.set(cls.vat.ids)],
                "company_id": cls.company.id,
                **values,
            }
        )

    def _combo(self, quantity=3, parts=("chips", "cables"), part_values=None, **values):
        order = self._lines({"product_id": self.set.id, "product_uom_qty": quantity}, **values)
        combo = order.order_line
        for name in parts:
            item = getattr(self, name).combo_item_ids
            self.env["sale.order.line"].with_user(self.users["a"]).create(
                {
                    "order_id": order.id,
                    "product_id": item.product_id.id,
                    "product_uom_qty": quantity,
                    "linked_line_id": combo.id,
                    "combo_item_id": item.id,
                    **(part_values or {}),
                }
            )
        return order

    def test_whole_combo(self):
        order = self._combo()
        self.assertEqual(order.order_line.mapped("price_unit"), [0, 60, 30])
        self.assertEqual(order.amount_untaxed, 270)
        self.assertConfirms(order)

    def test_cheaper_part(self):
        order = self._combo()
        order.order_line[1].price_unit = 54
        self.assertStopped(order, 10)

    def test_discount_on_the_combo(self):
        order = self._combo()
        order.order_line.discount = 5
        self.assertStopped(order, 5)

    def test_looser_pricelist(self):
        """The pricelist of the order decides no more on a combo than on a product."""
        loose = self.env["product.pricelist"].create(
            {
                "name": "Loose",
                "company_id": self.company.id,
                "sequence": 99,
                "item_ids": [Command.create({"compute_price": "percentage", "percent_price": 50})],
            }
        )
        public = self.env["product.pricelist"].create(
            {"name": "Public", "company_id": self.company.id, "sequence": 1}
        )
        for partner in self.customers.values():
            partner.specific_property_product_pricelist = public
        order = self._combo(pricelist_id=loose.id)
        order.pricelist_id = loose
        order.action_update_prices()
        self.assertEqual(order.amount_untaxed, 135)
        self.assertStopped(order, 50)
        self.customers["xinghai"].specific_property_product_pricelist = loose
        self.assertEqual(self._price(order).discount, 0)

    def test_part_without_the_whole(self):
        """The share in a combo is no price for the part alone, nor for another product."""
        self.assertStopped(self._combo(parts=("chips",)), 40)
        order = self._combo()
        order.order_line[2].product_uom_qty = 1  # one cable for three chips
        self.assertStopped(order, 40)
        order = self._combo()
        dear = self._product("Dear chip", 600)
        order.order_line[1].write({"product_id": dear.id, "price_unit": 60})
        self.assertStopped(order, 90)

    def test_part_of_nothing(self):
        """A line that says it is part of a combo, and is not: refused, no traceback."""
        item = self.chips.combo_item_ids
        order = self._lines(
            {"product_id": self.product.id, "product_uom_qty": 2, "price_unit": 60},
        )
        with self.assertRaises(ValidationError), self.cr.savepoint():
            order.order_line.combo_item_id = item
        combo = self._combo().order_line[0]
        order.order_line.write({"linked_line_id": combo.id, "combo_item_id": item.id})
        self.assertStopped(order, 40)


@tagged("post_install", "-at_install")
class TestOtherLines(ProductCase):
    """Delivery costs, notes, negative lines, templates, optional products."""

    def test_delivery_costs(self):
        freight = self.env["product.product"].create(
            {"name": "Freight", "type": "service", "list_price": 30, "taxes_id": False}
        )
        carrier = self.env["delivery.carrier"].create(
            {
                "name": "SF Express",
                "delivery_type": "fixed",
                "fixed_price": 30,
                "company_id": self.company.id,
                "product_id": freight.id,
            }
        )
        order = self._lines({"product_id": self.product.id, "product_uom_qty": 2})
        order.set_delivery_line(carrier, 30)
        self.assertEqual(self._price(order).discount, 0)
        # delivery for nothing is not a discount on goods
        order.set_delivery_line(carrier, 0)
        self.assertEqual(self._price(order).discount, 0)
        # less than nothing is
        order.set_delivery_line(carrier, -20)
        self.assertStopped(order, 10)
        # and what is not delivered by a carrier is no delivery
        order = self._lines(
            {
                "product_id": self.product.id,
                "product_uom_qty": 2,
                "price_unit": 50,
                "is_delivery": True,
            }
        )
        self.assertStopped(order, 50)

    def test_sections_and_notes(self):
        order = self._lines(
            {"display_type": "line_section", "name": "Goods"},
            {"product_id": self.product.id, "product_uom_qty": 2},
            {"display_type": "line_note", "name": "With care"},
            {"display_type": "line_subsection", "name": "More"},
        )
        self.assertConfirms(order)
        order = self._lines(
            {"display_type": "line_section", "name": "Goods"},
            {"product_id": self.product.id, "product_uom_qty": 2, "price_unit": 96},
        )
        self.assertStopped(order, 4)

    def test_negative_lines(self):
        service = self.env["product.product"].create(
            {"name": "Goodwill", "type": "service", "list_price": 0, "taxes_id": False}
        )
        order = self._lines(
            {"product_id": self.product.id, "product_uom_qty": 2},
            {"product_id": service.id, "product_uom_qty": 1, "price_unit": -8},
        )
        self.assertStopped(order, 4)
        order = self._lines({"product_id": service.id, "product_uom_qty": 1, "price_unit": -8})
        self.assertStopped(order, 100)

    def test_quotation_template(self):
        """A template brings lines at the customer's price; it lends no authority."""
        template = self.env["sale.order.template"].create(
            {
                "name": "Starter set",
                "company_id": self.company.id,
                "sale_order_template_line_ids": [
                    Command.create({"display_type": "line_section", "name": "Goods"}),
                    Command.create({"product_id": self.product.id, "product_uom_qty": 3}),
                ],
            }
        )
        order = self._lines(sale_order_template_id=template.id)
        order._onchange_sale_order_template_id()
        line = order.order_line.filtered("product_id")
        self.assertEqual((line.product_uom_qty, line.price_unit), (3, 100))
        line.price_unit = 96
        self.assertStopped(order, 4)
        line.price_unit = 100
        self.assertConfirms(order)

    def test_optional_products(self):
        """What the customer may choose himself is judged, and voids what was approved."""
        order = self._lines(
            {"product_id": self.product.id, "product_uom_qty": 2, "price_unit": 96},
            {"display_type": "line_section", "name": "On request", "is_optional": True},
            {"product_id": self.product.id, "product_uom_qty": 0, "price_unit": 50},
        )
        optional = order.order_line[2]
        # nothing is sold of it yet
        self.assertEqual(self._price(order).discount, 4)
        order.action_request_price_approval("Volume")
        self._approve(order, "price", "km")
        order.action_quotation_sent()
        self.assertTrue(order._approvals_valid("price"))
        # as the portal writes it when the customer takes one
        optional.sudo().product_uom_qty = 1
        optional.sudo().price_unit = 50
        self.assertFalse(order._approvals_valid("price"))
        self.assertStopped(order, 50)

    def test_down_payment(self):
        """A down payment is no discount and no change of what was agreed."""
        self.profile.with_user(self.users["gm"]).sudo().action_retire()
        type(self).profile = self._order_profile()
        order = self._confirmed("a", quantity=10)
        wizard = (
            self.env["sale.advance.payment.inv"]
            .with_user(self.users["a"])
            .with_context(active_model="sale.order", active_ids=order.ids)
            .create({"advance_payment_method": "percentage", "amount": 30})
        )
        wizard.create_invoices()
        self.env.cr.precommit.run()
        self.assertEqual(self._price(order).discount, 0)
        self.assertTrue(order.order_line.filtered("is_downpayment"))
        # an ordinary line does not become one
        with self.assertRaisesRegex(UserError, "its content is fixed"):
            order.order_line[0].is_downpayment = True


@tagged("post_install", "-at_install")
class TestRewards(ProductCase):
    """Rewards lower the price like everything else that does."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        if "loyalty.program" not in cls.env or "reward_id" not in cls.env["sale.order.line"]:
            cls.program = None
            return
        cls.program = cls.env["loyalty.program"].create(
            {
                "name": "Anniversary",
                "program_type": "promo_code",
                "trigger": "with_code",
                "company_id": cls.company.id,
                "rule_ids": [
                    Command.create({"mode": "with_code", "code": "TEN", "minimum_qty": 1})
                ],
                "reward_ids": [
                    Command.create(
                        {
                            "reward_type": "discount",
                            "discount": 10,
                            "discount_mode": "percent",
                            "discount_applicability": "order",
                            "required_points": 1,
                        }
                    )
                ],
            }
        )

    def setUp(self):
        super().setUp()
        if not self.program:
            self.skipTest("no coupons in this database")

    def _with_code(self, login="a", **line):
        order = self._lines(
            {"product_id": self.product.id, "product_uom_qty": 10, **line}, login=login
        )
        status = order.sudo()._try_apply_code("TEN")
        self.assertNotIn("error", status)
        for coupon, rewards in status.items():
            order.sudo()._apply_program_reward(rewards, coupon)
        return order

    def test_coupon_is_a_discount(self):
        order = self._with_code()
        self.assertAlmostEqual(order.amount_untaxed, 900)
        self.assertEqual(self._price(order).overall, 10)
        self.assertStopped(order, 10)
        order.action_request_price_approval("Anniversary")
        self._approve(order, "price", "dgm")
        order.action_confirm()
        self.assertEqual(order.state, "sale")

    def test_coupon_on_top_of_an_approved_price(self):
        order = self._lines(
            {"product_id": self.product.id, "product_uom_qty": 10, "price_unit": 96}
        )
        order.action_request_price_approval("Volume")
        self._approve(order, "price", "km")
        status = order.sudo()._try_apply_code("TEN")
        for coupon, rewards in status.items():
            order.sudo()._apply_program_reward(rewards, coupon)
        self.assertFalse(order._approvals_valid("price"))
        self.assertStopped(order, 13.6)

    def test_free_product(self):
        self.program.reward_ids = [
            Command.clear(),
            Command.create(
                {
                    "reward_type": "product",
                    "reward_product_id": self.product.id,
                    "reward_product_qty": 1,
                    "required_points": 1,
                }
            ),
        ]
        order = self._with_code()
        self.assertEqual(sum(order.order_line.mapped("product_uom_qty")), 11)
        self.assertStopped(order, 100)

    def test_a_reward_by_name_only(self):
        """Calling a line a reward exempts it from nothing."""
        order = self._lines(
            {
                "product_id": self.product.id,
                "product_uom_qty": 10,
                "price_unit": 60,
                "name": "Reward",
                "reward_id": self.program.reward_ids.id,
            }
        )
        self.assertStopped(order, 40)


@tagged("post_install", "-at_install")
class TestForeignCurrency(ProductCase):
    """A pricelist in USD, a company in CNY at 7.00."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.usd = cls.env.ref("base.USD")
        cls.usd.active = True
        cls.usd.rate_ids.unlink()
        cls._rate("2020-01-01", 7.0)
        cls.export = cls.env["product.pricelist"].create(
            {
                "name": "Export",
                "company_id": cls.company.id,
                "currency_id": cls.usd.id,
                "item_ids": [
                    Command.create(
                        {
                            "applied_on": "0_product_variant",
                            "product_id": cls.product.id,
                            "compute_price": "fixed",
                            "fixed_price": 16,
                        }
                    )
                ],
            }
        )
        cls.customers["beihe"].specific_property_product_pricelist = cls.export

    @classmethod
    def _rate(cls, day, rate):
        cls.env["res.currency.rate"].create(
            {
                "name": day,
                "currency_id": cls.usd.id,
                "company_id": cls.company.id,
                "inverse_company_rate": rate,
            }
        )

    def _abroad(self, price=None, login="a", **values):
        line = {"product_id": self.product.id, "product_uom_qty": 10}
        if price is not None:
            line["price_unit"] = price
        return self._lines(line, login=login, partner_id=self.customers["beihe"].id, **values)

    def test_at_the_price_of_the_list(self):
        order = self._abroad()
        self.assertEqual((order.currency_id, order.order_line.price_unit), (self.usd, 16))
        self.assertConfirms(order)

    def test_floor_and_deviation_in_the_currency_of_the_order(self):
        order = self._abroad(15.2)
        self.assertStopped(order, 5)
        with self.assertRaises(UserError) as refused, self.cr.savepoint():
            order.action_confirm()
        # floor and reference as the rep reads them on his order, not in CNY
        self.assertIn("15.20", str(refused.exception))
        self.assertIn("16.00", str(refused.exception))
        self.assertNotIn("112.00", str(refused.exception))
        self.assertConfirmsBy("km", 15.2)
        self.assertStopped(self._abroad(15.19, login="km"), 5.06)

    def assertConfirmsBy(self, login, price):
        order = self._abroad(price, login=login)
        order.action_confirm()
        self.assertEqual(order.state, "sale")

    def test_the_rate_of_the_day_moves_no_deviation(self):
        order = self._abroad(15.2)
        self._rate(fields.Date.today(), 5.0)
        self.assertStopped(order, 5)

    def test_converted_where_the_list_says_nothing(self):
        """No rule for the product: the list price of 100.00 CNY is 14.29 USD."""
        self.export.item_ids.unlink()
        order = self._abroad()
        self.assertAlmostEqual(order.order_line.price_unit, 14.29, 2)
        self.assertConfirms(order)
        order = self._abroad(12.86)
        self.assertAlmostEqual(self._price(order).discount, 10, 0)

    def test_amount_of_an_approval_in_company_currency(self):
        order = self._abroad(15.2)
        order.action_request_price_approval("Export")
        approval = self._pending(order, "price")
        self.assertEqual(approval.deviation, 5)
        self.assertEqual(approval.currency_id, self.cny)
        self.assertAlmostEqual(approval.amount, 152 * 7, 2)

    def test_switching_the_currency_buys_nothing(self):
        """16.00 typed on an order in CNY is no price of 16.00 USD."""
        order = self._abroad()
        order.write({"currency_id": self.cny.id})
        price = self._price(order)
        self.assertAlmostEqual(price.lines[order.order_line.id].reference, 112, 2)
        self.assertAlmostEqual(price.discount, 85.71, 2)
