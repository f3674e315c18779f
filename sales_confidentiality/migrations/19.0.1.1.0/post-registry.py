# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import SUPERUSER_ID, api

#: rows of the registry that the user may have changed, as they ship now
ROWS = {
    "sales.ticket": {"cap_level_id": "level_internal"},
    "account.invoice.report": {
        "kind": "labelled",
        "path": False,
        "category_id": "category_contract",
        "owner_field": "invoice_user_id",
        "share_scope": "owner",
    },
    **dict.fromkeys(
        ("dispatch.notice.line", "dispatch.objection"),
        {
            "kind": "labelled",
            "path": False,
            "category_id": "category_contract",
            "sources": "notice_id",
            "cap_level_id": "level_internal",
        },
    ),
    **dict.fromkeys(("sales.contract", "solution.proposal"), {"no_copy": True}),
}
#: what is new on the levels: of those that are open inside, and of the shipped ones
OPEN = {"export_needs_right": False, "watermark": False, "mail_policy": "free"}
LEVELS = {
    "level_confidential": {"volume_limit": 500},
    "level_secret": {
        "print_needs_right": True,
        "print_needs_reason": True,
        "log_first": True,
        "needs_customer_nda": True,
        "link_days": 3,
        "disclosure_needs_officer": True,
        "volume_limit": 50,
    },
}


def migrate(cr, version):
    """What ships with noupdate reaches those who had it before, see ROWS and LEVELS.

    Tickets are capped at internal; analyses and lines of notices carry their own label;
    what the levels demand of exports, prints and mails is as in a new database.
    """
    env = api.Environment(cr, SUPERUSER_ID, {"active_test": False})
    for row in env["confidentiality.model"].search([("model", "in", list(ROWS))]):
        row.write(
            {
                name: env.ref(f"sales_confidentiality.{value}").id
                if name.endswith("_id")
                else value
                for name, value in ROWS[row.model].items()
            }
        )
    env["confidentiality.level"].search([("is_open", "=", True)]).write(OPEN)
    for name, values in LEVELS.items():
        if level := env.ref(f"sales_confidentiality.{name}", raise_if_not_found=False):
            level.write(values)
    for model, values in ROWS.items():
        if values.get("sources") and model in env:
            # As if the record were made now: what it is made from has a label already
            env[model].search([])._confidentiality_derive()
