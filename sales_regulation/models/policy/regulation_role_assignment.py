# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from datetime import timedelta

from odoo import SUPERUSER_ID, api, fields, models, tools
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tools import SQL

from ...tools import engine, is_engine


class RegulationRoleAssignment(models.Model):
    """Who holds a role, from when to when.

    Decisions rest on it, so what has begun is ended by a date and not rewritten: its history
    says who held the role when. Where there is a director, who becomes and who stays director
    is his decision: the administrator enters it, he consents.
    """

    _name = "regulation.role.assignment"
    _description = "Role Holder"
    _inherit = ["regulation.sealed"]
    _order = "role_id, company_id, date_from desc, id"
    _check_company_auto = True

    _sealed_fields = frozenset({"needs_consent", "consented_by_id"})
    #: who holds what: fixed once it has begun
    _held_fields = frozenset({"role_id", "company_id", "user_id", "job_id", "team_id", "date_from"})

    _user_or_job = models.Constraint(
        "CHECK((user_id IS NULL) <> (job_id IS NULL))",
        "A role is held by a person or by a job, one of the two.",
    )
    _dates = models.Constraint(
        "CHECK(date_to IS NULL OR date_to >= date_from)", "A role cannot end before it begins."
    )

    role_id = fields.Many2one(
        comodel_name="regulation.role", required=True, ondelete="restrict", index=True
    )
    company_id = fields.Many2one(
        comodel_name="res.company",
        required=True,
        default=lambda self: self.env.company,
        index=True,
    )
    user_id = fields.Many2one(
        comodel_name="res.users",
        string="Person",
        index="btree_not_null",
        domain="[('share', '=', False), ('company_ids', 'in', company_id)]",
        ondelete="restrict",
    )
    job_id = fields.Many2one(
        comodel_name="hr.job", check_company=True, index="btree_not_null", ondelete="restrict"
    )
    team_id = fields.Many2one(
        comodel_name="crm.team",
        string="Only for Team",
        check_company=True,
        ondelete="restrict",
        help="Empty: for the whole company.",
    )
    date_from = fields.Date(required=True, default=fields.Date.context_today)
    date_to = fields.Date(string="Until")
    needs_consent = fields.Boolean(
        string="Waits for the Director",
        readonly=True,
        copy=False,
        help="A further director holds the role once a director has consented.",
    )
    consented_by_id = fields.Many2one(
        comodel_name="res.users", string="Consent by", readonly=True, copy=False
    )
    can_end = fields.Boolean(compute="_compute_can_end", compute_sudo=True)
    can_consent = fields.Boolean(compute="_compute_can_end", compute_sudo=True)

    @api.depends("role_id", "user_id", "job_id")
    def _compute_display_name(self):
        for assignment in self:
            holder = assignment.user_id.name or assignment.job_id.name
            assignment.display_name = f"{assignment.role_id.name}: {holder}"

    @api.depends("role_id", "date_from", "date_to", "needs_consent")
    @api.depends_context("uid")
    def _compute_can_end(self):
        admin = self.browse().sudo(False).has_access("write")
        directors = self.filtered(lambda assignment: assignment._is_director())
        passed_over = {
            company: rows[:1]._directors_passed_over()
            for company, rows in directors.grouped("company_id").items()
        }
        for assignment in self:
            decides = not (assignment in directors and passed_over[assignment.company_id])
            today = assignment.company_id._regulation_today()
            assignment.can_consent = assignment.needs_consent and decides
            assignment.can_end = (
                decides
                and (admin or assignment in directors)
                and assignment._has_begun()
                and (not assignment.date_to or assignment.date_to >= today)
            )

    @api.constrains("user_id", "company_id")
    def _check_user_company(self):
        for assignment in self.filtered("user_id"):
            if assignment.company_id not in assignment.user_id.company_ids:
                raise ValidationError(
                    self.env._(
                        "%(user)s does not work in %(company)s.",
                        user=assignment.user_id.name,
                        company=assignment.company_id.name,
                    )
                )

    @api.constrains("role_id", "company_id", "user_id", "team_id", "date_from", "date_to")
    def _check_one_manager(self):
        """A key-account team has one manager at a time (S3-06): from today on, history stays."""
        for row in self.filtered(
            lambda row: row.team_id and row.user_id and row.role_id.code == "ka_manager"
        ):
            begin = max(row.date_from, row.company_id._regulation_today())
            if row.date_to and row.date_to < begin:
                continue
            other = self.sudo().search(
                [
                    ("id", "!=", row.id),
                    ("role_id", "=", row.role_id.id),
                    ("company_id", "=", row.company_id.id),
                    ("team_id", "=", row.team_id.id),
                    ("user_id", "!=", False),
                    ("date_from", "<=", row.date_to or "9999-12-31"),
                    "|",
                    ("date_to", "=", False),
                    ("date_to", ">=", begin),
                ],
                limit=1,
            )
            if other:
                raise ValidationError(
                    self.env._(
                        "%(team)s has a key-account manager, %(holder)s. A team has one at a time:"
                        " end that role first.",
                        team=row.team_id.name,
                        holder=other.user_id.name,
                    )
                )

    # === CRUD METHODS === #

    @api.model_create_multi
    def create(self, vals_list):
        assignments = super().create(vals_list)
        self._clear_rows()
        assignments._ask_consent()
        assignments.filtered(lambda row: not row.needs_consent)._record_change("role_granted")
        return assignments

    def write(self, vals):
        self._clear_rows()
        if is_engine(self.env):
            return super().write(vals)
        held = self.browse()
        if self.env.uid != SUPERUSER_ID:
            held = self.filtered(
                lambda row: any(
                    row._differs(name, vals[name]) for name in self._held_fields & set(vals)
                )
            )
            held._check_not_begun()
            if "date_to" in vals:
                self.filtered(lambda row: row._differs("date_to", vals["date_to"]))._check_end(
                    fields.Date.to_date(vals["date_to"])
                )
        result = super().write(vals)
        held._ask_consent()
        self.filtered(lambda row: not row.needs_consent)._record_change(
            "role_ended" if vals.get("date_to") else "role_granted"
        )
        return result

    @api.ondelete(at_uninstall=False)
    def _unlink_record_change(self):
        if self.env.uid != SUPERUSER_ID:
            self._check_not_begun()
        self._record_change("role_ended")

    def unlink(self):
        self._clear_rows()
        return super().unlink()

    # === ROWS === #

    @api.model
    def _clear_rows(self):
        self.env.registry.clear_cache("stable")

    @api.model
    def _rows(self, company_ids):
        """What is in force in these companies at some time.

        Cached. A transaction that has changed something reads what it has written, and leaves
        nothing of it in the cache: it may be rolled back.

        :return: ``{role id: ((role, user, job, team, from, until), ...)}``, the newest first
        """
        if "stable" in self.env.registry.cache_invalidated:
            return self._read_rows(company_ids)
        return self._cached_rows(company_ids)

    @api.model
    @tools.ormcache("company_ids", cache="stable")
    def _cached_rows(self, company_ids):
        return self._read_rows(company_ids)

    @api.model
    def _read_rows(self, company_ids):
        self.flush_model()
        rows = self.env.execute_query(
            SQL(
                """
                SELECT held.role_id, held.user_id, held.job_id, held.team_id,
                       held.date_from, held.date_to
                  FROM regulation_role_assignment held
                  JOIN res_company company ON company.id = held.company_id
                 WHERE held.company_id IN %s AND held.needs_consent IS NOT TRUE
                 ORDER BY company.sequence, company.name, held.date_from DESC, held.id
                """,
                tuple(company_ids),
            )
        )
        by_role = {}
        for row in rows:
            by_role.setdefault(row[0], []).append(row)
        return {role: tuple(held) for role, held in by_role.items()}

    # === ACTION METHODS === #

    def action_consent(self):
        """Consent to a further director. For a director of each company concerned."""
        self.check_access("read")
        waiting = self.sudo().filtered("needs_consent")
        waiting._check_director()
        engine(waiting).write({"needs_consent": False, "consented_by_id": self.env.uid})
        waiting._record_change("role_granted")

    def action_end(self):
        """End the role at once. For the administrator; a director's, for a director."""
        directors = self.filtered(lambda row: row._is_director())
        directors.check_access("read")
        if others := self - directors:
            others.check_access("write")
        for assignment in self.sudo():
            yesterday = assignment.company_id._regulation_today() - timedelta(days=1)
            assignment.date_to = max(assignment.date_from, yesterday)

    # === BUSINESS METHODS === #

    def _is_director(self):
        self.ensure_one()
        return self.role_id.code == "director"

    def _has_begun(self):
        self.ensure_one()
        return not self.needs_consent and (self.date_from <= self.company_id._regulation_today())

    def _differs(self, name, value):
        current = self[name]
        if isinstance(current, models.BaseModel):
            return current.id != (value or False)
        return current != (fields.Date.to_date(value) if value else False)

    def _check_not_begun(self):
        for assignment in self:
            if assignment._has_begun():
                raise UserError(
                    self.env._(
                        "%(assignment)s has begun: who held a role when is on record. End it with"
                        " a date and make a new one.",
                        assignment=assignment.display_name,
                    )
                )

    def _check_end(self, date_to):
        """Raise if these may not end then."""
        for assignment in self:
            if not assignment._has_begun():
                continue
            today = assignment.company_id._regulation_today()
            over = assignment.date_to and assignment.date_to < today
            if over or (date_to and date_to < max(assignment.date_from, today - timedelta(days=1))):
                raise UserError(
                    self.env._(
                        "%(assignment)s: a role ends from today on, and what has ended stays so."
                        " Make a new one.",
                        assignment=assignment.display_name,
                    )
                )
            if assignment._is_director():
                assignment._check_director()

    def _ask_consent(self):
        """A further director waits for the consent of one, whoever enters him."""
        rows = self.sudo()
        directors = rows.filtered(lambda row: row._is_director())
        engine((rows - directors).filtered("needs_consent")).write({"needs_consent": False})
        engine(directors).write({"needs_consent": True, "consented_by_id": False})
        for assignment in directors:
            if self.env.uid == SUPERUSER_ID or not assignment._directors_passed_over():
                engine(assignment).write({"needs_consent": False})

    def _directors_passed_over(self):
        """The directors whose consent is needed and who are not the present user."""
        self.ensure_one()
        role = self.role_id
        companies = self.env["res.company"].sudo().search([("id", "child_of", self.company_id.ids)])
        found = self.env["res.users"]
        for company in companies:
            holders = role._holders(company).filtered("active")
            if self.env.user not in holders:
                found |= holders
        return found

    def _check_director(self):
        for assignment in self:
            if others := assignment.sudo()._directors_passed_over():
                raise AccessError(
                    self.env._(
                        "Who is director of %(company)s is decided by the director: %(names)s.",
                        company=assignment.company_id.name,
                        names=", ".join(others.mapped("name")),
                    )
                )

    def _record_change(self, event):
        self.env["regulation.register"]._record(
            event,
            self,
            code=lambda row: row.role_id.code,
            subject_id=lambda row: row.user_id.id,
        )
