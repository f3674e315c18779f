# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import fields, models


class SampleRequestLine(models.Model):
    _name = "sample.request.line"
    _description = "Sample Request Line"
    _inherit = ["regulation.approvable.line"]

    _approval_document_field = "request_id"
    _approval_content_fields = ("product", "quantity", "price")

    request_id = fields.Many2one("sample.request", required=True, ondelete="cascade", index=True)
    product = fields.Char(required=True)
    quantity = fields.Float(default=1.0)
    price = fields.Float()
