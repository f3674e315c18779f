# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo.tools import SQL

from .tools import KeptQuery


def uninstall_hook(env):
    """Let our own rows go, whatever refers to them; stock data stay as they are.

    Roles, kinds and gates cannot be deleted while documents of ours refer to them, and those
    are deleted later, with their tables. Between our own tables such references lose their
    meaning now.
    """
    KeptQuery.drop(env.cr)
    ours = [
        model._table
        for model in env.registry.values()
        if model._auto and not model._abstract and model._original_module == "sales_regulation"
    ]
    for table, constraint in env.execute_query(
        SQL(
            """
            SELECT conrelid::regclass::text, conname
              FROM pg_constraint
             WHERE contype = 'f'
               AND confrelid IN (SELECT oid FROM pg_class
                                  WHERE relname IN %(ours)s
                                    AND relnamespace = current_schema::regnamespace)
            """,
            ours=tuple(ours),
        )
    ):
        env.cr.execute(
            SQL(
                "ALTER TABLE %s DROP CONSTRAINT %s",
                SQL.identifier(table.strip('"')),
                SQL.identifier(constraint),
            )
        )
