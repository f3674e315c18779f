# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from freezegun import freeze_time

from odoo import Command
from odoo.exceptions import AccessError
from odoo.fields import Datetime
from odoo.tests import Form, tagged

from .test_delivery_note import DeliveryNoteCommon


@tagged("post_install", "-at_install")
class TestDeliveryAcceptance(DeliveryNoteCommon):
    """C30: what the customer says to the goods, and who answers (S0-39, S2-49, S4-387)."""

    @classmethod
    def _dispatch_profile(cls, gates=None, **settings):
        settings.setdefault("dispatch_objection_days", 7)
        settings.setdefault(
            "deadline_rule_ids",
            [
                Command.create(
                    {
                        "code": "dispatch_objection",
                        "name": "Settle an objection",
                        "unit": "working_days",
                        "value": 3,
                    }
                )
            ],
        )
        settings.setdefault(
            "handover_rule_ids",
            [
                Command.create(
                    {
                        "event": "dispatch_objection",
                        "role_id": cls.roles["production_head"].id,
                        "summary": "Look into the objection",
                    }
                )
            ],
        )
        return super()._dispatch_profile(gates, **settings)

    def _receipt(self, notice, login="clk", **values):
        values = {"kind": "receipt", "receiver_name": "Lin Hai", **values}
        return self._as(notice, login).action_record_receipt(values)

    def _ship(self, quantity=10):
        """Shipped on 19 March, asked for on 23 March."""
        order = self._confirmed(quantity)
        with freeze_time("2026-03-19 04:00:00"):
            return self._shipped(order)

    def test_accepted(self):
        notice = self._ship()
        with freeze_time("2026-03-21 04:00:00"):
            self._receipt(notice)
        self.assertFalse(notice.receipt_ids.line_ids)
        self.assertFalse(notice.objection_ids)
        self.assertEqual((notice.arrived_on_time, notice.accurate), (1.0, 1.0))

    def test_late(self):
        notice = self._ship()
        with freeze_time("2026-03-24 04:00:00"):
            self._receipt(notice, acceptance="remarks", note="One day late")
        self.assertEqual((notice.arrived_on_time, notice.accurate), (0.0, 1.0))

    def test_refused_in_part(self):
        """Three of ten damaged, one missing: an objection with a clock and a task."""
        notice = self._ship()
        line = {"line_id": notice.line_ids.id, "refused": 3, "missing": 1, "cause": "damaged"}
        with freeze_time("2026-03-20 04:00:00"):
            receipt = self._receipt(notice, lines=[line], note="Boxes crushed")
        # Nobody accepts what he refuses
        self.assertEqual((receipt.acceptance, notice.acceptance), ("objection", "objection"))
        self.assertRecordValues(
            receipt.line_ids,
            [
                {
                    "product_id": self.product.id,
                    "shipped_qty": 10,
                    "accepted_qty": 6,
                    "refused_qty": 3,
                    "missing_qty": 1,
                    "cause": "damaged",
                }
            ],
        )
        objection = notice.objection_ids
        self.assertRecordValues(
            objection,
            [
                {
                    "cause": "damaged",
                    "description": "Boxes crushed",
                    "state": "open",
                    "user_id": self.users["clk"].id,
                    "after_limit": False,
                    # Friday: three working days are Monday to Wednesday, 18:00 in Shanghai
                    "due_at": Datetime.to_datetime("2026-03-25 10:00:00"),
                }
            ],
        )
        self.assertEqual(notice.accurate, 0.0)
        self.assertIn(self.users["a"], notice.sudo().activity_ids.user_id)
        events = self.env["regulation.register"].search(
            [("event", "=", "objection"), ("res_id", "=", objection.id)]
        )
        self.assertEqual(events.code, "damaged")
        task = self.env["regulation.handover"].search(
            [("res_model", "=", "dispatch.objection"), ("res_id", "=", objection.id)]
        )
        self.assertEqual(task.role_id, self.roles["production_head"])

    def test_refused(self):
        """Refused as a whole: every line, without naming it."""
        notice = self._ship()
        with freeze_time("2026-03-20 04:00:00"):
            receipt = self._receipt(notice, acceptance="refused")
        self.assertEqual(receipt.line_ids.refused_qty, 10)
        self.assertEqual(notice.objection_ids.state, "open")

    def test_everything_missing_is_refused(self):
        notice = self._ship()
        line = {"line_id": notice.line_ids.id, "missing": 10}
        with freeze_time("2026-03-20 04:00:00"):
            receipt = self._receipt(notice, acceptance="accepted", lines=[line])
        self.assertEqual((receipt.acceptance, receipt.line_ids.cause), ("refused", "short"))

    def test_quantities_of_a_careless_client(self):
        notice = self._ship()
        other = self._ship(1)
        line = notice.line_ids.id
        for lines, text in (
            ([{"line_id": line, "refused": 11}], "no more can be refused"),
            ([{"line_id": line, "refused": -1}], "no more can be refused"),
            ([{"line_id": other.line_ids.id, "refused": 1}], "its own notice only"),
            ([{"line_id": line, "refused": "many"}], "A line of a receipt"),
            ([{"line_id": line, "refused": float("nan")}], "A line of a receipt"),
            ([{"line_id": float("inf"), "refused": 1}], "A line of a receipt"),
            (["x"], "A line of a receipt"),
            ("x", "A line of a receipt"),
            ([{"line_id": line, "refused": 1, "cause": "mood"}], "mood is no"),
        ):
            with self.assertRefused(text):
                self._receipt(notice, lines=lines)
        self.assertFalse(notice.receipt_ids)

    def test_solve(self):
        notice = self._ship()
        with freeze_time("2026-03-20 04:00:00"):
            self._receipt(notice, acceptance="objection", note="Wrong colour")
        objection = notice.objection_ids
        for login in ("a", "wh", "fin"):
            with self.assertRefused("CLK Wu", AccessError):
                self._as(objection, login).action_solve("replaced", "Sent again")
        clerk = self._as(objection, "clk")
        with self.assertRefused("how the objection ended"):
            clerk.action_solve("forgotten", "x")
        with self.assertRefused("agreed with the customer"):
            clerk.action_solve("replaced", " ")
        with freeze_time("2026-03-23 04:00:00"):
            clerk.action_solve("replaced", "Ten pieces sent again")
        self.assertRecordValues(
            objection,
            [{"state": "solved", "result": "replaced", "solved_by_id": self.users["clk"].id}],
        )
        clock = self.env["regulation.deadline"].search(
            [("res_model", "=", "dispatch.objection"), ("res_id", "=", objection.id)]
        )
        self.assertEqual(clock.state, "kept")
        self.assertEqual(notice.accurate, 0.0)
        self.assertNotIn(
            "The customer objects to the delivery", notice.sudo().activity_ids.mapped("summary")
        )
        with self.assertRefused("closed already"):
            clerk.action_solve("other", "Again")

    def test_unjustified(self):
        """An objection that was not justified does not spoil the accuracy."""
        notice = self._ship()
        with freeze_time("2026-03-20 04:00:00"):
            self._receipt(notice, acceptance="objection", note="Too few")
            self.assertEqual(notice.accurate, 0.0)
            self._as(notice.objection_ids, "clk").action_solve("unjustified", "Recounted: ten")
        self.assertEqual(notice.accurate, 1.0)

    def test_later_objection(self):
        """A defect shows after the receipt; the tenth day is after the limit of seven."""
        notice = self._ship()
        values = {"cause": "quality", "description": "Two of ten fail"}
        with self.assertRefused("signed receipt first"):
            self._as(notice, "a").action_object(values)
        with freeze_time("2026-03-21 04:00:00"):
            self._receipt(notice)
        with freeze_time("2026-03-31 04:00:00"):
            for bad, text in (
                ({"cause": "quality"}, "what is wrong"),
                ({"description": "x"}, "objects to"),
                ({**values, "date": "2026-03-20"}, "between the receipt"),
                ({**values, "date": "2026-04-20"}, "between the receipt"),
                ("x", "objects to"),
            ):
                with self.assertRefused(text):
                    self._as(notice, "a").action_object(bad)
            with self.assertRefused("", AccessError):
                self._as(notice, "fin").action_object(values)
            self._as(notice, "a").action_object({**values, "date": "2026-03-28"})
            self._as(notice, "a").action_object(values)
        late, early = notice.objection_ids.sorted("raised_on", reverse=True)
        self.assertEqual((early.after_limit, late.after_limit), (False, True))
        self.assertEqual(notice.accurate, 0.0)
        self.assertEqual(notice.acceptance, "accepted")
        self.assertEqual(notice.objection_count, 2)

    def test_corrected_receipt(self):
        """Recorded by mistake: the objection is void, both receipts stay."""
        notice = self._ship()
        with freeze_time("2026-03-20 04:00:00"):
            first = self._receipt(notice, acceptance="objection", note="Wrong delivery")
            self._receipt(notice, corrects_id=first.id, reason="Another customer's paper")
        self.assertEqual(notice.objection_ids.state, "void")
        self.assertEqual((notice.acceptance, notice.accurate), ("accepted", 1.0))

    def test_sealed(self):
        notice = self._ship()
        with freeze_time("2026-03-20 04:00:00"):
            receipt = self._receipt(notice, acceptance="refused")
        objection = notice.objection_ids
        for record, vals in (
            (objection, {"state": "solved"}),
            (objection, {"user_id": self.users["a"].id}),
            (receipt.line_ids, {"refused_qty": 0}),
            (notice, {"accurate": 1.0}),
            (notice, {"arrived_on_time": 1.0}),
            (notice, {"objection_ids": [Command.clear()]}),
            (receipt, {"line_ids": [Command.clear()]}),
        ):
            for login in ("a", "clk", "gm"):
                with self.assertRefused("", AccessError):
                    self._as(record, login).write(vals)
            with self.assertRaises(AccessError), self.cr.savepoint():
                record.sudo().write(vals)
        for model in ("dispatch.objection", "dispatch.receipt.line"):
            with self.assertRaises(AccessError), self.cr.savepoint():
                self.env[model].with_user(self.users["clk"]).create({"notice_id": notice.id})
        with self.assertRaises(AccessError), self.cr.savepoint():
            objection.sudo().unlink()

    def test_who_sees(self):
        """An objection is seen by whoever sees the notice."""
        notice = self._ship()
        with freeze_time("2026-03-20 04:00:00"):
            self._receipt(notice, acceptance="refused")
        for model in ("dispatch.objection", "dispatch.receipt.line"):
            Model = self.env[model]
            domain = [("notice_id", "=", notice.id)]
            for login in ("a", "clk", "wh", "fin", "km", "aud"):
                self.assertTrue(Model.with_user(self.users[login]).search(domain), login)
            for login in ("b", "t", "hr", "leg"):
                self.assertFalse(Model.with_user(self.users[login]).search(domain), login)

    def test_other_company(self):
        notice = self._ship()
        with freeze_time("2026-03-20 04:00:00"):
            self._receipt(notice, acceptance="refused")
        other = self.env["res.company"].create({"name": "Other", "currency_id": self.cny.id})
        clerk = self.users["clk"]
        clerk.company_ids |= other
        for model in ("dispatch.objection", "dispatch.receipt.line"):
            self.assertFalse(
                self.env[model]
                .with_user(clerk)
                .with_context(allowed_company_ids=[other.id])
                .search([("notice_id", "=", notice.id)])
            )

    def test_wizards(self):
        """The keeper records the receipt on the phone: quantities, then the objection's end."""
        notice = self._ship()
        context = self._as(notice, "wh").action_open_receipt()["context"]
        with freeze_time("2026-03-20 04:00:00"):
            form = Form(
                self.env["dispatch.receipt.wizard"]
                .with_user(self.users["wh"])
                .with_context(**context)
            )
            form.receiver_name = "Lin Hai"
            form.acceptance = "objection"
            with form.line_ids.edit(0) as line:
                line.refused_qty = 2
                line.cause = "wrong"
            form.save().action_apply()
            self.assertEqual(notice.receipt_ids.line_ids.refused_qty, 2)
            objection = self._as(notice.objection_ids, "clk")
            form = Form(
                objection.env["dispatch.objection.wizard"].with_context(
                    **objection.action_open_solve()["context"]
                )
            )
            form.result = "credited"
            form.solution = "Credit note for two"
            form.save().action_apply()
        self.assertEqual(objection.state, "solved")

    def test_views(self):
        for login in ("a", "clk", "wh", "fin", "aud", "gm"):
            Objection = self.env["dispatch.objection"].with_user(self.users[login])
            Objection.get_views(
                [(False, kind) for kind in ("search", "list", "kanban", "form", "pivot", "graph")]
            )
            self.env["dispatch.objection.wizard"].with_user(self.users[login]).get_views(
                [(False, "form")]
            )

    def test_queries_of_the_list(self):
        """80 objections cost the list as many queries as one."""
        notices = self.env["dispatch.notice"]
        for _i in range(8):
            notices |= self._ship(1)
        with freeze_time("2026-03-31 04:00:00"):
            for notice in notices:
                self._receipt(notice)
                for _i in range(10):
                    self._as(notice, "a").action_object(
                        {"cause": "quality", "description": "Fails"}
                    )
        objections = notices.objection_ids
        self.assertEqual(len(objections), 80)
        self.assertEqual(self._queries(objections[:1]), self._queries(objections))

    def _queries(self, objections):
        # As a client names them, not as the lines of their notices
        objections = self._as(objections.browse(objections.ids), "clk")
        name = {"fields": {"display_name": {}}}
        spec = {
            "display_name": {},
            "notice_id": name,
            "order_id": name,
            "ship_name": {},
            "user_id": name,
            "due_at": {},
            "is_late": {},
        }
        for _round in range(2):
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            objections.web_read(spec)
            count = self.env.cr.sql_log_count - before
        return count
