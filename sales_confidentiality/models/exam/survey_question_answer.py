# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import models


class SurveyQuestionAnswer(models.Model):
    _name = "survey.question.answer"
    _inherit = ["survey.question.answer", "confidentiality.exam.guarded"]

    def _exam_surveys(self):
        answers = self.sudo()
        return (answers.question_id | answers.matrix_question_id).survey_id._those_of_exams()
