# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import api, fields, models

from ..models.contract.sales_contract_document import DOCUMENTS


class SalesContractArchiveWizard(models.TransientModel):
    """What a step of the file of a contract asks for; the contract checks it."""

    _name = "sales.contract.archive.wizard"
    _description = "Step of the Contract File"

    contract_id = fields.Many2one(
        comodel_name="sales.contract", required=True, readonly=True, ondelete="cascade"
    )
    step = fields.Selection(
        selection=[
            ("original", "Original back"),
            ("archive", "Archive"),
            ("document", "Document"),
            ("void", "Void"),
        ],
        required=True,
        readonly=True,
    )
    returned_on = fields.Date(string="Came back on", default=fields.Date.context_today)
    place = fields.Char(string="Kept at", help="Room, cabinet, binder.")
    item_ids = fields.Many2many(
        comodel_name="regulation.checklist.item", compute="_compute_item_ids"
    )
    item_id = fields.Many2one(
        comodel_name="regulation.checklist.item",
        string="Document",
        domain="[('id', 'in', item_ids)]",
        ondelete="cascade",
        help="One that the regulation wants in the file.",
    )
    name = fields.Char(string="Other Document", help="If it is none of the list.")
    file = fields.Binary()
    file_name = fields.Char()
    note = fields.Char(string="Remark", help="Number, validity, where the paper is.")
    document_id = fields.Many2one(
        comodel_name="sales.contract.document",
        string="Filed Document",
        readonly=True,
        ondelete="cascade",
    )
    reason = fields.Char()

    @api.depends("contract_id")
    def _compute_item_ids(self):
        for wizard in self:
            contract = wizard.contract_id
            wizard.item_ids = (
                contract.sudo()._checklist_items(DOCUMENTS)[contract.id].ids if contract else False
            )

    def action_apply(self):
        """Take the step."""
        self.ensure_one()
        contract = self.contract_id
        if self.step == "original":
            contract.action_original_back({"on": self.returned_on, "note": self.note})
        elif self.step == "archive":
            contract.action_put_on_file({"place": self.place})
        elif self.step == "document":
            contract.action_file_document(
                {
                    "item_id": self.item_id.id,
                    "name": self.name,
                    "file": self.file,
                    "file_name": self.file_name,
                    "note": self.note,
                }
            )
        else:
            self.document_id.action_void(self.reason)
        return {"type": "ir.actions.act_window_close"}
