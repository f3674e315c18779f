# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from datetime import time, timedelta

from odoo import Command, fields
from odoo.tests import tagged

from odoo.addons.sales_regulation.tools import engine

from .common import PhoneTour, TourCommon


@tagged("post_install", "-at_install")
class TestVisitTours(TourCommon):
    """Plan, review, check-in and record in the browser (C09, C10)."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        engine(cls.profile).write({"visit_check_in": True})
        cls.customers["xinghai"].user_id = cls.users["a"]

    def test_plan(self):
        plan = self.env["visit.plan"].with_user(self.users["a"]).create({})
        plan.line_ids = [
            Command.create(
                {
                    "partner_id": self.customers["xinghai"].id,
                    "start": self.company._regulation_utc(
                        plan.month + timedelta(days=day), time(10)
                    ),
                    "purpose": "Regular visit",
                }
            )
            for day in (5, 12)
        ]
        self._tour("a", "rep_plan", self._url(plan))
        self.assertEqual(plan.state, "submitted")
        self._tour("km", "manager_plan", "/odoo/to-approve")
        self.assertEqual(plan.state, "approved")
        self.assertEqual(len(plan.line_ids.event_id), 2)

    def test_visit(self):
        now = fields.Datetime.now()
        event = (
            self.env["calendar.event"]
            .with_user(self.users["a"])
            .create(
                {
                    "name": "Samples",
                    "start": now - timedelta(minutes=2),
                    "stop": now - timedelta(minutes=1),
                    "visit_partner_id": self.customers["xinghai"].id,
                }
            )
        )
        self._tour("a", "rep_visit", f"/odoo/customer-visits/{event.id}")
        contact = event.sudo().visit_contact_ids
        self.assertRecordValues(
            contact, [{"state": "handed_in", "effect": "3", "counts": True, "is_late": False}]
        )
        check_in = event.sudo().visit_check_in_ids
        self.assertEqual((check_in.latitude, check_in.manager_id), (22.54, self.users["km"]))
        self.assertEqual(event.visit_state, "done")


@tagged("post_install", "-at_install")
class TestVisitToursPhone(PhoneTour, TestVisitTours):
    pass
