# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import fields, models


class KaTier(models.Model):
    """A class of customers: key, secondary, general, or whatever a company distinguishes (C08)."""

    _name = "ka.tier"
    _description = "Customer Tier"
    _order = "sequence, id"
    _check_company_auto = True

    _code_uniq = models.UniqueIndex(
        "(code, COALESCE(company_id, 0))", "Two tiers of a company cannot have one code."
    )

    name = fields.Char(required=True, translate=True)
    code = fields.Char(required=True)
    sequence = fields.Integer(default=10, help="The most important first.")
    active = fields.Boolean(default=True)
    company_id = fields.Many2one(
        comodel_name="res.company", index=True, help="Empty: for all companies."
    )
    description = fields.Text(translate=True)
