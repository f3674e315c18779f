# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import fields, models


class SalesPlanSectionKind(models.Model):
    """What a plan speaks of beside its figures: positioning, pricing, channels... (S4-119)"""

    _name = "sales.plan.section.kind"
    _description = "Section of Plans"
    _order = "sequence, id"

    _code_uniq = models.Constraint("UNIQUE(code)", "Two sections cannot have the same code.")

    name = fields.Char(required=True, translate=True)
    code = fields.Char(required=True)
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    description = fields.Text(
        string="What Belongs into It", translate=True, help="Read by whoever writes the section."
    )
