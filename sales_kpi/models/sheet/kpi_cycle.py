# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
import logging
from datetime import timedelta

import psycopg2

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

from odoo.addons.sales_regulation.tools import Policy, engine, is_engine, period_of

from ...tools import Period, Request

_logger = logging.getLogger(__name__)


class KpiCycle(models.Model):
    """The scores of a company for a month, a quarter or a year (C41, C44).

    It is computed as often as needed until HR locks it. What is locked is never touched again,
    by nobody: to correct it, it is reopened, which makes the next revision and keeps this one.
    """

    _name = "kpi.cycle"
    _description = "Score Cycle"
    _inherit = ["kpi.periodic", "regulation.sealed", "mail.thread", "mail.activity.mixin"]
    _order = "date_from desc, frequency, revision desc, id desc"
    _check_company_auto = True

    _sealed_fields = frozenset(
        {
            "state",
            "revision",
            "previous_id",
            "is_latest",
            "computed_at",
            "computed_by_id",
            "locked_at",
            "locked_by_id",
            "digest",
            "reopen_reason",
            "line_at",
            "unplaced_ids",
        }
    )
    _fixed_fields = frozenset({"company_id", "frequency", "day", "date_from", "date_to"})

    _revision_uniq = models.Constraint(
        "UNIQUE(company_id, frequency, date_from, revision)",
        "The scores of this period are there already.",
    )
    _latest_uniq = models.UniqueIndex(
        "(company_id, frequency, date_from) WHERE is_latest",
        "A period has one latest revision.",
    )

    revision = fields.Integer(default=1, readonly=True, copy=False)
    previous_id = fields.Many2one(
        comodel_name="kpi.cycle",
        string="Revision before",
        readonly=True,
        copy=False,
        ondelete="restrict",
        index="btree_not_null",
    )
    is_latest = fields.Boolean(string="Latest Revision", default=True, readonly=True, copy=False)
    reopen_reason = fields.Text(string="Reopened because", readonly=True, copy=False)
    state = fields.Selection(
        selection=[("open", "Open"), ("computed", "Computed"), ("locked", "Locked")],
        default="open",
        required=True,
        readonly=True,
        copy=False,
        index=True,
        tracking=True,
    )
    computed_at = fields.Datetime(string="Last computed", readonly=True, copy=False)
    computed_by_id = fields.Many2one(comodel_name="res.users", readonly=True, copy=False)
    locked_at = fields.Datetime(readonly=True, copy=False)
    locked_by_id = fields.Many2one(
        comodel_name="res.users", string="Locked by", readonly=True, copy=False
    )
    digest = fields.Char(
        readonly=True, copy=False, help="Fingerprint of all sheets as they were locked."
    )
    sheet_ids = fields.One2many(
        comodel_name="kpi.sheet", inverse_name="cycle_id", string="Sheets", readonly=True
    )
    sheet_count = fields.Integer(string="Number of Sheets", compute="_compute_sheets")
    average = fields.Float(
        string="Average Score", compute="_compute_sheets", digits=(16, 2)
    )
    can_manage = fields.Boolean(compute="_compute_can_manage")
    can_lock = fields.Boolean(
        compute="_compute_can_lock", help="Nothing stands against locking it now."
    )

    # === COMPUTE METHODS === #

    @api.depends("frequency", "date_from", "revision")
    def _compute_display_name(self):
        for cycle in self:
            first = cycle.date_from
            if not first:
                cycle.display_name = self.env._("New cycle")
                continue
            name = {
                "monthly": f"{first:%Y-%m}",
                "quarterly": f"{first.year} Q{(first.month + 2) // 3}",
                "yearly": str(first.year),
            }.get(cycle.frequency, str(first))
            if cycle.revision > 1:
                name = self.env._(
                    "%(period)s, revision %(number)s", period=name, number=cycle.revision
                )
            cycle.display_name = name

    @api.depends("sheet_ids")
    def _compute_sheets(self):
        counts = {
            cycle.id: (count, average)
            for cycle, count, average in self.env["kpi.sheet"]._read_group(
                [("cycle_id", "in", self.ids)], ["cycle_id"], ["__count", "score:avg"]
            )
        }
        for cycle in self:
            cycle.sheet_count, cycle.average = counts.get(cycle.id, (0, 0.0))

    @api.depends("company_id")
    @api.depends_context("uid")
    def _compute_can_manage(self):
        for company, cycles in self.grouped("company_id").items():
            cycles.can_manage = bool(company) and self._is_manager_of(company)

    @api.depends("state", "computed_at", "can_manage")
    @api.depends_context("uid")
    def _compute_can_lock(self):
        for cycle in self:
            cycle.can_lock = cycle.can_manage and not cycle._lock_waits_for()

    # === CRUD METHODS === #

    @api.model_create_multi
    def create(self, vals_list):
        cycles = super().create(vals_list)
        if not is_engine(self.env):
            cycles._check_manager()
        return cycles

    def write(self, vals):
        about = set(vals) & (self._sealed_fields | self._fixed_fields)
        if about - {"is_latest"} and any(cycle.state == "locked" for cycle in self):
            raise AccessError(
                self.env._("Locked scores are not changed by anybody: reopen them.")
            )
        if about & self._fixed_fields and any(cycle.state != "open" for cycle in self):
            raise UserError(self.env._("The period of computed scores is fixed."))
        if not is_engine(self.env) and about:
            self._check_manager()
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_kept(self):
        self._check_deletable()
        # What hangs on the sheets goes with them: not before everybody has looked
        engine(self.sudo().sheet_ids).unlink()

    def _check_deletable(self):
        """Raise if these cycles are kept, or the caller may not delete them."""
        if any(cycle.state == "locked" or cycle.previous_id for cycle in self):
            raise AccessError(self.env._("Locked scores and their revisions are kept."))
        self._check_manager()

    # === ACTION METHODS === #

    def action_compute(self):
        """Compute the scores of everybody whose regulation has a scheme for this period.

        :raise AccessError: if the caller does not hold the role of HR in the company
        :raise UserError: if it is locked
        """
        self.check_access("write")
        self._check_manager()
        self._compute_scores()
        return True

    def action_lock(self):
        """Lock the scores: from now on they are evidence.

        :raise AccessError: if the caller does not hold the role of HR
        :raise UserError: if it was not computed after its end, or somebody has locked it meanwhile
        """
        self.check_access("write")
        self._check_manager()
        self._take()
        for cycle in self:
            if reason := cycle._lock_waits_for():
                raise UserError(reason)
            cycle._lock()
        return True

    def _lock_waits_for(self):
        """Why it cannot be locked now, empty if it can."""
        self.ensure_one()
        if self.state == "locked":
            return self.env._("%s was locked already.", self.display_name)
        if self.state not in self._lockable_states():
            return self.env._("%s: compute it first.", self.display_name)
        return self._computed_before_end()

    @api.model
    def _lockable_states(self):
        """At which stages a cycle can be locked."""
        return {"computed"}

    @api.model
    def _computable_states(self):
        """At which stages a cycle can be computed anew."""
        return {"open", "computed"}

    def _check_computed_after_end(self):
        """Raise UserError if the scores are those of a part of the period."""
        if reason := self._computed_before_end():
            raise UserError(reason)

    def _computed_before_end(self):
        """That it was computed before its period had ended, empty otherwise."""
        self.ensure_one()
        at = self.computed_at
        if not at or self.company_id._regulation_local(at).date() <= self.date_to:
            return self.env._(
                "%s was computed before its period had ended: compute it again.",
                self.display_name,
            )
        return ""

    def action_reopen(self, reason=""):
        """Make the next revision of locked scores, to be computed anew; this one is kept.

        :param str reason: why, required
        :return: the new revision, opened
        """
        self.ensure_one()
        self.check_access("write")
        self._check_manager()
        if not isinstance(reason, str) or not reason.strip():
            raise UserError(self.env._("Say why the scores are reopened."))
        self._take()
        if self.state != "locked" or not self.is_latest:
            raise UserError(self.env._("Only the latest locked revision is reopened."))
        cycles = engine(self.sudo())
        cycles.write({"is_latest": False})
        cycles.flush_recordset()
        revision = cycles.create(
            {
                "company_id": self.company_id.id,
                "frequency": self.frequency,
                "day": self.day,
                "revision": self.revision + 1,
                "previous_id": self.id,
                "reopen_reason": reason.strip(),
            }
        ).with_env(self.env)
        self.env["regulation.register"]._record(
            "scores_reopened", revision, code=revision.sudo().display_name
        )
        return {
            "type": "ir.actions.act_window",
            "res_model": self._name,
            "res_id": revision.id,
            "view_mode": "form",
        }

    def action_verify(self):
        """Compare locked sheets with their fingerprints, and say the result."""
        self.check_access("read")
        wrong = self.sudo()._forged_sheets()
        if wrong:
            raise UserError(
                self.env._(
                    "These locked sheets differ from their fingerprint: %s",
                    ", ".join(wrong.mapped("display_name")),
                )
            )
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "success",
                "message": self.env._("All locked sheets are as they were locked."),
            },
        }

    def action_open_sheets(self):
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.display_name,
            "res_model": "kpi.sheet",
            "view_mode": "list,kanban,form,graph,pivot",
            "mobile_view_mode": "kanban",
            "domain": [("cycle_id", "=", self.id)],
        }

    # === RIGHTS === #

    @api.model
    def _is_manager_of(self, company):
        """Roles decide, groups only carry access: HR of the company."""
        return bool(self.env["regulation.role"]._code("hr")._held_by(self.env.user, company))

    def _judged_by(self):
        """What holds for these scores: the versions of the regulation that judge the people.

        Neither the regulation of whoever works on them nor a newer version; of several the
        stricter value of each setting.
        """
        profiles = self.sudo().sheet_ids.scheme_id.profile_id
        return Policy(
            [profiles._snapshot(profile.id) for profile in profiles], profiles._strictness()
        )

    def _check_manager(self):
        if self.env.user._is_superuser():
            return
        for company in self.sudo().company_id:
            if not self._is_manager_of(company):
                raise AccessError(
                    self.env._(
                        "Only human resources of %(company)s computes and locks scores: %(holders)s",
                        company=company.name,
                        holders=", ".join(
                            self.env["regulation.role"]._code("hr")._holders(company).mapped("name")
                        )
                        or self.env._("nobody yet, see Configuration > Roles"),
                    )
                )

    # === COMPUTING === #

    def _take(self):
        """Nobody else computes or locks these cycles until we are through; then read anew."""
        self.env["regulation.commitment"]._lock([("kpi_cycle", cycle.id) for cycle in self])
        self.invalidate_recordset()

    def _compute_scores(self):
        """Compute all sheets of each cycle anew. All or nothing of a cycle."""
        self._take()
        for cycle in self.sudo():
            if cycle.state == "locked":
                raise UserError(
                    self.env._("%s is locked: reopen it to correct it.", cycle.display_name)
                )
            if cycle.state not in self._computable_states():
                raise UserError(
                    self.env._(
                        "%s is published: it is computed anew when an appeal is accepted.",
                        cycle.display_name,
                    )
                )
            cycle._keep_line()
            cycle.env["kpi.sheet"]._compute_for(cycle)
            engine(cycle).write(
                {
                    "state": "computed" if cycle.state == "open" else cycle.state,
                    "computed_at": fields.Datetime.now(),
                    "computed_by_id": self.env.uid,
                    "line_at": cycle.line_at or (cycle._has_ended() and fields.Datetime.now()),
                }
            )

    def _request(self, user_ids, stretches=()):
        """What the providers are asked for this cycle.

        :param stretches: ``[(first, last day), ...]`` of people who were in a unit for a part of
            the period; they are asked for besides the whole period, which has the key 0
        """
        self.ensure_one()
        spans = [(self.date_from, self.date_to)]
        spans += sorted(set(stretches) - set(spans))
        return Request(
            self.company_id, user_ids, [Period(key, *span) for key, span in enumerate(spans)]
        )

    def _lock(self):
        self.ensure_one()
        cycle = engine(self.sudo())
        sheets = cycle.sheet_ids
        digests = sheets._freeze()
        digest = self.env["regulation.fingerprint"]._digest(sorted(digests))
        cycle.write(
            {
                "state": "locked",
                "locked_at": fields.Datetime.now(),
                "locked_by_id": self.env.uid,
                "digest": digest,
            }
        )
        self.env["regulation.register"]._record(
            "scores_locked", self, code=self.sudo().display_name
        )

    def _forged_sheets(self):
        """Locked sheets that are not any more what was locked."""
        wrong = self.env["kpi.sheet"]
        for cycle in self.filtered(lambda cycle: cycle.state == "locked"):
            contents = cycle.sheet_ids._contents()
            digests = self.env["regulation.fingerprint"]._digests(contents)
            forged = cycle.sheet_ids.filtered(
                lambda sheet, digests=digests: sheet.digest != digests[sheet.id]
            )
            together = self.env["regulation.fingerprint"]._digest(
                sorted(cycle.sheet_ids.mapped("digest"))
            )
            wrong |= forged or (cycle.sheet_ids if together != cycle.digest else wrong)
        return wrong

    # === CRON === #

    @api.model
    def _cron_compute(self):
        """Open the cycles of running and of ended periods, and compute what is not final.

        A cycle is computed each night while its period runs, and once after it has ended; from
        then on HR decides. Each is committed for itself: a killed run loses none and repeats none.
        What fails is logged and met again at the next run; it holds up nobody else's scores.
        """
        todo = self._due_cycles()
        Cron = self.env["ir.cron"]
        Cron._commit_progress(remaining=len(todo))
        for cycle in todo:
            try:
                with self.env.cr.savepoint():
                    cycle._compute_scores()
            except psycopg2.InterfaceError:
                raise  # the connection is gone: nobody's scores can be computed
            except Exception:
                _logger.exception("Scores %s could not be computed", cycle.id)
            if not Cron._commit_progress(1):
                return

    @api.model
    def _due_cycles(self):
        """Cycles that the nightly run computes; those of the running period are opened."""
        due = self.browse()
        regulated = self.env["regulation.profile"]._regulated_companies()
        for company in self.env["res.company"].sudo().browse(sorted(regulated)):
            today = company._regulation_today()
            for frequency in self._frequencies_of(company):
                for day in (period_of(frequency, today)[0] - timedelta(days=1), today):
                    due |= self._due_cycle(company, frequency, day, today)
        return due

    @api.model
    def _due_cycle(self, company, frequency, day, today):
        first, last = period_of(frequency, day)
        cycle = self.sudo().search(
            [
                ("company_id", "=", company.id),
                ("frequency", "=", frequency),
                ("date_from", "=", first),
                ("is_latest", "=", True),
            ]
        )
        if not cycle:
            return engine(self.sudo()).create(
                {"company_id": company.id, "frequency": frequency, "day": day}
            ).with_env(self.sudo().env)
        if cycle.state not in ("open", "computed"):
            return self.browse()
        at = cycle.computed_at and company._regulation_local(cycle.computed_at).date()
        final = at and at > last
        return self.browse() if final or at == today else cycle
