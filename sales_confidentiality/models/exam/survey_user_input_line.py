# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import models


class SurveyUserInputLine(models.Model):
    _name = "survey.user_input.line"
    _inherit = ["survey.user_input.line", "confidentiality.exam.guarded"]

    _exam_officer_writes = False

    def _exam_surveys(self):
        return self.sudo().user_input_id.survey_id._those_of_exams()
