# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import SUPERUSER_ID, api


def migrate(cr, version):
    """Ratings that are closed are not seen before they are published."""
    env = api.Environment(cr, SUPERUSER_ID, {})
    for rule, state, viewers in (
        ("kpi_sheet_rule_own", "state", "viewer_ids"),
        ("kpi_sheet_line_rule_own", "sheet_id.state", "sheet_id.viewer_ids"),
    ):
        env.ref(f"sales_kpi.{rule}").domain_force = (
            f"['&', ('{state}', '!=', 'review'),"
            f" '|', ('user_id', '=', user.id), ('{viewers}', 'in', [user.id])]"
        )
    for code, raters in (("assessment", False), ("superior_rating", "superior"), ("self_rating", "self")):
        indicator = env.ref(f"sales_kpi.indicator_{code}")
        if indicator.provider == "manual":
            # What HR has entered by hand goes on counting where nobody was asked
            cr.execute(
                "UPDATE kpi_indicator SET provider = 'assessment', rater_filter = %s WHERE id = %s",
                [raters or None, indicator.id],
            )
    env.invalidate_all()
