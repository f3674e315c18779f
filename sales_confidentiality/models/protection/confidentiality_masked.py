# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import api, models
from odoo.fields import Domain
from odoo.tools import SQL

#: an object does not travel over RPC: only our own fetch carries it
_FETCH = object()


class ConfidentialityMasked(models.AbstractModel):
    """Fields whose values not everybody who sees the record may read (C51).

    Two kinds: figures that are a right of their own wherever they stand (cost, credit), and
    fields of a labelled record beyond its base card. What a person may not read is empty or
    masked in whatever leaves the server, and empty for every condition, order, group and sum;
    code that runs on the server, stock's own included, reads the true value.
    """

    _name = "confidentiality.masked"
    _description = "Record with Masked Fields"

    #: {field: code of the category}: a right of its own
    _masked_rights = {}
    #: fields beyond the base card, beside those that the company has added itself
    _masked_beyond_card = frozenset()
    #: of these, how much stays legible: (first, last) characters
    _masked_partly = {}

    @api.model
    def _masks(self):
        """(fields closed to the person, his rights) or (empty, None) if nothing is masked."""
        access = self.env["confidentiality.grant"]._access()
        if access is None or access.party:
            return frozenset(), None
        closed = {name for name, code in self._masked_rights.items() if code in access.closed}
        return frozenset(closed), access if self._masked_by_record() else None

    @api.model
    def _is_beyond_card(self, name):
        return name in self._masked_beyond_card or (
            name.startswith("x_") and bool(self._masked_beyond_card)
        )

    @api.model
    def _masked_by_record(self):
        """How the model is protected if its records have a base card and more, else None."""
        row = self.env["confidentiality.model"]._protection().models.get(self._name)
        if row and row.label_field and row.has_card and self._masked_beyond_card:
            return row
        return None

    def _legible(self, access):
        """Those of these records that the person reads in full."""
        row = self.env["confidentiality.model"]._protection().models[self._name]
        labels, own = set(access.full), set(access.own)
        company_partners = set(self.env["confidentiality.model"]._company_partners())

        def legible(record):
            label = record[row.label_field]
            return (
                not label
                or label.id in labels
                or (
                    row.owner_field
                    and record[row.owner_field].id == access.user_id
                    and label.id in own
                )
                or (
                    self._name == "res.partner"
                    and (not record.partner_share or record.id in company_partners)
                )
            )

        return self.browse(record.id for record in self.sudo() if legible(record))

    def _legible_to_person(self):
        """The same for the person on whose behalf the server works, as superuser too: what is
        computed for him into a record or an answer says no more than he may read."""
        access = self.env["confidentiality.grant"]._access_of(self.env.user)
        if access is None or access.party or not self or not self._masked_by_record():
            return self
        return self._legible(access)

    def _with_history(self):
        return self.exists()._legible_to_person()

    def _legible_domain(self, access):
        """The records that the person reads in full, as a condition."""
        row = self._masked_by_record()
        legible = Domain(row.label_field, "in", [False, *access.full])
        if row.owner_field and access.own:
            legible |= Domain(row.owner_field, "=", access.user_id) & Domain(
                row.label_field, "in", list(access.own)
            )
        return legible | self.env["confidentiality.model"]._exempt(self._name)

    # === WHAT LEAVES THE SERVER === #

    def _read_format(self, fnames, load="_classic_read"):
        rows = super()._read_format(fnames, load)
        closed, access = self._masks()
        closed = closed.intersection(fnames)
        beyond = {name for name in fnames if self._is_beyond_card(name)} if access else ()
        if closed:
            for row in rows:
                row.update(dict.fromkeys(closed, False))
        if beyond:
            legible = set(self._legible(access)._ids)
            for row in rows:
                if row["id"] not in legible:
                    row.update({name: self._masked_value(name, row[name]) for name in beyond})
        return rows

    @api.model
    def _masked_value(self, name, value):
        if isinstance(value, list):
            return []
        if name not in self._masked_partly or not isinstance(value, str) or not value:
            return False
        first, last = self._masked_partly[name]
        if len(value) <= first + last:
            return "*" * len(value)
        return f"{value[:first]}****{value[-last:]}"

    def _export_rows(self, fields, *, _is_toplevel_call=True):
        lines = super()._export_rows(fields, _is_toplevel_call=_is_toplevel_call)
        closed, access = self._masks()
        names = [path[0].split(".")[0] if path else "" for path in fields]
        hidden = {
            index for index, name in enumerate(names) if name in closed
        }
        beyond = {
            index for index, name in enumerate(names) if access and self._is_beyond_card(name)
        }
        if not hidden and not beyond:
            return lines
        # A record fills its first line; further lines belong to its lines' columns
        legible = set(self._legible(access)._ids) if beyond else set()
        firsts = self._export_first_lines(lines, fields)
        for number, line in enumerate(lines):
            for index in hidden:
                line[index] = ""
            record_id = firsts.get(number)
            if record_id is not None and record_id not in legible:
                for index in beyond:
                    line[index] = self._masked_value(names[index], line[index]) or ""
        return lines

    def _export_first_lines(self, lines, fields):
        """``{number of the line: id}``; one line each unless lines of x2many come along."""
        if len(lines) == len(self):
            return dict(enumerate(self._ids))
        # Which line is whose is not told: all count as the one least legible
        return dict.fromkeys(range(len(lines)), 0)

    def onchange(self, values, field_names, fields_spec):
        result = super().onchange(values, field_names, fields_spec)
        if result.get("value"):
            self._strip_closed(result["value"])
        return result

    @api.model
    def _strip_closed(self, values):
        """Take figures that are closed to the person out of what a form is told, with its lines."""
        closed, _access = self._masks()
        for name in closed.intersection(values):
            values.pop(name)
        for name, value in values.items():
            field = self._fields.get(name)
            if field and field.type in ("one2many", "many2many") and isinstance(value, list):
                lines = self.env[field.comodel_name]
                if hasattr(lines, "_strip_closed"):
                    for command in value:
                        if len(command) == 3 and isinstance(command[2], dict):
                            lines._strip_closed(command[2])

    # === WHAT COMES BACK === #

    @api.model_create_multi
    def create(self, vals_list):
        closed, _access = self._masks()
        if closed:
            vals_list = [self._without_blanks(vals, closed) for vals in vals_list]
        return super().create(vals_list)

    def write(self, vals):
        closed, _access = self._masks()
        if closed.intersection(vals):
            vals = self._without_blanks(vals, closed)
        return super().write(vals)

    @api.model
    def _without_blanks(self, vals, closed):
        """A form sends back as empty what it was not shown: that is no change."""
        return {name: value for name, value in vals.items() if value or name not in closed}

    # === CONDITIONS, ORDER, GROUPS, SUMS === #

    @api.model
    def _search(self, domain, *args, **kwargs):
        _closed, access = self._masks()
        if access is not None:
            domain = Domain(domain).map_conditions(
                lambda condition: self._of_legible(condition, access)
            )
        return super()._search(domain, *args, **kwargs)

    @api.model
    def _of_legible(self, condition, access):
        """A condition on what is no column of the record is one on legible records only; for
        columns the value itself is empty."""
        name = condition.field_expr.partition(".")[0]
        field = self._fields.get(name)
        if not field or (field.store and field.column_type) or not self._is_beyond_card(name):
            return condition
        return condition & self._legible_domain(access)

    def _fetch_query(self, query, fields):
        """The cache holds true values: server code works with them."""
        names = {field.name for field in fields}
        if names.isdisjoint(self._masked_rights) and not any(map(self._is_beyond_card, names)):
            return super()._fetch_query(query, fields)
        closed, access = self._masks()
        if not closed and access is None:
            return super()._fetch_query(query, fields)
        records = self.with_context(confidentiality_fetch=_FETCH)
        return super(ConfidentialityMasked, records)._fetch_query(query, fields).with_env(self.env)

    def _field_to_sql(self, alias, field_expr, query=None):
        sql = super()._field_to_sql(alias, field_expr, query)
        name = field_expr.split(".")[0]
        if name not in self._masked_rights and not self._is_beyond_card(name):
            return sql
        if self.env.context.get("confidentiality_fetch") is _FETCH:
            return sql
        closed, access = self._masks()
        if name in closed:
            return SQL("(CASE WHEN FALSE THEN %s END)", sql)
        if access and self._is_beyond_card(name):
            return SQL("(CASE WHEN %s THEN %s END)", self._legible_sql(alias, access), sql)
        return sql

    def _legible_sql(self, alias, access):
        row = self.env["confidentiality.model"]._protection().models[self._name]
        label = SQL.identifier(alias, row.label_field)
        conditions = [SQL("%s IS NULL", label)]
        if access.full:
            conditions.append(SQL("%s IN %s", label, access.full))
        if row.owner_field and access.own:
            conditions.append(
                SQL(
                    "(%s = %s AND %s IN %s)",
                    SQL.identifier(alias, row.owner_field),
                    access.user_id,
                    label,
                    access.own,
                )
            )
        if self._name == "res.partner":
            conditions.append(SQL("%s IS NOT TRUE", SQL.identifier(alias, "partner_share")))
        return SQL("(%s)", SQL(" OR ").join(conditions))
