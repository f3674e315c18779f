# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, tagged

from ..common import RegulationCommon


@tagged("post_install", "-at_install")
class TestCreditRequest(RegulationCommon):
    """S4-262, S4-263: the regional manager assesses, the general manager approves."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.nanfeng = cls.customers["nanfeng"]
        cls.nanfeng.credit_limit = 200_000
        cls.nanfeng.user_id = cls.users["a"]
        cls.kind = cls.env.ref("sales_regulation.approval_kind_credit_limit")
        cls.profile = cls._profile(
            gates={"credit": "enforce"}, credit_limit_by_request=True, publish=False
        )
        cls.env["regulation.approval.rule"].create(
            [
                {
                    "profile_id": cls.profile.id,
                    "kind_id": cls.kind.id,
                    "sequence": 10,
                    "approver_type": "role",
                    "role_id": cls.roles["finance"].id,
                },
                {
                    "profile_id": cls.profile.id,
                    "kind_id": cls.kind.id,
                    "sequence": 20,
                    "approver_type": "role",
                    "role_id": cls.roles["general_manager"].id,
                    "min_amount": 250_000,
                },
            ]
        )
        cls.profile.with_user(cls.users["gm"])._publish("active")

    def _request(self, login="a", **values):
        return (
            self.env["sale.credit.request"]
            .with_user(self.users[login])
            .create(
                {
                    "partner_id": self.nanfeng.id,
                    "rating": "b",
                    "importance": "general",
                    "proposed_limit": 300_000,
                    "reason": "Paid on time for two years",
                    **values,
                }
            )
        )

    def test_two_steps_and_the_engine_applies(self):
        request = self._request(valid_until="2099-12-31")
        self.assertRegex(request.name, r"^CR/")
        request.action_submit()
        self.assertEqual(request.state, "submitted")
        self.assertEqual(request.limit_before, 200_000)
        approval = request.sudo().approval_ids
        self.assertEqual(self.nanfeng.credit_limit, 200_000)
        with self.assertRaises(AccessError), self.cr.savepoint():
            self._as(approval, "a").action_approve()
        self._as(approval, "fin").action_approve()
        self.assertEqual(self.nanfeng.credit_limit, 200_000, "the general manager is missing")
        self._as(approval, "gm").action_approve()
        self.assertEqual(request.state, "applied")
        self.assertEqual(self.nanfeng.credit_limit, 300_000)
        self.assertEqual(self.nanfeng.regulation_credit_rating, "b")
        self.assertEqual(str(self.nanfeng.regulation_credit_valid_until), "2099-12-31")

    def test_small_limits_need_finance_only_and_replace_the_former(self):
        first = self._request(proposed_limit=210_000)
        second = self._request(proposed_limit=220_000)
        for request in first + second:
            request.action_submit()
            self._as(request.sudo().approval_ids, "fin").action_approve()
        self.assertEqual((first.state, second.state), ("replaced", "applied"))
        self.assertEqual(self.nanfeng.credit_limit, 220_000)

    def test_returned_refused_withdrawn(self):
        request = self._request()
        request.action_submit()
        with self.assertRaises(UserError), self.cr.savepoint():
            request.proposed_limit = 1
        self._as(request.sudo().approval_ids, "fin").action_return("Too much")
        self.assertEqual(request.state, "draft")
        request.proposed_limit = 240_000
        request.action_submit()
        self._as(request.sudo().approval_ids[0], "fin").action_refuse("No")
        self.assertEqual(request.state, "refused")
        self.assertEqual(self.nanfeng.credit_limit, 200_000)
        with self.assertRaises(UserError), self.cr.savepoint():
            request.unlink()

    def test_zero_ends_the_credit(self):
        request = self._request(proposed_limit=0)
        request.action_submit()
        self._as(request.sudo().approval_ids, "fin").action_approve()
        order = self._order(customer="nanfeng", quantity=1)
        with self.assertRaisesRegex(UserError, "ended on"), self.cr.savepoint():
            order.action_confirm()

    def test_nobody_forges(self):
        request = self._request()
        for values in (
            {"state": "applied"},
            {"applied_at": "2026-01-01 00:00:00"},
            {"user_id": self.users["b"].id},
            {"limit_before": 1},
        ):
            for login in ("a", "fin", "gm", "adm"):
                with self.assertRaises(AccessError), self.cr.savepoint():
                    self._as(request, login).write(values)
        with self.assertRaises(AccessError), self.cr.savepoint():
            self._request(state="applied")
        with self.assertRaises(UserError), self.cr.savepoint():
            self._request(login="fin").with_context(kind="credit_limit").action_request_approval(
                "credit_limit", "past the button"
            )
        request.action_submit()
        with self.assertRaises(UserError), self.cr.savepoint():
            request.sudo().write({"company_id": self.env.ref("base.main_company").id})
        self.assertEqual(self.nanfeng.credit_limit, 200_000)

    def test_who_sees_it(self):
        request = self._request()
        Requests = self.env["sale.credit.request"]
        for login, seen in (("a", 1), ("b", 0), ("km", 1), ("fin", 1), ("aud", 1), ("t", 0)):
            self.assertEqual(
                self._as(Requests, login).search_count([("id", "=", request.id)]), seen, login
            )
        with self.assertRaises(AccessError), self.cr.savepoint():
            self._as(request, "aud").write({"reason": "x"})

    def test_storyline_37(self):
        """Open 150,000 of 200,000; an order of 60,000.00 with VAT exceeds by 10,000."""
        self.env["account.move"].create(
            {
                "move_type": "out_invoice",
                "partner_id": self.nanfeng.id,
                "invoice_line_ids": [
                    Command.create({"name": "Old", "price_unit": 150_000, "tax_ids": False})
                ],
            }
        ).action_post()
        order = self._order(customer="nanfeng", quantity=1, price=53_097.345)
        self.assertEqual(order.amount_total, 60_000.00)
        with self.assertRaisesRegex(UserError, "10,000.00"), self.cr.savepoint():
            order.action_confirm()
        for state in ({"state": "sale"}, {"state": "sale", "locked": True}):
            with self.assertRaises(UserError), self.cr.savepoint():
                order.write(state)
        order.order_line.price_unit = 44_247.78
        order.action_confirm()
        self.assertEqual(order.state, "sale")

    def test_the_customer_page_and_the_report(self):
        with Form(self._as(self.nanfeng, "fin")) as form:
            self.assertEqual(form.regulation_credit_limit, 200_000)
            self.assertEqual(form.regulation_credit_left, 200_000)
        with Form(self._as(self.nanfeng, "a")) as form:
            self.assertNotIn("regulation_credit_limit", form._view["fields"])
        invoice = self.env["account.move"].create(
            {
                "move_type": "out_invoice",
                "partner_id": self.nanfeng.id,
                "invoice_date": "2020-01-01",
                "invoice_date_due": "2020-01-31",
                "invoice_line_ids": [
                    Command.create({"name": "Old", "price_unit": 500, "tax_ids": False})
                ],
            }
        )
        invoice.action_post()
        self.nanfeng.invalidate_recordset()
        page = self._as(self.nanfeng, "fin").read(
            ["regulation_overdue_more", "regulation_overdue_30", "regulation_credit_used"]
        )[0]
        self.assertEqual((page["regulation_overdue_more"], page["regulation_overdue_30"]), (500, 0))
        self.assertEqual(page["regulation_credit_used"], 500)
        Report = self._as(self.env["sale.receivable.report"], "km")
        row = Report.search([("move_id", "=", invoice.id)])
        self.assertEqual((row.bucket, row.amount), ("4", 500))
        with self.assertRaises(AccessError), self.cr.savepoint():
            self._as(self.env["sale.receivable.report"], "a").search([])
        groups = Report.formatted_read_group(
            [("move_id", "=", invoice.id)], ["bucket"], ["amount:sum"]
        )
        self.assertEqual(groups[0]["amount:sum"], 500)

    def test_same_queries_for_one_and_many_in_the_list(self):
        partners = self.env["res.partner"].create(
            [{"name": f"C{number}", "is_company": True} for number in range(30)]
        )
        for partner in partners:
            self._request(partner_id=partner.id, login="fin")
        Requests = self._as(self.env["sale.credit.request"], "fin")
        spec = {"partner_id": {"fields": {"display_name": {}}}, "exposure": {}, "overdue": {}}
        counts = []
        for limit in (1, 5, 30):
            Requests.env.invalidate_all()
            before = self.cr.sql_log_count
            Requests.web_search_read([], spec, limit=limit)
            counts.append(self.cr.sql_log_count - before)
        self.assertEqual(counts[1], counts[2], counts)
