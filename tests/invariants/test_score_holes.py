# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Guards of scores are taken away one by one: the same sequences notice."""

from odoo.tests import tagged

from odoo.addons.sales_regulation.tools import engine

from .score_machine import FEBRUARY, MARCH
from .score_world import HR
from .test_score_sequences import ScoreSequences

#: a hole is found within so many sequences, or the machine does not see it
ENOUGH = 40


class ScoreHoles(ScoreSequences):
    def take_away(self, model, method, replacement):
        self.patch(self.env.registry[model], method, replacement)

    def assert_found(self, *words, deeds=(), far=None):
        """The same machine notices.

        :param deeds: it does nothing but these, so that the hole is met soon
        :param far: how far the scores of February and of March have come before
        """
        start = {"far": dict(zip((FEBRUARY, MARCH), far, strict=True))} if far else {}
        with self.assertRaises(AssertionError) as found:
            self.run_sequences(ENOUGH, deeds=deeds, **start)
        for word in words:
            self.assertIn(word, str(found.exception))


@tagged("post_install", "-at_install")
class TestScoreHoles(ScoreHoles):
    """What is found at once."""

    def test_nothing_is_found_without_a_hole(self):
        self.run_sequences(2)
        self.assertTrue(self.reach["scores computed"])

    def test_locked_without_a_snapshot(self):
        self.take_away("kpi.sheet", "_freeze", lambda sheets: ["x" for _sheet in sheets])
        self.assert_found("without a snapshot")

    def test_reopened_in_its_place(self):
        """The locked revision itself is opened again."""

        def action_reopen(cycle, reason=""):
            cycle._check_manager()
            cycle.env.cr.execute("UPDATE kpi_cycle SET state = 'open' WHERE id = %s", [cycle.id])
            cycle.invalidate_recordset()
            return {"res_id": cycle.id}

        self.take_away("kpi.cycle", "action_reopen", action_reopen)
        self.assert_found("locked", deeds=("again",), far=((6,), (1,)))

    def test_rating_for_somebody_else(self):
        def action_rate(request, value=None, comment="", marks=None):
            request._answer(value, comment, marks)
            return True

        self.take_away("kpi.rating.request", "action_rate", action_rate)
        self.assert_found("was given by", deeds=("rate",), far=((1,), (2, 3)))


