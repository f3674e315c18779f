# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
import base64
import binascii
import hashlib

from odoo import api, fields, models
from odoo.exceptions import UserError

from ...tools import engine

#: the checklist of the profile that names the documents
DOCUMENTS = "contract_documents"


class SalesContractDocument(models.Model):
    """A document in the file of a contract: licence, authorisation, annex, settlement sheet.

    Never replaced: a newer one stands beside it as the next version; one that was filed by
    mistake is declared void and stays (S0-81, S4-156, S4-221).
    """

    _name = "sales.contract.document"
    _description = "Contract Document"
    _inherit = ["regulation.sealed"]
    _order = "contract_id, code, number desc, id desc"
    _append_only = True

    contract_id = fields.Many2one(
        comodel_name="sales.contract", required=True, readonly=True, index=True, ondelete="restrict"
    )
    company_id = fields.Many2one(related="contract_id.company_id", store=True, index=True)
    code = fields.Char(readonly=True, help="Item of the checklist; empty: another document.")
    name = fields.Char(string="Document", required=True, readonly=True)
    number = fields.Integer(
        string="Version", readonly=True, help="Of this kind of document in this contract."
    )
    file = fields.Binary(
        readonly=True, attachment=True, help="Without a file it is in the paper file only."
    )
    file_name = fields.Char(readonly=True)
    file_hash = fields.Char(string="SHA-256 of the File", readonly=True)
    note = fields.Char(string="Remark", readonly=True, help="Number, validity, where it stands.")
    at = fields.Datetime(string="Filed at", required=True, readonly=True)
    user_id = fields.Many2one(
        comodel_name="res.users", string="Filed by", readonly=True, ondelete="restrict"
    )
    void_reason = fields.Char(string="Void because", readonly=True)
    voided_at = fields.Datetime(readonly=True)
    voided_by_id = fields.Many2one(comodel_name="res.users", readonly=True, ondelete="restrict")

    def action_void(self, reason):
        """Declare a document void that does not belong here; it stays.

        :param str reason: why
        """
        self.check_access("read")
        reason = str(reason or "").strip()
        if not reason:
            raise UserError(self.env._("Say why: the reason is missing."))
        for contract in self.contract_id:
            contract._check_archivist()
        open_ones = self.sudo().filtered(lambda document: not document.voided_at)
        engine(open_ones).write(
            {
                "void_reason": reason,
                "voided_at": fields.Datetime.now(),
                "voided_by_id": self.env.uid,
            }
        )
        for document in open_ones:
            document.contract_id._record_contract("contract_document_void")

    def action_open_void(self):
        """Ask for the reason."""
        self.ensure_one()
        return self.contract_id._open_archive_step("void", document_id=self.id)


