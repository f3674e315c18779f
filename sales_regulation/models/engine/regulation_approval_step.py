# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from datetime import timedelta

from odoo import api, fields, models
from odoo.tools import plaintext2html

from ...tools import engine
from .regulation_approval_rule import APPROVER_TYPES

#: who is asked for more decisions at once gets one message instead of one for each
MAILS_AT_ONCE = 10


class RegulationApprovalStep(models.Model):
    """One step of a running approval: who may decide it, until when, and who did.

    Steps of one approval that have the same number are open side by side and all have to
    be decided. Who may decide is found when the approval is submitted, found again when
    the step opens and when somebody decides: a role that ended in between counts no more.
    """

    _name = "regulation.approval.step"
    _description = "Approval Step"
    _inherit = ["regulation.sealed"]
    _order = "approval_id, sequence, id"
    _rec_name = "name"
    _append_only = True

    approval_id = fields.Many2one(
        comodel_name="regulation.approval",
        required=True,
        readonly=True,
        index=True,
        ondelete="cascade",
    )
    company_id = fields.Many2one(related="approval_id.company_id", store=True, index=True)
    sequence = fields.Integer(readonly=True)
    name = fields.Char(string="Step", readonly=True)
    approver_type = fields.Selection(
        selection=[*APPROVER_TYPES, ("list", "Computed")], string="Approver", readonly=True
    )
    role_id = fields.Many2one(comodel_name="regulation.role", readonly=True, ondelete="restrict")
    candidate_ids = fields.Many2many(
        comodel_name="res.users",
        relation="regulation_approval_step_candidate_rel",
        string="Named Approvers",
        readonly=True,
    )
    user_ids = fields.Many2many(
        comodel_name="res.users",
        relation="regulation_approval_step_user_rel",
        string="Approvers",
        readonly=True,
        help="Who may decide this step, delegates of the absent not counted.",
    )
    state = fields.Selection(
        selection=[
            ("waiting", "Not yet"),
            ("pending", "To decide"),
            ("approved", "Approved"),
            ("carried", "Carried over"),
            ("returned", "Returned"),
            ("refused", "Refused"),
            ("cancelled", "Cancelled"),
        ],
        default="waiting",
        required=True,
        readonly=True,
        index=True,
    )
    self_decided = fields.Boolean(
        readonly=True,
        help="Falls to who submitted it: he is the head of the line and no deputy is named.",
    )
    unresolved = fields.Boolean(
        readonly=True, help="Nobody can decide this step: the administrators have been told."
    )
    days_allowed = fields.Integer(string="Working Days", readonly=True)
    opinion = fields.Selection(
        selection=[("return", "If not approved"), ("always", "Always")],
        default="return",
        readonly=True,
    )
    clause_codes = fields.Char(string="Clauses", readonly=True)
    added_by_id = fields.Many2one(
        comodel_name="res.users",
        string="Added by",
        readonly=True,
        help="A decider who wanted one more person to decide; else the regulation did.",
    )
    opened_at = fields.Datetime(readonly=True)
    due_at = fields.Datetime(string="Due", readonly=True)
    is_overdue = fields.Boolean(compute="_compute_is_overdue", string="Overdue")
    breached = fields.Boolean(
        string="Breach Recorded", readonly=True, help="The register notes a breach once."
    )
    notified = fields.Boolean(readonly=True)
    to_mail = fields.Boolean(
        readonly=True, help="Approvers were asked who have not been notified yet."
    )
    mailed_ids = fields.Many2many(
        comodel_name="res.users",
        relation="regulation_approval_step_mailed_rel",
        string="Mailed",
        readonly=True,
    )
    reminder_count = fields.Integer(string="Reminders", readonly=True)
    reminded_at = fields.Datetime(readonly=True)
    decided_by_id = fields.Many2one(comodel_name="res.users", string="Decided by", readonly=True)
    decided_for_id = fields.Many2one(comodel_name="res.users", string="For", readonly=True)
    decided_at = fields.Datetime(readonly=True)
    decision_id = fields.Many2one(
        comodel_name="regulation.approval.decision", readonly=True, ondelete="restrict"
    )

    _open_idx = models.Index("(due_at) WHERE state = 'pending'")

    @api.depends("state", "due_at", "decided_at")
    def _compute_is_overdue(self):
        now = fields.Datetime.now()
        for step in self:
            end = step.decided_at or (now if step.state == "pending" else False)
            step.is_overdue = bool(step.due_at and end and end > step.due_at)

    # === WHO DECIDES === #

    def _of_user(self, user, principals):
        """The steps that ``user`` decides: ``[(step, id of the absent one or False), ...]``.

        :param principals: ids of those for whom he decides now
        """
        found = []
        for step in self:
            approval = step.approval_id
            concerned = user in approval.interested_ids and not approval.kind_id.acknowledgement
            if user in step.user_ids and (not concerned or step.self_decided):
                found.append((step, False))
            elif not concerned and not approval.kind_id.acknowledgement:
                found += [(step, uid) for uid in step.user_ids.ids if uid in principals][:1]
        return found

    def _find_users(self):
        """Write who may decide each step today."""
        finder = ApproverFinder(self.env)
        # An acknowledgement is everybody's own: there is nobody to find
        for step in self.filtered(lambda step: not step.approval_id.acknowledgement):
            users, self_decided = finder.find(step)
            vals = {"user_ids": [fields.Command.set(users.ids)]} if users != step.user_ids else {}
            if self_decided != step.self_decided:
                vals["self_decided"] = self_decided
            if step.unresolved != (not users):
                vals["unresolved"] = not users
            if vals:
                engine(step).write(vals)

    def _open(self):
        """These steps are to be decided now."""
        now = fields.Datetime.now()
        self._find_users()
        for (company, days), steps in self.grouped(
            lambda step: (step.company_id, step.days_allowed)
        ).items():
            engine(steps).write(
                {
                    "state": "pending",
                    "opened_at": now,
                    "due_at": self._due_after(company, now, days),
                }
            )
        self._admit()
        self._notify()

    @api.model
    def _due_after(self, company, start, days):
        """End of the n-th working day of the company after ``start``."""
        if not days:
            return False
        return company._regulation_add_working_days(start, days)

    def _admit(self):
        """Let the approvers see what they are to decide."""
        for approval in self.approval_id:
            users = (self & approval.step_ids).user_ids - approval.reader_ids
            if users:
                engine(approval).write({"reader_ids": [fields.Command.link(uid) for uid in users.ids]})

    def _notify(self):
        """Ask the approvers: at once when they are few, else by cron after the commit."""
        many = self.filtered(lambda step: step.approver_type == "everyone")
        if many:
            self.env.ref("sales_regulation.ir_cron_notify_approvers")._trigger()
        steps = self - many
        steps.filtered("unresolved")._tell_administrators()
        steps._schedule_activities()

    def _schedule_activities(self):
        """One activity per person who may decide and was not asked yet, all in one insert."""
        steps = self.filtered(lambda step: step.state == "pending")
        deputies = self.env["regulation.delegation"]._deputies_of(steps.user_ids)
        activity_type = self.env.ref("sales_regulation.mail_activity_type_approval")
        model_id = self.env["ir.model"]._get_id("regulation.approval")
        asked = {
            (activity.res_id, activity.user_id.id) for activity in steps.approval_id._activities()
        }
        rows = []
        for step in steps:
            users = set(step.user_ids.ids)
            for uid in step.user_ids.ids:
                users |= deputies.get(uid, set())
            if not step.self_decided and not step.approval_id.kind_id.acknowledgement:
                users -= set(step.approval_id.interested_ids.ids)
            rows += [
                {
                    "res_model_id": model_id,
                    "res_id": step.approval_id.id,
                    "activity_type_id": activity_type.id,
                    "user_id": uid,
                    # The activity names the document itself
                    "summary": (step.approval_id.reason or step.approval_id.kind_id.name)[:100],
                    "date_deadline": step._deadline_date(),
                    "automated": True,
                }
                for uid in sorted(users)
                if (step.approval_id.id, uid) not in asked
            ]
        if rows:
            # Their notifications follow after the commit: whoever submits waits for no mail
            self.env["mail.activity"].sudo().with_context(mail_activity_quick_update=True).create(
                rows
            )
        asked_now = {row["res_id"] for row in rows}
        to_mail = steps.filtered(
            # An acknowledgement goes to everybody at once: its reminders tell
            lambda step: step.approval_id.id in asked_now and not step.approval_id.acknowledgement
        )
        engine(steps - to_mail).write({"notified": True})
        if to_mail:
            engine(to_mail).write({"notified": True, "to_mail": True})
            self.env.ref("sales_regulation.ir_cron_notify_approvers")._trigger()

    def _mail_activities(self):
        """Notify the approvers of their activities, once each, by mail or in the inbox.

        The stock notification of an assigned activity; to somebody who gets many at once
        one message instead.
        """
        todo = self.env["mail.activity"].sudo()
        for approval, steps in self.grouped("approval_id").items():
            known = approval.step_ids.filtered(lambda step: step.state == "pending").mailed_ids
            activities = approval._activities().filtered(
                lambda activity, known=known: activity.user_id not in known
            )
            todo |= activities
            engine(steps).write(
                {
                    "to_mail": False,
                    "mailed_ids": [fields.Command.link(uid) for uid in activities.user_id.ids],
                }
            )
        for user, activities in todo.grouped("user_id").items():
            if len(activities) <= MAILS_AT_ONCE:
                for activity in activities:
                    approval = self.env["regulation.approval"].browse(activity.res_id)
                    # In the name of who asks
                    activity.with_user(approval.submitted_by_id).sudo().action_notify()
                continue
            thread = self.env["mail.thread"].with_context(lang=user.lang)
            thread.message_notify(
                partner_ids=user.partner_id.ids,
                subject=thread.env._("%s approvals wait for your decision", len(activities)),
                body=plaintext2html("\n".join(activities.mapped("res_name"))),
            )

    def _deadline_date(self):
        self.ensure_one()
        company = self.company_id or self.env.company
        if not self.due_at:
            return company._regulation_today()
        return company._regulation_local(self.due_at).date()

    def _tell_administrators(self):
        """Nobody can decide: tell the administrators of the regulation at once."""
        if not self:
            return
        group = self.env.ref("sales_regulation.group_regulation_admin")
        admins = group.sudo().all_user_ids.filtered(lambda user: user.active and not user.share)
        for approval in self.approval_id:
            company = approval.company_id
            allowed = admins.filtered(lambda user, company=company: company in user.company_ids)
            todo = allowed or admins
            known = approval.sudo().activity_ids.user_id
            for user in todo - known:
                approval.sudo().with_context(mail_activity_quick_update=True).activity_schedule(
                    "mail.mail_activity_data_warning",
                    user_id=user.id,
                    summary=self.env._("Nobody can decide this approval"),
                    note=self.env._(
                        "No approver was found for the step %(steps)s. Assign the role or the"
                        " superior, then press Find Approvers.",
                        steps=", ".join((self & approval.step_ids).mapped("name")),
                    ),
                )

    @api.model
    def _refresh_roles(self, roles):
        """The holders of these roles changed: find the approvers of running steps again."""
        steps = self.sudo().search(
            [
                ("state", "in", ("waiting", "pending")),
                "|",
                ("role_id", "in", roles.ids),
                ("unresolved", "=", True),
            ]
        )
        steps._refresh()

    def _refresh(self):
        """Find the approvers again and ask those who are new."""
        before = {step.id: step.user_ids for step in self}
        self._find_users()
        changed = self.filtered(lambda step: step.user_ids != before[step.id])
        if changed:
            changed.approval_id.filtered(
                lambda approval: not approval.is_unresolved
            ).activity_unlink(["mail.mail_activity_data_warning"])
            changed._admit()
            pending = changed.filtered(lambda step: step.state == "pending")
            pending.approval_id._close_activities()
            pending.approval_id.step_ids.filtered(
                lambda step: step.state == "pending"
            )._schedule_activities()

    # === REMINDERS === #

    def _to_remind(self, now):
        """Overdue steps whose last reminder is as old as their regulation says."""
        return self.filtered(
            lambda step: (days := step.approval_id.profile_id.reminder_days)
            and (not step.reminded_at or step.reminded_at <= now - timedelta(days=days))
        )

    def _remind(self):
        """Remind the approvers of overdue steps, on record."""
        now = fields.Datetime.now()
        self._note_due(now)
        rows = []
        for approval, steps in self.grouped("approval_id").items():
            for count, some in steps.grouped("reminder_count").items():
                engine(some).write({"reminder_count": count + 1, "reminded_at": now})
            approval.message_notify(
                partner_ids=steps.user_ids.partner_id.ids,
                subject=self.env._("Reminder: %(approval)s", approval=approval.display_name),
                body=self.env._(
                    "%(approval)s waits for you and is overdue.", approval=approval.display_name
                ),
            )
            rows += [
                approval._prepare_event("reminded", subject_id=user.id)
                for step in steps
                for user in step.user_ids
            ]
        engine(self.env["regulation.register"].sudo()).create(rows)

    def _note_due(self, now):
        """Record whether the days allowed were kept, a breach as soon as it is seen."""
        rows = []
        late = self.browse()
        for step in self.filtered(lambda step: step.due_at and not step.breached):
            breached = step.due_at < now
            late |= step if breached else self.browse()
            if breached or step.state != "pending":
                rows += [
                    step.approval_id._prepare_event(
                        "deadline_breached" if breached else "deadline_kept",
                        subject_id=user.id,
                    )
                    for user in (step.decided_for_id or step.decided_by_id or step.user_ids)
                ]
        engine(late).write({"breached": True})
        engine(self.env["regulation.register"].sudo()).create(rows)


