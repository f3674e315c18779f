# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from . import confidentiality_exam_guarded
from . import confidentiality_exam_result
from . import regulation_profile
from . import survey_question
from . import survey_question_answer
from . import survey_survey
from . import survey_user_input
from . import survey_user_input_line
