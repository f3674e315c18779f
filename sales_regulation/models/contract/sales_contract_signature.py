# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import fields, models


class SalesContractSignature(models.Model):
    """A signature of the customer, or its scan, with the text it was given for: evidence."""

    _name = "sales.contract.signature"
    _description = "Contract Signature"
    _inherit = ["regulation.sealed"]
    _order = "contract_id, id desc"
    _rec_name = "signer_name"
    _append_only = True

    contract_id = fields.Many2one(
        comodel_name="sales.contract", required=True, readonly=True, index=True, ondelete="restrict"
    )
    company_id = fields.Many2one(related="contract_id.company_id", store=True, index=True)
    method = fields.Selection(
        selection=[("scan", "Scan of the signed paper"), ("portal", "Customer portal")],
        required=True,
        readonly=True,
    )
    signer_name = fields.Char(string="Signed by", required=True, readonly=True)
    signed_on = fields.Date(string="Date of Signature", required=True, readonly=True)
    at = fields.Datetime(string="Received at", required=True, readonly=True)
    user_id = fields.Many2one(
        comodel_name="res.users",
        string="Recorded by",
        readonly=True,
        ondelete="restrict",
        help="On the portal: the visitor.",
    )
    ip = fields.Char(string="IP Address", readonly=True)
    image = fields.Image(string="Signature", readonly=True, max_width=1024, max_height=1024)
    scan = fields.Binary(string="Signed Paper", readonly=True, attachment=True)
    scan_name = fields.Char(readonly=True)
    scan_hash = fields.Char(
        string="SHA-256 of the File", readonly=True, help="Of the scan or of the signature image."
    )
    fingerprint = fields.Char(
        string="Fingerprint of the Text", required=True, readonly=True, help="What was signed."
    )
    waited = fields.Boolean(
        readonly=True,
        help="It arrived while the contract could not be signed: kept until it can.",
    )
