# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
import io
import zipfile

from odoo import http
from odoo.http import content_disposition, request

_HEADERS = {
    "Cache-Control": "no-store",
    "Referrer-Policy": "no-referrer",
    "X-Robots-Tag": "noindex, nofollow",
}


class ConfidentialLink(http.Controller):
    """The page of a one-time link: looking uses nothing up, one confirmed click delivers."""

    @http.route(
        "/confidentiality/link/<string:token>",
        type="http",
        auth="public",
        methods=["GET"],
        website=True,
        multilang=False,
        sitemap=False,
    )
    def confidential_link_page(self, token, **kwargs):
        link = request.env["confidentiality.link"]._find(token)
        return self._page(link, token)

    @http.route(
        "/confidentiality/link/<string:token>/open",
        type="http",
        auth="public",
        methods=["POST"],
        website=True,
        multilang=False,
        sitemap=False,
    )
    def confidential_link_open(self, token, **kwargs):
        link = request.env["confidentiality.link"]._find(token)
        if not link or not link._consume(request.httprequest.remote_addr):
            return self._page(link.browse(), token)
        name, content, kind = self._content(link)
        headers = {
            **_HEADERS,
            "Content-Type": kind,
            "Content-Length": len(content),
            "Content-Disposition": content_disposition(name),
            "X-Content-Type-Options": "nosniff",
        }
        return request.make_response(content, headers=list(headers.items()))

    def _page(self, link, token):
        response = request.render(
            "sales_confidentiality.link_page",
            {"link": link, "token": token, "number": len(link.attachment_ids) or 1},
            status=200 if link else 404,
        )
        response.headers.update(_HEADERS)
        return response

    def _content(self, link):
        """``(name, bytes, type)`` of what is handed over; several files come zipped."""
        files = link.attachment_ids
        if not files:
            name, content = link._print_document()
            return name, content, "application/octet-stream"
        if len(files) == 1:
            return files.name, files.raw or b"", files.mimetype or "application/octet-stream"
        packet = io.BytesIO()
        with zipfile.ZipFile(packet, "w", zipfile.ZIP_DEFLATED) as archive:
            for file in files:
                archive.writestr(f"{file.id} {file.name}", file.raw or b"")
        return request.env._("files.zip"), packet.getvalue(), "application/zip"
