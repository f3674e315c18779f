# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo.exceptions import AccessError
from odoo.http import request

from odoo.addons.portal.controllers.portal import CustomerPortal


class ConfidentialPortal(CustomerPortal):
    """A link with a token opens a classified record to its customer, never to a colleague."""

    def _document_check_access(self, model_name, document_id, access_token=None):
        document = super()._document_check_access(model_name, document_id, access_token)
        registry = request.env["confidentiality.model"]
        if not registry._protection().guarded or document._confidentiality_row() is None:
            return document
        own = request.env[model_name].browse(document_id)
        if own.has_access("read") or own._confidentiality_opens_by_link():
            return document
        request.env["confidentiality.log"]._collect("denied", own, "link", each=True)
        raise AccessError(request.env._("This link is not valid any more."))