class ApproverFinder:
    """Finds who decides a step, remembering what it read.

    The approver of the rule, unless he is concerned himself (he submitted it, or it is his
    document): then his superior; at the top of the line the deputy that the profile names;
    if it names none he decides himself, on record. Nobody found: nobody decides.
    """

    def __init__(self, env):
        self.env = env(su=True)
        self._superiors = {}
        self._roles = {}
        self._scopes = {}

    def find(self, step):
        """``(users, self_decided)``."""
        approval = step.approval_id
        none = self.env["res.users"]
        candidates, top = self._candidates(step, approval)
        candidates = candidates.filtered(lambda user: user.active and not user.share)
        if approval.kind_id.acknowledgement:
            return candidates, False
        interested = approval.interested_ids
        free = candidates - interested
        if free:
            return free, False
        if not candidates and not top:
            return none, False
        superiors = none
        for user in candidates:
            superiors |= self.superior(user, approval.company_id, interested)
        if superiors:
            return superiors, False
        deputy = approval.profile_id.deputy_role_id
        if deputy:
            holders = self._holders(deputy, approval) - interested
            return holders.filtered("active"), False
        for user in candidates:
            top |= self._head(user, approval.company_id)
        return top, bool(top)

    def _candidates(self, step, approval):
        """Approvers of the rule, and who stands at the top when there is none above him."""
        none = self.env["res.users"]
        match step.approver_type:
            case "role":
                return self._holders(step.role_id, approval), none
            case "manager":
                user = self._base(approval)
                superior = self.superior(user, approval.company_id, approval.interested_ids)
                return superior, none if superior else self._head(user, approval.company_id)
            case "team_leader":
                return self._scope(approval).user_id, none
            case _:
                return step.candidate_ids, none

    def _holders(self, role, approval):
        teams = self._scope(approval)
        key = (role.id, approval.company_id.id, teams._ids)
        if key not in self._roles:
            self._roles[key] = role.with_env(self.env)._holders(approval.company_id, teams)
        return self._roles[key]

    def _base(self, approval):
        """Whose superior and team are asked: who submitted it if it is his own document, else
        its owner, so that nobody chooses the approver by choosing who submits."""
        submitter = approval.submitted_by_id
        document = approval._document()
        owners = document.with_env(self.env)._regulation_owners() if document else submitter
        return submitter if submitter in owners or not owners else owners[:1]

    def _scope(self, approval):
        """The sales teams concerned: of those of the person the one that the document names.

        A team that he does not belong to is asked only if he belongs to none: he may
        write it on the document himself.
        """
        if approval.id not in self._scopes:
            document = approval._document()
            own = self._teams(self._base(approval), approval.company_id)
            named = document.with_env(self.env)._regulation_teams() if document else own
            self._scopes[approval.id] = (named & own) or own or named
        return self._scopes[approval.id]

    def _teams(self, user, company):
        return self.env["crm.team"].search(
            [
                ("company_id", "in", [company.id, False]),
                "|",
                ("crm_team_member_ids.user_id", "=", user.id),
                ("user_id", "=", user.id),
            ]
        )

    def _employee(self, user, company):
        employees = self.env["hr.employee"].search(
            [("user_id", "=", user.id), ("company_id", "in", (company.root_id | company).ids)]
        ) or self.env["hr.employee"].search([("user_id", "=", user.id)])
        return employees.sorted(lambda employee: employee.company_id != company)[:1]

    def _head(self, user, company):
        """The user himself if he stands at the top of a line: nobody above, others below,
        or the role of a head.

        Anybody else without superior is an entry that is missing in the organisation
        chart, not a head.
        """
        employee = self._employee(user, company)
        top = not employee.parent_id and (
            employee.child_ids or self._head_roles()._held_by(user, company)
        )
        return user if top else self.env["res.users"]

    def _head_roles(self):
        return self.env["regulation.role"].search(
            [("code", "in", ("director", "general_manager"))]
        )

    def superior(self, user, company, excluded):
        """The nearest superior of ``user`` who is not excluded, empty if there is none."""
        key = (user.id, company.id, excluded._ids)
        if key not in self._superiors:
            found = user.with_env(self.env)._regulation_superiors(company, excluded)
            self._superiors[key] = found.get(user, self.env["res.users"])
        return self._superiors[key]
