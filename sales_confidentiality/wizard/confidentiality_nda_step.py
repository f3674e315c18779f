# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import fields, models


class ConfidentialityNdaStep(models.TransientModel):
    """Asks what a step of an agreement needs. The agreement checks everything."""

    _name = "confidentiality.nda.step"
    _description = "Step of a Confidentiality Agreement"

    nda_id = fields.Many2one(
        comodel_name="confidentiality.nda", required=True, readonly=True, ondelete="cascade"
    )
    text = fields.Html(related="nda_id.text")
    asks_conflict = fields.Boolean(compute="_compute_asks_conflict", compute_sudo=True)
    signer_name = fields.Char(string="Full Name")
    signature = fields.Binary(attachment=False)
    conflict = fields.Selection(
        selection=[("none", "I have none"), ("declared", "I declare the following")],
        string="Conflicts of Interest",
    )
    conflict_text = fields.Text(string="Which")
    signed_on = fields.Date(default=fields.Date.context_today)
    scan = fields.Binary(string="Scan", attachment=False)
    scan_name = fields.Char()
    reason = fields.Text(help="Why: it stays on record.")

    def _compute_asks_conflict(self):
        for step in self:
            step.asks_conflict = step.nda_id.template_id._asks_conflict()

    def action_sign(self):
        """Sign in the caller's own name."""
        self.ensure_one()
        self.nda_id.action_sign(
            {
                "signer_name": self.signer_name,
                "signature": self.signature,
                "conflict": self.conflict,
                "conflict_text": self.conflict_text,
            }
        )
        return {"type": "ir.actions.act_window_close"}

    def action_register_paper(self):
        """Confirm the paper."""
        self.ensure_one()
        self.nda_id.action_register_paper(
            {
                "signer_name": self.signer_name,
                "signed_on": self.signed_on,
                "scan": self.scan,
                "scan_name": self.scan_name,
                "conflict": self.conflict,
                "conflict_text": self.conflict_text,
            }
        )
        return {"type": "ir.actions.act_window_close"}

    def action_revoke(self):
        """Revoke with the reason."""
        self.ensure_one()
        self.nda_id.action_revoke(self.reason)
        return {"type": "ir.actions.act_window_close"}
