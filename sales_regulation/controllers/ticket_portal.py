# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import http
from odoo.exceptions import AccessError, MissingError, UserError, ValidationError
from odoo.http import request

from odoo.addons.portal.controllers.portal import CustomerPortal, pager


class TicketPortal(CustomerPortal):
    """A customer's tickets: he opens one, reads the answer, says whether he is satisfied."""

    def _prepare_home_portal_values(self, counters):
        values = super()._prepare_home_portal_values(counters)
        if "regulation_ticket_count" in counters:
            values["regulation_ticket_count"] = (
                request.env["sales.ticket"].sudo().search_count(self._ticket_domain(), limit=1)
            )
        return values

    def _ticket_domain(self):
        partner = request.env.user.partner_id.commercial_partner_id
        return [("partner_id", "=", partner.id), ("state", "!=", "void")]

    @http.route(
        ["/my/tickets", "/my/tickets/page/<int:page>"], type="http", auth="user", website=True
    )
    def portal_my_tickets(self, page=1, **kwargs):
        # The customer's own only: the domain is his company, whoever he is
        Ticket = request.env["sales.ticket"].sudo()
        domain = self._ticket_domain()
        values = self._prepare_portal_layout_values()
        pages = pager(
            url="/my/tickets",
            total=Ticket.search_count(domain),
            page=page,
            step=self._items_per_page,
        )
        values.update(
            {
                "tickets": Ticket.search(
                    domain, limit=self._items_per_page, offset=pages["offset"]
                ),
                "page_name": "ticket",
                "pager": pages,
                "default_url": "/my/tickets",
                "may_open": request.env.user.share,
            }
        )
        return request.render("sales_regulation.portal_my_tickets", values)

    @http.route("/my/tickets/new", type="http", auth="user", website=True, methods=["GET", "POST"])
    def portal_ticket_new(self, **post):
        if not request.env.user.share:
            return request.redirect("/my")
        values = {
            **self._prepare_portal_layout_values(),
            "page_name": "ticket_new",
            "kinds": self._portal_kinds(),
            "orders": self._portal_orders(),
            "post": post,
            "error": False,
        }
        if request.httprequest.method == "POST":
            try:
                with request.env.cr.savepoint():
                    ticket = self._open_ticket(post)
                return request.redirect(f"/my/tickets/{ticket.id}?message=registered")
            except (UserError, ValidationError) as error:
                values["error"] = str(error)
        return request.render("sales_regulation.portal_ticket_new", values)

    def _portal_kinds(self):
        return request.env["sales.ticket.kind"].sudo().search([("on_portal", "=", True)])

    def _portal_orders(self):
        partner = request.env.user.partner_id.commercial_partner_id
        return (
            request.env["sale.order"]
            .sudo()
            .search([("partner_id", "child_of", partner.id), ("state", "=", "sale")], limit=80)
        )

    def _open_ticket(self, post):
        subject = str(post.get("subject") or "").strip()
        description = str(post.get("description") or "").strip()
        if not subject or not description:
            raise UserError(request.env._("Please tell us what it is about."))
        kind = self._portal_kinds().filtered(lambda row: str(row.id) == str(post.get("kind_id")))
        if not kind:
            raise UserError(request.env._("Please choose what it is about."))
        order = self._portal_orders().filtered(lambda row: str(row.id) == str(post.get("order_id")))
        if post.get("order_id") and not order:
            raise UserError(request.env._("This order is not one of yours."))
        contact = request.env.user.partner_id
        customer = contact.commercial_partner_id
        company = order.company_id or customer.company_id or request.env.company
        products = order.order_line.product_id
        return (
            request.env["sales.ticket"]
            .sudo()
            .with_company(company)
            .create(
                {
                    "kind_id": kind.id,
                    "subject": subject[:200],
                    "description": description[:10000],
                    "channel": "portal",
                    "company_id": company.id,
                    "partner_id": customer.id,
                    "contact_id": contact.id if contact != customer else False,
                    "order_id": order.id,
                    "product_id": products.id if len(products) == 1 else False,
                }
            )
        )

    @http.route("/my/tickets/<int:ticket_id>", type="http", auth="public", website=True)
    def portal_ticket_page(self, ticket_id, access_token=None, **kwargs):
        ticket = self._customer_ticket(ticket_id, access_token)
        if not ticket:
            return request.redirect("/my")
        values = {
            "ticket": ticket,
            "page_name": "ticket",
            "message": kwargs.get("message"),
            "answer_url": f"/my/tickets/{ticket.id}/answer"
            if self._is_customer(ticket) and ticket._rating_wanted()
            else False,
        }
        values = self._get_page_view_values(
            ticket, access_token, values, "my_tickets_history", False
        )
        return request.render("sales_regulation.portal_ticket_page", values)

    @http.route(
        "/my/tickets/<int:ticket_id>/answer",
        type="http",
        auth="user",
        website=True,
        methods=["POST"],
    )
    def portal_ticket_answer(self, ticket_id, **post):
        """The customer in his own name; the link that lets others read does not do."""
        ticket = request.env["sales.ticket"].sudo().browse(ticket_id).exists()
        if not ticket or not self._is_customer(ticket):
            return request.redirect("/my")
        message = self._say(ticket, post, partner=request.env.user.partner_id)
        return request.redirect(f"/my/tickets/{ticket.id}?message={message}")

    @http.route(
        "/my/tickets/answer/<string:token>",
        type="http",
        auth="public",
        website=True,
        methods=["GET", "POST"],
    )
    def portal_ticket_by_link(self, token, **post):
        """The personal link of the mail with the answer."""
        rating = (
            request.env["rating.rating"]
            .sudo()
            .search([("access_token", "=", token), ("res_model", "=", "sales.ticket")], limit=1)
        )
        ticket = request.env["sales.ticket"].sudo().browse(rating.res_id).exists()
        if not rating or not ticket:
            return request.redirect("/my")
        inside = request.env.user._is_internal()
        message = False
        if request.httprequest.method == "POST" and not inside:
            message = self._say(ticket, post, rating=rating, partner=rating.partner_id)
        elif rating.consumed or not ticket._rating_wanted():
            message = "answered"
        values = {
            "ticket": ticket,
            "page_name": "ticket",
            "message": message,
            "answer_url": False if message or inside else f"/my/tickets/answer/{token}",
            "by_link": True,
        }
        return request.render("sales_regulation.portal_ticket_page", values)

    def _say(self, ticket, post, **kwargs):
        satisfied = {"yes": True, "no": False}.get(post.get("satisfied"))
        if satisfied is None:
            return "choose"
        try:
            with request.env.cr.savepoint():
                ticket._customer_says(
                    satisfied,
                    score=post.get("score") or None,
                    feedback=str(post.get("feedback") or "")[:4000],
                    **kwargs,
                )
        except UserError:
            # Said twice, or the page was open while the ticket moved on
            return "answered"
        return "satisfied" if satisfied else "reopened"

    def _is_customer(self, ticket):
        user = request.env.user
        return (
            user.share
            and not user._is_public()
            and ticket.state != "void"
            and ticket.partner_id
            and ticket.partner_id == user.partner_id.commercial_partner_id
        )

    def _customer_ticket(self, ticket_id, access_token):
        """The ticket as superuser for its customer or for who has the link, else None."""
        ticket = request.env["sales.ticket"].sudo().browse(ticket_id).exists()
        if ticket and self._is_customer(ticket):
            return ticket
        try:
            return self._document_check_access("sales.ticket", ticket_id, access_token)
        except (AccessError, MissingError):
            return None
