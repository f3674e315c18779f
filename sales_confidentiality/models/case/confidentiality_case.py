# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
import secrets

from odoo import SUPERUSER_ID, api, fields, models
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tools import SQL

from odoo.addons.sales_regulation.tools import engine

from .confidentiality_case_member import EDITORS

OFFICER = "sales_confidentiality.group_confidentiality_officer"
#: who takes over where no officer is left who is not reported himself
_FALLBACK_ROLES = ("director", "general_manager", "audit")
_LETTERS = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"
_JUDGED = frozenset({"findings", "decision", "responsible_id", "responsible_manager_id"})
#: what bears the name and the moment of a decision; damage and legal steps go on
_FIXED = {
    "decided": _JUDGED,
    "closed": _JUDGED | {"kind", "happened_on", "records", "lessons", "outcome"},
}


class ConfidentialityCase(models.Model):
    """A risk, a leak or a breach of secrecy: what was reported, found and done (C56).

    Read by the people on the case and by nobody else, whatever their rights: a global rule,
    which holds for administrators too. Whoever is reported is never on it. Rows are made as
    the system user; of an anonymous report neither the reporter nor the time of day is kept.
    """

    _name = "confidentiality.case"
    _description = "Confidentiality Case"
    _inherit = ["regulation.sealed", "mail.thread", "mail.activity.mixin"]
    _order = "reported_on desc, id"
    _check_company_auto = True
    #: who reads the file and does not write in it comments
    _mail_post_access = "read"

    _sealed_fields = frozenset(
        {
            "name",
            "company_id",
            "state",
            "is_anonymous",
            "report_id",
            "reported_on",
            "answered_at",
            "answered_by_id",
            "decided_at",
            "decided_by_id",
            "closed_at",
            "closed_by_id",
        }
    )

    name = fields.Char(string="Number", readonly=True, copy=False)
    company_id = fields.Many2one(
        comodel_name="res.company",
        required=True,
        readonly=True,
        index=True,
        default=lambda self: self.env.company,
    )
    kind = fields.Selection(
        selection="_selection_kind",
        required=True,
        default="leak",
        tracking=True,
    )
    level_id = fields.Many2one(
        comodel_name="confidentiality.level",
        string="Level",
        compute="_compute_level_id",
        help="A case file has the highest level there is; the people on the case read it.",
    )
    state = fields.Selection(
        selection=[
            ("reported", "Reported"),
            ("investigating", "Investigating"),
            ("decided", "Decided"),
            ("closed", "Closed"),
        ],
        string="Status",
        default="reported",
        required=True,
        readonly=True,
        copy=False,
        index=True,
        tracking=True,
        group_expand=True,
    )
    # What was reported
    reported_on = fields.Date(
        readonly=True, required=True, default=fields.Date.context_today, copy=False
    )
    happened_on = fields.Date()
    description = fields.Text(string="What Happened", copy=False)
    is_anonymous = fields.Boolean(string="Anonymous", readonly=True, copy=False)
    report_id = fields.Many2one(
        comodel_name="confidentiality.report",
        readonly=True,
        copy=False,
        index="btree_not_null",
        ondelete="restrict",
        string="Report",
    )
    reporter_id = fields.Many2one(related="report_id.user_id", string="Reported by")
    reported_ids = fields.Many2many(
        comodel_name="res.users",
        relation="confidentiality_case_reported_rel",
        string="Reported Persons",
        domain="[('share', '=', False)]",
        tracking=True,
        help="They see nothing of the case, whatever their rights.",
    )
    records = fields.Text(string="Records Concerned", help="As the reporter calls them.")
    item_ids = fields.One2many(
        comodel_name="confidentiality.case.item", inverse_name="case_id", string="Documents"
    )
    # Who works on it
    user_id = fields.Many2one(
        comodel_name="res.users",
        string="Officer",
        index=True,
        tracking=True,
        domain="[('share', '=', False)]",
    )
    member_ids = fields.One2many(
        comodel_name="confidentiality.case.member", inverse_name="case_id", string="On the Case"
    )
    is_editor = fields.Boolean(compute="_compute_is_editor")
    answered_at = fields.Datetime(string="First Answer", readonly=True, copy=False)
    answered_by_id = fields.Many2one(comodel_name="res.users", readonly=True, copy=False)
    # What was found
    findings = fields.Text()
    responsible_id = fields.Many2one(
        comodel_name="res.users",
        string="Responsible",
        domain="[('share', '=', False)]",
        tracking=True,
    )
    responsible_manager_id = fields.Many2one(
        comodel_name="res.users",
        string="Responsible Manager",
        domain="[('share', '=', False)]",
        tracking=True,
        help="Answers for an incident that bad management has caused (S4-041).",
    )
    damage = fields.Monetary(tracking=True)
    currency_id = fields.Many2one(related="company_id.currency_id")
    legal_stage = fields.Selection(
        selection=[
            ("none", "None"),
            ("review", "Legal review"),
            ("notice", "Warning letter"),
            ("settlement", "Settlement"),
            ("suit", "In court"),
            ("police", "Reported to the authorities"),
            ("ended", "Ended"),
        ],
        default="none",
        required=True,
        tracking=True,
    )
    legal_note = fields.Text(string="Legal Steps")
    decision = fields.Text()
    lessons = fields.Text(string="Lessons Learned")
    outcome = fields.Text(
        string="Told to the Reporter",
        help="What the reporter reads when the case is closed. Nothing of it is shown before.",
    )
    decided_at = fields.Datetime(string="Decided", readonly=True, copy=False)
    decided_by_id = fields.Many2one(comodel_name="res.users", readonly=True, copy=False)
    closed_at = fields.Datetime(string="Closed", readonly=True, copy=False)
    closed_by_id = fields.Many2one(comodel_name="res.users", readonly=True, copy=False)
    suspension_ids = fields.One2many(
        comodel_name="confidentiality.suspension", inverse_name="case_id", readonly=True
    )
    measure_ids = fields.Many2many(
        comodel_name="regulation.measure",
        string="Measures",
        compute="_compute_measure_ids",
        compute_sudo=True,
    )
    # As texts: who is on the case need not have rights on the documents themselves
    sanctions = fields.Text(compute="_compute_texts", compute_sudo=True)
    suspended = fields.Text(
        string="Suspended Persons", compute="_compute_texts", compute_sudo=True
    )
    answer_due_at = fields.Datetime(
        string="Answer due", compute="_compute_answer_due_at", compute_sudo=True
    )

    _number_uniq = models.Constraint("UNIQUE(name)", "Two cases cannot have one number.")

    # === COMPUTE METHODS === #

    def init(self):
        super().init()
        # Ids drawn at random: the order of cases does not tell when one was reported
        self.env.cr.execute(
            SQL(
                "ALTER TABLE %s ALTER COLUMN id SET DEFAULT 1 + floor(random() * 2147483646)::int",
                SQL.identifier(self._table),
            )
        )

    @api.model
    def _selection_kind(self):
        """The kinds of reports, in the reader's language."""
        kind = self.env["confidentiality.report"]._fields["kind"]
        return kind._description_selection(self.env)

    def _compute_level_id(self):
        self.level_id = (
            self.env["confidentiality.level"].sudo().search([], order="rank desc", limit=1)
        )

    @api.depends("member_ids.user_id", "member_ids.role", "member_ids.ended_at")
    @api.depends_context("uid")
    def _compute_is_editor(self):
        for case in self:
            case.is_editor = self.env.user in case.sudo()._people(EDITORS)

    @api.depends("state")
    def _compute_measure_ids(self):
        found = self.env["regulation.measure"].search(
            [("res_model", "=", self._name), ("res_id", "in", self.ids)]
        )
        by_case = found.grouped("res_id")
        for case in self:
            case.measure_ids = by_case.get(case._origin.id, False)

    @api.depends("state", "suspension_ids.lifted_at")
    @api.depends_context("lang")
    def _compute_texts(self):
        measure = self.env["regulation.measure"]._fields
        grades = dict(measure["sanction_grade"]._description_selection(self.env))
        states = dict(measure["state"]._description_selection(self.env))
        for case in self:
            case.sanctions = "\n".join(
                f"{one.user_id.name}: {grades.get(one.sanction_grade, '')}, {states[one.state]}"
                for one in case.measure_ids
            )
            case.suspended = "\n".join(
                case.suspension_ids.filtered(lambda row: not row.lifted_at).user_id.mapped("name")
            )

    @api.depends("state")
    def _compute_answer_due_at(self):
        rows = self.env["regulation.deadline"].search(
            [
                ("res_model", "=", self._name),
                ("res_id", "in", self.ids),
                ("code", "=", "leak_answer"),
                ("state", "!=", "cancelled"),
            ]
        )
        due = {row.res_id: row.due_at for row in rows}
        for case in self:
            case.answer_due_at = due.get(case._origin.id)

    # === CONSTRAINT METHODS === #

    @api.constrains("damage")
    def _check_damage(self):
        if any(case.damage < 0 for case in self):
            raise ValidationError(self.env._("A damage is 0 or more."))

    @api.constrains("user_id", "reported_ids")
    def _check_officer(self):
        for case in self.sudo():
            if case.user_id and case.user_id in case.reported_ids:
                raise ValidationError(
                    self.env._(
                        "%s is reported in this case and cannot work on it.", case.user_id.name
                    )
                )

    # === CRUD METHODS === #

    @api.model_create_multi
    def create(self, vals_list):
        """The officer opens a case that nobody has reported, for instance after an inspection."""
        if not self.env.su:
            # Who works on it is found below, and not what a client says
            vals_list = [
                {name: value for name, value in vals.items() if name != "member_ids"}
                for vals in vals_list
            ]
        quiet = self.with_context(mail_create_nosubscribe=True, mail_create_nolog=True)
        cases = super(ConfidentialityCase, quiet).create(vals_list).with_env(self.env)
        for case in cases:
            engine(case.sudo()).write({"name": self._draw_number(case.reported_on)})
        cases.sudo()._put_people(self.env.user)
        return cases

    def write(self, vals):
        if "description" in vals and not self._is_draft_of_mine():
            raise UserError(self.env._("What was reported stays as it was said."))
        self._check_fixed(vals)
        before = {case: case.sudo().reported_ids for case in self} if "reported_ids" in vals else {}
        result = super().write(vals)
        for case in self.sudo() if before else ():
            case._leave_out(case.reported_ids - before[case])
        if "user_id" in vals:
            # The clock of the first answer is that of who answers
            for case in self.sudo().filtered("user_id"):
                self.env["regulation.deadline"]._pass_on(case, case.user_id, ("leak_answer",))
        return result

    @api.ondelete(at_uninstall=False)
    def _unlink_except_case(self):
        raise UserError(self.env._("A case is kept: close it."))

    # === PEOPLE ON THE CASE === #

    def _people(self, roles=None):
        """Who is on these cases today."""
        members = self.sudo().member_ids.filtered(
            lambda member: not member.ended_at and (not roles or member.role in roles)
        )
        return members.user_id

    def _check_editor(self):
        """Raise AccessError unless the reader writes in the file."""
        self.ensure_one()
        self.check_access("write")
        if not self.env.su and self.env.user not in self._people(EDITORS):
            raise AccessError(
                self.env._(
                    "The officer and the investigators of the case do this: %s",
                    ", ".join(self._people(EDITORS).mapped("name")),
                )
            )

    @api.model
    def _not_on_it(self):
        """The refusal of whoever is not on a case: the same for every case, and for none."""
        return AccessError(
            self.env._("This case is for the people on it. The confidentiality officer can help.")
        )

    def _is_draft_of_mine(self):
        """A case that the officer opens himself is described by him until it is decided.

        What was reported, by a page or by a mail of whomever, the system has written.
        """
        return all(
            not case.report_id
            and not case.is_anonymous
            and case.create_uid.id != SUPERUSER_ID
            and case.state in ("reported", "investigating")
            for case in self.sudo()
        )

    def _check_fixed(self, names):
        """Raise UserError if ``names`` of what was decided or closed would change."""
        for case in self.sudo():
            fixed = _FIXED.get(case.state, frozenset()).intersection(names)
            if fixed:
                raise UserError(
                    self.env._(
                        "%(case)s is decided, and what was decided stays as it is: %(what)s."
                        " Investigate again to change it; a closed case is not changed.",
                        case=case.name,
                        what=", ".join(
                            self._fields[name]._description_string(self.env)
                            for name in sorted(fixed)
                        ),
                    )
                )

    def _put_people(self, creator):
        """Officers and superiors get onto new cases, without who is reported."""
        for case in self:
            officers = case._officers()
            superiors = case._superiors() - officers
            if creator.id != SUPERUSER_ID and creator not in officers | case.reported_ids:
                officers = creator | officers
            rows = [
                {"user_id": user.id, "role": role}
                for role, users in (("officer", officers), ("superior", superiors))
                for user in users
            ]
            case._add_members(rows)
            if not case.user_id:
                mine = creator if creator in officers else officers[:1]
                case.user_id = mine
            # Whoever opens it himself need not be told
            case._alert((case.user_id | superiors) - creator)

    def _add_members(self, rows):
        """Put people on the case, who are not yet; as the system user."""
        self.ensure_one()
        known = self._people()
        self.env["confidentiality.case.member"].with_user(SUPERUSER_ID).create(
            [
                {**row, "case_id": self.id}
                for row in rows
                if row["user_id"] not in known.ids and row["user_id"] not in self.reported_ids.ids
            ]
        )
        self.invalidate_recordset(["member_ids", "is_editor"])

    def _officers(self):
        """The officers who are not reported themselves; else who answers for everybody."""
        self.ensure_one()
        group = self.env.ref(OFFICER).sudo()
        officers = group.all_user_ids.filtered(
            lambda user: user.active and not user.share and self.company_id in user.company_ids
        )
        officers = officers.filtered(lambda user: user.id != SUPERUSER_ID) - self.reported_ids
        for code in () if officers else _FALLBACK_ROLES:
            role = self.env["regulation.role"]._code(code)
            officers = role._holders(self.company_id) - self.reported_ids if role else officers
            if officers:
                break
        return officers

    def _superiors(self):
        """The superiors of who is reported, or of the reporter if nobody is named (S4-039).

        Who is reported himself is passed over: the next one up the line is told.
        """
        self.ensure_one()
        people = self.reported_ids or self.report_id.user_id
        employees = self.env["hr.employee"].search(
            [("user_id", "in", people.ids), ("company_id", "=", self.company_id.id)]
        )
        superiors = self.env["res.users"]
        for employee in employees:
            above, seen = employee.parent_id, set()
            while above and above.id not in seen:
                seen.add(above.id)
                if above.user_id.active and above.user_id not in self.reported_ids | people:
                    superiors |= above.user_id
                    break
                above = above.parent_id
        return superiors

    def _leave_out(self, users):
        """Who is reported leaves the case, his superior is told (S4-039)."""
        self.ensure_one()
        if not users:
            return
        self.member_ids.filtered(lambda member: member.user_id in users)._end()
        if self.user_id in users:
            self.user_id = False
        missing = self._officers() - self._people()
        rows = [{"user_id": user.id, "role": "officer"} for user in missing]
        superiors = self._superiors() - self._people() - missing
        rows += [{"user_id": user.id, "role": "superior"} for user in superiors]
        self._add_members(rows)
        if not self.user_id:
            self.user_id = self._people(("officer",))[:1]
            self._alert(self.user_id)
        self._alert(superiors)

    def _forget_people(self, users):
        """Nothing of the case stays with who is not on it any more."""
        self.ensure_one()
        partners = users.partner_id
        self.sudo().message_unsubscribe(partners.ids)
        # Those that are done are archived, and name the case still
        self.env["mail.activity"].sudo().with_context(active_test=False).search(
            [
                ("res_model", "=", self._name),
                ("res_id", "=", self.id),
                ("user_id", "in", users.ids),
            ]
        ).unlink()
        messages = self.env["mail.message"].sudo().search(
            [("model", "=", self._name), ("res_id", "=", self.id)]
        )
        self.env["mail.notification"].sudo().search(
            [
                ("mail_message_id", "in", messages.ids),
                ("res_partner_id", "in", partners.ids),
            ]
        ).unlink()
        told = messages.filtered(lambda message: message.partner_ids & partners)
        told.write({"partner_ids": [fields.Command.unlink(partner.id) for partner in partners]})

    def _alert(self, users):
        """A task of today on the case, as the system user (S4-039)."""
        self.ensure_one()
        todo = self.env.ref("mail.mail_activity_data_todo", raise_if_not_found=False)
        activities = self.env["mail.activity"].with_user(SUPERUSER_ID)
        activities = activities.with_context(mail_activity_quick_update=True)
        return activities.create(
            [
                {
                    "res_model_id": self.env["ir.model"]._get_id(self._name),
                    "res_id": self.id,
                    "activity_type_id": todo.id if todo else False,
                    "user_id": user.id,
                    "summary": self.with_context(lang=user.lang).env._(
                        "A leak was reported: read it and see to it today"
                    ),
                    "date_deadline": self.company_id._regulation_today(),
                    "automated": True,
                }
                for user in users
            ]
        )

    # === MAIL === #

    def _message_subscribe(self, partner_ids=None, subtype_ids=None, customer_ids=None):
        """Followers get copies: only who is on the case follows it."""
        for case in self:
            allowed = case._people().partner_id.ids
            kept = [one for one in partner_ids or () if one in allowed]
            if kept:
                super(ConfidentialityCase, case)._message_subscribe(
                    kept, subtype_ids, customer_ids=[]
                )
        return True

    def _message_create(self, values_list):
        """Whoever is addressed reads a message: nobody but the people on the case is."""
        allowed = {case.id: set(case._people().partner_id.ids) for case in self}
        values_list = [
            {
                **values,
                "partner_ids": [
                    one
                    for one in values.get("partner_ids") or ()
                    if one in allowed.get(values.get("res_id"), ())
                ],
            }
            if values.get("model") == self._name
            else values
            for values in values_list
        ]
        return super()._message_create(values_list)

    def _notify_get_recipients(self, message, msg_vals=False, **kwargs):
        recipients = super()._notify_get_recipients(message, msg_vals, **kwargs)
        allowed = set(self._people().partner_id.ids)
        return [one for one in recipients if one["id"] in allowed]

    @api.model
    def message_new(self, msg_dict, custom_values=None):
        """A mail to the alias is a report of whoever sends it, in his own name.

        For the mail gateway only: a client could name any author.
        """
        if not self.env.su:
            raise AccessError(self.env._("A leak is reported by the page of reports or by mail."))
        author = self.env["res.partner"].sudo().browse(msg_dict.get("author_id") or ())
        reporter = author.user_ids.filtered(lambda user: user.active and not user.share)[:1]
        text = "\n\n".join(
            part
            for part in (msg_dict.get("subject"), self._mail_text(msg_dict.get("body")))
            if part
        )
        company = reporter.company_id or self.env.company
        return self._receive(
            {"kind": "leak", "description": text or self.env._("(empty mail)")}, reporter, company
        )

    @api.model
    def _draw_number(self, day):
        """A number that tells the day and nothing of the order of the reports of that day."""
        drawn = "".join(secrets.choice(_LETTERS) for _index in range(5))
        return f"{day:%Y%m%d}-{drawn}"
