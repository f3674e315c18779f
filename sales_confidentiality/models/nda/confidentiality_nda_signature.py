# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
import base64
import binascii
import hashlib

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools.mimetypes import guess_mimetype

IMAGES = ("image/png", "image/jpeg", "image/webp")
SCANS = (*IMAGES, "application/pdf")


class ConfidentialityNdaSignature(models.Model):
    """A signature with the text it was given for: evidence, never changed or deleted (C53)."""

    _name = "confidentiality.nda.signature"
    _description = "NDA Signature"
    _inherit = ["regulation.sealed"]
    _order = "id desc"
    _rec_name = "signer_name"
    _append_only = True

    nda_id = fields.Many2one(
        comodel_name="confidentiality.nda",
        string="Agreement",
        required=True,
        readonly=True,
        index=True,
        ondelete="restrict",
    )
    company_id = fields.Many2one(related="nda_id.company_id", store=True, index=True)
    method = fields.Selection(
        selection=[
            ("drawn", "Drawn in the client"),
            ("portal", "Drawn on the portal"),
            ("paper", "Scan of a signed paper"),
        ],
        required=True,
        readonly=True,
    )
    signer_name = fields.Char(string="Signed by", required=True, readonly=True)
    signed_on = fields.Date(required=True, readonly=True)
    at = fields.Datetime(string="Received at", required=True, readonly=True)
    user_id = fields.Many2one(
        comodel_name="res.users", string="Entered by", readonly=True, ondelete="restrict"
    )
    ip = fields.Char(string="IP Address", readonly=True)
    lang = fields.Char(string="Language", readonly=True)
    image = fields.Image(string="Signature", readonly=True, attachment=True)
    scan = fields.Binary(readonly=True, attachment=True)
    scan_name = fields.Char(readonly=True)
    file_hash = fields.Char(string="SHA-256 of the File", readonly=True)
    text = fields.Html(
        string="Text as Signed", required=True, readonly=True, sanitize=False, translate=False
    )
    text_hash = fields.Char(string="SHA-256 of the Text", required=True, readonly=True)
    template_fingerprint = fields.Char(string="Fingerprint of the Wording", readonly=True)
    conflict = fields.Selection(
        selection=[("none", "None"), ("declared", "Declared")],
        string="Conflicts of Interest",
        readonly=True,
    )
    conflict_text = fields.Text(string="Declared", readonly=True)
    is_intact = fields.Boolean(
        string="Text unchanged",
        compute="_compute_is_intact",
        help="The stored text still has the digest of the moment of signing.",
    )

    @api.depends("text", "text_hash")
    def _compute_is_intact(self):
        for signature in self:
            signature.is_intact = self._hash(signature.text) == signature.text_hash

    @api.model
    def _hash(self, text):
        return hashlib.sha256(str(text or "").encode()).hexdigest()

    @api.model
    def _decode(self, data, mimetypes):
        """The bytes of a file that a client sent, refused unless it is what it should be."""
        try:
            raw = base64.b64decode(data or b"", validate=True)
        except (TypeError, ValueError, binascii.Error) as error:
            raise UserError(self.env._("The file is damaged: add it once more.")) from error
        if not raw or guess_mimetype(raw) not in mimetypes:
            raise UserError(
                self.env._("This is no signature: draw it, or add an image or PDF of the paper.")
            )
        return raw
