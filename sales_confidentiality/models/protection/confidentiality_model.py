# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from dataclasses import replace

from odoo import api, fields, models, tools
from odoo.exceptions import ValidationError
from odoo.fields import Domain
from odoo.tools import SQL

from ...tools import Label, ProtectedModel, Protection

LABEL_FIELD = "confidentiality_label_id"
MANUAL_FIELD = "x_confidentiality_label_id"
#: the owner that a satellite stores beside the label
OWNER_FIELD = "confidentiality_owner_id"
#: how the models of scores, bonuses and commissions begin, where they are installed
PAY = "kpi."
#: {model of an addon that may be installed: (what it follows, with the base card)}
OPTIONAL_SATELLITES = {
    "kpi.cockpit": ("sheet_id", False),
    "loyalty.card": ("partner_id", True),
    "sale.order.coupon.points": ("order_id", False),
    "survey.user_input": ("partner_id,lead_id", False),
    "survey.user_input.line": ("user_input_id", False),
}
#: the same of what follows products, which a company decides to protect: proposed, archived
PROPOSED_SATELLITES = {
    "loyalty.reward": ("reward_product_id,discount_product_ids", False),
    "product.combo.item": ("product_id", False),
    "product.supplierinfo": ("product_tmpl_id,product_id", False),
    "product.template.attribute.exclusion": ("product_tmpl_id", False),
    "product.template.attribute.value": ("product_tmpl_id", False),
    "product.uom": ("product_id", False),
    "product.value": ("product_id", False),
    "sale.order.template.line": ("product_id", False),
    "stock.lot": ("product_id", False),
    "stock.warehouse.orderpoint": ("product_id", False),
}

#: {model: (what its row followed at first, what it follows since)}
FOLLOWS_MORE = {
    "price.change.request.line": ("request_id", "request_id,product_tmpl_id,pricelist_id"),
}


