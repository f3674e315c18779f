# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import api, models, tools
from odoo.exceptions import AccessError, UserError
from odoo.fields import Domain
from odoo.tools import SQL


class _Lookup(str):
    """A model that Odoo searches past all rules; no text that comes over RPC is one of these."""


class Base(models.AbstractModel):
    """The names of hidden records, and what is read through them, in whatever one may read.

    Odoo reads the label of a many2one and every related field as superuser, so that whoever
    writes a number into a document of his own would read the name behind it. Here they are
    concealed where they leave the server; code that runs on the server reads them.
    """

    _inherit = "base"

    # === WHAT IS HIDDEN === #

    @api.model
    def _concealing(self):
        """The rights of the person, or None if nothing has to be concealed from him."""
        if self.env.su or "confidentiality.grant" not in self.env:
            return None
        return self.env["confidentiality.grant"]._access()

    def _concealed(self):
        """The ids of those records whose label the current person may not see; mostly no query:
        who reads a name has read the label."""
        access = self._concealing()
        if access is None or not self:
            return frozenset()
        domain = self.env["ir.rule"]._label_rule(self._name, access)
        if domain is None:
            return frozenset()
        real = self.sudo().browse(id_ for id_ in self._ids if id_)
        if self._name == "res.users":
            # employees are no secret: only logins of customers have a partner to look at
            real = real.filtered("share")
        return frozenset(real._ids) - frozenset(real.filtered_domain(domain)._ids)

    @api.model
    def _without_concealed(self, found):
        """``{key: records}`` that Odoo looked up past the rules, without those that are hidden."""
        if not found or self._concealing() is None:
            return found
        hidden = self.browse().union(*found.values())._concealed()
        return {
            key: records.browse(id_ for id_ in records._ids if id_ not in hidden)
            for key, records in found.items()
        }

    @api.model
    def _is_beyond_card(self, name):
        """Whether a field is masked where the person reads the base card of a record only."""
        return False

    def _with_history(self):
        """Those of these records whose history, activities and files the person may read: of
        what has a base card he reads it in full."""
        return self

    @api.model
    @tools.ormcache()
    def _concealed_by(self):
        """The columns that decide whether a record is hidden and how much of it is shown."""
        row = self.env["confidentiality.model"]._protection().models.get(self._name)
        names = {row.label_field, row.owner_field, *row.paths} if row else set()
        if row and row.label_field and self._name == "res.partner":
            names.add("partner_share")
        fields = [self._fields[name] for name in sorted(filter(None, names))]
        return tuple(field.name for field in fields if field.store and field.column_type)

    def _fetch_query(self, query, fields):
        """What decides about a record comes along with what is read of it: asked for later,
        Odoo would read all columns of these records."""
        if (
            not self.env.su
            and "confidentiality.model" in self.env
            and self.env["confidentiality.model"]._protection().guarded
        ):
            more = (self._fields[name] for name in self._concealed_by())
            fields = [*fields, *(field for field in more if field not in fields)]
        return super()._fetch_query(query, fields)

    @api.model
    def _concealed_name(self):
        return self.env._("Confidential")

    @api.model
    @tools.ormcache()
    def _concealed_paths(self):
        """``{field: relations to pass}`` of what shows a protected record or what it says.

        A many2one shows the record itself, a related field says what is behind it.
        """
        registry = self.env["confidentiality.model"]
        protected = set(registry._protection().models)
        found = {}
        for name, field in self._fields.items():
            if field.type == "many2one" and self._is_guarded(field.comodel_name, protected):
                found[name] = (name,)
            if not field.related or field.inherited or field.store:
                continue
            model, passed, guarded = self, [], False
            for step in field.related.split(".")[:-1]:
                passed.append(step)
                model = self.env[model._fields[step].comodel_name]
                guarded = guarded or self._is_guarded(model._name, protected)
            if guarded:
                found[name] = tuple(passed)
        return found

    @api.model
    @tools.ormcache()
    def _concealed_masks(self):
        """``{field: (relations to pass, field of the last one)}`` of what repeats a masked field."""
        found = {}
        for name, field in self._fields.items():
            if not field.related or field.store:
                continue
            steps, last, model = self._related_path(field)
            if model._is_beyond_card(last) or last in getattr(model, "_masked_rights", ()):
                found[name] = (steps, last)
        return found

    @api.model
    def _related_path(self, field):
        """``(relations to pass, field at the end, its model)``: what a related field repeats may
        be related or inherited itself."""
        steps, path, model = [], field.related.split("."), self
        while True:
            name = path.pop(0)
            each = model._fields[name]
            if path:
                steps.append(name)
                model = self.env[each.comodel_name]
            elif each.related and not each.store:
                path = each.related.split(".")
            else:
                return tuple(steps), name, model

    @api.model
    @tools.ormcache()
    def _concealed_conditions(self):
        """``{field: relations to pass}`` of what Odoo searches without asking for rights.

        A many2one with ``bypass_search_access`` and a related field that is not stored lead the
        condition on past the rules of the model behind.
        """
        return {
            name: path
            for name, path in self._concealed_paths().items()
            if self._fields[name].type != "many2one"
            or self._fields[name].related
            or self._fields[name].bypass_search_access
        }

    @api.model
    def _is_guarded(self, model_name, protected):
        return model_name in protected or not protected.isdisjoint(
            self.env[model_name]._inherits
        )

    def _concealed_rows(self, path):
        """The ids of those of these records from which ``path`` leads to a hidden record."""
        rows = set()
        reached = {record.id: record for record in self.sudo()}
        for step in path:
            reached = {row: record[step] for row, record in reached.items() if record[step]}
            if not reached:
                break
            model = next(iter(reached.values()))
            together = model.browse(id_ for record in reached.values() for id_ in record._ids)
            hidden = together.with_env(self.env)._concealed()
            if hidden:
                gone = {row for row, record in reached.items() if not hidden.isdisjoint(record._ids)}
                rows |= gone
        return rows

    def _mask_related(self, rows, name):
        """Mask what a related field says as the field that it repeats is masked."""
        steps, last = self._concealed_masks()[name]
        reached = {}
        for record in self.sudo():
            target = record
            for step in steps:
                target = target[step][:1]
            reached[record.id] = target
        target = next(iter(reached.values())).browse(
            {record.id for record in reached.values() if record}
        )
        target = target.with_env(self.env)
        closed, access = target._masks()
        beyond = access and target._is_beyond_card(last)
        legible = set(target._legible(access)._ids) if beyond else ()
        for row in rows:
            record = reached[row["id"]]
            if last in closed:
                row[name] = False
            elif beyond and record and record.id not in legible:
                row[name] = target._masked_value(last, row[name])

    # === CONDITIONS === #

    @api.model
    def _search(self, domain, *args, **kwargs):
        access = self._concealing()
        if access is not None and (paths := self._concealed_conditions()):
            domain = Domain(domain).map_conditions(
                lambda condition: self._without_oracle(condition, paths, access)
            )
        looked_up = self.env.context.get("confidentiality_lookup")
        if isinstance(looked_up, _Lookup) and looked_up == self._name:
            access = self.env["confidentiality.grant"]._access_of(self.env.user)
            visible = access and self.env["ir.rule"]._label_rule(self._name, access)
            if visible is not None:
                domain = Domain(domain) & visible
        return super()._search(domain, *args, **kwargs)

    def _looking_up(self, model_name):
        """These records, for a compute that searches a model as superuser: it finds what the
        person may see. Taken out of what was found, the hidden ones would still count for its
        limits and totals."""
        if self.env["confidentiality.grant"]._access_of(self.env.user) is None:
            return self
        return self.with_context(confidentiality_lookup=_Lookup(model_name))

    @api.model
    def _without_oracle(self, condition, paths, access):
        """The condition, on rows only from which no hidden record is reached."""
        name, _dot, rest = condition.field_expr.partition(".")
        if name not in paths:
            return condition
        by_number = self._fields[name].type == "many2one" and not self._fields[name].related
        if by_number and not rest and condition.operator in ("=", "!=", "in", "not in"):
            values = condition.value
            values = values if isinstance(values, (list, tuple, set, frozenset)) else [values]
            if not any(isinstance(value, str) for value in values):
                return condition
        return condition & self._reaching_visible(paths[name], access)

    @api.model
    def _reaching_visible(self, path, access):
        step, *rest = path
        comodel = self.env[self._fields[step].comodel_name]
        hidden = Domain.FALSE
        visible = self.env["confidentiality.model"]._label_domain(comodel._name, access)
        if visible is not None:
            hidden = ~visible
        if rest:
            hidden |= ~comodel._reaching_visible(tuple(rest), access)
        return ~Domain(step, "any!", hidden)

    # === ORDER, GROUPS, SUMS === #

    def _field_to_sql(self, alias, field_expr, query=None):
        """Odoo reads a related field as superuser here too: of hidden records it is empty, and
        of masked fields what it repeats."""
        sql = super()._field_to_sql(alias, field_expr, query)
        name = field_expr.partition(".")[0]
        field = self._fields[name]
        if not field.related or field.store or field.inherited or self._concealing() is None:
            return sql
        path = self._concealed_paths().get(name, ())
        if not path and name not in self._concealed_masks():
            return sql
        condition = self._related_sql(alias, field, query)
        return SQL("(CASE WHEN %s THEN %s END)", condition, sql) if condition else sql

    def _related_sql(self, alias, field, query):
        """What has to hold of the joined rows for the person to know the related value."""
        access, conditions = self._concealing(), []
        model = self.sudo()
        steps, last, _model = self._related_path(field)
        for step in steps:
            model, alias = model._fields[step].join(model, alias, query)
            visible = self.env["ir.rule"]._label_rule(model._name, access)
            if visible is not None:
                conditions.append(visible.optimize_full(model)._to_sql(model, alias, query))
        if field.name in self._concealed_masks():
            own = model.sudo(False)
            closed, in_full = own._masks()
            if last in closed:
                conditions.append(SQL("FALSE"))
            elif in_full and own._is_beyond_card(last):
                conditions.append(own._legible_sql(alias, in_full))
        return SQL("(%s)", SQL(" AND ").join(conditions)) if conditions else None

    # === FORMS === #

    def onchange(self, values, field_names, fields_spec):
        if self._concealing() is not None:
            typed = {name: values[name] for name in field_names if name in values}
            if not field_names:
                typed = {
                    name: self.env.context.get(f"default_{name}") for name in self._concealed_paths()
                }
            self._check_named(typed)
        return super().onchange(values, field_names, fields_spec)

    def web_save(self, vals, specification, next_id=None):
        if self._concealing() is not None:
            self._check_named(vals)
        return super().web_save(vals, specification, next_id)

    def web_save_multi(self, vals_list, specification):
        if self._concealing() is not None:
            for vals in vals_list:
                self._check_named(vals)
        return super().web_save_multi(vals_list, specification)

    @api.model
    def _check_named(self, values):
        """Raise AccessError if somebody names a hidden record in a form.

        What the form computes from it would be shown to him.
        """
        for name, path in self._concealed_paths().items():
            value = values.get(name)
            if path != (name,) or not value:
                continue
            if isinstance(value, dict):
                value = value.get("id")
            if isinstance(value, (list, tuple)):
                value = value[0] if value else False
            if not isinstance(value, int) or isinstance(value, bool):
                continue
            record = self.env[self._fields[name].comodel_name].browse(value)
            if record.sudo().exists() and record._concealed():
                raise AccessError(
                    self.env._(
                        "You may not use this record of %(model)s: your rights or its"
                        " confidentiality label do not allow it. The confidentiality officer can"
                        " help.",
                        model=self.env["ir.model"].sudo()._get(record._name).name,
                    )
                )

    # === WHAT LEAVES THE SERVER === #

    def _concealed_labels(self):
        """``{id: name to show}`` of those of these records whose name may not be told as it is:
        hidden ones, and those whose name is made of the name of a hidden one."""
        hidden = self._concealed()
        shown = dict.fromkeys(hidden, self._concealed_name())
        rest = self.browse(id_ for id_ in self._ids if id_ and id_ not in hidden)
        for record_id, names in rest._concealed_names().items():
            label = rest.browse(record_id).sudo().display_name or ""
            if (told := self._without_names(label, names)) != label:
                shown[record_id] = told
        return shown

    def _concealed_names(self):
        """``{id: names}`` of the hidden records that these records name by a many2one."""
        found = {}
        if not self or self._concealing() is None:
            return found
        rows = self.sudo()
        for name in self._concealed_many2ones():
            named = rows.mapped(name)
            hidden = named and named.with_env(self.env)._concealed()
            for row in rows if hidden else ():
                if row[name].id in hidden:
                    about = row[name]
                    found.setdefault(row.id, set()).update(
                        text
                        for text in (about.display_name, about[about._rec_name or "display_name"])
                        if isinstance(text, str) and text
                    )
        return found

    @api.model
    @tools.ormcache()
    def _concealed_many2ones(self):
        """The columns by which a record names others that may be hidden."""
        if self._name == "res.company":
            return ()
        return tuple(
            name
            for name, path in self._concealed_paths().items()
            if path == (name,)
            and self._fields[name].store
            # who they are is told by ``_concealed``, and employees are no secret
            and name not in self._inherits.values()
            and self._fields[name].comodel_name != "res.users"
        )

    @api.model
    def _without_names(self, text, names):
        for name in sorted(names, key=len, reverse=True):
            text = text.replace(name, self._concealed_name())
        return text

    @api.model
    @tools.ormcache()
    def _composed_texts(self):
        """Texts that are computed whenever they are read, of whatever the record names."""
        return frozenset(
            name
            for name, field in self._fields.items()
            if field.type in ("char", "text", "html") and not field.store
        )

    def _read_format(self, fnames, load="_classic_read"):
        rows = super()._read_format(fnames, load)
        if not rows or self._concealing() is None:
            return rows
        paths = self._concealed_paths()
        for name in fnames:
            field = self._fields[name]
            if field.type == "many2one":
                if load == "_classic_read":  # a number says nothing
                    self._conceal_labels(rows, name)
            elif name in paths and (hidden := self._concealed_rows(paths[name])):
                for row in rows:
                    if row["id"] in hidden:
                        row[name] = False
        for name in self._concealed_masks().keys() & set(fnames):
            self._mask_related(rows, name)
        if texts := self._composed_texts().intersection(fnames):
            for row_id, names in self._concealed_names().items():
                for row in rows:
                    if row["id"] == row_id:
                        row.update(
                            {
                                name: self._without_names(row[name], names)
                                for name in texts
                                if isinstance(row[name], str)
                            }
                        )
        return rows

    def _conceal_labels(self, rows, name):
        """Conceal names in pairs ``(id, name)``."""
        pairs = [row[name] for row in rows if isinstance(row[name], tuple)]
        if not pairs:
            return
        comodel = self.env[self._fields[name].comodel_name]
        labels = comodel.browse({number for number, _label in pairs})._concealed_labels()
        for row in rows if labels else ():
            if row[name] and row[name][0] in labels:
                row[name] = (row[name][0], labels[row[name][0]])

    def web_read(self, specification):
        rows = super().web_read(specification)
        if not rows or self._concealing() is None:
            return rows
        for name, spec in specification.items():
            field = self._fields.get(name)
            if not field or field.type != "many2one":
                continue
            shown = [
                row[name]
                for row in rows
                if isinstance(row[name], dict) and "display_name" in row[name]
            ]
            if not shown or "display_name" not in spec.get("fields", ()):
                continue
            comodel = self.env[field.comodel_name]
            labels = comodel.browse({each["id"] for each in shown})._concealed_labels()
            for each in shown:
                each["display_name"] = labels.get(each["id"], each["display_name"])
        return rows

    @api.model
    def name_search(self, name="", domain=None, operator="ilike", limit=100):
        pairs = super().name_search(name, domain, operator, limit)
        if not pairs or self._concealing() is None:
            return pairs
        labels = self.browse(number for number, _label in pairs)._concealed_labels()
        return [(number, labels.get(number, label)) for number, label in pairs]

    @api.model
    def _web_read_group_groupby_formatter(self, groupby_spec, values):
        return self._concealing_formatter(
            groupby_spec, values, super()._web_read_group_groupby_formatter(groupby_spec, values)
        )

    @api.model
    def _concealing_formatter(self, groupby_spec, values, formatter):
        name, _dot, _path = groupby_spec.split(":")[0].partition(".")
        field = self._fields.get(name)
        if (
            self._concealing() is None
            or _path
            or not field
            or field.type not in ("many2one", "many2many")
        ):
            return formatter
        labels = self.env[field.comodel_name].browse(
            {value.id for value in values if value}
        )._concealed_labels()
        if not labels:
            return formatter

        def concealing(value):
            shown, domain = formatter(value)
            if shown and shown[0] in labels:
                shown = (shown[0], labels[shown[0]])
            return shown, domain

        return concealing

    @api.model
    def _read_group_format_result(self, rows_dict, lazy_groupby):
        super()._read_group_format_result(rows_dict, lazy_groupby)
        if self._concealing() is None:
            return
        for group in lazy_groupby:
            field = self._fields[group.split(":")[0].split(".")[0]]
            if field.type not in ("many2one", "many2many"):
                continue
            shown = [row for row in rows_dict if isinstance(row[group], tuple)]
            labels = self.env[field.comodel_name].browse(
                {row[group][0] for row in shown}
            )._concealed_labels()
            for row in shown:
                if row[group][0] in labels:
                    row[group] = (row[group][0], labels[row[group][0]])

    def _message_get_suggested_recipients_batch(self, *args, **kwargs):
        """The names and addresses of people whom the person may not know, or not in full."""
        suggested = super()._message_get_suggested_recipients_batch(*args, **kwargs)
        if self._concealing() is None:
            return suggested
        rows = [row for found in suggested.values() for row in found if row["partner_id"]]
        partners = self.env["res.partner"].browse({row["partner_id"] for row in rows})
        hidden = partners._concealed()
        masked = (partners - partners._legible_to_person())._ids
        for row in rows:
            if row["partner_id"] in hidden:
                row.update(name=self._concealed_name(), email=False)
            elif row["partner_id"] in masked:
                row["email"] = partners._masked_value("email", row["email"])
        return suggested

    def _check_company(self, fnames=None):
        """The error of documents of different companies names both."""
        try:
            super()._check_company(fnames)
        except UserError:
            if self._concealing() is None:
                raise
            names = [
                name
                for name, path in self._concealed_paths().items()
                if path == (name,) and self._fields[name].check_company
            ]
            if any(self._concealed_rows((name,)) for name in names):
                raise UserError(
                    self.env._("This belongs to another company, or it is confidential.")
                ) from None
            raise
