# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from datetime import date

from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from odoo.addons.sales_regulation.tools import engine

from .common import KpiCommon

#: calls and mails of T on the working days of March from the 2nd on; he owes 10 and 2
WORK = ((10, 2), (9, 2), (12, 1), (10, 2), (10, 3))


@tagged("post_install", "-at_install")
class TestQuotaDay(KpiCommon):
    """C43: what was done of each quota on each day, whether the day was met, and streaks of days."""

    scheme_lines = (("quota", {"weight": 100, "target_source": "none"}),)

    @classmethod
    def _scored_profile(cls, **values):
        profile = super()._scored_profile(**values)
        role = profile.scheme_ids.role_id = cls.roles["telemarketer"]
        profile.write(
            {
                "quota_ids": [
                    Command.create(
                        {
                            "name": name,
                            "role_id": role.id,
                            "daily": daily,
                            "channel_filter": channels,
                        }
                    )
                    for name, daily, channels in (("Calls", 10, "call"), ("Mails", 2, "email,fax"))
                ],
                "sanction_rule_ids": [
                    Command.create({"name": name, "number": 2, **rule})
                    for name, rule in (
                        ("Missed", {"trigger": "quota_missed"}),
                        (
                            "Met",
                            {"trigger": "quota_met", "measure_kind": "reward", "grade": "praise"},
                        ),
                    )
                ],
            }
        )
        return profile

    def prepare(self):
        super().prepare()
        for day, (calls, mails) in enumerate(WORK, start=2):
            self.contacts("t", f"2026-03-0{day} 10:00", calls)
            self.contacts("t", f"2026-03-0{day} 11:00", mails, "fax")

    def leave(self, login, day):
        """A day of leave of T, entered by somebody."""
        self.env["resource.calendar.leaves"].with_user(self.users[login]).create(
            {
                "name": "Leave",
                "resource_id": self.employees["t"].resource_id.id,
                "calendar_id": self.calendar.id,
                "company_id": self.company.id,
                "date_from": f"{day} 01:00:00",
                "date_to": f"{day} 10:00:00",
            }
        )

    def rows(self, cycle, day, login="hr"):
        found = (
            self.env["kpi.quota.day"]
            .with_user(self.users[login])
            .search([("sheet_id.cycle_id", "=", cycle.id), ("day", "=", day)], order="quota_id")
        )
        return [(row.done, row.owed, row.percent, row.met, row.day_met) for row in found]

    def test_days(self):
        """More mails make up for fewer calls in the month, not in the day."""
        cycle = self.cycle(at="2026-03-06 18:00")
        self.assertEqual(
            self.rows(cycle, "2026-03-03"),
            [(9, 10, 90.0, False, False), (2, 2, 100.0, True, False)],
        )
        self.assertEqual(
            self.rows(cycle, "2026-03-04"),
            [(12, 10, 120.0, True, False), (1, 2, 50.0, False, False)],
        )
        self.assertEqual(
            self.rows(cycle, "2026-03-06"), [(10, 10, 100.0, True, True), (3, 2, 150.0, True, True)]
        )
        days = cycle.sudo().sheet_ids.quota_day_ids
        self.assertEqual(max(days.mapped("day")), date(2026, 3, 6), "what is to come is not missed")
        sheet = self.sheet(cycle, "t")
        self.assertEqual((sheet.quota_days_met, sheet.quota_days), (3, 5))
        # Of several days what was done in all: 51 of 50, 10 of 10
        groups = days._read_group([("id", "in", days.ids)], ["quota_id"], ["percent:avg"])
        self.assertEqual([percent for _quota, percent in groups], [102.0, 100.0])

    def test_leave_and_joining(self):
        """A day of leave, of rest or before he came owes nothing."""
        self.leave("hr", "2026-03-05")
        self.leave("t", "2026-03-06")  # by himself: it lowers nothing
        with self.assertRaises(AccessError):
            self.leave("tm", "2026-03-06")
        self.employees["t"].version_id.contract_date_start = "2026-03-04"
        cycle = self.cycle(at="2026-03-08 18:00")
        days = set(cycle.sudo().sheet_ids.quota_day_ids.mapped("day"))
        self.assertEqual(days, {date(2026, 3, 4), date(2026, 3, 6)})

    def test_who_sees(self):
        """As the score: himself, the line, HR, auditors; nobody writes."""
        cycle = self.cycle()
        day = self.rows(cycle, "2026-03-03")
        for login in ("t", "tm", "sgm", "gm", "aud"):
            self.assertEqual(self.rows(cycle, "2026-03-03", login), day, login)
        for login in ("a", "km", "wh", "fin"):
            self.assertFalse(self.rows(cycle, "2026-03-03", login), login)
        row = cycle.sudo().sheet_ids.quota_day_ids[0]
        for login in ("t", "tm", "hr", "gm", "adm"):
            with self.assertRaises(AccessError):
                row.with_user(self.users[login]).write({"done": 99})
        action = row.with_user(self.users["t"]).action_open_contacts()
        found = self.env[action["res_model"]].with_user(self.users["t"]).search(action["domain"])
        self.assertEqual(sum(found.mapped("quantity")), row.done)

    def test_streaks(self):
        """Met 03-05 and 03-06, missed 03-03 and 03-04, and two by two to the end of the month."""
        cycle = self.cycle()
        measures = self.env["regulation.measure"].search([("user_id", "=", self.users["t"].id)])
        self.assertFalse(measures, "before it is locked a contact may still be signed")
        cycle.action_lock()
        measures = measures.search([("user_id", "=", self.users["t"].id)], order="date")
        met = measures.filtered(lambda one: one.kind == "reward")
        self.assertEqual(met.mapped("date"), [date(2026, 3, 6)])
        self.assertEqual((met.state, met.grade, met.rule_id.name), ("proposed", "praise", "Met"))
        missed = measures - met
        # 03-03, 03-04; then the 17 working days from 03-09 on, of which the last is left over
        self.assertEqual(len(missed), 1 + 8)
        self.assertEqual(missed[0].date, date(2026, 3, 4))
        self.assertEqual(set(missed.mapped("kind")), {"penalty"})
        revision = cycle.browse(cycle.action_reopen("Once more")["res_id"])
        revision.action_compute()
        revision.action_lock()
        self.assertEqual(
            self.env["regulation.measure"].search_count([("user_id", "=", self.users["t"].id)]),
            len(measures),
        )

    def test_locked(self):
        """Locked with the sheet, and a change in the database shows."""
        cycle = self.cycle()
        cycle.action_lock()
        cycle.action_verify()
        row = cycle.sudo().sheet_ids.quota_day_ids[0]
        with self.assertRaises(AccessError):
            engine(row).write({"met": True})
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE kpi_quota_day SET day_met = NOT day_met WHERE id = %s", [row.id]
        )
        self.env.invalidate_all()
        with self.assertRaisesRegex(UserError, "differ"):
            cycle.action_verify()
