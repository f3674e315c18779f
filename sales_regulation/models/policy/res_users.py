# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import models

#: who answers for everybody in his company
DIRECTORS = ("director", "general_manager")


class ResUsers(models.Model):
    """Whom a person answers for: those below him in the line, the members of his teams.

    As of now: a role, a team or a superior that changes counts at the next request. Each method
    asks once for everybody, whatever the reader may see of the organisation.
    """

    _inherit = "res.users"

    def _regulation_people_below(self):
        """Everybody below these users in the line of superiors."""
        Employee = self.env["hr.employee"].sudo()
        mine = Employee.search([("user_id", "in", self.ids)])
        if not mine:
            return self.browse()
        return (Employee.search([("id", "child_of", mine.ids)]) - mine).user_id

    def _regulation_teams_led(self):
        """Sales teams whose leader is one of these users."""
        return self.env["crm.team"].sudo().search([("user_id", "in", self.ids)])

    def _regulation_people_led(self):
        """Everybody below these users in the line, and the members of the teams they lead."""
        return self._regulation_people_below() | self._regulation_teams_led().member_ids

    def _regulation_companies_directed(self):
        """Companies of this user in which he holds a role that answers for everybody."""
        self.ensure_one()
        roles = self.env["regulation.role"].sudo().search([("code", "in", DIRECTORS)])
        return self.company_ids.filtered(lambda company: roles._held_by(self, company))

    def _regulation_superiors(self, company, excluded=None):
        """The nearest superior of each of these users in a company: ``{user: superior}``.

        Up the line of his employee there, over whoever has no user, is archived or among
        ``excluded``. Of whom has nobody above him in the line: the leader of his sales team.
        Who has neither is not in it. As many queries for all as the longest line needs for one.
        """
        excluded = excluded or self.browse()
        employees = self.env["hr.employee"].sudo().search([("user_id", "in", self.ids)])
        near = company.root_id | company
        mine = {}
        for employee in employees.sorted(
            lambda one: (one.company_id != company, one.company_id not in near)
        ):
            mine.setdefault(employee.user_id.id, employee)
        found, without_line = {}, self.browse()
        for user in self:
            employee = seen = mine.get(user.id, employees.browse())
            if not employee.parent_id:
                without_line |= user
            while employee.parent_id and employee.parent_id not in seen:
                employee = employee.parent_id
                seen |= employee
                above = employee.user_id
                if above._regulation_can_act() and above != user and above not in excluded:
                    found[user] = above.with_env(self.env)
                    break
        if without_line:
            found |= without_line._regulation_leaders(company, excluded)
        return found

    def _regulation_leaders(self, company, excluded):
        """``{user: leader of a sales team of his}``, one query for all."""
        teams = (
            self.env["crm.team"]
            .sudo()
            .search(
                [
                    ("company_id", "in", [company.id, False]),
                    ("user_id", "not in", [False, *excluded.ids]),
                    ("crm_team_member_ids.user_id", "in", self.ids),
                ]
            )
        )
        found = {}
        for team in teams.filtered(lambda team: team.user_id._regulation_can_act()):
            for user in (team.crm_team_member_ids.user_id & self) - team.user_id:
                found.setdefault(user.with_env(self.env), team.user_id.with_env(self.env))
        return found

    def _regulation_can_act(self):
        """Whether this is a colleague who is still there."""
        return bool(self) and self.active and not self.share

    def _regulation_led_by_nobody(self):
        """Those of these users who have neither a superior nor a leader who could act."""
        employees = self.env["hr.employee"].sudo().search([("user_id", "in", self.ids)])
        line = employees.filtered("parent_id.user_id.active").user_id
        members = (
            self.env["crm.team.member"]
            .sudo()
            .search([("user_id", "in", self.ids), ("crm_team_id.user_id", "!=", False)])
            .filtered(lambda member: member.user_id != member.crm_team_id.user_id)
        )
        return self - line - members.user_id
