# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
import logging
from collections import defaultdict

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.fields import Command, Domain
from odoo.tools import SQL

from ...tools import engine, given_record

_logger = logging.getLogger(__name__)

DONE = ("approved", "carried")


class RegulationApproval(models.Model):
    """One run of an approval: a document's content, the steps in order, the decisions.

    It counts for the content that was submitted and for no other: its fingerprint is
    compared whenever somebody decides and whenever a gate asks. Everything here is written
    by the engine; people act through the buttons, which check everything themselves.
    """

    _name = "regulation.approval"
    _description = "Approval"
    _inherit = ["regulation.about", "regulation.sealed", "mail.thread", "mail.activity.mixin"]
    _order = "id desc"
    _check_company_auto = True
    _append_only = True
    _mail_post_access = "read"  # who may see it may discuss it

    name = fields.Char(string="Document Name", readonly=True)
    kind_id = fields.Many2one(
        comodel_name="regulation.approval.kind",
        required=True,
        readonly=True,
        index=True,
        ondelete="restrict",
    )
    acknowledgement = fields.Boolean(related="kind_id.acknowledgement")
    company_id = fields.Many2one(
        comodel_name="res.company", required=True, readonly=True, index=True
    )
    profile_id = fields.Many2one(
        comodel_name="regulation.profile",
        string="Regulation",
        readonly=True,
        index="btree_not_null",
        ondelete="restrict",
        help="The version under which it runs: it keeps it to the end.",
    )
    state = fields.Selection(
        selection=[
            ("pending", "To decide"),
            ("approved", "Approved"),
            ("returned", "Returned"),
            ("refused", "Refused"),
            ("void", "Void, content changed"),
            ("withdrawn", "Withdrawn"),
        ],
        default="pending",
        required=True,
        readonly=True,
        index=True,
    )
    reason = fields.Text(readonly=True, help="Why it is asked for.")
    amount = fields.Monetary(readonly=True, help="In the company's currency, when submitted.")
    has_amount = fields.Boolean(readonly=True)
    currency_id = fields.Many2one(related="company_id.currency_id", string="Company Currency")
    deviation = fields.Float(
        string="Deviation (%)", digits=(16, 2), readonly=True, help="When submitted."
    )
    fingerprint = fields.Char(
        readonly=True, help="Of the content that was submitted: what the approval counts for."
    )
    frame = fields.Char(
        readonly=True,
        help="Fingerprint of what may not change even within the tolerance on the amount.",
    )
    submitted_by_id = fields.Many2one(
        comodel_name="res.users",
        string="Submitted by",
        required=True,
        readonly=True,
        index=True,
        ondelete="restrict",
    )
    submitted_at = fields.Datetime(string="Submitted at", required=True, readonly=True)
    decided_at = fields.Datetime(string="Decided at", readonly=True)
    self_decided = fields.Boolean(readonly=True)
    previous_id = fields.Many2one(
        comodel_name="regulation.approval",
        string="Submitted Before",
        readonly=True,
        ondelete="restrict",
    )
    interested_ids = fields.Many2many(
        comodel_name="res.users",
        relation="regulation_approval_interested_rel",
        string="Decide Not Themselves",
        readonly=True,
        help="Who submitted it and whose document it is.",
    )
    reader_ids = fields.Many2many(
        comodel_name="res.users",
        relation="regulation_approval_reader_rel",
        string="May See",
        readonly=True,
    )
    step_ids = fields.One2many(
        comodel_name="regulation.approval.step",
        inverse_name="approval_id",
        string="Steps",
        readonly=True,
    )
    decision_ids = fields.One2many(
        comodel_name="regulation.approval.decision",
        inverse_name="approval_id",
        string="History",
        readonly=True,
    )
    #: written by every decision: of two at the same moment one is replayed
    turn = fields.Integer(readonly=True)
    # -- for people
    deputy_ids = fields.Many2many(
        comodel_name="res.users",
        compute="_compute_deputy_ids",
        search="_search_deputy_ids",
        compute_sudo=True,
        string="Delegates",
        help="Who decides now for an absent approver.",
    )
    can_decide = fields.Boolean(
        compute="_compute_can_decide", search="_search_can_decide", compute_sudo=True
    )
    can_withdraw = fields.Boolean(compute="_compute_can_decide", compute_sudo=True)
    needs_opinion = fields.Boolean(compute="_compute_can_decide", compute_sudo=True)
    waiting_for = fields.Char(
        compute="_compute_waiting_for", compute_sudo=True, string="Waiting for"
    )
    due_at = fields.Datetime(compute="_compute_waiting_for", compute_sudo=True, string="Due")
    is_overdue = fields.Boolean(compute="_compute_waiting_for", compute_sudo=True, string="Overdue")
    is_unresolved = fields.Boolean(
        compute="_compute_waiting_for", compute_sudo=True, string="Nobody Can Decide"
    )
    summary = fields.Html(
        compute="_compute_summary",
        compute_sudo=True,
        sanitize=False,
        help="What is decided on, for those who decide on the phone.",
    )
    done_rate = fields.Float(
        compute="_compute_done_rate", compute_sudo=True, string="Done (%)", digits=(16, 1)
    )

    _document_idx = models.Index("(res_model, res_id, kind_id)")
    _one_pending = models.UniqueIndex(
        "(res_model, res_id, kind_id) WHERE state = 'pending'",
        "This document waits for such an approval already.",
    )

    # === COMPUTE METHODS === #

    @api.depends("name", "kind_id")
    def _compute_display_name(self):
        for approval in self:
            approval.display_name = f"{approval.kind_id.name}: {approval.name or approval.res_id}"

    @api.depends("step_ids.state", "step_ids.user_ids")
    def _compute_deputy_ids(self):
        steps = self._open_steps()
        deputies = self.env["regulation.delegation"]._deputies_of(steps.user_ids)
        for approval in self:
            users = set()
            for uid in (approval.step_ids & steps).user_ids.ids:
                users |= deputies.get(uid, set())
            approval.deputy_ids = self.env["res.users"].browse(
                users - set(approval.interested_ids.ids)
            )

    def _search_deputy_ids(self, operator, value):
        if operator != "in":
            return NotImplemented
        principals = set()
        for user in self.env["res.users"].browse([uid for uid in value if uid]):
            principals |= self.env["regulation.delegation"]._principals_of(user)
        return self._domain_to_decide(principals)

    @api.depends("state", "step_ids.state", "step_ids.user_ids")
    @api.depends_context("uid")
    def _compute_can_decide(self):
        steps = self._open_steps()
        principals = (
            self.env["regulation.delegation"]._principals_of(self.env.user) if steps else ()
        )
        for approval in self:
            mine = (approval.step_ids & steps)._of_user(self.env.user, principals)
            approval.can_decide = bool(mine)
            approval.needs_opinion = any(step.opinion == "always" for step, _principal in mine)
            approval.can_withdraw = (
                approval.state == "pending"
                and not approval.acknowledgement
                and approval.submitted_by_id == self.env.user
            )

    def _search_can_decide(self, operator, value):
        if operator != "in":
            return NotImplemented
        user = self.env.user
        principals = self.env["regulation.delegation"]._principals_of(user)
        domain = self._domain_to_decide({user.id}) | (
            self._domain_to_decide(principals) & ~Domain("interested_ids", "in", user.ids)
        )
        return domain if True in value else ~domain

    @api.model
    def _domain_to_decide(self, user_ids):
        """Approvals with an open step that falls to one of these people."""
        return Domain(
            "step_ids",
            "any!",
            Domain("state", "=", "pending") & Domain("user_ids", "in", list(user_ids)),
        )

    @api.depends("step_ids.state", "step_ids.user_ids", "step_ids.due_at")
    def _compute_waiting_for(self):
        now = fields.Datetime.now()
        open_steps = self._open_steps()
        for approval in self:
            steps = approval.step_ids & open_steps
            names = steps.user_ids.mapped("name")
            shown = ", ".join(names[:3])
            approval.waiting_for = (
                self.env._("%(names)s and %(count)s more", names=shown, count=len(names) - 3)
                if len(names) > 3
                else shown
            )
            approval.due_at = min(filter(None, steps.mapped("due_at")), default=False)
            approval.is_overdue = bool(approval.due_at and approval.due_at < now)
            approval.is_unresolved = any(
                step.unresolved and step.state in ("waiting", "pending")
                for step in approval.step_ids
            )

    @api.depends("step_ids.state")
    def _compute_done_rate(self):
        counts = defaultdict(lambda: [0, 0])
        for approval, state, count in self.env["regulation.approval.step"]._read_group(
            [("approval_id", "in", self.ids), ("state", "!=", "cancelled")],
            ["approval_id", "state"],
            ["__count"],
        ):
            counts[approval.id][0] += count * (state in DONE)
            counts[approval.id][1] += count
        for approval in self:
            done, total = counts[approval.id]
            approval.done_rate = 100.0 * done / total if total else 0.0

    @api.depends_context("uid", "lang")
    def _compute_summary(self):
        for approval in self:
            document = approval._document()
            approval.summary = document._approval_summary(approval) if document else False

    # === ACTION METHODS: endpoints, each checks everything === #

    def action_approve(self, opinion=""):
        """Approve the open step of each, or confirm having read it.

        :raise AccessError: if a step does not fall to the caller
        :raise UserError: if it is decided already, or the step demands an opinion
        """
        return self._decide("approved", opinion)

    def action_return(self, opinion):
        """Return it with an opinion: it may be submitted again."""
        return self._decide("returned", opinion)

    def action_refuse(self, opinion):
        """Refuse it with an opinion."""
        return self._decide("refused", opinion)

    def action_add_signer(self, user_id, reason):
        """Let one more named person decide beside the open step of the caller (C02, 加簽).

        Nothing that the regulation demands falls away: the approval goes on when the others
        and the added person have said yes.

        :param int user_id: neither the caller, nor somebody concerned or asked already
        :raise AccessError: if no open step falls to the caller
        :raise UserError: if there is no reason, or the person cannot be added
        """
        self.ensure_one()
        self.check_access("read")
        reason = str(reason or "").strip()
        if not reason:
            raise UserError(self.env._("Say why one more person has to decide."))
        approval = self.sudo()
        approval._lock()
        approval._open_steps()._refresh()
        mine = approval._open_steps()._of_user(
            self.env.user, self.env["regulation.delegation"]._principals_of(self.env.user)
        )
        if not mine:
            raise AccessError(
                self.env._("Only who decides on this approval now adds a signer to it.")
            )
        approval._check_pending()
        signer = given_record(self.env["res.users"].sudo(), user_id)
        approval._check_signer(signer)
        approval._add_signer(mine[0], signer, reason)
        return True

    def action_withdraw(self):
        """Take a submission back. For who submitted it."""
        self.browse().check_access("read")
        approvals = self.sudo().exists()
        approvals._lock()
        for approval in approvals:
            if approval.submitted_by_id != self.env.user or approval.acknowledgement:
                raise AccessError(self.env._("Only who submitted an approval withdraws it."))
            approval._check_pending()
        approvals._end("withdrawn", "withdrawn")

    def action_find_approvers(self):
        """Find the approvers of the open and coming steps again."""
        self.check_access("read")
        steps = self.sudo().step_ids.filtered(lambda step: step.state in ("waiting", "pending"))
        steps._refresh()
        steps.filtered("unresolved")._tell_administrators()

    def action_ask_approve(self):
        """Ask for an opinion, then approve."""
        return self._ask_opinion("approved")

    def action_ask_return(self):
        """Ask for the opinion, then return."""
        return self._ask_opinion("returned")

    def action_ask_refuse(self):
        """Ask for the opinion, then refuse."""
        return self._ask_opinion("refused")

    def action_ask_signer(self):
        """Ask whom to add, and why."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Add a Signer"),
            "res_model": "regulation.approval.signer",
            "view_mode": "form",
            "target": "new",
            "context": {"default_approval_id": self.id},
        }

    def _ask_opinion(self, verdict):
        titles = {
            "approved": self.env._("Approve"),
            "returned": self.env._("Return"),
            "refused": self.env._("Refuse"),
        }
        return {
            "type": "ir.actions.act_window",
            "name": titles[verdict],
            "res_model": "regulation.approval.opinion",
            "view_mode": "form",
            "target": "new",
            "context": {
                "default_approval_ids": [Command.set(self.ids)],
                "default_verdict": verdict,
            },
        }

    # === SUBMITTING === #

    @api.model
    def _submit(self, kind, rows):
        """Start approvals. Called by the documents' mixin only.

        :param list rows: {"document", "profile_id", "steps", "reason", "amount",
            "deviation", "fingerprint", "frame", "previous"}
        """
        now = fields.Datetime.now()
        approvals = (
            engine(self.sudo())
            .with_context(mail_create_nolog=True, mail_create_nosubscribe=True)
            .create([self._prepare_approval(kind, row, now) for row in rows])
        )
        approvals = self.sudo().browse(approvals.ids)  # the engine's token goes no further
        steps = []
        for approval, row in zip(approvals, rows, strict=True):
            carried = row["previous"]._steps_done() if row["previous"] else {}
            for values in row["steps"]:
                step = {
                    "state": "waiting",
                    **values,
                    "approval_id": approval.id,
                    "candidate_ids": [Command.set(values.get("candidate_ids", []))],
                }
                if kind.acknowledgement:
                    step["user_ids"] = step["candidate_ids"]
                if earlier := carried.get(approval._step_key(values)):
                    step.update(
                        state="carried",
                        decided_by_id=earlier.decided_by_id.id,
                        decided_for_id=earlier.decided_for_id.id,
                        decided_at=earlier.decided_at,
                        decision_id=earlier.decision_id.id,
                    )
                steps.append(step)
        engine(self.env["regulation.approval.step"].sudo()).create(steps)
        approvals._decision("submitted")
        approvals._record_event("submitted")
        waiting = approvals.step_ids.filtered(lambda step: step.state == "waiting")
        waiting._find_users()
        waiting.filtered("unresolved")._tell_administrators()
        approvals._clock("_start")
        approvals._go_on()
        return approvals

    @api.model
    def _prepare_approval(self, kind, row, now):
        document = row["document"].sudo()
        interested = document._approval_interested() | self.env.user
        return {
            "kind_id": kind.id,
            "res_model": document._name,
            "res_id": document.id,
            "name": document.display_name,
            "company_id": document._regulation_company().id,
            "profile_id": row["profile_id"],
            "reason": row["reason"],
            "amount": row["amount"] or 0.0,
            "has_amount": row["amount"] is not None,
            "deviation": row["deviation"] or 0.0,
            "fingerprint": row["fingerprint"],
            "frame": row["frame"],
            "submitted_by_id": self.env.uid,
            "submitted_at": now,
            "previous_id": row["previous"].id if row["previous"] else False,
            "interested_ids": [Command.set(interested.ids)],
            "reader_ids": [Command.set(interested.ids)],
        }

    @staticmethod
    def _step_key(values):
        return (
            values.get("sequence"),
            values.get("approver_type"),
            values.get("role_id") or False,
            tuple(sorted(values.get("candidate_ids") or ())),
        )

    def _steps_done(self):
        """The steps before the one that returned or refused it, by what makes them the same."""
        self.ensure_one()
        return {
            self._step_key(
                {
                    "sequence": step.sequence,
                    "approver_type": step.approver_type,
                    "role_id": step.role_id.id,
                    "candidate_ids": step.candidate_ids.ids,
                }
            ): step
            for step in self.step_ids
            if step.state in DONE
        }

    # === DECIDING === #

    def _decide(self, verdict, opinion=""):
        self.browse().check_access("read")
        opinion = str(opinion or "").strip()
        if verdict != "approved" and not opinion:
            raise UserError(
                self.env._("Give your opinion: what has to change, or why it cannot be.")
            )
        approvals = self.sudo().exists()
        approvals._lock()
        approvals._open_steps()._refresh()
        principals = self.env["regulation.delegation"]._principals_of(self.env.user)
        steps = {
            approval.id: approval._check_decidable(verdict, opinion, principals)
            for approval in approvals
        }
        void = approvals.browse()
        if verdict == "approved":
            void = approvals - approvals._holding()
        decided = approvals - void
        for approval in decided:
            approval._apply(verdict, opinion, steps[approval.id])
        if verdict == "approved":
            decided._go_on()
        elif decided:
            decided._end(verdict, verdict)
        if void:
            # No error: an error would roll back that it is void
            void._end("void", "voided")
            return {
                "type": "ir.actions.client",
                "tag": "display_notification",
                "params": {
                    "type": "warning",
                    "title": self.env._("Not approved: the content has changed"),
                    "message": self.env._(
                        "%(names)s was changed after it had been submitted. It has to be"
                        " submitted again.",
                        names=", ".join(void.mapped("display_name")),
                    ),
                    "next": {"type": "ir.actions.act_window_close"},
                },
            }
        return True

    def _lock(self):
        """Of two transactions deciding at the same moment one fails here and is replayed,
        and then finds it decided: waiting would not do, the snapshot would be old."""
        if self:
            self.flush_recordset()
            self.env.cr.execute(
                SQL(
                    "UPDATE regulation_approval SET turn = COALESCE(turn, 0) + 1 WHERE id IN"
                    " (SELECT id FROM regulation_approval WHERE id IN %s ORDER BY id FOR UPDATE)",
                    tuple(self.ids),
                ),
                log_exceptions=False,
            )
            self.invalidate_recordset()
            self.step_ids.invalidate_recordset()

    @api.model
    def _ids_waiting_for_me(self, model, kind):
        """Ids of the documents of which such an approval falls to the caller."""
        approvals = self.search(
            [
                ("res_model", "=", model),
                ("kind_id.code", "=", kind),
                ("state", "=", "pending"),
                ("can_decide", "=", True),
            ]
        )
        return set(approvals.mapped("res_id"))

    @api.model
    def _waiting_for_me(self, document, kind):
        """The pending approval of this document that the caller decides.

        For what he writes down before he decides. :raise AccessError: if there is none
        """
        approvals = self.search(
            [
                ("res_model", "=", document._name),
                ("res_id", "=", document.id),
                ("kind_id.code", "=", kind),
                ("state", "=", "pending"),
            ]
        ).filtered("can_decide")
        if not approvals:
            raise AccessError(
                self.env._(
                    "%(kind)s: no decision waits for you here.",
                    kind=self.env["regulation.approval.kind"]._code(kind).name,
                )
            )
        return approvals[0]

    def _check_pending(self):
        self.ensure_one()
        if self.state != "pending":
            raise UserError(
                self.env._(
                    "%(approval)s is decided already: %(state)s.",
                    approval=self.display_name,
                    state=dict(self._fields["state"]._description_selection(self.env))[self.state],
                )
            )

    def _check_decidable(self, verdict, opinion, principals):
        """The open steps that the caller decides, each with the absent one he stands for.

        :raise AccessError, UserError: if there is none, or it cannot be decided so
        """
        self.ensure_one()
        open_steps = self._open_steps()
        steps = open_steps._of_user(self.env.user, principals)
        if not steps:
            self._check_was_mine()
            if not self._may_know():
                raise AccessError(self.env._("This decision does not fall to you."))
            raise AccessError(
                self.env._(
                    "This decision does not fall to you. It waits for: %(names)s.",
                    names=", ".join(open_steps.user_ids.mapped("name")) or self.env._("nobody yet"),
                )
            )
        self._check_pending()
        if self.acknowledgement and verdict != "approved":
            raise UserError(self.env._("An acknowledgement is neither returned nor refused."))
        if not opinion and any(step.opinion == "always" for step, _principal in steps):
            raise UserError(self.env._("The regulation demands an opinion with this decision."))
        document = self._document()
        if not document:
            raise UserError(self.env._("The document does not exist any more."))
        document.sudo()._approval_check(self, verdict)
        return steps

    def _may_know(self):
        """Whether the caller may learn for whom it waits: he reads it, or its document."""
        self.ensure_one()
        document = self._document()
        return any(
            record is not None and record.sudo(False).has_access("read")
            for record in (self, document)
        )

    def _check_was_mine(self):
        """Tell somebody who could have decided that it is decided already."""
        user = self.env.user
        if self.state != "pending" and user in (self.reader_ids - self.interested_ids):
            self._check_pending()
        if user in self.step_ids.filtered(lambda step: step.state in DONE).decided_by_id:
            raise UserError(self.env._("You have decided this already."))

    def _apply(self, verdict, opinion, steps):
        """Record the decision."""
        self.ensure_one()
        decision = self._decision(
            "acknowledged" if self.acknowledgement else verdict, opinion, steps
        )
        rows = self.env["regulation.approval.step"].union(*(step for step, _principal in steps))
        self._settle(rows, verdict, decision, steps[0][1])
        if self.env.user not in self.reader_ids:
            engine(self).write({"reader_ids": [Command.link(self.env.uid)]})
        if rows.filtered("self_decided") and decision.self_decided:
            engine(self).write({"self_decided": True})
            self._record_event("self_decided")
        self._log_decision(decision)
        if verdict == "approved":
            if self.acknowledgement:
                self._record_event("acknowledged", subject_id=self.env.uid)
                self._close_activities(self.env.user)
            self._collapse(decision, steps[0][1])

    def _check_signer(self, signer):
        """Raise UserError if this person cannot decide on it too."""
        self.ensure_one()
        if self.acknowledgement:
            raise UserError(self.env._("An acknowledgement is everybody's own."))
        if (
            not signer
            or signer.share
            or not signer.active
            or self.company_id not in signer.company_ids
        ):
            raise UserError(self.env._("Add an employee of this company."))
        if signer == self.env.user or signer in self.interested_ids:
            raise UserError(
                self.env._("Nobody adds himself, nor whoever submitted it or owns the document.")
            )
        running = self.step_ids.filtered(lambda step: step.state in ("waiting", "pending"))
        if signer in running.user_ids | running.candidate_ids:
            raise UserError(self.env._("%s decides on it anyway.", signer.name))

    def _add_signer(self, mine, signer, reason):
        """A step for the signer beside the open one, on record.

        :param mine: ``(step, id of the absent one or False)`` of the caller
        """
        self.ensure_one()
        beside, _principal = mine
        step = engine(self.env["regulation.approval.step"].sudo()).create(
            {
                "approval_id": self.id,
                "sequence": beside.sequence,
                "name": self.env._("Signer added by %s", self.env.user.name),
                "approver_type": "list",
                "candidate_ids": [Command.set(signer.ids)],
                "added_by_id": self.env.uid,
                "days_allowed": beside.days_allowed,
                "opinion": beside.opinion,
            }
        )
        step = step.sudo().browse(step.id)  # the engine's token goes no further
        step._open()
        decision = self._decision("signer", f"{signer.name}: {reason}", [mine])
        self._record_event("signer_added", subject_id=signer.id)
        self._log_decision(decision)

    def _settle(self, steps, verdict, decision, principal):
        engine(steps).write(
            {
                "state": verdict,
                "decided_by_id": decision.user_id.id,
                "decided_for_id": principal,
                "decided_at": decision.at,
                "decision_id": decision.id,
            }
        )
        steps._note_due(decision.at)

    def _collapse(self, decision, principal):
        """The next steps that fall to nobody but the same person are decided with this one."""
        people = {decision.user_id.id, principal} - {False}
        while not self._open_steps():
            following = self._next_steps()
            following._find_users()
            if (
                not following
                or any(step.opinion == "always" for step in following if not decision.opinion)
                or any(not step.user_ids or set(step.user_ids.ids) - people for step in following)
            ):
                return
            self._settle(following, "approved", decision, principal)

    def _go_on(self):
        """Open the next steps of each; where none is left it is approved."""
        granted = self.browse()
        to_open = self.env["regulation.approval.step"]
        for approval in self.filtered(lambda approval: approval.state == "pending"):
            if approval._open_steps():
                continue
            if following := approval._next_steps():
                to_open |= following
            else:
                granted |= approval
        if to_open:
            to_open.approval_id.filtered(lambda row: not row.acknowledgement)._close_activities()
            to_open._open()
        if granted:
            granted._end("approved", "approved")

    def _open_steps(self):
        steps = self.step_ids.filtered(lambda step: step.state == "pending")
        steps.mapped("user_ids")  # read for all of them at once
        self.mapped("interested_ids")
        return steps

    def _next_steps(self):
        self.ensure_one()
        waiting = self.step_ids.filtered(lambda step: step.state == "waiting")
        first = min(waiting.mapped("sequence"), default=0)
        return waiting.filtered(lambda step: step.sequence == first)

    def _end(self, state, event):
        """Close the approvals in this state, tell the document and who submitted."""
        engine(self).write({"state": state, "decided_at": fields.Datetime.now()})
        left = self.step_ids.filtered(lambda step: step.state in ("waiting", "pending"))
        engine(left).write({"state": "cancelled"})
        self._close_activities()
        self._clock("_cancel" if state in ("void", "withdrawn") else "_done")
        if state in ("void", "withdrawn"):
            decisions = self._decision(state)
            for approval, decision in zip(self, decisions, strict=True):
                approval._log_decision(decision)
        if not all(self.mapped("acknowledgement")) or state != "approved":
            self._record_event(event)
        if state in ("returned", "refused", "void"):
            self._tell_submitter(state)
        hook = {
            "approved": "_approval_granted",
            "returned": "_approval_returned",
            "refused": "_approval_refused",
            "void": "_approval_voided",
            "withdrawn": "_approval_withdrawn",
        }[state]
        for approval in self:
            document = approval._document()
            if document and document._approval_moves(approval.kind_id.code):
                getattr(document.sudo(), hook)(approval)

    def _clock(self, method):
        """Start or stop the clock ``approval_<kind>`` of the documents, where the regulation
        has a deadline of that code beside the days allowed for each step."""
        Deadline = self.env["regulation.deadline"].sudo()
        for (model, kind), approvals in self.grouped(
            lambda row: (row.res_model, row.kind_id.code)
        ).items():
            if model not in self.env or approvals.kind_id.acknowledgement:
                continue
            documents = self.env[model].sudo().browse(approvals.mapped("res_id")).exists()
            options = {}
            if method == "_start":
                first = {row.res_id: row.step_ids[:1].user_ids[:1] for row in approvals}
                options["user"] = lambda record, first=first: first[record.id]
            getattr(Deadline, method)(documents, f"approval_{kind}", **options)

    # === CONTENT === #

    def _holding(self):
        """Those whose document is still what was submitted.

        A constant number of queries per kind and model.
        """
        holding = self.browse()
        for model, approvals in self.grouped("res_model").items():
            if model not in self.env:
                continue
            documents = self.env[model].sudo().browse(approvals.mapped("res_id")).exists()
            holds = documents._approval_holds(approvals)
            holding |= approvals.filtered(lambda row, holds=holds: holds.get(row.id))
        return holding

    def _void_changed(self):
        """Void those whose document is not any more what was submitted."""
        changed = self.filtered(lambda row: row.res_model in self.env) - self._holding()
        if changed:
            changed._lock()
            changed._end("void", "voided")
        return changed

    # === TOOLING === #

    def _decision(self, verdict, opinion="", steps=()):
        """Append the decision rows, in the order of ``self``."""
        own = any(step.self_decided and not principal for step, principal in steps)
        names = ", ".join(dict.fromkeys(step.name or "" for step, _principal in steps))
        return engine(self.env["regulation.approval.decision"].sudo()).create(
            [
                {
                    "approval_id": approval.id,
                    "step_name": names,
                    "verdict": verdict,
                    "user_id": self.env.uid,
                    "for_user_id": steps[0][1] if steps else False,
                    "self_decided": own,
                    "at": fields.Datetime.now(),
                    "opinion": opinion,
                    "fingerprint": approval.fingerprint,
                }
                for approval in self
            ]
        )

    def _record_event(self, event, **values):
        """Register rows on the documents."""
        rows = [approval._prepare_event(event, **values) for approval in self]
        return engine(self.env["regulation.register"].sudo()).create(rows)

    def _prepare_event(self, event, **values):
        """A register row about the document of one approval."""
        self.ensure_one()
        return self.env["regulation.register"]._prepare_row(
            event,
            self,
            self.kind_id.code,
            {
                "res_model": self.res_model,
                "res_id": self.res_id,
                "company_id": self.company_id.id,
                "profile_id": self.profile_id.id,
                "amount": self.amount,
                "currency_id": self.currency_id.id,
                "subject_id": self.submitted_by_id.id,
                "clauses": ",".join(self._clause_codes()),
                **values,
            },
        )

    def _clause_codes(self):
        self.ensure_one()
        codes = [
            code.strip()
            for step in self.step_ids
            if step.clause_codes
            for code in step.clause_codes.split(",")
        ]
        return list(dict.fromkeys(filter(None, codes)))

    def _log_decision(self, decision):
        """Write the decision into the chatter of the document (S4-338: with the opinion)."""
        self.ensure_one()
        document = self._document()
        if self.acknowledgement or document is None or "message_ids" not in document._fields:
            return
        verdict = dict(decision._fields["verdict"]._description_selection(self.env))[
            decision.verdict
        ]
        absent = self.env["res.users"].sudo().browse(decision.for_user_id.id)
        values = {
            "kind": self.kind_id.name,
            "verdict": verdict,
            "user": self.env.user.name,
            "absent": absent.name,
        }
        body = (
            self.env._("%(kind)s: %(verdict)s by %(user)s for %(absent)s", **values)
            if absent
            else self.env._("%(kind)s: %(verdict)s by %(user)s", **values)
        )
        if decision.opinion:
            body = f"{body}\n{decision.opinion}"
        document.sudo()._message_log(body=body, author_id=self.env.user.partner_id.id)

    def _activities(self):
        """The running requests to decide."""
        if not self:
            return self.env["mail.activity"].sudo()
        activity_type = self.env.ref("sales_regulation.mail_activity_type_approval")
        return (
            self.env["mail.activity"]
            .sudo()
            .search(
                [
                    ("res_model", "=", self._name),
                    ("res_id", "in", self.ids),
                    ("activity_type_id", "=", activity_type.id),
                ]
            )
        )

    def _close_activities(self, user=None):
        activities = self._activities()
        if user:
            activities = activities.filtered(lambda activity: activity.user_id == user)
        activities.unlink()

    def _tell_submitter(self, state):
        """What came back is on the work list of who submitted it."""
        summaries = {
            "returned": self.env._("Returned: revise it and submit it again"),
            "refused": self.env._("Refused"),
            "void": self.env._("Void: the content was changed, submit it again"),
        }
        model_id = self.env["ir.model"]._get_id(self._name)
        activity_type = self.env.ref("mail.mail_activity_data_todo")
        self.env["mail.activity"].sudo().with_context(mail_activity_quick_update=True).create(
            [
                {
                    "res_model_id": model_id,
                    "res_id": approval.id,
                    "activity_type_id": activity_type.id,
                    "user_id": approval.submitted_by_id.id,
                    "summary": summaries[state],
                    "date_deadline": approval.company_id._regulation_today(),
                    "automated": True,
                }
                for approval in self
                if approval.submitted_by_id.active
                and approval.submitted_by_id.id != api.SUPERUSER_ID
            ]
        )

    # === CRON === #

    @api.model
    def _cron_notify_approvers(self, limit=200):
        """Ask those who were too many to be asked when it was submitted, and send the
        notifications of the activities, as each approver wants to have them."""
        Step = self.env["regulation.approval.step"].sudo()
        domain = [("state", "=", "pending"), ("notified", "=", False)]
        steps = Step.search(domain, limit=limit)
        self.env["ir.cron"]._commit_progress(remaining=Step.search_count(domain))
        if steps:
            steps._schedule_activities()
            self.env["ir.cron"]._commit_progress(len(steps))
        # alone in its prefetch: a commit drops the cache
        unmailed = Step.search([("state", "=", "pending"), ("to_mail", "=", True)], limit=limit)
        if unmailed:
            unmailed._mail_activities()
            self.env["ir.cron"]._commit_progress(len(unmailed))

    @api.model
    def _cron_follow_up(self, limit=100):
        """Keep running approvals right, and remind.

        Asks people who are covered since, delegates and new holders of a role; ends what
        is pending on a document that changed or is gone; reminds of what is overdue.
        """
        profiles = (
            self.env["regulation.profile"].sudo().search([("state", "in", ("trial", "active"))])
        )
        profiles._follow_covered_users()
        Step = self.env["regulation.approval.step"].sudo()
        pending = self.sudo().search(
            [("state", "=", "pending"), ("kind_id.acknowledgement", "=", False)]
        )
        self.env["ir.cron"]._commit_progress(remaining=len(pending))
        for start in range(0, len(pending), limit):
            # alone in its prefetch: each commit drops the cache
            batch = pending.browse(pending.ids[start : start + limit])
            try:
                with self.env.cr.savepoint():
                    batch._follow_up()
            except Exception:
                # one document that cannot be read must not stop the others for ever
                _logger.exception("Approvals %s could not be followed up", batch.ids)
            if not self.env["ir.cron"]._commit_progress(len(batch)):
                return
        now = fields.Datetime.now()
        overdue = Step.search([("state", "=", "pending"), ("due_at", "<", now)])
        overdue = overdue._to_remind(now)
        for start in range(0, len(overdue), limit):
            batch = overdue.browse(overdue.ids[start : start + limit])
            batch._remind()
            if not self.env["ir.cron"]._commit_progress(len(batch)):
                break

    def _follow_up(self):
        """Find the approvers again, ask delegates, void what has changed."""
        self._void_changed()
        steps = self.step_ids.filtered(lambda row: row.state in ("waiting", "pending"))
        steps._refresh()
        steps.filtered("unresolved")._tell_administrators()
        steps.filtered(lambda row: row.state == "pending")._schedule_activities()
