# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo.addons.sales_regulation.hooks import free_rows
from odoo.addons.sales_regulation.tools import KeptQuery

from .models.grant.confidentiality_grant import FACTS


def uninstall_hook(env):
    """Clauses that we carry out are not carried out any more; our own rows go."""
    env["regulation.clause"].flush_model()
    env.cr.execute(
        "UPDATE regulation_clause SET carrier = 'planned', carrier_code = NULL, note = NULL"
        " WHERE starts_with(carrier_code, 'confidentiality_')"
    )
    KeptQuery.drop(env.cr, FACTS.name)
    free_rows(env, "sales_confidentiality")
