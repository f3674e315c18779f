# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import api, fields, models
from odoo.tools import SQL

_WOKEN = "regulation.cron"


class IrCron(models.Model):
    _inherit = "ir.cron"

    @api.model
    def _regulation_wake(self, xmlid):
        """Let a job run after the commit; however often it is asked for in a transaction,
        it is triggered once.

        All jobs together are triggered before the commit, in one statement. ``_trigger()``
        would read the job and make its trigger for each of them, in a step that has to stay
        fast.
        """
        precommit = self.env.cr.precommit
        if _WOKEN not in precommit.data:
            precommit.data[_WOKEN] = set()
            precommit.add(self._regulation_trigger_woken)
        precommit.data[_WOKEN].add(xmlid)

    @api.model
    def _regulation_trigger_woken(self):
        xmlids = self.env.cr.precommit.data.pop(_WOKEN, ())
        ids = [
            job for xmlid in xmlids if (job := self.env["ir.model.data"]._xmlid_to_res_id(xmlid))
        ]
        if not ids:
            return
        self.flush_model(["active"])
        now = fields.Datetime.now()
        triggered = self.env.execute_query(
            SQL(
                """
                INSERT INTO ir_cron_trigger (cron_id, call_at, create_uid, create_date,
                                             write_uid, write_date)
                SELECT id, %(now)s, %(uid)s, %(now)s, %(uid)s, %(now)s
                  FROM ir_cron WHERE id IN %(ids)s AND active
             RETURNING id
                """,
                now=now,
                uid=self.env.uid,
                ids=tuple(ids),
            )
        )
        if triggered:
            self.env.cr.postcommit.add(self._notifydb)
