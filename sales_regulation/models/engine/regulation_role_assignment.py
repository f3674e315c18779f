# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import api, models


class RegulationRoleAssignment(models.Model):
    _inherit = "regulation.role.assignment"

    def _record_change(self, event):
        """Who holds a role has changed: running approvals find their approvers again."""
        super()._record_change(event)
        if self.env["regulation.profile"]._regulated_companies():
            self.env["regulation.approval.step"]._refresh_roles(self.role_id)

    @api.ondelete(at_uninstall=False)
    def _unlink_refresh_approvers(self):
        # the rows are still there: the cron of the approvals looks again
        if self.env["regulation.profile"]._regulated_companies():
            self.env.ref("sales_regulation.ir_cron_follow_up_approvals")._trigger()
