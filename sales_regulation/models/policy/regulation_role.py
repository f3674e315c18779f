# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import SUPERUSER_ID, api, fields, models, tools
from odoo.exceptions import UserError
from odoo.tools import SQL

from ...tools import guard_frame


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
        if not {"sequence", "code", "active"}.isdisjoint(vals):
            # Of equal authorities the higher role comes last: part of the policies
            self.env.registry.clear_cache("stable")
        return super().write(vals)

    @api.model_create_multi
    def create(self, vals_list):
        self.env.registry.clear_cache("stable")
        return super().create(vals_list)

    @api.ondelete(at_uninstall=True)
    def _unlink_clear_cache(self):
        self.env.registry.clear_cache("stable")

    # === BUSINESS === #

    @api.model
    def _code(self, code):
        """The role with this code, empty if there is none."""
        return self.sudo().browse(self._id_by_code(code) or ())

    @api.model
    @tools.ormcache("code", cache="stable")
    def _id_by_code(self, code):
        return self.sudo().search([("code", "=", code)], limit=1).id

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
        """``{role id: [(user id, team id or False), ...]}`` today; the assignments are cached.

        A role of a parent company holds in its branches.
        """
        company.ensure_one()
        if not self.ids:
            return {}
        if frame := guard_frame(self.env):
            return frame.once(
                ("holders", company.id),
                self._ids,
                lambda ids: {
                    **dict.fromkeys(ids, ()),
                    **self.browse(ids)._read_holders_by_role(company),
                },
            )
        return self._read_holders_by_role(company)

    def _read_holders_by_role(self, company):
        today = company._regulation_today()
        rows = self.env["regulation.role.assignment"]._rows(company.sudo().parent_ids._ids)
        assignments = [
            row[:4]
            for role in self._ids
            for row in rows.get(role, ())
            if row[4] <= today and (not row[5] or row[5] >= today)
        ]
        jobs = {job for _role, _user, job, _team in assignments if job}
        by_job = {}
        if jobs:
            employees = (
                self.env["hr.employee"]
                .sudo()
                .search(
                    [("job_id", "in", list(jobs)), ("company_id", "child_of", company.root_id.id)]
                )
            )
            for employee in employees:
                by_job.setdefault(employee.job_id.id, []).append(employee.user_id.id)
        holders = {}
        for role, user, job, team in assignments:
            users = [user] if user else by_job.get(job, [])
            holders.setdefault(role, []).extend((user, team or False) for user in users if user)
        return holders

    @api.model
    def _releasers(self, refusals):
        """Names of the people who can help with each refusal: ``{index: {name, ...}}``."""
        helpers = {}
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
                cache[key] = self.browse(key[1] or ())._holders(company)._ids
            helpers[index] = {*cache[key], *refusal.helper_ids}
        names = self._names_of({user for users in helpers.values() for user in users})
        return {
            index: {names[user] for user in users if user in names}
            for index, users in helpers.items()
        }

    @api.model
    def _names_of(self, user_ids):
        """``{user id: name}``, without reading users and partners with all they have."""
        if not user_ids:
            return {}
        self.env["res.users"].flush_model(["partner_id"])
        self.env["res.partner"].flush_model(["name"])
        return dict(
            self.env.execute_query(
                SQL(
                    """
                    SELECT person.id, partner.name
                      FROM res_users person JOIN res_partner partner ON partner.id = person.partner_id
                     WHERE person.id IN %s
                    """,
                    tuple(user_ids),
                )
            )
        )
