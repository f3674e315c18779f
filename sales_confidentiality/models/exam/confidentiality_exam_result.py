# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from dateutil.relativedelta import relativedelta

from odoo import api, fields, models

from odoo.addons.sales_regulation.tools import engine


class ConfidentialityExamResult(models.Model):
    """What somebody reached in a confidentiality examination: evidence (C54).

    Written when the attempt is handed in; what happens to the survey afterwards changes
    nothing of it.
    """

    _name = "confidentiality.exam.result"
    _description = "Examination Result"
    _inherit = ["regulation.sealed"]
    _order = "at desc, id desc"
    _append_only = True

    user_id = fields.Many2one(
        comodel_name="res.users",
        string="Person",
        required=True,
        readonly=True,
        index=True,
        ondelete="restrict",
    )
    partner_id = fields.Many2one(
        comodel_name="res.partner", readonly=True, index=True, ondelete="restrict"
    )
    company_id = fields.Many2one(
        comodel_name="res.company", required=True, readonly=True, index=True
    )
    survey_id = fields.Many2one(
        comodel_name="survey.survey",
        string="Examination",
        required=True,
        readonly=True,
        index=True,
        ondelete="restrict",
    )
    user_input_ref = fields.Integer(string="Attempt", readonly=True, aggregator=None)
    at = fields.Datetime(string="Handed in", required=True, readonly=True)
    date = fields.Date(required=True, readonly=True)
    score = fields.Float(string="Score (%)", digits=(16, 2), readonly=True, aggregator="avg")
    pass_mark = fields.Float(
        string="Pass Mark (%)", digits=(16, 2), readonly=True, aggregator="avg"
    )
    passed = fields.Boolean(readonly=True)
    passed_share = fields.Float(
        string="Passed (%)", digits=(16, 2), readonly=True, aggregator="avg"
    )
    valid_until = fields.Date(readonly=True, help="Empty: without end.")
    qualification_id = fields.Many2one(
        comodel_name="regulation.qualification", readonly=True, ondelete="restrict"
    )

    @api.depends("user_id", "score")
    def _compute_display_name(self):
        for result in self:
            result.display_name = f"{result.user_id.name}: {result.score:g} %"

    @api.model
    def _prepare(self, attempt, user):
        """The result of an attempt as it is kept."""
        company = user.company_id
        survey = attempt.survey_id
        today = company._regulation_today()
        passed = attempt.scoring_success and self._counts(survey, user)
        return {
            "user_id": user.id,
            "partner_id": user.partner_id.id,
            "company_id": company.id,
            "survey_id": survey.id,
            "user_input_ref": attempt.id,
            "at": fields.Datetime.now(),
            "date": today,
            "score": attempt.scoring_percentage,
            "pass_mark": survey.scoring_success_min,
            "passed": passed,
            "passed_share": 100.0 if passed else 0.0,
            "valid_until": passed and self._valid_until(user, today),
        }

    @api.model
    def _policy(self, user):
        return self.env["regulation.profile"]._resolve(
            {user.id: (user.sudo().company_id, user, self.env["crm.team"])}
        )[user.id]

    @api.model
    def _counts(self, survey, user):
        """Whether it is the examination of his regulation, or that of no regulation at all."""
        named = self._policy(user).get("confidentiality_exam_id")
        return not named or survey.id in named

    @api.model
    def _valid_until(self, user, today):
        months = self._policy(user).get("confidentiality_exam_months", 12)
        return months and today + relativedelta(months=months, days=-1)

    def _conclude(self):
        """Who has passed is qualified; who has not keeps what he had, and gets nothing."""
        for result in self:
            if result.passed:
                qualification = engine(self.env["regulation.qualification"].sudo()).create(
                    {
                        "name": result.survey_id.title,
                        "kind": "exam",
                        "user_id": result.user_id.id,
                        "company_id": result.company_id.id,
                        "date": result.date,
                        "valid_until": result.valid_until,
                        "passed": True,
                        "score": result.score,
                        "res_model": self._name,
                        "res_id": result.id,
                    }
                )
                engine(result).qualification_id = qualification.with_env(self.env)
            self.env["regulation.register"]._record(
                "exam_passed" if result.passed else "exam_failed",
                result,
                f"{result.score:g}/{result.pass_mark:g}",
                subject_id=result.user_id.id,
            )
        self.env["regulation.duty"]._close(
            self.filtered("passed"), "confidentiality_exam", user=lambda result: result.user_id
        )

    def action_open_answers(self):
        """The attempt itself, for the officer."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "res_model": "survey.user_input",
            "res_id": self.user_input_ref,
            "view_mode": "form",
        }
