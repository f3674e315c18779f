# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError


class ConfidentialityReason(models.TransientModel):
    """Why somebody prints a classified record; it goes to the access log with the print."""

    _name = "confidentiality.reason"
    _description = "Reason to Print"
    _inherit = ["regulation.sealed"]

    _sealed_fields = frozenset({"user_id", "at"})

    res_model = fields.Char(required=True)
    res_id = fields.Many2oneReference(model_field="res_model", required=True)
    reason = fields.Char(required=True)
    user_id = fields.Many2one(
        comodel_name="res.users", readonly=True, default=lambda self: self.env.user
    )
    at = fields.Datetime(readonly=True, default=fields.Datetime.now)

    def action_note(self):
        """Note the reason: what is printed of the record in the next minutes carries it (S4-048).

        :raise AccessError: if the person may not read the record
        :raise UserError: without a reason in words
        """
        self.ensure_one()
        self.env[self.res_model].browse(self.res_id).check_access("read")
        if not (self.reason or "").strip():
            raise UserError(self.env._("Say why it is printed."))
        return {"type": "ir.actions.act_window_close"}

    @api.model
    def _given(self, records, minutes):
        """``{record id: reason}`` that the current person gave in the last ``minutes``."""
        rows = self.sudo().search_fetch(
            [
                ("user_id", "=", self.env.uid),
                ("create_uid", "=", self.env.uid),
                ("res_model", "=", records._name),
                ("res_id", "in", records.ids),
                ("at", ">=", fields.Datetime.now() - timedelta(minutes=minutes)),
            ],
            ["res_id", "reason"],
            order="id",
        )
        return {row.res_id: row.reason for row in rows if (row.reason or "").strip()}
