# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

from odoo.addons.sales_regulation.tools import engine, is_engine

from .confidentiality_training import COURSES


class ConfidentialityAttendance(models.Model):
    """One person and one course: asked to come, was there, or was not (C54).

    A newcomer has such a row before there is a course: he owes the entry course from the day
    on which he came (S4-009, S4-027).
    """

    _name = "confidentiality.attendance"
    _description = "Training Attendance"
    _inherit = ["regulation.sealed", "mail.activity.mixin"]
    _order = "training_id, user_id, id"
    _check_company_auto = True

    _sealed_fields = frozenset({"state", "done_at", "qualification_id"})

    training_id = fields.Many2one(
        comodel_name="confidentiality.training",
        string="Course",
        index=True,
        ondelete="cascade",
        check_company=True,
    )
    kind = fields.Selection(selection=COURSES, required=True, default="entry")
    company_id = fields.Many2one(
        comodel_name="res.company",
        required=True,
        index=True,
        default=lambda self: self.env.company,
    )
    user_id = fields.Many2one(
        comodel_name="res.users",
        string="Person",
        required=True,
        index=True,
        ondelete="restrict",
        domain="[('share', '=', False), ('company_ids', 'in', company_id)]",
    )
    date = fields.Date(related="training_id.date", store=True, index=True)
    year = fields.Char(related="training_id.year", store=True)
    attended = fields.Boolean(string="Was There", copy=False)
    state = fields.Selection(
        selection=[
            ("due", "Owed"),
            ("invited", "Invited"),
            ("attended", "Attended"),
            ("missed", "Missed"),
        ],
        string="Status",
        default="due",
        required=True,
        readonly=True,
        copy=False,
        index=True,
    )
    done_at = fields.Datetime(readonly=True, copy=False)
    note = fields.Char(string="Remark")
    qualification_id = fields.Many2one(
        comodel_name="regulation.qualification", readonly=True, copy=False, ondelete="restrict"
    )
    exam_score = fields.Float(
        string="Examination (%)",
        compute="_compute_exam",
        compute_sudo=True,
        digits=(16, 2),
        help="The best result since the course.",
    )
    exam_passed = fields.Boolean(
        string="Examination passed", compute="_compute_exam", compute_sudo=True
    )

    _person_uniq = models.UniqueIndex(
        "(training_id, user_id) WHERE training_id IS NOT NULL",
        "This person is on the list of the course already.",
    )
    _owed_uniq = models.UniqueIndex(
        "(company_id, user_id) WHERE state = 'due' AND training_id IS NULL",
        "This person owes the entry course already.",
    )

    # === COMPUTE METHODS === #

    @api.depends("user_id", "date")
    def _compute_exam(self):
        """One query for a whole list."""
        results = self.env["confidentiality.exam.result"].search_fetch(
            [("user_id", "in", self.user_id.ids)],
            ["user_id", "company_id", "date", "score", "passed"],
        )
        for row in self:
            mine = results.filtered(
                lambda result, row=row: (
                    result.user_id == row.user_id
                    and result.company_id == row.company_id
                    and row.date
                    and result.date >= row.date
                )
            )
            row.exam_score = max(mine.mapped("score"), default=0.0)
            row.exam_passed = any(mine.mapped("passed"))

    @api.depends("training_id", "user_id", "kind")
    def _compute_display_name(self):
        kinds = dict(self._fields["kind"]._description_selection(self.env))
        for row in self:
            row.display_name = f"{row.user_id.name}: {row.training_id.name or kinds.get(row.kind)}"

    # === CRUD METHODS === #

    @api.model_create_multi
    def create(self, vals_list):
        for vals in vals_list:
            if vals.get("training_id"):
                training = self.env["confidentiality.training"].browse(vals["training_id"])
                vals["kind"] = training.kind
                vals["company_id"] = training.company_id.id
        rows = super().create(vals_list)
        for row in rows:
            row._check_open()
            if row.attended:
                row._check_not_own()
        invited = rows.filtered("training_id")
        engine(invited.sudo()).write({"state": "invited"})
        return rows

    def write(self, vals):
        if not is_engine(self.env):
            if {"user_id", "training_id", "kind", "company_id"} & set(vals):
                raise UserError(self.env._("Who was asked to which course is fixed."))
            if "attended" in vals:
                for row in self:
                    row._check_open()
                    row._check_not_own()
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_held(self):
        for row in self:
            row._check_open()
            if row.kind == "entry" and not self.env.su:
                raise UserError(
                    self.env._("The entry course is owed until it was attended (S4-009).")
                )

    # === ACTION METHODS === #

    def action_toggle(self):
        """Mark that somebody was there, or take it back."""
        self.check_access("write")
        for row in self:
            row.attended = not row.attended

    # === BUSINESS METHODS === #

    def _check_open(self):
        self.ensure_one()
        if self.training_id.state in ("held", "cancelled") or self.state in ("attended", "missed"):
            raise UserError(self.env._("The list of a course that was held is closed."))

    def _check_not_own(self):
        self.ensure_one()
        if self.user_id == self.env.user and not self.env.su:
            raise AccessError(self.env._("Nobody confirms his own attendance."))

    @api.model
    def _invite(self, training, users):
        """Put people on the list of a course; who owes the entry course comes with his row."""
        known = self.search([("training_id", "=", training.id)]).user_id
        owed = self.browse()
        if training.kind == "entry":
            owed = self.sudo().search(
                [
                    ("company_id", "=", training.company_id.id),
                    ("state", "=", "due"),
                    ("user_id", "in", (users - known).ids),
                ]
            )
            engine(owed).write({"training_id": training.id, "state": "invited"})
        return self.create(
            [
                {"training_id": training.id, "user_id": user.id}
                for user in users - known - owed.user_id
            ]
        )

    def _conclude(self):
        """The course was held: qualifications, duties and clocks of who was there."""
        rows = self.sudo()
        present = rows.filtered("attended")
        absent = rows - present
        now = fields.Datetime.now()
        engine(present).write({"state": "attended", "done_at": now})
        engine(absent).write({"state": "missed", "done_at": now})
        qualifications = engine(self.env["regulation.qualification"].sudo()).create(
            [
                {
                    "name": row.training_id.name,
                    "kind": "course",
                    "user_id": row.user_id.id,
                    "company_id": row.company_id.id,
                    "date": row.date,
                    "res_model": self._name,
                    "res_id": row.id,
                }
                for row in present
            ]
        )
        for row, qualification in zip(present, qualifications, strict=True):
            engine(row).qualification_id = qualification.with_env(self.env)
        rows.activity_ids.sudo().unlink()
        Deadline = self.env["regulation.deadline"]
        Deadline._done(present.filtered(lambda row: row.kind == "entry"), "confidentiality_entry")
        Deadline._cancel(absent.filtered(lambda row: row.kind == "entry"), "confidentiality_entry")
        self.env["regulation.duty"]._close(
            present,
            "confidentiality_refresher",
            user=lambda row: row.user_id,
            day=lambda row: row.date,
        )
        register = self.env["regulation.register"]
        for event, some in (("training_attended", present), ("training_missed", absent)):
            register._record(
                event, some, lambda row: row.kind, subject_id=lambda row: row.user_id.id
            )

    def _back_to_due(self):
        """The course does not take place: the entry course is owed as before."""
        entries = self.sudo().filtered(lambda row: row.kind == "entry")
        engine(entries).write({"training_id": False, "state": "due", "attended": False})

    @api.model
    def _covered(self, company):
        """The employees of a company whom a regulation covers."""
        return self._covered_policies(company)[0]

    @api.model
    def _covered_policies(self, company):
        """``(users, {user id: policy})``."""
        users = (
            self.env["hr.employee"]
            .sudo()
            .search([("company_id", "=", company.id), ("user_id.share", "=", False)])
            .user_id.filtered("active")
        )
        team = self.env["crm.team"]
        policies = self.env["regulation.profile"]._resolve(
            {user.id: (company, user, team) for user in users}
        )
        return users.filtered(lambda user: policies[user.id]), policies

    @api.model
    def _introduced(self, users, company):
        """Those who have attended the entry course."""
        return (
            self.sudo()
            .search(
                [
                    ("user_id", "in", users.ids),
                    ("company_id", "=", company.id),
                    ("kind", "=", "entry"),
                    ("state", "=", "attended"),
                ]
            )
            .user_id
        )

    @api.model
    def _cron_newcomers(self):
        """Who came under a regulation with an entry course owes it, until he attended one."""
        for company in self.env["res.company"].sudo().browse(
            sorted(self.env["regulation.profile"]._regulated_companies())
        ):
            self.sudo().with_company(company)._owe_entry(company)

    @api.model
    def _owe_entry(self, company):
        users, policies = self._covered_policies(company)
        users = users.filtered(lambda user: policies[user.id].get("training_entry"))
        known = self.search(
            [
                ("company_id", "=", company.id),
                ("user_id", "in", users.ids),
                ("kind", "=", "entry"),
                ("state", "in", ("due", "invited", "attended")),
            ]
        ).filtered(lambda row: row.training_id.state != "cancelled")
        users -= known.user_id
        began = {
            profile.id: profile.date_from
            for profile in self.env["regulation.profile"]
            .sudo()
            .browse({policies[user.id].profile_id for user in users})
        }
        came = {
            employee.user_id.id: company._regulation_local(employee.create_date).date()
            for employee in self.env["hr.employee"]
            .sudo()
            .search([("user_id", "in", users.ids), ("company_id", "=", company.id)])
        }
        new = users.filtered(lambda user: came[user.id] >= began[policies[user.id].profile_id])
        rows = self.create(
            [{"user_id": user.id, "company_id": company.id, "kind": "entry"} for user in new]
        )
        self.env["regulation.deadline"]._start(
            rows, "confidentiality_entry", user=lambda row: row.user_id
        )
        return rows
