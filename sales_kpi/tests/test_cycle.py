# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
import json

from freezegun import freeze_time
from psycopg2 import IntegrityError

from odoo.exceptions import AccessError, UserError
from odoo.tests import new_test_user, tagged
from odoo.tools import mute_logger

from odoo.addons.sales_regulation.tools import engine

from .common import KpiCommon


@tagged("post_install", "-at_install")
class TestCycle(KpiCommon):
    """C41, C44: computed as often as needed, locked once, reopened as a new revision."""

    def prepare(self):
        super().prepare()
        self.target("a", "sales_amount", 2000.0)
        self.target("a", "new_customers", 1)
        self.order = self.sell(amount=1880.0)
        self.invoice = self.bill(self.order, "2026-03-12")

    def test_sheet(self):
        """94 % x 0.5 + 100 % x 0.3, no answers: (47 + 30) / 80 %."""
        cycle = self.cycle()
        sheet = self.sheet(cycle)
        self.assertEqual(sheet.score, 96.25)
        self.assertEqual(sheet.explanation, "(47.0 + 30.0) / 80 % = 96.25")
        line = self.line(cycle, "sales_amount")
        self.assertEqual(
            (line.numerator, line.target, line.attained, line.count), (1880.0, 2000.0, 94.0, 1)
        )
        self.assertEqual(
            line.explanation, "94.0 % of target: 94.0 x weight 62.5 % = 58.75"
        )
        self.assertEqual((line.weight, line.weight_counted), (50.0, 62.5))
        self.assertIn("posted customer invoices", line.definition)
        self.assertEqual(cycle.sudo().sheet_ids.user_id, self.users["a"] | self.users["b"])
        self.assertEqual(sheet.team_id, self.teams["ka"])
        other = self.sheet(cycle, "b")
        self.assertFalse(other.has_score)
        self.assertIn("No score", other.explanation)

    def test_evidence(self):
        """Every figure opens the records that were counted."""
        line = self.line(self.cycle(), "sales_amount").with_user(self.users["a"])
        action = line.action_open_evidence()
        found = self.env[action["res_model"]].search(action["domain"])
        self.assertEqual(found, self.invoice.invoice_line_ids)
        self.assertEqual(sum(found.mapped("price_subtotal")), 1880.0)

    def test_again(self):
        """Computing anew takes what has happened meanwhile; the same sheets, no row twice."""
        cycle = self.cycle()
        sheet = self.sheet(cycle)
        self.bill(self.sell(amount=120.0), "2026-03-31")
        self.at("2026-04-02 09:00")
        cycle.action_compute()
        self.assertEqual(self.sheet(cycle), sheet)
        self.assertEqual(len(sheet.line_ids), 3)
        self.assertEqual(self.line(cycle, "sales_amount").attained, 100.0)
        self.assertEqual(sheet.score, 100.0)

    def test_lock(self):
        cycle = self.cycle()
        cycle.action_lock()
        sheet = self.sheet(cycle)
        self.assertEqual((cycle.state, cycle.locked_by_id), ("locked", self.users["hr"]))
        self.assertTrue(sheet.digest and sheet.snapshot and cycle.digest)
        cycle.action_verify()
        [event] = self.env["regulation.register"].search(
            [("event", "=", "scores_locked"), ("res_id", "=", cycle.id)]
        )
        self.assertEqual(event.user_id, self.users["hr"])
        with self.assertRaises(UserError):
            cycle.action_lock()
        with self.assertRaises(UserError):
            cycle.action_compute()

    def test_locked_is_locked(self):
        """Nobody writes a locked revision: not HR, a director, the superuser, the engine."""
        cycle = self.cycle()
        cycle.action_lock()
        sheet = self.sheet(cycle)
        for login in ("a", "km", "hr", "gm", "adm"):
            user = self.users[login]
            for record, values in (
                (sheet, {"score": 100.0}),
                (sheet.line_ids[0], {"actual": 1.0}),
                (cycle, {"state": "computed"}),
                (cycle, {"day": "2026-04-30"}),
            ):
                with self.assertRaises(AccessError):
                    record.with_user(user).write(values)
            with self.assertRaises(AccessError):
                sheet.with_user(user).unlink()
            with self.assertRaises(AccessError):
                cycle.with_user(user).unlink()
            with self.assertRaises(AccessError):
                sheet.line_ids.with_user(user).unlink()
        for record in (sheet, sheet.line_ids[0]):
            with self.assertRaises(AccessError):
                record.sudo().write({"explanation": "x"})
            with self.assertRaises(AccessError):
                engine(record.sudo()).write({"explanation": "x"})
            with self.assertRaises(AccessError):
                engine(record.sudo()).unlink()
        with self.assertRaises(AccessError):
            engine(cycle.sudo()).write({"state": "computed"})
        with self.assertRaises(AccessError):
            self.env["kpi.sheet"].sudo().create(
                {
                    "cycle_id": cycle.id,
                    "user_id": self.users["t"].id,
                    "scheme_id": sheet.scheme_id.id,
                }
            )
        self.assertEqual(self.sheet(cycle).score, 96.25)

    def test_import_and_defaults(self):
        """Neither an import nor a default of a context makes or changes a sheet."""
        cycle = self.cycle()
        model = self.env["kpi.sheet"].with_user(self.users["hr"])
        for locked in (False, True):
            if locked:
                cycle.action_lock()
            before = self.sheet(cycle).score
            result = model.load([".id", "score"], [[str(self.sheet(cycle).id), "100"]])
            self.assertTrue(result["messages"])
            self.assertEqual(self.sheet(cycle).score, before)
        cycles = self.env["kpi.cycle"].with_user(self.users["hr"])
        result = cycles.load([".id", "state"], [[str(cycle.id), "Open"]])
        self.assertTrue(result["messages"])
        line = self.sheet(cycle).line_ids[0]
        result = line.with_user(self.users["hr"]).load([".id", "points"], [[str(line.id), "100"]])
        self.assertTrue(result["messages"])
        self.assertEqual(cycle.state, "locked")
        cycle.action_verify()
        with self.assertRaises(AccessError):
            self.env["kpi.cycle"].with_user(self.users["hr"]).create(
                {"day": "2026-02-10", "state": "locked", "company_id": self.company.id}
            )
        made = (
            self.env["kpi.cycle"]
            .with_user(self.users["hr"])
            .with_context(default_state="locked", default_revision=7)
            .create({"day": "2026-02-10", "company_id": self.company.id})
        )
        self.assertEqual((made.state, made.revision), ("open", 1))

    def test_forged_in_the_database(self):
        """What is changed behind the back of the system shows."""
        cycle = self.cycle()
        cycle.action_lock()
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE kpi_sheet SET score = 100 WHERE id = %s", [self.sheet(cycle).id]
        )
        self.env.invalidate_all()
        with self.assertRaisesRegex(UserError, "fingerprint"):
            cycle.action_verify()

    def test_team_is_locked(self):
        """The team of a locked sheet is neither deleted nor exchanged, and is verified."""
        cycle = self.cycle()
        cycle.action_lock()
        sheet = self.sheet(cycle)
        team = sheet.team_id
        self.assertTrue(team)
        with self.assertRaises(IntegrityError), mute_logger("odoo.sql_db"), self.cr.savepoint():
            team.sudo().unlink()
        self.assertEqual(sheet.team_id, team)
        cycle.action_verify()
        # As it was locked before the team was part of the fingerprint
        content = {name: value for name, value in sheet.snapshot.items() if name != "team"}
        digest = self.env["regulation.fingerprint"]._digest
        others = (cycle.sudo().sheet_ids - sheet).mapped("digest")
        self.env.flush_all()
        self.cr.execute(
            "UPDATE kpi_sheet SET snapshot = %s, digest = %s WHERE id = %s",
            [json.dumps(content), digest(content), sheet.id],
        )
        self.cr.execute(
            "UPDATE kpi_cycle SET digest = %s WHERE id = %s",
            [digest(sorted([*others, digest(content)])), cycle.id],
        )
        self.env.invalidate_all()
        cycle.action_verify()

    def test_team_was_exchanged(self):
        """Behind the back of the system: it shows."""
        cycle = self.cycle()
        cycle.action_lock()
        for team in (self.teams["tele"].id, None):
            with self.subTest(team=team), self.cr.savepoint():
                self.env.flush_all()
                self.cr.execute(
                    "UPDATE kpi_sheet SET team_id = %s WHERE id = %s", [team, self.sheet(cycle).id]
                )
                self.env.invalidate_all()
                with self.assertRaisesRegex(UserError, "fingerprint"):
                    cycle.action_verify()

    def test_reopen(self):
        """Revision n+1, and n as it was."""
        cycle = self.cycle()
        cycle.action_lock()
        digest = cycle.digest
        with self.assertRaises(UserError):
            cycle.action_reopen("  ")
        with self.assertRaises(AccessError):
            cycle.with_user(self.users["gm"]).action_reopen("Because")
        wizard = (
            self.env["kpi.cycle.reopen"]
            .with_user(self.users["hr"])
            .create({"cycle_id": cycle.id, "reason": "An invoice was late"})
        )
        revision = self.env["kpi.cycle"].browse(wizard.action_reopen()["res_id"])
        self.assertEqual((revision.revision, revision.previous_id.id), (2, cycle.id))
        self.assertFalse(cycle.is_latest)
        self.bill(self.sell(amount=120.0), "2026-03-30")
        self.at("2026-04-03 09:00")
        revision.with_user(self.users["hr"]).action_compute()
        self.assertEqual(self.sheet(revision).score, 100.0)
        self.assertEqual(self.sheet(cycle).score, 96.25)
        self.assertEqual(cycle.digest, digest)
        cycle.action_verify()
        with self.assertRaises(UserError):
            cycle.action_reopen("Once more")
        latest = self.env["kpi.sheet"].search(
            [("user_id", "=", self.users["a"].id), ("is_latest", "=", True)]
        )
        self.assertEqual(latest, self.sheet(revision))

    def test_too_early(self):
        """What was computed while the period ran is not locked."""
        cycle = self.cycle(at="2026-03-31 23:00")
        with self.assertRaisesRegex(UserError, "before its period had ended"):
            cycle.action_lock()

    def test_only_hr(self):
        """Roles decide: neither the group nor a manager computes or locks."""
        cycle = self.cycle()
        for login in ("a", "km", "gm", "adm", "fin"):
            for method in ("action_compute", "action_lock"):
                with self.assertRaises(AccessError):
                    getattr(cycle.with_user(self.users[login]), method)()
        clerk = new_test_user(
            self.env,
            "hr_without_role",
            groups="hr.group_hr_user,sales_regulation.group_regulation_user",
            company_id=self.company.id,
            company_ids=[(6, 0, self.company.ids)],
        )
        with self.assertRaisesRegex(AccessError, "HR He"):
            cycle.with_user(clerk).action_lock()
        with self.assertRaises(AccessError):
            self.env["kpi.cycle"].with_user(clerk).create({"day": "2026-01-10"})

    def test_twice(self):
        self.cycle()
        with self.assertRaises(Exception):  # noqa: B017  the database refuses
            with self.env.cr.savepoint():
                self.cycle()

    # === THE NIGHTLY JOB === #

    def _run(self):
        with self.enter_registry_test_mode():
            self.env.ref("sales_kpi.ir_cron_kpi_compute").method_direct_trigger()
        self.env.invalidate_all()

    def _cycles(self):
        return self.env["kpi.cycle"].search(
            [("company_id", "=", self.company.id)], order="date_from, revision"
        )

    def test_cron(self):
        """The running month each night, the month before once after its end."""
        self.at("2026-03-31 03:00")
        self._run()
        march = self._cycles().filtered(lambda cycle: str(cycle.date_from) == "2026-03-01")
        self.assertEqual(march.state, "computed")
        self.at("2026-04-01 03:00")
        self._run()
        computed = march.computed_at
        self.assertEqual(str(computed)[:10], "2026-03-31")  # 04-01 in Shanghai
        self.at("2026-04-02 03:00")
        self._run()
        self.assertEqual(march.computed_at, computed)
        march.with_user(self.users["hr"]).action_lock()
        self._run()
        self.assertEqual(march.state, "locked")
        self.assertEqual(len(self._cycles()), len(set(self._cycles().mapped("date_from"))))

    def test_cron_killed(self):
        """Killed in the middle: what is committed stays, the rest is done by the next run."""
        self.at("2026-04-01 03:00")
        Sheet = self.registry["kpi.sheet"]
        original = Sheet._compute_for
        seen = []

        def killed(model, cycle):
            seen.append(cycle)
            if len(seen) == 2:
                raise KeyboardInterrupt
            return original(model, cycle)

        self.patch(Sheet, "_compute_for", killed)
        with self.assertRaises(KeyboardInterrupt), self.env.cr.savepoint():
            self._run()
        self.patch(Sheet, "_compute_for", original)
        self._run()
        self.assertEqual(set(self._cycles().mapped("state")), {"computed"})
        for cycle in self._cycles():
            self.assertEqual(
                len(cycle.sheet_ids.line_ids), 3 * len(cycle.sheet_ids), "no line twice"
            )

    def test_cron_one_fails(self):
        """Of a provider that is gone: the others are computed, and it is tried again."""
        self.at("2026-04-01 03:00")
        Sheet = self.registry["kpi.sheet"]
        original = Sheet._compute_for

        def gone(model, cycle):
            original(model, cycle)
            if str(cycle.date_from) == "2026-03-01":
                raise AttributeError("_provide_gone")

        self.patch(Sheet, "_compute_for", gone)
        with self.assertLogs("odoo.addons.sales_kpi.models.sheet.kpi_cycle", "ERROR") as logs:
            self._run()
        self.assertIn("_provide_gone", logs.output[0])
        march, april = self._cycles()
        self.assertEqual((march.state, april.state), ("open", "computed"))
        self.assertFalse(march.sheet_ids)
        self.patch(Sheet, "_compute_for", original)
        self._run()
        self.assertEqual(march.state, "computed")

    # === SPEED === #

    def test_queries(self):
        """As many queries for 80 people as for one: at most three for each indicator."""
        reps = [self.users["a"]]
        counts = []
        role = self.roles["ka_rep"]
        assignments = self.env["regulation.role.assignment"].search(
            [("role_id", "=", role.id), ("company_id", "=", self.company.id)]
        )
        engine(assignments.filtered(lambda row: row.user_id != reps[0])).unlink()
        for number in (0, 79):
            for index in range(number):
                user = new_test_user(
                    self.env,
                    f"kpi_rep_{index}",
                    groups="sales_team.group_sale_salesman,sales_regulation.group_regulation_user",
                    company_id=self.company.id,
                    company_ids=[(6, 0, self.company.ids)],
                )
                self.env["regulation.role.assignment"].create(
                    {
                        "role_id": role.id,
                        "company_id": self.company.id,
                        "user_id": user.id,
                        "date_from": "2020-01-01",
                    }
                )
            self.env.flush_all()
            with freeze_time("2026-04-01 01:00:00"):
                cycle = self.env["kpi.cycle"].create(
                    {"day": "2026-03-31" if number else "2026-02-10", "company_id": self.company.id}
                )
                self.env.flush_all()
                for _turn in range(2):
                    self.env.invalidate_all()
                    before = self.env.cr.sql_log_count
                    cycle._compute_scores()
                    self.env.flush_all()
                    taken = self.env.cr.sql_log_count - before
            self.assertEqual(len(cycle.sheet_ids), number + 1)
            counts.append(taken)
        self.assertLessEqual(counts[1], counts[0] + 2, counts)
