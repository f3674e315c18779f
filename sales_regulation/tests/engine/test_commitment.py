# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from contextlib import contextmanager
from unittest.mock import patch

from psycopg2.errors import SerializationFailure

from odoo import api
from odoo.exceptions import AccessError
from odoo.tests import TransactionCase, tagged

from odoo.addons.sales_regulation.tools import Commitment

KEY = "test/1/42"


@tagged("post_install", "-at_install")
class TestCommitment(TransactionCase):
    """What is left of a limit, and who gets it when two want it at the same moment."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.addClassCleanup(cls._forget_keys)

    @classmethod
    def _forget_keys(cls):
        with cls.registry.cursor() as cr:
            cr.execute("DELETE FROM regulation_lock WHERE key LIKE 'test/%'")

    @contextmanager
    def _transaction(self):
        """A transaction of its own on a real connection."""
        with self.registry.cursor() as cr:
            yield api.Environment(cr, api.SUPERUSER_ID, {})["regulation.commitment"]

    def test_second_transaction_with_an_old_snapshot_is_refused(self):
        """Both have read before either locks: only one of them may go on (design, invariant 2)."""
        with self._transaction() as first, self._transaction() as second:
            for commitment in (first, second):
                commitment.env.cr.execute("SELECT count(*) FROM res_partner")  # takes the snapshot
            first._lock([KEY])
            first.env.cr.commit()
            # The conflict is expected, Odoo replays the request: no error in the log
            with self.assertNoLogs("odoo.sql_db"), self.assertRaises(SerializationFailure):
                second._lock([KEY])
            second.env.cr.rollback()

    def test_replay_gets_the_lock(self):
        with self._transaction() as first:
            first._lock([KEY])
            first.env.cr.commit()
        with self._transaction() as second:
            second._lock([KEY])
            second.env.cr.execute("SELECT seq FROM regulation_lock WHERE key = %s", [KEY])
            self.assertGreaterEqual(second.env.cr.fetchone()[0], 2)

    def test_a_rolled_back_lock_disturbs_nobody(self):
        with self._transaction() as first, self._transaction() as second:
            second.env.cr.execute("SELECT count(*) FROM res_partner")
            first._lock([KEY])
            first.env.cr.rollback()
            second._lock([KEY])

    def test_one_statement_over_sorted_keys(self):
        """Two batches in different order must not wait for each other in a circle."""
        commitment = self.env["regulation.commitment"]
        with patch.object(type(self.env.cr), "execute", autospec=True) as execute:
            commitment._lock([("test", 9), ("test", 10), "test/1", ("test", 9)])
        (call,) = execute.call_args_list
        self.assertEqual(call.args[1].params, [["test/1", "test/10", "test/9"]])
        self.assertFalse(call.kwargs["log_exceptions"])

    def test_query_count(self):
        commitment = self.env["regulation.commitment"]
        for count in (1, 80):
            with self.subTest(count=count), self.assertQueryCount(1):
                commitment._lock([("test", number) for number in range(count)])

    def test_take_locks_before_it_measures(self):
        commitment = self.env["regulation.commitment"]
        steps = []
        currency = self.env.company.currency_id

        def measure(_self, keys):
            steps.append("measure")
            return {key: Commitment(limit=200000, used=150000, currency=currency) for key in keys}

        cls = self.registry["regulation.commitment"]
        with (
            patch.object(cls, "_commitment_test", measure, create=True),
            patch.object(cls, "_lock", lambda *_args: steps.append("lock")),
        ):
            found = commitment._take("test", [(1, 42), (1, 42)])
        self.assertEqual(steps, ["lock", "measure"])
        self.assertEqual(list(found), [(1, 42)])
        # Storyline 37: limit 200,000, open 150,000, order 60,000
        self.assertEqual(found[1, 42].left, 50000)
        self.assertFalse(found[1, 42].fits(60000))
        self.assertEqual(found[1, 42].short(60000), 10000)
        self.assertTrue(found[1, 42].fits(50000))

    def test_lock_rows_are_not_for_hands(self):
        self.env["regulation.commitment"]._lock([KEY])
        row = self.env["regulation.lock"].search([("key", "=", KEY)])
        for attack in (
            lambda: row.write({"seq": 0}),
            lambda: row.unlink(),
            lambda: row.create({"key": "test/x"}),
        ):
            with self.assertRaises(AccessError):
                attack()
