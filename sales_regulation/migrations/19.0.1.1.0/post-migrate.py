# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import SUPERUSER_ID, api

#: let those read a task who held its role once
FORMERLY = (
    "['|', '|', ('user_id', '=', user.id), ('queued_by_id', '=', user.id),"
    " ('role_id.assignment_ids.user_id', '=', user.id)]"
)
NOW = (
    "['|', '|', ('user_id', '=', user.id), ('queued_by_id', '=', user.id),"
    " ('taker_ids', 'in', [user.id])]"
)


def migrate(cr, version):
    """Hand-over tasks are read by who holds the role today, unless the rule was adapted."""
    env = api.Environment(cr, SUPERUSER_ID, {})
    rule = env.ref("sales_regulation.regulation_handover_rule_own", raise_if_not_found=False)
    if rule and rule.domain_force == FORMERLY:
        rule.domain_force = NOW
