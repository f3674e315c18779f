# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
import json

from werkzeug.exceptions import InternalServerError

from odoo import http
from odoo.exceptions import AccessError
from odoo.http import request

from odoo.addons.web.controllers.pivot import TableExporter


class ConfidentialTableExporter(TableExporter):
    """The spreadsheet of a pivot is an export (S4-048)."""

    @http.route()
    def export_xlsx(self, data, **kw):
        content = data.read() if hasattr(data, "read") else data
        table = json.loads(content or "{}") or {}
        try:
            request.env["confidentiality.model"]._check_sheet(
                table.get("model"), len(table.get("rows") or ())
            )
        except AccessError as error:
            # In the shape in which the client shows an error of a download
            raise InternalServerError(
                json.dumps(
                    {
                        "code": 0,
                        "message": "Odoo Server Error",
                        "data": http.serialize_exception(error),
                    }
                )
            ) from error
        if hasattr(data, "seek"):
            data.seek(0)
        return super().export_xlsx(data, **kw)
