# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import SUPERUSER_ID, api

_SHEET = "['|', ('user_id', '=', user.id), ('{0}viewer_ids', 'in', [user.id])]"
_UNIT = (
    "['&', ('{0}state', '!=', 'review'), '|', '|', '|', ('user_id', '=', user.id),"
    " ('{0}viewer_ids', 'in', [user.id]), ('{0}responsible_id', '=', user.id),"
    " '&', ('{0}members_see', '=', True), ('{0}member_ids.user_id', '=', user.id)]"
)
#: {rule: (as it shipped, as it ships now)}
RULES = {
    "kpi_sheet_rule_own": (_SHEET.format(""), _UNIT.format("")),
    "kpi_sheet_line_rule_own": (_SHEET.format("sheet_id."), _UNIT.format("sheet_id.")),
    "kpi_target_rule_own": (
        "['|', '&', ('user_id', '=', user.id), ('indicator_id.is_confidential', '=', False),"
        " ('team_id.user_id', '=', user.id)]",
        "['|', '|', '&', ('user_id', '=', user.id), ('indicator_id.is_confidential', '=', False),"
        " ('team_id.user_id', '=', user.id), ('department_id.manager_id.user_id', '=', user.id)]",
    ),
}
#: Entered by hand before, rated now: {indicator: whose ratings}
RATED = {"assessment": None, "superior_rating": "superior", "self_rating": "self"}


def migrate(cr, version):
    """Ratings that are closed are not seen before they are published; who leads a unit sees its
    sheet and its targets, its people see the sheet. A rule that the company has made its own stays.

    What human resources have entered by hand goes on counting where nobody was asked.
    """
    env = api.Environment(cr, SUPERUSER_ID, {})
    for name, (formerly, now) in RULES.items():
        rule = env.ref(f"sales_kpi.{name}", raise_if_not_found=False)
        if rule and "".join(rule.domain_force.split()) == "".join(formerly.split()):
            rule.domain_force = now
    for code, raters in RATED.items():
        indicator = env.ref(f"sales_kpi.indicator_{code}", raise_if_not_found=False)
        if indicator and indicator.provider == "manual":
            # Past the guard that keeps the meaning of an indicator in force: it is the same
            cr.execute(
                "UPDATE kpi_indicator SET provider = 'assessment', rater_filter = %s WHERE id = %s",
                [raters, indicator.id],
            )
    env.invalidate_all()
