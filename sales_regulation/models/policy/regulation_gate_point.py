# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import api, fields, models
from odoo.exceptions import ValidationError


class RegulationGatePoint(models.Model):
    """Where a gate stands: a step of a document."""

    _name = "regulation.gate.point"
    _description = "Guarded Step"
    _order = "gate_id, id"

    gate_id = fields.Many2one(
        comodel_name="regulation.gate", required=True, ondelete="cascade", index=True
    )
    model = fields.Char(string="Document Model", required=True)
    stage = fields.Char(required=True, help="The step it guards: send, confirm, issue, ship, ...")

    _point_uniq = models.Constraint(
        "UNIQUE(gate_id, model, stage)", "A gate stands once at a step of a document."
    )

    @api.constrains("gate_id", "model")
    def _check_method(self):
        for point in self:
            model = self.env.get(point.model)
            if model is None or not hasattr(model, f"_gate_{point.gate_id.code}"):
                raise ValidationError(
                    self.env._(
                        "%(model)s has no method _gate_%(code)s.",
                        model=point.model,
                        code=point.gate_id.code,
                    )
                )

    @api.model_create_multi
    def create(self, vals_list):
        self.env.registry.clear_cache("stable")
        return super().create(vals_list)

    def write(self, vals):
        self.env.registry.clear_cache("stable")
        return super().write(vals)

    @api.ondelete(at_uninstall=True)
    def _unlink_clear_cache(self):
        self.env.registry.clear_cache("stable")
