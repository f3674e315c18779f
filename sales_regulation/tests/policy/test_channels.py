# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import Command
from odoo.exceptions import AccessError
from odoo.tests import new_test_user, tagged

from ..common import RegulationCommon

#: what a customer on the portal may read of our fields, and why
PUBLIC = {
    "sale.order": {"regulation_waiting"},  # "we are reviewing the order", on his own page
}


@tagged("post_install", "-at_install")
class TestChannels(RegulationCommon):
    """What a person may not see reaches him through no channel of ours (invariant 8)."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._profile(gates={"price_authority": "enforce"})
        cls.foreign = cls._order("t", customer="beihe")

    def _onchange(self, model, values, spec, login="a", **context):
        fields_spec = {name: {} for name in spec}
        return (
            self.env[model]
            .with_user(self.users[login])
            .with_context(**context)
            .onchange(values, [], fields_spec)
        )

    def test_a_form_tells_nothing_of_an_order_that_may_not_be_read(self):
        """Neither its customer nor its address nor its prices, before anything is saved."""
        self.assertFalse(self._as(self.foreign, "a").has_access("read"))
        order, line = self.foreign.id, self.foreign.order_line.id
        attacks = {
            "dispatch.notice": ({"order_id": order}, ["partner_shipping_id", "order_date"]),
            "sale.receipt": ({"order_id": order}, ["partner_id", "salesperson_id", "currency_id"]),
            "sale.order.change": ({"order_id": order}, ["partner_id", "team_id"]),
            "dispatch.notice.line": ({"order_line_id": line}, ["product_id"]),
            "sale.order.change.line": ({"order_line_id": line}, ["order_id"]),
        }
        for model, (values, spec) in attacks.items():
            with self.subTest(model=model):
                with self.assertRaises(AccessError):
                    self._onchange(model, values, spec)
                defaults = {f"default_{name}": value for name, value in values.items()}
                with self.assertRaises(AccessError):
                    self._onchange(model, {}, spec, **defaults)
        with self.assertRaises(AccessError):
            self._onchange(
                "dispatch.notice",
                {"line_ids": [Command.create({"order_line_id": line})]},
                ["channel"],
            )

    def test_customers_read_none_of_our_fields(self):
        """A portal login may read its orders by RPC, with every field that is not restricted."""
        buyer = new_test_user(
            self.env,
            login="reg_portal",
            groups="base.group_portal",
            company_id=self.company.id,
            company_ids=[Command.set(self.company.ids)],
        )
        self.foreign.sudo().partner_id = buyer.partner_id.commercial_partner_id
        self.foreign.sudo().message_subscribe(buyer.partner_id.ids)
        seen = self.foreign.with_user(buyer)
        self.assertTrue(seen.has_access("read"))
        for name in ("regulation_notice", "regulation_short", "approval_pending"):
            with self.subTest(field=name), self.assertRaises(AccessError):
                seen.read([name])
        with self.assertRaises(AccessError):
            seen.order_line.read(["regulation_reference_price"])
        for model in ("sale.order", "sale.order.line", "stock.picking", "stock.move"):
            fields = self.env[model].with_user(buyer).fields_get()
            ours = {
                name
                for name in fields
                if set(self.env[model]._fields[name]._modules) == {"sales_regulation"}
            }
            self.assertEqual(ours - PUBLIC.get(model, set()), set(), model)
