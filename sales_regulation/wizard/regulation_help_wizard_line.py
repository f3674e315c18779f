# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import fields, models
from odoo.exceptions import UserError


class RegulationHelpWizardLine(models.TransientModel):
    """One reason why the document is stopped."""

    _name = "regulation.help.wizard.line"
    _description = "What Stops a Document"

    wizard_id = fields.Many2one(
        comodel_name="regulation.help.wizard", required=True, ondelete="cascade", index=True
    )
    gate_id = fields.Many2one(comodel_name="regulation.gate", required=True, readonly=True)
    mode = fields.Selection(
        selection=[("observe", "Noted"), ("enforce", "Stopped")], readonly=True
    )
    reason = fields.Char(readonly=True)
    missing = fields.Text(readonly=True)
    clauses = fields.Char(readonly=True)
    helpers = fields.Char(string="Who Can Help", readonly=True)
    approval = fields.Char(readonly=True)
    amount = fields.Monetary(string="Short", readonly=True)
    currency_id = fields.Many2one(comodel_name="res.currency", readonly=True)
    waiting = fields.Char(string="Waiting for", readonly=True)
    released = fields.Boolean(readonly=True)
    can_approval = fields.Boolean(readonly=True)
    can_release = fields.Boolean(readonly=True)
    remedy = fields.Char(readonly=True, help="What the reader may do about it himself.")

    def action_remedy(self):
        """Open what supplies what is missing: the payments of the order, a request."""
        self.ensure_one()
        remedies = self.wizard_id._document()._gate_remedies()
        if self.gate_id.code not in remedies:
            raise UserError(self.env._("There is nothing that you can do about it here."))
        _label, record, method = remedies[self.gate_id.code]
        action = getattr(record, method)()
        # The lists that lead here may forbid creating, which the client would hand on
        action["context"] = {**action.get("context", {}), "create": True}
        return action

    def action_request_approval(self):
        """Ask for the approval that would open the gate."""
        self.ensure_one()
        wizard = self.wizard_id
        refusal = wizard._refusal(self.gate_id)
        if not refusal.approval:
            raise UserError(self.env._("No approval opens this gate."))
        wizard._document().action_request_approval(refusal.approval, wizard.reason or "")
        return wizard._closed(self.env._("Submitted for approval."))

    def action_request_release(self):
        """Ask for a special release of this document at this gate (特批)."""
        self.ensure_one()
        wizard = self.wizard_id
        document = wizard._document()
        refusal = wizard._refusal(self.gate_id)
        if not (wizard.reason or "").strip():
            raise UserError(self.env._("A special release needs a reason."))
        currency = wizard.currency_id or refusal.currency or self.env.company.currency_id
        self.env["regulation.release"].create(
            {
                "gate_id": self.gate_id.id,
                "res_model": document._name,
                "res_id": document.id,
                "reason": wizard.reason,
                "amount": wizard.amount,
                "currency_id": currency.id,
                "expires_at": wizard.expires_at,
            }
        )
        return wizard._closed(self.env._("The special release was asked for."))
