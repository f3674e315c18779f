# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError

from odoo.addons.sales_regulation.tools import engine

from ..sheet.kpi_cycle import KpiCycle as Cycle


class KpiCycle(models.Model):
    """The way of a cycle: computed > ratings > human resources > published > locked (C44).

    Without raters it is published as soon as it is computed; without days to appeal it may be
    locked then. What the regulation asks for is not left out: raters only with a reason.
    """

    _inherit = "kpi.cycle"

    _sealed_fields = Cycle._sealed_fields | {
        "ratings_closed_at",
        "published_at",
        "published_by_id",
        "unrated_reason",
        "appeal_until",
    }

    state = fields.Selection(
        selection_add=[
            ("rating", "Ratings"),
            ("review", "Human Resources"),
            ("published", "Published"),
            ("locked",),
        ],
        ondelete=dict.fromkeys(("rating", "review", "published"), "set default"),
    )
    ratings_closed_at = fields.Datetime(string="Ratings closed", readonly=True, copy=False)
    published_at = fields.Datetime(string="Published", readonly=True, copy=False)
    published_by_id = fields.Many2one(
        comodel_name="res.users", string="Published by", readonly=True, copy=False
    )
    unrated_reason = fields.Text(
        string="Without Raters because",
        readonly=True,
        copy=False,
        help="The regulation names raters, and the scores were published without asking them.",
    )
    appeal_until = fields.Date(
        string="Appeals until", readonly=True, copy=False, help="Last day, in the company's time zone."
    )
    request_ids = fields.One2many(
        comodel_name="kpi.rating.request", inverse_name="cycle_id", string="Raters"
    )
    rating_count = fields.Integer(string="Ratings asked for", compute="_compute_ratings")
    rating_open = fields.Integer(string="Ratings missing", compute="_compute_ratings")
    appeal_ids = fields.One2many(
        comodel_name="kpi.appeal", inverse_name="cycle_id", string="Appeals"
    )
    appeal_open = fields.Integer(string="Open Appeals", compute="_compute_ratings")
    has_raters = fields.Boolean(
        compute="_compute_has_raters", help="The regulation names raters of somebody who is scored."
    )
    raters_owed = fields.Boolean(
        compute="_compute_has_raters", help="... and nobody was asked about this period yet."
    )
    appeals_run = fields.Boolean(
        compute="_compute_appeals_run", help="People may still appeal: it is not locked yet."
    )

    # === COMPUTE METHODS === #

    @api.depends("state")
    def _compute_ratings(self):
        asked, appeals = {}, {}
        if self.env.user.has_group("hr.group_hr_user") or self.env.su:
            for cycle, state, count in self.env["kpi.rating.request"]._read_group(
                [("cycle_id", "in", self.ids)], ["cycle_id", "state"], ["__count"]
            ):
                asked.setdefault(cycle.id, {})[state] = count
            appeals = {
                cycle.id: count
                for cycle, count in self.env["kpi.appeal"]._read_group(
                    [("cycle_id", "in", self.ids), ("state", "=", "open")], ["cycle_id"], ["__count"]
                )
            }
        for cycle in self:
            states = asked.get(cycle.id, {})
            cycle.rating_count = sum(states.values())
            cycle.rating_open = states.get("open", 0)
            cycle.appeal_open = appeals.get(cycle.id, 0)

    @api.depends("state", "sheet_ids")
    def _compute_has_raters(self):
        for cycle in self:
            computed = cycle.state == "computed"
            cycle.has_raters = computed and any(cycle._rating_groups().values())
            cycle.raters_owed = cycle.has_raters and not cycle._ratings_of_period()

    # === CRUD METHODS === #

    def _check_deletable(self):
        """What people were shown, have said or questioned is kept."""
        super()._check_deletable()
        said = self.browse()
        for model in ("kpi.rating.request", "kpi.appeal"):
            said |= self.env[model].sudo().search([("cycle_id", "in", self.ids)]).cycle_id
        for cycle in self.sudo():
            if cycle.published_at or cycle in said:
                raise UserError(
                    self.env._(
                        "%s: raters were asked, or people have seen their scores. They are kept.",
                        cycle.display_name,
                    )
                )

    # === ACTION METHODS === #

    def action_ask_raters(self):
        """Ask everybody who has to rate somebody, by the rater groups of the regulation (C44).

        Superiors, colleagues and people are those of the line as it stood when the period had
        ended; human resources may add or withdraw raters while the ratings are open. Customers get
        a link by mail.

        :raise AccessError: if the caller does not hold the role of HR
        :raise UserError: before the period has ended and was computed, or without rater groups
        """
        self.check_access("write")
        self._check_manager()
        self._take()
        for cycle in self:
            cycle._check_stage("computed")
            cycle._check_computed_after_end()
            if not cycle.has_raters:
                raise UserError(
                    self.env._(
                        "%s: the regulation names nobody who rates. Publish the scores.",
                        cycle.display_name,
                    )
                )
            engine(cycle.sudo()).write({"state": "rating"})
            cycle._ask_raters()
        return True

    def action_close_ratings(self):
        """Close the ratings: from now on they count, and nobody rates any more.

        :raise UserError: while ratings are missing that can still be given in time
        """
        self.check_access("write")
        self._check_manager()
        self._take()
        for cycle in self:
            cycle._check_stage("rating")
            today = cycle.company_id._regulation_today()
            waiting = cycle.sudo().request_ids.filtered(
                lambda one, today=today: one.state == "open" and one.due_on and one.due_on >= today
            )
            if waiting:
                raise UserError(
                    self.env._(
                        "%(cycle)s: %(count)s ratings are missing that may be given until %(day)s."
                        " Withdraw them, or wait.",
                        cycle=cycle.display_name,
                        count=len(waiting),
                        day=max(waiting.mapped("due_on")),
                    )
                )
            sealed = engine(cycle.sudo())
            sealed.request_ids.filtered(lambda one: one.state == "open").write({"state": "expired"})
            sealed.write({"state": "review", "ratings_closed_at": fields.Datetime.now()})
            sealed.flush_recordset()
        self._compute_scores()
        return True

    def action_publish(self, reason=""):
        """Show everybody his score; from now on he may appeal (S3-05).

        :param str reason: why nobody was asked to rate, where the regulation names raters
        :raise UserError: if it was not computed after its end, its ratings are open, or raters
            are left out without a reason
        """
        self.check_access("write")
        self._check_manager()
        self._take()
        reason = reason.strip() if isinstance(reason, str) else ""
        for cycle in self:
            cycle._check_stage("computed", "review")
            cycle._check_computed_after_end()
            owed = cycle.raters_owed
            if owed and not reason:
                raise UserError(
                    self.env._(
                        "%s: the regulation names raters, and nobody was asked. Ask them, or say why"
                        " the scores are published without them.",
                        cycle.display_name,
                    )
                )
            sealed = engine(cycle.sudo())
            sealed.write(
                {
                    "state": "published",
                    "published_at": fields.Datetime.now(),
                    "published_by_id": self.env.uid,
                    "appeal_until": cycle._working_day(
                        cycle.company_id._regulation_today(),
                        cycle._judged_by().get("appeal_days", 0),
                    ),
                }
            )
            if owed:
                sealed.write({"unrated_reason": reason})
                cycle.message_post(body=self.env._("Published without raters: %s", reason))
            self.env["regulation.register"]._record(
                "scores_published", cycle, code=cycle.sudo().display_name
            )
        return True

    def _lock_waits_for(self):
        """Published scores are locked when nobody can appeal any more.

        Unpublished ones, those of a revision too, if the regulation has neither raters nor days
        to appeal.
        """
        self.ensure_one()
        cycle = self.sudo()
        if cycle.state in ("rating", "review") or (
            cycle.state == "computed" and cycle._owes_publication()
        ):
            return self.env._("%s: publish it first.", cycle.display_name)
        if cycle.appeal_ids.filtered(lambda appeal: appeal.state == "open"):
            return self.env._("%s: appeals wait for an answer.", cycle.display_name)
        if cycle._may_be_appealed():
            return self.env._(
                "%(cycle)s: people may appeal until %(day)s.",
                cycle=cycle.display_name,
                day=cycle.appeal_until,
            )
        return super()._lock_waits_for()

    def _owes_publication(self):
        """Whether the regulation lets people rate or appeal before the scores are final."""
        self.ensure_one()
        profiles = self.sudo().sheet_ids.scheme_id.profile_id
        return bool(profiles.rater_group_ids) or any(profiles.mapped("appeal_days"))

    def _ratings_of_period(self):
        """Cycles of the period whose ratings were closed: what was said counts for revisions too."""
        self.ensure_one()
        return self.sudo().search(
            [
                ("company_id", "=", self.company_id.id),
                ("frequency", "=", self.frequency),
                ("date_from", "=", self.date_from),
                ("ratings_closed_at", "!=", False),
            ]
        )

    def _may_be_appealed(self):
        """Whether somebody may still appeal against one of its scores."""
        self.ensure_one()
        return bool(
            self.state == "published"
            and self.appeal_until
            and self.company_id._regulation_today() <= self.appeal_until
        )

    @api.depends("state", "appeal_until")
    def _compute_appeals_run(self):
        for cycle in self:
            cycle.appeals_run = cycle._may_be_appealed()

    def action_open_requests(self):
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Raters"),
            "res_model": "kpi.rating.request",
            "view_mode": "list,kanban,form",
            "mobile_view_mode": "kanban",
            "domain": [("cycle_id", "=", self.id)],
            "context": {"default_cycle_id": self.id},
        }

    def action_open_appeals(self):
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Appeals"),
            "res_model": "kpi.appeal",
            "view_mode": "list,kanban,form",
            "mobile_view_mode": "kanban",
            "domain": [("cycle_id", "=", self.id)],
        }

    # === STAGES === #

    @api.model
    def _lockable_states(self):
        return super()._lockable_states() | {"published"}

    @api.model
    def _computable_states(self):
        return super()._computable_states() | {"rating", "review"}

    def _check_stage(self, *states):
        self.ensure_one()
        if self.state not in states:
            labels = dict(self._fields["state"]._description_selection(self.env))
            raise UserError(
                self.env._(
                    "%(cycle)s is at the stage %(stage)s; this is for the stage %(wanted)s.",
                    cycle=self.display_name,
                    stage=labels[self.state],
                    wanted=" / ".join(labels[state] for state in states),
                )
            )

    def _working_day(self, day, number):
        """The n-th working day of the company after ``day``; 0 is the day itself."""
        self.ensure_one()
        if not number:
            return day
        days = sorted(
            self.company_id._regulation_work_spans(
                day + timedelta(days=1), day + timedelta(days=3 * number + 30)
            )
        )
        return days[number - 1] if len(days) >= number else day + timedelta(days=number)

    def _back_to_review(self):
        """An appeal was accepted: human resources correct, compute and publish again."""
        engine(self.sudo()).write(
            {
                "state": "review",
                "published_at": False,
                "published_by_id": False,
                "appeal_until": False,
            }
        )
