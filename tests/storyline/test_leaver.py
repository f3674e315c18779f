# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
import unittest
from datetime import date

from odoo.tests import tagged

from odoo.addons.sales_regulation.tests.common import SCAN

from .common import StorylineCase
from .rpc import RpcError


@tagged("post_install", "-at_install")
class TestLeaver(StorylineCase):
    """T leaves on 04-10 (C57, S4-050, S4-051)."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        if "confidentiality.checkout" not in cls.env:
            raise unittest.SkipTest("sales_confidentiality is not installed")
        # Odoo's departure wizard reads contracts, which are theirs
        cls.users["hr"].group_ids |= cls.env.ref("hr.group_hr_manager")
        cls.owned = cls.env["res.partner"].create(
            [
                {
                    "name": f"Customer {number} of T",
                    "is_company": True,
                    "company_id": cls.company.id,
                    "user_id": cls.users["t"].id,
                }
                for number in range(12)
            ]
        )
        cls.env.flush_all()

    def setUp(self):
        super().setUp()
        self.at("2026-04-10 09:00")

    def owned_by_t(self):
        return self.env["res.partner"].search_count([("user_id", "=", self.users["t"].id)])

    def depart(self, who="HR"):
        """The departure wizard, as the button of the employee opens it."""
        context = {"active_ids": self.employees["t"].ids, "employee_termination": True}
        person = self.person(who)
        wizard = person.call(
            "hr.departure.wizard",
            "create",
            vals_list=[{"departure_date": "2026-04-10", "remove_related_user": False}],
            context=context,
        )
        person.call("hr.departure.wizard", "action_register_departure", wizard, context=context)

    def item(self, checkout, code):
        items = checkout._checklist_items("checkout")[checkout.id]
        return items.filtered(lambda one: one.code == code).id

    def test_leaver(self):
        with self.HR.refused("There is no check-out", "S4-050"):
            self.depart()
        checkout = self.env["confidentiality.checkout"].browse(
            self.HR.create(
                "confidentiality.checkout",
                employee_id=self.employees["t"].id,
                successor_id=self.users["b"].id,
                leaving_on="2026-04-10",
            )
        )
        self.assertEqual(checkout.user_id, self.users["t"])
        self.assertEqual(self.owned_by_t(), 12)
        with self.T.refused(error="AccessError"):
            self.T.call("confidentiality.checkout", "action_hand_over", checkout.ids)
        self.HR.call("confidentiality.checkout", "action_hand_over", checkout.ids)
        self.assertEqual(self.owned_by_t(), 0)
        rows = self.env["customer.registration"].search(
            [("partner_id", "in", self.owned.ids), ("state", "=", "active")]
        )
        self.assertEqual((len(rows), set(rows.mapped("how"))), (12, {"leaver"}))
        self.assertEqual(rows.user_id, self.users["b"])

        # Laptop and statement are open: he does not leave, whichever way
        self.HR.call(
            "confidentiality.checkout",
            "action_tick",
            checkout.ids,
            item_id=self.item(checkout, "checkout_papers"),
        )
        with self.HR.refused("Laptop and other devices", "statement", "HR He"):
            self.depart()
        with self.HR.refused("Laptop and other devices"):
            self.HR.write("hr.employee", self.employees["t"].ids, active=False)
        with self.HR.refused("Laptop and other devices"):
            self.HR.write("hr.employee", self.employees["t"].ids, departure_date="2026-04-10")
        self.assertTrue(self.events("blocked", checkout, gate="leaver_checkout"))

        with self.HR.refused(error="AccessError"):
            self.HR.call("confidentiality.checkout", "action_sign_statement", checkout.ids)
        self.T.call("confidentiality.checkout", "action_sign_statement", checkout.ids)
        self.assertEqual(checkout.statement_signed_on, date(2026, 4, 10))
        with self.T.refused():
            self.T.call(
                "confidentiality.checkout",
                "action_tick",
                checkout.ids,
                item_id=self.item(checkout, "checkout_devices"),
            )
        self.HR.call(
            "confidentiality.checkout",
            "action_tick",
            checkout.ids,
            item_id=self.item(checkout, "checkout_devices"),
        )
        with self.HR.refused("Sessions, API keys and links"):
            self.depart()

        # His sessions and keys end, at his next request
        self.assertEqual(self.T.count("confidentiality.checkout"), 1)
        session = self.users["t"]._compute_session_token("t" * 84)
        self.HR.call("confidentiality.checkout", "action_end_access", checkout.ids)
        with self.assertRaises(RpcError) as refused:
            self.T.count("confidentiality.checkout")
        self.assertEqual(refused.exception.status, 401)
        self.env.registry.clear_cache()
        self.assertNotEqual(self.users["t"]._compute_session_token("t" * 84), session)

        self.depart()
        self.assertFalse(self.employees["t"].active)
        self.assertEqual(checkout.state, "left")
        self.assertEqual(self.events("leaver_left", checkout).subject_id, self.users["t"])

    def test_stolen_laptop(self):
        """HR lets him go without it, with a reason that stays on record; KM cannot."""
        checkout = self.env["confidentiality.checkout"].browse(
            self.HR.create(
                "confidentiality.checkout",
                employee_id=self.employees["t"].id,
                successor_id=self.users["b"].id,
            )
        )
        release = self.HR.create(
            "regulation.release",
            gate_id=self.env.ref("sales_confidentiality.gate_leaver_checkout").id,
            res_model=checkout._name,
            res_id=checkout.id,
            reason="Stolen, reported to the police",
        )
        with self.KM.refused():
            self.KM.call("regulation.release", "action_grant", release)
        self.HR.call("regulation.release", "action_grant", release)
        self.depart()
        self.assertFalse(self.employees["t"].active)
        self.assertTrue(self.events("released", checkout, gate="leaver_checkout"))

    def test_paper(self):
        """Who does not come back signs on paper, HR keeps the scan (S4-051)."""
        checkout = self.HR.create(
            "confidentiality.checkout", employee_id=self.employees["t"].id
        )
        with self.T.refused(error="AccessError"):
            self.T.call(
                "confidentiality.checkout", "action_record_statement", checkout, paper=SCAN
            )
        self.HR.call("confidentiality.checkout", "action_record_statement", checkout, paper=SCAN)
        self.assertTrue(
            self.HR.read("confidentiality.checkout", checkout, "statement_signed_on")
        )

    def test_notice(self):
        """T gives notice on 03-25: the list opens with his last day, nobody is stopped."""
        self.at("2026-03-25 10:00")
        self.HR.write("hr.employee", self.employees["t"].ids, departure_date="2026-04-10")
        checkout = self.env["confidentiality.checkout"].search(
            [("employee_id", "=", self.employees["t"].id)]
        )
        self.assertEqual((checkout.leaving_on, checkout.state), (date(2026, 4, 10), "open"))
        self.at("2026-04-11 10:00")
        self.assertIn(
            checkout.id, self.HR.search("confidentiality.checkout", ["is_overdue", "=", True])
        )
