# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Sequences around scores: cycles, ratings, appeals, locks, revisions, bonus (invariants 4, 10)."""

import hashlib
import json
import random
from collections import Counter
from datetime import datetime, timedelta
from decimal import Decimal

from hypothesis import strategies as st
from hypothesis.stateful import initialize

from odoo import SUPERUSER_ID, Command, api

from .machine import INDEX, Regulation, add_note, deed
from .score_world import FINANCE, HR, LEADERS, SCORED

ANYBODY = ["a", "b", "t", "km", "tm", "hr", "pln", "clk", "fin", "leg", "gm", "adm", "aud", "rival"]
#: who acts on cycles: mostly HR, sometimes whoever
MOSTLY_HR = ["hr", "pln", "pln", "hr", "clk", "a", "km", "adm", "rival"]
FEBRUARY, MARCH = "2026-02-28", "2026-03-31"
#: tables of results and of what they are made of: id of a row, what of it never decides anything
TABLES = (
    *("kpi_cycle", "kpi_sheet", "kpi_sheet_line", "kpi_sheet_rating", "kpi_appeal"),
    *("kpi_manual_value", "kpi_target", "kpi_rating_request", "kpi_rating_answer"),
    *("kpi_bonus_sheet", "kpi_bonus_line", "regulation_register", "regulation_approval"),
    "regulation_approval_decision",
)
#: what may change of what is locked: that a later revision took its place
MOVES_ON = "'{is_latest,write_uid,write_date}'::text[]"
#: why raters are left out
UNRATED = "Nobody was at work"
#: how a cycle may go on
STEPS = {
    None: {"open"},
    "open": {"computed"},
    "computed": {"computed", "rating", "published"},
    "rating": {"rating", "review"},
    "review": {"review", "published"},
    "published": {"published", "review", "locked"},
    "locked": {"locked"},
}
BONUS_STEPS = {
    None: {"draft"},
    "draft": {"submitted", "approved"},
    "submitted": {"draft", "approved", "refused"},
    "approved": {"paid", "draft"},
    "paid": set(),
    "refused": set(),
}
SETTLED = ("submitted", "approved", "paid")


