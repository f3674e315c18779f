# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import api, fields, models
from odoo.fields import Command


class ConfidentialityPreview(models.TransientModel):
    """Who can see this, and why; what can this person see, and why (C50)."""

    _name = "confidentiality.preview"
    _description = "Who can see what, and why"

    title = fields.Char(readonly=True)
    line_ids = fields.One2many(
        comodel_name="confidentiality.preview.line", inverse_name="preview_id", readonly=True
    )

    @api.model
    def _open_record(self, record):
        label = record.sudo()._confidentiality_label()
        return self._open(
            self.env._(
                "%(document)s - %(label)s",
                document=record.display_name,
                label=label.name or self.env._("no label"),
            ),
            [
                {"name": user.name, "in_full": in_full, "reason": reason}
                for user, in_full, reason in record._confidentiality_viewers()
            ],
        )

    @api.model
    def _open_user(self, user):
        return self._open(
            user.name,
            [
                {"name": label.name, "in_full": in_full, "reason": reason}
                for label, in_full, reason in user._confidentiality_reasons()
            ],
        )

    @api.model
    def _open(self, title, lines):
        preview = self.sudo().create(
            {"title": title, "line_ids": [Command.create(line) for line in lines]}
        )
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Who can see what, and why"),
            "res_model": self._name,
            "res_id": preview.id,
            "view_mode": "form",
            "target": "new",
        }
