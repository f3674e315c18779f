# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.tools import SQL

from odoo.addons.sales_regulation.tools import engine

from ...tools import Period, Request, plain, to_number
from .kpi_rater_group import ANONYMOUS


class KpiSheet(models.Model):
    """What raters say, on the sheet; the appeal against it; what was agreed on (C44)."""

    _inherit = "kpi.sheet"

    rating_ids = fields.One2many(
        comodel_name="kpi.sheet.rating", inverse_name="sheet_id", string="Ratings", readonly=True
    )
    criterion_ids = fields.One2many(
        comodel_name="kpi.sheet.criterion",
        inverse_name="sheet_id",
        string="Criteria",
        readonly=True,
    )
    appeal_ids = fields.One2many(
        comodel_name="kpi.appeal", inverse_name="sheet_id", string="Appeals", readonly=True
    )
    plan_ids = fields.One2many(
        comodel_name="kpi.development.plan", inverse_name="sheet_id", string="Improvement Plans"
    )
    appeal_until = fields.Date(related="cycle_id.appeal_until")
    can_appeal = fields.Boolean(compute="_compute_can_appeal")
    rating_comments = fields.Text(
        string="Comments of Raters",
        compute="_compute_rating_comments",
        groups="hr.group_hr_user",
        help="Read by human resources only; of anonymous raters in no order.",
    )

    # === COMPUTE METHODS === #

    @api.depends("state", "user_id", "responsible_id", "appeal_ids.state")
    @api.depends_context("uid")
    def _compute_can_appeal(self):
        for sheet in self:
            sheet.can_appeal = sheet._may_appeal()

    def _speaker(self):
        """Who speaks for the sheet: the person, or who leads the unit."""
        return self.sudo().user_id.sudo(False) or self.sudo().responsible_id.sudo(False)

    def _may_appeal(self):
        self.ensure_one()
        cycle = self.cycle_id.sudo()
        return bool(
            self._speaker() == self.env.user
            and cycle.state == "published"
            and cycle.appeal_until
            and cycle.company_id._regulation_today() <= cycle.appeal_until
            and not any(appeal.state == "open" for appeal in self.sudo().appeal_ids)
        )

    @api.depends("cycle_id.ratings_closed_at")
    @api.depends_context("uid")
    def _compute_rating_comments(self):
        self.rating_comments = False
        closed = self.filtered(
            lambda sheet: (
                sheet.cycle_id.sudo().ratings_closed_at
                and self.env["kpi.cycle"]._is_manager_of(sheet.company_id)
                and sheet.user_id
                and sheet.user_id != self.env.user
            )
        )
        if not closed:
            return
        labels = dict(self.env["kpi.rating.request"]._fields["kind"]._description_selection(self.env))
        domain = [
            ("cycle_id", "in", closed.cycle_id.ids),
            ("user_id", "in", closed.user_id.ids),
            ("comment", "!=", False),
        ]
        said = [
            row
            for model in ("kpi.rating.request", "kpi.rating.answer")
            for row in self.env[model].sudo().search(domain)
        ]
        counted = {
            (rating.sheet_id, rating.kind)
            for rating in closed.sudo().rating_ids
            if rating.status != "few"
        }
        for sheet in closed:
            sheet.rating_comments = "\n".join(
                f"{labels[row.kind]}: {row.comment}"
                for row in said
                if (row.cycle_id, row.user_id) == (sheet.cycle_id, sheet.user_id)
                and (row.kind not in ANONYMOUS or (sheet, row.kind) in counted)
            )

    # === ACTION METHODS === #

    def action_appeal(self, reason, line_id=False):
        """Appeal against one's score, or one line of it, within the days of the regulation (S3-05).

        :param str reason: why, required
        :param int line_id: the line that is wrong; the whole score if not given
        :return: id of the appeal
        :raise AccessError: for the sheet of somebody else
        :raise UserError: before publication, after the last day, or while one is open
        """
        self.ensure_one()
        self.check_access("read")
        if self._speaker() != self.env.user:
            raise AccessError(
                self.env._("Everybody appeals against his own score, of a unit who leads it.")
            )
        if not isinstance(reason, str) or not reason.strip():
            raise UserError(self.env._("Say what is wrong, so that it can be checked."))
        cycle = self.cycle_id.sudo()
        self.env["regulation.commitment"]._lock([("kpi_cycle", cycle.id)])
        cycle.invalidate_recordset()
        if not self._may_appeal():
            raise UserError(
                self.env._(
                    "%(cycle)s: one appeal at a time, from the publication until the last day"
                    " (%(day)s).",
                    cycle=cycle.display_name,
                    day=cycle.appeal_until or "-",
                )
            )
        line = self.line_ids.filtered(lambda one: one.id == line_id)
        if line_id and not line:
            raise UserError(self.env._("The line is not one of this sheet."))
        appeal = engine(self.env["kpi.appeal"].sudo()).create(
            {
                "sheet_id": self.id,
                "indicator_id": line.indicator_id.id,
                "reason": reason.strip()[:4000],
                "made_at": fields.Datetime.now(),
            }
        )
        self.env["regulation.register"]._record(
            "score_appealed", appeal, subject_id=self._speaker().id, company_id=cycle.company_id.id
        )
        return appeal.id

    def action_open_appeal(self):
        """Ask for the reason in a dialog."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Appeal"),
            "res_model": "kpi.appeal.make",
            "view_mode": "form",
            "target": "new",
            "context": {"default_sheet_id": self.id},
        }

    # === COMPUTING === #

    def _with_evidence(self):
        """An appeal and what was agreed on outlive the score that they are about."""
        return super()._with_evidence() | self.filtered(
            lambda sheet: sheet.appeal_ids or sheet.plan_ids
        )

    @api.model
    def _compute_for(self, cycle):
        """The ratings on the sheets follow the score; as many queries for all as for one."""
        super()._compute_for(cycle)
        self.env.flush_all()
        for table in ("kpi_sheet_rating", "kpi_sheet_criterion"):
            self.env.cr.execute(
                SQL(
                    "DELETE FROM %s WHERE sheet_id = ANY(%s)",
                    SQL.identifier(table),
                    cycle.sudo().sheet_ids.ids,
                )
            )
        self.env.invalidate_all(flush=False)
        sheets = {sheet.user_id.id: sheet for sheet in cycle.sudo().sheet_ids if sheet.user_id}
        request = Request(
            cycle.company_id, sheets, [Period(0, cycle.date_from, cycle.date_to)]
        )
        ratings = self.env["kpi.provider"].sudo()._ratings(request)
        rows = []
        for (user, _key), rated in ratings.items():
            rows += self._rating_rows(sheets[user], rated)
        self.env["kpi.sheet.rating"]._insert_rows(rows)
        self._write_criteria(sheets, request, ratings)

    @api.model
    def _write_criteria(self, sheets, request, ratings):
        """What groups say by criterion: only of groups that count, by the same least number."""
        criteria = self.env["kpi.rater.criterion"].union(
            *(one.group.criterion_ids for rated in ratings.values() for one in rated if one.counts)
        )
        if not criteria:
            return
        marks = self.env["kpi.provider"].sudo()._marks(request)
        names = dict(
            self.env.execute_query(
                SQL("SELECT id, name FROM kpi_rater_criterion WHERE id IN %s", criteria._ids)
            )
        )
        rows = []
        for (user, key), rated in ratings.items():
            for one in rated:
                if not one.counts:
                    continue
                for criterion in one.group.criterion_ids:
                    mean, count = marks.get((user, key, one.group.kind, criterion.id), (None, 0))
                    if count < one.least:
                        continue
                    rows.append(
                        {
                            "sheet_id": sheets[user].id,
                            "user_id": user,
                            "company_id": sheets[user].company_id.id,
                            "team_id": sheets[user].team_id.id,
                            "date_from": sheets[user].date_from,
                            "sequence": one.group.sequence * 100 + criterion.sequence,
                            "kind": one.group.kind,
                            "criterion_id": criterion.id,
                            "name": names[criterion.id],
                            "weight": to_number(criterion.weight),
                            "value": mean,
                            "part": mean * to_number(criterion.weight) / 100,
                        }
                    )
        self.env["kpi.sheet.criterion"]._insert_rows(rows)

    @api.model
    def _rating_rows(self, sheet, rated):
        weight = sum(to_number(one.group.weight) for one in rated if one.counts)
        return [
            {
                "sheet_id": sheet.id,
                "user_id": sheet.user_id.id,
                "company_id": sheet.company_id.id,
                "team_id": sheet.team_id.id,
                "date_from": sheet.date_from,
                "sequence": one.group.sequence,
                "kind": one.group.kind,
                "weight": to_number(one.group.weight),
                "weight_counted": (
                    to_number(one.group.weight) * 100 / weight if one.counts and weight else 0
                ),
                # Of too few nothing is shown, not even how many they were
                "value": one.mean if one.counts else None,
                "status": "few" if not one.counts else "ok" if one.group.weight else "shown",
            }
            for one in rated
        ]

    def _contents(self):
        contents = super()._contents()
        for sheet in self.sudo():
            if sheet.rating_ids:
                contents[sheet.id]["ratings"] = [
                    [rating.kind, rating.status, plain(rating.weight, 2), plain(rating.value, 2)]
                    for rating in sheet.rating_ids
                ]
            if sheet.criterion_ids:
                contents[sheet.id]["criteria"] = [
                    [one.kind, one.criterion_id.id, plain(one.weight, 2), plain(one.value, 2)]
                    for one in sheet.criterion_ids
                ]
        return contents
