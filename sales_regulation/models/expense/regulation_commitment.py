# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import api, models
from odoo.tools import SQL

from ...tools import Commitment


class RegulationCommitment(models.AbstractModel):
    _inherit = "regulation.commitment"

    @api.model
    def _commitment_expense_budget(self, keys):
        """Budget lines, keys are ``(line id,)``: what was used before, approved claims (posted and
        paid ones among them), and what open approved applications still reserve. In the currency
        of the company, tax included."""
        ids = [key[0] for key in keys]
        lines = self.env["sales.budget.line"].browse(ids)
        for name in ("sales.budget.line", "expense.application", "hr.expense"):
            self.env[name].flush_model()
        figures = {
            row[0]: row[1:]
            for row in self.env.execute_query(
                SQL(
                    """
                    SELECT line.id,
                           line.amount,
                           COALESCE(line.used_before, 0)
                           + COALESCE((SELECT SUM(claim.total_amount)
                                         FROM hr_expense claim
                                        WHERE claim.budget_line_id = line.id
                                          AND claim.approval_state = 'approved'), 0)
                           + COALESCE((SELECT SUM(GREATEST(app.amount - COALESCE(
                                              (SELECT SUM(claim.total_amount)
                                                 FROM hr_expense claim
                                                WHERE claim.application_id = app.id
                                                  AND claim.approval_state = 'approved'), 0), 0))
                                         FROM expense_application app
                                        WHERE app.budget_line_id = line.id
                                          AND app.state = 'approved'), 0)
                      FROM sales_budget_line line
                     WHERE line.id = ANY(%s)
                    """,
                    ids,
                )
            )
        }
        currency = {line.id: line.currency_id for line in lines}
        return {
            key: Commitment(
                limit=float(figures[key[0]][0] or 0.0),
                used=float(figures[key[0]][1] or 0.0),
                currency=currency[key[0]],
            )
            for key in keys
            if key[0] in figures
        }
