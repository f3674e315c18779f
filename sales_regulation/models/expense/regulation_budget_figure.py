# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import api, fields, models


class RegulationBudgetFigure(models.Model):
    """A yearly budget line that the written regulation names (S1-30, S1-31, S1-33).

    A budget takes these over as its first proposal; what is approved is the budget.
    """

    _name = "regulation.budget.figure"
    _description = "Yearly Budget Line of a Profile"
    _inherit = ["regulation.profile.part"]
    _order = "profile_id, sequence, id"
    _rec_name = "category_id"

    _amount = models.Constraint("CHECK(amount >= 0)", "A yearly amount cannot be negative.")
    _category_uniq = models.Constraint(
        "UNIQUE(profile_id, category_id)", "A regulation names one yearly amount of a category."
    )

    sequence = fields.Integer(default=10)
    category_id = fields.Many2one(
        comodel_name="sales.budget.category", required=True, ondelete="restrict"
    )
    amount = fields.Float(
        string="Amount a Year",
        digits=(16, 2),
        help="In the currency of the company, tax included.",
    )
    clause_codes = fields.Char(
        string="Clauses", help="Codes of the clauses it carries out, comma separated."
    )

    @api.model
    def _of(self, policy):
        """The lines of the most specific of the profiles that name some."""
        rows = self.sudo().search([("profile_id", "in", policy.profile_ids)])
        for profile_id in policy.profile_ids:
            if found := rows.filtered(lambda row, p=profile_id: row.profile_id.id == p):
                return found
        return rows
