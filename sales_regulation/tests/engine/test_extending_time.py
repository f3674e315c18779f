# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from datetime import date
from unittest.mock import patch

from freezegun import freeze_time

from odoo.tests import tagged

from odoo.addons.sales_regulation.tools import Commitment

from .test_deadline import DeadlineCommon


@tagged("post_install", "-at_install")
class TestExtendingTime(DeadlineCommon):
    """The worked examples of docs/extending.md, on a lead."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.profile.with_user(cls.users["gm"]).action_retire()
        cls.own = cls._profile(publish=False)
        cls._rule("first_call", profile=cls.own, unit="hours", value=24, warn_before=4)
        cls._rule("takeover", profile=cls.own, unit="working_days", value=1)
        cls.env["regulation.handover.rule"].create(
            {
                "profile_id": cls.own.id,
                "event": "lead_won",
                "role_id": cls.roles["sales_manager"].id,
                "summary": "Thank the customer",
                "deadline_code": "takeover",
            }
        )
        cls.duty = cls.env["regulation.duty"].create(
            {
                "profile_id": cls.own.id,
                "code": "follow_up",
                "name": "Follow up every lead",
                "frequency": "weekly",
                "who": "owner",
                "subject_model": "crm.lead",
                "subject_domain": "[('type', '=', 'opportunity')]",
            }
        )
        with freeze_time("2026-03-01 01:00:00"):
            cls.own.with_user(cls.users["gm"])._publish("active")
        with freeze_time("2026-03-01 04:00:00"):
            cls.lead = cls.env["crm.lead"].create(
                {
                    "name": "New line",
                    "type": "opportunity",
                    "user_id": cls.users["a"].id,
                    "company_id": cls.company.id,
                }
            )
        cls.env.flush_all()
        cls.cr.execute(
            "UPDATE crm_lead SET create_date = '2026-03-01' WHERE id = %s", [cls.lead.id]
        )
        cls.lead.invalidate_recordset()

    def test_deadline(self):
        with freeze_time(self.at("2026-03-02 10:00")):
            (deadline,) = self.Deadline._start(self.lead, "first_call")
        self.assertEqual(deadline.user_id, self.users["a"])
        self.assertEqual(self.local(deadline.due_at), "2026-03-03 10:00")
        self.assertEqual(self.local(deadline.warn_at), "2026-03-03 06:00")
        with freeze_time(self.at("2026-03-03 09:00")):
            self.Deadline._done(self.lead, "first_call")
        self.assertEqual(deadline.state, "kept")

    def test_duty(self):
        with freeze_time(self.at("2026-03-04 09:00")):
            self.duty._create_instances()
            instance = self.duty.instance_ids.filtered(
                lambda row: row.subject_id == self.lead.id
            )
            self.assertEqual(instance.user_id, self.users["a"])
            self.env["regulation.duty"]._close(
                self.lead,
                "follow_up",
                subject=lambda lead: lead,
                user=lambda lead: lead.user_id,
                day=lambda _lead: date(2026, 3, 5),
            )
        self.assertEqual(instance.state, "done")

    def test_handover(self):
        with freeze_time(self.at("2026-03-06 10:00")):
            (row,) = self.env["regulation.handover"]._queue("lead_won", self.lead)
        with freeze_time(self.at("2026-03-06 10:05")):
            row._make_tasks()
        self.assertEqual(self.local(row.due_at), "2026-03-09 18:00")
        self.assertEqual(self.lead.activity_ids.summary, "Thank the customer")

    def test_commitment(self):
        def seats(_self, keys):
            return {key: Commitment(limit=30, used=29) for key in keys}

        cls = self.registry["regulation.commitment"]
        with patch.object(cls, "_commitment_seats", seats, create=True):
            left = self.env["regulation.commitment"]._take("seats", [(7,)])[7,]
        self.assertTrue(left.fits(1))
        self.assertEqual(left.short(2), 1)

    def test_counters_of_the_clause(self):
        """What was kept is not in the register: it is counted where it stands."""
        clause = self.env["regulation.clause"].create(
            {
                "profile_id": self.own.copy().id,
                "code": "X-1",
                "wording": "A new lead is called within 24 hours.",
                "carrier": "deadline",
                "carrier_code": "first_call",
            }
        )
        counts = clause.with_context(active_test=False)._counts_by_code()
        self.assertFalse(counts.get((clause.profile_id.id, "first_call")))
        self.Deadline._start(self.lead, "first_call")
        self.Deadline._done(self.lead, "first_call")
        self.cr.execute(
            "UPDATE regulation_clause SET profile_id = %s WHERE id = %s", [self.own.id, clause.id]
        )
        clause.invalidate_recordset()
        counts = clause._counts_by_code()
        self.assertEqual(counts[self.own.id, "first_call"]["followed_count"], 1)