class Scores(Regulation):
    """People make, rate, question, lock, correct and pay scores as the server lets them."""

    #: how far the scores of two months have come before anything else happens
    far = {FEBRUARY: (5, 6, 7, 8, 9, 9), MARCH: (1, 2, 3, 4, 5, 5, 5, 6)}

    # What is done with orders has its own machine
    vars().update(dict.fromkeys(name for name in dir(Regulation) if name.startswith("do_")))

    def __init__(self):
        super().__init__()
        for table in TABLES:
            self.base[table] = self.case.rows(f"SELECT COALESCE(MAX(id), 0) FROM {table}")[0][0]
        self.base["kpi_rating_answer"] = 0
        self.case.at("2026-04-01 09:00")
        self.locked = {}
        self.states = {}
        self.bonus_states = {}
        self.settled = {}
        self.own = None
        self.asked = {}
        self.appeals = {}
        self.latest = {}

    @initialize(seed=st.lists(st.integers(0, 255), min_size=8, max_size=8))
    def first_order(self, seed):
        self.rng = random.Random(bytes(seed))
        # What happens to scores that have come far is the more interesting part
        for day, stages in self.far.items():
            self.properly(day, self.rng.choice(stages), self.rng.random() < 0.5)

    def call(self, login, model, method, *args, **kwargs):
        """As ever, and what is refused leaves no trace (invariant 10)."""
        before = self.contents()
        self.before = self.figures()
        result, error = self.case.rpc(login, model, method, *args, **kwargs)
        self.log.append((login, model, method, args, error))
        self.case.tally[f"{model}.{method}", "refused" if error else "done"] += 1
        try:
            if error:
                self.case.refusals.setdefault(f"{model}.{method}", str(error)[:200])
                assert self.contents() == before, "what was refused left something"
            else:
                self.what_must_hold()
        except AssertionError as failure:
            add_note(failure, "\n".join(self._told()))
            raise
        return result

    # === WHAT THERE IS === #

    @property
    def hr(self):
        return self.rng.choice(HR)

    def some(self, table, index, where="TRUE"):
        found = self.ids(table, where)
        return found[index % len(found)] if found else 0

    def cycle(self, index, where="TRUE"):
        return self.some("kpi_cycle", index, where)

    def user(self, login):
        return self.case.users[login].id

    def now(self):
        return datetime.now()  # frozen, UTC

    def pass_days(self, days):
        """Nothing is done, and the days pass."""
        self.case._frozen.tick(timedelta(days=days))

    # === DEEDS === #

    def properly(self, day, stage, rated):
        """HR and the others bring the scores of a month so far, with ratings or without."""
        hr = self.hr
        made = self.call(hr, "kpi.cycle", "create", [{"day": day}])
        if not made:
            return
        cycle = made[0] if isinstance(made, list) else made
        stages = [["action_compute"], [], [], [], ["action_publish"], ["days", "action_lock"]]
        if rated:
            stages[1:4] = [["action_ask_raters"], ["some"], ["rate", "action_close_ratings"]]
        for step in sum(stages[:stage], []):
            if step in ("some", "rate"):
                for login in SCORED:
                    if step == "rate" or self.rng.random() < 0.5:
                        self.rate_as_asked(login)
                if step == "rate":
                    self.pass_days(10)
            elif step == "days":
                self.pass_days(4)
            else:
                reason = [UNRATED] if step == "action_publish" and not rated else []
                self.call(hr, "kpi.cycle", step, [cycle], *reason)
        if stage > 6:
            self.bonus_properly(day, stage - 6)

    def do_properly(self, day, stage, rated):
        self.properly(day, stage, rated)

    do_properly = deed(
        do_properly,
        day=[FEBRUARY, MARCH, "2026-01-31"],
        stage=range(1, 10),
        rated=(True, False),
    )

    def create_cycle(self, who, day, forged):
        self.call(who, "kpi.cycle", "create", [{"day": day, **forged}])

    do_create_cycle = deed(
        create_cycle,
        who=MOSTLY_HR,
        day=[FEBRUARY, MARCH, "2026-01-31", "2026-04-30"],
        forged=[
            {},
            {},
            {"state": "locked"},
            {"revision": 9},
            {"digest": "x", "locked_at": "2026-01-01"},
            {"company_id": 1},
            {"frequency": "quarterly"},
        ],
    )

    def press_cycle(self, who, index, method):
        if cycle := self.cycle(index):
            arguments = {"action_reopen": ["A late order"], "action_publish": [UNRATED][: index % 2]}
            self.call(who, "kpi.cycle", method, [cycle], *arguments.get(method, []))

    do_press_cycle = deed(
        press_cycle,
        who=MOSTLY_HR,
        index=INDEX,
        method=[
            *("action_compute", "action_compute", "action_ask_raters", "action_close_ratings"),
            *("action_publish", "action_publish", "action_lock", "action_lock", "action_lock"),
            *("action_reopen", "action_reopen", "action_verify", "unlink"),
        ],
    )

    def again(self, index, days):
        """A locked revision is corrected: reopened, computed, published, locked again."""
        if cycle := self.cycle(index, "state = 'locked' AND is_latest"):
            hr = self.hr
            action = self.call(hr, "kpi.cycle", "action_reopen", [cycle], "A late order")
            if action:
                steps = (("action_compute",), ("action_publish", UNRATED), ("action_lock",))
                for step, *reason in steps[:days]:
                    if step == "action_lock":
                        self.pass_days(4)
                    self.call(hr, "kpi.cycle", step, [action["res_id"]], *reason)

    do_again = deed(again, index=INDEX, days=(0, 1, 2, 3, 3))

    def write_cycle(self, who, index, what):
        sheets = self.ids("kpi_sheet")
        sheet = sheets[index % len(sheets)] if sheets else 0
        values = [
            {"state": "open"},
            {"state": "locked"},
            {"state": "computed", "ratings_closed_at": False},
            {"computed_at": "2026-04-02 00:00:00"},
            {"locked_at": "2026-01-01", "locked_by_id": self.user("a")},
            {"appeal_until": "2026-01-01"},
            {"day": "2026-05-31"},
            {"company_id": self.case.sister.id},
            {"is_latest": True, "revision": 5},
            {"digest": "x"},
            {"sheet_ids": [Command.update(sheet, {"score": 100})]},
            {"sheet_ids": [Command.delete(sheet)]},
            {"sheet_ids": [Command.create({"user_id": self.user("a")})]},
            {"published_by_id": self.user("gm"), "state": "published"},
        ][what]
        if cycle := self.cycle(index):
            self.call(who, "kpi.cycle", "write", [cycle], values)

    do_write_cycle = deed(write_cycle, who=MOSTLY_HR, index=INDEX, what=range(14))

    def write_sheet(self, who, index, what):
        """Nobody writes a sheet, a line or an appeal by hand, whoever he is."""
        model, table, values = [
            ("kpi.sheet", "kpi_sheet", {"score": 100.0}),
            ("kpi.sheet", "kpi_sheet", {"viewer_ids": [Command.link(self.user("b"))]}),
            ("kpi.sheet", "kpi_sheet", {"digest": "x", "snapshot": {}}),
            ("kpi.sheet", "kpi_sheet", {"line_ids": [Command.clear()]}),
            ("kpi.sheet.line", "kpi_sheet_line", {"points": 100.0, "actual": 1e6}),
            ("kpi.sheet.line", "kpi_sheet_line", {"explanation": "Well done"}),
            ("kpi.sheet.rating", "kpi_sheet_rating", {"value": 100.0}),
            ("kpi.appeal", "kpi_appeal", {"state": "accepted", "answer": "Yes"}),
            ("kpi.bonus.line", "kpi_bonus_line", {"due": 1e6, "computed": 1e6}),
            ("kpi.bonus.line", "kpi_bonus_line", {"user_id": self.user("a")}),
            ("regulation.register", "regulation_register", {"at": "2020-01-01"}),
        ][what]
        if row := self.some(table, index):
            if index % 3:
                self.call(who, model, "write", [row], values)
            elif index % 2:
                self.call(who, model, "unlink", [row])
            else:
                self.call(who, model, "copy", [row])

    do_write_sheet = deed(write_sheet, who=ANYBODY, index=INDEX, what=range(11))

    def enter(self, who, whom, value, day, what):
        """A figure is entered, changed or taken away by hand."""
        rows = self.case.rows(
            "SELECT id FROM kpi_manual_value WHERE user_id = %s ORDER BY id DESC", self.user(whom)
        )
        if what == "create" or not rows:
            self.call(
                who,
                "kpi.manual.value",
                "create",
                [
                    {
                        "indicator_id": self.case.env.ref("sales_kpi.indicator_team_work").id,
                        "user_id": self.user(whom),
                        "date": day,
                        "value": value,
                        "source": "Meeting",
                    }
                ],
            )
        elif what == "unlink":
            self.call(who, "kpi.manual.value", "unlink", [rows[0][0]])
        elif what == "give":
            self.call(who, "kpi.manual.value", "write", [rows[0][0]], {"user_id": self.user(who)})
        else:
            self.call(who, "kpi.manual.value", "write", [rows[0][0]], {"value": value})

    do_enter = deed(
        enter,
        who=["hr", "pln", "hr", "pln", "km", "tm", "a", "clk", "rival"],
        whom=SCORED,
        value=[0, 33.33, 100],
        day=[FEBRUARY, MARCH],
        what=["create", "write", "write", "unlink", "give"],
    )

    def aim(self, who, whom, amount, what):
        """A target is set or changed by hand."""
        rows = self.case.rows(
            "SELECT id FROM kpi_target WHERE user_id = %s ORDER BY id DESC", self.user(whom)
        )
        if what == "unlink" and rows:
            self.call(who, "kpi.target", "unlink", [rows[0][0]])
        elif what == "write" and rows:
            self.call(who, "kpi.target", "write", [rows[0][0]], {"amount": amount})
        else:
            self.call(
                who,
                "kpi.target",
                "create",
                [
                    {
                        "indicator_id": self.case.env.ref("sales_kpi.indicator_sales_ordered").id,
                        "user_id": self.user(whom),
                        "day": MARCH,
                        "amount": amount,
                    }
                ],
            )

    do_aim = deed(
        aim,
        who=["hr", "pln", "hr", "pln", "km", "a", "rival"],
        whom=SCORED,
        amount=[0, 1, 5000, 7000, 9000],
        what=["write", "write", "create", "unlink"],
    )

    def aim_and_appeal(self, who, whom, amount):
        """Human resources change a target, and whom it concerns appeals: by chance it is rare."""
        self.aim(who, whom, amount, "write")
        self.appeal(whom, 0, False)

    do_aim_and_appeal = deed(
        aim_and_appeal, who=HR, whom=["a", "b", "t"], amount=[6000, 8000, 12000]
    )

    def rate_as_asked(self, login):
        for request in self.ids(
            "kpi_rating_request", f"state = 'open' AND rater_id = {self.user(login)}"
        ):
            self.call(login, "kpi.rating.request", "action_rate", [request], 40 + len(self.log) % 60, "")
        leader = LEADERS[login]
        for request in self.ids(
            "kpi_rating_request",
            f"state = 'open' AND rater_id = {self.user(leader)} AND user_id = {self.user(login)}",
        ):
            self.call(leader, "kpi.rating.request", "action_rate", [request], 80, "Good")

    def rate(self, who, index, value, what):
        request = self.some("kpi_rating_request", index)
        cycle = self.cycle(index)
        model = "kpi.rating.request"
        if what == "mine":
            request = self.some("kpi_rating_request", index, f"rater_id = {self.user(who)}")
        if what == "ask":
            self.call(
                who,
                model,
                "create",
                [
                    {
                        "cycle_id": cycle,
                        "user_id": self.user(self.rng.choice(SCORED)),
                        "kind": self.rng.choice(["peer", "superior", "self", "hr"]),
                        "rater_id": self.user(self.rng.choice(["a", "b", "km", "tm", "clk", "wh", "pln"])),
                    }
                ],
            )
        elif not request:
            return
        elif what == "unlink":
            self.call(who, model, "unlink", [request])
        elif what == "write":
            self.call(who, model, "write", [request], {"value": value, "state": "done"})
        elif what == "wizard":
            wizard = self.call(
                who, "kpi.rating.give", "create", [{"request_id": request, "value": value}]
            )
            if wizard:
                self.call(who, "kpi.rating.give", "action_hand_in", wizard)
        else:
            self.call(who, model, "action_rate", [request], value, "Said")

    do_rate = deed(
        rate,
        who=["a", "b", "km", "tm", "hr", "pln", "gm", "rival"],
        index=INDEX,
        value=[0, 55.5, 100, 101, -1],
        what=["mine", "mine", "mine", "any", "ask", "unlink", "write", "wizard"],
    )

    def appeal(self, who, index, about_line):
        mine = f"user_id = {self.user(who)}"
        sheets = (
            self.ids("kpi_sheet", f"{mine} AND state = 'published'")
            or self.ids("kpi_sheet", mine)
            or self.ids("kpi_sheet")
        )
        if not sheets:
            return
        sheet = sheets[-1 - index % len(sheets)]
        line = False
        if about_line:
            [line, *_rest] = [
                *(
                    row[0]
                    for row in self.case.rows(
                        "SELECT id FROM kpi_sheet_line WHERE sheet_id = %s ORDER BY id", sheet
                    )
                ),
                0,
            ]
        made = self.call(who, "kpi.sheet", "action_appeal", [sheet], "An order is missing", line)
        if made and index % 2:
            verdict = "action_accept" if index % 4 == 1 else "action_refuse"
            self.call(self.hr, "kpi.appeal", verdict, [made], "Because")

    do_appeal = deed(
        appeal, who=["a", "b", "t", "hr", "fin", "km"], index=INDEX, about_line=(True, False)
    )

    def answer(self, who, index, method):
        if appeal := self.some("kpi_appeal", index, "state = 'open'") or self.some("kpi_appeal", index):
            arguments = [] if method == "action_withdraw" else ["Because"]
            self.call(who, "kpi.appeal", method, [appeal], *arguments)

    do_answer = deed(
        answer,
        who=["hr", "pln", "hr", "pln", "a", "b", "rival", "gm"],
        index=INDEX,
        method=["action_accept", "action_accept", "action_refuse", "action_withdraw"],
    )

    # -- bonus

    def bonus_properly(self, day, stage):
        """HR computes and hands in, finance approves and pays."""
        hr = self.hr
        made = self.call(hr, "kpi.bonus.sheet", "create", [{"day": day}])
        if not made:
            return
        sheet = made[0] if isinstance(made, list) else made
        for step in ("action_compute", "action_submit")[:stage]:
            self.call(hr, "kpi.bonus.sheet", step, [sheet])
        if stage > 2:
            self.approve(sheet)
            self.call("leg", "kpi.bonus.sheet", "action_pay", [sheet], "Payroll")

    def approve(self, sheet, who="leg"):
        for approval in self.ids(
            "regulation_approval",
            f"state = 'pending' AND res_model = 'kpi.bonus.sheet' AND res_id = {int(sheet)}",
        ):
            self.call(who, "regulation.approval", "action_approve", [approval], "Yes")

    def press_bonus(self, who, index, method):
        if sheet := self.some("kpi_bonus_sheet", index):
            arguments = ["Payroll"] if method == "action_pay" else []
            self.call(who, "kpi.bonus.sheet", method, [sheet], *arguments)

    do_press_bonus = deed(
        press_bonus,
        who=["hr", "pln", "pln", "fin", "leg", "a", "clk", "rival"],
        index=INDEX,
        method=[
            *("action_compute", "action_compute", "action_submit", "action_submit"),
            *("action_pay", "action_pay", "action_verify", "unlink"),
        ],
    )

    def decide_bonus(self, who, index, verdict):
        if approval := self.some("regulation_approval", index, "state = 'pending'"):
            arguments = [] if verdict == "action_withdraw" else ["Opinion"]
            self.call(who, "regulation.approval", verdict, [approval], *arguments)

    do_decide_bonus = deed(
        decide_bonus,
        who=["leg", "leg", "leg", "fin", "hr", "pln", "gm", "a"],
        index=INDEX,
        verdict=["action_approve"] * 4 + ["action_return", "action_refuse", "action_withdraw"],
    )

    def write_bonus(self, who, index, what):
        model, table, values = [
            ("kpi.bonus.sheet", "kpi_bonus_sheet", {"state": "approved"}),
            ("kpi.bonus.sheet", "kpi_bonus_sheet", {"pool_amount": 1e6}),
            ("kpi.bonus.sheet", "kpi_bonus_sheet", {"paid_at": "2026-01-01", "paid_by_id": 2}),
            ("kpi.bonus.sheet", "kpi_bonus_sheet", {"day": "2026-05-31"}),
            ("kpi.bonus.sheet", "kpi_bonus_sheet", {"line_ids": [Command.clear()]}),
            ("kpi.bonus.line", "kpi_bonus_line", {"adjustment": -1.0, "adjust_reason": "Absent"}),
            ("kpi.bonus.line", "kpi_bonus_line", {"adjustment": -1.0, "adjust_reason": "Absent"}),
            ("kpi.bonus.line", "kpi_bonus_line", {"adjustment": 500.0, "adjust_reason": "More"}),
            ("kpi.bonus.line", "kpi_bonus_line", {"amount": 500.0}),
        ][what]
        if row := self.some(table, index):
            self.call(who, model, "write", [row], values)

    do_write_bonus = deed(
        write_bonus, who=["hr", "pln", "pln", "fin", "leg", "a"], index=INDEX, what=range(9)
    )

    def make_bonus(self, who, day, stage):
        if stage:
            self.bonus_properly(day, stage)
        else:
            self.call(who, "kpi.bonus.sheet", "create", [{"day": day, "state": "approved"}])

    do_make_bonus = deed(
        make_bonus, who=["hr", "a", "fin", "rival"], day=[FEBRUARY, MARCH], stage=(0, 2, 3, 3, 3)
    )

    # -- the world goes on

    def trade(self, who, index, what):
        """An order more, an order less: what is locked does not care."""
        if what == "sell":
            made = self.call(
                who,
                "sale.order",
                "create",
                [
                    {
                        "partner_id": self.case.customers["nanfeng"].id,
                        "order_line": [Command.create({"product_id": self.case.product.id})],
                    }
                ],
            )
            if made:
                self.call(who, "sale.order", "action_confirm", made)
        else:
            order = self.case.rows_built.ids[index % len(self.case.rows_built)]
            self.call("km" if index % 2 else who, "sale.order", "action_cancel", [order])

    do_trade = deed(trade, who=["a", "b"], index=INDEX, what=["sell", "cancel", "cancel"])

    def wait(self, days):
        self.pass_days(days)

    do_wait = deed(wait, days=[1, 1, 3, 8])

    def import_file(self, who, index, what):
        model, columns, row = [
            ("kpi.sheet", [".id", "score"], [str(self.some("kpi_sheet", index)), "100"]),
            ("kpi.sheet.line", [".id", "points"], [str(self.some("kpi_sheet_line", index)), "100"]),
            ("kpi.cycle", [".id", "state"], [str(self.cycle(index)), "open"]),
            ("kpi.cycle", ["day", "state"], [MARCH, "locked"]),
            (
                "kpi.manual.value",
                ["indicator_id", "user_id/.id", "date", "value", "source"],
                ["Team work", str(self.user(who)), MARCH, "100", "Myself"],
            ),
        ][what]
        self.call(who, model, "load", columns, [row])

    do_import_file = deed(import_file, who=["hr", "pln", "km", "a", "adm"], index=INDEX, what=range(5))

    def night(self, _often):
        """The nightly run computes what is not final, in nobody's name."""
        self.case.actor = SUPERUSER_ID
        self.before = self.figures()
        env = api.Environment(self.case.env.cr, SUPERUSER_ID, {})
        for cycle in env["kpi.cycle"]._due_cycles():
            cycle._compute_scores()
        env.flush_all()
        env.transaction.clear()
        self.log.append(("night", "kpi.cycle", "_cron_compute", (), None))
        self.what_must_hold()

    do_night = deed(night, _often=(1,))

    # === WHAT MUST HOLD === #

    def what_must_hold(self):
        self.evidence_is_only_added()
        self.register_is_of_now()
        self.locked_stays()
        self.steps_are_taken_by_who_may()
        self.nobody_writes_his_own()
        self.ratings_are_given_once()
        self.appeals_are_answered_once()
        self.bonus_rests_on_what_is_locked()
        self.bonus_is_settled_once()
        self.nobody_approves_his_own()

    def contents(self):
        """What is in the tables, in one figure."""
        union = " UNION ALL ".join(
            f"SELECT '{table}', COUNT(*), SUM(hashtext(t::text)::bigint) FROM {table} t"
            for table in TABLES
        )
        return self.case.rows(union)

    def figures(self):
        """Rows by which people are scored: ``{(table, id): (person, digest)}``."""
        return {
            (table, row): (user, digest)
            for table in ("kpi_manual_value", "kpi_target")
            for row, user, digest in self.case.rows(
                f"SELECT id, user_id, md5((to_jsonb(t) - {MOVES_ON})::text) FROM {table} t"
                " WHERE company_id = %s",
                self.case.company.id,
            )
        }

    def register_is_of_now(self):
        rows = self.case.rows(
            "SELECT id FROM regulation_register WHERE id > %s AND at <> %s",
            max([self.base["regulation_register"], *self.latest.get("register", ())]),
            self.now().replace(microsecond=0),
        )
        assert not rows, f"register {rows} is not of now"
        [(last,)] = self.case.rows("SELECT COALESCE(MAX(id), 0) FROM regulation_register")
        self.latest["register"] = (last,)

    def locked_stays(self):
        """Invariant 4: what was locked is what it was, with all that it is made of."""
        now = {}
        for table, joins in (
            ("kpi_cycle", "JOIN kpi_cycle c ON c.id = t.id"),
            ("kpi_sheet", "JOIN kpi_cycle c ON c.id = t.cycle_id"),
            ("kpi_sheet_line", "JOIN kpi_sheet s ON s.id = t.sheet_id JOIN kpi_cycle c ON c.id = s.cycle_id"),
            ("kpi_sheet_rating", "JOIN kpi_sheet s ON s.id = t.sheet_id JOIN kpi_cycle c ON c.id = s.cycle_id"),
        ):
            for row, digest in self.case.rows(
                f"SELECT t.id, md5((to_jsonb(t) - {MOVES_ON})::text) FROM {table} t {joins}"
                " WHERE c.state = 'locked'"
            ):
                now[table, row] = digest
        for key, digest in self.locked.items():
            assert now.get(key) == digest, f"locked {key} was changed or deleted"
        self.locked = now

    def steps_are_taken_by_who_may(self):
        """HR of the company takes the steps, in order; the names and times are those of the step."""
        people = {self.user(login) for login in HR}
        now = self.now().replace(microsecond=0)
        actor = self.case.actor
        states = {}
        for row in self.case.rows(
            """
            SELECT id, state, revision, previous_id, computed_at, computed_by_id, locked_at,
                   locked_by_id, published_at, published_by_id, appeal_until, date_to, digest,
                   company_id, is_latest
              FROM kpi_cycle WHERE id > %s AND company_id IN (%s, %s)""",
            self.base["kpi_cycle"],
            self.case.company.id,
            self.case.sister.id,
        ):
            cycle, state = row[:2]
            states[cycle] = row
            old = self.states.get(cycle)
            if old == row:
                continue
            if row[13] != self.case.company.id:
                # HR of another company acts there, and nobody else does
                assert actor == self.user("rival"), f"scores {cycle} of another company by {actor}"
                continue
            night = actor == SUPERUSER_ID and state in ("open", "computed")
            assert night or actor in people, f"scores {cycle} were changed by {actor}"
            before = old[1] if old else None
            if state != before:
                steps = STEPS[before] | (STEPS["open"] if night and not before else set())
                assert state in steps, f"scores {cycle}: {before} -> {state}"
                self.reached(f"scores {state}")
            if not old:
                self.check_revision(row, night)
            for at, by, what in ((4, 5, "computed"), (6, 7, "locked"), (8, 9, "published")):
                if row[at] and row[at] != (old and old[at]):
                    assert (row[at], row[by]) == (now, actor), f"{what} by {row[by]} at {row[at]}"
            if state == "locked" and before != "locked":
                self.check_locked(row, before)
        for cycle, old in self.states.items():
            gone = cycle not in states and (old[1] == "locked" or old[3])
            assert not gone, f"scores {cycle} are gone"
        self.states = states

    def check_revision(self, row, night):
        if row[3]:
            self.reached("scores reopened")
            before = self.states[row[3]]
            assert before[1] == "locked" and row[2] == before[2] + 1, f"revision {row[0]}: {row}"
            [(reason,)] = self.case.rows("SELECT reopen_reason FROM kpi_cycle WHERE id = %s", row[0])
            assert reason, f"scores {row[0]} were reopened without a reason"
        else:
            assert night or row[1:3] == ("open", 1), f"scores {row[0]} begin as {row[1]} {row[2]}"

    def check_locked(self, row, before):
        """Not before its end, not before the last appeal; with the snapshot of what is there."""
        cycle, today = row[0], (self.now() + timedelta(hours=8)).date()
        assert (row[4] + timedelta(hours=8)).date() > row[11], f"scores {cycle} locked too early"
        if before == "published":
            assert today > row[10], f"scores {cycle} locked while people may appeal"
        [(appeals,)] = self.case.rows(
            "SELECT COUNT(*) FROM kpi_appeal WHERE cycle_id = %s AND state = 'open'", cycle
        )
        assert not appeals, f"scores {cycle} locked over {appeals} appeals"
        digests = []
        for sheet, score, has_score, digest, snapshot, lines in self.case.rows(
            """
            SELECT id, score, has_score, digest, snapshot,
                   (SELECT COUNT(*) FROM kpi_sheet_line l WHERE l.sheet_id = s.id)
              FROM kpi_sheet s WHERE cycle_id = %s""",
            cycle,
        ):
            assert snapshot and digest, f"sheet {sheet} was locked without a snapshot"
            assert len(snapshot["lines"]) == lines > 0, f"snapshot of {sheet}: {lines} lines"
            kept = Decimal(snapshot["score"]) if snapshot["score"] is not None else None
            assert kept == (Decimal(str(score)) if has_score else None), f"snapshot of {sheet}"
            assert digest == fingerprint(snapshot), f"fingerprint of sheet {sheet}"
            digests.append(digest)
        assert len(digests) == len(SCORED), f"{len(digests)} sheets in scores {cycle}"
        assert row[12] == fingerprint(sorted(digests)), f"fingerprint of scores {cycle}"
        [(noted,)] = self.case.rows(
            "SELECT COUNT(*) FROM regulation_register WHERE event = 'scores_locked'"
            " AND res_model = 'kpi.cycle' AND res_id = %s",
            cycle,
        )
        assert noted == 1, f"scores {cycle} locked with {noted} rows in the register"

    def nobody_writes_his_own(self):
        """What somebody is scored by is entered by HR, or the leader of his team; never by him."""
        actor, now = self.case.actor, self.figures()
        changed = {
            key: now.get(key) or self.before[key]
            for key in now.keys() | self.before.keys()
            if now.get(key) != self.before.get(key)
        }
        for (table, row), (user, _digest) in changed.items():
            users = {user, *({self.before[table, row][0]} if (table, row) in self.before else ())}
            self.reached(f"{table} changed")
            assert actor not in users, f"{table} {row}: {actor} wrote his own figure"
            may = {self.user(login) for login in HR}
            if table == "kpi_manual_value":
                may |= {self.user(LEADERS[login]) for login in SCORED if self.user(login) == user}
            assert actor in may, f"{table} {row} was changed by {actor}"

    def ratings_are_given_once(self):
        """By who was asked, while ratings are open; afterwards they stay."""
        actor, now = self.case.actor, {}
        for row in self.case.rows(
            """
            SELECT r.id, r.state, r.value, r.rater_id, r.user_id, r.cycle_id, r.kind, r.answered_on
              FROM kpi_rating_request r WHERE r.id > %s""",
            self.base["kpi_rating_request"],
        ):
            now[row[0]] = row[1:]
            old = self.asked.get(row[0])
            if old == row[1:]:
                continue
            state, value, rater = row[1:4]
            if state == "done":
                self.reached("ratings given")
                assert not old or old[0] == "open", f"rating {row[0]} was given twice"
                assert rater == actor, f"rating {row[0]} of {rater} was given by {actor}"
                today = (self.now() + timedelta(hours=8)).date()
                assert row[7] == today, f"rating {row[0]} is of {row[7]}"
                assert value is None or 0 <= value <= 100, f"rating {row[0]}: {value}"
                if row[6] == "peer":
                    assert value is None, f"rating {row[0]} is not anonymous"
        for request, old in self.asked.items():
            if old[0] == "done":
                assert now.get(request) == old, f"rating {request} was changed or deleted"
        self.asked = now
        [(said,)] = self.case.rows(
            "SELECT COUNT(*) FROM kpi_rating_answer a JOIN kpi_cycle c ON c.id = a.cycle_id"
            " WHERE c.company_id = %s",
            self.case.company.id,
        )
        peers = Counter(row[5] for row in now.values() if row[0] == "done")["peer"]
        assert said == peers, f"{said} anonymous answers of {peers} raters"

    def appeals_are_answered_once(self):
        """By HR, never one's own; what was said stays."""
        actor, now = self.case.actor, {}
        people = {self.user(login) for login in HR}
        stamp = self.now().replace(microsecond=0)
        for row in self.case.rows(
            """
            SELECT id, state, user_id, sheet_id, reason, made_at, indicator_id, answer,
                   answered_by_id, answered_at, create_uid
              FROM kpi_appeal WHERE id > %s""",
            self.base["kpi_appeal"],
        ):
            now[row[0]] = row[1:]
            old = self.appeals.get(row[0])
            if old == row[1:]:
                continue
            state, user = row[1:3]
            if not old:
                self.reached("appeals made")
                assert (user, row[5], state) == (actor, stamp, "open"), f"appeal {row[0]}: {row}"
                continue
            self.reached(f"appeals {state}")
            assert old[0] == "open" and old[1:6] == row[2:7], f"appeal {row[0]} was changed"
            assert row[9] == stamp, f"appeal {row[0]} answered at {row[9]}"
            if state == "withdrawn":
                assert actor == user, f"appeal {row[0]} withdrawn by {actor}"
            else:
                assert actor in people and actor != user, f"appeal {row[0]} answered by {actor}"
                assert row[8] == actor and row[7], f"appeal {row[0]} names {row[8]}"
        assert not self.appeals.keys() - now.keys(), "an appeal is gone"
        self.appeals = now

    def bonus_rests_on_what_is_locked(self):
        """Lines come from locked sheets; pools are divided to the last cent."""
        wrong = self.case.rows(
            """
            SELECT line.id FROM kpi_bonus_line line
              JOIN kpi_sheet sheet ON sheet.id = line.score_sheet_id
              JOIN kpi_cycle cycle ON cycle.id = sheet.cycle_id
             WHERE line.id > %s AND cycle.state <> 'locked'""",
            self.base["kpi_bonus_line"],
        )
        assert not wrong, f"bonus of scores that are not locked: {wrong}"
        for sheet, scheme, team, first, cycle, pool, due in self.case.rows(
            """
            SELECT line.sheet_id, line.scheme_id,
                   CASE scheme.pool_of WHEN 'team' THEN line.team_id END, line.period_from,
                   score.cycle_id, line.pool_amount, SUM(line.due)
              FROM kpi_bonus_line line JOIN kpi_bonus_scheme scheme ON scheme.id = line.scheme_id
              JOIN kpi_sheet score ON score.id = line.score_sheet_id
             WHERE line.id > %s AND scheme.mode = 'pool' AND line.weight_total > 0
               AND line.late_reason IS NULL
             GROUP BY 1, 2, 3, 4, 5, 6""",
            self.base["kpi_bonus_line"],
        ):
            assert pool == due, f"pool {pool} of {scheme} {team} {first} {cycle}: {due} in {sheet}"
        wrong = self.case.rows(
            """
            SELECT id FROM kpi_bonus_line
             WHERE id > %s AND (amount <> computed + adjustment OR adjustment > 0
                OR computed <> due - settled OR payable <> CASE WHEN held THEN 0 ELSE amount END)""",
            self.base["kpi_bonus_line"],
        )
        assert not wrong, f"bonus lines that do not add up: {wrong}"

    def bonus_is_settled_once(self):
        """What was handed in stays, is decided by finance that gets nothing of it, and paid once."""
        now, settled = {}, {}
        for row in self.case.rows(
            """
            SELECT s.id, s.state, s.cycle_id, s.submitted_at, s.paid_at, s.paid_by_id, s.digest,
                   s.pool_amount, s.date_from,
                   (SELECT string_agg(md5((to_jsonb(l) - '{state,write_uid,write_date}'::text[])::text),
                                      '' ORDER BY l.id)
                      FROM kpi_bonus_line l WHERE l.sheet_id = s.id)
              FROM kpi_bonus_sheet s WHERE s.id > %s""",
            self.base["kpi_bonus_sheet"],
        ):
            sheet, state = row[:2]
            now[sheet] = row
            old = self.bonus_states.get(sheet)
            before = old[1] if old else None
            if state != before:
                assert state in BONUS_STEPS[before], f"bonus {sheet}: {before} -> {state}"
                self.reached(f"bonus {state}")
                self.check_bonus_step(row, before)
            if before in SETTLED and state in SETTLED:
                assert row[9] == old[9], f"lines of bonus {sheet} were changed"
            if before == "paid":
                assert row == old, f"paid bonus {sheet} was changed"
            if state in SETTLED:
                settled[sheet] = row[9]
        for sheet, old in self.bonus_states.items():
            assert sheet in now or old[1] == "draft", f"bonus {sheet} is gone"
        self.bonus_states = now
        twice = self.case.rows(
            """
            SELECT company_id, frequency, date_from FROM kpi_bonus_sheet
             WHERE state <> 'refused' GROUP BY 1, 2, 3 HAVING COUNT(*) > 1"""
        )
        assert not twice, f"two bonus sheets of {twice}"
        over = self.case.rows(
            """
            SELECT line.scheme_id, line.user_id, line.period_from, SUM(line.computed),
                   (ARRAY_AGG(line.due ORDER BY sheet.submitted_at DESC, line.id DESC))[1]
              FROM kpi_bonus_line line JOIN kpi_bonus_sheet sheet ON sheet.id = line.sheet_id
             WHERE line.id > %s AND sheet.state IN ('submitted', 'approved', 'paid')
               AND line.origin_id IS NULL
             GROUP BY 1, 2, 3
            HAVING BOOL_OR(line.late_reason IS NULL) AND SUM(line.computed)
                <> (ARRAY_AGG(line.due ORDER BY sheet.submitted_at DESC, line.id DESC))[1]""",
            self.base["kpi_bonus_line"],
        )
        assert not over, f"settled is not what is due: {over}"

    def check_bonus_step(self, row, before):
        sheet, state = row[:2]
        actor = self.case.actor
        people = {self.user(login) for login in HR}
        if state == "submitted":
            assert actor in people, f"bonus {sheet} was handed in by {actor}"
            [(cycle, latest)] = self.case.rows(
                "SELECT state, is_latest FROM kpi_cycle WHERE id = %s", row[2]
            )
            assert cycle == "locked" and latest, f"bonus {sheet} handed in on {cycle} scores"
        elif state in ("approved", "paid"):
            money = {self.user(login) for login in FINANCE}
            gets = {
                user
                for (user,) in self.case.rows(
                    "SELECT user_id FROM kpi_bonus_line WHERE sheet_id = %s", sheet
                )
            }
            assert actor in money, f"bonus {sheet} {state} by {actor}"
            if state == "approved":
                assert actor not in gets, f"bonus {sheet} approved by {actor}, who gets some of it"
            else:
                stamp = self.now().replace(microsecond=0)
                assert row[4:6] == (stamp, actor), f"bonus {sheet} paid by {row[5]} at {row[4]}"
        elif not before:
            assert actor in people, f"bonus {sheet} was made by {actor}"


def fingerprint(content):
    """SHA-256 of plain values, told apart by their kind."""

    def tagged(value):
        if isinstance(value, str):
            return f"text:{value}"
        if isinstance(value, (int, float)) and not isinstance(value, bool):
            return f"number:{value:.6f}"
        if isinstance(value, dict):
            return {key: tagged(item) for key, item in value.items()}
        if isinstance(value, list):
            return [tagged(item) for item in value]
        return value

    text = json.dumps(tagged(content), sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()
