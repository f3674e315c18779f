# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import api, fields, models
from odoo.exceptions import ValidationError


class SalesContractTerm(models.Model):
    """Something a contract has to say, evaluated from its fields, never from free text.

    A term is answered by the method ``_term_<code>`` of the contract, or simply by a field
    that has to be filled in.
    """

    _name = "sales.contract.term"
    _description = "Contract Term"
    _order = "sequence, id"

    name = fields.Char(required=True, translate=True)
    code = fields.Char(required=True, help="Stable name of the term.")
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    field_name = fields.Char(
        string="Field", help="The field of the contract that has to be filled in."
    )
    description = fields.Text(translate=True)

    _code_uniq = models.Constraint("UNIQUE(code)", "Two terms cannot have the same code.")

    @api.constrains("code", "field_name")
    def _check_evaluated(self):
        Contract = self.env["sales.contract"]
        for term in self:
            if term.field_name:
                if term.field_name not in Contract._fields:
                    raise ValidationError(
                        self.env._("A contract has no field %s.", term.field_name)
                    )
            elif not hasattr(Contract, f"_term_{term.code}"):
                raise ValidationError(
                    self.env._(
                        "Nothing answers the term %(code)s: name the field that has to be filled"
                        " in.",
                        code=term.code,
                    )
                )
