# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import api, models


class CrmTeamMember(models.Model):
    """Who joins and leaves a sales team is on record where a regulation is in force (C02).

    Which regulation holds for a person, who consents and who decides follow from it. Who may
    change it is Odoo's: the administrators of sales.
    """

    _inherit = "crm.team.member"

    # === CRUD METHODS === #

    @api.model_create_multi
    def create(self, vals_list):
        members = super().create(vals_list)
        members._record_memberships("joined", members._memberships())
        return members

    def write(self, vals):
        if not {"active", "crm_team_id", "user_id"}.intersection(vals):
            return super().write(vals)
        before = self._memberships()
        result = super().write(vals)
        after = self._memberships()
        self._record_memberships("left", before - after)
        self._record_memberships("joined", after - before)
        return result

    @api.ondelete(at_uninstall=False)
    def _record_leaving(self):
        self._record_memberships("left", self._memberships())

    # === BUSINESS METHODS === #

    def _memberships(self):
        """``{(team, user)}`` of those that run, in companies where a regulation is in force."""
        regulated = self.env["regulation.profile"]._regulated_companies()
        return {
            (member.crm_team_id, member.user_id)
            for member in (self.sudo() if regulated else ())
            if member.active
            and (member.crm_team_id.company_id or member.user_id.company_id).id in regulated
        }

    @api.model
    def _record_memberships(self, code, memberships):
        teams = {}
        for team, user in memberships:
            teams[user] = teams.get(user, team.browse()) | team
        for user, group in teams.items():
            self.env["regulation.register"]._record(
                "team_changed",
                group,
                code=code,
                subject_id=user.id,
                company_id=lambda team, user=user: (team.company_id or user.company_id).id,
            )
