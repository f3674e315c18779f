# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from datetime import date

from odoo.tests import tagged

from .common import VisitCommon


@tagged("post_install", "-at_install")
class TestFollowUpReport(VisitCommon):
    """S1-04: who has no next follow-up is found out."""

    gates = {"contact_follow_up": "off"}

    def rows(self, login="a"):
        self.env.flush_all()
        rows = self.env["sales.follow.up.report"].with_user(self.users[login])
        rows.invalidate_model()
        return {row.partner_id: row for row in rows.search([("company_id", "=", self.company.id)])}

    def test_without_and_overdue(self):
        with self.at("2026-03-03 10:00"):
            self.contact(next_date="2026-03-06").action_hand_in()
            self.contact(customer="beihe", next_date=False).action_hand_in()
        with self.at("2026-03-10 10:00"):
            rows = self.rows()
            xinghai, beihe = rows[self.customers["xinghai"]], rows[self.customers["beihe"]]
            self.assertEqual((xinghai.next_date, xinghai.days_late), (date(2026, 3, 6), 4))
            self.assertEqual(xinghai.days_since, 7)
            self.assertFalse(beihe.next_date)
            nanfeng = rows[self.customers["nanfeng"]]
            self.assertFalse(nanfeng.last_contact_at or nanfeng.next_date)
            self.assertNotIn(self.customers["dongfang"], rows, "B's customer")
            self.assertIn(self.customers["dongfang"], self.rows("km"))
            self.assertEqual(
                nanfeng.action_open_customer()["res_id"], self.customers["nanfeng"].id
            )


    def test_days_are_those_of_the_company(self):
        """Seven in the morning in Shanghai is the day before in London, where the reader sits."""
        with self.at("2026-03-03 07:00"):
            self.contact(next_date="2026-03-06").action_hand_in()
        for moment, since, late in (("2026-03-06 07:00", 3, 0), ("2026-03-07 07:00", 4, 1)):
            for tz in ("Asia/Shanghai", "Europe/London"):
                self.users["a"].tz = tz
                with self.at(moment), self.subTest(moment=moment, tz=tz):
                    row = self.rows()[self.customers["xinghai"]]
                    self.assertEqual((row.days_since, row.days_late), (since, late))


@tagged("post_install", "-at_install")
class TestComplianceReport(VisitCommon):
    @classmethod
    def _prepare_profile(cls):
        cls.duty = cls.env["regulation.duty"].create(
            {
                "profile_id": cls.profile.id,
                "code": "visit_key",
                "name": "Visit key accounts",
                "frequency": "weekly",
                "who": "owner",
                "subject_model": "res.partner",
                "subject_domain": "[('ref', '=', 'KEY')]",
                "contact_kind": "visit",
            }
        )
        cls.customers["xinghai"].ref = "KEY"

    def rows(self, login="a", kind="frequency"):
        self.env.flush_all()
        rows = self.env["visit.compliance.report"].with_user(self.users[login])
        rows.invalidate_model()
        return rows.search([("company_id", "=", self.company.id), ("kind", "=", kind)])

    def test_a_period_is_judged_when_it_has_ended(self):
        with self.at("2026-03-02 01:00"):
            self.duty._create_instances()
        with self.at("2026-03-04 10:00"):
            self.contact(channel="visit").action_hand_in()
            self.assertFalse(self.rows())
        # Sunday 23:59 in Shanghai, then Monday
        with self.at("2026-03-08 23:59"):
            self.assertFalse(self.rows())
        with self.at("2026-03-09 00:01"):
            row = self.rows()
            self.assertEqual((row.due, row.done, row.rate), (1, 1, 100.0))
            self.assertEqual(row.team_id, self.teams["ka"])
            self.assertEqual(row.partner_id, self.customers["xinghai"])
            self.assertFalse(self.rows("b"))
            self.assertEqual(self.rows("km"), row)

    def test_a_visit_nobody_recorded(self):
        with self.at("2026-03-02 09:00"):
            self.visit("2026-03-03 14:00", "2026-03-03 16:00")
        with self.at("2026-03-04 15:59"):
            self.assertFalse(self.rows(kind="record"))
        with self.at("2026-03-04 16:01"):
            row = self.rows(kind="record")
            self.assertEqual((row.done, row.day), (0, date(2026, 3, 3)))