class ConfidentialityModel(models.Model):
    """The registry of what is protected: a model with labels, or one that repeats their facts.

    A consultant adds any other model here without code: one that carries labels gets its
    column as a custom field, one that repeats the facts of a protected record names the
    relation to it. Satellites with very many rows store label and owner themselves
    (``confidentiality.satellite``).
    """

    _name = "confidentiality.model"
    _description = "Protected Model"
    _inherit = ["confidentiality.cached"]
    _order = "name, id"
    _changes_on_record = True

    model = fields.Char(string="Technical Name", required=True)
    name = fields.Char(compute="_compute_name", store=True)
    kind = fields.Selection(
        selection=[("labelled", "Carries a label"), ("satellite", "Follows a protected record")],
        required=True,
        default="labelled",
    )
    label_field = fields.Char(compute="_compute_label_field")
    path = fields.Char(
        string="Follows",
        help="Relations, separated by commas, to the protected records whose facts this model"
        " repeats: who may not see one of them does not see the row.",
    )
    owner_field = fields.Char(string="Owner", help="Field with the user who owns the record.")
    sources = fields.Char(
        string="Takes over from",
        help="Fields, separated by commas, that lead to the records whose highest label a record"
        " takes over: partner_id, contract_id.",
    )
    category_id = fields.Many2one(
        comodel_name="confidentiality.category",
        index=True,
        ondelete="restrict",
        help="What records of this model are about: a label that they take over keeps its level"
        " and gets this category.",
    )
    cap_level_id = fields.Many2one(
        comodel_name="confidentiality.level",
        string="At most",
        ondelete="restrict",
        help="Where people have to work, labels that are taken over are capped.",
    )
    share_scope = fields.Selection(
        selection="_selection_share_scope",
        string="Shared with",
        help="Empty: as the level says.",
    )
    has_card = fields.Boolean(
        string="Has a Base Card",
        help="Who holds only the base card, or is only shared with, sees the record with its"
        " protected fields masked. For a model that follows others: he sees its rows too.",
    )
    no_copy = fields.Boolean(
        string="Not Duplicated",
        help="Classified records of this model are not duplicated by hand (S4-048). What Odoo or"
        " the regulation copies by itself (new versions, backorders) goes on.",
    )
    active = fields.Boolean(default=True)

    _model_uniq = models.Constraint(
        "UNIQUE(model)", "A model is registered once; its row may be archived."
    )

    @api.model
    def _selection_share_scope(self):
        return self.env["confidentiality.level"]._fields["share_scope"]._description_selection(
            self.env
        )

    @api.depends("model")
    def _compute_name(self):
        for row in self:
            row.name = self.env["ir.model"].sudo()._get(row.model).name or row.model

    @api.depends("model", "kind")
    def _compute_label_field(self):
        for row in self:
            model_fields = self.env[row.model]._fields if row.model in self.env else {}
            row.label_field = row.kind == "labelled" and next(
                (name for name in (LABEL_FIELD, MANUAL_FIELD) if name in model_fields), False
            )

    # === CONSTRAINTS === #

    @api.constrains("model", "kind", "path", "owner_field", "sources", "category_id")
    def _check_fields(self):
        for row in self:
            if row.model not in self.env:
                raise ValidationError(self.env._("There is no model %s.", row.model))
            model = self.env[row.model]
            if row.kind == "satellite" and not row.path:
                raise ValidationError(self.env._("Name the field that %s follows.", row.model))
            if row.kind == "labelled" and not row.category_id:
                raise ValidationError(self.env._("Name the category of %s.", row.model))
            for path in row._split(row.path):
                field = model._fields.get(path)
                if not field or field.type != "many2one_reference":
                    row._check_path(model, path)
            for path in (*row._split_sources(), row.owner_field):
                if path:
                    row._check_path(model, path)

    def _check_path(self, model, path):
        for name in path.split("."):
            field = model._fields.get(name)
            if not field or not field.relational:
                raise ValidationError(
                    self.env._(
                        "%(path)s leads nowhere: %(model)s has no relation %(field)s.",
                        path=path,
                        model=model._name,
                        field=name,
                    )
                )
            model = self.env[field.comodel_name]

    # === CRUD METHODS === #

    @api.model_create_multi
    def create(self, vals_list):
        rows = super().create(vals_list)
        rows._add_label_column()
        return rows

    def write(self, vals):
        result = super().write(vals)
        if {"active", "model", "kind"}.intersection(vals):
            self._add_label_column()
        return result

    def _add_label_column(self):
        """A model that has no label column of ours gets one as a custom field, once protected."""
        for row in self.filtered("active"):
            model = self.env[row.model]
            if (
                row.kind != "labelled"
                or LABEL_FIELD in model._fields
                or MANUAL_FIELD in model._fields
                or not model._auto
                or model._abstract
            ):
                continue
            self.env["ir.model.fields"].sudo().create(
                {
                    "name": MANUAL_FIELD,
                    "model_id": self.env["ir.model"].sudo()._get_id(row.model),
                    "field_description": "Confidentiality Label",
                    "ttype": "many2one",
                    "relation": "confidentiality.label",
                    "on_delete": "restrict",
                    "index": True,
                    "copied": True,
                }
            )

    def _register_hook(self):
        """What an addon brings that is installed after this one is registered with it."""
        super()._register_hook()
        if self.env.registry.updated_modules and self.env.ref(
            "sales_confidentiality.category_internal", raise_if_not_found=False
        ):
            self._register_documents()

    # === BUSINESS METHODS === #

    @api.model
    def _register_documents(self):
        """Register the documents of addons that came later, by owner: what is about people's
        performance and pay as that, the others as internal matters.

        Nothing is labelled by that: default labels, people and sources do. Those of pay are
        proposed, archived. What repeats the facts of protected records follows them.
        """
        rows = self.sudo().with_context(active_test=False).search([])
        for row in rows.filtered(lambda row: row.model in FOLLOWS_MORE):
            before, since = FOLLOWS_MORE[row.model]
            if row.path == before:  # as installed: nobody has changed it
                row.path = since
        known = set(rows.mapped("model"))
        internal = self.env.ref("sales_confidentiality.category_internal")
        pay = self.env.ref("sales_confidentiality.category_pay", raise_if_not_found=False)
        rows = self.sudo().create(
            [
                {
                    "model": name,
                    "category_id": (name.startswith(PAY) and pay or internal).id,
                    "owner_field": "user_id" if "user_id" in model._fields else False,
                    "share_scope": "owner",
                }
                for name, model in sorted(self.env.registry.items())
                if LABEL_FIELD in model._fields
                and model._auto
                and not model._abstract
                and not model._inherits
                and name not in known
            ]
            + [
                {
                    "model": name,
                    "kind": "satellite",
                    "path": path,
                    "has_card": card,
                    "active": name not in PROPOSED_SATELLITES,
                }
                for name, (path, card) in (OPTIONAL_SATELLITES | PROPOSED_SATELLITES).items()
                if name in self.env and name not in known and self._leads(name, path)
            ]
        )
        paid = rows.filtered(lambda row: pay and row.category_id == pay)
        self.env["confidentiality.default"].sudo().create(
            [
                {
                    "model_id": row.id,
                    "level_id": self.env.ref("sales_confidentiality.level_confidential").id,
                    "active": False,
                }
                for row in paid
            ]
        )
        return rows

    @api.model
    def _leads(self, model_name, path):
        return all(name in self.env[model_name]._fields for name in self._split(path))

    def _split_sources(self):
        return self._split(self.sources)

    @api.model
    def _split(self, paths):
        return tuple(path.strip() for path in (paths or "").split(",") if path.strip())

    @api.model
    @tools.ormcache()
    def _protection(self):
        """What is protected in this database; read once, cleared by every change of settings.

        :rtype: Protection
        """
        # Whoever asks first may look at archived rows: they protect nothing
        env = self.with_context(active_test=True).sudo().env
        rows = env[self._name].search([])
        categories = env["confidentiality.category"]
        labels = env["confidentiality.label"].with_context(active_test=False)
        rights = categories.search([("is_right", "=", True)])
        levels = env["confidentiality.level"].with_context(active_test=False)
        handling = {level: level._handling() for level in levels.search([])}
        top = env["confidentiality.level"].search([], order="rank desc", limit=1)
        return Protection(
            models=self._as_their_records(
                {row.model: row._protected() for row in rows if row.model in self.env}
            ),
            labels=tuple(
                Label(
                    id=label.id,
                    rank=label.rank,
                    category_id=label.category_id.id,
                    mode=label.category_id.mode,
                    open=label.level_id.is_open and not label.is_compartment,
                    share_scope=label.level_id.share_scope,
                    needs=self._needs(label.level_id),
                    compartment=label.is_compartment,
                    handling=handling[label.level_id],
                )
                for label in labels.search([], order="id")
            ),
            rights={right.code: (right.id, right.mode) for right in rights},
            rights_needs=self._needs(top),
        )

    @api.model
    def _needs(self, level):
        return frozenset(kind for kind in ("nda", "exam") if level[f"needs_{kind}"])

    @api.model
    def _as_their_records(self, rows):
        """A satellite that stores the label of its record is shared as its record is."""
        for name, row in rows.items():
            if row.paths and row.label_field:
                comodel = self.env[name]._fields[row.paths[0]].comodel_name
                if parent := rows.get(comodel):
                    rows[name] = replace(
                        row, share_scope=parent.share_scope, has_card=parent.has_card
                    )
        return rows

    def _protected(self):
        satellite = self.kind == "satellite"
        stored = satellite and OWNER_FIELD in self.env[self.model]._fields
        return ProtectedModel(
            name=self.model,
            label_field=LABEL_FIELD if stored else self.label_field or False,
            owner_field=OWNER_FIELD if stored else self.owner_field or False,
            paths=self._split(self.path) if satellite else (),
            sources=self._split_sources(),
            category_id=self.category_id.id,
            works=bool(self.cap_level_id.is_open),
            cap_rank=self.cap_level_id.rank if self.cap_level_id else 1_000_000,
            share_scope=self.share_scope or False,
            has_card=self.has_card,
            no_copy=self.no_copy,
        )

    @api.model
    def _domain_of(self, model_name, access, mode="read"):
        """The records of a model that somebody may see, as a short literal condition.

        :param Access access: his rights
        :param str mode: who sees the base card only does not change the record
        :return: Domain, or None if the model is not protected
        """
        row = self._protection().models.get(model_name)
        if row is None:
            return None
        if row.label_field:
            in_full = row.has_card and mode in ("write", "unlink")
            return self._visible(row, access, in_full) | self._exempt(model_name)
        # What is beyond the base card is for those who see the record in full
        mode = "read" if row.has_card else "write"
        targets = [self._through(model_name, path, access, mode) for path in row.paths]
        targets = [target for target in targets if target is not None]
        return Domain.AND(targets) if targets else None

    @api.model
    def _label_domain(self, model_name, access, mode="read"):
        """As ``_domain_of``, with the records that a model ``_inherits``."""
        model = self.env[model_name]
        domains = [self._domain_of(model_name, access, mode)]
        domains += [
            Domain(field, "any!", theirs)
            for parent, field in model._inherits.items()
            if model._fields[field].store
            and (theirs := self._domain_of(parent, access, mode)) is not None
        ]
        domains = [domain for domain in domains if domain is not None]
        return Domain.AND(domains) if domains else None

    @api.model
    def _through(self, model_name, path, access, mode):
        field = self.env[model_name]._fields[path]
        if field.type == "many2one_reference":
            return self._through_reference(field, access, mode)
        target = self._label_domain(field.comodel_name, access, mode)
        if target is None:
            return None
        if field.type != "many2one":
            return ~Domain(path, "any!", ~target)
        return Domain(path, "=", False) | Domain(path, "any!", target)

    @api.model
    def _through_reference(self, field, access, mode):
        """Rows about any document: none about a labelled one that somebody may not see."""
        closed = {}
        for name, row in self._protection().models.items():
            if row.label_field and not row.paths and self.env[name]._auto:
                visible = self._domain_of(name, access, mode)
                closed[name] = Domain(row.label_field, "!=", False) & ~visible
                for child in self.env.registry[name]._inherits_children:
                    # a variant is hidden with its product
                    closed[child] = Domain(self.env[child]._inherits[name], "any!", closed[name])

        def hidden(model, name, domain, number):
            # A look at the one record, only for rows that are about this model
            documents = model.env[name].sudo().with_context(active_test=False)
            query = documents._search(domain)
            query.add_where(SQL("%s = %s", SQL.identifier(documents._table, "id"), number))
            return query.select(SQL("1"))

        def to_sql(model, alias, query):
            about = model._field_to_sql(alias, field.model_field, query)
            number = model._field_to_sql(alias, field.name, query)
            return SQL(" AND ").join(
                SQL(
                    "NOT (COALESCE(%s, '') = %s AND EXISTS (%s))",
                    about,
                    name,
                    hidden(model, name, domain, number),
                )
                for name, domain in closed.items()
            )

        def predicate(record):
            domain = closed.get(record[field.model_field])
            if domain is None or not record[field.name]:
                return True
            document = record.env[record[field.model_field]].sudo().browse(record[field.name])
            return not document.exists().filtered_domain(domain)

        return Domain.custom(to_sql=to_sql, predicate=predicate)

    @api.model
    def _visible(self, row, access, in_full=False):
        """What is seen at all, or only what is seen with all its fields."""
        labels = self._seen(row, access, in_full)
        shares = {} if in_full else self._shares(row, access)
        visible = Domain(row.label_field, "in", [False, *sorted(labels)])
        reached = set()
        for shared, owners in (
            (access.own, (access.user_id,)),
            (shares.get("team", ()), access.mates["team"]),
            (shares.get("department", ()), access.mates["department"]),
        ):
            # What he sees whoever owns it is not asked for by owner
            beyond = [label for label in shared if label not in labels]
            if row.owner_field and beyond and owners:
                reached.update(beyond)
                visible |= Domain(row.owner_field, "in", list(owners)) & Domain(
                    row.label_field, "in", beyond
                )
        if not reached:
            return visible
        # Said again without the owners, so that an index leads past all other labels
        return Domain(row.label_field, "in", [False, *sorted(labels | reached)]) & visible

    @api.model
    def _seen(self, row, access, in_full=False):
        """The labels whose records somebody sees whoever owns them."""
        labels = set(access.full)
        if not in_full:
            labels.update(self._shares(row, access).get("company", ()))
            if row.has_card:
                labels.update(access.card)
        return labels

    @api.model
    def _shares(self, row, access):
        """``{scope: labels}``: as the model says, else as the level of each label says."""
        return {row.share_scope: access.own} if row.share_scope else access.shared

    @api.model
    def _exempt(self, model_name):
        """People and companies themselves are no secret: Odoo reads them with every user."""
        if model_name != "res.partner":
            return Domain.FALSE
        return Domain("partner_share", "=", False) | Domain("id", "in", self._company_partners())

    @api.model
    @tools.ormcache()
    def _company_partners(self):
        self.env["res.company"].flush_model(["partner_id"])
        return [
            partner
            for (partner,) in self.env.execute_query(
                SQL("SELECT partner_id FROM res_company ORDER BY partner_id")
            )
        ]
