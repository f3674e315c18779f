# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import fields, models


class CustomerReferralWizard(models.TransientModel):
    """Asks who referred customers. Their registration checks everything (S4-095)."""

    _name = "customer.referral.wizard"
    _description = "Register a Referred Customer"

    partner_ids = fields.Many2many(comodel_name="res.partner", string="Customers", required=True)
    referrer_id = fields.Many2one(
        comodel_name="res.partner", string="Referred by", required=True
    )
    referrer_present = fields.Boolean(
        string="Came along", help="The customer who referred this one was there in person."
    )

    def action_confirm(self):
        """Register them in the caller's own name.

        :raise UserError: if one is registered for somebody else
        """
        self.ensure_one()
        self.partner_ids.action_register_customer(self.referrer_id.id, self.referrer_present)
        return {"type": "ir.actions.act_window_close"}
