# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
import logging
from datetime import timedelta

from psycopg2.errors import UniqueViolation

from odoo import api, fields, models
from odoo.exceptions import ConcurrencyError, UserError
from odoo.tools import SQL

from ...tools import SoftMany2one, WorkDays, engine

_logger = logging.getLogger(__name__)

RUNNING = ("open", "overdue")
_TOUCHED = "regulation.deadline"


class RegulationDeadline(models.Model):
    """When something is due, and whether it was kept.

    Whoever has a step with a time limit calls ``_start(records, code)`` when the clock begins
    and ``_done(records, code)`` when the step is taken. The profile says how long and who is
    told; the result is frozen: a later rule judges later deadlines.
    """

    _name = "regulation.deadline"
    _description = "Deadline"
    _inherit = ["regulation.about", "regulation.sealed"]
    _order = "due_at, id"

    #: written by the engine only, by nobody deleted
    _append_only = True

    name = fields.Char(
        string="Document Name",
        compute="_compute_name",
        help="Empty for those who may not read the document.",
    )
    code = fields.Char(required=True, readonly=True, index=True)
    rule_id = fields.Many2one(
        comodel_name="regulation.deadline.rule",
        string="Deadline",
        required=True,
        readonly=True,
        ondelete="restrict",
        index=True,
    )
    profile_id = fields.Many2one(
        comodel_name="regulation.profile",
        readonly=True,
        ondelete="restrict",
        index=True,
        help="The version under which it began; it is judged by it.",
    )
    clauses = fields.Char(readonly=True)
    company_id = fields.Many2one(
        comodel_name="res.company", required=True, readonly=True, index=True
    )
    user_id = fields.Many2one(
        comodel_name="res.users",
        string="Responsible",
        readonly=True,
        index=True,
        ondelete="restrict",
    )
    superior_id = fields.Many2one(
        comodel_name="res.users",
        readonly=True,
        index=True,
        ondelete="restrict",
        help="Of the responsible person when it began.",
    )
    started_at = fields.Datetime(string="Begun", required=True, readonly=True)
    due_at = fields.Datetime(string="Due", required=True, readonly=True, index=True)
    warn_at = fields.Datetime(string="Warning", readonly=True)
    warned_at = fields.Datetime(readonly=True)
    escalated_to_id = fields.Many2one(
        comodel_name="res.users", string="Escalated to", readonly=True, ondelete="restrict"
    )
    # The tasks made for it; soft, because people delete tasks
    warning_activity_id = SoftMany2one(comodel_name="mail.activity", readonly=True)
    escalation_activity_id = SoftMany2one(comodel_name="mail.activity", readonly=True)
    done_at = fields.Datetime(string="Done", readonly=True)
    done_by_id = fields.Many2one(
        comodel_name="res.users", string="Done by", readonly=True, ondelete="restrict"
    )
    touched_at = fields.Datetime(
        string="Step at",
        readonly=True,
        help="The step that may end it was taken then; whether it has is found out in a moment.",
    )
    touched_by_id = SoftMany2one(comodel_name="res.users", readonly=True)
    state = fields.Selection(
        selection=[
            ("open", "Running"),
            ("overdue", "Overdue"),
            ("kept", "Kept"),
            ("breached", "Late"),
            ("cancelled", "Cancelled"),
        ],
        default="open",
        required=True,
        readonly=True,
    )
    breach_minutes = fields.Integer(
        string="Late by (minutes)", readonly=True, help="Fixed when it is done."
    )
    is_late = fields.Boolean(
        compute="_compute_is_late",
        search="_search_is_late",
        help="Past its time now, whether the hourly check has noticed or not.",
    )

    _running_uniq = models.UniqueIndex(
        "(res_model, res_id, code) WHERE state IN ('open', 'overdue')",
        "A deadline of a document runs once at a time.",
    )
    _due_idx = models.Index("(due_at, id) WHERE state = 'open'")
    _warn_idx = models.Index("(warn_at, id) WHERE state = 'open' AND warned_at IS NULL")
    _document_idx = models.Index("(res_model, res_id)")
    _touched_idx = models.Index("(id) WHERE touched_at IS NOT NULL")

    # === COMPUTE METHODS === #

    @api.depends("res_model", "res_id")
    @api.depends_context("uid", "lang")
    def _compute_name(self):
        names = self._document_names()
        for deadline in self:
            deadline.name = names.get(deadline.id, False)

    @api.depends("rule_id", "name")
    def _compute_display_name(self):
        for deadline in self:
            rule = deadline.rule_id.name
            deadline.display_name = f"{rule}: {deadline.name}" if deadline.name else rule

    @api.depends("state", "due_at", "touched_at")
    def _compute_is_late(self):
        now = fields.Datetime.now()
        for deadline in self:
            moment = deadline.touched_at or now
            deadline.is_late = bool(
                deadline.state in ("overdue", "breached")
                or (deadline.state == "open" and deadline.due_at and deadline.due_at < moment)
            )

    def _search_is_late(self, operator, value):
        if operator != "in" or list(value) != [True]:
            return NotImplemented
        return [
            "|",
            ("state", "in", ("overdue", "breached")),
            "&",
            "&",
            ("state", "=", "open"),
            ("touched_at", "=", False),
            ("due_at", "<", fields.Datetime.now()),
        ]

    # === BUSINESS METHODS === #

    @api.model
    def _start(self, records, code, start=None, user=None, policies=None):
        """Start the clock ``code`` for each record whose profile knows it.

        A clock that runs already goes on as it is. Constant number of queries.

        :param records: documents of one model
        :param start: moment (naive UTC) or callable of the record; now if not given
        :param user: who is responsible: res.users or callable of the record; the
            document's salesperson or creator if not given
        :return: the deadlines that began
        """
        none = self.browse()
        if not records or not self.env["regulation.profile"]._regulated_companies():
            return none
        records = records.sudo()
        if policies is None:
            policies = self._policies(records, user)
        Rule = self.env["regulation.deadline.rule"]
        rules = {
            record.id: Rule._with_code(policies[record.id].profile_ids, code) for record in records
        }
        records = records.filtered(lambda record: rules[record.id])
        running = set(self._running(records, code).mapped("res_id"))
        records = records.filtered(lambda record: record.id not in running)
        if not records:
            return none
        now = fields.Datetime.now()
        workdays, rows = {}, []
        for record in records:
            company = self._company_of(record)
            moment = (start(record) if callable(start) else start) or now
            if company not in workdays:
                workdays[company] = WorkDays(company)
            due, rule = rules[record.id]._stricter(moment, workdays[company])
            responsible = self._responsible(record, user)
            rows.append(
                {
                    "code": code,
                    "rule_id": rule.id,
                    "profile_id": rule.profile_id.id,
                    "clauses": rule.clause_codes,
                    "res_model": record._name,
                    "res_id": record.id,
                    "company_id": company.id,
                    "user_id": responsible.id,
                    "started_at": moment,
                    "due_at": due,
                    "warn_at": due - timedelta(hours=rule.warn_before)
                    if rule.warn_before
                    else False,
                }
            )
        self._fill_superiors(rows)
        try:
            # The token stays here: the caller gets records as anybody has them
            return engine(self.sudo()).create(rows).with_env(self.sudo().env)
        except UniqueViolation as error:
            # Somebody started the same clock meanwhile: the replay will see it
            raise ConcurrencyError(str(error)) from error

    @api.model
    def _done(self, records, code, at=None):
        """Stop the clock: the result is fixed. Documents without a running one are left alone.

        :param at: moment (naive UTC) by the server; now if not given
        :return: the deadlines that ended
        """
        if not records or not self.env["regulation.profile"]._regulated_companies():
            return self.browse()
        at = at or fields.Datetime.now()
        ended = self._running(records, code)
        kept = ended.filtered(lambda deadline: at <= deadline.due_at)
        stamp = {"done_at": at, "done_by_id": self.env.uid}
        if kept:
            engine(kept).write({**stamp, "state": "kept", "breach_minutes": 0})
        late = ended - kept
        late.filtered(lambda deadline: deadline.state == "open")._note_breach()
        for deadline in late:
            engine(deadline).write(
                {
                    **stamp,
                    "state": "breached",
                    "breach_minutes": deadline._minutes_late(at),
                }
            )
        ended._close_activities()
        return ended

    @api.model
    def _touch(self, records, code):
        """A step was taken that may end the clock ``code`` of these documents.

        For steps that have to stay fast: the moment is stamped before the commit, in one
        statement for the whole transaction, and whether the clock has ended is found out
        by a job after it, see ``_deadlines_ended``. Until then nobody is reminded.
        """
        if not records or not self.env["regulation.profile"]._regulated_companies():
            return
        precommit = self.env.cr.precommit
        if _TOUCHED not in precommit.data:
            precommit.data[_TOUCHED] = {}
            env = self.env
            precommit.add(lambda: env["regulation.deadline"]._stamp_touched())
        now = fields.Datetime.now()
        for record in records:
            precommit.data[_TOUCHED][records._name, record.id, code] = (now, self.env.uid)

    @api.model
    def _stamp_touched(self):
        touched = self.env.cr.precommit.data.pop(_TOUCHED, {})
        if not touched:
            return
        self.flush_model(["state", "res_model", "res_id", "code", "touched_at"])
        stamped = self.env.execute_query(
            SQL(
                """
                UPDATE regulation_deadline deadline
                   SET touched_at = step.at, touched_by_id = step.user_id
                  FROM (VALUES %s) AS step(res_model, res_id, code, at, user_id)
                 WHERE deadline.res_model = step.res_model AND deadline.res_id = step.res_id
                   AND deadline.code = step.code AND deadline.state IN %s
             RETURNING deadline.id
                """,
                SQL(", ").join(
                    SQL("(%s, %s, %s, %s::timestamp, %s)", *key, *stamp)
                    for key, stamp in touched.items()
                ),
                RUNNING,
            )
        )
        if stamped:
            self.browse(row[0] for row in stamped).invalidate_recordset(
                ["touched_at", "touched_by_id"], flush=False
            )
            self.env["ir.cron"]._regulation_wake("sales_regulation.ir_cron_deadline_settle")

    @api.model
    def _cancel(self, records, code):
        """Stop the clock without a result: what was waited for is void."""
        if not records or not self.env["regulation.profile"]._regulated_companies():
            return self.browse()
        ended = self._running(records, code)
        engine(ended).write({"state": "cancelled", "done_at": fields.Datetime.now()})
        ended._close_activities()
        return ended

    @api.model
    def _reopen(self, records, code, moments):
        """What ended the clock ``code`` at one of these moments (naive UTC) was taken back: it
        runs on, due as before. What was late stays late. Constant number of queries.

        :return: the deadlines that run again
        """
        if not records or not self.env["regulation.profile"]._regulated_companies():
            return self.browse()
        rows = self.sudo().search(
            [
                ("res_model", "=", records._name),
                ("res_id", "in", records.ids),
                ("code", "=", code),
                "|",
                ("state", "in", RUNNING),
                "&",
                ("state", "in", ("kept", "breached")),
                ("done_at", "in", list(moments)),
            ],
            order="id",
        )
        running = {row.res_id for row in rows if row.state in RUNNING}
        last = {row.res_id: row.id for row in rows if row.res_id not in running}
        again = rows.browse(last.values())
        for state, part in again.grouped(
            lambda row: "open" if row.state == "kept" else "overdue"
        ).items():
            engine(part).write(
                {"state": state, "done_at": False, "done_by_id": False, "breach_minutes": 0}
            )
        return again

    @api.model
    def _move(self, records, code, start):
        """Begin again from another moment, as long as the first start has not come.

        For starts that a person plans, such as the end of a visit.

        :raise UserError: if the clock runs already
        """
        now = fields.Datetime.now()
        running = self._running(records, code)
        if any(deadline.started_at <= now for deadline in running):
            raise UserError(
                self.env._("The time limit runs already: its start cannot be moved any more.")
            )
        users = {deadline.res_id: deadline.user_id for deadline in running}
        self._cancel(records, code)
        return self._start(
            records, code, start=start, user=lambda record: users.get(record.id) or record.env.user
        )

    @api.model
    def _pass_on(self, records, user, codes):
        """Somebody else is responsible for what these documents still wait for.

        What is due already stays with whom it was late under. The register keeps who had it.

        :param user: the person who is responsible from now on
        :param codes: of the deadlines concerned
        :return: the deadlines that have passed on
        """
        if not records or not self.env["regulation.profile"]._regulated_companies():
            return self.browse()
        running = self.sudo().search(
            [
                ("res_model", "=", records._name),
                ("res_id", "in", records.ids),
                ("code", "in", list(codes)),
                ("state", "=", "open"),
                ("due_at", ">", fields.Datetime.now()),
                ("touched_at", "=", False),
                ("user_id", "!=", user.id),
            ]
        )
        running._note_passed_on()
        rows = [{"user_id": user.id, "company_id": row.company_id.id} for row in running]
        self._fill_superiors(rows)
        superiors = {row["company_id"]: row["superior_id"] for row in rows}
        for company, group in running.grouped("company_id").items():
            engine(group).write({"user_id": user.id, "superior_id": superiors[company.id]})
        running.warning_activity_id.sudo().exists().write({"user_id": user.id})
        return running

    @api.model
    def _due_at(self, company, rule, start):
        """When something that began at ``start`` (naive UTC) is due by one rule."""
        return rule._due(start, WorkDays(company))

    # === SEAMS === #

    @api.model
    def _policies(self, records, user=None):
        """What is in force for each record: by the document, or by whom it concerns."""
        if user is None and hasattr(records, "_regulation_policies"):
            return records._regulation_policies()
        return (
            self.env["regulation.profile"]
            .sudo()
            ._resolve(
                {
                    record.id: (
                        self._company_of(record),
                        self._responsible(record, user),
                        self.env["crm.team"],
                    )
                    for record in records
                }
            )
        )

    @api.model
    def _company_of(self, record):
        if hasattr(record, "_regulation_company"):
            return record._regulation_company()
        company = record.company_id if "company_id" in record._fields else None
        return company or self.env.company

    @api.model
    def _responsible(self, record, user):
        """Who is responsible for keeping the deadline of a record."""
        if user is not None:
            return user(record) if callable(user) else user
        for name in ("user_id", "create_uid"):
            if name in record._fields and record[name]:
                return record[name]
        return self.env.user

    # === INTERNALS === #

    @api.model
    def _running(self, records, code):
        return self.sudo().search(
            [
                ("res_model", "=", records._name),
                ("res_id", "in", records.ids),
                ("code", "=", code),
                ("state", "in", RUNNING),
            ]
        )

    @api.model
    def _fill_superiors(self, rows):
        """The nearest superior of each responsible person, asked once for all of a company."""
        Users = self.env["res.users"].sudo()
        people = {}
        for row in rows:
            row["superior_id"] = False
            if row["user_id"]:
                people.setdefault(row["company_id"], set()).add(row["user_id"])
        superiors = {
            (user.id, company): superior.id
            for company, users in people.items()
            for user, superior in Users.browse(sorted(users))
            ._regulation_superiors(self.env["res.company"].browse(company))
            .items()
        }
        for row in rows:
            row["superior_id"] = superiors.get((row["user_id"], row["company_id"]), False)

    def _minutes_late(self, at):
        """Whole minutes after it was due, at least one."""
        self.ensure_one()
        return max(int((at - self.due_at).total_seconds() // 60), 1)

    def _note_breach(self):
        """One row each in the register, under the name of the responsible person."""
        Register = self.env["regulation.register"]
        by_kind = self.grouped(lambda deadline: (deadline.res_model, deadline.code))
        for (model, code), deadlines in by_kind.items():
            by_document = {deadline.res_id: deadline for deadline in deadlines}
            Register._record(
                "deadline_breached",
                self.env[model].sudo().browse(by_document),
                code=code,
                clauses=lambda record, found=by_document: found[record.id].clauses,
                subject_id=lambda record, found=by_document: found[record.id].user_id.id,
                profile_id=lambda record, found=by_document: found[record.id].profile_id.id,
                company_id=lambda record, found=by_document: found[record.id].company_id.id,
            )

    def _note_passed_on(self):
        """One row each in the register: who was responsible until now."""
        for (model, code), deadlines in self.grouped(
            lambda deadline: (deadline.res_model, deadline.code)
        ).items():
            by_document = {deadline.res_id: deadline for deadline in deadlines}
            self.env["regulation.register"]._record(
                "deadline_passed_on",
                self.env[model].sudo().browse(by_document),
                code=code,
                subject_id=lambda record, found=by_document: found[record.id].user_id.id,
                profile_id=lambda record, found=by_document: found[record.id].profile_id.id,
                company_id=lambda record, found=by_document: found[record.id].company_id.id,
            )

    # === WATCHING === #

    @api.model
    def _cron_watch(self, batch=500):
        """Warn of what will be due, note what is overdue. Goes on where it was stopped."""
        for step, domain in (
            ("_warn", self._to_warn_domain()),
            ("_note_overdue", self._overdue_domain()),
        ):
            if not self._work_off(step, domain, batch):
                break

    @api.model
    def _to_warn_domain(self):
        now = fields.Datetime.now()
        return [
            ("state", "=", "open"),
            ("touched_at", "=", False),
            ("warned_at", "=", False),
            ("warn_at", "<=", now),
            ("due_at", ">", now),
        ]

    @api.model
    def _overdue_domain(self):
        return [
            ("state", "=", "open"),
            ("touched_at", "=", False),
            ("due_at", "<", fields.Datetime.now()),
        ]

    @api.model
    def _cron_settle(self, batch=200):
        """End the clocks whose step was taken, as of its moment and by whoever took it."""
        domain = [("touched_at", "!=", False), ("state", "in", RUNNING)]
        self._work_off("_settle", domain, batch)

    def _settle(self):
        # The step may have been taken once more while this waits
        alive = self._cancel_orphans().try_lock_for_update()
        by_step = alive.grouped(
            lambda row: (row.res_model, row.code, row.touched_at, row.touched_by_id.id)
        )
        for (model, code, moment, user), deadlines in by_step.items():
            actor = self.env["res.users"].browse(user or self.env.uid)
            documents = self.env[model].sudo().browse(deadlines.mapped("res_id"))
            ended = documents._deadlines_ended(code)
            self.with_user(actor).sudo()._done(ended, code, at=moment)
            open_still = deadlines.filtered(lambda row, ids=set(ended.ids): row.res_id not in ids)
            engine(open_still).write({"touched_at": False, "touched_by_id": False})

    @api.model
    def _work_off(self, step, domain, batch):
        """Do ``step`` for all that match, batch by batch; False when the time is up.

        A batch is one savepoint; if it fails, each record gets its own, and what fails
        alone is logged and met again at the next run.
        """
        Cron = self.env["ir.cron"]
        Cron._commit_progress(remaining=self.sudo().search_count(domain))
        last = 0
        while found := self.sudo().search([*domain, ("id", ">", last)], order="id", limit=batch):
            last = found[-1].id
            try:
                with self.env.cr.savepoint():
                    getattr(found, step)()
            except Exception:
                _logger.info("Deadlines one by one after a failure", exc_info=True)
                found._one_by_one(step)
            done = len(found)
            # Nothing of the last batch stays in memory
            self.env.invalidate_all()
            if not Cron._commit_progress(done):
                return False
        return True

    def _one_by_one(self, step):
        for deadline_id in self.ids:
            deadline = self.browse(deadline_id)
            try:
                with self.env.cr.savepoint():
                    getattr(deadline, step)()
            except Exception:
                _logger.exception("Deadline %s: %s failed", deadline_id, step)

    def _warn(self):
        """A task for the responsible person before it is too late."""
        alive = self._cancel_orphans()
        alive._make_activities(
            "warning_activity_id",
            lambda deadline: deadline.user_id,
            lambda env: env._("Due soon"),
        )
        engine(alive).write({"warned_at": fields.Datetime.now()})

    def _note_overdue(self):
        """Mark as overdue, note the breach, tell who is to be told."""
        alive = self._cancel_orphans()
        alive._note_breach()
        engine(alive).write({"state": "overdue"})
        targets = alive._escalation_targets()
        for user, deadlines in alive.grouped(lambda deadline: targets[deadline.id]).items():
            if user:
                engine(deadlines).write({"escalated_to_id": user.id})
        alive._make_activities(
            "escalation_activity_id",
            lambda deadline: targets[deadline.id],
            lambda env: env._("Overdue"),
        )

    def _cancel_orphans(self):
        """Cancel those whose document is gone; return the others."""
        orphans = self.browse()
        for model, deadlines in self.grouped("res_model").items():
            ids = deadlines.mapped("res_id")
            alive = set(self.env[model].browse(ids).exists().ids) if model in self.env else set()
            orphans |= deadlines.filtered(
                lambda deadline, alive=alive: deadline.res_id not in alive
            )
        if orphans:
            engine(orphans).write({"state": "cancelled", "done_at": fields.Datetime.now()})
        return self - orphans

    def _escalation_targets(self):
        """``{id: res.users}`` of who hears of a breach; holders are looked up once per role."""
        holders = {}
        targets = {}
        for deadline in self:
            rule = deadline.rule_id
            user = self.env["res.users"]
            if rule.escalate_to == "superior":
                user = deadline.superior_id
            elif rule.escalate_to == "role":
                key = (rule.escalation_role_id, deadline.company_id)
                if key not in holders:
                    holders[key] = rule.escalation_role_id._holders(deadline.company_id)[:1]
                user = holders[key]
            targets[deadline.id] = user
        return targets

    def _make_activities(self, field, user_of, summary):
        """Tasks on the documents: that it is due soon, or overdue."""
        tasks = self._plan_tasks(
            user_of,
            lambda deadline: f"{summary(deadline.env)}: {deadline.rule_id.name}",
            lambda deadline: deadline.due_at,
        )
        for deadline in self.browse(tasks):
            engine(deadline)[field] = tasks[deadline.id]

    def _close_activities(self):
        """The task is done with the step."""
        tasks = self.warning_activity_id | self.escalation_activity_id
        if tasks:
            tasks.sudo().exists().unlink()
