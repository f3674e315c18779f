# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import new_test_user, tagged

from odoo.addons.sales_regulation.tools import engine

from .bonus_common import BonusCommon
from .row_copies import RowCopies

#: tables of results, of evidence and of what they rest on: a trial leaves them as they are
RESULTS = (
    "kpi_cycle",
    "kpi_sheet",
    "kpi_sheet_line",
    "kpi_sheet_rating",
    "kpi_rating_request",
    "kpi_rating_answer",
    "kpi_scheme",
    "kpi_scheme_line",
    "kpi_bonus_scheme",
    "kpi_bonus_sheet",
    "kpi_bonus_line",
    "kpi_commission",
    "kpi_target",
    "regulation_register",
    "regulation_profile",
)

#: queries that are asked only where there is more than one of something
SOME = 5


@tagged("post_install", "-at_install")
class TestTrial(RowCopies, BonusCommon):
    """Trying a draft before it is activated: who would gain, who would lose, what it costs."""

    scheme_lines = (("sales_amount", {"weight": 100, "rule": "attainment"}),)
    bonus_schemes = ()

    @classmethod
    def _scored_profile(cls, **values):
        profile = super()._scored_profile(**values)
        profile.scheme_ids.role_id = cls.roles["ka_rep"]
        return profile

    def prepare(self):
        super().prepare()
        self.target("a", "sales_amount", 1000)
        self.target("b", "sales_amount", 1000)
        self.bill(self.sell("a", 900.0), "2026-03-20")
        self.bill(self.sell("b", 600.0), "2026-03-20")
        self.at("2026-04-10 09:00")
        self.draft = self.profile.copy(
            {
                "version": "2.0",
                "code": self.profile.code,
                "assignment_ids": [Command.create({"company_id": self.company.id})],
            }
        )
        self.draft.scheme_ids.unlink()
        self.scheme_tried = self._scheme(
            self.draft,
            (("sales_amount", {"rule": "below", "points": 1.0, "step": 1.0}),),
            method="deduction",
        )
        self.draft.bonus_scheme_ids = [
            Command.create(
                {"name": "Pool", "mode": "pool", "percent": 10, "basis": "invoiced", "distribution": "score"}
            )
        ]

    def trial(self, login="hr", **values):
        return (
            self.env["kpi.trial"]
            .with_user(self.users[login])
            .create(
                {
                    "profile_id": self.draft.id,
                    "company_id": self.company.id,
                    "date_from": "2026-03-01",
                    "date_to": "2026-03-31",
                    **values,
                }
            )
        )

    def contents(self):
        self.env.flush_all()
        found = {}
        for table in RESULTS:
            self.env.cr.execute(f"SELECT md5(string_agg(t::text, '|' ORDER BY t.id)) FROM {table} t")
            found[table] = self.env.cr.fetchone()[0]
        return found

    def lines(self, trial):
        return {
            line.user_id: (line.score_before, line.score_tried, line.outcome, line.bonus_tried)
            for line in trial.line_ids
        }

    def test_side_by_side(self):
        """Attained 90 and 60 %; by the draft 100 - 10 and 100 - 40; a pool of 10 % of 1,500."""
        self.cycle(at="2026-04-10 09:00")
        trial = self.trial()
        self.assertEqual(trial.against_id, self.profile)
        before = self.contents()
        trial.action_try()
        self.assertEqual(self.contents(), before)
        self.assertEqual(
            self.lines(trial),
            {
                self.users["a"]: (90.0, 90.0, "same", 90.0),
                self.users["b"]: (60.0, 60.0, "same", 60.0),
            },
        )
        self.assertEqual((trial.bonus_before, trial.bonus_tried), (0.0, 150.0))
        self.scheme_tried.line_ids.points = 2.0
        trial.action_try()
        self.assertEqual(self.contents()["kpi_sheet"], before["kpi_sheet"])
        found = self.lines(trial)
        self.assertEqual(found[self.users["a"]][:3], (90.0, 80.0, "loses"))
        self.assertEqual(found[self.users["b"]][:3], (60.0, 20.0, "loses"))
        self.assertEqual((trial.gains, trial.losses), (0, 2))
        mine = trial.line_ids.filtered(lambda one: one.user_id == self.users["a"])
        self.assertEqual(mine.explanation, "100 - 20.0 = 80.0")

    def test_who_gains(self):
        """Half a point for each percent: A 95 instead of 90, B 80 instead of 60."""
        self.scheme_tried.line_ids.points = 0.5
        trial = self.trial()
        trial.action_try()
        found = self.lines(trial)
        self.assertEqual(found[self.users["a"]][:3], (90.0, 95.0, "gains"))
        self.assertEqual(found[self.users["b"]][:3], (60.0, 80.0, "gains"))
        self.assertEqual((trial.gains, trial.losses), (2, 0))

    def bonuses(self, trial):
        self.env.invalidate_all()
        return {
            line.user_id.login.removeprefix("reg_"): (
                line.bonus_before,
                line.bonus_tried,
                line.bonus_difference,
            )
            for line in trial.line_ids
        }

    def test_pools_of_both(self):
        """5 % of 1,500 by 90 and 60 in force; 10 % of 1,500 by 95 and 80 tried."""
        engine(self.env["kpi.bonus.scheme"]).create(
            {"profile_id": self.profile.id, "name": "Pool", "mode": "pool", "percent": 5}
        )
        self.scheme_tried.line_ids.points = 0.5
        trial = self.trial()
        trial.action_try()
        self.assertEqual(
            self.bonuses(trial), {"a": (45, 81.43, 36.43), "b": (30, 68.57, 38.57)}
        )
        self.assertEqual((trial.bonus_before, trial.bonus_tried), (75, 150))

    def commissions(self, before, tried):
        """Commission in force and tried, and nothing beside it."""
        self.draft.bonus_scheme_ids.unlink()
        for profile, values in ((self.profile, before), (self.draft, tried)):
            engine(self.env["kpi.bonus.scheme"]).create(
                {"profile_id": profile.id, "name": "Commission", "mode": "commission", **values}
            )

    def test_commission(self):
        """S4: 1 % in force, 5 % tried, of the 1,000 with a deposit in March and of no other."""
        self.commissions({"percent": 1}, {"percent": 5})
        march, lost, april = (self.sell("a", amount, "2026-03-11 10:00") for amount in (1000, 700, 400))
        self.at("2026-03-20 10:00")
        self.deposit(march, 100)
        self.deposit(lost, 100)
        lost.sudo()._action_cancel()
        self.at("2026-04-02 10:00")
        self.deposit(april, 100)
        self.at("2026-04-10 09:00")
        trial = self.trial()
        before = self.contents()
        trial.action_try()
        self.assertEqual(self.contents(), before)
        self.assertEqual(self.bonuses(trial), {"a": (10, 50, 40), "b": (0, 0, 0)})
        self.assertEqual((trial.bonus_before, trial.bonus_tried), (10, 50))
        self.draft.bonus_scheme_ids.keep_cancelled = True
        trial.action_try()
        self.assertEqual(self.bonuses(trial)["a"], (10, 85, 75))

    def test_commission_deposit(self):
        """The draft wants 30 % of 1,130.00: 100 are too little in March, 239 more do in April."""
        self.commissions({"percent": 1}, {"percent": 1, "deposit_percent": 30})
        order = self.sell("a", 1000, "2026-03-11 10:00")
        self.deposit(order, 100)
        self.at("2026-04-02 10:00")
        self.deposit(order, 239)
        self.at("2026-05-10 09:00")
        trial = self.trial(date_to="2026-04-30")
        trial.action_try()
        march, april = (
            trial.line_ids.filtered(
                lambda line, day=day: str(line.date_from) == day and line.user_id == self.users["a"]
            )
            for day in ("2026-03-01", "2026-04-01")
        )
        self.assertEqual((march.bonus_before, march.bonus_tried), (10, 0))
        self.assertEqual((april.bonus_before, april.bonus_tried), (0, 10))

    def test_commission_role(self):
        """The draft pays KM's people nothing and T, who is not scored, 2 %."""
        self.commissions({"percent": 1}, {"percent": 2, "role_id": self.roles["telemarketer"].id})
        for login in ("a", "t"):
            self.deposit(self.sell(login, 1000, "2026-03-11 10:00"), 100)
        self.at("2026-04-10 09:00")
        trial = self.trial()
        trial.action_try()
        self.assertEqual(
            self.bonuses(trial), {"a": (10, 0, -10), "b": (0, 0, 0), "t": (10, 20, 10)}
        )

    def test_locked_scores(self):
        """Beside locked scores as well; they stay what they are."""
        cycle = self.cycle(at="2026-04-10 09:00")
        cycle.action_lock()
        trial = self.trial()
        before = self.contents()
        trial.action_try()
        self.assertEqual(self.contents(), before)
        self.assertEqual(self.lines(trial)[self.users["a"]][:2], (90.0, 90.0))
        cycle.action_verify()
        self.assertEqual(cycle.state, "locked")

    def test_period_that_nobody_computed(self):
        trial = self.trial()
        trial.action_try()
        self.assertFalse(self.env["kpi.cycle"].search([("company_id", "=", self.company.id)]))
        self.assertEqual(self.lines(trial)[self.users["b"]][:2], (60.0, 60.0))

    def test_version_of_the_period(self):
        """A period is compared with the version that judged it, not with the newest one."""
        second = self.profile.copy(
            {
                "version": "1.5",
                "code": self.profile.code,
                "date_from": "2026-04-01",
                "assignment_ids": [Command.create({"company_id": self.company.id})],
            }
        )
        second.with_user(self.users["gm"])._publish("active")
        trial = self.trial(against_id=second.id)
        trial.action_try()
        self.assertEqual(self.lines(trial)[self.users["a"]][:2], (90.0, 90.0))

    def test_drafts_of_the_company(self):
        """HR tries any draft of its company, assigned or not; of no other, and reads no more."""
        free = self.env["regulation.profile"].with_user(self.users["adm"]).create(
            {"name": "Free", "code": "FREE", "version": "1.0"}
        )
        self._scheme(free, self.scheme_lines)
        other = self.env["res.company"].create({"name": "Other"})
        stranger = new_test_user(
            self.env,
            "kpi_stranger",
            groups="sales_regulation.group_regulation_admin",
            company_id=other.id,
            company_ids=[Command.set(other.ids)],
        )
        Profile = self.env["regulation.profile"]
        foreign = (
            Profile.with_user(stranger)
            .with_context(allowed_company_ids=other.ids)
            .create({"name": "Foreign", "code": "FOREIGN", "version": "1.0"})
        )
        domain = [("state", "=", "draft"), ("is_template", "=", False)]
        self.env.flush_all()
        mine = Profile.with_user(self.users["hr"]).search(domain)
        self.assertIn(free, mine)
        self.assertIn(self.draft, mine)
        self.assertNotIn(foreign, mine)
        self.assertNotIn(free, Profile.with_user(self.users["km"]).search(domain))
        trial = self.trial(profile_id=free.id)
        self.assertEqual(trial.against_id, self.profile, "what the company follows")
        trial.action_try()
        self.assertEqual(self.lines(trial)[self.users["a"]][:2], (90.0, 90.0))
        with self.assertRaises(AccessError):
            self.trial(profile_id=foreign.id).action_try()
        with self.assertRaises(AccessError):
            free.with_user(self.users["hr"]).write({"version": "2.0"})

    def test_another_question(self):
        """What was found stands under what was asked, and under nothing else."""
        trial = self.trial()
        trial.action_try()
        self.assertTrue(trial.line_ids)
        trial.date_to = "2026-12-31"
        self.assertFalse(trial.line_ids or trial.tried_at)

    def test_several_periods(self):
        trial = self.trial(date_from="2026-01-01", date_to="2026-12-31")
        trial.action_try()
        self.assertEqual(
            sorted({str(line.date_from) for line in trial.line_ids}),
            ["2026-01-01", "2026-02-01", "2026-03-01"],
        )
        trial.unlink()

    # === BY AND BY === #

    def nightly(self):
        with self.enter_registry_test_mode():
            self.env.ref("sales_kpi.ir_cron_kpi_trial").method_direct_trigger()
        self.env.invalidate_all()

    def months(self, trial):
        return sorted({f"{line.date_from:%Y-%m}" for line in trial.line_ids})

    def test_in_batches(self):
        """Three periods while HR waits, two more by the job, which was woken up."""
        job = self.env.ref("sales_kpi.ir_cron_kpi_trial")
        triggers = self.env["ir.cron.trigger"].search_count([("cron_id", "=", job.id)])
        trial = self.trial(date_from="2025-11-01")
        trial.action_try()
        self.assertEqual(self.months(trial), ["2025-11", "2025-12", "2026-01"])
        self.assertEqual((str(trial.next_from), trial.tried_at), ("2026-02-01", False))
        self.assertIn("3 of 5", trial.progress)
        self.assertEqual(
            self.env["ir.cron.trigger"].search_count([("cron_id", "=", job.id)]), triggers + 1
        )
        before = self.contents()
        self.nightly()
        self.assertEqual(self.contents(), before)
        self.assertEqual(len(self.months(trial)), 5)
        self.assertTrue(trial.tried_at)
        self.assertFalse(trial.next_from or trial.progress or trial.problem)
        self.assertEqual(trial.bonus_tried, 150.0)
        trial.action_try()  # anew
        self.assertEqual(len(self.months(trial)), 3)

    def test_job_is_killed(self):
        """What is committed stays, and the next run goes on with the period that is missing."""
        trial = self.trial(date_from="2025-11-01")
        trial.action_try()
        Trial = self.registry["kpi.trial"]
        original = Trial._tried
        seen = []

        def killed(model, first):
            seen.append(first)
            if len(seen) == 2:
                raise KeyboardInterrupt
            return original(model, first)

        self.patch(Trial, "_tried", killed)
        with self.assertRaises(KeyboardInterrupt), self.env.cr.savepoint():
            self.nightly()
        self.patch(Trial, "_tried", original)
        self.nightly()
        self.assertEqual(len(trial.line_ids), 2 * 5, "no line twice")

    def test_one_trial_fails(self):
        """It says why, and the other one is computed all the same."""
        wrong, right = self.trial(date_from="2025-11-01"), self.trial(date_from="2025-12-01")
        (wrong | right).action_try()
        self.draft = self.draft.copy({"version": "3.0", "code": self.draft.code})
        engine(wrong.sudo()).write({"next_from": "2026-02-01"})
        self.cr.execute(
            "UPDATE kpi_trial SET profile_id = %s WHERE id = %s", [self.draft.id, wrong.id]
        )
        self.env.invalidate_all()
        self.draft.scheme_ids.unlink()
        with self.assertLogs("odoo.addons.sales_kpi.models.trial.kpi_trial", "ERROR"):
            self.nightly()
        self.assertIn("no score scheme", wrong.problem)
        self.assertFalse(wrong.next_from or wrong.tried_at)
        self.assertTrue(right.tried_at)
        wrong.date_to = "2026-03-30"
        self.assertFalse(wrong.problem or wrong.line_ids)

    def test_who_and_what(self):
        with self.assertRaises(AccessError):
            self.trial("km")
        with self.assertRaises(AccessError):
            self.trial("adm")
        trial = self.trial()
        self.env["regulation.role.assignment"].search(
            [("user_id", "=", self.users["hr"].id), ("role_id", "=", self.roles["hr"].id)]
        ).date_to = "2026-04-01"
        with self.assertRaises(AccessError):
            trial.action_try()

    def test_what_cannot_be_tried(self):
        trial = self.trial(date_from="2026-04-01", date_to="2026-04-30")
        with self.assertRaisesRegex(UserError, "has ended"):
            trial.action_try()
        with self.assertRaisesRegex(UserError, "at most"):
            self.trial(date_from="2010-01-01").action_try()
        self.scheme_tried.line_ids.points = 1.0
        self.draft.scheme_ids.unlink()
        with self.assertRaisesRegex(UserError, "no score scheme"):
            self.trial().action_try()
        line = trial.line_ids
        with self.assertRaises(AccessError):
            self.env["kpi.trial.line"].with_user(self.users["hr"]).sudo().create(
                {"trial_id": trial.id, "user_id": self.users["a"].id}
            )
        self.assertFalse(line)

    # === MANY PEOPLE, TWO COMPANIES === #

    def queries(self, trial):
        trial.action_try()  # what is read once in a process is read
        self.env.flush_all()
        self.env.invalidate_all()
        before = self.env.cr.sql_log_count
        trial.action_try()
        self.env.flush_all()
        return self.env.cr.sql_log_count - before

    def test_queries(self):
        """As many queries for eighty people as for one, computed and beside what was computed."""
        held = self.env["regulation.role.assignment"].search(
            [("role_id", "=", self.roles["ka_rep"].id), ("user_id", "=", self.users["b"].id)]
        )
        engine(held).unlink()
        trial = self.trial()
        alone = self.queries(trial)
        self.assertEqual(trial.line_ids.user_id, self.users["a"])
        self.cycle(at="2026-04-10 09:00")
        alone_beside = self.queries(trial)
        people = self.env["res.users"].create(
            [
                {
                    "name": f"Rep {number}",
                    "login": f"rep_{number}",
                    "company_id": self.company.id,
                    "company_ids": [Command.set(self.company.ids)],
                    "group_ids": self.users["a"].group_ids.ids,
                }
                for number in range(79)
            ]
        )
        self.env["regulation.role.assignment"].create(
            [
                {
                    "role_id": self.roles["ka_rep"].id,
                    "company_id": self.company.id,
                    "user_id": user.id,
                    "date_from": "2020-01-01",
                }
                for user in people
            ]
        )
        self.env["kpi.target"].create(
            [
                {
                    "indicator_id": self._indicator("sales_amount").id,
                    "user_id": user.id,
                    "day": "2026-03-01",
                    "amount": 100 + number,
                    "company_id": self.company.id,
                }
                for number, user in enumerate(people)
            ]
        )
        together_beside = self.queries(trial)
        self.assertEqual(len(trial.line_ids), 80)
        self.assertLessEqual(together_beside, alone_beside + SOME)
        engine(self.env["kpi.cycle"].search([("company_id", "=", self.company.id)]).sudo()).unlink()
        together = self.queries(trial)
        self.assertEqual(len(trial.line_ids), 80)
        self.assertLessEqual(together, alone + SOME)

    def test_two_companies(self):
        """Each company tries its own people and sales; the other one is not touched, nor shown."""
        sister = self.env["res.company"].create({"name": "Sister", "currency_id": self.cny.id})
        hr, rep = self.users["hr"], self.users["t"]
        for user in (hr, rep):
            user.company_ids |= sister
        self.env = self.env(
            context={**self.env.context, "allowed_company_ids": [self.company.id, sister.id]}
        )
        self.env["regulation.profile.assignment"].create(
            {"profile_id": self.draft.id, "company_id": sister.id}
        )
        engine(self.env["regulation.profile.assignment"]).create(
            {"profile_id": self.profile.id, "company_id": sister.id}
        )
        self.env["regulation.role.assignment"].create(
            {
                "role_id": self.roles["ka_rep"].id,
                "company_id": sister.id,
                "user_id": rep.id,
                "date_from": "2020-01-01",
            }
        )
        # The same sales once more, in the sister company
        line = self.env["account.move.line"].sudo().search(
            [("credited_user_id", "=", self.users["a"].id), ("display_type", "=", "product")], limit=1
        )
        self.rows = {"account_move": line.move_id.id, "account_move_line": line.id}
        self.env.flush_all()
        move = self.copy_row("account_move", company_id=sister.id, name="/")
        self.copy_row(
            "account_move_line", move_id=move, company_id=sister.id, credited_user_id=rep.id
        )
        self.env.invalidate_all()
        with self.assertRaises(AccessError):
            self.trial(company_id=sister.id).action_try()
        self.env["regulation.role.assignment"].create(
            {
                "role_id": self.roles["hr"].id,
                "company_id": sister.id,
                "user_id": hr.id,
                "date_from": "2020-01-01",
            }
        )
        self.target("t", "sales_amount", 1000, company_id=sister.id, team_id=False)
        self.cycle(at="2026-04-10 09:00")
        before = self.contents()
        theirs, ours = self.trial(company_id=sister.id), self.trial()
        for trial in (theirs, ours, theirs):
            trial.action_try()
        self.assertEqual(self.contents(), before)
        self.assertEqual(self.lines(theirs), {rep: (90.0, 90.0, "same", 90.0)})
        self.assertEqual(
            {user: found[:2] for user, found in self.lines(ours).items()},
            {self.users["a"]: (90.0, 90.0), self.users["b"]: (60.0, 60.0)},
        )
        self.assertEqual((ours.bonus_tried, theirs.bonus_tried), (150.0, 90.0))
        lines = self.env["kpi.trial.line"].with_user(hr)
        for company, people in ((sister, rep), (self.company, self.users["a"] | self.users["b"])):
            seen = lines.with_context(allowed_company_ids=company.ids).search([])
            self.assertEqual(seen.user_id, people)
