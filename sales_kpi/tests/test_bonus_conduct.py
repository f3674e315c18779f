# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import Command
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import tagged
from odoo.tools import mute_logger

from odoo.addons.sales_regulation.tools import engine

from .bonus_common import BonusCommon


@tagged("post_install", "-at_install")
class TestConduct(BonusCommon):
    """C46, S4-171, S4-359, S4-360, S0-57, K6: counting, ranges, one sanction, honours."""

    @classmethod
    def _scored_profile(cls, **values):
        profile = super()._scored_profile(**values)
        kinds = {kind.code: kind for kind in cls.env["kpi.conduct.kind"].search([])}
        cls.kinds = kinds
        rules = (
            {"name": "Late", "kind_id": kinds["late"].id, "occasion": "meeting", "number": 3},
            {"name": "Early", "kind_id": kinds["early"].id, "occasion": "meeting", "number": 5},
            {
                "name": "Shipment",
                "trigger": "other",
                "grade": "money",
                "amount_min": 100,
                "amount_max": 300,
                "with_loss": True,
                "clause_codes": "S4-359",
            },
            {"name": "Complaint", "trigger": "complaint", "severity": "major"},
            {"name": "Mistake", "trigger": "other", "grade": "points", "points": 2, "points_max": 5},
        )
        profile.sanction_rule_ids = [Command.create(rule) for rule in rules]
        cls.rules = {rule.name: rule for rule in profile.sanction_rule_ids}
        profile.honour_rule_ids = [
            Command.create(
                {
                    "badge_id": cls.env.ref("sales_kpi.badge_sales_champion").id,
                    "criterion": "indicator",
                    "indicator_id": cls._indicator("assessment").id,
                }
            )
        ]
        return profile

    def record(self, day, kind="late", login="t", who="tm", **values):
        self.at(f"{day} 17:00")
        return (
            self.env["kpi.conduct.event"]
            .with_user(self.users[who])
            .create(
                {
                    "user_id": self.users[login].id,
                    "kind_id": self.kinds[kind].id,
                    "day": day,
                    "company_id": self.company.id,
                    **values,
                }
            )
        )

    def measures(self, login="t"):
        return self.env["regulation.measure"].search([("user_id", "=", self.users[login].id)])

    def propose(self, who="km", **values):
        return (
            self.env["regulation.measure"]
            .with_user(self.users[who])
            .create(
                {
                    "name": "SO2 wrong model",
                    "kind": "penalty",
                    "grade": "money",
                    "user_id": self.users["t"].id,
                    "company_id": self.company.id,
                    "currency_id": self.company.currency_id.id,
                    "date": "2026-03-10",
                    **values,
                }
            )
        )

    # === COUNTING === #

    def test_three_late(self):
        """Two are nothing, the third proposes; they are counted once; another month begins anew."""
        first = self.record("2026-03-04")
        self.record("2026-03-11")
        self.assertFalse(self.measures())
        self.record("2026-03-18")
        measure = self.measures()
        self.assertEqual((measure.state, measure.grade, measure.amount), ("proposed", "warning", 0))
        self.assertEqual(str(measure.date), "2026-03-18")
        self.assertIn("03-04, 03-11, 03-18", measure.name)
        self.assertEqual(measure.event_ids.sorted("day")[0], first)
        self.assertEqual(measure.proposed_by_id, self.users["tm"])
        self.record("2026-03-25")
        self.record("2026-03-31")
        self.record("2026-04-01")
        self.assertEqual(len(self.measures()), 1)

    def test_not_counted(self):
        """Another occasion, a voided record and four early leavings propose nothing."""
        self.record("2026-03-04", occasion="work")
        self.record("2026-03-05")
        self.record("2026-03-06").action_void("Train strike")
        self.record("2026-03-11")
        for day in ("04", "11", "18", "25"):
            self.record(f"2026-03-{day}", "early")
        self.assertFalse(self.measures())
        self.record("2026-03-26", "early")
        self.assertEqual(len(self.measures()), 1)

    def test_batch(self):
        """Recorded in one list as one by one, in as many queries for 1 as for 30 people."""
        self.at("2026-03-31 17:00")
        Event = self.env["kpi.conduct.event"].with_user(self.users["hr"])
        row = {
            "kind_id": self.kinds["late"].id,
            "company_id": self.company.id,
            "user_id": self.users["t"].id,
        }
        Event.create([{**row, "day": f"2026-03-{day:02}"} for day in (4, 11, 18)])
        self.assertEqual(len(self.measures().event_ids), 3)

    def test_who_records(self):
        """A superior or HR, nobody himself or a colleague, nothing of tomorrow."""
        self.record("2026-03-04", who="sgm")
        self.record("2026-03-04", who="hr")
        for who in ("km", "t", "a"):
            with self.assertRaises(AccessError), mute_logger("odoo.addons.base.models.ir_model"):
                self.record("2026-03-04", who=who)
        with self.assertRaises(AccessError):
            self.record("2026-03-04", login="tm", who="tm")
        self.at("2026-03-04 10:00")
        with self.assertRaises(UserError):
            self.env["kpi.conduct.event"].with_user(self.users["tm"]).create(
                {
                    "user_id": self.users["t"].id,
                    "kind_id": self.kinds["late"].id,
                    "day": "2026-03-05",
                    "company_id": self.company.id,
                }
            )

    def test_another_company(self):
        """Conduct is recorded where somebody works, HR of whatever company records it."""
        sister = self.env["res.company"].create({"name": "Sister"})
        self.users["hr"].company_ids |= sister
        self.env["regulation.role.assignment"].create(
            {
                "role_id": self.roles["hr"].id,
                "company_id": sister.id,
                "user_id": self.users["hr"].id,
                "date_from": "2020-01-01",
            }
        )
        self.users["hr"].company_id = sister
        with self.assertRaisesRegex(ValidationError, "does not work in"):
            self.record("2026-03-04", who="hr", company_id=sister.id)

    @mute_logger("odoo.addons.base.models.ir_model", "odoo.addons.base.models.ir_rule")
    def test_fixed(self):
        event = self.record("2026-03-04")
        for who in ("tm", "t", "hr", "gm"):
            mine = event.with_user(self.users[who])
            for values in ({"day": "2026-02-01"}, {"state": "void"}, {"recorded_by_id": 1}):
                with self.assertRaises(AccessError):
                    mine.write(values)
            with self.assertRaises(AccessError):
                mine.unlink()
        with self.assertRaises(AccessError):
            event.sudo().write({"day": "2026-02-01"})
        with self.assertRaises(AccessError):
            self.record("2026-03-05", state="void")
        with self.assertRaises(AccessError):
            event.with_user(self.users["t"]).action_void("Please")
        with self.assertRaises(UserError):
            event.action_void(" ")
        Event = self.env["kpi.conduct.event"]
        for who, sees in (("t", 1), ("tm", 1), ("sgm", 1), ("hr", 1), ("aud", 1), ("a", 0), ("km", 0)):
            found = Event.with_user(self.users[who]).search_count([("id", "=", event.id)])
            self.assertEqual(found, sees, who)

    # === THE TABLE === #

    def test_range(self):
        """350 is refused, 200 accepted; with the freight of 480 the proposal is 680; HR decides."""
        rule = self.rules["Shipment"].id
        with self.assertRaisesRegex(ValidationError, "outside of the range"), self.cr.savepoint():
            self.propose(rule_id=rule, fine=350, loss=480)
        measure = self.propose(rule_id=rule, fine=200, loss=480)
        self.assertEqual((measure.amount, measure.profile_id), (680, self.profile))
        for values in ({"fine": 350}, {"amount": 200}, {"loss": -1}, {"fine": 50}):
            with self.assertRaises(ValidationError), self.cr.savepoint():
                measure.write(values)
        with self.assertRaises(AccessError):
            measure.action_decide()
        hr = measure.with_user(self.users["hr"])
        hr.action_decide()
        measure.with_user(self.users["t"]).action_state("The label was wrong")
        hr.action_effect()
        self.assertEqual((measure.state, measure.statement), ("effective", "The label was wrong"))
        with self.assertRaises(UserError):
            measure.write({"fine": 100})

    def test_points(self):
        """2 to 5 points: 6, 1 and none are refused, and so are points of a rule that has none."""
        rule = {"rule_id": self.rules["Mistake"].id, "grade": "points"}
        for points in (6, 1, 0, -3):
            with self.assertRaisesRegex(ValidationError, "from 2 to 5"), self.cr.savepoint():
                self.propose(**rule, points=points)
        measure = self.propose(**rule, points=4.5)
        with self.assertRaisesRegex(ValidationError, "from 2 to 5"), self.cr.savepoint():
            measure.points = 99
        with self.assertRaisesRegex(ValidationError, "from 0 to 0"), self.cr.savepoint():
            self.propose(rule_id=self.rules["Shipment"].id, fine=200, points=1)
        with self.assertRaisesRegex(ValidationError, "name their rule"):
            self.propose(grade="points", points=3)

    def test_points_without_range(self):
        """One figure is the only one."""
        engine(self.rules["Mistake"]).points_max = 0
        rule = {"rule_id": self.rules["Mistake"].id, "grade": "points"}
        self.propose(**rule, points=2)
        with self.assertRaisesRegex(ValidationError, "from 2 to 2"):
            self.propose(**rule, points=3)

    def test_fine_names_its_rule(self):
        with self.assertRaisesRegex(ValidationError, "names its rule"), self.cr.savepoint():
            self.propose(amount=5000)
        with self.assertRaisesRegex(ValidationError, "another kind"), self.cr.savepoint():
            self.propose(rule_id=self.rules["Shipment"].id, fine=200, kind="charge")
        other = self._profile(publish=False)
        rule = self.env["kpi.sanction.rule"].create(
            {
                "name": "Mine",
                "profile_id": other.id,
                "trigger": "other",
                "grade": "money",
                "amount_max": 9999,
            }
        )
        with self.assertRaisesRegex(ValidationError, "not in the regulation"), self.cr.savepoint():
            self.propose(rule_id=rule.id, fine=5000)

    def test_one_event_one_sanction(self):
        order = self.sell("t")
        about = {"res_model": "sale.order", "res_id": order.id, "rule_id": self.rules["Shipment"].id}
        first = self.propose(fine=200, **about)
        with self.assertRaisesRegex(ValidationError, "sanctioned for this already"), self.cr.savepoint():
            self.propose(fine=100, **about)
        self.propose(fine=100, **{**about, "user_id": self.users["b"].id})
        first.with_user(self.users["hr"]).action_refuse()
        self.propose(fine=100, **about)

    def test_complaint(self):
        """From the complaint, with the rule of its severity; not from another document."""
        with self.assertRaisesRegex(ValidationError, "from the complaint"), self.cr.savepoint():
            self.propose(rule_id=self.rules["Complaint"].id, grade="warning")
        ticket = (
            self.env["sales.ticket"]
            .with_user(self.users["a"])
            .create(
                {
                    "kind_id": self.env.ref("sales_regulation.ticket_kind_complaint").id,
                    "subject": "Chips",
                    "description": "Bent",
                    "partner_id": self.customers["xinghai"].id,
                    "severity": "major",
                }
            )
        )
        action = ticket.with_user(self.users["km"]).action_propose_measure()
        measure = (
            self.env["regulation.measure"]
            .with_user(self.users["km"])
            .with_context(**action["context"])
            .create({})
        )
        self.assertEqual((measure.rule_id.name, measure.grade), ("Complaint", "warning"))
        self.assertEqual((measure.res_model, measure.res_id), ("sales.ticket", ticket.id))
        with self.assertRaises(ValidationError), self.cr.savepoint():
            measure.copy({"res_model": "sales.ticket", "res_id": ticket.id})

    def test_without_regulation(self):
        """Without a table measures are as in the trunk."""
        self.env.flush_all()
        self.cr.execute("UPDATE regulation_profile SET state = 'draft'")
        self.env.invalidate_all()
        self.env.registry.clear_all_caches()
        measure = self.propose(amount=5000)
        self.assertEqual(measure.amount, 5000)

    # === HONOURS === #

    def test_honour(self):
        """The best of the locked scores; HR decides, with the effect comes the badge; once."""
        cycle = self.scored(a=90, b=80)
        measure = self.measures("a")
        self.assertEqual((measure.kind, measure.badge_id.name), ("reward", "Sales Champion"))
        self.assertFalse(self.measures("b"))
        badge = self.env["gamification.badge.user"]
        self.assertFalse(badge.search([("user_id", "=", self.users["a"].id)]))
        hr = measure.with_user(self.users["hr"])
        hr.action_decide()
        hr.action_effect()
        self.assertEqual(
            badge.search([("user_id", "=", self.users["a"].id)]).badge_id, measure.badge_id
        )
        again = self.env["kpi.cycle"].browse(cycle.action_reopen("Once more")["res_id"])
        again = again.with_user(self.users["hr"])
        again.action_compute()
        again.action_lock()
        self.assertEqual(len(self.measures("a")), 1)

    def test_level(self):
        self.scored(a=90, b=90)
        self.assertTrue(self.measures("a") and self.measures("b"))
