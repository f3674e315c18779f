# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from datetime import time

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tools import html2plaintext

from ...tools import engine
from ..engine.regulation_punctual import PUNCTUAL_FIELDS

#: what a person may still write on: nothing of it is fixed yet
OPEN = ("draft", "returned")


class WorkReport(models.Model):
    """What somebody did in a day, a week, a month: written by him, answered by his superior.

    The contacts of the period stand in it by themselves. Handing in fixes what it says and
    the contacts with it, ends the clock of the duty and asks for the answer (S4-064, S4-065,
    S4-068, S4-278..280).
    """

    _name = "work.report"
    _description = "Work Report"
    _inherit = [
        "regulation.submittable",
        "regulation.punctual",
        "regulation.protected",
        "regulation.scored",
        "mail.thread",
        "mail.activity.mixin",
    ]
    _order = "period_start desc, id desc"
    _check_company_auto = True
    _mail_post_access = "read"

    _sealed_fields = PUNCTUAL_FIELDS | frozenset(
        {
            "user_id",
            "code",
            "state",
            "period_start",
            "period_end",
            "contact_count",
            "interested_count",
            "answered_at",
            "answered_by_id",
            "answer",
        }
    )
    _approval_content_fields = ("content",)
    _submittable_open = frozenset(OPEN)
    _submittable_waiting = frozenset({"handed_in"})
    _submittable_ends = dict.fromkeys(("returned", "refused", "void", "withdrawn"), "returned")
    _regulation_owner_fields = ("user_id",)

    _period_uniq = models.Constraint(
        "UNIQUE(company_id, user_id, code, period_start)",
        "There is a report of this period already.",
    )
    _waiting_idx = models.Index("(company_id, period_start) WHERE state = 'handed_in'")

    type_id = fields.Many2one(
        comodel_name="regulation.report.type",
        string="Report",
        required=True,
        ondelete="restrict",
        default=lambda self: self._default_type_id(),
        domain="[('id', 'in', available_type_ids)]",
    )
    available_type_ids = fields.Many2many(
        comodel_name="regulation.report.type", compute="_compute_available_type_ids"
    )
    code = fields.Char(readonly=True, copy=False, index=True)
    user_id = fields.Many2one(
        comodel_name="res.users",
        string="Written by",
        required=True,
        readonly=True,
        copy=False,
        default=lambda self: self.env.user,
        index=True,
        ondelete="restrict",
    )
    is_mine = fields.Boolean(compute="_compute_is_mine")
    company_id = fields.Many2one(
        comodel_name="res.company",
        required=True,
        default=lambda self: self.env.company,
        index=True,
    )
    day = fields.Date(
        string="Of",
        required=True,
        copy=False,
        default=lambda self: self.env.company._regulation_today(),
        help="A day of the period that is reported.",
    )
    period_start = fields.Date(string="From", readonly=True, copy=False, index=True)
    period_end = fields.Date(string="Until", readonly=True, copy=False)
    content = fields.Html(
        string="Work, Results and Plan",
        compute="_compute_content",
        store=True,
        readonly=False,
        precompute=True,
    )
    with_contacts = fields.Boolean(related="type_id.with_contacts")
    with_sales = fields.Boolean(related="type_id.with_sales")
    contact_ids = fields.One2many(
        comodel_name="sales.contact",
        inverse_name="report_id",
        string="Contacts handed in",
        readonly=True,
    )
    listed_contact_ids = fields.Many2many(
        comodel_name="sales.contact",
        string="Contacts of the Period",
        compute="_compute_listed_contact_ids",
        help="Those of the period, which are handed in with the report; and those of earlier days"
        " that came in after the report of their day.",
    )
    sales_ids = fields.One2many(
        comodel_name="work.report.sales", inverse_name="report_id", readonly=True
    )
    contact_count = fields.Integer(string="Contacts", readonly=True, copy=False)
    interested_count = fields.Integer(
        string="Interested", readonly=True, copy=False, help="Customers to follow up (意向客戶)."
    )
    state = fields.Selection(
        selection=[
            ("draft", "Being written"),
            ("handed_in", "Handed in"),
            ("returned", "Returned"),
            ("answered", "Answered"),
        ],
        string="Status",
        default="draft",
        required=True,
        readonly=True,
        copy=False,
        index=True,
        tracking=True,
    )
    answer = fields.Text(readonly=True, copy=False)
    answered_at = fields.Datetime(string="Signed", readonly=True, copy=False)
    answered_by_id = fields.Many2one(
        comodel_name="res.users",
        string="Signed by",
        readonly=True,
        copy=False,
        ondelete="restrict",
    )

    # === COMPUTE METHODS === #

    @api.model
    def _default_type_id(self):
        return self.env["regulation.report.type"]._of(self.env.user, self.env.company)[:1]

    @api.depends("user_id")
    @api.depends_context("uid")
    def _compute_is_mine(self):
        """Everybody writes and hands in his own; others find no button that would refuse."""
        for report in self:
            report.is_mine = report.user_id == self.env.user

    @api.depends("company_id", "user_id")
    @api.depends_context("uid")
    def _compute_available_type_ids(self):
        for (user, company), reports in self.grouped(lambda r: (r.user_id, r.company_id)).items():
            reports.available_type_ids = self.env["regulation.report.type"]._of(
                user or self.env.user, company or self.env.company
            )

    @api.depends("type_id")
    def _compute_content(self):
        for report in self:
            if report.state == "draft" and not report.content:
                report.content = report.type_id.template

    @api.depends("type_id", "day", "period_start", "period_end", "state", "contact_ids")
    def _compute_listed_contact_ids(self):
        writing = self.filtered(
            lambda report: report.state in OPEN and report.with_contacts and report.day
        )
        found = writing._contacts_of_period()
        for report in self:
            report.listed_contact_ids = report.contact_ids | found.get(
                report.id, self.env["sales.contact"]
            )

    @api.depends("type_id", "user_id", "period_start")
    def _compute_display_name(self):
        for report in self:
            parts = (report.type_id.name, report.user_id.name, str(report.period_start or ""))
            report.display_name = ", ".join(filter(None, parts))

    # === CRUD METHODS === #

    @api.model_create_multi
    def create(self, vals_list):
        reports = super().create(vals_list)
        reports._fix_period()
        return reports

    def write(self, vals):
        if {"content", "type_id", "day", "company_id"}.intersection(vals):
            self._check_writing()
        if {"type_id", "day", "company_id"}.intersection(vals):
            self._check_not_handed_in()
        result = super().write(vals)
        if {"type_id", "day", "company_id"}.intersection(vals):
            self._fix_period()
        return result

    @api.ondelete(at_uninstall=False)
    def _unlink_except_handed_in(self):
        self._check_writing()
        self._check_not_handed_in()

    # === ACTION METHODS === #

    def action_hand_in(self):
        """Fix the report and its contacts, and ask for the answer (S4-064).

        :raise AccessError: for somebody else's report
        :raise UserError: if it says nothing, is handed in already, or its period has not begun
        """
        self.check_access("write")
        self._check_writing()
        for report in self:
            if report.period_start > report.company_id._regulation_today():
                raise UserError(
                    self.env._("%s: the period has not begun.", report.display_name)
                )
            if not (report._says_something() or report.listed_contact_ids):
                raise UserError(
                    self.env._("%s: nothing is written in it yet.", report.display_name)
                )
        now = fields.Datetime.now()
        self._fix_contacts()
        self._fix_sales()
        self._note_handed_in(now)
        for kind, reports in self.grouped(lambda report: report.sudo().type_id).items():
            engine(reports.sudo()).write(
                {"state": "handed_in" if kind.approval_kind_id else "answered"}
            )
            if kind.approval_kind_id:
                reports._request_approval(kind.approval_kind_id.code)

    def action_open_contacts(self):
        """The contacts of the report."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Contacts"),
            "res_model": "sales.contact",
            "view_mode": "list,kanban,form",
            "mobile_view_mode": "kanban",
            "domain": [("id", "in", self.listed_contact_ids.ids)],
        }

    # === APPROVAL === #

    def _approval_content(self, kind):
        return {
            report.id: {
                "report": report.code,
                "of": report.period_start,
                "content": report.content or "",
                "contacts": sorted(report.contact_ids.ids),
            }
            for report in self
        }

    def _approval_granted(self, approval):
        decision = approval.sudo().decision_ids.sorted("id")[-1:]
        engine(self).write(
            {
                "state": "answered",
                "answer": decision.opinion,
                "answered_at": fields.Datetime.now(),
                "answered_by_id": decision.user_id.id,
            }
        )
        self.contact_ids._sign()

    # === BUSINESS METHODS === #

    @api.model
    def _find_or_begin(self, kind, company, day):
        """The reader's own report of the period, begun if there is none."""
        found = self.search(
            [
                ("company_id", "=", company.id),
                ("user_id", "=", self.env.uid),
                ("code", "=", kind.code),
                ("period_start", "=", kind._period(day)[0]),
            ],
            limit=1,
        )
        return found or self.create(
            {"type_id": kind.id, "company_id": company.id, "day": day}
        )

    def _open(self):
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "res_model": self._name,
            "res_id": self.id,
            "view_mode": "form",
        }

    def _fix_period(self):
        """Code and period follow from kind and day; the kind is one of the person's own."""
        for report in self:
            kinds = self.env["regulation.report.type"]._of(report.user_id, report.company_id)
            if report.type_id not in kinds:
                raise ValidationError(
                    self.env._(
                        "%(report)s is no report that the regulation of %(person)s knows.",
                        report=report.type_id.sudo().name,
                        person=report.user_id.name,
                    )
                )
            start, end = report.type_id._period(report.day)
            engine(report.sudo()).write(
                {"code": report.type_id.sudo().code, "period_start": start, "period_end": end}
            )

    def _period(self):
        """First and last day; of a report that is just begun, what they will be."""
        self.ensure_one()
        if self.period_start:
            return self.period_start, self.period_end
        return self.type_id._period(self.day)

    def _check_writing(self):
        for report in self:
            if report.user_id != self.env.user:
                raise AccessError(
                    self.env._("%s writes this report himself.", report.user_id.name)
                )
            if report.state not in OPEN:
                raise UserError(
                    self.env._(
                        "%s is handed in: it is not changed any more.", report.display_name
                    )
                )

    def _check_not_handed_in(self):
        if any(report.handed_in_at for report in self):
            raise UserError(
                self.env._("What was handed in once stays the report of its period.")
            )

    def _says_something(self):
        """Whether anything was written beyond the headings."""
        self.ensure_one()
        return self._text(self.content) != self._text(self.type_id.sudo().template)

    @staticmethod
    def _text(html):
        return " ".join(html2plaintext(html or "").split())

    def _contacts_of_period(self):
        """``{id: sales.contact}``: the person's own that are in no report yet. Three queries.

        Those of the period; and those of earlier days that were handed in by themselves, when
        the report of their day was in already or there is none. A visit has a day for its
        record, the log of the same day is due in the morning (S3-29, S4-064).
        """
        if not self:
            return {}
        moments = {report: report._moments() for report in self}
        begins, ends = zip(*moments.values(), strict=True)
        since, writing = self._days_reported()
        none = self.env["sales.contact"]
        contacts = none.search(
            [
                ("user_id", "in", self.user_id.ids),
                ("company_id", "in", self.company_id.ids),
                ("report_id", "=", False),
                ("happened_at", ">=", min([*begins, *since.values()])),
                ("happened_at", "<=", max(ends)),
            ]
        ).grouped(lambda row: (row.user_id, row.company_id))
        found = {}
        for report, (begin, end) in moments.items():
            whose = (report.user_id, report.company_id)
            first, others = since.get(whose, begin), writing.get(whose, ())
            found[report.id] = contacts.get(whose, none).filtered(
                lambda row, begin=begin, end=end, first=first, others=others: (
                    begin <= row.happened_at <= end
                    or first <= row.happened_at < begin
                    and row.state != "draft"
                    # its counter-entry counts as much as the contact itself
                    and not row.corrects_id
                    and not any(one <= row.happened_at <= other < begin for one, other in others)
                )
            )
        return found

    def _days_reported(self):
        """Since when each person's contacts stand in reports, and of which times he still
        writes one: ``{(user, company): moment}, {(user, company): [(from, until), ...]}``."""
        mine = [
            ("user_id", "in", self.user_id.ids),
            ("company_id", "in", self.company_id.ids),
            ("with_contacts", "=", True),
        ]
        since = {
            (user, company): company._regulation_utc(first, time.min)
            for user, company, first in self._read_group(
                [*mine, ("handed_in_at", "!=", False)],
                ["user_id", "company_id"],
                ["period_start:min"],
            )
        }
        writing = self.search_fetch(
            [*mine, ("state", "in", OPEN)], ["user_id", "company_id", "period_start", "period_end"]
        ).grouped(lambda report: (report.user_id, report.company_id))
        return since, {
            whose: [report._moments() for report in reports] for whose, reports in writing.items()
        }

    def _moments(self):
        """First and last moment of the period, naive UTC."""
        self.ensure_one()
        first, last = self._period()
        return (
            self.company_id._regulation_utc(first, time.min),
            self.company_id._regulation_utc(last, time.max),
        )

    def _fix_contacts(self):
        """The contacts of the period are handed in with the report and belong to it."""
        reports = self.filtered("with_contacts")
        for report_id, contacts in reports._contacts_of_period().items():
            # Handed in together, two reports would both take what came in late
            contacts = contacts.filtered(lambda row: not row.report_id)
            contacts.filtered(lambda row: row.state == "draft").action_hand_in()
            engine(contacts.sudo()).write({"report_id": report_id})
        for report in reports:
            engine(report.sudo()).write(
                {
                    "contact_count": len(report.contact_ids),
                    "interested_count": len(report.contact_ids.filtered("interested")),
                }
            )

    def _fix_sales(self):
        self.filtered("with_sales")._state_sales()

    def _note_handed_in(self, now):
        """End the clock of the duty; what was late the first time stays so."""
        for code, reports in self.grouped("code").items():
            reports._note_punctual(
                code,
                now,
                user=lambda report: report.user_id,
                day=lambda report: report.period_start,
            )
