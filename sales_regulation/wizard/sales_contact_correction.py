# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import fields, models


class SalesContactCorrection(models.TransientModel):
    """Asks why contacts are taken back."""

    _name = "sales.contact.correction"
    _description = "Take Back Contacts"

    contact_ids = fields.Many2many(comodel_name="sales.contact", string="Contacts", required=True)
    reason = fields.Text(required=True)

    def action_apply(self):
        """Make the counter-entries; the contacts check who may."""
        self.ensure_one()
        self.contact_ids.action_correct(self.reason)
        return {"type": "ir.actions.act_window_close"}
