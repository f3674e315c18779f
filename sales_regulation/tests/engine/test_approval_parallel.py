# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
import psycopg2

from odoo import api, fields
from odoo.tests import TransactionCase, tagged
from odoo.tools import mute_logger


@tagged("post_install", "-at_install")
class TestApprovalParallel(TransactionCase):
    """Two approvers at the same moment: one counts, the other is replayed and finds it decided."""

    def test_two_transactions(self):
        registry = self.registry
        with registry.cursor() as setup:
            env = api.Environment(setup, api.SUPERUSER_ID, {})
            setup.execute(
                """
                INSERT INTO regulation_approval
                       (kind_id, res_model, res_id, company_id, state, submitted_by_id, submitted_at)
                VALUES (%s, 'regulation.profile', 0, %s, 'pending', %s, %s) RETURNING id
                """,
                (
                    env.ref("sales_regulation.approval_kind_acknowledge").id,
                    env.ref("base.main_company").id,
                    api.SUPERUSER_ID,
                    fields.Datetime.now(),
                ),
            )
            (approval_id,) = setup.fetchone()
        try:
            with registry.cursor() as first, registry.cursor() as second:
                one, two = (
                    api.Environment(cr, api.SUPERUSER_ID, {})["regulation.approval"].browse(approval_id)
                    for cr in (first, second)
                )
                self.assertEqual((one.state, two.state), ("pending", "pending"))
                one._lock()
                first.execute(
                    "UPDATE regulation_approval SET state = 'approved' WHERE id = %s", (approval_id,)
                )
                first.commit()
                with self.assertRaises(psycopg2.errors.SerializationFailure), mute_logger("odoo.sql_db"):
                    two._lock()
                second.rollback()
                self.assertEqual(two.state, "approved")  # what the replay sees
        finally:
            with registry.cursor() as cleanup:
                cleanup.execute("DELETE FROM regulation_approval WHERE id = %s", (approval_id,))
