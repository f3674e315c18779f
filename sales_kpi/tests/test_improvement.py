# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
import random
from collections import Counter
from datetime import date, datetime, timedelta
from fractions import Fraction

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import tagged

from odoo.addons.sales_regulation.tools import engine

from ..tools import Period, Request
from .common import KpiCommon


class ImprovementCommon(KpiCommon):
    """S1: what is to get better, in the team of A and B; February is the baseline of March."""

    def improvement(self, code, login="km", **values):
        return (
            self.env["kpi.improvement"]
            .with_user(self.users[login])
            .create(
                {
                    "name": code,
                    "indicator_id": self.env.ref(f"sales_kpi.indicator_{code}").id,
                    "team_id": self.teams["ka"].id,
                    "company_id": self.company.id,
                    "day": date(2026, 2, 1),
                    "goal": 15,
                    **values,
                }
            )
        )

    def decide(self, moment, won, lost, login="a"):
        """Opportunities that were decided then, by who has them."""
        self.at(moment)
        leads = (
            self.env["crm.lead"]
            .with_context(tracking_disable=True)
            .create(
                [
                    {
                        "name": f"Need {number}",
                        "type": "opportunity",
                        "user_id": self.users[login].id,
                        "team_id": self.teams["ka"].id,
                        "company_id": self.company.id,
                    }
                    for number in range(won + lost)
                ]
            )
        )
        leads[:won].action_set_won()
        leads[won:].action_set_lost()
        return leads

    def nightly(self):
        with self.enter_registry_test_mode():
            self.env.ref("sales_kpi.ir_cron_kpi_improvement").method_direct_trigger()
        self.env.invalidate_all()

    def reached(self, improvement, day=date(2026, 3, 1)):
        return improvement.sudo().actual_ids.filtered(lambda row: row.date_from == day)


