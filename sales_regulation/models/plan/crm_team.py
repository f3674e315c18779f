# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import models


class CrmTeam(models.Model):
    _inherit = "crm.team"

    def action_open_plans(self):
        """The plans of the team and of its people, as far as the reader sees them."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id("sales_regulation.sales_plan_action")
        return {
            **action,
            "domain": [("team_id", "=", self.id)],
            "context": {"search_default_in_force": 1, "default_team_id": self.id},
        }
