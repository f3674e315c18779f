# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from collections import Counter, namedtuple
from datetime import time, timedelta

from babel.dates import format_skeleton
from dateutil.relativedelta import relativedelta
from markupsafe import Markup

from odoo import Command, api, fields, models
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tools import babel_locale_parse, get_lang

from ...tools import WorkDays, engine, is_engine, month_of, periods_between

#: what the cadence of a customer asks for in one period
Need = namedtuple("Need", "partner begin end")
#: hours of the day at which visits are proposed, in company time, one after the other
_SLOTS = (time(10, 0), time(14, 0), time(16, 0))
OPEN = ("draft", "returned")


class VisitPlan(models.Model):
    """The visits that one person plans for one month (C09, S3-25, S4-232).

    Proposed from the cadence of his customers and from running contracts, reviewed by his
    superior where the regulation says so; then its visits are in the calendar.
    """

    _name = "visit.plan"
    _description = "Visit Plan"
    _inherit = ["regulation.submittable", "mail.thread", "mail.activity.mixin"]
    _order = "month desc, user_id, id"
    _check_company_auto = True
    #: the manager advises on what he does not write
    _mail_post_access = "read"

    _sealed_fields = frozenset(
        {"state", "submitted_at", "approved_at", "coverage_submitted", "guidance"}
    )
    _approval_kinds = frozenset({"visit_plan"})
    _approval_content_fields = ("user_id", "company_id", "month", "line_ids")
    _approval_fallbacks = {"visit_plan": "manager"}
    _submittable_open = frozenset(OPEN)
    _submittable_fields = ("aim",)
    _submittable_ends = {
        "returned": "returned",
        "refused": "returned",
        "void": "draft",
        "withdrawn": "draft",
    }

    _person_month_uniq = models.Constraint(
        "UNIQUE(user_id, company_id, month)", "A person has one visit plan a month."
    )

    user_id = fields.Many2one(
        comodel_name="res.users",
        string="Person",
        required=True,
        default=lambda self: self.env.user,
        domain="[('share', '=', False)]",
        ondelete="restrict",
        index=True,
    )
    company_id = fields.Many2one(
        comodel_name="res.company",
        required=True,
        default=lambda self: self.env.company,
        index=True,
    )
    month = fields.Date(
        required=True,
        default=lambda self: self._default_month(),
        index=True,
        help="Any day of the month; kept as its first day.",
    )
    month_name = fields.Char(
        string="Month in Words", compute="_compute_month_name", help="In the reader's language."
    )
    line_ids = fields.One2many(
        comodel_name="visit.plan.line", inverse_name="plan_id", string="Visits", copy=True
    )
    line_count = fields.Integer(string="Planned Visits", compute="_compute_line_count")
    aim = fields.Text(string="Aims of the Month")
    state = fields.Selection(
        selection=[
            ("draft", "Draft"),
            ("submitted", "To approve"),
            ("returned", "Returned"),
            ("approved", "Running"),
            ("closed", "Closed"),
        ],
        string="Status",
        default="draft",
        required=True,
        readonly=True,
        copy=False,
        index=True,
        tracking=True,
    )
    submitted_at = fields.Datetime(string="Handed in at", readonly=True, copy=False)
    approved_at = fields.Datetime(readonly=True, copy=False)
    guidance = fields.Text(
        readonly=True, copy=False, help="What the superior advised when he decided."
    )
    coverage = fields.Float(
        string="Coverage (%)",
        compute="_compute_coverage",
        compute_sudo=True,
        digits=(16, 2),
        help="Share of the visits that the cadence of the customers asks for that are planned.",
    )
    coverage_due = fields.Integer(
        string="Visits asked for", compute="_compute_coverage", compute_sudo=True
    )
    coverage_missing = fields.Text(
        string="Not Planned yet", compute="_compute_coverage", compute_sudo=True
    )
    coverage_submitted = fields.Float(
        string="Coverage at Hand-in (%)",
        readonly=True,
        copy=False,
        digits=(16, 2),
        aggregator="avg",
    )

    # === COMPUTE METHODS === #

    @api.model
    def _default_month(self):
        today = fields.Date.context_today(self)
        return today.replace(day=1) + relativedelta(months=1)

    @api.depends("user_id", "month_name")
    @api.depends_context("lang")
    def _compute_display_name(self):
        for plan in self:
            plan.display_name = f"{plan.month_name or ''} {plan.user_id.name or ''}".strip()

    @api.depends("month")
    @api.depends_context("lang")
    def _compute_month_name(self):
        locale = babel_locale_parse(get_lang(self.env).code)
        for plan in self:
            plan.month_name = (
                format_skeleton("yMMMM", plan.month, locale=locale) if plan.month else False
            )

    @api.depends("line_ids")
    def _compute_line_count(self):
        counts = dict(
            self.env["visit.plan.line"]._read_group(
                [("plan_id", "in", self.ids)], ["plan_id"], ["__count"]
            )
        )
        for plan in self:
            plan.line_count = counts.get(plan._origin, 0)

    @api.depends("line_ids.partner_id", "line_ids.start", "user_id", "month", "company_id")
    def _compute_coverage(self):
        found = self.filtered(lambda plan: plan.month and plan.user_id)._needs()
        for plan in self:
            needs = found.get(plan, [])
            missing = plan._missing(needs)
            plan.coverage_due = len(needs)
            plan.coverage = 100.0 * (1 - len(missing) / len(needs)) if needs else 100.0
            plan.coverage_missing = "\n".join(
                f"{need.partner.display_name}: {need.begin} - {need.end}" for need in missing
            )

    # === CONSTRAINT METHODS === #

    @api.constrains("month")
    def _check_month(self):
        for plan in self.filtered(lambda plan: plan.month.day != 1):
            raise ValidationError(self.env._("%s: a plan is of a whole month.", plan.month))

    # === CRUD METHODS === #

    @api.model_create_multi
    def create(self, vals_list):
        for vals in vals_list:
            self._to_first_day(vals)
        plans = super().create(vals_list)
        plans._check_planner()
        return plans

    def write(self, vals):
        self._to_first_day(vals)
        result = super().write(vals)
        if "user_id" in vals and not is_engine(self.env):
            self._check_planner()
        return result

    def _submittable_fixed(self, vals):
        return set() if _only_agrees(vals) else super()._submittable_fixed(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_submitted(self):
        if any(plan.submitted_at for plan in self):
            raise UserError(self.env._("A plan that was handed in is kept."))

    @api.model
    def _to_first_day(self, vals):
        if vals.get("month"):
            vals["month"] = fields.Date.to_date(vals["month"]).replace(day=1)

    def _check_open(self):
        for plan in self:
            if plan.state not in OPEN:
                raise UserError(
                    self.env._(
                        "%s was handed in: take it back first to change it. A visit that comes up"
                        " is put into the calendar.",
                        plan.display_name,
                    )
                )

    def _check_planner(self):
        """Everybody plans his own visits, and those of whom he stands in for."""
        if self.env.uid == api.SUPERUSER_ID:
            return
        if not self.env["regulation.delegation"]._acts_for(self.user_id):
            raise AccessError(self.env._("Everybody plans his own visits."))

    # === ACTION METHODS === #

    def action_propose(self):
        """Add a visit for each period of the cadence that has none, and for each customer with a
        running contract that is not visited otherwise."""
        self.check_access("write")
        self._check_open()
        for plan in self:
            lines = plan.sudo()._prepare_proposal()
            self.env["visit.plan.line"].create(lines)

    def action_submit(self):
        """Hand in the plan; without approval in the regulation its visits are in the calendar now.

        :raise UserError: if there is nothing in it, or a visit has no customer or day
        """
        self.check_access("write")
        self._check_open()
        self._check_planner()
        self._lock_customers()
        for plan in self:
            plan._check_lines()
        now = fields.Datetime.now()
        for plan in self:
            engine(plan.sudo()).write(
                {"state": "submitted", "submitted_at": now, "coverage_submitted": plan.coverage}
            )
        self.env["regulation.duty"]._close(
            self,
            "visit_plan",
            user=lambda plan: plan.user_id,
            day=lambda plan: plan.month,
            at=now,
        )
        policies = self._regulation_policies()
        reviewed = self.filtered(lambda plan: policies[plan.id].get("visit_plan_approval"))
        if reviewed:
            reviewed._request_approval("visit_plan")
        (self - reviewed).sudo()._put_into_force()

    def action_revise(self):
        """Take a plan back, to change what has not taken place yet and hand it in again."""
        self.check_access("write")
        self._check_planner()
        for plan in self:
            if plan.state not in ("submitted", "approved"):
                raise UserError(self.env._("%s is not handed in.", plan.display_name))
        pending = self.sudo().approval_ids.filtered(lambda row: row.state == "pending")
        pending.sudo(False).action_withdraw()
        engine(self.sudo()).write({"state": "draft"})

    def action_close(self):
        """The month is over."""
        self.check_access("write")
        for plan in self:
            if plan.state != "approved" or plan._days()[1] >= plan.company_id._regulation_today():
                raise UserError(self.env._("%s: the month is not over.", plan.display_name))
        engine(self.sudo()).write({"state": "closed"})

    def action_open_visits(self):
        """The visits of the month in the calendar, planned or not."""
        self.ensure_one()
        first, last = self._days()
        company = self.company_id
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Visits"),
            "res_model": "calendar.event",
            "view_mode": "list,calendar,form",
            "domain": [
                ("visit_partner_id", "!=", False),
                ("user_id", "=", self.user_id.id),
                ("start", ">=", company._regulation_utc(first, time.min)),
                ("start", "<=", company._regulation_utc(last, time.max)),
            ],
        }

    # === APPROVAL === #

    def _approval_content(self, kind):
        return {
            plan.id: {
                "person": plan.user_id,
                "month": plan.month,
                "visits": sorted(
                    (
                        line.partner_id.id,
                        fields.Datetime.to_string(line.start),
                        line.duration,
                        line.purpose or "",
                        line.content or "",
                    )
                    for line in plan.line_ids
                ),
            }
            for plan in self
        }

    def _approval_granted(self, approval):
        self._keep_guidance(approval)
        self.filtered(lambda plan: plan.state == "submitted")._put_into_force()

    def _approval_returned(self, approval):
        self._keep_guidance(approval)
        super()._approval_returned(approval)

    def _approval_refused(self, approval):
        self._keep_guidance(approval)
        super()._approval_refused(approval)

    def _keep_guidance(self, approval):
        """The last opinion, where the person who plans reads it."""
        opinion = approval.decision_ids.sorted("id")[-1:].opinion
        if opinion:
            engine(self).write({"guidance": opinion})

    def _approval_summary(self, approval):
        self.ensure_one()
        local = self.company_id._regulation_local
        rows = [
            (
                local(line.start).strftime("%m-%d %H:%M"),
                line.partner_id.name,
                line.purpose or "",
            )
            for line in self.line_ids.sorted("start")
        ]
        return Markup("<p>%s %.2f %%</p><table class='table table-sm'>%s</table>") % (
            self.env._("Coverage of the cadence:"),
            self.coverage,
            Markup("").join(Markup("<tr><td>%s</td><td>%s</td><td>%s</td></tr>") % row for row in rows),
        )

    # === CADENCE === #

    def _days(self):
        """First and last day of the month."""
        self.ensure_one()
        return self.month, self.month + relativedelta(months=1, days=-1)

    def _needs(self):
        """What the visit duties on the customers of these people ask for in the month.

        As many queries as there are duties and companies, whatever the number of plans; only
        the customers of these people are read.

        :return: ``{plan: [Need, ...]}``
        """
        policies = self._regulation_policies() if self else {}
        profiles = {plan: policies[plan.id].profile_ids for plan in self}
        duties = self.env["regulation.duty"].search(
            [
                ("profile_id", "in", list({one for ids in profiles.values() for one in ids})),
                ("contact_kind", "=", "visit"),
                ("subject_model", "=", "res.partner"),
            ]
        )
        needs = {plan: [] for plan in self}
        for duty in duties:
            plans = self.filtered(lambda plan, duty=duty: duty.profile_id.id in profiles[plan])
            for company, group in plans.grouped("company_id").items():
                customers = {}
                for user, subject, since in duty._subjects(company, group.user_id):
                    customers.setdefault(user, []).append((subject, since))
                for plan in group:
                    needs[plan] += plan._needs_of(duty, customers.get(plan.user_id, ()))
        return needs

    def _needs_of(self, duty, customers):
        first, last = self._days()
        return [
            Need(self.env["res.partner"].browse(subject), begin, end)
            for begin, end in periods_between(
                duty.frequency, first - timedelta(days=14), last, duty._anchor()
            )
            if month_of(duty.frequency, begin, end) == first
            for subject, since in customers
            if not since or begin >= since
        ]

    def _missing(self, needs):
        """Those of ``needs`` for which no visit is planned."""
        self.ensure_one()
        local = self.company_id._regulation_local
        planned = [
            (line.partner_id.commercial_partner_id._origin, local(line.start).date())
            for line in self.line_ids
            if line.partner_id and line.start and not line.ended_on
        ]
        return [
            need
            for need in needs
            if not any(
                partner == need.partner.commercial_partner_id and need.begin <= day <= need.end
                for partner, day in planned
            )
        ]

    def _prepare_proposal(self):
        """Values of the lines that the plan lacks."""
        self.ensure_one()
        days = WorkDays(self.company_id)
        first, last = self._days()
        today = self.company_id._regulation_today()
        taken = Counter(
            self.company_id._regulation_local(line.start).date() for line in self.line_ids
        )
        lines = []
        for need in self._missing(self._needs()[self]):
            begin, end = max(need.begin, first, today + timedelta(days=1)), min(need.end, last)
            if day := self._freest_day(begin, end, days, taken):
                lines.append(
                    self._prepare_line(need.partner, day, taken, self.env._("Regular visit"))
                )
        visited = {line["partner_id"] for line in lines} | set(
            self.line_ids.partner_id.commercial_partner_id.ids
        )
        begin = max(first, today + timedelta(days=1))
        for partner in self._contract_customers():
            if partner.id not in visited and (day := self._freest_day(begin, last, days, taken)):
                lines.append(
                    self._prepare_line(partner, day, taken, self.env._("Running contract"))
                )
        return lines

    def _contract_customers(self):
        """Customers of this person with a contract that runs in the month."""
        first, last = self._days()
        return (
            self.env["sales.contract"]
            .search(
                [
                    ("user_id", "=", self.user_id.id),
                    ("company_id", "=", self.company_id.id),
                    ("state", "=", "signed"),
                    "|",
                    ("date_end", "=", False),
                    ("date_end", ">=", first),
                ]
            )
            .partner_id.commercial_partner_id
        )

    def _freest_day(self, begin, end, days, taken):
        """The working day with the fewest visits; on a tie the first."""
        candidates = [
            begin + timedelta(days=offset)
            for offset in range((end - begin).days + 1)
            if days.is_working(begin + timedelta(days=offset))
        ]
        return min(candidates, key=lambda day: (taken[day], day), default=None)

    def _prepare_line(self, partner, day, taken, purpose):
        slot = _SLOTS[taken[day] % len(_SLOTS)]
        taken[day] += 1
        return {
            "plan_id": self.id,
            "partner_id": partner.id,
            "start": self.company_id._regulation_utc(day, slot),
            "purpose": purpose,
        }

    # === INTO THE CALENDAR === #

    def _check_lines(self):
        self.ensure_one()
        if not self.line_ids:
            raise UserError(self.env._("%s: plan at least one visit.", self.display_name))
        first, last = self._days()
        for line in self.line_ids:
            day = self.company_id._regulation_local(line.start).date()
            if not first <= day <= last:
                raise UserError(
                    self.env._(
                        "%(customer)s on %(day)s: not in the month of the plan.",
                        customer=line.partner_id.name,
                        day=day,
                    )
                )
            if not (line.purpose or "").strip():
                raise UserError(
                    self.env._(
                        "%(customer)s on %(day)s: what is the visit for?",
                        customer=line.partner_id.name,
                        day=day,
                    )
                )

    def _lock_customers(self):
        """Customers who change hands meanwhile do so before or after the plan."""
        if self.env["regulation.profile"]._companies_owning():
            customers = self.sudo().line_ids.partner_id.commercial_partner_id
            self.env["regulation.commitment"]._lock([("owner", one) for one in customers.ids])

    def _put_into_force(self):
        """The visits are in the calendar from now on. As superuser."""
        self._lock_customers()
        engine(self).write({"state": "approved", "approved_at": fields.Datetime.now()})
        self.line_ids._write_events()


def _only_agrees(vals):
    """Whether all that changes is that customers have confirmed appointments."""
    return set(vals) == {"line_ids"} and all(
        command[0] == Command.UPDATE and set(command[2]) <= {"appointment"}
        for command in vals["line_ids"]
    )
