# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
import unittest
from datetime import date

from odoo import SUPERUSER_ID, Command, api
from odoo.exceptions import UserError
from odoo.service.model import retrying
from odoo.tests import BaseCase, get_db_name, tagged

from odoo.addons.sales_regulation.tests.customer.test_tier import TierCommon
from odoo.addons.sales_regulation.tests.shipping.test_delivery_note import DeliveryNoteCommon

from .parallel import ParallelWorld


class ServiceWorld(ParallelWorld):
    """Tiers, tickets, letters, work logs and deliveries under one regulation."""

    _settings = classmethod(TierCommon._settings.__func__)
    for _name in ("_confirmed", "_request", "_released", "_with_carrier", "_validate", "_shipped"):
        _step = getattr(DeliveryNoteCommon, _name)
        vars()[_name] = classmethod(getattr(_step, "__func__", _step))
    del _name, _step

    def build(self):
        cls = type(self)
        with self.registry.cursor() as cr:
            cls.env = api.Environment(cr, SUPERUSER_ID, {})
            cls._build_company()
            cls._build_rules()
            cr.commit()
            self.uids = {login: user.id for login, user in cls.users.items()}
            self.uids["public"] = cls.env.ref("base.public_user").id
            self.customer_ids = {code: partner.id for code, partner in cls.customers.items()}
            self.kind_id = cls.env.ref("sales_regulation.ticket_kind_complaint").id

    @classmethod
    def _build_rules(cls):
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
        cls.env["regulation.role.assignment"].create(
            {
                "role_id": cls.roles["ka_manager"].id,
                "company_id": cls.company.id,
                "user_id": cls.users["rm"].id,
                "date_from": date(2020, 1, 1),
            }
        )
        settings = cls._settings()
        report = cls.env.ref("sales_regulation.approval_kind_work_report")
        settings["approval_rule_ids"].append(
            Command.create({"kind_id": report.id, "approver_type": "manager"})
        )
        profile = cls._profile(
            gates=dict.fromkeys(
                ("dispatch_request", "dispatch_notice", "tracking", "ticket_satisfied"), "enforce"
            ),
            report_type_ids=[
                Command.create({"code": "log", "name": "Log", "approval_kind_id": report.id})
            ],
            **settings,
        )
        cls.report_type = profile.report_type_ids.id
        cls.notice = cls._shipped(cls._confirmed(10)).id

    def call(self, login, model, method, *args, **kwargs):
        if login != "public":
            return super().call(login, model, method, *args, **kwargs)
        # A page of the portal: the customer by his link, the server as superuser
        with self.registry.cursor() as cr:
            env = api.Environment(cr, self.uids[login], {}, su=True)
            [ids, *rest] = args
            return retrying(
                lambda: bool(getattr(env[model].browse(ids), method)(*rest, **kwargs)), env
            )


