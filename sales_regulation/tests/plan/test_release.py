# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from datetime import date

from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from .common import PlanCommon


@tagged("post_install", "-at_install")
class TestWholeFirst(PlanCommon):
    """Parents first, children follow: those under one plan together, once they add up."""

    def in_force(self, *logins):
        """The March of company and teams, in force."""
        plans = self.march()
        self.agree(plans["company"])
        self.agree(plans["ka"], plans["tele"])
        return plans

    def test_whole_goes_first(self):
        plans = self.march()
        self.agree(plans["company"])
        self.assertEqual(plans["company"].state, "released")
        self.agree(plans["ka"])
        self.assertEqual(plans["ka"].state, "approved", "the other team is not agreed yet")
        self.assertIn("gap", plans["ka"].with_user(self.users["gm"]).regulation_notice)
        self.agree(plans["tele"])
        self.assertEqual((plans["ka"].state, plans["tele"].state), ("released",) * 2)

    def test_part_waits_for_the_whole(self):
        plans = self.march()
        self.agree(plans["t"])
        self.assertEqual(plans["t"].state, "approved")
        with self.assertRaisesRegex(UserError, "not in force: Plan team"):
            plans["t"].action_release()
        self.agree(plans["company"], plans["tele"])
        self.assertEqual(plans["t"].state, "approved")
        self.agree(plans["ka"])
        self.assertEqual(self.states(plans)["t"], "released", "it follows its team")

    def test_storyline_gap(self):
        """3,400,000 <> 3,500,000, gap 100,000; with B 1,500,000 it passes (step 3)."""
        plans = self.march(b=1_400_000)
        self.agree(plans["company"], plans["ka"], plans["tele"])
        self.agree(plans["a"], plans["b"])
        self.assertEqual(self.states(plans)["a"], "approved")
        with self.assertRaises(UserError) as error:
            (plans["a"] | plans["b"]).with_user(self.users["km"]).action_release()
        self.assertRegex(
            str(error.exception),
            r"Sales amount: ¥?\s?3,400,000\.00.* <> ¥?\s?3,500,000\.00.*gap ¥?\s?100,000\.00",
        )
        plans["b"].action_take_back()
        plans["b"]._set_target(self.indicators["sales_amount"], 1_500_000)
        self.agree(plans["b"])
        self.assertEqual((plans["a"].state, plans["b"].state), ("released",) * 2)
        rows = self.env["regulation.register"].search(
            [("event", "=", "released"), ("res_model", "=", "sales.plan")]
        )
        self.assertFalse(rows, "nobody needed a special release")

    def test_every_indicator_of_the_whole(self):
        """Profit and external sales too; what the whole does not name is not compared."""
        plans = self.march()
        plans["b"]._set_target(self.indicators["profit"], 150_000)
        plans["b"]._set_target(self.indicators["new_customers"], 3)
        self.agree(plans["company"], plans["ka"], plans["tele"])
        self.agree(plans["a"], plans["b"])
        with self.assertRaises(UserError) as error:
            plans["a"].with_user(self.users["km"]).action_release()
        self.assertIn("Profit", str(error.exception))
        self.assertNotIn("Sales amount:", str(error.exception))
        self.assertNotIn("customers", str(error.exception))

    def test_part_reads_no_figures_of_the_whole(self):
        plans = self.march(b=1_400_000)
        self.agree(plans["company"], plans["ka"], plans["tele"])
        self.agree(plans["a"], plans["b"])
        with self.assertRaises(UserError) as error:
            plans["a"].action_release()
        self.assertNotRegex(str(error.exception), r"3,[45]00,000|100,000")
        self.assertNotRegex(str(plans["a"].regulation_notice), r"3,[45]00,000|100,000")
        wizard = (
            self.env["regulation.help.wizard"]
            .with_user(self.users["a"])
            .browse(plans["a"].action_regulation_help()["res_id"])
        )
        self.assertNotRegex(str(wizard.read()), r"[345][,.]?[0-9]00[,.]?000|100000")

    def test_special_release(self):
        """The director lets it pass, with a reason, once."""
        plans = self.march(b=1_400_000)
        self.agree(plans["company"], plans["ka"], plans["tele"])
        self.agree(plans["a"], plans["b"])
        gate = self.env["regulation.gate"].search([("code", "=", "plan_adds_up")])
        for code in ("a", "b"):
            release = (
                self.env["regulation.release"]
                .with_user(self.users["km"])
                .create(
                    {
                        "gate_id": gate.id,
                        "res_model": "sales.plan",
                        "res_id": plans[code].id,
                        "reason": "The rest is planned with the customers of the autumn fair",
                        "amount": 100_000,
                        "currency_id": self.cny.id,
                    }
                )
            )
            release.with_user(self.users["gm"]).action_grant()
        plans["a"].with_user(self.users["km"]).action_release()
        self.assertEqual((plans["a"].state, plans["b"].state), ("released",) * 2)

    def test_tolerance_and_cents(self):
        """A cent is a gap; the tolerance of the regulation is none."""
        plans = self.march(b=1_499_999.99)
        self.agree(plans["company"], plans["ka"], plans["tele"])
        self.agree(plans["a"], plans["b"])
        self.assertEqual(plans["b"].state, "approved")
        draft = self.profile.browse(self.profile.action_new_version()["res_id"])
        draft.write({"plan_tolerance": 0.01, "date_from": date(2026, 2, 20)})
        draft.with_user(self.users["gm"])._publish("active")
        plans["b"].with_user(self.users["km"]).action_release()
        self.assertEqual((plans["a"].state, plans["b"].state), ("released",) * 2)

    def test_revised_parts_go_together(self):
        """A gets more, B less: neither alone, both at once."""
        plans = self.in_force()
        self.agree(plans["a"], plans["b"])
        revisions = {}
        for code, amount in (("a", 2_100_000), ("b", 1_400_000)):
            plan = plans[code]
            revisions[code] = plan.browse(plan.action_revise()["res_id"])
            revisions[code].revision_reason = "Nanfeng goes over to A"
            revisions[code]._set_target(self.indicators["sales_amount"], amount)
        self.agree(revisions["a"])
        self.assertEqual((plans["a"].state, revisions["a"].state), ("released", "approved"))
        with self.assertRaisesRegex(UserError, "3,600,000"):
            revisions["a"].with_user(self.users["km"]).action_release()
        self.agree(revisions["b"])
        self.assertEqual((plans["a"].state, plans["b"].state), ("superseded",) * 2)
        self.assertEqual((revisions["a"].state, revisions["b"].state), ("released",) * 2)

    def test_revised_whole_needs_its_parts(self):
        plans = self.in_force()
        self.agree(plans["a"], plans["b"])
        team = plans["ka"].browse(plans["ka"].action_revise()["res_id"])
        team.revision_reason = "New customers"
        team._set_target(self.indicators["sales_amount"], 3_600_000)
        self.agree(team)
        self.assertEqual(team.state, "approved")
        self.assertEqual(plans["ka"].state, "released")

    def test_periods(self):
        """Months do not exceed the quarter, and make it up once the last is there (S4-394)."""
        quarter = self.plan("quarter", "dgm", 9_000_000, "2026-04-01")
        self.agree(quarter)
        months = [
            self.plan("month", "dgm", amount, day)
            for amount, day in (
                (3_000_000, "2026-04-01"),
                (4_000_000, "2026-05-01"),
                (2_500_000, "2026-06-01"),
            )
        ]
        self.agree(*months)
        self.assertEqual([month.state for month in months], ["released", "released", "approved"])
        with self.assertRaisesRegex(UserError, "9,500,000.* <> .*9,000,000.*gap .*500,000"):
            months[2].action_release()
        months[2].action_take_back()
        months[2]._set_target(self.indicators["sales_amount"], 1_900_000)
        self.agree(months[2])
        self.assertEqual(months[2].state, "approved", "the year's last part leaves a gap")
        months[2].action_take_back()
        months[2]._set_target(self.indicators["sales_amount"], 2_000_000)
        self.agree(months[2])
        self.assertEqual(months[2].state, "released")

    def test_observed(self):
        """Where the rule is only observed the release passes and is noted."""
        self.env.cr.execute(
            "UPDATE regulation_profile_gate SET mode = 'observe' WHERE profile_id = %s",
            (self.profile.id,),
        )
        self.env.registry.clear_all_caches()
        self.env.invalidate_all()
        plans = self.march(b=1_400_000)
        self.agree(plans["company"], plans["ka"], plans["tele"])
        self.agree(plans["a"], plans["b"])
        self.assertEqual((plans["a"].state, plans["b"].state), ("released",) * 2)

    def test_who_releases(self):
        plans = self.march(b=1_400_000)
        self.agree(plans["company"], plans["ka"], plans["tele"])
        self.agree(plans["a"], plans["b"])
        for login in ("b", "t", "tm"):
            with self.assertRaises(AccessError):
                plans["a"].with_user(self.users[login]).action_release()
        draft = self.plan("person", "a", 1, "2026-05-01")
        with self.assertRaisesRegex(UserError, "not approved"):
            draft.action_release()

    def test_query_counts(self):
        """To judge one plan and eighty takes as many queries."""
        plans = self.march(b=1_400_000)
        self.agree(plans["company"], plans["ka"], plans["tele"], plans["a"])
        days = [date(2027 + n // 12, n % 12 + 1, 1) for n in range(80)]
        drafts = (
            self.env["sales.plan"]
            .with_user(self.users["a"])
            .create([{"type_id": self.types["person"].id, "day": day} for day in days])
        )
        self.env["sales.plan.line"].sudo().flush_model()
        self.env.cr.execute(
            "UPDATE sales_plan SET state = 'approved' WHERE id = ANY(%s)", (drafts.ids,)
        )

        def judged(plans):
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            plans.with_user(self.users["a"]).mapped("regulation_notice")
            return self.env.cr.sql_log_count - before

        judged(drafts)
        self.assertEqual(judged(drafts), judged(drafts[:1]))


@tagged("post_install", "-at_install")
class TestWholeWithItsParts(PlanCommon):
    """The whole only together with its parts."""

    with_children = True

    def test_storyline(self):
        """Step 3: refused with the gap of the team, then everything is in force at once."""
        plans = self.march(b=1_400_000)
        self.agree(*(plans[code] for code in ("a", "b", "t", "ka", "tele", "company")))
        self.assertEqual(set(self.states(plans).values()), {"approved"})
        with self.assertRaises(UserError) as error:
            plans["company"].with_user(self.users["gm"]).action_release()
        self.assertRegex(str(error.exception), r"3,400,000\.00.* <> .*3,500,000\.00.*100,000\.00")
        plans["b"].action_take_back()
        plans["b"]._set_target(self.indicators["sales_amount"], 1_500_000)
        self.agree(plans["b"])
        self.assertEqual(set(self.states(plans).values()), {"released"})
        self.assertEqual(plans["a"].released_by_id, self.users["km"])

    def test_not_divided(self):
        company = self.plan("month", "dgm", 5_000_000)
        self.agree(company)
        self.assertEqual(company.state, "approved")
        with self.assertRaisesRegex(UserError, "not divided yet"):
            company.action_release()

    def test_part_waits(self):
        plans = self.march()
        self.agree(plans["ka"], plans["a"], plans["b"])
        with self.assertRaisesRegex(UserError, "not in force"):
            plans["ka"].action_release()
        self.agree(plans["t"], plans["tele"])
        self.assertEqual(set(self.states(plans).values()), {"approved", "draft"})
        self.agree(plans["company"])
        self.assertEqual(set(self.states(plans).values()), {"released"})
