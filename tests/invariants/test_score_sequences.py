# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
import unittest

from odoo.tests import tagged

from .score_machine import Scores
from .score_world import ScoreWorld
from .sequences import Sequences
from .test_sequences import SHRINK, part

#: of the sequences of orders a third: these begin further on
NUMBER = part(3, 25)
#: what 40 sequences bring about at least: less proves nothing
EXPECTED = {
    "scores computed": 60,
    "scores rating": 8,
    "scores review": 8,
    "scores published": 30,
    "scores locked": 25,
    "scores reopened": 15,
    "ratings given": 80,
    "appeals made": 4,
    "appeals accepted": 1,
    "bonus submitted": 5,
    "bonus approved": 1,
    "bonus paid": 1,
    "kpi_manual_value changed": 2,
    "kpi_target changed": 3,
}


class ScoreSequences(ScoreWorld, Sequences):
    """The company is built once under a frozen clock; each sequence moves the clock on."""

    machine = Scores
    number = NUMBER

    @classmethod
    def setUpClass(cls):
        cls._start_clock()
        super().setUpClass()
        if "kpi.cycle" not in cls.env:
            raise unittest.SkipTest("sales_kpi is not installed")


@tagged("post_install", "-at_install")
class TestScoreSequences(ScoreSequences):
    """Invariants 4 and 10 for scores and what is paid by them."""

    def test_sequences(self):
        self.run_sequences(self.number, SHRINK, length=25)
        missed = {
            what: (self.reach[what], least)
            for what, least in EXPECTED.items()
            if self.reach[what] < int(least * self.number / 40)
        }
        self.assertFalse(
            missed, f"sequences that get nowhere prove nothing: {self.reach} {self.refusals}"
        )
        for name in (
            "kpi.cycle.create",
            "kpi.cycle.action_compute",
            "kpi.cycle.action_publish",
            "kpi.cycle.action_lock",
            "kpi.cycle.action_reopen",
            "kpi.manual.value.create",
            "kpi.manual.value.write",
            "kpi.target.write",
            "kpi.rating.request.action_rate",
            "kpi.sheet.action_appeal",
            "kpi.bonus.sheet.action_compute",
            "kpi.bonus.sheet.action_submit",
            "kpi.bonus.sheet.action_pay",
            "regulation.approval.action_approve",
        ):
            for outcome in ("done", "refused"):
                self.assertTrue(self.tally[name, outcome], (name, outcome, self.refusals.get(name)))
