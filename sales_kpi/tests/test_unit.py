# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from ast import literal_eval

from psycopg2.errors import CheckViolation

from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged
from odoo.tools import mute_logger

from odoo.addons.sales_regulation.tools import engine

from .bonus_common import BonusCommon


class UnitCommon(BonusCommon):
    """Sales under KM (A, B, KM) and Telemarketing under TM (T, TM); B changes in the middle.

    March has 22 working days; B is in Sales on the first 10 and in Telemarketing on 12.
    """

    scheme_lines = (
        ("sales_amount", {"rule": "below", "points": 0.5}),
        ("satisfaction", {"rule": "shown", "target_source": "none"}),
    )
    scheme_values = {"method": "deduction", "unit": "department"}
    bonus_schemes = ({"name": "Pool", "mode": "pool", "percent": 10, "distribution": "score"},)

    @classmethod
    def _build_company(cls):
        super()._build_company()
        Department = cls.env["hr.department"]
        cls.departments = {
            code: Department.create(
                {
                    "name": name,
                    "company_id": cls.company.id,
                    "manager_id": cls.employees[head].id if head else False,
                }
            )
            for code, name, head in (
                ("commerce", "Commerce", "sgm"),
                ("sales", "Sales", "km"),
                ("tele", "Telemarketing", "tm"),
            )
        }
        (cls.departments["sales"] | cls.departments["tele"]).parent_id = cls.departments["commerce"]
        for code, logins in (("sales", ("a", "b", "km")), ("tele", ("t", "tm"))):
            for login in logins:
                cls.employees[login].version_id.date_version = "2024-01-01"
                cls.employees[login].department_id = cls.departments[code]

    def prepare(self):
        super().prepare()
        self.employees["b"].create_version(
            {"date_version": "2026-03-16", "department_id": self.departments["tele"].id}
        )
        self.env.flush_all()
        for login, amount, day in (
            ("a", 600.0, "2026-03-12"),
            ("b", 300.0, "2026-03-10"),
            ("b", 500.0, "2026-03-20"),
            ("km", 40.0, "2026-03-18"),
            ("t", 100.0, "2026-03-25"),
        ):
            self.bill(self.sell(login, amount, at=f"{day} 10:00"), day)
        self.unit_target("sales", 1000.0)
        self.target("t", "sales_amount", 800.0)
        self.target("b", "sales_amount", 400.0)

    def unit_target(self, code, amount, login="hr", **values):
        return (
            self.env["kpi.target"]
            .with_user(self.users[login])
            .create(
                {
                    "indicator_id": self._indicator("sales_amount").id,
                    "department_id": self.departments[code].id,
                    "day": "2026-03-01",
                    "amount": amount,
                    "company_id": self.company.id,
                    **values,
                }
            )
        )

    def scheme_set(self, **values):
        """Other settings of the scheme in force, as if it had been published so."""
        engine(self.profile.scheme_ids).write(values)

    def unit(self, cycle, code):
        place = self.departments.get(code) or self.teams[code]
        return cycle.sudo().sheet_ids.filtered(
            lambda sheet: place == (sheet.department_id or sheet.team_id)
        )

    def figure(self, cycle, code, indicator="sales_amount"):
        return self.unit(cycle, code).line_ids.filtered(
            lambda line: line.indicator_id.code == indicator
        )


