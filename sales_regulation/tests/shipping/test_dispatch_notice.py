# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from datetime import date

from freezegun import freeze_time

from odoo import Command, fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, tagged

from .common import DispatchCommon

at = fields.Datetime.to_datetime


@tagged("post_install", "-at_install")
class TestDispatchNotice(DispatchCommon):
    """C28: from the request to the released notice."""

    def test_request_without_phone(self):
        """Storyline 29: an address without phone is refused, naming the phone."""
        self.customers["xinghai"].phone = False
        notice = self._request(self._confirmed(10))
        with self.assertRefused("phone number is missing"):
            notice.action_submit()
        self.assertEqual(notice.state, "draft")
        self.assertIn("phone number is missing", str(notice.regulation_notice))
        self.customers["xinghai"].phone = "0755 1111 0001"
        notice.action_submit()
        self.assertEqual(notice.state, "submitted")

    def test_snapshot_without_dossier(self):
        """Storyline 29: the warehouse reads the snapshot; the dossier may change or be closed."""
        notice = self._released(self._confirmed(10))
        self.customers["xinghai"].write({"street": "9 Other Road", "phone": "1"})
        self.env["ir.model.access"].search([("model_id.model", "=", "res.partner")]).active = False
        self.env["ir.rule"].create(
            {
                "name": "closed",
                "model_id": self.env["ir.model"]._get_id("res.partner"),
                "domain_force": f"[('id', '!=', {self.customers['xinghai'].id})]",
            }
        )
        seen = self._as(notice, "wh")
        seen.invalidate_recordset()
        self.assertEqual(seen.ship_name, "Xinghai Electronics")
        self.assertEqual(seen.ship_phone, "0755 1111 0001")
        self.assertIn("1 Harbour Road", seen.ship_address)
        html = (
            self.env["ir.actions.report"]
            .with_user(self.users["wh"])
            ._render_qweb_html("sales_regulation.report_dispatch_notice", notice.ids)[0]
        )
        self.assertIn("1 Harbour Road", html.decode())

    def test_whole_way(self):
        """Each step by its role; number, stamps and hours."""
        order = self._confirmed(10)
        with freeze_time("2026-03-18 01:00:00"):
            notice = self._request(order)
            notice.action_submit()
        with freeze_time("2026-03-18 03:00:00"):
            self._as(notice, "clk").action_verify()
            self._as(notice, "clk").action_check()
            self._as(notice, "clk").action_issue()
        with freeze_time("2026-03-19 03:00:00"):
            self._as(notice, "fin").action_check_papers()
            self._as(notice, "fin").action_release()
        self.assertEqual(notice.state, "released")
        self.assertTrue(notice.name.startswith("DN/"))
        self.assertEqual(notice.picking_id, order.picking_ids)
        self.assertRecordValues(
            notice.sudo(),
            [
                {
                    "submitted_by_id": self.users["a"].id,
                    "submitted_at": at("2026-03-18 01:00:00"),
                    "verified_by_id": self.users["clk"].id,
                    "checked_by_id": self.users["clk"].id,
                    "issued_by_id": self.users["clk"].id,
                    "finance_by_id": self.users["fin"].id,
                    "released_by_id": self.users["fin"].id,
                    "released_at": at("2026-03-19 03:00:00"),
                }
            ],
        )
        hours = {step.step: step.hours for step in notice.step_ids}
        self.assertEqual(hours["verified"], 2.0)
        self.assertEqual(hours["finance"], 24.0)

    def test_wrong_roles(self):
        """Only the role named by the profile takes a step, in the company of the notice."""
        notice = self._request(self._confirmed(10))
        notice.action_submit()
        steps = [
            ("action_verify", "clk", ("a", "wh", "fin", "gm")),
            ("action_check", "clk", ("a", "wh", "fin", "km")),
            ("action_issue", "clk", ("a", "wh", "fin", "km")),
            ("action_check_papers", "fin", ("a", "clk", "wh")),
            ("action_release", "fin", ("a", "clk", "wh")),
        ]
        for action, right, wrong in steps:
            for login in wrong:
                with self.assertRaises(AccessError, msg=f"{login} {action}"), self.cr.savepoint():
                    getattr(self._as(notice, login), action)()
            getattr(self._as(notice, right), action)()
        with self.assertRaises(UserError):
            self._as(notice, "fin").action_release()

    def test_role_ends(self):
        """A role is dated: yesterday's clerk issues nothing."""
        notice = self._request(self._confirmed(10))
        notice.action_submit()
        self.env["regulation.role.assignment"].search(
            [("user_id", "=", self.users["clk"].id)]
        ).date_to = date(2020, 12, 31)
        with self.assertRaises(AccessError):
            self._as(notice, "clk").action_verify()

    def test_sealed(self):
        """Nobody writes a step, a stamp, the number or the snapshot."""
        notice = self._released(self._confirmed(10))
        for login in ("a", "clk", "wh", "fin"):
            for values in (
                {"state": "received"},
                {"name": "DN/1"},
                {"issued_at": "2026-01-01 00:00:00"},
                {"ship_phone": "1"},
                {"ship_address": "elsewhere"},
                {"picking_id": False},
                {"tracking_ref": "X"},
                {"signed_on": date(2026, 1, 1)},
            ):
                with self.assertRaises(AccessError), self.cr.savepoint():
                    self._as(notice, login).write(values)
            with self.assertRaises(AccessError), self.cr.savepoint():
                self._as(notice, login).with_context(regulation_engine=True).write(
                    {"state": "received"}
                )
        with self.assertRaises(AccessError), self.cr.savepoint():
            notice.step_ids[:1].sudo().write({"hours": 0})
        with self.assertRaises(AccessError), self.cr.savepoint():
            notice.step_ids[:1].sudo().unlink()
        with self.assertRaises(AccessError), self.cr.savepoint():
            self.env["dispatch.notice.step"].create({"notice_id": notice.id, "step": "released"})

    def test_create_with_state(self):
        order = self._confirmed(10)
        Notice = self.env["dispatch.notice"].with_user(self.users["a"])
        for values in (
            {"state": "released"},
            {"name": "DN/9"},
            {"issued_at": "2026-01-01 00:00:00"},
        ):
            with self.assertRaises(AccessError), self.cr.savepoint():
                Notice.create({"order_id": order.id, **values})
        notice = Notice.with_context(default_state="released").create({"order_id": order.id})
        self.assertEqual(notice.state, "draft")

    def test_content_fixed(self):
        """What was submitted is what is checked, issued and shipped."""
        notice = self._request(self._confirmed(10))
        notice.action_submit()
        for values in (
            {"partner_shipping_id": self.customers["beihe"].id},
            {"line_ids": [Command.update(notice.line_ids.id, {"quantity": 1})]},
            {"line_ids": [Command.clear()]},
            {"special_demand": "other"},
            {"order_id": self._confirmed(1).id},
        ):
            with self.assertRaises(UserError), self.cr.savepoint():
                notice.write(values)
        with self.assertRaises(UserError), self.cr.savepoint():
            notice.line_ids.write({"quantity": 1})
        with self.assertRaises(UserError), self.cr.savepoint():
            notice.line_ids.copy({"quantity": 99})
        with self.assertRaises(UserError), self.cr.savepoint():
            notice.unlink()

    def test_send_back(self):
        notice = self._request(self._confirmed(10))
        notice.action_submit()
        with self.assertRaises(UserError):
            self._as(notice, "clk").action_return("  ")
        self._as(notice, "clk").action_return("Labels are missing")
        self.assertEqual((notice.state, notice.submitted_at), ("draft", False))
        self.assertEqual(notice.activity_ids.user_id, self.users["a"])
        notice.line_ids.write({"labels": "HX, 2 per box"})
        notice.action_submit()
        self.assertEqual(notice.state, "submitted")
        with self.assertRaises(UserError):
            notice.unlink()

    def test_copy_is_a_new_request(self):
        notice = self._released(self._confirmed(10))
        copy = notice.copy()
        self.assertRecordValues(
            copy, [{"state": "draft", "name": False, "issued_at": False, "ship_phone": False}]
        )
        self.assertEqual(copy.line_ids.quantity, 10)
        with self.assertRefused("left of the order"):
            copy.action_submit()

    def test_more_than_ordered(self):
        notice = self._request(self._confirmed(10))
        notice.line_ids.quantity = 11
        with self.assertRefused("11 named, only 10 left"):
            notice.action_submit()

    def test_a_request_in_a_colleagues_name(self):
        """It is the request of both: neither checks it (the name is the client's word)."""
        colleague = self.users["pln"]
        for login in ("clk", "pln"):
            self.env["regulation.role.assignment"].create(
                {
                    "role_id": self.roles["sales_clerk"].id,
                    "company_id": self.company.id,
                    "user_id": self.users[login].id,
                }
            )
        order = self._confirmed()
        notice = self._request(order, "clk", applicant_id=self.users["a"].id)
        notice.action_submit()
        self.assertEqual(notice.submitted_by_id, self.users["clk"])
        notice.action_verify()
        with self.assertRefused("your own request", AccessError):
            notice.action_check()
        self.assertFalse(
            self.env["regulation.register"].search_count(
                [("event", "=", "self_decided"), ("res_id", "=", notice.id)]
            )
        )
        notice.with_user(colleague).action_check()
        self.assertEqual((notice.state, notice.checked_by_id), ("checked", colleague))
        # Written by him and handed in by another one
        notice = self._request(self._confirmed(), "clk", applicant_id=self.users["a"].id)
        self._as(notice, "a").action_submit()
        notice.action_verify()
        with self.assertRefused("your own request", AccessError):
            notice.action_check()

    def test_own_request(self):
        """The clerk does not check what he asked for himself, unless nobody else can."""
        order = self._confirmed(10)
        self.env["regulation.role.assignment"].create(
            {
                "role_id": self.roles["sales_clerk"].id,
                "company_id": self.company.id,
                "user_id": self.users["pln"].id,
                "date_from": date(2020, 1, 1),
            }
        )
        notice = self._request(order, "clk")
        notice.action_submit()
        notice.action_verify()
        with self.assertRefused("your own request", AccessError):
            notice.action_check()
        self._as(notice, "pln").action_check()

    def test_one_document(self):
        """Request and notice are one: the issuing role writes it in one step (P2)."""
        self.profile.with_user(self.users["gm"]).action_retire()
        self._dispatch_profile(
            dispatch_request_separate=False,
            dispatch_finance_check=False,
            dispatch_issue_role_ids=[Command.set(self.roles["sales_rep"].ids)],
            dispatch_release_role_ids=[Command.clear()],
        )
        notice = self._request(self._confirmed(10))
        with self.assertRaises(AccessError):
            self._as(notice, "clk").action_issue()
        notice.action_issue()
        self.assertEqual(notice.state, "released")
        self.assertTrue(notice.name)
        self.assertTrue(notice.ship_address)

    def test_foreign_order(self):
        """A rep gets no address through a notice on a colleague's order."""
        order = self._confirmed(10, login="b")
        with self.assertRaises(AccessError):
            self.env["dispatch.notice"].with_user(self.users["a"]).create({"order_id": order.id})
        with self.assertRaises(AccessError):
            self.env["dispatch.notice"].with_user(self.users["a"]).with_context(
                default_order_id=order.id
            ).create({})
        with self.assertRaises(AccessError):
            self.env["dispatch.notice"].with_user(self.users["a"]).onchange(
                {"order_id": order.id}, ["order_id"], {"order_id": {}, "line_ids": {}}
            )
        notice = self._request(order, "b")
        self.assertFalse(
            self.env["dispatch.notice"].with_user(self.users["a"]).search([("id", "=", notice.id)])
        )

    def test_who_sees_addresses(self):
        """Clerk, warehouse and finance read the address; whoever has no part in it does not."""
        notice = self._released(self._confirmed(1))
        domain = [("id", "=", notice.id)]
        Notice = self.env["dispatch.notice"]
        for login in ("a", "clk", "wh", "fin", "km", "aud"):
            self.assertTrue(Notice.with_user(self.users[login]).search(domain), login)
        for login in ("b", "t", "hr", "leg"):
            self.assertFalse(Notice.with_user(self.users[login]).search(domain), login)
            with self.assertRefused("", AccessError):
                self._as(notice, login).read(["ship_phone"])

    def test_order_cancelled(self):
        order = self._confirmed(10)
        notice = self._released(order)
        order.sudo()._action_cancel()
        self.assertEqual(notice.state, "cancelled")

    def test_two_companies(self):
        """Numbers per company; a clerk of one company is nobody in the other."""
        other = self.env["res.company"].create({"name": "Other", "currency_id": self.cny.id})
        notice = self._released(self._confirmed(1))
        notice2 = self._released(self._confirmed(1))
        self.assertNotEqual(notice.name, notice2.name)
        ranges = self.env["ir.sequence"].search([("code", "=", "dispatch.notice")])
        self.assertEqual(
            ranges.filtered(lambda r: r.company_id == self.company).mapped("code"),
            ["dispatch.notice"],
        )
        self.users["clk"].company_ids |= other
        self.assertFalse(
            self.env["dispatch.notice"]
            .with_user(self.users["clk"])
            .with_context(allowed_company_ids=[other.id])
            .search([])
        )
        moved = self._request(self._confirmed(1))
        with self.assertRaises(UserError), self.cr.savepoint():
            moved.sudo().company_id = other

    def test_queries_of_the_list(self):
        """1 and 80 notices cost the warehouse the same number of queries."""
        notices = self.env["dispatch.notice"]
        for _i in range(80):
            notices |= self._request(self._confirmed(1))
        notices.action_submit()
        self.assertEqual(self._list_queries(notices[:1]), self._list_queries(notices))

    def _list_queries(self, notices):
        spec = {
            name: {}
            for name in (
                "display_name",
                "ship_name",
                "planned_ship_at",
                "tracking_ref",
                "state",
                "copy_open_days",
                "regulation_held",
            )
        }
        spec.update({"order_id": {"fields": {"display_name": {}}}})
        spec.update(
            {"line_ids": {"fields": {"display_name": {}, "shipped_qty": {}, "lot_names": {}}}}
        )
        notices = self._as(notices, "wh")
        for _round in range(2):
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            notices.web_read(spec)
            count = self.env.cr.sql_log_count - before
        return count

    def test_checklists(self):
        """Finance ticks the papers before they are checked."""
        self.profile.with_user(self.users["gm"]).action_retire()
        profile = self._dispatch_profile(publish=False)
        for kind, code, role in (
            ("dispatch_papers", "contract", "finance"),
            ("packaging", "packing", "warehouse"),
        ):
            self.env["regulation.checklist.item"].create(
                {
                    "profile_id": profile.id,
                    "kind": kind,
                    "code": code,
                    "name": f"{code} seen",
                    "role_id": self.roles[role].id,
                }
            )
        self.env["regulation.profile.gate"].create(
            {
                "profile_id": profile.id,
                "gate_id": self.env.ref("sales_regulation.gate_packaging").id,
                "mode": "enforce",
            }
        )
        self._as(profile, "gm")._publish("active")
        order = self._confirmed(10)
        notice = self._request(order)
        notice.action_submit()
        clerk, finance, keeper = (self._as(notice, login) for login in ("clk", "fin", "wh"))
        clerk.action_verify()
        clerk.action_check()
        clerk.action_issue()
        with self.assertRefused("contract seen"):
            finance.action_check_papers()
        item = notice.sudo().checklist_display_ids
        with self.assertRefused("Finance", AccessError):
            clerk.action_tick(item.id)
        finance.action_tick(item.id)
        finance.action_check_papers()
        finance.action_release()
        picking = self._with_carrier(order.picking_ids)
        with self.assertRefused("packing seen"):
            self._validate(picking)
        notice.invalidate_recordset()
        keeper.action_tick(notice.sudo().checklist_display_ids.id)
        self._validate(picking)
        self.assertEqual(notice.state, "shipped")

    def test_quick_entry(self):
        """By phone: the clerk names order, applicant and channel; the goods are filled in."""
        order = self._confirmed(7)
        notice = (
            self.env["dispatch.notice"]
            .with_user(self.users["clk"])
            .create(
                {
                    "order_id": order.id,
                    "applicant_id": self.users["a"].id,
                    "channel": "phone",
                    "requested_arrival_at": "2026-03-23 09:00:00",
                }
            )
        )
        self.assertEqual(notice.line_ids.quantity, 7)
        notice.action_submit()
        self.assertEqual(notice.submitted_by_id, self.users["clk"])
        notice.action_verify()
        notice.action_check()
        with Form(self.env["dispatch.notice"].with_user(self.users["a"])) as form:
            form.order_id = self._confirmed(3)
            self.assertEqual(len(form.line_ids), 1)

    def test_views(self):
        """Every role opens every view of the dispatch."""
        for login in ("a", "clk", "wh", "fin", "aud", "gm"):
            for model in ("dispatch.notice", "dispatch.notice.step", "dispatch.ledger"):
                Model = self.env[model].with_user(self.users[login])
                kinds = ["search", "list", "kanban", "pivot", "graph"]
                Model.get_views([(False, kind) for kind in kinds])
            for model in (
                "dispatch.notice",
                "dispatch.reason.wizard",
                "dispatch.receipt.wizard",
            ):
                self.env[model].with_user(self.users[login]).get_views([(False, "form")])

    def test_role_of_another_company(self):
        """A clerk of a sister company takes no step here, though he may look in."""
        other = self.env["res.company"].create({"name": "Sister", "currency_id": self.cny.id})
        stranger = self.users["pln"]
        stranger.company_ids |= other
        self.env["regulation.role.assignment"].create(
            {
                "role_id": self.roles["sales_clerk"].id,
                "company_id": other.id,
                "user_id": stranger.id,
                "date_from": date(2020, 1, 1),
            }
        )
        notice = self._request(self._confirmed(1))
        notice.action_submit()
        with self.assertRefused("CLK Wu", AccessError):
            self._as(notice, "pln").with_context(
                allowed_company_ids=[other.id, self.company.id]
            ).action_verify()

    def test_printed_in_chinese(self):
        """The print names a Chinese font of the reader's script."""
        notice = self._released(self._confirmed(1))
        self.env["res.lang"]._activate_lang("zh_TW")
        self.env["res.lang"]._activate_lang("zh_CN")
        for lang, font in (("zh_CN", "Noto Sans CJK SC"), ("zh_TW", "Noto Sans CJK TC")):
            self.users["wh"].lang = lang
            html = (
                self.env["ir.actions.report"]
                .with_user(self.users["wh"])
                .with_context(lang=lang)
                ._render_qweb_html("sales_regulation.report_dispatch_notice", notice.ids)[0]
            )
            self.assertIn(font, html.decode())
            self.assertIn(notice.name, html.decode())

    def test_clocks_and_tasks(self):
        """The clerk has one working day to check; her task appears after the commit."""
        self.profile.with_user(self.users["gm"]).action_retire()
        profile = self._dispatch_profile(publish=False)
        for code in ("dispatch_check", "dispatch_ship"):
            self.env["regulation.deadline.rule"].create(
                {
                    "profile_id": profile.id,
                    "code": code,
                    "name": code,
                    "unit": "working_days",
                    "value": 1,
                }
            )
        self.env["regulation.handover.rule"].create(
            {
                "profile_id": profile.id,
                "event": "dispatch_submitted",
                "role_id": self.roles["sales_clerk"].id,
                "summary": "Check the shipping request",
            }
        )
        self._as(profile, "gm")._publish("active")
        order = self._confirmed(10)
        with freeze_time("2026-03-18 02:00:00"):
            notice = self._request(order)
            notice.action_submit()
        clock = self.env["regulation.deadline"].search(
            [("res_model", "=", "dispatch.notice"), ("res_id", "=", notice.id)]
        )
        # The next working day in Shanghai, until 18:00
        self.assertEqual(clock.due_at, at("2026-03-19 10:00:00"))
        self.assertEqual(clock.user_id, self.users["clk"])
        task = self.env["regulation.handover"].search(
            [("res_model", "=", "dispatch.notice"), ("res_id", "=", notice.id)]
        )
        self.assertEqual(task.mapped("event"), ["dispatch_submitted"])
        with freeze_time("2026-03-19 02:00:00"):
            self._as(notice, "clk").action_verify()
            self._as(notice, "clk").action_check()
        self.assertEqual(clock.state, "kept")
        with freeze_time("2026-03-19 03:00:00"):
            self._as(notice, "clk").action_issue()
            self._as(notice, "fin").action_check_papers()
            self._as(notice, "fin").action_release()
        clock = self.env["regulation.deadline"].search(
            [("code", "=", "dispatch_ship"), ("res_id", "=", notice.id)]
        )
        self.assertEqual((clock.state, clock.user_id), ("open", self.users["wh"]))
        with freeze_time("2026-03-24 03:00:00"):
            self._validate(self._with_carrier(order.picking_ids))
            self.assertTrue(notice.sudo().hand_over_due)
            self._commit_and_follow("ir_cron_deadline_settle", "ir_cron_dispatch_feedback")
        self.assertFalse(notice.sudo().hand_over_due)
        self.assertEqual((clock.state, clock.done_by_id), ("breached", self.users["wh"]))
        self.assertEqual(clock.done_at, at("2026-03-24 03:00:00"))
