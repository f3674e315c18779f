# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
import binascii

from odoo import fields, http
from odoo.exceptions import AccessError, MissingError
from odoo.http import request

from odoo.addons.sale.controllers.portal import CustomerPortal


class RegulationCustomerPortal(CustomerPortal):
    """A customer never reads an error of our internal rules."""

    @http.route()
    def portal_order_page(self, order_id, report_type=None, access_token=None, **kwargs):
        order = self._regulated_quotation(order_id, access_token)
        if order and order._gate_would_refuse("send"):
            return request.render("sales_regulation.portal_being_prepared", {"sale_order": order})
        return super().portal_order_page(
            order_id, report_type=report_type, access_token=access_token, **kwargs
        )

    @http.route()
    def portal_quote_accept(self, order_id, access_token=None, name=None, signature=None):
        access_token = access_token or request.httprequest.args.get("access_token")
        order = self._regulated_quotation(order_id, access_token)
        if not (
            order
            and signature
            and order._could_be_signed()
            and order._gate_would_refuse("send", "confirm")
        ):
            return super().portal_quote_accept(
                order_id, access_token=access_token, name=name, signature=signature
            )
        # The page was open while the order was still free, or while it was changed: what
        # the customer has signed is kept, and the order waits
        try:
            order.write(
                {"signed_by": name, "signed_on": fields.Datetime.now(), "signature": signature}
            )
            request.env.cr.flush()
        except (TypeError, binascii.Error):
            return {"error": request.env._("Invalid signature data.")}
        order._wait_in_review()
        return {
            "force_refresh": True,
            "redirect_url": order.get_portal_url(query_string="&message=in_review"),
        }

    @http.route()
    def portal_my_sale_order_download_edi(self, order_id=None, access_token=None, **kwargs):
        order = self._regulated_quotation(order_id, access_token)
        if order and order._gate_would_refuse("send"):
            return request.redirect("/my")
        return super().portal_my_sale_order_download_edi(
            order_id=order_id, access_token=access_token, **kwargs
        )

    def _regulated_quotation(self, order_id, access_token):
        """The order as superuser if it is a quotation under a regulation, else None."""
        if not request.env["regulation.profile"].sudo()._regulated_companies():
            return None
        try:
            order = self._document_check_access("sale.order", order_id, access_token=access_token)
        except (AccessError, MissingError):
            return None
        return order if order.state in ("draft", "sent") else None
