# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import fields, models


class SalesContractWizard(models.TransientModel):
    """What a step of a contract asks for; the contract checks it."""

    _name = "sales.contract.wizard"
    _description = "Step of a Contract"

    contract_id = fields.Many2one(
        comodel_name="sales.contract", required=True, readonly=True, ondelete="cascade"
    )
    step = fields.Selection(
        selection=[("reconfirm", "Reconfirm"), ("sign", "Sign"), ("cancel", "Cancel")],
        required=True,
        readonly=True,
    )
    reconfirmed_with = fields.Char(
        string="Confirmed by", help="Who confirmed the terms on the customer's side, and how."
    )
    signer_name = fields.Char(string="Signed by", help="Who signed for the customer.")
    signed_on = fields.Date(string="Signed on", default=fields.Date.context_today)
    scan = fields.Binary(string="Signed Paper", help="The scan of the signed contract.")
    scan_name = fields.Char()
    reason = fields.Text()

    def action_apply(self):
        """Take the step."""
        self.ensure_one()
        contract = self.contract_id
        if self.step == "reconfirm":
            contract.action_reconfirm({"with": self.reconfirmed_with})
        elif self.step == "sign":
            contract.action_sign(
                {
                    "signer_name": self.signer_name,
                    "signed_on": self.signed_on,
                    "scan": self.scan,
                    "scan_name": self.scan_name,
                }
            )
        else:
            contract.action_cancel(self.reason)
        return {"type": "ir.actions.act_window_close"}
