# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import api, fields, models, tools
from odoo.exceptions import UserError


class RegulationGate(models.Model):
    """A registered check. A profile sets it to off, observe or enforce.

    The check itself is the method ``_gate_<code>`` of each document model it guards.
    """

    _name = "regulation.gate"
    _description = "Regulation Gate"
    _order = "sequence, id"

    name = fields.Char(required=True, translate=True)
    code = fields.Char(required=True)
    sequence = fields.Integer(default=10)
    description = fields.Text(translate=True, help="What it demands, for administrators.")
    capability = fields.Char(help="Capability of the product that it carries out.")
    default_release_role_id = fields.Many2one(
        comodel_name="regulation.role",
        string="Released by",
        help="Who may let one document pass, unless the profile names another role."
        " Empty: nobody, there is no special release.",
    )
    point_ids = fields.One2many(
        comodel_name="regulation.gate.point", inverse_name="gate_id", string="Guarded Steps"
    )

    _code_uniq = models.Constraint("UNIQUE(code)", "Two gates cannot have the same code.")

    def write(self, vals):
        # Guards and profiles know a gate by its code: another code would open it unseen
        if "code" in vals and not self.env.su and any(gate.code != vals["code"] for gate in self):
            raise UserError(self.env._("The technical code of a gate is fixed."))
        self.env.registry.clear_cache("stable")
        return super().write(vals)

    @api.model
    @tools.ormcache("model", "stage", "self.env.lang", cache="stable")
    def _of(self, model, stage):
        """``((code, name), ...)`` of the gates of a step of a model, in order."""
        points = (
            self.env["regulation.gate.point"]
            .sudo()
            .search([("model", "=", model), ("stage", "=", stage)])
        )
        gates = points.gate_id.sorted(lambda gate: (gate.sequence, gate.id))
        return tuple((gate.code, gate.name) for gate in gates)
