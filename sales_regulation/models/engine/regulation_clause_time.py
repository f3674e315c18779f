# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import models


class RegulationClause(models.Model):
    _inherit = "regulation.clause"

    def _counts_by_code(self):
        """What was kept is not in the register, which holds deviations: count it at its source."""
        counts = super()._counts_by_code()
        codes = list({code for clause in self for code in clause._codes()})
        if not codes:
            return counts
        profiles = self.profile_id.ids
        kept = self.env["regulation.deadline"]._read_group(
            [("profile_id", "in", profiles), ("code", "in", codes), ("state", "=", "kept")],
            ["profile_id", "code"],
            ["__count"],
        )
        for profile, code, count in kept:
            row = counts.setdefault((profile.id, code), {})
            row["followed_count"] = row.get("followed_count", 0) + count
        duties = self.env["regulation.duty.instance"]._read_group(
            [
                ("profile_id", "in", profiles),
                ("duty_id.code", "in", codes),
                ("state", "in", ("done", "missed")),
            ],
            ["profile_id", "duty_id", "state"],
            ["__count"],
        )
        for profile, duty, state, count in duties:
            name = "followed_count" if state == "done" else "breached_count"
            row = counts.setdefault((profile.id, duty.code), {})
            row[name] = row.get(name, 0) + count
        return counts
