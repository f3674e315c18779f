# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import Command, api, models
from odoo.tools import file_open

DASHBOARD = "sales_kpi/data/cockpit/score_dashboard.json"
READERS = (
    "sales_regulation.group_regulation_manager",
    "hr.group_hr_user",
    "sales_regulation.group_regulation_audit",
)


class KpiCockpit(models.Model):
    """The cockpit as a spreadsheet dashboard, where Odoo's Dashboards are installed (C49)."""

    _inherit = "kpi.cockpit"

    @api.model
    def _load_dashboard(self):
        """Create or update the dashboard; nothing to do where there are no dashboards.

        No dependency: who does not use Odoo's Dashboards should not get them with the scores.
        It reads the models of the cockpit as the reader, with the reader's rights.
        """
        if "spreadsheet.dashboard" not in self.env:
            return
        with file_open(DASHBOARD) as file:
            content = file.read()
        group = self.env.ref("spreadsheet_dashboard.spreadsheet_dashboard_group_sales")
        self.env["spreadsheet.dashboard"]._load_records(
            [
                {
                    "xml_id": "sales_kpi.dashboard_scores",
                    "values": {
                        "name": "Scores",
                        "spreadsheet_data": content,
                        "dashboard_group_id": group.id,
                        "group_ids": [Command.set([self.env.ref(name).id for name in READERS])],
                        "sequence": 300,
                        "is_published": True,
                    },
                }
            ]
        )
