# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import api, fields, models

from ...tools import ProfileVersion, engine


class RegulationDutyInstance(models.Model):
    """One duty, one person or record, one period."""

    _name = "regulation.duty.instance"
    _description = "Duty of a Period"
    _inherit = ["regulation.sealed", "mail.thread", "mail.activity.mixin"]
    _order = "period_start desc, id"

    #: what chatter and tasks write is no evidence
    _sealed_fields = frozenset(
        {
            "duty_id",
            "profile_id",
            "company_id",
            "user_id",
            "subject_model",
            "subject_id",
            "period_start",
            "period_end",
            "month",
            "due_at",
            "state",
            "done_at",
            "document_model",
            "document_id",
            "coverage",
        }
    )

    duty_id = fields.Many2one(
        comodel_name="regulation.duty",
        required=True,
        readonly=True,
        ondelete="restrict",
        index=True,
    )
    profile_id = fields.Many2one(
        comodel_name="regulation.profile", required=True, readonly=True, ondelete="restrict"
    )
    company_id = fields.Many2one(
        comodel_name="res.company", required=True, readonly=True, index=True
    )
    user_id = fields.Many2one(
        comodel_name="res.users",
        string="Responsible",
        required=True,
        readonly=True,
        ondelete="restrict",
        index=True,
    )
    subject_model = fields.Char(readonly=True)
    subject_id = fields.Many2oneReference(
        string="Concerns", model_field="subject_model", readonly=True
    )
    subject_name = fields.Char(string="Concerns Whom", compute="_compute_subject_name")
    period_start = fields.Date(required=True, readonly=True, index=True)
    period_end = fields.Date(required=True, readonly=True)
    month = fields.Date(
        readonly=True,
        help="First day of the month to which the period belongs: that of its Thursday.",
    )
    due_at = fields.Datetime(string="Due", readonly=True)
    state = fields.Selection(
        selection=[
            ("open", "Open"),
            ("done", "Done"),
            ("missed", "Not Done"),
            ("void", "Void"),
        ],
        default="open",
        required=True,
        readonly=True,
        help="Not done: the period ended without it. What arrives later still closes it."
        " Void: what it concerns belongs to somebody else meanwhile; it is judged for nobody.",
    )
    done_at = fields.Datetime(string="Done", readonly=True)
    document_model = fields.Char(readonly=True)
    document_id = fields.Many2oneReference(
        string="Document", model_field="document_model", readonly=True
    )
    coverage = fields.Float(
        string="Coverage (%)", readonly=True, aggregator="avg", help="100 when it was done."
    )

    _subject_uniq = models.Constraint(
        "UNIQUE(duty_id, company_id, user_id, subject_id, period_start)",
        "A duty arises once per person or record and period.",
    )
    _open_idx = models.Index("(period_end) WHERE state = 'open'")

    # === COMPUTE METHODS === #

    @api.depends("subject_model", "subject_id")
    @api.depends_context("uid", "lang")
    def _compute_subject_name(self):
        self.subject_name = False
        for model, rows in self.grouped("subject_model").items():
            if model and model in self.env:
                records = self.env[model].browse(rows.mapped("subject_id")).exists()
                names = {rec.id: rec.display_name for rec in records._filtered_access("read")}
                for row in rows:
                    row.subject_name = names.get(row.subject_id, False)

    @api.depends("duty_id", "period_start")
    def _compute_display_name(self):
        for row in self:
            row.display_name = f"{row.duty_id.name} {row.period_start}"

    # === CRUD METHODS === #

    @api.model_create_multi
    def create(self, vals_list):
        # A duty without subject is the person's own: NULL would not be unique
        for vals in vals_list:
            vals["subject_id"] = vals.get("subject_id") or 0
        return super().create(vals_list)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_begun(self):
        self._check_sealed({"state": "deleted"})

    # === ACTION METHODS === #

    def action_open_document(self):
        """Open the document that closed it, else the record it concerns."""
        self.ensure_one()
        model, res_id = (
            (self.document_model, self.document_id)
            if self.document_id
            else (self.subject_model, self.subject_id)
        )
        if not model:
            return False
        return {
            "type": "ir.actions.act_window",
            "res_model": model,
            "res_id": res_id,
            "view_mode": "form",
            "views": [(False, "form")],
        }

    # === BUSINESS METHODS === #

    def _begin(self):
        """Start the deadlines and put the tasks into people's lists."""
        Deadline = self.env["regulation.deadline"]
        for duty, rows in self.grouped("duty_id").items():
            if duty.deadline_code:
                policies = {row.id: ProfileVersion(duty.profile_id.id) for row in rows}
                deadlines = Deadline._start(
                    rows,
                    duty.deadline_code,
                    start=lambda row: row._counted_from(),
                    user=lambda row: row.user_id,
                    policies=policies,
                )
                for deadline in deadlines:
                    engine(rows.browse(deadline.res_id)).due_at = deadline.due_at
            for row in rows.filtered(lambda row: not row.due_at):
                engine(row).due_at = duty._moment(row.company_id, row.period_end, end=True)
            if duty.make_activity:
                rows._make_activities()

    def _counted_from(self):
        """The moment from which the deadline is counted."""
        self.ensure_one()
        if self.duty_id.counted_from == "start":
            return self.duty_id._moment(self.company_id, self.period_start, end=False)
        return self.duty_id._moment(self.company_id, self.period_end, end=True)

    def _make_activities(self):
        todo = self.env.ref("mail.mail_activity_data_todo", raise_if_not_found=False)
        model_id = self.env["ir.model"]._get_id(self._name)
        self.env["mail.activity"].sudo().with_context(mail_activity_quick_update=True).create(
            [
                {
                    "res_model_id": model_id,
                    "res_id": row.id,
                    "activity_type_id": todo.id if todo else False,
                    "user_id": row.user_id.id,
                    "summary": row.with_context(lang=row.user_id.lang).duty_id.name,
                    "date_deadline": row.company_id._regulation_local(row.due_at).date(),
                    "automated": True,
                }
                for row in self
            ]
        )

    def _finish(self, document, at):
        """The document that was waited for is there."""
        engine(self).write(
            {
                "state": "done",
                "done_at": at,
                "coverage": 100.0,
                "document_model": document._name,
                "document_id": document.id,
            }
        )
        for duty, rows in self.grouped("duty_id").items():
            if duty.deadline_code:
                self.env["regulation.deadline"]._done(rows, duty.deadline_code, at=at)
        self.activity_ids.sudo().unlink()

    def _reopen(self):
        """The document that was waited for was taken back: what it fulfilled is open again, or
        not done if the period is over."""
        moments = self.mapped("done_at")
        for company, rows in self.grouped("company_id").items():
            today = company._regulation_today()
            for state, part in rows.grouped(
                lambda row, today=today: "missed" if row.period_end < today else "open"
            ).items():
                engine(part).write(
                    {
                        "state": state,
                        "done_at": False,
                        "coverage": 0.0,
                        "document_model": False,
                        "document_id": False,
                    }
                )
        for duty, rows in self.grouped("duty_id").items():
            if duty.deadline_code:
                self.env["regulation.deadline"]._reopen(rows, duty.deadline_code, moments)
            if duty.make_activity:
                rows.filtered(lambda row: row.state == "open")._make_activities()

    @api.model
    def _leave(self, records, users):
        """These records have left the hands of ``users``: the duties of the periods that run
        are void, for only periods wholly in one hand are judged. Constant number of queries.
        """
        if not records or not self.env["regulation.profile"]._regulated_companies():
            return self.browse()
        left = self.sudo().search(
            [
                ("state", "=", "open"),
                ("subject_model", "=", records._name),
                ("subject_id", "in", records.ids),
                ("user_id", "in", users.ids),
                ("duty_id.who", "!=", "role"),
            ]
        )
        left = left.filtered(lambda row: row.period_end >= row.company_id._regulation_today())
        engine(left).write({"state": "void", "done_at": fields.Datetime.now()})
        for duty, rows in left.grouped("duty_id").items():
            if duty.deadline_code:
                self.env["regulation.deadline"]._cancel(rows, duty.deadline_code)
        left.activity_ids.sudo().unlink()
        return left

    @api.model
    def _judge_ended(self):
        """A period that ended without its document is not done."""
        domain = [("state", "=", "open")]
        for company in self.sudo()._read_group(domain, ["company_id"]):
            today = company[0]._regulation_today()
            ended = self.sudo().search(
                [
                    *domain,
                    ("company_id", "=", company[0].id),
                    ("period_end", "<", today),
                    "|",
                    ("due_at", "=", False),
                    ("due_at", "<", fields.Datetime.now()),
                ]
            )
            engine(ended).write({"state": "missed"})
