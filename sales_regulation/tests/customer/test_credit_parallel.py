# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).

from psycopg2.errors import SerializationFailure

from odoo import api
from odoo.sql_db import db_connect
from odoo.tests import tagged
from odoo.tools import mute_logger

from .common import CreditCommon


@tagged("post_install", "-at_install")
class TestCreditParallel(CreditCommon):
    """Real transactions: two confirmations cannot both pass a limit for one."""

    def _cursor(self):
        return db_connect(self.env.cr.dbname).cursor()

    def test_the_later_one_starts_anew(self):
        key = ("credit-test", self.env.cr.dbname, "1")
        with self._cursor() as early, self._cursor() as late:
            Commitment = api.Environment(late, api.SUPERUSER_ID, {})["regulation.commitment"]
            late.execute("SELECT 1")  # its picture of the data is taken here
            api.Environment(early, api.SUPERUSER_ID, {})["regulation.commitment"]._lock([key])
            early.commit()
            with self.assertRaises(SerializationFailure), mute_logger("odoo.sql_db"):
                Commitment._lock([key])
            late.rollback()
        with self._cursor() as cr:  # committed for real: clean up
            cr.execute("DELETE FROM regulation_lock WHERE key LIKE 'credit-test/%'")
