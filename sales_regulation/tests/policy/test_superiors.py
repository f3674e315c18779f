# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import Command
from odoo.tests import tagged

from ..common import RegulationCommon


@tagged("post_install", "-at_install")
class TestSuperiors(RegulationCommon):
    """Who the nearest superior is: one answer for approvals, deadlines and raters (C03)."""

    def superior(self, login, *excluded):
        users = self.env["res.users"].union(*(self.users[one] for one in excluded))
        user = self.users[login]
        return user._regulation_superiors(self.company, users).get(user)

    def test_line(self):
        self.assertEqual(self.superior("a"), self.users["km"])
        self.assertEqual(self.superior("a", "km"), self.users["rm"])
        self.assertEqual(self.superior("a", "km", "rm", "dgm"), self.users["gm"])
        self.assertIsNone(self.superior("a", "km", "rm", "dgm", "gm"), "the line has an end")
        self.assertIsNone(self.superior("gm"))

    def test_over_who_cannot_act(self):
        """Somebody archived or without a user is passed over, not asked."""
        self.users["km"].active = False
        self.assertEqual(self.superior("a"), self.users["rm"])
        self.employees["rm"].user_id = False
        self.assertEqual(self.superior("a"), self.users["dgm"])

    def test_leader_of_the_team(self):
        """Only of whom has nobody above him in the line; nobody is his own superior."""
        self.employees["a"].parent_id = False
        self.assertEqual(self.superior("a"), self.users["km"])
        self.assertIsNone(self.superior("a", "km"))
        self.employees["km"].parent_id = False
        self.assertIsNone(self.superior("km"), "he leads the team himself")
        self.users["wh"].employee_ids.unlink()
        self.assertIsNone(self.superior("wh"))

    def test_circle(self):
        """A line that leads back to itself ends."""
        self.employees["km"].parent_id = False
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE hr_employee SET parent_id = %s WHERE id = %s",
            [self.employees["a"].id, self.employees["km"].id],
        )
        self.env.invalidate_all()
        self.assertIsNone(self.superior("a", "km"))

    def test_his_company_first(self):
        """Of an employee in two companies the line of the company asked about."""
        other = self.env["res.company"].create({"name": "Other"})
        user = self.users["a"]
        user.company_ids = [Command.link(other.id)]
        boss = self.env["hr.employee"].create(
            {"name": "TM there", "company_id": other.id, "user_id": self.users["tm"].id}
        )
        self.env["hr.employee"].create(
            {"name": "A there", "company_id": other.id, "user_id": user.id, "parent_id": boss.id}
        )
        self.assertEqual(user._regulation_superiors(other)[user], self.users["tm"])
        self.assertEqual(user._regulation_superiors(self.company)[user], self.users["km"])

    def test_queries(self):
        """As many for six people as for one."""
        counts = []
        for logins in (("a",), ("a", "b", "t", "km", "wh", "pln")):
            users = self.env["res.users"].union(*(self.users[one] for one in logins))
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            found = users._regulation_superiors(self.company)
            counts.append(self.env.cr.sql_log_count - before)
            self.assertEqual(len(found), len(logins))
        self.assertLessEqual(counts[1], counts[0] + 1)
