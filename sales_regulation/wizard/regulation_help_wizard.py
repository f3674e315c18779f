# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import api, fields, models
from odoo.exceptions import UserError


class RegulationHelpWizard(models.TransientModel):
    """What stops the next step of a document, and how to ask for what would open it.

    The lines are for reading: whatever is asked for is found again from the document.
    """

    _name = "regulation.help.wizard"
    _description = "Help with a Stopped Document"

    res_model = fields.Char(string="Document Model", required=True, readonly=True)
    res_id = fields.Many2oneReference(
        string="Document", model_field="res_model", required=True, readonly=True
    )
    name = fields.Char(string="Document Name", compute="_compute_name")
    reason = fields.Text(help="Why it is needed: those who decide read it.")
    amount = fields.Monetary(
        string="Let Pass at Most",
        help="For a release: the shortage that is let pass, at most. 0: whatever is short."
    )
    currency_id = fields.Many2one(comodel_name="res.currency")
    expires_at = fields.Datetime(
        string="Valid until", help="For a release. Empty: until it is used."
    )
    line_ids = fields.One2many(
        comodel_name="regulation.help.wizard.line", inverse_name="wizard_id", readonly=True
    )
    can_release = fields.Boolean(compute="_compute_can_release")

    @api.depends("res_model", "res_id")
    def _compute_name(self):
        for wizard in self:
            wizard.name = wizard._document().display_name

    @api.depends("line_ids.can_release")
    def _compute_can_release(self):
        for wizard in self:
            wizard.can_release = any(wizard.line_ids.mapped("can_release"))

    def _document(self):
        """The document, which the caller may read.

        :raise UserError, AccessError: if it is none of ours or not his to read
        """
        self.ensure_one()
        model = self.env.get(self.res_model)
        if model is None or not hasattr(model, "_gate_banner_refusals"):
            raise UserError(self.env._("This document is not under the regulation."))
        document = model.browse(self.res_id).exists()
        if not document:
            raise UserError(self.env._("The document does not exist any more."))
        document.check_access("read")
        return document

    def _fill(self):
        """List what stops the next step."""
        document = self._document()
        remedies = document._gate_remedies()
        lines = []
        short = []
        for refusal in document._gate_banner_refusals():
            gate = self.env["regulation.gate"].sudo().search([("code", "=", refusal.gate)])
            snapshot = self.env["regulation.profile"].sudo()._snapshot(refusal.profile_id)
            role_id = snapshot["gates"][refusal.gate]["release_role_id"]
            waiting = self._waiting(document, refusal)
            enforced = refusal.mode == "enforce" and not refusal.release_id
            lines.append(
                fields.Command.create(
                    {
                        "gate_id": gate.id,
                        "mode": refusal.mode,
                        "reason": refusal.reason,
                        "missing": "\n".join(refusal.missing),
                        "clauses": ", ".join(refusal.clauses),
                        "helpers": ", ".join(refusal.helpers),
                        "approval": refusal.approval,
                        "amount": refusal.amount,
                        "currency_id": refusal.currency.id if refusal.currency else False,
                        "waiting": waiting,
                        "released": bool(refusal.release_id),
                        "can_approval": bool(
                            refusal.approval
                            and not waiting
                            and hasattr(document, "_request_approval")
                        ),
                        "can_release": bool(enforced and role_id),
                        "remedy": remedies.get(refusal.gate, [False])[0],
                    }
                )
            )
            if refusal.currency and refusal.amount:
                self.currency_id = refusal.currency
                if enforced and role_id:
                    short.append(refusal.amount)
        self.line_ids = [fields.Command.clear(), *lines]
        # Nothing is let pass by accident: what is short now, unless somebody asks for more
        self.amount = short[0] if len(short) == 1 else 0.0

    def _waiting(self, document, refusal):
        """For whom the approval that would open the gate waits already."""
        if not refusal.approval:
            return False
        approval = (
            self.env["regulation.approval"]
            .sudo()
            .search(
                [
                    ("res_model", "=", document._name),
                    ("res_id", "=", document.id),
                    ("kind_id.code", "=", refusal.approval),
                    ("state", "=", "pending"),
                ],
                limit=1,
            )
        )
        if not approval:
            return False
        return approval.waiting_for or self.env._("an approver to be found")

    def _refusal(self, gate):
        """What this gate says now."""
        for refusal in self._document()._gate_banner_refusals():
            if refusal.gate == gate.code:
                return refusal
        raise UserError(self.env._("This gate does not stop the document any more."))

    def _closed(self, message):
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "success",
                "message": message,
                "next": {"type": "ir.actions.act_window_close"},
            },
        }
