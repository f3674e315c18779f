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
    are deleted later, with their tables; nor can rows that we brought into Odoo's tables
    (badges, examinations). From now on a document of ours goes with what it refers to, and a
    column of ours in a table of Odoo's is emptied.
    """
    env.flush_all()
    models = [model for model in env.registry.values() if model._auto and not model._abstract]
    tables = [model._table for model in models if model._original_module == module]
    columns = [
        f"{model._table}.{field.name}"
        for model in models
        for field in model._fields.values()
        if field.type == "many2one" and field.store and set(field._modules) == {module}
    ]
    going = env["ir.module.module"].search([("state", "=", "to remove")]).mapped("name")
    staying = {model._table for model in models if model._original_module not in going}
    for table, column, constraint, target in env.execute_query(
        SQL(
            """
            SELECT relation.relname, attribute.attname, con.conname, target.relname
              FROM pg_constraint con
              JOIN pg_class relation ON relation.oid = con.conrelid
              JOIN pg_class target ON target.oid = con.confrelid
              JOIN pg_attribute attribute
                ON attribute.attrelid = con.conrelid AND attribute.attnum = con.conkey[1]
             WHERE con.contype = 'f'
               AND con.confdeltype IN ('r', 'a')
               AND relation.relnamespace = current_schema::regnamespace
               AND (target.relname = ANY(%(tables)s)
                    OR relation.relname || '.' || attribute.attname = ANY(%(columns)s))
            """,
            tables=tables,
            columns=columns,
        )
    ):
        emptied = table in staying
        env.cr.execute(
            SQL(
                """
                ALTER TABLE %(table)s
                      %(nullable)s
                       DROP CONSTRAINT %(constraint)s,
                        ADD CONSTRAINT %(constraint)s FOREIGN KEY (%(column)s)
                            REFERENCES %(target)s ON DELETE %(action)s NOT VALID
                """,
                table=SQL.identifier(table),
                column=SQL.identifier(column),
                constraint=SQL.identifier(constraint),
                target=SQL.identifier(target),
                action=SQL("SET NULL" if emptied else "CASCADE"),
                nullable=SQL(
                    "ALTER COLUMN %s DROP NOT NULL,", SQL.identifier(column)
                )
                if emptied
                else SQL(),
            )
        )
