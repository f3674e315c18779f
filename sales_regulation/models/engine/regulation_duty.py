# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
import logging
from ast import literal_eval
from datetime import time, timedelta

from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.fields import Domain

from ...tools import WorkDays, engine, first_monday, month_of, period_of, periods_between

_logger = logging.getLogger(__name__)

LOOKED_AT = 50  # duties without anything to make, after which the time left is asked for


class RegulationDuty(models.Model):
    """What somebody has to do again and again: calendar rule, who, on what.

    A visit per week and customer, a report per month and person, a check per quarter. The
    cron makes the instances of each period, the document that arrives closes its own.
    """

    _name = "regulation.duty"
    _description = "Recurring Duty"
    _inherit = ["regulation.profile.part"]
    _order = "profile_id, sequence, id"

    _code_uniq = models.Constraint(
        "UNIQUE(profile_id, code)", "A regulation has one duty of a code."
    )
    _lead = models.Constraint("CHECK(lead_days >= 0)", "Days ahead are 0 or more.")

    sequence = fields.Integer(default=10)
    code = fields.Char(required=True, help="By which the documents close it.")
    name = fields.Char(required=True, translate=True)
    frequency = fields.Selection(
        selection=[
            ("daily", "Every working day"),
            ("weekly", "Every week"),
            ("biweekly", "Every two weeks"),
            ("monthly", "Every month"),
            ("quarterly", "Every quarter"),
            ("yearly", "Every year"),
        ],
        default="monthly",
        required=True,
        help="A week belongs to the month of its Thursday, a block of two weeks to that of its"
        " second Thursday.",
    )
    who = fields.Selection(
        selection=[
            ("covered", "Everybody the regulation covers"),
            ("role", "The holders of a role"),
            ("owner", "The owner of each record"),
        ],
        default="covered",
        required=True,
    )
    role_id = fields.Many2one(comodel_name="regulation.role", ondelete="restrict")
    subject_model = fields.Selection(
        selection="_selection_subject_model",
        string="For each",
        help="One per record of this kind. Empty: one per person.",
    )
    subject_domain = fields.Char(
        string="Only Those", default="[]", help="Condition on the records; plain values only."
    )
    lead_days = fields.Integer(
        string="Days ahead", help="The task appears so many days before the period begins."
    )
    counted_from = fields.Selection(
        selection=[("start", "The start of the period"), ("end", "The end of the period")],
        string="Deadline Counted from",
        default="end",
        required=True,
    )
    deadline_code = fields.Char(
        string="Deadline",
        help="Code of a deadline of this regulation. Empty: due when the period ends.",
    )
    make_activity = fields.Boolean(string="Task", default=True, help="Put it into the task list.")
    clause_codes = fields.Char(
        string="Clauses", help="Codes of the clauses it carries out, comma separated."
    )
    instance_ids = fields.One2many(
        comodel_name="regulation.duty.instance", inverse_name="duty_id", copy=False
    )
    instance_count = fields.Integer(compute="_compute_coverage", string="Instances")
    open_count = fields.Integer(compute="_compute_coverage", string="Open")
    coverage = fields.Float(
        compute="_compute_coverage",
        digits=(16, 2),
        string="Coverage (%)",
        help="Done of all that were due in the last period.",
    )

    # === COMPUTE METHODS === #

    @api.model
    def _subject_models(self):
        """Models on whose records a duty may be laid, and the field of who is responsible.

        Extended by whoever wants duties on other records.
        """
        return {
            "res.partner": "user_id",
            "crm.lead": "user_id",
            "crm.team": "user_id",
            "sale.order": "user_id",
        }

    @api.model
    def _selection_subject_model(self):
        return [
            (model, self.env["ir.model"].sudo()._get(model).name)
            for model in self._subject_models()
            if model in self.env
        ]

    @api.depends("instance_ids.state")
    def _compute_coverage(self):
        by_duty = {}
        for duty, start, state, count in self.env["regulation.duty.instance"]._read_group(
            [("duty_id", "in", self.ids)], ["duty_id", "period_start:day", "state"], ["__count"]
        ):
            by_duty.setdefault(duty.id, {}).setdefault(start, {})[state] = count
        for duty in self:
            periods = by_duty.get(duty.id, {})
            counts = dict(periods[max(periods)]) if periods else {}
            counts.pop("void", None)  # judged for nobody
            total = sum(counts.values())
            duty.instance_count = sum(sum(states.values()) for states in periods.values())
            duty.open_count = counts.get("open", 0) + counts.get("missed", 0)
            duty.coverage = 100 * counts.get("done", 0) / total if total else 0.0

    # === CONSTRAINT METHODS === #

    @api.constrains("who", "role_id", "subject_model")
    def _check_who(self):
        for duty in self:
            if duty.who == "role" and not duty.role_id:
                raise ValidationError(self.env._("%s: the holders of which role?", duty.name))
            if duty.who == "owner" and not duty.subject_model:
                raise ValidationError(self.env._("%s: the owner of which records?", duty.name))

    @api.constrains("subject_model")
    def _check_subject_model(self):
        for duty in self.filtered("subject_model"):
            if duty.subject_model not in self._subject_models():
                raise ValidationError(
                    self.env._("%s: a duty cannot be laid on such records.", duty.name)
                )

    @api.constrains("subject_model", "subject_domain")
    def _check_subject_domain(self):
        for duty in self.filtered("subject_model"):
            try:
                self.env[duty.subject_model].sudo().search(duty._domain(), limit=1)
            except Exception as error:
                raise ValidationError(
                    self.env._(
                        "%(duty)s: the condition cannot be used: %(error)s",
                        duty=duty.name,
                        error=error,
                    )
                ) from error

    def _domain(self):
        """The condition as data. Literals only: nothing a user types is executed."""
        self.ensure_one()
        return Domain(literal_eval(self.subject_domain or "[]"))

    # === ACTION METHODS === #

    def action_open_instances(self):
        """The instances of these duties."""
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "sales_regulation.regulation_duty_instance_action"
        )
        return {**action, "domain": [("duty_id", "in", self.ids)], "context": {}}

    # === PERIODS === #

    def _anchor(self):
        """The Monday from which two-week blocks are counted."""
        self.ensure_one()
        profile = self.profile_id
        return profile.anchor_monday or first_monday(profile.date_from or fields.Date.today())

    def _period_of(self, day):
        return period_of(self.frequency, day, self._anchor())

    def _periods_due(self, company, today):
        """Periods whose instances should exist today.

        Only those that lie wholly in the life of the profile and began after it was
        published; what began while the system stood still is made up for, one period back.
        """
        self.ensure_one()
        profile = self.profile_id
        since = profile.date_from
        if profile.published_at:
            since = max(since, company._regulation_local(profile.published_at).date())
        ahead = today + timedelta(days=self.lead_days)
        before = self._period_of(self._period_of(today)[0] - timedelta(days=1))[0]
        workdays = WorkDays(company) if self.frequency == "daily" else None
        for begin, end in periods_between(
            self.frequency, max(before, since), ahead, self._anchor()
        ):
            if profile.date_to and end > profile.date_to:
                continue
            if workdays and not workdays.is_working(begin):
                continue
            yield begin, end

    # === INSTANCES === #

    @api.model
    def _cron_create(self):
        """Make the instances of the present periods, and judge those that ended."""
        Cron = self.env["ir.cron"]
        duties = self.sudo().search([("profile_id.state", "in", ("trial", "active"))])
        Cron._commit_progress(remaining=len(duties))
        looked_at = 0
        for number, duty in enumerate(duties, 1):
            made = duty.env["regulation.duty.instance"]
            try:
                with self.env.cr.savepoint():
                    made = duty._create_instances()
            except Exception:
                _logger.exception("Instances of duty %s could not be made", duty.id)
            looked_at += 1
            # A commit empties the cache, which is of use as long as nothing was to be made
            if made or number == len(duties) or looked_at == LOOKED_AT:
                if not Cron._commit_progress(looked_at):
                    return
                looked_at = 0
        self.env["regulation.duty.instance"]._judge_ended()

    def _create_instances(self):
        """Make what is missing of the present periods. Running it twice makes nothing twice."""
        self.ensure_one()
        Instance = self.env["regulation.duty.instance"].sudo()
        made = Instance.browse()
        for company in self.profile_id.assignment_ids.company_id:
            today = company._regulation_today()
            periods = list(self._periods_due(company, today))
            if not periods:
                continue
            subjects = self._subjects(company)
            known = {
                (row.user_id.id, row.subject_id, row.period_start)
                for row in Instance.search(
                    [
                        ("duty_id", "=", self.id),
                        ("company_id", "=", company.id),
                        ("period_start", "in", [begin for begin, _end in periods]),
                    ]
                )
            }
            # Of one record there is one instance a period, whoever owns it meanwhile
            taken = {(subject, begin) for _user, subject, begin in known if subject}
            rows = []
            for user, subject, since in subjects:
                for begin, end in periods:
                    if since and begin < since:
                        continue
                    if (user.id, subject, begin) in known or (subject, begin) in taken:
                        continue
                    rows.append(
                        {
                            "duty_id": self.id,
                            "profile_id": self.profile_id.id,
                            "company_id": company.id,
                            "user_id": user.id,
                            "subject_model": self.subject_model,
                            "subject_id": subject,
                            "period_start": begin,
                            "period_end": end,
                            "month": month_of(self.frequency, begin, end),
                        }
                    )
            quiet = Instance.with_context(
                mail_create_nolog=True, mail_create_nosubscribe=True, tracking_disable=True
            )
            made |= engine(quiet).create(rows).with_env(Instance.env)
        made._begin()
        return made

    def _subjects(self, company, people=None):
        """``[(user, subject id, since), ...]`` on whom the duty lies; ``since`` a date or False.

        :param people: only what lies on these is asked for
        """
        self.ensure_one()
        if not self.subject_model:
            everybody = self._people(company)
            return [
                (user, 0, self._since(user, company))
                for user in (everybody if people is None else everybody & people)
            ]
        # What depends on the company (tiers of customers) is asked for this one
        Model = self.env[self.subject_model].sudo().with_company(company)
        domain = self._domain()
        if "company_id" in Model._fields:
            domain &= Domain("company_id", "in", [False, company.id])
        owner = self._subject_models()[self.subject_model]
        holders = self.role_id._holders(company) if self.who == "role" else self.env["res.users"]
        # What belongs to nobody of a role lies on its first holder
        if people is not None and not holders[:1] & people:
            domain &= Domain(owner, "in", people.ids)
        records = Model.search(domain, order="id")
        users = {record.id: record[owner] for record in records}
        if self.who == "role":
            users = {
                record.id: users[record.id] if users[record.id] in holders else holders[:1]
                for record in records
            }
        elif self.who == "covered":
            covered = self._people(company)
            users = {rid: user if user in covered else user.browse() for rid, user in users.items()}
        since = self._record_since(records, company)
        return [
            (users[record.id], record.id, since.get(record.id))
            for record in records
            if users[record.id]
            and (people is None or users[record.id] in people)
            and company in users[record.id].company_ids
        ]

    def _people(self, company):
        """The people of the company on whom the duty lies."""
        self.ensure_one()
        if self.who == "role":
            return self.role_id._holders(company)
        Profile = self.env["regulation.profile"].sudo()
        users = (
            self.env["hr.employee"]
            .sudo()
            .search([("company_id", "=", company.id), ("user_id", "!=", False)])
            .user_id.filtered("active")
        )
        team = self.env["crm.team"]
        policies = Profile._resolve({user.id: (company, user, team) for user in users})
        return users.filtered(lambda user: self.profile_id.id in policies[user.id].profile_ids)

    def _since(self, user, company):
        """The day from which a person answers for the duty: none by default."""
        return False

    def _record_since(self, records, company):
        """``{id: date}``: only periods that begin from that day on count.

        By default the day on which the record was made; extended where ownership or tier
        is dated.
        """
        return {
            record.id: company._regulation_local(record.create_date).date() for record in records
        }

    @api.model
    def _close(self, records, code=None, subject=None, user=None, day=None, at=None):
        """A document arrived: close the instance it answers.

        :param records: the documents, one model
        :param code: of the duty
        :param subject: record on which the duty lies, or callable of the document; none for
            duties per person
        :param user: who did it, or callable; the document's salesperson or creator if not given
        :param day: date in the period meant, or callable; today if not given
        :param at: moment by the server; now if not given
        :return: the closed instances
        """
        Instance = self.env["regulation.duty.instance"].sudo()
        closed = Instance.browse()
        if not records or not self.env["regulation.profile"]._regulated_companies():
            return closed
        Deadline = self.env["regulation.deadline"]

        def value(given, record):
            return given(record) if callable(given) else given

        wanted = []
        for record in records.sudo():
            company = Deadline._company_of(record)
            about = value(subject, record)
            wanted.append(
                (
                    record,
                    company,
                    about.id if about else 0,
                    Deadline._responsible(record, user),
                    value(day, record) or company._regulation_today(),
                )
            )
        days = [row[4] for row in wanted]
        candidates = Instance.search(
            [
                ("state", "in", ("open", "missed")),
                ("duty_id.code", "=", code),
                ("company_id", "in", [row[1].id for row in wanted]),
                ("period_start", "<=", max(days)),
                ("period_end", ">=", min(days)),
            ],
            order="period_start, id",
        )
        for record, company, about, person, date in wanted:
            found = candidates.filtered(
                lambda row, c=company, s=about, u=person, d=date: (
                    row.company_id == c
                    and row.period_start <= d <= row.period_end
                    and (row.subject_id == s if s else row.user_id == u and not row.subject_id)
                )
            )[:1]
            if found:
                candidates -= found
                found._finish(record, at or fields.Datetime.now())
                closed |= found
        return closed

    def _moment(self, company, day, end):
        """Start or end of a date where the company is, as stored."""
        moment = time(23, 59, 59) if end else time.min
        return company._regulation_utc(day, moment)