@tagged("post_install", "-at_install", "long")
class TestMoreScoreHoles(ScoreHoles):
    """One guard after the other."""

    def test_anybody_computes_and_locks(self):
        self.take_away("kpi.cycle", "_check_manager", lambda cycles: None)
        self.assert_found("were changed by", deeds=("press_cycle",))

    def test_figures_of_ones_own(self):
        self.take_away("kpi.manual.value", "_check_not_own", lambda entries: None)
        self.assert_found("kpi_manual_value", deeds=("enter",))

    def test_locked_scores_are_computed_again(self):
        """Neither the cycle nor its sheets ask whether it is locked."""
        self.open_locked()
        self.assert_found("was changed or deleted", deeds=("press_cycle",), far=((6,), (6,)))

    def open_locked(self):
        Cycle = self.env.registry["kpi.cycle"]
        computable, take = Cycle._computable_states, Cycle._take

        def _take(cycles):
            take(cycles)
            cycles.env.cr.execute(
                "UPDATE kpi_cycle SET state = 'computed' WHERE state = 'locked' AND id = ANY(%s)",
                [cycles.ids],
            )
            cycles.invalidate_recordset()

        self.take_away("kpi.cycle", "_take", _take)
        self.take_away("kpi.cycle", "_computable_states", lambda cycles: computable(cycles) | {"locked"})

    def test_targets_of_ones_own(self):
        self.take_away("kpi.target", "_check_not_own", lambda targets: None)
        self.assert_found("kpi_target", deeds=("aim",))

    def test_status_is_written_by_hand(self):
        self.take_away("kpi.cycle", "_check_sealed", lambda cycles, vals, creating=False: None)
        self.assert_found("scores", deeds=("write_cycle",))

    def test_locked_before_the_last_appeal(self):
        self.take_away("kpi.cycle", "_lock_waits_for", lambda cycle: "")
        self.assert_found("scores", deeds=("press_cycle",), far=((6,), (5,)))

    def test_snapshot_of_something_else(self):
        contents = self.env.registry["kpi.sheet"]._contents

        def _contents(sheets):
            return {row: {**content, "score": "99.99"} for row, content in contents(sheets).items()}

        self.take_away("kpi.sheet", "_contents", _contents)
        self.assert_found("snapshot of")

    def test_locked_by_somebody_else(self):
        lock = self.env.registry["kpi.cycle"]._lock
        director = self.users["gm"].id

        def _lock(cycle):
            lock(cycle)
            cycle.env.flush_all()
            cycle.env.cr.execute(
                "UPDATE kpi_cycle SET locked_by_id = %s WHERE id = %s", [director, cycle.id]
            )
            cycle.invalidate_recordset()

        self.take_away("kpi.cycle", "_lock", _lock)
        self.assert_found("locked by")

    def test_locked_unnoted(self):
        record = self.env.registry["regulation.register"]._record

        def _record(register, event, *args, **kwargs):
            return None if event == "scores_locked" else record(register, event, *args, **kwargs)

        self.take_away("regulation.register", "_record", _record)
        self.assert_found("rows in the register")

    def test_rating_twice(self):
        request = self.env.registry["kpi.rating.request"]
        answer = request._answer

        def _answer(asked, value, comment, marks=None):
            asked.env.cr.execute(
                "UPDATE kpi_rating_request SET state = 'open' WHERE id = %s", [asked.id]
            )
            asked.invalidate_recordset()
            return answer(asked, value, comment, marks)

        self.take_away("kpi.rating.request", "_answer", _answer)
        self.assert_found("rating", deeds=("rate",), far=((1,), (2, 3)))

    def test_own_appeal(self):
        """Human resources answer their own appeals."""
        appeal = self.env.registry["kpi.appeal"]
        decide = appeal._decide
        people = [self.users[login].id for login in HR]

        def _decide(appeals, state, answer):
            own = appeals.filtered(lambda one: one.user_id == one.env.user and one.env.uid in people)
            if not own:
                return decide(appeals, state, answer)
            return engine(own.sudo()).write(
                {
                    "state": state,
                    "answer": answer,
                    "answered_by_id": own.env.uid,
                    "answered_at": own.env.cr.now(),
                }
            )

        self.take_away("kpi.appeal", "_decide", _decide)
        self.assert_found("appeal", deeds=("appeal", "answer"), far=((5,), (5,)))

    def test_bonus_of_open_scores(self):
        def _locked_scores(sheet, first):
            return sheet.env["kpi.cycle"].search(
                [
                    ("company_id", "=", sheet.company_id.id),
                    ("date_from", "=", first),
                    ("is_latest", "=", True),
                ]
            )

        self.take_away("kpi.bonus.sheet", "_locked_scores", _locked_scores)
        self.assert_found("not locked", deeds=("make_bonus",), far=((1, 5), (1, 5)))

    def test_pool_loses_cents(self):
        shared = self.env.registry["kpi.bonus.sheet"]._shares

        def _shares(sheet, scheme, members, pool, sales):
            rows = shared(sheet, scheme, members, pool, sales)
            return [{**row, "due": round(row["due"] - 0.004, 2)} for row in rows[:1]] + [
                {**row, "due": int(row["due"] * 10) / 10} for row in rows[1:]
            ]

        self.take_away("kpi.bonus.sheet", "_shares", _shares)
        self.assert_found("pool", deeds=("make_bonus",), far=((7,), (6,)))

    def test_bonus_changed_after_it_was_handed_in(self):
        self.take_away("kpi.bonus.sheet", "_check_open", lambda sheets: None)
        self.assert_found("bonus", deeds=("press_bonus",), far=((8, 9), (1,)))

    def test_bonus_approved_by_who_gets_it(self):
        submitted = self.env.registry["regulation.approval"]._prepare_approval

        def _prepare_approval(approvals, kind, row, now):
            return {**submitted(approvals, kind, row, now), "interested_ids": False}

        self.take_away("regulation.approval", "_prepare_approval", _prepare_approval)
        self.assert_found("gets some of it", deeds=("decide_bonus",), far=((8,), (1,)))

    def test_bonus_paid_twice(self):
        """What was settled is forgotten."""
        self.take_away("kpi.bonus.sheet", "_sums", lambda sheet, lines: {line._key(): 0.0 for line in lines})
        self.assert_found("settled", deeds=("again", "make_bonus"), far=((9,), (6,)))

    def test_bonus_is_paid_by_anybody(self):
        role = self.env.registry["regulation.role"]
        held = role._held_by

        def _held_by(roles, user, company, *args, **kwargs):
            return "finance" in roles.mapped("code") or held(roles, user, company, *args, **kwargs)

        self.take_away("regulation.role", "_held_by", _held_by)
        self.assert_found("paid by", deeds=("press_bonus", "decide_bonus"), far=((8,), (1,)))
