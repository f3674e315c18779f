# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import api, fields, models


class DispatchReceiptWizard(models.TransientModel):
    """Records the signed receipt or the third copy, or corrects what was recorded."""

    _name = "dispatch.receipt.wizard"
    _description = "Record a Receipt"

    notice_id = fields.Many2one(comodel_name="dispatch.notice", required=True)
    kind = fields.Selection(
        selection=[("receipt", "Signed receipt"), ("copy", "Third copy back")],
        required=True,
        default="receipt",
    )
    date = fields.Date(required=True, default=fields.Date.context_today, help="Date on the paper.")
    receiver_name = fields.Char(string="Received by")
    acceptance = fields.Selection(
        selection=[
            ("accepted", "Accepted"),
            ("remarks", "Accepted with remarks"),
            ("objection", "Objection"),
            ("refused", "Refused"),
        ],
        default="accepted",
    )
    line_ids = fields.One2many(
        comodel_name="dispatch.receipt.wizard.line",
        inverse_name="wizard_id",
        string="Quantities",
        compute="_compute_line_ids",
        store=True,
        readonly=False,
        help="Only what was refused or is missing; everything else counts as accepted.",
    )
    note = fields.Text(string="Remarks")
    signature = fields.Image(
        compute="_compute_signature",
        store=True,
        readonly=False,
        max_width=1024,
        max_height=1024,
        help="Signed on the screen; taken from the transfer if it was signed there.",
    )
    scan = fields.Binary(help="Photo or scan of the signed delivery note.")
    scan_name = fields.Char()
    corrects_id = fields.Many2one(
        comodel_name="dispatch.receipt",
        compute="_compute_corrects_id",
        help="The entry that this one replaces.",
    )
    reason = fields.Char(string="Reason of the Correction")

    @api.depends("notice_id")
    def _compute_line_ids(self):
        for wizard in self:
            wizard.line_ids = [
                fields.Command.clear(),
                *(
                    fields.Command.create({"notice_line_id": line.id})
                    for line in wizard.notice_id.line_ids
                ),
            ]

    @api.depends("notice_id", "kind")
    def _compute_signature(self):
        for wizard in self:
            if wizard.kind == "receipt":
                wizard.signature = wizard.notice_id.sudo().picking_id.signature
            else:
                wizard.signature = False

    @api.depends("notice_id", "kind")
    def _compute_corrects_id(self):
        for wizard in self:
            wizard.corrects_id = wizard.notice_id.receipt_ids.filtered(
                lambda row, kind=wizard.kind: row.kind == kind and not row.corrected_ids
            )[:1]

    def action_apply(self):
        """Record it; the notice checks who may and what is missing."""
        self.ensure_one()
        values = {name: self[name] for name in ("kind", "date", "reason")}
        if self.kind == "receipt":
            values.update(
                {name: self[name] for name in ("receiver_name", "acceptance", "note", "signature")}
            )
            values["lines"] = [
                {
                    "line_id": line.notice_line_id.id,
                    "refused": line.refused_qty,
                    "missing": line.missing_qty,
                    "cause": line.cause,
                    "note": line.note,
                }
                for line in self.line_ids
                if line.refused_qty or line.missing_qty
            ]
        values.update({"scan": self.scan, "scan_name": self.scan_name})
        values["corrects_id"] = self.corrects_id.id
        self.notice_id.action_record_receipt(values)
        return {"type": "ir.actions.act_window_close"}
