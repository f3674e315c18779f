# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import api, models, tools
from odoo.exceptions import AccessError, UserError

from odoo.addons.sales_regulation.tools import engine, given_record, is_engine

from .confidentiality_model import LABEL_FIELD, MANUAL_FIELD

_OFFICER = "sales_confidentiality.group_confidentiality_officer"
#: what is sold, and at which price: named in a document, its text and price are copied there
_PRODUCTS = ("product.template", "product.pricelist")


class Base(models.AbstractModel):
    """Records that carry a label, of our documents and of models registered without code (C50).

    The label rises by itself with the sources of the record; whoever may write the record may
    raise it; the officer lowers it, with a reason that stays on record. A model without a
    column for the label is not asked anything.
    """

    _inherit = "base"

    # === CRUD METHODS === #

    @api.model_create_multi
    def create(self, vals_list):
        row = self._confidentiality_row()
        records = super().create(vals_list)
        records._check_products_readable(vals_list)
        if row is None:
            return records
        records._check_lists()
        records._check_sources_readable(row, row.sources)
        records.sudo()._confidentiality_derive(defaults=True)
        if not self.env.su and self.env["confidentiality.grant"]._access() is not None:
            records.check_access("create")
        return records

    def write(self, vals):
        name = self._confidentiality_field()
        if name is None:
            result = super().write(vals)
            self._check_products_readable([vals])
            return result
        row = self._confidentiality_row()
        by_hand = name in vals and not is_engine(self.env)
        if by_hand:
            self._check_raised(vals[name])
        result = super().write(vals)
        self._check_products_readable([vals])
        if row is None:
            return result
        if by_hand:
            self._check_lists()
        self._check_sources_readable(row, vals)
        if name in vals:
            self.sudo()._confidentiality_propagate()
        if {path.split(".")[0] for path in row.sources} & set(vals):
            self.sudo()._confidentiality_derive()
        return result

    def copy_data(self, default=None):
        if self._confidentiality_row() and self.env["confidentiality.grant"]._access() is not None:
            self.check_access("read")
        return super().copy_data(default)

    # === LABELS === #

    @api.model
    def _confidentiality_field(self):
        """The column with the label: ours, the custom one of a model without code, or None."""
        for name in (LABEL_FIELD, MANUAL_FIELD):
            if name in self._fields:
                return name
        return None

    @api.model
    def _confidentiality_row(self):
        """How records of the model carry labels of their own; None if they do not, and while
        there is no label in the database."""
        if self._confidentiality_field() is None:
            return None
        if not self.env["confidentiality.default"]._in_use():
            return None
        row = self.env["confidentiality.model"]._protection().models.get(self._name)
        return row if row is not None and row.label_field and not row.paths else None

    def _confidentiality_label(self):
        """The labels of these records."""
        name = self._confidentiality_field()
        return self[name] if name else self.env["confidentiality.label"]

    def _check_sources_readable(self, row, names):
        """Nobody learns a hidden record's name by writing its number into a document."""
        if row.works or self.env["confidentiality.grant"]._access() is None:
            return
        for name in {path.split(".")[0] for path in row.sources}.intersection(names):
            if self._fields[name].type == "many2one":
                self.sudo()[name].with_env(self.env).check_access("read")

    @api.model
    @tools.ormcache()
    def _product_columns(self):
        """The columns that name a product or a price list, where these carry labels."""
        rows = self.env["confidentiality.model"]._protection().models
        named = {name for name in _PRODUCTS if (row := rows.get(name)) and row.label_field}
        named |= {child for name in named for child in self.env.registry[name]._inherits_children}
        return frozenset(
            name
            for name, field in self._fields.items()
            if field.type == "many2one"
            and field.store
            and field.comodel_name in named
        )

    def _check_products_readable(self, vals_list):
        """Text and price of a product are copied into whatever names it: nobody names one that
        is hidden from him. What is put on a list Odoo checks itself."""
        if self.env.su or "confidentiality.model" not in self.env:
            return
        named = [
            name for name in self._product_columns() if any(name in vals for vals in vals_list)
        ]
        if named and self.env["confidentiality.grant"]._access() is not None:
            for name in named:
                self.sudo()[name].with_env(self.env).check_access("read")

    def onchange(self, values, field_names, fields_spec):
        row = self._confidentiality_row()
        if row is not None and self.env["confidentiality.grant"]._access() is not None:
            for name in {path.split(".")[0] for path in row.sources}.intersection(values):
                field = self._fields[name]
                if field.type == "many2one" and values[name] and not row.works:
                    record = self.new({name: values[name]})[name]
                    record._origin.check_access("read")
        return super().onchange(values, field_names, fields_spec)

    def _check_raised(self, label_id):
        """Raise AccessError unless every label rises, or the officer's method asks."""
        new = self.env["confidentiality.label"].sudo().browse(label_id or ())
        if not all(new._may_follow(old) for old in self.sudo()._confidentiality_label()):
            raise AccessError(
                self.env._(
                    "By hand a label is only raised, within its category or onto a need-to-know"
                    " list. The confidentiality officer changes it otherwise, with a reason."
                )
            )

    def _check_lists(self):
        """Raise AccessError if somebody puts a record on a need-to-know list of others.

        He would shut out colleagues, himself included, in favour of people whom he does not
        know: only members and the officer put a record on a list.
        """
        lists = self.sudo()._confidentiality_label().filtered("is_compartment")
        if not lists or self.env.su or self.env.user.has_group(_OFFICER):
            return
        user = self.env.user
        mine = self.env["confidentiality.grant"]._facts_of(user)[user.id]["lists"]
        if not mine.issuperset(lists.ids):
            raise AccessError(
                self.env._(
                    "You are not on this need-to-know list: one of its members or the"
                    " confidentiality officer puts a record on it."
                )
            )

    def _confidentiality_derive(self, defaults=False):
        """Raise the labels to what the sources and the default labels demand."""
        row = self._confidentiality_row()
        if row is None or not self:
            return
        labels = self._confidentiality_source_labels(row)
        if defaults:
            self._add_default_labels(labels)
            for record in self:
                # What was given or copied stays the floor and passes on
                labels.setdefault(record.id, record._confidentiality_label())
        self._confidentiality_raise(labels)

    def _confidentiality_source_labels(self, row):
        """``{id: label}`` of the sources: their level, capped, in the model's own category.

        Of several lists the record goes on the highest one.
        """
        sources, made = {}, {}
        for record in self:
            labels = self.env["confidentiality.label"].union(
                *(record.mapped(path)._confidentiality_label() for path in row.sources)
            )
            for label in labels.sorted("rank", reverse=True):
                if label not in made:
                    made[label] = self._confidentiality_own_label(row, label)
                sources[record.id] = sources.get(record.id, label.browse())._join(made[label])
        return sources

    @api.model
    def _confidentiality_own_label(self, row, label):
        """What a label of a source is on this model."""
        if label.is_compartment and label.rank <= row.cap_rank:
            return label
        level = label.level_id
        if level.rank > row.cap_rank:
            level = level.search([("rank", "<=", row.cap_rank)], order="rank desc", limit=1)
        category = self.env["confidentiality.category"].sudo().browse(row.category_id)
        return label._get(level, category)

    def _add_default_labels(self, labels):
        for rule in self.env["confidentiality.default"].sudo()._of_model(self._name):
            label = rule._label()
            for record in self.filtered_domain(rule._filter()):
                labels[record.id] = labels.get(record.id, label.browse())._join(label)

    def _confidentiality_raise(self, labels):
        """Join these labels to those of the records; what depends on the records follows.

        :param dict labels: ``{id: label}``
        """
        by_label, raised = {}, set()
        for record in self.sudo():
            old = record._confidentiality_label()
            label = old._join(labels.get(record.id, old).sudo())
            if label != old:
                by_label.setdefault(label, []).append(record.id)
                raised.add(record.id)
        for label, ids in by_label.items():
            engine(self.sudo().browse(ids)).write({self._confidentiality_field(): label.id})
        if kept := self.sudo().filtered(
            lambda record: record._confidentiality_label() and record.id not in raised
        ):
            kept._confidentiality_propagate()

    def _confidentiality_propagate(self):
        """Documents made from these records take their labels over."""
        for row in self.env["confidentiality.model"]._protection().models.values():
            if not row.label_field or not row.sources:
                continue
            model = self.env[row.name].sudo().with_context(active_test=False)
            for path in row.sources:
                target = model
                for name in path.split("."):
                    target = self.env[target._fields[name].comodel_name]
                if target._name != self._name:
                    continue
                if lower := model.search([(path, "in", self.ids)]):
                    lower._confidentiality_derive()

    # === OFFICER === #

    def action_confidentiality_lower(self, label_id, reason):
        """Give the records another label, whatever they carry; the officer only (C50).

        :param int label_id: the new label, or False for none
        :param str reason: stays on record
        :raise AccessError: if the person is not the confidentiality officer
        :raise UserError: without a reason
        """
        self._check_carries_label()
        self.check_access("write")
        if not self.env.user.has_group(_OFFICER):
            raise AccessError(self.env._("The confidentiality officer lowers labels."))
        reason = str(reason or "").strip()
        if not reason:
            raise UserError(self.env._("Say why the label is changed."))
        new = given_record(self.env["confidentiality.label"].sudo(), label_id)
        engine(self.env["confidentiality.change"].sudo()).create(
            [
                {
                    "res_model": self._name,
                    "res_id": record.id,
                    "old_label_id": record._confidentiality_label().id,
                    "new_label_id": new.id,
                    "reason": reason,
                    "user_id": self.env.uid,
                }
                for record in self.sudo()
            ]
        )
        self.env["regulation.register"]._record(
            "label_changed",
            self,
            lambda record: f"{record.sudo()._confidentiality_label().id or 0}>{new.id or 0}",
        )
        engine(self.sudo()).write({self._confidentiality_field(): new.id})

    def action_confidentiality(self):
        """Open "who can see this, and why" (C50)."""
        self.ensure_one()
        self._check_carries_label()
        self.check_access("read")
        return self.env["confidentiality.preview"]._open_record(self)

    @api.model
    def _check_carries_label(self):
        row = self.env["confidentiality.model"]._protection().models.get(self._name)
        if row is None or row.paths or not row.label_field:
            raise UserError(self.env._("Records of this kind carry no label."))

    def _confidentiality_viewers(self):
        """``[(user, in full, reason)]`` of the employees who may see the record today."""
        self.ensure_one()
        record = self.sudo()
        label = record._confidentiality_label()
        registry = self.env["confidentiality.model"].sudo()
        protection = registry._protection()
        row = protection.models.get(self._name)
        known = {each.id: each for each in protection.labels}.get(label.id)
        users = self.env["res.users"].sudo().search([("share", "=", False)])
        if not known or row is None:
            return [(user, True, self.env._("No label: as Odoo's rights say")) for user in users]
        if known.open:
            return [(user, True, self.env._("Open inside the company")) for user in users]
        grants = self.env["confidentiality.grant"].sudo()
        viewers = []
        facts = grants._facts_of(users)
        for user in users:
            access = grants._judge(user.id, protection, ("enforce", "observe"), facts[user.id])
            if record.filtered_domain(registry._visible(row, access)):
                viewers.append((user, *record._confidentiality_reason(row, known, access)))
        return viewers

    def _confidentiality_reason(self, row, label, access):
        owner = self[row.owner_field] if row.owner_field else self.env["res.users"]
        if label.mode == "off":
            return True, self.env._("The category is not guarded")
        if label.compartment:
            return True, self.env._("On the need-to-know list")
        if label.id in access.full:
            return True, self.env._("By grant")
        if owner.id == access.user_id:
            return True, self.env._("Owner")
        if label.id in access.card and row.has_card:
            return False, self.env._("Base card by grant")
        return not row.has_card, self.env._("Shared by the owner")
