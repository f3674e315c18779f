# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
import contextlib
import itertools
import unittest
from datetime import datetime, timedelta
from unittest.mock import patch

import psycopg2
from freezegun import freeze_time
from psycopg2.errors import SerializationFailure

from odoo import SUPERUSER_ID, api
from odoo.exceptions import UserError
from odoo.service.model import call_kw
from odoo.tests import BaseCase, get_db_name, tagged
from odoo.tools import mute_logger

from .parallel import ParallelWorld
from .score_machine import TABLES
from .score_world import HR, LINES, SCORED, ScoreWorld

#: the tests are a week apart: what one hands in is past for the next
FIRST_MONDAY = datetime(2026, 4, 6, 1)


class ScoreParallelWorld(ScoreWorld, ParallelWorld):
    """The scoring company, committed; the clock is that of the test."""

    def build(self):
        cls = type(self)
        with self.registry.cursor() as cr:
            cls.env = api.Environment(cr, SUPERUSER_ID, {})
            cls._build_world()
            cr.commit()
        self.uids = {login: user.id for login, user in cls.users.items()}
        self.company_id = cls.company.id


@tagged("post_install", "-at_install")
class TestScoreParallel(BaseCase):
    """Invariants 4 and 10 when several people act on scores at one moment, or somebody is killed."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        source = ParallelWorld.source_of(get_db_name())
        if not source:
            raise unittest.SkipTest("needs a database to copy: run the tests with ./dev test")
        clock = freeze_time("2026-02-01 01:00:00")
        ScoreParallelWorld._frozen = clock.start()
        cls.addClassCleanup(clock.stop)
        cls.world = ScoreParallelWorld(source)
        cls.addClassCleanup(cls.world.drop)
        if "kpi.cycle" not in cls.world.registry:
            raise unittest.SkipTest("sales_kpi is not installed")
        cls.world.build()
        cls.months = iter(f"20{year}-{month:02}" for year in range(20, 26) for month in range(1, 13))
        cls.mondays = (FIRST_MONDAY + timedelta(weeks=number) for number in itertools.count())

    def setUp(self):
        super().setUp()
        self.month = next(self.months)
        self.today = next(self.mondays)
        self.on_day(0)

    def on_day(self, number):
        """Published on day 0, one may appeal until day 1."""
        self.world._frozen.move_to(self.today + timedelta(days=number))

    # === TOOLS === #

    def call(self, *args):
        return self.world.call(*args)

    def made(self, model, month=None):
        [row] = self.call("hr", model, "create", [{"day": f"{month or self.month}-15"}])
        return row

    def computed(self, month=None):
        cycle = self.made("kpi.cycle", month)
        self.call("hr", "kpi.cycle", "action_compute", [cycle])
        return cycle

    def published(self):
        cycle = self.computed()
        self.publish(cycle)
        return cycle

    def publish(self, cycle):
        self.call("hr", "kpi.cycle", "action_publish", [cycle], "Nobody was at work")

    def lockable(self, month=None, cycle=None):
        """Published, and the time to appeal is over."""
        cycle = cycle or self.computed(month)
        self.publish(cycle)
        self.today += timedelta(days=2)
        self.on_day(0)
        return cycle

    def locked(self, month=None):
        cycle = self.lockable(month)
        self.call("hr", "kpi.cycle", "action_lock", [cycle])
        return cycle

    def sheet(self, cycle, login="a"):
        [[sheet]] = self.world.rows(
            "SELECT id FROM kpi_sheet WHERE cycle_id = %s AND user_id = %s",
            cycle,
            self.world.uids[login],
        )
        return sheet

    def state(self, cycle, table="kpi_cycle"):
        return self.world.rows(f"SELECT state FROM {table} WHERE id = %s", cycle)[0][0]

    def noted(self, event, cycle):
        return self.world.rows(
            "SELECT user_id FROM regulation_register WHERE event = %s AND res_id = %s", event, cycle
        )

    def assertOneRefused(self, results, text=None):
        refused = [result for result in results if isinstance(result, UserError)]
        self.assertEqual(len(refused), 1, results)
        if text:
            self.assertIn(text, str(refused[0]))
        return results.index(refused[0])

    def assertWhole(self, cycle):
        """Everybody has one sheet, with one line of each indicator."""
        rows = self.world.rows(
            """
            SELECT s.user_id, COUNT(l.id), COUNT(DISTINCT l.indicator_id)
              FROM kpi_sheet s LEFT JOIN kpi_sheet_line l ON l.sheet_id = s.id
             WHERE s.cycle_id = %s GROUP BY s.id, s.user_id""",
            cycle,
        )
        self.assertEqual(sorted(row[0] for row in rows), sorted(self.world.uids[one] for one in SCORED))
        self.assertEqual({row[1:] for row in rows}, {(len(LINES), len(LINES))})

    # === SCORES === #

    def test_two_lock(self):
        cycle = self.lockable()
        results = self.world.together(*((one, "kpi.cycle", "action_lock", [cycle]) for one in HR))
        loser = self.assertOneRefused(results, "locked already")
        winner = self.world.uids[HR[1 - loser]]
        self.assertEqual(self.noted("scores_locked", cycle), [(winner,)])
        self.assertEqual(
            self.world.rows("SELECT locked_by_id FROM kpi_cycle WHERE id = %s", cycle), [(winner,)]
        )
        self.call("hr", "kpi.cycle", "action_verify", [cycle])

    def test_two_compute(self):
        cycle = self.made("kpi.cycle")
        results = self.world.together(
            *((one, "kpi.cycle", "action_compute", [cycle]) for one in (*HR, "hr"))
        )
        self.assertEqual(results, [True] * 3)
        self.assertWhole(cycle)

    def test_two_open(self):
        """One cycle of a period."""
        self.assertOneRefused(
            self.world.together(
                *((one, "kpi.cycle", "create", [{"day": f"{self.month}-15"}]) for one in HR)
            )
        )

    def test_publish_while_computing(self):
        """Computed before they are published, or not any more: locked they are whole."""
        cycle = self.computed()
        results = self.world.together(
            ("hr", "kpi.cycle", "action_publish", [cycle], "Nobody was at work"),
            ("pln", "kpi.cycle", "action_compute", [cycle]),
        )
        self.assertEqual(results[0], True)
        self.assertWhole(cycle)
        self.on_day(2)
        self.call("hr", "kpi.cycle", "action_lock", [cycle])
        self.assertWhole(cycle)
        self.assertEqual(self.state(cycle), "locked")
        self.call("hr", "kpi.cycle", "action_verify", [cycle])

    def test_two_reopen(self):
        cycle = self.locked()
        results = self.world.together(
            *((one, "kpi.cycle", "action_reopen", [cycle], "A late order") for one in HR)
        )
        self.assertOneRefused(results)
        rows = self.world.rows("SELECT revision FROM kpi_cycle WHERE previous_id = %s", cycle)
        self.assertEqual(rows, [(2,)])

    def test_lock_and_reopen(self):
        """A revision is locked and opened again, never both halves."""
        cycle = self.locked()
        action = self.call("hr", "kpi.cycle", "action_reopen", [cycle], "A late order")
        revision = action["res_id"]
        self.call("hr", "kpi.cycle", "action_compute", [revision])
        self.lockable(cycle=revision)
        self.world.together(
            ("hr", "kpi.cycle", "action_lock", [revision]),
            ("pln", "kpi.cycle", "action_reopen", [revision], "Again"),
        )
        self.assertEqual(self.state(revision), "locked")
        latest = self.world.rows(
            "SELECT COUNT(*) FILTER (WHERE is_latest), COUNT(*) - MAX(revision) FROM kpi_cycle"
            " WHERE company_id = %s AND date_from = %s",
            self.world.company_id,
            f"{self.month}-01",
        )
        self.assertEqual(latest, [(1, 0)])

    # === APPEALS === #

    def test_two_appeals(self):
        cycle = self.published()
        sheet = self.sheet(cycle)
        results = self.world.together(
            *[("a", "kpi.sheet", "action_appeal", [sheet], "An order is missing")] * 3
        )
        refused = [result for result in results if isinstance(result, UserError)]
        self.assertEqual(len(refused), 2)
        self.assertEqual(
            self.world.rows("SELECT COUNT(*) FROM kpi_appeal WHERE sheet_id = %s", sheet), [(1,)]
        )

    def test_lock_while_an_appeal_is_made(self):
        """HR has looked and found none; then one comes: the lock starts anew and finds it."""
        cycle = self.published()
        sheet = self.sheet(cycle)
        with self.world.registry.cursor() as cr:
            env = api.Environment(cr, self.world.uids["hr"], {})
            self.on_day(2)
            self.assertFalse(env["kpi.cycle"].browse(cycle).appeal_ids)
            self.on_day(1)
            self.call("a", "kpi.sheet", "action_appeal", [sheet], "An order is missing")
            self.on_day(2)
            with self.assertRaises(SerializationFailure), mute_logger("odoo.sql_db"):
                call_kw(env["kpi.cycle"], "action_lock", [[cycle]], {})
            cr.rollback()
        with self.assertRaisesRegex(UserError, "appeals wait"):
            self.call("hr", "kpi.cycle", "action_lock", [cycle])
        self.assertEqual(self.state(cycle), "published")

    def test_last_day(self):
        """On the last day the appeal wins, on the day after the lock, whoever is first."""
        cycle = self.published()
        sheet = self.sheet(cycle)
        for day, winner in ((1, 0), (2, 1)):
            self.on_day(day)
            login = "a" if day == 1 else "b"
            results = self.world.together(
                (login, "kpi.sheet", "action_appeal", [self.sheet(cycle, login)], "Missing"),
                ("hr", "kpi.cycle", "action_lock", [cycle]),
            )
            self.assertEqual(self.assertOneRefused(results), 1 - winner)
            if day == 1:
                [[appeal]] = self.world.rows("SELECT id FROM kpi_appeal WHERE sheet_id = %s", sheet)
                self.call("hr", "kpi.appeal", "action_refuse", [appeal], "It counts in April")
        self.assertEqual(self.state(cycle), "locked")

    def test_two_answers(self):
        cycle = self.published()
        appeal = self.call("a", "kpi.sheet", "action_appeal", [self.sheet(cycle)], "Missing")
        results = self.world.together(
            ("hr", "kpi.appeal", "action_accept", [appeal], "Yes"),
            ("pln", "kpi.appeal", "action_refuse", [appeal], "No"),
            ("a", "kpi.appeal", "action_withdraw", [appeal]),
        )
        self.assertEqual(len([one for one in results if isinstance(one, UserError)]), 2, results)
        [[state, by]] = self.world.rows(
            "SELECT state, answered_by_id FROM kpi_appeal WHERE id = %s", appeal
        )
        self.assertEqual(self.state(cycle), "review" if state == "accepted" else "published")
        expected = {"accepted": "hr", "refused": "pln", "withdrawn": None}[state]
        self.assertEqual(by, expected and self.world.uids[expected])

    # === RATINGS === #

    def test_rated_once(self):
        cycle = self.computed()
        self.call("hr", "kpi.cycle", "action_ask_raters", [cycle])
        for kind in ("self", "peer"):
            [[request], *_rest] = self.world.rows(
                "SELECT id FROM kpi_rating_request WHERE cycle_id = %s AND rater_id = %s"
                " AND kind = %s ORDER BY id",
                cycle,
                self.world.uids["t"],
                kind,
            )
            results = self.world.together(
                *(("t", "kpi.rating.request", "action_rate", [request], value) for value in (10, 90))
            )
            self.assertOneRefused(results, "rated already")
        self.assertEqual(
            self.world.rows("SELECT COUNT(*) FROM kpi_rating_answer WHERE cycle_id = %s", cycle), [(1,)]
        )

    # === BONUS === #

    def test_two_bonus_sheets(self):
        """Of a period there is one; handed in, approved and paid once."""
        self.locked()
        self.assertOneRefused(
            self.world.together(
                *((one, "kpi.bonus.sheet", "create", [{"day": f"{self.month}-15"}]) for one in HR)
            )
        )
        [[sheet]] = self.world.rows(
            "SELECT id FROM kpi_bonus_sheet WHERE date_from = %s", f"{self.month}-01"
        )
        for step, people in (
            ("action_compute", None),
            ("action_submit", HR),
            ("approve", ("leg", "leg")),
            ("action_pay", ("fin", "leg")),
        ):
            if not people:
                self.call("hr", "kpi.bonus.sheet", step, [sheet])
                continue
            model, ids = "kpi.bonus.sheet", [sheet]
            if step == "approve":
                model, step = "regulation.approval", "action_approve"
                ids = [
                    row[0]
                    for row in self.world.rows(
                        "SELECT id FROM regulation_approval WHERE res_model = 'kpi.bonus.sheet'"
                        " AND res_id = %s AND state = 'pending'",
                        sheet,
                    )
                ]
                self.assertEqual(len(ids), 1)
            self.assertOneRefused(self.world.together(*((one, model, step, ids) for one in people)))
        self.assertEqual(self.state(sheet, "kpi_bonus_sheet"), "paid")
        for event in ("bonus_submitted", "bonus_paid"):
            self.assertEqual(len(self.noted(event, sheet)), 1)

    def test_two_months_handed_in(self):
        """Both rest on the same past: the later one is computed anew, or paid twice."""
        months = (self.month, next(self.months))
        sheets = []
        for month in months:
            self.locked(month)
            sheets.append(self.made("kpi.bonus.sheet", month))
        for sheet in sheets:
            self.call("hr", "kpi.bonus.sheet", "action_compute", [sheet])
        results = self.world.together(
            *(
                (login, "kpi.bonus.sheet", "action_submit", [sheet])
                for login, sheet in zip(HR, sheets, strict=True)
            )
        )
        late = sheets[self.assertOneRefused(results, "compute it again")]
        self.world._frozen.tick(1)
        self.call("hr", "kpi.bonus.sheet", "action_compute", [late])
        self.call("hr", "kpi.bonus.sheet", "action_submit", [late])

    def test_handed_in_while_reopened(self):
        """As if one had been first: handed in on what is locked, or not at all."""
        cycle = self.locked()
        sheet = self.made("kpi.bonus.sheet")
        self.call("hr", "kpi.bonus.sheet", "action_compute", [sheet])
        results = self.world.together(
            ("hr", "kpi.bonus.sheet", "action_submit", [sheet]),
            ("pln", "kpi.cycle", "action_reopen", [cycle], "A late order"),
        )
        self.assertNotIsInstance(results[1], UserError)
        handed_in = not isinstance(results[0], UserError)
        self.assertEqual(
            self.world.rows(
                "SELECT sheet.state, cycle.state, cycle.id FROM kpi_bonus_sheet sheet"
                " JOIN kpi_cycle cycle ON cycle.id = sheet.cycle_id WHERE sheet.id = %s",
                sheet,
            ),
            [("submitted" if handed_in else "draft", "locked", cycle)],
        )
        if handed_in:
            return
        with self.assertRaisesRegex(UserError, "reopened since"):
            self.call("hr", "kpi.bonus.sheet", "action_submit", [sheet])

    # === KILLED === #

    def contents(self):
        return self.world.rows(
            " UNION ALL ".join(
                f"SELECT '{table}', COUNT(*), SUM(hashtext(t::text)::bigint) FROM {table} t"
                for table in TABLES
            )
        )

    def kill(self, cr):
        """The server process that works for this cursor is gone."""
        cr.execute("SELECT pg_backend_pid()")
        [[killed]] = self.world.rows("SELECT pg_terminate_backend(%s)", cr.fetchone()[0])
        self.assertTrue(killed)

    def test_night_is_killed(self):
        """The nightly run is killed in its second cycle: the first is whole, of the second nothing."""
        self.world.at("2028-09-15 09:00")
        done = []
        sheet_class = self.world.registry["kpi.sheet"]
        compute = sheet_class._compute_for

        def _compute_for(sheets, cycle):
            compute(sheets, cycle)
            sheets.env.flush_all()
            if cycle.company_id.id == self.world.company_id:
                done.append(cycle.id)
            if len(done) == 2:
                self.kill(sheets.env.cr)

        cr = self.world.registry.cursor()
        try:
            env = api.Environment(cr, SUPERUSER_ID, {})
            with (
                patch.object(sheet_class, "_compute_for", _compute_for),
                mute_logger("odoo.sql_db"),
                self.assertRaises(psycopg2.InterfaceError),
            ):
                env["kpi.cycle"]._cron_compute()
        finally:
            with mute_logger("odoo.sql_db"), contextlib.suppress(psycopg2.Error):
                cr.close()
        self.assertEqual(len(done), 2)
        first, second = done
        self.assertEqual(self.state(first), "computed")
        self.assertWhole(first)
        rows = self.world.rows(
            "SELECT state, (SELECT COUNT(*) FROM kpi_sheet s WHERE s.cycle_id = c.id)"
            " FROM kpi_cycle c WHERE id = %s",
            second,
        )
        self.assertIn(rows, ([], [("open", 0)]))
        # The next run does what is missing, and nothing twice
        with self.world.registry.cursor() as cr:
            api.Environment(cr, SUPERUSER_ID, {})["kpi.cycle"]._cron_compute()
        for (cycle,) in self.world.rows(
            "SELECT id FROM kpi_cycle WHERE date_from >= '2028-08-01' AND company_id = %s",
            self.world.company_id,
        ):
            self.assertEqual(self.state(cycle), "computed")
            self.assertWhole(cycle)

    def test_lock_is_killed(self):
        """Killed with the snapshots written: nothing is locked, nothing is noted."""
        cycle = self.lockable()
        before = self.contents()
        cycle_class = self.world.registry["kpi.cycle"]
        lock = cycle_class._lock

        def _lock(cycles):
            lock(cycles)
            cycles.env.flush_all()
            self.kill(cycles.env.cr)

        cr = self.world.registry.cursor()
        try:
            env = api.Environment(cr, self.world.uids["hr"], {})
            with (
                patch.object(cycle_class, "_lock", _lock),
                mute_logger("odoo.sql_db"),
                self.assertRaises(psycopg2.Error),
            ):
                call_kw(env["kpi.cycle"], "action_lock", [[cycle]], {})
                cr.commit()
        finally:
            with mute_logger("odoo.sql_db"), contextlib.suppress(psycopg2.Error):
                cr.close()
        self.assertEqual(self.contents(), before)
        self.call("hr", "kpi.cycle", "action_lock", [cycle])
        self.assertEqual(len(self.noted("scores_locked", cycle)), 1)
