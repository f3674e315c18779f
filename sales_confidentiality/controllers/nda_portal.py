# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from werkzeug.urls import url_encode

from odoo import http
from odoo.exceptions import AccessError, MissingError, UserError
from odoo.http import request

from odoo.addons.portal.controllers.portal import CustomerPortal, pager

_SHOWN = ("sent", "signed", "expired", "superseded")


class NdaPortal(CustomerPortal):
    """The agreement as its party reads and signs it: the employee, or the business partner."""

    def _prepare_home_portal_values(self, counters):
        values = super()._prepare_home_portal_values(counters)
        if "confidentiality_nda_count" in counters:
            ndas = request.env["confidentiality.nda"].sudo()
            values["confidentiality_nda_count"] = ndas.search_count(self._nda_domain(), limit=1)
        return values

    def _nda_domain(self):
        user = request.env.user
        party = user.partner_id.commercial_partner_id
        mine = [("partner_id", "=", party.id)] if user.share else [("user_id", "=", user.id)]
        return [*mine, ("state", "in", _SHOWN)]

    @http.route(["/my/nda", "/my/nda/page/<int:page>"], type="http", auth="user", website=True)
    def portal_my_ndas(self, page=1, **kwargs):
        ndas = request.env["confidentiality.nda"].sudo()
        domain = self._nda_domain()
        pages = pager(
            url="/my/nda",
            total=ndas.search_count(domain),
            page=page,
            step=self._items_per_page,
        )
        values = {
            **self._prepare_portal_layout_values(),
            "ndas": ndas.search(domain, limit=self._items_per_page, offset=pages["offset"]),
            "page_name": "confidentiality_nda",
            "pager": pages,
            "default_url": "/my/nda",
        }
        return request.render("sales_confidentiality.portal_my_ndas", values)

    @http.route("/my/nda/<int:nda_id>", type="http", auth="public", website=True)
    def portal_nda_page(
        self, nda_id, access_token=None, report_type=None, download=False, **kwargs
    ):
        nda = self._party_nda(nda_id, access_token)
        if not nda:
            return request.redirect("/my")
        if report_type in ("html", "pdf", "text"):
            return self._show_report(
                model=nda,
                report_type=report_type,
                report_ref="sales_confidentiality.action_report_confidentiality_nda",
                download=download,
            )
        conflict = kwargs.get("conflict")
        answer = {"conflict": conflict, "conflict_text": kwargs.get("conflict_text") or ""}
        values = {
            "nda": nda,
            "text": nda._text(),
            "asks_conflict": nda.template_id._asks_conflict(),
            "signable": nda.state == "sent" and self._may_sign(nda),
            "page_name": "confidentiality_nda",
            "report_type": "html",
            "accept_query": f"&{url_encode(answer)}" if conflict else "",
            **answer,
        }
        values = self._get_page_view_values(nda, access_token, values, "my_nda_history", False)
        return request.render("sales_confidentiality.portal_nda_page", values)

    @http.route("/my/nda/<int:nda_id>/accept", type="jsonrpc", auth="public", website=True)
    def portal_nda_accept(self, nda_id, access_token=None, name=None, signature=None):
        given = request.httprequest.args
        nda = self._party_nda(nda_id, access_token or given.get("access_token"))
        if not nda:
            return {"error": request.env._("Invalid agreement.")}
        if not self._may_sign(nda):
            return {"error": request.env._("Nobody signs for somebody else.")}
        try:
            with request.env.cr.savepoint():
                nda._check_waits()
                nda._sign(
                    "portal",
                    {
                        "signer_name": name,
                        "signature": signature,
                        "conflict": given.get("conflict"),
                        "conflict_text": given.get("conflict_text"),
                    },
                )
        except UserError as error:
            return {"error": str(error)}
        return {
            "force_refresh": True,
            "redirect_url": nda.get_portal_url(query_string="&message=signed"),
        }

    def _may_sign(self, nda):
        """The employee himself; for a business partner whoever is not one of ours."""
        user = request.env.user
        return user == nda.user_id if nda.user_id else user.share

    def _party_nda(self, nda_id, access_token):
        """The agreement as superuser for its party or for who has the partner's link."""
        user = request.env.user
        nda = request.env["confidentiality.nda"].sudo().browse(nda_id).exists()
        if not nda or nda.state == "draft":
            return None
        if nda.user_id:
            # An employee reads his own when he is logged in; a link opens nothing
            return nda if nda.user_id == user or self._reads(nda) else None
        party = user.partner_id.commercial_partner_id
        if user.share and not user._is_public() and nda.partner_id == party:
            return nda
        try:
            return self._document_check_access("confidentiality.nda", nda_id, access_token)
        except (AccessError, MissingError):
            return None

    def _reads(self, nda):
        return not request.env.user._is_public() and nda.sudo(False).has_access("read")

    def _document_check_access(self, model_name, document_id, access_token=None):
        """A labelled document waits for the NDA of its party, whoever has its link (S4-037)."""
        document = super()._document_check_access(model_name, document_id, access_token)
        ndas = request.env["confidentiality.nda"].sudo()
        if request.env.user.share and ndas._withheld_documents(document):
            raise AccessError(
                request.env._("Please sign our confidentiality agreement first: we have sent it.")
            )
        return document
