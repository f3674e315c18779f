# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import fields, models


class RegulationApprovalRule(models.Model):
    _inherit = "regulation.approval.rule"

    plan_type_code = fields.Char(
        string="Kind of Plan",
        help="Only for plans of the kind with this code. Empty: for all of them.",
    )
