# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import SUPERUSER_ID, api, fields, models, tools
from odoo.exceptions import UserError, ValidationError


class RegulationApprovalKind(models.Model):
    """What is approved: an order's review, a price, a contract, a plan..."""

    _name = "regulation.approval.kind"
    _description = "Kind of Approval"
    _order = "sequence, id"

    name = fields.Char(required=True, translate=True)
    code = fields.Char(required=True, help="Stable name by which rules and documents refer to it.")
    model = fields.Char(
        string="Document Model", help="Empty: any document under approval may ask for it."
    )
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    description = fields.Text(translate=True)
    acknowledgement = fields.Boolean(
        string="Is an Acknowledgement",
        help="Everybody covered confirms that he has read it; nobody returns or refuses it (確認).",
    )

    _code_uniq = models.Constraint("UNIQUE(code)", "Two kinds cannot have the same code.")

    @api.constrains("model")
    def _check_model(self):
        for kind in self.filtered("model"):
            model = self.env.get(kind.model)
            if model is None or not hasattr(model, "_request_approval"):
                raise ValidationError(
                    self.env._("%(model)s is no document under approval.", model=kind.model)
                )

    @api.model
    def _code(self, code):
        """The kind with this code.

        :raise ValidationError: if there is none
        """
        kind = self.sudo().browse(self._id_by_code(code))
        if not kind:
            raise ValidationError(self.env._("There is no approval of kind %(code)s.", code=code))
        return kind

    @api.model
    @tools.ormcache("code", cache="stable")
    def _id_by_code(self, code):
        return self.sudo().search([("code", "=", code)], limit=1).id

    @api.model
    @tools.ormcache("kind_id", cache="stable")
    def _code_by_id(self, kind_id):
        return self.sudo().browse(kind_id).code

    @api.model_create_multi
    def create(self, vals_list):
        self.env.registry.clear_cache("stable")
        return super().create(vals_list)

    #: what makes it this kind, and no other: fixed once it is used
    _fixed_fields = frozenset({"code", "model", "acknowledgement"})

    def write(self, vals):
        if self.env.uid != SUPERUSER_ID:
            changed = self.filtered(
                lambda kind: any(
                    (kind[name] or False) != (vals[name] or False)
                    for name in self._fixed_fields & set(vals)
                )
            )
            changed._check_unused()
        self.env.registry.clear_cache("stable")
        return super().write(vals)

    def _check_unused(self):
        """What is approved under one code is not approved under another."""
        for model in ("regulation.approval", "regulation.approval.rule"):
            if self and self.env[model].sudo().search_count([("kind_id", "in", self.ids)], limit=1):
                raise UserError(
                    self.env._(
                        "The technical code, the document and the nature of an approval are fixed"
                        " once it is used."
                    )
                )

    @api.ondelete(at_uninstall=True)
    def _unlink_clear_cache(self):
        self.env.registry.clear_cache("stable")
