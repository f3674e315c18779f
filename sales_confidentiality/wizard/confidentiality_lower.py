# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import api, fields, models
from odoo.exceptions import UserError

_OFFICER = "sales_confidentiality.group_confidentiality_officer"


class ConfidentialityLower(models.TransientModel):
    """A record gets a label: who may write it raises it, the officer changes it with a reason."""

    _name = "confidentiality.lower"
    _description = "Change a Label"

    res_model = fields.Char(required=True)
    res_id = fields.Many2oneReference(model_field="res_model", required=True)
    old_label_id = fields.Many2one(
        comodel_name="confidentiality.label", string="Label now", compute="_compute_choice"
    )
    level_id = fields.Many2one(
        comodel_name="confidentiality.level",
        string="New Level",
        domain="[('id', 'in', level_ids)]",
        help="In the category that the record has, or that its kind of document has.",
    )
    label_id = fields.Many2one(
        comodel_name="confidentiality.label",
        string="Need-to-know List",
        domain="[('id', 'in', label_ids)]",
        help="A list of which you are a member; for the confidentiality officer any label.",
    )
    reason = fields.Text(help="Stays on record. Needed when the label is lowered.")
    is_officer = fields.Boolean(compute="_compute_choice")
    level_ids = fields.Many2many(comodel_name="confidentiality.level", compute="_compute_choice")
    label_ids = fields.Many2many(comodel_name="confidentiality.label", compute="_compute_choice")

    # === COMPUTE METHODS === #

    @api.depends("res_model", "res_id")
    @api.depends_context("uid")
    def _compute_choice(self):
        labels = self.env["confidentiality.label"].search([])
        levels = self.env["confidentiality.level"].search([])
        is_officer = self.env.user.has_group(_OFFICER)
        mine = self.env["confidentiality.grant"]._facts_of(self.env.user)[self.env.uid]["lists"]
        for wizard in self:
            old = labels.browse()
            if wizard.res_model and wizard.res_id:
                old = wizard._record("read").sudo()._confidentiality_label().sudo(False)
            wizard.old_label_id = old
            wizard.is_officer = is_officer
            wizard.level_ids = levels
            wizard.label_ids = labels
            if not is_officer:
                wizard.level_ids = levels.filtered(
                    lambda level, old=old: (
                        not old or not old.is_compartment and level.rank > old.rank
                    )
                )
                wizard.label_ids = labels.filtered(
                    lambda label, old=old: label.id in mine and label._may_follow(old)
                )

    # === ACTION METHODS === #

    def action_apply(self):
        """Give the record the label; its own methods judge the right."""
        self.ensure_one()
        record = self._record("write")
        old = record.sudo()._confidentiality_label()
        label = self._label(old)
        raised = label and label != old and label._may_follow(old)
        if raised and not (self.reason or "").strip():
            record.write({record._confidentiality_field(): label.id})
        elif label or self.is_officer:
            record.action_confidentiality_lower(label.id, self.reason)
        else:
            raise UserError(self.env._("Choose a level or a need-to-know list."))
        return {"type": "ir.actions.act_window_close"}

    def _label(self, old):
        """What was chosen: a label, or a level in the category of the record."""
        labels = self.env["confidentiality.label"].sudo()
        if self.label_id or not self.level_id:
            return self.label_id.sudo()
        category = old.category_id
        if not category:
            row = self.env["confidentiality.model"]._protection().models[self.res_model]
            category = category.browse(row.category_id)
        return labels._get(self.level_id, category)

    def _record(self, operation):
        """The record, if it carries a label and the person may do that with it."""
        if self.res_model not in self.env:
            raise UserError(self.env._("Records of this kind carry no label."))
        record = self.env[self.res_model].browse(self.res_id)
        record._check_carries_label()
        record.check_access(operation)
        return record
