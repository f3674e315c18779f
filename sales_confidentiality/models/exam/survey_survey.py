# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import api, fields, models, tools
from odoo.exceptions import AccessError, UserError, ValidationError

from ..nda.confidentiality_nda_template import OFFICER


class SurveySurvey(models.Model):
    """A certification whose passing counts as the confidentiality examination (C54)."""

    _name = "survey.survey"
    _inherit = ["survey.survey", "confidentiality.exam.guarded"]

    confidentiality_exam = fields.Boolean(
        string="Confidentiality Examination",
        copy=False,
        help="Whoever passes it has the qualification that confidential levels demand. Kept by"
        " the confidentiality officer; which one is taken, the regulation says.",
    )

    @api.constrains(
        "confidentiality_exam", "certification", "users_login_required", "scoring_type"
    )
    def _check_confidentiality_exam(self):
        for survey in self.filtered("confidentiality_exam"):
            if not survey.certification or survey.scoring_type == "no_scoring":
                raise ValidationError(
                    self.env._("%s: an examination is a certification with scores.", survey.title)
                )
            if not survey.users_login_required:
                raise ValidationError(
                    self.env._("%s: whoever is examined has to log in.", survey.title)
                )

    @api.model
    def action_confidentiality_exam(self):
        """Go to the examination that the caller's regulation names.

        :raise UserError: if there is none, or no attempt is left
        """
        survey = self._exam_of(self.env.user)
        if not survey:
            raise UserError(
                self.env._("Your regulation names no examination: ask the confidentiality officer.")
            )
        partner = self.env.user.partner_id
        if not survey._has_attempts_left(partner, partner.email, False):
            raise UserError(
                self.env._(
                    "You have no attempt left: the confidentiality officer (%s) can help.",
                    ", ".join(self.env.ref(OFFICER).sudo().all_user_ids.mapped("name")),
                )
            )
        return {
            "type": "ir.actions.act_url",
            "target": "self",
            "url": f"/survey/start/{survey.access_token}",
        }

    # === GUARDS === #

    def _exam_surveys(self):
        return self.sudo()._those_of_exams()

    @api.model
    @tools.ormcache(cache="stable")
    def _exam_ids(self):
        surveys = self.sudo().with_context(active_test=False)
        return frozenset(surveys.search([("confidentiality_exam", "=", True)]).ids)

    def _those_of_exams(self):
        """The examinations among these; no query for surveys that are none."""
        ids = self._exam_ids()
        return self.filtered(lambda survey: survey.id in ids)

    def write(self, vals):
        if "confidentiality_exam" not in vals:
            return super().write(vals)
        if not self.env.su:
            self._check_exam_officer()
        result = super().write(vals)
        self.env.registry.clear_cache("stable")
        return result

    def unlink(self):
        if self._those_of_exams():
            self.env.registry.clear_cache("stable")
        return super().unlink()

    @api.model_create_multi
    def create(self, vals_list):
        if any(vals.get("confidentiality_exam") for vals in vals_list) and not self.env.su:
            self._check_exam_officer()
        surveys = super().create(vals_list)
        if any(vals.get("confidentiality_exam") for vals in vals_list):
            self.env.registry.clear_cache("stable")
        return surveys

    def _check_exam_officer(self):
        if not self.env.user.has_group(OFFICER):
            raise AccessError(
                self.env._("The confidentiality officer keeps the examinations (S4-057).")
            )

    def _note_exam_changed(self, names):
        """Whoever changes an examination does it on record."""
        self.env["regulation.register"]._record(
            "exam_changed", self.sudo(), ",".join(sorted(names))[:64]
        )

    # === BUSINESS METHODS === #

    @api.model
    def _exam_of(self, user):
        """The examination of a person: as his regulation names it, as superuser."""
        company = user.sudo().company_id
        policy = self.env["regulation.profile"]._resolve(
            {user.id: (company, user, self.env["crm.team"])}
        )[user.id]
        exams = self.sudo().browse(policy.get("confidentiality_exam_id") or ())
        return exams.exists().filtered(lambda survey: survey.confidentiality_exam and survey.active)[:1]

    def _get_number_of_attempts_lefts(self, partner, email, invite_token):
        """Of an examination all attempts of a person count, since he passed it last: neither
        an invitation nor another address gives him more."""
        self.ensure_one()
        if not self.sudo().confidentiality_exam or not partner:
            return super()._get_number_of_attempts_lefts(partner, email, invite_token)
        attempts = self.env["survey.user_input"].sudo()
        mine = [
            ("survey_id", "=", self.id),
            ("test_entry", "=", False),
            ("state", "=", "done"),
            ("partner_id", "=", partner.id),
        ]
        passed = self.env["confidentiality.exam.result"].sudo().search(
            [("survey_id", "=", self.id), ("partner_id", "=", partner.id), ("passed", "=", True)],
            order="id desc",
            limit=1,
        )
        if passed:
            mine.append(("id", ">", passed.user_input_ref))
        return self.attempts_limit - attempts.search_count(mine)
