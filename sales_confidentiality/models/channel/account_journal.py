# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
import json

from odoo import models


class AccountJournal(models.Model):
    _inherit = "account.journal"

    def _get_json_activity_data(self):
        """Odoo reads the activities of a journal's entries in the database: without those of
        entries that the person may not see."""
        result = super()._get_json_activity_data()
        if self._concealing() is None:
            return result
        for journal in self:
            data = json.loads(journal.json_activity_data or "{}")
            activities = data.get("activities", [])
            moves = {row["res_id"] for row in activities if row.get("res_model") == "account.move"}
            hidden = self.env["account.move"].browse(moves)._concealed()
            data["activities"] = [
                row
                for row in activities
                if row.get("res_model") != "account.move" or row["res_id"] not in hidden
            ]
            journal.json_activity_data = json.dumps(data)
        return result
