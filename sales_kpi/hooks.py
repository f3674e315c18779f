# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo.addons.sales_regulation.hooks import free_rows


def post_init_hook(env):
    """What was confirmed before this addon came is stamped from what is known of it."""
    env["sale.order.line"]._stamp_credit_history()


def uninstall_hook(env):
    """Clauses that scores or bonus carry out are not carried out any more; our rows go."""
    env["regulation.clause"].flush_model()
    env.cr.execute(
        "UPDATE regulation_clause SET carrier = 'planned', carrier_code = NULL, note = NULL"
        " WHERE carrier = 'indicator' OR starts_with(carrier_code, 'kpi_')"
    )
    free_rows(env, "sales_kpi")
