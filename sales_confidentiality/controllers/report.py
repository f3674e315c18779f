# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import http
from odoo.exceptions import AccessError, UserError
from odoo.http import request


class LeakReportPage(http.Controller):
    """An employee reports a leak, in his own name or without it (C56).

    A page of its own: the form of a record keeps who opened it, whatever he then chooses.
    """

    @http.route(
        "/confidentiality/report",
        type="http",
        auth="user",
        methods=["GET", "POST"],
        website=True,
        sitemap=False,
    )
    def report(self, anonymous=None, **post):
        user = request.env.user
        if not user._is_internal():
            return request.not_found()
        values = {
            name: post.get(name) or ""
            for name in ("kind", "description", "records", "happened_on")
        }
        error = done = ""
        if request.httprequest.method == "POST":
            named = request.httprequest.form.getlist("person_ids")
            try:
                request.env["confidentiality.case"].action_report(
                    {**values, "person_ids": [int(one) for one in named if one.isdecimal()]},
                    anonymous=bool(anonymous),
                )
                done = "anonymous" if anonymous else "named"
            except (AccessError, UserError) as refusal:
                error = str(refusal)
        report = request.env["confidentiality.report"]
        return request.render(
            "sales_confidentiality.report_page",
            {
                "error": error,
                "done": done,
                "values": values,
                "kinds": report._fields["kind"]._description_selection(request.env),
                "people": self._people(user),
            },
        )

    def _people(self, user):
        """Colleagues who have a user, by name."""
        employees = request.env["hr.employee.public"].search(
            [("company_id", "=", request.env.company.id), ("user_id", "!=", False)]
        )
        return employees.user_id.sudo().sorted("name")
