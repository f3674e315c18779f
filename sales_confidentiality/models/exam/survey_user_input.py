# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import models
from odoo.exceptions import AccessError

from odoo.addons.sales_regulation.tools import engine


class SurveyUserInput(models.Model):
    _name = "survey.user_input"
    _inherit = ["survey.user_input", "confidentiality.exam.guarded"]

    _exam_officer_writes = False

    def _save_lines(self, question, answer, comment=None, overwrite_existing=True):
        if self._is_exam():
            self._check_own()
            self._check_answer(question, answer)
        return super()._save_lines(question, answer, comment, overwrite_existing)

    def _mark_done(self):
        result = super()._mark_done()
        self.filtered(lambda answer: answer._is_exam())._examined()
        return result

    # === BUSINESS METHODS === #

    def _is_exam(self):
        """An attempt at an examination; tries of its editors and live sessions are none."""
        return bool(
            self._exam_surveys()
            and not self.test_entry
            and not self.is_session_answer
        )

    def _check_own(self):
        """Whoever sits the examination is logged in as himself."""
        self.ensure_one()
        if not self.partner_id or self.env.user.partner_id != self.partner_id:
            raise AccessError(self.env._("Nobody sits an examination for somebody else (S4-057)."))

    def _check_answer(self, question, answer):
        """A choice is one of the choices of its question: the client sends any number."""
        if question not in self.sudo().predefined_question_ids:
            raise AccessError(self.env._("This question is not part of the examination."))
        if question.question_type not in ("simple_choice", "multiple_choice"):
            return
        chosen = answer if isinstance(answer, list) else [answer]
        choices = set(question.sudo().suggested_answer_ids.ids)
        if any(one and not (str(one).isdigit() and int(one) in choices) for one in chosen) or len(
            set(map(str, chosen))
        ) != len(chosen):
            raise AccessError(self.env._("This is no answer to the question."))

    def _examined(self):
        """The attempts are over: keep the results, qualify who has passed (C54)."""
        Result = self.env["confidentiality.exam.result"].sudo()
        for attempt in self.sudo():
            user = self.env.user
            # Closed by the clock or by somebody else: no result of his
            if user.share or attempt.partner_id != user.partner_id:
                continue
            engine(Result).create(Result._prepare(attempt, user)).with_env(Result.env)._conclude()