@tagged("post_install", "-at_install")
class TestUnit(UnitCommon):
    """C41, C42, S2-54 to S2-57: a department is scored as a whole, with figures by hand."""

    def test_department(self):
        """Sales: A 600 + B's 300 before he left + KM 40 = 940 of 1,000: 6 full % x 0.5."""
        cycle = self.cycle()
        self.assertEqual(
            {sheet.whom: sheet.score for sheet in cycle.sudo().sheet_ids},
            {"Sales": 97.0, "Telemarketing": 79.5},
        )
        sheet = self.unit(cycle, "sales")
        line = self.figure(cycle, "sales")
        self.assertEqual((line.actual, line.target, line.attained), (940.0, 1000.0, 94.0))
        self.assertEqual(line.explanation, "94.0 % of target: 6 full % x 0.5 = -3.0")
        self.assertFalse(line.target_summed)
        self.assertEqual(sheet.explanation, "100 - 3.0 = 97.0")
        self.assertEqual((sheet.user_id, sheet.responsible_id), (self.env["res.users"], self.users["km"]))
        self.assertEqual(
            {member.user_id: (member.days, member.is_scored) for member in sheet.member_ids},
            {
                self.users["a"]: (22, True),
                self.users["b"]: (10, False),
                self.users["km"]: (22, False),
            },
        )
        self.assertIn("Sales, 2026-03", sheet.display_name)

    def test_target_of_its_people(self):
        """No target of its own: 800 + 12 of 22 days of 400 = 1,018.18; 600 are 58.93 %, 41 full %."""
        line = self.figure(self.cycle(), "tele")
        self.assertEqual((line.actual, line.target, line.attained), (600.0, 1018.18, 58.93))
        self.assertEqual((line.units, line.deduction), (41.0, 20.5))
        self.assertTrue(line.target_summed)

    def test_records_behind_it(self):
        """The figure opens what its people did on their days in it, and nothing else."""
        line = self.figure(self.cycle(), "sales")
        found = self.env[line.evidence_model].search(literal_eval(line.evidence_domain))
        self.assertEqual(sorted(found.mapped("price_subtotal")), [40.0, 300.0, 600.0])

    def test_named_departments(self):
        """Commerce with all below it: 1,540 of 1,600, 96.25 %, 3 full percent."""
        self.scheme_set(department_ids=[Command.set(self.departments["commerce"].ids)])
        self.unit_target("commerce", 1600.0)
        cycle = self.cycle()
        self.assertEqual(cycle.sudo().sheet_ids.department_id, self.departments["commerce"])
        line = self.figure(cycle, "commerce")
        self.assertEqual((line.actual, line.attained, line.deduction), (1540.0, 96.25, 1.5))
        sheet = self.unit(cycle, "commerce")
        self.assertEqual(sheet.responsible_id, self.users["sgm"])
        self.assertEqual(len(sheet.member_ids.filtered("is_scored")), 3)
        self.assertEqual(
            sheet.member_ids.filtered(lambda one: one.user_id == self.users["b"]).days, 22
        )

    def test_team(self):
        """Teams are not dated: KM leads and is listed, B is in it all month. 1,440 of 1,500."""
        self.scheme_set(unit="team")
        self.unit_target("sales", 1500.0, department_id=False, team_id=self.teams["ka"].id)
        cycle = self.cycle()
        self.assertEqual(cycle.sudo().sheet_ids.team_id, self.teams["ka"] | self.teams["tele"])
        line = self.figure(cycle, "ka")
        self.assertEqual((line.actual, line.attained, line.deduction), (1440.0, 96.0, 2.0))
        self.assertEqual(self.unit(cycle, "ka").score, 98.0)
        team = self.unit(cycle, "ka")
        self.assertEqual(
            set(team.member_ids.filtered("is_scored").user_id.mapped("login")), {"reg_a", "reg_b"}
        )

    def test_formula_of_the_whole(self):
        """A formula is computed of the sums, not as the mean of the people: 940 of 1,000 ordered."""
        self.sell("a", 60.0, at="2026-03-30 10:00")
        formula = self.env["kpi.indicator"].create(
            {
                "name": "Invoiced of ordered",
                "code": "invoiced_share",
                "definition": "What was invoiced of what was ordered.",
                "provider": "formula",
                "formula": "sales_amount / sales_ordered",
            }
        )
        engine(self.env["kpi.scheme.line"]).create(
            {
                "scheme_id": self.profile.scheme_ids.id,
                "indicator_id": formula.id,
                "rule": "shown",
                "target_source": "none",
            }
        )
        self.assertEqual(self.figure(self.cycle(), "sales", "invoiced_share").actual, 0.94)

    def test_in_no_department(self):
        """Nobody is left out in silence: who is in no department is named on the cycle."""
        self.employees["t"].department_id = False
        cycle = self.cycle()
        self.assertEqual(cycle.unplaced_ids, self.users["t"])
        self.assertEqual(
            self.unit(cycle, "tele").member_ids.filtered("is_scored").user_id, self.users["b"]
        )
        self.employees["t"].department_id = self.departments["tele"]
        cycle.action_compute()
        self.assertFalse(cycle.unplaced_ids)

    def test_by_person(self):
        """The switch of the scheme: the same people, each by himself."""
        self.scheme_set(unit="person")
        cycle = self.cycle()
        self.assertEqual(
            set(cycle.sudo().sheet_ids.user_id.mapped("login")), {"reg_a", "reg_b", "reg_t"}
        )
        self.assertEqual(self.line(cycle, "sales_amount", "b").actual, 800.0)

    def test_shipped(self):
        """S2 scores departments; the copy for a company is switched to people."""
        scheme = self.env.ref("sales_kpi.scheme_s2_month")
        self.assertEqual(scheme.unit, "department")
        scheme._check_sound()
        copied = scheme.profile_id.copy({"version": "x"}).scheme_ids
        self.assertEqual(copied.unit, "department")
        copied.unit = "person"
        copied._check_sound()

    def test_no_ratings_of_people(self):
        """What is said of people never becomes the figure of a small team."""
        scheme = self.profile.copy({"version": "x"}).scheme_ids
        scheme.line_ids = [
            Command.create(
                {
                    "indicator_id": self._indicator("assessment").id,
                    "rule": "shown",
                    "target_source": "none",
                }
            )
        ]
        with self.assertRaisesRegex(UserError, "said of people"):
            scheme._check_sound()

    def test_again(self):
        """Computed anew: the same sheets, no row twice; who came later counts."""
        cycle = self.cycle()
        sheet = self.unit(cycle, "sales")
        self.bill(self.sell("a", 60.0, at="2026-03-30 10:00"), "2026-03-30")
        self.at("2026-04-02 09:00")
        cycle.action_compute()
        self.assertEqual(self.unit(cycle, "sales"), sheet)
        self.assertEqual((len(sheet.line_ids), len(sheet.member_ids)), (2, 3))
        self.assertEqual(sheet.score, 100.0)

    def test_queries(self):
        """As many for eight departments as for two, apart from what is written for each."""
        cycle = self.cycle()
        more = self.env["hr.department"].create(
            [
                {
                    "name": f"Department {login}",
                    "company_id": self.company.id,
                    "parent_id": self.departments["commerce"].id,
                    "manager_id": self.employees["sgm"].id,
                }
                for login in ("a", "clk", "wh", "pln", "fin", "leg")
            ]
        )
        counts = []
        for moved in ((), ("a", "clk", "wh", "pln", "fin", "leg")):
            for login, department in zip(moved, more, strict=False):
                self.employees[login].department_id = department
            if moved:
                self.teams["ka"].member_ids |= self.env["res.users"].union(
                    *(self.users[login] for login in moved)
                )
            engine(cycle.sudo().stood_ids).unlink()
            engine(cycle.sudo()).write({"line_at": False})
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            cycle.sudo()._compute_scores()
            self.env.flush_all()
            counts.append(self.env.cr.sql_log_count - before)
        self.assertEqual(len(cycle.sudo().sheet_ids), 8)
        self.assertLessEqual(counts[1], counts[0] + 12)


