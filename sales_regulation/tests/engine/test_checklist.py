# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from datetime import date, datetime
from decimal import Decimal

from odoo import Command
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import tagged
from odoo.tools import mute_logger

from .common import ApprovalCommon


@tagged("post_install", "-at_install")
class TestChecklist(ApprovalCommon):
    """What must be complete: items the system sees, items a named person ticks (C23)."""

    def setUp(self):
        super().setUp()
        self._regulate(
            self._rule("manager"),
            checklist_item_ids=[
                Command.create(
                    {"kind": "sample", "code": "sample_address", "name": "Address", "automatic": True}
                ),
                Command.create(
                    {
                        "kind": "sample", "code": "stock", "name": "Stock is there", "sequence": 20,
                        "role_id": self.roles["sales_manager"].id,
                    }
                ),
                Command.create(
                    {"kind": "sample", "code": "need", "name": "Need is known", "sequence": 30,
                     "bound": False}
                ),
                Command.create(
                    {"kind": "sample", "code": "nice", "name": "Photo", "sequence": 40,
                     "required": False}
                ),
            ],
        )
        self.samples = self._samples()

    def _item(self, code):
        items = self.samples.sudo()._checklist_items("sample")[self.samples.id]
        return items.filtered(lambda item: item.code == code).id

    def _missing(self):
        return self.samples._checklist_missing("sample")[self.samples.id]

    def test_three_of_three(self):
        """Approval is refused with 2/3 and granted with 3/3; every tick has its name."""
        approval = self._submit(self.samples)
        self.assertEqual(self._missing(), ["Stock is there", "Need is known"])
        with self.assertRaisesRegex(UserError, "Stock is there, Need is known"):
            self._as(approval, "km").action_approve()
        self._as(self.samples, "a").action_tick(self._item("need"))
        self._as(self.samples, "km").action_tick(self._item("stock"))
        self.assertEqual(self._missing(), [])
        self._as(approval, "km").action_approve()
        self.assertEqual(approval.state, "approved")
        ticks = self.env["regulation.checklist.tick"].search(
            [("res_model", "=", "sample.request"), ("res_id", "=", self.samples.id)]
        )
        self.assertEqual(ticks.user_id, self.users["a"] | self.users["km"])
        self.assertTrue(all(ticks.mapped("at")))
        rows = self.env["regulation.register"].search(
            [("event", "=", "ticked"), ("res_model", "=", "sample.request")]
        )
        self.assertEqual(set(rows.mapped("code")), {"sample.stock", "sample.need"})

    def test_automatic_item(self):
        self.customers["xinghai"].street = False
        self.assertIn("Address", self._missing())
        with self.assertRaises(UserError):
            self._as(self.samples, "a").action_tick(self._item("sample_address"))
        self.customers["xinghai"].street = "2 Harbour Road"
        self.assertNotIn("Address", self._missing())

    def test_whose_item(self):
        """The rep does not tick what his manager sees to; KM not on his own request."""
        with self.assertRaises(AccessError):
            self._as(self.samples, "a").action_tick(self._item("stock"))
        own = self._samples("km")
        with self.assertRaises(AccessError):
            own.action_tick(self._item("stock"))
        self._submit(own, "km")
        self._as(own, "rm").action_tick(self._item("stock"))  # who decides on it

    def test_take_back(self):
        samples = self._as(self.samples, "a")
        samples.action_tick(self._item("need"))
        with self.assertRaises(UserError):
            samples.action_tick(self._item("need"))
        samples.action_untick(self._item("need"))
        self.assertIn("Need is known", self._missing())
        with self.assertRaises(UserError):
            samples.action_untick(self._item("need"))
        samples.action_tick(self._item("need"))
        ticks = self.env["regulation.checklist.tick"].search(
            [("res_model", "=", "sample.request"), ("res_id", "=", samples.id)]
        )
        self.assertEqual(len(ticks), 2)

    def test_tick_is_for_the_content(self):
        """After a change the stock has to be looked at again; the need stays known."""
        self._as(self.samples, "a").action_tick(self._item("need"))
        self._as(self.samples, "km").action_tick(self._item("stock"))
        self._as(self.samples, "a").line_ids.quantity = 5000
        self.assertEqual(self._missing(), ["Stock is there"])
        self._as(self.samples, "km").action_tick(self._item("stock"))
        self.assertEqual(self._missing(), [])

    def test_ticks_are_evidence(self):
        self._as(self.samples, "a").action_tick(self._item("need"))
        tick = self.env["regulation.checklist.tick"].search(
            [("res_model", "=", "sample.request")], limit=1
        )
        for login in ("a", "km", "adm"):
            with self.assertRaises(AccessError), mute_logger("odoo.models"):
                self._as(tick, login).write({"user_id": self.users["km"].id})
            with self.assertRaises(AccessError), mute_logger("odoo.models"):
                self._as(tick, login).unlink()
            with self.assertRaises(AccessError), mute_logger("odoo.models"):
                self._as(tick, login).create(
                    {"res_model": "sample.request", "res_id": self.samples.id, "kind": "sample",
                     "code": "stock", "user_id": self.users["km"].id}
                )

    def test_item_of_another_regulation(self):
        other = self._profile(
            publish=False, code="OTHER",
            checklist_item_ids=[Command.create({"kind": "sample", "code": "x", "name": "X"})],
        )
        with self.assertRaises(UserError):
            self._as(self.samples, "a").action_tick(other.checklist_item_ids.id)
        with self.assertRaises(ValidationError):
            self.env["regulation.checklist.item"].create(
                {"profile_id": other.id, "kind": "sample", "code": "nope", "name": "N",
                 "automatic": True}
            )

    def test_embedded_list(self):
        """The list in the form shows the state on this document and ticks it."""
        samples = self._as(self.samples, "a")
        self.assertEqual(samples.checklist_progress, "1/4")
        items = samples.checklist_display_ids.with_context(
            checklist_model="sample.request", checklist_id=samples.id
        )
        self.assertEqual(items.mapped("is_done"), [True, False, False, False])
        items[2].action_toggle()
        items.invalidate_recordset()
        self.assertEqual(items.mapped("is_done"), [True, False, True, False])
        self.assertEqual(items[2].done_by_id, self.users["a"])
        items[2].action_toggle()
        items.invalidate_recordset()
        self.assertFalse(items[2].is_done)

    def test_read_by_the_form(self):
        """The form reads the items of the document it shows, without naming it."""
        samples = self._as(self.samples, "a")
        specification = {"checklist_display_ids": {"fields": {"is_done": {}}}}
        (values,) = samples.web_read(specification)
        self.assertEqual(
            [item["is_done"] for item in values["checklist_display_ids"]],
            [True, False, False, False],
        )

    def test_context_is_no_key(self):
        """The context names the document; the rights on it are the caller's."""
        order = self._order("t")
        for model, res_id in (
            ("sale.order", order.id), ("res.partner", 1), ("no.such", 1), ("sample.request", "1"),
            ("sample.request", 0),
        ):
            item = (
                self.env["regulation.checklist.item"]
                .with_user(self.users["a"])
                .browse(self._item("need"))
                .with_context(checklist_model=model, checklist_id=res_id)
            )
            self.assertFalse(item.is_done)
            with self.assertRaises(UserError), mute_logger("odoo.models"):
                item.action_toggle()


