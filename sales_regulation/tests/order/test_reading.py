# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from unittest.mock import patch

from odoo.exceptions import UserError
from odoo.tests import tagged

from odoo.addons.sales_regulation.tools import guard_frame, judging, reading, reading_frame

from ..screens import specification
from .common import OrderCommon


@tagged("post_install", "-at_install")
class TestReading(OrderCommon):
    """What one screen shows is judged once, and nothing is decided on it (C17, C23)."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.profile = cls._order_profile()
        cls.order = cls._order("a", quantity=10, price=90)

    def _asked(self, name):
        """A context in which calls of a method of orders are counted."""
        return patch.object(
            self.registry["sale.order"],
            name,
            autospec=True,
            side_effect=getattr(self.registry["sale.order"], name),
        )

    def _request(self, order):
        """The order as the rep's next request finds it: nothing is remembered."""
        self.env.flush_all()
        self.env.invalidate_all()
        return order.with_user(self.users["a"])

    def _form(self, order):
        """What the form shows to the rep."""
        order = self._request(order)
        return order.web_read(specification(order.browse(), "form"))[0]

    def test_banner_and_buttons_are_one_judgement(self):
        with (
            self._asked("_gate_price_authority") as price,
            self._asked("_gate_order_review") as review,
            self._asked("_price_read_facts") as facts,
        ):
            shown = self._form(self.order)
        # A draft may be sent and confirmed next: both steps ask for the price
        self.assertEqual((price.call_count, review.call_count, facts.call_count), (1, 1, 1))
        self.assertIn("10.00 %", shown["regulation_notice"])
        self.assertTrue(shown["regulation_held"])
        self.assertTrue(shown["regulation_ask_price"])
        self.assertTrue(shown["regulation_ask_review"])

    def test_closed_documents_are_not_judged(self):
        self.order.action_cancel()
        confirmed = self._confirmed(quantity=1)
        with self._asked("_price_read_facts") as facts:
            for order in (self.order, confirmed):
                self.assertFalse(self._form(order)["regulation_notice"])
        self.assertFalse(facts.called)

    def test_it_shows_what_the_guard_says(self):
        for price, held in ((100, False), (99.99, True)):
            order = self._order("a", quantity=10, price=price)
            self._review(order)
            shown = self._form(order)
            self.assertEqual(shown["regulation_held"], held, price)
            if held:
                with self.assertRaises(UserError):
                    order.action_confirm()
            else:
                order.action_confirm()

    def test_the_next_answer_judges_anew(self):
        self.assertTrue(self._form(self.order)["regulation_ask_price"])
        line = self.order.order_line
        saved = self._request(self.order).web_save(
            {"order_line": [(1, line.id, {"price_unit": 100})]},
            {"regulation_ask_price": {}, "regulation_ask_review": {}},
        )
        self.assertFalse(saved[0]["regulation_ask_price"])
        self.assertTrue(saved[0]["regulation_ask_review"])
        self.assertIsNone(guard_frame(self.env))

    def test_a_guard_reads_for_itself(self):
        """A step that is taken while a screen is read does not rest on what was read for it."""
        order = self._order("a", quantity=10)
        with reading(self.env):
            self.assertEqual(order._price_facts()[order.id].discount, 0)
            order.order_line.price_unit = 80
            with judging(self.env) as frame:
                self.assertIs(guard_frame(self.env), frame)
                self.assertIsNone(reading_frame(self.env))
                self.assertEqual(order._price_facts()[order.id].discount, 20)
            with self.assertRaisesRegex(UserError, "20.00 % below"):
                order.action_confirm()
            self.assertIsNotNone(reading_frame(self.env))
        self.assertIsNone(guard_frame(self.env))

    def test_ticks_are_shared_by_gate_and_checklist(self):
        self.order.with_user(self.users["a"]).action_request_review()
        self._tick(self.order, "km", ("legality",))
        with self._asked("_checklist_read_ticks") as ticks:
            shown = self._form(self.order)
        self.assertEqual(ticks.call_count, 1)
        self.assertEqual(shown["checklist_progress"], "1/4")
        done = {row["name"]: row["is_done"] for row in shown["checklist_display_ids"]}
        self.assertEqual(done.pop("Legality"), True)
        self.assertEqual(set(done.values()), {False})

    def test_a_quotation_owes_nothing_yet(self):
        self._profile({"payment_before_shipment": "enforce"}, payment_mode="full")
        order = self._order("a", quantity=10)
        names = ("regulation_payment_shown", "regulation_required", "regulation_short")
        self.assertEqual([order[name] for name in names], [False, 0, 0])
        order.action_confirm()
        self.assertEqual(
            [order[name] for name in names], [True, order.amount_total, order.amount_total]
        )

    def test_roles_are_found_by_their_code(self):
        Role = self.env["regulation.role"]
        role = Role.create({"name": "Printer", "code": "printer"})
        self.assertEqual(Role._code("printer"), role)
        self.assertFalse(Role._code("plotter"))
        other = Role.create({"name": "Plotter", "code": "plotter"})
        self.assertEqual(Role._code("plotter"), other)
        role.active = False
        self.assertFalse(Role._code("printer"))
        role.active = True
        self.assertEqual(Role._code("printer"), role)
        other.unlink()
        self.assertFalse(Role._code("plotter"))
