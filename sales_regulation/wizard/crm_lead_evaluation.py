# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import fields, models


class CrmLeadEvaluation(models.TransientModel):
    """Asks for size and probability of an opportunity. The lead checks everything."""

    _name = "crm.lead.evaluation"
    _description = "Evaluation of an Opportunity"

    lead_id = fields.Many2one(comodel_name="crm.lead", required=True)
    currency_id = fields.Many2one(related="lead_id.company_currency")
    size = fields.Monetary(help="Untaxed volume that the opportunity may bring.")
    probability = fields.Float(
        string="Probability (%)", digits=(16, 2), help="How likely it is that we win it."
    )
    opinion = fields.Text(help="Needed if it does not enter the process.")

    def action_approve(self):
        """The opportunity enters the process, in the caller's own name."""
        self.ensure_one()
        self.lead_id.action_evaluate({"size": self.size, "probability": self.probability})
        self._approval().action_approve(self.opinion or "")
        return {"type": "ir.actions.act_window_close"}

    def action_refuse(self):
        """It does not."""
        self.ensure_one()
        self._approval().action_refuse(self.opinion or "")
        return {"type": "ir.actions.act_window_close"}

    def _approval(self):
        return self.env["regulation.approval"]._waiting_for_me(self.lead_id, "opportunity_entry")
