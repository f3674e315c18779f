# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from datetime import time

from odoo import Command, fields, models
from odoo.exceptions import UserError

from odoo.addons.sales_regulation.tools import engine


class KpiCycle(models.Model):
    """The line and the teams of a cycle: of today until the period has ended, then as they stood."""

    _inherit = "kpi.cycle"

    line_at = fields.Datetime(
        string="Line as of",
        readonly=True,
        copy=False,
        help="Superiors and sales teams count as they stood then: at the first computation after"
        " the period.",
    )
    stood_ids = fields.One2many(
        comodel_name="kpi.cycle.line",
        inverse_name="cycle_id",
        string="Reporting Line",
        readonly=True,
    )

    unplaced_ids = fields.Many2many(
        comodel_name="res.users",
        relation="kpi_cycle_unplaced_rel",
        string="In No Unit",
        readonly=True,
        copy=False,
        help="Their regulation scores teams or departments, and they are in none.",
    )

    def action_refresh_line(self):
        """Take superiors and sales teams as they stand today, and compute anew.

        For a line that was entered too late; noted in the history of the cycle.

        :raise AccessError: if the caller does not hold the role of HR
        :raise UserError: once raters were asked or the scores are published
        """
        self.check_access("write")
        self._check_manager()
        self._take()
        for cycle in self:
            if cycle.state != "computed":
                raise UserError(
                    self.env._(
                        "%s: the line is taken anew before raters are asked and scores are"
                        " published, not after.",
                        cycle.display_name,
                    )
                )
            sealed = engine(cycle.sudo())
            sealed.stood_ids.unlink()
            sealed.write({"line_at": False})
            if cycle._has_ended():
                self.env["kpi.cycle.line"].sudo()._insert_rows(cycle.sudo()._rows_of_today())
            cycle.message_post(
                body=self.env._("Superiors and sales teams were taken as they stand today.")
            )
        self._compute_scores()
        return True

    # === COMPUTING === #

    def _note_unplaced(self, user_ids):
        """Who is not scored because he is in no unit; people are told, see the form."""
        if set(self.unplaced_ids.ids) != set(user_ids):
            engine(self).write({"unplaced_ids": [Command.set(sorted(user_ids))]})

    def _has_ended(self):
        self.ensure_one()
        return self.company_id._regulation_today() > self.date_to

    def _keep_line(self):
        """Keep the line once the period has ended.

        A revision keeps that of the one before; who was not in it yet is taken as he stands.
        """
        self.ensure_one()
        cycle = self.sudo()
        if cycle.stood_ids or not cycle._has_ended():
            return
        rows = cycle._rows_of_other_revision()
        known = {row["user_id"] for row in rows}
        rows += [row for row in cycle._rows_of_today() if row["user_id"] not in known]
        cycle.env["kpi.cycle.line"]._insert_rows(rows)

    def _rows_of_other_revision(self):
        rows = self.env["kpi.cycle.line"].search(
            [
                ("cycle_id.company_id", "=", self.company_id.id),
                ("cycle_id.frequency", "=", self.frequency),
                ("cycle_id.date_from", "=", self.date_from),
            ],
            order="cycle_id desc",
        )
        return [
            {
                "cycle_id": self.id,
                "company_id": self.company_id.id,
                "user_id": row.user_id.id,
                "superior_id": row.superior_id.id,
                "team_id": row.team_id.id,
                "is_leader": row.is_leader,
            }
            for row in rows
            if row.cycle_id == rows[0].cycle_id
        ]

    def _rows_of_today(self):
        teams = self._memberships_of_leavers() | self._memberships_of_today()
        users = self.env["res.users"].search(
            [("share", "=", False), ("company_ids", "in", self.company_id.ids)]
        ) | self.env["res.users"].browse(sorted(teams))
        superiors = users._regulation_superiors(self.company_id)
        return [
            {
                "cycle_id": self.id,
                "company_id": self.company_id.id,
                "user_id": user.id,
                "superior_id": superiors[user].id if user in superiors else False,
                "team_id": teams.get(user.id, (False, False))[0],
                "is_leader": teams.get(user.id, (False, False))[1],
            }
            for user in users
        ]

    # === WHERE PEOPLE STAND === #

    def _memberships(self):
        """``{user id: (team id, whether he leads it)}``, of today or as they stood."""
        if self.id and self.sudo().stood_ids:
            return {
                row.user_id.id: (row.team_id.id, row.is_leader)
                for row in self.sudo().stood_ids
                if row.team_id
            }
        left = self._memberships_of_leavers() if self.id else {}
        return left | self._memberships_of_today()

    def _memberships_of_today(self):
        """Of the sales teams of the company; who is in two is in the first one that he does not
        lead."""
        members = self.env["crm.team.member"].search(
            [("crm_team_id.company_id", "in", [False, self.company_id.id])], order="id desc"
        )
        allowed = self._staff(members.user_id.ids)
        teams = {}
        for member in members.filtered(lambda one: one.user_id.id in allowed):
            team, leads = teams.get(member.user_id.id, (False, True))
            mine = member.user_id == member.crm_team_id.user_id
            if not team or leads or not mine:
                teams[member.user_id.id] = (member.crm_team_id.id, mine)
        return teams

    def _memberships_of_leavers(self):
        """Of those whose accounts were archived after the period had begun: they are in no team
        any more, and were when they left."""
        members = (
            self.env["crm.team.member"]
            .with_context(active_test=False)
            .search(
                [
                    ("crm_team_id.company_id", "in", [False, self.company_id.id]),
                    ("active", "=", False),
                    ("user_id.active", "=", False),
                    ("write_date", ">=", self.company_id._regulation_utc(self.date_from, time.min)),
                ],
                order="write_date, id desc",
            )
        )
        allowed = self._staff(members.user_id.ids)
        return {
            member.user_id.id: (
                member.crm_team_id.id,
                member.user_id == member.crm_team_id.user_id,
            )
            for member in members
            if member.user_id.id in allowed
        }

    def _team_members(self):
        """``{user id: team id}``; who leads a team is no member of it."""
        return {user: team for user, (team, leads) in self._memberships().items() if not leads}

    def _superiors(self, users):
        """``{user id: superior id}`` of these users, of today or as they stood."""
        if self.id and self.sudo().stood_ids:
            return {
                row.user_id.id: row.superior_id.id
                for row in self.sudo().stood_ids
                if row.superior_id.active and row.user_id.id in users
            }
        people = self.env["res.users"].browse(sorted(users))
        return {
            user.id: superior.id
            for user, superior in people._regulation_superiors(self.company_id).items()
        }

    def _people_below(self, users):
        """``{user id: [users whose nearest superior he is]}``, of today or as they stood."""
        if self.id and self.sudo().stood_ids:
            line = {row.user_id.id: row.superior_id.id for row in self.sudo().stood_ids}
            present = set(self.env["res.users"].sudo().browse(line).filtered("active").ids)
        else:
            everybody = self.env["res.users"].sudo().search(
                [("share", "=", False), ("company_ids", "in", self.company_id.ids)]
            )
            line = self._superiors(set(everybody.ids))
            present = set(everybody.ids)
        below = {}
        for user, superior in line.items():
            if superior in users and user in present:
                below.setdefault(superior, []).append(user)
        return below
