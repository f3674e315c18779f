# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import api, fields, models
from odoo.fields import Domain


class SalesPlan(models.Model):
    """Who reads a plan: whose it is and who answers for it, leaders their team, superiors those
    below them, directors all, approvers what they decide on."""

    _inherit = "sales.plan"

    visible = fields.Boolean(compute="_compute_visible", search="_search_visible")

    @api.depends_context("uid", "allowed_company_ids")
    def _compute_visible(self):
        seen = self.sudo().filtered_domain(self._visible_domain())
        for plan in self:
            plan.visible = plan in seen

    def _search_visible(self, operator, value):
        if operator != "in" or list(value) != [True]:
            return NotImplemented
        return self._visible_domain()

    @api.model
    def _visible_domain(self):
        """As of now, for the present user: a role, a team or a superior that changes counts at
        the next request. Asked once for a list."""
        uid, user = self.env.uid, self.env.user
        return Domain.OR(
            [
                Domain("user_id", "in", [uid, *user._regulation_people_below().ids]),
                Domain("create_uid", "=", uid),
                Domain("team_id", "in", user._regulation_teams_led().ids),
                Domain("company_id", "in", user._regulation_companies_directed().ids),
                Domain("approval_ids", "any!", [("reader_ids", "in", [uid])]),
            ]
        )

    def _plannable(self):
        """Those of these plans that the present user may write and release.

        Everybody plans for himself and for whom he stands in; leaders for their team and its
        people, superiors for those below them, directors for all; the managers of the
        regulation for the company. As many queries for one plan as for many.
        """
        user = self.env.user
        directed = user._regulation_companies_directed()
        teams = user._regulation_teams_led()
        people = user._regulation_people_below() | user
        people |= people.browse(self.env["regulation.delegation"]._principals_of(user))
        manager = user.has_group("sales_regulation.group_regulation_manager")

        def mine(plan):
            if plan.company_id in directed:
                return True
            if plan.level == "company":
                return manager
            if plan.team_id in teams:
                return True
            return (plan.user_id if plan.level == "user" else plan.team_id.user_id) in people

        return self.filtered(lambda plan: mine(plan.sudo()))
