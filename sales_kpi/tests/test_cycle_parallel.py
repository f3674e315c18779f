# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from psycopg2.errors import SerializationFailure

from odoo import SUPERUSER_ID, api
from odoo.sql_db import db_connect
from odoo.tests import tagged
from odoo.tools import mute_logger

from .common import KpiCommon


@tagged("post_install", "-at_install")
class TestCycleParallel(KpiCommon):
    """Two of HR lock at once: the later one starts anew and finds it locked."""

    def test_the_later_one_starts_anew(self):
        name = self.env.cr.dbname
        key = 2_000_000_000
        with db_connect(name).cursor() as early, db_connect(name).cursor() as late:
            late.execute("SELECT 1")  # its picture of the data is taken here
            cycles = api.Environment(early, SUPERUSER_ID, {})["kpi.cycle"]
            cycles.browse(key)._take()
            early.commit()
            with self.assertRaises(SerializationFailure), mute_logger("odoo.sql_db"):
                api.Environment(late, SUPERUSER_ID, {})["kpi.cycle"].browse(key)._take()
            late.rollback()
        with db_connect(name).cursor() as cr:  # committed for real: clean up
            cr.execute("DELETE FROM regulation_lock WHERE key = %s", [f"kpi_cycle/{key}"])