@tagged("post_install", "-at_install")
class TestFingerprint(ApprovalCommon):
    def test_same_content(self):
        digest = self.env["regulation.fingerprint"]._digest
        self.assertEqual(
            digest({"b": 1, "a": [1.0, Decimal("2.50")], 3: None}),
            digest({"a": (1, 2.5), "3": None, "b": 1.0}),
        )
        self.assertEqual(digest(0.1 + 0.2), digest(0.3))
        self.assertEqual(digest(-0.0), digest(0))
        self.assertEqual(digest({2, 1}), digest({1, 2}))
        users = self.users["a"] | self.users["b"]
        self.assertEqual(digest(users), digest(self.users["b"] | self.users["a"]))
        self.assertEqual(len(digest("x")), 64)

    def test_different_content(self):
        digest = self.env["regulation.fingerprint"]._digest
        contents = [
            1, "1", "1.000000", True, False, None, 0, "", [], {}, [1, 2], [2, 1], [[1], 2],
            {"a": 1}, {"a": "1"}, date(2026, 3, 1), datetime(2026, 3, 1), 1.000001,
            self.users["a"], self.users["b"], "深圳", b"x",
        ]
        digests = [digest(content) for content in contents]
        duplicates = {
            (repr(contents[i]), repr(contents[j]))
            for i in range(len(contents))
            for j in range(i)
            if digests[i] == digests[j]
        }
        # A number is written as text: only a text of that very form equals it
        self.assertFalse(duplicates)
