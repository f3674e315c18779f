# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from datetime import timedelta

from odoo import Command

from odoo.addons.sales_regulation.tests.common import PREFIX

#: a drawn signature: one black pixel
SIGNATURE = (
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPhfDwAChwGA60e6kgAAAABJRU5ErkJg"
    "gg=="
)
#: base64 of a PDF's first line
SCAN = "JVBERi0xLjQKJeLjz9MKc2lnbmVk"
#: which questions of the shipped examination add up to what is missing of 100
MISSING = {0: (), 15: (1,), 18: (2, 3), 25: (1, 2), 20: (2, 5)}


class NdaWorld:
    """Wordings are published, nobody has signed yet; GM is the confidentiality officer."""

    @classmethod
    def _build_ndas(cls):
        cls.officer = cls.users["gm"]
        cls.officer.group_ids |= cls.env.ref("sales_confidentiality.group_confidentiality_officer")
        cls.template = cls._wording()
        cls.exam = cls.env.ref("sales_confidentiality.survey_confidentiality")

    @classmethod
    def _wording(cls, kind="employee", publish=True, **values):
        template = (
            cls.env["confidentiality.nda.template"]
            .with_user(cls.users["gm"])
            .create(
                {
                    "name": f"NDA of the tests, {kind}",
                    "kind": kind,
                    "company_id": cls.company.id,
                    "body": "<p>I keep silent.</p>",
                    "liability": "<p>I answer for the damage.</p>",
                    "validity_months": 12,
                    **values,
                }
            )
        )
        if publish:
            template.action_publish()
        return template

    @classmethod
    def _regulate(cls, publish=True, **values):
        """A regulation that demands the NDA of staff and of partners."""
        profile = cls.env["regulation.profile"].create(
            {
                "name": "Secrecy",
                "code": "SECRECY",
                "version": values.pop("version", "1.0"),
                "date_from": cls.company._regulation_today() - timedelta(days=10),
                "nda_staff": True,
                "nda_partner": True,
                "training_entry": True,
                "confidentiality_exam_id": cls.env.ref(
                    "sales_confidentiality.survey_confidentiality"
                ).id,
                "assignment_ids": [Command.create({"company_id": cls.company.id})],
                **values,
            }
        )
        if publish:
            profile.with_user(cls.users["gm"]).action_publish()
        return profile

    @classmethod
    def _nda(cls, login, template=None, send=True):
        nda = (
            cls.env["confidentiality.nda"]
            .with_user(cls.users["gm"])
            .create(
                {
                    "user_id": cls.users[login].id,
                    "template_id": (template or cls.template).id,
                    "company_id": cls.company.id,
                }
            )
        )
        if send:
            nda.action_send()
        return nda

    @classmethod
    def _sign(cls, nda, login, **values):
        nda.with_user(cls.users[login]).action_sign(
            {"signer_name": cls.users[login].name, "signature": SIGNATURE, **values}
        )
        return nda

    def _ndas(self, login, *states):
        domain = [("user_id", "=", self.users[login].id), ("company_id", "=", self.company.id)]
        if states:
            domain.append(("state", "in", states))
        return self.env["confidentiality.nda"].search(domain)

    def _has(self, login, kind="nda"):
        user = self.users[login]
        return bool(
            self.env["regulation.qualification"]._valid_users(user, kind, self.company)
        )

    def _events(self, event, record):
        return self.env["regulation.register"].search_count(
            [
                ("event", "=", event),
                ("res_model", "=", record._name),
                ("res_id", "in", record.ids),
            ]
        )


class SitsExam:
    """Whoever sits the examination, over the pages of the survey; mix into an HttpCase."""

    def _rpc(self, route, **params):
        self.env.flush_all()
        result = self.make_jsonrpc_request(route, params)
        self.env.invalidate_all()
        return result

    def _begin(self, login, survey=None):
        """Log in, start an attempt; the tokens of survey and attempt."""
        survey = survey or self.env.ref("sales_confidentiality.survey_confidentiality")
        self.env.flush_all()
        self.authenticate(PREFIX + login.lower(), PREFIX + login.lower())
        known = set(survey.user_input_ids.ids)
        self.url_open(f"/survey/start/{survey.access_token}")
        self.env.invalidate_all()
        attempt = survey.user_input_ids.filtered(lambda row: row.id not in known)
        if not attempt:
            return None
        self.assertEqual(attempt.partner_id, self.users[login.lower()].partner_id)
        self._rpc(f"/survey/begin/{survey.access_token}/{attempt.access_token}")
        return attempt

    def _answer(self, attempt, question, choice):
        return self._rpc(
            f"/survey/submit/{attempt.survey_id.access_token}/{attempt.access_token}",
            question_id=question.id,
            **{str(question.id): str(choice)},
        )

    def _sit(self, login, score, survey=None):
        """Sit the shipped examination with so many points of 100."""
        attempt = self._begin(login, survey)
        wrong = MISSING[100 - score]
        for number, question in enumerate(attempt.predefined_question_ids, 1):
            choices = question.suggested_answer_ids
            right = choices.filtered("is_correct")
            self._answer(attempt, question, ((choices - right)[0] if number in wrong else right).id)
        self.assertEqual(attempt.state, "done")
        self.authenticate(None, None)
        return attempt