class SalesContract(models.Model):
    """The file of a contract: what has to be in it is data of the profile."""

    _inherit = "sales.contract"

    document_ids = fields.One2many(
        comodel_name="sales.contract.document",
        inverse_name="contract_id",
        string="Documents",
        readonly=True,
    )
    missing_documents = fields.Char(
        string="Documents missing",
        compute="_compute_documents",
        compute_sudo=True,
        help="Required by the regulation and not in the file yet.",
    )
    document_progress = fields.Char(
        string="Documents filed", compute="_compute_documents", compute_sudo=True
    )

    # === COMPUTE METHODS === #

    @api.depends("type_id", "document_ids.voided_at")
    def _compute_documents(self):
        """For lists too: the same number of queries for one and for eighty contracts."""
        self.missing_documents = False
        self.document_progress = False
        if not self.env["regulation.profile"]._regulated_companies():
            return
        real = self._origin
        items = real._checklist_items(DOCUMENTS)
        done = real._checklist_done(DOCUMENTS)
        for contract in self:
            mine = items.get(contract._origin.id)
            if not mine:
                continue
            filed = done[contract._origin.id]
            missing = mine.filtered(lambda item, filed=filed: item.code not in filed)
            contract.document_progress = f"{len(mine) - len(missing)}/{len(mine)}"
            contract.missing_documents = ", ".join(
                self.env["regulation.checklist.item"]
                .browse(missing.filtered("required").ids)
                .mapped("name")
            )

    # === ACTION METHODS === #

    def action_file_document(self, values):
        """Put a document into the file of the contract; a newer one beside the older.

        :param dict values: ``item_id`` of the checklist or ``name``, ``file`` (base64),
            ``file_name``, ``note``; without a file the remark says where the paper is
        """
        self.ensure_one()
        self._check_may_file()
        values = self._check_document_values(values)
        contract = self.sudo()
        raw = values.pop("raw")
        number = max(
            contract.document_ids.filtered(lambda row: row.code == values["code"]).mapped("number"),
            default=0,
        )
        document = engine(contract.env["sales.contract.document"]).create(
            {
                **values,
                "contract_id": contract.id,
                "number": number + 1 if values["code"] else 1,
                "file_hash": hashlib.sha256(raw).hexdigest() if raw else False,
                "at": fields.Datetime.now(),
                "user_id": self.env.uid,
            }
        )
        self._record_contract("contract_document")
        return document.id

    def action_open_document_step(self):
        """Ask for the document."""
        self.ensure_one()
        return self._open_archive_step("document")

    # === CHECKLIST === #

    def _checklist_items(self, kind):
        items = super()._checklist_items(kind)
        if kind != DOCUMENTS:
            return items
        for contract in self:
            items[contract.id] = items[contract.id].filtered(
                lambda item, contract=contract: (
                    not item.contract_type_ids or contract.type_id in item.contract_type_ids
                )
            )
        return items

    def _checklist_done(self, kind, items=None):
        """A document is there when it was filed, not because somebody ticks it."""
        if kind != DOCUMENTS:
            return super()._checklist_done(kind, items)
        filed = {}
        for contract, codes in self.env["sales.contract.document"].sudo()._read_group(
            [("contract_id", "in", self.ids), ("code", "!=", False), ("voided_at", "=", False)],
            ["contract_id"],
            ["code:array_agg_distinct"],
        ):
            filed[contract.id] = dict.fromkeys(codes)
        return {contract.id: filed.get(contract.id, {}) for contract in self}

    # === BUSINESS METHODS === #

    def _check_may_file(self):
        """Whoever may edit the contract, or archives it."""
        self.check_access("read")
        if not self.has_access("write"):
            self._check_archivist()

    def _check_document_values(self, values):
        """The values of a document as they may be used, whatever a client sends."""
        self.ensure_one()
        values = dict(values) if isinstance(values, dict) else {}
        names = ("item_id", "name", "file", "file_name", "note")
        if unknown := set(values) - set(names):
            raise UserError(
                self.env._("A document has no %s.", ", ".join(sorted(map(str, unknown))))
            )
        texts = {
            name: str(values.get(name) or "").strip() for name in ("name", "file_name", "note")
        }
        code = False
        if item_id := values.get("item_id"):
            item = self.sudo()._checklist_items(DOCUMENTS)[self.id].filtered(
                lambda row: row.id == item_id
            )
            if not item:
                raise UserError(
                    self.env._("This document is not on the list of %s.", self.display_name)
                )
            code = item.code
            texts["name"] = texts["name"] or item.name
        if not texts["name"]:
            raise UserError(self.env._("Which document is it? Choose one or name it."))
        data = values.get("file") or b""
        try:
            raw = base64.b64decode(data, validate=True)
        except (TypeError, ValueError, binascii.Error) as error:
            raise UserError(self.env._("The file is damaged: add it once more.")) from error
        if not raw and not texts["note"]:
            raise UserError(self.env._("Add the file, or remark where the paper is."))
        return {**texts, "code": code, "file": data or False, "raw": raw}
