# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""The company in which scores are made by sequences and in parallel."""

from datetime import date, datetime

import pytz
from freezegun import freeze_time

from odoo import Command
from odoo.tests import new_test_user

SHANGHAI = pytz.timezone("Asia/Shanghai")
#: who is scored: the members of the teams, one of HR and one of finance among them
SCORED = ("a", "b", "t", "hr", "fin")
#: who holds the role of HR, and of finance
HR = ("hr", "pln")
FINANCE = ("fin", "leg")
#: the leader of whose team
LEADERS = {"a": "km", "b": "km", "t": "tm", "hr": "tm", "fin": "tm"}
#: indicator: (weight, target from plans)
LINES = {"sales_ordered": (40, True), "team_work": (30, False), "assessment": (30, False)}


class ScoreWorld:
    """Mixed in before ``World``: the regulation scores, asks raters, pays pool and bonus.

    HR He and PLN Song hold the role of HR, FIN Sun and LEG Liu that of finance; HR and FIN are
    scored themselves. CLK Wu has the group of HR and not the role, ``rival`` is HR of another company.
    """

    #: built in a time of its own
    share_company = False
    #: working days in which people may appeal
    appeal_days = 1

    @classmethod
    def _build_world(cls):
        cls._build_company()
        cls._build_staff()
        cls.profile = cls._publish()
        cls.rows_built = cls._build_facts()
        cls.env.flush_all()

    @classmethod
    def _build_staff(cls):
        for login, group, role in (
            ("pln", "hr.group_hr_user", "hr"),
            ("leg", "sales_regulation.group_regulation_finance", "finance"),
        ):
            cls.users[login].group_ids = [Command.link(cls.env.ref(group).id)]
            cls._hold(role, login, cls.company)
        # A clerk of HR, without the role
        cls.users["clk"].group_ids = [Command.link(cls.env.ref("hr.group_hr_user").id)]
        for login in ("a", "b", "km"):  # who cancels an order cancels its delivery
            cls.users[login].group_ids = [Command.link(cls.env.ref("stock.group_stock_user").id)]
        cls.teams["tele"].member_ids = [
            Command.link(cls.users[login].id) for login in ("hr", "fin")
        ]
        cls.sister = cls.env["res.company"].create({"name": "Sister", "currency_id": cls.cny.id})
        cls.users["rival"] = new_test_user(
            cls.env,
            login="reg_rival",
            name="Rival",
            groups="hr.group_hr_user,sales_regulation.group_regulation_user",
            company_id=cls.sister.id,
            company_ids=[Command.set(cls.sister.ids)],
            lang="en_US",
            context={"no_reset_password": True, "mail_create_nosubscribe": True},
        )
        cls._hold("hr", "rival", cls.sister)

    @classmethod
    def _hold(cls, role, login, company):
        cls.env["regulation.role.assignment"].create(
            {
                "role_id": cls.roles[role].id,
                "company_id": company.id,
                "user_id": cls.users[login].id,
                "date_from": date(2020, 1, 1),
            }
        )

    @classmethod
    def _publish(cls):
        profile = cls._profile(
            publish=False,
            appeal_days=cls.appeal_days,
            rater_group_ids=[
                Command.create({"kind": kind, "weight": weight, "days": 5, "least": least})
                for kind, weight, least in (("self", 0, 1), ("superior", 100, 1), ("peer", 0, 3))
            ],
            bonus_scheme_ids=[
                Command.create(values)
                for values in (
                    {"name": "Pool", "mode": "pool", "percent": 5, "basis": "ordered"},
                    {
                        "name": "Team",
                        "mode": "pool",
                        "percent": 3,
                        "basis": "ordered",
                        "pool_of": "team",
                        "distribution": "sales_score",
                    },
                    {
                        "name": "Bonus",
                        "mode": "individual",
                        "base_amount": 1000,
                        "indicator_id": cls.env.ref("sales_kpi.indicator_sales_ordered").id,
                    },
                )
            ],
            scheme_ids=[
                Command.create(
                    {
                        "name": "Everybody",
                        "line_ids": [
                            Command.create(
                                {
                                    "indicator_id": cls.env.ref(f"sales_kpi.indicator_{code}").id,
                                    "weight": weight,
                                    "target_source": "plan" if planned else "none",
                                }
                            )
                            for code, (weight, planned) in LINES.items()
                        ],
                    }
                )
            ],
        )
        profile.with_user(cls.users["gm"])._publish("active")
        return profile

    @classmethod
    def _build_facts(cls):
        """Orders and targets of February and March, and what HR has entered."""
        orders = cls.env["sale.order"]
        for login, amount, moment in (
            ("a", 1234.56, "2026-02-10 10:00"),
            ("b", 777.77, "2026-02-11 10:00"),
            ("a", 1000.01, "2026-03-10 10:00"),
            ("b", 333.33, "2026-03-11 10:00"),
            ("t", 100.10, "2026-03-31 23:59"),
        ):
            cls.at(moment)
            order = cls._order(login, price=amount)
            order.action_confirm()
            orders |= order.sudo()
        for login in SCORED:
            for day in ("2026-02-01", "2026-03-01"):
                cls.env["kpi.target"].create(
                    {
                        "indicator_id": cls.env.ref("sales_kpi.indicator_sales_ordered").id,
                        "user_id": cls.users[login].id,
                        "company_id": cls.company.id,
                        "day": day,
                        "amount": 1000,
                    }
                )
                cls.env["kpi.manual.value"].create(
                    {
                        "indicator_id": cls.env.ref("sales_kpi.indicator_team_work").id,
                        "user_id": cls.users[login].id,
                        "company_id": cls.company.id,
                        "date": day,
                        "value": 50 + 7 * len(login),
                        "source": "Meeting",
                    }
                )
        cls.at("2026-04-01 09:00")
        return orders

    # === CLOCK === #

    @classmethod
    def _start_clock(cls):
        clock = freeze_time("2026-02-01 01:00:00")
        cls._frozen = clock.start()
        cls.addClassCleanup(clock.stop)

    @classmethod
    def at(cls, moment):
        """It is this wall clock time in Shanghai now."""
        local = SHANGHAI.localize(datetime.fromisoformat(moment))
        cls._frozen.move_to(local.astimezone(pytz.utc).replace(tzinfo=None))
