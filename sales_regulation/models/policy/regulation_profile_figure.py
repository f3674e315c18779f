# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
import re

from odoo import api, fields, models
from odoo.exceptions import ValidationError

_TARGET = re.compile(r"^(?P<field>\w+)(?:\[(?P<key>\w+)\]\.(?P<column>\w+))?$")


class RegulationProfileFigure(models.Model):
    """A figure of a profile worth pointing at: where it stands, and where it comes from.

    The setup assistant asks for these. The value itself stays in the profile.
    """

    _name = "regulation.profile.figure"
    _description = "Figure of a Profile"
    _inherit = ["regulation.profile.part"]
    _order = "profile_id, sequence, id"

    name = fields.Char(required=True, translate=True)
    sequence = fields.Integer(default=10)
    target = fields.Char(
        required=True,
        help="Field of the profile, or field[code].column for the line of a role or kind in"
        " one of its tables.",
    )
    unit = fields.Char(translate=True)
    origin = fields.Selection(
        selection=[
            ("source", "Given by the source"),
            ("default", "Our default"),
            ("company", "To be filled in"),
        ],
        default="default",
        required=True,
        help="The written regulation does not give every figure: those it leaves open are"
        " defaults of the product, marked so.",
    )
    value = fields.Float(compute="_compute_value", inverse="_inverse_value", digits=(16, 2))

    @api.depends("target")
    def _compute_value(self):
        for figure in self:
            record, name = figure._place()
            figure.value = record[name] if record else 0.0

    def _inverse_value(self):
        for figure in self:
            record, name = figure._place()
            if record:
                record[name] = figure.value

    @api.constrains("target", "profile_id")
    def _check_target(self):
        for figure in self:
            match = _TARGET.match(figure.target or "")
            field = figure.profile_id._fields.get(match["field"]) if match else None
            if field and match["key"]:
                field = self.env[field.comodel_name]._fields.get(match["column"])
            if not field or field.type not in ("float", "integer", "monetary"):
                raise ValidationError(self.env._("%s is no figure of a profile.", figure.target))

    def _place(self):
        """``(record, field name)`` where the value stands; an empty record if the line is gone."""
        self.ensure_one()
        match = _TARGET.match(self.target or "")
        if not match or match["field"] not in self.profile_id._fields:
            return self.profile_id.browse(), ""
        if not match["key"]:
            return self.profile_id, match["field"]
        lines = self.profile_id[match["field"]]
        link = next(
            (name for name in ("role_id", "kind_id", "gate_id") if name in lines._fields), None
        )
        for line in lines:
            if (line[link].code if link else line["code"]) == match["key"]:
                return line, match["column"]
        return lines.browse(), match["column"]
