# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from datetime import date, datetime

from freezegun import freeze_time

from odoo import Command

from ..common import RegulationCommon

#: a kind of plan: (code, level, frequency, part of)
TYPES = (
    ("year", "company", "yearly", False),
    ("quarter", "company", "quarterly", "year"),
    ("month", "company", "monthly", "quarter"),
    ("team", "team", "monthly", "month"),
    ("person", "user", "monthly", "team"),
)


class PlanCommon(RegulationCommon):
    """A regulation with plans of the company, its teams and its people, from 2026-01 on.

    The company's and the teams' plans are approved by the general manager, those of people by
    their superior.
    """

    with_children = False
    settings = {}

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.indicators = {row.code: row for row in cls.env["sales.plan.indicator"].search([])}
        cls.profile = cls._plan_profile()
        cls.types = {kind.code: kind for kind in cls.profile.plan_type_ids}

    @classmethod
    def _plan_profile(cls, **settings):
        kinds = {
            code: cls.env.ref(f"sales_regulation.approval_kind_{code}").id
            for code in ("sales_plan", "plan_correction")
        }
        gm = cls.roles["general_manager"].id
        values = {
            "publish": False,
            "gates": {"plan_parent": "enforce", "plan_adds_up": "enforce"},
            "date_from": date(2026, 1, 1),
            "plan_with_children": cls.with_children,
            "plan_deviation": 10,
            "plan_type_ids": [
                Command.create(
                    {
                        "code": code,
                        "name": f"Plan {code}",
                        "level": level,
                        "frequency": frequency,
                        "parent_code": parent,
                        "indicator_ids": [Command.link(cls.indicators["sales_amount"].id)],
                    }
                )
                for code, level, frequency, parent in TYPES
            ],
            "approval_rule_ids": [
                *(
                    Command.create(
                        {
                            "kind_id": kinds["sales_plan"],
                            "approver_type": "role",
                            "role_id": gm,
                            "plan_type_code": code,
                        }
                    )
                    for code in ("year", "quarter", "month", "team")
                ),
                Command.create(
                    {
                        "kind_id": kinds["sales_plan"],
                        "approver_type": "manager",
                        "plan_type_code": "person",
                    }
                ),
            ],
            **cls.settings,
            **settings,
        }
        profile = cls._profile(**values)
        with freeze_time("2026-01-01 01:00:00"):
            profile.with_user(cls.users["gm"])._publish("active")
        return profile

    def setUp(self):
        super().setUp()
        self.at("2026-02-20 10:00")

    def at(self, moment):
        """Wall clock of the company."""
        moment = datetime.fromisoformat(moment)
        frozen = freeze_time(self.company._regulation_utc(moment.date(), moment.time()))
        frozen.start()
        self.addCleanup(frozen.stop)

    def plan(self, code, login, amount=None, day="2026-03-01", **targets):
        """A plan with its targets, being written."""
        if amount is not None:
            targets["sales_amount"] = amount
        plan = (
            self.env["sales.plan"]
            .with_user(self.users[login])
            .create({"type_id": self.types[code].id, "day": day})
        )
        for indicator, target in targets.items():
            plan._set_target(self.indicators[indicator], target)
        return plan

    def decide(self, plan, login, verdict="action_approve", *args):
        approval = plan.sudo().approval_ids.filtered(lambda row: row.state == "pending")
        self.assertEqual(len(approval), 1)
        getattr(approval.with_user(self.users[login]), verdict)(*args)

    def agree(self, *plans):
        """Handed in by who wrote them, approved by whom the regulation names."""
        for plan in plans:
            plan.action_submit()
            [step] = plan.sudo().approval_ids.filtered(lambda row: row.state == "pending").step_ids
            self.decide(plan, step.user_ids[0].login.removeprefix("reg_"))

    def march(self, b=1_500_000):
        """The company's March as in the storyline: 5,000,000 = 3,500,000 + 1,500,000."""
        return {
            "company": self.plan("month", "dgm", 5_000_000),
            "ka": self.plan("team", "km", 3_500_000, profit=500_000, external_sales=800_000),
            "tele": self.plan("team", "tm", 1_500_000),
            "a": self.plan("person", "a", 2_000_000, profit=300_000, external_sales=500_000),
            "b": self.plan("person", "b", b, profit=200_000, external_sales=300_000),
            "t": self.plan("person", "t", 1_500_000),
        }

    def states(self, plans):
        return {code: plan.state for code, plan in plans.items()}