@tagged("post_install", "-at_install")
class TestUnitRights(UnitCommon):
    """C44, X6: who leads it, who is above him, directors, HR, auditors; its people if it says so."""

    def seen(self, login, cycle):
        found = {}
        for model, name in (
            ("kpi.sheet", "id"),
            ("kpi.sheet.line", "sheet_id"),
            ("kpi.sheet.member", "sheet_id"),
        ):
            rows = self.env[model].with_user(self.users[login]).search(
                [(name, "in", cycle.sudo().sheet_ids.ids)]
            )
            found[model] = (rows if model == "kpi.sheet" else rows.sheet_id).sudo()
        self.assertEqual(len(set(found.values())), 1, login)
        return set(found["kpi.sheet"].mapped("whom"))

    def test_who(self):
        cycle = self.cycle()
        both = {"Sales", "Telemarketing"}
        for login, units in (
            ("km", {"Sales"}),
            ("rm", {"Sales"}),
            ("dgm", {"Sales"}),
            ("tm", {"Telemarketing"}),
            ("sgm", both),  # leads the department above both
            ("gm", both),
            ("hr", both),
            ("aud", both),
            ("a", {"Sales"}),
            ("b", both),
            ("t", {"Telemarketing"}),
            ("fin", set()),
            ("clk", set()),
            ("adm", set()),
        ):
            self.assertEqual(self.seen(login, cycle), units, login)

    def test_not_its_people(self):
        self.scheme_set(members_see=False)
        cycle = self.cycle()
        for login, units in (("a", set()), ("b", set()), ("t", set()), ("km", {"Sales"})):
            self.assertEqual(self.seen(login, cycle), units, login)

    def test_target(self):
        """Nobody sets the target of the department he leads; its head reads it."""
        target = self.unit_target("tele", 900.0)
        Target = self.env["kpi.target"]
        self.assertIn(target, Target.with_user(self.users["tm"]).search([]))
        self.assertNotIn(target, Target.with_user(self.users["km"]).search([]))
        self.departments["sales"].manager_id = self.employees["hr"]
        with self.assertRaisesRegex(AccessError, "his own"):
            self.unit_target("sales", 1.0, day="2026-04-01")
        with mute_logger("odoo.sql_db"), self.assertRaises(CheckViolation):
            self.unit_target("tele", 1.0, day="2026-05-01", team_id=self.teams["ka"].id)

    def test_locked(self):
        """Locked with its people; a change in the database shows; reopened as a revision."""
        cycle = self.cycle()
        cycle.action_lock()
        sheet = self.unit(cycle, "sales")
        cycle.action_verify()
        with self.assertRaises(AccessError):
            engine(sheet.member_ids).unlink()
        self.env.flush_all()
        with self.env.cr.savepoint():
            self.env.cr.execute(
                "UPDATE kpi_sheet_member SET is_scored = TRUE WHERE sheet_id = %s", [sheet.id]
            )
            self.env.invalidate_all()
            with self.assertRaisesRegex(UserError, "differ"):
                cycle.action_verify()
            self.env.cr.execute(
                "UPDATE kpi_sheet_member SET is_scored = (user_id = %s) WHERE sheet_id = %s",
                [self.users["a"].id, sheet.id],
            )
            self.env.invalidate_all()
        cycle.action_verify()
        action = cycle.action_reopen("A complaint was withdrawn")
        revision = cycle.browse(action["res_id"])
        revision.action_compute()
        self.assertEqual(self.unit(revision, "sales").score, 97.0)
        self.assertEqual(self.unit(cycle, "sales"), sheet)
        for login in ("a", "km", "hr", "gm", "adm"):
            with self.assertRaises(AccessError):
                sheet.member_ids.with_user(self.users[login]).write({"days": 1})

    def test_appeal(self):
        """Who leads it appeals, and nobody else of it."""
        cycle = self.cycle()
        cycle.action_publish()
        sheet = self.unit(cycle, "sales")
        self.assertTrue(sheet.with_user(self.users["km"]).can_appeal)
        self.assertFalse(sheet.with_user(self.users["a"]).can_appeal)
        with self.assertRaises(AccessError):
            sheet.with_user(self.users["a"]).action_appeal("I sold more")
        appeal = self.env["kpi.appeal"].browse(
            sheet.with_user(self.users["km"]).action_appeal("An invoice is missing")
        )
        self.assertEqual(appeal.sudo().user_id, self.users["km"])
        appeal.with_user(self.users["hr"]).action_refuse("It is of April")

    def test_plan(self):
        """What is to get better is agreed on by who leads it and one above him."""
        sheet = self.unit(self.cycle(), "sales")
        plan = (
            self.env["kpi.development.plan"]
            .with_user(self.users["km"])
            .create({"sheet_id": sheet.id, "goal": "Visit more", "review_on": "2026-06-30"})
        )
        plan.action_agree()
        with self.assertRaises(AccessError):
            plan.sudo().with_user(self.users["a"]).action_agree()
        plan.with_user(self.users["rm"]).action_agree()
        self.assertEqual(plan.state, "agreed")

    def test_ratings(self):
        """Units are not rated: nobody is asked."""
        self.assertFalse(self.cycle().sudo()._rating_groups())


