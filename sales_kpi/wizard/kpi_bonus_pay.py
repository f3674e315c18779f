# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import fields, models


class KpiBonusPay(models.TransientModel):
    """Asks finance for the reference of the payment or the payroll run."""

    _name = "kpi.bonus.pay"
    _description = "Pay Bonus"

    sheet_id = fields.Many2one(comodel_name="kpi.bonus.sheet", required=True, readonly=True)
    reference = fields.Char(help="Of the payment or the payroll run.")

    def action_pay(self):
        self.ensure_one()
        return self.sheet_id.action_pay(self.reference or "")
