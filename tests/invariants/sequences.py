# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Runs the machine; mixed into the test classes."""

import os
from collections import Counter

from hypothesis import HealthCheck, Phase, seed, settings
from hypothesis.stateful import run_state_machine_as_test

from odoo.tests import TransactionCase
from odoo.tools import mute_logger

from .machine import Regulation
from .world import World

LONG = bool(os.environ.get("LONG"))
#: how many deeds a sequence has after what it begins with; most are several calls
DEEDS = 25 if LONG else 15


class Sequences(World, TransactionCase):
    """Lets the machine loose on the company."""

    machine = Regulation

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._build_world()
        cls.reviewed = bool(cls.env["regulation.gate"].search([("code", "=", "order_review")]))

    def setUp(self):
        super().setUp()
        self.tally = Counter()
        self.reach = Counter()
        self.refusals = {}

    def run_sequences(
        self, number, shrink=False, deeds=(), beginnings=0, length=DEEDS, **settings_of_machine
    ):
        """Let the machine loose so many times.

        :param beginnings: how many beginnings the sequences share; none: each has its own
        :param length: how many deeds each has
        :param deeds: the rules that it may choose from, as their names go on; none: all
        :param settings_of_machine: attributes in which it differs
        :raise AssertionError: if an invariant is broken, with the calls that did it
        """
        rules = [name for name in dir(self.machine) if name.startswith("do_")]
        unknown = {f"do_{deed}" for deed in deeds}.difference(rules)
        assert not unknown, f"the machine does not know {unknown}"
        others = [name for name in rules if deeds and name.removeprefix("do_") not in deeds]

        class Machine(self.machine):
            case = self
            vars().update(dict.fromkeys(others) | settings_of_machine)

        with mute_logger("odoo.sql_db", "odoo.models.unlink", "odoo.addons.base.models.ir_rule"):
            if not beginnings:
                self._run(Machine, number, length, shrink, derandomize=True)
            for beginning in range(beginnings):
                share = number * (beginning + 1) // beginnings - number * beginning // beginnings
                with Machine.begun(beginning) as begun:
                    going_on = type("GoingOn", (Machine,), begun)
                    self._run(seed(beginning)(going_on), share, length, shrink)

    def _run(self, machine, number, length, shrink, **more):
        if not number:
            return
        run_state_machine_as_test(
            machine,
            settings=settings(
                max_examples=number,
                stateful_step_count=length,
                deadline=None,
                database=None,
                phases=[Phase.generate, Phase.shrink] if shrink else [Phase.generate],
                report_multiple_bugs=False,
                suppress_health_check=list(HealthCheck),
                **more,
            ),
        )