@tagged("post_install", "-at_install")
class TestUnitBonus(UnitCommon):
    """C45: bonus goes on being divided among people; a person's score is that of his unit."""

    def test_pool(self):
        """154.00 by 97 : 79.5 : 79.5 = 58.35, 47.83, 47.82; the cent by employee."""
        self.cycle().action_lock()
        sheet = self.bonus()
        self.assertEqual(self.amounts(sheet), {"a": 58.35, "b": 47.83, "t": 47.82})
        line = sheet.sudo().line_ids.filtered(lambda one: one.user_id == self.users["a"])
        self.assertEqual(line.score, 97.0)
        self.assertEqual(line.score_sheet_id.whom, "Sales")

    def test_trial(self):
        """A draft that scores people is compared with the units, person by person."""
        self.cycle()
        self.at("2026-04-10 09:00")
        draft = self.profile.copy(
            {
                "version": "2.0",
                "code": self.profile.code,
                "assignment_ids": [Command.create({"company_id": self.company.id})],
            }
        )
        draft.scheme_ids.unit = "person"
        trial = (
            self.env["kpi.trial"]
            .with_user(self.users["hr"])
            .create(
                {
                    "profile_id": draft.id,
                    "company_id": self.company.id,
                    "date_from": "2026-03-01",
                    "date_to": "2026-03-31",
                }
            )
        )
        trial.action_try()
        found = {
            line.user_id.login: (line.score_before, line.scored_tried, line.score_tried)
            for line in trial.line_ids
        }
        # A has no target of his own and no score, B 800 of 400, T 100 of 800: 87 full percent
        self.assertEqual(
            found,
            {
                "reg_a": (97.0, False, 0.0),
                "reg_b": (79.5, True, 100.0),
                "reg_t": (79.5, True, 56.5),
            },
        )
