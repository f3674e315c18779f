# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import api, fields, models
from odoo.exceptions import ValidationError


class SalesPlanIndicator(models.Model):
    """What a target is of: sales amount, quantity, collection, new customers... (C36)

    The code joins a target to whatever counts what was reached: the trunk counts what it
    stores itself (see ``sales.plan._actual_sources``), whoever scores people the rest.
    """

    _name = "sales.plan.indicator"
    _description = "Indicator of Plans"
    _order = "sequence, id"

    _code_uniq = models.Constraint("UNIQUE(code)", "Two indicators cannot have the same code.")

    name = fields.Char(required=True, translate=True)
    code = fields.Char(required=True, help="By which what was reached is found.")
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    unit = fields.Selection(
        selection=[
            ("currency", "Money"),
            ("quantity", "Quantity"),
            ("count", "Number"),
            ("percent", "Percent"),
        ],
        default="currency",
        required=True,
    )
    additive = fields.Boolean(
        string="Adds up",
        default=True,
        help="The parts make up the whole: the targets of the teams that of the company.",
    )
    description = fields.Text(
        string="Definition", translate=True, help="What counts, and when. Printed with the plan."
    )

    @api.constrains("unit", "additive")
    def _check_additive(self):
        for indicator in self:
            if indicator.additive and indicator.unit == "percent":
                raise ValidationError(self.env._("%s: percentages do not add up.", indicator.name))

    def _rounding(self, company):
        """Digits after the point that its amounts have."""
        self.ensure_one()
        if self.unit == "currency":
            return company.currency_id.decimal_places
        return {"count": 0, "percent": 2}.get(
            self.unit, self.env["decimal.precision"].precision_get("Product Unit")
        )
