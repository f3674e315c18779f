# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import fields, models


class KpiConductKind(models.Model):
    """What people do that a regulation counts or sanctions: late, left early, absent..."""

    _name = "kpi.conduct.kind"
    _description = "Kind of Conduct"
    _order = "sequence, id"

    _code_uniq = models.Constraint("UNIQUE(code)", "The code of a kind of conduct is unique.")

    name = fields.Char(required=True, translate=True)
    code = fields.Char(required=True)
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
