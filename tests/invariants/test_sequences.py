# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
import logging
import os
from collections import Counter

from hypothesis import HealthCheck, Phase, settings
from hypothesis.stateful import run_state_machine_as_test

from odoo.tests import TransactionCase, tagged
from odoo.tools import mute_logger

from .machine import Regulation
from .world import World

_logger = logging.getLogger(__name__)

#: REGULATION_SHRINK=1 looks for the shortest sequence that breaks an invariant
SHRINK = bool(os.environ.get("REGULATION_SHRINK"))
SEQUENCES = int(os.environ.get("REGULATION_SEQUENCES", "0")) or (
    600 if os.environ.get("LONG") else 150
)


@tagged("post_install", "-at_install")
class TestSequences(World, TransactionCase):
    """Invariants 1 to 5 under generated sequences of calls."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._build_world()
        cls.reviewed = bool(cls.env["regulation.gate"].search([("code", "=", "order_review")]))

    def test_sequences(self):
        case = self

        class Machine(Regulation):
            pass

        Machine.case = case
        case.tally = Counter()
        phases = [Phase.generate] + ([Phase.shrink] if SHRINK else [])
        with mute_logger("odoo.sql_db", "odoo.models.unlink", "odoo.addons.base.models.ir_rule"):
            run_state_machine_as_test(
                Machine,
                settings=settings(
                    max_examples=SEQUENCES,
                    stateful_step_count=25,
                    deadline=None,
                    derandomize=True,
                    database=None,
                    phases=phases,
                    suppress_health_check=list(HealthCheck),
                ),
            )
        for (name, outcome), number in sorted(case.tally.items()):
            _logger.info("%s %s: %s", name, outcome, number)
        # Sequences that get nowhere prove nothing
        for name in (
            "sale.order.action_confirm",
            "regulation.approval.action_approve",
            "regulation.release.action_grant",
            "sale.payment.allocation.action_confirm",
            "stock.picking.button_validate",
        ):
            for outcome in ("done", "refused"):
                self.assertTrue(case.tally[name, outcome], (name, outcome))
