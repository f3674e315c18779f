# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
import json
from decimal import Decimal
from fractions import Fraction
from functools import partial

from odoo import fields, models
from odoo.tools import SQL

from ...tools import half_up


class KpiBulk(models.AbstractModel):
    """Rows that only the system computes, written in one statement however many they are."""

    _name = "kpi.bulk"
    _description = "Computed Rows"

    def _insert_rows(self, rows, shared=None):
        """Insert ``[{column: value}, ...]``. Translated texts are ``{language: text}``.

        Fractions are rounded half up to the decimals of their field.

        :param dict shared: ``{number: {column: value}}``: what is the same in many rows, sent
            once; each row names its number as ``shared``
        """
        if not rows:
            return
        own = self._columns(name for name in rows[0] if name != "shared")
        common = self._columns(next(iter(shared.values()))) if shared else {}
        columns = {name: SQL("own.%s", SQL.identifier(name)) for name in own}
        columns |= {name: SQL("common.%s", SQL.identifier(name)) for name in common}
        data = [
            {name: plain(row[name]) for name, (_, plain) in own.items()}
            | {"shared": row.get("shared", 0)}
            for row in rows
        ]
        once = [
            {name: plain(values[name]) for name, (_, plain) in common.items()} | {"shared": number}
            for number, values in (shared or {0: {}}).items()
        ]
        now = fields.Datetime.now()
        for name in ("create_uid", "write_uid"):
            columns[name] = SQL("%s", self.env.uid)
        for name in ("create_date", "write_date"):
            columns[name] = SQL("%s::timestamp", now)
        self.env.flush_all()
        self.env.cr.execute(
            SQL(
                """
                INSERT INTO %s (%s)
                SELECT %s
                  FROM ROWS FROM (jsonb_to_recordset(%s::jsonb) AS (shared int, %s))
                       WITH ORDINALITY AS own
                  JOIN jsonb_to_recordset(%s::jsonb) AS common(%s)
                    ON common.shared = own.shared
                 ORDER BY own.ordinality
                """,
                SQL.identifier(self._table),
                SQL(", ").join(map(SQL.identifier, columns)),
                SQL(", ").join(columns.values()),
                json.dumps(data),
                _definition(own),
                json.dumps(once),
                SQL(", ").join([SQL("shared int"), *([_definition(common)] if common else [])]),
            )
        )
        self.env.invalidate_all(flush=False)  # nothing is pending

    def _columns(self, names):
        """``{column: (its type, how a value of it is written)}``"""
        columns = {name: self._fields[name] for name in names}
        return {name: (_type(column), self._writer(column)) for name, column in columns.items()}

    def _writer(self, column):
        """What makes a value of a column one of JSON."""
        if column.type in ("float", "monetary"):
            digits = column.get_digits(self.env) if column.type == "float" else None
            return partial(_number, digits=digits[1] if digits else 6)
        if column.type in ("date", "datetime"):
            return _text
        return _as_is if column.type == "boolean" else _not_false


def _number(value, digits):
    if isinstance(value, (Fraction, Decimal)):
        return str(half_up(value, digits))
    return None if value is False else value


def _text(value):
    return str(value) if value else None


def _not_false(value):
    return None if value is False else value


def _as_is(value):
    return value


def _definition(columns):
    """Columns and their types, as a query names them."""
    return SQL(", ").join(
        SQL("%s %s", SQL.identifier(name), SQL(of_type)) for name, (of_type, _plain) in columns.items()
    )


def _type(column):
    if getattr(column, "translate", False) or column.type == "json":
        return "jsonb"
    return column.column_type[1] if column.type != "char" else "varchar"