@tagged("post_install", "-at_install")
class TestImprovement(ImprovementCommon):
    """The improvement board (C49; S1-28, S1-29; storyline "Improvement board")."""

    def test_one_fails(self):
        """What cannot be measured tonight does not stop what comes after it."""
        for moment in ("2026-02-10 10:00", "2026-03-10 10:00"):
            self.decide(moment, 1, 4)
        self.at("2026-03-20 10:00")
        improvements = self.improvement("closing_rate") | self.improvement("closing_rate")
        improvements.action_start()
        engine(improvements.sudo().actual_ids).unlink()
        first = self.env["kpi.improvement"].sudo().search([("state", "=", "running")])[0]
        Improvement = self.registry["kpi.improvement"]
        original = Improvement._measure_one

        def gone(one):
            if one == first:
                raise AttributeError("_provide_gone")
            return original(one)

        self.patch(Improvement, "_measure_one", gone)
        with self.assertLogs("odoo.addons.sales_kpi.models.board.kpi_improvement", "ERROR"):
            self.nightly()
        self.assertFalse(self.reached(first))
        self.assertTrue(self.reached(improvements - first))

    def test_closing_rate(self):
        """Baseline 20.0, target 23.0 (relative 15 %), March 24 of 100 = 24.0: reached (+20 %)."""
        self.decide("2026-02-10 10:00", 12, 48)
        self.decide("2026-02-20 10:00", 8, 32, "b")
        self.decide("2026-03-10 10:00", 20, 50)
        self.decide("2026-03-31 23:59", 4, 26, "b")
        # Not of the team, and not of the month
        self.decide("2026-03-10 10:00", 30, 0, "t")
        self.decide("2026-04-01 00:00", 40, 0)
        self.at("2026-04-02 09:00")
        board = self.improvement("closing_rate")
        board.action_start()
        self.assertEqual((board.baseline, board.target), (20.0, 23.0))
        march = self.reached(board)
        self.assertEqual((march.value, march.change, march.reached), (24.0, 20.0, True))
        april = self.reached(board, date(2026, 4, 1))
        self.assertEqual((april.value, board.value, board.outcome), (100.0, 100.0, "reached"))

    def test_efficiency(self):
        """Baseline 40 activities per rep-day, target 48; actual 47 (+17.5 %): not reached."""
        for login, of_february, of_march in (("a", 900, 1100), ("b", 700, 968)):
            self.contacts(login, "2026-02-10 10:00", of_february)
            self.contacts(login, "2026-03-10 10:00", of_march)
        self.at("2026-04-01 09:00")
        board = self.improvement("contacts_per_day", goal=20)
        board.action_start()
        # Twenty working days of two people, then twenty-two
        self.assertEqual((board.baseline, board.target), (40.0, 48.0))
        march = self.reached(board)
        self.assertEqual((march.value, march.change, march.reached), (47.0, 17.5, False))
        self.assertEqual(board.outcome, "missed")

    def test_efficiency_in_revenue(self):
        self.bill(self.sell("a", 4000.0, "2026-02-10 10:00"), "2026-02-20")
        self.bill(self.sell("b", 6600.0, "2026-03-10 10:00"), "2026-03-20")
        self.at("2026-04-01 09:00")
        board = self.improvement("sales_per_day", goal=50)
        board.action_start()
        self.assertEqual((board.baseline, board.target), (100.0, 150.0))
        self.assertEqual(self.reached(board).value, 150.0)
        self.assertTrue(self.reached(board).reached)

    def test_leave_is_no_working_day(self):
        self.env["resource.calendar.leaves"].create(
            {
                "name": "Leave",
                "resource_id": self.users["a"].employee_ids.resource_id.id,
                "calendar_id": self.calendar.id,
                "date_from": "2026-02-02 00:00:00",
                "date_to": "2026-02-06 12:00:00",
                "time_type": "leave",
            }
        )
        self.contacts("a", "2026-02-10 10:00", 70)
        self.at("2026-03-02 09:00")
        board = self.improvement("contacts_per_day")
        board.action_start()
        self.assertEqual(board.baseline, 2.0)

    def test_points_and_the_less_the_better(self):
        self.decide("2026-02-10 10:00", 2, 8)
        self.at("2026-03-02 09:00")
        board = self.improvement("closing_rate", kind="points")
        board.action_start()
        self.assertEqual(board.target, 35.0)
        lower = self.env.ref("sales_kpi.indicator_closing_rate").copy(
            {"code": "lost_rate", "direction": "lower"}
        )
        other = self.improvement("closing_rate", indicator_id=lower.id, goal=50)
        other.action_start()
        self.assertEqual(other.target, 10.0)
        self.decide("2026-03-03 10:00", 1, 9)
        other.action_measure()
        self.assertTrue(self.reached(other).reached)

    def test_baseline_stays(self):
        leads = self.decide("2026-02-10 10:00", 2, 8)
        self.at("2026-03-02 09:00")
        board = self.improvement("closing_rate")
        board.action_start()
        leads.with_context(active_test=False).unlink()
        self.decide("2026-03-05 10:00", 1, 1)
        board.action_measure()
        self.assertEqual(board.baseline, 20.0)
        self.assertEqual(self.reached(board).value, 50.0)
        # Provisional while the month runs, final with the first run after it
        self.decide("2026-03-06 10:00", 0, 2)
        self.at("2026-04-01 03:00")
        self.nightly()
        self.assertEqual(self.reached(board).value, 25.0)
        self.decide("2026-03-07 10:00", 10, 0)
        self.at("2026-04-02 03:00")
        self.nightly()
        self.assertEqual(self.reached(board).value, 25.0)

    def test_no_baseline(self):
        self.at("2026-03-02 09:00")
        with self.assertRaisesRegex(UserError, "no baseline"):
            self.improvement("closing_rate").action_start()
        with self.assertRaisesRegex(UserError, "has not ended"):
            self.improvement("closing_rate", day=date(2026, 3, 1)).action_start()

    def test_goal_of_the_regulation(self):
        """S1 brings its two goals; an improvement takes its figures from one."""
        goals = self.env.ref("sales_regulation.profile_s1").improvement_goal_ids
        self.assertEqual(
            [(goal.indicator_id.code, goal.kind, goal.goal) for goal in goals],
            [("contacts_per_day", "relative", 20.0), ("closing_rate", "relative", 15.0)],
        )
        board = (
            self.env["kpi.improvement"]
            .with_user(self.users["km"])
            .create({"goal_id": goals[1].id, "company_id": self.company.id})
        )
        self.assertEqual((board.name, board.goal, board.kind), ("Closing rate", 15.0, "relative"))
        self.assertEqual(board.indicator_id.code, "closing_rate")

    def test_forged(self):
        self.decide("2026-02-10 10:00", 2, 8)
        self.decide("2026-03-01 10:00", 1, 9)
        self.at("2026-03-02 09:00")
        board = self.improvement("closing_rate")
        with self.assertRaises(AccessError):
            board.write({"baseline": 1.0})
        with self.assertRaises(AccessError):
            self.improvement("closing_rate", state="running", baseline=1.0)
        board.action_start()
        row = self.reached(board).with_user(self.users["km"])
        for values in (
            {"value": 99.0},
            {"reached": True},
            {"change": 99.0},
            {"date_from": "2026-01-01"},
            {"company_id": self.env.company.id},
        ):
            with self.subTest(values), self.assertRaises(AccessError):
                row.write(values)
        with self.assertRaises(AccessError):
            row.copy()
        with self.assertRaises(AccessError):
            row.unlink()
        row.analysis = "Two large accounts chose somebody else"
        for values in ({"goal": 1.0}, {"team_id": False}, {"day": "2026-01-01"}):
            with self.subTest(values), self.assertRaises(UserError):
                board.write(values)
        with self.assertRaises(UserError):
            board.unlink()
        board.action_end()
        with self.assertRaises(UserError):
            board.action_end()

    def test_rights(self):
        """Representatives do not see the board; figures of profit only who sees profit."""
        self.bill(self.sell("a", 1000.0, "2026-02-10 10:00"), "2026-02-20")
        self.at("2026-03-02 09:00")
        board = self.improvement("profit")
        board.action_start()
        with self.assertRaises(AccessError):
            board.with_user(self.users["a"]).read(["baseline"])
        Board = self.env["kpi.improvement"]
        self.assertIn(board, Board.with_user(self.users["km"]).search([]))
        self.assertNotIn(board, Board.with_user(self.users["hr"]).search([]))
        self.assertFalse(
            self.env["kpi.improvement.actual"]
            .with_user(self.users["hr"])
            .search([("improvement_id", "=", board.id)])
        )
        sister = self.env["res.company"].create({"name": "Sister"})
        other = Board.sudo().create(
            {
                "name": "Theirs",
                "indicator_id": self.env.ref("sales_kpi.indicator_closing_rate").id,
                "company_id": sister.id,
                "goal": 1,
            }
        )
        self.assertNotIn(other, Board.with_user(self.users["km"]).search([]))

    def test_who_decides(self):
        """Who leads the team, whoever is above him, directors and human resources."""
        self.at("2026-03-02 09:00")
        for login in ("tm", "a"):
            with self.subTest(login), self.assertRaises(AccessError):
                self.improvement("closing_rate", login)
        board = self.improvement("closing_rate")
        other = board.with_user(self.users["tm"])
        for deed in (
            lambda: other.write({"goal": 1.0}),
            lambda: other.write({"team_id": self.teams["tele"].id}),
            other.action_start,
            other.action_end,
            other.unlink,
        ):
            with self.assertRaisesRegex(AccessError, "KM Chen Gang"):
                deed()
        own = self.improvement("closing_rate", "tm", team_id=self.teams["tele"].id)
        with self.assertRaises(AccessError):
            own.team_id = self.teams["ka"]
        for login in ("rm", "hr"):
            self.assertTrue(self.improvement("closing_rate", login))

    def test_ratings_are_no_goal(self):
        """The figure of a small team would tell what somebody was rated."""
        self.at("2026-03-02 09:00")
        rated = self.env.ref("sales_kpi.indicator_assessment")
        formula = rated.copy(
            {"name": "Half", "code": "half_rated", "provider": "formula", "formula": "assessment / 2"}
        )
        by_hand = rated.copy({"name": "By hand", "code": "by_hand", "provider": "manual"})
        for indicator in (rated, formula, by_hand):
            with self.subTest(indicator.code), self.assertRaisesRegex(ValidationError, "rated"):
                self.improvement("closing_rate", indicator_id=indicator.id)
        # Not by changing the indicator of one that runs either
        self.decide("2026-02-10 10:00", 2, 8)
        self.decide("2026-03-01 10:00", 1, 1)
        closing = self.env.ref("sales_kpi.indicator_closing_rate")
        changed = closing.copy({"code": "closing_half", "provider": "formula", "formula": "closing_rate / 2"})
        board = self.improvement("closing_rate", indicator_id=changed.id)
        board.action_start()
        self.assertEqual(self.reached(board).value, 25.0)
        changed.formula = "assessment / 2"
        self.decide("2026-03-02 10:00", 2, 0)
        board.action_measure()
        self.assertEqual(self.reached(board).value, 25.0)

    def test_closing_rate_counted_again(self):
        """The provider and plain arithmetic over random decisions say the same."""
        rng = random.Random(7)
        people = [self.users[login].id for login in ("a", "b", "t")]
        leads = self.decide("2026-03-10 10:00", 40, 40)
        self.env.flush_all()
        expected = {}
        for lead in leads:
            user = rng.choice([*people, None])
            moment = datetime(2026, 2, 27) + timedelta(minutes=rng.randrange(70 * 1440))
            if rng.random() < 0.2:
                moment = rng.choice([datetime(2026, 2, 28, 16), datetime(2026, 3, 31, 16)])
                moment -= timedelta(seconds=rng.choice([0, 1]))
            status = rng.choice(["won", "lost", "pending"])
            self.env.cr.execute(
                "UPDATE crm_lead SET user_id = %s, date_closed = %s, won_status = %s WHERE id = %s",
                [user, moment, status, lead.id],
            )
            month = (moment + timedelta(hours=8)).month
            if user and status != "pending" and month in (3, 4):
                expected.setdefault((user, month - 3), Counter())[status] += 1
        self.env.invalidate_all()
        months = (Period(0, date(2026, 3, 1), date(2026, 3, 31)), Period(1, date(2026, 4, 1), date(2026, 4, 30)))
        request = Request(self.company, people, months)
        indicator = self.env.ref("sales_kpi.indicator_closing_rate")
        figures = indicator._facts(request)[indicator].figures
        self.assertEqual(
            {key: (one.numerator, one.denominator, one.count) for key, one in figures.items()},
            {
                key: (Fraction(one["won"]), Fraction(one.total()), one.total())
                for key, one in expected.items()
            },
        )
        self.assertGreater(len(expected), 3)

    def test_queries(self):
        """As many for many people and months as for few; one improvement after the other."""
        self.decide("2026-01-10 10:00", 2, 8)
        for month in range(2, 7):
            self.decide(f"2026-0{month}-10 10:00", 1, 4)
        self.at("2026-02-02 09:00")
        few = self.improvement("closing_rate", day=date(2026, 1, 1))
        few.action_start()
        self.at("2026-06-20 09:00")
        many = self.improvement("closing_rate", day=date(2026, 1, 1))

        def count(board, deed):
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            deed(board.sudo())
            self.env.flush_all()
            return self.env.cr.sql_log_count - before

        many.action_start()
        engine(many.sudo().actual_ids).unlink()
        count(few, lambda board: board._measure())
        once = count(few, lambda board: board._measure())
        self.assertEqual(len(few.sudo().actual_ids), 5)
        self.assertLessEqual(once, 12)
