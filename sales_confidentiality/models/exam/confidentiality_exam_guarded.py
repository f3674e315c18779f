# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import api, models
from odoo.exceptions import AccessError

from ..nda.confidentiality_nda_template import OFFICER


class ConfidentialityExamGuarded(models.AbstractModel):
    """What belongs to a confidentiality examination, whatever the rights in surveys (C54).

    Questions, answers and the pass mark are the confidentiality officer's; what somebody
    answered is written by answering, by nobody else and by no other way.
    """

    _name = "confidentiality.exam.guarded"
    _description = "Part of a Confidentiality Examination"

    #: whether the officer may write it, or nobody
    _exam_officer_writes = True

    def _exam_surveys(self):
        """The examinations these records belong to."""
        return self.sudo().survey_id._those_of_exams()

    @api.model_create_multi
    def create(self, vals_list):
        records = super().create(vals_list)
        records._check_exam({"create"})
        return records

    def write(self, vals):
        self._check_exam(set(vals))
        result = super().write(vals)
        # What was none before may have become part of one
        self._check_exam(set(vals), note=False)
        return result

    def unlink(self):
        self._check_exam({"unlink"})
        return super().unlink()

    def _update_field_translations(self, field_name, translations, digest=None, source_lang=""):
        self._check_exam({field_name})
        return super()._update_field_translations(field_name, translations, digest, source_lang)

    def _check_exam(self, names, note=True):
        """Raise AccessError if ``names`` of an examination would change by hand."""
        names = {name for name in names if not name.startswith(("message_", "activity_"))}
        if self.env.su or not names or not (surveys := self._exam_surveys()):
            return
        if not self._exam_officer_writes:
            raise AccessError(
                self.env._(
                    "What somebody answers in a confidentiality examination is written by"
                    " answering it, not by hand (S4-057)."
                )
            )
        if not self.env.user.has_group(OFFICER):
            raise AccessError(
                self.env._("The confidentiality officer keeps the examinations (S4-057).")
            )
        if note:
            surveys._note_exam_changed(names)
