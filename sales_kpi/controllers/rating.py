# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import http
from odoo.exceptions import UserError
from odoo.http import request


class RatingPage(http.Controller):
    """A customer rates a person by the link he got; without login, once."""

    @http.route(
        "/score/rate/<int:request_id>/<string:token>",
        type="http",
        auth="public",
        methods=["GET", "POST"],
        website=True,
        sitemap=False,
    )
    def rate(self, request_id, token, value=None, comment="", **post):
        asked = request.env["kpi.rating.request"].browse(request_id)._by_token(token)
        if not asked:
            return request.not_found()
        lang = asked.partner_id.lang or asked.company_id.partner_id.lang
        request.update_context(lang=lang)
        asked = asked.with_context(lang=lang)
        error = ""
        criteria = asked._criteria()
        if request.httprequest.method == "POST":
            try:
                asked._answer(_number(value), comment, _marks(criteria, post))
            except UserError as refusal:
                error = str(refusal)
        return request.render(
            "sales_kpi.rating_page",
            {
                "asked": asked,
                "person": asked.user_id.name,
                "company": asked.company_id,
                "error": error,
                "criteria": criteria,
                "state": asked.state if asked.cycle_id.state == "rating" else "closed",
            },
        )


def _marks(criteria, post):
    """``{criterion id: number}`` of the fields of the form; None without criteria."""
    return {one.id: _number(post.get(f"criterion_{one.id}")) for one in criteria} or None


def _number(text):
    """The number that somebody typed, None if it is none."""
    try:
        return float((text or "").strip())
    except ValueError:
        return None
