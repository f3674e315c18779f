# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import SUPERUSER_ID, api, fields, models
from odoo.exceptions import UserError


class RegulationRole(models.Model):
    """A role of the regulation: approvals, releases and rights ask for it.

    Groups carry access lists only; who holds a role is dated, by company, and on record.
    Organisations of two to five levels are mapped to the same roles (S0-06, S2-02, S3-06,
    S4-062, S4-073, S4-077, S4-086, S4-101, S4-116, S4-274, S4-306, S4-415); each role has its
    duty statement (S3-02, S4-136, S4-275, S4-307).
    """

    _name = "regulation.role"
    _description = "Regulation Role"
    _order = "sequence, id"

    name = fields.Char(required=True, translate=True)
    code = fields.Char(required=True, help="Stable name by which settings and data refer to it.")
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    duty = fields.Text(
        string="Duty Statement",
        translate=True,
        help="What the holder answers for; he acknowledges it with the profile (職責).",
    )
    assignment_ids = fields.One2many(
        comodel_name="regulation.role.assignment", inverse_name="role_id", string="Holders"
    )
    holder_count = fields.Integer(compute="_compute_holder_count")

    _code_uniq = models.Constraint("UNIQUE(code)", "Two roles cannot have the same code.")

    @api.depends("assignment_ids")
    def _compute_holder_count(self):
        counts = dict(
            self.env["regulation.role.assignment"]._read_group(
                [("role_id", "in", self.ids)], ["role_id"], ["__count"]
            )
        )
        for role in self:
            role.holder_count = counts.get(role, 0)

    def write(self, vals):
        # Rights ask for a role by its code: another code would hand them to other people
        if (
            "code" in vals
            and self.env.uid != SUPERUSER_ID
            and any(role.code != vals["code"] for role in self)
        ):
            raise UserError(self.env._("The technical code of a role is fixed."))
        return super().write(vals)

    # === BUSINESS === #

    @api.model
    def _code(self, code):
        """The role with this code, empty if there is none."""
        return self.sudo().search([("code", "=", code)], limit=1)

    def _holders(self, company, teams=None):
        """Users who hold any of these roles in ``company`` today.

        Holders named for one of ``teams`` come before those of the whole company.

        :rtype: res.users
        """
        holders = self._holders_by_role(company)
        found = self.env["res.users"]
        for role in self:
            rows = holders.get(role.id, [])
            narrow = [user for user, team in rows if team and teams and team in teams.ids]
            wide = [user for user, team in rows if not team]
            found |= found.browse(narrow or wide)
        return found

    def _held_by(self, user, company):
        """Those of these roles that ``user`` holds in ``company`` today, for whatever team."""
        holders = self._holders_by_role(company)
        return self.filtered(
            lambda role: any(holder == user.id for holder, _team in holders.get(role.id, ()))
        )

    def _holders_by_role(self, company):
        """``{role id: [(user id, team id or False), ...]}`` today, one query.

        A role of a parent company holds in its branches.
        """
        company.ensure_one()
        today = company._regulation_today()
        assignments = (
            self.env["regulation.role.assignment"]
            .sudo()
            .search(
                [
                    ("role_id", "in", self.ids),
                    ("company_id", "parent_of", company.id),
                    ("needs_consent", "=", False),
                    ("date_from", "<=", today),
                    "|",
                    ("date_to", "=", False),
                    ("date_to", ">=", today),
                ]
            )
        )
        holders = {}
        jobs = assignments.job_id
        by_job = {}
        if jobs:
            employees = (
                self.env["hr.employee"]
                .sudo()
                .search(
                    [("job_id", "in", jobs.ids), ("company_id", "child_of", company.root_id.id)]
                )
            )
            for employee in employees:
                by_job.setdefault(employee.job_id.id, []).append(employee.user_id.id)
        for assignment in assignments:
            users = assignment.user_id.ids or by_job.get(assignment.job_id.id, [])
            holders.setdefault(assignment.role_id.id, []).extend(
                (user, assignment.team_id.id) for user in users if user
            )
        return holders

    @api.model
    def _releasers(self, refusals):
        """Names of the people who can help with each refusal: ``{index: {name, ...}}``."""
        names = {}
        cache = {}
        for index, refusal in enumerate(refusals):
            company = refusal.record.sudo()._regulation_company()
            line = (
                self.env["regulation.profile"]
                .sudo()
                ._snapshot(refusal.profile_id)["gates"]
                .get(refusal.gate)
            )
            key = (company.id, line["release_role_id"] if line else 0)
            if key not in cache:
                role = self.browse(key[1]).exists()
                cache[key] = role._holders(company) if role else None
            users = (cache.get(key) or self.env["res.users"]) | self.env["res.users"].sudo().browse(
                refusal.helper_ids
            )
            names[index] = set(users.mapped("name"))
        return names
