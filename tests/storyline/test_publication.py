# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import Command
from odoo.tests import tagged

from .common import StorylineCase

COVERED = ("a", "b", "t", "tm", "km", "rm", "dgm", "clk", "wh", "fin")


@tagged("post_install", "-at_install")
class TestStorylinePublication(StorylineCase):
    """Step 1: ten people are covered, nine have acknowledged by 03-04."""

    @classmethod
    def _publish_profile(cls):
        department = cls.env["hr.department"].create(
            {"name": "Sales and shipping", "company_id": cls.company.id}
        )
        for login in COVERED:
            cls.employees[login].department_id = department
        template = cls.env["regulation.profile"].search(
            [("code", "=", cls.profile_code), ("is_template", "=", True)], limit=1
        )
        cls.profile = template.copy(
            {
                "version": "1.0",
                "date_from": "2026-03-01",
                "assignment_ids": [
                    Command.create({"company_id": cls.company.id, "department_id": department.id})
                ],
            }
        )
        cls.env.flush_all()

    def test_01_publication_and_acknowledgement(self):
        self.at("2026-03-02 09:00")
        for login in ("KM", "DGM", "A", "ADM"):
            with self.person(login).refused(error="AccessError"):
                self.person(login).call(
                    "regulation.profile", "action_publish_trial", self.profile.ids
                )
        self.assertEqual(self.profile.state, "draft")
        self.GM.call("regulation.profile", "action_publish_trial", self.profile.ids)
        self.assertEqual(self.profile.state, "trial")
        self.assertEqual(len(self.profile.acknowledgement_id.step_ids), 10)
        self.assertEqual(self.profile.acknowledgement_rate, 0.0)

        for login in COVERED[:-1]:
            self.at("2026-03-04 10:00")
            self.person(login).call("regulation.profile", "action_acknowledge", self.profile.ids)
        self.assertEqual(self.profile.acknowledgement_rate, 90.0)
        for login in ("A", "HR"):  # once is enough; who is not covered is not asked
            with self.person(login).refused():
                self.person(login).call(
                    "regulation.profile", "action_acknowledge", self.profile.ids
                )

        self.at("2026-03-05 09:00")
        for _twice in range(2):
            self.cron("sales_regulation.ir_cron_follow_up_approvals")
        self.assertEqual(self.profile.acknowledgement_reminders, 1)
        self.assertEqual(self.profile.acknowledgement_rate, 90.0)