@tagged("post_install", "-at_install")
class TestServiceParallel(BaseCase):
    """What counts for scores and ownership happens once when two people act at one moment."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        source = ServiceWorld.source_of(get_db_name())
        if not source:
            raise unittest.SkipTest("needs a database to copy: run the tests with ./dev test")
        cls.world = ServiceWorld(source)
        cls.addClassCleanup(cls.world.drop)
        cls.world.build()

    def assertOneRefused(self, results):
        refused = [result for result in results if isinstance(result, UserError)]
        self.assertEqual(len(refused), 1, results)

    def answered(self):
        """A ticket of A that Km has answered."""
        ticket = self.world.call(
            "a",
            "sales.ticket",
            "create",
            {
                "kind_id": self.world.kind_id,
                "subject": "Bent pins",
                "partner_id": self.world.customer_ids["xinghai"],
            },
        )
        self.world.call("km", "sales.ticket", "action_answer", [ticket], "Replaced")
        return ticket

    def answers(self, ticket):
        return self.world.rows(
            "SELECT satisfied FROM sales_satisfaction WHERE ticket_id = %s", ticket
        )

    def test_two_hear_the_customer(self):
        ticket = self.answered()
        results = self.world.together(
            ("rm", "sales.ticket", "action_record_satisfaction", [ticket], True, "phone", 90, "Y"),
            ("gm", "sales.ticket", "action_record_satisfaction", [ticket], False, "phone", 10, "N"),
        )
        self.assertOneRefused(results)
        [[satisfied]] = self.answers(ticket)
        [[state, loops]] = self.world.rows(
            "SELECT state, COALESCE(loops, 0) FROM sales_ticket WHERE id = %s", ticket
        )
        self.assertEqual((state, loops), ("closed", 0) if satisfied else ("reopened", 1))

    def test_one_answer_for_a_token(self):
        ticket = self.answered()
        with self.world.registry.cursor() as cr:
            env = api.Environment(cr, SUPERUSER_ID, {})
            document = env["sales.ticket"].browse(ticket)
            rating = document._rating_ask(document.partner_id)
            token = rating.access_token
        results = self.world.together(
            *(("public", "sales.ticket", "rating_apply", ticket, rate, token) for rate in (5, 1))
        )
        self.assertOneRefused(results)
        self.assertEqual(len(self.answers(ticket)), 1)

    def test_answered_and_voided(self):
        ticket = self.answered()
        results = self.world.together(
            ("rm", "sales.ticket", "action_record_satisfaction", [ticket], True, "phone", 90, "Y"),
            ("gm", "sales.ticket", "action_void", [ticket], "By mistake"),
        )
        self.assertOneRefused(results)
        [[state]] = self.world.rows("SELECT state FROM sales_ticket WHERE id = %s", ticket)
        self.assertEqual(len(self.answers(ticket)), 1 if state == "closed" else 0)

    def test_letter_sent_once(self):
        letter = self.world.call(
            "km",
            "sales.customer.letter",
            "create",
            {
                "name": "Your opinion",
                "body": "<p>Please</p>",
                "partner_ids": [(6, 0, list(self.world.customer_ids.values()))],
            },
        )
        results = self.world.together(
            *((login, "sales.customer.letter", "action_send", [letter]) for login in ("km", "rm"))
        )
        self.assertOneRefused(results)
        [[lines]] = self.world.rows(
            "SELECT COUNT(*) FROM sales_customer_letter_line WHERE letter_id = %s", letter
        )
        self.assertEqual(lines, len(self.world.customer_ids))

    def test_report_signed_once(self):
        report = self.world.call(
            "a",
            "work.report",
            "create",
            {"type_id": self.world.report_type, "content": "<p>Called around</p>"},
        )
        self.assertOneRefused(
            self.world.together(*(2 * [("a", "work.report", "action_hand_in", [report])]))
        )
        approvals = self.world.rows(
            "SELECT id FROM regulation_approval WHERE res_model = 'work.report' AND res_id = %s",
            report,
        )
        self.assertEqual(len(approvals), 1)
        [approval] = approvals[0]
        self.assertOneRefused(
            self.world.together(
                ("km", "regulation.approval", "action_approve", [approval], "Good"),
                ("a", "regulation.approval", "action_withdraw", [approval]),
            )
        )
        [[state, signed]] = self.world.rows(
            "SELECT state, answered_by_id FROM work_report WHERE id = %s", report
        )
        self.assertEqual(state == "answered", bool(signed))

    def sheet(self, points):
        """A sheet of Xinghai by A, submitted: its approval."""
        sheet = self.world.call(
            "a",
            "ka.tier.score",
            "create",
            {"partner_id": self.world.customer_ids["xinghai"]},
        )
        lines = [
            row[0]
            for row in self.world.rows("SELECT id FROM ka_tier_score_line WHERE score_id = %s", sheet)
        ]
        self.world.call("a", "ka.tier.score.line", "write", lines, {"points": points})
        self.world.call("a", "ka.tier.score", "action_submit", [sheet])
        [[approval]] = self.world.rows(
            "SELECT id FROM regulation_approval WHERE res_model = 'ka.tier.score' AND res_id = %s",
            sheet,
        )
        return approval

    def test_one_tier_at_a_time(self):
        high, low = self.sheet(90), self.sheet(65)
        results = self.world.together(
            *(("km", "regulation.approval", "action_approve", [one], "Yes") for one in (high, low))
        )
        self.assertFalse([result for result in results if isinstance(result, UserError)])
        rows = self.world.rows(
            "SELECT tier_id, previous_tier_id, date_to FROM ka_tier_assignment"
            " WHERE partner_id = %s ORDER BY id",
            self.world.customer_ids["xinghai"],
        )
        self.assertEqual(len(rows), 2)
        # The second knows the first and has ended it
        self.assertEqual(rows[1][1], rows[0][0])
        self.assertEqual([bool(row[2]) for row in rows], [True, False])

    def test_delivery_accepted_once(self):
        values = {"kind": "receipt", "receiver_name": "Lin Hai"}
        notice = self.world.notice
        results = self.world.together(
            ("clk", "dispatch.notice", "action_record_receipt", [notice], values),
            (
                "clk",
                "dispatch.notice",
                "action_record_receipt",
                [notice],
                {**values, "acceptance": "refused", "note": "Wet"},
            ),
        )
        self.assertOneRefused(results)
        [[receipts, objections]] = self.world.rows(
            "SELECT (SELECT COUNT(*) FROM dispatch_receipt WHERE notice_id = %s),"
            " (SELECT COUNT(*) FROM dispatch_objection WHERE notice_id = %s)",
            notice,
            notice,
        )
        [[acceptance]] = self.world.rows(
            "SELECT acceptance FROM dispatch_notice WHERE id = %s", notice
        )
        self.assertEqual((receipts, objections), (1, 1 if acceptance == "refused" else 0))
