# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
import json
from datetime import date, datetime
from decimal import Decimal
from fractions import Fraction

from odoo import fields, models
from odoo.tools import SQL

from ...tools import half_up


class KpiBulk(models.AbstractModel):
    """Rows that only the system computes, written in one statement however many they are."""

    _name = "kpi.bulk"
    _description = "Computed Rows"

    def _insert_rows(self, rows):
        """Insert ``[{column: value}, ...]``. Translated texts are ``{language: text}``.

        Fractions are rounded half up to the decimals of their field.
        """
        if not rows:
            return
        now = fields.Datetime.now()
        stamps = {
            "create_uid": self.env.uid,
            "write_uid": self.env.uid,
            "create_date": now,
            "write_date": now,
        }
        columns = {name: self._fields[name] for name in {**rows[0], **stamps}}
        data = [
            {name: self._plain(columns[name], value) for name, value in {**row, **stamps}.items()}
            for row in rows
        ]
        self.env.flush_all()
        names = SQL(", ").join(map(SQL.identifier, columns))
        self.env.cr.execute(
            SQL(
                "INSERT INTO %s (%s) SELECT %s FROM jsonb_to_recordset(%s::jsonb) AS rows(%s)",
                SQL.identifier(self._table),
                names,
                names,
                json.dumps(data),
                SQL(", ").join(
                    SQL("%s %s", SQL.identifier(name), SQL(_type(column)))
                    for name, column in columns.items()
                ),
            )
        )
        self.env.invalidate_all(flush=False)  # nothing is pending

    def _plain(self, column, value):
        if isinstance(value, (Fraction, Decimal)):
            digits = column.get_digits(self.env)
            return str(half_up(value, digits[1] if digits else 6))
        if isinstance(value, (datetime, date)):
            return fields.Datetime.to_string(value) if isinstance(value, datetime) else str(value)
        return None if value is False and column.type != "boolean" else value


def _type(column):
    if getattr(column, "translate", False) or column.type == "json":
        return "jsonb"
    return column.column_type[1] if column.type != "char" else "varchar"
