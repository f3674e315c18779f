# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo.tools import SQL


class RowCopies:
    """Rows for random data: copies of real ones, written straight into the tables.

    ``rows`` is ``{table: id of the row that is copied}``.
    """

    rows = {}
    _columns = {}

    def copy_row(self, table, **values):
        """A copy of the row of a table, with other values; its id."""
        if table not in self._columns:
            self.env.cr.execute(
                "SELECT attname FROM pg_attribute WHERE attrelid = %s::regclass AND attnum > 0"
                " AND NOT attisdropped AND attname <> 'id'",
                [table],
            )
            self._columns[table] = [name for (name,) in self.env.cr.fetchall()]
        names = self._columns[table]
        assert values.keys() <= set(names), f"{table} has no {values.keys() - set(names)}"
        [(new,)] = self.env.execute_query(
            SQL(
                "INSERT INTO %s (%s) SELECT %s FROM %s WHERE id = %s RETURNING id",
                SQL.identifier(table),
                SQL(", ").join(map(SQL.identifier, names)),
                SQL(", ").join(
                    SQL("%s", values[name]) if name in values else SQL.identifier(name)
                    for name in names
                ),
                SQL.identifier(table),
                self.rows[table],
            )
        )
        return new

    def example(self):
        """What an example writes is gone after it."""
        return _Undone(self.env)


class _Undone:
    """A savepoint that is always rolled back."""

    def __init__(self, env):
        self.env = env

    def __enter__(self):
        self.env.flush_all()
        self.savepoint = self.env.cr.savepoint(flush=False)
        self.savepoint.__enter__()

    def __exit__(self, *error):
        self.savepoint.rollback()
        self.savepoint.close(rollback=True)
        self.env.invalidate_all(flush=False)
