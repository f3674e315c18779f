# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import fields, models
from odoo.exceptions import UserError


class ConfidentialityLower(models.TransientModel):
    """The officer gives a record another label, with a reason."""

    _name = "confidentiality.lower"
    _description = "Change a Label"

    res_model = fields.Char(required=True)
    res_id = fields.Many2oneReference(model_field="res_model", required=True)
    label_id = fields.Many2one(comodel_name="confidentiality.label", string="New Label")
    reason = fields.Text(required=True)

    def action_apply(self):
        """Apply the label; the record's own method judges the right."""
        self.ensure_one()
        row = self.env["confidentiality.model"]._protection().models.get(self.res_model)
        if row is None or row.paths or not row.label_field:
            raise UserError(self.env._("Records of this kind carry no label."))
        record = self.env[self.res_model].browse(self.res_id)
        record.action_confidentiality_lower(self.label_id.id, self.reason)
        return {"type": "ir.actions.act_window_close"}
