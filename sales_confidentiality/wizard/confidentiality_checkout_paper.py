# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import fields, models


class ConfidentialityCheckoutPaper(models.TransientModel):
    """The statement that a leaver has signed on paper (S4-051)."""

    _name = "confidentiality.checkout.paper"
    _description = "Record a Signed Statement"

    checkout_id = fields.Many2one(
        comodel_name="confidentiality.checkout", required=True, readonly=True
    )
    paper = fields.Binary(string="Signed Paper", required=True, attachment=False)
    paper_name = fields.Char()

    def action_record(self):
        """Keep it with the check-out."""
        self.ensure_one()
        paper = self.with_context(bin_size=False).paper
        self.checkout_id.action_record_statement(
            paper.decode() if isinstance(paper, bytes) else paper
        )
        return {"type": "ir.actions.act_window_close"}
