# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from ast import literal_eval

from odoo import api, fields, models, tools
from odoo.exceptions import ValidationError
from odoo.fields import Domain

BATCH = 1000


class ConfidentialityDefault(models.Model):
    """Which records get which level by themselves: by model, tier, type, whatever a filter says.

    Applies to new records at once and to those that exist by a cron in batches. Raises only.
    """

    _name = "confidentiality.default"
    _description = "Default Label"
    _inherit = ["confidentiality.cached"]
    _order = "model_id, sequence, id"
    _changes_on_record = True

    sequence = fields.Integer(default=10)
    model_id = fields.Many2one(
        comodel_name="confidentiality.model",
        string="Protected Model",
        required=True,
        index=True,
        ondelete="cascade",
        domain="[('kind', '=', 'labelled')]",
    )
    model = fields.Char(related="model_id.model")
    domain = fields.Char(string="Applies to", default="[]", required=True)
    level_id = fields.Many2one(
        comodel_name="confidentiality.level", required=True, ondelete="restrict"
    )
    company_id = fields.Many2one(
        comodel_name="res.company", help="Empty: in every company.", index="btree_not_null"
    )
    active = fields.Boolean(default=True)

    @api.depends("model_id", "level_id")
    def _compute_display_name(self):
        for rule in self:
            rule.display_name = f"{rule.model_id.name}: {rule.level_id.name}"

    @api.constrains("domain", "model_id")
    def _check_domain(self):
        for rule in self:
            try:
                Domain(literal_eval(rule.domain)).validate(self.env[rule.model_id.model])
            except (ValueError, SyntaxError, TypeError, KeyError) as error:
                raise ValidationError(
                    self.env._(
                        "%(domain)s is not a filter on %(model)s: %(error)s",
                        domain=rule.domain,
                        model=rule.model_id.name,
                        error=error,
                    )
                ) from error

    def _filter(self):
        """The records to which this rule applies."""
        self.ensure_one()
        domain = Domain(literal_eval(self.domain))
        if self.company_id and "company_id" in self.env[self.model_id.model]._fields:
            domain &= Domain("company_id", "=", self.company_id.id)
        return domain

    @api.model
    @tools.ormcache()
    def _in_use(self):
        """Whether there is any label, or a rule that gives one: without, nothing is asked."""
        labels = self.env["confidentiality.label"].sudo().with_context(active_test=False)
        rules = self.sudo().with_context(active_test=True)
        return bool(labels.search_count([], limit=1) or rules.search_count([], limit=1))

    @api.model
    def _of_model(self, model_name):
        return self.browse(self._ids_by_model().get(model_name, ()))

    @api.model
    @tools.ormcache()
    def _ids_by_model(self):
        found = {}
        for rule in self.sudo().with_context(active_test=True).search([]):
            found.setdefault(rule.model_id.model, []).append(rule.id)
        return found

    @api.model
    def _cron_apply(self):
        """Label what exists, in batches: so a filled database is labelled after installation."""
        self.env["confidentiality.model"]._register_documents()
        rules = self.sudo().search([])
        for rule in rules:
            records = self.env[rule.model_id.model].sudo().with_context(active_test=False)
            label = rule._label()
            # Those whose label says less: neither as high, nor on a list, nor guarded as strictly
            every = self.env["confidentiality.label"].sudo().with_context(active_test=False)
            enough = every.search([]).filtered(lambda each, label=label: each._covers(label)).ids
            lower = Domain(rule.model_id.label_field, "not in", enough)
            domain = rule._filter() & lower
            last = 0
            while batch := records.search(domain & Domain("id", ">", last), limit=BATCH, order="id"):
                last = batch[-1].id
                batch._confidentiality_raise(dict.fromkeys(batch.ids, label))
                self.env["ir.cron"]._commit_progress(len(batch))

    def _label(self):
        """The label that the rule gives: its level, capped, in the category of the model."""
        self.ensure_one()
        level = self.level_id
        if (cap := self.model_id.cap_level_id) and cap.rank < level.rank:
            level = cap
        return self.env["confidentiality.label"]._get(level, self.model_id.category_id)
