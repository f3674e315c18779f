# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo.exceptions import AccessError
from odoo.tests import new_test_user, tagged

from .common import KpiCommon


@tagged("post_install", "-at_install")
class TestTarget(KpiCommon):
    """C36: scores read released targets; nobody sets his own."""

    def test_periods(self):
        target = self.target("a", "sales_amount", 100, day="2026-05-20", frequency="quarterly")
        self.assertEqual((str(target.date_from), str(target.date_to)), ("2026-04-01", "2026-06-30"))
        self.assertEqual(target.team_id, self.teams["ka"])

    def test_own(self):
        with self.assertRaises(AccessError):
            self.target("hr", "sales_amount", 1)
        target = self.target("a", "sales_amount", 100)
        with self.assertRaises(AccessError):
            target.with_user(self.users["hr"]).user_id = self.users["hr"]
        for login in ("a", "km", "gm"):
            with self.assertRaises(AccessError):
                target.with_user(self.users[login]).write({"amount": 1})

    def test_role(self):
        """Roles decide: the group alone enters no target and no figure."""
        clerk = new_test_user(
            self.env,
            "hr_clerk",
            groups="hr.group_hr_user,sales_regulation.group_regulation_user",
            company_id=self.company.id,
            company_ids=[(6, 0, self.company.ids)],
        )
        target = self.target("a", "sales_amount", 100)
        with self.assertRaises(AccessError):
            target.with_user(clerk).amount = 1
        with self.assertRaises(AccessError):
            self.env["kpi.manual.value"].with_user(clerk).create(
                {
                    "indicator_id": self._indicator("team_work").id,
                    "user_id": self.users["a"].id,
                    "value": 1,
                    "source": "x",
                    "company_id": self.company.id,
                }
            )

    def test_seen(self):
        """One's own but not that of profit, the leader those of his team, HR all."""
        mine = self.target("a", "sales_amount", 100)
        profit = self.target("a", "profit", 30)
        other = self.target("t", "sales_amount", 100)
        for login, seen in (
            ("a", mine),
            ("b", mine.browse()),
            ("km", mine | profit),
            ("tm", other),
            ("hr", mine | profit | other),
            ("aud", mine | profit | other),
        ):
            found = mine.with_user(self.users[login]).search(
                [("id", "in", (mine | profit | other).ids)]
            )
            self.assertEqual(found, seen, login)

    def test_release(self):
        """A plan that is released takes the place of what is there."""
        target = self.target("a", "sales_amount", 100)
        values = {
            "company_id": self.company.id,
            "indicator_id": target.indicator_id.id,
            "frequency": "monthly",
            "day": "2026-03-15",
            "user_id": self.users["a"].id,
            "amount": 200,
        }
        released = self.env["kpi.target"]._release(
            [values, {**values, "user_id": False, "amount": 5000}]
        )
        self.assertEqual(released[0], target)
        self.assertEqual(released.mapped("amount"), [200, 5000])
        self.assertEqual(len(self.env["kpi.target"]._release([values])), 1)
