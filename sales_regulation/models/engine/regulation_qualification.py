# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.fields import Domain

from ...tools import engine


class RegulationQualification(models.Model):
    """What a person has signed or passed, and until when it is valid.

    An NDA, an examination, a course, a licence. Recorded by HR or by the engine that held
    the examination; never edited: a new result is a new record, a wrong one is revoked.
    """

    _name = "regulation.qualification"
    _description = "Qualification"
    _inherit = ["regulation.sealed", "mail.thread"]
    _order = "date desc, id desc"
    _check_company_auto = True

    _sealed_fields = frozenset(
        {"recorded_by_id", "revoked_by_id", "revoked_at", "res_model", "res_id"}
    )
    #: what a record says, fixed when it is made
    _facts = frozenset(
        {"user_id", "kind", "name", "date", "valid_until", "passed", "score", "company_id"}
    )

    name = fields.Char(string="Title", required=True)
    kind = fields.Selection(
        selection=[
            ("nda", "Non-disclosure Agreement"),
            ("exam", "Examination"),
            ("course", "Course"),
            ("licence", "Licence"),
        ],
        required=True,
        index=True,
    )
    user_id = fields.Many2one(
        comodel_name="res.users",
        string="Person",
        required=True,
        index=True,
        ondelete="restrict",
        domain="[('share', '=', False)]",
    )
    company_id = fields.Many2one(
        comodel_name="res.company",
        required=True,
        index=True,
        default=lambda self: self.env.company,
    )
    date = fields.Date(required=True, default=fields.Date.context_today)
    valid_until = fields.Date(help="Empty: without end.")
    passed = fields.Boolean(default=True)
    score = fields.Float(digits=(16, 2), aggregator="avg")
    note = fields.Text()
    recorded_by_id = fields.Many2one(
        comodel_name="res.users",
        string="Recorded by",
        readonly=True,
        default=lambda self: self.env.user,
        copy=False,
    )
    revoked_by_id = fields.Many2one(comodel_name="res.users", readonly=True, copy=False)
    revoked_at = fields.Datetime(readonly=True, copy=False)
    res_model = fields.Char(string="Document Model", readonly=True, copy=False)
    res_id = fields.Many2oneReference(
        string="Document", model_field="res_model", readonly=True, copy=False
    )
    is_valid = fields.Boolean(compute="_compute_is_valid", search="_search_is_valid")

    _dates = models.Constraint(
        "CHECK(valid_until IS NULL OR valid_until >= date)",
        "A qualification is not valid until before it was obtained.",
    )
    _valid_idx = models.Index("(user_id, kind, valid_until)")

    # === COMPUTE METHODS === #

    @api.depends("passed", "date", "valid_until", "revoked_at")
    def _compute_is_valid(self):
        """As the guards judge it: on the day of the company, wherever the reader is."""
        days = self.sudo().company_id._regulation_days()
        for record in self:
            today = days.get(record.sudo().company_id.id) or fields.Date.context_today(self)
            record.is_valid = bool(
                record.passed
                and not record.revoked_at
                and record.date
                and record.date <= today
                and (not record.valid_until or record.valid_until >= today)
            )

    def _search_is_valid(self, operator, value):
        if operator != "in" or list(value) != [True]:
            return NotImplemented
        companies = self.env["res.company"].sudo().search([])
        by_day = {}
        for company_id, day in companies._regulation_days().items():
            by_day.setdefault(day, []).append(company_id)
        return Domain.OR(
            Domain("company_id", "in", ids) & Domain(self._valid_domain(day))
            for day, ids in by_day.items()
        )

    # === CRUD METHODS === #

    @api.model_create_multi
    def create(self, vals_list):
        records = super().create(vals_list)
        records._check_recorder()
        return records

    def write(self, vals):
        if self._facts & set(vals):
            raise UserError(
                self.env._("A qualification is not edited: record a new one, revoke a wrong one.")
            )
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_recorded(self):
        raise UserError(self.env._("A qualification is kept: revoke a wrong one."))

    # === ACTION METHODS === #

    def action_revoke(self):
        """End the validity of a record; HR only."""
        self.check_access("read")
        self._check_recorder()
        engine(self.sudo()).write(
            {"revoked_by_id": self.env.uid, "revoked_at": fields.Datetime.now()}
        )

    # === BUSINESS METHODS === #

    @api.model
    def _valid_domain(self, day):
        return [
            ("passed", "=", True),
            ("revoked_at", "=", False),
            ("date", "<=", day),
            "|",
            ("valid_until", "=", False),
            ("valid_until", ">=", day),
        ]

    @api.model
    def _valid_users(self, users, kind, company, day=None):
        """Those of ``users`` whose qualification of this kind is valid on a day; one query."""
        rows = self.sudo()._read_group(
            [
                ("user_id", "in", users.ids),
                ("kind", "=", kind),
                ("company_id", "=", company.id),
                *self._valid_domain(day or company._regulation_today()),
            ],
            ["user_id"],
        )
        return users.browse(user.id for (user,) in rows)

    def _check_recorder(self):
        """Only HR records and revokes, and not for himself; the engine is free."""
        if self.env.su:
            return
        role = self.env["regulation.role"]._code("hr")
        for record in self:
            if not role._held_by(self.env.user, record.company_id):
                raise AccessError(self.env._("HR keeps the qualifications."))
            if record.user_id == self.env.user:
                raise AccessError(self.env._("Nobody records his own qualification."))
