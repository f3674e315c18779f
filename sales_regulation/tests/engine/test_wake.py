# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo.tests import tagged

from odoo.addons.sales_regulation.tests.common import RegulationCommon

SETTLE = "sales_regulation.ir_cron_deadline_settle"
HAND_OVER = "sales_regulation.ir_cron_handover"


@tagged("post_install", "-at_install")
class TestWake(RegulationCommon):
    """Jobs that follow a step are woken before its commit (design, speed)."""

    def setUp(self):
        super().setUp()
        self.env.cr.precommit.clear()
        self.jobs = self.env.ref(SETTLE) | self.env.ref(HAND_OVER)
        self.env["ir.cron.trigger"].search([]).unlink()
        self.env.flush_all()

    def wake(self, *xmlids):
        """As a salesperson, who may not read jobs."""
        for xmlid in xmlids:
            self._as(self.env["ir.cron"], "a")._regulation_wake(xmlid)

    def triggers(self):
        return self.env["ir.cron.trigger"].search([("cron_id", "in", self.jobs.ids)])

    def test_several_jobs_in_one_statement(self):
        self.wake(SETTLE, HAND_OVER, SETTLE)
        self.assertFalse(self.triggers(), "not within the step")
        with self.assertQueryCount(1):
            self.env.cr.precommit.run()
        triggers = self.triggers()
        self.assertEqual(triggers.cron_id, self.jobs)
        self.assertEqual(len(triggers), 2)
        self.assertEqual(triggers.create_uid, self.users["a"])
        self.assertIn(
            "_notifydb", [callback.__name__ for callback in self.env.cr.postcommit._funcs]
        )

    def test_again_in_the_next_transaction(self):
        self.wake(SETTLE)
        self.env.cr.precommit.run()
        self.wake(SETTLE)
        self.env.cr.precommit.run()
        self.assertEqual(len(self.triggers()), 2)

    def test_a_job_that_is_switched_off_sleeps_on(self):
        self.env.ref(SETTLE).active = False
        self.wake(SETTLE, "sales_regulation.there_is_no_such_job")
        self.env.cr.precommit.run()
        self.assertFalse(self.triggers())

    def test_what_is_undone_inside_does_not_swallow_it(self):
        """A step that fails inside the transaction takes no wake-up of a later one with it."""
        try:
            with self.env.cr.savepoint():
                self.wake(SETTLE)
                self.env.cr.precommit.run()
                raise ValueError
        except ValueError:
            self.wake(SETTLE)
        self.env.cr.precommit.run()
        self.assertEqual(len(self.triggers()), 1)
