# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.tools import float_round

from ...tools import WorkDays, engine, is_engine

#: by which the profile says how long the note may take
DEADLINE = "plan_correction"


class SalesPlanCheckpoint(models.Model):
    """A day on which plan and result are compared; too far below, a note is demanded.

    The responsible person writes what is behind it and what is done, the superior answers
    (S2-16, S4-209, S4-245). A checkpoint with a name is a milestone of the plan (S4-105).
    """

    _name = "sales.plan.checkpoint"
    _description = "Checkpoint of a Plan"
    _inherit = [
        "regulation.submittable",
        "regulation.approvable.line",
        "mail.thread",
        "mail.activity.mixin",
    ]
    _order = "date, id"
    _mail_post_access = "read"

    _sealed_fields = frozenset({"state", "user_id", "company_id", "judged_at", "worst"})
    _approval_document_field = "plan_id"
    _approval_kinds = frozenset({"plan_correction"})
    _approval_content_fields = ("date", "name", "note")
    _approval_fallbacks = {"plan_correction": "manager"}
    _regulation_owner_fields = ("user_id",)
    _submittable_open = frozenset({"open", "deviating"})
    _submittable_ends = dict.fromkeys(("returned", "refused", "void", "withdrawn"), "deviating")

    _date_uniq = models.Constraint("UNIQUE(plan_id, date)", "A plan has one checkpoint on a day.")
    _due_idx = models.Index("(date) WHERE state = 'open'")

    plan_id = fields.Many2one(
        comodel_name="sales.plan", required=True, ondelete="cascade", index=True
    )
    company_id = fields.Many2one(related="plan_id.company_id", store=True, index=True)
    user_id = fields.Many2one(related="plan_id.user_id", store=True, index=True)
    plan_state = fields.Selection(related="plan_id.state", string="Status of the Plan")
    date = fields.Date(required=True, help="Compared as of the end of this day.")
    name = fields.Char(string="Milestone", help="What is to be reached by then.")
    line_ids = fields.One2many(
        comodel_name="sales.plan.checkpoint.line",
        inverse_name="checkpoint_id",
        string="Comparison",
        readonly=True,
    )
    worst = fields.Float(
        string="Deviation (%)",
        digits=(16, 2),
        readonly=True,
        copy=False,
        aggregator="min",
        help="Of the indicator that is farthest below the plan, in percent of what was planned"
        " until then.",
    )
    judged_at = fields.Datetime(string="Compared at", readonly=True, copy=False)
    note = fields.Text(
        string="Corrective Note", copy=False, help="Why it is behind, and what is done about it."
    )
    answer = fields.Text(compute="_compute_answer", compute_sudo=True)
    state = fields.Selection(
        selection=[
            ("open", "To come"),
            ("kept", "On plan"),
            ("deviating", "Note demanded"),
            ("submitted", "To answer"),
            ("answered", "Answered"),
            ("cancelled", "Plan superseded"),
        ],
        string="Status",
        default="open",
        required=True,
        readonly=True,
        copy=False,
        index=True,
        tracking=True,
    )

    # === COMPUTE METHODS === #

    @api.depends("plan_id", "date", "name")
    def _compute_display_name(self):
        for point in self:
            what = point.name or fields.Date.to_string(point.date) or ""
            point.display_name = f"{point.plan_id.sudo().display_name}: {what}"

    @api.depends("state", "approval_ids.decision_ids")
    def _compute_answer(self):
        for point in self:
            opinions = point.approval_ids.decision_ids.sorted("id").filtered("opinion")
            point.answer = opinions[-1:].opinion

    # === CRUD METHODS === #

    @api.model_create_multi
    def create(self, vals_list):
        points = super().create(vals_list)
        if not is_engine(self.env):
            points.plan_id._check_lines_open()
            points._check_in_period()
        return points

    def write(self, vals):
        planned = not is_engine(self.env) and {"date", "name", "plan_id"}.intersection(vals)
        if planned:
            self.plan_id._check_lines_open()
        if "note" in vals and not is_engine(self.env):
            self._check_note_writer()
        result = super().write(vals)
        if planned:
            self.plan_id._check_lines_open()
            self._check_in_period()
        return result

    @api.ondelete(at_uninstall=False)
    def _unlink_except_submitted(self):
        """Only while the plan is written."""
        if not is_engine(self.env):
            self.plan_id._check_lines_open()

    def _check_in_period(self):
        for point in self:
            plan = point.plan_id
            if not plan.period_start <= point.date <= plan.period_end:
                raise UserError(self.env._("%s: not in the period of the plan.", point.date))

    def _check_note_writer(self):
        """The responsible person or who stands in for him, once a note is demanded."""
        for point in self:
            if point.state != "deviating":
                raise UserError(self.env._("%s: no note is demanded.", point.display_name))
        if self.env.uid != api.SUPERUSER_ID and not self.env["regulation.delegation"]._acts_for(
            self.user_id
        ):
            raise AccessError(self.env._("The note is written by whose plan it is."))

    # === ACTION METHODS === #

    def action_submit(self):
        """Hand in the corrective note: the superior answers it.

        :raise UserError: if none is demanded, or nothing is written
        """
        self.check_access("write")
        self._check_note_writer()
        for point in self:
            if not (point.note or "").strip():
                raise UserError(
                    self.env._("%s: write why, and what is done about it.", point.display_name)
                )
        self.env["regulation.deadline"]._done(self, DEADLINE)
        self.sudo().activity_ids.filtered("automated").unlink()
        engine(self.sudo()).write({"state": "submitted"})
        for point in self:
            point._request_approval("plan_correction")

    # === APPROVAL === #

    def _approval_content(self, kind):
        return {
            point.id: {"plan": point.plan_id.id, "date": point.date, "note": point.note or ""}
            for point in self
        }

    def _approval_facts(self, kind):
        return {point.id: {"deviation": abs(point.worst)} for point in self}

    def _approval_granted(self, approval):
        engine(self.filtered(lambda point: point.state == "submitted")).write({"state": "answered"})

    def _approval_summary(self, approval):
        self.ensure_one()
        return (
            self.env["ir.qweb"]
            .sudo()
            ._render(
                "sales_regulation.sales_plan_checkpoint_summary",
                {"point": self},
                minimal_qcontext=True,
            )
        )

    # === JUDGEMENT === #

    @api.model
    def _cron_domain(self):
        return self.env["sales.plan"]._of_companies(
            lambda today: [
                ("state", "=", "open"),
                ("plan_id.state", "=", "released"),
                ("date", "<", today),
            ]
        )

    def _judge(self):
        """Compare what was planned until the day with what was reached, and demand notes."""
        policies = self._regulation_policies()
        rows = []
        days = {company: WorkDays(company) for company in self.company_id}
        for _date, points in self.grouped("date").items():
            reached = points.plan_id._reached({point.plan_id.id: point.date for point in points})
            for point in points:
                rows += point._prepare_lines(reached, days[point.company_id])
        engine(self.env["sales.plan.checkpoint.line"]).create(rows)
        now = fields.Datetime.now()
        behind = self.browse()
        for point in self:
            worst = min(point.line_ids.mapped("deviation"), default=0.0)
            allowed = policies[point.id].get("plan_deviation") or 0.0
            if allowed and -worst > allowed:
                behind |= point
            engine(point).write({"worst": worst, "judged_at": now})
        engine(self - behind).write({"state": "kept"})
        engine(behind).write({"state": "deviating"})
        behind._demand_notes()

    def _prepare_lines(self, reached, workdays):
        self.ensure_one()
        share = self._elapsed(workdays)
        rows = []
        for line in self.plan_id.line_ids:
            actual = reached[self.plan_id.id, line.indicator_id.code]
            planned = float_round(line.target * share, precision_digits=2)
            if actual is None or not planned:
                continue  # nothing counts it, or nothing was planned: no judgement
            rows.append(
                {
                    "checkpoint_id": self.id,
                    "indicator_id": line.indicator_id.id,
                    "planned": planned,
                    "actual": actual,
                    "deviation": float_round(
                        100.0 * (actual - planned) / planned, precision_digits=2
                    ),
                }
            )
        return rows

    def _elapsed(self, workdays):
        """Which share of the plan's working days is over at the end of the day, 0 to 1."""
        self.ensure_one()
        first, last = self.plan_id.period_start, self.plan_id.period_end
        if self.date >= last:
            return 1.0
        worked = [
            day
            for day in (first + timedelta(days=n) for n in range((last - first).days + 1))
            if workdays.is_working(day)
        ]
        return sum(day <= self.date for day in worked) / len(worked) if worked else 1.0

    def _demand_notes(self):
        """The clock of the note begins, and a task stands in the list of whoever writes it."""
        self.env["regulation.deadline"]._start(self, DEADLINE, user=lambda point: point.user_id)
        todo = self.env.ref("mail.mail_activity_data_todo", raise_if_not_found=False)
        due = {
            row.res_id: row.due_at
            for row in self.env["regulation.deadline"]._running(self, DEADLINE)
        }
        self.env["mail.activity"].sudo().with_context(mail_activity_quick_update=True).create(
            [
                {
                    "res_model_id": self.env["ir.model"]._get_id(self._name),
                    "res_id": point.id,
                    "activity_type_id": todo.id if todo else False,
                    "user_id": point.user_id.id,
                    "summary": point.with_context(lang=point.user_id.lang).env._(
                        "Behind the plan: corrective note"
                    ),
                    "date_deadline": point.company_id._regulation_local(
                        due.get(point.id) or fields.Datetime.now()
                    ).date(),
                    "automated": True,
                }
                for point in self
            ]
        )

    def _end_with_plan(self):
        """The plan is superseded: what has not come is the business of the new version."""
        engine(self.filtered(lambda point: point.state == "open")).write({"state": "cancelled"})
