# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
import logging

from odoo import api, fields, models
from odoo.exceptions import AccessError
from odoo.fields import Domain

from ...tools import ProfileVersion, SoftMany2one, engine

_logger = logging.getLogger(__name__)


class RegulationHandover(models.Model):
    """A task that passes to the next department when something happened to a document.

    The step that caused it only queues it: one INSERT. The tasks in people's lists are made
    after the commit by a cron, in batches; a step of many documents stays as fast as it was.
    """

    _name = "regulation.handover"
    _description = "Hand-over Task"
    _inherit = ["regulation.about", "regulation.sealed"]
    _order = "queued_at desc, id desc"

    _append_only = True
    # A type of its own: a step of the document that ends its other tasks leaves it alone
    _task_type = "sales_regulation.mail_activity_type_handover"

    name = fields.Char(string="Document Name", compute="_compute_name")
    rule_id = fields.Many2one(
        comodel_name="regulation.handover.rule",
        string="Task",
        required=True,
        readonly=True,
        ondelete="restrict",
        index=True,
    )
    event = fields.Char(required=True, readonly=True)
    profile_id = fields.Many2one(
        comodel_name="regulation.profile", required=True, readonly=True, ondelete="restrict"
    )
    role_id = fields.Many2one(
        comodel_name="regulation.role", required=True, readonly=True, ondelete="restrict"
    )
    company_id = fields.Many2one(
        comodel_name="res.company", required=True, readonly=True, index=True
    )
    user_id = fields.Many2one(
        comodel_name="res.users",
        string="Responsible",
        readonly=True,
        index="btree_not_null",
        ondelete="restrict",
        help="Who holds the role when the task is made.",
    )
    queued_by_id = fields.Many2one(
        comodel_name="res.users", string="Handed over by", readonly=True, ondelete="restrict"
    )
    queued_at = fields.Datetime(string="Handed over", required=True, readonly=True)
    deadline_id = fields.Many2one(
        comodel_name="regulation.deadline", readonly=True, ondelete="restrict"
    )
    due_at = fields.Datetime(related="deadline_id.due_at")
    activity_id = SoftMany2one(comodel_name="mail.activity", readonly=True, index="btree_not_null")
    state = fields.Selection(
        selection=[
            ("queued", "Queued"),
            ("open", "To Do"),
            ("done", "Done"),
            ("void", "Void"),
        ],
        default="queued",
        required=True,
        readonly=True,
        help="Void: the document was deleted.",
    )
    done_at = fields.Datetime(string="Done", readonly=True)
    done_by_id = fields.Many2one(
        comodel_name="res.users", string="Done by", readonly=True, ondelete="restrict"
    )

    taker_ids = fields.Many2many(
        comodel_name="res.users",
        compute="_compute_taker_ids",
        search="_search_taker_ids",
        compute_sudo=True,
        string="May Take Over",
        help="Who holds the role in the company of the document today.",
    )

    _queued_idx = models.Index("(id) WHERE state = 'queued'")
    _document_idx = models.Index("(res_model, res_id)")

    # === COMPUTE METHODS === #

    @api.depends("res_model", "res_id")
    @api.depends_context("uid", "lang")
    def _compute_name(self):
        names = self._document_names()
        for handover in self:
            handover.name = names.get(handover.id, False)

    @api.depends("rule_id", "name")
    def _compute_display_name(self):
        for handover in self:
            task = handover.rule_id.summary
            handover.display_name = f"{handover.name}: {task}" if handover.name else task

    @api.depends("role_id", "company_id")
    def _compute_taker_ids(self):
        for (role, company), handovers in self.grouped(
            lambda row: (row.role_id, row.company_id)
        ).items():
            handovers.taker_ids = role._holders(company) if role and company else False

    def _search_taker_ids(self, operator, value):
        if operator != "in":
            return NotImplemented
        domain = Domain.FALSE
        roles = self.env["regulation.role"].sudo().search([])
        for user in self.env["res.users"].sudo().browse([uid for uid in value if uid]):
            for company in user.company_ids:
                held = roles._held_by(user, company)
                domain |= Domain("company_id", "=", company.id) & Domain("role_id", "in", held.ids)
        return domain

    # === ACTION METHODS === #

    def action_done(self):
        """Take over: for whoever it was handed to, and the holders of the role."""
        self.check_access("read")
        handovers = self.sudo()
        handovers.filtered(lambda row: row.state == "open")._check_may_take_over()
        activities = handovers.activity_id.exists()
        if activities:
            activities.with_user(self.env.user).sudo()._action_done()
        handovers._taken_over()

    # === BUSINESS METHODS === #

    @api.model
    def _queue(self, event, records, policies=None, at=None):
        """Hand documents over as their regulation says: one INSERT for all of them.

        The deadlines of the tasks begin now, the tasks appear after the commit.

        :param str event: code of what happened
        :param policies: ``{id: Policy}`` if the caller has them already
        :param at: when it happened (naive UTC); now if not given
        :return: the queued rows
        """
        none = self.browse()
        if not records or not self.env["regulation.profile"]._regulated_companies():
            return none
        Deadline = self.env["regulation.deadline"]
        Rule = self.env["regulation.handover.rule"]
        records = records.sudo()
        policies = policies or Deadline._policies(records)
        now = at or fields.Datetime.now()
        rows = [
            {
                "rule_id": rule,
                "event": event,
                "profile_id": profile,
                "role_id": role,
                "res_model": records._name,
                "res_id": record.id,
                "company_id": Deadline._company_of(record).id,
                "queued_by_id": self.env.uid,
                "queued_at": now,
            }
            for record in records
            for rule, role, profile in Rule._for_event(policies[record.id].profile_ids, event)
        ]
        if not rows:
            return none
        self.env["ir.cron"]._regulation_wake("sales_regulation.ir_cron_handover")
        return engine(self.sudo()).create(rows).with_env(self.sudo().env)

    @api.model
    def _cron_hand_over(self, batch=200):
        """Make the tasks that are queued. Goes on where it was stopped."""
        Cron = self.env["ir.cron"]
        domain = [("state", "=", "queued")]
        Cron._commit_progress(remaining=self.sudo().search_count(domain))
        last = 0
        while found := self.sudo().search([*domain, ("id", ">", last)], order="id", limit=batch):
            last = found[-1].id
            # Another server may be at it: each row is made once
            found = found.try_lock_for_update().filtered(lambda row: row.state == "queued")
            try:
                with self.env.cr.savepoint():
                    found._make_tasks()
            except Exception:
                _logger.info("Hand-overs one by one after a failure", exc_info=True)
                found._one_by_one()
            done = len(found)
            self.env.invalidate_all()
            if not Cron._commit_progress(done):
                break

    def _one_by_one(self):
        for handover_id in self.ids:
            handover = self.browse(handover_id)
            try:
                with self.env.cr.savepoint():
                    handover._make_tasks()
            except Exception:
                _logger.exception("Hand-over %s failed", handover_id)

    def _make_tasks(self):
        """Name the responsible people, start the deadlines, put the tasks into their lists."""
        alive = self._void_orphans()
        alive._assign()
        deadlines = alive._start_deadlines()
        activities = alive._make_activities(deadlines)
        for handover in alive:
            engine(handover).write(
                {
                    "state": "open",
                    "deadline_id": deadlines.get(handover.id, False),
                    "activity_id": activities[handover.id].id
                    if handover.id in activities
                    else False,
                }
            )

    def _void_orphans(self):
        orphans = self.browse()
        for model, handovers in self.grouped("res_model").items():
            ids = handovers.mapped("res_id")
            alive = set(self.env[model].browse(ids).exists().ids) if model in self.env else set()
            orphans |= handovers.filtered(lambda row, alive=alive: row.res_id not in alive)
        engine(orphans).write({"state": "void"})
        return self - orphans

    def _assign(self):
        """The first holder of the role who is there, or his deputy.

        Nobody holds it: the director, who must name one.
        """
        director = self.env["regulation.role"]._code("director")
        Delegation = self.env["regulation.delegation"]
        for (role, company), handovers in self.grouped(
            lambda row: (row.role_id, row.company_id)
        ).items():
            holders = role._holders(company) or director._holders(company)
            holder = (holders - Delegation._absent(holders))[:1]
            if not holder and holders:
                deputies = Delegation._deputies_of(holders[:1]).get(holders[:1].id, ())
                holder = holders.browse(sorted(deputies)[:1]) or holders[:1]
            engine(handovers).write({"user_id": holder.id})

    def _start_deadlines(self):
        """``{handover id: deadline id}``; each began when the event happened."""
        found = {}
        Deadline = self.env["regulation.deadline"]
        for code, handovers in self.grouped(lambda row: row.rule_id.deadline_code).items():
            if not code:
                continue
            deadlines = Deadline._start(
                handovers,
                code,
                start=lambda row: row.queued_at,
                user=lambda row: row.user_id,
                policies={row.id: ProfileVersion(row.profile_id.id) for row in handovers},
            )
            found.update({deadline.res_id: deadline.id for deadline in deadlines})
        return found

    def _make_activities(self, deadlines):
        """``{handover id: task}`` on the documents, due when the deadline is."""
        due = {
            row.res_id: row.due_at
            for row in self.env["regulation.deadline"].sudo().browse(deadlines.values())
        }
        return self._plan_tasks(
            lambda row: row.user_id,
            lambda row: row.rule_id.summary,
            lambda row: due.get(row.id) or row.queued_at,
        )

    def _check_may_take_over(self):
        """Raise AccessError unless these tasks are for the present user."""
        held = {}
        for company, handovers in self.grouped("company_id").items():
            held[company] = handovers.role_id._held_by(self.env.user, company)
        for handover in self:
            if handover.user_id == self.env.user or handover.role_id in held[handover.company_id]:
                continue
            raise AccessError(
                self.env._(
                    "This task is for %(role)s (%(user)s).",
                    role=handover.role_id.name,
                    user=handover.user_id.name or "-",
                )
            )

    def _taken_over(self):
        """Stamp those that are open as done by the present user."""
        done = self.filtered(lambda row: row.state == "open")
        if not done:
            return
        engine(done).write(
            {"state": "done", "done_at": fields.Datetime.now(), "done_by_id": self.env.uid}
        )
        for code, handovers in done.grouped(lambda row: row.rule_id.deadline_code).items():
            if code:
                self.env["regulation.deadline"]._done(handovers, code)
