# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from datetime import datetime, time, timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools import format_amount, format_date, format_datetime, formatLang, html2plaintext

from ...tools import engine
from .regulation_profile import IN_FORCE

#: how long before its review date a regulation is put on somebody's desk
REVIEW_NOTICE_DAYS = 14


class RegulationProfile(models.Model):
    """What people see of a profile: its register, its changes, whom it covers."""

    _inherit = "regulation.profile"

    template_id = fields.Many2one(
        comodel_name="regulation.profile",
        string="Adopted from",
        readonly=True,
        copy=False,
        ondelete="set null",
        help="The shipped profile it was made from.",
    )
    clause_ids = fields.One2many(
        comodel_name="regulation.clause", inverse_name="profile_id", string="Clauses", copy=True
    )
    clause_count = fields.Integer(compute="_compute_clause_count")
    figure_ids = fields.One2many(
        comodel_name="regulation.profile.figure",
        inverse_name="profile_id",
        string="Figures",
        copy=True,
    )
    expense_budget = fields.Float(
        string="Sales Expenses per Month",
        digits=(16, 2),
        help="Budget for the sales expenses of a month, in company currency. Kept here for the"
        " budget of expenses; it is not checked yet.",
    )
    changes = fields.Html(
        compute="_compute_changes",
        compute_sudo=True,
        sanitize=False,
        help="What differs from the previous version, or from the shipped profile.",
    )
    conflict_notice = fields.Text(
        compute="_compute_conflict_notice",
        compute_sudo=True,
        help="Other regulations that cover the same people.",
    )
    covered_count = fields.Integer(compute="_compute_covered_count", string="People Covered")

    is_director = fields.Boolean(
        compute="_compute_is_director",
        help="The reader may publish and retire it.",
    )

    # === COMPUTE METHODS === #

    @api.depends("assignment_ids.company_id")
    @api.depends_context("uid", "company")
    def _compute_is_director(self):
        director = self.env["regulation.role"]._code("director")
        held = {}
        for profile in self:
            companies = profile.sudo().assignment_ids.company_id or self.env.company
            for company in companies - self.env["res.company"].browse(held):
                held[company.id] = bool(director._held_by(self.env.user, company))
            profile.is_director = all(held[company.id] for company in companies)

    @api.depends("clause_ids")
    def _compute_clause_count(self):
        counts = dict(
            self.env["regulation.clause"]._read_group(
                [("profile_id", "in", self.ids)], ["profile_id"], ["__count"]
            )
        )
        for profile in self:
            profile.clause_count = counts.get(profile._origin, 0)

    @api.depends("previous_id", "template_id")
    @api.depends_context("lang")
    def _compute_changes(self):
        for profile in self:
            base = profile.previous_id or profile.template_id
            profile.changes = (
                self.env["ir.qweb"]._render(
                    "sales_regulation.profile_changes",
                    {"base": base, "changes": profile._changes_since(base)},
                )
                if base and profile.id
                else False
            )

    @api.depends("assignment_ids", "state")
    @api.depends_context("lang")
    def _compute_conflict_notice(self):
        for profile in self:
            profile.conflict_notice = "\n".join(profile._assignment_conflicts()) or False

    @api.depends("assignment_ids")
    def _compute_covered_count(self):
        for profile in self:
            profile.covered_count = len(profile._people())

    # === ACTION METHODS === #

    def action_open_clauses(self):
        """Open the register of clauses of this profile, with its counters."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "sales_regulation.regulation_clause_action"
        )
        return {
            **action,
            "domain": [("profile_id", "=", self.id)],
            "context": {"default_profile_id": self.id},
        }

    def action_open_covered(self):
        """List the people whom this regulation covers."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Covered by %s", self.display_name),
            "res_model": "res.users",
            "view_mode": "kanban,list",
            "domain": [("id", "in", self._people().ids)],
            "context": {"create": False},
        }

    def action_adopt(self):
        """Start the setup assistant with this shipped profile."""
        self.ensure_one()
        if not self.is_template:
            raise UserError(self.env._("Only a shipped profile is adopted: make a new version."))
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Setup Assistant"),
            "res_model": "regulation.setup",
            "view_mode": "form",
            "target": "new",
            "context": {"default_template_id": self.id},
        }

    # === CHANGES === #

    def _changes_since(self, base):
        """What differs from ``base``: ``[(section, item, before, now), ...]``.

        Settings, then the lines of each table; empty text where there was or is nothing.
        """
        self.ensure_one()
        changes = []
        section = self.env._("Settings")
        for name in sorted(self._settings_fields() - {"code", "version", "name"}):
            field = self._fields[name]
            if field.type == "one2many":
                continue
            before, now = base._setting_text(name), self._setting_text(name)
            if before != now:
                changes.append((section, field._description_string(self.env), before, now))
        for name in self._part_fields():
            section = self._fields[name]._description_string(self.env)
            before, now = base[name]._change_lines(), self[name]._change_lines()
            for key in dict.fromkeys([*before, *now]):
                if before.get(key) != now.get(key):
                    changes.append((section, key, before.get(key, ""), now.get(key, "")))
        return changes

    def _settings_overview(self):
        """What this profile sets, other than nothing: ``[(label, text), ...]``."""
        self.ensure_one()
        nothing = self.new({})
        overview = []
        for name in sorted(self._settings_fields() - {"code", "version", "name", "statement"}):
            field = self._fields[name]
            if field.type in ("one2many", "html", "many2one") or not self[name]:
                continue
            text = self._setting_text(name)
            if field.type == "many2many" or text != nothing._setting_text(name):
                overview.append((field._description_string(self.env), text))
        return overview

    def _part_fields(self):
        """Names of the tables of settings, those of the core first."""
        part = self.env.registry["regulation.profile.part"]
        names = [
            name
            for name, field in self._fields.items()
            if field.type == "one2many"
            and field.inverse_name == "profile_id"
            and issubclass(self.env.registry[field.comodel_name], part)
        ]
        return sorted(names, key=lambda name: (name != "gate_ids", name == "clause_ids", name))

    def _setting_text(self, name):
        """A setting as people read it."""
        return self._field_text(self, name)

    @api.model
    def _field_text(self, record, name):
        """The value of a field of a profile or of one of its lines as people read it."""
        return _text(record, name)

    # === REACH === #

    def _reach_domain(self, model, date_field):
        """The documents of ``model`` that fell under this profile while it was in force."""
        self.ensure_one()
        assignments = self.sudo().assignment_ids
        companies = (
            self.env["res.company"].sudo().search([("id", "child_of", assignments.company_id.ids)])
        )
        domain = Domain("company_id", "in", companies.ids)
        if "team_id" in model._fields and all(line.team_id for line in assignments):
            domain &= Domain("team_id", "in", assignments.team_id.ids)
        start = datetime.combine(self.date_from, time.min) if self.date_from else None
        if start and self.published_at:
            start = max(start, self.published_at)
        if start:
            domain &= Domain(date_field, ">=", start)
        if self.date_to:
            domain &= Domain(
                date_field, "<", datetime.combine(self.date_to, time.min) + timedelta(days=1)
            )
        return domain

    def _people(self):
        """Whom it covers; of a draft, whom it would cover if no other regulation did."""
        self.ensure_one()
        return self._covered_users() if self.state in IN_FORCE else self._named_users()

    def _named_users(self):
        """The internal users whom the assignments name.

        :rtype: res.users
        """
        assignments = self.sudo().assignment_ids
        if not assignments:
            return self.env["res.users"]
        domains = []
        for line in assignments:
            company = Domain("company_ids", "in", line.company_id.ids)
            if line.team_id:
                domains.append(company & Domain("id", "in", line.team_id.member_ids.ids))
            elif line.department_id:
                domains.append(
                    company & Domain("employee_ids.department_id", "=", line.department_id.id)
                )
            elif line.job_id:
                domains.append(company & Domain("employee_ids.job_id", "=", line.job_id.id))
            else:
                domains.append(company)
        users = (
            self.env["res.users"].sudo().search(Domain.OR(domains) & Domain("share", "=", False))
        )
        return users.sudo(False)

    def _assignment_conflicts(self):
        """One sentence per other regulation that covers the same place at the same time."""
        self.ensure_one()
        if self.is_template or self.state == "retired":
            return []
        others = self.assignment_ids.search(
            [
                ("company_id", "in", self.assignment_ids.company_id.ids),
                ("profile_id", "not in", self.ids),
                ("profile_id.state", "in", IN_FORCE),
                ("profile_id.code", "!=", self.code),
            ]
        )
        places = {(line.company_id.id, line._place()): line for line in self.assignment_ids}
        sentences = []
        for other in others:
            line = places.get((other.company_id.id, other._place()))
            if line and _overlap(self, other.profile_id):
                text = (
                    self.env._(
                        "%(place)s is covered by %(other)s too: the one that begins later counts.",
                        place=line.display_name,
                        other=other.profile_id.display_name,
                    )
                    if line._place()[0] == "company"
                    else self.env._(
                        "%(place)s is covered by %(other)s too: the stricter of each setting counts.",
                        place=line.display_name,
                        other=other.profile_id.display_name,
                    )
                )
                sentences.append(text)
        return sentences

    # === ADOPTION === #

    def _adopt(self, values):
        """Make the company's own draft from this shipped profile."""
        self.ensure_one()
        self.check_access("create")
        # The administrator may copy settings that he may not look up (journals, carriers)
        own = self.sudo().copy(values)
        engine(own).write({"template_id": self.id})
        return own.sudo(False)

    # === REVIEW === #

    @api.model
    def _cron_review(self):
        """Put a regulation whose review date is near on the desk of its director (S1 5.3)."""
        today = fields.Date.today()
        profiles = self.search(
            [
                ("state", "in", IN_FORCE),
                ("review_date", "<=", today + timedelta(days=REVIEW_NOTICE_DAYS)),
            ]
        )
        activity_type = self.env.ref("sales_regulation.mail_activity_type_review")
        asked = {
            (activity.res_id, activity.date_deadline)
            for activity in self.env["mail.activity"]
            .with_context(active_test=False)
            .search(
                [
                    ("res_model", "=", self._name),
                    ("res_id", "in", profiles.ids),
                    ("activity_type_id", "=", activity_type.id),
                ]
            )
        }
        director = self.env["regulation.role"]._code("director")
        for profile in profiles:
            if (profile.id, profile.review_date) in asked:
                continue
            holders = self.env["res.users"]
            for company in profile.assignment_ids.company_id:
                holders |= director._holders(company)
            for user in holders or profile.published_by_id:
                profile.activity_schedule(
                    "sales_regulation.mail_activity_type_review",
                    date_deadline=profile.review_date,
                    user_id=user.id,
                )


def _overlap(one, other):
    """Whether two profiles may be in force on the same day."""
    starts = [profile.date_from for profile in (one, other) if profile.date_from]
    ends = [profile.date_to for profile in (one, other) if profile.date_to]
    return not starts or not ends or max(starts) <= min(ends)


def _text(record, name):
    """The value of a field as people read it; empty for nothing."""
    field = record._fields[name]
    value = record[name]
    if field.type == "boolean":
        return record.env._("yes") if value else ""
    if field.type in ("many2one", "many2many", "one2many"):
        return ", ".join(value.mapped("display_name"))
    if not value:
        return ""
    if field.type == "selection":
        return dict(field._description_selection(record.env)).get(value, value)
    if field.type == "html":
        return html2plaintext(value).strip()
    if field.type == "monetary":
        return format_amount(record.env, value, record[field.get_currency_field(record)])
    if field.type == "float":
        digits = field.get_digits(record.env)
        return formatLang(record.env, value, digits=digits[1] if digits else 2)
    if field.type == "date":
        return format_date(record.env, value)
    if field.type == "datetime":
        return format_datetime(record.env, value)
    return str(value)
