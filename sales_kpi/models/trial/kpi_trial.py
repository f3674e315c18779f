# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
import logging
from datetime import timedelta

from dateutil.relativedelta import relativedelta

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.tools import SQL

from odoo.addons.sales_regulation.tools import engine, periods_between

from ..scheme.kpi_scheme import FREQUENCIES

#: parts of a regulation by which people are scored and paid
_PARTS = ("kpi.scheme", "kpi.quota", "kpi.rater.group", "kpi.bonus.scheme")
#: no trial goes through more periods
_MOST = 24
#: so many are computed while the user waits, the others by the scheduled job
_AT_ONCE = 3

_logger = logging.getLogger(__name__)


class KpiTrial(models.Model):
    """Score schemes of a draft, tried on past periods beside what was in force (C41).

    The periods are computed by the very code that computes scores, in a savepoint that is
    rolled back: nothing of a result, a cycle or a register is touched. Who would gain, who
    would lose, what the bonus would cost stays here. It is no result and may be deleted.
    """

    _name = "kpi.trial"
    _description = "Trial of Score Schemes"
    _inherit = ["regulation.sealed"]
    _order = "id desc"
    _rec_name = "profile_id"
    _check_company_auto = True

    _sealed_fields = frozenset({"tried_at", "next_from", "problem"})

    profile_id = fields.Many2one(
        comodel_name="regulation.profile",
        string="Draft",
        required=True,
        domain="[('state', '=', 'draft'), ('is_template', '=', False)]",
        ondelete="cascade",
        index=True,
    )
    against_id = fields.Many2one(
        comodel_name="regulation.profile",
        string="Compared with",
        compute="_compute_against_id",
        store=True,
        readonly=False,
        precompute=True,
        required=True,
        domain="[('state', 'in', ('trial', 'active'))]",
        ondelete="cascade",
        index=True,
        help="The regulation in force whose people are scored by the draft instead.",
    )
    company_id = fields.Many2one(
        comodel_name="res.company",
        required=True,
        default=lambda self: self.env.company,
        index=True,
    )
    currency_id = fields.Many2one(related="company_id.currency_id")
    frequency = fields.Selection(
        selection=FREQUENCIES, string="Period", default="monthly", required=True
    )
    date_from = fields.Date(
        string="From",
        required=True,
        default=lambda self: self._month_before(3),
    )
    date_to = fields.Date(
        string="Until",
        required=True,
        default=lambda self: self._month_before(0) - timedelta(days=1),
        help="Periods that begin between these days and have ended.",
    )
    tried_at = fields.Datetime(string="Tried on", readonly=True, copy=False)
    next_from = fields.Date(
        string="Next Period",
        readonly=True,
        copy=False,
        index="btree_not_null",
        help="First day of the period that is computed next; empty when all are.",
    )
    progress = fields.Char(compute="_compute_progress")
    problem = fields.Char(
        readonly=True, copy=False, help="Why the remaining periods were not computed."
    )
    line_ids = fields.One2many(
        comodel_name="kpi.trial.line", inverse_name="trial_id", string="People", readonly=True
    )
    gains = fields.Integer(string="Gain", compute="_compute_totals")
    losses = fields.Integer(string="Lose", compute="_compute_totals")
    bonus_before = fields.Monetary(string="Bonus in Force", compute="_compute_totals")
    bonus_tried = fields.Monetary(string="Bonus tried", compute="_compute_totals")

    @api.model
    def _month_before(self, number):
        """First day of the month so many months before the running one."""
        return self.env.company._regulation_today().replace(day=1) - relativedelta(months=number)

    # === COMPUTE METHODS === #

    @api.depends("profile_id", "company_id")
    def _compute_against_id(self):
        """The version in force of the draft; of a draft without one, what the company follows."""
        for trial in self:
            in_force = self.env["regulation.profile"].search(
                [
                    ("state", "in", ("trial", "active")),
                    ("is_template", "=", False),
                    "|",
                    ("code", "=", trial.profile_id.code),
                    ("assignment_ids.company_id", "parent_of", trial.company_id.ids),
                ],
                order="date_from desc",
            )
            same = in_force.filtered(lambda one, trial=trial: one.code == trial.profile_id.code)
            trial.against_id = (same or in_force)[:1] if trial.profile_id else False

    @api.depends("next_from", "frequency", "date_from", "date_to", "company_id")
    @api.depends_context("lang")
    def _compute_progress(self):
        self.progress = False
        for trial in self.filtered("next_from"):
            spans = trial._spans()
            trial.progress = self.env._(
                "%(done)s of %(all)s periods are computed, the others follow.",
                done=len([first for first, _last in spans if first < trial.next_from]),
                all=len(spans),
            )

    @api.depends("tried_at", "next_from")
    def _compute_totals(self):
        totals = {}
        for trial, outcome, count, before, tried in self.env["kpi.trial.line"]._read_group(
            [("trial_id", "in", self.ids)],
            ["trial_id", "outcome"],
            ["__count", "bonus_before:sum", "bonus_tried:sum"],
        ):
            totals.setdefault(trial.id, []).append((outcome, count, before, tried))
        for trial in self:
            rows = totals.get(trial.id, ())
            trial.gains = sum(count for outcome, count, *_sums in rows if outcome == "gains")
            trial.losses = sum(count for outcome, count, *_sums in rows if outcome == "loses")
            trial.bonus_before = sum(before for *_some, before, _tried in rows)
            trial.bonus_tried = sum(tried for *_some, tried in rows)

    # === CRUD METHODS === #

    def write(self, vals):
        """Another question: what was found for the one before does not answer it."""
        asked = {"profile_id", "against_id", "company_id", "frequency", "date_from", "date_to"}
        result = super().write(vals)
        if asked.intersection(vals):
            tried = engine(self.sudo()).filtered(
                lambda trial: trial.tried_at or trial.next_from or trial.problem
            )
            tried._forget()
        return result

    # === ACTION METHODS === #

    def action_try(self):
        """Compute the past periods by the draft, beside what was in force.

        The first ones at once, the others by the scheduled job.

        :raise AccessError: if the caller does not hold the role of HR in the company
        :raise UserError: for a draft that cannot score, or without a period that has ended
        """
        self.check_access("write")
        for trial in self:
            trial.company_id.ensure_one()
            if not self.env["kpi.cycle"]._is_manager_of(trial.company_id):
                raise AccessError(
                    self.env._("Only human resources of %s tries scores.", trial.company_id.name)
                )
            trial.profile_id.check_access("read")
            trial.sudo()._begin()
        return True

    def action_open_lines(self):
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.display_name,
            "res_model": "kpi.trial.line",
            "view_mode": "list,pivot,graph,kanban",
            "mobile_view_mode": "kanban",
            "domain": [("trial_id", "=", self.id)],
        }

    # === TRYING === #

    def _spans(self):
        """``[(first, last day), ...]`` of the periods that have ended."""
        today = self.company_id._regulation_today()
        return [
            span
            for span in periods_between(self.frequency, self.date_from, self.date_to)
            if span[1] < today
        ]

    def _check_draft(self):
        """Raise UserError if the draft cannot score any more."""
        draft = self.profile_id
        if draft.state != "draft" or draft.is_template:
            raise UserError(self.env._("%s is no draft any more.", draft.display_name))
        if not draft.scheme_ids.filtered(lambda one: one.frequency == self.frequency):
            raise UserError(
                self.env._("%s has no score scheme for this period.", draft.display_name)
            )
        draft.scheme_ids._check_sound()

    def _forget(self):
        """What was found answers nothing any more."""
        self.line_ids.unlink()
        self.write({"tried_at": False, "next_from": False, "problem": False})

    def _begin(self):
        """Compute the first periods, and let the scheduled job go on with the others."""
        self.ensure_one()
        self._check_draft()
        spans = self._spans()
        if not spans:
            raise UserError(self.env._("No period between these days has ended."))
        if len(spans) > _MOST:
            raise UserError(self.env._("Try at most %s periods at once.", _MOST))
        engine(self)._forget()
        engine(self).write({"next_from": spans[0][0]})
        for _span in spans[:_AT_ONCE]:
            self._try_next()
        if self.next_from:
            self.env.ref("sales_kpi.ir_cron_kpi_trial")._trigger()

    def _try_next(self):
        """Compute the next period, and keep what came of it."""
        self.ensure_one()
        first = self.next_from
        before, paid = self._in_force(first)
        tried, cost = self._tried(first)
        engine(self.env["kpi.trial.line"]).create(
            [
                self._prepare_line(first, user, before.get(user), tried.get(user), paid, cost)
                for user in sorted(before.keys() | tried.keys())
            ]
        )
        later = [start for start, _last in self._spans() if start > first]
        engine(self).write(
            {
                "next_from": later[0] if later else False,
                "tried_at": False if later else fields.Datetime.now(),
            }
        )

    @api.model
    def _cron_try(self):
        """Go on with trials that are not through: each period is committed for itself.

        What fails says why, and holds up no other trial; a killed run is taken up where it was.
        """
        Cron = self.env["ir.cron"]
        waiting = self.sudo().search([("next_from", "!=", False)], order="id")
        Cron._commit_progress(
            remaining=sum(
                len([first for first, _last in trial._spans() if first >= trial.next_from])
                for trial in waiting
            )
        )
        for trial in waiting:
            # As whoever asked would read it
            trial = trial.with_company(trial.company_id).with_context(lang=trial.create_uid.lang)
            while trial.exists() and trial.next_from and trial.try_lock_for_update():
                try:
                    with self.env.cr.savepoint():
                        trial._check_draft()
                        trial._try_next()
                except Exception as error:
                    _logger.exception("Trial %s: %s failed", trial.id, trial.next_from)
                    says = str(error) if isinstance(error, UserError) else type(error).__name__
                    engine(trial).write({"next_from": False, "problem": says})
                if not Cron._commit_progress(1):
                    return

    def _cycle_of(self, first):
        return self.env["kpi.cycle"].search(
            [
                ("company_id", "=", self.company_id.id),
                ("frequency", "=", self.frequency),
                ("date_from", "=", first),
                ("is_latest", "=", True),
            ]
        )

    def _in_force(self, first):
        """What the people of the regulation in force got.

        :return: ``({user id: (score, team id, explanation)}, {user id: bonus})``
        """
        cycle = self._cycle_of(first)
        if not cycle.sheet_ids:
            # Nobody has computed this period yet
            return self._computed(first, swap=False)
        return self._read(cycle, first, self._against(first))

    def _against(self, first):
        """The version of the regulation in force that judged a period: that of its beginning."""
        versions = self.env["regulation.profile"].search(
            [
                ("code", "=", self.against_id.code),
                ("is_template", "=", False),
                ("state", "in", ("trial", "active", "retired")),
            ],
            order="date_from desc",
        )
        began = versions.filtered(lambda version: version.date_from <= first)
        return began[:1] or versions[-1:] or self.against_id

    def _tried(self, first):
        return self._computed(first, swap=True)

    def _computed(self, first, swap):
        """What a cycle of this period gives, computed in a savepoint that is rolled back.

        :param bool swap: by the draft instead of the regulation in force
        """
        self.env.flush_all()
        against = self._against(first)
        savepoint = self.env.cr.savepoint(flush=False)
        try:
            if swap:
                self._swap_parts(against)
            cycle = self._make_cycle(first)
            cycle._compute_scores()
            found = self._read(cycle, first, against)
            self.env.flush_all()
            return found
        finally:
            savepoint.close(rollback=True)
            self.env.invalidate_all(flush=False)

    def _swap_parts(self, against):
        """The draft and the regulation in force change their schemes. Only within a savepoint."""
        draft, other = self.profile_id.id, against.id
        for model in _PARTS:
            self.env.cr.execute(
                SQL(
                    "UPDATE %s SET profile_id = CASE profile_id WHEN %s THEN %s ELSE %s END"
                    " WHERE profile_id IN (%s, %s)",
                    SQL.identifier(self.env[model]._table),
                    draft,
                    other,
                    draft,
                    draft,
                    other,
                )
            )
        self.env.invalidate_all(flush=False)

    def _make_cycle(self, first):
        """A cycle beside the one that there may be; it has its ratings. Only within a savepoint."""
        old = self._cycle_of(first)
        closed = old.ratings_closed_at
        if old:
            self.env.cr.execute(
                "UPDATE kpi_cycle SET is_latest = FALSE, revision = -id WHERE company_id = %s"
                " AND frequency = %s AND date_from = %s",
                [self.company_id.id, self.frequency, first],
            )
            self.env.invalidate_all(flush=False)
        cycle = engine(self.env["kpi.cycle"]).create(
            {"company_id": self.company_id.id, "frequency": self.frequency, "day": first}
        )
        if old:
            self.env.flush_all()
            for table in ("kpi_rating_request", "kpi_rating_answer"):
                self.env.cr.execute(
                    SQL(
                        "UPDATE %s SET cycle_id = %s WHERE cycle_id = %s",
                        SQL.identifier(table),
                        cycle.id,
                        old.id,
                    )
                )
            if closed:
                cycle.write({"ratings_closed_at": closed})
        return cycle.with_env(self.env)

    def _read(self, cycle, first, profile):
        """What the sheets of the people of a regulation say, and their pools and bonuses."""
        sheets = cycle.sheet_ids.filtered(lambda sheet: sheet.scheme_id.profile_id == profile)
        scores = {
            user.id: (
                sheet.score if sheet.has_score else None,
                sheet.team_id.id,
                sheet.explanation or "",
            )
            for user, sheet in sheets._people_scored()
        }
        bonus = self.env["kpi.bonus.sheet"].new(
            {"company_id": self.company_id.id, "frequency": self.frequency, "day": first}
        )
        rows, _pools = bonus._period_rows(first, cycle)
        due = [(row["user_id"], row["due"]) for row in rows]
        day = max(first, cycle._regulated_since())
        for (user, regulation), worth in (
            self.env["kpi.commission"]
            ._tried(self.company_id, self.frequency, first, cycle.date_to, day)
            .items()
        ):
            if regulation == profile:
                due.append((user, worth))
                # Who has commission only is not scored, and costs all the same
                scores.setdefault(user, (None, False, ""))
        amounts = {}
        for user, amount in due:
            amounts[user] = amounts.get(user, 0.0) + amount
        return scores, amounts

    def _prepare_line(self, first, user, before, tried, paid, cost):
        score_before, team, _text = before or (None, False, "")
        score_tried, team_tried, text = tried or (None, False, "")
        if score_before is None or score_tried is None:
            outcome = "gone" if score_tried is None else "new"
            if score_before is None and score_tried is None:
                outcome = "same"
        else:
            difference = round(score_tried - score_before, 2)
            outcome = "gains" if difference > 0 else "loses" if difference < 0 else "same"
        return {
            "trial_id": self.id,
            "user_id": user,
            "team_id": team_tried or team,
            "date_from": first,
            "scored_before": score_before is not None,
            "score_before": score_before or 0.0,
            "scored_tried": score_tried is not None,
            "score_tried": score_tried or 0.0,
            "difference": (
                score_tried - score_before
                if score_before is not None and score_tried is not None
                else 0.0
            ),
            "outcome": outcome,
            "explanation": text,
            "bonus_before": paid.get(user, 0.0),
            "bonus_tried": cost.get(user, 0.0),
            "bonus_difference": self.currency_id.round(cost.get(user, 0.0) - paid.get(user, 0.0)),
        }
