# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
import binascii

from odoo import http
from odoo.exceptions import AccessError, MissingError, UserError
from odoo.http import request

from odoo.addons.portal.controllers.portal import CustomerPortal, pager

#: what a customer sees in his list
_VISIBLE = ("sent", "reconfirmed", "signed", "closed", "terminated")


class ContractPortal(CustomerPortal):
    """The contract as its customer sees it: once it was sent, and never an internal reason."""

    def _prepare_home_portal_values(self, counters):
        values = super()._prepare_home_portal_values(counters)
        if "regulation_contract_count" in counters:
            values["regulation_contract_count"] = (
                request.env["sales.contract"].sudo().search_count(self._contract_domain(), limit=1)
            )
        return values

    def _contract_domain(self):
        partner = request.env.user.partner_id.commercial_partner_id
        return [("partner_id", "=", partner.id), ("state", "in", _VISIBLE)]

    @http.route(
        ["/my/contracts", "/my/contracts/page/<int:page>"], type="http", auth="user", website=True
    )
    def portal_my_contracts(self, page=1, **kwargs):
        # The customer's own only: the domain is his company, whoever he is
        Contract = request.env["sales.contract"].sudo()
        domain = self._contract_domain()
        values = self._prepare_portal_layout_values()
        pages = pager(
            url="/my/contracts",
            total=Contract.search_count(domain),
            page=page,
            step=self._items_per_page,
        )
        contracts = Contract.search(domain, limit=self._items_per_page, offset=pages["offset"])
        values.update(
            {
                "contracts": contracts,
                "page_name": "contract",
                "pager": pages,
                "default_url": "/my/contracts",
            }
        )
        return request.render("sales_regulation.portal_my_contracts", values)

    @http.route("/my/contracts/<int:contract_id>", type="http", auth="public", website=True)
    def portal_contract_page(
        self, contract_id, access_token=None, report_type=None, download=False, **kwargs
    ):
        contract = self._customer_contract(contract_id, access_token)
        if not contract:
            return request.redirect("/my")
        if not contract._portal_open():
            return request.render(
                "sales_regulation.portal_contract_being_prepared", {"contract": contract}
            )
        if report_type in ("html", "pdf", "text"):
            return self._show_report(
                model=contract,
                report_type=report_type,
                report_ref="sales_regulation.action_report_sales_contract",
                download=download,
            )
        values = {
            "contract": contract,
            "summary": contract._contract_summary(),
            "page_name": "contract",
            "message": kwargs.get("message"),
            "report_type": "html",
        }
        values = self._get_page_view_values(
            contract, access_token, values, "my_contracts_history", False
        )
        return request.render("sales_regulation.portal_contract_page", values)

    @http.route(
        "/my/contracts/<int:contract_id>/accept", type="jsonrpc", auth="public", website=True
    )
    def portal_contract_accept(self, contract_id, access_token=None, name=None, signature=None):
        access_token = access_token or request.httprequest.args.get("access_token")
        contract = self._customer_contract(contract_id, access_token)
        if not contract:
            return {"error": request.env._("Invalid contract.")}
        if not request.env.user.share:
            return {"error": request.env._("The customer signs here, not we for him.")}
        name = str(name or "").strip()
        if not name or not signature:
            return {"error": request.env._("Name or signature is missing.")}
        if not contract._portal_signature_awaited():
            return {"error": request.env._("There is nothing to sign at the moment.")}
        try:
            with request.env.cr.savepoint():
                contract._sign_on_portal(name, signature, request.httprequest.remote_addr)
        except (TypeError, binascii.Error, UserError):
            return {"error": request.env._("Invalid signature data.")}
        return {
            "force_refresh": True,
            "redirect_url": contract.get_portal_url(query_string="&message=signed"),
        }

    def _customer_contract(self, contract_id, access_token):
        """The contract as superuser for its customer or for who has the link, else None."""
        user = request.env.user
        contract = request.env["sales.contract"].sudo().browse(contract_id).exists()
        party = user.partner_id.commercial_partner_id
        if contract and user.share and not user._is_public() and contract.partner_id == party:
            return contract
        try:
            return self._document_check_access("sales.contract", contract_id, access_token)
        except (AccessError, MissingError):
            return None
