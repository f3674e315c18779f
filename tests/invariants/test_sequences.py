# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
import json
import os
from pathlib import Path

from odoo.tests import tagged

from .sequences import LONG, Sequences

#: REGULATION_SHRINK=1 looks for the shortest sequence that breaks an invariant
SHRINK = bool(os.environ.get("REGULATION_SHRINK"))
SEQUENCES = int(os.environ.get("REGULATION_SEQUENCES", "0")) or (600 if LONG else 150)
#: ten go on from the same beginning, which is as many calls as one of them; with LONG each has its own
BEGINNINGS = 0 if LONG else -(-SEQUENCES // 10)
#: REGULATION_REACH=FILE: how often what came to pass is written there
REACH = os.environ.get("REGULATION_REACH")


def part(divisor, least):
    """How many sequences of a machine whose world is dearer; 500 of each with LONG."""
    if LONG and not os.environ.get("REGULATION_SEQUENCES"):
        return 500
    return max(SEQUENCES // divisor, least)


#: what 150 sequences bring about at least, far below what they do: less proves nothing
EXPECTED = {
    "orders confirmed": 100,
    "orders changed by request": 15,
    "approvals approved: order_change": 15,
    "approvals approved: order_review": 100,
    "approvals approved: price": 40,
    "approvals void: order_review": 8,
    "approvals void: price": 4,
    "releases granted": 50,
    "releases used": 25,
    "allocations confirmed": 40,
    "allocations taken back": 6,
    "deliveries": 25,
    "deliveries on a release": 3,
    "returns": 2,
}


@tagged("post_install", "-at_install")
class TestSequences(Sequences):
    """Invariants 1 to 5 under generated sequences of calls."""

    def test_sequences(self):
        self.run_sequences(SEQUENCES, SHRINK, beginnings=BEGINNINGS)
        if REACH:
            calls = {f"{name} {outcome}": count for (name, outcome), count in self.tally.items()}
            Path(REACH).write_text(
                json.dumps(
                    {"reach": self.reach, "calls": calls, "refusals": self.refusals},
                    indent=1,
                    sort_keys=True,
                )
            )
        share = SEQUENCES / 150
        missed = {
            what: (self.reach[what], least)
            for what, least in EXPECTED.items()
            if self.reach[what] < int(least * share)
        }
        self.assertFalse(missed, "sequences that get nowhere prove nothing")
        # each door is opened to some and shut in the face of others
        for name in (
            "sale.order.action_confirm",
            "regulation.approval.action_approve",
            "regulation.release.action_grant",
            "sale.payment.allocation.action_confirm",
            "stock.picking.button_validate",
        ):
            for outcome in ("done", "refused"):
                self.assertTrue(self.tally[name, outcome], (name, outcome))


class Editable:
    """Confirmed orders are edited: what is judged beside goes on holding."""

    def test_sequences(self):
        self.run_sequences(part(5, 20), SHRINK, fixed=False)
        for what in ("orders confirmed", "orders edited"):
            self.assertTrue(self.reach[what], what)


@tagged("post_install", "-at_install", "long")
class TestChangeIsOff(Editable, Sequences):
    modes = {"order_change": "off"}


@tagged("post_install", "-at_install", "long")
class TestChangeIsObserved(Editable, Sequences):
    modes = {"order_change": "observe"}
