# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import api, models

_WOKEN = "regulation.cron"


class IrCron(models.Model):
    _inherit = "ir.cron"

    @api.model
    def _regulation_wake(self, xmlid):
        """Let a job run after the commit; however often it is asked for in a transaction,
        it is triggered once."""
        woken = self.env.cr.precommit.data.setdefault(_WOKEN, set())
        if xmlid in woken:
            return
        woken.add(xmlid)
        job = self.sudo().browse(self.env["ir.model.data"]._xmlid_to_res_id(xmlid))
        if job:
            job._trigger()
