# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo.tools import SQL

from .tools import KeptQuery


def uninstall_hook(env):
    """Let our own rows go, whatever refers to them; stock data stay as they are."""
    KeptQuery.drop(env.cr)
    free_rows(env, "sales_regulation")


def free_rows(env, module):
    """Let the rows of a module of ours be deleted in whatever order.

    Roles, kinds and gates cannot be deleted while documents of ours refer to them, and those
    are deleted later, with their tables. Between our own tables such references lose their
    meaning now.
    """
    ours = [
        model._table
        for model in env.registry.values()
        if model._auto and not model._abstract and model._original_module == module
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
